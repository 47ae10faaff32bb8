package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
)

// Get reads a segment; segment.not_found when there is none. The summary is empty, see Describe.
func (s *Service) Get(ctx context.Context, workspace, id int64) (*Segment, error) {
	return get(ctx, s.DB, workspace, id)
}

// Filter says which segments to list. Zero values do not restrict.
type Filter struct {
	Search string // part of the name, without regard to case and accents
	Before int64  // only ids below: the key of the next page
	Limit  int    // 0 = 50
}

// List reads segments, newest first, and the key of the next page, 0 at the end.
func (s *Service) List(ctx context.Context, workspace int64, f Filter) ([]*Segment, int64, error) {
	if f.Limit < 1 {
		f.Limit = 50
	}
	rows, err := all(ctx, s.DB, workspace)
	if err != nil {
		return nil, 0, err
	}
	out := []*Segment{}
	want := contact.Fold(strings.TrimSpace(f.Search))
	for _, g := range rows {
		if (f.Before != 0 && g.ID >= f.Before) || !strings.Contains(contact.Fold(g.Name), want) {
			continue
		}
		if len(out) == f.Limit {
			return out, out[len(out)-1].ID, nil
		}
		out = append(out, g)
	}
	return out, 0, nil
}

// Describe fills in the summaries in lang, and what uses the segments. A condition that names something that is gone has no summary.
func (s *Service) Describe(ctx context.Context, workspace int64, lang string, list ...*Segment) error {
	if err := s.fillUses(ctx, workspace, list); err != nil {
		return err
	}
	in, err := s.input(ctx, workspace, s.Now())
	if err != nil {
		return err
	}
	for _, g := range list {
		tree, err := parse(g.Condition, maxExpanded, maxExpandedDepth)
		if err != nil {
			continue
		}
		in.Self = g.ID
		if rule, err := Resolve(ctx, in, tree); err == nil {
			g.Summary = rule.Summary(lang)
		}
	}
	return nil
}

func (s *Service) zone(ctx context.Context, workspace int64) (*time.Location, error) {
	name, err := s.Zone(ctx, workspace)
	if err != nil {
		return nil, fmt.Errorf("read zone: %w", err)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("load zone: %w", err)
	}
	return zone, nil
}

// input gathers what trees of a workspace are resolved against.
func (s *Service) input(ctx context.Context, workspace int64, now time.Time) (Input, error) {
	zone, err := s.zone(ctx, workspace)
	if err != nil {
		return Input{}, err
	}
	return s.inputFrom(ctx, s.DB, workspace, zone, now)
}

// inputFrom is input inside a transaction, with the zone read before.
func (s *Service) inputFrom(ctx context.Context, q db.Querier, workspace int64, zone *time.Location, now time.Time) (Input, error) {
	attrs, err := attributes(ctx, q, workspace)
	if err != nil {
		return Input{}, err
	}
	known := map[int64]*Segment{}
	return Input{WorkspaceID: workspace, Dialect: s.DB.Dialect, Zone: zone, Now: now, Attributes: attrs,
		Segments: func(ctx context.Context, id int64) (string, []byte, error) {
			g := known[id]
			if g == nil {
				if g, err = get(ctx, q, workspace, id); err != nil {
					return "", nil, err
				}
				known[id] = g
			}
			return g.Name, g.Condition, nil
		},
		Campaign: func(ctx context.Context, id int64) (string, []int64, error) {
			return campaignRuns(ctx, q, workspace, id)
		},
		Tags: func(ctx context.Context, folded []string) (map[string]int64, error) {
			return tagIDs(ctx, q, workspace, folded)
		}}, nil
}

func (s *Service) resolve(ctx context.Context, workspace, self int64, tree *Condition) (*Rule, error) {
	in, err := s.input(ctx, workspace, s.Now())
	if err != nil {
		return nil, err
	}
	in.Self = self
	return Resolve(ctx, in, tree)
}

// rule reads and resolves a tree that a person is just writing.
func (s *Service) rule(ctx context.Context, workspace int64, condition []byte) (*Rule, error) {
	tree, err := Parse(condition)
	if err != nil {
		return nil, err
	}
	return s.resolve(ctx, workspace, 0, tree)
}

// Audience compiles a tree, or one that Expand wrote, to a condition over the contact alias c whose placeholders start at any number. now stands for "today" and "within n days".
func (s *Service) Audience(ctx context.Context, workspace int64, now time.Time, condition json.RawMessage) (func(first int) (string, []any), error) {
	tree, err := parse(condition, maxExpanded, maxExpandedDepth)
	if err != nil {
		return nil, err
	}
	in, err := s.input(ctx, workspace, now)
	if err != nil {
		return nil, err
	}
	rule, err := Resolve(ctx, in, tree)
	if err != nil {
		return nil, err
	}
	return rule.Where, nil
}

// Check reports what is wrong with a tree that a person gives, without counting anybody.
func (s *Service) Check(ctx context.Context, workspace int64, condition json.RawMessage) error {
	_, err := s.rule(ctx, workspace, condition)
	return err
}

// Expand writes out the segments that a tree names, so that later changes of them do not matter: for what a campaign keeps when it starts.
func (s *Service) Expand(ctx context.Context, workspace int64, condition json.RawMessage) (json.RawMessage, error) {
	tree, err := parse(condition, maxExpanded, maxExpandedDepth)
	if err != nil {
		return nil, err
	}
	in, err := s.input(ctx, workspace, s.Now())
	if err != nil {
		return nil, err
	}
	if _, err := Resolve(ctx, in, tree); err != nil { // refuses circles, so that what follows ends
		return nil, err
	}
	whole, err := expand(ctx, in, *tree)
	if err != nil {
		return nil, err
	}
	out, err := json.Marshal(whole)
	if err != nil {
		return nil, fmt.Errorf("write condition: %w", err)
	}
	if _, err := parse(out, maxExpanded, maxExpandedDepth); err != nil {
		return nil, err
	}
	return out, nil
}

func expand(ctx context.Context, in Input, c Condition) (Condition, error) {
	if c.Field == fieldSegment {
		ids, _ := idList(c.Value)
		c = Condition{Op: opOr, Not: c.Operator == "not_in"}
		for _, id := range ids {
			_, raw, err := in.Segments(ctx, id)
			if err != nil {
				return c, err
			}
			inner, err := parse(raw, maxExpanded, maxExpandedDepth)
			if err != nil {
				return c, fmt.Errorf("read segment %d: %w", id, err)
			}
			c.Items = append(c.Items, *inner)
		}
	}
	items := make([]Condition, len(c.Items))
	for i := range c.Items {
		item, err := expand(ctx, in, c.Items[i])
		if err != nil {
			return c, err
		}
		items[i] = item
	}
	c.Items = items
	return c, nil
}

// Say says in lang whom a tree takes that need not be saved, without counting anybody. Errors as of Parse and Resolve.
func (s *Service) Say(ctx context.Context, workspace int64, condition []byte, lang string) (string, error) {
	r, err := s.rule(ctx, workspace, condition)
	if err != nil {
		return "", err
	}
	return r.Summary(lang), nil
}

// Count counts the people of a segment.
func (s *Service) Count(ctx context.Context, workspace, id int64) (int64, error) {
	r, err := s.saved(ctx, workspace, id)
	if err != nil {
		return 0, err
	}
	return count(ctx, s.DB, workspace, r)
}

// CountCondition counts the people whom a tree takes that need not be saved.
func (s *Service) CountCondition(ctx context.Context, workspace int64, condition []byte) (int64, error) {
	r, err := s.rule(ctx, workspace, condition)
	if err != nil {
		return 0, err
	}
	return count(ctx, s.DB, workspace, r)
}

// Sample reads the newest n people whom a tree takes, and says the tree in words.
func (s *Service) Sample(ctx context.Context, workspace int64, condition []byte, n int, lang string) (list []Person, summary string, err error) {
	r, err := s.rule(ctx, workspace, condition)
	if err != nil {
		return nil, "", err
	}
	list, err = people(ctx, s.DB, workspace, r, 0, true, n)
	return list, r.Summary(lang), err
}

// Members reads people of a segment by id, those with ids above after.
func (s *Service) Members(ctx context.Context, workspace, id, after int64, limit int) ([]Person, error) {
	r, err := s.saved(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	return people(ctx, s.DB, workspace, r, after, false, limit)
}

// saved resolves the condition of a segment.
func (s *Service) saved(ctx context.Context, workspace, id int64) (*Rule, error) {
	g, err := get(ctx, s.DB, workspace, id)
	if err != nil {
		return nil, err
	}
	tree, err := parse(g.Condition, maxExpanded, maxExpandedDepth)
	if err != nil {
		return nil, fmt.Errorf("read segment %d: %w", id, err)
	}
	return s.resolve(ctx, workspace, id, tree)
}
