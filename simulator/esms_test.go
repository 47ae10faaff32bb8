package simulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/simulator"
)

// sms sends a text; more are further JSON fields.
func sms(t testing.TB, s *simulator.Server, phone, key, more string) map[string]any {
	t.Helper()
	_, out := post(t, s.ESMSURL()+"/SendMultipleMessage_V4_post_json/", fmt.Sprintf(
		`{"ApiKey":%q,"SecretKey":%q,"Phone":%q,"Content":"Xin chao","Brandname":"LOASHOP","SmsType":"2","IsUnicode":0,"RequestId":%q%s}`,
		simulator.DefaultESMSKey, simulator.DefaultESMSSecret, phone, key, more))
	return out
}

func TestSMSAcceptedAndCallback(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	s, clk := start(t, simulator.Options{})
	out := sms(t, s, "0901234567", "r-1", `,"CallbackUrl":"`+h.URL+`/hooks/esms/tok"`)
	id, _ := out["SMSID"].(string)
	if out["CodeResult"] != "100" || id == "" {
		t.Fatalf("got %v, want 100", out)
	}
	keys := "RefId=" + id + "&ApiKey=" + simulator.DefaultESMSKey + "&SecretKey=" + simulator.DefaultESMSSecret
	if st := get(t, s.ESMSURL()+"/GetSendStatus?"+keys); fmt.Sprint(st["SendStatus"]) != "7" || st["CodeResponse"] != "100" {
		t.Errorf("status before: got %v, want 7", st)
	}
	clk.Advance(6 * time.Second)
	r := h.next(t)
	q, err := url.ParseQuery(r.query)
	if err != nil || r.method != "GET" {
		t.Fatalf("got %s %s", r.method, r.query)
	}
	for k, want := range map[string]string{"SMSID": id, "SendFailed": "0", "SendStatus": "5", "SendSuccess": "1", "TotalPrice": "850.0000", "TotalReceiver": "1", "TotalSent": "1",
		"RequestId": "r-1", "TypeId": "2", "telcoid": "2", "phonenumber": "0901234567", "switchsmsid": ""} {
		if got := q.Get(k); got != want || !q.Has(k) {
			t.Errorf("callback %s: got %q, want %q", k, got, want)
		}
	}
	if st := get(t, s.ESMSURL()+"/GetSendStatus?"+keys); fmt.Sprint(st["SendStatus"], st["SendSuccess"]) != "5 1" && fmt.Sprint(st["SendStatus"]) != "5" {
		t.Errorf("status after: got %v, want 5", st)
	}
	_, balance := post(t, s.ESMSURL()+"/GetBalance_json", fmt.Sprintf(`{"ApiKey":%q,"SecretKey":%q}`, simulator.DefaultESMSKey, simulator.DefaultESMSSecret))
	if fmt.Sprint(balance["Balance"]) != "999999150" {
		t.Errorf("balance: got %v, want 999999150", balance["Balance"])
	}
}

func TestSMSDuplicateRequest(t *testing.T) {
	t.Parallel()
	s, clk := start(t, simulator.Options{})
	if out := sms(t, s, "0901230004", "r-1", ""); out["lost"] == nil {
		t.Fatalf("…0004: got %v, want a lost connection", out)
	}
	if out := sms(t, s, "0901230004", "r-1", ""); out["CodeResult"] != "124" || out["SendStatus"] != "7" {
		t.Errorf("same RequestId: got %v, want 124 with SendStatus 7", out)
	}
	if d := s.Ledger().Duplicates(); len(d) != 0 {
		t.Errorf("got duplicates %+v, want none", d)
	}
	if sum := s.Ledger().Summary()["esms"]; sum.Accepted != 1 || sum.Refused["124"] != 1 || sum.Dropped != 1 {
		t.Errorf("got totals %+v", sum)
	}
	clk.Advance(24*time.Hour + time.Second)
	if out := sms(t, s, "0901230001", "r-1", ""); out["CodeResult"] != "100" {
		t.Errorf("after 24 h: got %v, want 100", out)
	}
	if d := s.Ledger().Duplicates(); len(d) != 2 {
		t.Errorf("after 24 h: got %d duplicates, want 2", len(d))
	}
}

func TestSMSCodes(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	if err := s.AddBrandname(simulator.Brandname{Name: "VIETTELONLY", Carriers: []int{1}}); err != nil {
		t.Fatal(err)
	}
	full := func(key, phone, brand, content, kind string) string {
		_, out := post(t, s.ESMSURL()+"/SendMultipleMessage_V4_post_json/", fmt.Sprintf(
			`{"ApiKey":%q,"SecretKey":"sim-esms-secret","Phone":%q,"Content":%q,"Brandname":%q,"SmsType":%q,"RequestId":"%s"}`, key, phone, content, brand, kind, phone+brand+kind+content[:1]))
		if out["CodeResult"] == nil {
			return fmt.Sprint(out["error"])
		}
		return out["CodeResult"].(string)
	}
	const k = simulator.DefaultESMSKey
	for _, c := range []struct{ name, got, want string }{
		{"bad key", full("x", "0901234567", "LOASHOP", "a", "2"), "101"},
		{"type", full(k, "0901234567", "LOASHOP", "a", "23"), "118"},
		{"no type", full(k, "0901234567", "LOASHOP", "a", ""), "300"},
		{"phone", full(k, "12", "LOASHOP", "a", "2"), "108"},
		{"brandname case", full(k, "0901234567", "LoaShop", "a", "2"), "104"},
		{"carrier", full(k, "0901234567", "VIETTELONLY", "a", "2"), "177"},
		{"carrier ok", full(k, "84971234567", "VIETTELONLY", "a", "2"), "100"},
		{"template", full(k, "0901234567", "Baotrixemay", "khac mau", "2"), "146"},
		{"template ok", full(k, "0901234567", "Baotrixemay", "2803 la ma xac minh dang ky Baotrixemay cua ban", "2"), "100"},
		{"template value too long", full(k, "0901234567", "Baotrixemay", "123456789 la ma xac minh dang ky Baotrixemay cua ban", "2"), "146"},
		{"magic refused", full(k, "0901230002", "LOASHOP", "a", "2"), "108"},
		{"magic limited", full(k, "0901230006", "LOASHOP", "a", "2"), "160"},
		{"magic limited, again", full(k, "0901230006", "LOASHOP", "a", "2"), "100"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, c.got, c.want)
		}
	}
	if _, out := post(t, s.ESMSURL()+"/SendMultipleMessage_V4_post_json/", `{"ApiKey":`); out["error"] != "Invalid request" || out["CodeResult"] != nil {
		t.Errorf("broken body: got %v", out)
	}
	s.ChangeESMSAccount(k, func(a *simulator.ESMSAccount) { a.Balance = 849 })
	if got := full(k, "0901234568", "LOASHOP", "a", "2"); got != "103" {
		t.Errorf("balance: got %s, want 103", got)
	}
}

func TestSMSTwoDigitMagic(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	s, clk := start(t, simulator.Options{ESMSMagic: true})
	more := `,"CallbackUrl":"` + h.URL + `"`
	for phone, want := range map[string]string{"0901234501": "100", "0901234502": "100", "0901234503": "103", "0901234504": "104", "0901234505": "146", "0901234506": "100", "0901234508": "100"} {
		if out := sms(t, s, phone, phone, more); out["CodeResult"] != want {
			t.Errorf("%s: got %v, want %s", phone, out, want)
		}
	}
	clk.Advance(10 * time.Second)
	got := map[string]string{}
	for range 4 {
		q, _ := url.ParseQuery(h.next(t).query)
		if price := q.Get("TotalPrice"); q.Get("SendFailed") == "1" && price != "0.0000" {
			t.Errorf("failed message costs %s, want 0.0000", price)
		}
		got[q.Get("phonenumber")] += q.Get("SendStatus") + "/" + q.Get("SendFailed") + " "
	}
	if got["0901234501"] != "5/0 " || got["0901234508"] != "4/1 " || len(got["0901234502"]) != 8 || !strings.Contains(got["0901234502"], "7/0") || !strings.Contains(got["0901234502"], "5/1") {
		t.Errorf("got callbacks %v", got)
	}
	if bill := s.Ledger().Summary()["esms"].BillVND; bill != 2*850 {
		t.Errorf("bill: got %d, want 1700 for the delivered and the silent one", bill)
	}
}

func TestSMSListing(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	for i := range 5 {
		sms(t, s, fmt.Sprintf("09012345%02d", 60+i), fmt.Sprint("r", i), "")
	}
	_, out := post(t, s.ESMSURL()+"/GetSmsSentData_V2", fmt.Sprintf(
		`{"ApiKey":%q,"SecretKey":%q,"SmsType":2,"From":"2026-11-21 11:59:00","To":"2026-11-21 12:01:00","Page":2,"PageSize":3}`, simulator.DefaultESMSKey, simulator.DefaultESMSSecret))
	if rows, _ := out["SentData"].([]any); fmt.Sprint(out["CountTotal"]) != "5" || len(rows) != 2 {
		t.Errorf("got %v, want 5 in all and 2 on page 2", out["raw"])
	}
	_, out = post(t, s.ESMSURL()+"/GetSmsSentData_V2", fmt.Sprintf(`{"ApiKey":%q,"SecretKey":%q,"From":"21/11/2026","To":"","Page":1,"PageSize":3}`,
		simulator.DefaultESMSKey, simulator.DefaultESMSSecret))
	if out["CodeResult"] != "161" {
		t.Errorf("bad date: got %v, want 161", out)
	}
	list := get(t, s.ESMSURL()+"/GetListBrandname/"+simulator.DefaultESMSKey+"/"+simulator.DefaultESMSSecret)
	if names, _ := list["ListBrandName"].([]any); list["CodeResponse"] != "100" || len(names) != 3 {
		t.Errorf("brandnames: got %v", list["raw"])
	}
}

func TestSMSParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want int
	}{
		{"a", 1}, {strings.Repeat("a", 160), 1}, {strings.Repeat("a", 161), 2}, {strings.Repeat("a", 306), 2}, {strings.Repeat("a", 307), 3},
		{strings.Repeat("[", 80), 1}, {strings.Repeat("[", 81), 2}, {strings.Repeat("ạ", 70), 1}, {strings.Repeat("ạ", 71), 2}, {strings.Repeat("😀", 35), 1}, {strings.Repeat("😀", 36), 2},
	} {
		if got := simulator.SMSParts(c.text); got != c.want {
			t.Errorf("parts of %d runes %.6q: got %d, want %d", len([]rune(c.text)), c.text, got, c.want)
		}
	}
}

func TestCallbacksStayOnLoopback(t *testing.T) {
	t.Parallel()
	s, clk := start(t, simulator.Options{})
	sms(t, s, "0901234567", "r-1", `,"CallbackUrl":"http://192.0.2.1/hook"`)
	clk.Advance(6 * time.Second)
	eventually(t, "the callback is refused", func() bool { return s.Overview().Callbacks["failed"] == 1 })
	if n := s.Overview().Callbacks["ok"]; n != 0 {
		t.Errorf("got %d callbacks outside, want 0", n)
	}
	if err := simulator.New(simulator.Options{HTTPAddr: "0.0.0.0:0"}).Start(t.Context()); err == nil {
		t.Error("got a listener on all addresses, want an error")
	}
}
