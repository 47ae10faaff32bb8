package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/app"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/simulator"
)

const (
	tokenPeople  = 400
	tokenWorkers = 16
)

// tokenShop is a store whose only leg is ZNS with 16 calls at once, and a simulator whose access token has expired and whose answers with tokens take a while, so that everybody who could
// ask for one comes before the first has it. Calls take long enough for all 16 workers to be at it.
func tokenShop(t *testing.T, url string) (*victim, *app.Sample) {
	t.Helper()
	ctx := context.Background()
	clk := clock.NewSimulated(time.Date(2026, 11, 21, 9, 0, 0, 0, time.FixedZone("ICT", 7*3600)), 1)
	slow := simulator.Behaviour{LatencyMinMS: 60, LatencyMaxMS: 120, ReceiptMinMS: 5, ReceiptMaxMS: 50, RetryDivisor: 100}
	sim := simulator.New(simulator.Options{Clock: clk, Seed: 16, HTTPAddr: "127.0.0.1:0", SMTPAddr: "127.0.0.1:0", Zalo: slow, ESMS: slow, SMTP: slow, NoMagic: true})
	if err := sim.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	v := &victim{t: t, cfg: tokenNode(t, url, ""), sim: sim, clk: clk, bin: binary(t)}
	s := v.byAPI(func(a *app.App) *app.Sample {
		s, err := a.Seed(ctx, app.SeedOptions{People: tokenPeople, Seed: 3, SimulatorURL: sim.URL(), SimulatorSMTP: sim.SMTPAddr()})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}, func(w *world, s *app.Sample) {
		var c object
		path := fmt.Sprintf("/connections/%d", s.ZNS)
		w.call("GET", path, nil, &c)
		w.call("PUT", path, object{"provider": c["provider"], "name": c["name"], "zalo": c["zalo"], "concurrency": tokenWorkers}, nil)
		if w.call("GET", path, nil, &c); c["concurrency"] != float64(tokenWorkers) {
			t.Fatalf("calls at once: got %v, want %d", c["concurrency"], tokenWorkers)
		}
		var made struct{ ID int64 }
		w.call("POST", "/campaigns", object{"name": "Giao hàng", "purpose": "transaction", "audience": object{"segment_ids": []int64{s.Segment}}, // one place is kept for transactions
			"legs": []object{{"channel": "zns", "connection_id": s.ZNS, "template_id": s.Templates[0]}}}, &made)
		w.call("POST", fmt.Sprintf("/campaigns/%d/activate", made.ID), nil, nil)
	})
	sim.SetZaloWebhook(simulator.DefaultAppID, s.Hooks["zalo"])
	clk.Advance(2 * time.Hour)
	if sim.ExpireZaloTokens(simulator.DefaultOAID) == 0 {
		t.Fatal("no token expired")
	}
	sim.SlowZaloTokens(500*time.Millisecond, 0)
	return v, s
}

// byAPI serves the store without working on it: fill fills it, and use calls its API as an owner.
func (v *victim) byAPI(fill func(a *app.App) *app.Sample, use func(w *world, s *app.Sample)) *app.Sample {
	v.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	cfg := v.cfg
	cfg.Roles = []string{"api"}
	a, err := app.Open(ctx, cfg, v.clk, slog.New(slog.DiscardHandler))
	if err != nil {
		v.t.Fatal(err)
	}
	defer a.Close()
	s := fill(a)
	_, key, err := a.Workspaces.CreateKey(ctx, s.Workspace, httpx.Actor{WorkspaceID: s.Workspace, Role: httpx.Owner}, "kiểm thử", httpx.Owner, time.Time{})
	if err != nil {
		v.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		v.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, listener) }()
	use(&world{t: v.t, app: a, sim: v.sim, clk: v.clk, url: "http://" + listener.Addr().String(), auth: "Bearer " + key}, s)
	stop()
	if err := <-ended; err != nil {
		v.t.Fatal(err)
	}
	return s
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
	// A worker may begin its next call before the simulator has counted the end of the last.
	if got := v.sim.ZaloAtOnce(); got < tokenWorkers || got >= 2*tokenWorkers*nodes {
		t.Errorf("calls at once: got %d, want about %d on each of %d nodes", got, tokenWorkers, nodes)
	}
	d := v.open(ctx)
	defer d.Close()
	count := func(where string) (n int) {
		t.Helper()
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM leg WHERE channel = 'zns' AND `+where).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	sum := v.sim.Ledger().Summary()["zalo"]
	all := count(`state <> 7`)
	if got := count(`state = 4`); got != all || all < tokenPeople*9/10 || int64(all) != int64(sum.Accepted) || int64(all) != int64(sum.Delivered) {
		t.Errorf("messages: got %d delivered of %d, and %d accepted and %d delivered at Zalo; want all", got, all, sum.Accepted, sum.Delivered)
	}
	if n := count(`state = 5`); n != 0 {
		t.Errorf("failed messages: got %d, want none", n)
	}
	if n := int(sum.Refused["-124"]); n < tokenWorkers || len(sum.Refused) != 1 || sum.CopiedKeys != 0 {
		t.Errorf("calls refused: got %v and %d copies, want at least %d for the token and no others, or the test proves nothing", sum.Refused, sum.CopiedKeys, tokenWorkers)
	}
	for _, r := range v.sim.Ledger().Duplicates() {
		t.Errorf("%s accepted %s %d times", r.Provider, r.Key, r.Copies)
	}
	t.Logf("%d nodes: %d at once, %d accepted, refused %v, counts %v", nodes, v.sim.ZaloAtOnce(), sum.Accepted, sum.Refused, v.sums(ctx, d))
}
