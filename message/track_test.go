package message

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/provider"
)

const chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"

func TestMachinesAreKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		v       Visit
		after   time.Duration
		kind    byte
		reasons string
	}{
		{"a person opens", Visit{Agent: chrome}, time.Second, tokenOpen, ""},
		{"a person clicks", Visit{Agent: chrome}, time.Minute, tokenClick, ""},
		{"a person in the Facebook app clicks", Visit{Agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/MessengerForiOS]"}, time.Minute, tokenClick, ""},
		{"Gmail's proxy shows the picture to a person", Visit{Agent: "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"}, time.Second, tokenOpen, ""},
		{"Apple's proxy", Visit{Agent: "Mozilla/5.0"}, time.Minute, tokenOpen, "image_proxy"},
		{"Apple's proxy with a system", Visit{Agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"}, time.Minute, tokenOpen, "image_proxy"},
		{"a probe", Visit{Agent: chrome, Head: true}, time.Minute, tokenClick, "head"},
		{"nobody", Visit{}, time.Minute, tokenClick, "no_agent"},
		{"a scanner", Visit{Agent: "Mozilla/5.0 (compatible; proofpoint-urldefense/2.0)"}, time.Minute, tokenClick, "scanner"},
		{"a scanner's probe", Visit{Agent: "curl/8.9", Head: true}, time.Second, tokenClick, "head,scanner,too_soon"},
		{"faster than a person", Visit{Agent: chrome}, 4 * time.Second, tokenClick, "too_soon"},
		{"a product with java in its name", Visit{Agent: "Mozilla/5.0 (X11; Linux) JavaFX/22 Safari/537"}, time.Minute, tokenClick, ""},
	} {
		machine, reasons := judge(c.v, c.after, c.kind)
		if reasons != c.reasons || machine != (c.reasons != "") {
			t.Errorf("%s: got %v %q, want %q", c.name, machine, reasons, c.reasons)
		}
	}
}

func TestHeldClicks(t *testing.T) {
	t.Parallel()
	held := func(slot int, at int64) click { return click{slot: slot, at: at, verdict: verdictHeld, agent: chrome} }
	for name, c := range map[string]struct {
		links  int
		clicks []click
		want   map[int]string
	}{
		"one":                        {3, []click{held(0, 1000)}, map[int]string{0: ""}},
		"the same twice":             {3, []click{held(0, 1000), held(0, 1200)}, map[int]string{0: "", 1: ""}},
		"two of five":                {5, []click{held(0, 1000), held(1, 1500)}, map[int]string{0: "", 1: ""}},
		"two of two at once":         {2, []click{held(0, 1000), held(1, 1500)}, map[int]string{0: "all_links", 1: "all_links"}},
		"two of two, one after look": {2, []click{held(0, 1000), held(1, 9000)}, map[int]string{0: "", 1: ""}},
		"three of five at once":      {5, []click{held(0, 1000), held(1, 1500), held(2, 2000)}, map[int]string{0: "burst", 1: "burst", 2: "burst"}},
		"a person after a scanner":   {5, []click{held(0, 1000), held(1, 1500), held(2, 2000), held(1, 25_000)}, map[int]string{0: "burst", 1: "burst", 2: "burst", 3: ""}},
		"get after head":             {5, []click{{slot: 0, at: 1000, verdict: verdictMachine, agent: chrome}, held(0, 3000)}, map[int]string{1: "after_probe"}},
		"long after head":            {5, []click{{slot: 0, at: 1000, verdict: verdictMachine, agent: chrome}, held(0, 13_000)}, map[int]string{1: ""}},
		"another program's head":     {5, []click{{slot: 0, at: 1000, verdict: verdictMachine, agent: "curl/8"}, held(0, 3000)}, map[int]string{1: ""}},
		"judged already":             {5, []click{{slot: 0, at: 1000, verdict: verdictHuman, agent: chrome}}, map[int]string{}},
	} {
		if got := settle(c.clicks, c.links); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// TestClaimToken: a token is free for one body only, and forgotten after a day.
func TestClaimToken(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		for _, c := range []struct {
			connection  int64
			token, body string
			want        bool
		}{{2, "t", "a", true}, {2, "t", "a", true}, {2, "t", "b", false}, {3, "t", "b", true}, {2, "u", "b", true}} {
			got, err := x.s.ClaimToken(context.Background(), x.ws, c.connection, c.token, []byte(c.body))
			if err != nil || got != c.want {
				t.Errorf("%+v: got %v %v", c, got, err)
			}
		}
		x.clock.Advance(25 * time.Hour)
		if err := x.s.ForgetAnswers(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got, err := x.s.ClaimToken(context.Background(), x.ws, 2, "t", []byte("b")); err != nil || !got {
			t.Errorf("after a day: got %v %v, want free", got, err)
		}
	})
}

// TestSoftBounces: the third soft bounce over at least three days closes an address; a complaint told in the same breath as one counts more.
func TestSoftBounces(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(3)
		round := func(tell map[int64][]Receipt) {
			t.Helper()
			run := x.start(Care, mailPlan())
			x.deliver(settled, run)
			legs, err := queryLegs(context.Background(), d, `SELECT `+legColumns+` FROM leg WHERE workspace_id = $1 AND run_id = $2`, x.ws, run)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range legs {
				list := tell[l.ContactID]
				for i := range list {
					list[i].Key, list[i].At = x.s.Keys.Key(x.ws, l.ID, l.Attempt), x.clock.Now()
				}
				if err := x.s.Receive(context.Background(), x.ws, 2, "smtp", list); err != nil {
					t.Fatal(err)
				}
			}
		}
		soft := func() Receipt { return Receipt{Fact: FactBounced, Class: provider.Temporary, Code: "5.2.2"} }
		both := func() []Receipt { return []Receipt{{Fact: FactComplained}, soft()} }
		closed := func() (out []string) {
			for _, b := range x.blocks {
				out = append(out, fmt.Sprintf("%d %s", b.ContactID, b.Reason))
			}
			x.blocks = nil
			return out
		}
		round(map[int64][]Receipt{1: {soft(), soft()}, 2: {soft()}, 3: both()})
		if got := closed(); !reflect.DeepEqual(got, []string{"3 complained"}) {
			t.Errorf("first round: got %q, want only the complaint", got)
		}
		x.clock.Advance(24 * time.Hour)
		round(map[int64][]Receipt{1: {soft()}, 2: {{Fact: FactOpened}}})
		x.clock.Advance(24 * time.Hour)
		round(map[int64][]Receipt{1: {soft()}, 2: {soft()}})
		if got := closed(); got != nil {
			t.Errorf("three within two days: got %q, want none closed", got)
		}
		x.clock.Advance(25 * time.Hour)
		round(map[int64][]Receipt{1: {soft()}, 2: {{Fact: FactBounced, Class: provider.Content}}})
		if got := closed(); !reflect.DeepEqual(got, []string{"1 bounced"}) {
			t.Errorf("the fourth after three days: got %q, want the first person's closed", got)
		}
		x.verify()
	})
}
