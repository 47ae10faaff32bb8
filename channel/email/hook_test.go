package email

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/mailhook"
	"github.com/loa-project/loa/provider/smtp"
)

var now = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

func clockNow() time.Time { return now }

// TestReceipts: what a service says, in the ledger's words.
func TestReceipts(t *testing.T) {
	t.Parallel()
	const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"
	at := now.Add(-time.Minute)
	for name, c := range map[string]struct {
		in   mailhook.Event
		want message.Receipt
	}{
		"delivered":           {mailhook.Event{Key: "k", Kind: mailhook.Delivered, Word: "Delivery", At: at}, message.Receipt{Key: "k", Fact: message.FactDelivered, At: at}},
		"hard bounce":         {mailhook.Event{Key: "k", Kind: mailhook.Bounced, Hard: true, Class: provider.Recipient, Code: "5.1.1", At: at}, message.Receipt{Key: "k", Fact: message.FactBounced, Class: provider.Recipient, Code: "5.1.1", At: at}},
		"soft bounce":         {mailhook.Event{Key: "k", Kind: mailhook.Bounced, Class: provider.Recipient, Code: "5.2.2", At: at}, message.Receipt{Key: "k", Fact: message.FactBounced, Class: provider.Temporary, Code: "5.2.2", At: at}},
		"content":             {mailhook.Event{Key: "k", Kind: mailhook.Bounced, Class: provider.Content, At: at}, message.Receipt{Key: "k", Fact: message.FactBounced, Class: provider.Content, At: at}},
		"not sent":            {mailhook.Event{Key: "k", Kind: mailhook.Refused, Class: provider.Recipient, Code: "dropped", At: at}, message.Receipt{Key: "k", Fact: message.FactFailed, Class: provider.Recipient, Code: "dropped", At: at}},
		"still trying":        {mailhook.Event{Key: "k", Kind: mailhook.Delayed, At: at}, message.Receipt{Key: "k", Ignore: true, At: at}},
		"complaint":           {mailhook.Event{Key: "k", Kind: mailhook.Complained, At: at}, message.Receipt{Key: "k", Fact: message.FactComplained, At: at}},
		"a person opened":     {mailhook.Event{Key: "k", Kind: mailhook.Opened, Agent: chrome, At: at}, message.Receipt{Key: "k", Fact: message.FactOpened, At: at}},
		"nobody says who":     {mailhook.Event{Key: "k", Kind: mailhook.Opened, At: at}, message.Receipt{Key: "k", Fact: message.FactOpened, At: at}},
		"a machine opened":    {mailhook.Event{Key: "k", Kind: mailhook.Opened, Agent: chrome, Machine: true, At: at}, message.Receipt{Key: "k", Fact: message.FactOpened, Ignore: true, At: at}},
		"Apple's proxy":       {mailhook.Event{Key: "k", Kind: mailhook.Opened, Agent: "Mozilla/5.0", At: at}, message.Receipt{Key: "k", Fact: message.FactOpened, Ignore: true, At: at}},
		"a scanner clicked":   {mailhook.Event{Key: "k", Kind: mailhook.Clicked, Agent: "curl/8", At: at}, message.Receipt{Key: "k", Fact: message.FactClicked, Ignore: true, At: at}},
		"by Message-ID":       {mailhook.Event{MessageID: "k@shop.example", Kind: mailhook.Delivered, At: at}, message.Receipt{Key: "k", Fact: message.FactDelivered, At: at}},
		"no time":             {mailhook.Event{Key: "k", Kind: mailhook.Delivered}, message.Receipt{Key: "k", Fact: message.FactDelivered, At: now}},
		"a time to come":      {mailhook.Event{Key: "k", Kind: mailhook.Delivered, At: now.Add(time.Hour)}, message.Receipt{Key: "k", Fact: message.FactDelivered, At: now}},
		"opted out elsewhere": {mailhook.Event{Key: "k", Kind: mailhook.Unsubscribed, At: at}, message.Receipt{Key: "k", Fact: message.FactUnsubscribed, At: at}},
	} {
		got := receipt(mailhook.SES, &c.in, now)
		w := c.want
		if got.Key != w.Key || got.Ignore != w.Ignore || !w.Ignore && got.Fact != w.Fact || got.Class != w.Class || got.Code != w.Code || !got.At.Equal(w.At) {
			t.Errorf("%s: got %+v, want %+v", name, got, w)
		}
		if strings.Contains(got.Raw, "@") {
			t.Errorf("%s: an address is kept: %s", name, got.Raw)
		}
	}
}

func post(h *Hook, method, kind, body string) ([]message.Receipt, error) {
	r := httptest.NewRequest(method, "/hooks/smtp/t", nil)
	r.Header.Set("Content-Type", kind)
	r.SetBasicAuth("loa", "p")
	return h.Read()(r, "", []byte(body))
}

// TestHookKinds: report mails and webhooks share an address, and neither is taken for the other.
func TestHookKinds(t *testing.T) {
	t.Parallel()
	secret := []byte("s")
	bounce := "To: <" + smtp.VERPAddress(secret, "w1l2a1kabc", "bounce.example") + ">\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n" +
		"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; an@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--B--\r\n"
	h := &Hook{VERPSecret: secret, Now: clockNow, Service: mailhook.Postmark, Username: "loa", Secret: "p"}
	got, err := post(h, http.MethodPost, "message/rfc822", bounce)
	if err != nil || len(got) != 1 || got[0].Key != "w1l2a1kabc" || got[0].Fact != message.FactBounced {
		t.Errorf("a report mail: got %+v %v", got, err)
	}
	got, err = post(h, http.MethodPost, "application/json", `{"RecordType":"SpamComplaint","ID":1,"Type":"SpamComplaint","Metadata":{"loa_key":"k"}}`)
	if err != nil || len(got) != 1 || got[0].Fact != message.FactComplained || got[0].Key != "k" || got[0].Event != "postmark.SpamComplaint.SpamComplaint" {
		t.Errorf("a webhook: got %+v %v", got, err)
	}
	plain := &Hook{VERPSecret: secret, Now: clockNow}
	if got, err = post(plain, http.MethodPost, "application/octet-stream", bounce); err != nil || len(got) != 1 || got[0].Key != "w1l2a1kabc" {
		t.Errorf("a report mail at a plain server: got %+v %v", got, err)
	}
	if _, err = post(h, http.MethodGet, "application/json", ""); !errors.Is(err, message.ErrForged) {
		t.Errorf("GET: got %v, want ErrForged", err)
	}
	h.Secret = "other"
	if _, err = post(h, http.MethodPost, "application/json", `{"RecordType":"Delivery"}`); !errors.Is(err, message.ErrForged) {
		t.Errorf("wrong password: got %v, want ErrForged", err)
	}
}

// TestCheckLater: a certificate that cannot be had just now is no forgery; the service is asked to come again.
func TestCheckLater(t *testing.T) {
	t.Parallel()
	away := errors.New("no route to Amazon")
	h := &Hook{Now: clockNow, Service: mailhook.SES, Amazon: &mailhook.Amazon{TopicARN: "arn", Now: clockNow, Fetch: func(context.Context, string) ([]byte, error) { return nil, away }}}
	_, err := post(h, http.MethodPost, "text/plain; charset=UTF-8", `{"Type":"Notification","TopicArn":"arn","Message":"{}","Timestamp":"2026-11-21T04:00:00Z","SignatureVersion":"2","Signature":"AAAA","SigningCertURL":"https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-a.pem"}`)
	if !errors.Is(err, message.ErrLater) || errors.Is(err, message.ErrForged) {
		t.Errorf("got %v, want ErrLater", err)
	}
	if _, err = post(h, http.MethodPost, "text/plain", `not even JSON`); !errors.Is(err, message.ErrForged) {
		t.Errorf("no JSON: got %v, want ErrForged", err)
	}
}

// TestFeedback: a complaint closes the address everywhere, a wish to hear nothing more unsubscribes; what else a feedback loop tells is kept with its word and changes nothing.
func TestFeedback(t *testing.T) {
	t.Parallel()
	to := []string{smtp.VERPAddress([]byte("s"), "w1l2a1kabc", "bounce.example")}
	for word, want := range map[string]message.Receipt{"abuse": {Fact: message.FactComplained}, "fraud": {Fact: message.FactComplained}, "virus": {Fact: message.FactComplained}, "opt-out": {Fact: message.FactUnsubscribed},
		"not-spam": {Ignore: true}, "other": {Ignore: true}, "auth-failure": {Ignore: true}, "an@example.net": {Ignore: true}} {
		raw := "Subject: x\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=B\r\n\r\n--B\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: " + word + "\r\nVersion: 1\r\n\r\n--B--\r\n"
		got, err := Report([]byte("s"), to, []byte(raw), now)
		if err != nil || got.Key != "w1l2a1kabc" || got.Fact != want.Fact || got.Ignore != want.Ignore {
			t.Errorf("%s: got %+v %v, want %+v", word, got, err, want)
		}
		if told := strings.HasSuffix(got.Raw, " feedback="+word); told == strings.Contains(word, "@") {
			t.Errorf("%s: kept as %q, want the word and never an address", word, got.Raw)
		}
	}
}

// TestReportKeys: whose return path it was is believed first; what is about none of ours has no key that can be read.
func TestReportKeys(t *testing.T) {
	t.Parallel()
	secret := []byte("s")
	raw := []byte("Subject: x\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=B\r\n\r\n--B\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <w9l9a1kdef@shop.example>\r\n\r\n--B--\r\n")
	r, err := Report(secret, []string{smtp.VERPAddress(secret, "w1l2a1kabc", "bounce.example")}, raw, now)
	if err != nil || r.Key != "w1l2a1kabc" || r.Fact != message.FactComplained {
		t.Errorf("by return path: got %+v %v", r, err)
	}
	if r, err = Report(secret, []string{"fbl@bounce.example"}, raw, now); err != nil || r.Key != "w9l9a1kdef" {
		t.Errorf("by Message-ID: got %+v %v", r, err)
	}
}
