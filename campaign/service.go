package campaign

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/cost"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/template"
)

// Deps is what the service is built from. All fields but Log and Defaults are needed.
type Deps struct {
	DB        *db.DB
	Clock     *clock.Clock
	Log       *slog.Logger
	Messages  *message.Service
	Templates *template.Service
	// Segment reads a segment of the workspace; segment.not_found when there is none.
	Segment func(ctx context.Context, workspace, id int64) (Segment, error)
	// Expand writes out the segments that a condition tree names, so that later changes of them do not matter.
	Expand func(ctx context.Context, workspace int64, condition json.RawMessage) (json.RawMessage, error)
	// Compile turns a condition tree into bound SQL over the contact alias c. now stands for "today" and "within n days".
	Compile func(ctx context.Context, workspace int64, now time.Time, condition json.RawMessage) (message.Audience, error)
	// Connection reads a connection of the workspace; connection.not_found when there is none.
	Connection func(ctx context.Context, workspace, id int64) (Connection, error)
	// Builtin is the connection that carries a channel of our own, 0 for the channels whose connection the author chooses; may be nil.
	Builtin func(ctx context.Context, workspace int64, ch channel.Channel) (int64, error)
	// Book is the price table of a connection; nil where there are no tables.
	Book func(ctx context.Context, workspace, connection int64) (*cost.Book, error)
	// Unsendable asks what the provider says about the template of its own that content names: what is wrong with it, nil when nothing is, nothing is known, or it names none; may be nil.
	Unsendable func(ctx context.Context, workspace, connection int64, content *template.Compiled) (*errs.Field, error)
	// Lacks names by code what content refers to and cannot be used, such as a list that was deleted; "" when nothing is wrong. May be nil.
	Lacks func(ctx context.Context, workspace int64, content *template.Compiled) (string, error)
	// Zone is the workspace's time zone by its IANA name.
	Zone func(ctx context.Context, workspace int64) (string, error)
	// Defaults are the options of a new campaign whose form has none; may be nil.
	Defaults func(ctx context.Context, workspace int64) (Options, error)
	// Audit adds a line to the workspace's audit log inside the transaction.
	Audit func(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail map[string]any) error
	// Enqueue adds the dispatch job inside the transaction; a second one for the same run while the first has not ended may be dropped.
	Enqueue func(ctx context.Context, tx *db.Tx, args DispatchArgs) error
}

// Segment is what a campaign needs of a segment.
type Segment struct {
	ID        int64
	Name      string
	Condition json.RawMessage
}

// Connection is what a campaign needs of a connection.
type Connection struct {
	ID           int64
	Name         string
	Channels     channel.Set // that it serves
	State        string      // active | held | disabled
	PerSecond    int64       // 0 = no limit of ours
	PricePerPart int64       // VND of one SMS part or one call, 0 = not known
	Adverts      bool        // sends advertising only, one text to many people at a time
}

// Service keeps campaigns and starts them. It is safe for many goroutines.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{d}
}
