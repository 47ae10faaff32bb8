package message

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/template"
)

// LegView is a leg with everything that is known of it, for "Vì sao?". Times are Unix milliseconds, UTC.
type LegView struct {
	ID           int64            `json:"id"`
	RunID        int64            `json:"run_id"`
	ContactID    int64            `json:"contact_id"`
	Rank         int              `json:"rank"`
	Channel      channel.Channel  `json:"channel"`
	ConnectionID int64            `json:"connection_id"`
	State        string           `json:"state"`
	Status       Status           `json:"status"`
	Reason       string           `json:"reason,omitempty"`     // provider's code of a failure, our rule, or why it waits
	Class        string           `json:"class,omitempty"`      // of a failure
	Superseded   bool             `json:"superseded,omitempty"` // another channel was tried after it
	Price        int64            `json:"price"`                // VND
	DueAt        int64            `json:"due_at,omitempty"`     // when it is sent, or looked up, next
	Key          string           `json:"key,omitempty"`        // our key of the newest attempt
	Facts        map[string]int64 `json:"facts"`                // fact to its first time
	Attempts     []AttemptView    `json:"attempts"`
	Callbacks    []CallbackView   `json:"callbacks"`
	Hits         []HitView        `json:"hits"`
	// Rating is what the person answered to a template that asks for stars; absent = nothing.
	Rating *Rating `json:"rating,omitempty"`
}

// AttemptView is one call and what it brought.
type AttemptView struct {
	No         int    `json:"no"`
	StartedAt  int64  `json:"started_at"`
	EndedAt    int64  `json:"ended_at"`
	Class      string `json:"class"` // accepted, refused, or a failure class
	ProviderID string `json:"provider_id,omitempty"`
	Code       string `json:"code,omitempty"`
	Detail     string `json:"detail,omitempty"`
	Raw        string `json:"raw,omitempty"`
}

// CallbackView is one thing that the provider told us.
type CallbackView struct {
	ID         int64  `json:"id"`
	ReceivedAt int64  `json:"received_at"`
	State      string `json:"state"` // stored, applied, parked, ignored, expired
	Event      string `json:"event"`
	Fact       string `json:"fact,omitempty"`
	At         int64  `json:"at,omitempty"` // as the provider says
	Code       string `json:"code,omitempty"`
	Raw        string `json:"raw,omitempty"`
}

// HitView is one look at a tracked link or pixel.
type HitView struct {
	Kind    string `json:"kind"`
	Slot    int    `json:"slot"`
	At      int64  `json:"at"`
	Verdict string `json:"verdict"` // human or machine
	Reasons string `json:"reasons,omitempty"`
}

var callbackStates = [...]string{"stored", "applied", "parked", "ignored", "expired"}

// View shows the leg without its attempts and callbacks.
func (s *Service) View(l *Leg) LegView {
	v := LegView{ID: l.ID, RunID: l.RunID, ContactID: l.ContactID, Rank: l.Rank, Channel: l.Channel, ConnectionID: l.ConnectionID, State: l.State.String(), Status: l.Status(),
		Reason: l.Reason, Class: l.Class, Superseded: l.Superseded, Price: l.Price, DueAt: l.Due, Facts: map[string]int64{}, Attempts: []AttemptView{}, Callbacks: []CallbackView{}, Hits: []HitView{}}
	if l.Attempt > 0 {
		v.Key = s.Keys.Key(l.WorkspaceID, l.ID, l.Attempt)
	}
	for f, at := range l.Facts {
		if at != 0 {
			v.Facts[Fact(f).String()] = at
		}
	}
	return v
}

// Timeline reads all legs of one person in one run, in rank order, with attempts, receipts and hits.
func (s *Service) Timeline(ctx context.Context, workspace, run, contact int64) ([]LegView, error) {
	legs, err := queryLegs(ctx, s.DB, `SELECT `+legColumns+` FROM leg WHERE workspace_id = $1 AND run_id = $2 AND contact_id = $3 ORDER BY seq, rank LIMIT 200`, workspace, run, contact)
	if err != nil {
		return nil, err
	}
	out := make([]LegView, len(legs))
	for i, l := range legs {
		out[i] = s.View(l)
		if err := s.fill(ctx, workspace, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) fill(ctx context.Context, workspace int64, v *LegView) (err error) {
	if v.Rating, err = s.ratingOf(ctx, workspace, v.ID); err != nil {
		return err
	}
	rows, err := s.DB.Query(ctx, `SELECT no, started_at, ended_at, class, COALESCE(provider_id, ''), code, detail, raw FROM attempt WHERE workspace_id = $1 AND leg_id = $2 ORDER BY no, started_at LIMIT 100`, workspace, v.ID)
	if err != nil {
		return fmt.Errorf("read attempts: %w", err)
	}
	if err := eachRow(rows, func(r *sql.Rows) error {
		var a AttemptView
		defer func() { v.Attempts = append(v.Attempts, a) }()
		return r.Scan(&a.No, &a.StartedAt, &a.EndedAt, &a.Class, &a.ProviderID, &a.Code, &a.Detail, &a.Raw)
	}); err != nil {
		return fmt.Errorf("read attempts: %w", err)
	}
	rows, err = s.DB.Query(ctx, `SELECT id, received_at, state, event, fact, at, code, raw FROM callback WHERE workspace_id = $1 AND leg_id = $2 ORDER BY id LIMIT 200`, workspace, v.ID)
	if err != nil {
		return fmt.Errorf("read callbacks: %w", err)
	}
	if err := eachRow(rows, func(r *sql.Rows) error {
		var c CallbackView
		var state, fact int
		if err := r.Scan(&c.ID, &c.ReceivedAt, &state, &c.Event, &fact, &c.At, &c.Code, &c.Raw); err != nil {
			return err
		}
		c.State = callbackStates[state]
		if fact >= 0 && fact < int(factCount) {
			c.Fact = Fact(fact).String()
		}
		v.Callbacks = append(v.Callbacks, c)
		return nil
	}); err != nil {
		return fmt.Errorf("read callbacks: %w", err)
	}
	rows, err = s.DB.Query(ctx, `SELECT kind, slot, at, verdict, reasons FROM hit WHERE workspace_id = $1 AND leg_id = $2 ORDER BY id LIMIT 200`, workspace, v.ID)
	if err != nil {
		return fmt.Errorf("read hits: %w", err)
	}
	return eachRow(rows, func(r *sql.Rows) error {
		var h HitView
		defer func() { v.Hits = append(v.Hits, h) }()
		return r.Scan(&h.Kind, &h.Slot, &h.At, &h.Verdict, &h.Reasons)
	})
}

// Story is one leg with its attempts, receipts and hits.
func (s *Service) Story(ctx context.Context, l *Leg) (LegView, error) {
	v := s.View(l)
	err := s.fill(ctx, l.WorkspaceID, &v)
	return v, err
}

// ContentOf is what the message of one of our keys was made from; nil when the key is none of the workspace's.
func (s *Service) ContentOf(ctx context.Context, workspace int64, key string) (*template.Compiled, error) {
	w, id, _, ok := s.Keys.Parse(key)
	if !ok || w != workspace {
		return nil, nil
	}
	l, err := s.FindLeg(ctx, s.DB, workspace, id)
	if err != nil || l == nil {
		return nil, err
	}
	p, err := s.plan(ctx, s.DB, workspace, l.RunID)
	if err != nil {
		return nil, err
	}
	return p.compiled[l.Rank], nil
}

// FindLeg reads a leg by its id or by one of our keys.
func (s *Service) FindLeg(ctx context.Context, q db.Querier, workspace, id int64) (*Leg, error) {
	legs, err := queryLegs(ctx, q, `SELECT `+legColumns+` FROM leg WHERE workspace_id = $1 AND id = $2`, workspace, id)
	if err != nil || len(legs) == 0 {
		return nil, err
	}
	return legs[0], nil
}
