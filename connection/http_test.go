package connection_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/provider"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.s.Testers = map[string]connection.Tester{"zalo": func(_ context.Context, _ connection.Connection, s connection.Secrets) error {
			if s.AccessToken != "canary-access" {
				t.Errorf("probe got %q", s.AccessToken)
			}
			return &provider.Error{Provider: "zalo", Code: "-124", Message: "Access token invalid", Class: provider.Auth}
		}}
		api, err := httpx.New(httpx.Options{Version: "test", AnonymousRate: 1e6, Authenticate: func(r *http.Request) (context.Context, httpx.Actor, error) {
			ws, _ := strconv.ParseInt(r.Header.Get("X-Test-Workspace"), 10, 64)
			return r.Context(), httpx.Actor{WorkspaceID: ws, UserID: 1, Role: httpx.Role(r.Header.Get("X-Test-Role")), Language: "vi"}, nil
		}})
		x.must(err)
		connection.Register(api, x.s)
		srv := httptest.NewServer(api.Handler())
		t.Cleanup(srv.Close)
		call := func(ws int64, role httpx.Role, method, path, body string) (int, map[string]any) {
			r, err := http.NewRequest(method, srv.URL+httpx.Base+path, strings.NewReader(body))
			x.must(err)
			r.Header.Set("X-Test-Workspace", strconv.FormatInt(ws, 10))
			r.Header.Set("X-Test-Role", string(role))
			r.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(r)
			x.must(err)
			defer res.Body.Close()
			raw, err := io.ReadAll(res.Body)
			x.must(err)
			if strings.Contains(string(raw), "canary") {
				t.Errorf("%s %s shows a credential: %s", method, path, raw)
			}
			var v map[string]any
			if len(raw) > 0 {
				x.must(json.Unmarshal(raw, &v))
			}
			return res.StatusCode, v
		}
		body := `{"provider":"zalo","name":"OA","zalo":{"app_id":"1","oa_id":"2"},"secrets":{"app_secret":"canary-app","access_token":"canary-access","refresh_token":"canary-refresh"}}`
		status, made := call(x.ws, httpx.Owner, "POST", "/connections", body)
		if status != 201 || made["hook_url"] == nil {
			t.Fatalf("create: %d %v", status, made)
		}
		id := "/connections/" + strconv.Itoa(int(made["id"].(float64)))
		if _, v := call(x.ws, httpx.Viewer, "GET", id, ""); v["hook_url"] != nil || v["name"] != "OA" {
			t.Errorf("a viewer sees %v", v)
		}
		for _, c := range []struct {
			ws           int64
			role         httpx.Role
			method, path string
			body         string
			status       int
			want         string // state, code or ok
		}{
			{x.ws, httpx.Marketer, "POST", "/connections", body, 403, "access.forbidden"},
			{x.ws, httpx.Owner, "POST", "/connections", `{"provider":"zalo","name":"","zalo":{"app_id":"x","oa_id":"2"}}`, 422, "connection.invalid"},
			{x.ws + 1, httpx.Owner, "GET", id, "", 404, "connection.not_found"},
			{x.ws + 1, httpx.Owner, "PUT", id, body, 404, "connection.not_found"},
			{x.ws + 1, httpx.Owner, "DELETE", id, "", 404, "connection.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/test", "", 404, "connection.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/hold", "", 404, "connection.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/resume", "", 404, "connection.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/disable", "", 404, "connection.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/rotate-hook", "", 404, "connection.not_found"},
			{x.ws, httpx.Marketer, "POST", id + "/hold", "", 403, "access.forbidden"},
			{x.ws, httpx.Owner, "POST", id + "/test", "", 200, "false -124"},
			{x.ws, httpx.Owner, "PUT", id, body, 200, "active"},
			{x.ws, httpx.Owner, "POST", id + "/hold", "", 200, "held"},
			{x.ws, httpx.Owner, "POST", id + "/hold", "", 409, "connection.state"},
			{x.ws, httpx.Owner, "POST", id + "/resume", "", 200, "active"},
			{x.ws, httpx.Owner, "DELETE", id, "", 409, "connection.not_disabled"},
			{x.ws, httpx.Owner, "POST", id + "/disable", "", 200, "disabled"},
			{x.ws, httpx.Viewer, "GET", "/connections?channel=zns", "", 200, ""},
			{x.ws, httpx.Owner, "DELETE", id, "", 204, ""},
		} {
			status, v := call(c.ws, c.role, c.method, c.path, c.body)
			got, _ := v["state"].(string)
			if code, ok := v["code"].(string); ok {
				got = code
			}
			if ok, there := v["ok"].(bool); there {
				got = strconv.FormatBool(ok) + " " + got
			}
			if status != c.status || got != c.want {
				t.Errorf("%s %s as %s: got %d %q, want %d %q: %v", c.method, c.path, c.role, status, got, c.status, c.want, v)
			}
		}
	})
}
