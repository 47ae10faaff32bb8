package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// The operations of this file are for acts of campaigns: about many people, in the caller's transaction, without a line in the audit log for each of them. The caller writes one for the act.

// Present finds out which of the ids are people of the workspace.
func (s *Service) Present(ctx context.Context, q db.Querier, workspace int64, ids []int64) (map[int64]bool, error) {
	out := make(map[int64]bool, len(ids))
	err := inBlocks(ids, blockIn, func(block []int64) error {
		args := []any{workspace}
		for _, id := range block {
			args = append(args, id)
		}
		found, err := idsOf(ctx, q, `SELECT id FROM contact WHERE workspace_id = $1 AND id IN (`+db.In(2, len(block))+`)`, args...)
		for _, id := range found {
			out[id] = true
		}
		return err
	})
	return out, err
}

// TagMany gives people tags, which are made when there are none of these names, or takes them away. It returns for how many people something changed.
func (s *Service) TagMany(ctx context.Context, tx *db.Tx, workspace int64, give bool, tags []string, ids []int64) (int64, error) {
	b := &Bulk{Action: BulkUntag, Tags: tags}
	if give {
		b.Action = BulkTag
	}
	return s.applyBulk(ctx, tx, workspace, b, ids)
}

// SetMany writes one attribute of many people, each from a text that is read as in an import; an empty text erases the value. bad says by code for whom the text does not fit the type.
// attribute.not_found when there is none of this key.
func (s *Service) SetMany(ctx context.Context, tx *db.Tx, workspace int64, key string, texts map[int64]string) (bad map[int64]Code, err error) {
	if err := lockPeople(ctx, tx, workspace); err != nil {
		return nil, err
	}
	defs, err := attributes(ctx, tx, workspace)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(defs, func(a Attribute) bool { return a.Key == key })
	if i < 0 {
		return nil, errs.NotFound("attribute")
	}
	ids := make([]int64, 0, len(texts))
	for id := range texts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	bad = map[int64]Code{}
	var changed []*person
	err = loadBy(ctx, tx, workspace, "id", ids, func(p *person) {
		text := strings.TrimSpace(texts[p.id])
		if text == "" {
			n := len(p.attrs)
			if p.attrs = slices.DeleteFunc(slices.Clone(p.attrs), func(a AttrValue) bool { return a.Key == key }); len(p.attrs) != n {
				changed = append(changed, p)
			}
			return
		}
		js, code := attributeJSON(defs[i].Type, text, s.Now(), false)
		switch {
		case code != "" && js == "":
			bad[p.id] = code
		case js != "" && p.applyAttrs([]AttrValue{{key, js}}):
			changed = append(changed, p)
		}
	})
	if err != nil {
		return nil, err
	}
	return bad, updateAttrs(ctx, tx, workspace, s.Now().UnixMilli(), changed)
}

func updateAttrs(ctx context.Context, tx *db.Tx, workspace, at int64, people []*person) error {
	return inBlocks(people, 1000, func(block []*person) error {
		args := make([]any, 0, 2*len(block)+2)
		for _, p := range block {
			args = append(args, p.id, attrsJSON(p.attrs))
		}
		n := len(args)
		_, err := tx.Exec(ctx, fmt.Sprintf(`WITH v (id, attrs) AS (VALUES %s) UPDATE contact SET attrs = %s, updated_at = $%d FROM v WHERE contact.workspace_id = $%d AND contact.id = v.id`,
			db.Values(1, len(block), "bigint", "text"), tx.Dialect.JSON("v.attrs"), n+1, n+2), append(args, at, workspace)...)
		if err != nil {
			return fmt.Errorf("write attributes: %w", err)
		}
		return nil
	})
}

// SetValues writes several attributes of one person, as Update does.
func (s *Service) SetValues(ctx context.Context, tx *db.Tx, workspace, id int64, values map[string]json.RawMessage) error {
	if err := lockPeople(ctx, tx, workspace); err != nil {
		return err
	}
	p, err := s.load(ctx, tx, workspace, id)
	if err != nil {
		return err
	}
	return s.change(ctx, tx, workspace, p, Change{Attrs: values})
}
