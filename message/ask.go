package message

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Request asks for one message to one person: a test of a template, or a call of the API. It goes through the same ledger, gate and lanes as every campaign.
type Request struct {
	WorkspaceID int64
	Kind        string // KindTest has a run of its own; KindAPI joins the open run of the same source, purpose and definition
	SourceID    int64  // what asked: the template of a test
	Name        string // of the run, for reports
	Purpose     Purpose
	Definition  Definition // channel, connection and content of the message and of its fallbacks

	ContactID int64          // the person, 0 when it is nobody that we know; needed when To is empty
	To        string         // the address in normal form when it is not the contact's own; all ranks must be of its kind
	Like      int64          // the contact whose data fills the template although the message goes to somebody else, 0 = ContactID
	Sample    bool           // fill the template in with made-up data
	Params    map[string]any // values of params.*

	Repeat Repeat
}

// Repeat makes a repeated call the same message. The first answer is given again for 24 hours.
type Repeat struct {
	Key   string // the caller's Idempotency-Key, at most 255 characters; "" = every call is a new message
	Route string // what was called: keys of different calls do not meet
	Body  []byte // what was asked for; another body under the same key is refused with idempotency.other_body
}

// Asked is the answer of Ask. Its status is read by MessageID.
type Asked struct {
	MessageID int64 `json:"message_id"`
	RunID     int64 `json:"run_id"`
	Repeated  bool  `json:"repeated"` // an earlier call with this Idempotency-Key asked for it already
}

// maxKey is the longest Idempotency-Key.
const maxKey = 255

// answersLast is how long a repeated call gets the first answer.
const answersLast = 24 * time.Hour

// Ask writes one message into the ledger in the caller's transaction; it is sent after the commit, by the lane of its connection, before what is bulk. Whether it may be sent is decided
// when it is claimed, like for every message: a refused one becomes skipped, with the reason.
func (s *Service) Ask(ctx context.Context, tx *db.Tx, r Request) (Asked, error) {
	if err := r.check(); err != nil {
		return Asked{}, err
	}
	if first, ok, err := s.answered(ctx, tx, &r); err != nil || ok {
		return first, err
	}
	run, err := s.runFor(ctx, tx, &r)
	if err != nil {
		return Asked{}, err
	}
	l, err := s.firstLeg(ctx, tx, &r, run)
	if err != nil {
		return Asked{}, err
	}
	fresh, err := insertLegs(ctx, tx, []*Leg{l})
	if err != nil {
		return Asked{}, err
	}
	if len(fresh) != 1 {
		return Asked{}, fmt.Errorf("write message: number %d of run %d is taken", l.Seq, run)
	}
	data, err := json.Marshal(particulars{To: r.To, Like: r.Like, Sample: r.Sample, Params: r.Params})
	if err != nil {
		return Asked{}, fmt.Errorf("write message data: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO message_data (workspace_id, run_id, contact_id, seq, data) VALUES ($1, $2, $3, $4, $5)`, l.WorkspaceID, run, l.ContactID, l.Seq, string(data)); err != nil {
		return Asked{}, fmt.Errorf("write message data: %w", err)
	}
	count := counters{}
	count.leg(l, 1)
	if err := count.write(ctx, tx, r.WorkspaceID); err != nil {
		return Asked{}, err
	}
	out := Asked{MessageID: l.ID, RunID: run}
	if err := s.remember(ctx, tx, &r, out); err != nil {
		return Asked{}, err
	}
	tx.AfterCommit(s.Wake)
	return out, nil
}

func (r *Request) check() error {
	switch {
	case r.Kind != KindTest && r.Kind != KindAPI:
		return fmt.Errorf("ask for a message of kind %q", r.Kind)
	case len(r.Definition.Legs) == 0:
		return errors.New("ask for a message without a channel")
	case r.To == "" && r.ContactID == 0:
		return errs.Invalid("message.no_recipient").Field("to", "message.no_recipient")
	case len(r.Repeat.Key) > maxKey:
		return errs.Invalid("idempotency.key_too_long").With("max", "255")
	}
	if r.To != "" {
		for _, l := range r.Definition.Legs {
			if l.Channel.AddressKind() != r.Definition.Legs[0].Channel.AddressKind() {
				return errs.Invalid("message.address_kind").With("channel", string(l.Channel))
			}
		}
	}
	return nil
}

// answered takes the caller's key, or gives the answer that the first call with it got. The key is written in the transaction of the message: a second call waits for the first one's commit.
func (s *Service) answered(ctx context.Context, tx *db.Tx, r *Request) (Asked, bool, error) {
	if r.Repeat.Key == "" {
		return Asked{}, false, nil
	}
	sum := sha256.Sum256(r.Repeat.Body)
	hash, now := hex.EncodeToString(sum[:]), s.now()
	n, err := tx.Exec(ctx, `INSERT INTO idempotency (workspace_id, key, route, body_hash, created_at) VALUES ($1, $2, $3, $4, $5)
 ON CONFLICT (workspace_id, route, key) DO UPDATE SET body_hash = excluded.body_hash, status = 0, answer = '', created_at = excluded.created_at WHERE idempotency.created_at <= $6`,
		r.WorkspaceID, r.Repeat.Key, r.Repeat.Route, hash, now, now-answersLast.Milliseconds())
	if err != nil {
		return Asked{}, false, fmt.Errorf("take idempotency key: %w", err)
	}
	if n > 0 {
		return Asked{}, false, nil
	}
	var first, answer string
	if err := tx.QueryRow(ctx, `SELECT body_hash, answer FROM idempotency WHERE workspace_id = $1 AND route = $2 AND key = $3`, r.WorkspaceID, r.Repeat.Route, r.Repeat.Key).Scan(&first, &answer); err != nil {
		return Asked{}, false, fmt.Errorf("read first answer: %w", err)
	}
	if first != hash {
		return Asked{}, false, errs.Invalid("idempotency.other_body")
	}
	if answer == "" {
		return Asked{}, false, errs.Conflict("idempotency.running")
	}
	var out Asked
	if err := json.Unmarshal([]byte(answer), &out); err != nil {
		return Asked{}, false, fmt.Errorf("read first answer: %w", err)
	}
	out.Repeated = true
	return out, true, nil
}

func (s *Service) remember(ctx context.Context, tx *db.Tx, r *Request, out Asked) error {
	if r.Repeat.Key == "" {
		return nil
	}
	answer, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("write first answer: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE idempotency SET status = 202, answer = $4 WHERE workspace_id = $1 AND route = $2 AND key = $3`, r.WorkspaceID, r.Repeat.Route, r.Repeat.Key, string(answer))
	if err != nil {
		return fmt.Errorf("write first answer: %w", err)
	}
	return nil
}

// runFor gives the run that the message belongs to, locked for the rest of the transaction, so that its messages are numbered one after the other and it cannot finish meanwhile.
func (s *Service) runFor(ctx context.Context, tx *db.Tx, r *Request) (int64, error) {
	run := Run{WorkspaceID: r.WorkspaceID, Kind: r.Kind, SourceID: r.SourceID, Name: r.Name, Purpose: r.Purpose, Definition: r.Definition, Dispatched: r.Kind == KindTest}
	if r.Kind == KindTest {
		return s.StartRun(ctx, tx, run)
	}
	open, err := scanRun(tx.QueryRow(ctx, `SELECT `+runColumns+` FROM run WHERE workspace_id = $1 AND kind = 'api' AND source_id = $2 AND purpose = $3 AND state = 'running' AND dispatched = 0 ORDER BY id DESC LIMIT 1`+tx.Dialect.ForUpdate(),
		r.WorkspaceID, r.SourceID, string(r.Purpose)))
	switch {
	case errs.Is(err, "run.not_found"):
		return s.StartRun(ctx, tx, run)
	case err != nil:
		return 0, err
	}
	same, err := sameDefinition(open.Definition, r.Definition)
	if err != nil || same {
		return open.ID, err
	}
	// The content changed: the old run takes nothing more and finishes when its last message has gone.
	if _, err := tx.Exec(ctx, `UPDATE run SET dispatched = 1 WHERE workspace_id = $1 AND id = $2`, r.WorkspaceID, open.ID); err != nil {
		return 0, fmt.Errorf("close run: %w", err)
	}
	return s.StartRun(ctx, tx, run)
}

// sameDefinition compares by meaning: PostgreSQL keeps JSON with its keys in another order.
func sameDefinition(a, b Definition) (bool, error) {
	var v [2]any
	for i, d := range []Definition{a, b} {
		raw, err := json.Marshal(d)
		if err != nil {
			return false, fmt.Errorf("compare definitions: %w", err)
		}
		if err := json.Unmarshal(raw, &v[i]); err != nil {
			return false, fmt.Errorf("compare definitions: %w", err)
		}
	}
	return reflect.DeepEqual(v[0], v[1]), nil
}

// firstLeg is the row of the message: the first rank that may reach the person, or a skipped one that says why none may.
func (s *Service) firstLeg(ctx context.Context, tx *db.Tx, r *Request, run int64) (*Leg, error) {
	l := &Leg{WorkspaceID: r.WorkspaceID, RunID: run, ContactID: r.ContactID, State: Queued, Due: s.now()}
	if r.Kind == KindAPI {
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq) + 1, 0) FROM leg WHERE workspace_id = $1 AND run_id = $2 AND contact_id = $3`, r.WorkspaceID, run, r.ContactID).Scan(&l.Seq); err != nil {
			return nil, fmt.Errorf("number message: %w", err)
		}
	}
	if r.To == "" {
		sets, err := contactSets(ctx, tx, r.WorkspaceID, []*Leg{l})
		if err != nil {
			return nil, err
		}
		c, ok := sets[r.ContactID]
		if !ok {
			return nil, errs.NotFound("contact")
		}
		p := plan{run: &Run{Definition: r.Definition}}
		if l.Rank = p.next(-1, eligible(r.Purpose, c.reach, c.consent, c.blocked)); l.Rank < 0 {
			l.Rank = 0
			l.State, l.Due, l.Reason = Skipped, 0, refusal(r.Purpose, r.Definition.Legs[0].Channel, c.reach, c.consent, c.blocked)
		}
	}
	l.Channel, l.ConnectionID = r.Definition.Legs[l.Rank].Channel, r.Definition.Legs[l.Rank].ConnectionID
	return l, nil
}

// particulars are what a single message brings itself, as stored.
type particulars struct {
	To     string         `json:"to,omitempty"`
	Like   int64          `json:"like,omitempty"`
	Sample bool           `json:"sample,omitempty"`
	Params map[string]any `json:"params,omitempty"`
}

func readParticulars(ctx context.Context, q db.Querier, l *Leg) (p particulars, err error) {
	var text string
	err = q.QueryRow(ctx, `SELECT data FROM message_data WHERE workspace_id = $1 AND run_id = $2 AND contact_id = $3 AND seq = $4`, l.WorkspaceID, l.RunID, l.ContactID, l.Seq).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &p)
	}
	if err != nil {
		return p, fmt.Errorf("read message data: %w", err)
	}
	return p, nil
}

// loadParticulars completes messages that are no campaign's: their own address and whether it is suppressed, their values, and the contact whose data fills the template.
func (s *Service) loadParticulars(ctx context.Context, q db.Querier, p *plan, cs []candidate) error {
	own := map[laneAddress][]string{}
	for i := range cs {
		c := &cs[i]
		m, err := readParticulars(ctx, q, &c.leg)
		if err != nil {
			return err
		}
		c.to, c.like, c.sample, c.data = m.To, m.Like, m.Sample, m.Params
		if m.To != "" {
			k := laneAddress{c.leg.ConnectionID, c.leg.Channel}
			own[k] = append(own[k], m.To)
		}
		if m.Like != 0 && m.Like != c.leg.ContactID {
			err := q.QueryRow(ctx, `SELECT COALESCE(external_id, ''), name, COALESCE(phone, ''), COALESCE(email, ''), COALESCE(birthday, ''), attrs, COALESCE(gender, '') FROM contact WHERE workspace_id = $1 AND id = $2`, c.leg.WorkspaceID, m.Like).
				Scan(&c.externalID, &c.name, &c.phone, &c.email, &c.birthday, &c.attrs, &c.gender)
			if err != nil && !errors.Is(err, sql.ErrNoRows) { // erased meanwhile: there is no data to fill in any more
				return fmt.Errorf("read contact: %w", err)
			}
		}
	}
	if s.Suppressed == nil {
		return nil
	}
	for k, list := range own {
		barred, err := s.Suppressed(ctx, q, p.run.WorkspaceID, k.connection, k.channel, list)
		if err != nil {
			return fmt.Errorf("ask the suppression list: %w", err)
		}
		for i := range cs {
			if cs[i].leg.ConnectionID == k.connection && cs[i].leg.Channel == k.channel && barred[cs[i].to] {
				cs[i].barred = true
			}
		}
	}
	return nil
}

type laneAddress struct {
	connection int64
	channel    channel.Channel
}

// addressee is the name that the provider may show; a message to an address of its own names nobody.
func (c *candidate) addressee() string {
	if c.to != "" {
		return ""
	}
	return c.name
}

// ownReach gives, by leg, the channels on which the address that a message brought itself can be reached.
func (s *Service) ownReach(ctx context.Context, tx *db.Tx, legs []*Leg, plans map[int64]*plan) (map[int64]channel.Set, error) {
	out := map[int64]channel.Set{}
	for _, l := range legs {
		if plans[l.RunID].run.Kind == KindCampaign {
			continue
		}
		m, err := readParticulars(ctx, tx, l)
		if err != nil {
			return nil, err
		}
		if m.To == "" {
			continue
		}
		for _, ch := range channel.All {
			if ch.AddressKind() == l.Channel.AddressKind() {
				out[l.ID] |= ch.Bit()
			}
		}
	}
	return out, nil
}

// ownAddresses fills in the addresses of messages that brought their own.
func (s *Service) ownAddresses(ctx context.Context, tx *db.Tx, workspace int64, legs map[int64]*Leg, list []Suppression) error {
	for i := range list {
		l := legs[list[i].LegID]
		p, err := s.plan(ctx, tx, workspace, l.RunID)
		if err != nil {
			return err
		}
		if p.run.Kind == KindCampaign {
			continue
		}
		m, err := readParticulars(ctx, tx, l)
		if err != nil {
			return err
		}
		list[i].Address = m.To
	}
	return nil
}

// ForgetAnswers deletes answers that are too old to be given again.
func (s *Service) ForgetAnswers(ctx context.Context) error {
	if _, err := s.DB.Exec(ctx, `DELETE FROM idempotency WHERE created_at <= $1`, s.now()-answersLast.Milliseconds()); err != nil {
		return fmt.Errorf("forget answers: %w", err)
	}
	return nil
}
