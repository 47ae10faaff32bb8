package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/simulator"
)

// TestBroadcast does the main job as an integrator would, through the HTTP API alone, on both databases: first owner, key, connections, customer file, segment, templates, campaign with two
// fallbacks, forecast, activation, counts, activity and "Vì sao?". The simulator's ledger judges the numbers.
func TestBroadcast(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "zns", "sent", "delivered", "failed")
	proof.Cells(t, "sms", "sent", "delivered", "failed", "clicked")
	proof.Cells(t, "email", "sent", "failed")
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); broadcast(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); broadcast(t, dbtest.PostgresURL(t)) })
}

// people is a small shop's file. The endings of phone numbers and the names of mailboxes tell the simulator what becomes of them.
const people = "\ufeffMã KH,Họ và tên,Số điện thoại,Email,Giới tính,Ngày sinh,Hạng,Tỉnh/Thành,Tổng chi tiêu,Thẻ\n" +
	"KH01,Nguyễn Văn An,0901230001,ok1@example.com,Nam,12/03/1990,Vàng,Hà Nội,1.200.000,VIP\n" + // ZNS arrives
	"KH02,Trần Thị Bình,+84 902 230 001,ok2@example.com,Nữ,,Bạc,Hà Nội,900000,VIP\n" + // ZNS arrives
	"KH03,Lê Hữu Châu,0901230118,ok3@example.com,Nam,,Bạc,Huế,0,VIP\n" + // no Zalo: SMS arrives
	"KH04,Phạm Dung,0901230002,ok4@example.com,Nữ,,,Huế,0,VIP\n" + // neither Zalo nor SMS: mail
	"KH05,Hoàng Giang,,ok5@example.com,Nữ,,,Huế,0,VIP\n" + // only a mail address
	"KH06,Vũ Hà,,unknown@example.com,Nữ,,,Huế,0,VIP\n" + // a dead mailbox
	"KH07,Võ Hiếu,12,,Nam,,,Huế,0,VIP\n" + // no usable address: not in the segment
	"KH08,Đỗ Lan,0901234567,ok8@example.com,Nữ,,,Huế,0,khách sỉ\n" // not in the segment

func broadcast(t *testing.T, url string) {
	w := newWorld(t, url, simulator.Options{})
	w.found()
	hooks, connections := w.connect()
	w.sim.SetZaloWebhook(simulator.DefaultAppID, hooks["zalo"])
	w.sim.SetBounceTarget(hooks["smtp"], "")
	w.importPeople()
	templates := w.templates(connections[0])
	var segment struct{ ID int64 }
	w.call("POST", "/segments", object{"name": "Khách VIP", "condition": json.RawMessage(
		`{"op":"and","items":[{"field":"tag","operator":"in","value":["VIP"]},{"op":"or","items":[{"field":"phone","operator":"has_any"},{"field":"email","operator":"has_any"}]}]}`)}, &segment)
	var n struct{ Count int64 }
	if w.call("GET", fmt.Sprintf("/segments/%d/count", segment.ID), nil, &n); n.Count != 6 {
		t.Errorf("segment count: got %d, want 6", n.Count)
	}
	var campaign struct {
		ID      int64
		State   string
		Missing []string
	}
	w.call("POST", "/campaigns", object{"name": "Tri ân", "purpose": "care", "audience": object{"segment_ids": []int64{segment.ID}}, "legs": []object{
		{"channel": "zns", "connection_id": connections[0], "template_id": templates[0]}, {"channel": "sms", "connection_id": connections[1], "template_id": templates[1]},
		{"channel": "email", "connection_id": connections[2], "template_id": templates[2]}}}, &campaign)
	if campaign.State != "pending_activation" {
		t.Fatalf("state: got %s (%v), want pending_activation", campaign.State, campaign.Missing)
	}
	var forecast struct {
		People      int64
		Unreachable int64
		Ranks       []struct {
			Rank   int
			People int64
		}
	}
	w.call("GET", fmt.Sprintf("/campaigns/%d/forecast", campaign.ID), nil, &forecast)
	if got := fmt.Sprint(forecast.People, forecast.Ranks); !strings.HasPrefix(got, "6 [{0 4}") {
		t.Errorf("forecast: got %s, want 6 people, 4 of them by ZNS first", got)
	}
	if calls := w.sim.Ledger().Count("", ""); calls != 0 {
		t.Fatalf("calls before the activation: got %d, want 0", calls)
	}
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign.ID), nil, nil)
	if status, code, _ := w.refused("POST", fmt.Sprintf("/campaigns/%d/activate", campaign.ID), nil); status != http.StatusConflict {
		t.Errorf("second activation: got %d %s, want 409", status, code)
	}
	c := w.settled(campaign.ID, 0)
	w.addUp(c)
	want := []map[string]int64{
		{"sent": 4, "delivered": 2, "failed": 2}, // An and Bình; Châu has no Zalo, Dung is refused
		{"sent": 2, "delivered": 1, "failed": 1}, // Châu; Dung
		{"sent": 3, "failed": 1},                 // Dung and Giang; Hà's mailbox is dead
	}
	for i, words := range want {
		for word, n := range words {
			if got := c.Legs[i].Counts[word]; got != n {
				t.Errorf("%s %s: got %d, want %d", c.Legs[i].Channel, word, got, n)
			}
		}
	}
	if c.People != 6 {
		t.Errorf("people: got %d, want 6", c.People)
	}
	for i, provider := range []string{"zalo", "esms", "smtp"} {
		sum := w.sim.Ledger().Summary()[provider]
		if got := c.Legs[i].Counts["sent"]; got != sum.Calls {
			t.Errorf("%s: sent %d, the simulator saw %d calls", provider, got, sum.Calls)
		}
		if i < 2 && c.Legs[i].Counts["delivered"] != sum.Delivered {
			t.Errorf("%s: delivered %d, the simulator says %d", provider, c.Legs[i].Counts["delivered"], sum.Delivered)
		}
	}
	w.explained(campaign.ID)
	w.verified()
	w.smsClick(connections[1])
}

// found makes the first owner with the token of the console and a key for all that follows.
func (w *world) found() {
	w.t.Helper()
	token, err := w.app.Workspaces.SetupToken(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	owner := object{"token": "wrong", "workspace": "Cửa hàng", "name": "Chủ", "email": "chu@example.com", "password": "mot mat khau du dai 7"}
	if status, code, _ := w.refused("POST", "/setup", owner); status != http.StatusForbidden || code != "setup.token_wrong" {
		w.t.Fatalf("set-up with a wrong token: got %d %s", status, code)
	}
	owner["token"] = token
	raw, err := json.Marshal(owner)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := direct.Post(w.url+"/api/v1/setup", "application/json", bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || len(res.Cookies()) != 1 {
		w.t.Fatalf("set-up: got %s with %d cookies", res.Status, len(res.Cookies()))
	}
	r, err := http.NewRequest("POST", w.url+"/api/v1/keys", strings.NewReader(`{"name":"tích hợp","role":"owner"}`))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(res.Cookies()[0])
	made, err := direct.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer made.Body.Close()
	var key struct{ Secret string }
	if err := json.NewDecoder(made.Body).Decode(&key); err != nil || key.Secret == "" {
		w.t.Fatalf("key: %s %v", made.Status, err)
	}
	w.auth = "Bearer " + key.Secret
	if status, _, _ := w.refused("POST", "/setup", owner); status != http.StatusConflict && status != http.StatusForbidden {
		w.t.Errorf("second set-up: got %d, want a refusal", status)
	}
}

// connect makes a connection to each simulated provider and presses "Thử kết nối".
func (w *world) connect() (map[string]string, []int64) {
	w.t.Helper()
	host, port, _ := strings.Cut(w.sim.SMTPAddr(), ":")
	forms := []object{
		{"provider": "zalo", "name": "OA", "concurrency": 8, "zalo": object{"base_url": w.sim.ZaloURL(), "oauth_url": w.sim.ZaloOAuthURL(), "app_id": simulator.DefaultAppID, "oa_id": simulator.DefaultOAID},
			"secrets": object{"app_secret": simulator.DefaultAppSecret, "access_token": simulator.DefaultAccessToken, "refresh_token": simulator.DefaultRefreshToken, "webhook_secret": simulator.DefaultWebhookSecret}},
		{"provider": "esms", "name": "SMS", "concurrency": 8, "esms": object{"base_url": w.sim.ESMSURL(), "brandname": simulator.DefaultBrandname, "price_per_part": 850},
			"secrets": object{"api_key": simulator.DefaultESMSKey, "secret_key": simulator.DefaultESMSSecret}},
		{"provider": "smtp", "name": "Thư", "concurrency": 4, "smtp": object{"host": host, "port": json.Number(port), "tls": "none", "from": "cskh@shop.example", "from_name": "Cửa hàng", "bounce_domain": "bounce.shop.example"},
			"secrets": object{}},
	}
	hooks, ids := map[string]string{}, []int64{}
	for _, f := range forms {
		var c struct {
			ID      int64
			HookURL string `json:"hook_url"`
			State   string
		}
		w.call("POST", "/connections", f, &c)
		_, raw := w.send("GET", fmt.Sprintf("/api/v1/connections/%d", c.ID), nil)
		for _, secret := range []string{simulator.DefaultAppSecret, simulator.DefaultRefreshToken, simulator.DefaultESMSSecret} {
			if bytes.Contains(raw, []byte(secret)) {
				w.t.Errorf("connection %d shows a secret", c.ID)
			}
		}
		w.call("POST", fmt.Sprintf("/connections/%d/test", c.ID), nil, nil)
		hooks[f["provider"].(string)] = c.HookURL
		ids = append(ids, c.ID)
	}
	return hooks, ids
}

// importPeople uploads the file, looks at the preview, starts, and imports it once more: the second time adds nobody.
func (w *world) importPeople() {
	w.t.Helper()
	for turn, want := range []int64{8, 0} {
		var imp struct {
			ID       int64
			State    string
			Error    string
			RowsRead int64 `json:"rows_read"`
			Created  int64 `json:"rows_created"`
			Warned   int64 `json:"rows_warned"`
			Rejected int64 `json:"rows_rejected"`
		}
		w.call("POST", "/imports", upload("khach.csv", []byte(people)), &imp)
		w.call("POST", fmt.Sprintf("/imports/%d/preview", imp.ID), object{}, nil)
		w.call("POST", fmt.Sprintf("/imports/%d/start", imp.ID), object{}, nil)
		w.until("the import", 0, func() bool {
			w.call("GET", fmt.Sprintf("/imports/%d", imp.ID), nil, &imp)
			return imp.State == "finished" || imp.State == "failed"
		})
		if imp.State != "finished" || imp.RowsRead != 8 || imp.Created != want {
			w.t.Fatalf("import %d: got %+v, want 8 rows, %d of them new", turn+1, imp, want)
		}
		if imp.Warned+imp.Rejected == 0 {
			w.t.Errorf("import %d: the phone number 12 raised no word", turn+1)
		}
		if _, raw := w.send("GET", fmt.Sprintf("/api/v1/imports/%d/problems.csv", imp.ID), nil); !bytes.Contains(raw, []byte("KH07")) {
			w.t.Errorf("import %d: the list of problems does not name row KH07: %s", turn+1, raw)
		}
	}
}

func (w *world) templates(zns int64) []int64 {
	w.t.Helper()
	var ids []int64
	for _, f := range []object{
		{"name": "ZNS", "channel": "zns", "content": object{"template_id": "100003", "connection_id": zns, "params": object{"customer_name": `{{ contact.name | default: "Quý khách" | truncate: 30 }}`},
			"schema": []object{{"name": "customer_name", "type": "STRING", "required": true, "max_length": 30}}, "price_vnd": 200, "timeout_ms": 7200000, "tag": "CUSTOMER_CARE"}},
		{"name": "SMS", "channel": "sms", "content": object{"text": "Cua hang cam on {{ contact.first_name | no_accents }} da mua hang."}},
		{"name": "Thư", "channel": "email", "content": object{"subject": "Cảm ơn {{ contact.first_name }}", "html": `<p>Chào {{ contact.name }}</p><p><a href="https://shop.example/uu-dai">Ưu đãi</a> <a href="{{ unsubscribe_url }}">Hủy</a></p>`, "purpose": "care"}},
	} {
		var t struct{ ID int64 }
		w.call("POST", "/templates", f, &t)
		ids = append(ids, t.ID)
	}
	return ids
}

// explained reads the activity report and asks "Vì sao?" for one who was sent to, one whose message took another way, and one who was left out.
func (w *world) explained(campaign int64) {
	w.t.Helper()
	var page struct {
		Items []struct {
			Contact struct {
				ID   int64
				Code string `json:"external_id"`
			}
			Rank   int
			Status string
			Cause  *struct{ Code, Meaning, Advice string }
		}
	}
	w.call("GET", fmt.Sprintf("/campaigns/%d/activity?limit=50", campaign), nil, &page)
	if len(page.Items) != 9 {
		w.t.Errorf("lines of the activity report: got %d, want 9", len(page.Items))
	}
	for _, line := range page.Items {
		if line.Status == "failed" && (line.Cause == nil || line.Cause.Code == "") {
			w.t.Errorf("%s failed on rank %d without a cause", line.Contact.Code, line.Rank)
		}
	}
	for code, want := range map[string]struct {
		outcome string
		legs    int
	}{"KH01": {"delivered", 1}, "KH03": {"delivered", 2}, "KH08": {"left_out", 0}} {
		var found struct{ Items []struct{ ID int64 } }
		w.call("GET", "/contacts?search="+code, nil, &found)
		if len(found.Items) != 1 {
			w.t.Fatalf("search %s: got %d people, want 1", code, len(found.Items))
		}
		var why struct {
			Outcome   string
			Sentences []struct{ Text string }
			Legs      []any
		}
		w.call("GET", fmt.Sprintf("/campaigns/%d/contacts/%d/why", campaign, found.Items[0].ID), nil, &why)
		if why.Outcome != want.outcome || len(why.Legs) != want.legs || len(why.Sentences) == 0 {
			w.t.Errorf("why %s: got %s with %d legs and %d sentences, want %s with %d", code, why.Outcome, len(why.Legs), len(why.Sentences), want.outcome, want.legs)
		}
	}
}
