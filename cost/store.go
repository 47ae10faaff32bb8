package cost

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
)

// each reads rows one by one.
func each(ctx context.Context, q db.Querier, query string, args []any, f func(rows *sql.Rows) error) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func list(ctx context.Context, q db.Querier, workspace, connection int64) ([]Price, error) {
	out := make([]Price, 0)
	err := each(ctx, q, `SELECT id, since, network, template, per, vnd, created_by, created_at FROM price WHERE workspace_id = $1 AND connection_id = $2 ORDER BY since DESC, template, network`,
		[]any{workspace, connection}, func(r *sql.Rows) error {
			var p Price
			var since, created int64
			if err := r.Scan(&p.ID, &since, &p.Network, &p.Template, &p.Per, &p.VND, &p.CreatedBy, &created); err != nil {
				return err
			}
			p.Since, p.CreatedAt = time.UnixMilli(since).UTC(), clock.FromMillis(created)
			out = append(out, p)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read prices: %w", err)
	}
	return out, nil
}
