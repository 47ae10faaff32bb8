package app

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/simulator"
)

// TestOASteps reads an OA's users page by page, by hand: with a token that has ended, Zalo's refusal to be asked so often, a page that is read twice, a cancelled reading, and a second one
// that finds who left meanwhile.
func TestOASteps(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"sqlite": "", "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) { t.Parallel(); oaSteps(t, url) })
	}
}

func oaSteps(t *testing.T, url string) {
	s, ctx := newShop(t, url), context.Background()
	a, ws := s.app, s.sample.Workspace
	sim := simulator.New(simulator.Options{Clock: a.Clock, Seed: 4, HTTPAddr: "127.0.0.1:0", SMTPAddr: "off"})
	if err := sim.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	text := func(v string) *string { return &v }
	c, err := a.Connections.Create(ctx, ws, "user:1", connection.Form{Provider: "zalo", Name: "OA", RatePerSecond: 100, Settings: connection.Settings{Zalo: &connection.Zalo{BaseURL: sim.ZaloURL(), OAURL: sim.ZaloURL(), OAuthURL: sim.ZaloOAuthURL(),
		AppID: simulator.DefaultAppID, OAID: simulator.DefaultOAID}}, Secrets: connection.SecretsForm{AppSecret: text(simulator.DefaultAppSecret), AccessToken: text(simulator.DefaultAccessToken), RefreshToken: text(simulator.DefaultRefreshToken)}})
	if err != nil {
		t.Fatal(err)
	}
	phone, name := "0901234567", "Đã có"
	known, err := a.Contacts.Create(ctx, ws, "user:1", contact.Change{Phone: &phone, Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	const people = 120
	id := func(i int) string { return fmt.Sprintf("3%018d", i) }
	person := func(i int, follows bool) simulator.ZaloUser {
		return simulator.ZaloUser{ID: id(i), Name: fmt.Sprintf("Người %d", i), Follower: follows, LastAct: a.Clock.Now().Add(-time.Duration(i) * 6 * time.Hour).UnixMilli(), Tags: []string{"Khách OA"}, SharedPhone: map[int]string{3: "84901234567", 4: "84907654321"}[i]}
	}
	for i := range people {
		sim.AddZaloUser(person(i, i%2 == 0))
	}
	number := func(query string, args ...any) (n int) {
		t.Helper()
		if err := a.DB.QueryRow(ctx, query, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	start := func() int64 {
		t.Helper()
		if _, err := a.OAUsers.Start(ctx, ws, c.ID, "user:1"); err != nil {
			t.Fatal(err)
		}
		return int64(number(`SELECT no FROM oa_sync WHERE workspace_id = $1 AND connection_id = $2`, ws, c.ID))
	}
	step := func(no int64, more bool, least, most time.Duration) {
		t.Helper()
		got, wait, err := a.OAUsers.Step(ctx, ws, c.ID, no)
		if err != nil || got != more || wait < least || wait > most {
			t.Fatalf("step: got more %v, wait %v, %v; want %v and between %v and %v", got, wait, err, more, least, most)
		}
	}
	progress := func(want string) {
		t.Helper()
		p, err := a.OAUsers.Sync(ctx, ws, c.ID)
		if got := fmt.Sprintf("%s %d/%d new=%d followers=%d %s", p.State, p.Done, p.Total, p.New, p.Followers, p.Failure); err != nil || got != want {
			t.Errorf("progress: got %q %v, want %q", got, err, want)
		}
	}
	met := `SELECT COUNT(*) FROM contact c JOIN identity i ON i.workspace_id = c.workspace_id AND i.contact_id = c.id WHERE i.kind = 'zalo_user' AND i.scope = '` + simulator.DefaultOAID + `'`

	progress("none 0/0 new=0 followers=0 ")
	no := start()
	if again := start(); again != no {
		t.Errorf("begun twice: got reading %d, want %d still", again, no)
	}
	sim.ExpireZaloTokens("")
	step(no, true, 0, 2*time.Second)
	progress("running 50/120 new=50 followers=25 ")
	if sim.ZaloTokenCalls() != 1 {
		t.Errorf("tokens: got %d calls, want 1", sim.ZaloTokenCalls())
	}
	if _, err := a.DB.Exec(ctx, `UPDATE oa_sync SET place = 0 WHERE workspace_id = $1`, ws); err != nil { // as after a crash before the commit
		t.Fatal(err)
	}
	step(no, true, 0, 2*time.Second)
	progress("running 100/120 new=50 followers=50 ")
	sim.RefuseZaloAsks(1)
	step(no, true, time.Minute, time.Minute)
	progress("running 100/120 new=50 followers=50 -32")
	step(no, true, 0, 2*time.Second)
	step(no, false, 0, 0)
	progress("finished 170/120 new=120 followers=85 ")
	step(no, false, 0, 0)
	if n := number(met); n != people {
		t.Errorf("contacts: got %d, want %d", n, people)
	}
	if n := number(met + ` AND c.name LIKE 'Người %' AND c.reach >= 8 AND c.consent = 0 AND EXISTS (SELECT 1 FROM contact_tag ct JOIN tag t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id WHERE ct.workspace_id = c.workspace_id AND ct.contact_id = c.id AND t.name = 'Khách OA')`); n != people {
		t.Errorf("with name, reach and tag and without consent: got %d, want %d", n, people)
	}
	if n := number(met + ` AND c.phone = '+84907654321'`); n != 1 {
		t.Errorf("with the number that they told: got %d, want 1", n)
	}
	if n := number(met+` AND c.id <> $1 AND c.phone = '+84901234567' AND c.shared <> 0`, known); n != 1 {
		t.Errorf("with a number that somebody else has: got %d, want one contact of its own", n)
	}
	today := clock.FromMillis(int64(number(`SELECT last_in_at FROM conversation WHERE workspace_id = $1 AND value = $2`, ws, id(0))))
	if got := today.In(time.FixedZone("ICT", 7*3600)).Format("2006-01-02 15:04"); got != "2026-11-21 00:00" {
		t.Errorf("last act: got %s, want the beginning of the day that Zalo names", got)
	}

	sim.AddZaloUser(person(0, false)) // left, came, and is new: nobody told us
	sim.AddZaloUser(person(1, true))
	sim.AddZaloUser(person(people, true))
	no = start()
	for range 3 {
		step(no, no > 0 && number(`SELECT place FROM oa_sync WHERE workspace_id = $1`, ws) < 100, 0, 2*time.Second)
	}
	progress("finished 121/121 new=1 followers=61 ")
	if n := number(met+` AND c.blocked = 8 AND i.value = $1`, id(0)); n != 1 || number(met+` AND c.blocked <> 0`) != 1 {
		t.Errorf("who left: got %d closed, want one", n)
	}
	sim.AddZaloUser(person(0, true))
	no = start()
	step(no, true, 0, 2*time.Second)
	if n := number(met + ` AND c.blocked <> 0`); n != 0 {
		t.Errorf("who came back: got %d closed, want none", n)
	}
	if _, err := a.OAUsers.Cancel(ctx, ws, c.ID, "user:1"); err != nil {
		t.Fatal(err)
	}
	step(no, false, 0, 0)
	progress("cancelled 50/121 new=0 followers=26 ")

	sim.ChangeZaloOA(simulator.DefaultOAID, func(o *simulator.ZaloOA) { o.Unverified = true })
	no = start()
	step(no, false, 0, 0)
	progress("failed 0/0 new=0 followers=0 -221")
}

// TestAcquaintOdd makes contacts of profiles that are odd.
func TestAcquaintOdd(t *testing.T) {
	t.Parallel()
	s, ctx := newShop(t, ""), context.Background()
	a, ws := s.app, s.sample.Workspace
	users := []zalo.User{{ID: "1", Name: "  An \x00 "}, {ID: "1", Name: "Bình"}, {ID: ""}, {ID: "2", Shared: zalo.SharedInfo{Name: "Chi", Phone: "0"}}, {ID: "3", Shared: zalo.SharedInfo{Phone: "12"}}}
	users[3].Notes.Tags = []string{"VIP", "vip", "", "Sỉ"}
	var fresh int64
	if err := a.DB.WithTx(ctx, func(tx *db.Tx) (err error) { fresh, err = a.acquaintOA(ctx, tx, ws, "9", users); return err }); err != nil || fresh != 3 {
		t.Fatalf("got %d new, %v, want 3", fresh, err)
	}
	var n int
	if err := a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM identity WHERE workspace_id = $1 AND kind = 'zalo_user' AND scope = '9'`, ws).Scan(&n); err != nil || n != 3 {
		t.Errorf("addresses: got %d %v, want 3", n, err)
	}
	if err := a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM contact c JOIN contact_tag ct ON ct.workspace_id = c.workspace_id AND ct.contact_id = c.id WHERE c.workspace_id = $1 AND c.name = 'Chi' AND c.phone IS NULL`, ws).Scan(&n); err != nil || n != 2 {
		t.Errorf("tags of Chi, who told no number: got %d %v, want 2", n, err)
	}
}
