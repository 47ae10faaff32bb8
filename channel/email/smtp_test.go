package email

import (
	"context"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/mailhook"
	"github.com/loa-project/loa/provider/smtp"
	"github.com/loa-project/loa/simulator"
	"github.com/loa-project/loa/template"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGoldenMails compares what the mail server gets with recorded mails: one through a plain server and one through each service.
func TestGoldenMails(t *testing.T) {
	t.Parallel()
	sim := simulator.New(simulator.Options{HTTPAddr: "127.0.0.1:0", SMTPAddr: "127.0.0.1:0", Inspect: true})
	if err := sim.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	for i, service := range []mailhook.Service{"", mailhook.SES, mailhook.SendGrid, mailhook.Mailgun, mailhook.Postmark} {
		pool, err := smtp.NewPool(smtp.Options{Addr: sim.SMTPAddr(), TLS: smtp.TLSNone, Hello: "shop.example", MaxConns: 1})
		if err != nil {
			t.Fatal(err)
		}
		s := &SMTP{Pool: pool, From: "cskh@shop.example", FromName: "Cửa hàng", ReplyTo: "hoi@shop.example", BounceDomain: "bounce.shop.example", VERPSecret: []byte("s"), Service: service, ConfigurationSet: "loa", Now: clockNow}
		out := s.Send(context.Background(), &message.Outgoing{Key: "w1l2a1kabc", To: "an@example.net", Name: "Nguyễn Văn An", Purpose: message.Marketing, UnsubscribeURL: "https://loa.example/u/abc",
			Rendered: template.Rendered{Subject: "[QC] Ưu đãi tháng 11", HTML: `<p>Chào An</p><img src="https://loa.example/o/abc">`, Text: "Chào An"}, Content: &template.Compiled{}, Expires: time.Now().Add(time.Minute)})
		if out.Class != message.OutcomeAccepted || out.ProviderID != "w1l2a1kabc@shop.example" {
			t.Fatalf("%s: got %+v, want accepted", service, out)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		got := sim.Inspected()[i]
		if len(got.Problems) > 0 {
			t.Errorf("%s: %q", service, got.Problems)
		}
		name := "testdata/mail_" + string(service) + ".eml"
		if service == "" {
			name = "testdata/mail_plain.eml"
		}
		if *update {
			if err := os.WriteFile(name, []byte(got.Raw), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got.Raw != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got.Raw, want)
		}
	}
}
