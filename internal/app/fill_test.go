package app

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/simulator"
	"github.com/loa-project/loa/workspace"
)

// lone is the program beside a simulator on free ports, with one owner and nothing else.
func lone(t *testing.T) (a *App, ws, user int64) {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	clk := clock.NewSimulated(time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), 1)
	a, err := Open(ctx, config.Config{DataDir: dir, Listen: "127.0.0.1:0", PublicURL: "http://127.0.0.1:9", Roles: []string{"api"}, KeyFile: filepath.Join(dir, "loa.key"), Simulation: true}, clk, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	u, w, err := a.Workspaces.Found(ctx, workspace.Founding{Email: "chu@example.com", Name: "Chủ", Workspace: "Cửa hàng"})
	if err != nil {
		t.Fatal(err)
	}
	sim := simulator.New(simulator.Options{Clock: clk, HTTPAddr: "127.0.0.1:0", SMTPAddr: "127.0.0.1:0"})
	if err := sim.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	a.Simulator = sim
	return a, w.ID, u.ID
}

func TestFilling(t *testing.T) {
	t.Parallel()
	a, ws, _ := lone(t)
	ctx := context.Background()
	refusal := func(want string) {
		t.Helper()
		f, err := a.Filling(ctx, ws)
		if err != nil || f.Refusal != want {
			t.Fatalf("got refusal %+v (%v), want %q", f, err, want)
		}
	}
	refusal("")
	key := "k"
	real, err := a.Connections.Create(ctx, ws, "user:1", connection.Form{Provider: "esms", Name: "Thật", Settings: connection.Settings{ESMS: &connection.ESMS{Brandname: "X"}}, Secrets: connection.SecretsForm{APIKey: &key, SecretKey: &key}})
	if err != nil {
		t.Fatal(err)
	}
	refusal("sample.real_connections")
	if _, err := a.StartFilling(ctx, ws, "user:1"); !errs.Is(err, "sample.real_connections") {
		t.Fatalf("got %v beside a real connection, want sample.real_connections", err)
	}
	if _, err := a.Connections.Disable(ctx, ws, real.ID, "user:1"); err != nil {
		t.Fatal(err)
	}
	if err := a.Connections.Delete(ctx, ws, real.ID, "user:1"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.StartFilling(ctx, ws, "user:1"); err != nil {
		t.Fatal(err)
	}
	refusal("sample.exists")
	for range 2 { // the second time finds nothing left to do
		if err := a.fill(ctx, fillArgs{ws}); err != nil {
			t.Fatal(err)
		}
	}
	f, err := a.Filling(ctx, ws)
	if err != nil || f.State != "finished" || f.Done != fillSteps || f.CampaignID == 0 {
		t.Fatalf("got %+v (%v), want finished with a campaign", f, err)
	}
	o, err := a.Reports.Overview(ctx, ws)
	if err != nil || o.Contacts < fillPeople*9/10 || o.Campaigns["pending_activation"]+o.Campaigns["draft"] != 1 {
		t.Errorf("got %+v (%v), want about %d people and a campaign that waits", o, err, fillPeople)
	}
	steps, err := a.Reports.Steps(ctx, ws)
	if err != nil || !steps.Connection || !steps.Customers || !steps.Segment || !steps.Template || !steps.Campaign || steps.Sent {
		t.Errorf("got %+v (%v), want everything but sent", steps, err)
	}
}

func TestConsent(t *testing.T) {
	t.Parallel()
	a, ws, user := lone(t)
	ctx := context.Background()
	secret := simulator.DefaultAppSecret
	c, err := a.Connections.Create(ctx, ws, "user:1", connection.Form{Provider: "zalo", Name: "OA", Settings: connection.Settings{Zalo: &connection.Zalo{BaseURL: a.Simulator.ZaloURL(), OAuthURL: a.Simulator.ZaloOAuthURL(),
		AppID: simulator.DefaultAppID, OAID: simulator.DefaultOAID}}, Secrets: connection.SecretsForm{AppSecret: &secret}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.consentURL(ctx, ws, c.ID, 0); !errs.Is(err, "connection.person_needed") {
		t.Errorf("got %v for an API key, want connection.person_needed", err)
	}
	// visit goes to the consent page and gives what the browser brings back.
	visit := func() url.Values {
		t.Helper()
		to, err := a.consentURL(ctx, ws, c.ID, user)
		if err != nil {
			t.Fatal(err)
		}
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.Get(to)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		back, err := url.Parse(res.Header.Get("Location"))
		if err != nil || !strings.HasPrefix(back.String(), a.Connections.RedirectURI()) {
			t.Fatalf("got back at %q (%v), want %s", res.Header.Get("Location"), err, a.Connections.RedirectURI())
		}
		return back.Query()
	}
	try := func(name string, user int64, q url.Values, want string) {
		t.Helper()
		if _, err := a.finishConsent(ctx, user, q); want == "" && err != nil || want != "" && !errs.Is(err, want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
	good := visit()
	try("another person", user+1, good, "connection.consent_unknown")
	try("nobody", 0, good, "connection.consent_unknown")
	try("made up", user, url.Values{"state": {"1.1.x"}, "code": {"c"}}, "connection.consent_unknown")
	other := url.Values{"state": good["state"], "code": good["code"], "oa_id": {"1"}}
	try("another OA", user, other, "connection.consent_other_oa")
	try("refused", user, url.Values{"state": good["state"]}, "connection.consent_refused")
	try("good", user, good, "")
	try("twice", user, good, "connection.consent_failed")
	r, err := a.Connections.Test(ctx, ws, c.ID)
	if err != nil || !r.OK {
		t.Errorf("got %+v (%v) with the new token, want ok", r, err)
	}
	q, err := a.quota(ctx, ws, c.ID)
	if err != nil || !q.Known || q.Daily <= 0 {
		t.Errorf("got quota %+v (%v), want a known one", q, err)
	}
	late := visit()
	a.Clock.Advance(11 * time.Minute)
	try("late", user, late, "connection.consent_late")

	// The token of 25 hours is refreshed before its end.
	a.Clock.Advance(21 * time.Hour)
	if err := a.refreshExpiring(ctx); err != nil {
		t.Fatal(err)
	}
	got, err := a.Connections.Get(ctx, ws, c.ID)
	if err != nil || got.TokenExpiresAt.Sub(a.Clock.Now()) < 24*time.Hour {
		t.Errorf("got a token until %v (%v), want 25 hours from now", got.TokenExpiresAt, err)
	}
}

// TestGuard lets nothing reach the inner network unless the operator names it.
func TestGuard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cfg     config.Config
		address string
		ok      bool
	}{
		{config.Config{}, "93.184.216.34:443", true},
		{config.Config{}, "127.0.0.1:25", false},
		{config.Config{}, "169.254.169.254:80", false},
		{config.Config{}, "[::1]:25", false},
		{config.Config{InnerNetworks: []string{"10.0.0.0/8"}}, "10.1.2.3:587", true},
		{config.Config{InnerNetworks: []string{"10.0.0.0/8"}}, "192.168.1.1:587", false},
		{config.Config{Simulator: true}, "127.0.0.1:8090", true},
		{config.Config{Simulator: true}, "10.1.2.3:80", false},
	} {
		err := (&App{Config: c.cfg}).guard()("tcp", c.address, nil)
		if (err == nil) != c.ok {
			t.Errorf("%s with %v: got %v, want ok %v", c.address, c.cfg.InnerNetworks, err, c.ok)
		}
	}
	if (&App{Config: config.Config{Simulation: true}}).guard() != nil {
		t.Error("simulation mode is guarded")
	}
}
