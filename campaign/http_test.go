package campaign

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/httpx"
)

// serve puts the routes on a real server; the header X-Test-Workspace says who asks, as a marketer.
func (x *world) serve() *httptest.Server {
	x.t.Helper()
	api, err := httpx.New(httpx.Options{Logger: slog.New(slog.DiscardHandler), Authenticate: func(r *http.Request) (context.Context, httpx.Actor, error) {
		ws, _ := strconv.ParseInt(r.Header.Get("X-Test-Workspace"), 10, 64)
		return r.Context(), httpx.Actor{WorkspaceID: ws, KeyID: 7, Role: httpx.Role(r.Header.Get("X-Test-Role"))}, nil
	}})
	x.must(err)
	Register(api, x.s)
	srv := httptest.NewServer(api.Handler())
	x.t.Cleanup(srv.Close)
	return srv
}

func (x *world) call(srv *httptest.Server, ws int64, role httpx.Role, method, path, body string) (int, map[string]any) {
	x.t.Helper()
	r, err := http.NewRequest(method, srv.URL+httpx.Base+path, strings.NewReader(body))
	x.must(err)
	r.Header.Set("X-Test-Workspace", strconv.FormatInt(ws, 10))
	r.Header.Set("X-Test-Role", string(role))
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	x.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	x.must(err)
	var v map[string]any
	if len(raw) > 0 {
		x.must(json.Unmarshal(raw, &v))
	}
	return resp.StatusCode, v
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		srv := x.serve()
		full, err := json.Marshal(x.full())
		x.must(err)
		status, c := x.call(srv, x.ws, httpx.Marketer, "POST", "/campaigns", string(full))
		if status != 201 || c["state"] != "pending_activation" {
			t.Fatalf("got %d %v, want 201 pending_activation", status, c)
		}
		id := "/campaigns/" + strconv.Itoa(int(c["id"].(float64)))
		for _, c := range []struct {
			ws                 int64
			role               httpx.Role
			method, path, body string
			status             int
			want               string // state or code
		}{
			{x.ws, httpx.Viewer, "GET", id, "", 200, "pending_activation"},
			{x.ws + 1, httpx.Owner, "GET", id, "", 404, "campaign.not_found"},
			{x.ws + 1, httpx.Owner, "GET", id + "/forecast", "", 404, "campaign.not_found"},
			{x.ws + 1, httpx.Owner, "PUT", id, string(full), 404, "campaign.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/activate", "", 404, "campaign.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/pause", "", 404, "campaign.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/resume", "", 404, "campaign.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/cancel", "", 404, "campaign.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/clone", "{}", 404, "campaign.not_found"},
			{x.ws + 1, httpx.Owner, "DELETE", id + "?confirm=x", "", 404, "campaign.not_found"},
			{x.ws + 1, httpx.Owner, "POST", id + "/resolve", `{"sent":true,"reason":"x"}`, 404, "campaign.not_found"},
			{x.ws + 1, httpx.Owner, "POST", "/messages/1/resolve", `{"sent":true,"reason":"x"}`, 404, "message.not_found"},
			{x.ws, httpx.Owner, "POST", id + "/resolve", `{"sent":true,"reason":"x"}`, 409, "campaign.not_started"},
			{x.ws, httpx.Owner, "POST", id + "/resolve", `{"sent":true,"reason":" "}`, 422, "message.resolve_reason"},
			{x.ws, httpx.Care, "POST", id + "/activate", "", 403, "access.forbidden"},
			{x.ws, httpx.Marketer, "PUT", id, string(full), 200, "pending_activation"},
			{x.ws, httpx.Marketer, "PUT", id, `{"name":"x","legs":[{"channel":"fax","connection_id":0,"template_id":0}]}`, 422, "campaign.invalid"},
			{x.ws, httpx.Viewer, "GET", id + "/forecast", "", 200, ""},
			{x.ws, httpx.Marketer, "DELETE", id + "?confirm=x", "", 422, "campaign.confirm_name"},
			{x.ws, httpx.Marketer, "POST", id + "/activate", "", 200, "running"},
			{x.ws, httpx.Marketer, "POST", id + "/activate", "", 409, "campaign.not_pending"},
			{x.ws, httpx.Marketer, "POST", id + "/pause", "", 200, "paused"},
			{x.ws, httpx.Marketer, "POST", id + "/resume", "", 200, "running"},
			{x.ws, httpx.Marketer, "POST", id + "/cancel", "", 200, "cancelled"},
			{x.ws, httpx.Marketer, "POST", id + "/clone", "{}", 201, "pending_activation"},
			{x.ws, httpx.Viewer, "GET", "/campaigns?state=cancelled&search=TET&limit=1", "", 200, ""},
			{x.ws, httpx.Marketer, "POST", "/campaigns", `{}`, 201, "draft"},
			{x.ws, httpx.Marketer, "POST", "/campaigns", `{"name":"Tết","audience":{"everyone":true},"legs":[{"channel":"zns"}]}`, 201, "draft"},
			{x.ws, httpx.Marketer, "POST", "/campaigns", `{"name":"Tết","schedule_at":"2026-12-01T09:00:00+07:00","options":{"window":{"from":"08:00","to":"20:00"}}}`, 201, "draft"},
			{x.ws, httpx.Marketer, "POST", "/campaigns", `{"name":"Tết","nonsense":1}`, 422, "request.invalid"},
			{x.ws, httpx.Viewer, "GET", "/campaigns?state=lost", "", 422, "campaign.state_unknown"},
			{x.ws, httpx.Marketer, "DELETE", id + "?confirm=T%E1%BA%BFt", "", 204, ""},
		} {
			status, v := x.call(srv, c.ws, c.role, c.method, c.path, c.body)
			got, _ := v["state"].(string)
			if code, ok := v["code"].(string); ok {
				got = code
			}
			if status != c.status || got != c.want {
				t.Errorf("%s %s as %s: got %d %q, want %d %q: %v", c.method, c.path, c.role, status, got, c.status, c.want, v)
			}
		}
	})
}
