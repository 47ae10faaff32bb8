package message

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/provider"
)

// recorder writes outcomes in batches: many calls share one commit.
type recorder struct {
	s    *Service
	in   chan recorded
	quit chan struct{}
}

type recorded struct {
	c   *claimed
	out Outcome
}

const (
	recordRows = 1000
	recordWait = 25 * time.Millisecond
)

func newRecorder(s *Service) *recorder {
	return &recorder{s: s, in: make(chan recorded, 4*recordRows), quit: make(chan struct{})}
}

// expect is called before the calls of a chunk begin. It exists so that a claim row is only deleted when the last of its outcomes is in.
func (r *recorder) expect(chunk []claimed) {
	left := map[int64]*claimLeft{}
	for i := range chunk {
		c := &chunk[i]
		if left[c.claimID] == nil {
			left[c.claimID] = &claimLeft{}
		}
		left[c.claimID].n++
		c.left = left[c.claimID]
	}
}

// claimLeft counts the outcomes that a claim still waits for. Only the recorder's goroutine changes it.
type claimLeft struct{ n int }

// put hands over one outcome; it waits when the store is behind, which slows the callers down and nothing else.
func (r *recorder) put(c *claimed, out Outcome) { r.in <- recorded{c, out} }

func (r *recorder) stop() { close(r.quit) }

// run writes until stop is called and everything handed over is written.
func (r *recorder) run() {
	batch := make([]recorded, 0, recordRows)
	for {
		batch = batch[:0]
		select {
		case first := <-r.in:
			batch = append(batch, first)
		case <-r.quit:
			select {
			case first := <-r.in:
				batch = append(batch, first)
			default:
				return
			}
		}
		timer := time.NewTimer(recordWait)
	collect:
		for len(batch) < recordRows {
			select {
			case next := <-r.in:
				batch = append(batch, next)
			case <-timer.C:
				break collect
			}
		}
		timer.Stop()
		r.write(batch)
	}
}

// write stores a batch, and tries again for as long as the store is away: the outcomes are known only here.
func (r *recorder) write(batch []recorded) {
	byWorkspace := map[int64][]recorded{}
	for _, b := range batch {
		w := b.c.leg.WorkspaceID
		byWorkspace[w] = append(byWorkspace[w], b)
		b.c.left.n--
	}
	for workspace, part := range byWorkspace {
		for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
			err := r.s.record(context.Background(), workspace, part)
			if err == nil {
				break
			}
			r.s.Log.Error("record outcomes", "count", len(part), "error", err)
			select {
			case <-time.After(wait):
			case <-r.quit:
				// The leases will run out and the legs become unknown: honest, and looked up after the next start.
				if wait >= 5*time.Second {
					return
				}
				time.Sleep(wait)
			}
		}
	}
}

// record stores outcomes, the attempts' answers, and parked receipts that now find their leg, in one transaction.
func (s *Service) record(ctx context.Context, workspace int64, batch []recorded) error {
	var res result
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		late, err := awaitChats(ctx, tx, workspace, batch)
		if err != nil {
			return err
		}
		events := make([]event, 0, len(batch))
		done := map[int64]bool{}
		var suppress []Suppression
		for i := range batch {
			b := &batch[i]
			events = append(events, event{leg: b.c.leg.ID, attempt: b.c.leg.Attempt, kind: kindOutcome, outcome: &b.out})
			if b.c.left.n == 0 {
				done[b.c.claimID] = true
			}
			if b.out.Suppress {
				suppress = append(suppress, Suppression{ContactID: b.c.leg.ContactID, Channel: b.c.leg.Channel, Reason: "provider", LegID: b.c.leg.ID, Address: b.c.to})
			}
		}
		if err := insertAttempts(ctx, tx, workspace, batch); err != nil {
			return err
		}
		if err := learnLate(ctx, tx, workspace, batch); err != nil {
			return err
		}
		parked, err := s.unpark(ctx, tx, workspace, batch)
		if err != nil {
			return err
		}
		if res, err = s.apply(ctx, tx, workspace, append(events, parked...)); err != nil {
			return err
		}
		if len(suppress) > 0 && s.Suppress != nil {
			if err := s.Suppress(ctx, tx, workspace, suppress); err != nil {
				return err
			}
		}
		for _, k := range late {
			found, err := behind(ctx, tx, workspace, k, s.now())
			if err != nil {
				return err
			}
			if _, err := s.apply(ctx, tx, workspace, found); err != nil {
				return err
			}
		}
		return deleteClaims(ctx, tx, workspace, done)
	})
	if err == nil && len(res.fallback) > 0 {
		s.Wake()
	}
	return err
}

func insertAttempts(ctx context.Context, tx *db.Tx, workspace int64, batch []recorded) error {
	args := make([]any, 0, len(batch)*10)
	n := 0
	for i := range batch {
		b := &batch[i]
		if b.out.Code == codeReleased {
			continue
		}
		n++
		var id any
		if b.out.ProviderID != "" {
			id = b.out.ProviderID
		}
		args = append(args, workspace, b.c.leg.ID, int64(b.c.leg.Attempt), b.out.Started, b.out.Ended, string(b.out.Class), id, b.out.Code, b.out.Detail, b.out.Raw)
	}
	if n == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO attempt (workspace_id, leg_id, no, started_at, ended_at, class, provider_id, code, detail, raw) VALUES `+
		db.Values(1, n, "bigint", "bigint", "smallint", "bigint", "bigint", "text", "text", "text", "text", "text")+` ON CONFLICT DO NOTHING`, args...)
	if err != nil {
		return fmt.Errorf("write attempts: %w", err)
	}
	return nil
}

func deleteClaims(ctx context.Context, tx *db.Tx, workspace int64, done map[int64]bool) error {
	if len(done) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(done))
	for id := range done {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	args := []any{workspace}
	for _, id := range ids {
		args = append(args, id)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM claim WHERE workspace_id = $1 AND id IN (`+db.In(2, len(ids))+`)`, args...); err != nil {
		return fmt.Errorf("delete claims: %w", err)
	}
	return nil
}

// unpark finds receipts that came before our call was answered and could not be matched by our key.
func (s *Service) unpark(ctx context.Context, tx *db.Tx, workspace int64, batch []recorded) ([]event, error) {
	var any1 int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM callback WHERE workspace_id = $1 AND state = 2 LIMIT 1) AS q`, workspace).Scan(&any1); err != nil {
		return nil, fmt.Errorf("look for parked receipts: %w", err)
	}
	if any1 == 0 {
		return nil, nil
	}
	legOf := map[string]*claimed{}
	args := []any{workspace}
	for i := range batch {
		if id := batch[i].out.ProviderID; id != "" {
			legOf[id] = batch[i].c
			args = append(args, id)
		}
	}
	if len(legOf) == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, `SELECT id, provider_id, event, fact, at, code, class FROM callback WHERE workspace_id = $1 AND state = 2 AND provider_id IN (`+db.In(2, len(args)-1)+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("read parked receipts: %w", err)
	}
	var events []event
	type match struct{ id, leg int64 }
	var found []match
	err = eachRow(rows, func(r *sql.Rows) error {
		var id, at int64
		var pid, word, code, class string
		var fact Fact
		if err := r.Scan(&id, &pid, &word, &fact, &at, &code, &class); err != nil {
			return err
		}
		leg := legOf[pid].leg.ID
		found = append(found, match{id, leg})
		events = append(events, event{leg: leg, kind: kindFact, fact: fact, at: at, reason: code, class: provider.Class(class)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read parked receipts: %w", err)
	}
	for _, m := range found {
		if _, err := tx.Exec(ctx, `UPDATE callback SET state = 1, leg_id = $3 WHERE workspace_id = $1 AND id = $2`, workspace, m.id, m.leg); err != nil {
			return nil, fmt.Errorf("match parked receipt: %w", err)
		}
	}
	return events, nil
}

// suppressions are the addresses that a fact closes for good.
func suppressions(l *Leg, fact Fact, class provider.Class) (Suppression, bool) {
	reason := ""
	switch {
	case fact == FactComplained:
		reason = "complained"
	case fact == FactUnsubscribed:
		reason = "unsubscribed"
	case fact == FactBounced && l.Channel == channel.Email && class == provider.Recipient:
		reason = "bounced"
	default:
		return Suppression{}, false
	}
	return Suppression{ContactID: l.ContactID, Channel: l.Channel, Reason: reason, LegID: l.ID}, true
}

func millis(t time.Time) int64 { return clock.Millis(t) }
