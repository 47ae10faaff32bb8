package report

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/loa-project/loa/contact"
)

// fewPeople is up to how many people a search is answered by looking them up in the ledger. When it finds more, the ledger is walked in the order of people instead: a page is soon full
// then. Neither way looks at every message for a rare name or at every person for a frequent one.
const fewPeople = 500

// find looks for the people of f.Search once, so that the pages after the first do not search again.
func (s *Service) find(ctx context.Context, workspace int64, f *Filter) error {
	f.Search = contact.Fold(strings.TrimSpace(f.Search))
	if digits := strings.NewReplacer(" ", "", ".", "", "-", "").Replace(f.Search); strings.Trim(digits, "0123456789") == "" && len(digits) > 1 {
		f.Search = strings.TrimPrefix(digits, "0") // people type 0909 123 456, the stored form is +84909123456
	}
	if f.Search == "" || f.people != nil {
		return nil
	}
	rows, err := s.DB.Query(ctx, query("find"), workspace, like(f.Search), fewPeople+1)
	if err != nil {
		return fmt.Errorf("find people: %w", err)
	}
	ids, err := collect(rows, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
	if err != nil {
		return fmt.Errorf("find people: %w", err)
	}
	if len(ids) <= fewPeople {
		f.people = ids
	}
	return nil
}

// like is the pattern that finds folded text anywhere.
func like(folded string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(folded) + "%"
}
