package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Filter says whom a list, a count, an export or a bulk change concerns. Zero fields do not narrow.
type Filter struct {
	Search    string          `json:"search,omitempty" maxLength:"200" doc:"Beginnings of words of name, phone, e-mail or code, without regard to case and accents; phones in any writing"`
	Tag       string          `json:"tag,omitempty" maxLength:"100"`
	Condition json.RawMessage `json:"condition,omitempty" doc:"A condition tree as of segments"`
	until     int64           // ids above are left out
}

// Window is a part of a list.
type Window struct {
	After  int64 // the id that ended the page before, 0 = from the start
	Newest bool  // highest ids first
	Limit  int
}

// List reads a page of people by id. next is where the next page begins, 0 at the end. Errors: those of conditions.
func (s *Service) List(ctx context.Context, workspace int64, f Filter, w Window) (page []*Contact, next int64, err error) {
	l, err := s.lookup(ctx, workspace, f)
	if err != nil {
		return nil, 0, err
	}
	page = []*Contact{}
	err = l.each(ctx, s.DB, w, func(where string, args []any, limit int) (int, int64, error) {
		part, err := s.read(ctx, where, args...)
		if err != nil {
			return 0, 0, err
		}
		if len(part) == 0 {
			return 0, 0, nil
		}
		page = append(page, part...)
		return len(part), part[len(part)-1].ID, nil
	})
	if err == nil && len(page) > w.Limit {
		page = page[:w.Limit]
		next = page[w.Limit-1].ID
	}
	if err != nil {
		return nil, 0, err
	}
	byID := make(map[int64]*Contact, len(page))
	for _, c := range page {
		byID[c.ID] = c
	}
	return page, next, s.readTags(ctx, workspace, byID)
}

// ids reads a page of ids in rising order, for changes of many.
func (l *lookup) ids(ctx context.Context, q db.Querier, after int64, limit int) (out []int64, err error) {
	err = l.each(ctx, q, Window{After: after, Limit: limit - 1}, func(where string, args []any, _ int) (int, int64, error) {
		list, err := idsOf(ctx, q, `SELECT c.id FROM contact c WHERE `+where, args...)
		if err != nil || len(list) == 0 {
			return 0, 0, err
		}
		out = append(out, list...)
		return len(list), list[len(list)-1], nil
	})
	return out, err
}

// lookup is a filter made ready: what can be said in SQL, and the people whom a search may mean.
type lookup struct {
	workspace int64
	filter    Filter
	search    search
	condition func(first int) (string, []any)
	tag       int64 // -1 = no such tag, 0 = any
	narrow    bool  // only the candidates come into question
	found     []int64
}

func (s *Service) lookup(ctx context.Context, workspace int64, f Filter) (*lookup, error) {
	l := &lookup{workspace: workspace, filter: f, search: parseSearch(f.Search)}
	if t := Fold(strings.TrimSpace(f.Tag)); t != "" {
		ids, err := idsOf(ctx, s.DB, `SELECT id FROM tag WHERE workspace_id = $1 AND folded = $2`, workspace, t)
		if err != nil {
			return nil, err
		}
		if l.tag = -1; len(ids) > 0 {
			l.tag = ids[0]
		}
	}
	if len(f.Condition) > 0 && string(f.Condition) != "null" {
		if s.Compile == nil {
			return nil, errs.Invalid("contact.no_conditions")
		}
		var err error
		if l.condition, err = s.Compile(ctx, workspace, f.Condition); err != nil {
			return nil, err
		}
	}
	if len(l.search.terms) > 0 {
		found, broad, err := l.search.candidates(ctx, s.DB, workspace)
		if err != nil {
			return nil, err
		}
		l.found, l.narrow = found, !broad
	}
	if l.tag > 0 {
		tagged, err := idsOf(ctx, s.DB, `SELECT contact_id FROM contact_tag WHERE workspace_id = $1 AND tag_id = $2 ORDER BY contact_id LIMIT $3`, workspace, l.tag, rangeMost+1)
		switch {
		case err != nil:
			return nil, err
		case len(tagged) > rangeMost: // so many that reading people in order soon finds enough
		case l.narrow:
			l.found = intersect(l.found, tagged)
		default:
			l.found, l.narrow = tagged, true
		}
	}
	return l, nil
}

// where writes the filter as a condition over the contact alias c.
func (l *lookup) where() (string, []any) {
	args := []any{l.workspace}
	bind := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	text := `c.workspace_id = $1`
	if l.filter.until > 0 {
		text += ` AND c.id <= ` + bind(l.filter.until)
	}
	text += l.search.where(bind)
	if l.tag != 0 {
		text += ` AND EXISTS (SELECT 1 FROM contact_tag ct WHERE ct.workspace_id = ` + bind(l.workspace) + ` AND ct.tag_id = ` + bind(l.tag) + ` AND ct.contact_id = c.id)`
	}
	if l.condition != nil {
		condition, more := l.condition(len(args) + 1)
		text += ` AND (` + condition + `)`
		args = append(args, more...)
	}
	return text, args
}

const blockFound = 500

// each calls f for parts of the window until one more than the limit came together: f reads the people of the condition and returns how many, and the last id.
func (l *lookup) each(ctx context.Context, q db.Querier, w Window, f func(where string, args []any, limit int) (n int, last int64, err error)) error {
	text, base := l.where()
	want := w.Limit + 1
	if !l.narrow {
		args := slices.Clone(base)
		order := ` ORDER BY c.id`
		if w.Newest {
			order += ` DESC`
		}
		if w.After > 0 {
			args = append(args, w.After)
			text += fmt.Sprintf(` AND c.id %s $%d`, map[bool]string{true: "<", false: ">"}[w.Newest], len(args))
		}
		args = append(args, want)
		_, _, err := f(text+order+fmt.Sprintf(` LIMIT $%d`, len(args)), args, want)
		return err
	}
	found := l.found
	if w.After > 0 {
		i, exact := slices.BinarySearch(found, w.After)
		switch {
		case w.Newest:
			found = found[:i]
		case exact:
			found = found[i+1:]
		default:
			found = found[i:]
		}
	}
	for len(found) > 0 && want > 0 {
		n := min(len(found), blockFound)
		part, order := found[:n], ` ORDER BY c.id`
		if w.Newest {
			part, order = found[len(found)-n:], ` ORDER BY c.id DESC`
			found = found[:len(found)-n]
		} else {
			found = found[n:]
		}
		args := slices.Clone(base)
		for _, id := range part {
			args = append(args, id)
		}
		args = append(args, want)
		got, _, err := f(text+` AND c.id IN (`+db.In(len(base)+1, n)+`)`+order+fmt.Sprintf(` LIMIT $%d`, len(args)), args, want)
		if err != nil {
			return err
		}
		want -= got
	}
	return ctx.Err()
}

// CountMost is how far a count goes that is not asked to be exact.
const CountMost = 10_000

// Counted is how many people a filter takes.
type Counted struct {
	N     int64 `json:"n"`
	Exact bool  `json:"exact" doc:"false: there are more than n"`
}

// Count counts the people of a filter: all of them when exact is set, else up to CountMost.
func (s *Service) Count(ctx context.Context, workspace int64, f Filter, exact bool) (Counted, error) {
	l, err := s.lookup(ctx, workspace, f)
	if err != nil {
		return Counted{}, err
	}
	return l.count(ctx, s.DB, exact)
}

func (l *lookup) count(ctx context.Context, q db.Querier, exact bool) (Counted, error) {
	text, base := l.where()
	ask := func(where string, args []any) (n int64, err error) {
		query := `SELECT COUNT(*) FROM contact c WHERE ` + where
		if !exact {
			query = fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 AS one FROM contact c WHERE %s LIMIT %d) AS x`, where, CountMost+1)
		}
		if err := q.QueryRow(ctx, query, args...).Scan(&n); err != nil {
			return 0, fmt.Errorf("count people: %w", err)
		}
		return n, nil
	}
	var n int64
	var err error
	if !l.narrow {
		n, err = ask(text, base)
	} else {
		err = inBlocks(l.found, 2*blockFound, func(part []int64) error {
			if !exact && n > CountMost {
				return nil
			}
			args := slices.Clone(base)
			for _, id := range part {
				args = append(args, id)
			}
			more, err := ask(text+` AND c.id IN (`+db.In(len(base)+1, len(part))+`)`, args)
			n += more
			return err
		})
	}
	if !exact && n > CountMost {
		return Counted{N: CountMost}, err
	}
	return Counted{N: n, Exact: true}, err
}
