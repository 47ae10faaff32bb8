package message

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
)

// ErrLater says that a callback cannot be checked at the moment; the provider is asked to come again.
var ErrLater = errors.New("callback cannot be checked now")

// ClaimToken remembers that a one-time token of a connection's callbacks came with a body, for a day. free is false when it came with another body before: then somebody repeats a signature that
// does not cover the body. The same body is free each time, because a provider that did not hear our answer repeats itself.
func (s *Service) ClaimToken(ctx context.Context, workspace, connection int64, token string, body []byte) (free bool, err error) {
	name, sum := sha256.Sum256([]byte(token)), sha256.Sum256(body)
	key, route, hash := hex.EncodeToString(name[:]), "hook/"+strconv.FormatInt(connection, 10), hex.EncodeToString(sum[:])
	if _, err := s.DB.Exec(ctx, `INSERT INTO idempotency (workspace_id, key, route, body_hash, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, route, key) DO NOTHING`,
		workspace, key, route, hash, s.now()); err != nil {
		return false, fmt.Errorf("remember token: %w", err)
	}
	var first string
	if err := s.DB.QueryRow(ctx, `SELECT body_hash FROM idempotency WHERE workspace_id = $1 AND route = $2 AND key = $3`, workspace, route, key).Scan(&first); err != nil {
		return false, fmt.Errorf("look up token: %w", err)
	}
	return first == hash, nil
}
