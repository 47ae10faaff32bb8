package message

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/db"
)

// Kinds of tracked addresses; they are part of the token, so that one cannot be used as another.
const (
	tokenOpen        = 'o'
	tokenClick       = 'c'
	tokenUnsubscribe = 'u'
)

// token names a leg and a link in a way that cannot be guessed or counted through: numbers as varints and a MAC of this installation, in URL-safe base64.
func (s *Service) token(c *claimed, kind byte, slot int) string {
	return s.sign(kind, c.leg.WorkspaceID, c.leg.ID, slot)
}

// SampleLink is a tracked address that leads nowhere, as long as the one that the leg with this id would get for its link: forecasts count the parts of an SMS with it.
func (s *Service) SampleLink(workspace, leg int64, link int) string {
	return s.PublicURL + "/c/" + s.sign(0, workspace, leg, link)
}

func (s *Service) sign(kind byte, workspace, leg int64, slot int) string {
	b := make([]byte, 0, 48)
	b = binary.AppendUvarint(b, uint64(workspace))
	b = binary.AppendUvarint(b, uint64(leg))
	b = binary.AppendUvarint(b, uint64(slot))
	b = append(b, s.trackMAC(kind, b)...)
	return base64.RawURLEncoding.EncodeToString(b)
}

func (s *Service) trackMAC(kind byte, b []byte) []byte {
	h := hmac.New(sha256.New, s.Keys.secret)
	h.Write([]byte{'t', kind})
	h.Write(b)
	return h.Sum(nil)[:10]
}

// readToken gives what a token names; ok is false for anything that this installation did not make.
func (s *Service) readToken(kind byte, token string) (workspace, leg int64, slot int, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) < 13 || len(b) > 64 {
		return 0, 0, 0, false
	}
	body, mac := b[:len(b)-10], b[len(b)-10:]
	if !hmac.Equal(mac, s.trackMAC(kind, body)) {
		return 0, 0, 0, false
	}
	var v [3]uint64
	for i := range v {
		n := 0
		if v[i], n = binary.Uvarint(body); n <= 0 {
			return 0, 0, 0, false
		}
		body = body[n:]
	}
	return int64(v[0]), int64(v[1]), int(v[2]), len(body) == 0
}

// Visit is somebody's, or some machine's, look at a tracked address.
type Visit struct {
	Agent string // user agent
	Head  bool   // a HEAD request: never a person
}

// scanners are programs that open links and images before, or instead of, a person.
var scanners = []string{"proofpoint", "mimecast", "barracuda", "safelinks", "sophos", "urldefense", "python-requests", "curl/", "wget/", "headlesschrome", "go-http-client", "bot/", "bot;", "spider", "crawler", "facebookexternalhit", "facebot", "meta-externalagent"}

// soon is how shortly after the sending only machines react.
const soon = 5 * time.Second

// Machine reports whether a user agent is none of a person's: a scanner's, or, of an opening, the proxy of Apple's mail privacy, which loads every image and says only "Mozilla/5.0" and no
// browser. Gmail's image proxy loads a picture when a person looks, so it is a person.
func Machine(agent string, opening bool) bool { return agentReason(agent, opening) != "" }

func agentReason(agent string, opening bool) string {
	agent = strings.ToLower(agent)
	if agent == "" {
		return "no_agent"
	}
	for _, p := range scanners {
		if strings.Contains(agent, p) {
			return "scanner"
		}
	}
	if opening && (agent == "mozilla/5.0" || (strings.HasPrefix(agent, "mozilla/5.0 (") && strings.HasSuffix(agent, ")") && strings.Count(agent, "(") == 1)) {
		return "image_proxy"
	}
	return ""
}

// judge says whether a person did it, and why not.
func judge(v Visit, sinceSent time.Duration, kind byte) (machine bool, reasons string) {
	var why []string
	if v.Head {
		why = append(why, "head")
	}
	if r := agentReason(v.Agent, kind == tokenOpen); r != "" {
		why = append(why, r)
	}
	if kind == tokenClick && sinceSent < soon {
		why = append(why, "too_soon")
	}
	return len(why) > 0, strings.Join(why, ",")
}

// Opened records that the open pixel of a token was loaded.
func (s *Service) Opened(ctx context.Context, token string, v Visit) error {
	workspace, leg, _, ok := s.readToken(tokenOpen, token)
	if !ok {
		return nil
	}
	return s.hit(ctx, workspace, leg, tokenOpen, 0, 0, v)
}

// Clicked records a click and gives the stored target; found is false for a token that is not ours. The target never comes from the request.
func (s *Service) Clicked(ctx context.Context, token string, v Visit) (url string, found bool, err error) {
	workspace, leg, slot, ok := s.readToken(tokenClick, token)
	if !ok {
		return "", false, nil
	}
	c, err := s.recipient(ctx, workspace, leg)
	if err == sql.ErrNoRows {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	// The target comes from the frozen template and the person's own values, never from the request.
	if url, found = c.plan.compiled[c.leg.Rank].LinkTarget(slot, *s.dataFor(c)); !found {
		return "", false, nil
	}
	return url, true, s.hit(ctx, workspace, leg, tokenClick, slot, len(c.plan.compiled[c.leg.Rank].Links), v)
}

// Unsubscribed records that a person unsubscribed by link or one-click request; found is false for a token that is not ours. The person's address goes on the suppression list in
// the same transaction, so that the next claim already knows.
func (s *Service) Unsubscribed(ctx context.Context, token string) (found bool, err error) {
	workspace, leg, _, ok := s.readToken(tokenUnsubscribe, token)
	if !ok {
		return false, nil
	}
	key := s.Keys.Key(workspace, leg, 0)
	return true, s.Receive(ctx, workspace, 0, "loa", []Receipt{{Key: key, Fact: FactUnsubscribed, At: s.Clock.Now(), Event: "unsubscribe"}})
}

// Knows reports whether an unsubscribe token is ours, for the page that asks for confirmation.
func (s *Service) Knows(token string) bool {
	_, _, _, ok := s.readToken(tokenUnsubscribe, token)
	return ok
}

// recipient reads a leg with its person and plan.
func (s *Service) recipient(ctx context.Context, workspace, leg int64) (*claimed, error) {
	c := &claimed{candidate: candidate{leg: Leg{WorkspaceID: workspace}}}
	err := scanCandidate(s.DB.QueryRow(ctx, `SELECT l.run_id, l.connection_id, `+candidateColumns+` FROM leg l LEFT JOIN contact c ON c.workspace_id = $1 AND c.id = l.contact_id WHERE l.workspace_id = $1 AND l.id = $2`, workspace, leg), &c.candidate, &c.leg.RunID, &c.leg.ConnectionID)
	if err != nil {
		return nil, err
	}
	if c.plan, err = s.plan(ctx, s.DB, workspace, c.leg.RunID); err != nil || c.plan.run.Kind == KindCampaign {
		return c, err
	}
	one := []candidate{c.candidate}
	err = s.loadParticulars(ctx, s.DB, c.plan, one)
	c.candidate = one[0]
	return c, err
}

// hit writes a visit down and, when a person made it, the fact. A click in a message of several links is held back for a moment, because a program that tries them all can be known by that only
// afterwards; see settleClicks.
func (s *Service) hit(ctx context.Context, workspace, leg int64, kind byte, slot, links int, v Visit) error {
	name := map[byte]string{tokenOpen: "open", tokenClick: "click"}[kind]
	now := s.now()
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		var sent int64
		err := tx.QueryRow(ctx, `SELECT COALESCE(accepted_at, requested_at, 0) FROM leg WHERE workspace_id = $1 AND id = $2`, workspace, leg).Scan(&sent)
		if err == sql.ErrNoRows {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read leg: %w", err)
		}
		var hits int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM hit WHERE workspace_id = $1 AND leg_id = $2`, workspace, leg).Scan(&hits); err != nil {
			return fmt.Errorf("count hits: %w", err)
		}
		machine, reasons := judge(v, time.Duration(now-sent)*time.Millisecond, kind)
		verdict := verdictHuman
		switch {
		case machine:
			verdict = verdictMachine
		case kind == tokenClick && links > 1 && hits < hitsMost:
			verdict = verdictHeld
		}
		if hits < hitsMost { // a link in a loop must not fill the disk
			agent := v.Agent
			if len(agent) > 200 {
				agent = agent[:200]
			}
			_, err = tx.Exec(ctx, `INSERT INTO hit (workspace_id, leg_id, kind, slot, at, verdict, reasons, agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, workspace, leg, name, slot, now, verdict, reasons, strings.ToValidUTF8(agent, ""))
			if err != nil {
				return fmt.Errorf("write hit: %w", err)
			}
		}
		if verdict != verdictHuman {
			return nil
		}
		fact := FactOpened
		if kind == tokenClick {
			fact = FactClicked
		}
		_, err = s.apply(ctx, tx, workspace, []event{{leg: leg, kind: kindFact, fact: fact, at: now}})
		return err
	})
}
