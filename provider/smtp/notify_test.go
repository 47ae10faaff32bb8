package smtp

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	gosmtp "github.com/emersion/go-smtp"
)

// asked is a server that takes every mail and remembers which reports it was asked for.
type asked struct {
	got chan string
}

func (a *asked) NewSession(*gosmtp.Conn) (gosmtp.Session, error) {
	return &askedSession{session{sink: &sink{}}, a}, nil
}

type askedSession struct {
	session
	asked *asked
}

func (s *askedSession) Rcpt(to string, o *gosmtp.RcptOptions) error {
	s.asked.got <- fmt.Sprint(o.Notify, " ", o.OriginalRecipientType, " ", o.OriginalRecipient)
	return s.session.Rcpt(to, o)
}

// TestNotify: which reports are asked for, and the recipient as we named it (RFC 3461, sections 4.1 and 4.2). A server without DSN is asked for nothing.
func TestNotify(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dsn, success bool
		to, want     string
	}{
		{true, true, "an+1@example.com", "[FAILURE DELAY SUCCESS] RFC822 an+1@example.com"},
		{true, false, "an@example.com", "[FAILURE DELAY] RFC822 an@example.com"},
		{true, true, "tên@example.com", "[FAILURE DELAY SUCCESS]  "},
		{false, true, "an@example.com", "[]  "},
	} {
		a := &asked{got: make(chan string, 1)}
		srv := gosmtp.NewServer(a)
		srv.Domain, srv.AllowInsecureAuth, srv.EnableDSN, srv.EnableSMTPUTF8, srv.ErrorLog = "test", true, c.dsn, true, quiet{}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go srv.Serve(ln)
		t.Cleanup(func() { srv.Close() })
		p := pool(t, Options{Addr: ln.Addr().String()})
		if _, err := p.Send(context.Background(), Envelope{From: "b@example.com", To: c.to, ENVID: "k", Success: c.success}, mail); err != nil {
			t.Fatal(err)
		}
		if got := <-a.got; !strings.EqualFold(got, c.want) {
			t.Errorf("%+v: got %s, want %s", c, got, c.want)
		}
	}
}
