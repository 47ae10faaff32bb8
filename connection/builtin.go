package connection

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/errs"
)

// LocalProvider is the provider of the connection that is built in: what it does happens in our own database.
const LocalProvider = "local"

// LocalChannels are the acts that Loa carries out by itself. Nobody chooses a connection for them.
var LocalChannels = channel.Of(channel.Voucher, channel.Action, channel.StartFlow, channel.Wait)

const (
	localName        = "Loa"
	localConcurrency = 1000 // acts that share one transaction, see package channel/local
)

// Builtin reports whether the connection is the one that every workspace has. It has no credentials and no callbacks, is in no list, and cannot be changed or deleted.
func (c *Connection) Builtin() bool { return c.Provider == LocalProvider }

// Local gives the id of the workspace's built-in connection and makes it when there is none yet.
func (s *Service) Local(ctx context.Context, workspace int64) (int64, error) {
	var id int64
	token := "local-" + strconv.FormatInt(workspace, 10) // takes the place of a callback token, unique like one; it is too short to be asked for
	err := s.DB.QueryRow(ctx, `SELECT id FROM connection WHERE workspace_id = $1 AND hook_token = $2`, workspace, token).Scan(&id)
	if err == nil {
		return id, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("find built-in connection: %w", err)
	}
	_, err = s.DB.Exec(ctx, `INSERT INTO connection (workspace_id, channel, provider, name, hook_token, concurrency, state, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
 ON CONFLICT (hook_token) DO NOTHING`, workspace, string(channel.Action), LocalProvider, localName, token, localConcurrency, string(Active), clock.Millis(s.Now()))
	if err == nil {
		err = s.DB.QueryRow(ctx, `SELECT id FROM connection WHERE workspace_id = $1 AND hook_token = $2`, workspace, token).Scan(&id)
	}
	if err != nil {
		return 0, fmt.Errorf("make built-in connection: %w", err)
	}
	return id, nil
}

// byPerson refuses people's acts on the built-in connection.
func (c *Connection) byPerson() error {
	if c.Builtin() {
		return errs.Conflict("connection.builtin")
	}
	return nil
}
