package message

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
)

// Chat is what a receipt says about the conversation with one address at a Page or an OA, beside or instead of one message.
type Chat struct {
	Kind  string // of the address: messenger or zalo_user
	Scope string // the Page or OA
	Value string // the person's id there
	Name  string // as the person shows it, "" = not told
	// Spoke says that the person did something, at the receipt's time, that lets us write: a message, a button. Who is not known becomes a contact.
	Spoke bool
	// Event is what the person did, for flows that begin with it; nil = nothing that one could begin with.
	Event *ChatEvent
	// Delivered and Read are watermarks: every message that was sent to the address until then is delivered, or read. Zero says nothing.
	Delivered, Read time.Time
}

// Encounter is somebody who spoke at a Page or an OA.
type Encounter struct {
	Connection               int64
	Kind, Scope, Value, Name string
}

// byChat are the channels whose addresses belong to a Page or an OA.
func byChat(c channel.Channel) bool { return c == channel.Messenger || c == channel.ZaloOA }

// inChat is the condition of the index leg_chat; SQLite only takes the index when it stands in the query as it stands there.
const inChat = `l.channel IN ('zalo_oa', 'messenger')`

type chatKey struct {
	connection         int64
	kind, scope, value string
}

func (k chatKey) compare(o chatKey) int {
	return cmp.Or(cmp.Compare(k.kind, o.kind), cmp.Compare(k.scope, o.scope), cmp.Compare(k.value, o.value), cmp.Compare(k.connection, o.connection))
}

// hear keeps what receipts say about conversations: who spoke and the watermarks. It locks the rows of the conversations in one order, before any leg, as record does. It gives back
// the conversations with the newest time that a receipt named.
func (s *Service) hear(ctx context.Context, tx *db.Tx, workspace int64, in []inbound) (map[chatKey]*inbound, error) {
	type heard struct {
		key                   chatKey
		spoke, delivered, red int64
		follow, unfollow      int64
		withdraws             bool
	}
	sum := map[chatKey]*heard{}
	first := map[chatKey]*inbound{}
	var met []Encounter
	for i := range in {
		r := &in[i]
		c := r.Chat
		if c == nil || c.Value == "" {
			continue
		}
		k := chatKey{r.connection, c.Kind, c.Scope, c.Value}
		h := sum[k]
		if h == nil {
			h = &heard{key: k}
			sum[k], first[k] = h, r
		}
		if !r.At.Before(first[k].At) {
			first[k] = r
		}
		if c.Spoke {
			h.spoke = max(h.spoke, min(millis(r.At), s.now())) // a clock that is ahead opens no longer window
			met = append(met, Encounter{r.connection, c.Kind, c.Scope, c.Value, c.Name})
		}
		if c.Event != nil {
			switch at := min(millis(r.At), s.now()); c.Event.Type {
			case ChatFollow:
				h.follow = max(h.follow, at)
			case ChatUnfollow, ChatWithdraw:
				h.unfollow, h.withdraws = max(h.unfollow, at), h.withdraws || c.Event.Type == ChatWithdraw
			}
		}
		if !c.Delivered.IsZero() {
			h.delivered = max(h.delivered, millis(c.Delivered))
		}
		if !c.Read.IsZero() {
			h.red = max(h.red, millis(c.Read))
		}
	}
	if len(sum) == 0 {
		return nil, nil
	}
	if len(met) > 0 && s.Meet != nil {
		if err := s.Meet(ctx, tx, workspace, met); err != nil {
			return nil, fmt.Errorf("meet people: %w", err)
		}
	}
	list := make([]*heard, 0, len(sum))
	for _, h := range sum {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b *heard) int { return a.key.compare(b.key) })
	var turns []Following
	for _, h := range list {
		var followed, unfollowed int64
		if err := tx.QueryRow(ctx, `INSERT INTO conversation (workspace_id, kind, scope, value, last_in_at, delivered_until, read_until, followed_at, unfollowed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
 ON CONFLICT (workspace_id, kind, scope, value) DO UPDATE SET last_in_at = CASE WHEN conversation.last_in_at > excluded.last_in_at THEN conversation.last_in_at ELSE excluded.last_in_at END,
 delivered_until = CASE WHEN conversation.delivered_until > excluded.delivered_until THEN conversation.delivered_until ELSE excluded.delivered_until END,
 read_until = CASE WHEN conversation.read_until > excluded.read_until THEN conversation.read_until ELSE excluded.read_until END,
 followed_at = CASE WHEN conversation.followed_at > excluded.followed_at THEN conversation.followed_at ELSE excluded.followed_at END,
 unfollowed_at = CASE WHEN conversation.unfollowed_at > excluded.unfollowed_at THEN conversation.unfollowed_at ELSE excluded.unfollowed_at END RETURNING followed_at, unfollowed_at`,
			workspace, h.key.kind, h.key.scope, h.key.value, h.spoke, h.delivered, h.red, h.follow, h.unfollow).Scan(&followed, &unfollowed); err != nil {
			return nil, fmt.Errorf("keep conversation: %w", err)
		}
		// Of what comes late, only the newest turn counts. Who never left has nothing to be opened again.
		if newest := max(followed, unfollowed); newest > 0 && newest == max(h.follow, h.unfollow) && unfollowed > 0 {
			turns = append(turns, Following{h.key.kind, h.key.scope, h.key.value, followed > unfollowed, h.withdraws})
		}
	}
	if len(turns) > 0 && s.Follow != nil {
		if err := s.Follow(ctx, tx, workspace, turns); err != nil {
			return nil, fmt.Errorf("follow or leave: %w", err)
		}
	}
	if err := s.keepEvents(ctx, tx, workspace, in); err != nil {
		return nil, err
	}
	return first, nil
}

// behind finds the accepted messages of a conversation that its watermarks cover and that do not know it yet. A message counts as sent when our call began, so that a provider's clock
// that is a little behind the answer does not lose it; where only the provider's own word of the sending is there, by its time.
func behind(ctx context.Context, tx *db.Tx, workspace int64, k chatKey, at int64) ([]event, error) {
	rows, err := tx.Query(ctx, `SELECT l.id, COALESCE(l.delivered_at, 0), COALESCE(l.opened_at, 0), COALESCE(l.requested_at, l.accepted_at), v.delivered_until, v.read_until
 FROM conversation v JOIN identity i ON i.workspace_id = $1 AND i.kind = v.kind AND i.scope = v.scope AND i.value = v.value
 JOIN leg l ON l.workspace_id = $1 AND l.contact_id = i.contact_id AND l.connection_id = $2 AND `+inChat+`
 WHERE v.workspace_id = $1 AND v.kind = $3 AND v.scope = $4 AND v.value = $5 AND l.accepted_at IS NOT NULL
 AND ((l.delivered_at IS NULL AND COALESCE(l.requested_at, l.accepted_at) <= v.delivered_until) OR ((l.opened_at IS NULL OR l.delivered_at IS NULL) AND COALESCE(l.requested_at, l.accepted_at) <= v.read_until)) ORDER BY l.id LIMIT 1000`,
		workspace, k.connection, k.kind, k.scope, k.value)
	if err != nil {
		return nil, fmt.Errorf("find messages of a conversation: %w", err)
	}
	var out []event
	err = eachRow(rows, func(r *sql.Rows) error {
		var leg, delivered, opened, requested, deliveredUntil, readUntil int64
		if err := r.Scan(&leg, &delivered, &opened, &requested, &deliveredUntil, &readUntil); err != nil {
			return err
		}
		if delivered == 0 {
			until := deliveredUntil
			if requested > until {
				until = readUntil // who has read it has received it
			}
			out = append(out, event{leg: leg, kind: kindFact, fact: FactDelivered, at: max(requested, min(at, until))})
		}
		if opened == 0 && requested <= readUntil {
			out = append(out, event{leg: leg, kind: kindFact, fact: FactOpened, at: max(requested, at)})
		}
		return nil
	})
	return out, err
}

// applyChats brings the messages of conversations up to their watermarks. For the timeline each changed message gets the receipt that told it.
func (s *Service) applyChats(ctx context.Context, tx *db.Tx, workspace int64, chats map[chatKey]*inbound) (told []inbound, res result, err error) {
	keys := make([]chatKey, 0, len(chats))
	for k := range chats {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, chatKey.compare)
	var events []event
	for _, k := range keys {
		r := chats[k]
		found, err := behind(ctx, tx, workspace, k, millis(r.At))
		if err != nil {
			return nil, res, err
		}
		for _, e := range found {
			copied := *r.Receipt
			copied.Fact, copied.At, copied.Ignore, copied.Key, copied.ProviderID = e.fact, time.UnixMilli(e.at), false, "", ""
			told = append(told, inbound{Receipt: &copied, connection: r.connection, provider: r.provider, leg: e.leg})
		}
		events = append(events, found...)
	}
	if len(events) == 0 {
		return nil, res, nil
	}
	res, err = s.apply(ctx, tx, workspace, events)
	return told, res, err
}

// awaitChats locks the conversations of messages that were just asked for and gives those whose watermarks are already past the call: the person's phone was faster than our record.
func awaitChats(ctx context.Context, tx *db.Tx, workspace int64, batch []recorded) ([]chatKey, error) {
	began := map[chatKey]int64{}
	for i := range batch {
		b := &batch[i]
		if !b.out.Asked || b.c.scope == "" || b.c.address() == "" {
			continue
		}
		k := chatKey{b.c.leg.ConnectionID, b.c.leg.Channel.AddressKind(), b.c.scope, b.c.address()}
		if at, ok := began[k]; !ok || b.out.Started < at {
			began[k] = b.out.Started
		}
	}
	keys := make([]chatKey, 0, len(began))
	for k := range began {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, chatKey.compare)
	var late []chatKey
	for _, k := range keys {
		var delivered, read int64
		if err := tx.QueryRow(ctx, `INSERT INTO conversation (workspace_id, kind, scope, value) VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, kind, scope, value) DO UPDATE SET value = excluded.value RETURNING delivered_until, read_until`,
			workspace, k.kind, k.scope, k.value).Scan(&delivered, &read); err != nil {
			return nil, fmt.Errorf("lock conversation: %w", err)
		}
		if max(delivered, read) >= began[k] {
			late = append(late, k)
		}
	}
	return late, nil
}

// chatsOf fills in the addresses of due legs on a channel whose addresses belong to a Page or an OA, and when their owners last spoke. Who has several gets the one that spoke last.
func chatsOf(ctx context.Context, tx *db.Tx, workspace int64, scope string, found []candidate) error {
	byContact := map[int64][]*candidate{}
	byValue := map[string][]*candidate{}
	kind := ""
	for i := range found {
		c := &found[i]
		if !byChat(c.leg.Channel) {
			continue
		}
		kind, c.scope = c.leg.Channel.AddressKind(), scope
		if c.to != "" {
			byValue[c.to] = append(byValue[c.to], c)
		} else {
			byContact[c.leg.ContactID] = append(byContact[c.leg.ContactID], c)
		}
	}
	if len(byContact) > 0 {
		args := []any{workspace, kind, scope}
		for id := range byContact {
			args = append(args, id)
		}
		rows, err := tx.Query(ctx, `SELECT i.contact_id, i.value, COALESCE(v.last_in_at, 0) FROM identity i LEFT JOIN conversation v ON v.workspace_id = $1 AND v.kind = i.kind AND v.scope = i.scope AND v.value = i.value
 WHERE i.workspace_id = $1 AND i.kind = $2 AND i.scope = $3 AND i.contact_id IN (`+db.In(4, len(byContact))+`) ORDER BY i.id`, args...)
		if err != nil {
			return fmt.Errorf("read addresses: %w", err)
		}
		if err := eachRow(rows, func(r *sql.Rows) error {
			var id, last int64
			var value string
			if err := r.Scan(&id, &value, &last); err != nil {
				return err
			}
			for _, c := range byContact[id] {
				if c.chat == "" || last > c.lastIn {
					c.chat, c.lastIn = value, last
				}
			}
			return nil
		}); err != nil {
			return fmt.Errorf("read addresses: %w", err)
		}
	}
	if len(byValue) == 0 {
		return nil
	}
	args := []any{workspace, kind, scope}
	for v := range byValue {
		args = append(args, v)
	}
	rows, err := tx.Query(ctx, `SELECT value, last_in_at FROM conversation WHERE workspace_id = $1 AND kind = $2 AND scope = $3 AND value IN (`+db.In(4, len(byValue))+`)`, args...)
	if err != nil {
		return fmt.Errorf("read conversations: %w", err)
	}
	return eachRow(rows, func(r *sql.Rows) error {
		var value string
		var last int64
		if err := r.Scan(&value, &last); err != nil {
			return err
		}
		for _, c := range byValue[value] {
			c.lastIn = last
		}
		return nil
	})
}
