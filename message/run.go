package message

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/policy"
)

// Window is the author's own sending window.
type Window = policy.Window

// Kinds of runs.
const (
	KindCampaign = "campaign"
	KindAPI      = "api"  // a stream of single messages, open until its content changes
	KindTest     = "test" // one message that an author sends to see it; counted nowhere else
)

// StartRun stores a run as running in the caller's transaction and returns its id. Its definition is frozen from here on.
func (s *Service) StartRun(ctx context.Context, tx *db.Tx, r Run) (int64, error) {
	def, err := json.Marshal(r.Definition)
	if err != nil {
		return 0, fmt.Errorf("write definition: %w", err)
	}
	var id int64
	err = tx.QueryRow(ctx, `INSERT INTO run (workspace_id, kind, source_id, name, state, purpose, class, definition, spend_cap, dispatched, started_at) VALUES ($1, $2, $3, $4, 'running', $5, $6, $7, $8, $9, $10) RETURNING id`,
		r.WorkspaceID, r.Kind, r.SourceID, r.Name, string(r.Purpose), r.Class, string(def), r.SpendCap, flag(r.Dispatched), s.now()).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("start run: %w", err)
	}
	tx.AfterCommit(s.Wake)
	return id, nil
}

// Pause stops a run in the caller's transaction: no claim follows the commit. reason is a code: person, spend_cap, late_start …
func (s *Service) Pause(ctx context.Context, tx *db.Tx, workspace, run int64, reason string) error {
	return s.move(ctx, tx, workspace, run, RunPaused, reason, RunRunning)
}

// Resume lets a paused run go on with exactly the rest.
func (s *Service) Resume(ctx context.Context, tx *db.Tx, workspace, run int64) error {
	tx.AfterCommit(s.Wake)
	return s.move(ctx, tx, workspace, run, RunRunning, "", RunPaused)
}

// Cancel ends a run: calls that began are recorded, everything still queued becomes skipped soon after.
func (s *Service) Cancel(ctx context.Context, tx *db.Tx, workspace, run int64) error {
	tx.AfterCommit(s.Wake)
	return s.move(ctx, tx, workspace, run, RunCancelled, "", RunRunning, RunPaused)
}

func (s *Service) move(ctx context.Context, tx *db.Tx, workspace, run int64, to RunState, reason string, from ...RunState) error {
	list := make([]string, len(from))
	for i, f := range from {
		list[i] = "'" + string(f) + "'"
	}
	n, err := tx.Exec(ctx, `UPDATE run SET state = $3, state_reason = $4 WHERE workspace_id = $1 AND id = $2 AND state IN (`+strings.Join(list, ",")+`)`, workspace, run, string(to), reason)
	if err != nil {
		return fmt.Errorf("move run: %w", err)
	}
	if n == 0 {
		return errs.Conflict("run.wrong_state")
	}
	return nil
}

// Audience writes a condition over the contact alias c whose first parameter is number first.
type Audience func(first int) (where string, args []any)

// Enlist writes the next page of recipients of a run: contacts of the audience with an id above the last enlisted one, in id order. It may be called twice or by two nodes. done is
// true when nobody was left. The first leg of a person is the first rank whose channel may reach them.
func (s *Service) Enlist(ctx context.Context, workspace, runID int64, audience Audience, page int) (n int, done bool, err error) {
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		run, err := LoadRun(ctx, tx, workspace, runID)
		if err != nil {
			return err
		}
		if run.State == RunCancelled || run.State == RunFinished {
			n, done = 0, true
			return nil
		}
		query, args := nextPage(run, audience, page, s.now())
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return fmt.Errorf("enlist: %w", err)
		}
		count := counters{}
		n = 0
		if err := eachRow(rows, func(r *sql.Rows) error {
			l, err := enlistedLeg(r, run)
			n++
			count.leg(l, 1)
			return err
		}); err != nil {
			return fmt.Errorf("enlist: %w", err)
		}
		done = n == 0
		return count.write(ctx, tx, workspace)
	})
	if err != nil {
		return 0, false, err
	}
	if n > 0 {
		s.Wake()
	}
	if grown := s.enlisted.Add(int64(n)); n >= 1000 && (grown <= int64(2*page) || grown/100_000 != (grown-int64(n))/100_000) {
		if err := s.DB.Analyze(ctx, "leg", "contact"); err != nil {
			s.Log.Warn("refresh statistics", "error", err)
		}
	}
	return n, done, nil
}

// enlistedLeg reads a row of enlistSQL, as much of it as is counted.
func enlistedLeg(row scanner, run *Run) (*Leg, error) {
	l := &Leg{RunID: run.ID}
	if err := row.Scan(&l.ContactID, &l.Rank, &l.State, &l.Reason); err != nil {
		return l, err
	}
	l.Channel = run.Definition.Legs[l.Rank].Channel
	return l, nil
}

// nextPage enlists the people of the audience with an id above the last enlisted one.
func nextPage(run *Run, audience Audience, page int, now int64) (string, []any) {
	where, args := audience(5)
	query := enlistSQL(run, `c.id > COALESCE((SELECT MAX(x.contact_id) FROM leg x WHERE x.workspace_id = $1 AND x.run_id = $2), 0) AND (`+where+`) ORDER BY c.id LIMIT $4`)
	return query, append([]any{run.WorkspaceID, run.ID, now, page}, args...)
}

// enlistSQL is one INSERT … SELECT over the contacts c that who picks: the rank, channel and connection of each person follow from the bit masks of the contact, so that no row travels to
// us and back. Its first parameters are the workspace, the run and when the legs are due; who brings the others.
func enlistSQL(run *Run, who string) string {
	may := "c.reach & ~c.blocked"
	if run.Purpose == Marketing {
		may += " & c.consent"
	}
	for _, l := range run.Definition.Legs {
		if l.Channel.Act() {
			may = "(" + may + ") | " + strconv.FormatInt(int64(channel.Acts), 10)
			break
		}
	}
	var rank, channels, connections strings.Builder
	for i, l := range run.Definition.Legs {
		bit := strconv.FormatInt(int64(l.Channel.Bit()), 10)
		fmt.Fprintf(&rank, " WHEN ((%s) & %s) <> 0 THEN %d", may, bit, i)
		fmt.Fprintf(&channels, " WHEN %d THEN '%s'", i, l.Channel)
		fmt.Fprintf(&connections, " WHEN %d THEN %d", i, l.ConnectionID)
	}
	first := strconv.FormatInt(int64(run.Definition.Legs[0].Channel.Bit()), 10)
	return `INSERT INTO leg (workspace_id, run_id, contact_id, seq, rank, channel, connection_id, state, reason, due_at)
SELECT $1, $2, q.id, 0, CASE WHEN q.first < 0 THEN 0 ELSE q.first END,
 CASE q.first` + channels.String() + ` ELSE '` + string(run.Definition.Legs[0].Channel) + `' END,
 CASE q.first` + connections.String() + ` ELSE ` + strconv.FormatInt(run.Definition.Legs[0].ConnectionID, 10) + ` END,
 CASE WHEN q.first < 0 THEN 7 ELSE 1 END,
 CASE WHEN q.first >= 0 THEN NULL WHEN (q.reach & ` + first + `) = 0 THEN '` + ReasonNoAddress + `' WHEN (q.blocked & ` + first + `) <> 0 THEN '` + ReasonSuppressed + `' ELSE '` + ReasonNoConsent + `' END,
 CASE WHEN q.first < 0 THEN NULL ELSE CAST($3 AS bigint) END
FROM (SELECT c.id, c.reach, c.blocked, CASE` + rank.String() + ` ELSE -1 END AS first
 FROM contact c WHERE c.workspace_id = $1 AND ` + who + `) AS q
WHERE true ON CONFLICT (workspace_id, run_id, contact_id, seq, rank) DO NOTHING RETURNING contact_id, rank, state, COALESCE(reason, '')`
}

// MarkDispatched says that every recipient has its row; from now on the run can finish.
func (s *Service) MarkDispatched(ctx context.Context, workspace, run int64) error {
	_, err := s.DB.Exec(ctx, `UPDATE run SET dispatched = 1 WHERE workspace_id = $1 AND id = $2`, workspace, run)
	if err != nil {
		return fmt.Errorf("mark dispatched: %w", err)
	}
	s.Wake()
	return nil
}

// Close ends the entering of a run in the caller's transaction: it takes nobody any more and finishes when the rest has gone out.
func (s *Service) Close(ctx context.Context, tx *db.Tx, workspace, run int64) error {
	if _, err := tx.Exec(ctx, `UPDATE run SET dispatched = 1 WHERE workspace_id = $1 AND id = $2`, workspace, run); err != nil {
		return fmt.Errorf("close run: %w", err)
	}
	tx.AfterCommit(s.Wake)
	return nil
}

// RankCount is the counters of one rank: "total", the words of the status table, "superseded" and "cost" (VND).
type RankCount struct {
	Rank    int              `json:"rank"`
	Metrics map[string]int64 `json:"metrics"`
}

// Counts reads the kept counters of a run, by rank.
func (s *Service) Counts(ctx context.Context, q db.Querier, workspace, run int64) ([]RankCount, error) {
	rows, err := q.Query(ctx, `SELECT rank, metric, n FROM run_count WHERE workspace_id = $1 AND run_id = $2 ORDER BY rank, metric`, workspace, run)
	if err != nil {
		return nil, fmt.Errorf("read counters: %w", err)
	}
	var out []RankCount
	err = eachRow(rows, func(r *sql.Rows) error {
		var rank int
		var metric string
		var n int64
		if err := r.Scan(&rank, &metric, &n); err != nil {
			return err
		}
		if len(out) == 0 || out[len(out)-1].Rank != rank {
			out = append(out, RankCount{Rank: rank, Metrics: map[string]int64{}})
		}
		out[len(out)-1].Metrics[metric] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read counters: %w", err)
	}
	return out, nil
}
