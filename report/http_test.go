package report

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
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

// serve puts the routes on a real server; the header X-Test-Workspace says who asks, as a viewer.
func (x *world) serve() (*httptest.Server, *httpx.API) {
	x.t.Helper()
	api, err := httpx.New(httpx.Options{Logger: slog.New(slog.DiscardHandler), Authenticate: func(r *http.Request) (context.Context, httpx.Actor, error) {
		ws, _ := strconv.ParseInt(r.Header.Get("X-Test-Workspace"), 10, 64)
		return r.Context(), httpx.Actor{WorkspaceID: ws, KeyID: 7, Role: httpx.Viewer}, nil
	}})
	x.must(err)
	Register(api, x.s)
	srv := httptest.NewServer(api.Handler())
	x.t.Cleanup(srv.Close)
	return srv, api
}

func (x *world) get(ctx context.Context, srv *httptest.Server, ws int64, path string) *http.Response {
	x.t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", srv.URL+path, nil)
	x.must(err)
	r.Header.Set("X-Test-Workspace", strconv.FormatInt(ws, 10))
	r.Header.Set("Accept-Language", "en")
	resp, err := http.DefaultClient.Do(r)
	x.must(err)
	return resp
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c := x.broadcast()
		x.run(c.ID)
		srv, api := x.serve()
		page, _, err := x.s.OfContact(ctx, "vi", x.ws, x.ids["an"], 0, 1)
		x.must(err)
		messageID := page[0].MessageID
		for _, route := range api.Routes() {
			if !strings.HasPrefix(route.Path, httpx.Base) {
				continue
			}
			path := strings.NewReplacer("/contacts/{id}", fmt.Sprintf("/contacts/%d", x.ids["an"]), "/messages/{id}", fmt.Sprintf("/messages/%d", messageID),
				"{id}", fmt.Sprint(c.ID), "{contact_id}", fmt.Sprint(x.ids["an"])).Replace(route.Path)
			if strings.HasSuffix(path, "/events") {
				x.events(srv, path)
				continue
			}
			for _, ws := range []int64{x.ws, x.ws + 1} {
				resp := x.get(ctx, srv, ws, path)
				body, err := io.ReadAll(resp.Body)
				x.must(err)
				_ = resp.Body.Close()
				want := 200
				if ws != x.ws && !strings.Contains(path, "/overview") {
					want = 404
				}
				if resp.StatusCode != want {
					t.Errorf("%s for workspace %d: got %d, want %d: %s", path, ws, resp.StatusCode, want, body)
				}
				if ws != x.ws && strings.Contains(string(body), "example.com") {
					t.Errorf("%s shows another workspace's people: %s", path, body)
				}
			}
		}
		// Pages by cursor, one line a page, give every line once.
		seen, cursor := map[float64]bool{}, ""
		for range 20 {
			resp := x.get(ctx, srv, x.ws, fmt.Sprintf("%s/campaigns/%d/activity?limit=1&cursor=%s", httpx.Base, c.ID, cursor))
			var body struct {
				Items []map[string]any `json:"items"`
				Next  string           `json:"next"`
			}
			x.must(json.NewDecoder(resp.Body).Decode(&body))
			_ = resp.Body.Close()
			seen[body.Items[0]["message_id"].(float64)] = true
			if cursor = body.Next; cursor == "" {
				break
			}
		}
		if len(seen) != 6 {
			t.Errorf("got %d lines over all pages, want 6", len(seen))
		}
		for path, code := range map[string]string{"activity?status=lost": "report.status_unknown", "activity?channel=fax": "report.channel_unknown", "activity?cursor=x": "request.cursor_invalid", "activity.csv?status=lost": "report.status_unknown"} {
			resp := x.get(ctx, srv, x.ws, fmt.Sprintf("%s/campaigns/%d/%s", httpx.Base, c.ID, path))
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != 422 || !strings.Contains(string(body), `"`+code+`"`) {
				t.Errorf("%s: got %d %s, want 422 %s", path, resp.StatusCode, body, code)
			}
		}
		resp := x.get(ctx, srv, x.ws, fmt.Sprintf("%s/campaigns/%d/activity.csv?status=failed", httpx.Base, c.ID))
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.Header.Get("Content-Type") != "text/csv; charset=utf-8" || strings.Count(string(body), "\r\n") != 2 || !strings.Contains(string(body), "Check the number.") {
			t.Errorf("got %v %q, want a file with one failed message in English", resp.Header, body)
		}
	})
}

// events reads the first two events of the stream and hangs up.
func (x *world) events(srv *httptest.Server, path string) {
	x.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	resp := x.get(ctx, srv, x.ws, path)
	defer resp.Body.Close()
	var got []string
	for in := bufio.NewScanner(resp.Body); len(got) < 2 && in.Scan(); {
		if name, ok := strings.CutPrefix(in.Text(), "event: "); ok {
			got = append(got, name)
		}
	}
	if strings.Join(got, " ") != "counts ping" {
		x.t.Errorf("got events %v, want counts and ping", got)
	}
}
