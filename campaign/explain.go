package campaign

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/message"
)

// Membership says of one contact which parts of the audience it meets.
type Membership struct {
	SegmentID int64           `json:"segment_id,omitempty"` // 0 = the extra condition
	Name      string          `json:"name,omitempty"`       // of the segment
	Condition json.RawMessage `json:"condition"`
	Met       bool            `json:"met"`
	// Items are the conditions of a part that is not met and asks for all of them, each by itself: they tell which one said no.
	Items []Membership `json:"items,omitempty"`
}

// maxItems is how many conditions of one part are evaluated by themselves.
const maxItems = 30

// items splits a condition tree that asks for all of its conditions; nil for every other tree.
func items(condition json.RawMessage) []json.RawMessage {
	var group struct {
		Op    string            `json:"op"`
		Not   bool              `json:"not"`
		Items []json.RawMessage `json:"items"`
	}
	if json.Unmarshal(condition, &group) != nil || group.Op != "and" || group.Not || len(group.Items) < 2 || len(group.Items) > maxItems {
		return nil
	}
	out := make([]json.RawMessage, len(group.Items))
	for i, item := range group.Items {
		out[i] = json.RawMessage(`{"op":"and","items":[` + string(item) + `]}`)
	}
	return out
}

// Explain evaluates each part of the audience for one contact, as frozen when the campaign has started. in is true when the contact is in the audience.
func (s *Service) Explain(ctx context.Context, workspace, id, contact int64) (in bool, parts []Membership, err error) {
	c, err := get(ctx, s.DB, workspace, id)
	if err != nil {
		return false, nil, err
	}
	var run *message.Run
	now := s.Clock.Now()
	if c.RunID != 0 {
		if run, err = message.LoadRun(ctx, s.DB, workspace, c.RunID); err != nil {
			return false, nil, err
		}
		now = clock.FromMillis(run.StartedAt)
	}
	compiled, err := s.parts(ctx, c, run)
	if err != nil {
		return false, nil, err
	}
	check := func(w message.Audience) (bool, error) {
		where, args := w(3)
		var n int
		err := s.DB.QueryRow(ctx, `SELECT COUNT(*) FROM contact c WHERE c.workspace_id = $1 AND c.id = $2 AND (`+where+`)`, append([]any{workspace, contact}, args...)...).Scan(&n)
		if err != nil {
			return false, fmt.Errorf("explain audience: %w", err)
		}
		return n > 0, nil
	}
	parts = []Membership{}
	for _, p := range compiled {
		met, err := check(p.where)
		if err != nil {
			return false, nil, err
		}
		m := Membership{SegmentID: p.segment.ID, Name: p.segment.Name, Condition: p.segment.Condition, Met: met}
		if !met {
			for _, item := range items(m.Condition) {
				where, err := s.Compile(ctx, workspace, now, item)
				if err != nil {
					return false, nil, fmt.Errorf("compile condition: %w", err)
				}
				met, err := check(where)
				if err != nil {
					return false, nil, err
				}
				m.Items = append(m.Items, Membership{Condition: item, Met: met})
			}
		}
		parts = append(parts, m)
	}
	in, err = check(join(compiled, c.Audience.Everyone))
	return in, parts, err
}
