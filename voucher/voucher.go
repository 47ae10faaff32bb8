package voucher

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Voucher is a programme with its codes.
type Voucher struct {
	ID          int64      `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Worth       string     `json:"worth" doc:"What a code is worth, in words: \"Giảm 50.000 ₫\""`
	ValidFrom   *time.Time `json:"valid_from,omitempty" doc:"Codes are neither given nor taken before; absent = at once"`
	ValidUntil  *time.Time `json:"valid_until,omitempty" doc:"Codes are neither given nor taken from then on; absent = no end"`
	ClosedAt    *time.Time `json:"closed_at,omitempty" doc:"Since when nothing is given any more; codes in people's hands stay good"`
	Counts      Counts     `json:"counts"`
	CreatedBy   string     `json:"created_by"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
}

// Counts say where the codes and the people of a voucher are. Codes = free + given; asked = waiting + given + failed.
type Counts struct {
	Codes    int64 `json:"codes"`
	Free     int64 `json:"free"`
	Given    int64 `json:"given"`
	Redeemed int64 `json:"redeemed" doc:"Of those given"`
	Asked    int64 `json:"asked" doc:"People on the list"`
	Waiting  int64 `json:"waiting"`
	Failed   int64 `json:"failed"`
}

// The states of a person on a voucher's list.
const (
	Waiting = "waiting"
	Given   = "given"
	Failed  = "failed"
)

// Reasons why somebody got no code.
const (
	Empty  = "voucher.empty"     // no free code is left
	NotYet = "voucher.not_yet"   // the programme has not begun
	Over   = "voucher.over"      // the programme is over
	Closed = "voucher.closed"    // somebody closed it
	Gone   = "contact.not_found" // the person was deleted while waiting
)

// Form is what people say about a voucher.
type Form struct {
	Name        string     `json:"name" maxLength:"400"`
	Description string     `json:"description,omitempty" maxLength:"4000"`
	Worth       string     `json:"worth,omitempty" maxLength:"400"`
	ValidFrom   *time.Time `json:"valid_from,omitempty"`
	ValidUntil  *time.Time `json:"valid_until,omitempty"`
}

// Told is what became of the person for whom a leg asked.
type Told struct {
	LegID  int64
	Reason string // why there is no code, "" = there is one
}

// Deps are what the package works with.
type Deps struct {
	DB    *db.DB
	Now   func() time.Time
	Audit func(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail map[string]any) error
	// Tell hears inside the transaction what became of legs that asked for a code and were not answered at once; may be nil.
	Tell func(ctx context.Context, tx *db.Tx, workspace int64, legs []Told) error
}

// Service keeps vouchers.
type Service struct{ Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

const (
	maxName  = 200
	minCode  = 4
	maxCode  = 64
	maxCodes = 5_000_000 // of one voucher
)

func (f *Form) clean() error {
	f.Name = strings.Join(strings.Fields(norm.NFC.String(f.Name)), " ")
	f.Description, f.Worth = strings.TrimSpace(norm.NFC.String(f.Description)), strings.TrimSpace(norm.NFC.String(f.Worth))
	switch {
	case f.Name == "":
		return errs.Invalid("voucher.name_missing").Field("name", "voucher.name_missing")
	case utf8.RuneCountInString(f.Name) > maxName:
		return errs.Invalid("voucher.name_too_long").Field("name", "voucher.name_too_long")
	case f.ValidFrom != nil && f.ValidUntil != nil && !f.ValidUntil.After(*f.ValidFrom):
		return errs.Invalid("voucher.period_empty").Field("valid_until", "voucher.period_empty")
	}
	return nil
}

// cleanCode brings a code into the one form that is compared: capital letters, no spaces. It reports whether it is one: 4 to 64 letters, digits, '-', '_' and '.'.
func cleanCode(raw string) (string, bool) {
	code := strings.ToUpper(strings.Join(strings.Fields(raw), ""))
	if len(code) < minCode || len(code) > maxCode {
		return "", false
	}
	for _, r := range code {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.' {
			return "", false
		}
	}
	return code, true
}

// Usable says by code why a voucher will give nothing any more: voucher.not_found, voucher.closed, voucher.over; "" = it may.
func (s *Service) Usable(ctx context.Context, workspace, id int64) (string, error) {
	v, err := get(ctx, s.DB, workspace, id, "")
	if e, ok := errs.As(err); ok {
		return e.Code, nil
	}
	if err != nil {
		return "", err
	}
	if reason := v.closedFor(s.Now()); reason != NotYet {
		return reason, nil
	}
	return "", nil
}

// closedFor says why a voucher gives nothing at a moment; "" = it does.
func (v *Voucher) closedFor(now time.Time) string {
	switch {
	case v.ClosedAt != nil:
		return Closed
	case v.ValidFrom != nil && now.Before(*v.ValidFrom):
		return NotYet
	case v.ValidUntil != nil && !now.Before(*v.ValidUntil):
		return Over
	}
	return ""
}
