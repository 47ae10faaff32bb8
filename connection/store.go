package connection

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

const columns = `id, workspace_id, channel, provider, name, settings, secrets, hook_token, rate_per_second, concurrency, state, held_reason, held_until, last_event_at, token_expires_at, refresh_lease_until, created_at, updated_at`

// row is a connection with what only this package sees.
type row struct {
	Connection
	sealed     string
	leaseUntil int64 // 0 = nobody refreshes
}

func scan(r interface{ Scan(...any) error }) (*row, error) {
	var (
		c                                           row
		settings                                    string
		heldUntil, event, expires, created, updated int64
	)
	err := r.Scan(&c.ID, &c.WorkspaceID, &c.Channel, &c.Provider, &c.Name, &settings, &c.sealed, &c.hookToken, &c.RatePerSecond, &c.Concurrency, &c.State, &c.Reason, &heldUntil, &event, &expires,
		&c.leaseUntil, &created, &updated)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(settings), &c.Settings); err != nil {
		return nil, fmt.Errorf("read settings of connection %d: %w", c.ID, err)
	}
	c.HeldUntil, c.LastEventAt, c.TokenExpiresAt = clock.FromMillis(heldUntil), clock.FromMillis(event), clock.FromMillis(expires)
	c.CreatedAt, c.UpdatedAt, c.Version = clock.FromMillis(created), clock.FromMillis(updated), updated
	return &c, nil
}

// find reads one connection; lock = " FOR UPDATE" in a transaction that changes it. The error is connection.not_found when the workspace has none of this id.
func find(ctx context.Context, q db.Querier, workspace, id int64, lock string) (*row, error) {
	c, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM connection WHERE workspace_id = $1 AND id = $2`+lock, workspace, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound("connection")
	}
	if err != nil {
		return nil, fmt.Errorf("read connection: %w", err)
	}
	return c, nil
}

// list reads the connections of a workspace by name, without the built-in one; a workspace has few.
func list(ctx context.Context, q db.Querier, workspace int64, ch channel.Channel) ([]*row, error) {
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM connection WHERE workspace_id = $1 AND provider <> 'local' AND ($2 = '' OR channel = $2 OR $2 = 'zalo_oa' AND provider = 'zalo') ORDER BY name, id LIMIT 1000`, workspace, string(ch))
	if err != nil {
		return nil, fmt.Errorf("list connections: %w", err)
	}
	defer rows.Close()
	out := []*row{}
	for rows.Next() {
		c, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list connections: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// insert stores a new row without credentials: they are bound to the id that it gets here.
func insert(ctx context.Context, tx *db.Tx, c *row) error {
	settings, err := json.Marshal(c.Settings)
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	err = tx.QueryRow(ctx, `INSERT INTO connection (workspace_id, channel, provider, name, settings, hook_token, rate_per_second, concurrency, state, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING id`, c.WorkspaceID, string(c.Channel), c.Provider, c.Name, string(settings), c.hookToken, c.RatePerSecond, c.Concurrency, string(c.State),
		clock.Millis(c.CreatedAt)).Scan(&c.ID)
	if err != nil {
		return fmt.Errorf("store connection: %w", err)
	}
	return nil
}

// update writes everything that can change. The version grows even when the clock stands still or goes back.
func update(ctx context.Context, tx *db.Tx, c *row, now time.Time) error {
	settings, err := json.Marshal(c.Settings)
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	c.Version = max(now.UnixMilli(), c.Version+1)
	c.UpdatedAt = clock.FromMillis(c.Version)
	n, err := tx.Exec(ctx, `UPDATE connection SET name = $1, settings = $2, secrets = $3, hook_token = $4, rate_per_second = $5, concurrency = $6, state = $7, held_reason = $8, held_until = $9,
 token_expires_at = $10, refresh_lease_until = $11, updated_at = $12 WHERE workspace_id = $13 AND id = $14`,
		c.Name, string(settings), c.sealed, c.hookToken, c.RatePerSecond, c.Concurrency, string(c.State), c.Reason, clock.Millis(c.HeldUntil), clock.Millis(c.TokenExpiresAt), c.leaseUntil, c.Version,
		c.WorkspaceID, c.ID)
	if err == nil && n != 1 {
		err = errors.New("it is gone")
	}
	if err != nil {
		return fmt.Errorf("store connection: %w", err)
	}
	return nil
}

// change reads a connection for writing, lets f change it, and writes it when f says so.
func (s *Service) change(ctx context.Context, workspace, id int64, f func(tx *db.Tx, c *row) (bool, error)) (*row, error) {
	var out *row
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		c, err := find(ctx, tx, workspace, id, tx.Dialect.ForUpdate())
		if err != nil {
			return err
		}
		out = c
		write, err := f(tx, c)
		if err != nil || !write {
			return err
		}
		tx.AfterCommit(s.hooks.clear)
		return update(ctx, tx, c, s.Now())
	})
	return out, err
}

func target(id int64) string { return "connection:" + strconv.FormatInt(id, 10) }
