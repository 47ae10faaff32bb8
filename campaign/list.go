package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
)

// Filter says which campaigns to list. Zero values do not restrict.
type Filter struct {
	States  []State
	Channel channel.Channel // on any rank
	Search  string          // part of the name, without regard to case and accents
	// From and To restrict the time of a campaign, [From, To): when it started, else when it is to start, else when it was made.
	From, To time.Time
	Sort     Sort
	After    Mark // the last one of the page before
	Limit    int  // 1 to 200, 0 = 50
}

// Sort is the order of a list.
type Sort string

// The orders; those by time begin with the latest.
const (
	ByAge    Sort = ""        // when it was made
	ByName   Sort = "name"    // without regard to case and accents
	ByTime   Sort = "time"    // as in Filter.From
	ByUpdate Sort = "updated" // when it was changed last
)

// Mark is the place of a campaign in a list: what it is sorted by, and its id.
type Mark struct {
	Name string
	At   int64
	ID   int64
}

// mark is the place of c in the order.
func (f *Filter) mark(c *Campaign) Mark {
	m := Mark{ID: c.ID}
	switch f.Sort {
	case ByName:
		m.Name = contact.Fold(c.Name)
	case ByTime:
		m.At = c.when().UnixMilli()
	case ByUpdate:
		m.At = c.UpdatedAt.UnixMilli()
	}
	return m
}

// compare is negative when a comes before b.
func (a Mark) compare(b Mark) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(b.At, a.At), cmp.Compare(b.ID, a.ID))
}

// when is the time of a campaign: when it started, else when it is to start, else when it was made.
func (c *Campaign) when() time.Time {
	switch {
	case !c.StartedAt.IsZero():
		return c.StartedAt
	case !c.ScheduleAt.IsZero():
		return c.ScheduleAt
	}
	return c.CreatedAt
}

// fits reports whether a campaign of the right state passes the rest of the filter; search is folded.
func (f *Filter) fits(c *Campaign, search string) bool {
	if f.Channel != "" && !slices.ContainsFunc(c.Legs, func(l Leg) bool { return l.Channel == f.Channel }) {
		return false
	}
	if at := c.when(); (!f.From.IsZero() && at.Before(f.From)) || (!f.To.IsZero() && !at.Before(f.To)) {
		return false
	}
	return strings.Contains(contact.Fold(c.Name), search)
}

// List reads a page with counters; next is the After of the page after it, the zero Mark at the end.
func (s *Service) List(ctx context.Context, workspace int64, f Filter) (page []*Campaign, next Mark, err error) {
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	size := f.Limit
	f.Limit++
	if page, err = list(ctx, s.DB, workspace, f); err != nil {
		return nil, next, err
	}
	if len(page) > size {
		page = page[:size]
		next = f.mark(page[size-1])
	}
	return page, next, s.count(ctx, workspace, page)
}

// list looks at names and channels in Go: the engines fold text differently, and a workspace has few campaigns. In the order of age it stops when the page is full; for other orders it
// reads all.
func list(ctx context.Context, q db.Querier, workspace int64, f Filter) ([]*Campaign, error) {
	args := []any{workspace, int64(0)}
	if f.Sort == ByAge {
		args[1] = f.After.ID
	}
	where := ""
	if len(f.States) > 0 {
		where = ` AND ` + effective + ` IN (` + db.In(len(args)+1, len(f.States)) + `)`
		for _, s := range f.States {
			args = append(args, string(s))
		}
	}
	if !f.To.IsZero() { // whatever its time is, it was made before
		where += fmt.Sprintf(` AND (c.created_at < $%d OR c.schedule_at > 0)`, len(args)+1)
		args = append(args, clock.Millis(f.To))
	}
	rows, err := q.Query(ctx, selectCampaign+` WHERE c.workspace_id = $1 AND c.deleted_at = 0 AND (CAST($2 AS bigint) = 0 OR c.id < CAST($2 AS bigint))`+where+` ORDER BY c.id DESC`, args...)
	if err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	defer rows.Close()
	out := []*Campaign{}
	for want := contact.Fold(strings.TrimSpace(f.Search)); (f.Sort != ByAge || len(out) < f.Limit) && rows.Next(); {
		c, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list campaigns: %w", err)
		}
		if f.fits(c, want) && (f.After == (Mark{}) || f.After.compare(f.mark(c)) < 0) {
			out = append(out, c)
		}
	}
	if f.Sort != ByAge {
		slices.SortFunc(out, func(a, b *Campaign) int { return f.mark(a).compare(f.mark(b)) })
		out = out[:min(len(out), f.Limit)]
	}
	return out, rows.Err()
}
