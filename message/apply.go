package message

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/provider"
)

// kind says what an event does to its leg.
type kind int

const (
	kindOutcome  kind = iota // our call came back, or was given up as unknown
	kindFact                 // a provider or a person told us something
	kindLease                // the claim is past its lease
	kindSkip                 // our rules refuse a queued leg
	kindPostpone             // a queued leg waits until Due
	kindRepeat               // an unknown call is asked again under the same key: the provider removes duplicates
	kindLook                 // an unknown leg was looked up in vain: next look at Due
	kindPoll                 // an accepted leg was looked up in vain: next look at Due
	kindExpire               // an accepted or unknown leg got no receipt in time: the next rank may start
	kindResolve              // a person or a rule decides what became of an unknown leg
)

// event is one thing that came in about a leg. All of them go through apply, the one door.
type event struct {
	leg     int64
	attempt int // the attempt it is about, 0 = whichever
	kind    kind
	fact    Fact
	at      int64 // Unix ms
	outcome *Outcome
	reason  string
	class   provider.Class
	due     int64
	price   int64 // VND that the provider really charges, 0 = as reckoned
}

type touched struct {
	leg    *Leg
	before Leg
}

// maxTries is how often a call that certainly did not happen is tried again.
const maxTries = 8

// backoff is the pause after the n-th certain, temporary failure.
func backoff(n int, hint time.Duration) time.Duration {
	steps := []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}
	return max(steps[min(max(n-1, 0), len(steps)-1)], hint)
}

// lookups is when an unknown leg is looked up, counted from the request.
var lookups = []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

func nextLookup(requested, now int64) int64 {
	for _, d := range lookups {
		if at := requested + d.Milliseconds(); at > now {
			return at
		}
	}
	return now + (24 * time.Hour).Milliseconds()
}

// take changes the leg by one event; now is Unix ms. What contradicts the leg's state is ignored: an event can come twice, late or in any order.
func (l *Leg) take(e *event, now int64) {
	switch e.kind {
	case kindOutcome:
		if e.attempt == l.Attempt {
			l.takeOutcome(e.outcome, now)
		}
	case kindFact:
		if l.Facts.Add(e.fact, e.at) && (e.fact == FactFailed || e.fact == FactBounced) {
			l.Reason, l.Class = e.reason, string(e.class)
		}
		if e.price > 0 {
			l.Price = e.price
		}
		l.settle()
		l.end(e)
	case kindLease:
		if e.attempt != l.Attempt {
			break
		}
		if l.State == Sending {
			l.Facts.Add(FactRequested, e.at)
			l.State, l.Reason, l.Due = Unknown, "lease", now
		} else if l.derive() != 0 { // its receipt was faster than our own record of the call
			l.Facts.Add(FactRequested, e.at)
		}
	case kindSkip:
		if l.State == Queued {
			l.State, l.Reason, l.Due = Skipped, e.reason, 0
		}
	case kindPostpone:
		if l.State == Queued {
			l.Reason, l.Due = e.reason, e.due
		}
	case kindRepeat:
		if l.State == Unknown {
			l.State, l.Reason, l.Due = Queued, reasonSameKey, now
		}
	case kindLook:
		if l.State == Unknown {
			l.Due = e.due
		}
	case kindPoll:
		if l.State == Accepted {
			l.Due = e.due
			return
		}
	case kindResolve:
		if l.State == Unknown && l.Facts.Add(e.fact, e.at) {
			l.Reason, l.Class = e.reason, string(e.class)
			l.Due = now // a wait of which nobody knows when it began is over
		}
	}
	l.settle()
}

func (l *Leg) takeOutcome(o *Outcome, now int64) {
	if l.State != Sending && l.State != Unknown && l.derive() == 0 {
		return
	}
	if o.Asked {
		l.Facts.Add(FactRequested, o.Started)
	}
	if o.OnAnswer && (o.Class == OutcomeAccepted || o.Class == provider.Unknown) {
		l.Quote = o.Price // settle books it
	}
	switch o.Class {
	case OutcomeAccepted:
		if l.Facts.Add(FactAccepted, o.Ended) && l.Price == 0 && !o.OnAnswer { // else the provider's own figure was faster
			l.Price = o.Price
		}
		l.Due = o.Until // settle keeps it for waits alone
		if o.Delivered {
			l.Facts.Add(FactDelivered, o.Ended)
		}
	case provider.Recipient, provider.Content:
		if l.Facts.Add(FactFailed, o.Ended) {
			l.Reason, l.Class = o.Code, string(o.Class)
		}
	case OutcomeRefused:
		if l.State == Sending {
			l.State, l.Reason, l.Due = Skipped, o.Code, 0
		}
	case provider.Temporary, provider.RateLimited, provider.Auth, provider.Balance:
		if l.derive() != 0 {
			break
		}
		if o.Code == codeReleased { // the key never went out: the attempt did not happen
			if l.State == Sending {
				l.State, l.Due = Queued, now
				l.Attempt--
			}
			break
		}
		if l.Attempt >= maxTries && o.Class == provider.Temporary {
			l.Facts.Add(FactRequested, o.Started)
			l.Facts.Add(FactFailed, o.Ended)
			l.Reason, l.Class = o.Code, string(o.Class)
			break
		}
		l.State, l.Reason = Queued, "retry:"+o.Code
		l.Due = now + backoff(l.Attempt, o.RetryAfter).Milliseconds()
	default: // unknown
		if l.State == Sending && l.derive() == 0 {
			l.Facts.Add(FactRequested, o.Started)
			l.State, l.Reason, l.Due = Unknown, o.Code, nextLookup(o.Started, now)
		}
	}
}

// result is what apply did, for the caller to act on after the commit.
type result struct {
	missing  []int64        // leg ids that do not exist
	fallback map[int64]bool // connections that got new work
}

// apply is the one door: it changes legs by events, writes what differs, counts, and starts the next rank where a leg certainly failed. All in the caller's transaction.
func (s *Service) apply(ctx context.Context, tx *db.Tx, workspace int64, events []event) (result, error) {
	res := result{fallback: map[int64]bool{}}
	count := counters{}
	if err := tx.PreferIndexes(ctx); err != nil {
		return res, err
	}
	events, err := quick(ctx, tx, workspace, events, count)
	if err != nil {
		return res, err
	}
	ids := make([]int64, 0, len(events))
	seen := make(map[int64]bool, len(events))
	for i := range events {
		if !seen[events[i].leg] {
			seen[events[i].leg] = true
			ids = append(ids, events[i].leg)
		}
	}
	legs, err := loadLegs(ctx, tx, workspace, ids)
	if err != nil {
		return res, err
	}
	now := s.now()
	befores := make(map[int64]Leg, len(legs))
	for id, l := range legs {
		befores[id] = *l
	}
	expired := map[int64]bool{}
	for i := range events {
		e := &events[i]
		l, ok := legs[e.leg]
		if !ok {
			res.missing = append(res.missing, e.leg)
			continue
		}
		if e.kind == kindExpire {
			expired[l.ID] = l.silent() && !l.Superseded
			continue
		}
		l.take(e, now)
	}
	changed := make([]touched, 0, len(legs))
	var open []*Leg
	for _, id := range ids {
		l, ok := legs[id]
		if !ok {
			continue
		}
		turned := l.State != befores[id].State && ((l.State == Failed && l.Class != string(classSilence)) || (l.State == Skipped && l.Reason != ReasonCancelled && l.Reason != ReasonSandbox))
		if !l.Superseded && (turned || expired[id]) {
			open = append(open, l)
		}
		changed = append(changed, touched{leg: l, before: befores[id]})
	}
	if err := s.fallback(ctx, tx, workspace, open, count, res.fallback); err != nil {
		return res, err
	}
	for i := range changed {
		if diff(&changed[i].before, changed[i].leg) != 0 {
			count.leg(&changed[i].before, -1)
			count.leg(changed[i].leg, 1)
		}
	}
	if err := updateLegs(ctx, tx, workspace, changed); err != nil {
		return res, err
	}
	again := map[int64]bool{}
	for i := range changed {
		was, is := changed[i].before, changed[i].leg
		if (is.State == Queued && was.State == Unknown) || (is.Superseded && !was.Superseded) {
			again[is.RunID] = true
		}
	}
	if err := reopen(ctx, tx, workspace, again); err != nil {
		return res, err
	}
	return res, count.write(ctx, tx, workspace)
}

// fallback starts the next reachable rank of each leg in open, at most once: the unique key of the ledger refuses a second one.
func (s *Service) fallback(ctx context.Context, tx *db.Tx, workspace int64, open []*Leg, count counters, woken map[int64]bool) error {
	var want []*Leg
	plans := map[int64]*plan{}
	for _, l := range open {
		p := plans[l.RunID]
		if p == nil {
			var err error
			if p, err = s.plan(ctx, tx, workspace, l.RunID); err != nil {
				return err
			}
			plans[l.RunID] = p
		}
		if l.Rank+1 < len(p.run.Definition.Legs) {
			want = append(want, l)
		}
	}
	if len(want) == 0 {
		return nil
	}
	sets, err := contactSets(ctx, tx, workspace, want)
	if err != nil {
		return err
	}
	own, err := s.ownReach(ctx, tx, want, plans)
	if err != nil {
		return err
	}
	var legs []*Leg
	now := s.now()
	for _, l := range want {
		p := plans[l.RunID]
		c := sets[l.ContactID]
		if reach, ok := own[l.ID]; ok {
			c.reach, c.blocked = reach, 0 // the claim asks the suppression list about the address itself
		}
		r := p.next(l.Rank, eligible(p.run.Purpose, c.reach, c.consent, c.blocked))
		next := Leg{WorkspaceID: workspace, RunID: l.RunID, ContactID: l.ContactID, Seq: l.Seq, State: Queued, Due: now}
		switch {
		case r >= 0:
		case l.Channel == channel.Wait && l.Rank+1 < len(p.run.Definition.Legs): // a wait ends in any case; nobody vanishes behind it
			r = l.Rank + 1
			next.State, next.Due = Skipped, 0
			next.Reason = refusal(p.run.Purpose, p.run.Definition.Legs[r].Channel, c.reach, c.consent, c.blocked)
		default:
			continue
		}
		l.Superseded = true
		if l.Channel == channel.Wait {
			l.Due = 0
		}
		d := p.run.Definition.Legs[r]
		next.Rank, next.Channel, next.ConnectionID = r, d.Channel, d.ConnectionID
		legs = append(legs, &next)
	}
	fresh, err := insertLegs(ctx, tx, legs)
	if err != nil {
		return err
	}
	for _, l := range fresh {
		count.leg(l, 1)
		woken[l.ConnectionID] = l.State == Queued || woken[l.ConnectionID]
	}
	return nil
}

// reopen lets finished runs go on that have work again: a failure told after the end still gets its fallback, an unknown call may be repeated.
func reopen(ctx context.Context, tx *db.Tx, workspace int64, runs map[int64]bool) error {
	for run := range runs {
		if _, err := tx.Exec(ctx, `UPDATE run SET state = 'running', finished_at = 0 WHERE workspace_id = $1 AND id = $2 AND state = 'finished'`, workspace, run); err != nil {
			return fmt.Errorf("reopen run: %w", err)
		}
	}
	return nil
}

type sets struct{ reach, consent, blocked channel.Set }

func contactSets(ctx context.Context, tx *db.Tx, workspace int64, legs []*Leg) (map[int64]sets, error) {
	out := make(map[int64]sets, len(legs))
	for len(legs) > 0 {
		part := legs[:min(block, len(legs))]
		legs = legs[len(part):]
		args := []any{workspace}
		for _, l := range part {
			args = append(args, l.ContactID)
		}
		rows, err := tx.Query(ctx, `SELECT id, reach, consent, blocked FROM contact WHERE workspace_id = $1 AND id IN (`+db.In(2, len(part))+`)`, args...)
		if err != nil {
			return nil, fmt.Errorf("read contacts: %w", err)
		}
		if err := eachRow(rows, func(r *sql.Rows) error {
			var id int64
			var c sets
			if err := r.Scan(&id, &c.reach, &c.consent, &c.blocked); err != nil {
				return err
			}
			out[id] = c
			return nil
		}); err != nil {
			return nil, fmt.Errorf("read contacts: %w", err)
		}
	}
	return out, nil
}
