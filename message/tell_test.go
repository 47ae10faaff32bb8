package message

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/provider"
)

// TestWhatWeKnowOurselves tells the ledger what became of acts that were taken on: before their own outcome is recorded, twice, and after the run has finished, which then goes on with the
// next rank of those who failed.
func TestWhatWeKnowOurselves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		x := newWorld(t, d)
		x.people(20)
		tell := func(told ...Told) {
			t.Helper()
			if err := d.WithTx(ctx, func(tx *db.Tx) error { return x.s.Tell(ctx, tx, x.ws, told) }); err != nil {
				t.Error(err)
			}
		}
		x.mail.answer = func(m *Outgoing, _ int) Outcome {
			if m.Contact == 3 {
				tell(Told{Leg: m.Leg, Provider: "local", Fact: FactDelivered, Event: "given"})
			}
			return Outcome{Class: OutcomeAccepted, Asked: true}
		}
		run := x.start(Care, LegPlan{Channel: channel.Voucher, ConnectionID: 2, Content: json.RawMessage(`{"voucher_id":1,"wait":true}`)}, smsPlan())
		sum := x.deliver(func(sum map[string]int64) bool { return settled(sum) && x.state(run) == RunFinished }, run)
		x.expect(sum, "total=20 sent=20 delivered=1 processing=19")
		var told []Told
		for contact := int64(1); contact <= 8; contact++ {
			var leg int64
			if err := d.QueryRow(ctx, `SELECT id FROM leg WHERE workspace_id = $1 AND run_id = $2 AND contact_id = $3`, x.ws, run, contact).Scan(&leg); err != nil {
				t.Fatal(err)
			}
			one := Told{Leg: leg, Provider: "local", Fact: FactDelivered, Event: "given"}
			if contact > 5 {
				one = Told{Leg: leg, Provider: "local", Fact: FactFailed, Event: "failed", Code: "voucher.closed", Class: provider.Recipient}
			}
			told = append(told, one)
		}
		tell(told...)
		tell(told...)
		x.expect(x.sum(run), "0.delivered=5 0.failed=3 0.processing=12 superseded=3 1.queued=3")
		x.expect(x.deliver(settled, run), "total=23 0.delivered=5 0.failed=3 1.processing=3")
		// Who gets a code after all has it, whatever began in between.
		tell(Told{Leg: told[7].Leg, Provider: "local", Fact: FactDelivered, Event: "given"})
		x.expect(x.sum(run), "0.delivered=6 0.failed=2 1.processing=3")
		x.verify()
	})
}
