package smtp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/loa-project/loa/internal/wiretest"
)

// dialogue plays a mail server that offers everything and keeps both sides of one connection: what it says after "S: ", what it hears after "C: ". over is closed when the connection ends.
func dialogue(t *testing.T) (address string, heard *strings.Builder, mail *bytes.Buffer, over chan struct{}) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	heard, mail, over = new(strings.Builder), new(bytes.Buffer), make(chan struct{})
	go func() {
		defer close(over)
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		say := func(text string) {
			for line := range strings.Lines(text) {
				heard.WriteString("S: " + strings.TrimSuffix(line, "\r\n") + "\n")
			}
			fmt.Fprint(c, text)
		}
		answers := map[string]string{
			"EHLO": "250-mx.shop.example\r\n250-SIZE 26214400\r\n250-PIPELINING\r\n250-DSN\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250 ENHANCEDSTATUSCODES\r\n",
			"AUTH": "235 2.7.0 Accepted\r\n", "DATA": "354 End data with <CR><LF>.<CR><LF>\r\n", "QUIT": "221 2.0.0 Bye\r\n",
		}
		say("220 mx.shop.example ESMTP\r\n")
		in := bufio.NewReader(c)
		for body := false; ; {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			heard.WriteString("C: " + strings.TrimSuffix(line, "\r\n") + "\n")
			word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch {
			case body && line != ".\r\n":
				mail.WriteString(strings.TrimPrefix(line, "."))
				continue
			case body:
				say("250 2.0.0 Ok: queued as 4XyZ12\r\n")
			case answers[word] != "":
				say(answers[word])
			default:
				say("250 2.1.0 Ok\r\n")
			}
			body = word == "DATA"
		}
	}()
	return ln.Addr().String(), heard, mail, over
}

// What differs from run to run in a signature: its time, and the signature itself, which may be folded over lines.
var (
	signTime  = regexp.MustCompile(`\bt=\d{10}\b`)
	signValue = regexp.MustCompile(`([ ;]b=)[A-Za-z0-9+/=]*(?:\nC:  [A-Za-z0-9+/=]+)*\n`)
)

// TestGoldenDialogue compares all that is said over one connection with the recorded dialogue: login, envelope with the return path of the message, and a signed mail that offers one-click
// unsubscribing. The mail that comes out at the other end carries a good signature over the unsubscribe fields.
func TestGoldenDialogue(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed([]byte("a seed of exactly 32 bytes, demo"))
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	m := sampleMail()
	m.HTML, m.Text = "<p>Chào anh An</p>\n.\n", "Chào anh An\n.\n"
	msg, err := Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	msg, err = SignDKIM(msg, DKIM{Domain: "shop.example", Selector: "loa", PrivateKeyPEM: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))})
	if err != nil {
		t.Fatal(err)
	}
	address, heard, got, over := dialogue(t)
	p := pool(t, Options{Addr: address, Username: "loa", Password: "demo-password", Hello: "shop.example", MaxConns: 1})
	r, err := p.Send(context.Background(), Envelope{From: VERPAddress([]byte("demo-secret"), "w1l2a1kabcdef", "bounce.shop.example"), To: "an@example.net", ENVID: "w1l2a1kabcdef"}, msg)
	if err != nil || r.QueueID != "4XyZ12" {
		t.Errorf("got %+v %v, want the queue's id", r, err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	<-over
	if !bytes.Equal(got.Bytes(), msg) {
		t.Errorf("the mail changed on the way: got\n%s\nwant\n%s", got, msg)
	}
	public := base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	v, err := dkim.VerifyWithOptions(got, &dkim.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{"v=DKIM1; k=ed25519; p=" + public}, nil }})
	if err != nil || len(v) != 1 || v[0].Err != nil || !strings.Contains(strings.ToLower(strings.Join(v[0].HeaderKeys, " ")), "list-unsubscribe list-unsubscribe-post") {
		t.Errorf("got %+v %v, want one good signature that covers the unsubscribe fields", v, err)
	}
	plain := base64.StdEncoding.EncodeToString([]byte("\x00loa\x00demo-password"))
	text := heard.String()
	text = signTime.ReplaceAllString(text, "t={time}")
	text = signValue.ReplaceAllString(text, "${1}{signature}\n")
	wiretest.File(t, "dialogue.golden", "RFC 5321 (SMTP), RFC 2920 (PIPELINING), RFC 3461 (DSN), RFC 4954 (AUTH), RFC 2369 and RFC 8058 (List-Unsubscribe, one click), RFC 6376 and RFC 8463 (DKIM)", strings.ReplaceAll(text, plain, "***"))
}
