package voucher

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Redemption asks to use a code.
type Redemption struct {
	Code      string `json:"code" maxLength:"200"`
	VoucherID int64  `json:"voucher_id,omitempty" minimum:"0" doc:"Needed only when two vouchers know the same code"`
	Reference string `json:"reference" minLength:"1" maxLength:"200" doc:"The order or receipt. The same reference may ask again and gets the same answer"`
}

// Redeemed is a code that was used.
type Redeemed struct {
	VoucherID  int64     `json:"voucher_id"`
	Name       string    `json:"name"`
	Worth      string    `json:"worth"`
	Code       string    `json:"code"`
	ContactID  int64     `json:"contact_id"`
	RedeemedAt time.Time `json:"redeemed_at"`
	Again      bool      `json:"again" doc:"The same reference had redeemed it before"`
}

// Redeem marks a code as used. Errors: voucher_code.not_found (also of a code that nobody holds), voucher.code_ambiguous, voucher.code_used with the moment, voucher.not_yet, voucher.over.
func (s *Service) Redeem(ctx context.Context, workspace int64, by string, r Redemption) (*Redeemed, error) {
	code, ok := cleanCode(r.Code)
	if !ok {
		return nil, errs.NotFound("voucher_code").Field("code", "voucher_code.not_found")
	}
	var out *Redeemed
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		out = nil
		type row struct {
			id, voucher, contact, at int64
			reference                string
		}
		var found []row
		err := each(ctx, tx, `SELECT id, voucher_id, contact_id, redeemed_at, redeemed_ref FROM voucher_code WHERE workspace_id = $1 AND code = $2 AND contact_id > 0`+tx.Dialect.ForUpdate(), []any{workspace, code}, func(rows *sql.Rows) error {
			var f row
			err := rows.Scan(&f.id, &f.voucher, &f.contact, &f.at, &f.reference)
			if r.VoucherID == 0 || r.VoucherID == f.voucher {
				found = append(found, f)
			}
			return err
		})
		switch {
		case err != nil:
			return fmt.Errorf("find code: %w", err)
		case len(found) == 0:
			return errs.NotFound("voucher_code").Field("code", "voucher_code.not_found")
		case len(found) > 1:
			return errs.Conflict("voucher.code_ambiguous").Field("voucher_id", "voucher.code_ambiguous")
		}
		f := found[0]
		v, err := get(ctx, tx, workspace, f.voucher, "")
		if err != nil {
			return err
		}
		out = &Redeemed{VoucherID: v.ID, Name: v.Name, Worth: v.Worth, Code: code, ContactID: f.contact, RedeemedAt: s.Now()}
		if f.at != 0 {
			if f.reference != r.Reference {
				return errs.Conflict("voucher.code_used").With("at", clock.FromMillis(f.at).Format(time.RFC3339))
			}
			out.RedeemedAt, out.Again = clock.FromMillis(f.at), true
			return nil
		}
		// Closing ends the giving only: what people hold is good until its last day.
		if reason := (&Voucher{ValidFrom: v.ValidFrom, ValidUntil: v.ValidUntil}).closedFor(s.Now()); reason != "" {
			return errs.Conflict(reason)
		}
		if _, err := tx.Exec(ctx, `UPDATE voucher_code SET redeemed_at = $3, redeemed_ref = $4 WHERE workspace_id = $1 AND id = $2`, workspace, f.id, clock.Millis(s.Now()), r.Reference); err != nil {
			return fmt.Errorf("redeem code: %w", err)
		}
		return s.Audit(ctx, tx, workspace, by, "voucher.redeem", target(v.ID), map[string]any{"reference": r.Reference, "contact_id": f.contact})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
