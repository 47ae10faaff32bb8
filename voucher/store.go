package voucher

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

const selectVoucher = `SELECT id, name, description, worth, valid_from, valid_until, closed_at, created_by, created_at, updated_at FROM voucher`

func scan(into func(dest ...any) error) (*Voucher, error) {
	v := &Voucher{}
	var from, until, closed, created, updated int64
	if err := into(&v.ID, &v.Name, &v.Description, &v.Worth, &from, &until, &closed, &v.CreatedBy, &created, &updated); err != nil {
		return nil, err
	}
	v.ValidFrom, v.ValidUntil, v.ClosedAt = moment(from), moment(until), moment(closed)
	v.CreatedAt, v.UpdatedAt = clock.FromMillis(created), clock.FromMillis(updated)
	return v, nil
}

// moment reads a time that may never come; 0 is never.
func moment(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := clock.FromMillis(ms)
	return &t
}

func millis(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return clock.Millis(*t)
}

func get(ctx context.Context, q db.Querier, workspace, id int64, suffix string) (*Voucher, error) {
	v, err := scan(q.QueryRow(ctx, selectVoucher+` WHERE workspace_id = $1 AND id = $2`+suffix, workspace, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound("voucher")
	}
	if err != nil {
		return nil, fmt.Errorf("read voucher: %w", err)
	}
	return v, nil
}

// count fills in the figures. Codes and people are counted by covering indexes.
func count(ctx context.Context, q db.Querier, workspace int64, list ...*Voucher) error {
	if len(list) == 0 {
		return nil
	}
	byID := map[int64]*Voucher{}
	args := []any{workspace}
	for _, v := range list {
		byID[v.ID] = v
		args = append(args, v.ID)
	}
	in := db.In(2, len(list))
	err := each(ctx, q, `SELECT voucher_id, CASE WHEN contact_id = 0 THEN 0 WHEN redeemed_at = 0 THEN 1 ELSE 2 END AS place, COUNT(*) FROM voucher_code
 WHERE workspace_id = $1 AND voucher_id IN (`+in+`) GROUP BY voucher_id, place`, args, func(rows *sql.Rows) error {
		var id, place, n int64
		if err := rows.Scan(&id, &place, &n); err != nil {
			return err
		}
		c := &byID[id].Counts
		c.Codes += n
		switch place {
		case 0:
			c.Free += n
		case 2:
			c.Redeemed += n
			c.Given += n
		default:
			c.Given += n
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("count codes: %w", err)
	}
	err = each(ctx, q, `SELECT voucher_id, state, COUNT(*) FROM voucher_claim WHERE workspace_id = $1 AND voucher_id IN (`+in+`) GROUP BY voucher_id, state`, args, func(rows *sql.Rows) error {
		var id, n int64
		var state string
		if err := rows.Scan(&id, &state, &n); err != nil {
			return err
		}
		c := &byID[id].Counts
		c.Asked += n
		switch state {
		case Waiting:
			c.Waiting += n
		case Failed:
			c.Failed += n
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("count people: %w", err)
	}
	return nil
}

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

// addCodes stores codes that are not there yet and says how many were new.
func addCodes(ctx context.Context, tx *db.Tx, workspace, voucher int64, codes []string) (int64, error) {
	if len(codes) == 0 {
		return 0, nil
	}
	args := make([]any, 0, 3*len(codes))
	for _, c := range codes {
		args = append(args, workspace, voucher, c)
	}
	n, err := tx.Exec(ctx, `INSERT INTO voucher_code (workspace_id, voucher_id, code) VALUES `+db.Values(1, len(codes), "bigint", "bigint", "text")+` ON CONFLICT DO NOTHING`, args...)
	if err != nil {
		return 0, fmt.Errorf("add codes: %w", err)
	}
	return n, nil
}
