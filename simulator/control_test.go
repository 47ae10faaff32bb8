package simulator_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/simulator"
)

func TestControlSettings(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	if status, out := post(t, s.URL()+"/control", `{"zalo":{"refuse_recipient":1},"night_block":"none","drop_token":1}`); status != 200 {
		t.Fatalf("got %d %v", status, out)
	}
	b := s.Behaviour("zalo")
	if b.RefuseRecipient != 1 || b.ReceiptMaxMS != 5000 {
		t.Errorf("got %+v, want the share changed and the rest kept", b)
	}
	if _, out := zns(t, s, "84901234567", "r"); fmt.Sprint(out["error"]) == "0" {
		t.Errorf("got %v, want a refusal", out)
	}
	for _, bad := range []string{`{"zalo":{"refuse":1}}`, `{"sign":"sideways"}`, `{"night_block":"x"}`, `{`} {
		if status, _ := post(t, s.URL()+"/control", bad); status != 400 {
			t.Errorf("%s: got %d, want 400", bad, status)
		}
	}
	if status, _ := post(t, s.URL()+"/control/reset", "", "Origin", "http://evil.example"); status != 403 {
		t.Errorf("other site: got %d, want 403", status)
	}
	if status, _ := post(t, s.URL()+"/control/reset", ""); status != 200 || s.Behaviour("zalo").RefuseRecipient != 0 || s.Ledger().Count("", "") != 0 {
		t.Errorf("reset: got %d, %d records", status, s.Ledger().Count("", ""))
	}
}

func TestControlClockAndAccounts(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	s, clk := start(t, simulator.Options{ZaloWebhookURL: h.URL})
	post(t, s.URL()+"/control/clock", `{"advance":"36h"}`)
	if got := clk.Now().Sub(noon); got != 36*time.Hour {
		t.Errorf("clock: got %s later, want 36h", got)
	}
	var pair map[string]any
	_, pair = post(t, s.URL()+"/control/token", `{}`)
	send := func() string {
		_, out := post(t, s.ZaloURL()+"/message/template", `{"phone":"84901234567","template_id":"100003","template_data":{"customer_name":"An"}}`, "access_token", fmt.Sprint(pair["access_token"]))
		return fmt.Sprint(out["error"])
	}
	if got := send(); got != "0" {
		t.Errorf("fresh token: got %s, want 0", got)
	}
	post(t, s.URL()+"/control/balance", `{"balance":0}`)
	if got := send(); got != "-115" {
		t.Errorf("no money: got %s, want -115", got)
	}
	post(t, s.URL()+"/control/quota", `{"daily":1}`)
	if got := send(); got != "-144" {
		t.Errorf("no quota: got %s, want -144", got)
	}
	if r := h.next(t); r.body["event_name"] != "change_oa_daily_quota" || r.body["oaId"] != simulator.DefaultOAID {
		t.Errorf("quota event: got %s", r.raw)
	}
	post(t, s.URL()+"/control/template-status", `{"id":"100003","status":"DISABLE","quality":"LOW","reason":"x"}`)
	names := fmt.Sprint(h.next(t).body["event_name"], " ", h.next(t).body["event_name"])
	if !strings.Contains(names, "change_template_status") || !strings.Contains(names, "change_template_quality") {
		t.Errorf("template events: got %s", names)
	}
	post(t, s.URL()+"/control/expire-token", `{}`)
	if got := send(); got != "-124" {
		t.Errorf("expired: got %s, want -124", got)
	}
}

func TestLedgerRoutesAndPage(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	zns(t, s, "84901234567", "a")
	zns(t, s, "84901230118", "b")
	sms(t, s, "0901234567", "c", "")
	res, err := http.Get(s.URL() + "/ledger?phone=0901234567")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var list []simulator.Record
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil || len(list) != 2 {
		t.Errorf("by phone: got %+v %v, want two", list, err)
	}
	sum := get(t, s.URL()+"/ledger/summary")["providers"].(map[string]any)["zalo"].(map[string]any)
	if got := fmt.Sprintf("%v %v", sum["accepted"], sum["refused"]); got != "1 map[-118:1]" {
		t.Errorf("summary: got %v", sum)
	}
	res2, err := http.Get(s.URL() + "/ledger.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer res2.Body.Close()
	n := 0
	for sc := bufio.NewScanner(res2.Body); sc.Scan(); n++ {
		var r simulator.Record
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Errorf("line %d: %v", n, err)
		}
	}
	if n != 3 {
		t.Errorf("stream: got %d lines, want 3", n)
	}
	page := get(t, s.URL()+"/")["raw"].(string)
	for _, want := range []string{"Hộp thư mô phỏng", "Chăm sóc sau mua", "0901234567"[1:], "…0004", "bounce@…"} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
}

func TestSignVariants(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	s, clk := start(t, simulator.Options{ZaloWebhookURL: h.URL})
	right := func(r received) string {
		return simulator.ZaloSignature(simulator.DefaultAppID, []byte(r.raw), fmt.Sprint(r.body["timestamp"]), simulator.DefaultWebhookSecret)
	}
	for i, variant := range []string{"", "absent", "wrong", "bare", "mac_space", "oa_first", "app_secret"} {
		post(t, s.URL()+"/control", `{"sign":"`+variant+`"}`)
		zns(t, s, "84901234567", fmt.Sprint("v", i))
		clk.Advance(6 * time.Second)
		r := h.next(t)
		got, want := r.header.Get("X-ZEvent-Signature"), right(r)
		switch variant {
		case "":
		case "absent":
			want = ""
		case "bare":
			want = want[4:]
		case "mac_space":
			want = "mac = " + want[4:]
		default:
			if got == want || len(got) != len(want) {
				t.Errorf("%s: got %s, want another signature than %s", variant, got, want)
			}
			continue
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", variant, got, want)
		}
	}
}

// TestRepeatable runs the same calls through two simulators with one seed and one with another.
func TestRepeatable(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) string {
		b := simulator.DefaultBehaviour()
		b.RefuseRecipient, b.Temporary, b.NeverDelivered = 0.3, 0.2, 0.1
		s, clk := start(t, simulator.Options{Seed: seed, Zalo: b, NoMagic: true})
		out := ""
		for i := range 60 {
			status, a := zns(t, s, fmt.Sprintf("8490123%04d", i), fmt.Sprint("k", i))
			out += fmt.Sprint(status, a["error"], " ")
		}
		clk.Advance(10 * time.Second)
		eventually(t, "all receipts", func() bool { return s.Ledger().Summary()["zalo"].Outstanding == 0 })
		return out + fmt.Sprint(s.Ledger().Summary()["zalo"].Delivered)
	}
	a, b, c := run(1), run(1), run(2)
	if a != b {
		t.Errorf("same seed: got\n%s\nwant\n%s", b, a)
	}
	if a == c {
		t.Error("another seed: got the same run")
	}
	if !strings.Contains(a, "503") || !strings.Contains(a, "-118") {
		t.Errorf("got %s, want refusals and temporary failures", a)
	}
}

func TestForce(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	s, _ := start(t, simulator.Options{ZaloWebhookURL: h.URL})
	for _, f := range []string{`{"provider":"zalo","code":"-1471","recipient":"84901234567","count":2}`, `{"provider":"esms","code":"199"}`, `{"provider":"smtp","code":"552 5.3.4"}`} {
		if status, out := post(t, s.URL()+"/control/force", f); status != 200 {
			t.Fatalf("%s: got %d %v", f, status, out)
		}
	}
	got := ""
	for _, phone := range []string{"84901234568", "84901234567", "84901234567", "84901234567"} {
		_, out := zns(t, s, phone, "")
		got += fmt.Sprintf("%v ", out["error"])
	}
	got += fmt.Sprint(sms(t, s, "0901234567", "a", "")["CodeResult"], " ", sms(t, s, "0901234567", "a", "")["CodeResult"], " ")
	got += fmt.Sprint(sendMail(t, s, "an@x.example", "a", ""), " ", sendMail(t, s, "an@x.example", "a", ""))
	if want := "0 -1471 -1471 0 199 100 SMTP error 552: Forced <nil>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if status, _ := post(t, s.URL()+"/control/force", `{"provider":"x","code":"1"}`); status != 400 {
		t.Errorf("unknown provider: got %d, want 400", status)
	}
	post(t, s.URL()+"/control/event", `{"event_name":"something_new","x":1}`)
	r := h.next(t)
	if want := simulator.ZaloSignature(simulator.DefaultAppID, []byte(r.raw), fmt.Sprint(r.body["timestamp"]), simulator.DefaultWebhookSecret); r.body["event_name"] != "something_new" ||
		r.header.Get("X-ZEvent-Signature") != want {
		t.Errorf("event: got %s %s", r.raw, r.header.Get("X-ZEvent-Signature"))
	}
}
