package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/app"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/simulator"
)

const (
	tokenPeople  = 400
	tokenWorkers = 16
)

// tokenShop is a store whose only leg is ZNS with 16 calls at once, and a simulator whose access token has expired and whose answers with tokens take a while, so that everybody who could
// ask for one comes before the first has it.
func tokenShop(t *testing.T, url string) (*victim, *app.Sample) {
	t.Helper()
	ctx := context.Background()
	clk := clock.NewSimulated(time.Date(2026, 11, 21, 9, 0, 0, 0, time.FixedZone("ICT", 7*3600)), 1)
	slow := simulator.Behaviour{LatencyMinMS: 5, LatencyMaxMS: 40, ReceiptMinMS: 5, ReceiptMaxMS: 50, RetryDivisor: 100}
	sim := simulator.New(simulator.Options{Clock: clk, Seed: 16, HTTPAddr: "127.0.0.1:0", SMTPAddr: "127.0.0.1:0", Zalo: slow, ESMS: slow, SMTP: slow, NoMagic: true})
	if err := sim.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	v := &victim{t: t, cfg: tokenNode(t, url, ""), sim: sim, clk: clk, bin: binary(t)}
	a, err := app.Open(ctx, v.cfg, clk, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	s, err := a.Seed(ctx, app.SeedOptions{People: tokenPeople, Seed: 3, SimulatorURL: sim.URL(), SimulatorSMTP: sim.SMTPAddr()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.DB.Exec(ctx, `UPDATE connection SET concurrency = $1 WHERE id = $2`, tokenWorkers, s.ZNS); err != nil {
		t.Fatal(err)
	}
	sim.SetZaloWebhook(simulator.DefaultAppID, s.Hooks["zalo"])
	if _, err := a.Campaigns.Activate(ctx, s.Workspace, s.Campaign.ID, "system"); err != nil {
		t.Fatal(err)
	}
	clk.Advance(2 * time.Hour)
	if sim.ExpireZaloTokens(simulator.DefaultOAID) == 0 {
		t.Fatal("no token expired")
	}
	sim.SlowZaloTokens(500*time.Millisecond, 0)
	return v, s
}

// tokenNode is the configuration of a server of its own on the same store; key is the key file of the first one.
func tokenNode(t *testing.T, url, key string) config.Config {
	dir, port := t.TempDir(), freePort(t)
	if key == "" {
		key = dir + "/loa.key"
	}
	return config.Config{DataDir: dir, DatabaseURL: url, Listen: fmt.Sprintf("127.0.0.1:%d", port), PublicURL: fmt.Sprintf("http://127.0.0.1:%d", port), Roles: []string{"api", "worker"},
		KeyFile: key, Simulation: true, ShutdownGrace: 10 * time.Second}
}

// TestTokenOnce lets 16 calls at once meet an expired access token whose refresh token works only once, in one process on each database and in two processes on PostgreSQL. Exactly one
// refresh is asked for and nobody's message fails for the token.
func TestTokenOnce(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); tokenOnce(t, "", 1) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); tokenOnce(t, dbtest.PostgresURL(t), 1) })
	t.Run("postgres two processes", func(t *testing.T) { t.Parallel(); tokenOnce(t, dbtest.PostgresURL(t), 2) })
}

func tokenOnce(t *testing.T, url string, nodes int) {
	v, s := tokenShop(t, url)
	ctx := context.Background()
	var running []*exec.Cmd
	for i := range nodes {
		n := *v
		if i > 0 {
			n.cfg = tokenNode(t, url, v.cfg.KeyFile)
		}
		running = append(running, n.start(0))
	}
	v.wait(ctx, s, 60*time.Second, func(sum map[string]int64) bool {
		return sum["queued"]+sum["sending"] == 0 && sum["total"] > tokenPeople*9/10 && v.sim.Waiting() == 0
	})
	for _, cmd := range running {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("quiet stop: %v", err)
		}
	}
	if got := v.sim.ZaloTokenCalls(); got != 1 {
		t.Errorf("calls for tokens: got %d, want 1", got)
	}
	d := v.open(ctx)
	defer d.Close()
	var failed, waiting int
	if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM leg WHERE channel = 'zns' AND state = 5 AND class_of = 'auth'`).Scan(&failed); err != nil {
		t.Fatal(err)
	}
	if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM leg WHERE channel = 'zns' AND state NOT IN (3, 4, 5, 7)`).Scan(&waiting); err != nil {
		t.Fatal(err)
	}
	if failed != 0 || waiting != 0 {
		t.Errorf("messages: got %d failed for the token and %d not sent, want none", failed, waiting)
	}
	sum := v.sim.Ledger().Summary()["zalo"]
	if sum.Accepted < tokenPeople/2 || sum.CopiedKeys != 0 {
		t.Errorf("ledger: got %+v, want everybody with a phone once", sum)
	}
	if n := sum.Refused["-124"]; n < tokenWorkers {
		t.Errorf("calls refused for the token: got %d, want at least %d, or the test proves nothing", n, tokenWorkers)
	}
	for _, r := range v.sim.Ledger().Duplicates() {
		t.Errorf("%s accepted %s %d times", r.Provider, r.Key, r.Copies)
	}
	t.Logf("%d nodes: %d accepted, refused %v, counts %v", nodes, sum.Accepted, sum.Refused, v.sums(ctx, d))
}
