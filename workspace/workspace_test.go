package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/internal/seal"
)

// world is a server of our own routes on one store.
type world struct {
	t     *testing.T
	db    *db.DB
	s     *Service
	api   *httpx.API
	url   string
	clock *clock.Clock
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	keys, err := seal.Parse(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.Open(context.Background(), d, keys)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: d, clock: clock.NewSimulated(time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC), 0)}
	w.s, err = New(Deps{DB: d, Seal: sealer, Now: w.clock.Now, PublicURL: "http://loa.test", Passwords: &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.s.Close)
	w.api, err = httpx.New(httpx.Options{Version: "test", Logger: slog.New(slog.DiscardHandler), Authenticate: w.s.Authenticate, AnonymousRate: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	Register(w.api, w.s)
	server := httptest.NewServer(w.api.Handler())
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// client is a browser with its own cookies, or a program with a key.
type client struct {
	w      *world
	http   *http.Client
	header http.Header
}

func (w *world) client(headers ...string) *client {
	jar, _ := cookiejar.New(nil)
	c := &client{w: w, http: &http.Client{Jar: jar}, header: http.Header{"Accept-Language": {"en"}}}
	for i := 0; i < len(headers); i += 2 {
		c.header.Set(headers[i], headers[i+1])
	}
	return c
}

// do calls and returns status and body.
func (c *client) do(method, path string, body any) (int, string) {
	c.w.t.Helper()
	var r io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			c.w.t.Fatal(err)
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, c.w.url+httpx.Base+path, r)
	if err != nil {
		c.w.t.Fatal(err)
	}
	req.Header = c.header.Clone()
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.w.t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

// want calls and wants a status, and a code that begins so somewhere in the body when it is not "".
func (c *client) want(status int, code, method, path string, body any) string {
	c.w.t.Helper()
	got, text := c.do(method, path, body)
	if got != status || code != "" && !strings.Contains(text, `"code":"`+code) {
		c.w.t.Errorf("%s %s: got %d %s, want %d %s", method, path, got, text, status, code)
	}
	return text
}

// into calls, wants 200 or 201, and decodes.
func (c *client) into(v any, method, path string, body any) {
	c.w.t.Helper()
	got, text := c.do(method, path, body)
	if got != 200 && got != 201 {
		c.w.t.Fatalf("%s %s: got %d %s", method, path, got, text)
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		c.w.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
}

const goodPassword = "mưa rơi 42 hạt"

type fields map[string]any

// owner sets the server up and returns the first owner's browser.
func (w *world) owner() *client {
	w.t.Helper()
	token, err := w.s.SetupToken(context.Background())
	if err != nil || token == "" {
		w.t.Fatalf("setup token: %q %v", token, err)
	}
	c := w.client()
	c.want(200, "", "POST", "/setup", fields{"token": token, "workspace": "Tiệm Hoa", "name": "Lan", "email": "Lan@Example.vn", "password": goodPassword})
	return c
}

// key makes an API key with a role in a workspace.
func (w *world) key(workspace int64, role httpx.Role) (Key, *client) {
	w.t.Helper()
	k, secret, err := w.s.CreateKey(context.Background(), workspace, httpx.Actor{Role: httpx.Owner}, "khóa "+string(role), role, time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	return k, w.client("Authorization", "Bearer "+secret)
}

// other founds a second workspace with an owner of its own.
func (w *world) other() (User, Workspace) {
	w.t.Helper()
	u, ws, err := w.s.Found(context.Background(), Founding{Workspace: "Quán Khác", Name: "Quốc", Email: "quoc@example.vn", Password: goodPassword})
	if err != nil {
		w.t.Fatal(err)
	}
	return u, ws
}

func parallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}
