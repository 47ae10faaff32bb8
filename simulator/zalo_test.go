package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/simulator"
)

// noon is a time at which no provider blocks anything.
var noon = time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)

// start runs a simulator on free ports with a clock that stands at noon.
func start(t testing.TB, o simulator.Options) (*simulator.Server, *clock.Clock) {
	t.Helper()
	clk := o.Clock
	if clk == nil {
		clk = clock.NewSimulated(noon, 0)
	}
	o.Clock, o.HTTPAddr = clk, "127.0.0.1:0"
	if o.SMTPAddr == "" {
		o.SMTPAddr = "127.0.0.1:0"
	}
	s := simulator.New(o)
	if err := s.Start(context.Background()); err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(s.Close)
	return s, clk
}

// post sends a body with headers (name, value, …) and returns status and answer.
func post(t testing.TB, url, body string, headers ...string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, map[string]any{"lost": err.Error()}
	}
	return res.StatusCode, decode(t, res)
}

func get(t testing.TB, url string, headers ...string) map[string]any {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, res)
}

func decode(t testing.TB, res *http.Response) map[string]any {
	t.Helper()
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{"raw": string(raw)}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	_ = d.Decode(&out) // plain text answers stay in "raw"
	return out
}

// zns sends template 100003 to a phone under a key.
func zns(t testing.TB, s *simulator.Server, phone, key string) (int, map[string]any) {
	t.Helper()
	return post(t, s.ZaloURL()+"/message/template",
		fmt.Sprintf(`{"phone":%q,"template_id":"100003","template_data":{"customer_name":"An"},"tracking_id":%q}`, phone, key),
		"access_token", simulator.DefaultAccessToken)
}

// hook is a webhook receiver that hands requests over.
type hook struct {
	*httptest.Server
	got chan received
}

type received struct {
	method, query, raw string
	header             http.Header
	body               map[string]any
}

func newHook(t testing.TB, status func(n int) int) *hook {
	h := &hook{got: make(chan received, 100)}
	var n atomic.Int64
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		in := received{method: r.Method, query: r.URL.RawQuery, raw: string(raw), header: r.Header}
		_ = json.Unmarshal(raw, &in.body)
		code := 200
		if status != nil {
			code = status(int(n.Add(1)))
		}
		w.WriteHeader(code)
		h.got <- in
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) next(t testing.TB) received {
	t.Helper()
	select {
	case r := <-h.got:
		return r
	case <-time.After(5 * time.Second):
		t.Fatal("no callback came")
	}
	return received{}
}

// eventually waits for a condition that another goroutine brings about.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if f() {
			return
		}
	}
	t.Fatalf("did not happen: %s", what)
}

func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	body := `{"app_id":"1000000000000000001","sender":{"id":"3000000000000000001"},"recipient":{"id":"2000000000000000001"},"user_id_by_app":"4000000000000000001","event_name":"user_send_text","message":{"text":"Xin chào","msg_id":"a1b2c3d4e5f607182930"},"timestamp":"1767225600000"}`
	for _, c := range []struct{ app, body, stamp, key, want string }{
		{simulator.DefaultAppID, body, "1767225600000", simulator.DefaultWebhookSecret, "mac=9feef78f8f9ecbf3d9de8f12862689faf6d7cbeff8df2c8b64001d47e211f52a"},
		{"X", "BODY", "1234567890", "Y", "mac=2f1ef5aabe67e8396a459ca89562e108ad541f82ba5022c85f645bd6b7220cb9"},
	} {
		if got := simulator.ZaloSignature(c.app, []byte(c.body), c.stamp, c.key); got != c.want {
			t.Errorf("signature of %.20q: got %s, want %s", c.body, got, c.want)
		}
	}
}

func TestZNSAcceptedAndReceipt(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	s, clk := start(t, simulator.Options{ZaloWebhookURL: h.URL})
	status, out := zns(t, s, "84901234567", "m-1")
	data, _ := out["data"].(map[string]any)
	if status != 200 || fmt.Sprint(out["error"]) != "0" || data == nil {
		t.Fatalf("got %d %v, want success", status, out)
	}
	if q := data["quota"].(map[string]any); q["remainingQuota"] != "1999999" || data["sent_time"] != fmt.Sprint(noon.UnixMilli()) {
		t.Errorf("got quota %v sent_time %v", q, data["sent_time"])
	}
	id := data["msg_id"].(string)
	state := get(t, s.ZaloURL()+"/message/status?message_id="+id, "access_token", simulator.DefaultAccessToken)
	if got := fmt.Sprint(state["data"].(map[string]any)["status"]); got != "0" {
		t.Errorf("status before delivery: got %s, want 0", got)
	}
	clk.Advance(6 * time.Second)
	r := h.next(t)
	m, _ := r.body["message"].(map[string]any)
	if r.body["event_name"] != "user_received_message" || m["msg_id"] != id || m["tracking_id"] != "m-1" || r.body["recipient"].(map[string]any)["id"] != "84901234567" {
		t.Errorf("got event %s", r.raw)
	}
	want := simulator.ZaloSignature(simulator.DefaultAppID, []byte(r.raw), r.body["timestamp"].(string), simulator.DefaultWebhookSecret)
	if got := r.header.Get("X-ZEvent-Signature"); got != want {
		t.Errorf("signature: got %s, want %s", got, want)
	}
	eventually(t, "delivered", func() bool { return s.Ledger().Summary()["zalo"].Delivered == 1 })
	if sum := s.Ledger().Summary()["zalo"]; sum.BillVND != 200 || sum.Outstanding != 0 || sum.PendingVND != 0 {
		t.Errorf("got totals %+v, want a bill of 200", sum)
	}
	state = get(t, s.ZaloURL()+"/message/status?message_id="+id, "access_token", simulator.DefaultAccessToken)
	if got := fmt.Sprint(state["data"].(map[string]any)["status"]); got != "1" {
		t.Errorf("status after delivery: got %s, want 1", got)
	}
}

func TestMagicPhones(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	s, clk := start(t, simulator.Options{ZaloWebhookURL: h.URL})
	for ending, want := range map[string]string{"0001": "0", "0002": "-118", "0003": "0", "0000": "0", "0118": "-118", "0119": "-119", "0139": "-139", "0141": "-141", "0110": "-110"} {
		if _, out := zns(t, s, "8490123"+ending, "k"+ending); fmt.Sprint(out["error"]) != want {
			t.Errorf("…%s: got %v, want %s", ending, out, want)
		}
	}
	for _, ending := range []string{"0004", "0408"} {
		if _, out := zns(t, s, "8490123"+ending, "k"+ending); out["lost"] == nil {
			t.Errorf("…%s: got %v, want a lost connection", ending, out)
		}
		r := s.Ledger().ByKey("zalo", "k"+ending)
		if len(r) != 1 || r[0].Outcome != "accepted" || r[0].Answer != "dropped" {
			t.Errorf("…%s: got ledger %+v", ending, r)
		}
	}
	if status, _ := zns(t, s, "84901230006", "k6"); status != 429 {
		t.Errorf("…0006 first: got %d, want 429", status)
	}
	if status, out := zns(t, s, "84901230006", "k6b"); status != 200 || fmt.Sprint(out["error"]) != "0" {
		t.Errorf("…0006 second: got %d %v, want success", status, out)
	}
	zns(t, s, "84901230005", "k5")
	if n := len(h.got); n != 2 {
		t.Errorf("…0005: got %d receipts before the answer, want 2", n)
	}
	clk.Advance(time.Minute)
	eventually(t, "five delivered", func() bool { return s.Ledger().Summary()["zalo"].Delivered == 5 })
	if r := s.Ledger().ByKey("zalo", "k0003")[0]; r.DeliveredAt != 0 {
		t.Errorf("…0003: got delivered at %d, want silence", r.DeliveredAt)
	}
}

func TestOrderOfChecks(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	s.AddZaloTemplate(simulator.ZaloTemplate{ID: "200001", OAID: "other"})
	s.AddZaloTemplate(simulator.ZaloTemplate{ID: "200002", DailyQuota: 1, PriceSDT: 1})
	const good = `"template_data":{"customer_name":"An","order_code":"D1","amount":"5"}`
	oa := func(f func(*simulator.ZaloOA)) func() {
		return func() { s.ChangeZaloOA(simulator.DefaultOAID, f) }
	}
	for _, c := range []struct {
		name  string
		set   func()
		token string
		body  string
		want  string
	}{
		{"wrong token before broken JSON", nil, "nope", `{`, "-124"},
		{"unverified before JSON", oa(func(o *simulator.ZaloOA) { o.Unverified = true }), "", `{`, "-135"},
		{"unlinked", oa(func(o *simulator.ZaloOA) { o.Unverified, o.Unlinked = false, true }), "", `{`, "-136"},
		{"broken JSON", oa(func(o *simulator.ZaloOA) { o.Unlinked = false }), "", `{`, "-122"},
		{"empty", nil, "", ` `, "-121"},
		{"phone before template", nil, "", `{"phone":"12","template_id":"9"}`, "-108"},
		{"template unknown", nil, "", `{"phone":"84901234567","template_id":"9"}`, "-109"},
		{"template of another OA", nil, "", `{"phone":"84901234567","template_id":200001}`, "-117"},
		{"not approved", nil, "", `{"phone":"84901234567","template_id":"100005"}`, "-131"},
		{"disabled", nil, "", `{"phone":"84901234567","template_id":"100006"}`, "-146"},
		{"no data", nil, "", `{"phone":"84901234567","template_id":"100001"}`, "-111"},
		{"missing before too long", nil, "", `{"phone":"84901234567","template_id":"100001","template_data":{"customer_name":"` + strings.Repeat("a", 31) + `"}}`, "-1122"},
		{"too long before format", nil, "", `{"phone":"84901234567","template_id":"100001","template_data":{"customer_name":"` + strings.Repeat("ă", 31) + `","order_code":"D1","amount":"x"}}`, "-1121"},
		{"30 accented letters are not too long", nil, "", `{"phone":"84901234567","template_id":"100003","template_data":{"customer_name":"` + strings.Repeat("ă", 30) + `"}}`, "0"},
		{"format", nil, "", `{"phone":"84901234567","template_id":"100001","template_data":{"customer_name":"An","order_code":"D1","amount":"1.250.000"}}`, "-1124"},
		{"development", nil, "", `{"phone":"84901234567","template_id":"100001","mode":"development",` + good + `}`, "-127"},
		{"sending mode", nil, "", `{"phone":"84901234567","template_id":"100001","sending_mode":"2",` + good + `}`, "-161"},
		{"mode 3 not for transactions", oa(func(o *simulator.ZaloOA) { o.Mode3 = true }), "", `{"phone":"84901234567","template_id":"100001","sending_mode":"3",` + good + `}`, "-162"},
		{"quota before account", oa(func(o *simulator.ZaloOA) { o.DailyQuota = o.UsedToday }), "", `{"phone":"84901230118","template_id":"100001",` + good + `}`, "-144"},
		{"balance before account", oa(func(o *simulator.ZaloOA) { o.DailyQuota, o.Balance = 100, 10 }), "", `{"phone":"84901230118","template_id":"100001",` + good + `}`, "-115"},
		{"template quota, first", oa(func(o *simulator.ZaloOA) { o.Balance = 1_000_000 }), "", `{"phone":"84901234567","template_id":"200002"}`, "0"},
		{"template quota, second", nil, "", `{"phone":"84901234567","template_id":"200002"}`, "-147"},
		{"account", nil, "", `{"phone":"84901230118","template_id":"100001",` + good + `}`, "-118"},
		{"land line", nil, "", `{"phone":"842438251234","template_id":"100001",` + good + `}`, "-118"},
		{"numbers as numbers", nil, "", `{"phone":"+84901234567","template_id":100001,"template_data":{"customer_name":"An","order_code":1,"amount":5}}`, "0"},
	} {
		if c.set != nil {
			c.set()
		}
		token := c.token
		if token == "" {
			token = simulator.DefaultAccessToken
		}
		if _, out := post(t, s.ZaloURL()+"/message/template", c.body, "access_token", token); fmt.Sprint(out["error"]) != c.want {
			t.Errorf("%s: got %v, want %s", c.name, out["raw"], c.want)
		}
	}
}

func TestNightBlock(t *testing.T) {
	t.Parallel()
	night := time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC) // 22:00 in Vietnam
	s, clk := start(t, simulator.Options{Clock: clock.NewSimulated(night, 0)})
	promo := `{"phone":"84901234567","template_id":"100002","template_data":{"customer_name":"An","tier":"Vàng","voucher":"V1"}}`
	send := func() string {
		_, out := post(t, s.ZaloURL()+"/message/template", promo, "access_token", simulator.DefaultAccessToken)
		return fmt.Sprint(out["error"])
	}
	if got := send(); got != "-133" {
		t.Errorf("at 22:00: got %s, want -133", got)
	}
	if _, out := zns(t, s, "84901234567", "care"); fmt.Sprint(out["error"]) != "0" {
		t.Errorf("care at 22:00: got %v, want 0", out)
	}
	clk.Set(night.Add(8*time.Hour), 0)
	if got := send(); got != "0" {
		t.Errorf("at 06:00: got %s, want 0", got)
	}
}

func TestOAuth(t *testing.T) {
	t.Parallel()
	s, clk := start(t, simulator.Options{})
	token := func(secret string, form url.Values) map[string]any {
		_, out := post(t, s.ZaloOAuthURL()+"/v4/oa/access_token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "secret_key", secret)
		return out
	}
	refresh := func(rt string) map[string]any {
		return token(simulator.DefaultAppSecret, url.Values{"app_id": {simulator.DefaultAppID}, "grant_type": {"refresh_token"}, "refresh_token": {rt}})
	}
	first := refresh(simulator.DefaultRefreshToken)
	if first["access_token"] == nil || first["expires_in"] != "90000" {
		t.Fatalf("refresh: got %v", first)
	}
	if again := refresh(simulator.DefaultRefreshToken); fmt.Sprint(again["error"]) != "-14014" {
		t.Errorf("second use: got %v, want -14014", again)
	}
	if _, out := zns(t, s, "84901234567", "old"); fmt.Sprint(out["error"]) != "-124" {
		t.Errorf("old access token: got %v, want -124", out)
	}
	clk.Advance(26 * time.Hour)
	if _, out := post(t, s.ZaloURL()+"/message/template", "{}", "access_token", first["access_token"].(string)); fmt.Sprint(out["error"]) != "-124" {
		t.Errorf("expired access token: got %v, want -124", out)
	}
	if bad := token("wrong", url.Values{"app_id": {simulator.DefaultAppID}, "grant_type": {"refresh_token"}}); fmt.Sprint(bad["error"]) != "-14004" {
		t.Errorf("wrong secret: got %v, want -14004", bad)
	}
	noFollow := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	verifier := strings.Repeat("v", 43)
	res, err := noFollow.Get(s.ZaloOAuthURL() + "/v4/oa/permission?app_id=" + simulator.DefaultAppID + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1&code_challenge=" + simulator.ChallengeOf(verifier))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || back.Query().Get("state") != "s1" || back.Query().Get("oa_id") != simulator.DefaultOAID {
		t.Fatalf("consent: got %q", res.Header.Get("Location"))
	}
	form := url.Values{"app_id": {simulator.DefaultAppID}, "grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "code_verifier": {strings.Repeat("x", 43)}}
	if out := token(simulator.DefaultAppSecret, form); fmt.Sprint(out["error"]) != "-14005" {
		t.Errorf("wrong verifier: got %v, want -14005", out)
	}
	form.Set("code_verifier", verifier)
	if out := token(simulator.DefaultAppSecret, form); out["access_token"] == nil {
		t.Errorf("code: got %v, want tokens", out)
	}
	if out := token(simulator.DefaultAppSecret, form); fmt.Sprint(out["error"]) != "-14005" {
		t.Errorf("code again: got %v, want -14005", out)
	}
}

func TestLedgerCopies(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	zns(t, s, "84901234567", "once")
	zns(t, s, "84901234568", "twice")
	zns(t, s, "84901234568", "twice")
	d := s.Ledger().Duplicates()
	if len(d) != 2 || d[0].Key != "twice" || d[0].Copies != 2 {
		t.Errorf("got duplicates %+v, want two records of key twice", d)
	}
	if sum := s.Ledger().Summary()["zalo"]; sum.Keys != 2 || sum.CopiedKeys != 1 || sum.Accepted != 3 {
		t.Errorf("got totals %+v, want 3 accepted, 2 keys, 1 copied", sum)
	}
	if n := s.Ledger().Count("zalo", "accepted"); n != 3 {
		t.Errorf("count: got %d, want 3", n)
	}
}

func TestWebhookRetry(t *testing.T) {
	t.Parallel()
	h := newHook(t, func(n int) int {
		if n == 1 {
			return 503
		}
		return 200
	})
	s, clk := start(t, simulator.Options{ZaloWebhookURL: h.URL})
	zns(t, s, "84901234567", "m-1")
	clk.Advance(6 * time.Second)
	first := h.next(t)
	eventually(t, "second try", func() bool { clk.Advance(time.Second); return len(h.got) > 0 })
	second := h.next(t)
	if first.raw != second.raw || second.header.Get("num_retry") != "1" {
		t.Errorf("got %s num_retry %q, want the same body and 1", second.raw, second.header.Get("num_retry"))
	}
}
