package mailhook

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden reads recorded posts of each service, signed on the way, and compares what they mean with the files beside them. The first line of a recorded post names the section that describes it.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 9 {
		t.Fatalf("got %d recorded posts %v, want nine at least", len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		section, body, found := bytes.Cut(body, []byte("\n"))
		if !found || !bytes.HasPrefix(section, []byte("# ")) {
			t.Errorf("%s: got %q, want the section's name first", file, section)
			continue
		}
		service, _, _ := strings.Cut(filepath.Base(file), "_")
		events, err := readAs(Service(service), body)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var b strings.Builder
		for _, e := range events {
			line, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(line, '\n'))
		}
		compare(t, strings.TrimSuffix(file, ".json")+".golden", b.String())
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

// readAs signs a body as the service does and reads it.
func readAs(service Service, body []byte) ([]Event, error) {
	switch service {
	case SES:
		return sesEvents(&notification{MessageID: "m-1", Message: string(body)})
	case SendGrid:
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		head, err := signSendGrid(key, body)
		if err != nil {
			return nil, err
		}
		return ReadSendGrid(&key.PublicKey, head, body, now)
	case Mailgun:
		return ReadMailgun("k", signMailgun("k", body), now, func(string, []byte) (bool, error) { return true, nil })
	}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.SetBasicAuth("loa", "p")
	return ReadPostmark("loa", "p", r, body)
}

// signMailgun is a post of Mailgun with an event.
func signMailgun(key string, event []byte) []byte {
	stamp := fmt.Sprint(now.Unix())
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(stamp + "t"))
	return fmt.Appendf(nil, `{"signature":{"timestamp":%q,"token":"t","signature":%q},"event-data":%s}`, stamp, hex.EncodeToString(mac.Sum(nil)), event)
}

func signSendGrid(key *ecdsa.PrivateKey, body []byte) (http.Header, error) {
	stamp := fmt.Sprint(now.Unix())
	sum := sha256.Sum256(append([]byte(stamp), body...))
	sign, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	head := http.Header{}
	head.Set("X-Twilio-Email-Event-Webhook-Timestamp", stamp)
	head.Set("X-Twilio-Email-Event-Webhook-Signature", base64.StdEncoding.EncodeToString(sign))
	return head, err
}

// TestHeaders compares the lines that carry our key with the recorded ones.
func TestHeaders(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, s := range []Service{SES, SendGrid, Mailgun, Postmark, ""} {
		for name, value := range Headers(s, "w1l2a1kabc", "loa") {
			lines = append(lines, fmt.Sprintf("%s: %s: %s", s, name, value))
		}
	}
	slices.Sort(lines)
	compare(t, "testdata/headers.golden", "# docs.aws.amazon.com, SES: X-SES-MESSAGE-TAGS and X-SES-CONFIGURATION-SET; docs.sendgrid.com, X-SMTPAPI: unique arguments; documentation.mailgun.com, Sending by SMTP: "+
		"X-Mailgun-Variables; postmarkapp.com/developer, Sending by SMTP: metadata\n"+strings.Join(lines, "\n")+"\n")
}

// TestEveryCauseIsExplained: what a service may say has words for people, and agrees on whose fault it is.
func TestEveryCauseIsExplained(t *testing.T) {
	t.Parallel()
	for word, b := range postmarkBounces {
		if c, ok := Causes[word]; (b.kind == Bounced) != ok || ok && (c.Class != b.class || c.Suppress && !b.hard) {
			t.Errorf("%s: got %+v, want a cause for %+v", word, c, b)
		}
	}
	for word, c := range Causes {
		if c.VI == "" || c.EN == "" || c.AdviceVI == "" || c.AdviceEN == "" || c.Class == "" {
			t.Errorf("%s: %+v is not complete", word, c)
		}
	}
}

// TestClaimFails: a token that cannot be remembered is worth another try, and no event.
func TestClaimFails(t *testing.T) {
	t.Parallel()
	away := errors.New("the store is away")
	got, err := ReadMailgun("k", signMailgun("k", []byte(`{"event":"complained"}`)), now, func(string, []byte) (bool, error) { return false, away })
	if !errors.Is(err, away) || errors.Is(err, ErrForged) || got != nil {
		t.Errorf("got %v %v, want the store's error", got, err)
	}
}

// FuzzSendGrid signs whatever comes, so that the reader sees it.
func FuzzSendGrid(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`[{"event":"bounce","type":1,"timestamp":1e300}]`))
	f.Add([]byte(`[null,{},{"event":"open","sg_machine_open":true}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		head, err := signSendGrid(key, body)
		if err != nil {
			t.Fatal(err)
		}
		events, err := ReadSendGrid(&key.PublicKey, head, body, now)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			t.Errorf("got %v, want events or ErrUnreadable", err)
		}
		sane(t, body, events)
	})
}

// FuzzSNS: nothing that is not signed by the topic's key gives events, whatever it looks like.
func FuzzSNS(f *testing.F) {
	f.Add([]byte(`{"Type":"Notification","TopicArn":"arn:aws:sns:ap-southeast-1:123456789012:loa","Timestamp":"2026-11-21T04:00:00Z","SigningCertURL":"https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-a.pem","SignatureVersion":"2","Signature":"AAAA"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		x, s := fuzzTopic(t)
		if events, err := s.Read(t.Context(), body); len(events) > 0 || (err == nil && len(x.fetched) > 0) {
			t.Errorf("got %v %v", events, err)
		}
	})
}

var sharedTopic *topic

// fuzzTopic makes the key once: each is expensive.
func fuzzTopic(t *testing.T) (*topic, *Amazon) {
	t.Helper()
	if sharedTopic == nil {
		sharedTopic, _ = newTopic(t)
	}
	x := &topic{key: sharedTopic.key, cert: sharedTopic.cert}
	return x, &Amazon{TopicARN: "arn:aws:sns:ap-southeast-1:123456789012:loa", Now: func() time.Time { return now }, Fetch: x.fetch}
}

// sane fails for an event that no reader may give: without a kind, with a detail that is too long, with a time that no calendar has, or about a message while it says that it is about none.
func sane(t *testing.T, body []byte, events []Event) {
	t.Helper()
	for _, e := range events {
		if e.Kind == "" || len(e.Detail) > 500 || len(e.Agent) > 500 || !e.At.IsZero() && (e.At.Year() < 1970 && e.At.Year() != 0 || e.At.Year() > 9999) {
			t.Errorf("%q: got %+v", body, e)
		}
		if e.Hard && e.Kind != Bounced || e.Machine && e.Kind != Opened && e.Kind != Clicked {
			t.Errorf("%q: got %+v, want Hard of bounces and Machine of openings and clicks only", body, e)
		}
		if e.Kind == Bounced && e.Class == "" {
			t.Errorf("%q: got %+v, want a bounce with its class", body, e)
		}
	}
}

// FuzzMailgun signs whatever comes as Mailgun does, so that the reader sees it. Signed with another key, or not signed, it gives nothing.
func FuzzMailgun(f *testing.F) {
	for _, s := range []string{`{"id":"1","timestamp":1795233600.5,"event":"failed","severity":"permanent","reason":"bounce","delivery-status":{"code":550,"enhanced-code":"5.1.1"},"user-variables":{"loa_key":"k"}}`,
		`{"event":"failed","severity":"temporary"}`, `{"event":"opened","client-info":{"bot":"gmail","user-agent":"x"}}`, `{"timestamp":1e300,"event":{}}`, `{"timestamp":-1}`, `null`, `[]`, ``, `{}}`} {
		f.Add([]byte(s))
	}
	claim := func(string, []byte) (bool, error) { return true, nil }
	f.Fuzz(func(t *testing.T, event []byte) {
		for _, post := range [][]byte{event, signMailgun("guessed", event), signMailgun("", event)} {
			if events, err := ReadMailgun("k", post, now, claim); !errors.Is(err, ErrForged) || events != nil {
				t.Fatalf("%q without our key: got %v %v, want ErrForged", post, events, err)
			}
		}
		events, err := ReadMailgun("k", signMailgun("k", event), now, claim)
		if err != nil {
			if json.Valid(event) && !errors.Is(err, ErrUnreadable) || events != nil {
				t.Errorf("%q: got %v %v, want ErrUnreadable and no events", event, events, err)
			}
			return
		}
		var in struct {
			Event     string          `json:"event"`
			Severity  string          `json:"severity"`
			Timestamp json.RawMessage `json:"timestamp"`
		}
		sane(t, event, events)
		if len(events) != 1 {
			t.Fatalf("%q: got %d events, want one", event, len(events))
		}
		e := events[0]
		if json.Unmarshal(event, &in) == nil {
			want := map[string]Kind{"delivered": Delivered, "opened": Opened, "clicked": Clicked, "complained": Complained, "unsubscribed": Unsubscribed}[in.Event]
			if want != "" && e.Kind != want || want == "" && in.Event != "failed" && e.Kind != Other || in.Event == "failed" && in.Severity == "temporary" && e.Kind != Delayed {
				t.Errorf("%q: got the kind %s of %q", event, e.Kind, in.Event)
			}
		}
		if !e.At.IsZero() && e.At.Before(time.Unix(0, 0)) {
			t.Errorf("%q: got the time %s", event, e.At)
		}
	})
}
