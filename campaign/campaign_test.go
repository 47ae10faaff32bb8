package campaign

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
	"github.com/loa-project/loa/template"
)

// world is a service over one store with three connections and three templates.
type world struct {
	t         testing.TB
	d         *db.DB
	s         *Service
	clock     *clock.Clock
	ws        int64
	mu        sync.Mutex
	jobs      []DispatchArgs
	log       []string
	held      map[int64]string
	templates map[channel.Channel]int64
	named     string // what the segment "nhóm mẫu" in an extra condition says now
}

const (
	znsConnection  = 1
	smsConnection  = 2
	mailConnection = 3
	// localConnection carries acts.
	localConnection = 4
)

// compile is a small stand-in for the segment compiler: groups of "and" and the attribute "hang".
func compile(cond json.RawMessage) (message.Audience, error) {
	var v struct {
		Hang  string            `json:"hang"`
		Items []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(cond, &v); err != nil || (v.Hang == "" && len(v.Items) == 0) {
		return nil, errs.Invalid("segment.condition_invalid")
	}
	if v.Hang != "" {
		return func(first int) (string, []any) {
			return fmt.Sprintf(`CAST(c.attrs ->> 'hang' AS text) = $%d`, first), []any{v.Hang}
		}, nil
	}
	return func(first int) (string, []any) {
		var all []string
		var args []any
		for _, item := range v.Items {
			w, _ := compile(item)
			text, a := w(first + len(args))
			all, args = append(all, text), append(args, a...)
		}
		return strings.Join(all, " AND "), args
	}, nil
}

// hang is a condition tree of these tests: the attribute "hang" has a value.
func hang(value string) json.RawMessage { return json.RawMessage(fmt.Sprintf(`{"hang":%q}`, value)) }

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	ctx := context.Background()
	x := &world{t: t, d: d, clock: clock.NewSimulated(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC), 0), held: map[int64]string{}, templates: map[channel.Channel]int64{}}
	x.must(d.WithTx(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO workspace (name, created_at) VALUES ('Cửa hàng', 1) RETURNING id`).Scan(&x.ws)
	}))
	messages := message.New(message.Deps{DB: d, Clock: x.clock, Keys: message.NewKeyer([]byte("k")), Node: "t"})
	templates := template.New(template.Deps{DB: d, Now: x.clock.Now})
	for ch, content := range map[channel.Channel]string{
		channel.ZNS:   `{"template_id":"1234","params":{"name":"{{ contact.name }}"},"schema":[{"name":"name","type":"1","required":true,"max_length":30}],"price_vnd":300}`,
		channel.SMS:   `{"text":"[QC] Chao {{ contact.name }}, 20% hom nay. Tu choi: soan TC"}`,
		channel.Email: `{"subject":"[QC] Chào {{ contact.name }}","html":"<p>Ưu đãi</p><a href=\"{{ unsubscribe_url }}\">Hủy</a>"}`,
	} {
		tpl, err := templates.Create(ctx, x.ws, "user:1", "Mẫu "+string(ch), ch, json.RawMessage(content))
		x.must(err)
		x.templates[ch] = tpl.ID
	}
	x.s = New(Deps{DB: d, Clock: x.clock, Messages: messages, Templates: templates,
		Segment: func(_ context.Context, _, id int64) (Segment, error) {
			switch id {
			case 1:
				return Segment{1, "Khách Vàng", hang("vang")}, nil
			case 2:
				return Segment{2, "Khách Bạc", hang("bac")}, nil
			}
			return Segment{}, errs.NotFound("segment")
		},
		Expand: func(_ context.Context, _ int64, cond json.RawMessage) (json.RawMessage, error) {
			return bytes.ReplaceAll(cond, []byte("nhóm mẫu"), []byte(x.named)), nil
		},
		Compile: func(_ context.Context, _ int64, _ time.Time, cond json.RawMessage) (message.Audience, error) {
			return compile(cond)
		},
		Connection: func(_ context.Context, _, id int64) (Connection, error) {
			state := "active"
			if h := x.held[id]; h != "" {
				state = h
			}
			switch id {
			case znsConnection:
				return Connection{ID: id, Name: "OA", Channels: channel.Of(channel.ZNS), State: state, PerSecond: 10}, nil
			case smsConnection:
				return Connection{ID: id, Name: "Brandname", Channels: channel.Of(channel.SMS), State: state, PricePerPart: 800}, nil
			case mailConnection:
				return Connection{ID: id, Name: "SMTP", Channels: channel.Of(channel.Email), State: state}, nil
			case localConnection:
				return Connection{ID: id, Name: "Loa", Channels: channel.Acts, State: state}, nil
			}
			return Connection{}, errs.NotFound("connection")
		},
		Zone: func(context.Context, int64) (string, error) { return "Asia/Ho_Chi_Minh", nil },
		Audit: func(_ context.Context, _ *db.Tx, _ int64, actor, action, target string, _ map[string]any) error {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.log = append(x.log, actor+" "+action+" "+target)
			return nil
		},
		Enqueue: func(_ context.Context, tx *db.Tx, a DispatchArgs) error {
			tx.AfterCommit(func() { x.mu.Lock(); x.jobs = append(x.jobs, a); x.mu.Unlock() })
			return nil
		},
	})
	return x
}

func (x *world) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *world) wantCode(err error, code string) {
	x.t.Helper()
	if !errs.Is(err, code) {
		x.t.Fatalf("got error %v, want %s", err, code)
	}
}

// full is a form with nothing missing: gold customers by ZNS, then SMS, then e-mail.
func (x *world) full() Form {
	return Form{Name: "Tết", Audience: Audience{SegmentIDs: []int64{1}}, Legs: []Leg{
		{Channel: channel.ZNS, ConnectionID: znsConnection, TemplateID: x.templates[channel.ZNS]},
		{Channel: channel.SMS, ConnectionID: smsConnection, TemplateID: x.templates[channel.SMS]},
		{Channel: channel.Email, ConnectionID: mailConnection, TemplateID: x.templates[channel.Email]},
	}}
}

func (x *world) create(f Form) *Campaign {
	x.t.Helper()
	c, err := x.s.Create(context.Background(), x.ws, "user:1", f)
	x.must(err)
	return c
}

// person is a contact of these tests.
type person struct {
	reach, consent, blocked, shared channel.Set
	hang, phone                     string
}

func (x *world) people(ps []person) {
	x.t.Helper()
	ctx := context.Background()
	x.must(x.d.WithTx(ctx, func(tx *db.Tx) error {
		for i, p := range ps {
			phone := p.phone
			if phone == "" {
				phone = fmt.Sprintf("+8490%07d", i)
			}
			_, err := tx.Exec(ctx, `INSERT INTO contact (workspace_id, name, phone, email, attrs, reach, consent, blocked, shared, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 1)`,
				x.ws, fmt.Sprintf("Khách %d", i), phone, fmt.Sprintf("k%d@example.com", i), `{"hang":"`+p.hang+`"}`, int64(p.reach), int64(p.consent), int64(p.blocked), int64(p.shared))
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

func (x *world) dispatch() {
	x.t.Helper()
	x.mu.Lock()
	jobs := x.jobs
	x.jobs = nil
	x.mu.Unlock()
	for _, a := range jobs {
		x.must(x.s.Dispatch(context.Background(), a))
	}
}

func (x *world) int(query string, args ...any) (n int) {
	x.t.Helper()
	x.must(x.d.QueryRow(context.Background(), query, args...).Scan(&n))
	return n
}

const all3 = channel.Set(7)

func TestSaving(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c := x.create(Form{})
		if c.State != Draft || strings.Join(c.Missing, " ") != "campaign.missing_name campaign.missing_audience campaign.missing_channel" {
			t.Fatalf("got %s %v, want a draft without name, audience and channel", c.State, c.Missing)
		}
		f := x.full()
		f.Legs[1].TemplateID = 0
		c, err := x.s.Update(ctx, x.ws, c.ID, "user:1", f)
		x.must(err)
		if c.State != Draft || strings.Join(c.Missing, " ") != "campaign.missing_template" {
			t.Fatalf("got %s %v, want a draft without template", c.State, c.Missing)
		}
		c, err = x.s.Update(ctx, x.ws, c.ID, "user:1", x.full())
		x.must(err)
		if c.State != PendingActivation || len(c.Missing) != 0 {
			t.Fatalf("got %s %v, want pending_activation", c.State, c.Missing)
		}
		got, err := x.s.Get(ctx, x.ws, c.ID)
		x.must(err)
		if got.State != PendingActivation || len(got.Legs) != 3 || got.Legs[2].Channel != channel.Email || got.Audience.SegmentIDs[0] != 1 {
			t.Fatalf("got %+v, want what was saved", got)
		}
		c, err = x.s.Update(ctx, x.ws, c.ID, "user:1", Form{Name: "Tết"})
		x.must(err)
		if c.State != Draft {
			t.Fatalf("got %s, want draft again", c.State)
		}
		if _, err := x.s.Get(ctx, x.ws+1, c.ID); !errs.Is(err, "campaign.not_found") {
			t.Fatalf("got %v from another workspace, want campaign.not_found", err)
		}
		for name, change := range map[string]func(f *Form){
			"campaign.purpose_unknown":       func(f *Form) { f.Purpose = "spam" },
			"campaign.everyone_and_segments": func(f *Form) { f.Audience.Everyone = true },
			"campaign.too_many_segments": func(f *Form) {
				f.Audience.SegmentIDs = make([]int64, 0)
				for i := range int64(60) {
					f.Audience.SegmentIDs = append(f.Audience.SegmentIDs, i+1)
				}
			},
			"segment.not_found":                 func(f *Form) { f.Audience.SegmentIDs = []int64{1, 99} },
			"campaign.channel_unsupported":      func(f *Form) { f.Legs[0].Channel = "fax" },
			"campaign.channel_twice":            func(f *Form) { f.Legs[1] = f.Legs[0] },
			"campaign.connection_other_channel": func(f *Form) { f.Legs[0].ConnectionID = smsConnection },
			"connection.not_found":              func(f *Form) { f.Legs[0].ConnectionID = 99 },
			"campaign.template_other_channel":   func(f *Form) { f.Legs[0].TemplateID = x.templates[channel.SMS] },
			"template.not_found":                func(f *Form) { f.Legs[0].TemplateID = 99 },
			"campaign.fallback_after_range":     func(f *Form) { f.Legs[0].FallbackAfterSeconds = 5 },
			"campaign.fallback_after_last":      func(f *Form) { f.Legs[2].FallbackAfterSeconds = 600 },
			"campaign.window_invalid":           func(f *Form) { f.Options.Window = &policy.Window{From: "25:00", To: "26:00"} },
			"campaign.name_too_long":            func(f *Form) { f.Name = strings.Repeat("ă", 201) },
			"campaign.spend_cap_negative":       func(f *Form) { f.Options.SpendCap = -1 },
		} {
			f := x.full()
			change(&f)
			_, err := x.s.Create(ctx, x.ws, "user:1", f)
			e, ok := errs.As(err)
			if !ok || e.Code != "campaign.invalid" || len(e.Fields) == 0 || e.Fields[0].Code != name {
				t.Errorf("got %v, want campaign.invalid with %s", err, name)
			}
		}
		f = x.full()
		f.Audience.Condition = json.RawMessage(`{"x":1}`)
		_, err = x.s.Create(ctx, x.ws, "user:1", f)
		x.wantCode(err, "segment.condition_invalid")
	})
}

func TestLifeOfABroadcast(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		x.people([]person{{reach: all3, consent: all3, hang: "vang"}, {reach: 3, consent: all3, hang: "vang"}, {reach: all3, hang: "vang"}, {reach: all3, consent: all3, hang: "bac"}})
		c := x.create(x.full())
		_, err := x.s.Pause(ctx, x.ws, c.ID, "user:1")
		x.wantCode(err, "campaign.not_running")
		c, err = x.s.Activate(ctx, x.ws, c.ID, "user:1")
		x.must(err)
		if c.State != Running || c.RunID == 0 || c.Legs[0].TemplateVersion != 1 || len(c.Audience.Frozen) != 1 || len(x.jobs) != 1 {
			t.Fatalf("got %+v with %d jobs, want a running campaign with its run, frozen template and one job", c, len(x.jobs))
		}
		_, err = x.s.Activate(ctx, x.ws, c.ID, "user:1")
		x.wantCode(err, "campaign.not_pending")
		_, err = x.s.Update(ctx, x.ws, c.ID, "user:1", x.full())
		x.wantCode(err, "campaign.not_editable")
		again := x.jobs[0]
		x.dispatch()
		x.must(x.s.Dispatch(ctx, again)) // a job that runs twice changes nothing
		if n := x.int(`SELECT COUNT(*) FROM leg WHERE run_id = $1`, c.RunID); n != 3 {
			t.Fatalf("got %d legs, want 3", n)
		}
		c, err = x.s.Get(ctx, x.ws, c.ID)
		x.must(err)
		if !c.Dispatched || c.Counts["total"] != 3 || c.Counts["queued"] != 2 || c.Counts["skipped"] != 1 {
			t.Fatalf("got dispatched %v counts %v, want 3 people: 2 queued, 1 skipped", c.Dispatched, c.Counts)
		}
		c, err = x.s.Pause(ctx, x.ws, c.ID, "user:2")
		x.must(err)
		if c.State != Paused || c.StateReason != "person" {
			t.Fatalf("got %s %s, want paused by a person", c.State, c.StateReason)
		}
		c, err = x.s.Resume(ctx, x.ws, c.ID, "user:2")
		x.must(err)
		if c.State != Running {
			t.Fatalf("got %s, want running", c.State)
		}
		// The ledger pauses by itself; the campaign shows it without being told.
		_, err = d.Exec(ctx, `UPDATE run SET state = 'paused', state_reason = 'spend_cap' WHERE workspace_id = $1 AND id = $2`, x.ws, c.RunID)
		x.must(err)
		page, _, err := x.s.List(ctx, x.ws, Filter{States: []State{Paused}, Search: "tet"})
		x.must(err)
		if len(page) != 1 || page[0].StateReason != "spend_cap" || page[0].Counts["total"] != 3 {
			t.Fatalf("got %+v, want the campaign paused by its spending cap", page)
		}
		c, err = x.s.Cancel(ctx, x.ws, c.ID, "user:1")
		x.must(err)
		if c.State != Cancelled || c.FinishedAt.IsZero() {
			t.Fatalf("got %s, want cancelled", c.State)
		}
		copied, err := x.s.Clone(ctx, x.ws, c.ID, "user:3", "Tết 2")
		x.must(err)
		if copied.State != PendingActivation || copied.Name != "Tết 2" || copied.RunID != 0 || copied.Legs[0].TemplateVersion != 0 || len(copied.Audience.Frozen) != 0 {
			t.Fatalf("got %+v, want a fresh copy", copied)
		}
		x.wantCode(x.s.Delete(ctx, x.ws, c.ID, "user:1", "Tet"), "campaign.confirm_name")
		x.must(x.s.Delete(ctx, x.ws, c.ID, "user:1", "Tết"))
		_, err = x.s.Get(ctx, x.ws, c.ID)
		x.wantCode(err, "campaign.not_found")
		want := fmt.Sprintf("user:1 campaign.create campaign:%[1]d,user:1 campaign.activate campaign:%[1]d,user:2 campaign.pause campaign:%[1]d,user:2 campaign.resume campaign:%[1]d,user:1 campaign.cancel campaign:%[1]d,user:3 campaign.clone campaign:%[2]d,user:1 campaign.delete campaign:%[1]d", c.ID, copied.ID)
		if got := strings.Join(x.log, ","); got != want {
			t.Errorf("got log %s, want %s", got, want)
		}
	})
}

func TestStartKeepsTheExtraConditionAsItWas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		x.people([]person{{reach: all3, consent: all3, hang: "vang"}, {reach: all3, consent: all3, hang: "vang"}, {reach: all3, consent: all3, hang: "bac"}})
		f := x.full()
		f.Audience = Audience{Everyone: true, Condition: hang("nhóm mẫu")}
		c := x.create(f)
		x.named = "vang"
		c, err := x.s.Activate(ctx, x.ws, c.ID, "user:1")
		x.must(err)
		if got, kept := string(c.Audience.FrozenCondition), string(c.Audience.Condition); !strings.Contains(got, `"vang"`) || !strings.Contains(kept, `"nhóm mẫu"`) {
			t.Fatalf("got %s frozen of %s, want the segment written out beside what the person wrote", got, kept)
		}
		x.named = "bac" // somebody changes the segment while the campaign runs
		x.dispatch()
		if n := x.int(`SELECT COUNT(*) FROM leg WHERE run_id = $1`, c.RunID); n != 2 {
			t.Fatalf("got %d legs, want 2: those of the segment at the start", n)
		}
		again, err := x.s.Clone(ctx, x.ws, c.ID, "user:1", "Tết 2")
		x.must(err)
		if again.Audience.FrozenCondition != nil {
			t.Fatalf("got %s, want a copy that has frozen nothing", again.Audience.FrozenCondition)
		}
	})
}

func TestActivationRefusesWhatDoesNotHold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c := x.create(x.full())
		x.held[smsConnection] = "held"
		x.must(x.s.Templates.Delete(ctx, x.ws, x.templates[channel.Email]))
		_, err := x.s.Activate(ctx, x.ws, c.ID, "user:1")
		e, _ := errs.As(err)
		if e == nil || e.Code != "campaign.not_ready" || len(e.Fields) != 2 || e.Fields[0].Code != "campaign.connection_held" || e.Fields[1].Code != "template.not_found" {
			t.Fatalf("got %v, want the held connection and the deleted template", err)
		}
		f, err := x.s.Forecast(ctx, "vi", x.ws, c.ID)
		x.must(err)
		if len(f.Problems) != 2 {
			t.Errorf("got problems %v in the forecast, want the same two", f.Problems)
		}
		if n := x.int(`SELECT COUNT(*) FROM run`); n != 0 || len(x.jobs) != 0 || len(x.log) != 1 {
			t.Errorf("got %d runs, %d jobs, log %v; want nothing but the making", n, len(x.jobs), x.log)
		}
		night := x.full()
		night.Legs = night.Legs[:1]
		night.Options.Window = &policy.Window{From: "22:30", To: "23:30"}
		_, err = x.s.Activate(ctx, x.ws, x.create(night).ID, "user:1")
		if e, _ = errs.As(err); e == nil || e.Fields[len(e.Fields)-1].Code != "campaign.window_never_open" {
			t.Errorf("got %v for advertising at night, want campaign.window_never_open", err)
		}
		draft := x.create(Form{Name: "Nháp"})
		_, err = x.s.Activate(ctx, x.ws, draft.ID, "user:1")
		x.wantCode(err, "campaign.incomplete")
	})
}

func TestParallelActivationStartsOneRun(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c := x.create(x.full())
		var wg sync.WaitGroup
		for range 12 {
			wg.Add(1)
			go func() { defer wg.Done(); _, _ = x.s.Activate(ctx, x.ws, c.ID, "user:1") }()
		}
		wg.Wait()
		if n := x.int(`SELECT COUNT(*) FROM run`); n != 1 || len(x.jobs) != 1 || len(x.log) != 2 {
			t.Errorf("got %d runs, %d jobs, %d lines in the log; want one each, and the making", n, len(x.jobs), len(x.log))
		}
	})
}

func TestParallelDispatchEnlistsEveryoneOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		ps := make([]person, 12001) // three pages
		for i := range ps {
			ps[i] = person{reach: all3, consent: all3, hang: "vang"}
		}
		x.people(ps)
		c, err := x.s.Activate(ctx, x.ws, x.create(x.full()).ID, "user:1")
		x.must(err)
		var wg sync.WaitGroup
		for range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if err := x.s.Dispatch(ctx, x.jobs[0]); err != nil {
					t.Error(err)
				}
				// Whoever ends first ends after the last person.
				if n := x.int(`SELECT COUNT(*) FROM leg WHERE workspace_id = $1`, x.ws); n != len(ps) {
					t.Errorf("got %d legs at the end of a dispatch, want %d", n, len(ps))
				}
			}()
		}
		wg.Wait()
		if c, err = x.s.Get(ctx, x.ws, c.ID); err != nil || c.Counts["total"] != int64(len(ps)) || !c.Dispatched {
			t.Errorf("got %v, %v; want %d people counted once", c.Counts, err, len(ps))
		}
	})
}

func TestParallelActsLeaveOneTruth(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c, err := x.s.Activate(ctx, x.ws, x.create(x.full()).ID, "user:1")
		x.must(err)
		var wg sync.WaitGroup
		for i := range 24 {
			act := []func(context.Context, int64, int64, string) (*Campaign, error){x.s.Pause, x.s.Resume, x.s.Pause, x.s.Cancel}[i%4]
			if i%4 == 3 && i < 20 {
				continue // one cancel, late
			}
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := act(ctx, x.ws, c.ID, "user:1"); err != nil {
					if e, ok := errs.As(err); !ok || e.Status != 409 {
						t.Errorf("got %v, want success or a conflict", err)
					}
				}
			}()
		}
		wg.Wait()
		var own, run string
		x.must(d.QueryRow(ctx, `SELECT c.state, r.state FROM campaign c JOIN run r ON r.workspace_id = $1 AND r.id = c.run_id WHERE c.workspace_id = $1`, x.ws).Scan(&own, &run))
		if own != "cancelled" || run != "cancelled" {
			t.Errorf("got campaign %s and run %s, want both cancelled", own, run)
		}
		x.dispatch()
		if n := x.int(`SELECT COUNT(*) FROM leg`); n != 0 {
			t.Errorf("got %d legs of a cancelled campaign, want none", n)
		}
	})
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		wait  time.Duration
		state State
	}{{"before", 59 * time.Minute, Scheduled}, {"in time", time.Hour, Running}, {"a little late", 75 * time.Minute, Running}, {"too late", 75*time.Minute + time.Second, Paused}} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				x, ctx := newWorld(t, d), context.Background()
				x.people([]person{{reach: all3, consent: all3, hang: "vang"}})
				f := x.full()
				f.ScheduleAt = x.clock.Now().Add(time.Hour)
				got := x.create(f)
				got, err := x.s.Activate(ctx, x.ws, got.ID, "user:1")
				x.must(err)
				if got.State != Scheduled || got.RunID != 0 {
					t.Fatalf("got %s, want scheduled", got.State)
				}
				// A template that is edited, a connection that is held after the activation: the frozen version goes out, the ledger waits.
				text := json.RawMessage(`{"template_id":"99","params":{}}`)
				_, err = x.s.Templates.Update(ctx, x.ws, "user:2", x.templates[channel.ZNS], template.Change{Content: text})
				x.must(err)
				x.held[znsConnection] = "held"
				x.clock.Advance(c.wait)
				x.must(x.s.Tick(ctx))
				x.must(x.s.Tick(ctx))
				got, err = x.s.Get(ctx, x.ws, got.ID)
				x.must(err)
				if got.State != c.state {
					t.Fatalf("got %s, want %s", got.State, c.state)
				}
				if c.state == Paused {
					if got.StateReason != "late_start" || got.RunID != 0 {
						t.Fatalf("got reason %q run %d, want late_start without a run", got.StateReason, got.RunID)
					}
					x.held[znsConnection] = ""
					got, err = x.s.Resume(ctx, x.ws, got.ID, "user:1")
					x.must(err)
				}
				if got.State == Running {
					run, err := message.LoadRun(ctx, d, x.ws, got.RunID)
					x.must(err)
					if l := run.Definition.Legs[0]; l.TemplateVersion != 1 || !strings.Contains(string(l.Content), "1234") {
						t.Errorf("got version %d with %s, want the frozen first version", l.TemplateVersion, l.Content)
					}
					x.dispatch()
					if n := x.int(`SELECT COUNT(*) FROM leg`); n != 1 {
						t.Errorf("got %d legs, want 1", n)
					}
				}
			})
		})
	}
}

func TestParallelTicksStartOneRun(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		f := x.full()
		f.ScheduleAt = x.clock.Now().Add(time.Hour)
		_, err := x.s.Activate(ctx, x.ws, x.create(f).ID, "user:1")
		x.must(err)
		x.clock.Advance(time.Hour)
		var wg sync.WaitGroup
		for range 8 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if err := x.s.Tick(ctx); err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if n := x.int(`SELECT COUNT(*) FROM run`); n != 1 || strings.Count(strings.Join(x.log, ","), "campaign.start") != 1 {
			t.Errorf("got %d runs and log %v, want one start", n, x.log)
		}
	})
}

func TestLostDispatchIsAskedForAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c := x.create(x.full())
		_, err := x.s.Activate(ctx, x.ws, c.ID, "user:1")
		x.must(err)
		x.jobs = nil
		x.must(x.s.Tick(ctx))
		if len(x.jobs) != 1 {
			t.Fatalf("got %d jobs, want 1", len(x.jobs))
		}
		x.dispatch()
		x.must(x.s.Tick(ctx))
		if len(x.jobs) != 0 {
			t.Errorf("got %d jobs after the dispatch, want none", len(x.jobs))
		}
	})
}

// TestForecast compares the forecast of random people with what the ledger enlists and with a count person by person.
func TestForecast(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		r := rand.New(rand.NewPCG(1, 2))
		ps := make([]person, 400)
		uses := map[string]int{}
		for i := range ps {
			//lint:ignore SA4000 two draws: fewer people are blocked than not
			ps[i] = person{reach: channel.Set(r.IntN(8)), consent: channel.Set(r.IntN(8)), blocked: channel.Set(r.IntN(8)) & channel.Set(r.IntN(8)), hang: []string{"vang", "bac", "dong"}[r.IntN(3)], phone: fmt.Sprintf("+8490%07d", r.IntN(300))}
			uses[ps[i].phone]++
		}
		for i := range ps {
			if uses[ps[i].phone] > 1 {
				ps[i].shared = channel.ByPhone & all3
			}
		}
		x.people(ps)
		for _, purpose := range []message.Purpose{message.Marketing, message.Care} {
			f := x.full()
			f.Purpose, f.Audience.SegmentIDs = purpose, []int64{1, 2}
			c := x.create(f)
			got, err := x.s.Forecast(ctx, "vi", x.ws, c.ID)
			x.must(err)
			want := Forecast{Reasons: map[string]int64{}}
			ranks := make([]int64, 3)
			seen := map[string]bool{}
			for _, p := range ps {
				if p.hang == "dong" {
					continue
				}
				want.People++
				g := group{reach: p.reach, blocked: p.blocked, consent: p.consent}
				switch first := g.first(c); {
				case first < 0:
					want.Unreachable++
					want.Reasons[g.refusal(purpose, channel.ZNS)]++
				default:
					ranks[first]++
					key := fmt.Sprint(first, p.phone)
					if first < 2 && seen[key] {
						want.Duplicates++
					}
					seen[key] = true
				}
			}
			if got.People != want.People || got.Unreachable != want.Unreachable || got.Duplicates != want.Duplicates || fmt.Sprint(got.Reasons) != fmt.Sprint(want.Reasons) || got.WillSend != want.People-want.Unreachable-want.Duplicates {
				t.Fatalf("%s: got %+v, want %+v", purpose, got, want)
			}
			for i := range ranks {
				if got.Ranks[i].People != ranks[i] {
					t.Errorf("%s rank %d: got %d people, want %d", purpose, i, got.Ranks[i].People, ranks[i])
				}
			}
			x.behind(c, got)
			if z := got.Ranks[0]; z.UnitVND != 300 || z.CostVND != 300*(z.People-z.Duplicates) || z.Seconds != (z.People-z.Duplicates+9)/10 || z.SampleSize != 50 {
				t.Errorf("%s: got %+v, want a price of 300 and ten a second", purpose, z)
			}
			if m := got.Ranks[1]; m.UnitVND != 800 {
				t.Errorf("%s: got %d VND for an SMS, want 800", purpose, m.UnitVND)
			}
			_, err = x.s.Activate(ctx, x.ws, c.ID, "user:1")
			x.must(err)
			x.dispatch()
			c, err = x.s.Get(ctx, x.ws, c.ID)
			x.must(err)
			if c.Counts["total"] != got.People || c.Counts["skipped"] != got.Unreachable {
				t.Errorf("%s: got %v in the ledger, forecast was %d people, %d unreachable", purpose, c.Counts, got.People, got.Unreachable)
			}
		}
	})
}

func TestExplain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		x.people([]person{{reach: all3, consent: all3, hang: "bac"}, {reach: all3, consent: all3, hang: "dong"}})
		f := x.full()
		f.Audience.SegmentIDs = []int64{1, 2}
		f.Audience.Condition = hang("bac")
		c := x.create(f)
		for i, want := range []string{"true [false true true]", "false [false false false]"} {
			var id int64
			x.must(d.QueryRow(ctx, `SELECT id FROM contact WHERE workspace_id = $1 ORDER BY id LIMIT 1 OFFSET $2`, x.ws, i).Scan(&id))
			in, parts, err := x.s.Explain(ctx, x.ws, c.ID, id)
			x.must(err)
			var met []bool
			for _, p := range parts {
				met = append(met, p.Met)
			}
			if got := fmt.Sprint(in, " ", met); got != want {
				t.Errorf("contact %d: got %s, want %s", i, got, want)
			}
		}
		f.Audience.Condition = json.RawMessage(`{"op":"and","items":[{"hang":"bac"},{"hang":"vang"}]}`)
		c = x.create(f)
		var id int64
		x.must(d.QueryRow(ctx, `SELECT MIN(id) FROM contact WHERE workspace_id = $1`, x.ws).Scan(&id))
		_, parts, err := x.s.Explain(ctx, x.ws, c.ID, id)
		x.must(err)
		if last := parts[2]; last.Met || len(last.Items) != 2 || !last.Items[0].Met || last.Items[1].Met {
			t.Errorf("got %+v, want the second condition to have said no", last)
		}
	})
}

func TestListPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		for i := range 5 {
			x.create(Form{Name: fmt.Sprintf("Chiến dịch %d", i)})
		}
		var names []string
		f := Filter{Limit: 2, Search: "chien dich"}
		for {
			page, next, err := x.s.List(ctx, x.ws, f)
			x.must(err)
			for _, c := range page {
				names = append(names, c.Name[len(c.Name)-1:])
			}
			if f.After = next; next == (Mark{}) {
				break
			}
		}
		if got := strings.Join(names, ""); got != "43210" {
			t.Errorf("got %s, want 43210", got)
		}
	})
}
