package zns

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/seal"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
)

// ReasonHashedJourney is our refusal of a message within a journey over a connection that gives no phone numbers away: a journey token is asked for by number.
const ReasonHashedJourney = "zns_journey_hashed"

// journeyMargin is how long before its end a token is not used any more.
const journeyMargin = 10 * time.Minute

// Journeys keeps journey tokens until they end, so that all messages of one delivery or trip share one. It is safe for many goroutines and nodes: two that ask at the same moment get a token
// each, and one of them is kept.
type Journeys struct {
	DB     *db.DB
	Sealer *seal.Sealer
	Now    func() time.Time
}

// trip names a journey: whose, of which kind, and which of them.
type trip struct {
	workspace, connection int64
	phone, kind, code     string
}

// digest is a keyed hash, so that the store does not tell whom a token is for.
func (j *Journeys) digest(t *trip) string {
	mac := hmac.New(sha256.New, j.Sealer.Derive("zns journey"))
	for _, s := range []string{strconv.FormatInt(t.workspace, 10), strconv.FormatInt(t.connection, 10), t.phone, t.kind, t.code} {
		mac.Write([]byte(strconv.Itoa(len(s)) + ":" + s))
	}
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func (j *Journeys) place(t *trip, digest string) seal.Place {
	return seal.Place{Workspace: t.workspace, Table: "zns_journey", Row: t.connection, Column: digest}
}

// token gives the token of a trip; kept is true when it was asked for earlier. ask brings a new one and its end, zero = by its kind.
func (j *Journeys) token(ctx context.Context, t *trip, ask func(context.Context) (zalo.Journey, time.Time, error)) (token string, kept bool, err error) {
	digest, now := j.digest(t), j.Now()
	var sealed string
	err = j.DB.QueryRow(ctx, `SELECT token FROM zns_journey WHERE workspace_id = $1 AND connection_id = $2 AND digest = $3 AND expires_at > $4`, t.workspace, t.connection, digest, clock.Millis(now.Add(journeyMargin))).Scan(&sealed)
	if err == nil {
		if raw, unsealErr := j.Sealer.Unseal(j.place(t, digest), sealed); unsealErr == nil {
			return string(raw), true, nil
		} // sealed by a key that was put away: a new token is asked for
	} else if !errors.Is(err, sql.ErrNoRows) {
		return "", false, fmt.Errorf("read journey token: %w", err)
	}
	made, ends, err := ask(ctx)
	if err != nil {
		return "", false, err
	}
	if life := zalo.JourneyLife(t.kind); ends.IsZero() || ends.After(now.Add(life)) {
		ends = now.Add(life)
	}
	if sealed, err = j.Sealer.Seal(j.place(t, digest), []byte(made.Token)); err != nil {
		return "", false, fmt.Errorf("seal journey token: %w", err)
	}
	if _, err = j.DB.Exec(ctx, `INSERT INTO zns_journey (workspace_id, connection_id, digest, kind, token, journey_id, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
 ON CONFLICT (workspace_id, connection_id, digest) DO UPDATE SET token = excluded.token, journey_id = excluded.journey_id, made_at = excluded.made_at, expires_at = excluded.expires_at`,
		t.workspace, t.connection, digest, t.kind, sealed, made.ID, clock.Millis(now), clock.Millis(ends)); err != nil {
		return "", false, fmt.Errorf("keep journey token: %w", err)
	}
	return made.Token, false, nil
}

// forget drops a token that the provider does not take any more.
func (j *Journeys) forget(ctx context.Context, t *trip) error {
	if _, err := j.DB.Exec(ctx, `DELETE FROM zns_journey WHERE workspace_id = $1 AND connection_id = $2 AND digest = $3`, t.workspace, t.connection, j.digest(t)); err != nil {
		return fmt.Errorf("forget journey token: %w", err)
	}
	return nil
}

// Sweep deletes tokens that have ended.
func (j *Journeys) Sweep(ctx context.Context) error {
	if _, err := j.DB.Exec(ctx, `DELETE FROM zns_journey WHERE expires_at < $1`, clock.Millis(j.Now())); err != nil {
		return fmt.Errorf("delete ended journey tokens: %w", err)
	}
	return nil
}

// tripOf names the journey of a message; nil when it is sent without one.
func tripOf(m *message.Outgoing, connection int64) *trip {
	if m.Content.ZNS.Journey == "" {
		return nil
	}
	return &trip{workspace: m.Workspace, connection: connection, phone: strings.TrimPrefix(m.To, "+"), kind: m.Content.ZNS.Journey, code: m.Rendered.JourneyCode}
}

// journeyFailure is the outcome of a call for a token that failed. Nothing has gone to the person, so that a lost answer may be asked for again.
func journeyFailure(err error) message.Outcome {
	out := message.Failure(err)
	if out.Class == provider.Unknown {
		out.Class = provider.Temporary
	}
	return out
}

// again turns the refusal of a kept token into another try with a new one.
func (j *Journeys) again(ctx context.Context, t *trip, out *message.Outcome) {
	switch out.Code {
	case "-148", "-149", "-150": // absent, wrong, ended
		if j.forget(ctx, t) == nil {
			out.Class = provider.Temporary
		}
	}
}
