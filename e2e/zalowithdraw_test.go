package e2e

import (
	"fmt"
	"testing"

	"github.com/loa-project/loa/simulator"
)

// TestZaloWithdrawal lets a person ask at an OA for the deletion of their data: nothing more is sent, staff see who it is, once, and erasing the person ends it.
func TestZaloWithdrawal(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		b := quick()
		b.CallbackCopies = 2
		w := newWorld(t, url, simulator.Options{Zalo: b, NoMagic: true})
		w.found()
		w.oa()
		w.says(reader)
		w.says(quiet)
		w.until("both people", 0, func() bool { return w.number(`SELECT COUNT(*) FROM contact WHERE name = 'Lan' AND reach = 8`) == 2 })
		type line struct {
			Kind, Level, Name string
			ContactID         int64 `json:"contact_id"`
		}
		seen := func() (out []line) {
			var body struct{ Items []line }
			w.call("GET", "/overview/attention", nil, &body)
			for _, l := range body.Items {
				if l.Kind == "withdrawal" {
					out = append(out, l)
				}
			}
			return out
		}
		if got := seen(); len(got) != 0 {
			t.Errorf("before: got %v, want nobody", got)
		}
		id := int64(w.number(`SELECT contact_id FROM identity WHERE value = $1`, reader))
		w.does(simulator.ZaloAct{ID: reader, Do: "withdraw"})
		w.until("the withdrawal", 0, func() bool { return len(seen()) > 0 })
		if got := seen(); fmt.Sprint(got) != fmt.Sprintf("[{withdrawal error Lan %d}]", id) {
			t.Errorf("attention: got %v, want Lan, %d, once", got, id)
		}
		w.does(simulator.ZaloAct{ID: reader, Do: "withdraw"})
		w.until("the second request", 0, func() bool { return w.number(`SELECT COUNT(*) FROM chat_event WHERE type = 'withdraw'`) > 0 })
		if n := w.number(`SELECT COUNT(*) FROM audit WHERE action = 'contact.withdrawal'`); n != 1 {
			t.Errorf("audit: got %d lines, want 1", n)
		}
		if n := w.number(`SELECT COUNT(*) FROM contact WHERE id = $1 AND blocked = 8`, id); n != 1 {
			t.Error("the channel of who withdrew is open, want it closed")
		}
		w.call("POST", fmt.Sprintf("/contacts/%d/erase", id), object{}, nil)
		if got := seen(); len(got) != 0 {
			t.Errorf("after the erasure: got %v, want nobody", got)
		}
	})
}
