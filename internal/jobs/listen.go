package jobs

import (
	"context"
	"fmt"
	"sync"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// liteDriver is River's SQLite driver with wake-ups through the process instead of a table that is asked 20 times a second over the only writing connection. Another process on
// the same file is found by polling.
type liteDriver struct {
	*riversqlite.Driver
	bell *bell
}

// GetListener gives the listener that hears the bell.
func (d *liteDriver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return &listener{bell: d.bell}
}

// SupportsListenNotify is false: nothing is written to the table of notifications.
func (d *liteDriver) SupportsListenNotify() bool { return false }

// bell remembers which queues have new jobs until the listener has heard of them.
type bell struct {
	mu     sync.Mutex
	queues map[string]bool
	wake   chan struct{}
}

func newBell() *bell { return &bell{queues: map[string]bool{}, wake: make(chan struct{}, 1)} }

func (b *bell) ring(queue string) {
	b.mu.Lock()
	b.queues[queue] = true
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// next takes one queue off; more tells whether others are left.
func (b *bell) next() (queue string, found, more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for q := range b.queues {
		delete(b.queues, q)
		return q, true, len(b.queues) > 0
	}
	return "", false, false
}

// listener hears the bell in River's own words.
type listener struct{ bell *bell }

// The topic and the payload are those of River's producers.
const topicInsert = "river_insert"

func (l *listener) Close(context.Context) error            { return nil }
func (l *listener) Connect(context.Context) error          { return nil }
func (l *listener) Listen(context.Context, string) error   { return nil }
func (l *listener) Ping(context.Context) error             { return nil }
func (l *listener) Schema() string                         { return "" }
func (l *listener) SetAfterConnectExec(string)             {}
func (l *listener) Unlisten(context.Context, string) error { return nil }

func (l *listener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	for {
		if queue, found, more := l.bell.next(); found {
			if more {
				select {
				case l.bell.wake <- struct{}{}:
				default:
				}
			}
			return &riverdriver.Notification{Topic: topicInsert, Payload: fmt.Sprintf("{\"queue\": %q}", queue)}, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.bell.wake:
		}
	}
}
