package message

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
)

// Deps is what the service is built from. All fields but Log are needed; Suppress and Hold may be nil in tests.
type Deps struct {
	DB    *db.DB
	Clock *clock.Clock
	Log   *slog.Logger
	Keys  Keyer
	Node  string // name of this process in claims
	Open  Open
	// PublicURL is where people reach us: tracked links, pixels and unsubscribe addresses start with it. No slash at the end.
	PublicURL string
	// Usable reports whether the connection may be used now; false with the time at which to look again (0 = when somebody acts).
	Usable func(ctx context.Context, workspace, connection int64) (bool, error)
	// Hold stops a connection for everybody until a time (0 = until a person acts) with a reason code.
	Hold func(ctx context.Context, workspace, connection int64, reason string, until time.Time) error
	// Refresh renews the credentials of a connection whose provider refused those that this sender has; false when it cannot.
	Refresh func(ctx context.Context, workspace, connection int64, refused Sender) (bool, error)
	// Scope is the Page or OA that a connection speaks for; its addresses belong to it. Nil where no connection has one.
	Scope func(ctx context.Context, workspace, connection int64) (string, error)
	// Meet makes contacts of people who spoke at a Page or an OA, inside the transaction.
	Meet func(ctx context.Context, tx *db.Tx, workspace int64, people []Encounter) error
	// Follow closes the channel of a Page or an OA for people who left it, and opens it again for those who came back, inside the transaction. Nil where nobody follows.
	Follow func(ctx context.Context, tx *db.Tx, workspace int64, people []Following) error
	// Suppressed says which of the addresses must not be used on the channel of the connection. It is asked about messages that bring their own address.
	Suppressed func(ctx context.Context, q db.Querier, workspace, connection int64, ch channel.Channel, addresses []string) (map[string]bool, error)
	// Price is what one message costs by the connection's price table in VND, at the moment of its call in Unix ms; ok is false when the table says nothing and the channel's own
	// knowledge stands. Nil where there are no tables.
	Price func(workspace, connection int64, m *Outgoing, at int64) (vnd int64, ok bool)
	// Suppress puts addresses on the suppression list inside the transaction.
	Suppress func(ctx context.Context, tx *db.Tx, workspace int64, s []Suppression) error
}

// Suppression asks for a person's address on a channel never to be used again.
type Suppression struct {
	ContactID int64
	Channel   channel.Channel
	Reason    string // unsubscribed | complained | bounced | provider
	LegID     int64
	Address   string // of a message that brought its own, "" = the contact's
}

// Service is the ledger. Make it with New; Engine sends, the rest records.
type Service struct {
	Deps
	plans    sync.Map // planKey → *plan
	wake     chan struct{}
	finished atomic.Pointer[func(ctx context.Context, run *Run)]
	inbox    chan *receiptBatch
	inboxOn  sync.Once
	enlisted atomic.Int64 // rows since the start, to know when the planner should look again
}

// New builds the service.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d, wake: make(chan struct{}, 1), inbox: make(chan *receiptBatch, 4096)}
}

func (s *Service) now() int64 { return s.Clock.Now().UnixMilli() }

// Wake makes the engine look for due legs at once.
func (s *Service) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// OnFinished names the function that is told when a run has nothing left to send.
func (s *Service) OnFinished(f func(ctx context.Context, run *Run)) { s.finished.Store(&f) }
