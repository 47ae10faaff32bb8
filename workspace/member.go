package workspace

import (
	"context"
	"errors"
	"fmt"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// Members lists who belongs to a workspace, by id.
func (s *Service) Members(ctx context.Context, workspace, after int64, limit int) ([]Member, error) {
	rows, err := s.DB.Query(ctx, `SELECT `+memberColumns+` FROM membership m JOIN app_user u ON u.id = m.user_id WHERE m.workspace_id = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3`, workspace, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	defer rows.Close()
	list := []Member{}
	for rows.Next() {
		m, err := scanMember(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

// AddMember gives a person a role in a workspace, and makes the account when the address has none. The token is for a sign-in link; it is empty when the account belongs to other
// workspaces too, whose owners would not want us to open it. A password is only taken for a new account.
func (s *Service) AddMember(ctx context.Context, workspace int64, by httpx.Actor, name, email, password, language string, role httpx.Role) (Member, string, error) {
	if err := checkRole(role); err != nil {
		return Member{}, "", err
	}
	fresh, err := s.newUser(ctx, name, email, password, language)
	if err != nil {
		return Member{}, "", err
	}
	var m Member
	var token string
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		token = ""
		u, err := s.userByEmail(ctx, tx, fresh.Email)
		isNew := errs.Is(err, "user.not_found")
		if isNew {
			u.ID, err = s.insertUser(ctx, tx, fresh)
		}
		if err != nil {
			return err
		}
		if err := s.insertMembership(ctx, tx, workspace, u.ID, role); err != nil {
			return err
		}
		if isNew {
			if token, err = s.createLoginLink(ctx, tx, u.ID, InviteTime); err != nil {
				return err
			}
		}
		if m, err = getMember(ctx, tx, workspace, u.ID, ""); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by.String(), "user.add", userActor(u.ID), map[string]any{"role": role})
	})
	return m, token, err
}

// ChangeMember changes role and status; nil leaves one as it is. Both end all sessions of the user. The last active owner keeps the role (user.last_owner), and the status of a user
// who also belongs to workspaces of others is not ours to change (user.other_workspaces).
func (s *Service) ChangeMember(ctx context.Context, workspace int64, by httpx.Actor, user int64, role *httpx.Role, status *Status) (Member, error) {
	if role != nil {
		if err := checkRole(*role); err != nil {
			return Member{}, err
		}
	}
	if status != nil && *status != Active && *status != Disabled {
		return Member{}, errs.Invalid("user.status_unknown").Field("status", "user.status_unknown")
	}
	var m Member
	err := s.DB.WithTx(ctx, func(tx *db.Tx) (err error) {
		if err := lockMembers(ctx, tx, workspace); err != nil {
			return err
		}
		if m, err = getMember(ctx, tx, workspace, user, ""); err != nil {
			return err
		}
		before := m
		if status != nil && *status != m.Status {
			if err := s.ownedAlone(ctx, tx, workspace, by, user); err != nil {
				return err
			}
			m.Status = *status
			if _, err := tx.Exec(ctx, `UPDATE app_user SET status = $1, updated_at = $2 WHERE id = $3`, string(m.Status), clock.Millis(s.Now()), user); err != nil {
				return fmt.Errorf("store status: %w", err)
			}
		}
		if role != nil && *role != m.Role {
			m.Role = *role
			if _, err := tx.Exec(ctx, `UPDATE membership SET role = $1 WHERE workspace_id = $2 AND user_id = $3`, string(m.Role), workspace, user); err != nil {
				return fmt.Errorf("store role: %w", err)
			}
		}
		if m == before {
			return nil
		}
		if err := ownerLeft(ctx, tx, workspace); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, user); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by.String(), "user.change", userActor(user), map[string]any{"role": m.Role, "status": m.Status, "role_before": before.Role, "status_before": before.Status})
	})
	return m, err
}

// RemoveMember takes a person out of a workspace and ends all sessions. The account stays, with its name on what it did.
func (s *Service) RemoveMember(ctx context.Context, workspace int64, by httpx.Actor, user int64) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := lockMembers(ctx, tx, workspace); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `DELETE FROM membership WHERE workspace_id = $1 AND user_id = $2`, workspace, user)
		if err != nil {
			return fmt.Errorf("remove member: %w", err)
		}
		if n == 0 {
			return errs.NotFound("user")
		}
		if err := ownerLeft(ctx, tx, workspace); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, user); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by.String(), "user.remove", userActor(user), nil)
	})
}

// MemberLink makes a new sign-in link for a member, for example when the password is forgotten.
func (s *Service) MemberLink(ctx context.Context, workspace int64, by httpx.Actor, user int64) (string, error) {
	var token string
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		m, err := getMember(ctx, tx, workspace, user, "")
		if err != nil {
			return err
		}
		if m.Status != Active {
			return errs.Conflict("user.disabled")
		}
		if err := s.ownedAlone(ctx, tx, workspace, by, user); err != nil {
			return err
		}
		if token, err = s.createLoginLink(ctx, tx, user, InviteTime); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by.String(), "user.link", userActor(user), nil)
	})
	return token, err
}

// lockMembers makes changes of a workspace's members wait for each other, so that two owners cannot demote one another at once.
func lockMembers(ctx context.Context, tx *db.Tx, workspace int64) error {
	rows, err := tx.Query(ctx, `SELECT user_id FROM membership WHERE workspace_id = $1 ORDER BY user_id`+tx.Dialect.ForUpdate(), workspace)
	if err != nil {
		return fmt.Errorf("lock members: %w", err)
	}
	for rows.Next() {
	}
	return errors.Join(rows.Err(), rows.Close())
}

func ownerLeft(ctx context.Context, tx *db.Tx, workspace int64) error {
	var n int64
	err := tx.QueryRow(ctx, `SELECT count(*) FROM membership m JOIN app_user u ON u.id = m.user_id WHERE m.workspace_id = $1 AND m.role = 'owner' AND u.status = 'active'`, workspace).Scan(&n)
	if err != nil {
		return fmt.Errorf("count owners: %w", err)
	}
	if n == 0 {
		return errs.Conflict("user.last_owner")
	}
	return nil
}

// ownedAlone refuses what concerns the whole account when the user belongs to a workspace that the actor does not own.
func (s *Service) ownedAlone(ctx context.Context, tx *db.Tx, workspace int64, by httpx.Actor, user int64) error {
	var n int64
	err := tx.QueryRow(ctx, `SELECT count(*) FROM membership m WHERE m.user_id = $1 AND m.workspace_id <> $2
		AND NOT EXISTS (SELECT 1 FROM membership o WHERE o.workspace_id = m.workspace_id AND o.user_id = $3 AND o.role = 'owner')`, user, workspace, by.UserID).Scan(&n)
	if err != nil {
		return fmt.Errorf("count memberships: %w", err)
	}
	if n > 0 {
		return errs.Conflict("user.other_workspaces")
	}
	return nil
}

// UpdateProfile changes a user's own name and language; nil leaves one as it is.
func (s *Service) UpdateProfile(ctx context.Context, user int64, name, language *string) (User, error) {
	u, err := s.userByID(ctx, s.DB, user)
	if err != nil {
		return User{}, err
	}
	if name != nil {
		if u.Name, err = cleanName("name", *name); err != nil {
			return User{}, err
		}
	}
	if language != nil {
		if u.Language, err = checkLanguage(*language); err != nil {
			return User{}, err
		}
	}
	if _, err := s.DB.Exec(ctx, `UPDATE app_user SET name = $1, language = $2, updated_at = $3 WHERE id = $4`, u.Name, u.Language, clock.Millis(s.Now()), user); err != nil {
		return User{}, fmt.Errorf("store profile: %w", err)
	}
	return u, nil
}

// Names gives the names of actors ("user:12", "key:3") of a workspace, for lists that say who did something. An actor that is unknown there has no entry.
func (s *Service) Names(ctx context.Context, workspace int64) (map[string]string, error) {
	names := map[string]string{}
	rows, err := s.DB.Query(ctx, `SELECT 'user:' || CAST(u.id AS text), u.name FROM membership m JOIN app_user u ON u.id = m.user_id WHERE m.workspace_id = $1
		UNION ALL SELECT 'key:' || CAST(k.id AS text), k.name FROM api_key k WHERE k.workspace_id = $2`, workspace, workspace)
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var actor, name string
		if err := rows.Scan(&actor, &name); err != nil {
			return nil, fmt.Errorf("read names: %w", err)
		}
		names[actor] = name
	}
	return names, rows.Err()
}
