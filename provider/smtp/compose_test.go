package smtp

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/jhillyerd/enmime/v2"
)

func sampleMail() Message {
	return Message{
		From: "tin@shop.example", FromName: "Cửa hàng Mẫu", To: "an@example.net", ToName: "Nguyễn Văn An", ReplyTo: "hotro@shop.example",
		Subject: "[QC] Ưu đãi tháng 11 dành riêng cho anh chị, giảm đến 50% mọi sản phẩm chăm sóc da và tóc",
		HTML:    "<html><body><p>Chào anh An,</p>\n<p>" + strings.Repeat("Giảm giá đến 50% cho mọi sản phẩm = rẻ hơn. ", 80) + "</p>\n.\nFrom here   \n</body></html>",
		Text:    "Chào anh An,\n" + strings.Repeat("Giảm giá đến 50%. ", 30) + "\n.\n..\nFrom: x\ncuối dòng \t\n",
		Date:    time.Date(2026, 11, 21, 8, 30, 0, 0, time.FixedZone("+07", 7*3600)), MessageID: "w1l2a1kabcdef@shop.example",
		ListUnsubscribeURL: "https://loa.example/u/1/abcdefghijklmnopqrstuvwxyz", ListUnsubscribeMailto: "u+token@bounce.shop.example",
		Headers: []Header{{"Feedback-ID", "c1:w1:broadcast:loa"}, {"X-Note", "Ghi chú"}},
	}
}

// lines checks what every mail must keep: CRLF only, ASCII only, no line over 78 characters.
func lines(t *testing.T, msg []byte) {
	t.Helper()
	for i, line := range strings.Split(strings.TrimSuffix(string(msg), "\r\n"), "\r\n") {
		if strings.ContainsAny(line, "\r\n") || len(line) > 78 || !isASCII(line) {
			t.Errorf("line %d is not allowed: %q", i+1, line)
		}
	}
	if !bytes.HasSuffix(msg, []byte("\r\n")) {
		t.Error("mail does not end with a line end")
	}
}

func TestCompose(t *testing.T) {
	t.Parallel()
	m := sampleMail()
	msg, err := Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	lines(t, msg)
	e, err := enmime.ReadEnvelope(bytes.NewReader(msg))
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Errors) > 0 {
		t.Errorf("parser complains: %v", e.Errors)
	}
	for key, want := range map[string]string{
		"Subject": m.Subject, "From": `Cửa hàng Mẫu <tin@shop.example>`, "To": `Nguyễn Văn An <an@example.net>`, "Reply-To": "hotro@shop.example", "Message-ID": "<w1l2a1kabcdef@shop.example>",
		"Date": "Sat, 21 Nov 2026 08:30:00 +0700", "List-Unsubscribe": "<https://loa.example/u/1/abcdefghijklmnopqrstuvwxyz>, <mailto:u+token@bounce.shop.example>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Feedback-Id": "c1:w1:broadcast:loa", "X-Note": "Ghi chú", "Mime-Version": "1.0",
	} {
		if got := e.GetHeader(key); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	if got := strings.ReplaceAll(e.Text, "\r\n", "\n"); got != m.Text {
		t.Errorf("text: got %q, want %q", got, m.Text)
	}
	if got := strings.ReplaceAll(e.HTML, "\r\n", "\n"); got != m.HTML {
		t.Errorf("html: got %q, want %q", got, m.HTML)
	}
	again, _ := Compose(m)
	if !bytes.Equal(msg, again) {
		t.Error("the same message gave other bytes")
	}
	for _, one := range []Message{{HTML: m.HTML}, {Text: m.Text}} {
		one.From, one.To, one.MessageID, one.Date = "a@b.c", "d@e.f", "x@y", m.Date
		msg, err := Compose(one)
		if err != nil {
			t.Fatal(err)
		}
		lines(t, msg)
		e, err := enmime.ReadEnvelope(bytes.NewReader(msg))
		if err != nil || (one.HTML != "") != (e.HTML != "") || strings.Contains(string(msg), "multipart") {
			t.Errorf("one part: %v, html %d bytes", err, len(e.HTML))
		}
	}
}

func TestComposeRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Message){
		"line end in subject":   func(m *Message) { m.Subject = "x\r\nBcc: evil@example.com" },
		"line feed in name":     func(m *Message) { m.FromName = "x\ny" },
		"NUL in name":           func(m *Message) { m.ToName = "x\x00y" },
		"CR in own field":       func(m *Message) { m.Headers = []Header{{"X-A", "x\ry"}} },
		"colon in field name":   func(m *Message) { m.Headers = []Header{{"X: y", "x"}} },
		"empty field name":      func(m *Message) { m.Headers = []Header{{"", "x"}} },
		"bad recipient":         func(m *Message) { m.To = "an@example.net>\r\nBcc: x" },
		"no sender":             func(m *Message) { m.From = "" },
		"bad reply-to":          func(m *Message) { m.ReplyTo = "x" },
		"bad message id":        func(m *Message) { m.MessageID = "a b@c" },
		"no message id":         func(m *Message) { m.MessageID = "" },
		"bad unsubscribe":       func(m *Message) { m.ListUnsubscribeURL = "https://x/\r\n" },
		"bad mailto":            func(m *Message) { m.ListUnsubscribeMailto = "x y@z" },
		"not UTF-8":             func(m *Message) { m.Subject = "\xff" },
		"unicode line end":      func(m *Message) { m.Subject = "a\u2028b" },
		"no body":               func(m *Message) { m.HTML, m.Text = "", "" },
		"two recipients in one": func(m *Message) { m.To = "a@b.c,d@e.f" },
	} {
		m := sampleMail()
		change(&m)
		if msg, err := Compose(m); err == nil {
			t.Errorf("%s was accepted: %q", name, msg[:200])
		} else if name != "no body" && !errors.Is(err, ErrHeader) {
			t.Errorf("%s: got %v, want ErrHeader", name, err)
		}
	}
}

func TestMessageIDOf(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"w1l2", "a@Shop.example", "w1l2@shop.example"}, {"a b", "x@y.z", "YSBi@y.z"}, {"k", "none", "k@localhost"}} {
		if got := MessageIDOf(c[0], c[1]); got != c[2] {
			t.Errorf("got %s, want %s", got, c[2])
		}
	}
}

func FuzzCompose(f *testing.F) {
	f.Add("Chào", "An \"x\"", "<p>Xin chào</p>\r\n.\r\n", "text")
	f.Add("=?utf-8?q?x?=", "", "a  \n", "")
	f.Add(strings.Repeat("đ", 100), "a,b", strings.Repeat("=", 200), "\r")
	f.Fuzz(func(t *testing.T, subject, display, html, text string) {
		msg, err := Compose(Message{From: "a@b.c", FromName: display, To: "d@e.f", Subject: subject, HTML: html, Text: text, MessageID: "x@y", Date: time.Unix(0, 0).UTC()})
		if err != nil {
			return
		}
		head, _, _ := bytes.Cut(msg, []byte("\r\n\r\n"))
		if got := len(strings.Split(string(head), "\r\n")); got > 60+len(subject)/20+len(display)/20 {
			t.Errorf("got %d header lines", got)
		}
		e, err := enmime.ReadEnvelope(bytes.NewReader(msg))
		if err != nil {
			t.Fatalf("%v in %q", err, msg)
		}
		if got, want := strings.Join(strings.Fields(e.GetHeader("Subject")), " "), strings.Join(strings.Fields(subject), " "); got != want {
			t.Errorf("subject: got %q, want %q", got, want)
		}
		for _, line := range strings.Split(string(msg), "\r\n") {
			if strings.ContainsAny(line, "\r\n") || len(line) > 998 || !isASCII(line) {
				t.Errorf("line is not allowed: %q", line)
			}
		}
	})
}

func keys(t testing.TB) (rsaPEM, edPEM []byte, records map[string]string) {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := x509.MarshalPKIXPublicKey(&r.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	edPub, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(ed)
	if err != nil {
		t.Fatal(err)
	}
	rsaPEM = pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(r)})
	edPEM = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return rsaPEM, edPEM, map[string]string{
		"r._domainkey.shop.example": "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(pub),
		"e._domainkey.shop.example": "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(edPub),
	}
}

func TestSign(t *testing.T) {
	t.Parallel()
	rsaPEM, edPEM, records := keys(t)
	msg, err := Compose(sampleMail())
	if err != nil {
		t.Fatal(err)
	}
	lookup := &dkim.VerifyOptions{LookupTXT: func(domain string) ([]string, error) { return []string{records[domain]}, nil }}
	for selector, key := range map[string][]byte{"r": rsaPEM, "e": edPEM} {
		signedMail, err := SignDKIM(msg, DKIM{Domain: "shop.example", Selector: selector, PrivateKeyPEM: string(key)})
		if err != nil {
			t.Fatal(err)
		}
		v, err := dkim.VerifyWithOptions(bytes.NewReader(signedMail), lookup)
		if err != nil || len(v) != 1 || v[0].Err != nil {
			t.Fatalf("%s: got %+v, %v, want one good signature", selector, v, err)
		}
		covered := strings.ToLower(strings.Join(v[0].HeaderKeys, " "))
		for _, want := range []string{"from from", "subject subject", "list-unsubscribe", "list-unsubscribe-post", "message-id", "date", "to"} {
			if !strings.Contains(covered, want) {
				t.Errorf("%s: got %q, want it to cover %q", selector, covered, want)
			}
		}
		for _, evil := range []string{"Subject: other\r\n", "From: evil@example.com\r\n", "List-Unsubscribe: <https://evil.example>\r\n", "List-Unsubscribe-Post: changed", "List-Unsubscribe-Post: gone"} {
			changed := append([]byte(evil), signedMail...)
			switch post := []byte("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"); {
			case strings.HasSuffix(evil, "gone"):
				changed = bytes.Replace(signedMail, post, nil, 1)
			case strings.HasSuffix(evil, "changed"):
				changed = bytes.Replace(signedMail, post, []byte("List-Unsubscribe-Post: List-Unsubscribe=Two-Click\r\n"), 1)
			case strings.HasPrefix(evil, "List"):
				changed = bytes.Replace(signedMail, []byte("loa.example/u"), []byte("evil.example/u"), 1)
			}
			if bytes.Equal(changed, signedMail) {
				t.Fatalf("%s: nothing was changed for %q", selector, evil)
			}
			if v, err := dkim.VerifyWithOptions(bytes.NewReader(changed), lookup); err == nil && len(v) == 1 && v[0].Err == nil {
				t.Errorf("%s: a mail with %q was verified", selector, evil)
			}
		}
	}
	for _, bad := range []string{"", "no pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := NewSigner("a", "b", []byte(bad)); err == nil {
			t.Errorf("key %q was accepted", bad)
		}
	}
	if _, err := NewSigner("a b", "c", rsaPEM); err == nil {
		t.Error("a domain with a space was accepted")
	}
}

func BenchmarkCompose(b *testing.B) {
	m := sampleMail()
	m.HTML = strings.Repeat(`<tr><td style="padding:8px">Giảm giá đến 50% cho mọi sản phẩm</td></tr>`+"\n", 64)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compose(m); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(m.HTML)), "html-bytes")
}

func BenchmarkNewSigner(b *testing.B) {
	rsaPEM, _, _ := keys(b)
	for b.Loop() {
		if _, err := NewSigner("shop.example", "x", rsaPEM); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	rsaPEM, edPEM, _ := keys(b)
	msg, err := Compose(sampleMail())
	if err != nil {
		b.Fatal(err)
	}
	for name, key := range map[string][]byte{"rsa2048": rsaPEM, "ed25519": edPEM} {
		b.Run(name, func(b *testing.B) {
			s, err := NewSigner("shop.example", "x", key)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := s.Sign(msg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestComposeRefusesHeaders(t *testing.T) {
	t.Parallel()
	base := Message{From: "a@shop.example", To: "b@example.com", Subject: "x", Text: "x", MessageID: "k@shop.example"}
	long := strings.Repeat("x", 997-len("X-Note: "))
	for _, c := range []struct {
		name, value string
		ok          bool
	}{
		{"X-Note", "xin chào", true}, {"Feedback-ID", "1:2:3", true}, {"X-Note", long + "x", true}, {"X-Note", long + "xx", false}, {"X-Note", strings.Repeat("word ", 400), true},
		{"X-Note", strings.Repeat("ă", 2000), true}, {"X-Note", "a\r\nBcc: c@example.com", false},
		{"bcc", "c@example.com", false}, {"From", "x@example.com", false}, {"Content-Type", "text/html", false}, {"DKIM-Signature", "v=1", false}, {"List-Unsubscribe-Post", "x", false}, {"Return-Path", "<>", false},
	} {
		m := base
		m.Headers = []Header{{c.name, c.value}}
		raw, err := Compose(m)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ErrHeader) {
			t.Errorf("%s of %d bytes: got %v, want allowed = %t", c.name, len(c.value), err, c.ok)
		}
		for _, line := range strings.Split(string(raw), "\r\n") {
			if len(line) > 998 {
				t.Errorf("%s: a line of %d bytes", c.name, len(line))
			}
		}
	}
	m := base
	m.Subject = strings.Repeat("x", 1200)
	if _, err := Compose(m); !errors.Is(err, ErrHeader) {
		t.Errorf("long subject: got %v, want %v", err, ErrHeader)
	}
	m = base
	m.ListUnsubscribeURL = "https://shop.example/" + strings.Repeat("x", 1200)
	if _, err := Compose(m); !errors.Is(err, ErrHeader) {
		t.Errorf("long address: got %v, want %v", err, ErrHeader)
	}
}
