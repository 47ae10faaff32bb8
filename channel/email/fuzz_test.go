package email

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/mailhook"
	"github.com/loa-project/loa/provider/smtp"
)

// signer is a hook of one service with a way to make posts that it believes.
type signer struct {
	hook *Hook
	post func(f testing.TB, event []byte) (*http.Request, []byte)
}

func signers(f testing.TB) map[mailhook.Service]signer {
	f.Helper()
	plain := func([]byte) *http.Request { return httptest.NewRequest(http.MethodPost, "/hooks/smtp/t", nil) }
	stamp := fmt.Sprint(now.Unix())
	hook := func(s mailhook.Service) *Hook {
		return &Hook{VERPSecret: []byte("s"), Now: clockNow, Service: s, Secret: "p", Username: "loa", Claim: func(context.Context, string, []byte) (bool, error) { return true, nil }}
	}
	out := map[mailhook.Service]signer{
		mailhook.Postmark: {hook(mailhook.Postmark), func(_ testing.TB, event []byte) (*http.Request, []byte) {
			r := plain(event)
			r.SetBasicAuth("loa", "p")
			return r, event
		}},
		mailhook.Mailgun: {hook(mailhook.Mailgun), func(_ testing.TB, event []byte) (*http.Request, []byte) {
			mac := hmac.New(sha256.New, []byte("p"))
			mac.Write([]byte(stamp + "t"))
			return plain(event), fmt.Appendf(nil, `{"signature":{"timestamp":%q,"token":"t","signature":%q},"event-data":%s}`, stamp, hex.EncodeToString(mac.Sum(nil)), event)
		}},
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	grid := hook(mailhook.SendGrid)
	grid.Key = &key.PublicKey
	out[mailhook.SendGrid] = signer{grid, func(f testing.TB, event []byte) (*http.Request, []byte) {
		sum := sha256.Sum256(append([]byte(stamp), event...))
		sign, err := key.Sign(nil, sum[:], crypto.SHA256) // the same for the same event
		if err != nil {
			f.Fatal(err)
		}
		r := plain(event)
		r.Header.Set("X-Twilio-Email-Event-Webhook-Timestamp", stamp)
		r.Header.Set("X-Twilio-Email-Event-Webhook-Signature", base64.StdEncoding.EncodeToString(sign))
		return r, event
	}}
	out[mailhook.SES] = amazon(f, hook(mailhook.SES))
	return out
}

// amazon is an SNS of our own: its certificate is the one that the hook fetches.
func amazon(f testing.TB, h *Hook) signer {
	f.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}, &x509.Certificate{SerialNumber: big.NewInt(1)}, &key.PublicKey, key)
	if err != nil {
		f.Fatal(err)
	}
	const topic = "arn:aws:sns:ap-southeast-1:123456789012:loa"
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	h.Amazon = &mailhook.Amazon{TopicARN: topic, Now: clockNow, Fetch: func(context.Context, string) ([]byte, error) { return cert, nil }}
	return signer{h, func(f testing.TB, event []byte) (*http.Request, []byte) {
		text := strings.ToValidUTF8(string(event), "?") // as JSON carries it
		at := now.Format(time.RFC3339)
		sum := sha256.Sum256([]byte("Message\n" + text + "\nMessageId\nm-1\nTimestamp\n" + at + "\nTopicArn\n" + topic + "\nType\nNotification\n"))
		sign, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
		if err != nil {
			f.Fatal(err)
		}
		body, err := json.Marshal(map[string]string{"Type": "Notification", "MessageId": "m-1", "TopicArn": topic, "Message": text, "Timestamp": at, "SignatureVersion": "2",
			"Signature": base64.StdEncoding.EncodeToString(sign), "SigningCertURL": "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-a.pem"})
		if err != nil {
			f.Fatal(err)
		}
		return httptest.NewRequest(http.MethodPost, "/hooks/smtp/t", nil), body
	}}
}

// FuzzHook signs whatever comes as each service does, so that it becomes receipts: what is not signed is refused, no receipt lies in a time to come or in none, and a machine's opening counts for
// nothing.
func FuzzHook(f *testing.F) {
	services := []mailhook.Service{mailhook.SES, mailhook.SendGrid, mailhook.Mailgun, mailhook.Postmark}
	for _, s := range []string{
		`{"eventType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"status":"5.1.1"}],"timestamp":"9999-12-31T23:59:59Z"},"mail":{"messageId":"x","tags":{"loa_key":["k"]}}}`,
		`{"eventType":"Open","open":{"timestamp":"0001-01-01T00:00:01Z","userAgent":"curl/8"},"mail":{"headers":[{"name":"Message-ID","value":"<k@shop.example>"}]}}`,
		`[{"event":"open","sg_machine_open":true,"loa_key":"k","timestamp":1e12},{"event":"bounce","type":"blocked","smtp-id":"<k@shop.example>"},null]`,
		`{"event":"failed","severity":"permanent","reason":"bounce","timestamp":-5,"delivery-status":{"code":550},"user-variables":{"loa_key":"k"}}`,
		`{"event":"clicked","timestamp":1e11,"client-info":{"user-agent":"python-requests/2"},"message":{"headers":{"message-id":"k@shop.example"}}}`,
		`{"RecordType":"Bounce","ID":1,"Type":"HardBounce","BouncedAt":"0000-01-01T00:00:00Z","Metadata":{"loa_key":"k"}}`,
		`{"RecordType":"Open","UserAgent":"Mozilla/5.0","ReceivedAt":"2999-01-01T00:00:00Z"}`, `{`, `null`, ``,
	} {
		for i := range services {
			f.Add(uint8(i), []byte(s))
		}
	}
	all := signers(f)
	f.Fuzz(func(t *testing.T, which uint8, event []byte) {
		service := services[int(which)%len(services)]
		s := all[service]
		r := httptest.NewRequest(http.MethodPost, "/hooks/smtp/t", nil)
		if list, err := s.hook.Read()(r, "", event); !errors.Is(err, message.ErrForged) || list != nil {
			t.Fatalf("%s: %q unsigned: got %+v %v, want ErrForged", service, event, list, err)
		}
		r, body := s.post(t, event)
		list, err := s.hook.Read()(r, "", body)
		if err != nil && (list != nil || errors.Is(err, message.ErrLater)) {
			t.Errorf("%s: %q: got %+v %v, want a refusal and no receipts", service, event, list, err)
		}
		for _, x := range list {
			if x.At.After(now) || x.At.Before(time.Unix(0, 0)) {
				t.Errorf("%s: %q: got the time %s, want one until now", service, event, x.At)
			}
			if !strings.HasPrefix(x.Event, string(service)+".") || x.ProviderID != "" || x.Chat != nil || strings.HasSuffix(x.Event, ".machine") && !x.Ignore {
				t.Errorf("%s: %q: got %+v", service, event, x)
			}
			if x.Fact == message.FactBounced && !x.Ignore && x.Class == "" {
				t.Errorf("%s: %q: a bounce without its class: %+v", service, event, x)
			}
		}
	})
}

// FuzzReport reads whatever mail comes back: a return path of ours names its message and no other, one that somebody else made up finds nothing, and no address is kept.
func FuzzReport(f *testing.F) {
	secret := []byte("s")
	status := "Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n"
	for _, s := range []string{
		"To: <" + smtp.VERPAddress(secret, "w9l9a1kdef", "bounce.example") + ">\r\n" + status + "\r\nFinal-Recipient: rfc822; an@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--B--\r\n",
		"To: <" + smtp.VERPAddress([]byte("guessed"), "w9l9a1kdef", "bounce.example") + ">\r\n" + status + "Original-Envelope-Id: w9l9a1kdef\r\n\r\nFinal-Recipient: rfc822; an@example.net\r\nAction: delivered\r\nStatus: an@example.net\r\n\r\n--B--\r\n",
		"Subject: x\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=B\r\n\r\n--B\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <w9l9a1kdef@shop.example>\r\n\r\n--B--\r\n",
		"Subject: Undelivered Mail Returned to Sender\r\nFrom: MAILER-DAEMON@mx\r\n\r\n550 5.1.1 <an@example.net> unknown\r\n", "x", "", "\r\n\r\n",
	} {
		f.Add("b+w9l9a1kdef.aaaaaaaaaa@bounce.example", []byte(s))
	}
	ours := smtp.VERPAddress(secret, "w1l2a1kabc", "bounce.example")
	theirs := smtp.VERPAddress([]byte("guessed"), "w1l2a1kabc", "bounce.example")
	f.Fuzz(func(t *testing.T, to string, body []byte) {
		bare, err := Report(secret, nil, body, now)
		if err != nil {
			if !errors.Is(err, smtp.ErrNoReport) || bare != (message.Receipt{}) {
				t.Errorf("%q: got %+v %v, want ErrNoReport and nothing", body, bare, err)
			}
			return
		}
		if !bare.At.Equal(now) || strings.Contains(bare.Raw, "@") || bare.ProviderID != "" {
			t.Errorf("%q: got %+v, want it now and without an address", body, bare)
		}
		if bounced := bare.Fact == message.FactBounced && !bare.Ignore; bounced != (bare.Event == string(smtp.KindBounce)) || bounced && bare.Class == "" {
			t.Errorf("%q: got %+v, want a bounce with its class", body, bare)
		}
		if got, _ := Report(secret, []string{ours}, body, now); got.Key != "w1l2a1kabc" {
			t.Errorf("%q to our return path: got the key %q, want w1l2a1kabc", body, got.Key)
		}
		if _, ok := smtp.ParseVERP(secret, to); ok {
			return
		}
		if got, _ := Report(secret, []string{to, theirs}, body, now); got.Key != bare.Key {
			t.Errorf("%q to %q and %q: got the key %q, want %q as without them", body, to, theirs, got.Key, bare.Key)
		}
	})
}
