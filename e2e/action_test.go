package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/provider/webcall"
	"github.com/loa-project/loa/simulator"
)

// TestAction does every kind of action for everybody, on both databases: tags, attributes, lists and notices to the staff by mail and by signed webhook. It proves the row of the status table,
// what fails and why, and that an act leaves one line in the audit log.
func TestAction(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "action", "sent", "delivered", "failed")
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); actions(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); actions(t, dbtest.PostgresURL(t)) })
}

func actions(t *testing.T, url string) {
	w := newWorld(t, url, simulator.Options{})
	w.found()
	for key, typ := range map[string]string{"hang": "text", "diem": "number", "hen": "date"} {
		w.call("POST", "/attributes", object{"id": 0, "key": key, "label": key, "type": typ}, nil)
	}
	an := w.contact(object{"name": "An", "phone": "+84901230001", "tags": []string{"Cũ", "Khách lẻ"}, "attrs": object{"hang": "12"}})
	binh := w.contact(object{"name": "Bình", "phone": "+84901230002", "attrs": object{"hang": "bạc"}})
	chi := w.contact(object{"name": "Chi", "email": "chi@example.vn"}) // has no value to write
	var list struct{ ID int64 }
	w.call("POST", "/segments", object{"name": "Chăm sóc", "kind": "list"}, &list)

	all := map[string]int64{"total": 3, "sent": 3, "delivered": 3, "failed": 0, "unknown": 0, "skipped": 0, "processing": 0}
	do := func(content object) int64 {
		t.Helper()
		return w.act(fmt.Sprint(content["kind"]), "action", "marketing", 0, content)
	}
	first := do(object{"kind": "add_tag", "tags": []string{"VIP", "Tết 2027"}})
	w.same(w.settledRun(first), all)
	w.same(w.settledRun(do(object{"kind": "remove_tag", "tags": []string{"cu"}})), all)
	w.same(w.settledRun(do(object{"kind": "add_to_list", "list_id": list.ID})), all)
	w.same(w.settledRun(do(object{"kind": "set_attribute", "attribute": "hen", "value": "{{ now | date: \"%Y-%m-%d\" }}"})), all)
	points := do(object{"kind": "set_attribute", "attribute": "diem", "value": "{{ contact.attrs.hang }}"})
	w.same(w.settledRun(points), map[string]int64{"total": 3, "sent": 2, "delivered": 1, "failed": 1, "skipped": 1})
	w.why(points, "+84901230002", "Giá trị không đúng kiểu của thuộc tính")
	w.same(w.settledRun(do(object{"kind": "clear_attribute", "attribute": "hang"})), all)
	if got, want := w.marks(an), "tags [Khách lẻ Tết 2027 VIP] attrs map[diem:12 hen:2026-11-21]"; got != want {
		t.Errorf("An: got %s, want %s", got, want)
	}
	if got, want := w.marks(binh), "tags [Tết 2027 VIP] attrs map[hen:2026-11-21]"; got != want {
		t.Errorf("Bình: got %s, want %s", got, want)
	}
	if n := w.number(`SELECT COUNT(*) FROM list_member WHERE segment_id = $1`, list.ID); n != 3 {
		t.Errorf("people on the list: got %d, want 3", n)
	}
	w.same(w.settledRun(do(object{"kind": "remove_from_list", "list_id": list.ID})), all)
	if n := w.number(`SELECT COUNT(*) FROM list_member WHERE segment_id = $1`, list.ID); n != 0 {
		t.Errorf("people on the list in the end: got %d, want none", n)
	}
	w.missed(list.ID, chi)
	w.notices(an)
	if n := w.number(`SELECT COUNT(*) FROM audit WHERE action = 'campaign.act' AND target = $1`, fmt.Sprintf("campaign:%d", first)); n != 1 {
		t.Errorf("lines of one act in the audit log: got %d, want 1", n)
	}
	if n := w.number(`SELECT COUNT(*) FROM audit WHERE action = 'contact.update'`); n != 0 {
		t.Errorf("lines for single customers in the audit log: got %d, want none", n)
	}
	w.verified()
}

// marks shows what actions change about a customer.
func (w *world) marks(id int64) string {
	w.t.Helper()
	var p struct {
		Tags  []string
		Attrs map[string]any
	}
	w.call("GET", fmt.Sprintf("/contacts/%d", id), nil, &p)
	slices.Sort(p.Tags)
	return fmt.Sprintf("tags %v attrs %v", p.Tags, p.Attrs)
}

// missed lets acts meet what is gone: an attribute that never was and a segment that is no list when a campaign is activated, a list and a customer that are deleted after it.
func (w *world) missed(list, contact int64) {
	w.t.Helper()
	everyone := object{"everyone": true}
	for want, content := range map[string]object{
		"attribute.not_found": {"kind": "set_attribute", "attribute": "khong_co", "value": "1"},
		"segment.not_found":   {"kind": "add_to_list", "list_id": 987654},
	} {
		early := w.made(want, everyone, w.step("action", content))
		if status, code, fields := w.refused("POST", fmt.Sprintf("/campaigns/%d/activate", early), nil); status != 422 || code != "campaign.not_ready" || !slices.Contains(fields, want) {
			w.t.Errorf("activation: got %d %s %v, want %s", status, code, fields, want)
		}
	}
	for _, content := range []object{{"kind": "add_to_list", "list_id": list}, {"kind": "add_tag", "tags": []string{"Muộn"}}} {
		campaign := w.made("Muộn", everyone, w.step("action", content))
		if _, err := w.app.DB.Exec(context.Background(), `UPDATE connection SET state = 'held', held_until = 0 WHERE provider = 'local'`); err != nil {
			w.t.Fatal(err)
		}
		if status, _, fields := w.refused("POST", fmt.Sprintf("/campaigns/%d/activate", campaign), nil); status != 422 {
			w.t.Errorf("activation while it is held: got %d %v", status, fields)
		}
		if _, err := w.app.DB.Exec(context.Background(), `UPDATE connection SET state = 'active' WHERE provider = 'local'`); err != nil {
			w.t.Fatal(err)
		}
		hold := w.pausedAt(campaign)
		if content["kind"] == "add_tag" {
			w.call("DELETE", fmt.Sprintf("/contacts/%d", contact), nil, nil)
		} else {
			w.call("DELETE", fmt.Sprintf("/segments/%d", list), nil, nil)
		}
		hold()
		c := w.settledRun(campaign)
		want, words := map[string]int64{"total": 3, "sent": 3, "delivered": 0, "failed": 3}, "Danh sách không còn tồn tại"
		if content["kind"] == "add_tag" {
			w.same(c, map[string]int64{"total": 3, "sent": 3, "delivered": 2, "failed": 1})
			continue
		}
		w.same(c, want)
		w.why(campaign, "+84901230001", words)
	}
}

// pausedAt activates a campaign whose acts cannot begin yet and returns what lets them.
func (w *world) pausedAt(campaign int64) func() {
	w.t.Helper()
	set := func(state string) {
		if _, err := w.app.DB.Exec(context.Background(), `UPDATE connection SET state = '`+state+`', held_until = 0, updated_at = updated_at + 1 WHERE provider = 'local'`); err != nil {
			w.t.Fatal(err)
		}
	}
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign), nil, nil)
	set("held")
	w.until("everybody to be enlisted", 0, func() bool { return w.counts(campaign).Dispatched })
	return func() { set("active") }
}

// notices tells the staff by mail, through a wrong connection, and by a webhook that is signed.
func (w *world) notices(contact int64) {
	w.t.Helper()
	host, port := w.mailServer()
	var mail, hook struct{ ID int64 }
	w.call("POST", "/connections", object{"provider": "smtp", "name": "Máy chủ mail", "smtp": object{"host": host, "port": port, "tls": "none", "from": "loa@shop.example"}}, &mail)
	content := func(notice object) object { return object{"kind": "notify_staff", "notice": notice} }
	by := func(notice object) int64 {
		w.t.Helper()
		return w.act("Báo nhân viên", "action", "marketing", 0, content(notice))
	}
	mailed := by(object{"via": "email", "connection_id": mail.ID, "to": []string{"cskh@shop.example", "kho@shop.example"}, "subject": "Gọi cho {{ contact.name }}", "text": "Khách {{ contact.name }} cần gọi lại."})
	w.same(w.settledRun(mailed), map[string]int64{"total": 2, "sent": 2, "delivered": 2, "failed": 0})
	if sum := w.sim.Ledger().Summary()["smtp"]; sum.Accepted != 4 {
		w.t.Errorf("mails to the staff: got %d, want 4", sum.Accepted)
	}

	secret := []byte("a secret of twenty-four b")
	var mu sync.Mutex
	got := map[string]string{}
	system := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		id, at := r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp")
		var in struct {
			Event, Text, Name string
			ContactID         int64 `json:"contact_id"`
		}
		if r.Header.Get("Webhook-Signature") != webcall.Sign(secret, id, at, body) || json.Unmarshal(body, &in) != nil || r.URL.Path != "/api/bao" {
			out.WriteHeader(http.StatusUnauthorized)
			return
		}
		if in.ContactID == contact {
			panic(http.ErrAbortHandler) // it was told, and we do not hear so
		}
		mu.Lock()
		got[id] = in.Event + ": " + in.Text
		mu.Unlock()
		out.WriteHeader(http.StatusNoContent)
	}))
	defer system.Close()
	w.call("POST", "/connections", object{"provider": "http", "name": "Nội bộ", "http": object{"base_url": system.URL + "/api"},
		"secrets": object{"webhook_secret": "whsec_" + base64.StdEncoding.EncodeToString(secret)}}, &hook)
	called := by(object{"via": "webhook", "connection_id": hook.ID, "path": "/bao", "text": "Khách {{ contact.name }}"})
	w.until("the notices", 0, func() bool {
		c := w.counts(called)
		return c.Dispatched && c.Waiting == 0 && c.Total["delivered"] == 1 && c.Total["unknown"] == 1
	})
	w.same(w.counts(called), map[string]int64{"total": 2, "sent": 2, "delivered": 1, "unknown": 1, "failed": 0})
	mu.Lock()
	defer mu.Unlock()
	if text := fmt.Sprint(got); len(got) != 1 || !strings.Contains(text, "staff.notice: Khách Bình") {
		w.t.Errorf("calls: got %s, want one about Bình", text)
	}
}
