package report

import (
	"context"
	"strings"
)

// fewPeople is up to how many people a search is answered by looking them up in the ledger. When it finds more, the ledger is walked in the order of people instead: a page is soon full
// then. Neither way looks at every message for a rare name or at every person for a frequent one.
const fewPeople = 500

// find looks for the people of f.Search once, so that the pages after the first do not search again.
func (s *Service) find(ctx context.Context, workspace int64, f *Filter) error {
	f.Search = strings.TrimSpace(f.Search)
	if f.Search == "" || f.people != nil {
		return nil
	}
	ids, many, err := s.Find(ctx, workspace, f.Search, fewPeople)
	if err != nil || many {
		return err
	}
	f.people = append(make([]int64, 0, len(ids)), ids...)
	return nil
}
