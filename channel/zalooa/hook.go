package zalooa

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/zalo"
)

// opens are the events of a person that begin or prolong the seven days. Source: developers.zalo.me, Official Account API, "Các tương tác của người dùng với OA".
func opens(event string) bool {
	return event == "follow" || event == "user_click_chatnow" || event == "user_submit_info" || event == "user_call_oa" ||
		strings.HasPrefix(event, "user_send_") && !strings.HasPrefix(event, "user_send_group_")
}

// did is what an event says that the person did, for flows; nil for what is no act of theirs. Zalo repeats events: message ids tell them apart, else the event's own bytes.
func did(e *zalo.Event, raw string) *message.ChatEvent {
	out := &message.ChatEvent{Once: e.Name + ":" + e.MessageID}
	if e.MessageID == "" {
		sum := sha256.Sum256([]byte(raw))
		out.Once = e.Name + ":" + hex.EncodeToString(sum[:16])
	}
	switch {
	case e.Name == "user_send_text":
		out.Type, out.Text = message.ChatText, e.Text
		if key, words := unmark(e.Text); key != "" {
			out.Type, out.Text = message.ChatButton, words
		}
	case e.Name == "follow":
		out.Type, out.Text = message.ChatFollow, e.Source
	case e.Name == "unfollow":
		out.Type = message.ChatUnfollow
	case e.Name == "user_click_chatnow":
		out.Type = message.ChatOpen
	case e.Name == "user_submit_info":
		out.Type = message.ChatInfo
	case e.Name == "user_withdraw":
		out.Type = message.ChatWithdraw
	case opens(e.Name):
		out.Type, out.Text = message.ChatMedia, e.Text
	default:
		return nil
	}
	return out
}

// who is the person whom an event is about; "" when it is about nobody or about another OA of the same app. Whose id is whose is found by comparing with the OA's, because sources differ
// about the direction of receipts.
func who(e *zalo.Event, oa string) string {
	person := ""
	switch {
	case e.Follower != "" && e.OAID == oa:
		person = e.Follower
	case e.Sender == oa:
		person = e.Recipient
	case e.Recipient == oa:
		person = e.Sender
	case e.OAID == oa:
		person = e.User
	}
	if person == oa {
		return ""
	}
	return person
}

// Receipts are what one signed event of the OA says: about a message, about the conversation, or both. rec is the event as it is kept. What concerns no message of ours changes nothing,
// except that who speaks or follows becomes a contact and may be written to for seven days, and that who leaves is not written to any more.
func Receipts(e *zalo.Event, oa string, rec message.Receipt) []message.Receipt {
	rec.Ignore = true
	person := who(e, oa)
	if person == "" {
		return []message.Receipt{rec}
	}
	about := func(facts ...message.Fact) []message.Receipt {
		var out []message.Receipt
		for i, f := range facts {
			x := rec
			x.Fact, x.Ignore = f, false
			if i > 0 {
				x.Chat = nil
			}
			out = append(out, x)
		}
		return out
	}
	switch {
	case e.Name == "user_received_message":
		return about(message.FactDelivered)
	case e.Name == "user_seen_message":
		ids := e.MessageIDs
		if len(ids) == 0 {
			ids = []string{e.MessageID}
		}
		var out []message.Receipt
		for _, id := range ids {
			if id != "" {
				rec.ProviderID = id
				out = append(out, about(message.FactDelivered, message.FactOpened)...)
			}
		}
		if len(out) > 0 {
			return out
		}
	case e.Name == "unfollow", e.Name == "user_withdraw", opens(e.Name):
		rec.ProviderID = "" // the id of what the person wrote
		rec.Chat = &message.Chat{Kind: kind, Scope: oa, Value: person, Name: e.Info.Name, Spoke: opens(e.Name), Event: did(e, rec.Raw)}
		if rec.Key, _ = unmark(e.Text); rec.Key != "" {
			return about(message.FactClicked, message.FactAnswered)
		}
	}
	return []message.Receipt{rec}
}
