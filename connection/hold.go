package connection

import (
	"context"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Hold stops a connection for everybody: until a time, or until a person resumes it when the time is zero. The stronger hold wins: a person's act is not ended by a time, a longer
// time not by a shorter one, and what an owner disabled stays disabled. Holding twice for the same is no error and leaves one line in the audit log.
func (s *Service) Hold(ctx context.Context, workspace, id int64, reason string, until time.Time) error {
	_, err := s.hold(ctx, workspace, id, "system", reason, until)
	return err
}

func (s *Service) hold(ctx context.Context, workspace, id int64, actor, reason string, until time.Time) (*row, error) {
	return s.change(ctx, workspace, id, func(tx *db.Tx, c *row) (bool, error) {
		if !c.weaker(until, s.Now()) {
			return false, nil
		}
		again := c.State == Held && c.Reason == reason
		c.State, c.Reason, c.HeldUntil = Held, reason, until
		if again {
			return true, nil
		}
		s.Log.Warn("connection held", "workspace_id", workspace, "connection_id", id, "reason", reason)
		return true, s.audit(ctx, tx, &c.Connection, actor, "hold", map[string]any{"reason": reason, "until": until.UnixMilli()})
	})
}

// Release ends a hold that the engine made for a reason, when the provider says that the reason is gone. A hold for another reason, and what an owner disabled, stays.
func (s *Service) Release(ctx context.Context, workspace, id int64, reason string) error {
	_, err := s.change(ctx, workspace, id, func(tx *db.Tx, c *row) (bool, error) {
		if c.State != Held || c.Reason != reason {
			return false, nil
		}
		c.State, c.Reason, c.HeldUntil = Active, "", time.Time{}
		return true, s.audit(ctx, tx, &c.Connection, "system", "resume", map[string]any{"from": string(Held), "reason": reason})
	})
	return err
}

// weaker reports whether a hold until the given time says more than what c says.
func (c *row) weaker(until, now time.Time) bool {
	switch {
	case c.State == Disabled:
		return false
	case c.State == Active || c.Usable(now):
		return true
	case c.HeldUntil.IsZero():
		return false
	}
	return until.IsZero() || until.After(c.HeldUntil)
}

// mend ends a hold that was for want of good credentials.
func (c *row) mend() {
	if c.State == Held && (c.Reason == ReasonAuth || c.Reason == ReasonAuthLost || c.Reason == ReasonRefresh) {
		c.State, c.Reason, c.HeldUntil = Active, "", time.Time{}
	}
}

// Resume is a person's act: a held or disabled connection is active again.
func (s *Service) Resume(ctx context.Context, workspace, id int64, actor string) (*Connection, error) {
	return s.act(ctx, workspace, id, actor, "resume", Active, "")
}

// Pause is a person's act: the connection is held until a person resumes it.
func (s *Service) Pause(ctx context.Context, workspace, id int64, actor string) (*Connection, error) {
	return s.act(ctx, workspace, id, actor, "hold", Held, ReasonPerson)
}

// Disable is a person's act: nothing is sent and nothing can be planned with the connection until a person resumes it.
func (s *Service) Disable(ctx context.Context, workspace, id int64, actor string) (*Connection, error) {
	return s.act(ctx, workspace, id, actor, "disable", Disabled, "")
}

func (s *Service) act(ctx context.Context, workspace, id int64, actor, action string, to State, reason string) (*Connection, error) {
	c, err := s.change(ctx, workspace, id, func(tx *db.Tx, c *row) (bool, error) {
		if to != Active { // what the engine held may go on
			if err := c.byPerson(); err != nil {
				return false, err
			}
		}
		if c.State == to && c.Reason == reason && c.HeldUntil.IsZero() {
			return false, errs.Conflict("connection.state").With("state", string(c.State))
		}
		detail := map[string]any{"from": string(c.State), "reason": c.Reason}
		c.State, c.Reason, c.HeldUntil = to, reason, time.Time{}
		return true, s.audit(ctx, tx, &c.Connection, actor, action, detail)
	})
	if err != nil {
		return nil, err
	}
	return s.show(c)
}

// Active lists the usable connections of all workspaces.
func (s *Service) Active(ctx context.Context) ([]Ref, error) {
	return s.refs(ctx, `SELECT workspace_id, id FROM connection WHERE state = 'active' OR (state = 'held' AND held_until > 0 AND held_until <= $1) ORDER BY workspace_id, id`, s.Now().UnixMilli())
}

// Expiring lists the usable connections of all workspaces whose token ends before a time: they should be refreshed.
func (s *Service) Expiring(ctx context.Context, before time.Time) ([]Ref, error) {
	return s.refs(ctx, `SELECT workspace_id, id FROM connection WHERE token_expires_at > 0 AND token_expires_at < $2 AND (state = 'active' OR (state = 'held' AND held_until > 0 AND held_until <= $1))
ORDER BY token_expires_at, id`, s.Now().UnixMilli(), before.UnixMilli())
}

func (s *Service) refs(ctx context.Context, query string, args ...any) ([]Ref, error) {
	rows, err := s.DB.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list active connections: %w", err)
	}
	defer rows.Close()
	var out []Ref
	for rows.Next() {
		var r Ref
		if err := rows.Scan(&r.WorkspaceID, &r.ID); err != nil {
			return nil, fmt.Errorf("list active connections: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
