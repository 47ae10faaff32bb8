package connection_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/seal"
	"github.com/loa-project/loa/provider"
)

type world struct {
	t      *testing.T
	db     *db.DB
	clock  *clock.Clock
	s      *connection.Service
	ws     int64
	audits []string
	used   bool
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	keys, err := seal.Parse(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.Open(t.Context(), d, keys)
	if err != nil {
		t.Fatal(err)
	}
	x := &world{t: t, db: d, clock: clock.NewSimulated(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), 0)}
	x.must(d.WithTx(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `INSERT INTO workspace (name, created_at) VALUES ('A', 0) RETURNING id`).Scan(&x.ws)
	}))
	x.s = x.service(sealer)
	return x
}

// service is one node.
func (x *world) service(sealer *seal.Sealer) *connection.Service {
	return connection.New(connection.Deps{DB: x.db, Sealer: sealer, Now: x.clock.Now, Log: slog.New(slog.NewTextHandler(x.t.Output(), nil)), PublicURL: "https://loa.test",
		InUse: func(context.Context, int64, int64) (bool, error) { return x.used, nil },
		Audit: func(_ context.Context, _ *db.Tx, _ int64, actor, action, target string, _ map[string]any) error {
			x.audits = append(x.audits, actor+" "+action+" "+target)
			return nil
		}})
}

func (x *world) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func ptr(s string) *string { return &s }

func zaloForm() connection.Form {
	return connection.Form{Provider: "zalo", Name: "OA Cửa hàng", Settings: connection.Settings{Zalo: &connection.Zalo{AppID: "123", OAID: "456"}},
		Secrets: connection.SecretsForm{AppSecret: ptr("canary-app"), AccessToken: ptr("canary-access"), RefreshToken: ptr("canary-refresh")}}
}

func (x *world) zalo() *connection.Connection {
	x.t.Helper()
	c, err := x.s.Create(x.t.Context(), x.ws, "user:1", zaloForm())
	x.must(err)
	return c
}

func (x *world) state(id int64, want connection.State, reason string) *connection.Connection {
	x.t.Helper()
	c, err := x.s.Get(x.t.Context(), x.ws, id)
	x.must(err)
	if c.State != want || c.Reason != reason {
		x.t.Errorf("state = %s %q, want %s %q", c.State, c.Reason, want, reason)
	}
	return c
}

func TestCredentialsAreSealedAndNotShown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		c := x.zalo()
		if got := strings.Join(c.Set, ","); got != "app_secret,access_token,refresh_token" {
			t.Errorf("secrets_set = %s", got)
		}
		var settings, secrets string
		x.must(d.QueryRow(t.Context(), `SELECT settings, secrets FROM connection WHERE workspace_id = $1 AND id = $2`, x.ws, c.ID).Scan(&settings, &secrets))
		if strings.Contains(settings+secrets, "canary") {
			t.Errorf("the row shows credentials: %s %s", settings, secrets)
		}
		_, opened, err := x.s.Load(t.Context(), x.ws, c.ID)
		x.must(err)
		if opened.AccessToken != "canary-access" {
			t.Errorf("access token = %q", opened.AccessToken)
		}
		if text := fmt.Sprintf("%v %+v %#v %s", opened, opened, opened, zaloForm().Secrets); strings.Contains(text, "canary") {
			t.Errorf("printed credentials: %s", text)
		}
		f := zaloForm()
		f.Name, f.Secrets = "Tên mới", connection.SecretsForm{AppSecret: ptr("")}
		c, err = x.s.Update(t.Context(), x.ws, c.ID, "user:1", f)
		x.must(err)
		if got := strings.Join(c.Set, ","); got != "access_token,refresh_token" || c.Name != "Tên mới" {
			t.Errorf("after update: %s %q", got, c.Name)
		}
		if _, err := x.s.Get(t.Context(), x.ws+1, c.ID); !errs.Is(err, "connection.not_found") {
			t.Errorf("from another workspace: %v, want connection.not_found", err)
		}
	})
}

func TestFormsThatAreWrong(t *testing.T) {
	t.Parallel()
	x := newWorld(t, dbtest.SQLite(t))
	smtp := func(change func(m *connection.SMTP)) connection.Form {
		m := &connection.SMTP{Host: "smtp.shop.vn", Port: 587, TLS: "starttls", From: "tin@shop.vn"}
		change(m)
		return connection.Form{Provider: "smtp", Name: "Mail", Settings: connection.Settings{SMTP: m}}
	}
	zalo := func(change func(f *connection.Form)) connection.Form { f := zaloForm(); change(&f); return f }
	for name, c := range map[string]struct {
		form connection.Form
		want string // path code
	}{
		"good mail":            {smtp(func(*connection.SMTP) {}), ""},
		"good zalo":            {zaloForm(), ""},
		"no name":              {zalo(func(f *connection.Form) { f.Name = "  " }), "name connection.missing"},
		"long name":            {zalo(func(f *connection.Form) { f.Name = strings.Repeat("ệ", 101) }), "name connection.name_too_long"},
		"zero byte":            {zalo(func(f *connection.Form) { f.Name = "a\x00b" }), "name connection.control_character"},
		"letters in OA":        {zalo(func(f *connection.Form) { f.Zalo.OAID = "12a" }), "zalo.oa_id connection.digits"},
		"no block":             {zalo(func(f *connection.Form) { f.Zalo = nil }), "zalo connection.missing"},
		"other block":          {zalo(func(f *connection.Form) { f.ESMS = &connection.ESMS{} }), "esms connection.other_provider"},
		"other secret":         {zalo(func(f *connection.Form) { f.Secrets.APIKey = ptr("k") }), "secrets.api_key connection.other_provider"},
		"plain http":           {zalo(func(f *connection.Form) { f.Zalo.BaseURL = "http://fake.example" }), "zalo.base_url connection.tls_needed"},
		"plain http here":      {zalo(func(f *connection.Form) { f.Zalo.BaseURL = "http://127.0.0.1:8090/zalo/" }), ""},
		"password in address":  {zalo(func(f *connection.Form) { f.Zalo.BaseURL = "https://a:b@zalo.me" }), "zalo.base_url connection.url"},
		"file address":         {zalo(func(f *connection.Form) { f.Zalo.BaseURL = "file:///etc/passwd" }), "zalo.base_url connection.url"},
		"no certificate":       {zalo(func(f *connection.Form) { f.CA = "x" }), "ca connection.ca_invalid"},
		"unknown provider":     {zalo(func(f *connection.Form) { f.Provider = "fax" }), "provider connection.provider_unknown"},
		"mail in clear":        {smtp(func(m *connection.SMTP) { m.TLS = "none" }), "smtp.tls connection.tls_needed"},
		"mail in clear here":   {smtp(func(m *connection.SMTP) { m.TLS, m.Host = "none", "127.0.0.1" }), ""},
		"header in sender":     {smtp(func(m *connection.SMTP) { m.From = "a@shop.vn\r\nBcc: b@shop.vn" }), "smtp.from connection.email"},
		"name in sender":       {smtp(func(m *connection.SMTP) { m.From = "Shop <a@shop.vn>" }), "smtp.from connection.email"},
		"header in name":       {smtp(func(m *connection.SMTP) { m.FromName = "Shop\nBcc: b" }), "smtp.from_name connection.control_character"},
		"host with a slash":    {smtp(func(m *connection.SMTP) { m.Host = "shop.vn/x" }), "smtp.host connection.domain"},
		"DKIM without its key": {smtp(func(m *connection.SMTP) { m.DKIMDomain, m.DKIMSelector = "shop.vn", "s1" }), "secrets.dkim_private_key connection.missing"},
		"no brandname":         {connection.Form{Provider: "esms", Name: "SMS", Settings: connection.Settings{ESMS: &connection.ESMS{}}}, "esms.brandname connection.missing"},
	} {
		_, err := x.s.Create(t.Context(), x.ws, "user:1", c.form)
		got := ""
		if e, ok := errs.As(err); ok {
			for _, f := range e.Fields {
				got += f.Path + " " + f.Code
			}
		} else if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestHolds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		ctx, c := t.Context(), x.zalo()
		now := x.clock.Now()
		usable := func(want bool) {
			t.Helper()
			is, err := x.s.Get(ctx, x.ws, c.ID)
			x.must(err)
			got := is.Usable(x.clock.Now())
			refs, err := x.s.Active(ctx)
			x.must(err)
			if got != want || (len(refs) == 1) != want {
				t.Errorf("usable = %v, listed %v; want %v", got, refs, want)
			}
		}
		usable(true)
		x.must(x.s.Hold(ctx, x.ws, c.ID, "failing", now.Add(time.Minute)))
		x.must(x.s.Hold(ctx, x.ws, c.ID, "failing", now.Add(30*time.Second))) // shorter: changes nothing
		usable(false)
		if got := x.state(c.ID, connection.Held, "failing").HeldUntil; !got.Equal(now.Add(time.Minute)) {
			t.Errorf("held until %v", got)
		}
		x.clock.Advance(time.Minute)
		usable(true)
		x.must(x.s.Hold(ctx, x.ws, c.ID, "balance", time.Time{}))
		x.must(x.s.Hold(ctx, x.ws, c.ID, "failing", x.clock.Now().Add(time.Hour))) // weaker than a person's act
		x.state(c.ID, connection.Held, "balance")
		x.clock.Advance(1000 * time.Hour)
		usable(false)
		_, err := x.s.Resume(ctx, x.ws, c.ID, "user:1")
		x.must(err)
		usable(true)
		if _, err := x.s.Resume(ctx, x.ws, c.ID, "user:1"); !errs.Is(err, "connection.state") {
			t.Errorf("resumed twice: %v", err)
		}
		if err := x.s.Delete(ctx, x.ws, c.ID, "user:1"); !errs.Is(err, "connection.not_disabled") {
			t.Errorf("deleted while active: %v", err)
		}
		_, err = x.s.Disable(ctx, x.ws, c.ID, "user:1")
		x.must(err)
		x.must(x.s.Hold(ctx, x.ws, c.ID, "failing", x.clock.Now().Add(time.Second)))
		x.state(c.ID, connection.Disabled, "")
		x.used = true
		if err := x.s.Delete(ctx, x.ws, c.ID, "user:1"); !errs.Is(err, "connection.in_use") {
			t.Errorf("deleted while in use: %v", err)
		}
		x.used = false
		x.must(x.s.Delete(ctx, x.ws, c.ID, "user:1"))
		want := "user:1 connection.create, system connection.hold, system connection.hold, user:1 connection.resume, user:1 connection.disable, user:1 connection.delete"
		if got := strings.ReplaceAll(strings.Join(x.audits, ", "), fmt.Sprintf(" connection:%d", c.ID), ""); got != want {
			t.Errorf("audit = %s\nwant    %s", got, want)
		}
	})
}

func TestTokensAreRefreshedOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		c := x.zalo()
		x.clock.Advance(24 * time.Hour)
		nodes := []*connection.Service{x.s, x.service(x.s.Sealer)}
		var calls atomic.Int64
		call := func(_ context.Context, _ connection.Connection, s connection.Secrets) (connection.Tokens, error) {
			calls.Add(1)
			if s.RefreshToken != "canary-refresh" {
				t.Errorf("refresh token = %q: it can be used once", s.RefreshToken)
			}
			return connection.Tokens{Access: "access-2", Refresh: "refresh-2", ExpiresIn: 25 * time.Hour}, nil
		}
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				refused := "canary-access"
				if i%4 == 0 {
					refused = ""
				}
				if good, err := nodes[i%2].Refresh(t.Context(), x.ws, c.ID, refused, call); !good || err != nil {
					t.Errorf("Refresh = %v, %v", good, err)
				}
			})
		}
		wg.Wait()
		if got := calls.Load(); got != 1 {
			t.Errorf("calls = %d, want 1", got)
		}
		got, secrets, err := x.s.Load(t.Context(), x.ws, c.ID)
		x.must(err)
		if secrets.AccessToken != "access-2" || secrets.RefreshToken != "refresh-2" || !got.TokenExpiresAt.Equal(x.clock.Now().Add(25*time.Hour)) || got.State != connection.Active {
			t.Errorf("stored %s until %v, %s", secrets.AccessToken, got.TokenExpiresAt, got.State)
		}
		if refs, err := x.s.Expiring(t.Context(), x.clock.Now().Add(5*time.Hour)); err != nil || len(refs) != 0 {
			t.Errorf("expiring = %v %v, want none", refs, err)
		}
		if refs, err := x.s.Expiring(t.Context(), x.clock.Now().Add(26*time.Hour)); err != nil || len(refs) != 1 {
			t.Errorf("expiring = %v %v, want one", refs, err)
		}
	})
}

func TestAnswersToARefresh(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		tokens connection.Tokens
		good   bool
		state  connection.State
		reason string
		access string
	}{
		"no new refresh token": {nil, connection.Tokens{Access: "a2", ExpiresIn: time.Hour}, true, connection.Active, "", "a2"},
		"answer lost":          {&provider.Error{Class: provider.Unknown}, connection.Tokens{}, false, connection.Held, "auth_lost", "canary-access"},
		"token refused":        {&provider.Error{Class: provider.Auth}, connection.Tokens{}, false, connection.Held, "auth_lost", "canary-access"},
		"not reached":          {&provider.Error{Class: provider.Temporary}, connection.Tokens{}, true, connection.Held, "refresh", "canary-access"},
		"empty answer":         {nil, connection.Tokens{}, false, connection.Held, "auth_lost", "canary-access"},
		"unknown error":        {errors.New("boom"), connection.Tokens{}, false, connection.Held, "auth_lost", "canary-access"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newWorld(t, dbtest.SQLite(t))
			id := x.zalo().ID
			x.clock.Advance(time.Hour)
			good, err := x.s.Refresh(t.Context(), x.ws, id, "canary-access", func(context.Context, connection.Connection, connection.Secrets) (connection.Tokens, error) {
				return c.tokens, c.err
			})
			if good != c.good || (err == nil) != c.good {
				t.Errorf("Refresh = %v, %v; want %v", good, err, c.good)
			}
			x.state(id, c.state, c.reason)
			_, secrets, err := x.s.Load(t.Context(), x.ws, id)
			x.must(err)
			if secrets.AccessToken != c.access || secrets.RefreshToken != "canary-refresh" {
				t.Errorf("stored %s, %s", secrets.AccessToken, secrets.RefreshToken)
			}
			if c.state == connection.Active {
				return
			}
			f := zaloForm()
			f.Secrets = connection.SecretsForm{AccessToken: ptr("pasted"), RefreshToken: ptr("pasted-refresh")}
			_, err = x.s.Update(t.Context(), x.ws, id, "user:1", f)
			x.must(err)
			x.state(id, connection.Active, "")
		})
	}
}

func TestProcessKilledInARefresh(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		id := x.zalo().ID
		x.clock.Advance(time.Hour)
		_, err := d.Exec(t.Context(), `UPDATE connection SET refresh_lease_until = $1 WHERE workspace_id = $2 AND id = $3`, x.clock.Now().Add(time.Minute).UnixMilli(), x.ws, id)
		x.must(err)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		refused := func(context.Context, connection.Connection, connection.Secrets) (connection.Tokens, error) {
			return connection.Tokens{}, &provider.Error{Provider: "zalo", Code: "-14014", Class: provider.Auth}
		}
		if _, err := x.s.Refresh(ctx, x.ws, id, "", refused); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while another has the lease: %v, want to wait", err)
		}
		x.state(id, connection.Active, "")
		x.clock.Advance(2 * time.Minute)
		if good, err := x.s.Refresh(t.Context(), x.ws, id, "", refused); good || err == nil {
			t.Errorf("spent token: %v, %v", good, err)
		}
		x.state(id, connection.Held, "auth_lost")
	})
}

func TestFindingByCallbackAddress(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		c := x.zalo()
		token := strings.TrimPrefix(c.HookURL, "https://loa.test/hooks/zalo/")
		for _, q := range []struct {
			provider, token string
			want            bool
		}{{"zalo", token, true}, {"zalo", token, true}, {"esms", token, false}, {"zalo", token[:len(token)-1] + "!", false}, {"zalo", "", false}} {
			got, secrets, found, err := x.s.ByHookToken(t.Context(), q.provider, q.token)
			if err != nil || found != q.want || found && (got.ID != c.ID || got.WorkspaceID != x.ws || secrets.AppSecret != "canary-app") {
				t.Errorf("ByHookToken(%s, %s) = %d %v %v, want %v", q.provider, q.token, got.ID, found, err, q.want)
			}
		}
		next, err := x.s.RotateHook(t.Context(), x.ws, c.ID, "user:1")
		x.must(err)
		if _, _, found, _ := x.s.ByHookToken(t.Context(), "zalo", token); found || next.HookURL == c.HookURL {
			t.Errorf("the old address is still known")
		}
		if got := x.state(c.ID, connection.Active, "").LastEventAt; !got.Equal(x.clock.Now()) {
			t.Errorf("last event at %v", got)
		}
	})
}
