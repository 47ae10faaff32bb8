package report

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/message"
)

func TestOverview(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		steps, err := x.s.Steps(ctx, x.ws)
		x.must(err)
		if *steps != (Steps{}) {
			t.Errorf("got steps %+v in an empty workspace, want none", *steps)
		}
		c := x.broadcast()
		x.run(c.ID)
		steps, err = x.s.Steps(ctx, x.ws)
		x.must(err)
		if want := (Steps{Customers: true, Template: true, Campaign: true, Sent: true, CampaignID: c.ID}); *steps != want {
			t.Errorf("got steps %+v, want %+v", *steps, want)
		}

		daily, err := x.s.Daily(ctx, x.ws, 7)
		x.must(err)
		if len(daily.Days) != 7 || daily.Days[6] != "2026-11-21" || len(daily.Channels) != 2 {
			t.Fatalf("got %d days to %v with %d channels, want 7 to 2026-11-21 with 2", len(daily.Days), daily.Days, len(daily.Channels))
		}
		sms := daily.Channels[0]
		if sms.Channel != channel.SMS || sms.Counts["requested"][6] != 3 || sms.Counts["delivered"][6] != 1 || sms.Counts["failed"][6] != 1 || sms.Cost[6] != 800 {
			t.Errorf("got %+v, want by SMS 3 requested, 1 delivered, 1 failed for 800 VND today", sms)
		}
		x.clock.Advance(24 * time.Hour)
		daily, err = x.s.Daily(ctx, x.ws, 2)
		x.must(err)
		if sms := daily.Channels[0]; sms.Cost[0] != 800 || sms.Cost[1] != 0 || sms.Counts["requested"][0] != 3 {
			t.Errorf("got %+v a day later, want the same yesterday", sms)
		}
		x.clock.Advance(-24 * time.Hour)

		traffic, err := x.s.Traffic(ctx, x.ws)
		x.must(err)
		if want := "[{1 3 1 1 1 0} {2 1 1 0 0 0}]"; fmt.Sprint(traffic) != want {
			t.Errorf("got traffic %v, want %s", traffic, want)
		}
		x.attention(c.ID)
	})
}

// attention breaks one thing after the other.
func (x *world) attention(campaign int64) {
	x.t.Helper()
	ctx := context.Background()
	exec := func(text string, args ...any) {
		x.t.Helper()
		_, err := x.d.Exec(ctx, text, append([]any{x.ws}, args...)...)
		x.must(err)
	}
	want := func(kinds string) {
		x.t.Helper()
		list, err := x.s.Attention(ctx, x.ws)
		x.must(err)
		var got []string
		for _, a := range list {
			got = append(got, string(a.Kind)+":"+string(a.Level))
		}
		if strings.Join(got, " ") != kinds {
			x.t.Errorf("got %s, want %s", strings.Join(got, " "), kinds)
		}
	}
	want("unknown_results:warning")
	now := x.clock.Now().UnixMilli()
	exec(`INSERT INTO connection (id, workspace_id, channel, provider, name, hook_token, state, created_at, updated_at) VALUES (1, $1, 'sms', 'esms', 'Brandname', 'x', 'active', 1, 1)`)
	want("unknown_results:warning") // it has taken a message, but only just now
	x.clock.Advance(2 * time.Hour)
	want("hook_silent:warning unknown_results:warning")
	exec(`UPDATE connection SET channel = 'sync', provider = 'getfly' WHERE workspace_id = $1`)
	want("unknown_results:warning") // what ends with its answer is never told of later
	exec(`UPDATE connection SET channel = 'sms', provider = 'esms' WHERE workspace_id = $1`)
	exec(`UPDATE connection SET last_event_at = $2, token_expires_at = $3 WHERE workspace_id = $1`, now, now+5*60*minute)
	want("token_expiring:warning unknown_results:warning")
	exec(`UPDATE connection SET state = 'held', held_reason = 'auth' WHERE workspace_id = $1`)
	exec(`INSERT INTO import (workspace_id, filename, spool, format, state, rows_rejected, created_by, created_at, finished_at) VALUES ($1, 'a.csv', 'a', 'csv', 'finished', 3, 'user:1', 1, $2)`, now)
	exec(`INSERT INTO zns_template (workspace_id, connection_id, template_id, name, status, quality) VALUES ($1, 1, '7', 'x', 'REJECT', '')`)
	exec(`INSERT INTO zns_template (workspace_id, connection_id, template_id, name, status, quality) VALUES ($1, 1, '8', 'nobody uses it', 'REJECT', '')`)
	_, err := x.s.Campaigns.Templates.Create(ctx, x.ws, "user:1", "ZNS", channel.ZNS, json.RawMessage(`{"template_id":"7","connection_id":1,"params":{},"schema":[]}`))
	x.must(err)
	exec(`UPDATE run SET state = 'paused', state_reason = 'spend_cap' WHERE workspace_id = $1`)
	x.s.AuditWhole = func(context.Context, int64) (bool, error) { return false, nil }
	x.s.Quota = func(context.Context, int64, int64) (int64, int64, bool) { return 5, 500, true }
	want("connection_held:error campaign_paused:error audit_broken:error unknown_results:warning template_rejected:warning import_rejected:warning")
	exec(`UPDATE connection SET state = 'active', provider = 'zalo', token_expires_at = 0 WHERE workspace_id = $1`)
	want("campaign_paused:error audit_broken:error quota_low:warning unknown_results:warning template_rejected:warning import_rejected:warning")
}

// TestCostOverDays shares the cost of a rank over days without losing a đồng.
func TestCostOverDays(t *testing.T) {
	t.Parallel()
	f := folder{out: &Daily{}, begins: []int64{0, day, 2 * day}, at: map[channel.Channel]int{}, taken: map[rankKey]*taken{}}
	k := rankKey{1, 0}
	for at, n := range map[int64]int64{-1: 1, 5: 3, day: 3, 2*day + 7: 3} {
		f.add(channel.SMS, happening{rankKey: k, fact: message.FactAccepted, at: at, n: n})
	}
	f.pay(map[rankKey]int64{k: 1001})
	got := f.out.Channels[0].Cost
	if want := []int64{300, 300, 301}; fmt.Sprint(got) != fmt.Sprint(want) { // 100 before the first day
		t.Errorf("got %v, want %v", got, want)
	}
}

// BenchmarkDaily adds up 90 days with 300 campaigns of many hours each: over a million kept counters, which stand for any number of messages.
func BenchmarkDaily(b *testing.B) {
	d, ctx := dbtest.SQLite(b), context.Background()
	x := newWorld(b, d)
	now := x.clock.Now().UnixMilli()
	_, err := d.Exec(ctx, `INSERT INTO run (workspace_id, kind, source_id, name, state, purpose, class, definition, started_at)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299)
SELECT $1, 'campaign', i, 'x', 'finished', 'care', 1, '{"legs":[{"channel":"zns","connection_id":1}]}', $2 - i * 25920000 FROM n`, x.ws, now)
	x.must(err)
	_, err = d.Exec(ctx, `INSERT INTO run_fact (workspace_id, run_id, rank, fact, minute, n)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 899), f(fact) AS (SELECT 0 UNION ALL SELECT fact + 1 FROM f WHERE fact < 3)
SELECT r.workspace_id, r.id, 0, f.fact, r.started_at / 60000 + n.i, 1000 FROM run r, n, f WHERE r.workspace_id = $1`, x.ws)
	x.must(err)
	for b.Loop() {
		daily, err := x.s.Daily(ctx, x.ws, 90)
		x.must(err)
		if len(daily.Channels) != 1 {
			b.Fatalf("got %d channels, want 1", len(daily.Channels))
		}
	}
}
