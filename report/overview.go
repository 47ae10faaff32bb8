package report

import (
	"context"
	"fmt"
)

// Overview are the figures of a whole workspace.
type Overview struct {
	Contacts  int64            `json:"contacts"`
	Campaigns map[string]int64 `json:"campaigns"` // state to number
	Messages  map[string]int64 `json:"messages"`  // the words of the status table over all runs but trials, total, superseded and cost
	Unknown   int64            `json:"unknown"`   // messages whose outcome is being looked up
}

// Overview counts a workspace.
func (s *Service) Overview(ctx context.Context, workspace int64) (*Overview, error) {
	out := &Overview{Campaigns: map[string]int64{}, Messages: blank(words)}
	if err := s.DB.QueryRow(ctx, `SELECT COUNT(*) FROM contact WHERE workspace_id = $1`, workspace).Scan(&out.Contacts); err != nil {
		return nil, fmt.Errorf("count contacts: %w", err)
	}
	fill := func(into map[string]int64, text string) error {
		rows, err := s.DB.Query(ctx, text, workspace)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var n int64
			if err := rows.Scan(&name, &n); err != nil {
				return err
			}
			into[name] += n
		}
		return rows.Err()
	}
	if err := fill(out.Campaigns, query("overview")); err != nil {
		return nil, fmt.Errorf("count campaigns: %w", err)
	}
	if err := fill(out.Messages, `SELECT metric, CAST(SUM(n) AS bigint) FROM run_count WHERE workspace_id = $1 AND run_id NOT IN (SELECT r.id FROM run r WHERE r.workspace_id = $1 AND r.kind = 'test') GROUP BY metric`); err != nil {
		return nil, fmt.Errorf("count messages: %w", err)
	}
	out.Unknown = out.Messages["unknown"]
	return out, nil
}
