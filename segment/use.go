package segment

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/loa-project/loa/internal/db"
)

// Use is a campaign or a segment that names a segment.
type Use struct {
	Kind  string `json:"kind" enum:"campaign,segment"`
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	State string `json:"state,omitempty"` // of a campaign
	// Holds says that the segment cannot be deleted because of this use. A campaign that is over does not hold it.
	Holds bool `json:"holds"`
}

// maxUses bounds what one segment shows; more are only counted.
const maxUses = 100

// uses finds what names each of the segments: segments first, then campaigns, newest first. Deleted campaigns do not count. A started campaign works with its own copy, but people look
// at the segment until it is over.
func uses(ctx context.Context, q db.Querier, workspace int64, segments []*Segment, of map[int64]bool) (map[int64][]Use, error) {
	out := map[int64][]Use{}
	for _, g := range segments {
		for id := range namedBy(g.Condition) {
			if of[id] && id != g.ID {
				out[id] = append(out[id], Use{Kind: "segment", ID: g.ID, Name: g.Name, Holds: true})
			}
		}
	}
	rows, err := q.Query(ctx, `SELECT c.id, c.name, COALESCE(r.state, c.state), c.audience FROM campaign c LEFT JOIN run r ON r.workspace_id = $1 AND r.id = c.run_id
 WHERE c.workspace_id = $1 AND c.deleted_at = 0 ORDER BY c.id DESC`, workspace)
	if err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		u := Use{Kind: "campaign"}
		var raw string
		if err := rows.Scan(&u.ID, &u.Name, &u.State, &raw); err != nil {
			return nil, fmt.Errorf("list campaigns: %w", err)
		}
		u.Holds = u.State != "finished" && u.State != "cancelled"
		for id := range audienceNames([]byte(raw)) {
			if of[id] {
				out[id] = append(out[id], u)
			}
		}
	}
	return out, rows.Err()
}

// audienceNames gathers the segments that a campaign's audience names, in its list and in the extra condition.
func audienceNames(raw []byte) map[int64]bool {
	var a struct {
		SegmentIDs []int64         `json:"segment_ids"`
		Condition  json.RawMessage `json:"condition"`
	}
	if json.Unmarshal(raw, &a) != nil {
		return nil
	}
	out := namedBy(a.Condition)
	for _, id := range a.SegmentIDs {
		out[id] = true
	}
	return out
}

// namedBy gathers the segments that a stored tree names.
func namedBy(raw []byte) map[int64]bool {
	out := map[int64]bool{}
	if len(raw) == 0 || string(raw) == "null" {
		return out
	}
	if c, err := parse(raw, maxExpanded, maxExpandedDepth); err == nil {
		c.segments(func(id int64) { out[id] = true })
	}
	return out
}

// fillUses says of each segment what names it.
func (s *Service) fillUses(ctx context.Context, workspace int64, list []*Segment) error {
	of := make(map[int64]bool, len(list))
	for _, g := range list {
		of[g.ID] = true
		g.Uses = []Use{}
	}
	if len(of) == 0 {
		return nil
	}
	others, err := all(ctx, s.DB, workspace)
	if err != nil {
		return err
	}
	found, err := uses(ctx, s.DB, workspace, others, of)
	if err != nil {
		return err
	}
	for _, g := range list {
		u := found[g.ID]
		g.UseCount = len(u)
		g.Uses = append(g.Uses, u[:min(len(u), maxUses)]...)
	}
	return nil
}
