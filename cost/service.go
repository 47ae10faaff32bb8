package cost

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Connection is what the package needs of a connection.
type Connection struct {
	Provider string
	Free     bool // a sandbox or development mode, which costs nothing
}

// Deps are what the package works with; all but Enqueue are needed.
type Deps struct {
	DB  *db.DB
	Now func() time.Time
	// Connection reads a connection of the workspace; connection.not_found when there is none.
	Connection func(ctx context.Context, workspace, id int64) (Connection, error)
	// Leg reads the workspace and the leg out of a key of ours; ok is false when it is not one.
	Leg func(key string) (workspace, leg int64, ok bool)
	// Zone is the workspace's time zone by its IANA name.
	Zone  func(ctx context.Context, workspace int64) (string, error)
	Audit func(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail map[string]any) error
	// Enqueue stores the job that compares a bill; its worker is Compare. Without it every bill is compared at once.
	Enqueue func(ctx context.Context, tx *db.Tx, args CompareArgs) error
}

// Service keeps prices and invoices. It is safe for many goroutines.
type Service struct {
	Deps
	books sync.Map // bookKey → *Book
}

type bookKey struct{ workspace, connection int64 }

// New makes the service.
func New(d Deps) *Service { return &Service{Deps: d} }

// maxPrices is how many lines one connection's table may have.
const maxPrices = 2000

// Load reads the price table of a connection and keeps it for Price. The engine loads it whenever it takes messages, so that a new price counts at once on every node.
func (s *Service) Load(ctx context.Context, workspace, connection int64) (*Book, error) {
	c, err := s.Connection(ctx, workspace, connection)
	if err != nil {
		return nil, err
	}
	prices, err := list(ctx, s.DB, workspace, connection)
	if err != nil {
		return nil, err
	}
	b := NewBook(prices, c.Free)
	s.books.Store(bookKey{workspace, connection}, b)
	return b, nil
}

// Price is what one message costs by the table that Load read last; ok is false when it says nothing.
func (s *Service) Price(workspace, connection int64, u Unit, at int64) (vnd int64, ok bool) {
	b, found := s.books.Load(bookKey{workspace, connection})
	if !found {
		return 0, false
	}
	return b.(*Book).Price(u, at)
}

// Prices are the lines of a connection's table, newest first.
func (s *Service) Prices(ctx context.Context, workspace, connection int64) ([]Price, error) {
	if _, err := s.Connection(ctx, workspace, connection); err != nil {
		return nil, err
	}
	return list(ctx, s.DB, workspace, connection)
}

// AddPrice adds a line. One for the same moment, network and template is replaced. What was sent keeps the price that it was sent at.
func (s *Service) AddPrice(ctx context.Context, workspace, connection int64, by string, f PriceForm) (Price, error) {
	if _, err := s.Connection(ctx, workspace, connection); err != nil {
		return Price{}, err
	}
	if err := f.clean(); err != nil {
		return Price{}, err
	}
	p := Price{Network: f.Network, Template: f.Template, Per: f.Per, VND: f.VND, CreatedBy: by, CreatedAt: s.Now()}
	since := int64(0)
	if f.Since != nil {
		since = f.Since.UnixMilli()
	}
	p.Since = time.UnixMilli(since).UTC()
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM price WHERE workspace_id = $1 AND connection_id = $2`, workspace, connection).Scan(&n); err != nil {
			return err
		}
		if n >= maxPrices {
			return errs.Conflict("price.too_many")
		}
		err := tx.QueryRow(ctx, `INSERT INTO price (workspace_id, connection_id, since, network, template, per, vnd, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
 ON CONFLICT (workspace_id, connection_id, since, network, template) DO UPDATE SET per = excluded.per, vnd = excluded.vnd, created_by = excluded.created_by, created_at = excluded.created_at RETURNING id`,
			workspace, connection, since, p.Network, p.Template, p.Per, p.VND, by, clock.Millis(p.CreatedAt)).Scan(&p.ID)
		if err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "price.add", target(connection), map[string]any{"since": since, "network": p.Network, "template": p.Template, "per": p.Per, "vnd": p.VND})
	})
	if err != nil {
		return Price{}, fmt.Errorf("add price: %w", err)
	}
	return p, nil
}

// RemovePrice takes a line off the table; price.not_found when there is none.
func (s *Service) RemovePrice(ctx context.Context, workspace, connection, id int64, by string) error {
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM price WHERE workspace_id = $1 AND connection_id = $2 AND id = $3`, workspace, connection, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFound("price")
		}
		return s.Audit(ctx, tx, workspace, by, "price.remove", target(connection), map[string]any{"price_id": id})
	})
	if err != nil {
		return fmt.Errorf("remove price: %w", err)
	}
	return nil
}

func target(connection int64) string { return "connection:" + strconv.FormatInt(connection, 10) }
