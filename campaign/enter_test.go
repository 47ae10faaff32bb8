package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// entry is a form of a campaign that people enter one by one, for care by SMS.
func (x *world) entry(name string) Form {
	return Form{Name: name, Purpose: message.Care, Audience: Audience{Entry: true}, Legs: []Leg{{Channel: channel.SMS, ConnectionID: smsConnection, TemplateID: x.templates[channel.SMS]}}}
}

func TestPeopleEnterOneByOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		x.people([]person{{reach: all3}, {reach: all3}, {}})
		first := int64(x.int(`SELECT MIN(id) FROM contact WHERE workspace_id = $1`, x.ws))
		for name, a := range map[string]Audience{"everyone": {Entry: true, Everyone: true}, "segments": {Entry: true, SegmentIDs: []int64{1}}, "a condition": {Entry: true, Condition: hang("vang")}} {
			f := x.entry("Chào")
			f.Audience = a
			if _, err := x.s.Create(ctx, x.ws, "user:1", f); !errs.Is(err, "campaign.invalid") {
				t.Errorf("entry with %s: got %v, want campaign.invalid", name, err)
			}
		}
		c := x.create(x.entry("Chào"))
		if c.State != PendingActivation {
			t.Fatalf("got %s %v, want pending_activation", c.State, c.Missing)
		}
		_, err := x.s.Enter(ctx, x.ws, c.ID, "user:1", []int64{first}, 0)
		x.wantCode(err, "campaign.not_running")
		if _, err = x.s.Activate(ctx, x.ws, c.ID, "user:1"); err != nil {
			t.Fatal(err)
		}
		x.must(x.s.Tick(ctx))
		x.dispatch()
		if got, err := x.s.Get(ctx, x.ws, c.ID); err != nil || got.State != Running || got.Dispatched {
			t.Fatalf("after the activation: got %+v, %v, want running and open", got, err)
		}
		in, err := x.s.Enter(ctx, x.ws, c.ID, "user:1", []int64{first, first + 2, 999_999}, time.Hour)
		x.must(err)
		want := []message.Entry{{ContactID: first, Result: message.Entered}, {ContactID: first + 2, Result: message.Entered, Skipped: message.ReasonNoAddress}, {ContactID: 999_999, Result: message.EnteredUnknown}}
		if fmt.Sprint(in) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", in, want)
		}
		if in, err = x.s.Enter(ctx, x.ws, c.ID, "user:1", []int64{first}, 0); err != nil || in[0].Result != message.EnteredAlready {
			t.Errorf("a second time: got %v, %v, want already", in, err)
		}
		if got := x.log[len(x.log)-1]; got != fmt.Sprintf("user:1 campaign.enter campaign:%d", c.ID) {
			t.Errorf("got %q as the last line of the audit log", got)
		}
		_, err = x.s.Pause(ctx, x.ws, c.ID, "user:1")
		x.must(err)
		_, err = x.s.Enter(ctx, x.ws, c.ID, "user:1", []int64{first + 1}, 0)
		x.wantCode(err, "campaign.not_running")
		_, err = x.s.Resume(ctx, x.ws, c.ID, "user:1")
		x.must(err)
		ended, err := x.s.End(ctx, x.ws, c.ID, "user:1")
		if err != nil || ended.State != Running || !ended.Dispatched {
			t.Fatalf("after the end: got %+v, %v, want running until the rest has gone out", ended, err)
		}
		_, err = x.s.Enter(ctx, x.ws, c.ID, "user:1", []int64{first + 1}, 0)
		x.wantCode(err, "campaign.ended")
		_, err = x.s.End(ctx, x.ws, c.ID, "user:1")
		x.wantCode(err, "campaign.ended")

		broadcast := x.create(x.full())
		_, err = x.s.Enter(ctx, x.ws, broadcast.ID, "user:1", []int64{first}, 0)
		x.wantCode(err, "campaign.not_entry")
		_, err = x.s.Enter(ctx, x.ws, 999, "user:1", []int64{first}, 0)
		x.wantCode(err, "campaign.not_found")
	})
}

// start makes a template that starts a campaign.
func (x *world) start(campaign int64) int64 {
	x.t.Helper()
	tpl, err := x.s.Templates.Create(context.Background(), x.ws, "user:1", "Bắt đầu", channel.StartFlow, json.RawMessage(fmt.Sprintf(`{"campaign_id":%d}`, campaign)))
	x.must(err)
	return tpl.ID
}

// obstacles are the codes of all that stands in the way of an activation.
func (x *world) obstacles(c *Campaign) string {
	x.t.Helper()
	f, err := x.s.Forecast(context.Background(), "vi", x.ws, c.ID)
	x.must(err)
	out := ""
	for _, p := range f.Problems {
		out += p.Code + " "
	}
	return out
}

func TestStartsAreChecked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		leg := func(template int64) Leg {
			return Leg{Channel: channel.StartFlow, ConnectionID: localConnection, TemplateID: template}
		}
		broadcast := x.create(x.full())
		a, b := x.create(x.entry("A")), x.create(x.entry("B"))
		point := func(c *Campaign, template int64) error {
			f := x.entry(c.Name)
			f.Legs = []Leg{leg(template)}
			_, err := x.s.Update(ctx, x.ws, c.ID, "user:1", f)
			return err
		}
		for name, c := range map[string]struct {
			id   int64
			code string
		}{"gone": {999, "campaign.start_not_found"}, "a broadcast": {broadcast.ID, "campaign.start_not_entry"}} {
			if e, ok := errs.As(point(a, x.start(c.id))); !ok || e.Fields[0].Code != c.code {
				t.Errorf("a start of one that is %s: got %v, want %s", name, e, c.code)
			}
		}
		x.must(point(a, x.start(a.ID)))
		if got := x.obstacles(a); got != "campaign.start_same " {
			t.Errorf("a start of itself: got %s", got)
		}
		x.must(point(a, x.start(b.ID)))
		if got := x.obstacles(a); got != "campaign.start_not_running " {
			t.Errorf("a start of one that does not run: got %s", got)
		}
		x.must(point(b, x.start(a.ID)))
		if got := x.obstacles(a); got != "campaign.start_loop " {
			t.Errorf("A to B to A: got %s", got)
		}
		_, err := x.s.Update(ctx, x.ws, b.ID, "user:1", x.entry("B"))
		x.must(err)
		_, err = x.s.Activate(ctx, x.ws, b.ID, "user:1")
		x.must(err)
		if got := x.obstacles(a); got != "" {
			t.Errorf("with B running: got %s, want nothing in the way", got)
		}
	})
}

func TestWaitsAreChecked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		tpl, err := x.s.Templates.Create(ctx, x.ws, "user:1", "Chờ", channel.Wait, json.RawMessage(`{"seconds":31536000}`))
		x.must(err)
		wait := Leg{Channel: channel.Wait, ConnectionID: localConnection, TemplateID: tpl.ID}
		form := func(legs ...Leg) Form {
			f := x.full()
			f.Purpose = message.Care
			sms := f.Legs[1]
			f.Legs = nil
			for _, l := range legs {
				if l.Channel == "" {
					l = sms
				}
				f.Legs = append(f.Legs, l)
			}
			return f
		}
		x.create(form(wait, wait, Leg{}, wait, Leg{Channel: channel.Email, ConnectionID: mailConnection, TemplateID: x.templates[channel.Email]}))
		x.people([]person{{reach: all3}, {reach: channel.Of(channel.Email)}, {}})
		both := x.create(func() Form { f := form(wait, Leg{}); f.Audience = Audience{Everyone: true}; return f }())
		f, err := x.s.Forecast(ctx, "vi", x.ws, both.ID)
		if err != nil || f.WillSend != 1 || f.Unreachable != 2 || f.Ranks[0].People != 3 || f.Ranks[1].People != 1 || f.Reasons[message.ReasonNoAddress] != 2 || f.CostVND == 0 || f.OpensAt-x.clock.Now().UnixMilli() < 31_536_000_000 {
			t.Errorf("forecast: got %+v, %v; want 3 who wait, of whom 1 gets an SMS", f, err)
		}
		for rank, want := range map[int]int{-1: 2, 0: 3, 1: 1} {
			if got, err := x.s.ForecastPeople(ctx, x.ws, both.ID, Behind{Rank: rank}, 0, 10); err != nil || len(got) != want {
				t.Errorf("people of rank %d: got %d, %v, want %d", rank, len(got), err, want)
			}
		}
		limited := wait
		limited.FallbackAfterSeconds = 3600
		for code, legs := range map[string][]Leg{"campaign.wait_last": {{}, wait}, "campaign.wait_fallback_after": {limited, {}}} {
			_, err := x.s.Create(ctx, x.ws, "user:1", form(legs...))
			if e, ok := errs.As(err); !ok || e.Fields[0].Code != code {
				t.Errorf("got %v, want %s", err, code)
			}
		}
		for _, seconds := range []int{0, -1, 31536001} {
			if _, err := x.s.Templates.Create(ctx, x.ws, "user:1", "Chờ", channel.Wait, json.RawMessage(fmt.Sprintf(`{"seconds":%d}`, seconds))); !errs.Is(err, "template.wait_range") {
				t.Errorf("%d seconds: got %v, want template.wait_range", seconds, err)
			}
		}
	})
}
