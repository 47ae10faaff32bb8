package connection

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/seal"
)

// Tester asks the provider something harmless with these credentials. Its error is a *provider.Error where the provider answered.
type Tester func(ctx context.Context, c Connection, secrets Secrets) error

// Deps is what the service is built from. Audit, Saved, InUse, Testers, Explain and Log may be nil.
type Deps struct {
	DB     *db.DB
	Sealer *seal.Sealer
	Now    func() time.Time
	Log    *slog.Logger
	// PublicURL is where providers reach us: hook addresses begin with it. No slash at the end.
	PublicURL string
	// Simulation allows plain HTTP to other machines, for a simulator in another container.
	Simulation bool
	// Testers are the probes by provider.
	Testers map[string]Tester
	// Explain says what a provider's code means and what to do about it, in a language; nil leaves a report with the code.
	Explain func(provider, code, language string) (meaning, advice string)
	// InUse reports whether a campaign or a message refers to the connection; nil lets none be deleted.
	InUse func(ctx context.Context, workspace, id int64) (bool, error)
	// Saved follows a connection that a person made or changed, inside the transaction.
	Saved func(ctx context.Context, tx *db.Tx, c *Connection) error
	// Audit adds a line to the workspace's audit log inside the transaction.
	Audit func(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail map[string]any) error
}

// Service keeps connections. It is safe for many goroutines.
type Service struct {
	Deps
	mu     sync.Mutex
	flight map[Ref]*sync.Mutex // one refresh at a time in this process; the lease is for the others
	hooks  hookCache
}

// New builds the service.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d, flight: map[Ref]*sync.Mutex{}}
}

// saved tells that a person made or changed a connection.
func (s *Service) saved(ctx context.Context, tx *db.Tx, c *Connection) error {
	if s.Saved == nil {
		return nil
	}
	return s.Saved(ctx, tx, c)
}

func (s *Service) audit(ctx context.Context, tx *db.Tx, c *Connection, actor, action string, detail map[string]any) error {
	if s.Audit == nil {
		return nil
	}
	if detail == nil {
		detail = map[string]any{}
	}
	detail["name"] = c.Name
	return s.Audit(ctx, tx, c.WorkspaceID, actor, "connection."+action, target(c.ID), detail)
}
