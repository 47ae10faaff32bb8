package message

import (
	"context"

	"github.com/loa-project/loa/channel"
)

// waits are the ranks whose end starts the next one by time alone. A wait at the end of a run has nothing to start and ends nothing.
func (p *plan) waits() []int {
	var out []int
	for rank, l := range p.run.Definition.Legs {
		if l.Channel == channel.Wait && rank+1 < len(p.run.Definition.Legs) {
			out = append(out, rank)
		}
	}
	return out
}

// endWaits starts the next rank of everybody whose wait is over; in a cancelled run all waits are over, so that those who wait are told off like those who are queued. It goes on
// while the run is paused: what comes next is then queued and held. It returns how many were waiting before, by the kept counters.
func (w *Sweeper) endWaits(ctx context.Context, workspace, run int64, all bool, counts []RankCount) (waiting int64, err error) {
	s := w.e.s
	p, err := s.plan(ctx, s.DB, workspace, run)
	if err != nil {
		return 0, err
	}
	for _, rank := range p.waits() {
		n := int64(0)
		for _, c := range counts {
			if c.Rank == rank {
				n = c.Metrics[string(StatusProcessing)]
			}
		}
		if waiting += n; n > 0 {
			if err := s.endWaitsOf(ctx, p, rank, all); err != nil {
				return 0, err
			}
		}
	}
	return waiting, nil
}

func (s *Service) endWaitsOf(ctx context.Context, p *plan, rank int, all bool) error {
	l := p.run.Definition.Legs[rank]
	until := s.now()
	if all {
		until = 1<<63 - 1
	}
	for {
		legs, err := queryLegs(ctx, s.DB, `SELECT `+legColumns+` FROM leg WHERE workspace_id = $1 AND run_id = $2 AND connection_id = $3 AND due_at <= $4 AND state = 3 AND rank = $5 AND superseded = 0 ORDER BY due_at, id LIMIT 1000`,
			p.run.WorkspaceID, p.run.ID, l.ConnectionID, until, rank)
		if err != nil || len(legs) == 0 {
			return err
		}
		events := make([]event, len(legs))
		for i, l := range legs {
			events[i] = event{leg: l.ID, kind: kindExpire}
		}
		if err := s.applyAll(ctx, p.run.WorkspaceID, events); err != nil {
			return err
		}
		if len(legs) < 1000 {
			return nil
		}
	}
}
