package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/simulator"
)

// People at the OA; the beginnings of their ids say how they take messages.
const (
	reader  = "3000000000000000001"
	quiet   = "3100000000000000001" // never looks
	silent  = "9900000000000000001" // nothing is heard of them
	lost    = "9800000000000000001" // the answer to the call is lost
	asleep  = "9700000000000000001" // -227
	refuser = "3200000000000000001" // -244
	early   = "3000000000000000008" // wrote three days ago
	old     = "3000000000000000009" // wrote eight days ago
)

// TestZaloOA sends to people who interacted with an OA, on both databases, while every webhook comes twice, some too early, in the wrong order or forged. It proves each cell of the row of
// the status table, the seven days, templates by user id, and who follows and leaves.
func TestZaloOA(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "zalo_oa", "sent", "delivered", "opened", "failed", "processing", "clicked")
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); atOA(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); atOA(t, dbtest.PostgresURL(t)) })
}

func atOA(t *testing.T, url string) {
	b := quick()
	b.CallbackCopies, b.Reorder, b.Forged, b.BeforeAnswer = 1, true, 0.5, 0.4
	w := newWorld(t, url, simulator.Options{Zalo: b, NoMagic: true})
	w.found()
	oa, hook := w.oa()
	w.says(old)
	w.until("the first person", 0, func() bool { return w.heard() == 1 })
	w.clk.Advance(5 * 24 * time.Hour)
	w.says(early)
	w.until("the second person", 0, func() bool { return w.heard() == 2 })
	w.clk.Advance(3 * 24 * time.Hour)
	for _, id := range []string{reader, quiet, silent, lost, asleep, refuser} {
		w.says(id)
	}
	w.sim.ZaloDo(simulator.ZaloAct{ID: refuser, Do: "refuse"})
	w.until("everybody to be known by name", 0, func() bool {
		return w.heard() == 8 && w.number(`SELECT COUNT(*) FROM contact WHERE name = 'Lan' AND reach = 8`) == 8
	})

	text := w.oaTemplate("Trả lời", object{"text": "Chào {{ contact.name }}, xem https://shop.example/uu-dai nhé", "track_links": true, "buttons": []object{
		{"type": "url", "title": "Mua ngay", "url": "https://shop.example/mua"}, {"type": "query", "title": "Xem giá", "payload": "#gia"},
		{"type": "show", "title": "Còn hàng không?", "payload": "Còn hàng không?"}, {"type": "phone", "title": "Gọi", "payload": "+84901234567"}}})
	campaign := w.oaCampaign("Tư vấn", "care", oa, text)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign), nil, nil)
	w.addUp(w.settled(campaign, 50*time.Millisecond))
	want := map[string]int64{"total": 8, "sent": 7, "delivered": 3, "opened": 2, "clicked": 0, "failed": 2, "processing": 1, "unknown": 1, "skipped": 1}
	w.comes(campaign, want)
	w.reason(campaign, old, "7 ngày")
	w.reason(campaign, asleep, "45 ngày")
	w.answered(map[string]int{"": 5, "-227": 1, "-244": 1})

	w.does(simulator.ZaloAct{ID: reader, Do: "tap"}, simulator.ZaloAct{ID: quiet, Do: "tap"})
	want["clicked"], want["opened"] = 2, 3
	w.until("the presses", 0, func() bool { return w.counts(campaign).Total["clicked"] == 2 })
	w.comes(campaign, want)
	w.opens("https://shop.example/mua", early)
	want["clicked"] = 3
	w.until("the click", 10*time.Second, func() bool { return w.counts(campaign).Total["clicked"] == 3 })
	w.comes(campaign, want)
	w.does(simulator.ZaloAct{ID: early, Do: "see"}) // once more, and long after
	w.strangers(hook)
	w.comes(campaign, want)
	w.kinds(oa)
	w.byTemplate(oa)
	w.oaBilled()
	w.consulted(oa, text)
	w.leaves(oa, text, hook)
	w.lateSeen(oa, text)
	w.addUp(w.counts(campaign))
	w.verified()
}

// oa connects the default OA and presses "Thử kết nối". It returns the connection and its callback address.
func (w *world) oa() (int64, string) {
	w.t.Helper()
	var c struct {
		ID      int64
		HookURL string `json:"hook_url"`
	}
	w.call("POST", "/connections", object{"provider": "zalo", "name": "OA", "concurrency": 4,
		"zalo":    object{"base_url": w.sim.ZaloURL(), "oa_url": w.sim.ZaloURL(), "oauth_url": w.sim.ZaloOAuthURL(), "app_id": simulator.DefaultAppID, "oa_id": simulator.DefaultOAID},
		"secrets": object{"app_secret": simulator.DefaultAppSecret, "access_token": simulator.DefaultAccessToken, "refresh_token": simulator.DefaultRefreshToken, "webhook_secret": simulator.DefaultWebhookSecret}}, &c)
	w.sim.SetZaloWebhook(simulator.DefaultAppID, c.HookURL)
	var test struct {
		OK     bool
		Code   string
		Detail string
	}
	if w.call("POST", fmt.Sprintf("/connections/%d/test", c.ID), nil, &test); !test.OK {
		w.t.Errorf("test of the connection: got %s %s, want ok", test.Code, test.Detail)
	}
	return c.ID, c.HookURL
}

func (w *world) says(id string) {
	w.t.Helper()
	w.does(simulator.ZaloAct{ID: id, Do: "say", Text: "Shop ơi, còn hàng không ạ?", Name: "Lan"})
}

func (w *world) does(acts ...simulator.ZaloAct) {
	w.t.Helper()
	for _, a := range acts {
		if !w.sim.ZaloDo(a) {
			w.t.Fatalf("%s of %s: the simulator does not know how", a.Do, a.ID)
		}
	}
}

func (w *world) oaTemplate(name string, content object) int64 {
	w.t.Helper()
	return w.written("zalo_oa", name, content)
}

func (w *world) oaCampaign(name, purpose string, connection, template int64) int64 {
	w.t.Helper()
	return w.linked("zalo_oa", name, purpose, connection, template)
}

// comes waits until a campaign is settled with these counts. A receipt that comes in the moment in which its message is recorded is matched by the next sweep.
func (w *world) comes(campaign int64, want map[string]int64) {
	w.t.Helper()
	w.settled(campaign, 50*time.Millisecond)
	end := time.Now().Add(patience)
	for {
		c := w.counts(campaign)
		all := len(c.Legs) == 1
		for word, n := range want {
			all = all && c.Legs[0].Counts[word] == n
		}
		if all || time.Now().After(end) {
			w.same(c, want)
			return
		}
		w.clk.Advance(100 * time.Millisecond)
		<-time.After(25 * time.Millisecond)
	}
}

// answered compares the answers that the simulator gave to sends with what the test knows: "" is accepted. Tokens that ended meanwhile are nobody's failure.
func (w *world) answered(want map[string]int) {
	w.t.Helper()
	sum := w.sim.Ledger().Summary()["zalo"]
	got := map[string]int{"": int(sum.Accepted)}
	for code, n := range sum.Refused {
		if code != "-220" && code != "-216" {
			got[code] = int(n)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("the simulator's ledger: got %v, want %v", got, want)
	}
}

// opens follows the tracked link that the person got and expects the shop's page.
func (w *world) opens(page, person string) {
	w.t.Helper()
	w.clk.Advance(time.Minute)
	for _, link := range w.sim.ZaloLinks("", person) {
		r, err := http.NewRequest("GET", link, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		r.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Zalo iOS/683")
		res, err := direct.Do(r)
		if err != nil {
			w.t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("Location"); res.StatusCode != http.StatusFound || got != page {
			w.t.Errorf("tracked link: got %d to %q, want 302 to %s", res.StatusCode, got, page)
		}
		return
	}
	w.t.Errorf("%s got no button with a link", person)
}

// event posts a webhook that the test signs itself and returns the answer's status.
func (w *world) event(hook, secret string, at time.Time, body string) int {
	w.t.Helper()
	stamp := strconv.FormatInt(at.UnixMilli(), 10)
	raw := []byte(strings.ReplaceAll(body, "STAMP", stamp))
	r, err := http.NewRequest("POST", hook, bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("X-ZEvent-Signature", simulator.ZaloSignature(simulator.DefaultAppID, raw, stamp, secret))
	res, err := direct.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// strangers expects that nobody who cannot sign opens a window or makes a contact, and neither does an event of another OA or one of days ago.
func (w *world) strangers(hook string) {
	w.t.Helper()
	if w.sim.Overview().Callbacks["forged"] == 0 {
		w.t.Error("nothing was forged: the test proves nothing")
	}
	says := `{"app_id":"` + simulator.DefaultAppID + `","sender":{"id":"SENDER"},"recipient":{"id":"OA"},"event_name":"user_send_text","message":{"text":"x","msg_id":"forged-1"},"timestamp":"STAMP"}`
	from := func(person, oa string) string {
		return strings.NewReplacer("SENDER", person, `"OA"`, `"`+oa+`"`).Replace(says)
	}
	now, spoke := w.clk.Now(), w.number(`SELECT last_in_at FROM conversation WHERE value = $1`, old)
	for name, c := range map[string]struct {
		status int
		secret string
		at     time.Time
		body   string
	}{
		"a guessed key":        {http.StatusUnauthorized, "guessed", now, from("666", simulator.DefaultOAID)},
		"another OA":           {http.StatusOK, simulator.DefaultWebhookSecret, now, from("667", "2000000000000000002")},
		"an event of days ago": {http.StatusOK, simulator.DefaultWebhookSecret, now.Add(-50 * time.Hour), from(old, simulator.DefaultOAID)},
		"another app":          {http.StatusUnauthorized, simulator.DefaultWebhookSecret, now, strings.Replace(from("668", simulator.DefaultOAID), simulator.DefaultAppID, "1000000000000000002", 1)},
	} {
		if got := w.event(hook, c.secret, c.at, c.body); got != c.status {
			w.t.Errorf("%s: got %d, want %d", name, got, c.status)
		}
	}
	if n := w.number(`SELECT COUNT(*) FROM contact`); n != 8 {
		w.t.Errorf("contacts: got %d, want 8", n)
	}
	if got := w.number(`SELECT last_in_at FROM conversation WHERE value = $1`, old); got != spoke {
		w.t.Errorf("an event of days ago opened the window: got %d, want %d", got, spoke)
	}
	if n := w.number(`SELECT COUNT(*) FROM chat_event WHERE type = 'text'`); n != 8 {
		w.t.Errorf("stored words: got %d, want one of each person", n)
	}
	if n := w.number(`SELECT COUNT(*) FROM chat_event e JOIN leg l ON l.workspace_id = e.workspace_id AND l.id = e.leg_id WHERE e.type = 'button' AND e.text = '#gia'`); n != 2 {
		w.t.Errorf("stored presses: got %d, want 2 with their messages", n)
	}
}

// kinds sends one message of each other kind.
func (w *world) kinds(oa int64) {
	w.t.Helper()
	for name, content := range map[string]object{
		"ảnh":           {"text": "Phiếu bảo hành", "image": "https://files.example.com/warranty.jpg"},
		"danh sách":     {"items": []object{{"title": "Bộ sưu tập mới", "subtitle": "Giảm 10 %", "image": "https://files.example.com/1.jpg", "url": "https://shop.example/moi"}, {"title": "Chọn cỡ", "payload": "#co"}}, "buttons": []object{{"type": "query", "title": "Gặp nhân viên", "payload": "#nv"}}},
		"xin thông tin": {"ask": object{"title": "Cửa hàng", "subtitle": "Xin thông tin giao hàng", "image": "https://files.example.com/logo.png"}},
	} {
		id := w.oaCampaign(name, "care", oa, w.oaTemplate(name, content))
		w.call("POST", fmt.Sprintf("/campaigns/%d/activate", id), nil, nil)
		w.comes(id, map[string]int64{"total": 8, "sent": 6, "delivered": 3, "failed": 1, "processing": 1, "unknown": 1, "skipped": 2})
	}
}

// byTemplate reaches by an approved template who wrote too long ago, and nobody with an advert by a template that is none.
func (w *world) byTemplate(oa int64) {
	w.t.Helper()
	approved := func(name, id, tag string) int64 {
		return w.oaTemplate(name, object{"template": object{"template_id": id, "tag": tag, "price_vnd": 210, "params": object{"customer_name": "{{ contact.name }}", "order_code": "DH1", "amount": "1250000", "tier": "Vàng", "voucher": "TET"},
			"schema": []object{{"name": "customer_name", "type": "STRING", "required": true, "max_length": 30}, {"name": "order_code", "type": "STRING"}, {"name": "amount", "type": "STRING"}, {"name": "tier", "type": "STRING"}, {"name": "voucher", "type": "STRING"}}}})
	}
	care, advert := approved("Đơn hàng", "100001", "TRANSACTION"), approved("Ưu đãi", "100002", "PROMOTION")
	for _, c := range []struct {
		purpose  string
		template int64
		rule     string
	}{{"marketing", care, "template"}, {"care", advert, "promotion"}, {"transaction", advert, "promotion"}} {
		id := w.oaCampaign("Sai mục đích "+c.purpose, c.purpose, oa, c.template)
		if _, code, fields := w.refused("POST", fmt.Sprintf("/campaigns/%d/activate", id), nil); code != "campaign.not_ready" || fmt.Sprint(fields) != "[campaign.rule.zalo_oa."+c.rule+"]" {
			w.t.Errorf("%s by template %d: got %s %v, want campaign.rule.zalo_oa.%s", c.purpose, c.template, code, fields, c.rule)
		}
	}
	id := w.oaCampaign("Giao hàng", "transaction", oa, care)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", id), nil, nil)
	w.comes(id, map[string]int64{"total": 8, "sent": 7, "delivered": 4, "failed": 1, "processing": 1, "unknown": 1, "skipped": 1})
}

// oaBilled compares what each person's delivered messages cost with the simulator's bill, to the đồng. Nobody told us of the answers that were lost, so that Zalo's bill names them alone.
func (w *world) oaBilled() int64 {
	w.t.Helper()
	bill, ours, sum := map[string]int64{}, map[string]int64{}, int64(0)
	w.sim.Ledger().Each(func(r simulator.Record) bool {
		if r.Provider == "zalo" && r.Charged && r.Price > 0 && r.Recipient != lost {
			bill[r.Recipient] += r.Price
			sum += r.Price
		}
		return true
	})
	rows, err := w.app.DB.Query(w.t.Context(), `SELECT i.value, SUM(l.price) FROM leg l JOIN identity i ON i.workspace_id = l.workspace_id AND i.contact_id = l.contact_id WHERE l.channel = 'zalo_oa' AND l.delivered_at IS NOT NULL GROUP BY i.value HAVING SUM(l.price) > 0`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var person string
		var vnd int64
		if err := rows.Scan(&person, &vnd); err != nil {
			w.t.Fatal(err)
		}
		ours[person] = vnd
	}
	if err := rows.Err(); err != nil || !maps.Equal(ours, bill) || sum == 0 {
		w.t.Errorf("cost by person: got %v, the bill says %v (%v)", ours, bill, err)
	}
	return sum
}

// consulted uses the OA's package up and writes to people again: who spoke less than 48 hours ago costs nothing, who spoke three days ago what Zalo takes, first by the price that is known to us
// and then by the one of the price table. The forecast says the most that it can be.
func (w *world) consulted(oa, text int64) {
	w.t.Helper()
	before := w.oaBilled()
	for _, price := range []int64{55, 70} {
		w.sim.ChangeZaloOA(simulator.DefaultOAID, func(o *simulator.ZaloOA) { o.Consultation, o.Consulted, o.ConsultPrice = 1, 1, price })
		if price != 55 {
			w.call("POST", fmt.Sprintf("/connections/%d/prices", oa), object{"template": "consultation", "vnd": price}, nil)
		}
		id := w.oaCampaign(fmt.Sprintf("Tư vấn có phí %d", price), "care", oa, text)
		var f struct {
			People  int64
			CostVND int64 `json:"cost_vnd"`
			Notes   []string
		}
		w.call("GET", fmt.Sprintf("/campaigns/%d/forecast", id), nil, &f)
		if f.CostVND < price || f.CostVND > f.People*price || !slices.Contains(f.Notes, "forecast.consultation") {
			w.t.Errorf("forecast: got %d VND for %d people with %v, want at most %d each", f.CostVND, f.People, f.Notes, price)
		}
		w.call("POST", fmt.Sprintf("/campaigns/%d/activate", id), nil, nil)
		w.comes(id, map[string]int64{"total": 8, "sent": 6, "delivered": 3, "failed": 1, "processing": 1, "unknown": 1, "skipped": 2})
		w.until("the bill", 50*time.Millisecond, func() bool { return w.sim.Waiting() == 0 })
		after := w.oaBilled()
		if after-before != price || w.counts(id).Total["cost"] != price {
			w.t.Errorf("consultation after 48 hours: the bill says %d VND, the counters %d, want %d for the one who wrote three days ago", after-before, w.counts(id).Total["cost"], price)
		}
		before = after
	}
}

// leaves lets people stop to follow and come back: who left is skipped, whatever order the events come in.
func (w *world) leaves(oa, text int64, hook string) {
	w.t.Helper()
	w.does(simulator.ZaloAct{ID: reader, Do: "follow"}, simulator.ZaloAct{ID: quiet, Do: "follow"})
	w.clk.Advance(time.Minute)
	w.does(simulator.ZaloAct{ID: reader, Do: "unfollow"}, simulator.ZaloAct{ID: quiet, Do: "unfollow"})
	left := `SELECT COUNT(*) FROM contact c JOIN identity i ON i.workspace_id = c.workspace_id AND i.contact_id = c.id WHERE c.blocked = 8 AND i.value IN ('` + reader + `', '` + quiet + `')`
	w.until("both to have left", 0, func() bool { return w.number(left) == 2 })
	before := w.clk.Now()
	w.clk.Advance(time.Minute)
	w.does(simulator.ZaloAct{ID: quiet, Do: "follow"})
	w.until("one to be back", 0, func() bool { return w.number(left) == 1 })
	late := `{"app_id":"` + simulator.DefaultAppID + `","oa_id":"` + simulator.DefaultOAID + `","follower":{"id":"` + quiet + `"},"event_name":"unfollow","timestamp":"STAMP"}`
	if got := w.event(hook, simulator.DefaultWebhookSecret, before, late); got != http.StatusOK || w.number(left) != 1 {
		w.t.Errorf("an older leaving that comes late: got %d and %d who left, want 1", got, w.number(left))
	}
	id := w.oaCampaign("Sau khi rời", "care", oa, text)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", id), nil, nil)
	w.comes(id, map[string]int64{"total": 8, "sent": 5, "delivered": 2, "skipped": 3})
	w.reason(id, reader, "chặn")
	if n := w.number(`SELECT COUNT(*) FROM chat_event WHERE type = 'unfollow'`); n != 3 {
		w.t.Errorf("stored leavings: got %d, want 3", n)
	}
}

// TestZaloOAPeople reads an OA's users through the API, tags them in both directions, takes what they tell about themselves, and sends a file that Zalo has long forgotten.
func TestZaloOAPeople(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); peopleOfOA(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); peopleOfOA(t, dbtest.PostgresURL(t)) })
}

func peopleOfOA(t *testing.T, url string) {
	b := quick()
	b.CallbackCopies = 1
	w := newWorld(t, url, simulator.Options{Zalo: b, NoMagic: true})
	w.found()
	births := map[int]string{7: "05/03/1990", 8: "31/02/1990", 9: "01/01/2999"}
	for i := range 60 {
		w.sim.AddZaloUser(simulator.ZaloUser{ID: fmt.Sprintf("31%017d", i), Name: fmt.Sprintf("Người %d", i), Follower: true, LastAct: w.clk.Now().UnixMilli(), SharedBirth: births[i], Tags: []string{"Khách OA"}})
	}
	oa, _ := w.oa()
	at := fmt.Sprintf("/connections/%d/oa", oa)
	var sync struct {
		State                       string
		Total, Done, New, Followers int64
	}
	w.call("POST", at+"/users/sync", nil, &sync)
	w.until("the reading to end", 0, func() bool { w.call("GET", at+"/users/sync", nil, &sync); return sync.State == "finished" })
	if sync.Total != 60 || sync.Done != 60 || sync.New != 60 || sync.Followers != 60 || w.number(`SELECT COUNT(*) FROM contact WHERE name LIKE 'Người %'`) != 60 {
		t.Errorf("reading: got %+v, want 60 new followers", sync)
	}
	if all, good := w.number(`SELECT COUNT(*) FROM contact WHERE birthday IS NOT NULL`), w.number(`SELECT COUNT(*) FROM contact WHERE birthday = '1990-03-05' AND name = 'Người 7'`); all != 1 || good != 1 {
		t.Errorf("birthdays: got %d in all and %d as told, want the one that can be", all, good)
	}
	if status, code, _ := w.refused("GET", "/connections/999/oa/users/sync", nil); status != http.StatusNotFound {
		t.Errorf("no such connection: got %d %s", status, code)
	}

	person := fmt.Sprintf("31%017d", 7)
	contact := w.number(`SELECT contact_id FROM identity WHERE value = $1`, person)
	w.call("POST", at+"/tags", object{"contact_id": contact, "tag": "VIP"}, nil)
	var tags struct{ Items []string }
	w.call("GET", at+"/tags", nil, &tags)
	if got := fmt.Sprint(w.sim.ZaloTags("", person), tags.Items); got != "[Khách OA VIP] [Khách OA VIP]" {
		t.Errorf("tags at the OA: got %s", got)
	}
	tagged := func(tag string) int {
		return w.number(`SELECT COUNT(*) FROM contact_tag ct JOIN tag t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id WHERE ct.contact_id = $1 AND t.name = $2`, contact, tag)
	}
	if tagged("VIP") != 1 {
		t.Error("the tag is not here")
	}
	w.does(simulator.ZaloAct{ID: person, Do: "tag", Text: "Sỉ"}, simulator.ZaloAct{ID: person, Do: "untag", Text: "VIP"})
	w.until("the tags of the shop's staff", 0, func() bool { return tagged("Sỉ") == 1 && tagged("VIP") == 0 })
	w.call("POST", at+"/tags", object{"contact_id": contact, "tag": "Sỉ", "remove": true}, nil)
	if tagged("Sỉ") != 0 || fmt.Sprint(w.sim.ZaloTags("", person)) != "[Khách OA]" {
		t.Errorf("after taking it away: got %d here and %v at the OA", tagged("Sỉ"), w.sim.ZaloTags("", person))
	}
	if _, code, _ := w.refused("POST", at+"/tags", object{"contact_id": contact, "tag": " "}); code != "oa.tag_invalid" {
		t.Errorf("an empty tag: got %s", code)
	}

	w.does(simulator.ZaloAct{ID: "3100000000000009999", Do: "submit", Text: "84901112223", Name: "Nguyễn Văn An"})
	w.until("who told name and number", 0, func() bool {
		return w.number(`SELECT COUNT(*) FROM contact c JOIN identity i ON i.workspace_id = c.workspace_id AND i.contact_id = c.id WHERE i.value = '3100000000000009999' AND c.phone = '+84901112223' AND c.name = 'Nguyễn Văn An'`) == 1
	})
	w.uploads(at, oa, person)
	var raw object
	w.call("GET", fmt.Sprintf("/connections/%d/quota", oa), nil, &raw)
	if raw["consultation"] != float64(2000) || raw["consultation_remaining"] != float64(2000) || raw["known"] != true {
		t.Errorf("quota: got %v, want 2,000 consultation messages", raw)
	}
	w.verified()
}

// uploads gives Zalo a file, and again when it has forgotten it.
func (w *world) uploads(at string, oa int64, person string) {
	w.t.Helper()
	add := func(name string, content []byte) (int, []byte) {
		r, err := http.NewRequest("POST", w.url+"/api/v1"+at+"/uploads?name="+name, bytes.NewReader(content))
		if err != nil {
			w.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/octet-stream")
		r.Header.Set("Authorization", w.auth)
		res, err := direct.Do(r)
		if err != nil {
			w.t.Fatal(err)
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			w.t.Fatal(err)
		}
		return res.StatusCode, raw
	}
	for name, content := range map[string]string{"a.pdf": "MZ", "a.exe": "%PDF-1.7", "a.png": "GIF89a"} {
		if status, raw := add(name, []byte(content)); status != http.StatusUnprocessableEntity || !bytes.Contains(raw, []byte("oa.file_kind")) {
			w.t.Errorf("%s of another kind: got %d %s", name, status, raw)
		}
	}
	if status, raw := add("a.png", append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 1<<20)...)); status != http.StatusUnprocessableEntity || !bytes.Contains(raw, []byte("oa.file_size")) {
		w.t.Errorf("a large picture: got %d %s", status, raw)
	}
	status, raw := add("bang-gia.pdf", []byte("%PDF-1.7 bảng giá"))
	var f struct {
		Ref    string
		AtZalo bool `json:"at_zalo"`
	}
	if err := json.Unmarshal(raw, &f); err != nil || status != http.StatusCreated || !f.AtZalo || f.Ref == "" {
		w.t.Fatalf("upload: got %d %s %v", status, raw, err)
	}
	file := w.oaTemplate("Bảng giá", object{"file": f.Ref})
	for _, days := range []int{0, 8} {
		w.clk.Advance(time.Duration(days) * 24 * time.Hour)
		w.does(simulator.ZaloAct{ID: person, Do: "say", Text: "Gửi em bảng giá"})
		w.until("the words", 0, func() bool {
			return w.number(`SELECT COUNT(*) FROM conversation WHERE value = $1 AND last_in_at > $2`, person, w.clk.Now().Add(-time.Hour).UnixMilli()) == 1
		})
		var m struct {
			ID int64 `json:"message_id"`
		}
		w.call("POST", fmt.Sprintf("/templates/%d/test", file), object{"connection_id": oa, "to": person}, &m)
		var got struct {
			Leg struct{ Status, Reason string }
		}
		w.until("the file", 50*time.Millisecond, func() bool {
			w.call("GET", fmt.Sprintf("/messages/%d", m.ID), nil, &got)
			return got.Leg.Status == "delivered" || got.Leg.Status == "failed" || got.Leg.Status == "skipped"
		})
		if got.Leg.Status != "delivered" {
			w.t.Errorf("a file after %d days: got %+v, want it delivered", days, got)
		}
	}
	var list struct {
		Items []struct {
			ID     int64
			AtZalo bool `json:"at_zalo"`
		}
	}
	if w.call("GET", at+"/uploads", nil, &list); len(list.Items) != 1 || !list.Items[0].AtZalo {
		w.t.Fatalf("uploads: got %+v, want one that Zalo has again", list)
	}
	w.call("DELETE", fmt.Sprintf("%s/uploads/%d", at, list.Items[0].ID), nil, nil)
	if status, code, _ := w.refused("DELETE", fmt.Sprintf("%s/uploads/%d", at, list.Items[0].ID), nil); status != http.StatusNotFound || code != "oa_upload.not_found" {
		w.t.Errorf("deleted twice: got %d %s", status, code)
	}
}
