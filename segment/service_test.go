package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/httpx"
)

// TestWordsFindPeople are the sentences of the package comment, on both engines.
func TestWordsFindPeople(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		at := func(days int) time.Time { return noon.AddDate(0, 0, -days) }
		x.add(1,
			&person{name: "Vàng Anh", hang: "Vàng", phone: "+84901234567", birthday: "1992-02-29", created: at(1), updated: at(0), soThich: []string{"Trà", "Cà phê"}, tags: []string{"VIP"}, reach: 6, blocked: 2},
			&person{name: "VANG Em", hang: "vàng", birthday: "1990-11-21", created: at(8), updated: at(0), chiTieu: "10000001", tags: []string{"vip", "Mới"}},
			&person{name: "Bạc", hang: "Vang", birthday: "1990-01-01", created: at(7), updated: at(0), chiTieu: "10000000", vip: "false"},
			&person{name: "Nobody", created: at(30), updated: at(0), vip: "true"})
		for raw, want := range map[string]string{
			`{"field":"name","operator":"contains","value":"vang"}`:                                                        "Vàng Anh, VANG Em",
			`{"field":"name","operator":"contains","value":"vàng"}`:                                                        "Vàng Anh",
			`{"field":"name","operator":"starts","value":"VÀNG"}`:                                                          "Vàng Anh",
			`{"field":"name","operator":"ends","value":"ANH"}`:                                                             "Vàng Anh",
			`{"field":"attr.hang","operator":"eq","value":"VÀNG"}`:                                                         "Vàng Anh, VANG Em",
			`{"field":"attr.hang","operator":"eq","value":"Va\u0300ng"}`:                                                   "Vàng Anh, VANG Em",
			`{"field":"attr.hang","operator":"ne","value":"Vàng"}`:                                                         "Bạc, Nobody",
			`{"field":"attr.hang","operator":"contains","value":"vang"}`:                                                   "Vàng Anh, VANG Em, Bạc",
			`{"field":"attr.hang","operator":"is_empty"}`:                                                                  "Nobody",
			`{"field":"attr.tong_chi_tieu","operator":"gt","value":10000000}`:                                              "VANG Em",
			`{"field":"attr.tong_chi_tieu","operator":"ge","value":"10000000"}`:                                            "VANG Em, Bạc",
			`{"field":"attr.vip","operator":"is","value":false}`:                                                           "Bạc",
			`{"field":"attr.vip","operator":"ne","value":false}`:                                                           "Vàng Anh, VANG Em, Nobody",
			`{"field":"attr.so_thich","operator":"contains","value":"cà phê"}`:                                             "Vàng Anh",
			`{"field":"tag","operator":"in","value":["Vip","không có"]}`:                                                   "Vàng Anh, VANG Em",
			`{"field":"tag","operator":"all_of","value":["Vip","moi"]}`:                                                    "VANG Em",
			`{"field":"tag","operator":"all_of","value":["Vip","không có"]}`:                                               "",
			`{"field":"tag","operator":"not_in","value":["VIP"]}`:                                                          "Bạc, Nobody",
			`{"field":"phone","operator":"eq","value":"0901.234.567"}`:                                                     "Vàng Anh",
			`{"field":"phone","operator":"starts","value":"090"}`:                                                          "Vàng Anh",
			`{"field":"reach.zns","operator":"is","value":true}`:                                                           "Vàng Anh",
			`{"field":"reach.sms","operator":"is","value":true}`:                                                           "",
			`{"field":"birthday","operator":"birthday_today"}`:                                                             "VANG Em",
			`{"field":"birthday","operator":"birthday_next_days","value":41}`:                                              "VANG Em, Bạc",
			`{"field":"birthday","operator":"birthday_next_days","value":40}`:                                              "VANG Em",
			`{"field":"birthday","operator":"birthday_next_days","value":99}`:                                              "Vàng Anh, VANG Em, Bạc",
			`{"field":"created_at","operator":"in_last_days","value":7}`:                                                   "Vàng Anh, Bạc",
			`{"field":"created_at","operator":"before_days_ago","value":7}`:                                                "VANG Em, Nobody",
			`{"field":"created_at","operator":"on_date","value":"2026-11-20"}`:                                             "Vàng Anh",
			`{"op":"and","items":[]}`:                                                                                      "Vàng Anh, VANG Em, Bạc, Nobody",
			`{"op":"or","not":true,"items":[{"field":"phone","operator":"has_any"},{"field":"tag","operator":"has_any"}]}`: "Bạc, Nobody",
		} {
			if got := x.namesOf(raw); got != want {
				t.Errorf("%s: got %q, want %q", raw, got, want)
			}
		}
	})
}

func leafNamed(field, operator, value string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"field":%q,"operator":%q,"value":%s}`, field, operator, value))
}

func TestSegmentsAreKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		ctx := context.Background()
		var log []string
		x.s.Audit = func(_ context.Context, _ *db.Tx, _ int64, actor, action, target string, _ map[string]any) error {
			log = append(log, actor+" "+action)
			return nil
		}
		x.add(1, &person{name: "A", hang: "Vàng", created: noon, updated: noon}, &person{name: "B", hang: "Bạc", created: noon, updated: noon})
		gold, err := x.s.Create(ctx, 1, "user:1", Form{Name: "  Khách   Vàng ", Condition: leafNamed("attr.hang", "eq", `"Vàng"`)})
		x.must(err)
		if gold.Name != "Khách Vàng" {
			t.Errorf("name: got %q", gold.Name)
		}
		_, err = x.s.Create(ctx, 1, "user:1", Form{Name: "khach vang", Condition: leafNamed("attr.hang", "eq", `"Bạc"`)})
		x.wantCode(err, "segment.name_taken")
		_, err = x.s.Create(ctx, 1, "user:1", Form{Name: " ", Condition: leafNamed("attr.hang", "eq", `"Bạc"`)})
		x.wantCode(err, "segment.name_missing")
		_, err = x.s.Create(ctx, 2, "user:1", Form{Name: "Người ngoài", Condition: leafNamed("segment", "in", fmt.Sprint(gold.ID))})
		x.wantCode(err, "segment.condition_invalid")
		rest, err := x.s.Create(ctx, 1, "user:1", Form{Name: "Còn lại", Condition: leafNamed("segment", "not_in", fmt.Sprintf("[%d]", gold.ID))})
		x.must(err)

		count := func(id, want int64) {
			t.Helper()
			if n, err := x.s.Count(ctx, 1, id); err != nil || n != want {
				t.Errorf("segment %d: got %d people, %v, want %d", id, n, err, want)
			}
		}
		count(gold.ID, 1)
		count(rest.ID, 1)
		_, err = x.s.Update(ctx, 1, gold.ID, "user:2", Form{Name: "Khách Vàng", Condition: leafNamed("segment", "in", fmt.Sprint(rest.ID))})
		x.wantCode(err, "segment.cycle")
		_, err = x.s.Update(ctx, 1, gold.ID, "user:2", Form{Name: "Khách Vàng", Condition: leafNamed("segment", "in", fmt.Sprint(gold.ID))})
		x.wantCode(err, "segment.cycle")

		// What was written out stays as it was when the segment changes.
		frozen, err := x.s.Expand(ctx, 1, rest.Condition)
		x.must(err)
		_, err = x.s.Update(ctx, 1, gold.ID, "user:2", Form{Name: "Khách Vàng", Condition: json.RawMessage(`{"op":"and","items":[]}`)})
		x.must(err)
		count(gold.ID, 2)
		count(rest.ID, 0)
		where, err := x.s.Audience(ctx, 1, noon, frozen)
		x.must(err)
		text, args := where(2)
		var n int64
		x.must(d.QueryRow(ctx, `SELECT COUNT(*) FROM contact c WHERE c.workspace_id = $1 AND (`+text+`)`, append([]any{1}, args...)...).Scan(&n))
		if n != 1 {
			t.Errorf("expanded %s: got %d people, want 1", frozen, n)
		}
		everybody, err := x.s.Expand(ctx, 1, rest.Condition)
		x.must(err)
		if _, err := x.s.Audience(ctx, 1, noon, everybody); err != nil {
			t.Errorf("expanded %s: %v", everybody, err)
		}

		err = x.s.Delete(ctx, 1, gold.ID, "user:1")
		x.wantCode(err, "segment.in_use")
		if !strings.Contains(err.Error(), "Còn lại") {
			t.Errorf("got %v, want the name of the other segment", err)
		}
		x.exec(`INSERT INTO campaign (id, workspace_id, name, state, audience, created_by, created_at, updated_at) VALUES (900, 1, 'Tết', 'draft', $1, 'user:1', 1, 1), (901, 1, 'Hè', 'draft', $2, 'user:1', 1, 1)`,
			fmt.Sprintf(`{"segment_ids":[%d]}`, rest.ID), fmt.Sprintf(`{"everyone":true,"condition":{"field":"segment","operator":"in","value":[%d]}}`, rest.ID))
		err = x.s.Delete(ctx, 1, rest.ID, "user:1")
		x.wantCode(err, "segment.in_use")
		if !strings.Contains(err.Error(), "Hè, Tết") {
			t.Errorf("got %v, want the names of both campaigns", err)
		}
		x.exec(`UPDATE campaign SET state = 'cancelled' WHERE workspace_id = 1`)
		x.must(x.s.Describe(ctx, 1, "vi", gold, rest))
		if got, want := fmt.Sprint(gold.Uses, rest.Uses), fmt.Sprintf("[{segment %d Còn lại  true}] [{campaign 901 Hè cancelled false} {campaign 900 Tết cancelled false}]", rest.ID); got != want || rest.UseCount != 2 {
			t.Errorf("got uses %s, want %s", got, want)
		}
		x.must(x.s.Delete(ctx, 1, rest.ID, "user:1"))
		x.must(x.s.Delete(ctx, 1, gold.ID, "user:1"))
		x.wantCode(x.s.Delete(ctx, 1, gold.ID, "user:1"), "segment.not_found")
		if got := strings.Join(log, ", "); got != "user:1 segment.create, user:1 segment.create, user:2 segment.update, user:1 segment.delete, user:1 segment.delete" {
			t.Errorf("audit log: %s", got)
		}
	})
}

func TestPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		ctx := context.Background()
		for i := range 5 {
			x.add(1, &person{name: fmt.Sprint("Khách ", i), created: noon, updated: noon})
			_, err := x.s.Create(ctx, 1, "user:1", Form{Name: fmt.Sprint("Nhóm ", i), Condition: json.RawMessage(`{"op":"and","items":[]}`)})
			x.must(err)
		}
		var names []string
		for before := int64(0); ; {
			list, next, err := x.s.List(ctx, 1, Filter{Search: "nhom", Before: before, Limit: 2})
			x.must(err)
			for _, g := range list {
				names = append(names, g.Name)
			}
			if before = next; next == 0 {
				break
			}
		}
		if got := strings.Join(names, " "); got != "Nhóm 4 Nhóm 3 Nhóm 2 Nhóm 1 Nhóm 0" {
			t.Errorf("segments: %s", got)
		}
		list, _, err := x.s.List(ctx, 1, Filter{Search: "nhom 3"})
		x.must(err)
		if len(list) != 1 {
			t.Fatalf("search: got %d segments, want 1", len(list))
		}
		first, err := x.s.Members(ctx, 1, list[0].ID, 0, 3)
		x.must(err)
		rest, err := x.s.Members(ctx, 1, list[0].ID, first[len(first)-1].ID, 3)
		x.must(err)
		if len(first) != 3 || len(rest) != 2 || rest[0].Name != "Khách 3" {
			t.Errorf("members: got %v and %v", first, rest)
		}
	})
}

func (x *world) serve() *httptest.Server {
	x.t.Helper()
	api, err := httpx.New(httpx.Options{Logger: slog.New(slog.DiscardHandler), Authenticate: func(r *http.Request) (context.Context, httpx.Actor, error) {
		ws, _ := strconv.ParseInt(r.Header.Get("X-Test-Workspace"), 10, 64)
		return r.Context(), httpx.Actor{WorkspaceID: ws, KeyID: 7, Role: httpx.Role(r.Header.Get("X-Test-Role"))}, nil
	}})
	x.must(err)
	Register(api, x.s)
	srv := httptest.NewServer(api.Handler())
	x.t.Cleanup(srv.Close)
	return srv
}

func (x *world) call(srv *httptest.Server, ws int64, role httpx.Role, method, path, body string) (int, string) {
	x.t.Helper()
	r, err := http.NewRequest(method, srv.URL+httpx.Base+path, strings.NewReader(body))
	x.must(err)
	r.Header.Set("X-Test-Workspace", strconv.FormatInt(ws, 10))
	r.Header.Set("X-Test-Role", string(role))
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	x.must(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	x.must(err)
	return res.StatusCode, string(raw)
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.add(1, &person{name: "Ánh", hang: "Vàng", email: "anh@example.com", tags: []string{"VIP"}, created: noon, updated: noon}, &person{name: "Bình", hang: "Bạc", created: noon, updated: noon})
		srv := x.serve()
		condition := `{"op":"and","items":[{"field":"attr.hang","operator":"eq","value":"Vàng"}]}`
		many := `{"condition":{"op":"or","items":[` + strings.TrimSuffix(strings.Repeat(`{"field":"name","operator":"has_any"},`, 10000), ",") + `]}}`
		status, body := x.call(srv, 1, httpx.Marketer, "POST", "/segments", `{"name":"Khách Vàng","condition":`+condition+`}`)
		var g struct{ ID int64 }
		if err := json.Unmarshal([]byte(body), &g); err != nil || status != 201 || g.ID == 0 || !strings.Contains(body, `"summary":"Hạng là “Vàng”"`) {
			t.Fatalf("create: got %d %s", status, body)
		}
		path := fmt.Sprint("/segments/", g.ID)
		for _, c := range []struct {
			ws                 int64
			role               httpx.Role
			method, path, body string
			status             int
			want               string
		}{
			{1, httpx.Viewer, "GET", "/segments", "", 200, `"name":"Khách Vàng"`},
			{2, httpx.Viewer, "GET", "/segments", "", 200, `"items":[]`},
			{1, httpx.Viewer, "GET", path, "", 200, `"condition":{"op":"and"`},
			{2, httpx.Owner, "GET", path, "", 404, "segment.not_found"},
			{2, httpx.Owner, "PUT", path, `{"name":"x","condition":` + condition + `}`, 404, "segment.not_found"},
			{2, httpx.Owner, "DELETE", path, "", 404, "segment.not_found"},
			{2, httpx.Owner, "GET", path + "/count", "", 404, "segment.not_found"},
			{2, httpx.Owner, "GET", path + "/members", "", 404, "segment.not_found"},
			{1, httpx.Viewer, "PUT", path, `{"name":"x","condition":` + condition + `}`, 403, "access.forbidden"},
			{1, httpx.Viewer, "GET", path + "/count", "", 200, `"count":1`},
			{1, httpx.Viewer, "GET", path + "/members?limit=1", "", 200, `"name":"Ánh"`},
			{1, httpx.Viewer, "POST", "/segments/count", `{"condition":` + condition + `}`, 200, `"count":1`},
			{2, httpx.Viewer, "POST", "/segments/count", `{"condition":` + condition + `}`, 200, `"count":0`},
			{1, httpx.Viewer, "POST", "/segments/sample", `{"condition":{"field":"tag","operator":"in","value":["vip"]}}`, 200, `"email":"anh@example.com"`},
			{1, httpx.Viewer, "POST", "/segments/sample", `{"condition":{"field":"tag","operator":"in","value":["vip"]}}`, 200, `"summary":"Có thẻ “vip”"`},
			{1, httpx.Viewer, "POST", "/segments/count", many, 422, "segment.too_many_conditions"},
			{1, httpx.Viewer, "POST", "/segments/count", `{"condition":{"field":"x","operator":"eq"}}`, 422, `"path":"condition.field"`},
			{1, httpx.Viewer, "GET", "/segments/fields", "", 200, `"name":"attr.hang","label":"Hạng","kind":"text","operators":["eq"`},
			{1, httpx.Viewer, "GET", "/segments/fields", "", 200, `"values":["Bạc","Vàng"]`},
			{1, httpx.Viewer, "GET", "/segments/fields", "", 200, `"values":["VIP"]`},
			{1, httpx.Marketer, "PUT", path, `{"name":"Khách Bạc","condition":{"field":"attr.hang","operator":"eq","value":"bạc"}}`, 200, `"name":"Khách Bạc"`},
			{1, httpx.Marketer, "DELETE", path, "", 204, ""},
			{1, httpx.Marketer, "GET", path, "", 404, "segment.not_found"},
		} {
			status, body := x.call(srv, c.ws, c.role, c.method, c.path, c.body)
			if status != c.status || !strings.Contains(body, c.want) {
				t.Errorf("%s %s as %s of %d: got %d %.300s, want %d with %s", c.method, c.path, c.role, c.ws, status, body, c.status, c.want)
			}
		}
	})
}

func TestListsHoldWhomPeoplePutOnThem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		mine := []*person{{name: "Hà", created: noon, updated: noon}, {name: "Nam", created: noon, updated: noon}, {name: "Lan", created: noon, updated: noon}}
		stranger := &person{name: "Lạ", created: noon, updated: noon}
		x.add(1, mine...)
		x.add(2, stranger)
		list, err := x.s.Create(ctx, 1, "user:1", Form{Name: "Khách mời", Kind: KindStatic})
		x.must(err)
		rule, err := x.s.Create(ctx, 1, "user:1", Form{Name: "Không mời", Condition: json.RawMessage(fmt.Sprintf(`{"field":"segment","operator":"not_in","value":[%d]}`, list.ID))})
		x.must(err)
		change := func(add, remove []int64) (n, m int64, err error) {
			err = d.WithTx(ctx, func(tx *db.Tx) error {
				if n, err = x.s.AddMembers(ctx, tx, 1, list.ID, add); err == nil {
					m, err = x.s.RemoveMembers(ctx, tx, 1, list.ID, remove)
				}
				return err
			})
			return n, m, err
		}
		added, removed, err := change([]int64{mine[0].id, mine[1].id, stranger.id, 999999}, nil)
		if err != nil || added != 2 || removed != 0 {
			t.Fatalf("got %d added, %d removed, %v, want the two of the workspace", added, removed, err)
		}
		if added, removed, err = change([]int64{mine[0].id}, []int64{mine[1].id, mine[2].id}); err != nil || added != 0 || removed != 1 {
			t.Fatalf("got %d added, %d removed, %v, want one removed", added, removed, err)
		}
		for id, want := range map[int64]string{list.ID: "Hà", rule.ID: "Nam Lan"} {
			people, err := x.s.Members(ctx, 1, id, 0, 10)
			x.must(err)
			var names []string
			for _, p := range people {
				names = append(names, p.Name)
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("segment %d: got %s, want %s", id, got, want)
			}
		}
		x.must(x.s.Describe(ctx, 1, "vi", list, rule))
		if want := "Nằm trong danh sách “Khách mời”"; list.Summary != want || list.UseCount != 1 {
			t.Errorf("got %q with %d uses, want %q with one", list.Summary, list.UseCount, want)
		}
		frozen, err := x.s.Expand(ctx, 1, rule.Condition)
		x.must(err)
		if !strings.Contains(string(frozen), `"field":"list"`) {
			t.Errorf("got %s, want the list itself", frozen)
		}
		list, err = x.s.Update(ctx, 1, list.ID, "user:1", Form{Name: "Khách mời tiệc", Condition: json.RawMessage(`{"op":"and","items":[]}`)})
		x.must(err)
		if n, err := x.s.Count(ctx, 1, list.ID); err != nil || n != 1 {
			t.Errorf("got %d, %v after a new name, want 1", n, err)
		}
		x.wantCode(d.WithTx(ctx, func(tx *db.Tx) error { _, err := x.s.AddMembers(ctx, tx, 1, rule.ID, nil); return err }), "segment.not_a_list")
		x.wantCode(d.WithTx(ctx, func(tx *db.Tx) error { _, err := x.s.AddMembers(ctx, tx, 2, list.ID, nil); return err }), "segment.not_found")
		x.wantCode(x.s.Delete(ctx, 1, list.ID, "user:1"), "segment.in_use")
		x.must(x.s.Delete(ctx, 1, rule.ID, "user:1"))
		x.must(x.s.Delete(ctx, 1, list.ID, "user:1"))
	})
}
