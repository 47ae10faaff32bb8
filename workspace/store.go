package workspace

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

const userColumns = `id, email, name, password_hash, language, status, created_at`

func scanUser(row interface{ Scan(...any) error }) (User, error) {
	var u User
	var created int64
	err := row.Scan(&u.ID, &u.Email, &u.Name, &u.PasswordHash, &u.Language, &u.Status, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, errs.NotFound("user")
	}
	if err != nil {
		return User{}, fmt.Errorf("read user: %w", err)
	}
	u.CreatedAt = clock.FromMillis(created)
	return u, nil
}

func (s *Service) userByEmail(ctx context.Context, q db.Querier, folded string) (User, error) {
	return scanUser(q.QueryRow(ctx, `SELECT `+userColumns+` FROM app_user WHERE email = $1`, folded))
}

func (s *Service) userByID(ctx context.Context, q db.Querier, id int64) (User, error) {
	return scanUser(q.QueryRow(ctx, `SELECT `+userColumns+` FROM app_user WHERE id = $1`, id))
}

// UserByEmail finds an account, for the console; user.not_found when there is none.
func (s *Service) UserByEmail(ctx context.Context, email string) (User, error) {
	return s.userByEmail(ctx, s.DB, foldEmail(email))
}

// Users lists all accounts of this Loa, for the console, oldest first.
func (s *Service) Users(ctx context.Context) ([]User, error) {
	rows, err := s.DB.Query(ctx, `SELECT `+userColumns+` FROM app_user ORDER BY id LIMIT 10000`)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	defer rows.Close()
	var list []User
	for rows.Next() {
		u, err := scanUser(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, u)
	}
	return list, rows.Err()
}

func (s *Service) insertUser(ctx context.Context, tx *db.Tx, u User) (int64, error) {
	now := clock.Millis(s.Now())
	var id int64
	err := tx.QueryRow(ctx, `INSERT INTO app_user (email, name, password_hash, language, status, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		u.Email, u.Name, u.PasswordHash, u.Language, string(Active), now, now).Scan(&id)
	if db.Unique(err) {
		return 0, errs.Conflict("user.email_taken").Field("email", "user.email_taken")
	}
	if err != nil {
		return 0, fmt.Errorf("store user: %w", err)
	}
	return id, nil
}

func (s *Service) insertMembership(ctx context.Context, tx *db.Tx, workspace, user int64, role httpx.Role) error {
	_, err := tx.Exec(ctx, `INSERT INTO membership (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)`, workspace, user, string(role), clock.Millis(s.Now()))
	if db.Unique(err) {
		return errs.Conflict("user.already_member").Field("email", "user.already_member")
	}
	if err != nil {
		return fmt.Errorf("store membership: %w", err)
	}
	return nil
}

func (s *Service) insertWorkspace(ctx context.Context, tx *db.Tx, name, zone string) (int64, error) {
	var id int64
	err := tx.QueryRow(ctx, `INSERT INTO workspace (name, timezone, settings, created_at) VALUES ($1, $2, '{}', $3) RETURNING id`, name, zone, clock.Millis(s.Now())).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("store workspace: %w", err)
	}
	return id, nil
}

// Get reads a workspace; workspace.not_found when there is none.
func (s *Service) Get(ctx context.Context, id int64) (Workspace, error) {
	return getWorkspace(ctx, s.DB, id, "")
}

func getWorkspace(ctx context.Context, q db.Querier, id int64, lock string) (Workspace, error) {
	w := Workspace{ID: id}
	var settings string
	var created int64
	err := q.QueryRow(ctx, `SELECT name, timezone, settings, created_at FROM workspace WHERE id = $1`+lock, id).Scan(&w.Name, &w.Timezone, &settings, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return Workspace{}, errs.NotFound("workspace")
	}
	if err != nil {
		return Workspace{}, fmt.Errorf("read workspace: %w", err)
	}
	if err := json.Unmarshal([]byte(settings), &w.Settings); err != nil {
		return Workspace{}, fmt.Errorf("read settings of workspace: %w", err)
	}
	w.CreatedAt = clock.FromMillis(created)
	return w, nil
}

// List reads all workspaces of this Loa, oldest first. Only work that serves all of them may use it.
func (s *Service) List(ctx context.Context) ([]Workspace, error) {
	rows, err := s.DB.Query(ctx, `SELECT id FROM workspace ORDER BY id LIMIT 100000`)
	if err != nil {
		return nil, fmt.Errorf("list workspaces: %w", err)
	}
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			_ = rows.Close()
			return nil, fmt.Errorf("list workspaces: %w", err)
		}
		ids = append(ids, id)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("list workspaces: %w", err)
	}
	list := make([]Workspace, 0, len(ids))
	for _, id := range ids {
		w, err := s.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, nil
}

// Memberships lists the workspaces of a user, oldest first.
func (s *Service) Memberships(ctx context.Context, user int64) ([]Membership, error) {
	rows, err := s.DB.Query(ctx, `SELECT w.id, w.name, w.timezone, m.role FROM membership m JOIN workspace w ON w.id = m.workspace_id WHERE m.user_id = $1 ORDER BY w.id LIMIT 1000`, user)
	if err != nil {
		return nil, fmt.Errorf("list memberships: %w", err)
	}
	defer rows.Close()
	list := []Membership{}
	for rows.Next() {
		var m Membership
		if err := rows.Scan(&m.WorkspaceID, &m.Name, &m.Timezone, &m.Role); err != nil {
			return nil, fmt.Errorf("list memberships: %w", err)
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

const memberColumns = `u.id, u.name, u.email, m.role, u.status, u.language, CASE WHEN u.password_hash = '' THEN 0 ELSE 1 END, m.created_at`

func scanMember(row interface{ Scan(...any) error }) (Member, error) {
	var m Member
	var password, created int64
	err := row.Scan(&m.ID, &m.Name, &m.Email, &m.Role, &m.Status, &m.Language, &password, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return Member{}, errs.NotFound("user")
	}
	if err != nil {
		return Member{}, fmt.Errorf("read member: %w", err)
	}
	m.HasPassword, m.CreatedAt = password == 1, clock.FromMillis(created)
	return m, nil
}

func getMember(ctx context.Context, q db.Querier, workspace, user int64, lock string) (Member, error) {
	return scanMember(q.QueryRow(ctx, `SELECT `+memberColumns+` FROM membership m JOIN app_user u ON u.id = m.user_id WHERE m.workspace_id = $1 AND m.user_id = $2`+lock, workspace, user))
}
