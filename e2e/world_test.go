package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/app"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/simulator"
)

// world is the product in this process beside a simulator, both on one simulated clock, reached over HTTP as an integrator would.
type world struct {
	t    *testing.T
	app  *app.App
	sim  *simulator.Server
	clk  *clock.Clock
	url  string
	auth string // value of Authorization
}

// quick is a friendly day on which everything takes a moment.
func quick() simulator.Behaviour {
	return simulator.Behaviour{ReceiptMinMS: 5, ReceiptMaxMS: 50, SlowMS: 300, RetryDivisor: 1000}
}

// newWorld starts both. url is a PostgreSQL database, empty for SQLite. o is given to the simulator with addresses, clock and seed filled in.
func newWorld(t *testing.T, url string, o simulator.Options) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{t: t, clk: clock.NewSimulated(time.Date(2026, 11, 21, 9, 0, 0, 0, time.FixedZone("ICT", 7*3600)), 1)}
	o.Clock, o.Seed, o.HTTPAddr, o.SMTPAddr = w.clk, 5, "127.0.0.1:0", "127.0.0.1:0"
	for _, b := range []*simulator.Behaviour{&o.Zalo, &o.ESMS, &o.SMTP} {
		if *b == (simulator.Behaviour{}) {
			*b = quick()
		}
	}
	w.sim = simulator.New(o)
	if err := w.sim.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.sim.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w.url = "http://" + listener.Addr().String()
	cfg := config.Config{DataDir: dir, DatabaseURL: url, Listen: listener.Addr().String(), PublicURL: w.url, Roles: []string{"api", "worker"}, KeyFile: filepath.Join(dir, "loa.key"), Simulation: true,
		MaxUpload: 1 << 20, ShutdownGrace: 10 * time.Second}
	if w.app, err = app.Open(ctx, cfg, w.clk, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	run, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.app.Run(run, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("quiet stop: %v", err)
		}
		if err := w.app.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return w
}

// send makes a request and returns status and body. in may be nil, raw bytes or anything with a JSON form.
func (w *world) send(method, path string, in any) (int, []byte) {
	w.t.Helper()
	kind := "application/json"
	var body io.Reader
	switch v := in.(type) {
	case nil:
	case []byte:
		body = bytes.NewReader(v)
	case form:
		body, kind = bytes.NewReader(v.body), v.kind
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			w.t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, w.url+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	if w.auth != "" {
		r.Header.Set("Authorization", w.auth)
	}
	res, err := direct.Do(r)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res.StatusCode, raw
}

// direct follows no redirects.
var direct = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// call is send for the API; it expects success and reads the answer into out, when that is not nil.
func (w *world) call(method, path string, in, out any) {
	w.t.Helper()
	status, raw := w.send(method, "/api/v1"+path, in)
	if status >= 300 {
		w.t.Fatalf("%s %s: got %d, want success: %s", method, path, status, raw)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			w.t.Fatalf("%s %s: %v: %s", method, path, err, raw)
		}
	}
}

// refused is call that expects a problem; it returns the status, the code and the codes of the fields.
func (w *world) refused(method, path string, in any) (int, string, []string) {
	w.t.Helper()
	status, raw := w.send(method, "/api/v1"+path, in)
	var p struct {
		Code   string
		Detail string
		Errors []struct{ Code string }
	}
	if err := json.Unmarshal(raw, &p); err != nil || status < 400 || p.Code == "" || p.Detail == "" {
		w.t.Fatalf("%s %s: got %d %s, want a problem with code and words", method, path, status, raw)
	}
	var fields []string
	for _, e := range p.Errors {
		fields = append(fields, e.Code)
	}
	return status, p.Code, fields
}

// form is a multipart body.
type form struct {
	kind string
	body []byte
}

func upload(name string, content []byte) form {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, _ := m.CreateFormFile("file", name) // a buffer takes everything
	_, _ = part.Write(content)
	_ = m.Close()
	return form{m.FormDataContentType(), b.Bytes()}
}

type object = map[string]any

// counts is what GET …/counts says.
type counts struct {
	State      string
	Reason     string `json:"state_reason"`
	Dispatched bool
	People     int64
	Waiting    int64
	Legs       []struct {
		Channel string
		Counts  map[string]int64
	}
	Total map[string]int64
}

func (w *world) counts(campaign int64) counts {
	w.t.Helper()
	var c counts
	status, raw := w.send("GET", fmt.Sprintf("/api/v1/campaigns/%d/counts", campaign), nil)
	if status == http.StatusConflict { // not started yet
		return c
	}
	if err := json.Unmarshal(raw, &c); err != nil || status != http.StatusOK {
		w.t.Fatalf("counts: %d %s", status, raw)
	}
	return c
}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// until polls until done; step moves the simulated clock at every look, zero leaves it.
func (w *world) until(what string, step time.Duration, done func() bool) {
	w.t.Helper()
	end := time.Now().Add(patience)
	for !done() {
		if time.Now().After(end) {
			w.t.Fatalf("gave up waiting for %s; %s", what, w.picture())
		}
		if step > 0 {
			w.clk.Advance(step)
		}
		<-time.After(25 * time.Millisecond)
	}
}

// picture is what both ledgers say, for failures.
func (w *world) picture() string {
	w.t.Helper()
	ours := ""
	rows, err := w.app.DB.Query(context.Background(), `SELECT run_id, rank, metric, n FROM run_count WHERE n > 0 ORDER BY run_id, rank, metric`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var run, rank, n int64
		var metric string
		if err := rows.Scan(&run, &rank, &metric, &n); err != nil {
			w.t.Fatal(err)
		}
		ours += fmt.Sprintf(" %d.%d.%s=%d", run, rank, metric, n)
	}
	theirs := ""
	for name, sum := range w.sim.Ledger().Summary() {
		theirs += fmt.Sprintf(" %s: %d calls, %d accepted, %d delivered, refused %v;", name, sum.Calls, sum.Accepted, sum.Delivered, sum.Refused)
	}
	return fmt.Sprintf("ours:%s; theirs:%s %d to come", ours, theirs, w.sim.Waiting())
}

// settled waits until nothing of a campaign is on its way and all receipts are in.
func (w *world) settled(campaign int64, step time.Duration) counts {
	w.t.Helper()
	var c counts
	calm := 0
	w.until(fmt.Sprintf("campaign %d to settle", campaign), step, func() bool {
		c = w.counts(campaign)
		if c.Dispatched && c.Waiting == 0 && w.sim.Waiting() == 0 {
			calm++
		} else {
			calm = 0
		}
		return calm >= 4 // a receipt on its way may still start a fallback
	})
	return c
}

// addUp checks that every message has exactly one state, on each leg and in all, and that people are counted once.
func (w *world) addUp(c counts) {
	w.t.Helper()
	for i, l := range c.Legs {
		var sum int64
		for _, word := range []string{"queued", "sending", "processing", "waited", "delivered", "failed", "unknown", "skipped"} {
			sum += l.Counts[word]
		}
		if sum != l.Counts["total"] {
			w.t.Errorf("leg %d (%s): states add up to %d, want %d: %v", i, l.Channel, sum, l.Counts["total"], l.Counts)
		}
	}
}

// verified runs the ledger's own check and asks the simulator for copies.
func (w *world) verified() {
	w.t.Helper()
	faults, err := w.app.Messages.Verify(context.Background(), 10)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range faults {
		w.t.Errorf("verify: %s", f)
	}
	for _, r := range w.sim.Ledger().Duplicates() {
		w.t.Errorf("%s accepted %s %d times", r.Provider, r.Key, r.Copies)
	}
}
