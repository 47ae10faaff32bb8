package report

import (
	"context"
	"fmt"
)

// Steps says how far a workspace has come on its way to the first broadcast. Each is read from what is there, never remembered.
type Steps struct {
	Connection bool  `json:"connection"`            // a connection that is not switched off
	Customers  bool  `json:"customers"`             // somebody who may get messages
	Segment    bool  `json:"segment"`               // a saved segment
	Template   bool  `json:"template"`              // a template that is not deleted
	Campaign   bool  `json:"campaign"`              // a campaign that is not deleted
	Sent       bool  `json:"sent"`                  // a campaign that asked a provider for a message
	CampaignID int64 `json:"campaign_id,omitempty"` // the newest campaign, 0 = none
}

// Steps reads the steps of a workspace; each look ends at the first row.
func (s *Service) Steps(ctx context.Context, workspace int64) (*Steps, error) {
	out := &Steps{}
	for _, q := range []struct {
		into *bool
		text string
	}{
		{&out.Connection, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM connection WHERE workspace_id = $1 AND state <> 'disabled' AND provider <> 'local' LIMIT 1) AS q`},
		{&out.Customers, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM contact WHERE workspace_id = $1 LIMIT 1) AS q`},
		{&out.Segment, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM segment WHERE workspace_id = $1 LIMIT 1) AS q`},
		{&out.Template, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM template WHERE workspace_id = $1 AND deleted_at = 0 LIMIT 1) AS q`},
		{&out.Sent, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM run r JOIN run_count n ON n.workspace_id = $1 AND n.run_id = r.id AND n.metric = 'sent' AND n.n > 0
 WHERE r.workspace_id = $1 AND r.kind = 'campaign' LIMIT 1) AS q`},
	} {
		var n int
		if err := s.DB.QueryRow(ctx, q.text, workspace).Scan(&n); err != nil {
			return nil, fmt.Errorf("read steps: %w", err)
		}
		*q.into = n > 0
	}
	err := s.DB.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) FROM campaign WHERE workspace_id = $1 AND deleted_at = 0`, workspace).Scan(&out.CampaignID)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	out.Campaign = out.CampaignID != 0
	return out, nil
}
