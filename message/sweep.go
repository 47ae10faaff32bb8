package message

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/provider"
)

// classSilence marks legs that failed because no receipt came in time. Such a failure starts no fallback unless the author asked for one.
const classSilence provider.Class = "silence"

// Sweeper does what time alone brings: leases run out, unknown legs are looked up, cancelled legs are skipped, late receipts give way to the next rank, runs finish.
// Every step may run twice or on two nodes.
type Sweeper struct {
	e          *Engine
	nextScan   map[planKey]int64
	nextForget int64 // when old answers of repeated calls are deleted again
}

// NewSweeper makes the sweeper that belongs to an engine, whose senders it uses for looking up.
func NewSweeper(e *Engine) *Sweeper { return &Sweeper{e: e, nextScan: map[planKey]int64{}} }

// Run sweeps every interval of real time until ctx ends.
func (w *Sweeper) Run(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if err := w.Sweep(ctx); err != nil && ctx.Err() == nil {
			w.e.s.Log.Error("sweep", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Sweep does one round over all workspaces.
func (w *Sweeper) Sweep(ctx context.Context) error {
	s := w.e.s
	if err := s.expireClaims(ctx); err != nil {
		return err
	}
	if now := s.now(); now >= w.nextForget {
		if err := s.ForgetAnswers(ctx); err != nil {
			return err
		}
		w.nextForget = now + time.Hour.Milliseconds()
	}
	if err := s.settleClicks(ctx); err != nil {
		return err
	}
	rows, err := s.DB.Query(ctx, `SELECT workspace_id FROM callback WHERE state = 2 GROUP BY workspace_id`)
	if err != nil {
		return fmt.Errorf("list parked receipts: %w", err)
	}
	var parked []int64
	if err := eachRow(rows, func(r *sql.Rows) error {
		var id int64
		defer func() { parked = append(parked, id) }()
		return r.Scan(&id)
	}); err != nil {
		return err
	}
	for _, id := range parked {
		if err := s.matchParked(ctx, id); err != nil {
			return err
		}
	}
	rows, err = s.DB.Query(ctx, `SELECT workspace_id, id, state, dispatched FROM run WHERE state <> 'finished' OR finished_at > $1 ORDER BY workspace_id, id`, s.now()-(7*24*time.Hour).Milliseconds())
	if err != nil {
		return fmt.Errorf("list runs: %w", err)
	}
	type ref struct {
		workspace, run int64
		state          RunState
		dispatched     bool
	}
	var refs []ref
	if err := eachRow(rows, func(r *sql.Rows) error {
		var x ref
		err := r.Scan(&x.workspace, &x.run, &x.state, &x.dispatched)
		refs = append(refs, x)
		return err
	}); err != nil {
		return err
	}
	for _, r := range refs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := w.sweepRun(ctx, r.workspace, r.run, r.state, r.dispatched); err != nil {
			return fmt.Errorf("sweep run %d: %w", r.run, err)
		}
	}
	return nil
}

func (w *Sweeper) sweepRun(ctx context.Context, workspace, run int64, state RunState, dispatched bool) error {
	s := w.e.s
	counts, err := s.Counts(ctx, s.DB, workspace, run)
	if err != nil {
		return err
	}
	sum := map[string]int64{}
	for _, c := range counts {
		for m, n := range c.Metrics {
			sum[m] += n
		}
	}
	if state == RunCancelled && sum[string(StatusQueued)] > 0 {
		if err := s.skipQueued(ctx, workspace, run); err != nil {
			return err
		}
	}
	if sum[string(StatusUnknown)] > 0 {
		if err := w.lookUp(ctx, workspace, run); err != nil {
			return err
		}
	}
	waiting := int64(0)
	ringing, err := s.ringing(ctx, workspace, run, counts)
	if err != nil {
		return err
	}
	if sum[string(StatusProcessing)] > 0 || ringing {
		if err := w.late(ctx, workspace, run); err != nil {
			return err
		}
		if waiting, err = w.endWaits(ctx, workspace, run, state == RunCancelled, counts); err != nil {
			return err
		}
	}
	if state == RunRunning && dispatched && waiting+sum[string(StatusQueued)]+sum[string(StatusSending)] == 0 {
		return s.finish(ctx, workspace, run)
	}
	return nil
}

// expireClaims makes the legs of claims past their lease unknown. A node that wakes up later finds its outcome refused or, when it is good news, still welcome.
func (s *Service) expireClaims(ctx context.Context) error {
	rows, err := s.DB.Query(ctx, `SELECT workspace_id, id FROM claim WHERE lease_until < $1 ORDER BY workspace_id, id LIMIT 200`, s.now())
	if err != nil {
		return fmt.Errorf("list claims: %w", err)
	}
	type ref struct{ workspace, id int64 }
	var refs []ref
	if err := eachRow(rows, func(r *sql.Rows) error {
		var x ref
		err := r.Scan(&x.workspace, &x.id)
		refs = append(refs, x)
		return err
	}); err != nil {
		return err
	}
	for _, r := range refs {
		if err := s.expireClaim(ctx, r.workspace, r.id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) expireClaim(ctx context.Context, workspace, id int64) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		var text string
		var at int64
		err := tx.QueryRow(ctx, `SELECT legs, claimed_at FROM claim WHERE workspace_id = $1 AND id = $2`+tx.Dialect.ForUpdate(), workspace, id).Scan(&text, &at)
		if err == sql.ErrNoRows {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read claim: %w", err)
		}
		var events []event
		for _, f := range readFlights(text) {
			events = append(events, event{leg: f.leg, attempt: f.attempt, kind: kindLease, at: at})
		}
		if _, err := s.apply(ctx, tx, workspace, events); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM claim WHERE workspace_id = $1 AND id = $2`, workspace, id)
		return err
	})
}

// AbandonClaims gives up the claims that an earlier process of this node left behind, so that their legs are looked up at once and not after the lease. Call it before the engine runs.
// A SQLite store has one node; on PostgreSQL the node's name must be its own (see Deps.Node).
func (s *Service) AbandonClaims(ctx context.Context) error {
	_, err := s.DB.Exec(ctx, `UPDATE claim SET lease_until = 0 WHERE node = $1 OR CAST($2 AS bigint) = 1`, s.Node, flag(s.DB.Dialect == db.SQLite))
	if err != nil {
		return fmt.Errorf("abandon claims: %w", err)
	}
	for {
		var left int
		if err := s.DB.QueryRow(ctx, `SELECT COUNT(*) FROM claim WHERE lease_until = 0`).Scan(&left); err != nil || left == 0 {
			return err
		}
		if err := s.expireClaims(ctx); err != nil {
			return err
		}
	}
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (s *Service) skipQueued(ctx context.Context, workspace, run int64) error {
	for {
		var n int
		err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
			legs, err := queryLegs(ctx, tx, `SELECT `+legColumns+` FROM leg WHERE workspace_id = $1 AND run_id = $2 AND state = 1 AND due_at IS NOT NULL LIMIT 1000`, workspace, run)
			if err != nil {
				return err
			}
			n = len(legs)
			events := make([]event, n)
			for i, l := range legs {
				events[i] = event{leg: l.ID, kind: kindSkip, reason: ReasonCancelled}
			}
			_, err = s.apply(ctx, tx, workspace, events)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// lookUp tries to settle unknown legs whose time has come: asked again under the same key where the provider removes duplicates, else looked up, else settled by silence where
// silence proves something, else left for the next time.
func (w *Sweeper) lookUp(ctx context.Context, workspace, run int64) error {
	s := w.e.s
	now := s.now()
	legs, err := queryLegs(ctx, s.DB, `SELECT `+legColumns+` FROM leg WHERE workspace_id = $1 AND run_id = $2 AND state = 6 AND due_at <= $3 ORDER BY due_at, id LIMIT 500`, workspace, run, now)
	if err != nil || len(legs) == 0 {
		return err
	}
	var events []event
	var receipts []inboundFor
	for _, l := range legs {
		o, err := w.e.open(ctx, connKey{workspace, l.ConnectionID})
		if err != nil {
			return err
		}
		if o == nil {
			continue
		}
		asked := l.Facts[FactRequested]
		repeats, err := s.repeats(ctx, o.sender, l)
		if err != nil {
			return err
		}
		if d, ok := o.sender.(Deduper); ok && repeats && now-asked < d.Deduplicates().Milliseconds() {
			events = append(events, event{leg: l.ID, kind: kindRepeat})
			continue
		}
		if r, ok := w.look(ctx, o, l); ok {
			receipts = append(receipts, inboundFor{l, r})
			continue
		}
		if q, ok := o.sender.(Silence); ok && !byChat(l.Channel) && now-asked > q.SilenceMeansFailed().Milliseconds() {
			events = append(events, event{leg: l.ID, kind: kindResolve, fact: FactFailed, at: now, reason: ReasonNoReceipt, class: classSilence})
			continue
		}
		events = append(events, event{leg: l.ID, kind: kindLook, due: nextLookup(asked, now)})
	}
	for _, r := range receipts {
		events = append(events, event{leg: r.leg.ID, kind: kindFact, fact: r.receipt.Fact, at: millis(r.receipt.At), reason: r.receipt.Code, class: r.receipt.Class, price: r.receipt.Price})
	}
	return s.applyAll(ctx, workspace, events)
}

// repeats reports whether a sender bears the message of a leg twice, as far as it tells messages apart.
func (s *Service) repeats(ctx context.Context, sender Sender, l *Leg) (bool, error) {
	r, ok := sender.(Repeater)
	if !ok {
		return true, nil
	}
	p, err := s.plan(ctx, s.DB, l.WorkspaceID, l.RunID)
	if err != nil {
		return false, err
	}
	return r.Repeats(p.compiled[l.Rank]), nil
}

type inboundFor struct {
	leg     *Leg
	receipt Receipt
}

func (w *Sweeper) look(ctx context.Context, o *opened, l *Leg) (Receipt, bool) {
	looker, looks := o.sender.(Looker)
	tracer, traces := o.sender.(Tracer)
	if !looks && !traces || byChat(l.Channel) { // no Page and no OA can be asked, also where the same connection's phone messages can
		return Receipt{}, false
	}
	s := w.e.s
	var pid, to string
	_ = s.DB.QueryRow(ctx, `SELECT COALESCE(MAX(provider_id), '') FROM attempt WHERE workspace_id = $1 AND leg_id = $2 AND no = $3`, l.WorkspaceID, l.ID, l.Attempt).Scan(&pid)
	_ = s.DB.QueryRow(ctx, `SELECT COALESCE(phone, '') FROM contact WHERE workspace_id = $1 AND id = $2`, l.WorkspaceID, l.ContactID).Scan(&to)
	callCtx, cancel := context.WithTimeout(ctx, o.limits.Timeout)
	defer cancel()
	if traces {
		return w.trace(callCtx, tracer, l, pid, to)
	}
	r, found, err := looker.Look(callCtx, s.Keys.Key(l.WorkspaceID, l.ID, l.Attempt), pid, to)
	if err != nil {
		s.Log.Warn("look up message", "leg_id", l.ID, "error", err)
		return r, false
	}
	return r, found && !r.Ignore
}

// ringing reports whether calls of a run were placed and not answered, and another channel is to follow them after a time.
func (s *Service) ringing(ctx context.Context, workspace, run int64, counts []RankCount) (bool, error) {
	for _, c := range counts {
		if c.Metrics[string(StatusDelivered)] <= c.Metrics[string(StatusAnswered)] {
			continue
		}
		p, err := s.plan(ctx, s.DB, workspace, run)
		if err != nil {
			return false, err
		}
		if l := p.run.Definition.Legs[c.Rank]; l.Channel == channel.AICall && l.FallbackAfterMS > 0 {
			return true, nil
		}
	}
	return false, nil
}

// late looks at legs that were accepted and stay silent: asks the provider where it answers, and lets the next rank start when the author said so.
func (w *Sweeper) late(ctx context.Context, workspace, run int64) error {
	s := w.e.s
	key := planKey{workspace, run}
	now := s.now()
	if now < w.nextScan[key] {
		return nil
	}
	p, err := s.plan(ctx, s.DB, workspace, run)
	if err != nil {
		return err
	}
	for rank, l := range p.run.Definition.Legs {
		o, err := w.e.open(ctx, connKey{workspace, l.ConnectionID})
		if err != nil {
			return err
		}
		var looks bool
		if o != nil {
			_, looks = o.sender.(Looker)
			looks = looks && !byChat(l.Channel)
		}
		if looks {
			if err := w.poll(ctx, o, workspace, run, rank, now); err != nil {
				return err
			}
		}
		if l.FallbackAfterMS > 0 {
			if err := w.giveWay(ctx, workspace, run, rank, now-l.FallbackAfterMS); err != nil {
				return err
			}
		}
	}
	w.nextScan[key] = now + 5000
	return nil
}

// pollAfter is how long a receipt may take before we ask.
const pollAfter = 10 * time.Minute

func (w *Sweeper) poll(ctx context.Context, o *opened, workspace, run int64, rank int, now int64) error {
	s := w.e.s
	legs, err := queryLegs(ctx, s.DB, `SELECT `+legColumns+` FROM leg WHERE workspace_id = $1 AND run_id = $2 AND state = 3 AND rank = $3 AND accepted_at < $4 AND (due_at IS NULL OR due_at <= $5) LIMIT 200`,
		workspace, run, rank, now-pollAfter.Milliseconds(), now)
	if err != nil || len(legs) == 0 {
		return err
	}
	var events []event
	for _, l := range legs {
		if r, ok := w.look(ctx, o, l); ok && r.Fact != FactAccepted {
			events = append(events, event{leg: l.ID, kind: kindFact, fact: r.Fact, at: millis(r.At), reason: r.Code, class: r.Class, price: r.Price})
		} else {
			events = append(events, event{leg: l.ID, kind: kindPoll, due: nextLookup(l.Facts[FactAccepted], now)})
		}
	}
	return s.applyAll(ctx, workspace, events)
}

func (w *Sweeper) giveWay(ctx context.Context, workspace, run int64, rank int, before int64) error {
	s := w.e.s
	last := int64(0)
	for {
		legs, err := queryLegs(ctx, s.DB, `SELECT `+legColumns+` FROM leg WHERE workspace_id = $1 AND run_id = $2 AND contact_id > $5 AND (state = 3 OR state = 4 AND channel = 'ai_call' AND answered_at IS NULL) AND rank = $3 AND superseded = 0
 AND COALESCE(accepted_at, delivered_at) < $4 ORDER BY contact_id LIMIT 1000`, workspace, run, rank, before, last)
		if err != nil || len(legs) == 0 {
			return err
		}
		last = legs[len(legs)-1].ContactID
		events := make([]event, len(legs))
		for i, l := range legs {
			events[i] = event{leg: l.ID, kind: kindExpire}
		}
		if err := s.applyAll(ctx, workspace, events); err != nil {
			return err
		}
		if len(legs) < 1000 {
			return nil
		}
	}
}

func (s *Service) applyAll(ctx context.Context, workspace int64, events []event) error {
	if len(events) == 0 {
		return nil
	}
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		_, err := s.apply(ctx, tx, workspace, events)
		return err
	})
	if err == nil {
		s.Wake()
	}
	return err
}

// finish ends a run when, read again inside the transaction, nothing of it is queued or under way, and nobody waits in it.
func (s *Service) finish(ctx context.Context, workspace, run int64) error {
	p, err := s.plan(ctx, s.DB, workspace, run)
	if err != nil {
		return err
	}
	open := `n.metric IN ('queued', 'sending')`
	for _, rank := range p.waits() {
		open += ` OR (n.metric = 'processing' AND n.rank = ` + strconv.Itoa(rank) + `)`
	}
	var done int64
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		done, err = tx.Exec(ctx, `UPDATE run SET state = 'finished', finished_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND dispatched = 1
 AND NOT EXISTS (SELECT 1 FROM run_count n WHERE n.workspace_id = $1 AND n.run_id = $2 AND (`+open+`) AND n.n <> 0)`, workspace, run, s.now())
		return err
	})
	if err != nil || done == 0 {
		return err
	}
	r, err := LoadRun(ctx, s.DB, workspace, run)
	if err != nil {
		return err
	}
	if r.Kind == KindTest {
		s.plans.Delete(planKey{workspace, run}) // there are many, and each holds a whole template
	}
	if f := s.finished.Load(); f != nil {
		(*f)(ctx, r)
	}
	return nil
}

// Resolve is a person's decision about an unknown leg: sent or not sent, with the words that say why. It is logged by the caller.
func (s *Service) Resolve(ctx context.Context, tx *db.Tx, workspace int64, legs []int64, sent bool) (int, error) {
	events := make([]event, len(legs))
	for i, id := range legs {
		e := event{leg: id, kind: kindResolve, fact: FactAccepted, at: s.now()}
		if !sent {
			e.fact, e.reason, e.class = FactFailed, ReasonByPerson, provider.Recipient
		}
		events[i] = e
	}
	before, err := loadLegs(ctx, tx, workspace, append([]int64(nil), legs...))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, l := range before {
		if l.State == Unknown {
			n++
		}
	}
	_, err = s.apply(ctx, tx, workspace, events)
	tx.AfterCommit(s.Wake)
	return n, err
}

// UnknownLegs lists ids of unknown legs of a run, for a decision about all of them.
func (s *Service) UnknownLegs(ctx context.Context, q db.Querier, workspace, run int64, limit int) ([]int64, error) {
	legs, err := queryLegs(ctx, q, `SELECT `+legColumns+` FROM leg WHERE workspace_id = $1 AND run_id = $2 AND state = 6 ORDER BY id LIMIT $3`, workspace, run, limit)
	ids := make([]int64, len(legs))
	for i, l := range legs {
		ids[i] = l.ID
	}
	return ids, err
}
