package report

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/message"
)

// Failure is one cause with the number of messages that it stopped.
type Failure struct {
	Rank         int             `json:"rank"`
	Channel      channel.Channel `json:"channel"`
	ConnectionID int64           `json:"connection_id"`
	Status       message.Status  `json:"status"` // failed or skipped, or delivered for calls that nobody answered
	Cause        *Cause          `json:"cause"`
	Count        int64           `json:"count"`
}

// Failures groups the failed and skipped messages of a campaign, and calls that nobody answered, by cause, the most frequent first.
func (s *Service) Failures(ctx context.Context, lang string, workspace, id int64) ([]Failure, error) {
	_, run, err := s.started(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	rows, err := s.DB.Query(ctx, query("failures"), workspace, run.ID)
	if err != nil {
		return nil, fmt.Errorf("group failures: %w", err)
	}
	type group struct {
		leg message.Leg
		n   int64
	}
	groups, err := collect(rows, func(r *sql.Rows) (g group, err error) {
		if err = r.Scan(&g.leg.Rank, &g.leg.State, &g.leg.Reason, &g.leg.Class, &g.n); err == nil && g.leg.Rank < len(run.Definition.Legs) {
			plan := run.Definition.Legs[g.leg.Rank]
			g.leg.Channel, g.leg.ConnectionID = plan.Channel, plan.ConnectionID
		}
		return g, err
	})
	if err != nil {
		return nil, fmt.Errorf("group failures: %w", err)
	}
	out, known := []Failure{}, s.connections(workspace)
	for i := range groups {
		g := &groups[i]
		f := Failure{Rank: g.leg.Rank, Channel: g.leg.Channel, ConnectionID: g.leg.ConnectionID, Status: message.StatusFailed, Count: g.n}
		switch g.leg.State {
		case message.Skipped:
			f.Status = message.StatusSkipped
		case message.Delivered: // a call that nobody answered
			f.Status = message.StatusDelivered
		}
		if f.Cause, err = s.cause(ctx, lang, known, &g.leg); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}
