package mailhook

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // as SNS signs
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/provider"
)

var now = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

// topic is an SNS of our own: a key, its certificate and the settings that trust the real addresses.
type topic struct {
	key     *rsa.PrivateKey
	cert    []byte
	fetched []string
}

func newTopic(t *testing.T) (*topic, *Amazon) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"}, NotBefore: now, NotAfter: now.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	x := &topic{key: key, cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	return x, &Amazon{TopicARN: "arn:aws:sns:ap-southeast-1:123456789012:loa", Now: func() time.Time { return now }, Fetch: x.fetch}
}

func (x *topic) fetch(_ context.Context, address string) ([]byte, error) {
	x.fetched = append(x.fetched, address)
	return x.cert, nil
}

func (x *topic) post(t *testing.T, version, message string, change func(*notification)) []byte {
	t.Helper()
	n := &notification{Type: "Notification", MessageID: "m-1", TopicARN: "arn:aws:sns:ap-southeast-1:123456789012:loa", Message: message, Timestamp: now.Format(time.RFC3339), SignatureVersion: version,
		SigningCertURL: "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-abc123.pem"}
	if change != nil {
		change(n)
	}
	kind, sum := crypto.SHA256, []byte(nil)
	if version == "1" {
		h := sha1.Sum(n.text()) //nolint:gosec // as SNS signs
		kind, sum = crypto.SHA1, h[:]
	} else {
		h := sha256.Sum256(n.text())
		sum = h[:]
	}
	sign, err := rsa.SignPKCS1v15(nil, x.key, kind, sum)
	if err != nil {
		t.Fatal(err)
	}
	if n.Signature == "" {
		n.Signature = base64.StdEncoding.EncodeToString(sign)
	}
	body, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

const sesMail = `"mail":{"messageId":"ses-1","tags":{"loa_key":["w1l2a1kabc"]},"headers":[{"name":"Message-ID","value":"<w1l2a1kabc@shop.example>"}]}`

func TestSES(t *testing.T) {
	t.Parallel()
	x, s := newTopic(t)
	for message, want := range map[string]Event{
		`{"eventType":"Delivery",` + sesMail + `,"delivery":{"timestamp":"2026-11-21T03:59:00.000Z","smtpResponse":"250 ok"}}`:                                                              {Kind: Delivered},
		`{"notificationType":"Bounce",` + sesMail + `,"bounce":{"bounceType":"Permanent","bounceSubType":"NoEmail","bouncedRecipients":[{"status":"5.1.1","diagnosticCode":"smtp; 550"}]}}`: {Kind: Bounced, Hard: true, Class: provider.Recipient, Code: "5.1.1"},
		`{"eventType":"Bounce",` + sesMail + `,"bounce":{"bounceType":"Transient","bounceSubType":"MailboxFull","bouncedRecipients":[{"status":"5.2.2"}]}}`:                                 {Kind: Bounced, Class: provider.Recipient, Code: "5.2.2"},
		`{"eventType":"Bounce",` + sesMail + `,"bounce":{"bounceType":"Transient","bounceSubType":"ContentRejected","bouncedRecipients":[]}}`:                                               {Kind: Bounced, Class: provider.Content, Code: "ContentRejected"},
		`{"eventType":"Complaint",` + sesMail + `,"complaint":{"complaintFeedbackType":"abuse"}}`:                                                                                           {Kind: Complained, Code: "abuse"},
		`{"eventType":"Complaint",` + sesMail + `,"complaint":{"complaintFeedbackType":"not-spam"}}`:                                                                                        {Kind: Other, Code: "not-spam"},
		`{"eventType":"Reject",` + sesMail + `,"reject":{"reason":"Bad content"}}`:                                                                                                          {Kind: Refused, Class: provider.Content, Code: "Reject"},
		`{"eventType":"Send",` + sesMail + `}`: {Kind: Other},
		`{"eventType":"Subscription",` + sesMail + `,"subscription":{"contactList":"l","source":"UnsubscribeHeader","newTopicPreferences":{"unsubscribeAll":true,"topicSubscriptionStatus":[]},"oldTopicPreferences":{"unsubscribeAll":false}}}`: {Kind: Unsubscribed},
		`{"eventType":"Subscription",` + sesMail + `,"subscription":{"contactList":"l","source":"Preferences","newTopicPreferences":{"unsubscribeAll":false},"oldTopicPreferences":{"unsubscribeAll":true}}}`:                                    {Kind: Other},
		`{"eventType":"Subscription",` + sesMail + `}`: {Kind: Other},
	} {
		for _, version := range []string{"1", "2"} {
			got, err := s.Read(context.Background(), x.post(t, version, message, nil))
			if err != nil || len(got) != 1 {
				t.Fatalf("%s: got %v %v", message, got, err)
			}
			e := got[0]
			if e.Kind != want.Kind || e.Hard != want.Hard || e.Class != want.Class || e.Code != want.Code || e.Key != "w1l2a1kabc" || e.MessageID != "w1l2a1kabc@shop.example" || e.ID != "m-1" {
				t.Errorf("%s: got %+v, want %+v", message, e, want)
			}
		}
	}
}

func TestForgedSNS(t *testing.T) {
	t.Parallel()
	x, s := newTopic(t)
	fetched := 0
	for name, change := range map[string]func(*notification){
		"another topic": func(n *notification) { n.TopicARN += "x" },
		"old":           func(n *notification) { n.Timestamp = now.Add(-2 * time.Hour).Format(time.RFC3339) },
		"no time":       func(n *notification) { n.Timestamp = "" },
		"foreign host": func(n *notification) {
			n.SigningCertURL = "https://sns.ap-southeast-1.amazonaws.com.evil.example/SimpleNotificationService-a.pem"
		},
		"plain http": func(n *notification) {
			n.SigningCertURL = "http://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-a.pem"
		},
		"another file": func(n *notification) { n.SigningCertURL = "https://sns.ap-southeast-1.amazonaws.com/latest/meta-data" },
		"user in address": func(n *notification) {
			n.SigningCertURL = "https://sns.ap-southeast-1.amazonaws.com@evil.example/SimpleNotificationService-a.pem"
		},
		"another signature": func(n *notification) { n.Signature = base64.StdEncoding.EncodeToString(make([]byte, 256)) },
		"unknown version":   func(n *notification) { n.SignatureVersion = "3" },
		"confirm elsewhere": func(n *notification) {
			n.Type, n.SubscribeURL = "SubscriptionConfirmation", "https://evil.example/?Action=ConfirmSubscription"
		},
	} {
		if _, err := s.Read(context.Background(), x.post(t, "2", `{}`, change)); !errors.Is(err, ErrForged) {
			t.Errorf("%s: got %v, want ErrForged", name, err)
		}
	}
	for _, address := range x.fetched {
		if !strings.HasPrefix(address, "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-") {
			t.Errorf("fetched %s", address)
		}
		fetched++
	}
	if fetched == 0 {
		t.Error("no certificate was looked at")
	}
	confirm := "https://sns.ap-southeast-1.amazonaws.com/?Action=ConfirmSubscription&Token=x"
	if _, err := s.Read(context.Background(), x.post(t, "2", "You have chosen…", func(n *notification) { n.Type, n.SubscribeURL, n.Token = "SubscriptionConfirmation", confirm, "x" })); err != nil || x.fetched[len(x.fetched)-1] != confirm {
		t.Errorf("a confirmation: got %v, fetched %v", err, x.fetched)
	}
}

// TestSendGrid begins with the vector of the fact sheet, checked in Go and OpenSSL.
func TestSendGrid(t *testing.T) {
	t.Parallel()
	key, err := SendGridKey("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAaqcDkTtDk0O0uR1GQMMyoiEfsBIjMwXwB4xtB8IM96X0PfXd4P9hb2iyTLoh4SnWtEO6wg3KfSSiy6iGPP7lw==")
	if err != nil {
		t.Fatal(err)
	}
	head := http.Header{}
	head.Set("X-Twilio-Email-Event-Webhook-Timestamp", "1700000000")
	head.Set("X-Twilio-Email-Event-Webhook-Signature", "MEUCIEzxMu8v7ThdHDb8m9O95BvEb65V7WoFjNnp8VJJ9wCHAiEAyvnWB/gs1/+2ava19LA3vr3u4Y3FPeTSQYg9HphBpzY=")
	body := `[{"email":"a@example.com","event":"delivered","timestamp":1700000000,"sg_event_id":"e1","sg_message_id":"m1"}]`
	got, err := ReadSendGrid(key, head, []byte(body), time.Unix(1700000100, 0))
	if err != nil || len(got) != 1 || got[0].Kind != Delivered || got[0].ID != "e1" || got[0].At.Unix() != 1700000000 {
		t.Errorf("got %+v %v, want delivered e1", got, err)
	}
	for name, try := range map[string]func() ([]Event, error){
		"another body": func() ([]Event, error) { return ReadSendGrid(key, head, []byte(body+" "), time.Unix(1700000100, 0)) },
		"old":          func() ([]Event, error) { return ReadSendGrid(key, head, []byte(body), time.Unix(1700001000, 0)) },
		"unsigned":     func() ([]Event, error) { return ReadSendGrid(key, http.Header{}, []byte(body), now) },
	} {
		if _, err := try(); !errors.Is(err, ErrForged) {
			t.Errorf("%s: got %v, want ErrForged", name, err)
		}
	}
}

// TestMailgun begins with the vector of the fact sheet.
func TestMailgun(t *testing.T) {
	t.Parallel()
	sign := `{"signature":{"timestamp":"1700000000","token":"0123456789abcdef","signature":"539333ef0be5d71d2500d5542dbee8eaf558ffcc94bb0f6aa451bb6db1559ba3"},"event-data":`
	taken := false
	read := func(data string, at int64) ([]Event, error) {
		return ReadMailgun("signing-key", []byte(sign+data+`}`), time.Unix(at, 0), func(string, []byte) (bool, error) { return !taken, nil })
	}
	for data, want := range map[string]Event{
		`{"id":"1","event":"delivered","user-variables":{"loa_key":"k"}}`:                                                             {Kind: Delivered, Key: "k"},
		`{"id":"1","event":"failed","severity":"permanent","reason":"bounce","delivery-status":{"code":550,"enhanced-code":"5.1.1"}}`: {Kind: Bounced, Hard: true, Class: provider.Recipient, Code: "5.1.1"},
		`{"id":"1","event":"failed","severity":"permanent","reason":"bounce","delivery-status":{"code":552,"enhanced-code":"5.2.2"}}`: {Kind: Bounced, Class: provider.Recipient, Code: "5.2.2"},
		`{"id":"1","event":"failed","severity":"permanent","reason":"suppress-bounce","delivery-status":{"code":605}}`:                {Kind: Refused, Class: provider.Recipient, Code: "suppress-bounce"},
		`{"id":"1","event":"failed","severity":"temporary","reason":"generic","delivery-status":{"code":421}}`:                        {Kind: Delayed, Code: "421"},
		`{"id":"1","event":"opened","client-info":{"bot":"gmail"}}`:                                                                   {Kind: Opened, Machine: true},
		`{"id":"1","event":"complained","message":{"headers":{"message-id":"k@shop.example"}}}`:                                       {Kind: Complained, MessageID: "k@shop.example"},
		`{"id":"1","event":"unsubscribed"}`: {Kind: Unsubscribed},
		`{"id":"1","event":"stored"}`:       {Kind: Other},
	} {
		got, err := read(data, 1700000060)
		if err != nil || len(got) != 1 {
			t.Fatalf("%s: got %v %v", data, got, err)
		}
		e := got[0]
		if e.Kind != want.Kind || e.Hard != want.Hard || e.Class != want.Class || e.Code != want.Code || e.Key != want.Key || e.MessageID != want.MessageID || e.Machine != want.Machine {
			t.Errorf("%s: got %+v, want %+v", data, e, want)
		}
	}
	if _, err := read(`{"event":"delivered"}`, 1700009999); !errors.Is(err, ErrForged) {
		t.Errorf("old: got %v, want ErrForged", err)
	}
	if _, err := ReadMailgun("", []byte(sign+`{}}`), time.Unix(1700000060, 0), func(string, []byte) (bool, error) { return true, nil }); !errors.Is(err, ErrForged) {
		t.Errorf("without a key of ours: got %v, want ErrForged", err)
	}
	taken = true
	if got, err := read(`{"event":"complained"}`, 1700000060); !errors.Is(err, ErrForged) {
		t.Errorf("the same token with another body: got %v %v, want ErrForged", got, err)
	}
}

func TestPostmark(t *testing.T) {
	t.Parallel()
	read := func(user, password, body string) ([]Event, error) {
		r := httptest.NewRequest("POST", "/", nil)
		if user != "" {
			r.SetBasicAuth(user, password)
		}
		return ReadPostmark("loa", "geheim", r, []byte(body))
	}
	for body, want := range map[string]Event{
		`{"RecordType":"Delivery","MessageID":"u","DeliveredAt":"2026-11-21T04:00:00Z","Metadata":{"loa_key":"k"}}`: {Kind: Delivered, Key: "k"},
		`{"RecordType":"Bounce","ID":42,"Type":"HardBounce","Details":"550","Metadata":{"loa_key":"k"}}`:            {Kind: Bounced, Hard: true, Class: provider.Recipient, Code: "HardBounce", Key: "k", ID: "Bounce42"},
		`{"RecordType":"Bounce","ID":43,"Type":"AutoResponder"}`:                                                    {Kind: Other, Code: "AutoResponder", ID: "Bounce43"},
		`{"RecordType":"SpamComplaint","ID":44,"Type":"SpamComplaint"}`:                                             {Kind: Complained, Code: "SpamComplaint", ID: "SpamComplaint44"},
		`{"RecordType":"SubscriptionChange","SuppressSending":true,"Origin":"Recipient"}`:                           {Kind: Unsubscribed},
		`{"RecordType":"SubscriptionChange","SuppressSending":true,"Origin":"Customer"}`:                            {Kind: Other},
		`{"RecordType":"Novelty"}`: {Kind: Other},
	} {
		got, err := read("loa", "geheim", body)
		if err != nil || len(got) != 1 || got[0].Kind != want.Kind || got[0].Hard != want.Hard || got[0].Class != want.Class || got[0].Code != want.Code || got[0].Key != want.Key || got[0].ID != want.ID {
			t.Errorf("%s: got %+v %v, want %+v", body, got, err, want)
		}
	}
	for _, c := range [][2]string{{"", ""}, {"loa", "falsch"}, {"x", "geheim"}} {
		if _, err := read(c[0], c[1], `{"RecordType":"Delivery"}`); !errors.Is(err, ErrForged) {
			t.Errorf("%v: got %v, want ErrForged", c, err)
		}
	}
}

// FuzzEvents reads events of SES behind the signature of SNS, and posts of Postmark.
func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"eventType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{}],"timestamp":"9999-12-31T23:59:59Z"}}`))
	f.Add([]byte(`{"RecordType":"Bounce","Type":1}`))
	f.Add([]byte(`{"RecordType":"Bounce","Type":"HardBounce","BouncedAt":"0000-01-01T00:00:00Z"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if events, err := sesEvents(&notification{Message: string(body)}); err == nil {
			sane(t, body, events)
		} else if !errors.Is(err, ErrUnreadable) {
			t.Errorf("%q: got %v, want ErrUnreadable", body, err)
		}
		r := httptest.NewRequest("POST", "/", nil)
		if events, err := ReadPostmark("a", "b", r, body); !errors.Is(err, ErrForged) || events != nil {
			t.Errorf("%q without credentials: got %v %v, want ErrForged", body, events, err)
		}
		r.SetBasicAuth("a", "b")
		if events, err := ReadPostmark("a", "b", r, body); err == nil {
			sane(t, body, events)
		} else if !errors.Is(err, ErrUnreadable) {
			t.Errorf("%q: got %v, want ErrUnreadable", body, err)
		}
	})
}
