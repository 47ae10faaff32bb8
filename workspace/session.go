package workspace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/httpx"
)

// How long a session lasts: without a request, and at most.
const (
	idleTime    = 12 * time.Hour
	sessionTime = 30 * 24 * time.Hour
	touchEvery  = 5 * time.Minute // how exactly the idle time is kept; each touch is a write
)

// CookieName is the session cookie.
const CookieName = "loa_session"

const (
	sessionUser = "user"
	sessionLink = "link" // when this session came from a sign-in link, Unix ms: it may set a password without the old one for a while
)

func (s *Service) newSessions() *scs.SessionManager {
	m := scs.New()
	m.IdleTimeout, m.Lifetime = idleTime, sessionTime
	m.HashTokenInStore = true
	m.Store = &sessionStore{s}
	m.Cookie = scs.SessionCookie{Name: CookieName, HttpOnly: true, Path: "/", SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(s.PublicURL, "https://"), Persist: true}
	return m
}

// sessionStore keeps sessions in the table session; the key is the hash of the token.
type sessionStore struct{ s *Service }

type userKey struct{}

// expiry lets FindCtx tell the caller when the session that it found would end.
type expiry struct{ at time.Time }

type expiryKey struct{}

// FindCtx reads a session that has not ended.
func (st *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data []byte
	var expires int64
	err := st.s.DB.QueryRow(ctx, `SELECT data, expires_at FROM session WHERE token_hash = $1 AND expires_at > $2`, token, clock.Millis(st.s.wall())).Scan(&data, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read session: %w", err)
	}
	if e, ok := ctx.Value(expiryKey{}).(*expiry); ok {
		e.at = clock.FromMillis(expires)
	}
	return data, true, nil
}

// CommitCtx writes a new session for the user in ctx. A session that was ended meanwhile stays ended: the touch of an old one is an update only.
func (st *sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	user, isNew := ctx.Value(userKey{}).(int64)
	if !isNew {
		_, err := st.s.DB.Exec(ctx, `UPDATE session SET data = $1, expires_at = $2 WHERE token_hash = $3`, data, clock.Millis(expires), token)
		return err
	}
	_, err := st.s.DB.Exec(ctx, `INSERT INTO session (token_hash, user_id, data, expires_at) VALUES ($1, $2, $3, $4)`, token, user, data, clock.Millis(expires))
	return err
}

// DeleteCtx ends a session.
func (st *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	_, err := st.s.DB.Exec(ctx, `DELETE FROM session WHERE token_hash = $1`, token)
	return err
}

// Find, Commit and Delete are the same without a context.
func (st *sessionStore) Find(token string) ([]byte, bool, error) {
	return st.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (st *sessionStore) Commit(token string, data []byte, expires time.Time) error {
	return st.CommitCtx(context.Background(), token, data, expires)
}

// Delete is DeleteCtx without a context.
func (st *sessionStore) Delete(token string) error {
	return st.DeleteCtx(context.Background(), token)
}

// startSession makes a new session and its cookie, and ends the one that ctx carries.
func (s *Service) startSession(ctx context.Context, user int64, byLink bool) (http.Cookie, error) {
	if _, err := s.endSession(ctx); err != nil {
		return http.Cookie{}, err
	}
	// A context without the old session, which would otherwise be continued under its old token.
	bare, cancel := context.WithTimeout(context.WithValue(context.Background(), userKey{}, user), 30*time.Second)
	defer cancel()
	fresh, err := s.sessions.Load(bare, "")
	if err != nil {
		return http.Cookie{}, fmt.Errorf("start session: %w", err)
	}
	s.sessions.Put(fresh, sessionUser, user)
	s.sessions.Put(fresh, sessionID, randomToken()[:16])
	s.sessions.Put(fresh, sessionAgent, agentFrom(ctx))
	s.sessions.Put(fresh, sessionAddress, httpx.AddressFrom(ctx))
	s.sessions.Put(fresh, sessionStarted, clock.Millis(s.wall()))
	if byLink {
		s.sessions.Put(fresh, sessionLink, clock.Millis(s.wall()))
	}
	token, _, err := s.sessions.Commit(fresh)
	if err != nil {
		return http.Cookie{}, fmt.Errorf("start session: %w", err)
	}
	c := s.sessions.Cookie
	return http.Cookie{Name: c.Name, Value: token, Path: c.Path, HttpOnly: c.HttpOnly, SameSite: c.SameSite, Secure: c.Secure, MaxAge: int(sessionTime / time.Second)}, nil
}

// loadSession finds the session of a request's cookie and its user; 0 = nobody.
func (s *Service) loadSession(r *http.Request) (context.Context, int64, error) {
	ctx := r.Context()
	cookie, err := r.Cookie(CookieName)
	if err != nil || cookie.Value == "" || len(cookie.Value) > 200 {
		return ctx, 0, nil
	}
	e := &expiry{}
	ctx, err = s.sessions.Load(context.WithValue(ctx, expiryKey{}, e), cookie.Value)
	if err != nil {
		return r.Context(), 0, err
	}
	user := s.sessions.GetInt64(ctx, sessionUser)
	if user == 0 {
		return r.Context(), 0, nil
	}
	if e.at.Sub(s.wall()) < idleTime-touchEvery && s.sessions.Deadline(ctx).Sub(e.at) > time.Second {
		s.touch(ctx, func(ctx context.Context) error { _, _, err := s.sessions.Commit(ctx); return err })
	}
	return ctx, user, nil
}

// endSession ends the session of ctx and gives the cookie that removes the browser's.
func (s *Service) endSession(ctx context.Context) (http.Cookie, error) {
	c := s.sessions.Cookie
	gone := http.Cookie{Name: c.Name, Path: c.Path, HttpOnly: c.HttpOnly, SameSite: c.SameSite, Secure: c.Secure, MaxAge: -1}
	if ctx.Value(expiryKey{}) == nil {
		return gone, nil // the caller is an API key, or nobody
	}
	if err := s.sessions.Destroy(ctx); err != nil {
		return gone, fmt.Errorf("end session: %w", err)
	}
	return gone, nil
}

// endSessions ends all sessions and open sign-in links of a user, in the transaction that changes what the user may do.
func endSessions(ctx context.Context, tx *db.Tx, user int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM session WHERE user_id = $1`, user); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM login_link WHERE user_id = $1 AND used_at = 0`, user); err != nil {
		return fmt.Errorf("end sign-in links: %w", err)
	}
	return nil
}

// fromLink reports whether the session of ctx began with a sign-in link not long ago.
func (s *Service) fromLink(ctx context.Context) bool {
	if ctx.Value(expiryKey{}) == nil {
		return false
	}
	at := s.sessions.GetInt64(ctx, sessionLink)
	return at != 0 && s.wall().Sub(clock.FromMillis(at)) < 30*time.Minute
}

// Purge removes sessions, links and counted guesses that are over. Call it now and then.
func (s *Service) Purge(ctx context.Context) error {
	now := s.wall()
	if _, err := s.DB.Exec(ctx, `DELETE FROM session WHERE expires_at <= $1`, clock.Millis(now)); err != nil {
		return fmt.Errorf("purge sessions: %w", err)
	}
	if _, err := s.DB.Exec(ctx, `DELETE FROM login_link WHERE expires_at <= $1`, clock.Millis(now.Add(-24*time.Hour))); err != nil {
		return fmt.Errorf("purge sign-in links: %w", err)
	}
	if _, err := s.DB.Exec(ctx, `DELETE FROM login_failure WHERE last_at <= $1 AND locked_until <= $2`, clock.Millis(now.Add(-failureMemory)), clock.Millis(now)); err != nil {
		return fmt.Errorf("purge guesses: %w", err)
	}
	return nil
}
