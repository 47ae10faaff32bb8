package message

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/loa-project/loa/internal/db"
)

// quick applies the two events that nearly every message has, its acceptance and its delivery, in one statement each, where the leg stands exactly where they find it ordinarily: under way
// with this attempt, or accepted and nothing more. What is left over goes the long way of apply, with the same result; this only saves reading the rows first.
func quick(ctx context.Context, tx *db.Tx, workspace int64, events []event, count counters) ([]event, error) {
	if len(events) < 8 {
		return events, nil
	}
	times := make(map[int64]int, len(events))
	for i := range events {
		times[events[i].leg]++
	}
	var accepted, delivered, rest []event
	for _, e := range events {
		switch {
		case times[e.leg] > 1:
			rest = append(rest, e)
		case e.kind == kindOutcome && e.outcome.Class == OutcomeAccepted && e.outcome.Asked && !e.outcome.Delivered && !e.outcome.OnAnswer && e.outcome.Until == 0 && e.outcome.Started > 0 && e.outcome.Ended > 0:
			accepted = append(accepted, e)
		case e.kind == kindFact && e.fact == FactDelivered && e.at > 0 && e.price == 0:
			delivered = append(delivered, e)
		default:
			rest = append(rest, e)
		}
	}
	left, err := quickly(ctx, tx, workspace, accepted, quickAccept, count)
	if err != nil {
		return nil, err
	}
	rest = append(rest, left...)
	if left, err = quickly(ctx, tx, workspace, delivered, quickDeliver, count); err != nil {
		return nil, err
	}
	return append(rest, left...), nil
}

// shape is one of the two statements.
type shape struct {
	columns string
	casts   []string
	set     string
	when    string
	args    func(e *event) []any
	from    statusChange
	// happened are the facts that the statement writes.
	happened func(e *event) []happening
}

// happening is a fact with its time.
type happening struct {
	fact Fact
	at   int64
}

// statusChange is how the counters move: one leg from a status to another, and whether it becomes a sent one.
type statusChange struct {
	From, To Status
	Sent     bool
}

var quickAccept = shape{
	columns: "leg_id, attempt_no, asked, taken, cost", casts: []string{"bigint", "smallint", "bigint", "bigint", "bigint"},
	set:  "state = 3, requested_at = COALESCE(requested_at, v.asked), accepted_at = v.taken, price = v.cost",
	when: "state = 2 AND attempt = v.attempt_no AND accepted_at IS NULL AND requested_at IS NULL AND failed_at IS NULL AND due_at IS NULL AND price = 0",
	args: func(e *event) []any {
		return []any{e.leg, int64(e.attempt), e.outcome.Started, e.outcome.Ended, e.outcome.Price}
	},
	from: statusChange{StatusSending, StatusProcessing, true},
	happened: func(e *event) []happening {
		return []happening{{FactRequested, e.outcome.Started}, {FactAccepted, e.outcome.Ended}}
	},
}

var quickDeliver = shape{
	columns: "leg_id, happened", casts: []string{"bigint", "bigint"},
	set:      "state = 4, delivered_at = v.happened, due_at = NULL",
	when:     "state = 3 AND delivered_at IS NULL",
	args:     func(e *event) []any { return []any{e.leg, e.at} },
	from:     statusChange{StatusProcessing, StatusDelivered, false},
	happened: func(e *event) []happening { return []happening{{FactDelivered, e.at}} },
}

// quickly runs one statement over the events and returns those whose leg it did not find as expected.
func quickly(ctx context.Context, tx *db.Tx, workspace int64, events []event, s shape, count counters) ([]event, error) {
	var left []event
	for len(events) > 0 {
		part := events[:min(block, len(events))]
		events = events[len(part):]
		args := make([]any, 0, len(part)*len(s.casts)+1)
		args = append(args, workspace)
		of := make(map[int64]*event, len(part))
		for i := range part {
			args = append(args, s.args(&part[i])...)
			of[part[i].leg] = &part[i]
		}
		rows, err := tx.Query(ctx, `WITH v (`+s.columns+`) AS (VALUES `+db.Values(2, len(part), s.casts...)+`) UPDATE leg SET `+s.set+` FROM v WHERE leg.workspace_id = $1 AND leg.id = v.leg_id AND `+s.when+` RETURNING id, run_id, rank, price`, args...)
		if err != nil {
			return nil, fmt.Errorf("update legs: %w", err)
		}
		done := make(map[int64]bool, len(part))
		if err := eachRow(rows, func(r *sql.Rows) error {
			var id, run, price int64
			var rank int
			if err := r.Scan(&id, &run, &rank, &price); err != nil {
				return err
			}
			done[id] = true
			count.add(run, rank, string(s.from.From), -1)
			count.add(run, rank, string(s.from.To), 1)
			if s.from.Sent {
				count.add(run, rank, string(StatusSent), 1)
				count.add(run, rank, metricCost, price)
			}
			for _, h := range s.happened(of[id]) {
				count.fact(run, rank, h.fact, h.at, 1)
			}
			return nil
		}); err != nil {
			return nil, fmt.Errorf("update legs: %w", err)
		}
		if len(done) == len(part) {
			continue
		}
		for _, e := range part {
			if !done[e.leg] {
				left = append(left, e)
			}
		}
	}
	return left, nil
}
