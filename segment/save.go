package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Create saves a new segment. Errors: those of Parse and Resolve, segment.name_missing, segment.name_taken.
func (s *Service) Create(ctx context.Context, workspace int64, by string, f Form) (*Segment, error) {
	now := s.Now()
	g := &Segment{Kind: KindRule, CreatedBy: by, CreatedAt: now, UpdatedAt: now}
	if f.Kind == KindStatic {
		g.Kind = KindStatic
	}
	zone, err := s.zone(ctx, workspace)
	if err != nil {
		return nil, err
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		g.ID = 0
		if err := s.fill(ctx, tx, workspace, zone, g, f); err != nil {
			return err
		}
		if err := insert(ctx, tx, workspace, g); err != nil {
			return err
		}
		if g.Kind == KindStatic {
			g.Condition = listCondition(g.ID)
			if err := update(ctx, tx, workspace, g); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, workspace, by, "segment.create", fmt.Sprintf("segment:%d", g.ID), map[string]any{"name": g.Name})
	})
	if err != nil {
		return nil, err
	}
	return g, nil
}

// Update replaces what a segment says. Campaigns that have started keep what it said before. Errors as of Create, and segment.not_found, segment.cycle.
func (s *Service) Update(ctx context.Context, workspace, id int64, by string, f Form) (*Segment, error) {
	zone, err := s.zone(ctx, workspace)
	if err != nil {
		return nil, err
	}
	var g *Segment
	err = s.DB.WithTx(ctx, func(tx *db.Tx) (err error) {
		if g, err = get(ctx, tx, workspace, id); err != nil {
			return err
		}
		if err := s.fill(ctx, tx, workspace, zone, g, f); err != nil {
			return err
		}
		g.UpdatedAt = s.Now()
		if err := update(ctx, tx, workspace, g); err != nil {
			return err
		}
		return s.audit(ctx, tx, workspace, by, "segment.update", fmt.Sprintf("segment:%d", id), map[string]any{"name": g.Name})
	})
	if err != nil {
		return nil, err
	}
	return g, nil
}

// fill checks a form and takes it over. It leaves the workspace's segments locked until the transaction ends.
func (s *Service) fill(ctx context.Context, tx *db.Tx, workspace int64, zone *time.Location, g *Segment, f Form) error {
	if err := lock(ctx, tx, workspace); err != nil {
		return err
	}
	g.Name = strings.Join(strings.Fields(norm.NFC.String(f.Name)), " ")
	g.Description = strings.TrimSpace(norm.NFC.String(f.Description))
	if g.Name == "" {
		return errs.Invalid("segment.name_missing").Field("name", "segment.name_missing")
	}
	if g.Kind == KindStatic {
		g.Condition = listCondition(g.ID) // of a new one the id comes later
	} else if err := s.fillCondition(ctx, tx, workspace, zone, g, f.Condition); err != nil {
		return err
	}
	others, err := all(ctx, tx, workspace)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID != g.ID && contact.Fold(o.Name) == contact.Fold(g.Name) {
			return errs.Conflict("segment.name_taken").With("name", o.Name).Field("name", "segment.name_taken")
		}
	}
	return nil
}

func (s *Service) fillCondition(ctx context.Context, tx *db.Tx, workspace int64, zone *time.Location, g *Segment, raw json.RawMessage) error {
	tree, err := Parse(raw)
	if err != nil {
		return err
	}
	in, err := s.inputFrom(ctx, tx, workspace, zone, s.Now())
	if err != nil {
		return err
	}
	in.Self = g.ID
	if _, err := Resolve(ctx, in, tree); err != nil {
		return err
	}
	// The stored form is our own writing of the tree: without repeated keys, and short.
	if g.Condition, err = json.Marshal(tree); err != nil {
		return fmt.Errorf("write condition: %w", err)
	}
	if tree.Op == opAnd && len(tree.Items) == 0 {
		g.Condition = json.RawMessage(`{"op":"and","items":[]}`)
	}
	return nil
}

// Delete removes a segment that nobody uses. Errors: segment.not_found, segment.in_use with the names of the campaigns and segments.
func (s *Service) Delete(ctx context.Context, workspace, id int64, by string) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := lock(ctx, tx, workspace); err != nil {
			return err
		}
		g, err := get(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		others, err := all(ctx, tx, workspace)
		if err != nil {
			return err
		}
		found, err := uses(ctx, tx, workspace, others, map[int64]bool{id: true})
		if err != nil {
			return err
		}
		var users []string
		for _, u := range found[id] {
			if u.Holds {
				users = append(users, u.Name)
			}
		}
		if len(users) > 0 {
			return errs.Conflict("segment.in_use").With("names", strings.Join(users, ", "))
		}
		if err := remove(ctx, tx, workspace, id); err != nil {
			return err
		}
		return s.audit(ctx, tx, workspace, by, "segment.delete", fmt.Sprintf("segment:%d", id), map[string]any{"name": g.Name})
	})
}
