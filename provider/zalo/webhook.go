package zalo

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
)

// SignatureHeader carries the signature of a webhook.
const SignatureHeader = "X-ZEvent-Signature"

// VerifySignature checks a webhook on its raw bytes: hex of plain SHA-256 over app id, body, the body's timestamp and the OA secret key of the webhook page.
// Source: developers.zalo.me, Official Account API, "Webhook, Tổng quan".
func VerifySignature(appID, secret string, body []byte, header string) bool {
	if secret == "" {
		return false
	}
	var head struct {
		Timestamp Text `json:"timestamp"`
	}
	if json.Unmarshal(body, &head) != nil {
		return false
	}
	got := strings.TrimSpace(header)
	if rest, ok := strings.CutPrefix(strings.ToLower(got), "mac"); ok {
		got = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "="))
	}
	h := sha256.New()
	h.Write([]byte(appID))
	h.Write(body)
	h.Write([]byte(head.Timestamp))
	h.Write([]byte(secret))
	want := hex.EncodeToString(h.Sum(nil))
	return subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(got))) == 1
}

// Event is a webhook in one form, whichever of its shapes it came in. Times are Unix ms, 0 = absent.
type Event struct {
	Name         string
	AppID        string
	OAID         string // oa_id or oaId of management events
	Sender       string
	Recipient    string
	Timestamp    int64
	MessageID    string
	MessageIDs   []string // of user_seen_message
	TrackingID   string   // our key, on receipts of template messages by phone
	DeliveryTime int64
	Rate         int64    // user_feedback
	Note         string   // user_feedback
	Feedbacks    []string // user_feedback
	Data         string   // user_click_response_button: the button's label
	TemplateID   string   // template events
	NewStatus    string
	Reason       string
	Quality      string
}

type rawMessage struct {
	MessageID    Text     `json:"msg_id"`
	MessageID2   Text     `json:"message_id"`
	MessageIDs   []Text   `json:"msg_ids"`
	TrackingID   Text     `json:"tracking_id"`
	DeliveryTime Text     `json:"delivery_time"`
	Rate         Text     `json:"rate"`
	Note         string   `json:"note"`
	Feedbacks    []string `json:"feedbacks"`
	Data         string   `json:"data"`
}

type rawEvent struct {
	rawMessage        // the flat variant has the message's fields at the top level
	Name       string `json:"event_name"`
	AppID      Text   `json:"app_id"`
	OAID       Text   `json:"oa_id"`
	OAID2      Text   `json:"oaId"`
	Timestamp  Text   `json:"timestamp"`
	Sender     struct {
		ID Text `json:"id"`
	} `json:"sender"`
	Recipient struct {
		ID Text `json:"id"`
	} `json:"recipient"`
	Message    json.RawMessage `json:"message"`
	TemplateID Text            `json:"template_id"`
	Status     json.RawMessage `json:"status"`
	Reason     string          `json:"reason"`
	Quality    string          `json:"quality"`
}

// ErrNoEvent says that the body is not an event.
var ErrNoEvent = errors.New("not a Zalo event")

// ParseEvent reads a webhook's body. Unknown events are returned with their name; unknown and mistyped fields are left out. Source: developers.zalo.me, Official Account API and
// ZBS Template Message, webhook pages.
func ParseEvent(body []byte) (Event, error) {
	var r rawEvent
	if err := json.Unmarshal(body, &r); err != nil || r.Name == "" {
		return Event{}, ErrNoEvent
	}
	m := r.rawMessage
	if len(r.Message) > 0 && bytes.HasPrefix(bytes.TrimSpace(r.Message), []byte("{")) {
		var inner rawMessage
		if json.Unmarshal(r.Message, &inner) == nil {
			if inner.MessageID == "" {
				inner.MessageID = m.MessageID // user_click_response_button has it outside
			}
			if inner.TrackingID == "" {
				inner.TrackingID = m.TrackingID
			}
			m = inner
		}
	}
	e := Event{Name: r.Name, AppID: string(r.AppID), OAID: string(r.OAID), Sender: string(r.Sender.ID), Recipient: string(r.Recipient.ID), Timestamp: r.Timestamp.Int(),
		MessageID: string(m.MessageID), TrackingID: strings.TrimSpace(string(m.TrackingID)), DeliveryTime: m.DeliveryTime.Int(), Rate: m.Rate.Int(), Note: m.Note, Feedbacks: m.Feedbacks, Data: m.Data,
		TemplateID: string(r.TemplateID), Reason: r.Reason, Quality: r.Quality}
	if e.OAID == "" {
		e.OAID = string(r.OAID2)
	}
	if e.MessageID == "" {
		e.MessageID = string(m.MessageID2)
	}
	for _, id := range m.MessageIDs {
		e.MessageIDs = append(e.MessageIDs, string(id))
	}
	var status struct {
		New string `json:"new_status"`
	}
	if len(r.Status) > 0 && json.Unmarshal(r.Status, &status) == nil {
		e.NewStatus = status.New
	}
	return e, nil
}
