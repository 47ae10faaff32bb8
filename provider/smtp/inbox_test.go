package smtp

import (
	"context"
	"errors"
	"net"
	"strings"
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
