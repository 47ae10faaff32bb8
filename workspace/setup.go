package workspace

import (
	"context"
	"errors"
	"fmt"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

const setupKey = "setup.token"

// NeedsSetup reports whether no user exists yet.
func (s *Service) NeedsSetup(ctx context.Context) (bool, error) { return noUsers(ctx, s.DB) }

func noUsers(ctx context.Context, q db.Querier) (bool, error) {
	var n int64
	if err := q.QueryRow(ctx, `SELECT count(*) FROM app_user`).Scan(&n); err != nil {
		return false, fmt.Errorf("count users: %w", err)
	}
	return n == 0, nil
}

// SetupToken makes the one-time token of the first start and returns it, or "" when a user exists. A later call replaces the token. SetupURL turns it into an address.
func (s *Service) SetupToken(ctx context.Context) (string, error) {
	needed, err := s.NeedsSetup(ctx)
	if err != nil || !needed {
		return "", err
	}
	token := randomToken()
	_, err = s.DB.Exec(ctx, `INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $3`, setupKey, tokenHash(token), tokenHash(token))
	if err != nil {
		return "", fmt.Errorf("store setup token: %w", err)
	}
	return token, nil
}

// SetupURL is the page on which the first owner is made. The token stands behind the #, so that no server, proxy or log sees it.
func (s *Service) SetupURL(token string) string { return s.PublicURL + "/#/setup?token=" + token }

// Founding is what the first owner fills in, and what `loa user add` makes.
type Founding struct {
	Workspace string // its name
	Timezone  string // empty = Asia/Ho_Chi_Minh
	Name      string
	Email     string
	Password  string // empty = by link only, not allowed in Setup
	Language  string // empty = vi
}

// Setup makes the first workspace with its owner, once. The error is setup.done when a user exists and setup.token_wrong when the token is not the newest.
func (s *Service) Setup(ctx context.Context, token string, f Founding) (User, error) {
	needed, err := s.NeedsSetup(ctx)
	if err != nil {
		return User{}, err
	}
	if !needed {
		return User{}, errs.Conflict("setup.done")
	}
	if f.Password == "" {
		return User{}, errs.Invalid("user.password_short").Field("password", "user.password_short")
	}
	return s.found(ctx, f, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM setting WHERE key = $1 AND value = $2`, setupKey, tokenHash(token)) // of two at once only one finds it
		if err != nil {
			return fmt.Errorf("use setup token: %w", err)
		}
		if n == 0 {
			return errs.Forbidden("setup.token_wrong").Field("token", "setup.token_wrong")
		}
		if needed, err := noUsers(ctx, tx); err != nil || !needed {
			return errors.Join(err, errs.Conflict("setup.done"))
		}
		return nil
	})
}

// Found makes a workspace with its owner without a token, for the console and for sample data. It also ends the set-up page. An account with this address becomes owner of the new
// workspace and keeps its password.
func (s *Service) Found(ctx context.Context, f Founding) (User, Workspace, error) {
	user, err := s.found(ctx, f, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM setting WHERE key = $1`, setupKey)
		return err
	})
	if err != nil {
		return User{}, Workspace{}, err
	}
	list, err := s.Memberships(ctx, user.ID)
	if err != nil {
		return User{}, Workspace{}, err
	}
	w, err := s.Get(ctx, list[len(list)-1].WorkspaceID)
	return user, w, err
}

func (s *Service) found(ctx context.Context, f Founding, first func(tx *db.Tx) error) (User, error) {
	var err error
	if f.Workspace, err = cleanName("workspace", f.Workspace); err != nil {
		return User{}, err
	}
	if f.Timezone == "" {
		f.Timezone = DefaultZone
	}
	if err := checkZone(f.Timezone); err != nil {
		return User{}, err
	}
	u, err := s.newUser(ctx, f.Name, f.Email, f.Password, f.Language)
	if err != nil {
		return User{}, err
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := first(tx); err != nil {
			return err
		}
		old, err := s.userByEmail(ctx, tx, u.Email)
		switch {
		case err == nil:
			u = old
		case errs.Is(err, "user.not_found"):
			if u.ID, err = s.insertUser(ctx, tx, u); err != nil {
				return err
			}
		default:
			return err
		}
		id, err := s.insertWorkspace(ctx, tx, f.Workspace, f.Timezone)
		if err != nil {
			return err
		}
		if err := s.insertMembership(ctx, tx, id, u.ID, httpx.Owner); err != nil {
			return err
		}
		return s.Audit(ctx, tx, id, userActor(u.ID), "workspace.create", fmt.Sprintf("workspace:%d", id), nil)
	})
	return u, err
}

// newUser checks what a person filled in and hashes the password.
func (s *Service) newUser(ctx context.Context, name, email, password, language string) (User, error) {
	u := User{Status: Active, CreatedAt: s.Now()}
	var err error
	if u.Name, err = cleanName("name", name); err != nil {
		return User{}, err
	}
	if u.Email, err = checkEmail(email); err != nil {
		return User{}, err
	}
	if u.Language, err = checkLanguage(language); err != nil {
		return User{}, err
	}
	if password == "" {
		return u, nil
	}
	if err := checkPassword(password, u.Email, u.Name); err != nil {
		return User{}, err
	}
	if u.PasswordHash, err = s.hashPassword(ctx, password); err != nil {
		return User{}, fmt.Errorf("hash password: %w", err)
	}
	return u, nil
}

// Update changes name, zone and settings of a workspace; nil leaves one as it is. by is who does it.
func (s *Service) Update(ctx context.Context, id int64, by string, name, zone *string, settings *Settings) (Workspace, error) {
	var clean string
	if name != nil {
		var err error
		if clean, err = cleanName("name", *name); err != nil {
			return Workspace{}, err
		}
	}
	if zone != nil {
		if err := checkZone(*zone); err != nil {
			return Workspace{}, err
		}
	}
	if settings != nil {
		if err := settings.Check(s.Now()); err != nil {
			return Workspace{}, err
		}
	}
	var w Workspace
	err := s.DB.WithTx(ctx, func(tx *db.Tx) (err error) {
		if w, err = getWorkspace(ctx, tx, id, ""); err != nil {
			return err
		}
		before := w
		if name != nil {
			w.Name = clean
		}
		if zone != nil {
			w.Timezone = *zone
		}
		if settings != nil {
			w.Settings = *settings
		}
		text, err := canonical(w.Settings)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE workspace SET name = $1, timezone = $2, settings = $3 WHERE id = $4`, w.Name, w.Timezone, text, id); err != nil {
			return fmt.Errorf("store workspace: %w", err)
		}
		return s.Audit(ctx, tx, id, by, "workspace.update", fmt.Sprintf("workspace:%d", id), map[string]any{"before": before.Settings, "after": w.Settings, "timezone": w.Timezone})
	})
	return w, err
}

// Zone is the time zone of a workspace by its IANA name.
func (s *Service) Zone(ctx context.Context, id int64) (string, error) {
	w, err := s.Get(ctx, id)
	return w.Timezone, err
}
