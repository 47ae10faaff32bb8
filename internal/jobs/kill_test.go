package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/jobs"
)

// The test starts itself again as the process that is killed in the middle of a job.
const (
	victimURL = "LOA_TEST_VICTIM_URL"
	victimDir = "LOA_TEST_VICTIM_DIR"
)

func TestMain(m *testing.M) {
	if os.Getenv(victimURL) != "" || os.Getenv(victimDir) != "" {
		if err := victim(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func victim() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	d, err := db.Open(ctx, db.Options{URL: os.Getenv(victimURL), Dir: os.Getenv(victimDir)})
	if err != nil {
		return err
	}
	j, err := jobs.New(d, jobs.Options{Node: "victim"})
	if err != nil {
		return err
	}
	if err := jobs.Add(j, func(ctx context.Context, a count) error {
		fmt.Println("running", a.ID)
		<-ctx.Done()
		return ctx.Err()
	}); err != nil {
		return err
	}
	if err := j.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func TestJobOfAKilledProcessIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var o db.Options
			if engine == "sqlite" {
				o.Dir = t.TempDir()
			} else {
				o.URL = dbtest.PostgresURL(t)
			}
			d, err := db.Open(t.Context(), o)
			if err != nil {
				t.Fatalf("Open: %v", err)
			}
			t.Cleanup(func() { _ = d.Close() })
			if err := d.Migrate(t.Context()); err != nil {
				t.Fatalf("Migrate: %v", err)
			}
			j := newJobs(t, d, "victim")
			ran := make(chan int64, 4)
			add(t, j, func(_ context.Context, a count) error { ran <- a.ID; return nil })
			enqueue(t, d, j, 5, jobs.Unique(), jobs.Tries(1))

			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), victimURL+"="+o.URL, victimDir+"="+o.Dir)
			cmd.Stderr = t.Output()
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatalf("start victim: %v", err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			if err != nil || line != "running 5\n" {
				t.Fatalf("victim said %q, %v; want running 5", line, err)
			}
			if got := number(t, d, `SELECT COUNT(*) FROM river_job WHERE state = 'running'`); got != 1 {
				t.Fatalf("jobs left running = %d, want 1", got)
			}
			start(t, j)
			if got := receive(t, ran, "job of the victim"); got != 5 {
				t.Errorf("took up job %d, want 5", got)
			}
			waitFor(t, d, `SELECT COUNT(*) FROM river_job WHERE state = 'completed'`, 1)
		})
	}
}
