package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
)

const (
	knownValues = 50
	knownTags   = 500
	looked      = 5000 // the newest contacts, whose values are offered
)

// Fields lists everything that a condition of the workspace can test, labelled in lang, with the values that are known of text, list, gender and tag fields: the most frequent ones
// of the newest contacts, for choosing.
func (s *Service) Fields(ctx context.Context, workspace int64, lang string) ([]Field, error) {
	attrs, err := attributes(ctx, s.DB, workspace)
	if err != nil {
		return nil, err
	}
	say := speaker(lang)
	var out []Field
	add := func(f Field) {
		f.Label, f.Operators, f.Values = say.label(f), operators[f.Kind], []string{}
		out = append(out, f)
	}
	for _, f := range columns {
		add(f)
	}
	for _, a := range attrs {
		add(Field{Name: "attr." + a.Key, Label: a.Label, Kind: Kind(a.Type), key: a.Key})
	}
	add(Field{Name: fieldTag, Kind: KindTag})
	for _, mask := range masks {
		for _, ch := range channel.All {
			add(Field{Name: mask + "." + string(ch), Kind: KindFlag, column: mask, bit: int64(ch.Bit()), channel: ch})
		}
	}
	add(Field{Name: fieldSegment, Kind: KindSegment})
	add(Field{Name: fieldCampaign, Kind: KindCampaign})
	if err := s.offer(ctx, workspace, out); err != nil {
		return nil, err
	}
	return out, nil
}

// offer fills in the known values.
func (s *Service) offer(ctx context.Context, workspace int64, fields []Field) error {
	tally, err := s.tally(ctx, workspace)
	if err != nil {
		return err
	}
	for i := range fields {
		f := &fields[i]
		switch {
		case f.Kind == KindGender:
			f.Values = []string{"male", "female", "other"}
		case f.Kind == KindTag:
			if f.Values, err = s.tags(ctx, workspace); err != nil {
				return err
			}
		case f.key != "" && (f.Kind == KindText || f.Kind == KindList):
			f.Values = frequent(tally[f.key], knownValues)
		}
	}
	return nil
}

// frequent gives the n most frequent values, equally frequent ones in the order of their folded text.
func frequent(counts map[string]int, n int) []string {
	values := make([]string, 0, len(counts))
	for v := range counts {
		values = append(values, v)
	}
	slices.SortFunc(values, func(a, b string) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		if d := strings.Compare(contact.Fold(a), contact.Fold(b)); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return values[:min(n, len(values))]
}

// tally counts the values of text and list attributes among the newest contacts. Long texts are no choices.
func (s *Service) tally(ctx context.Context, workspace int64) (map[string]map[string]int, error) {
	rows, err := s.DB.Query(ctx, `SELECT CAST(attrs AS text) FROM contact WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2`, workspace, looked)
	if err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	defer rows.Close()
	out := map[string]map[string]int{}
	for rows.Next() {
		var raw string
		if err := rows.Scan(&raw); err != nil {
			return nil, fmt.Errorf("read attributes: %w", err)
		}
		var attrs map[string]any
		if json.Unmarshal([]byte(raw), &attrs) != nil {
			continue
		}
		for key, v := range attrs {
			many, ok := v.([]any)
			if !ok {
				many = []any{v}
			}
			for _, one := range many {
				if text, ok := one.(string); ok && text != "" && len(text) <= MaxText {
					if out[key] == nil {
						out[key] = map[string]int{}
					}
					out[key][text]++
				}
			}
		}
	}
	return out, rows.Err()
}

func (s *Service) tags(ctx context.Context, workspace int64) ([]string, error) {
	rows, err := s.DB.Query(ctx, `SELECT name FROM tag WHERE workspace_id = $1 ORDER BY folded LIMIT $2`, workspace, knownTags)
	if err != nil {
		return nil, fmt.Errorf("list tags: %w", err)
	}
	defer rows.Close()
	out := []string{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("list tags: %w", err)
		}
		out = append(out, name)
	}
	return out, rows.Err()
}
