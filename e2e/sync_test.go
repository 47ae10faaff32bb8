package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/simulator"
)

// TestSync writes people into GetResponse and Getfly, on both databases. It proves the row of the status table, that an answer that is lost is settled without a copy at the other side, that
// throttling and a refused key hold nothing but time, what becomes of entries that are there already, and "Vì sao?".
func TestSync(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "sync", "sent", "delivered", "failed")
	for name, f := range map[string]func(*testing.T, string){"getresponse": syncGetResponse, "getfly": syncGetfly} {
		t.Run(name+"/sqlite", func(t *testing.T) { t.Parallel(); f(t, "") })
		t.Run(name+"/postgres", func(t *testing.T) { t.Parallel(); f(t, dbtest.PostgresURL(t)) })
	}
}

// platform connects an account and presses "Thử kết nối"; the wrong key is refused first.
func (w *world) platform(provider, key string, settings object) int64 {
	w.t.Helper()
	var c struct{ ID int64 }
	form := func(key string) object {
		return object{"provider": provider, "name": provider, "concurrency": 4, "timeout_seconds": 1, provider: settings, "secrets": object{"api_key": key}}
	}
	if _, code, fields := w.refused("POST", "/connections", form("")); code != "connection.invalid" || len(fields) != 1 {
		w.t.Errorf("a connection without a key: got %s %v, want connection.invalid", code, fields)
	}
	w.call("POST", "/connections", form("wrong"), &c)
	var test struct {
		OK          bool
		Class, Code string
	}
	at := fmt.Sprintf("/connections/%d", c.ID)
	if w.call("POST", at+"/test", nil, &test); test.OK || test.Class != "auth" {
		w.t.Errorf("test with a wrong key: got %+v, want a refusal", test)
	}
	w.call("PUT", at, form(key), nil)
	if w.call("POST", at+"/test", nil, &test); !test.OK {
		w.t.Errorf("test of the connection: got %+v, want ok", test)
	}
	return c.ID
}

// offer is what an account has to choose from.
type offer struct {
	Fields []struct {
		Key      string
		Required bool
	}
	Custom, Lists, Tags []struct{ ID, Key, Name, Kind string }
	Types, Sources      []string
	Failure             string
	FailureText         string `json:"failure_text"`
}

func syncGetResponse(t *testing.T, url string) {
	w := newWorld(t, url, simulator.Options{})
	w.found()
	gr := w.sim.GetResponse()
	for i, mail := range []string{"an@example.vn", "lan@example.vn", "drop@example.vn", "gone@example.vn", "hang@example.vn", "busy@example.vn", "broken@example.vn", "black@example.vn", "unsure@example.vn"} {
		w.call("POST", "/contacts", object{"name": fmt.Sprintf("Khách \"%d\"", i+1), "phone": fmt.Sprintf("+8490123000%d", i+1), "email": mail, "birthday": "1990-05-2" + fmt.Sprint(i)}, nil)
	}
	w.call("POST", "/contacts", object{"name": "Không có mail", "phone": "+84901230010"}, nil)
	c := w.platform("getresponse", simulator.DefaultGetResponseKey, object{"base_url": w.sim.GetResponseURL()})
	var o offer
	w.call("GET", fmt.Sprintf("/connections/%d/sync-offer", c), nil, &o)
	if len(o.Fields) != 2 || !o.Fields[0].Required || len(o.Lists) != 2 || len(o.Tags) != 2 || len(o.Custom) != 2 || o.Custom[0].Name != "hang_the" || o.Failure != "" {
		t.Errorf("offer: got %+v, want fields, lists, tags and custom fields of the account", o)
	}

	content := object{"provider": "getresponse", "connection_id": c, "list": "p86zQ", "list_name": "khach_moi", "fields": object{"email": "{{ contact.email }}", "name": "{{ contact.name }}"},
		"custom": object{"n2Rq": "{{ contact.birthday }}", "y8jnp": "{{ contact.attrs.hang }}"}, "tags": []string{"m7E2"}}
	first := w.act("Vào danh sách", "sync", "marketing", c, content)
	w.overcome("hang@example.vn")
	w.until("all but the one who does not confirm", time.Second, func() bool { return w.counts(first).Total["delivered"] == 7 })
	got := w.settled(first, 5*time.Minute)
	w.addUp(got)
	w.same(got, map[string]int64{"total": 10, "sent": 10, "delivered": 7, "failed": 3, "unknown": 0, "skipped": 0, "processing": 0})
	w.why(first, "+84901230010", "không có địa chỉ email")
	w.why(first, "+84901230008", "GetResponse không nhận địa chỉ này")
	w.why(first, "+84901230009", "chưa cho cập nhật")
	list := gr.Contacts("p86zQ")
	if len(list) != 7 || gr.Copies() != 0 {
		t.Errorf("on the list: got %d people with %d copies, want 7 and none", len(list), gr.Copies())
	}
	for _, p := range list {
		if p.Name == "" || !slices.Equal(p.Tags, []string{"m7E2"}) || !strings.HasPrefix(p.Fields["n2Rq"], "1990-05-2") || p.Fields["y8jnp"] != "" {
			t.Errorf("contact: got %+v, want name, tag and birthday, and no empty field", p)
		}
	}
	if n := w.number(`SELECT COUNT(*) FROM attempt a JOIN leg l ON l.workspace_id = a.workspace_id AND l.id = a.leg_id JOIN contact p ON p.workspace_id = l.workspace_id AND p.id = l.contact_id WHERE p.email = $1`, "drop@example.vn"); n != 1 {
		t.Errorf("lines about one sync whose first answer was lost: got %d, want 1", n)
	}
	w.verified()

	// Who is there is changed; what is not named stays. A throttled account costs time only.
	w.call("DELETE", fmt.Sprintf("/contacts/%d", w.number(`SELECT id FROM contact WHERE email = $1`, "unsure@example.vn")), nil, nil)
	gr.Set(func(g *simulator.GetResponse) { g.PerSecond = 12 })
	_, before := gr.Calls()
	content["custom"], content["tags"], content["fields"] = object{}, []string{"k3Rp"}, object{"email": "{{ contact.email }}", "name": "{{ contact.name }} mới"}
	second := w.act("Cập nhật", "sync", "care", c, content)
	w.until("the account to be throttled", 0, func() bool { _, now := gr.Calls(); return now["1015"] > before["1015"] })
	w.same(w.known(second), map[string]int64{"total": 9, "delivered": 7, "failed": 2, "unknown": 0})
	for _, p := range gr.Contacts("p86zQ") {
		if !strings.HasSuffix(p.Name, " mới") || !slices.Equal(p.Tags, []string{"m7E2", "k3Rp"}) || p.Fields["n2Rq"] == "" {
			t.Errorf("changed contact: got %+v, want the new name, both tags and the old field", p)
		}
	}
	if gr.Copies() != 0 {
		t.Error("throttling made copies")
	}
	w.verified()

	// Ids of lists mean nothing in another account.
	var other, template struct{ ID int64 }
	w.call("POST", "/connections", object{"provider": "getresponse", "name": "Tài khoản khác", "getresponse": object{"base_url": w.sim.GetResponseURL()}, "secrets": object{"api_key": "x"}}, &other)
	w.call("POST", "/templates", object{"name": "Của tài khoản đầu", "channel": "sync", "content": content}, &template)
	wrong := object{"name": "Nhầm tài khoản", "purpose": "care", "audience": object{"everyone": true}, "legs": []object{{"channel": "sync", "connection_id": other.ID, "template_id": template.ID}}}
	if _, code, fields := w.refused("POST", "/campaigns", wrong); code != "campaign.invalid" || !slices.Contains(fields, "campaign.sync_other_connection") {
		t.Errorf("template of another account: got %s %v, want campaign.sync_other_connection", code, fields)
	}

	// A key that is refused holds the connection, and the work waits for the new one. A list that lags behind makes no copy either.
	gr.Set(func(g *simulator.GetResponse) { g.Key, g.PerSecond, g.Delay = "new key", 0, time.Minute })
	content["list"], content["existing"] = "VfTq2", "keep"
	third := w.act("Giữ nguyên", "sync", "care", c, content)
	w.heldAndMended(c, "getresponse", object{"base_url": w.sim.GetResponseURL()}, "new key")
	w.same(w.known(third), map[string]int64{"total": 9, "delivered": 7, "failed": 2, "unknown": 0})
	if n := len(gr.Contacts("VfTq2")); n != 7 || gr.Copies() != 0 {
		t.Errorf("on the second list: got %d people with %d copies, want 7 and none", n, gr.Copies())
	}
	w.verified()
}

// overcome waits, with the clock left alone, until a call that is never answered has ended: else the simulated time would outrun the call's lease.
func (w *world) overcome(mail string) {
	w.t.Helper()
	w.until("the call that hangs to end", 0, func() bool {
		return w.number(`SELECT COUNT(*) FROM attempt a JOIN leg l ON l.workspace_id = a.workspace_id AND l.id = a.leg_id JOIN contact p ON p.workspace_id = l.workspace_id AND p.id = l.contact_id WHERE p.email = $1`, mail) > 0
	})
}

// known waits until a campaign has settled and nothing of it is unknown.
func (w *world) known(campaign int64) counts {
	w.t.Helper()
	w.until("everything to be known", time.Second, func() bool {
		c := w.counts(campaign)
		return c.Dispatched && c.Waiting == 0 && c.Total["unknown"] == 0
	})
	return w.settled(campaign, 0)
}

// heldAndMended waits until the connection is held for its credentials, and gives it good ones.
func (w *world) heldAndMended(id int64, provider string, settings object, key string) {
	w.t.Helper()
	at := fmt.Sprintf("/connections/%d", id)
	var held struct {
		State  string
		Reason string `json:"held_reason"`
	}
	w.until("the connection to be held", 0, func() bool { w.call("GET", at, nil, &held); return held.State == "held" })
	if held.Reason != "auth" {
		w.t.Errorf("reason: got %s, want auth", held.Reason)
	}
	var o offer
	if w.call("GET", at+"/sync-offer", nil, &o); o.Failure == "" || o.FailureText == "" || len(o.Fields) == 0 {
		w.t.Errorf("offer with a refused key: got %+v, want the fields and the failure", o)
	}
	w.call("PUT", at, object{"provider": provider, "name": provider, "concurrency": 4, "timeout_seconds": 1, provider: settings, "secrets": object{"api_key": key}}, nil)
}

func syncGetfly(t *testing.T, url string) {
	w := newWorld(t, url, simulator.Options{})
	w.found()
	crm := w.sim.Getfly()
	for i := 1; i <= 8; i++ {
		w.call("POST", "/contacts", object{"name": fmt.Sprintf("Khách %d", i), "phone": fmt.Sprintf("+8490123000%d", i), "email": fmt.Sprintf("Khach%d@example.vn", i)}, nil)
	}
	w.call("POST", "/contacts", object{"phone": "+84901230011"}, nil)
	w.call("POST", "/contacts", object{"phone": "+84901230012", "name": "Hai người"}, nil)
	w.call("POST", "/contacts", object{"phone": "+84901230013", "name": "Đã xóa"}, nil)
	w.call("POST", "/contacts", object{"email": "cu@example.vn", "name": "Khách cũ"}, nil)
	var deleted int64
	if err := w.app.DB.QueryRow(context.Background(), `SELECT id FROM contact WHERE phone = $1`, "+84901230013").Scan(&deleted); err != nil {
		t.Fatal(err)
	}
	for _, a := range []simulator.GetflyAccount{
		{Code: "KH/2025/1", Name: "Tên cũ", Phone: "0901230002", Types: []string{"Khách lẻ"}, Sources: []string{"Zalo"}}, // has been a customer of the shop
		{Code: "KH/2025/2", Name: "A", Phone: "0901230012"}, {Code: "KH/2025/3", Name: "B", Phone: "0901230012"},         // are two copies of one
		{Code: fmt.Sprintf("LOA-%d", deleted), Name: "Đã xóa", Deleted: true},
		{Code: "KH/2025/4", Name: "Khách cũ", Email: "CU@example.vn"},
	} {
		crm.Add(a)
	}
	copies := crm.Copies()
	c := w.platform("getfly", simulator.DefaultGetflyKey, object{"base_url": w.sim.GetflyURL()})
	var o offer
	w.call("GET", fmt.Sprintf("/connections/%d/sync-offer", c), nil, &o)
	if len(o.Fields) != 14 || o.Fields[0].Key != "account_code" || !slices.Equal(o.Types, []string{"Khách lẻ", "VIP"}) || !slices.Equal(o.Sources, []string{"Loa", "Zalo"}) || len(o.Custom) != 2 || o.Custom[1].Name != "Hạng thẻ" {
		t.Errorf("offer: got %+v, want fields, types, sources and custom fields of the account", o)
	}

	content := object{"provider": "getfly", "connection_id": c, "types": []string{"VIP"}, "sources": []string{"Loa"}, "custom": object{"hang_the": "Vàng"},
		"fields": object{"account_code": "LOA-{{ contact.id }}", "account_name": "{{ contact.name }}", "phone_office": "{{ contact.phone }}", "email": "{{ contact.email }}", "relation_name": "Tiềm năng"}}
	first := w.act("Sang CRM", "sync", "care", c, content)
	w.overcome("khach7@example.vn")
	got := w.known(first)
	w.addUp(got)
	w.same(got, map[string]int64{"total": 12, "sent": 12, "delivered": 10, "failed": 2, "unknown": 0, "skipped": 0, "processing": 0})
	w.why(first, "+84901230008", "Getfly không nhận dữ liệu này")
	w.why(first, "+84901230012", "Nhiều khách hàng ở Getfly")
	all := map[string]simulator.GetflyAccount{}
	for _, a := range crm.Accounts() {
		all[a.Code] = a
	}
	if len(all) != 12 || crm.Copies() != copies { // five were there; of twelve people two fail, three are there already
		t.Errorf("customers: got %d with %d copies, want 12 and the %d of before", len(all), crm.Copies(), copies)
	}
	if a := all["KH/2025/1"]; a.Name != "Khách 2" || !slices.Equal(a.Types, []string{"Khách lẻ", "VIP"}) || !slices.Equal(a.Sources, []string{"Zalo"}) || a.Custom["hang_the"] != "Vàng" || a.Fields["relation_name"] != "Tiềm năng" {
		t.Errorf("customer of before: got %+v, want the new name, both types, the old source and the custom field", a)
	}
	if a := all[fmt.Sprintf("LOA-%d", deleted)]; a.Deleted || a.Phone != "0901230013" {
		t.Errorf("deleted customer: got %+v, want it back with its phone", a)
	}
	if a := all["KH/2025/4"]; a.Changes != 1 {
		t.Errorf("customer with the same mail: got %d changes, want 1", a.Changes)
	}
	for _, a := range all {
		if a.Phone == "0901230011" && a.Name != a.Phone {
			t.Errorf("person without a name: got %q, want the phone", a.Name)
		}
	}
	w.verified()

	crm.Set(func(g *simulator.Getfly) { g.Key = "new key" })
	second := w.act("Sang CRM lần nữa", "sync", "care", c, content)
	w.heldAndMended(c, "getfly", object{"base_url": w.sim.GetflyURL()}, "new key")
	w.same(w.known(second), map[string]int64{"total": 12, "delivered": 10, "failed": 2, "unknown": 0})
	content["existing"] = "keep"
	changes := 0
	for _, a := range crm.Accounts() {
		changes += a.Changes
	}
	third := w.act("Giữ nguyên", "sync", "care", c, content)
	w.same(w.known(third), map[string]int64{"total": 12, "delivered": 10, "failed": 2})
	for _, a := range crm.Accounts() {
		changes -= a.Changes
	}
	if changes != 0 || crm.Copies() != copies {
		t.Errorf("who is kept: got %d changes and %d copies, want none and %d", -changes, crm.Copies(), copies)
	}
	w.verified()
}
