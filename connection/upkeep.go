package connection

import (
	"context"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/db"
)

// ahead is how long before its end a token is refreshed. Zalo's live 25 hours.
const ahead = 5 * time.Hour

// RefreshExpiring refreshes the tokens that end within five hours, so that messages rarely meet one that is no longer good. It is made for a tick. refresh is the caller's way to
// Refresh; a connection that fails does not keep the others waiting.
func (s *Service) RefreshExpiring(ctx context.Context, refresh func(ctx context.Context, workspace, id int64) (bool, error)) error {
	refs, err := s.Expiring(ctx, s.Now().Add(ahead))
	if err != nil {
		return err
	}
	for _, r := range refs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := refresh(ctx, r.WorkspaceID, r.ID); err != nil {
			s.Log.Warn("refresh credentials", "workspace_id", r.WorkspaceID, "connection_id", r.ID, "error", err)
		}
	}
	return nil
}

// Reseal seals credentials anew that an older secret key has sealed, so that the old key can be put away. It is made for a start after a change of keys and returns how many there were.
func (s *Service) Reseal(ctx context.Context) (n int, err error) {
	refs, err := s.stale(ctx)
	if err != nil {
		return 0, err
	}
	for _, r := range refs {
		_, err := s.change(ctx, r.WorkspaceID, r.ID, func(_ *db.Tx, c *row) (bool, error) {
			if c.sealed == "" || !s.Sealer.Stale(c.sealed) {
				return false, nil
			}
			secrets, err := s.unseal(c.WorkspaceID, c.ID, c.sealed)
			if err != nil {
				return false, err
			}
			n++
			c.sealed, err = s.seal(c.WorkspaceID, c.ID, secrets)
			return true, err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (s *Service) stale(ctx context.Context) ([]Ref, error) {
	rows, err := s.DB.Query(ctx, `SELECT workspace_id, id, secrets FROM connection WHERE secrets <> '' ORDER BY workspace_id, id`)
	if err != nil {
		return nil, fmt.Errorf("list sealed credentials: %w", err)
	}
	defer rows.Close()
	var out []Ref
	for rows.Next() {
		var r Ref
		var sealed string
		if err := rows.Scan(&r.WorkspaceID, &r.ID, &sealed); err != nil {
			return nil, fmt.Errorf("list sealed credentials: %w", err)
		}
		if s.Sealer.Stale(sealed) {
			out = append(out, r)
		}
	}
	return out, rows.Err()
}
