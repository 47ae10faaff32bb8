package message

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/loa-project/loa/internal/db"
)

// Fault is one broken promise that Verify found.
type Fault struct {
	Rule   string // code of the rule
	Detail string
}

func (f Fault) String() string { return f.Rule + ": " + f.Detail }

// checks are the invariants that hold in every committed state. Each query returns rows of one text: a description of what is wrong, with ids and never with addresses.
var checks = []struct{ rule, query string }{
	{"leg.state_known", `SELECT 'leg ' || CAST(id AS text) || ' has state ' || CAST(state AS text) FROM leg WHERE state < 1 OR state > 7`},
	{"leg.fallback_without_main", `SELECT 'leg ' || CAST(l.id AS text) || ' of rank ' || CAST(l.rank AS text) || ' has an earlier leg that neither failed nor was superseded' FROM leg l JOIN leg p ON p.workspace_id = l.workspace_id AND p.run_id = l.run_id AND p.contact_id = l.contact_id AND p.seq = l.seq AND p.rank < l.rank WHERE p.superseded = 0`},
	{"leg.superseded_without_next", `SELECT 'leg ' || CAST(l.id AS text) || ' is superseded by nothing' FROM leg l WHERE l.superseded = 1 AND NOT EXISTS (SELECT 1 FROM leg n WHERE n.workspace_id = l.workspace_id AND n.run_id = l.run_id AND n.contact_id = l.contact_id AND n.seq = l.seq AND n.rank > l.rank)`},
	{"leg.two_open", `SELECT 'contact ' || CAST(contact_id AS text) || ' of run ' || CAST(run_id AS text) || ' has two open legs' FROM leg WHERE state IN (1, 2, 6) AND superseded = 0 GROUP BY workspace_id, run_id, contact_id, seq HAVING COUNT(*) > 1`},
	{"leg.queued_without_due", `SELECT 'leg ' || CAST(id AS text) || ' is queued and never due' FROM leg WHERE state IN (1, 6) AND due_at IS NULL`},
	{"leg.outcome_without_request", `SELECT 'leg ' || CAST(id AS text) || ' has an outcome but was never requested' FROM leg WHERE state IN (3, 4, 5) AND requested_at IS NULL AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.workspace_id = leg.workspace_id AND c.connection_id = leg.connection_id)`},
	{"leg.skipped_but_requested", `SELECT 'leg ' || CAST(id AS text) || ' is skipped but was requested' FROM leg WHERE state = 7 AND accepted_at IS NOT NULL`},
	{"leg.state_against_facts", `SELECT 'leg ' || CAST(id AS text) || ' has state ' || CAST(state AS text) || ' against its facts' FROM leg WHERE
 (state <> 5 AND bounced_at IS NOT NULL AND channel = 'email')
 OR (state <> 4 AND NOT (channel = 'email' AND bounced_at IS NOT NULL) AND (delivered_at IS NOT NULL OR opened_at IS NOT NULL OR clicked_at IS NOT NULL OR answered_at IS NOT NULL))
 OR (state IN (1, 2, 3, 6, 7) AND failed_at IS NOT NULL)
 OR (state = 3 AND accepted_at IS NULL)`},
	{"attempt.without_leg", `SELECT 'attempt of leg ' || CAST(a.leg_id AS text) FROM attempt a LEFT JOIN leg l ON l.workspace_id = a.workspace_id AND l.id = a.leg_id WHERE l.id IS NULL`},
	{"attempt.beyond_leg", `SELECT 'attempt ' || CAST(a.no AS text) || ' of leg ' || CAST(a.leg_id AS text) || ' is above the leg''s ' || CAST(l.attempt AS text) FROM attempt a JOIN leg l ON l.workspace_id = a.workspace_id AND l.id = a.leg_id WHERE a.no > l.attempt`},
	{"attempt.accepted_twice", `SELECT 'leg ' || CAST(leg_id AS text) || ' was accepted under two keys' FROM attempt WHERE class = 'accepted' GROUP BY workspace_id, leg_id HAVING COUNT(DISTINCT no) > 1`},
	{"attempt.lost", `SELECT 'leg ' || CAST(l.id AS text) || ' was accepted by a call without a record' FROM leg l WHERE l.state = 3 AND COALESCE(l.reason, '') = '' AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.workspace_id = l.workspace_id AND a.leg_id = l.id) AND NOT EXISTS (SELECT 1 FROM audit u WHERE u.workspace_id = l.workspace_id AND u.action = 'message.resolve')`},
	{"run.spent", `SELECT 'run ' || CAST(r.id AS text) || ' says ' || CAST(r.spent AS text) || ' VND, its legs say ' || CAST(COALESCE(q.price, 0) AS text) FROM run r LEFT JOIN (SELECT workspace_id, run_id, SUM(price) AS price FROM leg GROUP BY workspace_id, run_id) q ON q.workspace_id = r.workspace_id AND q.run_id = r.id WHERE r.spent <> COALESCE(q.price, 0)`},
	{"run.finished_with_work", `SELECT 'run ' || CAST(r.id AS text) || ' is finished and has queued legs' FROM run r WHERE r.state = 'finished' AND EXISTS (SELECT 1 FROM leg l WHERE l.workspace_id = r.workspace_id AND l.run_id = r.id AND l.state IN (1, 2))`},
}

// Verify recounts every invariant of the ledger and returns what is broken, at most limit faults a rule. It only reads and may run beside a working engine: each check sees one
// committed state.
func (s *Service) Verify(ctx context.Context, limit int) ([]Fault, error) {
	var out []Fault
	for _, c := range checks {
		rows, err := s.DB.Query(ctx, c.query+fmt.Sprintf(" LIMIT %d", limit))
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", c.rule, err)
		}
		if err := eachRow(rows, func(r *sql.Rows) error {
			var text string
			err := r.Scan(&text)
			out = append(out, Fault{c.rule, text})
			return err
		}); err != nil {
			return nil, fmt.Errorf("check %s: %w", c.rule, err)
		}
	}
	counted, err := s.recount(ctx, limit)
	return append(out, counted...), err
}

// recount compares the kept counters with the legs themselves, both read in one transaction, and streams the ledger instead of holding it.
func (s *Service) recount(ctx context.Context, limit int) ([]Fault, error) {
	var out []Fault
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		out = nil
		if tx.Dialect == db.Postgres {
			if _, err := tx.Exec(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`); err != nil {
				return err
			}
		}
		type key struct {
			workspace int64
			countKey
		}
		real := map[key]int64{}
		rows, err := tx.Query(ctx, `SELECT `+legColumns+` FROM leg`)
		if err != nil {
			return err
		}
		count := counters{}
		var l Leg
		if err := eachRow(rows, func(r *sql.Rows) error {
			l = Leg{}
			if err := scanLeg(r, &l); err != nil {
				return err
			}
			clear(count)
			count.leg(&l, 1)
			for k, n := range count {
				real[key{l.WorkspaceID, k}] += n
			}
			return nil
		}); err != nil {
			return err
		}
		rows, err = tx.Query(ctx, `SELECT workspace_id, run_id, rank, metric, 0, 0, 0, '', '', n FROM run_count
UNION ALL SELECT workspace_id, run_id, rank, '', minute, fact, 0, '', '', n FROM run_fact
UNION ALL SELECT workspace_id, run_id, rank, '', 0, 0, state, code, class_of, n FROM run_cause`)
		if err != nil {
			return err
		}
		if err := eachRow(rows, func(r *sql.Rows) error {
			var k key
			var n int64
			if err := r.Scan(&k.workspace, &k.run, &k.rank, &k.metric, &k.minute, &k.fact, &k.state, &k.code, &k.class, &n); err != nil {
				return err
			}
			if real[k] != n && len(out) < limit {
				out = append(out, Fault{"run_count.recount", fmt.Sprintf("run %d rank %d %s says %d, the legs say %d", k.run, k.rank, k.countKey, n, real[k])})
			}
			delete(real, k)
			return nil
		}); err != nil {
			return err
		}
		for k, n := range real {
			if n != 0 && len(out) < limit {
				out = append(out, Fault{"run_count.recount", fmt.Sprintf("run %d rank %d %s is missing, the legs say %d", k.run, k.rank, k.countKey, n)})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("recount: %w", err)
	}
	return out, nil
}
