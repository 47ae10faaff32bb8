package workspace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// Key is an API key without its secret.
type Key struct {
	ID        int64      `json:"id"`
	Name      string     `json:"name"`
	Prefix    string     `json:"prefix" doc:"How the key begins, to recognise it by"`
	Role      httpx.Role `json:"role" enum:"owner,marketer,care,viewer"`
	CreatedBy int64      `json:"created_by" doc:"User id; 0 = made by a key or on the console"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at,omitzero" doc:"Absent = never"`
	RevokedAt time.Time  `json:"revoked_at,omitzero" doc:"Absent = in force"`
	LastUsed  time.Time  `json:"last_used_at,omitzero" doc:"To about five minutes; absent = never"`
}

const keyColumns = `id, name, prefix, role, created_by, created_at, expires_at, revoked_at, last_used_at`

func scanKey(row interface{ Scan(...any) error }) (Key, error) {
	var k Key
	var created, expires, revoked, used int64
	err := row.Scan(&k.ID, &k.Name, &k.Prefix, &k.Role, &k.CreatedBy, &created, &expires, &revoked, &used)
	if errors.Is(err, sql.ErrNoRows) {
		return Key{}, errs.NotFound("key")
	}
	if err != nil {
		return Key{}, fmt.Errorf("read API key: %w", err)
	}
	k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsed = clock.FromMillis(created), clock.FromMillis(expires), clock.FromMillis(revoked), clock.FromMillis(used)
	return k, nil
}

// CreateKey makes an API key and returns it with its secret, which is stored nowhere. The zero expires is never. Nobody can make a key that may do more than themselves.
func (s *Service) CreateKey(ctx context.Context, workspace int64, by httpx.Actor, name string, role httpx.Role, expires time.Time) (Key, string, error) {
	name, err := cleanName("name", name)
	if err != nil {
		return Key{}, "", err
	}
	if err := checkRole(role); err != nil {
		return Key{}, "", err
	}
	if !by.Role.Allows(role) {
		return Key{}, "", errs.Forbidden("key.role_too_high").Field("role", "key.role_too_high")
	}
	if !expires.IsZero() && !expires.After(s.Now()) {
		return Key{}, "", errs.Invalid("key.expires_past").Field("expires_at", "key.expires_past")
	}
	prefix := "loa_" + randomToken()[:8]
	secret := prefix + "_" + randomToken()
	var k Key
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		k, err = scanKey(tx.QueryRow(ctx, `INSERT INTO api_key (workspace_id, name, prefix, hash, role, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING `+keyColumns,
			workspace, name, prefix, tokenHash(secret), string(role), by.UserID, clock.Millis(s.Now()), clock.Millis(expires)))
		if err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by.String(), "key.create", fmt.Sprintf("key:%d", k.ID), map[string]any{"role": role, "prefix": prefix})
	})
	return k, secret, err
}

// Keys lists the API keys of a workspace, newest first, revoked ones too, below the id before (0 = from the newest on).
func (s *Service) Keys(ctx context.Context, workspace, before int64, limit int) ([]Key, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	rows, err := s.DB.Query(ctx, `SELECT `+keyColumns+` FROM api_key WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, workspace, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	defer rows.Close()
	list := []Key{}
	for rows.Next() {
		k, err := scanKey(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	return list, rows.Err()
}

// RevokeKey ends a key at once: keys are looked up at every request. Revoking twice is no error.
func (s *Service) RevokeKey(ctx context.Context, workspace int64, by httpx.Actor, id int64) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		k, err := scanKey(tx.QueryRow(ctx, `SELECT `+keyColumns+` FROM api_key WHERE workspace_id = $1 AND id = $2`+tx.Dialect.ForUpdate(), workspace, id))
		if err != nil || !k.RevokedAt.IsZero() {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE api_key SET revoked_at = $1 WHERE workspace_id = $2 AND id = $3`, clock.Millis(s.Now()), workspace, id); err != nil {
			return fmt.Errorf("revoke API key: %w", err)
		}
		return s.Audit(ctx, tx, workspace, by.String(), "key.revoke", fmt.Sprintf("key:%d", id), map[string]any{"prefix": k.Prefix})
	})
}

// keyActor finds who a key is; access.key_invalid for all that do not work, whatever the reason.
func (s *Service) keyActor(ctx context.Context, secret string) (httpx.Actor, error) {
	if !strings.HasPrefix(secret, "loa_") || len(secret) > 100 {
		return httpx.Actor{}, errs.Unauthorized("access.key_invalid")
	}
	var a httpx.Actor
	var zone string
	var expires, revoked, used int64
	err := s.DB.QueryRow(ctx, `SELECT k.id, k.workspace_id, k.name, k.role, k.expires_at, k.revoked_at, k.last_used_at, w.name, w.timezone FROM api_key k JOIN workspace w ON w.id = k.workspace_id WHERE k.hash = $1`, tokenHash(secret)).
		Scan(&a.KeyID, &a.WorkspaceID, &a.Name, &a.Role, &expires, &revoked, &used, &a.WorkspaceName, &zone)
	if errors.Is(err, sql.ErrNoRows) {
		return httpx.Actor{}, errs.Unauthorized("access.key_invalid")
	}
	if err != nil {
		return httpx.Actor{}, fmt.Errorf("read API key: %w", err)
	}
	now := s.Now()
	if revoked != 0 || expires != 0 && expires <= clock.Millis(now) || !a.Role.Member() {
		return httpx.Actor{}, errs.Unauthorized("access.key_invalid")
	}
	a.Zone = Workspace{Timezone: zone}.Location()
	if now.Sub(clock.FromMillis(used)) > touchEvery {
		s.touch(ctx, func(ctx context.Context) error {
			_, err := s.DB.Exec(ctx, `UPDATE api_key SET last_used_at = $1 WHERE workspace_id = $2 AND id = $3`, clock.Millis(now), a.WorkspaceID, a.KeyID)
			return err
		})
	}
	return a, nil
}
