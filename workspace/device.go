package workspace

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Device is one open session of a user: a browser in which the user is signed in.
type Device struct {
	ID        string    `json:"id" doc:"To end it with; proves nothing"`
	Agent     string    `json:"agent" doc:"What the browser calls itself, cut at 300 bytes; empty when it says nothing"`
	Address   string    `json:"address" doc:"The network address at the time of signing in"`
	StartedAt time.Time `json:"started_at,omitzero"`
	SeenAt    time.Time `json:"seen_at" doc:"The last request, to about five minutes"`
	EndsAt    time.Time `json:"ends_at" doc:"When it ends at the latest, whatever is done"`
	Current   bool      `json:"current" doc:"The one that asks"`
}

// Names of the values that a session keeps about its browser.
const (
	sessionID      = "id"
	sessionAgent   = "agent"
	sessionAddress = "address"
	sessionStarted = "started"
)

type agentKey struct{}

// agentFrom is what the caller's browser calls itself.
func agentFrom(ctx context.Context) string {
	agent, _ := ctx.Value(agentKey{}).(string)
	return agent
}

// Devices lists the open sessions of a user, the newest first. ctx is that of the request that asks.
func (s *Service) Devices(ctx context.Context, user int64) ([]Device, error) {
	stored, err := s.storedSessions(ctx, s.DB, user)
	if err != nil {
		return nil, err
	}
	own := s.ownSession(ctx)
	list := make([]Device, 0, len(stored))
	for _, x := range stored {
		x.Current = own != "" && x.ID == own
		list = append(list, x.Device)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].StartedAt.After(list[j].StartedAt) })
	return list, nil
}

// EndDevice ends one session of a user; session.not_found when the user has none with this id.
func (s *Service) EndDevice(ctx context.Context, user int64, id string) error {
	_, err := s.endDevices(ctx, user, func(d Device) bool { return d.ID == id })
	return err
}

// EndOtherDevices ends all sessions of a user but the one that asks, and says how many they were.
func (s *Service) EndOtherDevices(ctx context.Context, user int64) (int, error) {
	own := s.ownSession(ctx)
	n, err := s.endDevices(ctx, user, func(d Device) bool { return own == "" || d.ID != own })
	if errs.Is(err, "session.not_found") {
		return 0, nil
	}
	return n, err
}

func (s *Service) endDevices(ctx context.Context, user int64, which func(d Device) bool) (int, error) {
	ended := 0
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		ended = 0
		list, err := s.storedSessions(ctx, tx, user)
		if err != nil {
			return err
		}
		for _, x := range list {
			if !which(x.Device) {
				continue
			}
			if _, err := tx.Exec(ctx, `DELETE FROM session WHERE token_hash = $1 AND user_id = $2`, x.hash, user); err != nil {
				return fmt.Errorf("end session: %w", err)
			}
			ended++
		}
		if ended == 0 {
			return errs.NotFound("session")
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return ended, s.auditUser(ctx, user, "session.end")
}

// storedSession is a row of the table session, read.
type storedSession struct {
	Device
	hash string
}

func (s *Service) storedSessions(ctx context.Context, q db.Querier, user int64) ([]storedSession, error) {
	rows, err := q.Query(ctx, `SELECT token_hash, data, expires_at FROM session WHERE user_id = $1 AND expires_at > $2 ORDER BY expires_at DESC LIMIT 200`, user, clock.Millis(s.wall()))
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	defer rows.Close()
	var list []storedSession
	for rows.Next() {
		var x storedSession
		var data []byte
		var expires int64
		if err := rows.Scan(&x.hash, &data, &expires); err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
		deadline, values, err := s.sessions.Codec.Decode(data)
		if err != nil {
			return nil, fmt.Errorf("read session: %w", err)
		}
		x.ID, _ = values[sessionID].(string)
		x.Agent, _ = values[sessionAgent].(string)
		x.Address, _ = values[sessionAddress].(string)
		started, _ := values[sessionStarted].(int64)
		// The session ends after a time of silence, so the end tells when the last request was.
		x.StartedAt, x.SeenAt, x.EndsAt = clock.FromMillis(started), clock.FromMillis(expires).Add(-idleTime), deadline
		list = append(list, x)
	}
	return list, rows.Err()
}

// ownSession is the id of the session that ctx carries; empty for keys and nobody.
func (s *Service) ownSession(ctx context.Context) string {
	if ctx.Value(expiryKey{}) == nil {
		return ""
	}
	return s.sessions.GetString(ctx, sessionID)
}
