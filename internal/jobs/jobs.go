package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math"
	"os"
	"regexp"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/loa-project/loa/internal/db"
)

// The queues. They are separate so that a full one does not delay the others.
const (
	Default = river.QueueDefault
	Bulk    = "bulk"  // long work: dispatch of campaigns, imports
	Ticks   = "ticks" // what Every makes
)

// Times of every job. A worker that cannot end in time returns Snooze(0) and goes on in its next round.
const (
	// Timeout is when the context of a running job ends.
	Timeout = 2 * time.Minute
	// RescueAfter is when a job of a vanished node is given to another.
	RescueAfter = 3 * time.Minute
	// softStop is how long running jobs may go on after Stop before their contexts end.
	softStop = 20 * time.Second
	// poll finds jobs whose wake-up was lost and jobs that became due.
	poll = time.Second
	// cooldown is the shortest time between two looks. River drops the wake-up of a job that is enqueued within it of the one before, so it must be shorter than a transaction.
	cooldown = time.Millisecond
	// keep is how long ended jobs can be looked at.
	keep = 24 * time.Hour
	// tries is about three hours of the longest pause.
	tries = 200
)

// Options are the settings of New.
type Options struct {
	// Log gets warnings and errors; nil discards them.
	Log *slog.Logger
	// Queues says how many jobs of each queue run at once on this node. nil is 4 default, 2 bulk, 2 ticks.
	Queues map[string]int
	// Node names this process. It must be the same after a restart and no two processes of one store may have it at a time; "host:port" of the listener is a good one.
	// Jobs that a killed process of this name left behind are taken up when Start is called. Empty is the host name.
	Node string
}

// Jobs stores and runs jobs. Make it with New, register workers, then Start; a process that only enqueues never calls Start but registers its workers all the same, because jobs
// of an unknown kind are refused.
type Jobs struct {
	db      *db.DB
	node    string
	workers *river.Workers
	lite    *river.Client[*sql.Tx]
	pg      *river.Client[pgx.Tx]
	bell    *bell
	mu      sync.Mutex
	ticks   map[string]func(ctx context.Context) error
}

// New builds the job engine on a migrated store. It touches nothing until Enqueue or Start.
func New(d *db.DB, o Options) (*Jobs, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Queues == nil {
		o.Queues = map[string]int{Default: 4, Bulk: 2, Ticks: 2}
	}
	j := &Jobs{db: d, node: nodeName(o.Node), workers: river.NewWorkers(), bell: newBell(), ticks: map[string]func(ctx context.Context) error{}}
	if err := river.AddWorkerSafely(j.workers, &tickWorker{jobs: j}); err != nil {
		return nil, fmt.Errorf("add tick worker: %w", err)
	}
	cfg := &river.Config{
		ID:                          j.node,
		Logger:                      slog.New(warnings{o.Log.Handler()}),
		Workers:                     j.workers,
		Queues:                      map[string]river.QueueConfig{},
		FetchCooldown:               cooldown,
		FetchPollInterval:           poll,
		JobTimeout:                  Timeout,
		RescueStuckJobsAfter:        RescueAfter,
		SoftStopTimeout:             softStop,
		MaxAttempts:                 tries,
		RetryPolicy:                 pauses{},
		CompletedJobRetentionPeriod: keep,
		CancelledJobRetentionPeriod: keep,
		DiscardedJobRetentionPeriod: 7 * keep,
	}
	for name, n := range o.Queues {
		cfg.Queues[name] = river.QueueConfig{MaxWorkers: n}
	}
	var err error
	if d.Dialect == db.Postgres {
		j.pg, err = river.NewClient(riverpgxv5.New(d.Pool()), cfg)
	} else {
		j.lite, err = river.NewClient[*sql.Tx](&liteDriver{riversqlite.New(d.Writer()), j.bell}, cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("make job client: %w", err)
	}
	return j, nil
}

var notInNames = regexp.MustCompile(`[^\w\-.:]+`)

// nodeName makes a client id that River takes.
func nodeName(s string) string {
	if s == "" {
		s, _ = os.Hostname()
	}
	s = "loa-" + notInNames.ReplaceAllString(s, "-")
	return s[:min(len(s), 100)]
}

// Start takes up the jobs that a killed process of this name left behind and begins to work. ctx's end stops the work as Stop does.
func (j *Jobs) Start(ctx context.Context) error {
	if err := j.takeBack(ctx); err != nil {
		return err
	}
	var err error
	if j.pg != nil {
		err = j.pg.Start(ctx)
	} else {
		err = j.lite.Start(ctx)
	}
	if err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	return nil
}

// Stop takes no more jobs and waits for the running ones until ctx ends; after 20 seconds their contexts end. An error means that jobs were still running: the process should
// exit, they are taken up again. Stop without Start does nothing.
func (j *Jobs) Stop(ctx context.Context) error {
	var err error
	if j.pg != nil {
		err = j.pg.Stop(ctx)
	} else {
		err = j.lite.Stop(ctx)
	}
	if err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// pauses is 1 s, 2 s, 4 s … up to a minute: a store or a provider that comes back is noticed soon.
type pauses struct{}

func (pauses) NextRetry(row *rivertype.JobRow) time.Time {
	pause := time.Duration(math.Min(60, math.Pow(2, float64(min(row.Attempt, 10)-1)))) * time.Second
	if row.AttemptedAt == nil {
		return row.ScheduledAt.Add(pause)
	}
	return row.AttemptedAt.Add(pause)
}

// warnings lets River's warnings and errors through: its ordinary messages are about itself.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

func (w warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{w.Handler.WithAttrs(a)} }

func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
