package voucher

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/loa-project/loa/internal/db"
)

// contacts lists whom the asking is about, each once.
func (a *Asking) contacts() []int64 {
	seen := make(map[int64]bool, len(a.People))
	out := make([]int64, 0, len(a.People))
	for _, p := range a.People {
		if !seen[p.ContactID] {
			seen[p.ContactID] = true
			out = append(out, p.ContactID)
		}
	}
	return out
}

func (a *Asking) legs() map[int64]bool {
	out := make(map[int64]bool, len(a.People))
	for _, p := range a.People {
		out[p.LegID] = true
	}
	return out
}

// noteLegs remembers which legs asked, so that they can be told.
func (s *Service) noteLegs(ctx context.Context, tx *db.Tx, workspace, id int64, a Asking) error {
	var args []any
	for _, p := range a.People {
		if p.LegID != 0 {
			args = append(args, workspace, id, p.ContactID, p.LegID, a.CampaignID)
		}
	}
	if len(args) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `INSERT INTO voucher_leg (workspace_id, voucher_id, contact_id, leg_id, campaign_id) VALUES `+db.Values(1, len(args)/5, "bigint", "bigint", "bigint", "bigint", "bigint")+` ON CONFLICT DO NOTHING`, args...); err != nil {
		return fmt.Errorf("note who asked: %w", err)
	}
	return nil
}

// patient finds those of the people who wait already.
func (s *Service) patient(ctx context.Context, tx *db.Tx, workspace, id int64, contacts []int64) (map[int64]bool, error) {
	args := []any{workspace, id}
	for _, c := range contacts {
		args = append(args, c)
	}
	out := map[int64]bool{}
	err := each(ctx, tx, `SELECT contact_id FROM voucher_claim WHERE workspace_id = $1 AND voucher_id = $2 AND state = '`+Waiting+`' AND contact_id IN (`+db.In(3, len(contacts))+`)`, args, func(rows *sql.Rows) error {
		var c int64
		err := rows.Scan(&c)
		out[c] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find who waits: %w", err)
	}
	return out, nil
}

// queue reads those who wait longest, at most 1,000.
func (s *Service) queue(ctx context.Context, tx *db.Tx, workspace, id int64) ([]*Place, error) {
	var out []*Place
	err := each(ctx, tx, `SELECT contact_id FROM voucher_claim WHERE workspace_id = $1 AND voucher_id = $2 AND state = '`+Waiting+`' ORDER BY asked_at, contact_id LIMIT $3`, []any{workspace, id, batch}, func(rows *sql.Rows) error {
		p := &Place{State: Waiting}
		err := rows.Scan(&p.ContactID)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read queue: %w", err)
	}
	return out, nil
}

// serve gives free codes to those who wait longest and tells their legs; the voucher is locked and open. It returns how many left the queue.
func (s *Service) serve(ctx context.Context, tx *db.Tx, workspace, id int64) (int, error) {
	waiting, err := s.queue(ctx, tx, workspace, id)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	here, gone, err := s.present(ctx, tx, workspace, waiting)
	if err != nil {
		return 0, err
	}
	if err := s.fail(ctx, tx, workspace, id, Gone, gone); err != nil {
		return 0, err
	}
	if err := s.tell(ctx, tx, workspace, id, gone, nil, Gone); err != nil || len(here) == 0 {
		return len(gone), err
	}
	left, err := s.take(ctx, tx, workspace, id, here)
	if err != nil {
		return 0, err
	}
	given := here[:len(here)-len(left)]
	return len(gone) + len(given), s.tell(ctx, tx, workspace, id, given, nil, "")
}

// present tells those who are still customers from those who were deleted: a code must not go to nobody.
func (s *Service) present(ctx context.Context, tx *db.Tx, workspace int64, waiting []*Place) (here, gone []*Place, err error) {
	args := []any{workspace}
	for _, p := range waiting {
		args = append(args, p.ContactID)
	}
	known := map[int64]bool{}
	err = each(ctx, tx, `SELECT id FROM contact WHERE workspace_id = $1 AND id IN (`+db.In(2, len(waiting))+`)`, args, func(rows *sql.Rows) error {
		var c int64
		err := rows.Scan(&c)
		known[c] = true
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("find customers: %w", err)
	}
	for _, p := range waiting {
		if known[p.ContactID] {
			here = append(here, p)
		} else {
			gone = append(gone, p)
		}
	}
	return here, gone, nil
}

// tell says what became of people to the legs that asked for them, all but those that are answered otherwise.
func (s *Service) tell(ctx context.Context, tx *db.Tx, workspace, id int64, places []*Place, but map[int64]bool, reason string) error {
	if len(places) == 0 || s.Tell == nil {
		return nil
	}
	args := []any{workspace, id}
	for _, p := range places {
		args = append(args, p.ContactID)
	}
	var told []Told
	err := each(ctx, tx, `SELECT leg_id FROM voucher_leg WHERE workspace_id = $1 AND voucher_id = $2 AND contact_id IN (`+db.In(3, len(places))+`) ORDER BY leg_id`, args, func(rows *sql.Rows) error {
		t := Told{Reason: reason}
		err := rows.Scan(&t.LegID)
		if !but[t.LegID] {
			told = append(told, t)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("find who asked: %w", err)
	}
	if len(told) == 0 {
		return nil
	}
	return s.Tell(ctx, tx, workspace, told)
}

// attend looks after those who wait for one voucher until nothing changes any more: they get free codes while the programme runs, and fail when it is over or closed.
func (s *Service) attend(ctx context.Context, workspace, id int64) error {
	for {
		n := 0
		err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
			n = 0
			v, err := get(ctx, tx, workspace, id, tx.Dialect.ForUpdate())
			if err != nil {
				return err
			}
			switch reason := v.closedFor(s.Now()); reason {
			case NotYet:
				return nil
			case "":
				n, err = s.serve(ctx, tx, workspace, id)
				return err
			default:
				waiting, err := s.queue(ctx, tx, workspace, id)
				if err != nil || len(waiting) == 0 {
					return err
				}
				n = len(waiting)
				if err := s.fail(ctx, tx, workspace, id, reason, waiting); err != nil {
					return err
				}
				return s.tell(ctx, tx, workspace, id, waiting, nil, reason)
			}
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// Tick looks after those who wait for codes: programmes begin and end by the clock.
func (s *Service) Tick(ctx context.Context) error {
	type ref struct{ workspace, id int64 }
	var refs []ref
	err := each(ctx, s.DB, `SELECT workspace_id, voucher_id FROM voucher_claim WHERE state = '`+Waiting+`' GROUP BY workspace_id, voucher_id LIMIT 1000`, nil, func(rows *sql.Rows) error {
		var r ref
		err := rows.Scan(&r.workspace, &r.id)
		refs = append(refs, r)
		return err
	})
	if err != nil {
		return fmt.Errorf("find vouchers that are waited for: %w", err)
	}
	var all []error
	for _, r := range refs {
		if err := s.attend(ctx, r.workspace, r.id); err != nil {
			all = append(all, fmt.Errorf("look after voucher %d: %w", r.id, err))
		}
	}
	return errors.Join(all...)
}
