package message

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/policy"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/template"
)

// The timing of the engine is real time, not the clock of the product: it says how often to look, never what is due.
const (
	lookEvery = 200 * time.Millisecond
	// stale is how long a claimed leg may wait for its call. Longer means that a pause could be overtaken, so it is given back unsent.
	stale = 1500 * time.Millisecond
	// chunkTime is how much work a lane takes at once.
	chunkTime = 150 * time.Millisecond
	// grace is added to the call's time-out to make the lease.
	grace = 90 * time.Second
)

// Engine delivers: one lane for each connection and class, fed straight from the ledger. A crash forgets nothing, because the rows are the queue.
type Engine struct {
	s     *Service
	rec   *recorder
	mu    sync.Mutex
	lanes map[laneKey]*lane
	// senders are opened once for a connection and shared by its lanes.
	senders map[connKey]*opened
	wg      sync.WaitGroup
	stopped atomic.Bool
}

type connKey struct{ workspace, connection int64 }
type laneKey struct {
	connKey
	class int
}

type opened struct {
	sender Sender
	limits Limits
	slots  chan struct{} // calls at once; bulk leaves one place free for what is urgent
	bulk   chan struct{}
	failed atomic.Int64 // certain temporary failures in a row
}

type lane struct {
	key  laneKey
	mu   sync.Mutex
	runs []*plan
	wake chan struct{}
	next int // round robin
	size int // legs per claim, follows what was measured
}

// NewEngine makes an engine for the service; Run starts it.
func NewEngine(s *Service) *Engine {
	return &Engine{s: s, rec: newRecorder(s), lanes: map[laneKey]*lane{}, senders: map[connKey]*opened{}}
}

// Run delivers until ctx ends, then finishes begun calls on their own deadline, records them and returns. Nothing that was begun is left unknown by a quiet stop.
func (e *Engine) Run(ctx context.Context) {
	recorderDone := make(chan struct{})
	go func() { e.rec.run(); close(recorderDone) }()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := e.look(ctx); err != nil && ctx.Err() == nil {
			e.s.Log.Error("look for runs", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-e.s.wake:
			e.wakeAll()
		}
	}
	e.stopped.Store(true)
	e.wg.Wait()
	e.rec.stop()
	<-recorderDone
	for _, o := range e.senders {
		_ = o.sender.Close()
	}
}

// look brings the lanes in line with the running runs.
func (e *Engine) look(ctx context.Context) error {
	rows, err := e.s.DB.Query(ctx, `SELECT workspace_id, id FROM run WHERE state = 'running' ORDER BY workspace_id, id`)
	if err != nil {
		return fmt.Errorf("list runs: %w", err)
	}
	type ref struct{ workspace, run int64 }
	var refs []ref
	for rows.Next() {
		var r ref
		if err := rows.Scan(&r.workspace, &r.run); err != nil {
			_ = rows.Close()
			return err
		}
		refs = append(refs, r)
	}
	_ = rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	want := map[laneKey][]*plan{}
	for _, r := range refs {
		p, err := e.s.plan(ctx, e.s.DB, r.workspace, r.run)
		if err != nil {
			e.s.Log.Error("read run", "run_id", r.run, "error", err)
			continue
		}
		seen := map[int64]bool{}
		for _, l := range p.run.Definition.Legs {
			if !seen[l.ConnectionID] {
				seen[l.ConnectionID] = true
				k := laneKey{connKey{r.workspace, l.ConnectionID}, p.run.Class}
				want[k] = append(want[k], p)
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for k, l := range e.lanes {
		if _, ok := want[k]; !ok {
			l.set(nil)
		}
	}
	for k, plans := range want {
		l := e.lanes[k]
		if l == nil {
			l = &lane{key: k, wake: make(chan struct{}, 1), size: 32}
			e.lanes[k] = l
			e.wg.Add(1)
			go func() { defer e.wg.Done(); e.drive(ctx, l) }()
		}
		l.set(plans)
	}
	return nil
}

func (l *lane) set(plans []*plan) {
	l.mu.Lock()
	l.runs = plans
	l.mu.Unlock()
}

func (e *Engine) wakeAll() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.lanes {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// drive is the life of a lane: find a run with due legs, claim a chunk, hand it to the callers, measure, again.
func (e *Engine) drive(ctx context.Context, l *lane) {
	var pending sync.WaitGroup
	defer pending.Wait()
	gate := make(chan struct{}, 2) // chunks under way: one is called while the next is claimed
	for ctx.Err() == nil {
		select {
		case gate <- struct{}{}:
		case <-ctx.Done():
			return
		}
		chunk, o, err := e.nextChunk(ctx, l)
		if err != nil && ctx.Err() == nil {
			e.s.Log.Error("claim", "connection_id", l.key.connection, "error", err)
		}
		if len(chunk) == 0 {
			<-gate
			select {
			case <-ctx.Done():
			case <-time.After(lookEvery):
			case <-l.wake:
			}
			continue
		}
		pending.Add(1)
		go func() {
			defer pending.Done()
			began := time.Now()
			e.call(ctx, l, o, chunk, began)
			l.measure(len(chunk), time.Since(began))
			<-gate
		}()
	}
}

func (l *lane) measure(n int, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n < l.size && took < chunkTime {
		return // the chunk was small because little was due
	}
	fit := int(float64(n) * float64(chunkTime) / float64(max(took, time.Millisecond)))
	l.size = min(max((l.size+fit)/2, 8), block)
}

// nextChunk claims from the lane's runs in turn.
func (e *Engine) nextChunk(ctx context.Context, l *lane) ([]claimed, *opened, error) {
	l.mu.Lock()
	runs, start, size := l.runs, l.next, l.size
	l.next++
	l.mu.Unlock()
	if len(runs) == 0 {
		return nil, nil, nil
	}
	for i := range runs {
		p := runs[(start+i)%len(runs)]
		due, err := e.s.anyDue(ctx, p.run.WorkspaceID, p.run.ID, l.key.connection)
		if err != nil {
			return nil, nil, err
		}
		if !due {
			continue
		}
		o, err := e.open(ctx, l.key.connKey)
		if o == nil || err != nil {
			return nil, nil, err
		}
		n, calls := size, size
		_, least, most := batchOf(o.sender)
		if least > 0 {
			if n, err = e.s.wanted(ctx, p.run.WorkspaceID, p.run.ID, l.key.connection, least, most); err != nil || n == 0 {
				return nil, nil, err
			}
			calls = 1
		}
		if o.limits.PerSecond > 0 {
			if calls, err = e.s.reserve(ctx, l.key.workspace, "connection:"+strconv.FormatInt(l.key.connection, 10), min(calls, int(max(o.limits.PerSecond/4, 1))), o.limits.PerSecond); err != nil || calls == 0 {
				return nil, nil, err
			}
			if least == 0 {
				n = calls
			}
		}
		cs, more, err := e.s.claim(ctx, p, l.key.connection, n, e.s.Clock.Span(o.limits.Timeout+grace))
		if err != nil {
			return nil, nil, err
		}
		if len(cs) > 0 || more {
			return cs, o, nil
		}
	}
	return nil, nil, nil
}

func (s *Service) anyDue(ctx context.Context, workspace, run, connection int64) (bool, error) {
	var n int
	err := s.DB.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM leg WHERE workspace_id = $1 AND run_id = $2 AND connection_id = $3 AND due_at <= $4 AND state = 1 LIMIT 1) AS q`, workspace, run, connection, s.now()).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for due legs: %w", err)
	}
	return n > 0, nil
}

// open gives the connection's sender, made anew when the connection was edited. nil means that the connection may not be used now.
func (e *Engine) open(ctx context.Context, key connKey) (*opened, error) {
	if usable, err := e.s.Usable(ctx, key.workspace, key.connection); err != nil || !usable {
		return nil, err
	}
	sender, limits, err := e.s.Open(ctx, key.workspace, key.connection)
	if err != nil {
		return nil, fmt.Errorf("open connection %d: %w", key.connection, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	o := e.senders[key]
	if o == nil || o.sender != sender || o.limits != limits { // callers read the limits while they send, so that they never change
		n := max(limits.Concurrency, 1)
		next := &opened{sender: sender, limits: limits, slots: make(chan struct{}, n), bulk: make(chan struct{}, max(n-1, 1))}
		if o != nil && cap(o.slots) == n { // calls by the old sender still hold their places, for instance while its token is renewed
			next.slots, next.bulk = o.slots, o.bulk
		}
		o = next
		e.senders[key] = o
	}
	return o, nil
}

// call makes the calls of one chunk with as many callers as the connection allows.
func (e *Engine) call(ctx context.Context, l *lane, o *opened, chunk []claimed, began time.Time) {
	if b, least, most := batchOf(o.sender); b != nil {
		e.callMany(ctx, l, o, b, least, most, chunk, began)
		return
	}
	e.rec.expect(chunk)
	var next atomic.Int64
	var callers sync.WaitGroup
	for range min(o.limits.Concurrency, len(chunk)) {
		callers.Add(1)
		go func() {
			defer callers.Done()
			if l.key.class > 0 {
				o.bulk <- struct{}{}
				defer func() { <-o.bulk }()
			}
			o.slots <- struct{}{}
			defer func() { <-o.slots }()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(chunk) {
					return
				}
				c := &chunk[i]
				if ctx.Err() != nil || time.Since(began) > stale {
					e.rec.put(c, Outcome{Class: provider.Temporary, Code: codeReleased})
					continue
				}
				out := e.one(ctx, o, c)
				e.notice(ctx, l, o, &out)
				e.rec.put(c, out)
			}
		}()
	}
	callers.Wait()
}

// codeReleased marks a claimed leg that is given back before any call.
const codeReleased = "released"

// outgoing renders a message; an Outcome other than nil says why it must not be sent.
func (e *Engine) outgoing(o *opened, c *claimed) (*Outgoing, *Outcome) {
	data := e.s.dataFor(c)
	rendered, refused := e.s.render(c, data)
	if refused != nil {
		return nil, refused
	}
	m := &Outgoing{Key: e.s.Keys.Key(c.leg.WorkspaceID, c.leg.ID, c.leg.Attempt), Workspace: c.leg.WorkspaceID, Contact: c.leg.ContactID,
		Run: c.leg.RunID, Leg: c.leg.ID, CampaignID: c.plan.run.Definition.CampaignID,
		To: c.address(), Name: c.addressee(), Rendered: rendered, Content: c.plan.compiled[c.leg.Rank], Purpose: c.plan.run.Purpose, UnsubscribeURL: data.UnsubscribeURL, LastIn: c.lastIn}
	if c.leg.Channel.Act() {
		m.Once = e.s.Keys.Key(c.leg.WorkspaceID, c.leg.ID, 0)
	}
	if o.limits.HookURL != "" {
		m.CallbackURL = o.limits.HookURL + "/" + m.Key
	}
	return m, nil
}

// one renders a message and makes its call. The call has its own deadline; a shutdown does not cut it off.
func (e *Engine) one(ctx context.Context, o *opened, c *claimed) (out Outcome) {
	m, refused := e.outgoing(o, c)
	if refused != nil {
		return *refused
	}
	callCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.limits.Timeout)
	defer cancel()
	started := e.s.now()
	defer func() {
		if r := recover(); r != nil {
			e.s.Log.Error("sender panicked", "leg_id", c.leg.ID, "panic", fmt.Sprint(r))
			out = Outcome{Class: provider.Unknown, Code: "panic", Asked: true, Started: started, Ended: e.s.now()}
		}
	}()
	m.Expires = time.Now().Add(o.limits.Timeout)
	out = o.sender.Send(callCtx, m)
	out.Started, out.Ended = started, max(e.s.now(), started)
	e.price(c, m, &out)
	if w := m.Content.Wait; w != nil && out.Class == OutcomeAccepted {
		out.Until = out.Ended + w.Seconds*1000
	}
	return out
}

// price puts what the connection's price table says in the place of the sender's guess, and bounds what is kept of the answer.
func (e *Engine) price(c *claimed, m *Outgoing, out *Outcome) {
	if (out.Class == OutcomeAccepted || out.OnAnswer) && !out.Free && e.s.Price != nil {
		if vnd, ok := e.s.Price(c.leg.WorkspaceID, c.leg.ConnectionID, m, out.Started); ok {
			out.Price = vnd
		}
	}
	if len(out.Raw) > 2048 {
		out.Raw = out.Raw[:2048]
	}
}

// notice looks at failures that concern the whole connection: bad credentials, no money, many failures in a row.
func (e *Engine) notice(ctx context.Context, l *lane, o *opened, out *Outcome) {
	hold := func(reason string, until time.Time) {
		if e.s.Hold == nil {
			return
		}
		if err := e.s.Hold(context.WithoutCancel(ctx), l.key.workspace, l.key.connection, reason, until); err != nil {
			e.s.Log.Error("hold connection", "connection_id", l.key.connection, "error", err)
		}
	}
	switch out.Class {
	case provider.Auth:
		if out.Hold != "" { // nothing to renew
			hold(out.Hold, time.Time{})
			return
		}
		if e.s.Refresh != nil {
			if ok, err := e.s.Refresh(context.WithoutCancel(ctx), l.key.workspace, l.key.connection, o.sender); ok {
				return
			} else if err != nil {
				e.s.Log.Warn("refresh credentials", "connection_id", l.key.connection, "error", err)
			}
		}
		// A call that began with credentials that somebody has replaced meanwhile says nothing about the new ones.
		if _, now, err := e.s.Open(context.WithoutCancel(ctx), l.key.workspace, l.key.connection); err == nil && now.Version != o.limits.Version {
			return
		}
		hold("auth", time.Time{})
	case provider.Balance:
		hold("balance", time.Time{})
	case provider.Temporary, provider.RateLimited:
		if n := o.failed.Add(1); n >= 50 && n%50 == 0 {
			hold("failing", e.s.Clock.Now().Add(max(out.RetryAfter, 30*time.Second)))
		}
	case OutcomeAccepted:
		o.failed.Store(0)
	}
}

// dataFor is what the template may know about the person.
func (s *Service) dataFor(c *claimed) *template.Data {
	def := &c.plan.run.Definition
	d := &template.Data{
		Contact:    template.Person{ID: c.leg.ContactID, ExternalID: c.externalID, Name: c.name, Phone: c.phone, Email: c.email, Birthday: c.birthday, Gender: c.gender, Tags: c.tags, Vouchers: c.vouchers},
		CampaignID: def.CampaignID, CampaignName: def.Campaign, WorkspaceName: c.plan.workspace, Params: c.data, Zone: policy.Location(def.Zone), Now: s.Clock.Now(),
	}
	if len(c.attrs) > 2 {
		_ = json.Unmarshal([]byte(c.attrs), &d.Contact.Attrs) // written by us; an unreadable one means no attributes, and required values are then refused
	}
	if c.sample {
		made := c.plan.compiled[c.leg.Rank].Sample(*d)
		for k, v := range c.data {
			made.Params[k] = v
		}
		made.UnsubscribeURL = ""
		d = &made
	}
	if c.leg.Channel == channel.Email || c.leg.Channel == channel.SMS || byChat(c.leg.Channel) {
		if c.leg.Channel == channel.Email {
			d.UnsubscribeURL = s.PublicURL + "/u/" + s.token(c, tokenUnsubscribe, 0)
			if def.TrackOpens {
				d.PixelURL = s.PublicURL + "/o/" + s.token(c, tokenOpen, 0)
			}
		}
		if def.TrackClicks {
			d.LinkURL = func(i int) string { return s.PublicURL + "/c/" + s.token(c, tokenClick, i) }
		}
	}
	return d
}

// reserve takes up to want places of a shared limit of perSecond, all nodes together: one row per bucket holds the next free time in microseconds (GCRA). 0 means wait.
func (s *Service) reserve(ctx context.Context, workspace int64, bucket string, want int, perSecond int64) (int, error) {
	step := int64(time.Second/time.Microsecond) / perSecond
	burst := int64(time.Second/time.Microsecond) / 4
	now := s.Clock.Now().UnixMicro()
	granted := 0
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		granted = 0
		rows, err := tx.Query(ctx, `INSERT INTO rate_bucket (workspace_id, bucket, tat) VALUES ($1, $2, CAST($3 AS bigint) + CAST($4 AS bigint))
 ON CONFLICT (workspace_id, bucket) DO UPDATE SET tat = CASE WHEN rate_bucket.tat > $3 THEN rate_bucket.tat ELSE CAST($3 AS bigint) END + CAST($4 AS bigint)
 WHERE rate_bucket.tat <= CAST($3 AS bigint) + CAST($5 AS bigint) RETURNING tat`, workspace, bucket, now, int64(want)*step, burst)
		if err != nil {
			return err
		}
		return eachRow(rows, func(r *sql.Rows) error {
			granted = want
			return r.Scan(new(int64))
		})
	})
	if err != nil {
		return 0, fmt.Errorf("reserve: %w", err)
	}
	return granted, nil
}
