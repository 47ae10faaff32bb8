package message

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/provider"
)

func waitPlan() LegPlan {
	return LegPlan{Channel: channel.Wait, ConnectionID: 2, Content: json.RawMessage(`{"seconds":172800}`)} // two days
}

// unreachable inserts a contact without any address.
func (x *world) unreachable() {
	x.t.Helper()
	if _, err := x.d.Exec(context.Background(), `INSERT INTO contact (workspace_id, name, created_at, updated_at) VALUES ($1, 'Không có gì', 1, 1)`, x.ws); err != nil {
		x.t.Fatal(err)
	}
}

func (x *world) state(run int64) RunState {
	x.t.Helper()
	r, err := LoadRun(context.Background(), x.d, x.ws, run)
	if err != nil {
		x.t.Fatal(err)
	}
	return r.State
}

func TestTheNextRankStartsWhenTheWaitIsOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(1100)
		x.unreachable()
		run := x.start(Care, waitPlan(), smsPlan())
		waiting := func(sum map[string]int64) bool { return sum["0.processing"] == 1101 }
		x.expect(x.deliver(waiting, run), "total=1101 0.sent=1101 0.processing=1101 superseded=0")
		if got := x.state(run); got != RunRunning {
			t.Errorf("while people wait: got a run that is %s, want running", got)
		}
		x.clock.Advance(47 * time.Hour)
		x.expect(x.deliver(waiting, run), "0.processing=1101 1.total=0")
		x.verify()
		x.clock.Advance(2 * time.Hour)
		sum := x.deliver(func(sum map[string]int64) bool {
			return settled(sum) && sum["processing"] == 1100 && x.state(run) == RunFinished
		}, run)
		x.expect(sum, "total=2202 superseded=1101 0.waited=1101 0.processing=0 1.sent=1100 1.processing=1100 1.skipped=1 waited=1101")
		x.verify()
	})
}

func TestACancelledRunLetsNobodyWait(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		x := newWorld(t, d)
		x.people(20)
		run := x.start(Care, waitPlan(), smsPlan())
		x.deliver(func(sum map[string]int64) bool { return sum["0.processing"] == 20 }, run)
		if err := d.WithTx(ctx, func(tx *db.Tx) error { return x.s.Pause(ctx, tx, x.ws, run, "person") }); err != nil {
			t.Fatal(err)
		}
		x.clock.Advance(49 * time.Hour)
		x.expect(x.deliver(func(sum map[string]int64) bool { return sum["1.queued"] == 20 }, run), "0.waited=20 1.sent=0")
		if err := d.WithTx(ctx, func(tx *db.Tx) error { return x.s.Resume(ctx, tx, x.ws, run) }); err != nil {
			t.Fatal(err)
		}
		x.expect(x.deliver(settled, run), "0.waited=20 1.processing=20")

		other := x.start(Care, waitPlan(), smsPlan())
		x.deliver(func(sum map[string]int64) bool { return sum["0.processing"] == 20 }, other)
		if err := d.WithTx(ctx, func(tx *db.Tx) error { return x.s.Cancel(ctx, tx, x.ws, other) }); err != nil {
			t.Fatal(err)
		}
		x.expect(x.deliver(func(sum map[string]int64) bool { return sum["1.skipped"] == 20 }, other), "0.waited=20 total=40 superseded=20 1.sent=0")
		x.verify()
	})
}

// enter puts contacts into a run and counts the answers.
func (x *world) enter(run int64, delay time.Duration, contacts ...int64) map[string]int {
	x.t.Helper()
	ctx := context.Background()
	out := map[string]int{}
	err := x.d.WithTx(ctx, func(tx *db.Tx) error {
		r, err := LoadRun(ctx, tx, x.ws, run)
		if err != nil {
			return err
		}
		list, err := x.s.Enter(ctx, tx, r, contacts, delay)
		for i, e := range list {
			out[e.Result]++
			if e.Skipped != "" {
				out[e.Skipped]++
			}
			if e.ContactID != contacts[i] {
				x.t.Errorf("answer %d is about contact %d, want %d", i, e.ContactID, contacts[i])
			}
		}
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

func TestPeopleEnterARunOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		x := newWorld(t, d)
		x.people(50)
		x.unreachable()
		var first int64
		if err := d.QueryRow(ctx, `SELECT MIN(id) FROM contact WHERE workspace_id = $1`, x.ws).Scan(&first); err != nil {
			t.Fatal(err)
		}
		var run int64
		err := d.WithTx(ctx, func(tx *db.Tx) (err error) {
			run, err = x.s.StartRun(ctx, tx, Run{WorkspaceID: x.ws, Kind: KindCampaign, SourceID: 1, Name: "vào", Purpose: Care, Class: 1,
				Definition: Definition{Zone: "Asia/Ho_Chi_Minh", Entry: true, Legs: []LegPlan{smsPlan(), mailPlan()}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for i := range int64(51) {
			ids = append(ids, first+i)
		}
		if got := x.enter(run, 0, append(ids[40:], ids[50], 999_999)...); got[Entered] != 11 || got[EnteredAlready] != 1 || got[EnteredUnknown] != 1 || got[ReasonNoAddress] != 1 {
			t.Errorf("first time: got %v, want 11 entered, one of them without address, 1 twice and 1 unknown", got)
		}
		if got := x.enter(run, 0, ids[45:]...); got[EnteredAlready] != 6 {
			t.Errorf("second time: got %v, want 6 already in", got)
		}
		x.expect(x.deliver(settled, run), "total=11 sent=10 processing=10 skipped=1")
		if got := x.state(run); got != RunRunning {
			t.Errorf("after the first ones: got a run that is %s, want running", got)
		}
		x.enter(run, time.Hour, ids[:5]...)
		x.expect(x.deliver(func(sum map[string]int64) bool { return sum["total"] == 16 }, run), "queued=5 sent=10")
		x.clock.Advance(61 * time.Minute)
		x.expect(x.deliver(settled, run), "total=16 sent=15")
		if err := x.s.MarkDispatched(ctx, x.ws, run); err != nil {
			t.Fatal(err)
		}
		x.deliver(func(map[string]int64) bool { return x.state(run) == RunFinished }, run)
		err = d.WithTx(ctx, func(tx *db.Tx) error {
			r, err := LoadRun(ctx, tx, x.ws, run)
			if err == nil {
				_, err = x.s.Enter(ctx, tx, r, ids[:1], 0)
			}
			return err
		})
		if !errs.Is(err, "run.wrong_state") {
			t.Errorf("into a finished run: got %v, want run.wrong_state", err)
		}
		x.verify()
	})
}

func TestWaitsAreNoAdvertsAndKeepNoHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(5)
		for range 3 { // as many adverts as a person may get in a day
			x.deliver(settled, x.start(Marketing, smsPlan()))
		}
		x.clock.Advance(12 * time.Hour) // ten in the evening
		run := x.start(Marketing, waitPlan(), smsPlan())
		x.expect(x.deliver(func(sum map[string]int64) bool { return sum["0.processing"] == 5 }, run), "0.sent=5 0.skipped=0 0.queued=0")
		x.clock.Advance(48*time.Hour + time.Minute)
		x.expect(x.deliver(func(sum map[string]int64) bool { return sum["1.queued"] == 5 && sum["0.waited"] == 5 }, run), "1.sent=0")
		x.clock.Advance(10 * time.Hour) // eight in the morning
		x.expect(x.deliver(settled, run), "1.sent=5 1.processing=5")
		x.verify()
	})
}

func TestAWaitWhoseBeginningWasLostBeginsAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(30)
		x.dedupe, x.sms.dedupe = true, 24*time.Hour // as acts in our own database are
		x.sms.answer = func(m *Outgoing, n int) Outcome {
			if n == 1 {
				return Outcome{Class: provider.Unknown, Code: "lost"}
			}
			return accept(m, n)
		}
		wait := waitPlan()
		wait.ConnectionID = 1
		run := x.start(Care, wait, mailPlan())
		x.expect(x.deliver(func(sum map[string]int64) bool { return sum["0.unknown"] == 30 && sum["0.sending"] == 0 }, run), "1.total=0")
		x.clock.Advance(time.Minute)
		x.deliver(func(sum map[string]int64) bool { return sum["0.processing"] == 30 }, run)
		if got := x.state(run); got != RunRunning {
			t.Errorf("while people wait: got a run that is %s, want running", got)
		}
		x.clock.Advance(49 * time.Hour)
		x.expect(x.deliver(func(sum map[string]int64) bool { return settled(sum) && sum["1.processing"] == 30 }, run), "0.waited=30 total=60 superseded=30")
		x.verify()
	})
}

func TestWhoIsMergedGoesOnWaiting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		x := newWorld(t, d)
		x.people(4)
		run := x.start(Care, waitPlan(), smsPlan())
		x.deliver(func(sum map[string]int64) bool { return sum["0.processing"] == 4 }, run)
		var first int64
		if err := d.QueryRow(ctx, `SELECT MIN(id) FROM contact WHERE workspace_id = $1`, x.ws).Scan(&first); err != nil {
			t.Fatal(err)
		}
		x.unreachable() // made after the start, so not in the run
		var late int64
		if err := d.QueryRow(ctx, `SELECT MAX(id) FROM contact WHERE workspace_id = $1`, x.ws).Scan(&late); err != nil {
			t.Fatal(err)
		}
		err := d.WithTx(ctx, func(tx *db.Tx) error {
			for _, pair := range [][2]int64{{late, first}, {first + 1, first + 2}} { // the second pair is in the run twice
				if err := x.s.Merge(ctx, tx, x.ws, pair[0], pair[1]); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, `UPDATE contact SET phone = COALESCE(phone, '+84911111111'), reach = 7, consent = 7 WHERE workspace_id = $1 AND id = $2`, x.ws, pair[0]); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, `DELETE FROM contact WHERE workspace_id = $1 AND id = $2`, x.ws, pair[1]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		x.clock.Advance(49 * time.Hour)
		x.expect(x.deliver(settled, run), "0.waited=4 1.sent=3 1.processing=3 1.skipped=1")
		x.verify()
	})
}
