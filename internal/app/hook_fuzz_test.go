package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
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
	hooks := map[string]string{}
	for _, form := range []connection.Form{
		{Provider: "zalo", Settings: connection.Settings{Zalo: &connection.Zalo{AppID: "1", OAID: "2"}}, Secrets: connection.SecretsForm{WebhookSecret: &secret, AppSecret: &secret}},
		{Provider: "etelecom", Settings: connection.Settings{ETelecom: &connection.ETelecom{OAID: "2"}}, Secrets: connection.SecretsForm{APIKey: &secret}},
		{Provider: "esms", Settings: connection.Settings{ESMS: &connection.ESMS{Brandname: "LOASHOP"}}, Secrets: connection.SecretsForm{APIKey: &secret, SecretKey: &secret}},
		{Provider: "speedsms", Settings: connection.Settings{SpeedSMS: &connection.SpeedSMS{Sender: "LOASHOP"}}, Secrets: connection.SecretsForm{APIKey: &secret}},
		{Provider: "messenger", Settings: connection.Settings{Messenger: &connection.Messenger{PageID: "100"}}, Secrets: connection.SecretsForm{AccessToken: &secret, AppSecret: &secret, VerifyToken: &secret}},
		{Provider: "smtp", Settings: connection.Settings{SMTP: &connection.SMTP{Host: "127.0.0.1", Port: 25, TLS: "none", From: "a@example.com", Webhook: &connection.MailWebhook{Service: "mailgun"}}}, Secrets: connection.SecretsForm{WebhookSecret: &secret}},
	} {
		form.Name = form.Provider
		c, err := a.Connections.Create(ctx, w.ID, "test", form)
		if err != nil {
			f.Fatalf("%s: %v", form.Provider, err)
		}
		u, err := url.Parse(c.HookURL)
		if err != nil {
			f.Fatal(err)
		}
		hooks[form.Provider] = u.Path
	}
	handler := a.API.Handler()
	for _, name := range []string{"zalo", "etelecom", "esms", "speedsms", "messenger", "smtp", "nobody"} {
		f.Add(name, "POST", "", "", "", []byte(`{"event_name":"user_feedback","message":{"rate":5,"tracking_id":"w1l1a1k"},"timestamp":"1795237200000"}`))
		f.Add(name, "GET", "/w1l1a1k", "SMSID=1&SendStatus=5&SendSuccess=1", "", []byte(nil))
		f.Add(name, "GET", "", "hub.mode=subscribe&hub.verify_token=x&hub.challenge=1", "", []byte(nil))
		f.Add(name, "POST", "/ads", "SMSID=\x00", "mac=00", []byte("{\"id\":\"1\x00\",\"status\":\"N\",\"tracking_id\":\"\xff\"}"))
		f.Add(name, "POST", "", "", "", []byte(`{"type":"report","tranId":"1","status":0}`))
		f.Add(name, "POST", "", "", "sha256=00", []byte(`{"object":"page","entry":[{"id":"100","messaging":[{}]}]}`))
	}
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
		for _, head := range []string{zalo.SignatureHeader, "X-Hub-Signature-256"} {
			r.Header[head] = []string{signature}
		}
		out := httptest.NewRecorder()
		handler.ServeHTTP(out, r)
		answer, _ := io.ReadAll(out.Body)
		if out.Code >= 500 {
			t.Errorf("%s %s%s?%s %q: got %d %s", method, path, rest, query, body, out.Code, answer)
		}
		if (name == "zalo" || name == "messenger" && method == http.MethodPost) && out.Code == http.StatusOK {
			t.Errorf("%s took %q with the signature %q", name, body, signature)
		}
	})
}
