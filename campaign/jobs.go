package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/jobs"
)

// tickEvery is how late a scheduled start may be noticed.
const tickEvery = 5 * time.Second

// Work registers the dispatch job and the tick of scheduled starts. Call it before the jobs start.
func Work(j *jobs.Jobs, s *Service) error {
	dispatch := func(ctx context.Context, a DispatchArgs) error {
		err := s.Dispatch(ctx, a)
		if errors.Is(err, context.DeadlineExceeded) {
			return jobs.Snooze(0) // a very large audience goes on in the next round
		}
		return err
	}
	if err := jobs.Add(j, dispatch); err != nil {
		return fmt.Errorf("register dispatch: %w", err)
	}
	if err := j.Every("campaign.tick", tickEvery, s.Tick); err != nil {
		return fmt.Errorf("register tick: %w", err)
	}
	return nil
}

// EnqueueWith makes Deps.Enqueue from the job engine: one dispatch of a run at a time.
func EnqueueWith(j *jobs.Jobs) func(ctx context.Context, tx *db.Tx, a DispatchArgs) error {
	return func(ctx context.Context, tx *db.Tx, a DispatchArgs) error {
		_, err := j.Enqueue(ctx, tx, a, jobs.Unique(), jobs.Queue(jobs.Bulk))
		return err
	}
}

// ConnectionsOf makes Deps.Connection from the connections. One that is held until a time that has passed counts as active.
func ConnectionsOf(c *connection.Service, now func() time.Time) func(ctx context.Context, workspace, id int64) (Connection, error) {
	return func(ctx context.Context, workspace, id int64) (Connection, error) {
		k, err := c.Get(ctx, workspace, id)
		if err != nil {
			return Connection{}, err
		}
		out := Connection{ID: k.ID, Name: k.Name, Channel: k.Channel, State: string(k.State), PerSecond: k.RatePerSecond}
		if k.Usable(now()) {
			out.State = string(connection.Active)
		}
		if k.ESMS != nil {
			out.PricePerPart = k.ESMS.PricePerPart
		}
		return out, nil
	}
}
