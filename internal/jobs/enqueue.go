package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/loa-project/loa/internal/db"
)

// Option changes how a job is stored.
type Option func(o *river.InsertOpts)

// Queue puts the job into a queue other than Default.
func Queue(name string) Option { return func(o *river.InsertOpts) { o.Queue = name } }

// RunAt lets the job wait until t by the machine's clock; it starts at most about five seconds late. A time that is over means now.
func RunAt(t time.Time) Option { return func(o *river.InsertOpts) { o.ScheduledAt = t } }

// Tries is how often the job may fail before it is given up; 200 without it.
func Tries(n int) Option { return func(o *river.InsertOpts) { o.MaxAttempts = n } }

// Unique skips the job while one of the same kind and arguments waits or runs. A running one may have looked before the caller's change was committed: a worker of unique jobs
// looks for more work before it ends, and a tick finds what fell between.
func Unique() Option {
	return func(o *river.InsertOpts) {
		o.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}}
	}
}

func insertOpts(opts []Option) *river.InsertOpts {
	o := &river.InsertOpts{}
	for _, f := range opts {
		f(o)
	}
	return o
}

// Enqueue stores a job in the caller's transaction. added is false when Unique skipped it.
func (j *Jobs) Enqueue(ctx context.Context, tx *db.Tx, args Args, opts ...Option) (added bool, err error) {
	n, err := j.EnqueueMany(ctx, tx, []Args{args}, opts...)
	return n == 1, err
}

// EnqueueMany stores jobs with the same options in the caller's transaction and returns how many were not skipped by Unique. No jobs is no error.
func (j *Jobs) EnqueueMany(ctx context.Context, tx *db.Tx, args []Args, opts ...Option) (added int, err error) {
	if len(args) == 0 {
		return 0, nil
	}
	params := make([]river.InsertManyParams, len(args))
	for i, a := range args {
		params[i] = river.InsertManyParams{Args: a, InsertOpts: insertOpts(opts)}
	}
	results, err := j.insert(ctx, tx, params)
	if err != nil {
		return 0, fmt.Errorf("enqueue %s: %w", args[0].Kind(), err)
	}
	queues := map[string]bool{}
	for _, r := range results {
		if r.UniqueSkippedAsDuplicate {
			continue
		}
		added++
		if r.Job.State == rivertype.JobStateAvailable {
			queues[r.Job.Queue] = true
		}
	}
	if j.lite != nil && len(queues) > 0 {
		tx.AfterCommit(func() { // before the commit the worker would look and find nothing
			for q := range queues {
				j.bell.ring(q)
			}
		})
	}
	return added, nil
}

func (j *Jobs) insert(ctx context.Context, tx *db.Tx, params []river.InsertManyParams) ([]*rivertype.JobInsertResult, error) {
	if j.lite != nil {
		return j.lite.InsertManyTx(ctx, tx.Tx, params)
	}
	var out []*rivertype.JobInsertResult
	err := tx.Conn().Raw(func(driver any) (err error) {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return errors.New("the transaction is not on a pgx connection")
		}
		out, err = j.pg.InsertManyTx(ctx, borrowed{c.Conn()}, params)
		return err
	})
	return out, err
}
