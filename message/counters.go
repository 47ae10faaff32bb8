package message

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/loa-project/loa/internal/db"
)

// counters collects changes of a run's kept counters inside one transaction and writes them once: run_count has the words of the status table, run_fact what happened in each
// minute, run_cause what failed and was skipped by cause. With them a report over any number of messages reads a few rows.
type counters map[countKey]int64

// countKey names one counter. A key with a minute is one of run_fact, one with a state one of run_cause, any other one of run_count.
type countKey struct {
	run    int64
	rank   int
	metric string // of run_count
	minute int64  // of run_fact: Unix time in minutes
	fact   Fact
	state  State // of run_cause: Failed or Skipped, or Delivered for calls that nobody answered
	code   string
	class  string
}

// The counters beside the words of the status table.
const (
	metricTotal      = "total"      // legs
	metricSuperseded = "superseded" // legs after which another was tried: total of all ranks - superseded = people
	metricCost       = "cost"       // VND
)

const minute = 60_000 // ms

func (c counters) add(run int64, rank int, metric string, n int64) {
	if n != 0 {
		c[countKey{run: run, rank: rank, metric: metric}] += n
	}
}

// fact counts n legs to which something happened at a time in Unix ms; a time of the first minute of 1970 is none.
func (c counters) fact(run int64, rank int, f Fact, at, n int64) {
	if m := at / minute; m > 0 {
		c[countKey{run: run, rank: rank, minute: m, fact: f}] += n
	}
}

// leg counts everything that a leg counts under; a sign of -1 takes it back.
func (c counters) leg(l *Leg, sign int64) {
	c.add(l.RunID, l.Rank, metricTotal, sign)
	for _, s := range l.Counts() {
		c.add(l.RunID, l.Rank, string(s), sign)
	}
	if l.Superseded {
		c.add(l.RunID, l.Rank, metricSuperseded, sign)
	}
	c.add(l.RunID, l.Rank, metricCost, sign*l.Price)
	for f, at := range l.Facts {
		if at > 0 {
			c.fact(l.RunID, l.Rank, Fact(f), at, sign)
		}
	}
	if l.State == Failed || l.State == Skipped || l.unanswered() && l.Reason != "" {
		c[countKey{run: l.RunID, rank: l.Rank, state: l.State, code: l.Reason, class: l.Class}] += sign
	}
}

// write adds the changes to the three tables, always in the same order, so that two transactions never wait for each other in a circle.
func (c counters) write(ctx context.Context, tx *db.Tx, workspace int64) error {
	var counts, facts, causes []countKey
	for k, n := range c {
		switch {
		case n == 0:
		case k.minute != 0:
			facts = append(facts, k)
		case k.state != 0:
			causes = append(causes, k)
		default:
			counts = append(counts, k)
		}
	}
	if err := c.writeCounts(ctx, tx, workspace, counts); err != nil {
		return err
	}
	slices.SortFunc(facts, func(a, b countKey) int {
		return cmp.Or(cmp.Compare(a.run, b.run), cmp.Compare(a.rank, b.rank), cmp.Compare(a.fact, b.fact), cmp.Compare(a.minute, b.minute))
	})
	for part := range slices.Chunk(facts, block) {
		args := make([]any, 0, len(part)*6)
		for _, k := range part {
			args = append(args, workspace, k.run, k.rank, int64(k.fact), k.minute, c[k])
		}
		if _, err := tx.Exec(ctx, `INSERT INTO run_fact (workspace_id, run_id, rank, fact, minute, n) VALUES `+db.Values(1, len(part), "bigint", "bigint", "smallint", "smallint", "bigint", "bigint")+
			` ON CONFLICT (workspace_id, run_id, rank, fact, minute) DO UPDATE SET n = run_fact.n + excluded.n`, args...); err != nil {
			return fmt.Errorf("write facts by minute: %w", err)
		}
	}
	slices.SortFunc(causes, func(a, b countKey) int {
		return cmp.Or(cmp.Compare(a.run, b.run), cmp.Compare(a.rank, b.rank), cmp.Compare(a.state, b.state), cmp.Compare(a.code, b.code), cmp.Compare(a.class, b.class))
	})
	for part := range slices.Chunk(causes, block) {
		args := make([]any, 0, len(part)*7)
		for _, k := range part {
			args = append(args, workspace, k.run, k.rank, int64(k.state), k.code, k.class, c[k])
		}
		if _, err := tx.Exec(ctx, `INSERT INTO run_cause (workspace_id, run_id, rank, state, code, class_of, n) VALUES `+db.Values(1, len(part), "bigint", "bigint", "smallint", "smallint", "text", "text", "bigint")+
			` ON CONFLICT (workspace_id, run_id, rank, state, code, class_of) DO UPDATE SET n = run_cause.n + excluded.n`, args...); err != nil {
			return fmt.Errorf("write causes: %w", err)
		}
	}
	return nil
}

func (c counters) writeCounts(ctx context.Context, tx *db.Tx, workspace int64, keys []countKey) error {
	if len(keys) == 0 {
		return nil
	}
	slices.SortFunc(keys, func(a, b countKey) int {
		return cmp.Or(cmp.Compare(a.run, b.run), cmp.Compare(a.rank, b.rank), cmp.Compare(a.metric, b.metric))
	})
	args := make([]any, 0, len(keys)*5)
	spent := map[int64]int64{}
	for _, k := range keys {
		args = append(args, workspace, k.run, k.rank, k.metric, c[k])
		if k.metric == metricCost {
			spent[k.run] += c[k]
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO run_count (workspace_id, run_id, rank, metric, n) VALUES `+db.Values(1, len(keys), "bigint", "bigint", "smallint", "text", "bigint")+
		` ON CONFLICT (workspace_id, run_id, rank, metric) DO UPDATE SET n = run_count.n + excluded.n`, args...)
	if err != nil {
		return fmt.Errorf("write counters: %w", err)
	}
	for run, n := range spent {
		if _, err := tx.Exec(ctx, `UPDATE run SET spent = spent + $3 WHERE workspace_id = $1 AND id = $2`, workspace, run, n); err != nil {
			return fmt.Errorf("write spending: %w", err)
		}
	}
	return nil
}

// String names the counter inside its run and rank.
func (k countKey) String() string {
	switch {
	case k.minute != 0:
		return fmt.Sprintf("%s in minute %d", k.fact, k.minute)
	case k.state != 0:
		return fmt.Sprintf("%s because of %q", k.state, k.code)
	}
	return k.metric
}
