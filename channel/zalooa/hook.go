package zalooa

import (
	"strings"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/zalo"
)

// opens are the events of a person that begin or prolong the seven days. Source: developers.zalo.me, Official Account API, "Các tương tác của người dùng với OA".
func opens(event string) bool {
	return event == "follow" || event == "user_click_chatnow" || event == "user_submit_info" || event == "user_call_oa" ||
		strings.HasPrefix(event, "user_send_") && !strings.HasPrefix(event, "user_send_group_")
}

// Receipts are what one signed event of the OA says: about a message, about the conversation, or both. rec is the event as it is kept. Whose id is whose is found by comparing with the
// OA's, because sources differ about the direction of receipts. What concerns no message of ours changes nothing, except that who speaks or follows becomes a contact and may be written
// to for seven days.
func Receipts(e *zalo.Event, oa string, rec message.Receipt) []message.Receipt {
	rec.Ignore = true
	person := e.Follower
	switch {
	case person != "" && e.OAID == oa:
	case e.Sender == oa:
		person = e.Recipient
	case e.Recipient == oa:
		person = e.Sender
	case e.OAID == oa && e.User != "":
		person = e.User
	default:
		return []message.Receipt{rec} // another OA of the same app
	}
	if person == "" || person == oa {
		return []message.Receipt{rec}
	}
	about := func(facts ...message.Fact) []message.Receipt {
		var out []message.Receipt
		for _, f := range facts {
			x := rec
			x.Fact, x.Ignore = f, false
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
	case opens(e.Name):
		rec.ProviderID = "" // the id of what the person wrote
		rec.Chat = &message.Chat{Kind: kind, Scope: oa, Value: person, Spoke: true}
		if rec.Key = unmark(e.Text); rec.Key != "" {
			out := about(message.FactClicked, message.FactAnswered)
			out[1].Chat = nil
			return out
		}
	}
	return []message.Receipt{rec}
}
