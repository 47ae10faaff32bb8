package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/app"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/simulator"
)

const (
	killPeople = 2000
	kills      = 30
)

// victim is a server process that is killed again and again.
type victim struct {
	t    *testing.T
	cfg  config.Config
	sim  *simulator.Server
	clk  *clock.Clock
	bin  string
	port int
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// start runs `loa serve` with the simulator's time, moved by ahead.
func (v *victim) start(ahead time.Duration) *exec.Cmd {
	v.t.Helper()
	cmd := exec.Command(v.bin, "serve")
	cmd.Env = append(os.Environ(), "LOA_DATA_DIR="+v.cfg.DataDir, "LOA_KEY_FILE="+v.cfg.KeyFile, "LOA_DATABASE_URL="+v.cfg.DatabaseURL, "LOA_LISTEN="+v.cfg.Listen, "LOA_PUBLIC_URL="+v.cfg.PublicURL, "LOA_SIMULATION=true",
		"LOA_CLOCK="+v.clk.Now().Add(ahead).Format(time.RFC3339Nano), "LOA_LOG_LEVEL=warn")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := os.OpenFile(filepath.Join(v.cfg.DataDir, "victim.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		v.t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	return cmd
}

// answers waits until the server may claim.
func (v *victim) answers() bool {
	until := time.Now().Add(20 * time.Second)
	for time.Now().Before(until) {
		res, err := http.Get(v.cfg.PublicURL + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return true
			}
		}
		<-time.After(10 * time.Millisecond)
	}
	return false
}

// TestKilledThirtyTimes kills the server with SIGKILL at 30 random moments of a run to 2,000 people over ZNS, SMS and e-mail. The simulator's ledger is the judge: no copy twice, nobody
// missing; never more unknown messages than calls were in flight; all settled afterwards.
func TestKilledThirtyTimes(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); killRun(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); killRun(t, dbtest.PostgresURL(t)) })
}

func killRun(t *testing.T, url string) {
	ctx := context.Background()
	zone := time.FixedZone("ICT", 7*3600)
	clk := clock.NewSimulated(time.Date(2026, 11, 21, 9, 0, 0, 0, zone), 1)
	slow := simulator.Behaviour{LatencyMinMS: 5, LatencyMaxMS: 60, ReceiptMinMS: 50, ReceiptMaxMS: 400, RetryDivisor: 100, RefuseRecipient: 0.15}
	sim := simulator.New(simulator.Options{Clock: clk, Seed: 11, HTTPAddr: "127.0.0.1:0", SMTPAddr: "127.0.0.1:0", Zalo: slow, ESMS: slow, SMTP: slow, NoMagic: true})
	if err := sim.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	dir := t.TempDir()
	port := freePort(t)
	cfg := config.Config{DataDir: dir, DatabaseURL: url, Listen: fmt.Sprintf("127.0.0.1:%d", port), PublicURL: fmt.Sprintf("http://127.0.0.1:%d", port), Roles: []string{"api", "worker"},
		KeyFile: filepath.Join(dir, "loa.key"), Simulation: true, ShutdownGrace: 10 * time.Second}
	v := &victim{t: t, cfg: cfg, sim: sim, clk: clk, bin: binary(t), port: port}
	sample := v.prepare(ctx)

	random := rand.New(rand.NewPCG(7, uint64(len(url))))
	inFlight, killed := 0, 0
	for killed < kills {
		cmd := v.start(0)
		if !v.answers() {
			log, _ := os.ReadFile(filepath.Join(dir, "victim.log"))
			t.Fatalf("the server does not answer: %s", log)
		}
		<-time.After(time.Duration(20+random.IntN(250)) * time.Millisecond) // the random moment is the point of the test
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		killed++
		inFlight += v.claimed(ctx)
	}
	// Let it finish: two and a half hours later Zalo delivers nothing any more.
	cmd := v.start(0)
	v.wait(ctx, sample, 60*time.Second, func(sum map[string]int64) bool {
		return sum["queued"]+sum["sending"] == 0 && sum["total"] > killPeople*9/10 && sim.Waiting() == 0
	})
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	clk.Advance(26 * time.Hour)
	cmd = v.start(0)
	v.wait(ctx, sample, 60*time.Second, func(sum map[string]int64) bool {
		return sum["queued"]+sum["sending"] == 0 && sim.Waiting() == 0 && sum["0.unknown"] == 0
	})
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("quiet stop: %v", err)
	}
	v.judge(ctx, sample, inFlight)
}

// prepare fills the store and activates the campaign without running it.
func (v *victim) prepare(ctx context.Context) *app.Sample {
	v.t.Helper()
	a, err := app.Open(ctx, v.cfg, v.clk, slog.New(slog.DiscardHandler))
	if err != nil {
		v.t.Fatal(err)
	}
	defer a.Close()
	s, err := a.Seed(ctx, app.SeedOptions{People: killPeople, Seed: 3, SimulatorURL: v.sim.URL(), SimulatorSMTP: v.sim.SMTPAddr()})
	if err != nil {
		v.t.Fatal(err)
	}
	v.sim.SetZaloWebhook(simulator.DefaultAppID, s.Hooks["zalo"])
	v.sim.SetBounceTarget(s.Hooks["smtp"], "")
	if _, err := a.Campaigns.Activate(ctx, s.Workspace, s.Campaign.ID, "system"); err != nil {
		v.t.Fatal(err)
	}
	return s
}

// open opens the store beside, or after, the server.
func (v *victim) open(ctx context.Context) *db.DB {
	v.t.Helper()
	d, err := db.Open(ctx, db.Options{URL: v.cfg.DatabaseURL, Dir: v.cfg.DataDir})
	if err != nil {
		v.t.Fatal(err)
	}
	return d
}

// claimed counts the calls that were in flight when the server died: the legs whose claim is committed and whose outcome is not.
func (v *victim) claimed(ctx context.Context) int {
	v.t.Helper()
	d := v.open(ctx)
	defer d.Close()
	var n int
	if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM leg WHERE state = 2`).Scan(&n); err != nil {
		v.t.Fatal(err)
	}
	return n
}

func (v *victim) sums(ctx context.Context, d *db.DB) map[string]int64 {
	v.t.Helper()
	rows, err := d.Query(ctx, `SELECT rank, metric, SUM(n) FROM run_count GROUP BY rank, metric`)
	if err != nil {
		v.t.Fatal(err)
	}
	defer rows.Close()
	sum := map[string]int64{}
	for rows.Next() {
		var rank, n int64
		var metric string
		if err := rows.Scan(&rank, &metric, &n); err != nil {
			v.t.Fatal(err)
		}
		sum[metric] += n
		sum[fmt.Sprintf("%d.%s", rank, metric)] = n
	}
	return sum
}

func (v *victim) wait(ctx context.Context, s *app.Sample, most time.Duration, done func(map[string]int64) bool) {
	v.t.Helper()
	d := v.open(ctx)
	defer d.Close()
	until := time.Now().Add(most)
	calm := 0
	for {
		if done(v.sums(ctx, d)) {
			if calm++; calm >= 5 { // a receipt on its way may still start a fallback
				return
			}
		} else {
			calm = 0
		}
		if time.Now().After(until) {
			log, _ := os.ReadFile(filepath.Join(v.cfg.DataDir, "victim.log"))
			v.t.Fatalf("gave up waiting: %v, %d to come\n%s", v.sums(ctx, d), v.sim.Waiting(), tail(string(log), 3000))
		}
		<-time.After(200 * time.Millisecond)
	}
}

func tail(s string, n int) string {
	if len(s) > n {
		return s[len(s)-n:]
	}
	return s
}

// judge compares both ledgers.
func (v *victim) judge(ctx context.Context, s *app.Sample, inFlight int) {
	v.t.Helper()
	a, err := app.Open(ctx, v.cfg, v.clk, slog.New(slog.DiscardHandler))
	if err != nil {
		v.t.Fatal(err)
	}
	defer a.Close()
	t := v.t
	for _, r := range v.sim.Ledger().Duplicates() {
		t.Errorf("%s accepted %s %d times", r.Provider, r.Key, r.Copies)
	}
	type leg struct {
		state message.State
		rank  int
	}
	legs := map[int64]leg{}
	rows, err := a.DB.Query(ctx, `SELECT id, state, rank FROM leg`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var id int64
		var l leg
		if err := rows.Scan(&id, &l.state, &l.rank); err != nil {
			t.Fatal(err)
		}
		legs[id] = l
	}
	_ = rows.Close()
	sum := v.sums(ctx, a.DB)
	var audience int64
	if err := a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM contact WHERE phone IS NOT NULL OR email IS NOT NULL`).Scan(&audience); err != nil {
		t.Fatal(err)
	}
	if people := sum["total"] - sum["superseded"]; people != audience || audience < killPeople*9/10 {
		t.Errorf("got %d people in the ledger, want %d: %v", people, audience, sum)
	}
	perLeg := map[int64]int{}
	v.sim.Ledger().Each(func(r simulator.Record) bool {
		key, _, _ := strings.Cut(r.Key, "@")
		_, id, _, ok := a.Messages.Keys.Parse(key)
		if !ok {
			t.Errorf("the simulator took a message without our key: %s", r.Provider)
			return true
		}
		if r.Outcome != "accepted" {
			return true
		}
		if perLeg[id]++; perLeg[id] > 1 {
			t.Errorf("leg %d was accepted %d times", id, perLeg[id])
		}
		if l, found := legs[id]; !found || l.state == message.Queued || l.state == message.Sending || l.state == message.Skipped {
			t.Errorf("leg %d was accepted and the ledger says %v", id, l.state)
		}
		return true
	})
	for id, l := range legs {
		if (l.state == message.Accepted || l.state == message.Delivered) && perLeg[id] == 0 {
			t.Errorf("leg %d is %v and nobody took it", id, l.state)
		}
	}
	var unknown int
	if err := a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM leg WHERE state = 6 OR reason IN ('no_receipt', 'lease')`).Scan(&unknown); err != nil {
		t.Fatal(err)
	}
	if unknown > inFlight {
		t.Errorf("got %d legs without a known result, want at most the %d calls that were in flight", unknown, inFlight)
	}
	t.Logf("%d kills, %d calls in flight then, %d without a receipt in the end, counts %v", kills, inFlight, unknown, sum)
	var odd int
	var reason string
	if err := a.DB.QueryRow(ctx, `SELECT COUNT(*), COALESCE(MIN(COALESCE(reason, '') || ' ' || COALESCE(class_of, '') || ' ' || CAST(attempt AS text)), '') FROM leg WHERE state IN (3, 4, 5) AND requested_at IS NULL`).Scan(&odd, &reason); err != nil {
		t.Fatal(err)
	}
	if odd > 0 {
		t.Errorf("%d legs have an outcome and were never requested, for example %s", odd, reason)
	}
	// What is left unknown (a mail has no receipt) is decided by a person.
	ids, err := a.Messages.UnknownLegs(ctx, a.DB, s.Workspace, run(t, a, s), 5000)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.DB.WithTx(ctx, func(tx *db.Tx) error { _, err := a.Messages.Resolve(ctx, tx, s.Workspace, ids, true); return err }); err != nil {
		t.Fatal(err)
	}
	if left := v.sums(ctx, a.DB)["unknown"]; left != 0 {
		t.Errorf("got %d unknown after a person decided, want 0", left)
	}
	faults, err := a.Messages.Verify(ctx, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if f.Rule != "attempt.lost" { // decided by a person: there is no record of a call
			t.Errorf("verify: %s", f)
		}
	}
}

func run(t *testing.T, a *app.App, s *app.Sample) int64 {
	t.Helper()
	c, err := a.Campaigns.Get(context.Background(), s.Workspace, s.Campaign.ID)
	if err != nil {
		t.Fatal(err)
	}
	return c.RunID
}
