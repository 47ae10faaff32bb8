package campaign

import (
	"context"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

// behind compares every number of a forecast with the people behind it, read in pages.
func (x *world) behind(c *Campaign, f *Forecast) {
	x.t.Helper()
	count := func(b Behind) (n int64) {
		for after := int64(0); ; {
			page, err := x.s.ForecastPeople(context.Background(), x.ws, c.ID, b, after, 23)
			x.must(err)
			for _, p := range page {
				if p.ID <= after {
					x.t.Fatalf("got person %d after %d, want the order of ids", p.ID, after)
				}
				after = p.ID
			}
			if n += int64(len(page)); len(page) == 0 {
				return n
			}
		}
	}
	if got := count(Behind{Rank: -1}); got != f.Unreachable {
		x.t.Errorf("got %d people whom no channel reaches, want %d", got, f.Unreachable)
	}
	for reason, want := range f.Reasons {
		if got := count(Behind{Rank: -1, Reason: reason}); got != want {
			x.t.Errorf("%s: got %d people, want %d", reason, got, want)
		}
	}
	for _, r := range f.Ranks {
		if got := count(Behind{Rank: r.Rank}); got != r.People {
			x.t.Errorf("rank %d: got %d people, want %d", r.Rank, got, r.People)
		}
		for reason, want := range r.Refused {
			if got := count(Behind{Rank: r.Rank, Reason: reason}); got != want {
				x.t.Errorf("rank %d, %s: got %d people, want %d", r.Rank, reason, got, want)
			}
		}
	}
	if _, err := x.s.ForecastPeople(context.Background(), x.ws, c.ID, Behind{Rank: 6}, 0, 10); !errs.Is(err, "campaign.rank_unknown") {
		x.t.Errorf("got %v, want campaign.rank_unknown", err)
	}
}

func TestListOrders(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		for i, name := range []string{"Đón Tết", "an khang", "Cuối năm", "Bánh trung thu", "Ẩm thực"} {
			f := x.full()
			f.Name = name
			if i%2 == 0 {
				f.Legs = f.Legs[:1]
			}
			f.ScheduleAt = x.clock.Now().Add(time.Duration(24*((i*3)%5+1)) * time.Hour)
			x.create(f)
		}
		read := func(f Filter) (names string) {
			for f.Limit = 2; ; {
				page, next, err := x.s.List(ctx, x.ws, f)
				x.must(err)
				for _, c := range page {
					names += c.Name + ", "
				}
				if f.After = next; next == (Mark{}) {
					return names
				}
			}
		}
		now := x.clock.Now()
		for _, want := range []struct {
			names string
			f     Filter
		}{
			{"Ẩm thực, Bánh trung thu, Cuối năm, an khang, Đón Tết, ", Filter{}},
			{"Ẩm thực, an khang, Bánh trung thu, Cuối năm, Đón Tết, ", Filter{Sort: ByName}},
			{"Bánh trung thu, an khang, Ẩm thực, Cuối năm, Đón Tết, ", Filter{Sort: ByTime}},
			{"Bánh trung thu, an khang, ", Filter{Channel: channel.Email}},
			{"Ẩm thực, Cuối năm, ", Filter{From: now.Add(36 * time.Hour), To: now.Add(84 * time.Hour)}},
			{"an khang, ", Filter{Search: "AN KHÁNG", Sort: ByUpdate}},
		} {
			if got := read(want.f); got != want.names {
				t.Errorf("%+v: got %s want %s", want.f, got, want.names)
			}
		}
	})
}

func TestRenameAndConflict(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c := x.create(x.full())
		seen := c.UpdatedAt
		x.clock.Advance(time.Second)
		c, err := x.s.Rename(ctx, x.ws, c.ID, "user:2", "  Tết   sớm ")
		x.must(err)
		if c.Name != "Tết sớm" || c.State != PendingActivation {
			t.Errorf("got %q in %s, want the new name and the same state", c.Name, c.State)
		}
		f := x.full()
		if f.SeenAt = seen; !errs.Is(second(x.s.Update(ctx, x.ws, c.ID, "user:1", f)), "campaign.changed") {
			t.Errorf("got no campaign.changed for a form that was read before the change")
		}
		f.SeenAt = c.UpdatedAt
		_, err = x.s.Update(ctx, x.ws, c.ID, "user:1", f)
		x.must(err)
		_, err = x.s.Activate(ctx, x.ws, c.ID, "user:1")
		x.must(err)
		c, err = x.s.Rename(ctx, x.ws, c.ID, "user:1", "Đang chạy")
		x.must(err)
		if c.Name != "Đang chạy" || c.State != Running {
			t.Errorf("got %q in %s, want a running campaign with the new name", c.Name, c.State)
		}
		if !errs.Is(second(x.s.Rename(ctx, x.ws, c.ID, "user:1", " ")), "campaign.invalid") {
			t.Errorf("an empty name was taken")
		}
	})
}

func second[T any](_ T, err error) error { return err }
