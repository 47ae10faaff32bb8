package connection

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// hookCache keeps what was found by token for a moment: a flood of callbacks must not read and unseal the same row thousands of times a second. Changes on this node clear it, those
// of other nodes are seen after the moment.
type hookCache struct {
	mu    sync.Mutex
	found map[string]hookEntry
}

type hookEntry struct {
	connection Connection
	secrets    Secrets
	at         time.Time
}

const hookAge = 2 * time.Second

func (h *hookCache) clear() {
	h.mu.Lock()
	h.found = nil
	h.mu.Unlock()
}

func (h *hookCache) get(token string, now time.Time) (e hookEntry, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e, ok = h.found[token]
	return e, ok && now.Sub(e.at).Abs() < hookAge
}

func (h *hookCache) put(token string, e hookEntry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.found == nil || len(h.found) > 10_000 {
		h.found = map[string]hookEntry{}
	}
	h.found[token] = e
}

// ByHookToken finds the connection behind a callback address /hooks/{provider}/{token}. found is false for an unknown token or another provider's; disabled connections are found,
// because messages that they sent before still get their receipts.
func (s *Service) ByHookToken(ctx context.Context, provider, token string) (c Connection, secrets Secrets, found bool, err error) {
	now := s.Now()
	if e, ok := s.hooks.get(token, now); ok {
		return e.connection, e.secrets, e.connection.Provider == provider, nil
	}
	if len(token) != len(newToken()) {
		return c, secrets, false, nil
	}
	r, err := scan(s.DB.QueryRow(ctx, `SELECT `+columns+` FROM connection WHERE hook_token = $1`, token))
	if errors.Is(err, sql.ErrNoRows) {
		return c, secrets, false, nil
	}
	if err != nil {
		return c, secrets, false, fmt.Errorf("find connection of callback: %w", err)
	}
	if c, secrets, err = s.open(r); err != nil {
		return c, secrets, false, err
	}
	s.hooks.put(token, hookEntry{c, secrets, now})
	if now.Sub(c.LastEventAt) > time.Minute {
		// Only for people; once a minute is exact enough, and a failure must not refuse a callback.
		if _, err := s.DB.Exec(ctx, `UPDATE connection SET last_event_at = $1 WHERE workspace_id = $2 AND id = $3`, now.UnixMilli(), c.WorkspaceID, c.ID); err != nil {
			s.Log.Warn("note callback", "connection_id", c.ID, "error", err)
		}
	}
	return c, secrets, c.Provider == provider, nil
}
