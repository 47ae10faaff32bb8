package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/internal/httpx/httpxtest"
	"github.com/loa-project/loa/workspace"
)

// shop is the whole program with a filled workspace, served but not working.
type shop struct {
	app    *App
	sample *Sample
	url    string
	keys   map[httpx.Role]string // of the filled workspace
	other  string                // an owner's key of another workspace, which is empty
}

func newShop(t *testing.T, url string) *shop {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	cfg := config.Config{DataDir: dir, DatabaseURL: url, Listen: "127.0.0.1:0", PublicURL: "http://127.0.0.1", Roles: []string{"api"}, KeyFile: filepath.Join(dir, "loa.key"), Simulation: true}
	clk := clock.NewSimulated(time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC), 1)
	a, err := Open(ctx, cfg, clk, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	s := &shop{app: a, keys: map[httpx.Role]string{}}
	if s.sample, err = a.Seed(ctx, SeedOptions{People: 20, SimulatorURL: "http://127.0.0.1:1", SimulatorSMTP: "127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	_, w, err := a.Workspaces.Found(ctx, workspace.Founding{Email: "khac@example.com", Name: "Người khác", Workspace: "Cửa hàng khác"})
	if err != nil {
		t.Fatal(err)
	}
	key := func(id int64, role httpx.Role) string {
		_, secret, err := a.Workspaces.CreateKey(ctx, id, httpx.Actor{WorkspaceID: id, Role: httpx.Owner}, string(role), role, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	for _, role := range []httpx.Role{httpx.Owner, httpx.Marketer, httpx.Care, httpx.Viewer} {
		s.keys[role] = key(s.sample.Workspace, role)
	}
	s.other = key(w.ID, httpx.Owner)
	server := httptest.NewServer(a.API.Handler())
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func bearer(key string) httpxtest.Caller {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+key) }
}

// TestRoleMatrix calls every route of the program as every role.
func TestRoleMatrix(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	callers := map[httpx.Role]httpxtest.Caller{}
	for role, key := range s.keys {
		callers[role] = bearer(key)
	}
	if pairs := httpxtest.Matrix(t, s.app.API, s.url, callers, "setup", "sign-in", "sign-in-by-link", "get-setup"); pairs < 250 {
		t.Errorf("pairs: got %d, want at least 250", pairs)
	}
	for _, r := range s.app.API.Routes() {
		if strings.HasPrefix(r.Path, httpx.Base+"/") && r.Role == httpx.Anyone && r.Path != httpx.Base+"/setup" && !strings.HasPrefix(r.Path, httpx.Base+"/session") {
			t.Errorf("%s %s is open to anyone", r.Method, r.Path)
		}
	}
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// TestWorkspacesNeverMeet replays every route that names an id with the ids of another workspace: the answer is 404 and nothing of the owner's shows. It runs on both databases.
func TestWorkspacesNeverMeet(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); neverMeet(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); neverMeet(t, dbtest.PostgresURL(t)) })
}

func neverMeet(t *testing.T, url string) {
	s := newShop(t, url)
	ctx := context.Background()
	if _, err := s.app.Campaigns.Activate(ctx, s.sample.Workspace, s.sample.Campaign.ID, sampleActor); err != nil {
		t.Fatal(err)
	}
	ids := map[string]int64{"/campaigns/": s.sample.Campaign.ID, "/segments/": s.sample.Segment, "/templates/": s.sample.Templates[1], "/connections/": s.sample.SMS, "/imports/": s.sample.Import.ID}
	for prefix, query := range map[string]string{"/contacts/": `SELECT MIN(id) FROM contact WHERE workspace_id = $1`, "/users/": `SELECT MIN(user_id) FROM membership WHERE workspace_id = $1`, "/keys/": `SELECT MIN(id) FROM api_key WHERE workspace_id = $1`} {
		var id int64
		if err := s.app.DB.QueryRow(ctx, query, s.sample.Workspace).Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids[prefix] = id
	}
	bodies := map[string]string{
		"update-connection": `{"provider":"esms","name":"x","esms":{"brandname":"X"},"secrets":{}}`, "update-segment": `{"name":"x","condition":{"field":"phone","operator":"has_any"}}`,
		"make-dkim-key": `{"domain":"x.vn","selector":"x"}`, "resolve-campaign": `{"sent":true,"reason":"x"}`, "resolve-message": `{"sent":true,"reason":"x"}`, "clone-template": `{"name":"x"}`, "describe-zns-template": `{"wording":"x"}`, "enter-campaign": `{"contact_ids":[1]}`, "tag-at-oa": `{"contact_id":1,"tag":"x"}`, "reply-by-hand": `{"connection_id":1,"address":"x","text":"x"}`, "test-template": `{"connection_id":1,"to":"0901234567"}`, "grant-consent": `{"channels":["sms"],"shown":"x","source":"x"}`, "add-identity": `{"kind":"phone","value":"0901234567"}`, "remove-identity": `{"kind":"phone","value":"+84901234567"}`,
		"withdraw-consent": `{"channels":["sms"],"source":"x"}`, "update-voucher": `{"name":"x"}`, "give-voucher": `{"contact_ids":[1]}`, "generate-voucher-codes": `{"count":1}`, "rename-campaign": `{"name":"x"}`, "lift-suppression": `{"reason":"nhầm số"}`, "add-price": `{"vnd":1}`, "merge-contacts": fmt.Sprintf(`{"other":%d}`, ids["/contacts/"]+1),
	}
	// What else may be answered: events come as a stream; sessions end only for people, and a key is none.
	allowed := map[string]int{"campaign-events": http.StatusOK, "end-session": http.StatusForbidden}
	tried := 0
	for _, route := range s.app.API.Routes() {
		path, ok := strings.CutPrefix(route.Path, httpx.Base)
		if !ok || !strings.Contains(path, "{") {
			continue
		}
		if strings.Contains(path, "{contact_id}") {
			path = strings.ReplaceAll(path, "{contact_id}", fmt.Sprint(ids["/contacts/"]))
		}
		for prefix, id := range ids {
			if strings.HasPrefix(path, prefix) {
				path = parameter.ReplaceAllString(path, fmt.Sprint(id))
			}
		}
		path = parameter.ReplaceAllString(path, "1")
		status, body := s.send(t, route.Method, httpx.Base+path, bodies[route.ID], s.other, route.Stream)
		tried++
		if status != http.StatusNotFound && status != allowed[route.ID] {
			t.Errorf("%s %s with another workspace's key: got %d, want 404: %s", route.Method, path, status, body)
		}
		for _, secret := range []string{"Có số điện thoại", "Cảm ơn sau mua", "LOASHOP", "khach1@", "Người dùng thử"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s %s shows %q of another workspace", route.Method, path, secret)
			}
		}
	}
	if tried < 40 {
		t.Errorf("routes with ids: got %d, want at least 40", tried)
	}
	// Lists show nothing of the neighbour, and everything is as it was.
	for _, path := range []string{"/campaigns", "/segments", "/templates", "/connections", "/contacts", "/imports", "/tags", "/attributes", "/suppressions", "/overview", "/contacts/export", "/users", "/audit"} {
		_, body := s.send(t, "GET", httpx.Base+path, "", s.other, false)
		for _, secret := range []string{"Có số điện thoại", "Cảm ơn sau mua", "LOASHOP", "KH000001", "Người dùng thử", "Chăm sóc sau mua"} {
			if strings.Contains(body, secret) {
				t.Errorf("GET %s shows %q of another workspace", path, secret)
			}
		}
	}
	for prefix, id := range ids {
		if prefix == "/users/" || prefix == "/keys/" {
			continue
		}
		if status, body := s.send(t, "GET", fmt.Sprint(httpx.Base, prefix, id), "", s.keys[httpx.Owner], false); status != http.StatusOK {
			t.Errorf("GET %s%d by its owner afterwards: got %d: %s", prefix, id, status, body)
		}
	}
}

func (s *shop) send(t *testing.T, method, path, body, key string, stream bool) (int, string) {
	t.Helper()
	limit := 20 * time.Second
	if stream {
		limit = 2 * time.Second
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var in io.Reader
	if method != http.MethodGet && method != http.MethodDelete {
		if body == "" {
			body = "{}"
		}
		in = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, in)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil && !stream {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return res.StatusCode, string(raw)
}

// TestPublicAddresses reads what needs no key: health, readiness, metrics and the OpenAPI document, which lists every route of the API.
func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	for path, want := range map[string]string{"/healthz": `"status":"ok"`, "/readyz": `"status":"ready"`, "/metrics": `loa_legs{state="unknown"}`} {
		if status, body := s.send(t, "GET", path, "", "", false); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("GET %s: got %d %q, want %q in it", path, status, body, want)
		}
	}
	status, body := s.send(t, "GET", "/api/openapi.json", "", "", false)
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			ID string `json:"operationId"`
		}
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil || status != http.StatusOK || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("openapi: got %d %s %v", status, doc.OpenAPI, err)
	}
	known := map[string]bool{}
	for _, methods := range doc.Paths {
		for _, o := range methods {
			known[o.ID] = true
		}
	}
	for _, r := range s.app.API.Routes() {
		if strings.HasPrefix(r.Path, httpx.Base+"/") && !known[r.ID] {
			t.Errorf("the document lacks %s %s (%s)", r.Method, r.Path, r.ID)
		}
	}
}
