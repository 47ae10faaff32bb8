package report

import (
	"context"
	"sort"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
)

// Traffic is what one connection did today and what waits for it.
type Traffic struct {
	ConnectionID int64 `json:"connection_id"`
	Requested    int64 `json:"requested"` // calls for messages today, good and bad
	Accepted     int64 `json:"accepted"`
	Delivered    int64 `json:"delivered"`
	Failed       int64 `json:"failed"`
	Waiting      int64 `json:"waiting"` // messages of running and paused campaigns that have this connection's turn now
}

// Traffic reads today's figures of every connection that has any; the day is the workspace's.
func (s *Service) Traffic(ctx context.Context, workspace int64) ([]Traffic, error) {
	zone, err := s.Zone(ctx, workspace)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now().In(policy.Location(zone))
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()).UnixMilli()
	list, err := s.happenings(ctx, workspace, midnight-late)
	if err != nil {
		return nil, err
	}
	waiting, err := s.perRank(ctx, "traffic", workspace)
	if err != nil {
		return nil, err
	}
	runs := map[int64]bool{}
	for _, h := range list {
		if h.at >= midnight {
			runs[h.run] = true
		}
	}
	for k := range waiting {
		runs[k.run] = true
	}
	ways, err := s.routes.of(ctx, s, workspace, runs)
	if err != nil {
		return nil, err
	}
	by := map[int64]*Traffic{}
	of := func(k rankKey) *Traffic {
		if k.rank >= len(ways[k.run]) {
			return &Traffic{}
		}
		id := ways[k.run][k.rank].Connection
		if by[id] == nil {
			by[id] = &Traffic{ConnectionID: id}
		}
		return by[id]
	}
	for _, h := range list {
		if h.at < midnight {
			continue
		}
		t := of(h.rankKey)
		switch h.fact {
		case message.FactRequested:
			t.Requested += h.n
		case message.FactAccepted:
			t.Accepted += h.n
		case message.FactDelivered:
			t.Delivered += h.n
		case message.FactFailed:
			t.Failed += h.n
		}
	}
	for k, n := range waiting {
		of(k).Waiting += n
	}
	out := make([]Traffic, 0, len(by))
	for _, t := range by {
		out = append(out, *t)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ConnectionID < out[j].ConnectionID })
	return out, nil
}
