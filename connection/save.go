package connection

import (
	"context"
	"crypto/rand"
	"encoding/base64"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Create stores a new active connection with its credentials. The error is connection.invalid with the fields that are wrong.
func (s *Service) Create(ctx context.Context, workspace int64, actor string, f Form) (*Connection, error) {
	var secrets Secrets
	now := s.Now()
	secrets.apply(&f.Secrets, now)
	if err := check(&f, &secrets, s.Simulation); err != nil {
		return nil, err
	}
	c := &row{Connection: Connection{WorkspaceID: workspace, Channel: ChannelOf(f.Provider), Provider: f.Provider, Name: f.Name, Settings: f.Settings, RatePerSecond: f.RatePerSecond,
		Concurrency: f.Concurrency, State: Active, CreatedAt: now, hookToken: newToken()}}
	if secrets.AccessToken != "" && expires(f.Provider) {
		c.TokenExpiresAt = now.Add(pastedLife)
	}
	err := s.DB.WithTx(ctx, func(tx *db.Tx) (err error) {
		c.Version = 0 // a retried transaction begins anew
		if err := insert(ctx, tx, c); err != nil {
			return err
		}
		if c.sealed, err = s.seal(workspace, c.ID, secrets); err != nil {
			return err
		}
		if err := update(ctx, tx, c, now); err != nil {
			return err
		}
		if err := s.saved(ctx, tx, &c.Connection); err != nil {
			return err
		}
		return s.audit(ctx, tx, &c.Connection, actor, "create", map[string]any{"provider": c.Provider, "secrets": secrets.set()})
	})
	if err != nil {
		return nil, err
	}
	return s.show(c)
}

// Update replaces the settings and limits of a connection and changes the credentials that the form names. New tokens or keys end a hold that was for want of them.
func (s *Service) Update(ctx context.Context, workspace, id int64, actor string, f Form) (*Connection, error) {
	c, err := s.change(ctx, workspace, id, func(tx *db.Tx, c *row) (bool, error) {
		if err := c.byPerson(); err != nil {
			return false, err
		}
		if f.Provider != c.Provider {
			return false, errs.Invalid("connection.invalid").Field("provider", "connection.provider_fixed")
		}
		secrets, err := s.unseal(workspace, id, c.sealed)
		if err != nil {
			return false, err
		}
		changed := secrets.apply(&f.Secrets, s.Now())
		if err := check(&f, &secrets, s.Simulation); err != nil {
			return false, err
		}
		c.Name, c.Settings, c.RatePerSecond, c.Concurrency = f.Name, f.Settings, f.RatePerSecond, f.Concurrency
		if len(changed) > 0 {
			c.mend()
			if c.sealed, err = s.seal(workspace, id, secrets); err != nil {
				return false, err
			}
		}
		for _, name := range changed {
			if name == "access_token" && expires(c.Provider) {
				c.TokenExpiresAt = s.Now().Add(pastedLife)
			}
		}
		if err := s.saved(ctx, tx, &c.Connection); err != nil {
			return false, err
		}
		return true, s.audit(ctx, tx, &c.Connection, actor, "update", map[string]any{"secrets": changed})
	})
	if err != nil {
		return nil, err
	}
	return s.show(c)
}

// Delete removes a disabled connection that nothing refers to. The errors are connection.not_disabled and connection.in_use.
func (s *Service) Delete(ctx context.Context, workspace, id int64, actor string) error {
	used := true
	if s.InUse != nil {
		var err error
		if used, err = s.InUse(ctx, workspace, id); err != nil {
			return err
		}
	}
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		c, err := find(ctx, tx, workspace, id, tx.Dialect.ForUpdate())
		switch {
		case err != nil:
			return err
		case c.Builtin():
			return c.byPerson()
		case c.State != Disabled:
			return errs.Conflict("connection.not_disabled")
		case used:
			return errs.Conflict("connection.in_use")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM connection WHERE workspace_id = $1 AND id = $2`, workspace, id); err != nil {
			return err
		}
		tx.AfterCommit(s.hooks.clear)
		return s.audit(ctx, tx, &c.Connection, actor, "delete", nil)
	})
}

// RotateHook gives the connection a new callback address; the old one is unknown at once. The provider must be told.
func (s *Service) RotateHook(ctx context.Context, workspace, id int64, actor string) (*Connection, error) {
	c, err := s.change(ctx, workspace, id, func(tx *db.Tx, c *row) (bool, error) {
		if err := c.byPerson(); err != nil {
			return false, err
		}
		c.hookToken = newToken()
		return true, s.audit(ctx, tx, &c.Connection, actor, "rotate_hook", nil)
	})
	if err != nil {
		return nil, err
	}
	return s.show(c)
}

// Get reads a connection without its credentials.
func (s *Service) Get(ctx context.Context, workspace, id int64) (*Connection, error) {
	c, err := find(ctx, s.DB, workspace, id, "")
	if err != nil {
		return nil, err
	}
	return s.show(c)
}

// List reads the connections of a workspace by name; with a channel only those of it.
func (s *Service) List(ctx context.Context, workspace int64, ch channel.Channel) ([]*Connection, error) {
	rows, err := list(ctx, s.DB, workspace, ch)
	if err != nil {
		return nil, err
	}
	out := make([]*Connection, len(rows))
	for i, c := range rows {
		if out[i], err = s.show(c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Load reads a connection with its credentials, for a call to the provider.
func (s *Service) Load(ctx context.Context, workspace, id int64) (Connection, Secrets, error) {
	c, err := find(ctx, s.DB, workspace, id, "")
	if err != nil {
		return Connection{}, Secrets{}, err
	}
	return s.open(c)
}

func (s *Service) open(c *row) (Connection, Secrets, error) {
	secrets, err := s.unseal(c.WorkspaceID, c.ID, c.sealed)
	if err != nil {
		return Connection{}, Secrets{}, err
	}
	c.HookURL, c.Set = s.hookURL(c), secrets.set()
	return c.Connection, secrets, nil
}

func (s *Service) show(c *row) (*Connection, error) {
	out, _, err := s.open(c)
	if err != nil {
		return nil, err
	}
	return &out, nil
}

func (s *Service) hookURL(c *row) string {
	if c.Builtin() {
		return ""
	}
	return s.PublicURL + "/hooks/" + c.Provider + "/" + c.hookToken
}

// expires reports whether the provider's access tokens live for hours and are refreshed. Those of a Facebook Page live until a person takes them away.
func expires(provider string) bool { return provider != "messenger" }

func newToken() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // it never fails: the process ends instead
	return base64.RawURLEncoding.EncodeToString(b)
}
