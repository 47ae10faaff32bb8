package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/emersion/go-smtp"
)

// TestInbox speaks to the listener as another server does: a bounce is taken, a stranger's mail is refused, and what cannot be stored is to come again.
func TestInbox(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	type taken struct{ to, raw string }
	got := make(chan taken, 10)
	full := false
	secret := []byte("secret")
	box := &Inbox{Hello: "mx.bounce.example", Accept: func(to string) bool { _, ok := ParseVERP(secret, to); return ok }, Take: func(_ context.Context, to []string, raw []byte) error {
		if full {
			return errors.New("the disk is full")
		}
		got <- taken{strings.Join(to, ","), string(raw)}
		return nil
	}}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- box.Serve(ctx, l) }()
	ours := VERPAddress(secret, "w1l2a1kabc", "bounce.example")
	send := func(from, to string) error {
		c, err := smtp.Dial(l.Addr().String())
		if err != nil {
			return err
		}
		defer c.Close()
		return c.SendMail(from, []string{to}, strings.NewReader("Subject: returned\r\n\r\n.\r\nbye\r\n"))
	}
	if err := send("", ours); err != nil {
		t.Fatalf("bounce: %v", err)
	}
	if x := <-got; x.to != ours || x.raw != "Subject: returned\r\n\r\n.\r\nbye\r\n" {
		t.Errorf("got %+v, want the bounce to %s", x, ours)
	}
	for _, to := range []string{"stranger@example.org", "b+w1l2a1kabc.aaaaaaaaaa@bounce.example"} {
		var no *smtp.SMTPError
		if err := send("a@example.org", to); !errors.As(err, &no) || no.Code != 550 {
			t.Errorf("mail to %s: got %v, want 550", to, err)
		}
	}
	full = true
	var later *smtp.SMTPError
	if err := send("", ours); !errors.As(err, &later) || !later.Temporary() {
		t.Errorf("full: got %v, want a temporary refusal", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("end: got %v, want none", err)
	}
}

// TestInboxTLS takes a report from a server that asks for STARTTLS, and from one that does not; without a certificate nothing is offered.
func TestInboxTLS(t *testing.T) {
	t.Parallel()
	cert, ca := certificate(t)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	for name, conf := range map[string]*tls.Config{"with": {Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, "without": nil} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var got atomic.Int64
		box := &Inbox{Hello: "mx.bounce.example", TLS: conf, Accept: func(string) bool { return true }, Take: func(context.Context, []string, []byte) error { got.Add(1); return nil }}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- box.Serve(ctx, l) }()
		c, err := smtp.DialStartTLS(l.Addr().String(), &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12})
		if (err == nil) != (conf != nil) {
			t.Errorf("%s a certificate: STARTTLS: got %v", name, err)
		}
		if err == nil {
			if _, on := c.TLSConnectionState(); !on {
				t.Errorf("%s: the dialogue is in clear text", name)
			}
			if err := c.SendMail("", []string{"b@bounce.example"}, strings.NewReader("Subject: a\r\n\r\nb\r\n")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			_ = c.Close()
		}
		plain, err := smtp.Dial(l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if err := plain.SendMail("", []string{"b@bounce.example"}, strings.NewReader("Subject: a\r\n\r\nb\r\n")); err != nil {
			t.Errorf("%s, in clear text: %v", name, err)
		}
		_ = plain.Close()
		if want := map[bool]int64{true: 2, false: 1}[conf != nil]; got.Load() != want {
			t.Errorf("%s: took %d reports, want %d", name, got.Load(), want)
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("end: %v", err)
		}
	}
}
