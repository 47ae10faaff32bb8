package message

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/loa-project/loa/internal/db"
)

// ChatEvent is something that a person did at a Page or an OA, in our words.
type ChatEvent struct {
	Type string // one of the Chat constants
	Text string // what was written, the words of a button, where a follower came from
	Once string // the same for every copy of the event: a platform may tell it again. "" = it is not kept
}

// What people do.
const (
	ChatText     = "text"
	ChatMedia    = "media"  // a picture, file, place or other thing
	ChatButton   = "button" // a button that carries words of ours; which message it stood under is kept with it
	ChatFollow   = "follow"
	ChatUnfollow = "unfollow"
	ChatOpen     = "open"     // opened the chat without a word
	ChatInfo     = "info"     // answered a request for name, phone number and address
	ChatWithdraw = "withdraw" // asks for the deletion of their data: closes the channel as leaving does
)

// Following is somebody who began or stopped to follow an OA.
type Following struct {
	Kind, Scope, Value string
	Follows            bool
	Withdraws          bool // left by asking for the deletion of their data
}

// maxChatText bounds the words of a stored event; longer ones cannot be a keyword.
const maxChatText = 2000

// keepEvents stores what people did, once each.
func (s *Service) keepEvents(ctx context.Context, tx *db.Tx, workspace int64, in []inbound) error {
	args := []any{}
	n := 0
	for i := range in {
		r := &in[i]
		if r.Chat == nil || r.Chat.Event == nil || r.Chat.Event.Once == "" || r.Chat.Value == "" {
			continue
		}
		e := r.Chat.Event
		leg := int64(0)
		if r.Key != "" {
			if w, id, _, ok := s.Keys.Parse(r.Key); ok && w == workspace {
				leg = id
			}
		}
		args = append(args, workspace, r.connection, r.Chat.Kind, r.Chat.Scope, r.Chat.Value, e.Type, storableText(e.Text, maxChatText), leg, storableText(e.Once, 200), min(millis(r.At), s.now()), s.now())
		n++
	}
	for start := 0; start < n; start += block {
		part := args[start*11 : min((start+block), n)*11]
		if _, err := tx.Exec(ctx, `INSERT INTO chat_event (workspace_id, connection_id, kind, scope, value, type, text, leg_id, once, at, received_at) VALUES `+
			db.Values(1, len(part)/11, "bigint", "bigint", "text", "text", "text", "text", "text", "bigint", "text", "bigint", "bigint")+` ON CONFLICT (workspace_id, kind, scope, once) DO NOTHING`, part...); err != nil {
			return fmt.Errorf("store chat events: %w", err)
		}
	}
	return nil
}

// storable is a text from outside without what PostgreSQL does not store: zero bytes and bytes that are no UTF-8.
func storable(s string) string { return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "") }

// storableText is at most n characters of it.
func storableText(s string, n int) string {
	s = storable(s)
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// Seen is what a platform's list says about one address, instead of an event.
type Seen struct {
	Value   string
	LastIn  int64 // a time at which the person had certainly acted, Unix ms, 0 = not told
	Follows bool
}

// Observe keeps what a platform's list says about the people of a Page or an OA: a later last act opens the answer window, and who began or stopped to follow without our hearing of it is
// taken as doing so now. Somebody who is not known to have followed does not leave by not following.
func (s *Service) Observe(ctx context.Context, tx *db.Tx, workspace int64, kind, scope string, list []Seen) error {
	list = slices.SortedFunc(slices.Values(list), func(a, b Seen) int { return strings.Compare(a.Value, b.Value) }) // locked in the order of hear
	list = slices.CompactFunc(list, func(a, b Seen) bool { return a.Value == b.Value })
	for start := 0; start < len(list); start += block {
		if err := s.observe(ctx, tx, workspace, kind, scope, list[start:min(start+block, len(list))]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) observe(ctx context.Context, tx *db.Tx, workspace int64, kind, scope string, list []Seen) error {
	follows := map[string]bool{}
	args := make([]any, 0, len(list)*5)
	for _, p := range list {
		follows[p.Value] = p.Follows
		args = append(args, workspace, kind, scope, p.Value, min(p.LastIn, s.now()))
	}
	rows, err := tx.Query(ctx, `INSERT INTO conversation (workspace_id, kind, scope, value, last_in_at) VALUES `+db.Values(1, len(list), "bigint", "text", "text", "text", "bigint")+`
 ON CONFLICT (workspace_id, kind, scope, value) DO UPDATE SET last_in_at = CASE WHEN conversation.last_in_at > excluded.last_in_at THEN conversation.last_in_at ELSE excluded.last_in_at END
 RETURNING value, followed_at, unfollowed_at`, args...)
	if err != nil {
		return fmt.Errorf("keep conversations: %w", err)
	}
	var turns []Following
	changed := map[bool][]any{}
	if err := eachRow(rows, func(r *sql.Rows) error {
		var value string
		var followed, unfollowed int64
		if err := r.Scan(&value, &followed, &unfollowed); err != nil {
			return err
		}
		now := follows[value]
		if now == (followed > unfollowed) {
			return nil
		}
		changed[now] = append(changed[now], value)
		if !now || unfollowed > 0 { // who never left has nothing to be opened again
			turns = append(turns, Following{Kind: kind, Scope: scope, Value: value, Follows: now})
		}
		return nil
	}); err != nil {
		return fmt.Errorf("keep conversations: %w", err)
	}
	for now, column := range map[bool]string{true: "followed_at", false: "unfollowed_at"} {
		if len(changed[now]) == 0 {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE conversation SET `+column+` = $1 WHERE workspace_id = $2 AND kind = $3 AND scope = $4 AND value IN (`+db.In(5, len(changed[now]))+`)`,
			append([]any{s.now(), workspace, kind, scope}, changed[now]...)...); err != nil {
			return fmt.Errorf("keep who follows: %w", err)
		}
	}
	if len(turns) == 0 || s.Follow == nil {
		return nil
	}
	if err := s.Follow(ctx, tx, workspace, turns); err != nil {
		return fmt.Errorf("follow or leave: %w", err)
	}
	return nil
}
