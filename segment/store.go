package segment

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

const selectSegment = `SELECT id, kind, name, description, condition, created_by, created_at, updated_at FROM segment`

func scan(into func(dest ...any) error) (*Segment, error) {
	g := &Segment{}
	var raw string
	var created, updated int64
	if err := into(&g.ID, &g.Kind, &g.Name, &g.Description, &raw, &g.CreatedBy, &created, &updated); err != nil {
		return nil, err
	}
	g.Condition, g.CreatedAt, g.UpdatedAt = json.RawMessage(raw), clock.FromMillis(created), clock.FromMillis(updated)
	return g, nil
}

func get(ctx context.Context, q db.Querier, workspace, id int64) (*Segment, error) {
	g, err := scan(q.QueryRow(ctx, selectSegment+` WHERE workspace_id = $1 AND id = $2`, workspace, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound("segment")
	}
	if err != nil {
		return nil, fmt.Errorf("read segment: %w", err)
	}
	return g, nil
}

// all reads every segment of a workspace by id; there are few, and searching and looking for uses need them all.
func all(ctx context.Context, q db.Querier, workspace int64) ([]*Segment, error) {
	rows, err := q.Query(ctx, selectSegment+` WHERE workspace_id = $1 ORDER BY id DESC`, workspace)
	if err != nil {
		return nil, fmt.Errorf("list segments: %w", err)
	}
	defer rows.Close()
	var out []*Segment
	for rows.Next() {
		g, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list segments: %w", err)
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

// lock lets one writer at a time change the segments of a workspace, so that two changes together cannot make a circle or leave a name of nothing.
func lock(ctx context.Context, tx *db.Tx, workspace int64) error {
	var id int64
	if err := tx.QueryRow(ctx, `SELECT id FROM workspace WHERE id = $1`+tx.Dialect.ForUpdate(), workspace).Scan(&id); err != nil {
		return fmt.Errorf("lock workspace: %w", err)
	}
	return nil
}

func insert(ctx context.Context, tx *db.Tx, workspace int64, g *Segment) error {
	err := tx.QueryRow(ctx, `INSERT INTO segment (workspace_id, kind, name, description, condition, created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		workspace, g.Kind, g.Name, g.Description, string(g.Condition), g.CreatedBy, clock.Millis(g.CreatedAt), clock.Millis(g.UpdatedAt)).Scan(&g.ID)
	if err != nil {
		return fmt.Errorf("insert segment: %w", err)
	}
	return nil
}

func update(ctx context.Context, tx *db.Tx, workspace int64, g *Segment) error {
	if _, err := tx.Exec(ctx, `UPDATE segment SET name = $3, description = $4, condition = $5, updated_at = $6 WHERE workspace_id = $1 AND id = $2`,
		workspace, g.ID, g.Name, g.Description, string(g.Condition), clock.Millis(g.UpdatedAt)); err != nil {
		return fmt.Errorf("update segment: %w", err)
	}
	return nil
}

func remove(ctx context.Context, tx *db.Tx, workspace, id int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM list_member WHERE workspace_id = $1 AND segment_id = $2`, workspace, id); err != nil {
		return fmt.Errorf("empty list: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM segment WHERE workspace_id = $1 AND id = $2`, workspace, id); err != nil {
		return fmt.Errorf("delete segment: %w", err)
	}
	return nil
}

// attributes reads the custom attributes, which are the fields attr.<key>.
func attributes(ctx context.Context, q db.Querier, workspace int64) ([]contact.Attribute, error) {
	rows, err := q.Query(ctx, `SELECT id, key, label, type FROM attribute WHERE workspace_id = $1 ORDER BY key LIMIT 2000`, workspace)
	if err != nil {
		return nil, fmt.Errorf("list attributes: %w", err)
	}
	defer rows.Close()
	var out []contact.Attribute
	for rows.Next() {
		var a contact.Attribute
		if err := rows.Scan(&a.ID, &a.Key, &a.Label, &a.Type); err != nil {
			return nil, fmt.Errorf("list attributes: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// campaignRuns reads the name and the runs of a campaign, also of a deleted one: what its messages did stays true.
func campaignRuns(ctx context.Context, q db.Querier, workspace, id int64) (name string, runs []int64, err error) {
	err = q.QueryRow(ctx, `SELECT name FROM campaign WHERE workspace_id = $1 AND id = $2`, workspace, id).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, errs.NotFound("campaign")
	}
	if err != nil {
		return "", nil, fmt.Errorf("read campaign: %w", err)
	}
	rows, err := q.Query(ctx, `SELECT id FROM run WHERE workspace_id = $1 AND kind = 'campaign' AND source_id = $2 ORDER BY id`, workspace, id)
	if err != nil {
		return "", nil, fmt.Errorf("read runs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var run int64
		if err := rows.Scan(&run); err != nil {
			return "", nil, fmt.Errorf("read runs: %w", err)
		}
		runs = append(runs, run)
	}
	return name, runs, rows.Err()
}

// tagIDs finds tags by their folded names.
func tagIDs(ctx context.Context, q db.Querier, workspace int64, folded []string) (map[string]int64, error) {
	args := []any{workspace}
	for _, f := range folded {
		args = append(args, f)
	}
	rows, err := q.Query(ctx, `SELECT id, folded FROM tag WHERE workspace_id = $1 AND folded IN (`+db.In(2, len(folded))+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("find tags: %w", err)
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, fmt.Errorf("find tags: %w", err)
		}
		out[name] = id
	}
	return out, rows.Err()
}

// people reads the contacts that a condition takes, by id in the given order.
func people(ctx context.Context, q db.Querier, workspace int64, r *Rule, after int64, newest bool, limit int) ([]Person, error) {
	where, args := r.Where(4)
	order := `c.id > $2 AND (` + where + `) ORDER BY c.id`
	if newest {
		order = `(CAST($2 AS bigint) = 0 OR c.id < CAST($2 AS bigint)) AND (` + where + `) ORDER BY c.id DESC`
	}
	rows, err := q.Query(ctx, `SELECT c.id, COALESCE(c.external_id, ''), c.name, COALESCE(c.phone, ''), COALESCE(c.email, '') FROM contact c WHERE c.workspace_id = $1 AND `+order+` LIMIT $3`,
		append([]any{workspace, after, limit}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	defer rows.Close()
	out := []Person{}
	for rows.Next() {
		var p Person
		if err := rows.Scan(&p.ID, &p.ExternalID, &p.Name, &p.Phone, &p.Email); err != nil {
			return nil, fmt.Errorf("list people: %w", err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

func count(ctx context.Context, q db.Querier, workspace int64, r *Rule) (int64, error) {
	where, args := r.Where(2)
	var n int64
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM contact c WHERE c.workspace_id = $1 AND (`+where+`)`, append([]any{workspace}, args...)...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return n, nil
}
