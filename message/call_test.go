package message

import (
	"slices"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/provider"
)

// TestCallEndsInAnyOrder tells a leg of a call everything that happened in every order, each thing twice, and wants one result.
func TestCallEndsInAnyOrder(t *testing.T) {
	t.Parallel()
	placed := event{kind: kindOutcome, attempt: 1, outcome: &Outcome{Class: OutcomeAccepted, Delivered: true, Asked: true, Price: 400, OnAnswer: true, Started: 1000, Ended: 1200}}
	lost := event{kind: kindOutcome, attempt: 1, outcome: &Outcome{Class: provider.Unknown, Code: "net.lost", Asked: true, Price: 400, OnAnswer: true, Started: 1000, Ended: 1200}}
	ringing := event{kind: kindFact, fact: FactDelivered, at: 1300}
	answered := event{kind: kindFact, fact: FactAnswered, at: 2000}
	busy := event{kind: kindFact, fact: FactDelivered, at: 3000, reason: "busy", class: provider.Recipient}
	key := event{kind: kindFact, fact: FactAnswered, at: 2500, reason: "1"}
	for name, c := range map[string]struct {
		events []event
		reason string
		status Status
		silent bool
	}{
		"placed":             {[]event{placed}, "", StatusDelivered, true},
		"busy":               {[]event{placed, ringing, busy}, "busy", StatusDelivered, true},
		"busy, answer lost":  {[]event{lost, ringing, busy}, "busy", StatusDelivered, true},
		"answered":           {[]event{placed, ringing, answered}, "", StatusAnswered, false},
		"answered, then key": {[]event{lost, answered, key}, "", StatusAnswered, false},
		"key alone":          {[]event{placed, key}, "", StatusAnswered, false},
		"an end that lies":   {[]event{placed, answered, busy}, "", StatusAnswered, false},
	} {
		var first *Leg
		permute(len(c.events), func(order []int) {
			l := &Leg{Channel: channel.AICall, State: Sending, Attempt: 1}
			for range 2 {
				for _, i := range order {
					l.take(&c.events[i], 5000)
				}
			}
			if l.State != Delivered || l.Status() != c.status || l.Reason != c.reason || l.silent() != c.silent || slices.Contains(l.Counts(), StatusFailed) {
				t.Errorf("%s %v: got %s, status %s, reason %q, silent %v; want delivered, %s, %q, %v", name, order, l.State, l.Status(), l.Reason, l.silent(), c.status, c.reason, c.silent)
			}
			if cost := map[bool]int64{true: 400}[c.status == StatusAnswered]; l.Price != cost {
				t.Errorf("%s %v: got %d VND, want %d: only an answered call costs", name, order, l.Price, cost)
			}
			if first == nil {
				first = l
			}
			if *l != *first {
				t.Errorf("%s %v: got %+v, want %+v as in the first order", name, order, *l, *first)
			}
		})
	}
}

// permute calls f with every order of n things.
func permute(n int, f func([]int)) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	var rec func(int)
	rec = func(k int) {
		if k == n {
			f(order)
			return
		}
		for i := k; i < n; i++ {
			order[k], order[i] = order[i], order[k]
			rec(k + 1)
			order[k], order[i] = order[i], order[k]
		}
	}
	rec(0)
}
