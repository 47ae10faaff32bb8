package voucher

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/loa-project/loa/internal/db"
)

// holding is one person's place on the list of one voucher.
type holding struct {
	voucher int64
	state   string
}

// Merge moves what one person has of vouchers to another, in the transaction that joins the two. Where only one of them has a code, the other gets it with its place on the list. Where both
// have one, both codes stay good: the person has them in hand; the second stays on the list under the number of the customer who is no more.
func (s *Service) Merge(ctx context.Context, tx *db.Tx, workspace, keep, drop int64) error {
	mine, err := s.holdings(ctx, tx, workspace, keep)
	if err != nil {
		return err
	}
	theirs, err := s.holdings(ctx, tx, workspace, drop)
	if err != nil {
		return err
	}
	own := map[int64]string{}
	for _, h := range mine {
		own[h.voucher] = h.state
	}
	for _, h := range theirs {
		// Givers of the programme wait for us.
		if _, err := get(ctx, tx, workspace, h.voucher, tx.Dialect.ForUpdate()); err != nil {
			return err
		}
		if err := s.mergeOne(ctx, tx, workspace, keep, drop, own[h.voucher], h); err != nil {
			return fmt.Errorf("merge voucher %d: %w", h.voucher, err)
		}
	}
	return nil
}

func (s *Service) holdings(ctx context.Context, tx *db.Tx, workspace, contact int64) ([]holding, error) {
	var out []holding
	err := each(ctx, tx, `SELECT voucher_id, state FROM voucher_claim WHERE workspace_id = $1 AND contact_id = $2 ORDER BY voucher_id`, []any{workspace, contact}, func(rows *sql.Rows) error {
		var h holding
		err := rows.Scan(&h.voucher, &h.state)
		out = append(out, h)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read vouchers of customer: %w", err)
	}
	return out, nil
}

// better reports whether a place on the list says more than another.
func better(a, b string) bool {
	rank := map[string]int{"": 0, Failed: 1, Waiting: 2, Given: 3}
	return rank[a] > rank[b]
}

func (s *Service) mergeOne(ctx context.Context, tx *db.Tx, workspace, keep, drop int64, own string, h holding) error {
	if own == Given && h.state == Given {
		return nil
	}
	lesser := drop // whose place goes
	if better(h.state, own) {
		lesser = keep
	}
	steps := []string{
		`UPDATE voucher_leg SET contact_id = $3 WHERE workspace_id = $1 AND voucher_id = $2 AND contact_id = $4`,
		`UPDATE voucher_code SET contact_id = $3 WHERE workspace_id = $1 AND voucher_id = $2 AND contact_id = $4`,
		`UPDATE voucher_claim SET contact_id = $3 WHERE workspace_id = $1 AND voucher_id = $2 AND contact_id = $4`,
	}
	if _, err := tx.Exec(ctx, `DELETE FROM voucher_claim WHERE workspace_id = $1 AND voucher_id = $2 AND contact_id = $3`, workspace, h.voucher, lesser); err != nil {
		return err
	}
	for _, step := range steps {
		if _, err := tx.Exec(ctx, step, workspace, h.voucher, keep, drop); err != nil {
			return err
		}
	}
	if own == Given || h.state == Given { // those who asked for the one without a code
		return s.tell(ctx, tx, workspace, h.voucher, []*Place{{ContactID: keep}}, nil, "")
	}
	return nil
}
