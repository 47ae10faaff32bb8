package trial

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/phone"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/template"
)

// Deps is what the service is built from. All fields are needed.
type Deps struct {
	DB        *db.DB
	Clock     *clock.Clock
	Messages  *message.Service
	Templates *template.Service
	// Connection reads a connection of the workspace; connection.not_found when there is none.
	Connection func(ctx context.Context, workspace, id int64) (Connection, error)
	// Contact fails with contact.not_found when the workspace has no such contact.
	Contact func(ctx context.Context, workspace, id int64) error
	// Zone is the workspace's time zone by its IANA name.
	Zone func(ctx context.Context, workspace int64) (string, error)
	// Audit adds a line to the workspace's audit log inside the transaction.
	Audit func(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail map[string]any) error
}

// Connection is what a trial needs of a connection.
type Connection struct {
	Name     string
	Channels channel.Set // that it serves
	State    string      // active | held | disabled
}

// Service makes trials.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service { return &Service{d} }

// Wish is what somebody wants to see.
type Wish struct {
	TemplateID   int64
	Content      json.RawMessage // of the template's channel, not saved yet; empty = the newest version
	ConnectionID int64
	To           string         // a phone number in any spelling, a mail address, or an id of the channel
	ContactID    int64          // fill in with this contact's data; 0 = made-up data
	Params       map[string]any // values of params.*
	Repeat       message.Repeat
}

// In limit of time a workspace may make at most limit trials: a template is tried on a few people, whoever wants to reach many makes a campaign.
const (
	limit     = 60
	limitTime = time.Hour
)

// Send writes the trial into the ledger. Errors besides those of reading: trial.channel_differs, trial.connection_inactive, trial.to_invalid, trial.too_many, and what is wrong with content.
func (s *Service) Send(ctx context.Context, workspace int64, by string, w Wish) (message.Asked, error) {
	t, err := s.Templates.Get(ctx, workspace, w.TemplateID)
	if err != nil {
		return message.Asked{}, err
	}
	plan := message.LegPlan{Channel: t.Channel, ConnectionID: w.ConnectionID, TemplateID: t.ID, TemplateVersion: int64(t.Version), TemplateName: t.Name, Content: t.Content}
	if len(w.Content) > 0 {
		if _, err := template.CompileContent(t.Channel, w.Content); err != nil {
			return message.Asked{}, err
		}
		plan.Content, plan.TemplateVersion = w.Content, 0
	}
	if err := s.check(ctx, workspace, &w, t.Channel); err != nil {
		return message.Asked{}, err
	}
	zone, err := s.Zone(ctx, workspace)
	if err != nil {
		return message.Asked{}, err
	}
	var out message.Asked
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if out, err = s.Messages.Ask(ctx, tx, message.Request{WorkspaceID: workspace, Kind: message.KindTest, SourceID: t.ID, Name: t.Name, Purpose: message.Transaction,
			Definition: message.Definition{Zone: zone, Legs: []message.LegPlan{plan}, TrackOpens: true, TrackClicks: true},
			To:         w.To, Like: w.ContactID, Sample: w.ContactID == 0, Params: w.Params, Repeat: w.Repeat}); err != nil || out.Repeated {
			return err
		}
		if err := s.few(ctx, tx, workspace); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "template.test", "template:"+strconv.FormatInt(t.ID, 10), map[string]any{"message": out.MessageID, "connection": w.ConnectionID})
	})
	if err != nil {
		return message.Asked{}, err
	}
	return out, nil
}

func (s *Service) check(ctx context.Context, workspace int64, w *Wish, ch channel.Channel) error {
	c, err := s.Connection(ctx, workspace, w.ConnectionID)
	if errs.Is(err, "connection.not_found") {
		return errs.NotFound("connection").Field("body.connection_id", "connection.not_found")
	}
	if err != nil {
		return err
	}
	switch {
	case !c.Channels.Has(ch):
		return errs.Invalid("trial.channel_differs").With("connection", c.Name).Field("body.connection_id", "trial.channel_differs")
	case c.State != "active":
		return errs.Conflict("trial.connection_inactive").With("connection", c.Name).Field("body.connection_id", "trial.connection_inactive")
	}
	if w.To, err = normal(ch, w.To); err != nil {
		return err
	}
	if w.ContactID == 0 {
		return nil
	}
	return s.Contact(ctx, workspace, w.ContactID)
}

// normal brings an address into the form in which it is sent to and suppressed.
func normal(ch channel.Channel, to string) (string, error) {
	bad := errs.Invalid("trial.to_invalid").Field("body.to", "trial.to_invalid_"+ch.AddressKind())
	switch ch.AddressKind() {
	case contact.KindPhone:
		n, kind, _ := phone.Parse(to)
		if kind == phone.Invalid {
			return "", bad
		}
		return n, nil
	case contact.KindEmail:
		m, code := contact.ParseEmail(to)
		if code != "" {
			return "", bad
		}
		return m, nil
	}
	if to == "" || len(to) > 200 {
		return "", bad
	}
	return to, nil
}

func (s *Service) few(ctx context.Context, tx *db.Tx, workspace int64) error {
	var n int
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM run WHERE workspace_id = $1 AND kind = 'test' AND started_at > $2`, workspace, s.Clock.Now().Add(-limitTime).UnixMilli()).Scan(&n)
	if err != nil {
		return fmt.Errorf("count trials: %w", err)
	}
	if n > limit {
		return errs.TooMany("trial.too_many").With("max", strconv.Itoa(limit))
	}
	return nil
}
