package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/jobs"
)

type count struct {
	ID int64 `json:"id"`
}

func (count) Kind() string { return "test.count" }

func newJobs(t *testing.T, d *db.DB, node string) *jobs.Jobs {
	t.Helper()
	j, err := jobs.New(d, jobs.Options{Node: node, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return j
}

func add(t *testing.T, j *jobs.Jobs, work func(ctx context.Context, a count) error) {
	t.Helper()
	if err := jobs.Add(j, work); err != nil {
		t.Fatalf("Add: %v", err)
	}
}

func start(t *testing.T, j *jobs.Jobs) {
	t.Helper()
	if err := j.Start(t.Context()); err != nil {
		t.Fatalf("Start: %v", err)
	}
	t.Cleanup(func() { stop(t, j) })
}

func stop(t *testing.T, j *jobs.Jobs) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := j.Stop(ctx); err != nil {
		t.Errorf("Stop: %v", err)
	}
}

func enqueue(t *testing.T, d *db.DB, j *jobs.Jobs, id int64, opts ...jobs.Option) (added bool) {
	t.Helper()
	err := d.WithTx(t.Context(), func(tx *db.Tx) (err error) {
		added, err = j.Enqueue(t.Context(), tx, count{id}, opts...)
		return err
	})
	if err != nil {
		t.Fatalf("Enqueue: %v", err)
	}
	return added
}

func number(t *testing.T, d *db.DB, query string) (n int64) {
	t.Helper()
	if err := d.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func receive(t *testing.T, ch <-chan int64, what string) int64 {
	t.Helper()
	select {
	case n := <-ch:
		return n
	case <-time.After(15 * time.Second):
		t.Fatalf("%s: nothing came", what)
		return 0
	}
}

func TestRowAndJobAppearTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJobs(t, d, "a")
		add(t, j, func(context.Context, count) error { return nil })
		refused := errors.New("refused")
		for _, fail := range []error{nil, refused} {
			err := d.WithTx(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(t.Context(), `INSERT INTO setting (key, value) VALUES ($1, 'x')`, "row"+map[bool]string{true: "1", false: "2"}[fail == nil]); err != nil {
					return err
				}
				many := make([]jobs.Args, 500)
				for i := range many {
					many[i] = count{int64(i)}
				}
				if n, err := j.EnqueueMany(t.Context(), tx, many, jobs.Queue(jobs.Bulk)); err != nil || n != 500 {
					t.Errorf("EnqueueMany = %d, %v; want 500", n, err)
				}
				return fail
			})
			if !errors.Is(err, fail) {
				t.Fatalf("WithTx = %v, want %v", err, fail)
			}
		}
		if rows, got := number(t, d, `SELECT COUNT(*) FROM setting`), number(t, d, `SELECT COUNT(*) FROM river_job`); rows != 1 || got != 500 {
			t.Errorf("after one commit and one rollback: %d rows, %d jobs; want 1 and 500", rows, got)
		}
	})
}

func TestUniqueIsSkippedWhileTheFirstWaitsOrRuns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJobs(t, d, "a")
		began, goOn := make(chan int64), make(chan struct{})
		add(t, j, func(_ context.Context, a count) error { began <- a.ID; <-goOn; return nil })
		if !enqueue(t, d, j, 7, jobs.Unique()) {
			t.Error("first: skipped, want added")
		}
		if enqueue(t, d, j, 7, jobs.Unique()) {
			t.Error("second: added, want skipped")
		}
		if !enqueue(t, d, j, 8, jobs.Unique()) {
			t.Error("other arguments: skipped, want added")
		}
		start(t, j)
		receive(t, began, "job 1")
		receive(t, began, "job 2")
		if enqueue(t, d, j, 7, jobs.Unique()) {
			t.Error("while it runs: added, want skipped")
		}
		close(goOn)
		waitFor(t, d, `SELECT COUNT(*) FROM river_job WHERE state = 'completed'`, 2)
		if !enqueue(t, d, j, 7, jobs.Unique()) {
			t.Error("after it ended: skipped, want added")
		}
		receive(t, began, "job 3")
	})
}

// waitFor asks until the number is there: completion is written by River in batches of its own.
func waitFor(t *testing.T, d *db.DB, query string, want int64) {
	t.Helper()
	deadline := time.After(15 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		got := number(t, d, query)
		if got == want {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%s = %d, want %d", query, got, want)
		case <-tick.C:
		}
	}
}

func TestJobStartsSoonAfterItsCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJobs(t, d, "a")
		ran := make(chan int64, 1)
		add(t, j, func(_ context.Context, a count) error { ran <- a.ID; return nil })
		start(t, j)
		enqueue(t, d, j, 0)
		receive(t, ran, "warm-up")
		var took []time.Duration
		for i := range int64(20) {
			began := time.Now()
			enqueue(t, d, j, i)
			if got := receive(t, ran, "job"); got != i {
				t.Errorf("ran job %d, want %d", got, i)
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		// Polling alone would need half a second. Not all are counted: River drops the wake-up of jobs that follow each other within a millisecond.
		if median := took[10]; median > 200*time.Millisecond {
			t.Errorf("from enqueue to work: median %v of %v", median, took)
		}
	})
}

func TestAnswersOfAWorker(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJobs(t, d, "a")
		var rounds atomic.Int64
		done := make(chan int64, 1)
		add(t, j, func(_ context.Context, a count) error {
			switch a.ID {
			case 1:
				if n := rounds.Add(1); n < 3 {
					return jobs.Snooze(0)
				}
				done <- rounds.Load()
				return nil
			case 2:
				return jobs.Cancel(errors.New("no such campaign"))
			}
			return errors.New("try again")
		})
		start(t, j)
		for id := range int64(3) {
			enqueue(t, d, j, id)
		}
		if got := receive(t, done, "snoozed job"); got != 3 {
			t.Errorf("rounds = %d, want 3", got)
		}
		waitFor(t, d, `SELECT COUNT(*) FROM river_job WHERE state = 'completed'`, 1)
		waitFor(t, d, `SELECT COUNT(*) FROM river_job WHERE state = 'cancelled'`, 1)
		waitFor(t, d, `SELECT COUNT(*) FROM river_job WHERE errors IS NOT NULL AND state <> 'cancelled' AND state <> 'completed'`, 1)
	})
}

func TestScheduledJobWaits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJobs(t, d, "a")
		ran := make(chan int64, 1)
		add(t, j, func(_ context.Context, a count) error { ran <- a.ID; return nil })
		start(t, j)
		enqueue(t, d, j, 1, jobs.RunAt(time.Now().Add(time.Hour)))
		enqueue(t, d, j, 2, jobs.RunAt(time.Now().Add(-time.Hour)))
		if got := receive(t, ran, "job that was due"); got != 2 {
			t.Errorf("ran job %d, want 2", got)
		}
		if got := number(t, d, `SELECT COUNT(*) FROM river_job WHERE state = 'scheduled'`); got != 1 {
			t.Errorf("scheduled jobs = %d, want 1", got)
		}
	})
}

func TestTicksRunAtStartAndAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJobs(t, d, "a")
		add(t, j, func(context.Context, count) error { return nil })
		var n atomic.Int64
		ticks := make(chan int64, 10)
		work := func(context.Context) error {
			ticks <- n.Add(1)
			return errors.New("a failed tick does not stop the next")
		}
		if err := j.Every("test.tick", time.Second, work); err != nil {
			t.Fatalf("Every: %v", err)
		}
		if err := j.Every("test.tick", time.Second, work); err == nil {
			t.Error("the same tick twice: no error")
		}
		start(t, j)
		for want := range int64(2) {
			if got := receive(t, ticks, "tick"); got != want+1 {
				t.Errorf("tick %d, want %d", got, want+1)
			}
		}
	})
}
