package report

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// TestSeries runs a broadcast and holds the series against the counters: every fact stands in exactly one step, and each step asked for sums to the same.
func TestSeries(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c := x.broadcast()
		if _, err := x.s.Series(ctx, x.ws, c.ID, SeriesFilter{}); !errs.Is(err, "campaign.not_started") {
			t.Errorf("got %v before the start, want campaign.not_started", err)
		}
		x.run(c.ID)
		counts, err := x.s.Counts(ctx, x.ws, c.ID)
		x.must(err)
		want := map[string]int64{"requested": counts.Total[string(message.StatusSent)], "failed": counts.Total[string(message.StatusFailed)], "delivered": counts.Total[string(message.StatusDelivered)]}
		for _, step := range []string{"", "minute", "hour", "day"} {
			s, err := x.s.Series(ctx, x.ws, c.ID, SeriesFilter{Step: step})
			x.must(err)
			got := map[string]int64{}
			for _, p := range s.Points {
				for i, n := range p.Counts {
					got[s.Facts[i]] += n
				}
			}
			for fact, n := range want {
				if got[fact] != n || n == 0 {
					t.Errorf("step %q: got %d %s, want %d and more than none", step, got[fact], fact, n)
				}
			}
		}
		rank := 1
		s, err := x.s.Series(ctx, x.ws, c.ID, SeriesFilter{Rank: &rank})
		x.must(err)
		if len(s.Points) == 0 || slices.Contains(s.Facts, "delivered") {
			t.Errorf("got %v with %d points for the fallback, want requests that nobody reported as delivered", s.Facts, len(s.Points))
		}
		if _, err := x.s.Series(ctx, x.ws, c.ID, SeriesFilter{Step: "week"}); !errs.Is(err, "report.step_unknown") {
			t.Errorf("got %v, want report.step_unknown", err)
		}
		faults, err := x.s.Messages.Verify(ctx, 10)
		x.must(err)
		if len(faults) > 0 {
			t.Errorf("got faults %v, want none", faults)
		}
	})
}

func TestCourse(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Kathmandu") // 5 hours 45 minutes ahead
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 1, 20, 10, 0, 0, zone)
	make1 := func() course {
		return course{from: start.UnixMilli() / minute, to: start.Add(100*24*time.Hour).UnixMilli() / minute, minutes: map[int64]*[len(shown)]int64{}}
	}
	at := func(d time.Duration) int64 { return start.Add(d).UnixMilli() / minute }
	c := make1()
	c.add(message.FactDelivered, 5, 2)                  // dated 1970: counts at the start
	c.add(message.FactDelivered, at(10*time.Minute), 3) // the same hour
	c.add(message.FactDelivered, at(55*time.Minute), 4) // after nine
	c.add(message.FactFailed, at(4*time.Hour), 1)       // the next day
	c.add(message.FactFailed, at(1000*24*time.Hour), 7) // in the future: counts now
	for step, want := range map[string][]string{
		"hour": {"2026-03-01 20:00", "2026-03-01 21:00", "2026-03-02 00:00", "2026-06-09 20:00"},
		"day":  {"2026-03-01 00:00", "2026-03-02 00:00", "2026-06-09 00:00"},
		"":     {"2026-03-01 00:00", "2026-03-02 00:00", "2026-06-09 00:00"},
	} {
		var s Series
		if err := c.points(&s, step, zone); err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, p := range s.Points {
			got = append(got, time.UnixMilli(p.At).In(zone).Format("2006-01-02 15:04"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", step, got, want)
		}
		if !slices.Equal(s.Facts, []string{"delivered", "failed"}) {
			t.Errorf("%s: got facts %v, want delivered and failed", step, s.Facts)
		}
	}
	c = make1()
	for i := range int64(3000) {
		c.add(message.FactDelivered, c.from+i, 1)
	}
	var s Series
	if err := c.points(&s, stepMinute, zone); err != nil || s.Step != stepHour || len(s.Points) > maxPoints {
		t.Errorf("got step %s with %d points and %v, want hours", s.Step, len(s.Points), err)
	}
}
