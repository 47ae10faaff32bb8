package contact

import (
	"context"
	"fmt"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Attribute defines one typed custom attribute of a workspace. Imports create the missing ones.
type Attribute struct {
	ID    int64  `json:"id"`
	Key   string `json:"key"`   // stable: a–z, 0–9, _
	Label string `json:"label"` // what people see
	Type  string `json:"type" enum:"text,number,money,date,boolean,list"`
}

// Attributes lists the custom attributes of a workspace by key.
func (s *Service) Attributes(ctx context.Context, workspace int64) ([]Attribute, error) {
	return attributes(ctx, s.DB, workspace)
}

func attributes(ctx context.Context, q db.Querier, workspace int64) ([]Attribute, error) {
	rows, err := q.Query(ctx, `SELECT id, key, label, type FROM attribute WHERE workspace_id = $1 ORDER BY key LIMIT 2000`, workspace)
	if err != nil {
		return nil, fmt.Errorf("list attributes: %w", err)
	}
	defer rows.Close()
	out := []Attribute{}
	for rows.Next() {
		var a Attribute
		if err := rows.Scan(&a.ID, &a.Key, &a.Label, &a.Type); err != nil {
			return nil, fmt.Errorf("scan attribute: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// CreateAttribute defines an attribute. Errors: attribute.key_invalid, attribute.type_unknown, attribute.key_taken.
func (s *Service) CreateAttribute(ctx context.Context, workspace int64, actor string, a Attribute) (Attribute, error) {
	if a.Key == "" {
		a.Key = Slug(a.Label)
	}
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		made, err := s.ensureAttributes(ctx, tx, workspace, []Attribute{a}, true)
		if err != nil {
			return err
		}
		a = made[0]
		return s.audit(ctx, tx, workspace, actor, "attribute.create", "attribute:"+a.Key, nil)
	})
	return a, err
}

// RenameAttribute changes what people see; key and type stay, because conditions and templates use them.
func (s *Service) RenameAttribute(ctx context.Context, workspace int64, actor, key, label string) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		label, _ = cut(tidy(label, false), maxName)
		n, err := tx.Exec(ctx, `UPDATE attribute SET label = $1 WHERE workspace_id = $2 AND key = $3`, label, workspace, key)
		if err != nil {
			return fmt.Errorf("rename attribute: %w", err)
		}
		if n == 0 {
			return errs.NotFound("attribute")
		}
		return s.audit(ctx, tx, workspace, actor, "attribute.rename", "attribute:"+key, nil)
	})
}

// ensureAttributes makes the missing attributes. An attribute that is there with another type is the error attribute.type_differs; with fresh, being there at all is
// attribute.key_taken.
func (s *Service) ensureAttributes(ctx context.Context, tx *db.Tx, workspace int64, want []Attribute, fresh bool) ([]Attribute, error) {
	have, err := attributes(ctx, tx, workspace)
	if err != nil {
		return nil, err
	}
	byKey := map[string]Attribute{}
	for _, a := range have {
		byKey[a.Key] = a
	}
	for i, a := range want {
		old, there := byKey[a.Key]
		switch {
		case a.Key == "" || Slug(a.Key) != a.Key:
			return nil, errs.Invalid("attribute.key_invalid").With("key", a.Key)
		case !ValidType(a.Type):
			return nil, errs.Invalid("attribute.type_unknown").With("type", a.Type)
		case there && fresh:
			return nil, errs.Conflict("attribute.key_taken").With("key", a.Key)
		case there && old.Type != a.Type:
			return nil, errs.Conflict("attribute.type_differs").With("key", a.Key).With("type", old.Type)
		case there:
			want[i] = old
			continue
		}
		if want[i].Label, _ = cut(tidy(a.Label, false), maxName); want[i].Label == "" {
			want[i].Label = a.Key
		}
		if err := tx.QueryRow(ctx, `INSERT INTO attribute (workspace_id, key, label, type, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
			workspace, a.Key, want[i].Label, a.Type, s.Now().UnixMilli()).Scan(&want[i].ID); err != nil {
			return nil, fmt.Errorf("make attribute: %w", err)
		}
	}
	return want, nil
}
