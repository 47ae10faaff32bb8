package contact

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/phone"
)

// A search finds everybody in whom each word of it begins a word of the name, the phone numbers, the mail addresses or the code, without regard to case and accents. Phone numbers may be
// written in any way: 0912 345 678, +84912345678, 84 912…, 912….
type search struct{ terms []term }

// term is one word of a search.
type term struct {
	word   string   // folded
	typed  string   // as it was typed, for codes
	phones []string // beginnings of numbers in E.164 that it may mean
}

const (
	termsMost = 8
	// candidatesMost is when a term says too little to be worth looking it up: so many people have it that reading people in order soon finds enough.
	candidatesMost = 200_000
	rangeMost      = 20_000 // the same for phones, mails and codes, whose indexes are not in the order of ids
)

func parseSearch(text string) search {
	text = tidy(text, false)
	if digits := digitsOf(text); len(digits) >= 3 && strings.Trim(text, "0123456789+ .-()/") == "" {
		t := term{word: Fold(text), typed: text, phones: phonesOf(text, digits)}
		if strings.ContainsAny(text, " ()/") { // cannot be the beginning of a word as it stands
			t.word, t.typed = "", ""
		}
		return search{[]term{t}}
	}
	var s search
	for w := range strings.FieldsSeq(text) {
		t := term{word: Fold(w), typed: w}
		if d := digitsOf(w); len(d) >= 3 && strings.Trim(w, "0123456789+.-") == "" {
			t.phones = phonesOf(w, d)
		}
		if t.word != "" {
			s.terms = append(s.terms, t)
		}
		if len(s.terms) == termsMost {
			break
		}
	}
	return s
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// phonesOf are the beginnings of E.164 numbers that typed digits may mean.
func phonesOf(text, digits string) []string {
	var out []string
	add := func(p string) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	if e164, kind, _ := phone.Parse(text); kind != phone.Invalid { // also moves the old prefixes of eleven digits
		add(e164)
	}
	national, trunk := strings.CutPrefix(digits, "0")
	switch {
	case strings.HasPrefix(text, "+"):
		add("+" + digits)
	case strings.HasPrefix(digits, "00"):
		add("+" + digits[2:])
	case trunk:
		add("+84" + national)
	default:
		if strings.HasPrefix(digits, "84") {
			add("+" + digits)
		}
		add("+84" + digits)
	}
	return out
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// where is the search as a condition over c.search. The words of that column are separated by single spaces, so the beginning of a word is that of the text or follows a space.
func (s search) where(bind func(v any) string) string {
	var b strings.Builder
	for _, t := range s.terms {
		b.WriteString(" AND (")
		for i, w := range t.beginnings() {
			if i > 0 {
				b.WriteString(" OR ")
			}
			w = likeEscape.Replace(w)
			fmt.Fprintf(&b, `c.search LIKE %s ESCAPE '\' OR c.search LIKE %s ESCAPE '\'`, bind(w+"%"), bind("% "+w+"%"))
		}
		b.WriteString(")")
	}
	return b.String()
}

func (t term) beginnings() []string {
	if t.word == "" {
		return t.phones
	}
	return append([]string{t.word}, t.phones...)
}

// candidates lists, in order, the ids of all who may meet the search, and of some who do not. broad is true when the search says too little for that.
func (s search) candidates(ctx context.Context, q db.Querier, workspace int64) (ids []int64, broad bool, err error) {
	terms := slices.Clone(s.terms)
	slices.SortStableFunc(terms, func(a, b term) int { return len(b.word) - len(a.word) }) // long words say most
	broad = true
	for _, t := range terms {
		if len(t.word) == 1 && !broad {
			continue // one letter narrows nothing
		}
		list, wide, err := t.candidates(ctx, q, workspace)
		if err != nil {
			return nil, false, err
		}
		if wide {
			continue
		}
		slices.Sort(list)
		list = slices.Compact(list)
		if broad {
			ids, broad = list, false
		} else {
			ids = intersect(ids, list)
		}
		if len(ids) < 500 {
			break // comparing these people is cheaper than more looking up
		}
	}
	return ids, broad, nil
}

func intersect(a, b []int64) []int64 {
	out := a[:0]
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			out = append(out, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return out
}

func (t term) candidates(ctx context.Context, q db.Querier, workspace int64) (ids []int64, broad bool, err error) {
	if t.word != "" {
		if ids, broad, err = byWord(ctx, q, workspace, t.word, candidatesMost); err != nil || broad {
			return nil, broad, err
		}
	}
	within := func(query, prefix string, args ...any) {
		if err != nil || broad {
			return
		}
		var list []int64
		list, err = idsOf(ctx, q, query, append(append([]any{workspace}, args...), prefix, after(prefix), rangeMost+1)...)
		broad = len(list) > rangeMost
		ids = append(ids, list...)
	}
	const identities = `SELECT contact_id FROM identity WHERE workspace_id = $1 AND kind = $2 AND scope = '' AND value >= $3 AND value < $4 LIMIT $5`
	for _, p := range t.phones {
		within(`SELECT id FROM contact WHERE workspace_id = $1 AND phone >= $2 AND phone < $3 LIMIT $4`, p)
		within(identities, p, KindPhone)
	}
	if t.word == "" {
		return ids, broad, err
	}
	within(`SELECT id FROM contact WHERE workspace_id = $1 AND email >= $2 AND email < $3 LIMIT $4`, t.word)
	within(identities, t.word, KindEmail)
	codes := []string{t.typed}
	for _, c := range []string{strings.ToUpper(t.typed), strings.ToLower(t.typed)} {
		if !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	for _, c := range codes {
		within(`SELECT id FROM contact WHERE workspace_id = $1 AND external_id >= $2 AND external_id < $3 LIMIT $4`, c)
	}
	return ids, broad, err
}

func idsOf(ctx context.Context, q db.Querier, query string, args ...any) ([]int64, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("find people: %w", err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find people: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
