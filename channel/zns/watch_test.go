package zns_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/simulator"
)

// TestWatch takes what Zalo tells about templates, once or twice, and nothing that is old, forged or another workspace's; the next tick asks Zalo for the truth.
func TestWatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		w := newWorld(t, d)
		if _, err := w.c.Sync(ctx, 1, 9); err != nil {
			t.Fatal(err)
		}
		tell := func(workspace int64, at time.Time, event string, refusal error) error {
			body := fmt.Sprintf(`{%s,"app_id":"1","oa_id":"%s","template_id":"100001","timestamp":"%d"}`, event, simulator.DefaultOAID, at.UnixMilli())
			read := func(*http.Request, string, []byte) ([]message.Receipt, error) { return nil, refusal }
			_, err := w.c.Watch(workspace, 9, read)(httptest.NewRequest("POST", "/", strings.NewReader(body)), "", []byte(body))
			return err
		}
		const off, low = `"event_name":"change_template_status","status":{"prev_status":"ENABLE","new_status":"DISABLE"}`, `"event_name":"change_template_quality","quality":"LOW"`
		if err := tell(1, w.now, off, message.ErrForged); !errors.Is(err, message.ErrForged) {
			t.Errorf("forged: got %v, want ErrForged", err)
		}
		if err := errors.Join(tell(1, w.now.Add(-25*time.Hour), off, nil), tell(2, w.now, off, nil), tell(1, w.now, `"event_name":"follow"`, nil)); err != nil {
			t.Fatal(err)
		}
		state := func() zns.Template {
			l, err := w.c.List(ctx, 1, 9)
			if err != nil {
				t.Fatal(err)
			}
			return byID(l)["100001"]
		}
		if got := state(); got.Status != "ENABLE" || got.Quality != "HIGH" {
			t.Errorf("after events that do not count: got %s %s, want ENABLE HIGH", got.Status, got.Quality)
		}
		if err := errors.Join(tell(1, w.now, off, nil), tell(1, w.now, off, nil), tell(1, w.now, low, nil)); err != nil {
			t.Fatal(err)
		}
		if got := state(); got.Status != "DISABLE" || got.Quality != "LOW" || got.Sendable {
			t.Errorf("after the events: got %s %s sendable %v, want DISABLE LOW false", got.Status, got.Quality, got.Sendable)
		}
		if err := w.c.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		if got := state(); got.Status != "ENABLE" || !got.Sendable {
			t.Errorf("after the tick: got %s, want what Zalo says, ENABLE", got.Status)
		}
	})
}
