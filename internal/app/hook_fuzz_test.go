package app

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/provider/messenger"
	"github.com/loa-project/loa/provider/stringee"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/workspace"
)

// FuzzHooks sends anything to the callback addresses of connections of every provider that calls back, and to addresses that nobody has: the answer is never a fault of ours, and what is
// signed wrongly is refused.
func FuzzHooks(f *testing.F) {
	ctx := context.Background()
	dir := f.TempDir()
	cfg := config.Config{DataDir: dir, Listen: "127.0.0.1:0", PublicURL: "http://127.0.0.1", Roles: []string{"api"}, KeyFile: filepath.Join(dir, "loa.key"), Simulation: true}
	a, err := Open(ctx, cfg, clock.NewSimulated(time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), 1), slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = a.Close() })
	_, w, err := a.Workspaces.Found(ctx, workspace.Founding{Email: "chu@example.com", Name: "Chủ", Workspace: "Cửa hàng"})
	if err != nil {
		f.Fatal(err)
	}
	secret := "bi-mat"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		f.Fatal(err)
	}
	mail := func(service string, hook connection.MailWebhook, secret string) connection.Form {
		form := connection.Form{Provider: "smtp", Name: cmp.Or(service, "smtp"), Settings: connection.Settings{SMTP: &connection.SMTP{Host: "127.0.0.1", Port: 25, TLS: "none", From: "a@example.com"}}}
		if service != "" {
			hook.Service = service
			form.SMTP.Webhook = &hook
		}
		if secret != "" {
			form.Secrets.WebhookSecret = &secret
		}
		return form
	}
	hooks := map[string]string{}
	for _, form := range []connection.Form{
		{Provider: "zalo", Settings: connection.Settings{Zalo: &connection.Zalo{AppID: "1", OAID: "2"}}, Secrets: connection.SecretsForm{WebhookSecret: &secret, AppSecret: &secret}},
		{Provider: "etelecom", Settings: connection.Settings{ETelecom: &connection.ETelecom{OAID: "2"}}, Secrets: connection.SecretsForm{APIKey: &secret}},
		{Provider: "esms", Settings: connection.Settings{ESMS: &connection.ESMS{Brandname: "LOASHOP"}}, Secrets: connection.SecretsForm{APIKey: &secret, SecretKey: &secret}},
		{Provider: "speedsms", Settings: connection.Settings{SpeedSMS: &connection.SpeedSMS{Sender: "LOASHOP"}}, Secrets: connection.SecretsForm{APIKey: &secret}},
		{Provider: "messenger", Settings: connection.Settings{Messenger: &connection.Messenger{PageID: "100"}}, Secrets: connection.SecretsForm{AccessToken: &secret, AppSecret: &secret, VerifyToken: &secret}},
		{Provider: "stringee", Settings: connection.Settings{Stringee: &connection.Stringee{From: "842471000000"}}, Secrets: connection.SecretsForm{APIKey: &secret, SecretKey: &secret, WebhookSecret: &secret}},
		mail("", connection.MailWebhook{}, ""),
		mail("ses", connection.MailWebhook{TopicARN: "arn:aws:sns:ap-southeast-1:123456789012:loa"}, ""),
		mail("sendgrid", connection.MailWebhook{}, base64.StdEncoding.EncodeToString(der)),
		mail("mailgun", connection.MailWebhook{}, secret),
		mail("postmark", connection.MailWebhook{}, secret),
	} {
		if form.Name == "" {
			form.Name = form.Provider
		}
		c, err := a.Connections.Create(ctx, w.ID, "test", form)
		if err != nil {
			f.Fatalf("%s: %v", form.Name, err)
		}
		u, err := url.Parse(c.HookURL)
		if err != nil {
			f.Fatal(err)
		}
		hooks[form.Name] = u.Path
	}
	handler := a.API.Handler()
	for _, name := range append(slices.Sorted(maps.Keys(hooks)), "nobody") {
		f.Add(name, "POST", "", "", "", []byte(`{"event_name":"user_feedback","message":{"rate":5,"tracking_id":"w1l1a1k"},"timestamp":"1795237200000"}`))
		f.Add(name, "GET", "/w1l1a1k", "SMSID=1&SendStatus=5&SendSuccess=1", "", []byte(nil))
		f.Add(name, "GET", "", "hub.mode=subscribe&hub.verify_token=x&hub.challenge=1", "", []byte(nil))
		f.Add(name, "POST", "/ads", "SMSID=\x00", "mac=00", []byte("{\"id\":\"1\x00\",\"status\":\"N\",\"tracking_id\":\"\xff\"}"))
		f.Add(name, "POST", "", "", "", []byte(`{"type":"report","tranId":"1","status":0}`))
		f.Add(name, "POST", "", "", "sha256=00", []byte(`{"object":"page","entry":[{"id":"100","messaging":[{}]}]}`))
		f.Add(name, "POST", "", "", "AAAA", []byte(`{"type":"stringee_call","call_status":"ended","call_id":"c","answerDuration":"9"}`))
		f.Add(name, "POST", "/w1l1a1k", "n=1", "", []byte(`{"dtmf":"1","call_id":"c","timeout":false}`))
		f.Add(name, "POST", "", "", "AAAA", []byte(`{"Type":"Notification","TopicArn":"arn:aws:sns:ap-southeast-1:123456789012:loa","Message":"{}","Timestamp":"2026-11-21T02:00:00Z","SignatureVersion":"2","Signature":"AAAA","SigningCertURL":"https://sns.example/a.pem"}`))
		f.Add(name, "POST", "", "", "MEUCIQ==", []byte(`[{"event":"bounce","timestamp":1795226400,"loa_key":"w1l1a1k"}]`))
		f.Add(name, "POST", "", "", "", []byte(`{"signature":{"timestamp":"1795226400","token":"t","signature":"00"},"event-data":{"event":"complained","user-variables":{"loa_key":"w1l1a1k"}}}`))
		f.Add(name, "POST", "", "", "Basic bG9hOng=", []byte(`{"RecordType":"SpamComplaint","ID":1,"Metadata":{"loa_key":"w1l1a1k"}}`))
		f.Add(name, "POST", "", "", "", []byte("To: <b+w1l1a1k.aaaaaaaaaa@bounce.example>\r\nContent-Type: multipart/report; boundary=B\r\n\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nA: b\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--B--\r\n"))
	}
	// Nothing gets in here without a signature or a password, and no input can guess one. The others ask for none, or, as a key press does, for a key of ours.
	signed := []string{"zalo", "ses", "sendgrid", "mailgun", "postmark"}
	f.Fuzz(func(t *testing.T, name, method, rest, query, signature string, body []byte) {
		path, known := hooks[name]
		if !known {
			path = "/hooks/zalo/khong-co"
		}
		if method != http.MethodGet {
			method = http.MethodPost
		}
		r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(string(body)))
		r.URL.Path += rest
		r.URL.RawQuery = query
		for _, head := range []string{zalo.SignatureHeader, messenger.SignatureHeader, stringee.SignatureHeader, "X-Twilio-Email-Event-Webhook-Signature", "Authorization"} {
			r.Header.Set(head, signature)
		}
		r.Header.Set("X-Twilio-Email-Event-Webhook-Timestamp", "1795226400") // the clock of the test
		out := httptest.NewRecorder()
		handler.ServeHTTP(out, r)
		answer, _ := io.ReadAll(out.Body)
		if out.Code >= 500 {
			t.Errorf("%s %s%s?%s %q: got %d %s", method, path, rest, query, body, out.Code, answer)
		}
		if (slices.Contains(signed, name) || (name == "messenger" || name == "stringee") && method == http.MethodPost || !known) && out.Code < 300 {
			t.Errorf("%s took %q with the signature %q", name, body, signature)
		}
	})
}
