package message

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/provider"
)

// TestAnyWriteMayFail: the n-th storage operation fails, for all n of a small run with a refusal and a fallback. Nothing is sent without a committed attempt, nothing twice, nothing is
// lost, and the run recovers without a restart.
func TestAnyWriteMayFail(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var armed, count atomic.Int64
		broken := errors.New("disk full")
		d.SetFault(func(string) error {
			if at := armed.Load(); at > 0 && count.Add(1) == at {
				return broken
			}
			return nil
		})
		x := newWorld(t, d)
		x.faulty = true
		x.people(12)
		x.sms.answer = func(m *Outgoing, n int) Outcome {
			var state State
			var attempt int
			_, leg, no, _ := x.s.Keys.Parse(m.Key)
			if err := d.QueryRow(context.Background(), `SELECT state, attempt FROM leg WHERE id = $1`, leg).Scan(&state, &attempt); err != nil || attempt != no || state != Sending {
				t.Errorf("a call without its committed attempt: state %v attempt %d, want %v %d (%v)", state, attempt, Sending, no, err)
			}
			if strings.HasSuffix(m.To, "7") {
				return Outcome{Class: provider.Recipient, Code: "108"}
			}
			return accept(m, n)
		}
		operations := int64(0)
		for at := int64(1); at == 1 || at <= operations; at++ {
			clear(x.sms.copies)
			clear(x.mail.copies)
			run := x.start(Care, smsPlan(), mailPlan())
			count.Store(0)
			armed.Store(at)
			sum := x.deliver(func(sum map[string]int64) bool { return settled(sum) && sum["1.total"] == 1 }, run)
			armed.Store(0)
			if at == 1 {
				operations = min(count.Load(), 60)
			}
			x.expect(sum, "0.total=12 0.processing=11 0.failed=1 1.total=1 1.processing=1 unknown=0")
			for k, n := range x.sms.copies {
				if n != 1 {
					t.Errorf("operation %d failed: key %s was sent %d times", at, k, n)
				}
			}
			if t.Failed() {
				t.Fatalf("with operation %d failing", at)
			}
		}
		x.verify()
		if operations < 8 {
			t.Errorf("got %d operations, want at least 8: the test did not reach the writes", operations)
		}
	})
}
