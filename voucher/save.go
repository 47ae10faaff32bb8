package voucher

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

func target(id int64) string { return fmt.Sprintf("voucher:%d", id) }

// Create makes a voucher without codes. Errors: voucher.name_missing, voucher.name_too_long, voucher.period_empty.
func (s *Service) Create(ctx context.Context, workspace int64, by string, f Form) (*Voucher, error) {
	if err := f.clean(); err != nil {
		return nil, err
	}
	now := s.Now()
	v := &Voucher{Name: f.Name, Description: f.Description, Worth: f.Worth, ValidFrom: f.ValidFrom, ValidUntil: f.ValidUntil, CreatedBy: by, CreatedAt: now, UpdatedAt: now}
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, `INSERT INTO voucher (workspace_id, name, description, worth, valid_from, valid_until, created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id`,
			workspace, v.Name, v.Description, v.Worth, millis(v.ValidFrom), millis(v.ValidUntil), by, clock.Millis(now)).Scan(&v.ID)
		if err != nil {
			return fmt.Errorf("insert voucher: %w", err)
		}
		return s.Audit(ctx, tx, workspace, by, "voucher.create", target(v.ID), map[string]any{"name": v.Name})
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Update replaces what is said about a voucher; its codes stay. Errors as of Create, and voucher.not_found.
func (s *Service) Update(ctx context.Context, workspace, id int64, by string, f Form) (*Voucher, error) {
	if err := f.clean(); err != nil {
		return nil, err
	}
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE voucher SET name = $3, description = $4, worth = $5, valid_from = $6, valid_until = $7, updated_at = $8 WHERE workspace_id = $1 AND id = $2`,
			workspace, id, f.Name, f.Description, f.Worth, millis(f.ValidFrom), millis(f.ValidUntil), clock.Millis(s.Now()))
		if err != nil {
			return fmt.Errorf("update voucher: %w", err)
		}
		if n == 0 {
			return errs.NotFound("voucher")
		}
		return s.Audit(ctx, tx, workspace, by, "voucher.update", target(id), map[string]any{"name": f.Name})
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, workspace, id)
}

// Close ends the giving, or with open the other way round. What people hold stays good.
func (s *Service) Close(ctx context.Context, workspace, id int64, by string, open bool) (*Voucher, error) {
	at, action := clock.Millis(s.Now()), "voucher.close"
	if open {
		at, action = 0, "voucher.open"
	}
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE voucher SET closed_at = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2`, workspace, id, at, clock.Millis(s.Now()))
		if err != nil {
			return fmt.Errorf("close voucher: %w", err)
		}
		if n == 0 {
			return errs.NotFound("voucher")
		}
		return s.Audit(ctx, tx, workspace, by, action, target(id), nil)
	})
	if err != nil {
		return nil, err
	}
	if err := s.attend(ctx, workspace, id); err != nil {
		return nil, err
	}
	return s.Get(ctx, workspace, id)
}

// Delete removes a voucher of which nobody holds a code and for which nobody waits. Errors: voucher.not_found, voucher.in_hands and voucher.waited_for with how many people they are.
func (s *Service) Delete(ctx context.Context, workspace, id int64, by string) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		v, err := get(ctx, tx, workspace, id, tx.Dialect.ForUpdate())
		if err != nil {
			return err
		}
		if err := count(ctx, tx, workspace, v); err != nil {
			return err
		}
		if v.Counts.Given > 0 {
			return errs.Conflict("voucher.in_hands").With("count", fmt.Sprint(v.Counts.Given))
		}
		if v.Counts.Waiting > 0 {
			return errs.Conflict("voucher.waited_for").With("count", fmt.Sprint(v.Counts.Waiting))
		}
		for _, table := range []string{"voucher_leg", "voucher_claim", "voucher_code"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE workspace_id = $1 AND voucher_id = $2`, workspace, id); err != nil {
				return fmt.Errorf("delete %s: %w", table, err)
			}
		}
		if _, err := tx.Exec(ctx, `DELETE FROM voucher WHERE workspace_id = $1 AND id = $2`, workspace, id); err != nil {
			return fmt.Errorf("delete voucher: %w", err)
		}
		return s.Audit(ctx, tx, workspace, by, "voucher.delete", target(id), map[string]any{"name": v.Name})
	})
}

// Get reads a voucher with its figures; voucher.not_found when there is none.
func (s *Service) Get(ctx context.Context, workspace, id int64) (*Voucher, error) {
	v, err := get(ctx, s.DB, workspace, id, "")
	if err != nil {
		return nil, err
	}
	return v, count(ctx, s.DB, workspace, v)
}

// List reads vouchers, newest first, from below an id on (0 = the newest).
func (s *Service) List(ctx context.Context, workspace, before int64, limit int) ([]*Voucher, error) {
	out := []*Voucher{}
	err := each(ctx, s.DB, selectVoucher+` WHERE workspace_id = $1 AND ($2 = 0 OR id < CAST($2 AS bigint)) ORDER BY id DESC LIMIT $3`, []any{workspace, before, limit}, func(rows *sql.Rows) error {
		v, err := scan(rows.Scan)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list vouchers: %w", err)
	}
	return out, count(ctx, s.DB, workspace, out...)
}
