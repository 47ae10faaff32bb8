package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// effective is the state that counts: the run's from the start on, the campaign's own before it.
const effective = `COALESCE(r.state, c.state)`

// selectCampaign needs $1 = workspace. A paused campaign without a run is one whose start was missed.
const selectCampaign = `SELECT c.id, c.workspace_id, c.name, ` + effective + `, CASE WHEN r.id IS NULL AND c.state = 'paused' THEN 'late_start' ELSE COALESCE(r.state_reason, '') END,
 c.purpose, c.audience, c.legs, c.options, c.schedule_at, c.run_id, c.created_by, c.created_at, c.updated_at, c.activated_by, c.activated_at,
 COALESCE(r.started_at, 0), CASE WHEN COALESCE(r.finished_at, 0) > 0 THEN r.finished_at ELSE c.finished_at END, COALESCE(r.dispatched, 0), COALESCE(r.spent, 0)
FROM campaign c LEFT JOIN run r ON r.workspace_id = $1 AND r.id = c.run_id`

type scanner interface{ Scan(dest ...any) error }

func scan(row scanner) (*Campaign, error) {
	c := &Campaign{Missing: []string{}}
	var audience, legs, options string
	var schedule, created, updated, activated, started, finished int64
	err := row.Scan(&c.ID, &c.WorkspaceID, &c.Name, &c.State, &c.StateReason, &c.Purpose, &audience, &legs, &options, &schedule, &c.RunID, &c.CreatedBy, &created, &updated,
		&c.ActivatedBy, &activated, &started, &finished, &c.Dispatched, &c.Spent)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(json.Unmarshal([]byte(audience), &c.Audience), json.Unmarshal([]byte(legs), &c.Legs), json.Unmarshal([]byte(options), &c.Options)); err != nil {
		return nil, fmt.Errorf("read campaign %d: %w", c.ID, err)
	}
	c.ScheduleAt, c.CreatedAt, c.UpdatedAt = clock.FromMillis(schedule), clock.FromMillis(created), clock.FromMillis(updated)
	c.ActivatedAt, c.StartedAt, c.FinishedAt = clock.FromMillis(activated), clock.FromMillis(started), clock.FromMillis(finished)
	if c.State == Draft {
		c.Missing = c.missing()
	}
	return c, nil
}

// get reads a campaign that is not deleted.
func get(ctx context.Context, q db.Querier, workspace, id int64) (*Campaign, error) {
	c, err := scan(q.QueryRow(ctx, selectCampaign+` WHERE c.workspace_id = $1 AND c.id = $2 AND c.deleted_at = 0`, workspace, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound("campaign")
	}
	if err != nil {
		return nil, fmt.Errorf("read campaign: %w", err)
	}
	return c, nil
}

// lock reads a campaign for change: whoever else wants to change it waits until the transaction ends.
func lock(ctx context.Context, tx *db.Tx, workspace, id int64) (*Campaign, error) {
	var run int64
	err := tx.QueryRow(ctx, `SELECT run_id FROM campaign WHERE workspace_id = $1 AND id = $2 AND deleted_at = 0`+tx.Dialect.ForUpdate(), workspace, id).Scan(&run)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound("campaign")
	}
	if err != nil {
		return nil, fmt.Errorf("lock campaign: %w", err)
	}
	return get(ctx, tx, workspace, id)
}

// parts writes the three JSON columns.
func (c *Campaign) parts() (audience, legs, options string, err error) {
	a, err1 := json.Marshal(c.Audience)
	if c.Legs == nil {
		c.Legs = []Leg{}
	}
	l, err2 := json.Marshal(c.Legs)
	o, err3 := json.Marshal(c.Options)
	return string(a), string(l), string(o), errors.Join(err1, err2, err3)
}

func insert(ctx context.Context, tx *db.Tx, c *Campaign) error {
	audience, legs, options, err := c.parts()
	if err != nil {
		return fmt.Errorf("write campaign: %w", err)
	}
	err = tx.QueryRow(ctx, `INSERT INTO campaign (workspace_id, name, state, purpose, audience, legs, options, schedule_at, created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		c.WorkspaceID, c.Name, string(c.State), string(c.Purpose), audience, legs, options, clock.Millis(c.ScheduleAt), c.CreatedBy, clock.Millis(c.CreatedAt), clock.Millis(c.UpdatedAt)).Scan(&c.ID)
	if err != nil {
		return fmt.Errorf("insert campaign: %w", err)
	}
	return nil
}

// update writes everything that can change; the state is the campaign's own.
func update(ctx context.Context, tx *db.Tx, c *Campaign) error {
	audience, legs, options, err := c.parts()
	if err != nil {
		return fmt.Errorf("write campaign: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE campaign SET name = $3, state = $4, purpose = $5, audience = $6, legs = $7, options = $8, schedule_at = $9, run_id = $10, updated_at = $11, activated_by = $12, activated_at = $13, finished_at = $14 WHERE workspace_id = $1 AND id = $2`,
		c.WorkspaceID, c.ID, c.Name, string(c.State), string(c.Purpose), audience, legs, options, clock.Millis(c.ScheduleAt), c.RunID, clock.Millis(c.UpdatedAt), c.ActivatedBy, clock.Millis(c.ActivatedAt), clock.Millis(c.FinishedAt))
	if err != nil {
		return fmt.Errorf("update campaign: %w", err)
	}
	return nil
}

// rename writes the name alone; a state that follows from what is filled in follows it.
func rename(ctx context.Context, tx *db.Tx, c *Campaign, at time.Time) error {
	state := ""
	if c.RunID == 0 && (c.State == Draft || c.State == PendingActivation) {
		if c.Missing, state = c.missing(), string(PendingActivation); len(c.Missing) > 0 {
			state = string(Draft)
		}
	}
	_, err := tx.Exec(ctx, `UPDATE campaign SET name = $3, updated_at = $4, state = CASE WHEN CAST($5 AS text) = '' THEN state ELSE CAST($5 AS text) END WHERE workspace_id = $1 AND id = $2`,
		c.WorkspaceID, c.ID, c.Name, clock.Millis(at), state)
	if err != nil {
		return fmt.Errorf("rename campaign: %w", err)
	}
	return nil
}

func markDeleted(ctx context.Context, tx *db.Tx, workspace, id int64, at time.Time) error {
	if _, err := tx.Exec(ctx, `UPDATE campaign SET deleted_at = $3 WHERE workspace_id = $1 AND id = $2`, workspace, id, clock.Millis(at)); err != nil {
		return fmt.Errorf("delete campaign: %w", err)
	}
	return nil
}

// totals reads the counters of many runs over all ranks.
func totals(ctx context.Context, q db.Querier, workspace int64, runs []int64) (map[int64]map[string]int64, error) {
	out := map[int64]map[string]int64{}
	if len(runs) == 0 {
		return out, nil
	}
	args := []any{workspace}
	for _, id := range runs {
		args = append(args, id)
	}
	rows, err := q.Query(ctx, `SELECT run_id, metric, CAST(SUM(n) AS bigint) FROM run_count WHERE workspace_id = $1 AND run_id IN (`+db.In(2, len(runs))+`) GROUP BY run_id, metric`, args...)
	if err != nil {
		return nil, fmt.Errorf("read counters: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var run, n int64
		var metric string
		if err := rows.Scan(&run, &metric, &n); err != nil {
			return nil, fmt.Errorf("read counters: %w", err)
		}
		if out[run] == nil {
			out[run] = map[string]int64{}
		}
		out[run][metric] = n
	}
	return out, rows.Err()
}
