package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/simulator"
)

// TestMessenger sends to people who wrote to a Page, on both databases, while every webhook comes twice, some too early, in the wrong order or forged. It proves each cell of Messenger's
// row of the status table, the 24 hours, and what an answer that is lost comes to.
func TestMessenger(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "messenger", "sent", "delivered", "opened", "failed", "clicked")
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); chat(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); chat(t, dbtest.PostgresURL(t)) })
}

func chat(t *testing.T, url string) {
	b := quick()
	b.CallbackCopies, b.Reorder, b.Forged, b.BeforeAnswer = 1, true, 0.5, 0.4
	w := newWorld(t, url, simulator.Options{Messenger: b})
	w.found()
	page := w.page(true)
	w.speak("sim_ok_old")
	w.until("the first person", 0, func() bool { return w.heard() == 1 })
	w.clk.Advance(25 * time.Hour)
	people := []string{"sim_ok_1", "sim_noread_1", "sim_blocked_1", "sim_drop_1", "sim_never_1", "sim_flaky_1"}
	for _, p := range people {
		w.speak(p)
	}
	w.until("everybody to be known", 0, func() bool { return w.heard() == len(people)+1 && w.named() == len(people)+1 })

	template := w.template("Trả lời", object{"text": "Chào {{ contact.name }}, xem https://shop.example/uu-dai nhé", "track_links": true,
		"buttons": []object{{"type": "postback", "title": "Xem giá", "payload": "GIA"}, {"type": "web_url", "title": "Mua ngay", "url": "https://shop.example/mua"}}})
	campaign := w.campaign("Ưu đãi", "care", page, template)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign), nil, nil)
	c := w.settled(campaign, 50*time.Millisecond)
	w.addUp(c)
	want := map[string]int64{"total": 7, "sent": 6, "delivered": 4, "opened": 1, "clicked": 0, "failed": 1, "processing": 1, "skipped": 1, "unknown": 0}
	w.same(c, want)

	if !w.sim.MessengerDo(simulator.MessengerAct{PSID: "sim_ok_1", Do: "tap"}) || !w.sim.MessengerDo(simulator.MessengerAct{PSID: "sim_noread_1", Do: "tap"}) {
		t.Fatal("there is no button to tap")
	}
	want["clicked"], want["opened"] = 2, 2
	w.until("the clicks", 0, func() bool { return w.counts(campaign).Total["clicked"] == 2 })
	w.same(w.counts(campaign), want)
	w.follows(campaign, "sim_flaky_1")
	want["clicked"], want["opened"] = 3, 3
	w.until("the click", 10*time.Second, func() bool { return w.counts(campaign).Total["clicked"] == 3 })
	w.same(w.counts(campaign), want)
	w.reason(campaign, "sim_ok_old", "24 giờ")
	w.forged(page)
	w.messengerKinds(page)
	w.verified()

	// Who wrote too long ago gets an approved utility template, and nobody an advert by it.
	utility := w.template("Đơn hàng", object{"messaging_type": "UTILITY", "utility": object{"name": "order_shipped", "language": "vi", "params": object{"order": "DH-{{ contact.name | default: \"1\" }}"}, "buttons": []string{"TRACK"}}})
	advert := w.campaign("Quảng cáo", "marketing", page, utility)
	if _, code, fields := w.refused("POST", fmt.Sprintf("/campaigns/%d/activate", advert), nil); code != "campaign.not_ready" || fmt.Sprint(fields) != "[campaign.rule.messenger.utility]" {
		t.Errorf("advert by utility template: got %s %v, want campaign.rule.messenger.utility", code, fields)
	}
	w.approvals(page)
	order := w.campaign("Giao hàng", "transaction", page, utility)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", order), nil, nil)
	w.same(w.settled(order, 50*time.Millisecond), map[string]int64{"sent": 7, "delivered": 5, "failed": 1, "skipped": 0})
	w.verified()
	w.lateWatermark(page, template)
}

// approvals reads the Page's utility templates, page by page, and expects that what Meta has not approved, or does not know, cannot be activated.
func (w *world) approvals(page int64) {
	w.t.Helper()
	var list struct {
		Items []struct {
			Name, Status string
			Sendable     bool
		}
		SyncedAt time.Time `json:"synced_at"`
	}
	w.sim.AddMessengerTemplate(simulator.MessengerTemplate{Name: "third", Language: "vi"})
	w.call("POST", fmt.Sprintf("/connections/%d/messenger-templates/sync", page), nil, &list)
	got := ""
	for _, t := range list.Items {
		got += fmt.Sprintf("%s %s %v, ", t.Name, t.Status, t.Sendable)
	}
	if want := "in_review PENDING false, order_shipped APPROVED true, third APPROVED true, "; got != want || list.SyncedAt.IsZero() {
		w.t.Errorf("utility templates: got %q, read at %s; want %q", got, list.SyncedAt, want)
	}
	for name, want := range map[string]string{"in_review": "campaign.messenger_not_approved", "nobody_knows": "campaign.messenger_unknown"} {
		id := w.campaign(name, "transaction", page, w.template(name, object{"messaging_type": "UTILITY", "utility": object{"name": name, "language": "vi"}}))
		if _, code, fields := w.refused("POST", fmt.Sprintf("/campaigns/%d/activate", id), nil); code != "campaign.not_ready" || fmt.Sprint(fields) != "["+want+"]" {
			w.t.Errorf("%s: got %s %v, want %s", name, code, fields, want)
		}
	}
	w.sim.ChangeMessengerPage(simulator.DefaultPageID, func(p *simulator.MessengerPage) { p.TokenDead = true })
	var failed struct {
		Items   []struct{}
		Failure string
	}
	w.call("POST", fmt.Sprintf("/connections/%d/messenger-templates/sync", page), nil, &failed)
	if failed.Failure != "190" || len(failed.Items) != 3 {
		w.t.Errorf("with a dead token: got failure %q and %d templates, want 190 and what was known", failed.Failure, len(failed.Items))
	}
	w.sim.ChangeMessengerPage(simulator.DefaultPageID, func(p *simulator.MessengerPage) { p.TokenDead = false })
}

// page connects the default Page, makes the handshake and presses "Thử kết nối".
func (w *world) page(utility bool) int64 {
	w.t.Helper()
	var c struct {
		ID      int64
		HookURL string `json:"hook_url"`
	}
	w.call("POST", "/connections", object{"provider": "messenger", "name": "Trang", "concurrency": 4, "messenger": object{"base_url": w.sim.MessengerURL(), "page_id": simulator.DefaultPageID, "utility": utility},
		"secrets": object{"app_secret": simulator.DefaultFBSecret, "access_token": simulator.DefaultPageToken, "verify_token": simulator.DefaultVerifyToken}}, &c)
	w.sim.ChangeMessengerPage(simulator.DefaultPageID, func(p *simulator.MessengerPage) { p.WebhookURL, p.NeedProof = c.HookURL, true })
	if !w.sim.MessengerHandshake(simulator.DefaultPageID) {
		w.t.Error("handshake: the challenge did not come back")
	}
	if status, _ := w.send("GET", strings.TrimPrefix(c.HookURL, w.url)+"?hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1", nil); status == http.StatusOK {
		w.t.Error("handshake with a wrong word was answered")
	}
	var test struct {
		OK     bool
		Code   string
		Detail string
	}
	if w.call("POST", fmt.Sprintf("/connections/%d/test", c.ID), nil, &test); !test.OK {
		w.t.Errorf("test of the connection: got %s %s, want ok", test.Code, test.Detail)
	}
	return c.ID
}

func (w *world) speak(psid string) {
	w.t.Helper()
	if !w.sim.MessengerDo(simulator.MessengerAct{PSID: psid, Do: "say", Text: "Shop ơi, còn hàng không ạ?", First: "Lan", Last: "Nguyễn Thị"}) {
		w.t.Fatal("the simulator does not know the Page")
	}
}

func (w *world) number(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.app.DB.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// heard is how many addresses have an open or past window and a contact of their own; named how many of the contacts have a name.
func (w *world) heard() int {
	return w.number(`SELECT COUNT(*) FROM conversation v JOIN identity i ON i.workspace_id = v.workspace_id AND i.kind = v.kind AND i.scope = v.scope AND i.value = v.value WHERE v.last_in_at > 0`)
}

func (w *world) named() int {
	return w.number(`SELECT COUNT(*) FROM contact WHERE name = 'Nguyễn Thị Lan' AND reach = 16`)
}

func (w *world) template(name string, content object) int64 {
	w.t.Helper()
	return w.written("messenger", name, content)
}

func (w *world) campaign(name, purpose string, connection, template int64) int64 {
	w.t.Helper()
	return w.linked("messenger", name, purpose, connection, template)
}

func (w *world) same(c counts, want map[string]int64) {
	w.t.Helper()
	for word, n := range want {
		if got := c.Legs[0].Counts[word]; got != n {
			w.t.Errorf("%s: got %d, want %d; %s", word, got, n, w.picture())
		}
	}
}

// follows opens a person's tracked link as a phone does and expects the shop's address.
func (w *world) follows(campaign int64, person string) {
	w.t.Helper()
	for _, item := range w.sim.Inbox() {
		_, rest, found := strings.Cut(item.Text, w.url)
		if item.Recipient != person || !found {
			continue
		}
		path, _, _ := strings.Cut(rest, " ")
		w.clk.Advance(time.Minute)
		r, err := http.NewRequest("GET", w.url+path, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		r.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/MessengerForiOS]")
		res, err := direct.Do(r)
		if err != nil {
			w.t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("Location"); res.StatusCode != http.StatusFound || got != "https://shop.example/uu-dai" {
			w.t.Errorf("tracked link: got %d to %q, want 302 to the shop", res.StatusCode, got)
		}
		return
	}
	w.t.Errorf("no tracked link in the message of campaign %d", campaign)
}

// reason asks "Vì sao?" about the owner of an address and wants the words in the answer.
func (w *world) reason(campaign int64, psid, words string) {
	w.t.Helper()
	id := w.number(`SELECT contact_id FROM identity WHERE value = $1`, psid)
	status, raw := w.send("GET", fmt.Sprintf("/api/v1/campaigns/%d/contacts/%d/why", campaign, id), nil)
	if status != http.StatusOK || !bytes.Contains(raw, []byte(words)) {
		w.t.Errorf("why: got %d %s, want words with %q", status, raw, words)
	}
}

// TestHandReply lets a person answer a customer: within the day as an answer, until the seventh day under the tag for people, later not at all; programs never. Saving the connection subscribes the
// Page, and what Facebook does to the Page holds and frees the connection.
func TestHandReply(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); handReply(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); handReply(t, dbtest.PostgresURL(t)) })
}

func handReply(t *testing.T, url string) {
	w := newWorld(t, url, simulator.Options{Messenger: quick(), Inspect: true})
	w.found()
	page := w.page(false)
	fields := func() (out string) {
		w.sim.ChangeMessengerPage(simulator.DefaultPageID, func(p *simulator.MessengerPage) { out = p.Fields })
		return out
	}
	w.until("the Page to be subscribed", 0, func() bool { return strings.Contains(fields(), "messaging_policy_enforcement") })
	w.speak("sim_ok_1")
	w.until("the person", 0, func() bool { return w.heard() == 1 })
	spoke := w.clk.Now()
	contact := w.number(`SELECT contact_id FROM identity WHERE value = 'sim_ok_1'`)
	path := fmt.Sprintf("/contacts/%d/conversations", contact)
	answer := object{"connection_id": page, "address": "sim_ok_1", "text": "Dạ còn ạ, {{ contact.name }} nhé"}
	if status, code, _ := w.refused("POST", path+"/reply", answer); status != http.StatusForbidden || code != "conversation.by_hand" {
		t.Errorf("answer by a program: got %d %s, want 403 conversation.by_hand", status, code)
	}
	person := w.signedIn()
	reply := func(in object, want int, code string) (id int64) {
		t.Helper()
		status, raw := person(path+"/reply", in)
		if status != want || !bytes.Contains(raw, []byte(code)) {
			t.Fatalf("answer: got %d %s, want %d %s", status, raw, want, code)
		}
		var out struct {
			ID int64 `json:"message_id"`
		}
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatal(err)
		}
		return out.ID
	}
	// arrives waits for the message and gives what Meta was told.
	arrives := func(id int64) string {
		t.Helper()
		w.until("the answer to be read", 50*time.Millisecond, func() bool {
			return w.number(`SELECT COUNT(*) FROM leg WHERE id = $1 AND opened_at IS NOT NULL`, id) == 1
		})
		var newest simulator.Record
		w.sim.Ledger().Each(func(r simulator.Record) bool {
			if r.At > newest.At {
				newest = r
			}
			return true
		})
		return newest.Template
	}
	kinds := func() (kind, rule string) {
		var list struct{ Items []struct{ Kind, Rule string } }
		w.call("GET", path, nil, &list)
		if len(list.Items) != 1 {
			t.Fatalf("conversations: got %+v, want one", list.Items)
		}
		return list.Items[0].Kind, list.Items[0].Rule
	}
	if got := arrives(reply(answer, 202, "message_id")); got != "RESPONSE" {
		t.Errorf("within the day: sent as %s, want RESPONSE", got)
	}
	texts := 0
	for _, m := range w.sim.Inbox() {
		if m.Text == answer["text"] { // as it was typed: nothing is filled in
			texts++
		}
	}
	if texts != 1 {
		t.Errorf("the text came %d times as it was typed, want once: %+v", texts, w.sim.Inbox())
	}
	w.clk.Advance(spoke.Add(24*time.Hour + time.Second).Sub(w.clk.Now()))
	if kind, _ := kinds(); kind != "HUMAN_AGENT" {
		t.Errorf("after a day: offered as %q, want HUMAN_AGENT", kind)
	}
	if got := arrives(reply(answer, 202, "message_id")); got != "MESSAGE_TAG" {
		t.Errorf("after a day: sent as %s, want MESSAGE_TAG", got)
	}
	w.clk.Advance(spoke.Add(7*24*time.Hour + time.Second).Sub(w.clk.Now()))
	if kind, rule := kinds(); kind != "" || rule != "messenger.human_agent" {
		t.Errorf("after seven days: got %q by %q, want none by messenger.human_agent", kind, rule)
	}
	reply(answer, 409, "conversation.closed")
	reply(object{"connection_id": page, "address": "sim_other", "text": "a"}, 404, "conversation.not_found")
	reply(object{"connection_id": page, "address": "sim_ok_1", "text": " \n "}, 422, "conversation.text_empty")
	reply(object{"connection_id": page, "address": "sim_ok_1", "text": strings.Repeat("ă", 2001)}, 422, "conversation.text_too_long")
	if n := w.number(`SELECT COUNT(*) FROM audit WHERE action = 'conversation.reply' AND actor LIKE 'user:%'`); n != 2 {
		t.Errorf("audit log: got %d answers, want 2", n)
	}
	if n := w.number(`SELECT COUNT(*) FROM audit WHERE CAST(detail AS text) LIKE '%còn ạ%'`); n != 0 {
		t.Error("the audit log holds the text of an answer")
	}
	w.speak("sim_ok_1")
	w.until("the window to be open", 0, func() bool { kind, _ := kinds(); return kind == "RESPONSE" })
	// A template can never carry the tag.
	if status, code, _ := w.refused("POST", "/templates", object{"name": "Nhân viên", "channel": "messenger", "content": object{"messaging_type": "HUMAN_AGENT", "text": "a"}}); status != 422 || code != "template.messenger_human_agent" {
		t.Errorf("template with the tag: got %d %s", status, code)
	}
	state := func() (out struct {
		State  string
		Reason string `json:"held_reason"`
	}) {
		w.call("GET", fmt.Sprintf("/connections/%d", page), nil, &out)
		return out
	}
	w.sim.MessengerEnforce(simulator.DefaultPageID, "warning", "spam")
	w.sim.MessengerEnforce(simulator.DefaultPageID, "block", "spam")
	w.until("the Page to be held", 0, func() bool { return state().State == "held" })
	if got := state(); got.Reason != "page" {
		t.Errorf("held for %q, want page", got.Reason)
	}
	reply(answer, 409, "conversation.connection_inactive")
	w.sim.MessengerEnforce(simulator.DefaultPageID, "unblock", "")
	w.until("the Page to be free", 0, func() bool { return state().State == "active" })
	if got := arrives(reply(answer, 202, "message_id")); got != "RESPONSE" {
		t.Errorf("afterwards: sent as %s, want RESPONSE", got)
	}
	w.verified()
}

// session signs the owner in and gives the cookie of the browser.
func (w *world) session() *http.Cookie {
	w.t.Helper()
	raw, err := json.Marshal(object{"email": "chu@example.com", "password": "mot mat khau du dai 7"})
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := direct.Post(w.url+"/api/v1/session", "application/json", bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || len(res.Cookies()) != 1 {
		w.t.Fatalf("sign in: got %s with %d cookies", res.Status, len(res.Cookies()))
	}
	return res.Cookies()[0]
}

// signedIn gives a way to post as a person does, from a browser.
func (w *world) signedIn() func(path string, in any) (int, []byte) {
	w.t.Helper()
	cookie := w.session()
	return func(path string, in any) (int, []byte) {
		w.t.Helper()
		body, err := json.Marshal(in)
		if err != nil {
			w.t.Fatal(err)
		}
		r, err := http.NewRequest("POST", w.url+"/api/v1"+path, bytes.NewReader(body))
		if err != nil {
			w.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.AddCookie(cookie)
		res, err := direct.Do(r)
		if err != nil {
			w.t.Fatal(err)
		}
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			w.t.Fatal(err)
		}
		return res.StatusCode, answer
	}
}
