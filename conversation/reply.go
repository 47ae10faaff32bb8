package conversation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
)

// Deps is what the service is built from. All fields are needed.
type Deps struct {
	DB       *db.DB
	Now      func() time.Time
	Messages *message.Service
	// Connections lists the workspace's Pages and OAs.
	Connections func(ctx context.Context, workspace int64) ([]Connection, error)
	// Contact fails with contact.not_found when the workspace has no such contact.
	Contact func(ctx context.Context, workspace, id int64) error
	// Zone is the workspace's time zone by its IANA name.
	Zone func(ctx context.Context, workspace int64) (string, error)
	// Audit adds a line to the workspace's audit log inside the transaction.
	Audit func(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail map[string]any) error
}

// Connection is a Page or an OA.
type Connection struct {
	ID      int64
	Name    string
	Channel channel.Channel // messenger or zalo_oa
	Scope   string          // the Page or OA
	Active  bool
}

// Service answers by hand.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service { return &Service{d} }

// Chat is a conversation with one address of a contact, at one Page or OA that is connected.
type Chat struct {
	ConnectionID int64           `json:"connection_id"`
	Connection   string          `json:"connection" doc:"Its name"`
	Channel      channel.Channel `json:"channel" enum:"messenger,zalo_oa"`
	Address      string          `json:"address" doc:"The person's id at the Page or OA"`
	LastIn       time.Time       `json:"last_in,omitzero" doc:"When the person last wrote or pressed; absent = never"`
	Kind         string          `json:"kind" doc:"What an answer would be sent as now: RESPONSE, HUMAN_AGENT or CONSULTATION; empty when none may be sent"`
	Until        time.Time       `json:"until,omitzero" doc:"When the time for answers ends, or ended"`
	Rule         string          `json:"rule,omitempty" doc:"The rule that forbids an answer now"`
	Source       *policy.Source  `json:"source,omitempty" doc:"Where the rule is from"`
	Active       bool            `json:"active" doc:"The connection may send now"`
}

// kinds are what an answer by hand may be sent as, the one that asks the platform for least first.
var kinds = map[channel.Channel][]string{channel.Messenger: {"RESPONSE", "HUMAN_AGENT"}, channel.ZaloOA: {"CONSULTATION"}}

// judge fills in what may be sent now.
func (c *Chat) judge(lastIn, now int64) {
	c.LastIn = clock.FromMillis(lastIn)
	for _, kind := range kinds[c.Channel] {
		q := policy.Reply{Channel: c.Channel, Kind: kind, Purpose: string(purpose), Hand: true, LastIn: lastIn, Now: now}
		c.Until = clock.FromMillis(q.Until())
		if c.Rule = q.Refusal(); c.Rule == "" {
			c.Kind, c.Source = kind, nil
			return
		}
		c.Source = policy.SourceOf(c.Rule)
	}
}

// purpose of what a person types: it is no advert, and the workspace's sending hours are not for it.
const purpose = message.Transaction

// Chats are the conversations of a contact, those with the newest word first; contact.not_found when there is no such contact.
func (s *Service) Chats(ctx context.Context, workspace, contact int64) ([]Chat, error) {
	if err := s.Contact(ctx, workspace, contact); err != nil {
		return nil, err
	}
	connections, err := s.Connections(ctx, workspace)
	if err != nil {
		return nil, err
	}
	rows, err := s.DB.Query(ctx, `SELECT i.kind, i.scope, i.value, COALESCE(v.last_in_at, 0) FROM identity i LEFT JOIN conversation v ON v.workspace_id = $1 AND v.kind = i.kind AND v.scope = i.scope AND v.value = i.value
 WHERE i.workspace_id = $1 AND i.contact_id = $2 AND i.kind IN ('messenger', 'zalo_user') ORDER BY i.id LIMIT 200`, workspace, contact)
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	defer rows.Close()
	now := clock.Millis(s.Now())
	out := make([]Chat, 0)
	for rows.Next() {
		var kind, scope, value string
		var lastIn int64
		if err := rows.Scan(&kind, &scope, &value, &lastIn); err != nil {
			return nil, fmt.Errorf("read conversations: %w", err)
		}
		for _, c := range connections {
			if c.Scope == scope && c.Channel.AddressKind() == kind {
				chat := Chat{ConnectionID: c.ID, Connection: c.Name, Channel: c.Channel, Address: value, Active: c.Active}
				chat.judge(lastIn, now)
				out = append(out, chat)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Chat) int { return b.LastIn.Compare(a.LastIn) })
	return out, rows.Err()
}

// Answer is what a person wants to say.
type Answer struct {
	ConnectionID int64
	Address      string
	Text         string
	Repeat       message.Repeat
}

// maxText is the longest answer in characters; both platforms take as many.
const maxText = 2000

// Reply writes an answer into the ledger. Errors besides those of Chats: conversation.not_found, conversation.closed when the time for answers is over, conversation.connection_inactive,
// conversation.text_empty, conversation.text_too_long.
func (s *Service) Reply(ctx context.Context, workspace, contact int64, by string, a Answer) (message.Asked, error) {
	chats, err := s.Chats(ctx, workspace, contact)
	if err != nil {
		return message.Asked{}, err
	}
	at := slices.IndexFunc(chats, func(c Chat) bool { return c.ConnectionID == a.ConnectionID && c.Address == a.Address })
	if at < 0 {
		return message.Asked{}, errs.NotFound("conversation")
	}
	chat := chats[at]
	switch {
	case strings.TrimSpace(a.Text) == "":
		return message.Asked{}, errs.Invalid("conversation.text_empty").Field("body.text", "conversation.text_empty")
	case utf8.RuneCountInString(a.Text) > maxText:
		return message.Asked{}, errs.Invalid("conversation.text_too_long").With("max", strconv.Itoa(maxText)).Field("body.text", "conversation.text_too_long")
	case !chat.Active:
		return message.Asked{}, errs.Conflict("conversation.connection_inactive").With("connection", chat.Connection)
	case chat.Kind == "":
		return message.Asked{}, errs.Conflict("conversation.closed").With("rule", chat.Rule)
	}
	zone, err := s.Zone(ctx, workspace)
	if err != nil {
		return message.Asked{}, err
	}
	content := map[string]string{"text": "{{ params.text }}"}
	if chat.Channel == channel.Messenger {
		content["messaging_type"] = chat.Kind
	}
	raw, err := json.Marshal(content)
	if err != nil {
		return message.Asked{}, err
	}
	var out message.Asked
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		out, err = s.Messages.Ask(ctx, tx, message.Request{WorkspaceID: workspace, Kind: message.KindAPI, SourceID: chat.ConnectionID, Name: "Trả lời khách hàng", Purpose: purpose,
			Definition: message.Definition{Zone: zone, ByHand: true, Legs: []message.LegPlan{{Channel: chat.Channel, ConnectionID: chat.ConnectionID, Content: raw}}},
			ContactID:  contact, To: chat.Address, Params: map[string]any{"text": a.Text}, Repeat: a.Repeat})
		if err != nil || out.Repeated {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "conversation.reply", "contact:"+strconv.FormatInt(contact, 10), map[string]any{"message": out.MessageID, "connection": chat.ConnectionID, "kind": chat.Kind})
	})
	if err != nil {
		return message.Asked{}, err
	}
	return out, nil
}
