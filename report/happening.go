package report

import (
	"context"
	"database/sql"
	"fmt"
	"sync"

	"github.com/loa-project/loa/message"
)

// rankKey names one rank of one run.
type rankKey struct {
	run  int64
	rank int
}

// happening is how many messages something happened to in a quarter of an hour.
type happening struct {
	rankKey
	fact message.Fact
	at   int64 // its beginning, Unix ms
	n    int64
}

// past remembers what happened in runs that ended some time ago: only late opens and clicks still change it.
type past struct {
	mu    sync.Mutex
	known map[int64]pastRun
}

type pastRun struct {
	readAt int64 // Unix ms
	list   []happening
}

const (
	settled  = 2 * day     // after its end a run is no longer read at every question
	pastLife = 60 * minute // for so long
	maxPast  = 20_000      // runs remembered, a few kB each at most
)

// happenings reads the kept counters of the runs that began since a time. What it costs depends on how many minutes something happened in, not on how many messages there were.
func (s *Service) happenings(ctx context.Context, workspace, since int64) ([]happening, error) {
	type run struct{ id, ended int64 }
	rows, err := s.DB.Query(ctx, query("daily_runs"), workspace, since)
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	runs, err := collect(rows, func(r *sql.Rows) (x run, err error) { return x, r.Scan(&x.id, &x.ended) })
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	now := s.Clock.Now().UnixMilli()
	var out []happening
	for _, r := range runs {
		old := r.ended != 0 && r.ended < now-settled
		s.past.mu.Lock()
		known, ok := s.past.known[r.id]
		s.past.mu.Unlock()
		if !old || !ok || now-known.readAt > pastLife || known.readAt > now {
			known = pastRun{readAt: now}
			if known.list, err = s.happened(ctx, workspace, r.id); err != nil {
				return nil, err
			}
			if old {
				s.past.put(r.id, known)
			}
		}
		out = append(out, known.list...)
	}
	return out, nil
}

func (p *past) put(run int64, r pastRun) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) > maxPast {
		p.known = map[int64]pastRun{}
	}
	p.known[run] = r
}

// happened adds the counters of one run up by quarter.
func (s *Service) happened(ctx context.Context, workspace, run int64) ([]happening, error) {
	rows, err := s.DB.Query(ctx, query("daily"), workspace, run)
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	out, err := collect(rows, func(r *sql.Rows) (h happening, err error) {
		h.run = run
		err = r.Scan(&h.rank, &h.fact, &h.at, &h.n)
		h.at *= 15 * minute
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	return out, nil
}
