package template

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/loa-project/loa/internal/db"
)

// Use is a campaign that names a template.
type Use struct {
	CampaignID int64  `json:"campaign_id"`
	Name       string `json:"name"`
	State      string `json:"state"` // of the campaign, or of its run once it has started
	// Needs says that the campaign has not started yet: without the template it cannot. A started one keeps the version that it sends.
	Needs bool `json:"needs"`
}

// maxUses bounds what one template shows; more are only counted.
const maxUses = 100

// started reports whether a campaign in this state has what it sends frozen.
func started(state string) bool {
	switch state {
	case "draft", "pending_activation":
		return false
	}
	return true
}

// uses finds the campaigns that name each of the templates, newest first. Deleted campaigns do not count.
func uses(ctx context.Context, q db.Querier, workspaceID int64, of map[int64]bool) (map[int64][]Use, error) {
	rows, err := q.Query(ctx, `SELECT c.id, c.name, COALESCE(r.state, c.state), c.legs FROM campaign c LEFT JOIN run r ON r.workspace_id = $1 AND r.id = c.run_id
 WHERE c.workspace_id = $1 AND c.deleted_at = 0 ORDER BY c.id DESC`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	defer rows.Close()
	out := map[int64][]Use{}
	for rows.Next() {
		var u Use
		var legs string
		if err := rows.Scan(&u.CampaignID, &u.Name, &u.State, &legs); err != nil {
			return nil, fmt.Errorf("list campaigns: %w", err)
		}
		u.Needs = !started(u.State)
		for id := range named([]byte(legs)) {
			if of[id] {
				out[id] = append(out[id], u)
			}
		}
	}
	return out, rows.Err()
}

// named gathers the templates in the legs of a campaign.
func named(legs []byte) map[int64]bool {
	var list []struct {
		TemplateID int64 `json:"template_id"`
	}
	out := map[int64]bool{}
	if json.Unmarshal(legs, &list) == nil {
		for _, l := range list {
			out[l.TemplateID] = true
		}
	}
	return out
}

// Uses finds the campaigns that name a template, newest first, at most 100, and how many there are.
func (s *Service) Uses(ctx context.Context, workspaceID, id int64) ([]Use, int, error) {
	found, err := uses(ctx, s.deps.DB, workspaceID, map[int64]bool{id: true})
	if err != nil {
		return nil, 0, err
	}
	list := append([]Use{}, found[id]...)
	return list[:min(len(list), maxUses)], len(list), nil
}
