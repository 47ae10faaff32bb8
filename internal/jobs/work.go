package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// Args are the arguments of a job: a struct of ids whose Kind is "noun.verb" and never changes.
type Args = river.JobArgs

type worker[T Args] struct {
	river.WorkerDefaults[T]
	work    func(ctx context.Context, args T) error
	timeout time.Duration
}

func (w *worker[T]) Timeout(*river.Job[T]) time.Duration { return w.timeout }

func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) error { return w.work(ctx, job.Args) }

// Add registers the worker of a kind of job, whose context ends after Timeout. Call it before Start; a kind that is there already is an error.
func Add[T Args](j *Jobs, work func(ctx context.Context, args T) error) error {
	return AddLong(j, Timeout, work)
}

// AddLong is Add for work that needs a longer time, such as reading a large file. A job of a vanished node is given to another only after that time.
func AddLong[T Args](j *Jobs, timeout time.Duration, work func(ctx context.Context, args T) error) error {
	if err := river.AddWorkerSafely(j.workers, &worker[T]{work: work, timeout: timeout}); err != nil {
		return fmt.Errorf("add worker: %w", err)
	}
	return nil
}

// Snooze is a worker's answer "again in d"; 0 is "again at once", for work that goes on in rounds. It does not count as a failed try.
func Snooze(d time.Duration) error { return river.JobSnooze(max(d, 0)) }

// Cancel is a worker's answer "never again", for a cause that no repetition mends. The cause is kept with the job.
func Cancel(cause error) error {
	if cause == nil {
		cause = errors.New("cancelled")
	}
	return river.JobCancel(cause)
}

// tick is the job of one run of a function given to Every.
type tick struct {
	Name string `json:"name"`
}

// Kind names the job.
func (tick) Kind() string { return "jobs.tick" }

type tickWorker struct {
	river.WorkerDefaults[tick]
	jobs *Jobs
}

// Timeout ends a tick long before a fresh one is due to be rescued.
func (w *tickWorker) Timeout(*river.Job[tick]) time.Duration { return Timeout / 2 }

func (w *tickWorker) Work(ctx context.Context, job *river.Job[tick]) error {
	w.jobs.mu.Lock()
	f := w.jobs.ticks[job.Args.Name]
	w.jobs.mu.Unlock()
	if f == nil {
		return Cancel(fmt.Errorf("unknown tick %q", job.Args.Name))
	}
	if err := f(ctx); err != nil {
		// The next tick is the repetition: one that failed must not stand in its way.
		return Cancel(fmt.Errorf("tick %s: %w", job.Args.Name, err))
	}
	return nil
}

// Every runs f on one of all nodes at start and then every interval, never twice at a time. Missed ticks are not made up, and after the leading node was killed ticks may rest for
// 15 seconds (no rest when the same node starts again): f looks for what is due, it does not count. Intervals under a second are raised to one. Call it before Start.
func (j *Jobs) Every(name string, interval time.Duration, f func(ctx context.Context) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ticks[name] != nil {
		return fmt.Errorf("add tick %s: it is there already", name)
	}
	j.ticks[name] = f
	p := river.NewPeriodicJob(river.PeriodicInterval(max(interval, time.Second)), func() (Args, *river.InsertOpts) {
		return tick{Name: name}, insertOpts([]Option{Queue(Ticks), Unique()})
	}, &river.PeriodicJobOpts{RunOnStart: true})
	if j.pg != nil {
		j.pg.PeriodicJobs().Add(p)
	} else {
		j.lite.PeriodicJobs().Add(p)
	}
	return nil
}
