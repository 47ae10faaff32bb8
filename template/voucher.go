package template

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// VoucherContent gives each person a code of a voucher. Who has one already keeps it.
type VoucherContent struct {
	VoucherID int64 `json:"voucher_id"`
	// Wait keeps people on the list who find no free code, or come before the programme has begun, until there is one; else they fail at once.
	Wait bool `json:"wait,omitempty"`
}

func (c *Compiled) compileVoucher() *errs.Error {
	if c.Voucher.VoucherID < 1 {
		return errs.Invalid("template.voucher_missing").With("field", "voucher_id")
	}
	return nil
}

// The variables of a person's vouchers: voucher.code is the code that the person was given last, voucher.code_12 the one of programme 12. So are voucher.name, voucher.worth and
// voucher.valid_until.
var voucherValues = []string{"code", "name", "worth", "valid_until"}

// voucherKey reports whether the part behind "voucher." names something that a voucher has.
func voucherKey(rest string) bool {
	for _, v := range voucherValues {
		if rest == v {
			return true
		}
		if id, ok := strings.CutPrefix(rest, v+"_"); ok && id != "" && digits(id) && len(id) <= 18 && id[0] != '0' {
			return true
		}
	}
	return false
}

// sampleVoucher is a made-up value of a voucher.
func sampleVoucher(key string, now time.Time) any {
	switch {
	case strings.HasPrefix(key, "name"):
		return "Quà Tết"
	case strings.HasPrefix(key, "worth"):
		return "Giảm 50.000 ₫"
	case strings.HasPrefix(key, "valid_until"):
		return now.AddDate(0, 1, 0)
	}
	return "TET-A2B3C4D5"
}

// ReadsVouchers reports whether somebody's vouchers have to be read to fill the content in.
func (c *Compiled) ReadsVouchers() bool {
	return readsOf(c).vouchers
}

// Vouchers reads what at most 10,000 contacts hold, for Person.Vouchers: at most the 20 codes that were given last.
func Vouchers(ctx context.Context, q db.Querier, workspaceID int64, contacts []int64) (map[int64]map[string]any, error) {
	if len(contacts) == 0 {
		return nil, nil
	}
	args := make([]any, 1, len(contacts)+1)
	args[0] = workspaceID
	for _, id := range contacts {
		args = append(args, id)
	}
	rows, err := q.Query(ctx, `SELECT c.contact_id, c.code, v.id, v.name, v.worth, v.valid_until FROM voucher_code c JOIN voucher v ON v.workspace_id = $1 AND v.id = c.voucher_id
 WHERE c.workspace_id = $1 AND c.contact_id IN (`+db.In(2, len(contacts))+`) AND c.contact_id > 0 ORDER BY c.contact_id, c.given_at DESC, c.id DESC`, args...)
	if err != nil {
		return nil, fmt.Errorf("read vouchers of people: %w", err)
	}
	defer rows.Close()
	out := map[int64]map[string]any{}
	held := map[int64]int{}
	for rows.Next() {
		if err := addVoucher(rows, out, held); err != nil {
			return nil, fmt.Errorf("read vouchers of people: %w", err)
		}
	}
	return out, rows.Err()
}

func addVoucher(rows *sql.Rows, out map[int64]map[string]any, held map[int64]int) error {
	var contact, id, until int64
	var code, name, worth string
	if err := rows.Scan(&contact, &code, &id, &name, &worth, &until); err != nil {
		return err
	}
	if held[contact]++; held[contact] > 20 {
		return nil
	}
	values := map[string]any{"code": code, "name": name, "worth": worth}
	if until > 0 {
		values["valid_until"] = clock.FromMillis(until)
	}
	mine := out[contact]
	if mine == nil {
		mine = map[string]any{}
		out[contact] = mine
		for k, v := range values {
			mine[k] = v
		}
	}
	for k, v := range values {
		mine[k+"_"+strconv.FormatInt(id, 10)] = v
	}
	return nil
}
