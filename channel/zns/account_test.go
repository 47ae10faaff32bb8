package zns_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/simulator"
)

// TestAccount takes a changed quota over from an event, the newest whatever the order, and reads the kinds that an OA may send when Zalo says that they have changed.
func TestAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		w := newWorld(t, d)
		var dropped []int64
		w.c.QuotaChanged = func(_, connection int64) { dropped = append(dropped, connection) }
		w.c.Of = func(_ context.Context, workspace int64, oa string) ([]int64, error) {
			if workspace == 1 && oa == simulator.DefaultOAID {
				return []int64{9}, nil
			}
			return nil, nil
		}
		tell := func(oa string, at time.Time, event string) error {
			body := fmt.Sprintf(`{%s,"app_id":"1","oaId":"%s","timestamp":"%d"}`, event, oa, at.UnixMilli())
			read := func(*http.Request, string, []byte) ([]message.Receipt, error) { return nil, nil }
			_, err := w.c.Watch(1, 7, read)(httptest.NewRequest("POST", "/", strings.NewReader(body)), "", []byte(body))
			return err
		}
		quota := func(was, is string) string {
			return `"event_name":"change_oa_daily_quota","quota":{"prev_value":` + was + `,"new_value":` + is + `}`
		}
		err := errors.Join(tell(simulator.DefaultOAID, w.now, quota(`"20000"`, `10000`)), tell(simulator.DefaultOAID, w.now, quota(`"20000"`, `10000`)), // twice
			tell(simulator.DefaultOAID, w.now.Add(-time.Hour), quota(`"50000"`, `"20000"`)), // overtaken
			tell("777", w.now.Add(time.Minute), quota(`1`, `2`)),                            // another OA
			tell(simulator.DefaultOAID, w.now.Add(time.Minute), quota(`"x"`, `{}`)))         // unreadable
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.c.Account(ctx, 1, 9)
		if err != nil || got.QuotaDaily != 10000 || got.QuotaBefore != 20000 || !got.QuotaAt.Equal(w.now) || len(got.Kinds) != 0 {
			t.Errorf("account: got %+v %v, want 20000 to 10000 at %s and no kinds", got, err, w.now)
		}
		if len(dropped) == 0 || slices.ContainsFunc(dropped, func(id int64) bool { return id != 9 }) {
			t.Errorf("quota memories dropped: got %v, want those of connection 9", dropped)
		}
		if _, err := w.c.Sync(ctx, 1, 9); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Minute)
		if err := tell(simulator.DefaultOAID, w.now, `"event_name":"change_oa_template_tags"`); err != nil {
			t.Fatal(err)
		}
		l, err := w.c.List(ctx, 1, 9)
		if err != nil || len(l.Account.Kinds) == 0 || l.Account.KindsAt.Equal(w.now) {
			t.Errorf("after the first reading: got %+v %v, want kinds", l.Account, err)
		}
		if err := w.c.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		if got, err := w.c.Account(ctx, 1, 9); err != nil || !got.KindsAt.Equal(w.now) {
			t.Errorf("after the tick: got kinds of %s %v, want them read again at %s", got.KindsAt, err, w.now)
		}
	})
}

// TestPriceChange keeps the price that a template had before Zalo changed it.
func TestPriceChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		w := newWorld(t, d)
		if _, err := w.c.Sync(ctx, 1, 9); err != nil {
			t.Fatal(err)
		}
		w.sim.AddZaloTemplate(simulator.ZaloTemplate{ID: "100003", Name: "Chăm sóc sau mua", Tag: "CUSTOMER_CARE", PriceSDT: 260})
		w.now = w.now.Add(25 * time.Hour)
		for range 2 {
			if _, err := w.c.Sync(ctx, 1, 9); err != nil {
				t.Fatal(err)
			}
		}
		l, err := w.c.List(ctx, 1, 9)
		if err != nil {
			t.Fatal(err)
		}
		if got := byID(l)["100003"]; got.PriceVND != 260 || got.PriceBeforeVND != 200 || !got.PriceChangedAt.Equal(w.now) {
			t.Errorf("got %d, before %d, at %s; want 260, 200, %s", got.PriceVND, got.PriceBeforeVND, got.PriceChangedAt, w.now)
		}
		if got := byID(l)["100001"]; got.PriceBeforeVND != 0 || !got.PriceChangedAt.IsZero() {
			t.Errorf("a price that stayed: got %+v", got)
		}
	})
}
