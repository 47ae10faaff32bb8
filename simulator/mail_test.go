package simulator_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/loa-project/loa/simulator"
)

const mailText = "From: Shop <shop@loa.example>\r\nTo: <%[1]s>\r\nSubject: Xin chao\r\nDate: Sat, 21 Nov 2026 05:00:00 +0000\r\nMessage-ID: <%[2]s@loa.example>\r\n" +
	"MIME-Version: 1.0\r\nList-Unsubscribe: <%[3]s/u/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nContent-Type: multipart/alternative; boundary=b1\r\n\r\n" +
	"--b1\r\nContent-Type: text/plain\r\n\r\nXin chao\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"<a href=3D\"%[3]s/c/1?a=3D1&amp;b=3D2\">xem</a> <a href=3D\"%[3]s/u/1\">huy</a> <a href=3D\"http://example.com/\">ngoai</a> <img src=3D\"%[3]s/o/1\">\r\n--b1--\r\n"

// sendMail sends one mail through a fresh connection and returns the refusal, if any.
func sendMail(t testing.TB, s *simulator.Server, to, key, base string) error {
	t.Helper()
	c, err := smtp.Dial(s.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return sendOn(c, to, key, base)
}

func sendOn(c *smtp.Client, to, key, base string) error {
	return sendAsking(c, to, key, base, smtp.DSNNotifyFailure, smtp.DSNNotifyDelayed, smtp.DSNNotifySuccess)
}

// sendAsking sends one mail and asks for the reports named.
func sendAsking(c *smtp.Client, to, key, base string, notify ...smtp.DSNNotify) error {
	if err := c.Mail("b+"+key+"@bounce.loa.example", &smtp.MailOptions{EnvelopeID: key}); err != nil {
		return err
	}
	if err := c.Rcpt(to, &smtp.RcptOptions{Notify: notify, OriginalRecipientType: smtp.DSNAddressTypeRFC822, OriginalRecipient: to}); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, mailText, to, key, base); err != nil {
		return err
	}
	return w.Close()
}

func TestMailRules(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	for _, c := range []struct{ to, want string }{
		{"an@shop.example", "250"}, {"ok@x.example", "250"}, {"unknown@x.example", "550 5.1.1"}, {"UNKNOWN+a@x.example", "550 5.1.1"}, {"unknown.b@x.example", "550 5.1.1"},
		{"unknowns@x.example", "250"}, {"full@x.example", "552 5.2.2"}, {"grey@x.example", "451 4.7.1"}, {"grey@x.example", "250"}, {"policy@x.example", "550 5.7.1"},
		{"auth@x.example", "550 5.7.26"}, {"slow@x.example", "250"},
	} {
		got := "250"
		var refused *smtp.SMTPError
		if err := sendMail(t, s, c.to, "k-"+c.to, "http://127.0.0.1:1"); errors.As(err, &refused) {
			got = fmt.Sprintf("%d %d.%d.%d", refused.Code, refused.EnhancedCode[0], refused.EnhancedCode[1], refused.EnhancedCode[2])
		} else if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.to, got, c.want)
		}
	}
	if err := sendMail(t, s, "drop@x.example", "k-drop", ""); err == nil || errors.As(err, new(*smtp.SMTPError)) {
		t.Errorf("drop: got %v, want a lost connection", err)
	}
	r := s.Ledger().ByKey("smtp", "k-drop@loa.example")
	if len(r) != 1 || r[0].Outcome != "accepted" || r[0].Answer != "dropped" || r[0].Recipient != "drop@x.example" {
		t.Errorf("drop: got ledger %+v", r)
	}
	if r := s.Ledger().ByKey("smtp", "k-unknown@x.example"); len(r) != 1 || r[0].Code != "550 5.1.1" {
		t.Errorf("unknown: got ledger %+v, want the refusal under the envelope id", r)
	}
}

func TestMailSlow(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	c, err := smtp.Dial(s.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i := range 20 {
		if err := sendOn(c, "slow@x.example", fmt.Sprint("s", i), ""); err != nil {
			t.Fatalf("mail %d: %v", i, err)
		}
	}
	var refused *smtp.SMTPError
	if err := sendOn(c, "slow@x.example", "s20", ""); !errors.As(err, &refused) || refused.Code != 421 {
		t.Fatalf("mail 21: got %v, want 421", err)
	}
	if err := c.Noop(); err == nil {
		t.Error("after 421: got an answer, want a closed connection")
	}
}

// parseReport reads the machine part of a report mail.
func parseReport(t testing.TB, raw string) (kind string, groups []textproto.MIMEHeader, to string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("read report: %v\n%s", err, raw)
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "multipart/report" {
		t.Fatalf("report type: got %q %v", media, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for n := 1; ; n++ {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatalf("part %d: %v", n, err)
		}
		if n != 2 {
			continue
		}
		r := textproto.NewReader(bufio.NewReader(p))
		for {
			h, err := r.ReadMIMEHeader()
			if len(h) > 0 {
				groups = append(groups, h)
			}
			if err != nil {
				return params["report-type"], groups, m.Header.Get("To")
			}
		}
	}
}

func TestBounceByPost(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	s, clk := start(t, simulator.Options{BounceURL: h.URL})
	for _, to := range []string{"bounce@x.example", "delay@x.example", "complaint@x.example"} {
		if err := sendMail(t, s, to, "a-"+to[:5], "http://127.0.0.1:1"); err != nil {
			t.Fatal(err)
		}
	}
	clk.Advance(20 * time.Second)
	got := map[string]textproto.MIMEHeader{}
	for range 5 { // also the arrival of the mail that was complained about
		r := h.next(t)
		kind, groups, to := parseReport(t, r.raw)
		last := groups[len(groups)-1]
		got[kind+" "+last.Get("Action")] = last
		if kind == "delivery-status" && groups[0].Get("Original-Envelope-Id") == "" {
			t.Errorf("report without envelope id: %v", groups)
		}
		if want := "<" + r.header.Get("X-Envelope-To") + ">"; to != want {
			t.Errorf("report to %s, want %s", to, want)
		}
	}
	if f := got["delivery-status failed"]; f.Get("Status") != "5.1.1" || f.Get("Final-Recipient") != "rfc822; bounce@x.example" {
		t.Errorf("failed: got %v", f)
	}
	if got["delivery-status delayed"] == nil || got["delivery-status delivered"] == nil {
		t.Errorf("delay: got %v", got)
	}
	if c := got["feedback-report "]; c.Get("Feedback-Type") != "abuse" || c.Get("Original-Mail-From") != "<b+a-compl@bounce.loa.example>" {
		t.Errorf("complaint: got %v", c)
	}
	if r := s.Ledger().ByKey("smtp", "a-bounc@loa.example")[0]; !r.Failed || r.DeliveredAt != 0 {
		t.Errorf("bounce: got ledger %+v", r)
	}
}

// TestNotify: a server reports what the sender asked for, and no more (RFC 3461, section 4.1); what became of the mail is the same.
func TestNotify(t *testing.T) {
	t.Parallel()
	type ask = []smtp.DSNNotify
	h := newHook(t, nil)
	s, clk := start(t, simulator.Options{BounceURL: h.URL})
	c, err := smtp.Dial(s.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want := map[string]int{}
	for i, x := range []struct {
		to      string
		notify  ask
		reports string
	}{
		{"an", nil, ""}, {"bounce", nil, "failed"}, {"delay", nil, "delayed"},
		{"an", ask{smtp.DSNNotifyFailure}, ""}, {"an", ask{smtp.DSNNotifySuccess}, "delivered"}, {"bounce", ask{smtp.DSNNotifySuccess}, ""}, {"bounce", ask{smtp.DSNNotifyNever}, ""}, {"soft", ask{smtp.DSNNotifyDelayed}, ""},
		{"delay", ask{smtp.DSNNotifyDelayed, smtp.DSNNotifySuccess}, "delayed delivered"}, {"delay", ask{smtp.DSNNotifySuccess}, "delivered"},
	} {
		to := fmt.Sprintf("%s+%d@x.example", x.to, i)
		if err := sendAsking(c, to, fmt.Sprint("n", i), "", x.notify...); err != nil {
			t.Fatal(err)
		}
		for _, action := range strings.Fields(x.reports) {
			want[action+" rfc822;"+to]++
		}
	}
	clk.Advance(20 * time.Second)
	got := map[string]int{}
	for range want {
		_, groups, _ := parseReport(t, h.next(t).raw)
		last := groups[len(groups)-1]
		got[last.Get("Action")+" "+last.Get("Original-Recipient")]++
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for i, delivered := range map[int]bool{0: true, 3: true, 5: false, 6: false, 7: false} {
		eventually(t, "the end on record", func() bool {
			r := s.Ledger().ByKey("smtp", fmt.Sprintf("n%d@loa.example", i))[0]
			return r.Failed != delivered && (r.DeliveredAt != 0) == delivered
		})
	}
}

// mailSink takes what bounces by SMTP.
type mailSink struct {
	from, to string
	got      chan string
}

func (k *mailSink) NewSession(*smtp.Conn) (smtp.Session, error) { return k, nil }
func (k *mailSink) Mail(from string, _ *smtp.MailOptions) error { k.from = from; return nil }
func (k *mailSink) Rcpt(to string, _ *smtp.RcptOptions) error   { k.to = to; return nil }
func (k *mailSink) Reset()                                      {}
func (k *mailSink) Logout() error                               { return nil }
func (k *mailSink) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	k.got <- string(raw)
	return err
}

func TestBounceBySMTP(t *testing.T) {
	t.Parallel()
	sink := &mailSink{got: make(chan string, 1)}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(sink)
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	s, clk := start(t, simulator.Options{BounceSMTP: ln.Addr().String()})
	if err := sendMail(t, s, "bounce@x.example", "att1", ""); err != nil {
		t.Fatal(err)
	}
	clk.Advance(6 * time.Second)
	select {
	case raw := <-sink.got:
		if kind, _, _ := parseReport(t, raw); kind != "delivery-status" || sink.from != "" || sink.to != "b+att1@bounce.loa.example" {
			t.Errorf("got %s from %q to %q", kind, sink.from, sink.to)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("no bounce came")
	}
}

func TestMailPeople(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var hits []string
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		hits = append(hits, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
		mu.Unlock()
	}))
	t.Cleanup(site.Close)
	s, clk := start(t, simulator.Options{})
	for _, who := range []string{"open", "click", "unsub", "mpp", "scanner"} {
		if err := sendMail(t, s, who+"@x.example", who, site.URL); err != nil {
			t.Fatal(err)
		}
	}
	clk.Advance(30 * time.Second)
	want := []string{"GET /c/1?a=1&b=2", "GET /c/1?a=1&b=2", "GET /o/1", "GET /o/1", "GET /o/1", "HEAD /c/1?a=1&b=2", "POST /u/1 List-Unsubscribe=One-Click"}
	eventually(t, "seven requests", func() bool { mu.Lock(); defer mu.Unlock(); return len(hits) >= len(want) })
	mu.Lock()
	slices.Sort(hits)
	if !slices.Equal(hits, want) {
		t.Errorf("got %q, want %q", hits, want)
	}
	mu.Unlock()
	eventually(t, "unsubscribed on record", func() bool { return s.Ledger().ByKey("smtp", "unsub@loa.example")[0].Unsubscribed })
	eventually(t, "clicked on record", func() bool { return s.Ledger().ByKey("smtp", "click@loa.example")[0].Clicked })
	if r := s.Ledger().ByKey("smtp", "mpp@loa.example")[0]; r.Read {
		t.Errorf("a proxy's fetch counts as read: %+v", r)
	}
}

func TestMailCheckReport(t *testing.T) {
	t.Parallel()
	if got := simulator.CheckMail([]byte(strings.ReplaceAll(fmt.Sprintf(mailText, "a@b", "k", "http://x"), "%", ""))); len(got) != 0 {
		t.Errorf("good mail: got problems %q", got)
	}
	bad := "From: a\nTo: b\r\nSubject: c\r\nDate: gestern\r\n\r\n" + strings.Repeat("x", 1200) + "\r\n"
	got := strings.Join(simulator.CheckMail([]byte(bad)), "; ")
	for _, want := range []string{"1 lines end without CR", "longer than 998", "Message-ID is missing", "List-Unsubscribe is missing", "Date is not RFC 5322"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want it to contain %q", got, want)
		}
	}
}

func TestPipelinedMail(t *testing.T) {
	t.Parallel()
	s, _ := start(t, simulator.Options{})
	c, err := net.Dial("tcp", s.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	r := textproto.NewReader(bufio.NewReader(c))
	say := func(text string, codes ...int) {
		t.Helper()
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			if _, msg, err := r.ReadResponse(code); err != nil {
				t.Fatalf("want %d, got %v %s", code, err, msg)
			}
		}
	}
	say("", 220)
	say("EHLO localhost\r\n", 250)
	for i := range 3 {
		say("MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n", 250, 250, 354)
		say(fmt.Sprintf("Message-ID: <p%d@b.example>\r\n\r\nhi\r\n.\r\n", i), 250)
	}
	say("MAIL FROM:<a@b.example>\r\nRCPT TO:<unknown@d.example>\r\nDATA\r\nRSET\r\n", 250, 550, 502, 250)
	if n := s.Ledger().Count("smtp", "accepted"); n != 3 {
		t.Errorf("got %d accepted, want 3", n)
	}
}

// TestMailBodies sends bodies that try the end mark and the dots, waiting for 354 and not waiting, in one piece and byte by byte: what is kept must be the same.
func TestMailBodies(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"empty": "", "one line": "a\r\n", "dots": ".\r\n", "dot lines": ".a\r\nb\r\n..c\r\n.\r\n", "bare ends": "a\n.\nb\r\n", "header": "Message-ID: <x@y>\r\n\r\nhi\r\n",
		"long": strings.Repeat("Xin chào\r\n", 9000), "DATA inside": "x\r\nDATA\r\ny\r\nDATA\r\n",
	} {
		stuffed := strings.ReplaceAll("\r\n"+body, "\r\n.", "\r\n..")[2:]
		for _, how := range []string{"waiting", "not waiting", "byte by byte"} {
			if how == "byte by byte" && len(body) > 1000 || how == "not waiting" && name == "DATA inside" {
				continue
			}
			s, _ := start(t, simulator.Options{Inspect: true})
			c, err := net.Dial("tcp", s.SMTPAddr())
			if err != nil {
				t.Fatal(err)
			}
			_ = c.SetDeadline(time.Now().Add(5 * time.Second))
			r := textproto.NewReader(bufio.NewReader(c))
			want := func(code int) {
				t.Helper()
				if _, msg, err := r.ReadResponse(code); err != nil {
					t.Fatalf("%s, %s: want %d, got %v %s", name, how, code, err, msg)
				}
			}
			want(220)
			text := "HELO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
			tail := stuffed + ".\r\nNOOP\r\n"
			if how == "not waiting" {
				text, tail = text+tail, ""
			}
			_, _ = io.WriteString(c, text)
			want(250)
			want(250)
			want(250)
			want(354)
			if how == "byte by byte" {
				for i := range len(tail) {
					_, _ = c.Write([]byte{tail[i]})
				}
			} else {
				_, _ = io.WriteString(c, tail)
			}
			want(250)
			want(250)
			c.Close()
			if got := s.Inspected(); len(got) != 1 || got[0].Raw != body {
				t.Errorf("%s, %s: got %+v, want %q", name, how, got, body)
			}
		}
	}
}
