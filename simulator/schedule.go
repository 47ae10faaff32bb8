package simulator

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/loa-project/loa/internal/clock"
)

// Kinds of things that happen later.
const (
	zaloReceipt uint8 = iota
	zaloFeedback
	zaloManagement
	smsSent // report "sent, waiting"
	smsFinal
	mailReport // bounce, delay notice or complaint
	mailPerson // somebody opens, clicks or unsubscribes
	mailDone   // delivered, nothing to tell
	mailTold   // a mail service's webhook
	messengerEvent
	etelecomReceipt
	etelecomTaken // told late: taken by Zalo, not yet received
	etelecomRated // the person gave stars
	speedFinal
	speedSent // told late: on its way
	stringeeEvent
	stringeeKey
)

// event is one thing that happens to an entry at a time on the clock. extra is nil for the many and set for the few that need more than the ledger knows.
type event struct {
	due   int64
	seq   uint32
	kind  uint8
	try   uint8
	age   uint16 // the scheduler's age when it was added; a reset makes it stale
	extra *extra
}

// extra is what an event needs beside its ledger entry.
type extra struct {
	body []byte     // management event, ready to post
	mail *mailAfter // a mail's aftermath
	app  string     // the app that a management event belongs to, or the Page; the status of a call, or where its key is told
	// fact is what a Messenger event means for the ledger; copies are sent beside it.
	fact   uint16
	copies int
}

// eventHeap is a binary heap by due time, written out because container/heap would allocate for each event.
type eventHeap []event

func (h *eventHeap) push(e event) {
	q := append(*h, e)
	i := len(q) - 1
	for i > 0 {
		up := (i - 1) / 2
		if q[up].due <= q[i].due {
			break
		}
		q[up], q[i] = q[i], q[up]
		i = up
	}
	*h = q
}

func (h *eventHeap) pop() event {
	q := *h
	top := q[0]
	n := len(q) - 1
	q[0] = q[n]
	q[n] = event{}
	q = q[:n]
	for i := 0; ; {
		least, l, r := i, 2*i+1, 2*i+2
		if l < n && q[l].due < q[least].due {
			least = l
		}
		if r < n && q[r].due < q[least].due {
			least = r
		}
		if least == i {
			break
		}
		q[i], q[least] = q[least], q[i]
		i = least
	}
	*h = q
	return top
}

// scheduler holds all events in one heap and hands out those that are due, in order, to a bounded channel: one goroutine and one timer for a million messages.
type scheduler struct {
	clk  *clock.Clock
	out  chan event
	mu   sync.Mutex
	heap eventHeap
	age  uint16
	open atomic.Int64 // added and not yet performed
	next int64        // the time the loop sleeps until
	wake context.CancelFunc
}

func newScheduler(clk *clock.Clock, room int) *scheduler {
	return &scheduler{clk: clk, out: make(chan event, room), next: math.MaxInt64}
}

// add never blocks; what is due waits in the heap while the callback workers are busy.
func (q *scheduler) add(e event) {
	q.open.Add(1)
	q.mu.Lock()
	e.age = q.age
	q.heap.push(e)
	if e.due < q.next && q.wake != nil {
		q.wake()
		q.wake = nil
	}
	q.mu.Unlock()
}

// waiting is the number of events that are still to be performed, those in a worker's hands included.
func (q *scheduler) waiting() int { return int(q.open.Load()) }

func (q *scheduler) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open.Add(-int64(len(q.heap)))
	q.heap = nil
	q.age++
}

// stale reports whether an event is from before a reset: its number means nothing in the new ledger.
func (q *scheduler) stale(e event) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return e.age != q.age
}

// run hands out events until ctx ends.
func (q *scheduler) run(ctx context.Context) {
	due := make([]event, 0, 256)
	for ctx.Err() == nil {
		now := q.clk.Now().UnixMilli()
		q.mu.Lock()
		for len(q.heap) > 0 && q.heap[0].due <= now && len(due) < cap(due) {
			due = append(due, q.heap.pop())
		}
		if len(due) > 0 {
			q.mu.Unlock()
			for _, e := range due {
				select {
				case q.out <- e:
				case <-ctx.Done():
					return
				}
			}
			due = due[:0]
			continue
		}
		wait := time.Hour
		q.next = math.MaxInt64
		if len(q.heap) > 0 {
			q.next = q.heap[0].due
			wait = min(wait, time.Duration(q.next-now)*time.Millisecond)
		}
		sleep, cancel := context.WithCancel(ctx)
		q.wake = cancel
		q.mu.Unlock()
		_ = q.clk.Sleep(sleep, wait) // an early wake is the purpose, not an error
		cancel()
	}
}
