package campaign

import (
	"context"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/jobs"
)

func TestJobEnlistsTheAudience(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		j, err := jobs.New(d, jobs.Options{})
		x.must(err)
		x.s.Enqueue = func(ctx context.Context, tx *db.Tx, a DispatchArgs) error {
			_, err := j.Enqueue(ctx, tx, a, jobs.Queue(jobs.Bulk), jobs.Unique())
			return err
		}
		x.must(jobs.Add(j, x.s.Dispatch))
		x.people([]person{{reach: all3, consent: all3, hang: "vang"}, {reach: all3, consent: all3, hang: "vang"}})
		x.must(j.Start(ctx))
		defer func() { x.must(j.Stop(ctx)) }()
		c, err := x.s.Activate(ctx, x.ws, x.create(x.full()).ID, "user:1")
		x.must(err)
		for !c.Dispatched {
			select {
			case <-ctx.Done():
				t.Fatal("gave up waiting for the dispatch job")
			case <-time.After(20 * time.Millisecond):
			}
			c, err = x.s.Get(ctx, x.ws, c.ID)
			x.must(err)
		}
		if c.Counts["total"] != 2 || c.Counts["queued"] != 2 {
			t.Errorf("got %v, want 2 queued", c.Counts)
		}
	})
}
