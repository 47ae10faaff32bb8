package contact

import (
	"context"
	"strconv"
)

// Find gives the ids of all whom a search finds, in rising order, as the list of people would; many is true, and ids is nil, when they are more than most.
func (s *Service) Find(ctx context.Context, workspace int64, text string, most int) (ids []int64, many bool, err error) {
	l, err := s.lookup(ctx, workspace, Filter{Search: text})
	if err != nil {
		return nil, false, err
	}
	if ids, err = l.ids(ctx, s.DB, 0, most+1); err != nil || len(ids) > most {
		return nil, err == nil, err
	}
	return ids, false, nil
}

// SearchSQL writes a search as a condition over the contact alias c, whose first parameter is number first. It begins with AND; a search without words is empty.
func SearchSQL(text string, first int) (where string, args []any) {
	where = parseSearch(text).where(func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(first+len(args)-1)
	})
	return where, args
}
