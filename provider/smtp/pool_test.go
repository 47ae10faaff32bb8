package smtp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"github.com/loa-project/loa/provider"
)

// sink is a real mail server that takes everything, or refuses by the name before the @.
type sink struct {
	mu    sync.Mutex
	mails []string
	from  []string
	envid []string
	conns atomic.Int32
	drop  atomic.Bool // close without an answer after the end of the mail
}

func (s *sink) NewSession(c *gosmtp.Conn) (gosmtp.Session, error) {
	s.conns.Add(1)
	return &session{sink: s, conn: c}, nil
}

type session struct {
	sink     *sink
	conn     *gosmtp.Conn
	from, to string
	envid    string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != "loa" || pass != "secret" {
			return gosmtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, o *gosmtp.MailOptions) error {
	s.from, s.envid = from, o.EnvelopeID
	return nil
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.to = to
	switch name, _, _ := strings.Cut(to, "@"); name {
	case "unknown":
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	case "grey":
		return &gosmtp.SMTPError{Code: 451, EnhancedCode: gosmtp.EnhancedCode{4, 7, 1}, Message: "Greylisted"}
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.sink.drop.Load() {
		s.conn.Conn().Close()
		return errors.New("dropped")
	}
	if strings.HasPrefix(s.to, "spam@") {
		return &gosmtp.SMTPError{Code: 554, EnhancedCode: gosmtp.EnhancedCode{5, 7, 1}, Message: "Refused"}
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.mails, s.sink.from, s.sink.envid = append(s.sink.mails, string(b)), append(s.sink.from, s.from), append(s.sink.envid, s.envid)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func serve(t testing.TB, s *sink) string {
	t.Helper()
	srv := gosmtp.NewServer(s)
	srv.Domain, srv.AllowInsecureAuth, srv.EnableDSN, srv.EnableSMTPUTF8 = "test", true, true, true
	srv.ErrorLog = quiet{}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	return ln.Addr().String()
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func pool(t testing.TB, o Options) *Pool {
	t.Helper()
	if o.TLS == "" {
		o.TLS = TLSNone
	}
	p, err := NewPool(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

var mail = []byte("From: a@example.com\r\nSubject: x\r\n\r\nHello\r\n.dot\r\n..two\r\nend\r\n")

func TestSend(t *testing.T) {
	t.Parallel()
	s := &sink{}
	p := pool(t, Options{Addr: serve(t, s), Username: "loa", Password: "secret"})
	ctx := context.Background()
	for i, c := range []struct {
		to       string
		code     string
		class    provider.Class
		suppress bool
	}{
		{"ok@example.com", "", "", false},
		{"unknown@example.com", "5.1.1", provider.Recipient, true},
		{"grey@example.com", "4.7.1", provider.Temporary, false},
		{"spam@example.com", "5.7.1", provider.Recipient, false},
		{"not an address", "5.1.3", provider.Recipient, true},
		{"x\r\nRCPT TO:<y@example.com>@example.com", "5.1.3", provider.Recipient, true},
		{"ok@tiếngviệt.vn", "", "", false},
		{"tên@example.com", "", "", false},
	} {
		r, err := p.Send(ctx, Envelope{From: "b+x@bounce.example", To: c.to, ENVID: "m+1"}, mail)
		if c.code == "" {
			if err != nil || r.Code != 250 {
				t.Errorf("%d %s: got %+v, %v, want 250", i, c.to, r, err)
			}
			continue
		}
		e, ok := errors.AsType[*provider.Error](err)
		if !ok || e.Code != c.code || e.Class != c.class || e.Suppress != c.suppress {
			t.Errorf("%s: got %v, want %s %s %t", c.to, err, c.code, c.class, c.suppress)
		}
	}
	if got := s.conns.Load(); got != 1 {
		t.Errorf("got %d connections, want 1 used again after refusals", got)
	}
	if len(s.mails) != 3 || s.mails[0] != string(mail) || s.from[0] != "b+x@bounce.example" || s.envid[0] != "m+1" {
		t.Errorf("got %q from %q envid %q", s.mails, s.from, s.envid)
	}
	bad := pool(t, Options{Addr: serve(t, s), Username: "loa", Password: "wrong"})
	if _, err := bad.Send(ctx, Envelope{To: "ok@example.com"}, mail); provider.ClassOf(err) != provider.Auth {
		t.Errorf("wrong password: got %v, want auth", err)
	}
	if err := p.Check(ctx); err != nil {
		t.Errorf("check: %v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := &sink{}
	p := pool(t, Options{Addr: serve(t, s), MaxConns: 3, MaxMessages: 10})
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			if _, err := p.Send(context.Background(), Envelope{From: "a@example.com", To: fmt.Sprintf("p%d@example.com", i)}, mail); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := len(s.mails); got != 100 {
		t.Errorf("got %d mails, want 100", got)
	}
	if got := s.conns.Load(); got < 10 || got > 13 {
		t.Errorf("got %d connections, want 10 or a few more for 100 mails at 10 a connection", got)
	}
}

// script plays one server: for every connection it writes the greeting, then answers each command by its first word; "" closes the connection.
func script(t testing.TB, extensions string, answers map[string]string) (address string, commands func() []string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	var mu sync.Mutex
	var seen []string
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				r := bufio.NewReader(c)
				fmt.Fprint(c, answers["greeting"])
				if answers["greeting"] == "" {
					return
				}
				for body := false; ; {
					line, err := r.ReadString('\n')
					if err != nil {
						return
					}
					if body && line != ".\r\n" {
						continue
					}
					word, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
					body = false
					mu.Lock()
					seen = append(seen, word)
					mu.Unlock()
					a, ok := answers[word]
					switch {
					case ok && a == "":
						return
					case ok:
					case word == "EHLO":
						a = "250-test\r\n" + extensions + "250 OK\r\n"
					case word == "DATA":
						a = "354 go\r\n"
					case word == "QUIT":
						return
					default:
						a = "250 2.0.0 OK\r\n"
					}
					body = word == "DATA" && strings.HasPrefix(a, "354")
					fmt.Fprint(c, a)
				}
			}()
		}
	}()
	return ln.Addr().String(), func() []string { mu.Lock(); defer mu.Unlock(); return append([]string(nil), seen...) }
}

// TestPipelining plays a server that answers MAIL, RCPT and DATA only when it has all three: who waits for each answer never gets one. Several mails share one connection. To a server that does
// not offer it, nothing is sent ahead.
func TestPipelining(t *testing.T) {
	t.Parallel()
	for _, offered := range []bool{true, false} {
		t.Run(fmt.Sprint("offered=", offered), func(t *testing.T) {
			t.Parallel()
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { ln.Close() })
			var conns, mails, early atomic.Int64
			go func() {
				for {
					c, err := ln.Accept()
					if err != nil {
						return
					}
					conns.Add(1)
					go func() {
						defer c.Close()
						r := bufio.NewReader(c)
						fmt.Fprint(c, "220 hello\r\n")
						for held := ""; ; {
							line, err := r.ReadString('\n')
							if err != nil {
								return
							}
							switch word, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); word {
							case "EHLO":
								fmt.Fprint(c, map[bool]string{true: "250-test\r\n250 PIPELINING\r\n", false: "250 test\r\n"}[offered])
							case "QUIT":
								return
							case "MAIL", "RCPT", "RSET", "NOOP":
								if held += "250 2.0.0 OK\r\n"; !offered || word == "RSET" || word == "NOOP" {
									if r.Buffered() > 0 && !offered {
										early.Add(1)
									}
									fmt.Fprint(c, held)
									held = ""
								}
							case "DATA":
								fmt.Fprint(c, held+"354 go\r\n")
								held = ""
								for line != ".\r\n" {
									if line, err = r.ReadString('\n'); err != nil {
										return
									}
								}
								mails.Add(1)
								fmt.Fprint(c, "250 2.0.0 OK queued\r\n")
							}
						}
					}()
				}
			}()
			p := pool(t, Options{Addr: ln.Addr().String(), MaxConns: 1, CommandTimeout: 5 * time.Second, FinalTimeout: 5 * time.Second})
			for range 5 {
				if _, err := p.Send(context.Background(), Envelope{From: "a@example.com", To: "b@example.com"}, mail); err != nil {
					t.Fatal(err)
				}
			}
			if mails.Load() != 5 || conns.Load() != 1 || early.Load() != 0 {
				t.Errorf("got %d mails over %d connections, %d commands ahead of their answer; want 5, 1, 0", mails.Load(), conns.Load(), early.Load())
			}
		})
	}
}

// TestMoments loses or refuses at every moment of the dialogue: only after the end of the mail may the outcome be unknown.
func TestMoments(t *testing.T) {
	t.Parallel()
	for _, pipelined := range []bool{false, true} {
		for name, c := range map[string]struct {
			answers map[string]string
			code    string
			class   provider.Class
			unasked bool
		}{
			"no greeting":          {map[string]string{"greeting": ""}, provider.CodeNotSent, provider.Temporary, true},
			"greeting refuses":     {map[string]string{"greeting": "554 5.7.1 go away\r\n"}, "5.7.1", provider.Recipient, true},
			"greeting too busy":    {map[string]string{"greeting": "421 4.3.2 busy\r\n"}, "421", provider.RateLimited, true},
			"garbage":              {map[string]string{"greeting": "HTTP/1.1 200 OK\r\n"}, provider.CodeNotSent, provider.Temporary, true},
			"lost at MAIL":         {map[string]string{"MAIL": ""}, provider.CodeNotSent, provider.Temporary, false},
			"lost at RCPT":         {map[string]string{"RCPT": ""}, provider.CodeNotSent, provider.Temporary, false},
			"lost at DATA":         {map[string]string{"DATA": ""}, provider.CodeNotSent, provider.Temporary, false},
			"lost after the end":   {map[string]string{".": ""}, provider.CodeLost, provider.Unknown, false},
			"garbage after it":     {map[string]string{".": "what?\r\n"}, provider.CodeLost, provider.Unknown, false},
			"odd after it":         {map[string]string{".": "354 more\r\n"}, provider.CodeUnreadable, provider.Unknown, false},
			"MAIL refused":         {map[string]string{"MAIL": "550 5.1.8 bad sender\r\n", "RCPT": "503 no\r\n", "DATA": "503 no\r\n"}, "5.1.8", provider.Auth, false},
			"RCPT refused":         {map[string]string{"RCPT": "550 5.1.1 no\r\n", "DATA": "503 5.5.1 no\r\n"}, "5.1.1", provider.Recipient, false},
			"RCPT refused but 354": {map[string]string{"RCPT": "550 5.1.1 no\r\n", ".": "554 5.5.1 no\r\n"}, "5.1.1", provider.Recipient, false},
			"DATA refused":         {map[string]string{"DATA": "451 4.3.0 later\r\n"}, "4.3.0", provider.Temporary, false},
			"no code but the text": {map[string]string{"RCPT": "550 no mailbox here\r\n", "DATA": "503 no\r\n"}, "550", provider.Recipient, false},
			"softer reading":       {map[string]string{"RCPT": "550 4.2.2 over quota\r\n", "DATA": "503 no\r\n"}, "4.2.2", provider.Temporary, false},
			"421 at RCPT":          {map[string]string{"RCPT": "421 too much\r\n"}, "421", provider.RateLimited, false},
			"refused at the end":   {map[string]string{".": "550-5.7.26 first\r\n550 5.7.26 second\r\n"}, "5.7.26", provider.Auth, false},
			"too big":              {map[string]string{".": "552 5.3.4 too big\r\n"}, "5.3.4", provider.Content, false},
		} {
			t.Run(fmt.Sprintf("%s/pipelined=%t", name, pipelined), func(t *testing.T) {
				t.Parallel()
				if _, ok := c.answers["greeting"]; !ok {
					c.answers = clone(c.answers)
					c.answers["greeting"] = "220 hello\r\n"
				}
				ext := ""
				if pipelined {
					ext = "250-PIPELINING\r\n"
				}
				address, _ := script(t, ext, c.answers)
				p := pool(t, Options{Addr: address, CommandTimeout: 2 * time.Second, FinalTimeout: 2 * time.Second})
				_, err := p.Send(context.Background(), Envelope{From: "a@example.com", To: "b@example.com"}, mail)
				e, ok := errors.AsType[*provider.Error](err)
				if !ok || e.Code != c.code || e.Class != c.class || e.Unasked != c.unasked {
					t.Errorf("got %+v, want %s %s unasked %t", err, c.code, c.class, c.unasked)
				}
			})
		}
	}
}

func clone(m map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// TestCutInTheBody closes while a large body is being written: the end never left us, so the failure is certain.
func TestCutInTheBody(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		fmt.Fprint(c, "220 hello\r\n")
		for _, a := range []string{"250 test\r\n", "250 OK\r\n", "250 OK\r\n", "354 go\r\n"} {
			if _, err := r.ReadString('\n'); err != nil {
				return
			}
			fmt.Fprint(c, a)
		}
		_, _ = io.CopyN(io.Discard, r, 100_000)
		_ = c.(*net.TCPConn).SetLinger(0)
	}()
	p := pool(t, Options{Addr: ln.Addr().String()})
	_, err = p.Send(context.Background(), Envelope{From: "a@example.com", To: "b@example.com"}, bytes.Repeat([]byte("0123456789012345678901234567890\r\n"), 1<<20))
	if e, ok := errors.AsType[*provider.Error](err); !ok || e.Class != provider.Temporary || e.Unasked {
		t.Errorf("got %v, want temporary", err)
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	s := &sink{}
	p := pool(t, Options{Addr: serve(t, s), MaxConns: 1})
	done, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := p.Send(done, Envelope{To: "ok@example.com"}, mail)
	if e, ok := errors.AsType[*provider.Error](err); !ok || e.Class != provider.Temporary || !e.Unasked {
		t.Errorf("got %v, want temporary and unasked", err)
	}
	hang, _ := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	defer hang.Close()
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err = pool(t, Options{Addr: hang.Addr().String()}).Send(short, Envelope{To: "ok@example.com"}, mail)
	if e, ok := errors.AsType[*provider.Error](err); !ok || e.Class != provider.Temporary || !e.Unasked {
		t.Errorf("got %v, want temporary and unasked", err)
	}
	if _, err := p.Send(context.Background(), Envelope{To: "ok@example.com"}, mail); err != nil {
		t.Errorf("after a cancelled one: %v", err)
	}
	p.Close()
	if _, err := p.Send(context.Background(), Envelope{To: "ok@example.com"}, mail); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

// TestIdle moves the clock: an idle connection is checked after 15 s, dropped after 30 s, and one that the server ended is replaced without a failure.
func TestIdle(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	base := time.Now()
	clock := func() time.Time { return base.Add(time.Duration(now.Load())) }
	address, commands := script(t, "", map[string]string{"greeting": "220 hello\r\n"})
	p := pool(t, Options{Addr: address, Now: clock})
	send := func() {
		t.Helper()
		if _, err := p.Send(context.Background(), Envelope{From: "a@example.com", To: "b@example.com"}, mail); err != nil {
			t.Fatal(err)
		}
	}
	send()
	now.Add(int64(10 * time.Second))
	send()
	now.Add(int64(20 * time.Second))
	send()
	now.Add(int64(31 * time.Second))
	send()
	got := strings.Join(commands(), " ")
	want := "EHLO MAIL RCPT DATA . MAIL RCPT DATA . NOOP MAIL RCPT DATA ."
	if !strings.HasPrefix(got, want) || strings.Count(got, "EHLO") != 2 {
		t.Errorf("got %q, want %q and a second connection", got, want)
	}
	closing, _ := script(t, "", map[string]string{"greeting": "220 hello\r\n", ".": "250 OK\r\n"})
	q := pool(t, Options{Addr: closing, Now: clock})
	if _, err := q.Send(context.Background(), Envelope{From: "a@example.com", To: "b@example.com"}, mail); err != nil {
		t.Fatal(err)
	}
	q.mu.Lock()
	q.idle[0].net.Close() // as if the server had ended it
	q.mu.Unlock()
	if _, err := q.Send(context.Background(), Envelope{From: "a@example.com", To: "b@example.com"}, mail); err != nil {
		t.Errorf("after the server ended an idle connection: %v", err)
	}
}

func TestTLSRules(t *testing.T) {
	t.Parallel()
	address, commands := script(t, "", map[string]string{"greeting": "220 hello\r\n"})
	_, err := pool(t, Options{Addr: address, TLS: TLSStart}).Send(context.Background(), Envelope{To: "b@example.com"}, mail)
	if e, ok := errors.AsType[*provider.Error](err); !ok || e.Code != CodeNoStartTLS || e.Class != provider.Auth {
		t.Errorf("got %v, want %s", err, CodeNoStartTLS)
	}
	for _, c := range commands() {
		if c == "MAIL" || c == "AUTH" {
			t.Errorf("%s was sent without TLS", c)
		}
	}
	for _, o := range []Options{{Addr: "nohost"}, {Addr: "a:1", TLS: "maybe"}, {Addr: "a:1", Hello: "x y"}, {Addr: "a:1", RootCA: []byte("x")}} {
		if _, err := NewPool(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestAppendDotted(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\r\n": "a\r\n.\r\n", "a": "a\r\n.\r\n", ".a\r\n": "..a\r\n.\r\n", "a\r\n.\r\nb\r\n": "a\r\n..\r\nb\r\n.\r\n", "a\n.\nb": "a\r\n..\r\nb\r\n.\r\n", "": ".\r\n",
		"a\r.\rb\r\n": "a.b\r\n.\r\n", "\r\n": "\r\n.\r\n",
	} {
		if got := string(appendDotted(nil, []byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// fastSink takes mails as fast as it can read: it looks for commands only where one may stand.
func fastSink(t testing.TB, pipelining bool) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	serve := func(c net.Conn) {
		defer c.Close()
		fmt.Fprint(c, "220 hello\r\n")
		in, out, body := make([]byte, 0, 64<<10), []byte(nil), false
		for {
			n, err := c.Read(in[len(in):cap(in)])
			if err != nil {
				return
			}
			in, out = in[:len(in)+n], out[:0]
			for {
				if body {
					i := bytes.Index(in, []byte("\r\n.\r\n"))
					if i < 0 {
						break
					}
					in, body, out = append(in[:0], in[i+5:]...), false, append(out, "250 2.0.0 OK\r\n"...)
					continue
				}
				i := bytes.IndexByte(in, '\n')
				if i < 0 {
					break
				}
				switch in[0] {
				case 'E':
					if pipelining {
						out = append(out, "250-test\r\n250 PIPELINING\r\n"...)
					} else {
						out = append(out, "250 test\r\n"...)
					}
				case 'D':
					out, body = append(out, "354 go\r\n"...), true
				default:
					out = append(out, "250 2.0.0 OK\r\n"...)
				}
				in = append(in[:0], in[i+1:]...)
			}
			if _, err := c.Write(out); err != nil {
				return
			}
		}
	}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return ln.Addr().String()
}

func BenchmarkSend(b *testing.B) {
	for _, pipelined := range []bool{true, false} {
		b.Run(fmt.Sprintf("pipelined=%t", pipelined), func(b *testing.B) {
			p := pool(b, Options{Addr: fastSink(b, pipelined), MaxConns: 16, MaxMessages: 1000})
			msg := bytes.Repeat([]byte("0123456789012345678901234567890123456789012345678901234567890123456789\r\n"), 70)
			b.SetParallelism(16)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := p.Send(context.Background(), Envelope{From: "a@example.com", To: "b@example.com"}, msg); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
		})
	}
}
