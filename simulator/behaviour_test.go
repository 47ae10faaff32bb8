package simulator_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"github.com/loa-project/loa/simulator"
)

func TestForgedAndRepeatedReceipts(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	b := simulator.DefaultBehaviour()
	b.Forged, b.CallbackCopies = 1, 2
	s, clk := start(t, simulator.Options{Zalo: b, ESMS: b, ZaloWebhookURL: h.URL})
	for i := range 12 {
		zns(t, s, fmt.Sprintf("8490123%04d", 4500+i), fmt.Sprint("f", i))
	}
	clk.Advance(6 * time.Second)
	good, bad := map[string]int{}, 0
	for range 12 * 4 {
		r := h.next(t)
		if r.header.Get("X-ZEvent-Signature") == simulator.ZaloSignature(simulator.DefaultAppID, []byte(r.raw), fmt.Sprint(r.body["timestamp"]), simulator.DefaultWebhookSecret) {
			good[r.raw]++
		} else {
			bad++
		}
	}
	if bad != 12 || len(good) != 12 {
		t.Errorf("got %d forged and %d good events, want 12 each", bad, len(good))
	}
	for raw, n := range good {
		if n != 3 {
			t.Errorf("got %d copies of %s, want 3", n, raw)
		}
	}
	sms(t, s, "0901234567", "r-1", `,"CallbackUrl":"`+h.URL+`"`)
	clk.Advance(6 * time.Second)
	ids := map[string]int{}
	for range 4 {
		q, _ := url.ParseQuery(h.next(t).query)
		ids[q.Get("SMSID")]++
	}
	if id := s.Ledger().ByKey("esms", "r-1")[0].MessageID; ids[id] != 3 || len(ids) != 2 {
		t.Errorf("got ids %v, want %s three times and a forged one", ids, id)
	}
}

func TestReorderedReports(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	b := simulator.DefaultBehaviour()
	b.Reorder, b.Feedback = true, 1
	s, clk := start(t, simulator.Options{Zalo: b, ESMS: b, ZaloWebhookURL: h.URL, Workers: 1})
	sms(t, s, "0901234567", "r-1", `,"CallbackUrl":"`+h.URL+`"`)
	clk.Advance(6 * time.Second)
	got := ""
	for range 2 {
		q, _ := url.ParseQuery(h.next(t).query)
		got += q.Get("SendStatus")
	}
	if got != "57" {
		t.Errorf("got reports %s, want 57", got)
	}
	zns(t, s, "84901234567", "z-1")
	clk.Advance(10 * time.Second)
	if a, b := h.next(t), h.next(t); a.body["event_name"] != "user_feedback" || b.body["event_name"] != "user_received_message" {
		t.Errorf("got %v then %v, want feedback before receipt", a.body["event_name"], b.body["event_name"])
	}
}

func TestMailShares(t *testing.T) {
	t.Parallel()
	b := simulator.DefaultBehaviour()
	b.RefuseRecipient, b.FailedLater, b.FirstTryFailure = 0.2, 0.2, 0.2
	s, clk := start(t, simulator.Options{SMTP: b})
	c, err := smtp.Dial(s.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	hard, soft := 0, 0
	for i := range 200 {
		to := fmt.Sprintf("khach%d@x.example", i)
		err := sendOn(c, to, fmt.Sprint("k", i), "")
		var no *smtp.SMTPError
		switch {
		case errors.As(err, &no) && no.Temporary():
			soft++
			if err := sendOn(c, to, fmt.Sprint("k", i), ""); err != nil {
				t.Errorf("%s again: got %v, want acceptance", to, err)
			}
		case errors.As(err, &no):
			hard++
		case err != nil:
			t.Fatal(err)
		}
	}
	if hard < 20 || hard > 60 || soft < 15 || soft > 55 {
		t.Errorf("got %d refused and %d deferred of 200, want about 40 and 32", hard, soft)
	}
	clk.Advance(10 * time.Second)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.Drain(ctx); err != nil {
		t.Fatalf("drain: %v, %d waiting", err, s.Waiting())
	}
	sum := s.Ledger().Summary()["smtp"]
	if sum.Accepted != int64(200-hard) || sum.Delivered+sum.Failed != sum.Accepted || sum.Failed < 15 || sum.Outstanding != 0 {
		t.Errorf("got totals %+v with %d refused", sum, hard)
	}
}

// TestParallelRepeat sends one RequestId from many at once: one is accepted, all others hear 124.
func TestParallelRepeat(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { sms(t, s, "0901234567", "same", "") })
	}
	wg.Wait()
	sum := s.Ledger().Summary()["esms"]
	if sum.Accepted != 1 || sum.Refused["124"] != 49 || sum.BillVND != 850 {
		t.Errorf("got totals %+v, want 1 accepted and 49 times 124", sum)
	}
}

// TestLostTokenAnswer: the tokens change, the answer does not arrive, the old refresh token is spent.
func TestLostTokenAnswer(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	post(t, s.URL()+"/control", `{"drop_token":1}`)
	form := url.Values{"app_id": {simulator.DefaultAppID}, "grant_type": {"refresh_token"}, "refresh_token": {simulator.DefaultRefreshToken}}.Encode()
	call := func() map[string]any {
		_, out := post(t, s.ZaloOAuthURL()+"/v4/oa/access_token", form, "Content-Type", "application/x-www-form-urlencoded", "secret_key", simulator.DefaultAppSecret)
		return out
	}
	if out := call(); out["lost"] == nil {
		t.Errorf("got %v, want a lost answer", out)
	}
	if out := call(); fmt.Sprint(out["error"]) != "-14014" {
		t.Errorf("got %v, want -14014", out)
	}
}

func TestWebhookSwitchedOff(t *testing.T) {
	t.Parallel()
	h := newHook(t, func(int) int { return 500 })
	s, clk := start(t, simulator.Options{ZaloWebhookURL: h.URL})
	zns(t, s, "84901234567", "m-1")
	for range 6 {
		eventually(t, "the next try", func() bool { clk.Advance(time.Minute); return len(h.got) > 0 })
		h.next(t)
	}
	eventually(t, "nothing waits", func() bool { return s.Waiting() == 0 })
	if c := s.Overview().Callbacks; c["failed"] != 6 || c["lost"] != 1 {
		t.Errorf("got %v, want 6 failed and 1 lost", c)
	}
	if s.Settings().ZaloWebhookURL != "" {
		t.Error("the webhook is still on")
	}
	if !s.SetZaloWebhook(simulator.DefaultAppID, h.URL) || s.Settings().ZaloWebhookURL == "" {
		t.Error("the webhook cannot be switched on again")
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	s, clk := start(t, simulator.Options{})
	for i := range 20 {
		zns(t, s, fmt.Sprintf("8490123%04d", 4500+i), fmt.Sprint("m", i))
	}
	s.Reset()
	clk.Advance(time.Minute)
	if s.Waiting() != 0 || s.Ledger().Count("", "") != 0 {
		t.Errorf("after reset: got %d waiting, %d records", s.Waiting(), s.Ledger().Count("", ""))
	}
}

// TestCloseLeavesNothing runs alone, so that goroutines of other tests do not count.
func TestCloseLeavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	h := newHook(t, nil)
	s, clk := start(t, simulator.Options{ZaloWebhookURL: h.URL})
	zns(t, s, "84901234567", "m-1")
	if err := sendMail(t, s, "open@x.example", "k", h.URL); err != nil {
		t.Fatal(err)
	}
	clk.Advance(6 * time.Second)
	h.next(t)
	s.Close()
	s.Close()
	h.Close()
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before)
}

func TestMailLogin(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{SMTPUser: "loa", SMTPPassword: "secret"})
	var no *smtp.SMTPError
	if err := sendMail(t, s, "an@x.example", "k", ""); !errors.As(err, &no) || no.Code != 530 {
		t.Errorf("without login: got %v, want 530", err)
	}
	c, err := smtp.Dial(s.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Auth(sasl.NewPlainClient("", "loa", "wrong")); !errors.As(err, &no) || no.Code != 535 {
		t.Errorf("wrong password: got %v, want 535", err)
	}
	if err := c.Auth(sasl.NewPlainClient("", "loa", "secret")); err != nil {
		t.Fatalf("login: %v", err)
	}
	if err := sendOn(c, "an@x.example", "k", ""); err != nil {
		t.Errorf("after login: got %v, want acceptance", err)
	}
}
