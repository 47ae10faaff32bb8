package report

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/loa-project/loa/channel"
)

// route is the way that one rank of a run takes: it never changes.
type route struct {
	Channel    channel.Channel `json:"channel"`
	Connection int64           `json:"connection_id"`
}

// routes remembers the ways of runs: their definitions hold whole mails, which figures of a year must not read again and again.
type routes struct {
	mu    sync.Mutex
	known map[int64][]route
}

// maxRoutes is how many runs are remembered, about 100 bytes each.
const maxRoutes = 100_000

// of gives the ways of the runs by rank; runs that are gone are left out.
func (r *routes) of(ctx context.Context, s *Service, workspace int64, runs map[int64]bool) (map[int64][]route, error) {
	out := make(map[int64][]route, len(runs))
	var missing []int64
	r.mu.Lock()
	for id := range runs {
		if k, ok := r.known[id]; ok {
			out[id] = k
		} else {
			missing = append(missing, id)
		}
	}
	r.mu.Unlock()
	for _, id := range missing {
		var raw string
		err := s.DB.QueryRow(ctx, `SELECT definition FROM run WHERE workspace_id = $1 AND id = $2`, workspace, id).Scan(&raw)
		if noRows(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read run: %w", err)
		}
		var d struct {
			Legs []route `json:"legs"`
		}
		if err := json.Unmarshal([]byte(raw), &d); err != nil {
			return nil, fmt.Errorf("read definition of run %d: %w", id, err)
		}
		out[id] = d.Legs
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) > maxRoutes {
		r.known = map[int64][]route{}
	}
	for _, id := range missing {
		if k, ok := out[id]; ok {
			r.known[id] = k
		}
	}
	return out, nil
}
