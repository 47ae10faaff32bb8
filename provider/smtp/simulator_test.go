package smtp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/smtp"
	"github.com/loa-project/loa/simulator"
)

// TestSimulator lets the client and the simulator, which were written apart from the same pages, meet.
func TestSimulator(t *testing.T) {
	t.Parallel()
	secret := []byte("verp")
	reports := make(chan smtp.Report, 16)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rep, err := smtp.ParseReport(body)
		if err != nil {
			t.Errorf("%v in %q", err, body)
		}
		reports <- rep
	}))
	t.Cleanup(hook.Close)
	behave := simulator.DefaultBehaviour()
	behave.ReceiptMinMS, behave.ReceiptMaxMS = 1, 2
	s := simulator.New(simulator.Options{Clock: clock.System(), HTTPAddr: "127.0.0.1:0", SMTPAddr: "127.0.0.1:0", SMTP: behave, BounceURL: hook.URL, SMTPUser: "loa", SMTPPassword: "secret"})
	if err := s.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	p, err := smtp.NewPool(smtp.Options{Addr: s.SMTPAddr(), TLS: smtp.TLSNone, Username: "loa", Password: "secret", MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	send := func(to, key string) error {
		msg, err := smtp.Compose(smtp.Message{From: "tin@shop.example", FromName: "Cửa hàng Mẫu", To: to, Subject: "Chào bạn", HTML: "<p>Chào</p>", Text: "Chào", MessageID: key + "@shop.example", Date: time.Now(),
			ListUnsubscribeURL: "https://loa.example/u/1/x"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Send(context.Background(), smtp.Envelope{From: smtp.VERPAddress(secret, key, "bounce.shop.example"), To: to, ENVID: key}, msg)
		return err
	}
	for to, want := range map[string]struct {
		class    provider.Class
		code     string
		suppress bool
	}{
		"ok": {}, "unknown": {provider.Recipient, "5.1.1", true}, "full": {provider.Recipient, "5.2.2", false}, "grey": {provider.Temporary, "4.7.1", false},
		"policy": {provider.Recipient, "5.7.1", false}, "auth": {provider.Auth, "5.7.26", false}, "drop": {provider.Unknown, provider.CodeLost, false},
	} {
		err := send(to+"@example.net", "k"+to)
		e, _ := errors.AsType[*provider.Error](err)
		if want.class == "" && err != nil || want.class != "" && (e == nil || e.Class != want.class || e.Code != want.code || e.Suppress != want.suppress) {
			t.Errorf("%s: got %v, want %+v", to, err, want)
		}
		if e != nil && to == "grey" && e.RetryAfter != 5*time.Minute {
			t.Errorf("grey: got %s, want 5 min", e.RetryAfter)
		}
	}
	if err := send("grey@example.net", "kgrey2"); err != nil {
		t.Errorf("grey, second try: %v", err)
	}
	for i := range 30 {
		if err := send("slow@example.net", "kslow"+string(rune('a'+i))); err != nil {
			t.Errorf("slow %d: %v, want a new connection after 421", i, err)
		}
	}
	for to, want := range map[string]smtp.ReportKind{"bounce": smtp.KindBounce, "complaint": smtp.KindComplaint} {
		if err := send(to+"@example.net", "k"+to); err != nil {
			t.Fatal(err)
		}
		r := <-reports
		key, ok := "", false
		for _, a := range r.VERPTo {
			if k, found := smtp.ParseVERP(secret, a); found {
				key, ok = k, true
			}
		}
		if r.Kind != want || !ok || key != "k"+to || r.MessageID != "k"+to+"@shop.example" {
			t.Errorf("%s: got %+v for key %q, want %s", to, r, key, want)
		}
		if want == smtp.KindBounce && (!r.Hard || r.Status != "5.1.1" || r.EnvelopeID != "k"+to) {
			t.Errorf("%s: got %+v, want hard, 5.1.1 and our envelope id", to, r)
		}
	}
}
