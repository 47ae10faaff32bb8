package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/loa-project/loa/campaign"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/internal/i18n"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/simulator"
)

// DemoOptions say what a demonstration does.
type DemoOptions struct {
	Contacts      string // customer file; "" = made-up people
	People        int    // how many made-up people, 0 = 2,000
	Once          bool   // run the main job, print the table, end
	SimulatorHTTP string // listening address of the simulator
	SimulatorSMTP string
	Seed          uint64
	Out           io.Writer
}

// errDisagree says that the simulator's ledger and ours do not tell the same story.
var errDisagree = errors.New("sổ của bộ mô phỏng và sổ của Loa không khớp")

// showRate slows the sample broadcast down so that people can watch it run.
const showRate = 15

// demo is a running demonstration: the product beside the simulator on one simulated clock.
type demo struct {
	o     DemoOptions
	app   *App
	sim   *simulator.Server
	set   *Sample
	began time.Time // real
}

// daytime is a moment at which every channel may send: now, or nine in the morning in Vietnam when it is night there.
func daytime(now time.Time) time.Time {
	zone := time.FixedZone("ICT", 7*3600)
	local := now.In(zone)
	if h := local.Hour(); h >= 8 && h < 20 {
		return now
	}
	return time.Date(local.Year(), local.Month(), local.Day(), 9, 0, 0, 0, zone)
}

// Demo runs the product beside the simulator. With Once it imports, segments, broadcasts ZNS → SMS → e-mail, waits for the receipts, prints the status table and returns nil only if the
// simulator's ledger and the ledger's own check agree. Otherwise it serves until ctx ends.
func Demo(ctx context.Context, cfg config.Config, o DemoOptions, log *slog.Logger) error {
	cfg.Simulation = true
	cfg.DataDir = filepath.Join(cfg.DataDir, "demo")
	if cfg.DatabaseURL == "" {
		if err := removeStore(cfg.DataDir); err != nil {
			return err
		}
	}
	if cfg.SecretKey == "" {
		cfg.KeyFile = filepath.Join(cfg.DataDir, "loa.key")
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if o.Once {
		cfg.Listen = "127.0.0.1:0"
	} else if strings.HasPrefix(cfg.Listen, ":") {
		cfg.Listen = "127.0.0.1" + cfg.Listen // a demonstration is for the person in front of it
	}
	system := clock.System()
	clk := clock.NewSimulated(daytime(system.Now()), 1)
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (is Loa already running? choose another address with LOA_LISTEN)", cfg.Listen, err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	cfg.PublicURL = fmt.Sprintf("http://localhost:%d", port)
	cfg.Listen = listener.Addr().String()
	d := &demo{o: o, began: system.Now()}
	zalo, esms, smtp := simulator.OrdinaryDay()
	d.sim = simulator.New(simulator.Options{Clock: clk, Seed: o.Seed, HTTPAddr: o.SimulatorHTTP, SMTPAddr: o.SimulatorSMTP, Zalo: zalo, ESMS: esms, SMTP: smtp, Log: log})
	if err := d.sim.Start(ctx); err != nil {
		return fmt.Errorf("start the simulator: %w", err)
	}
	defer d.sim.Close()
	if d.app, err = Open(ctx, cfg, clk, log); err != nil {
		return err
	}
	defer d.app.Close()
	d.app.Simulator = d.sim
	return d.run(ctx, listener)
}

// removeStore empties the demonstration's own folder, and nothing that it does not know.
func removeStore(dir string) error {
	for _, name := range []string{"loa.db", "loa.db-wal", "loa.db-shm", "loa.key", "spool"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("empty the demonstration's folder: %w", err)
		}
	}
	return nil
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.o.Out, format+"\n", args...) }

func (d *demo) run(ctx context.Context, listener net.Listener) error {
	serve, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- d.app.Run(serve, listener) }()
	err := d.prepare(ctx)
	if err == nil && d.o.Once {
		err = d.finish(ctx)
	} else if err == nil {
		err = d.welcome(ctx)
		if err == nil {
			<-ctx.Done()
		}
	}
	stop()
	return errors.Join(err, <-served)
}

// prepare makes the sample, says what was made, and activates the campaign.
func (d *demo) prepare(ctx context.Context) error {
	real := clock.System()
	began := real.Now()
	rate := int64(0)
	if !d.o.Once {
		rate = showRate
	}
	s, err := d.app.Seed(ctx, SeedOptions{PerSecond: rate, Contacts: d.o.Contacts, People: d.o.People, Seed: d.o.Seed, SimulatorURL: d.sim.URL(), SimulatorSMTP: d.sim.SMTPAddr()})
	if err != nil {
		return err
	}
	d.set = s
	d.sim.SetZaloWebhook(simulator.DefaultAppID, s.Hooks["zalo"])
	d.sim.SetBounceTarget(s.Hooks["smtp"], "")
	imp, took := s.Import, real.Now().Sub(began)
	d.say("Đã nhập khách hàng: %d dòng; tạo mới %d, cập nhật %d, gộp %d, bị loại %d, có cảnh báo %d (%.1f s cùng với thiết lập)", imp.RowsRead, imp.RowsCreated, imp.RowsUpdated, imp.RowsMerged, imp.RowsRejected, imp.RowsWarned, took.Seconds())
	f, err := d.app.Campaigns.Forecast(ctx, i18n.Vietnamese, s.Workspace, s.Campaign.ID)
	if err != nil {
		return fmt.Errorf("forecast: %w", err)
	}
	d.printForecast(f)
	// A customer file of the visitor's own may have people whose values are refused; the demonstration shows what becomes of them.
	if _, err := d.app.Campaigns.ActivateAnyway(ctx, s.Workspace, s.Campaign.ID, sampleActor); err != nil {
		return fmt.Errorf("activate: %w", err)
	}
	return nil
}

func (d *demo) printForecast(f *campaign.Forecast) {
	names := map[int]string{0: "ZNS", 1: "SMS", 2: "email"}
	var parts []string
	for _, r := range f.Ranks {
		parts = append(parts, fmt.Sprintf("%s %d", names[r.Rank], r.People))
	}
	d.say("Dự báo: %d người; kênh đầu tiên: %s; không gửi được: %d; trùng địa chỉ: %d; chi phí ước tính %d–%d đ", f.People, strings.Join(parts, ", "), f.Unreachable, f.Duplicates, f.CostVND, f.CostMaxVND)
}

// finish waits until nothing is to come any more and judges.
func (d *demo) finish(ctx context.Context) error {
	if err := d.settle(ctx); err != nil {
		return err
	}
	run, counts, err := d.counts(ctx)
	if err != nil {
		return err
	}
	d.printTable(counts)
	faults, err := d.app.Messages.Verify(ctx, 10)
	if err != nil {
		return err
	}
	for _, f := range faults {
		d.say("verify: %s", f)
	}
	differences, err := d.compare(ctx, run)
	if err != nil {
		return err
	}
	for _, line := range differences {
		d.say("khác nhau: %s", line)
	}
	if len(faults)+len(differences) > 0 {
		return errDisagree
	}
	d.say("Sổ của bộ mô phỏng và loa verify khớp nhau. Tổng thời gian %.1f s.", clock.System().Now().Sub(d.began).Seconds())
	return nil
}

func (d *demo) counts(ctx context.Context) (int64, []message.RankCount, error) {
	c, err := d.app.Campaigns.Get(ctx, d.set.Workspace, d.set.Campaign.ID)
	if err != nil {
		return 0, nil, err
	}
	counts, err := d.app.Messages.Counts(ctx, d.app.DB, d.set.Workspace, c.RunID)
	return c.RunID, counts, err
}

func sums(counts []message.RankCount) map[string]int64 {
	sum := map[string]int64{}
	for _, c := range counts {
		for m, n := range c.Metrics {
			sum[m] += n
		}
	}
	return sum
}

// settle prints progress until every message has its outcome and every receipt is in. Time is moved forward where only time is missing: retries, lookups, time-outs.
func (d *demo) settle(ctx context.Context) error {
	quiet, last := 0, ""
	for {
		run, counts, err := d.counts(ctx)
		if err != nil {
			return err
		}
		sum := sums(counts)
		r, err := message.LoadRun(ctx, d.app.DB, d.set.Workspace, run)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("  đã gửi %d · đang xử lý %d · đã nhận %d · thất bại %d · chưa rõ %d · bỏ qua %d · chờ %d", sum["sent"], sum["processing"], sum["delivered"], sum["failed"], sum["unknown"], sum["skipped"], sum["queued"]+sum["sending"])
		if line != last {
			d.say("%s", line)
			quiet, last = 0, line
		} else {
			quiet++
		}
		open := sum["queued"]+sum["sending"] > 0 || !r.Dispatched
		switch {
		case !open && sum["unknown"] == 0 && d.sim.Waiting() == 0 && quiet >= 2:
			return nil
		case quiet >= 120:
			return nil // what is still open now will stay open; the table shows it
		case quiet >= 3 && r.Dispatched:
			d.app.Clock.Advance(10 * time.Minute)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
}

var tableRows = []struct{ metric, label string }{
	{"sent", "Đã gửi"}, {"processing", "Đang xử lý"}, {"delivered", "Đã nhận"}, {"opened", "Đã mở"}, {"clicked", "Đã click"}, {"failed", "Thất bại"}, {"unsubscribed", "Hủy đăng ký"},
	{"complained", "Báo xấu"}, {"bounced", "Bị trả về"}, {"unknown", "Chưa rõ kết quả"}, {"skipped", "Bỏ qua"}, {"total", "Tổng"},
}

func (d *demo) printTable(counts []message.RankCount) {
	by := map[int]map[string]int64{}
	for _, c := range counts {
		by[c.Rank] = c.Metrics
	}
	d.say("\n%-18s %10s %10s %10s", "", "ZNS", "SMS", "Email")
	for _, r := range tableRows {
		d.say("%-18s %10d %10d %10d", r.label, by[0][r.metric], by[1][r.metric], by[2][r.metric])
	}
	sum := sums(counts)
	d.say("%-18s %10d người, %d đ\n", "Tất cả", sum["total"]-sum["superseded"], sum["cost"])
}

// welcome prints how to get in.
func (d *demo) welcome(ctx context.Context) error {
	u, err := d.app.Workspaces.UserByEmail(ctx, "demo@loa.example")
	if err != nil {
		return err
	}
	token, err := d.app.Workspaces.CreateLoginLink(ctx, u.ID, 24*time.Hour)
	if err != nil {
		return err
	}
	d.say("\nLoa đang chạy: %s\nĐăng nhập một lần (không có mật khẩu mặc định):\n\n    %s\n\nBộ mô phỏng: %s   API: %s/api/docs   Dừng: Ctrl+C\n", d.app.Config.PublicURL, d.app.Workspaces.LinkURL(token), d.sim.URL(), d.app.Config.PublicURL)
	return nil
}

// compare holds the simulator's ledger against ours, both ways, and returns what differs (at most 20 lines, ids only).
func (d *demo) compare(ctx context.Context, run int64) ([]string, error) {
	type ours struct {
		state   message.State
		channel string
		told    bool // a provider accepted it, as we know
	}
	legs := map[int64]ours{}
	rows, err := d.app.DB.Query(ctx, `SELECT id, state, channel, accepted_at IS NOT NULL FROM leg WHERE workspace_id = $1 AND run_id = $2`, d.set.Workspace, run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var o ours
		if err := rows.Scan(&id, &o.state, &o.channel, &o.told); err != nil {
			return nil, err
		}
		legs[id] = o
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var out []string
	differ := func(format string, args ...any) {
		if len(out) < 20 {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	accepted := map[int64]bool{}
	d.sim.Ledger().Each(func(r simulator.Record) bool {
		key, _, _ := strings.Cut(r.Key, "@")
		ws, leg, _, ok := d.app.Messages.Keys.Parse(key)
		if !ok || ws != d.set.Workspace || r.Outcome != "accepted" {
			return true
		}
		o, found := legs[leg]
		switch {
		case !found:
			differ("bộ mô phỏng nhận tin %s mà sổ không có", key)
		case r.Copies != 1:
			differ("tin %d được nhận %d lần", leg, r.Copies)
		case accepted[leg]:
			differ("tin %d được nhận dưới hai mã", leg)
		case o.state == message.Queued || o.state == message.Sending || o.state == message.Skipped:
			differ("tin %d đã được nhận nhưng sổ ghi %s", leg, o.state)
		case r.DeliveredAt > 0 && !r.Failed && r.Provider != "smtp" && o.state != message.Delivered:
			differ("tin %d đã tới nhưng sổ ghi %s", leg, o.state)
		case r.DeliveredAt == 0 && o.state == message.Delivered:
			differ("tin %d chưa tới nhưng sổ ghi %s", leg, o.state)
		}
		accepted[leg] = true
		return true
	})
	for id, o := range legs {
		if o.told && !accepted[id] {
			differ("sổ ghi tin %d đã được nhận mà bộ mô phỏng không có", id)
		}
	}
	return out, nil
}
