package message

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/provider"
)

// carrier is a small provider inside the test process: it keeps a ledger by our key and answers by the last digit of the number.
type carrier struct {
	mu     sync.Mutex
	copies map[string]int
	answer func(m *Outgoing, n int) Outcome
	dedupe time.Duration
}

func (c *carrier) Send(_ context.Context, m *Outgoing) Outcome {
	c.mu.Lock()
	c.copies[m.Key]++
	n := c.copies[m.Key]
	c.mu.Unlock()
	o := c.answer(m, n)
	o.Asked = true
	return o
}

func (c *carrier) Close() error { return nil }

type dedupingCarrier struct{ *carrier }

func (d dedupingCarrier) Deduplicates() time.Duration { return d.dedupe }

func accept(m *Outgoing, _ int) Outcome {
	return Outcome{Class: OutcomeAccepted, ProviderID: "p-" + m.Key, Price: 200}
}

// world is a service with its engine over one store, with two carriers: connection 1 carries SMS, connection 2 e-mail.
type world struct {
	t      *testing.T
	d      *db.DB
	s      *Service
	e      *Engine
	w      *Sweeper
	clock  *clock.Clock
	sms    *carrier
	mail   *carrier
	dedupe bool
	faulty bool // storage operations fail on purpose
	ws     int64
	blocks []Suppression
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	ctx := context.Background()
	x := &world{t: t, d: d, clock: clock.NewSimulated(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC), 1), // ten in the morning in Vietnam
		sms: &carrier{copies: map[string]int{}, answer: accept}, mail: &carrier{copies: map[string]int{}, answer: accept}}
	if err := d.QueryRow(ctx, `SELECT 0`).Scan(new(int)); err != nil {
		t.Fatal(err)
	}
	err := d.WithTx(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO workspace (name, created_at) VALUES ('Cửa hàng', 1) RETURNING id`).Scan(&x.ws)
	})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("LOA_TEST_LOG") != "" {
		log = slog.Default()
	}
	smsSender, mailSender := Sender(x.sms), Sender(x.mail)
	x.s = New(Deps{DB: d, Clock: x.clock, Log: log, Keys: NewKeyer([]byte("test")), Node: "test", PublicURL: "http://loa.test",
		Open: func(_ context.Context, _, connection int64) (Sender, Limits, error) {
			l := Limits{Channel: channel.SMS, Provider: "test", Concurrency: 8, Timeout: 5 * time.Second}
			if connection == 1 {
				if x.dedupe {
					return dedupingCarrier{x.sms}, l, nil
				}
				return smsSender, l, nil
			}
			l.Channel = channel.Email
			return mailSender, l, nil
		},
		Usable: func(context.Context, int64, int64) (bool, error) { return true, nil },
		Suppress: func(_ context.Context, _ *db.Tx, _ int64, s []Suppression) error {
			x.blocks = append(x.blocks, s...)
			return nil
		},
	})
	x.e = NewEngine(x.s)
	x.w = NewSweeper(x.e)
	return x
}

// people inserts n contacts; the i-th has the number +8490000iiii and the mail address i@example.com.
func (x *world) people(n int) {
	x.t.Helper()
	ctx := context.Background()
	err := x.d.WithTx(ctx, func(tx *db.Tx) error {
		for i := 1; i <= n; i++ {
			if _, err := tx.Exec(ctx, `INSERT INTO contact (workspace_id, name, phone, email, reach, consent, created_at, updated_at) VALUES ($1, $2, $3, $4, 7, 7, 1, 1)`,
				x.ws, fmt.Sprintf("Người %d", i), fmt.Sprintf("+8490000%04d", i), fmt.Sprintf("%d@example.com", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

func smsPlan() LegPlan {
	return LegPlan{Channel: channel.SMS, ConnectionID: 1, Content: json.RawMessage(`{"text":"[QC] Chao {{ contact.name }}. Tu choi: soan TC"}`)}
}

func mailPlan() LegPlan {
	return LegPlan{Channel: channel.Email, ConnectionID: 2, Content: json.RawMessage(`{"subject":"[QC] Chào","html":"<p>Chào {{ contact.name }} <a href=\"https://shop.example/a\">xem</a> <a href=\"{{ unsubscribe_url }}\">hủy</a></p>","purpose":"care"}`)}
}

// start makes a run and enlists everybody.
func (x *world) start(purpose Purpose, plans ...LegPlan) int64 {
	x.t.Helper()
	ctx := context.Background()
	var run int64
	err := x.d.WithTx(ctx, func(tx *db.Tx) (err error) {
		run, err = x.s.StartRun(ctx, tx, Run{WorkspaceID: x.ws, Kind: KindCampaign, SourceID: 1, Name: "thử", Purpose: purpose, Class: 1,
			Definition: Definition{Campaign: "thử", Zone: "Asia/Ho_Chi_Minh", Legs: plans, TrackOpens: true, TrackClicks: true}})
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	for {
		_, done, err := x.s.Enlist(ctx, x.ws, run, func(int) (string, []any) { return "1 = 1", nil }, 2000)
		if err != nil {
			x.t.Fatal(err)
		}
		if done {
			break
		}
	}
	if err := x.s.MarkDispatched(ctx, x.ws, run); err != nil {
		x.t.Fatal(err)
	}
	return run
}

// deliver runs engine and sweeper until done says so.
func (x *world) deliver(done func(sum map[string]int64) bool, run int64) map[string]int64 {
	x.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	x.e = NewEngine(x.s)
	x.w = NewSweeper(x.e)
	finished := make(chan struct{})
	go func() { x.e.Run(ctx); close(finished) }()
	deadline := time.Now().Add(20 * time.Second)
	var sum map[string]int64
	for {
		if err := x.w.Sweep(ctx); err != nil && !x.faulty {
			x.t.Error(err)
		}
		if sum = x.sum(run); done(sum) {
			break
		}
		if time.Now().After(deadline) {
			x.t.Errorf("gave up waiting; counts are %v", sum)
			break
		}
		<-time.After(10 * time.Millisecond)
	}
	cancel()
	<-finished
	return x.sum(run)
}

func settled(sum map[string]int64) bool {
	return sum["total"] > 0 && sum["queued"]+sum["sending"] == 0
}

func (x *world) sum(run int64) map[string]int64 {
	x.t.Helper()
	counts, err := x.s.Counts(context.Background(), x.d, x.ws, run)
	if err != nil {
		x.t.Fatal(err)
	}
	sum := map[string]int64{}
	for _, c := range counts {
		for m, n := range c.Metrics {
			sum[m] += n
			sum[fmt.Sprintf("%d.%s", c.Rank, m)] = n
		}
	}
	return sum
}

func (x *world) verify() {
	x.t.Helper()
	faults, err := x.s.Verify(context.Background(), 5)
	if err != nil {
		x.t.Fatal(err)
	}
	for _, f := range faults {
		x.t.Errorf("verify: %s", f)
	}
}

func (x *world) expect(sum map[string]int64, want string) {
	x.t.Helper()
	for _, w := range strings.Fields(want) {
		name, value, _ := strings.Cut(w, "=")
		if got := fmt.Sprint(sum[name]); got != value {
			x.t.Errorf("got %s=%s, want %s (all: %v)", name, got, w, sum)
		}
	}
}

func TestEveryoneIsSentOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(1200)
		run := x.start(Marketing, smsPlan(), mailPlan())
		sum := x.deliver(settled, run)
		x.expect(sum, "total=1200 sent=1200 processing=1200 failed=0 cost=240000")
		if len(x.sms.copies) != 1200 {
			t.Errorf("got %d keys at the carrier, want 1200", len(x.sms.copies))
		}
		for k, n := range x.sms.copies {
			if n != 1 {
				t.Errorf("key %s was sent %d times", k, n)
			}
		}
		x.verify()
		if r, err := LoadRun(context.Background(), d, x.ws, run); err != nil || r.State != RunFinished || r.Spent != 240000 {
			t.Errorf("got run %+v, %v; want finished with 240000 VND spent", r, err)
		}
	})
}

func TestCertainFailureFallsBackOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(300)
		x.sms.answer = func(m *Outgoing, n int) Outcome {
			if strings.HasSuffix(m.To, "7") {
				return Outcome{Class: provider.Recipient, Code: "108"}
			}
			return accept(m, n)
		}
		run := x.start(Marketing, smsPlan(), mailPlan())
		sum := x.deliver(settled, run)
		x.expect(sum, "total=330 0.failed=30 0.superseded=30 1.total=30 1.processing=30 sent=330")
		x.verify()
	})
}

func TestTemporaryFailureIsTriedAgainUnderANewKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.clock.Set(x.clock.Now(), 200)
		x.people(20)
		var mu sync.Mutex
		tries := map[string]int{}
		x.sms.answer = func(m *Outgoing, n int) Outcome {
			mu.Lock()
			defer mu.Unlock()
			if tries[m.To]++; tries[m.To] < 3 {
				return Outcome{Class: provider.Temporary, Code: "busy"}
			}
			return accept(m, n)
		}
		run := x.start(Marketing, smsPlan())
		sum := x.deliver(settled, run)
		x.expect(sum, "total=20 processing=20 sent=20")
		if len(x.sms.copies) != 60 {
			t.Errorf("got %d keys, want 60: each try has its own", len(x.sms.copies))
		}
		x.verify()
	})
}

func TestUnknownIsNotSentAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(10)
		x.sms.answer = func(m *Outgoing, n int) Outcome { return Outcome{Class: provider.Unknown, Code: "timeout"} }
		run := x.start(Marketing, smsPlan(), mailPlan())
		sum := x.deliver(settled, run)
		x.expect(sum, "total=10 unknown=10 sent=10 1.total=0")
		x.clock.Advance(25 * time.Hour)
		sum = x.deliver(settled, run)
		x.expect(sum, "total=10 unknown=10 1.total=0")
		// Half of them report by our key, the rest is decided by a person.
		ctx := context.Background()
		var receipts []Receipt
		ids, err := x.s.UnknownLegs(ctx, d, x.ws, run, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids[:5] {
			receipts = append(receipts, Receipt{Key: x.s.Keys.Key(x.ws, id, 1), Fact: FactDelivered, At: x.clock.Now(), Event: "delivered", Raw: "{}"})
		}
		if err := x.s.Receive(ctx, x.ws, 1, "test", receipts); err != nil {
			t.Fatal(err)
		}
		x.expect(x.sum(run), "delivered=5 unknown=5")
		if err := d.WithTx(ctx, func(tx *db.Tx) error { _, err := x.s.Resolve(ctx, tx, x.ws, ids, false); return err }); err != nil {
			t.Fatal(err)
		}
		sum = x.deliver(settled, run)
		x.expect(sum, "delivered=5 unknown=0 0.failed=5 1.processing=5")
		for k, n := range x.sms.copies {
			if n != 1 {
				t.Errorf("key %s was sent %d times", k, n)
			}
		}
		x.verify()
	})
}

func TestUnknownIsRepeatedUnderTheSameKeyWhereTheProviderDeduplicates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.dedupe, x.sms.dedupe = true, 23*time.Hour
		x.clock.Set(x.clock.Now(), 100)
		x.people(10)
		x.sms.answer = func(m *Outgoing, n int) Outcome {
			if n == 1 {
				return Outcome{Class: provider.Unknown, Code: "timeout"}
			}
			return accept(m, n)
		}
		run := x.start(Marketing, smsPlan())
		sum := x.deliver(func(sum map[string]int64) bool { return sum["processing"] == 10 }, run)
		x.expect(sum, "total=10 processing=10 sent=10")
		if len(x.sms.copies) != 10 {
			t.Errorf("got %d keys, want 10: the repeat has the first key", len(x.sms.copies))
		}
		x.verify()
	})
}

func TestEarlyReceiptIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(50)
		x.sms.answer = func(m *Outgoing, n int) Outcome {
			// One person's receipt overtakes our answer by key, another's by the provider's id alone.
			r := Receipt{Fact: FactDelivered, At: x.clock.Now(), Event: "delivered"}
			if strings.HasSuffix(m.To, "1") {
				r.Key = m.Key
			} else {
				r.ProviderID = "p-" + m.Key
			}
			if err := x.s.Receive(context.Background(), x.ws, 1, "test", []Receipt{r}); err != nil {
				t.Error(err)
			}
			return accept(m, n)
		}
		run := x.start(Marketing, smsPlan())
		sum := x.deliver(func(sum map[string]int64) bool { return sum["delivered"] == 50 }, run)
		x.expect(sum, "total=50 delivered=50 sent=50")
		x.verify()
	})
}

func TestWhoMayNotBeSentIsSkippedWithAReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(10)
		ctx := context.Background()
		for i, q := range []string{
			`UPDATE contact SET phone = NULL, reach = 1 WHERE phone = '+84900000001'`,
			`UPDATE contact SET blocked = 2 WHERE phone = '+84900000002'`,
			`UPDATE contact SET consent = 0 WHERE phone = '+84900000003'`,
			`UPDATE contact SET phone = '+84900000005', shared = 2 WHERE phone = '+84900000004'`,
			`UPDATE contact SET shared = 2 WHERE phone = '+84900000005'`,
		} {
			if _, err := d.Exec(ctx, q); err != nil {
				t.Fatal(i, err)
			}
		}
		run := x.start(Marketing, smsPlan())
		sum := x.deliver(settled, run)
		x.expect(sum, "total=10 skipped=4 processing=6 sent=6")
		rows, err := d.Query(ctx, `SELECT reason FROM leg WHERE workspace_id = $1 AND state = 7 ORDER BY contact_id`, x.ws)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var got []string
		for rows.Next() {
			var r string
			if err := rows.Scan(&r); err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		if want := "no_address suppressed no_consent duplicate_address"; strings.Join(got, " ") != want {
			t.Errorf("got reasons %v, want %s", got, want)
		}
		x.verify()
	})
}

func TestPauseResumeCancel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(3000)
		ctx := context.Background()
		var run int64
		var calls atomic.Int64
		paused := make(chan struct{})
		x.sms.answer = func(m *Outgoing, n int) Outcome {
			if i := calls.Add(1); i == 20 {
				if err := d.WithTx(ctx, func(tx *db.Tx) error { return x.s.Pause(ctx, tx, x.ws, run, "person") }); err != nil {
					t.Error(err)
				}
				close(paused)
			} else if i > 20 {
				<-paused
			}
			return accept(m, n)
		}
		run = x.start(Marketing, smsPlan())
		sum := x.deliver(func(sum map[string]int64) bool {
			return sum["sending"] == 0 && sum["sent"] >= 20
		}, run)
		if sum["queued"] == 0 || sum["sending"] != 0 {
			t.Errorf("got %v, want some queued and none under way after a pause", sum)
		}
		if err := d.WithTx(ctx, func(tx *db.Tx) error { return x.s.Resume(ctx, tx, x.ws, run) }); err != nil {
			t.Fatal(err)
		}
		sum = x.deliver(settled, run)
		x.expect(sum, "total=3000 processing=3000 sent=3000")
		if len(x.sms.copies) != 3000 {
			t.Errorf("got %d keys, want 3000: exactly the rest was sent", len(x.sms.copies))
		}
		other := x.start(Marketing, mailPlan())
		if err := d.WithTx(ctx, func(tx *db.Tx) error { return x.s.Cancel(ctx, tx, x.ws, other) }); err != nil {
			t.Fatal(err)
		}
		sum = x.deliver(settled, other)
		x.expect(sum, "total=3000 skipped=3000 sent=0")
		x.verify()
	})
}

func TestAdvertsAreCapped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(20)
		for range 3 {
			x.expect(x.deliver(settled, x.start(Marketing, smsPlan())), "processing=20 skipped=0")
		}
		x.expect(x.deliver(settled, x.start(Marketing, smsPlan(), mailPlan())), "0.skipped=20 1.processing=20") // the fourth text is not sent; a mail has its own limit
		x.expect(x.deliver(settled, x.start(Care, smsPlan())), "processing=20")                                 // not an advert
		x.clock.Advance(25 * time.Hour)
		x.expect(x.deliver(settled, x.start(Marketing, smsPlan())), "processing=20 skipped=0")
		x.verify()
	})
}
