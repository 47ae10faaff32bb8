package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

// noon is 21 November 2026, 10:00 in Việt Nam.
var noon = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func hcm(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// attrTypes are the attributes of every workspace of these tests.
var attrTypes = []contact.Attribute{
	{Key: "hang", Label: "Hạng", Type: "text"}, {Key: "diem", Label: "Điểm", Type: "number"}, {Key: "tong_chi_tieu", Label: "Tổng chi tiêu", Type: "money"},
	{Key: "het_han", Label: "Hết hạn", Type: "date"}, {Key: "vip", Label: "VIP", Type: "boolean"}, {Key: "so_thich", Label: "Sở thích", Type: "list"},
}

type world struct {
	t  testing.TB
	d  *db.DB
	s  *Service
	ws int64
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	x := &world{t: t, d: d}
	x.s = New(Deps{DB: d, Now: func() time.Time { return noon }, Zone: func(context.Context, int64) (string, error) { return "Asia/Ho_Chi_Minh", nil }})
	x.exec(`INSERT INTO workspace (id, name, created_at) VALUES (1, 'Một', 1), (2, 'Hai', 1)`)
	x.ws = 1
	for _, ws := range []int64{1, 2} {
		for _, a := range attrTypes {
			x.exec(`INSERT INTO attribute (workspace_id, key, label, type, created_at) VALUES ($1, $2, $3, $4, 1)`, ws, a.Key, a.Label, a.Type)
		}
	}
	return x
}

func (x *world) exec(query string, args ...any) {
	x.t.Helper()
	if _, err := x.d.Exec(context.Background(), query, args...); err != nil {
		x.t.Fatalf("%s: %v", query, err)
	}
}

func (x *world) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *world) wantCode(err error, code string) {
	x.t.Helper()
	if !errs.Is(err, code) {
		x.t.Fatalf("got error %v, want %s", err, code)
	}
}

// person is a contact of these tests with all that conditions can look at.
type person struct {
	id                                             int64
	name, phone, email, external, gender, birthday string
	hang, hetHan                                   string
	diem, chiTieu                                  string // JSON numbers, "" = none
	vip                                            string // true, false, "" = none
	soThich, tags                                  []string
	phones, emails                                 []string // second ones
	reach, consent, blocked                        int64
	created, updated                               time.Time
	legs                                           []legFact
}

type legFact struct {
	run                                                    int64 // also the campaign's id
	rank, state                                            int
	channel                                                string
	requested, delivered, opened, clicked, failed, bounced time.Time
}

func (p *person) attrs() string {
	m := map[string]any{}
	put := func(key, v string) {
		if v != "" {
			m[key] = v
		}
	}
	put("hang", p.hang)
	put("het_han", p.hetHan)
	if p.diem != "" {
		m["diem"] = json.Number(p.diem)
	}
	if p.chiTieu != "" {
		m["tong_chi_tieu"] = json.Number(p.chiTieu)
	}
	if p.vip != "" {
		m["vip"] = p.vip == "true"
	}
	if len(p.soThich) > 0 {
		m["so_thich"] = p.soThich
	}
	raw, _ := json.Marshal(m)
	return string(raw)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func msOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// add stores people in workspace ws; legs belong to runs and campaigns of the same numbers, which must be there.
func (x *world) add(ws int64, people ...*person) {
	x.t.Helper()
	ctx := context.Background()
	tagIDs := map[string]int64{}
	x.must(x.d.WithTx(ctx, func(tx *db.Tx) error {
		for _, p := range people {
			md := ""
			if p.birthday != "" {
				md = p.birthday[5:]
			}
			err := tx.QueryRow(ctx, `INSERT INTO contact (workspace_id, external_id, name, phone, email, birthday, birth_md, gender, attrs, reach, consent, blocked, created_at, updated_at)
 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id`, ws, orNull(p.external), p.name, orNull(p.phone), orNull(p.email), orNull(p.birthday), orNull(md), orNull(p.gender),
				p.attrs(), p.reach, p.consent, p.blocked, p.created.UnixMilli(), p.updated.UnixMilli()).Scan(&p.id)
			if err != nil {
				return err
			}
			for kind, values := range map[string][]string{contact.KindPhone: p.phones, contact.KindEmail: p.emails} {
				for _, v := range values {
					if _, err := tx.Exec(ctx, `INSERT INTO identity (workspace_id, contact_id, kind, value, created_at) VALUES ($1, $2, $3, $4, 1)`, ws, p.id, kind, v); err != nil {
						return err
					}
				}
			}
			for _, name := range p.tags {
				folded := contact.Fold(name)
				if tagIDs[folded] == 0 {
					var id int64
					if err := tx.QueryRow(ctx, `INSERT INTO tag (workspace_id, name, folded, created_at) VALUES ($1, $2, $3, 1) RETURNING id`, ws, name, folded).Scan(&id); err != nil {
						return err
					}
					tagIDs[folded] = id
				}
				if _, err := tx.Exec(ctx, `INSERT INTO contact_tag (workspace_id, tag_id, contact_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, ws, tagIDs[folded], p.id); err != nil {
					return err
				}
			}
			for _, l := range p.legs {
				if _, err := tx.Exec(ctx, `INSERT INTO leg (workspace_id, run_id, contact_id, rank, channel, connection_id, state, requested_at, delivered_at, opened_at, clicked_at, failed_at, bounced_at)
 VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12)`, ws, l.run, p.id, l.rank, l.channel, l.state, msOrNull(l.requested), msOrNull(l.delivered), msOrNull(l.opened), msOrNull(l.clicked),
					msOrNull(l.failed), msOrNull(l.bounced)); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// campaigns makes n campaigns, each with its run, started day by day before noon.
func (x *world) campaigns(ws int64, n int) {
	x.t.Helper()
	for i := int64(1); i <= int64(n); i++ {
		id := ws*100 + i
		x.exec(`INSERT INTO campaign (id, workspace_id, name, state, run_id, created_by, created_at, updated_at) VALUES ($1, $2, $3, 'running', $1, 'user:1', 1, 1)`, id, ws, fmt.Sprintf("Chiến dịch %d", i))
		x.exec(`INSERT INTO run (id, workspace_id, kind, source_id, name, state, purpose, class, definition, started_at) VALUES ($1, $2, 'campaign', $1, 'x', 'finished', 'care', 1, '{}', $3)`,
			id, ws, noon.AddDate(0, 0, -int(i)*3).UnixMilli())
	}
}

// ids are the people whom a tree takes, read through Members' own statement.
func (x *world) ids(tree *Condition) []int64 {
	x.t.Helper()
	r, err := x.s.resolve(context.Background(), x.ws, 0, tree)
	if err != nil {
		raw, _ := json.Marshal(tree)
		x.t.Fatalf("resolve %s: %v", raw, err)
	}
	list, err := people(context.Background(), x.d, x.ws, r, 0, false, 100000)
	if err != nil {
		raw, _ := json.Marshal(tree)
		where, args := r.Where(1)
		x.t.Fatalf("run %s: %v\n%s\n%v", raw, err, where, args)
	}
	out := make([]int64, len(list))
	for i, p := range list {
		out[i] = p.ID
	}
	return out
}

func (x *world) parse(raw string) *Condition {
	x.t.Helper()
	c, err := Parse([]byte(raw))
	if err != nil {
		x.t.Fatalf("parse %s: %v", raw, err)
	}
	return c
}

// namesOf runs a condition and lists the names of whom it takes.
func (x *world) namesOf(raw string) string {
	x.t.Helper()
	list, _, err := x.s.Sample(context.Background(), x.ws, []byte(raw), 1000, "vi")
	if err != nil {
		x.t.Fatalf("%s: %v", raw, err)
	}
	names := make([]string, len(list))
	for i, p := range list {
		names[len(list)-1-i] = p.Name
	}
	return strings.Join(names, ", ")
}

// bothWorlds are a store on each engine, for tests that compare them.
func bothWorlds(t *testing.T) []*world {
	t.Helper()
	return []*world{newWorld(t, dbtest.SQLite(t)), newWorld(t, dbtest.Postgres(t))}
}
