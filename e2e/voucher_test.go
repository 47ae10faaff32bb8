package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/campaign"
	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/app"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/simulator"
	"github.com/loa-project/loa/voucher"
)

// TestVoucherStep gives codes in steps of campaigns, on both databases: all four cells of the row, with and without waiting for more codes, what a later message shows of the code, and what
// becomes of codes when customers are joined.
func TestVoucherStep(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "voucher", "sent", "processing", "delivered", "failed")
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); voucherStep(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); voucherStep(t, dbtest.PostgresURL(t)) })
}

func voucherStep(t *testing.T, url string) {
	w := newWorld(t, url, simulator.Options{})
	w.found()
	people := make([]int64, 6)
	for i := range people {
		people[i] = w.contact(object{"name": fmt.Sprintf("Khách %d", i+1), "phone": fmt.Sprintf("+8490123010%d", i+1)})
	}
	tet, spring := w.voucher("Quà Tết", 3), w.voucher("Xuân", 2)

	// Without waiting: who finds no code fails, and is delivered after all once somebody gives again.
	strict := w.act("Phát ngay", "voucher", "marketing", 0, object{"voucher_id": tet})
	w.same(w.settledRun(strict), map[string]int64{"total": 6, "sent": 6, "delivered": 3, "failed": 3, "processing": 0, "skipped": 0})
	w.why(strict, w.emptyHanded(tet), "Đã hết mã voucher")
	w.codes(tet, 1)
	w.call("POST", fmt.Sprintf("/vouchers/%d/retry", tet), nil, nil)
	w.same(w.counts(strict), map[string]int64{"total": 6, "sent": 6, "delivered": 4, "failed": 2})
	w.verified()

	// With waiting: the rest stays in progress until codes come, in the order of asking, and fails when the voucher is closed.
	patient := w.act("Chờ mã", "voucher", "marketing", 0, object{"voucher_id": spring, "wait": true})
	w.same(w.settledRun(patient), map[string]int64{"total": 6, "sent": 6, "delivered": 2, "processing": 4, "failed": 0})
	var waits string
	if err := w.app.DB.QueryRow(context.Background(), `SELECT MIN(c.phone) FROM voucher_claim p JOIN contact c ON c.id = p.contact_id WHERE p.voucher_id = $1 AND p.state = 'waiting'`, spring).Scan(&waits); err != nil {
		t.Fatal(err)
	}
	w.why(patient, waits, "đang chờ mã")
	if status, code, _ := w.refused("DELETE", fmt.Sprintf("/vouchers/%d", spring), nil); status != 409 || code != "voucher.in_hands" {
		t.Errorf("delete: got %d %s", status, code)
	}
	w.codes(spring, 3)
	w.same(w.counts(patient), map[string]int64{"total": 6, "sent": 6, "delivered": 5, "processing": 1, "failed": 0})
	again := w.act("Ai có rồi giữ nguyên", "voucher", "care", 0, object{"voucher_id": spring})
	w.same(w.settledRun(again), map[string]int64{"total": 6, "sent": 6, "delivered": 5, "failed": 1})
	w.same(w.counts(patient), map[string]int64{"delivered": 5, "processing": 1})
	w.call("POST", fmt.Sprintf("/vouchers/%d/close", spring), nil, nil)
	w.same(w.counts(patient), map[string]int64{"total": 6, "delivered": 5, "processing": 0, "failed": 1})
	w.oneEach(spring, 5)
	w.verified()

	w.shown(people[0], tet)
	w.redeemed(tet)
	w.joined(tet, people)
	var page struct {
		Items []struct {
			State    string
			Campaign string `json:"campaign_name"`
		}
	}
	if w.call("GET", fmt.Sprintf("/vouchers/%d/people?state=given", spring), nil, &page); len(page.Items) == 0 || page.Items[0].Campaign != "Chờ mã" {
		t.Errorf("people of the voucher: got %+v, want the campaign's name", page.Items)
	}
	w.verified()
}

// voucher makes a programme with so many codes.
func (w *world) voucher(name string, codes int) int64 {
	w.t.Helper()
	var v struct{ ID int64 }
	w.call("POST", "/vouchers", object{"name": name, "worth": "Giảm 50.000 ₫"}, &v)
	w.codes(v.ID, codes)
	return v.ID
}

func (w *world) codes(voucher int64, n int) {
	w.t.Helper()
	w.call("POST", fmt.Sprintf("/vouchers/%d/generate", voucher), object{"count": n, "prefix": fmt.Sprintf("V%d-", voucher)}, nil)
}

// emptyHanded is the phone number of somebody who got none.
func (w *world) emptyHanded(voucher int64) (phone string) {
	w.t.Helper()
	if err := w.app.DB.QueryRow(context.Background(), `SELECT MIN(c.phone) FROM voucher_claim p JOIN contact c ON c.id = p.contact_id WHERE p.voucher_id = $1 AND p.state = 'failed'`, voucher).Scan(&phone); err != nil {
		w.t.Fatal(err)
	}
	return phone
}

// oneEach checks that nobody has two codes and no code went to two people.
func (w *world) oneEach(voucher int64, given int) {
	w.t.Helper()
	codes := w.number(`SELECT COUNT(*) FROM voucher_code WHERE voucher_id = $1 AND contact_id > 0`, voucher)
	holders := w.number(`SELECT COUNT(DISTINCT contact_id) FROM voucher_code WHERE voucher_id = $1 AND contact_id > 0`, voucher)
	if codes != given || holders != given {
		w.t.Errorf("voucher %d: got %d codes given to %d people, want %d each", voucher, codes, holders, given)
	}
}

// shown sends a message that shows the person's code, and looks at the preview.
func (w *world) shown(contact, voucher int64) {
	w.t.Helper()
	var code string
	if err := w.app.DB.QueryRow(context.Background(), `SELECT code FROM voucher_code WHERE voucher_id = $1 AND contact_id = $2`, voucher, contact).Scan(&code); err != nil {
		w.t.Fatal(err)
	}
	text := fmt.Sprintf("Mã của bạn: {{ voucher.code_%d }}, {{ voucher.worth_%d }}", voucher, voucher)
	var preview struct{ Text string }
	w.call("POST", "/templates/preview", object{"channel": "sms", "content": object{"text": text, "unicode": true}, "contact_id": contact}, &preview)
	if want := "Mã của bạn: " + code + ", Giảm 50.000 ₫"; preview.Text != want {
		w.t.Errorf("preview: got %q, want %q", preview.Text, want)
	}
	end := &simulator.Endpoint{Now: w.clk.Now}
	srv := httptest.NewServer(end)
	defer srv.Close()
	var c struct{ ID int64 }
	w.call("POST", "/connections", object{"provider": "http", "name": "CRM", "http": object{"base_url": srv.URL}}, &c)
	sent := w.act("Báo mã", "http_request", "care", c.ID, object{"method": "POST", "path": "/", "any_success": true,
		"body": fmt.Sprintf(`{"phone":"{{ contact.phone }}","code":"{{ voucher.code_%d }}","last":"{{ voucher.code }}"}`, voucher)})
	w.until("the calls", 5*time.Second, func() bool { c := w.counts(sent); return c.Dispatched && c.Waiting == 0 })
	for _, call := range end.Calls() {
		if call.Phone == "+84901230101" && !strings.Contains(call.Body, `"code":"`+code+`"`) {
			w.t.Errorf("call: got %s, want the code %s", call.Body, code)
		}
	}
}

// joined joins a customer who has a code with one who has none, and two who both have one.
func (w *world) joined(voucher int64, people []int64) {
	w.t.Helper()
	holder := func(id int64) bool {
		return w.number(`SELECT COUNT(*) FROM voucher_code WHERE voucher_id = $1 AND contact_id = $2`, voucher, id) == 1
	}
	var with, without []int64
	for _, id := range people {
		if holder(id) {
			with = append(with, id)
		} else {
			without = append(without, id)
		}
	}
	if len(with) != 4 || len(without) != 2 {
		w.t.Fatalf("holders: got %v, want 4", with)
	}
	w.call("POST", fmt.Sprintf("/contacts/%d/merge", without[0]), object{"other": with[0]}, nil)
	w.call("POST", fmt.Sprintf("/contacts/%d/merge", with[1]), object{"other": with[2]}, nil)
	if !holder(without[0]) || holder(with[0]) || !holder(with[1]) || !holder(with[2]) {
		w.t.Error("after joining: want the code with the one who remains, and both codes good where both had one")
	}
	w.oneEach(voucher, 4)
}

// redeemed uses a code over HTTP as a till would.
func (w *world) redeemed(voucher int64) {
	w.t.Helper()
	type answer struct {
		VoucherID  int64     `json:"voucher_id"`
		ContactID  int64     `json:"contact_id"`
		RedeemedAt time.Time `json:"redeemed_at"`
		Again      bool
	}
	id := w.number(`SELECT MIN(id) FROM voucher_code WHERE voucher_id = $1 AND contact_id > 0`, voucher)
	contact := w.number(`SELECT contact_id FROM voucher_code WHERE id = $1`, id)
	code := w.code(id)
	var first, second answer
	w.call("POST", "/vouchers/redeem", object{"code": code, "reference": "HD-1"}, &first)
	if first.VoucherID != voucher || first.ContactID != int64(contact) || first.Again || first.RedeemedAt.IsZero() {
		w.t.Errorf("redemption: got %+v, want the holder's code of voucher %d, for the first time", first, voucher)
	}
	w.clk.Advance(time.Hour)
	w.call("POST", "/vouchers/redeem", object{"code": code, "reference": "HD-1"}, &second)
	if again := (answer{first.VoucherID, first.ContactID, first.RedeemedAt, true}); second.VoucherID != again.VoucherID || second.ContactID != again.ContactID || !second.RedeemedAt.Equal(again.RedeemedAt) || !second.Again {
		w.t.Errorf("same reference again: got %+v, want %+v", second, again)
	}
	if status, problem, _ := w.refused("POST", "/vouchers/redeem", object{"code": code, "reference": "HD-2"}); status != http.StatusConflict || problem != "voucher.code_used" {
		w.t.Errorf("another reference: got %d %s, want 409 voucher.code_used", status, problem)
	}
	free := w.number(`SELECT COALESCE(MIN(id), 0) FROM voucher_code WHERE voucher_id = $1 AND contact_id = 0`, voucher)
	if free == 0 {
		w.codes(voucher, 1)
		free = w.number(`SELECT MIN(id) FROM voucher_code WHERE voucher_id = $1 AND contact_id = 0`, voucher)
	}
	if status, problem, _ := w.refused("POST", "/vouchers/redeem", object{"code": w.code(free), "reference": "HD-3"}); status != http.StatusNotFound || problem != "voucher_code.not_found" {
		w.t.Errorf("a code that nobody holds: got %d %s, want 404 voucher_code.not_found", status, problem)
	}
	// Closing ends the giving only.
	held := w.number(`SELECT MAX(id) FROM voucher_code WHERE voucher_id = $1 AND contact_id > 0`, voucher)
	w.call("POST", fmt.Sprintf("/vouchers/%d/close", voucher), nil, nil)
	var closed answer
	if w.call("POST", "/vouchers/redeem", object{"code": w.code(held), "reference": "HD-4"}, &closed); closed.Again || closed.VoucherID != voucher {
		w.t.Errorf("code of a closed voucher: got %+v, want it good", closed)
	}
	w.call("POST", fmt.Sprintf("/vouchers/%d/open", voucher), nil, nil)
}

func (w *world) code(id int) (code string) {
	w.t.Helper()
	if err := w.app.DB.QueryRow(w.t.Context(), `SELECT code FROM voucher_code WHERE id = $1`, id).Scan(&code); err != nil {
		w.t.Fatal(err)
	}
	return code
}

const voucherPeople = 3000

// TestVoucherKilled kills the server with SIGKILL while it gives 2,000 codes to 3,000 people, again and again. In the end nobody has two codes, every code is given, and the ledger and
// the list say the same of everybody.
func TestVoucherKilled(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); voucherKilled(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); voucherKilled(t, dbtest.PostgresURL(t)) })
}

func voucherKilled(t *testing.T, url string) {
	ctx := context.Background()
	clk := clock.NewSimulated(time.Date(2026, 11, 21, 9, 0, 0, 0, time.FixedZone("ICT", 7*3600)), 1)
	sim := simulator.New(simulator.Options{Clock: clk, Seed: 3, HTTPAddr: "127.0.0.1:0", SMTPAddr: "127.0.0.1:0"})
	if err := sim.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	dir := t.TempDir()
	port := freePort(t)
	cfg := config.Config{DataDir: dir, DatabaseURL: url, Listen: fmt.Sprintf("127.0.0.1:%d", port), PublicURL: fmt.Sprintf("http://127.0.0.1:%d", port), Roles: []string{"api", "worker"},
		KeyFile: filepath.Join(dir, "loa.key"), Simulation: true, ShutdownGrace: 10 * time.Second}
	v := &victim{t: t, cfg: cfg, sim: sim, clk: clk, bin: binary(t), port: port}
	a, err := app.Open(ctx, cfg, clk, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	s, err := a.Seed(ctx, app.SeedOptions{People: voucherPeople, Seed: 3, SimulatorURL: sim.URL(), SimulatorSMTP: sim.SMTPAddr()})
	if err != nil {
		t.Fatal(err)
	}
	p, err := a.Vouchers.Create(ctx, s.Workspace, "user:1", voucher.Form{Name: "Khai trương"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Vouchers.Generate(ctx, s.Workspace, p.ID, "user:1", voucher.Generation{Count: 2000}); err != nil {
		t.Fatal(err)
	}
	made, err := a.Templates.Create(ctx, s.Workspace, "user:1", "Mã", channel.Voucher, []byte(fmt.Sprintf(`{"voucher_id":%d}`, p.ID)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Campaigns.Create(ctx, s.Workspace, "user:1", campaign.Form{Name: "Khai trương", Audience: campaign.Audience{Everyone: true}, Legs: []campaign.Leg{{Channel: channel.Voucher, TemplateID: made.ID}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Campaigns.Activate(ctx, s.Workspace, c.ID, "user:1"); err != nil {
		t.Fatal(err)
	}
	number := func(query string, args ...any) (n int64) {
		if err := a.DB.QueryRow(ctx, query, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	people := number(`SELECT COUNT(*) FROM contact WHERE workspace_id = $1`, s.Workspace)
	random := rand.New(rand.NewPCG(9, uint64(len(url))))
	for range 8 {
		cmd := v.start(0)
		if !v.answers() {
			t.Fatal("the server does not answer")
		}
		<-time.After(time.Duration(20+random.IntN(150)) * time.Millisecond) // the random moment is the point of the test
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	cmd := v.start(0)
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	settled := func() bool {
		return number(`SELECT COUNT(*) FROM leg l JOIN run r ON r.workspace_id = l.workspace_id AND r.id = l.run_id WHERE r.source_id = $1 AND r.kind = 'campaign' AND l.state IN (4, 5)`, c.ID) == people
	}
	for end := time.Now().Add(60 * time.Second); !settled(); <-time.After(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("gave up waiting for %d people", people)
		}
	}
	if holders, codes := number(`SELECT COUNT(DISTINCT contact_id) FROM voucher_code WHERE contact_id > 0`), number(`SELECT COUNT(*) FROM voucher_code WHERE contact_id > 0`); holders != 2000 || codes != 2000 {
		t.Errorf("got %d codes given to %d people, want 2000 each", codes, holders)
	}
	if wrong := number(`SELECT COUNT(*) FROM leg l JOIN voucher_claim p ON p.workspace_id = l.workspace_id AND p.contact_id = l.contact_id WHERE l.channel = 'voucher' AND (l.state = 4) <> (p.state = 'given')`); wrong != 0 {
		t.Errorf("ledger and list differ for %d people", wrong)
	}
	if faults, err := message.New(a.Messages.Deps).Verify(ctx, 10); err != nil || len(faults) > 0 {
		t.Errorf("verify: %v %v", faults, err)
	}
}
