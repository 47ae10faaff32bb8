package connection

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/provider"
)

// Tokens is what an authorisation server gives. An empty Refresh leaves the stored one in place.
type Tokens struct {
	Access    string
	Refresh   string
	ExpiresIn time.Duration
}

const (
	// lease is how long one node may take for a refresh; longer than the call may last.
	lease = 60 * time.Second
	// callTime is the deadline of the call itself. It is not ended with the caller: a token whose answer nobody reads is lost.
	callTime = 40 * time.Second
	// fresh is how old a token may be and still count as just refreshed by somebody else.
	fresh = time.Minute
	// pastedLife is what an access token lives that a person pasted without its time (Zalo: 25 h), less the time that it may have lived already.
	pastedLife = 12 * time.Hour
	// pause is the hold after a refresh that certainly did not happen.
	pause = 30 * time.Second
)

// Refresh gives the connection new tokens, once over all callers and nodes: whoever comes while another refreshes waits and takes the result. refused is the access token that the
// provider no longer took; "" when the caller does not know, or refreshes before its time.
//
// call makes the provider's request with the refresh token in its Secrets. Its answer is saved before anybody uses it. good is true when the connection has tokens that have not been
// refused, or is held until the refresh can be tried again; false, with an error, means that it is held until a person authorises again: the token was refused or is spent.
func (s *Service) Refresh(ctx context.Context, workspace, id int64, refused string, call func(ctx context.Context, c Connection, secrets Secrets) (Tokens, error)) (good bool, err error) {
	defer s.alone(Ref{workspace, id})()
	for {
		c, secrets, state, err := s.lease(ctx, workspace, id, refused)
		switch {
		case err != nil:
			return false, err
		case state == already:
			return true, nil
		case state == busy:
			if err := wait(ctx); err != nil {
				return false, err
			}
			continue
		case secrets.RefreshToken == "":
			return false, s.lost(ctx, workspace, id, ReasonAuth, errs.Conflict("connection.no_refresh_token"))
		}
		return s.ask(ctx, c, secrets, call)
	}
}

// ask makes the call and stores what came of it.
func (s *Service) ask(ctx context.Context, c Connection, secrets Secrets, call func(ctx context.Context, c Connection, secrets Secrets) (Tokens, error)) (bool, error) {
	ctx = context.WithoutCancel(ctx)
	callCtx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	tokens, err := call(callCtx, c, secrets)
	if err == nil && tokens.Access == "" {
		err = errors.New("the answer holds no token")
	}
	var failure *provider.Error
	errors.As(err, &failure)
	switch {
	case err == nil:
		return true, s.SaveTokens(ctx, c.WorkspaceID, c.ID, tokens)
	case failure != nil && (failure.Class == provider.Temporary || failure.Class == provider.RateLimited):
		// Certainly not done: the token is still good for another try.
		s.Log.Warn("refresh credentials", "workspace_id", c.WorkspaceID, "connection_id", c.ID, "error", err)
		_, err := s.change(ctx, c.WorkspaceID, c.ID, func(tx *db.Tx, r *row) (bool, error) {
			r.leaseUntil = 0
			if until := s.Now().Add(max(failure.RetryAfter, pause)); r.weaker(until, s.Now()) {
				r.State, r.Reason, r.HeldUntil = Held, ReasonRefresh, until
			}
			return true, nil
		})
		return err == nil, err
	}
	return false, s.lost(ctx, c.WorkspaceID, c.ID, ReasonAuthLost, err)
}

// lost holds the connection until a person authorises again.
func (s *Service) lost(ctx context.Context, workspace, id int64, reason string, cause error) error {
	_, err := s.change(ctx, workspace, id, func(tx *db.Tx, c *row) (bool, error) {
		c.leaseUntil = 0
		if c.State == Disabled || c.State == Held && c.HeldUntil.IsZero() {
			return true, nil
		}
		c.State, c.Reason, c.HeldUntil = Held, reason, time.Time{}
		s.Log.Warn("connection held", "workspace_id", workspace, "connection_id", id, "reason", reason)
		return true, s.audit(ctx, tx, &c.Connection, "system", "hold", map[string]any{"reason": reason})
	})
	return errors.Join(fmt.Errorf("refresh credentials: %w", cause), err)
}

// SaveTokens stores a pair of tokens and ends a hold that was for want of them.
func (s *Service) SaveTokens(ctx context.Context, workspace, id int64, t Tokens) error {
	_, err := s.change(ctx, workspace, id, func(_ *db.Tx, c *row) (bool, error) {
		secrets, err := s.unseal(workspace, id, c.sealed)
		if err != nil {
			return false, err
		}
		now := s.Now()
		secrets.AccessToken, secrets.TokenSavedAt = t.Access, now.UnixMilli()
		if t.Refresh != "" {
			secrets.RefreshToken = t.Refresh
		}
		if c.sealed, err = s.seal(workspace, id, secrets); err != nil {
			return false, err
		}
		c.TokenExpiresAt, c.leaseUntil = now.Add(t.ExpiresIn), 0
		c.mend()
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("save tokens: %w", err)
	}
	return nil
}

type leased int

const (
	taken   leased = iota // ours
	busy                  // another node refreshes
	already               // it is done
)

// lease reads the credentials and takes the right to refresh them, unless that was done in the meantime. A lease that ran out belonged to a process that died in the middle: the
// token may be spent, and the provider's answer will tell.
func (s *Service) lease(ctx context.Context, workspace, id int64, refused string) (c Connection, secrets Secrets, state leased, err error) {
	r, err := s.change(ctx, workspace, id, func(_ *db.Tx, r *row) (bool, error) {
		now := s.Now()
		if secrets, err = s.unseal(workspace, id, r.sealed); err != nil {
			return false, err
		}
		state = taken
		switch {
		case refused != "" && secrets.AccessToken != refused, refused == "" && now.UnixMilli()-secrets.TokenSavedAt < fresh.Milliseconds() && secrets.TokenSavedAt > 0 && r.leaseUntil == 0:
			state = already
		case r.leaseUntil > now.UnixMilli():
			state = busy
		}
		if state != taken {
			return false, nil
		}
		r.leaseUntil = now.Add(lease).UnixMilli()
		return true, nil
	})
	if err != nil {
		return c, secrets, state, err
	}
	return r.Connection, secrets, state, nil
}

// alone lets one caller of this process in at a time; the lease in the row does the same for several nodes.
func (s *Service) alone(r Ref) (leave func()) {
	s.mu.Lock()
	m := s.flight[r]
	if m == nil {
		m = &sync.Mutex{}
		s.flight[r] = m
	}
	s.mu.Unlock()
	m.Lock()
	return m.Unlock
}

// wait gives another node a moment by the machine's clock: it works in real time, whatever the simulation says.
func wait(ctx context.Context) error {
	t := time.NewTimer(50 * time.Millisecond)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
