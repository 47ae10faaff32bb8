package zalo

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"github.com/loa-project/loa/provider"
)

// SignatureHeader carries the signature of a webhook.
const SignatureHeader = "X-ZEvent-Signature"

// VerifySignature checks a webhook on its raw bytes: hex of plain SHA-256 over app id, body, the body's timestamp and the OA secret key of the webhook page.
// Without a secret nothing is right. Source: developers.zalo.me, Official Account API, "Webhook, Tổng quan".
func VerifySignature(appID, secret string, body []byte, header string) bool {
	if secret == "" {
		return false
	}
	var head struct {
		Timestamp provider.Text `json:"timestamp"`
	}
	if unmarshal(body, &head) != nil {
		return false
	}
	got := strings.ToLower(strings.TrimSpace(header))
	if rest, ok := strings.CutPrefix(got, "mac"); ok {
		got = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "="))
	}
	want := Signature(appID, secret, body, string(head.Timestamp))
	return subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1
}

// Signature is the lower-case hex that Zalo writes after "mac=" for a body with this timestamp.
func Signature(appID, secret string, body []byte, timestamp string) string {
	h := sha256.New()
	h.Write([]byte(appID))
	h.Write(body)
	h.Write([]byte(timestamp))
	h.Write([]byte(secret))
	return hex.EncodeToString(h.Sum(nil))
}

// Event is a webhook in one form, whichever of its shapes it came in. Fields that the event does not have are empty; times are Unix ms, 0 = absent.
type Event struct {
	Name      string // "user_received_message", "follow", ...
	AppID     string
	OAID      string // oa_id or oaId of management events
	Sender    string // user or OA: compare with the OA's id, the direction of receipts differs between sources
	Recipient string // the phone 84... or its hash in receipts by phone
	AdminID   string // of a message that a person typed in Zalo's chat tool
	Follower  string // follow, unfollow
	User      string // user_click_chatnow
	Timestamp int64

	MessageID    string
	MessageIDs   []string // user_seen_message
	TrackingID   string   // our key, on what follows a template message by phone
	DeliveryTime int64    // of template messages by phone
	SubmitTime   int64    // user_feedback, user_click_response_button
	Text         string
	Rate         int64    // user_feedback, 1 to 5
	Note         string   // user_feedback
	Feedbacks    []string // user_feedback
	Data         string   // user_click_response_button: the button's label
	Source       string   // follow: where from

	TemplateID string // template events
	PrevStatus string
	NewStatus  string // ENABLE, PENDING_REVIEW, REJECT, DISABLE, DELETE, DRAFT
	Reason     string // text for people
	Quality    string // HIGH, MEDIUM, LOW, UNDEFINED
	PrevQuota  string // change_oa_daily_quota
	NewQuota   string

	Tag      string   // add_user_to_tag, remove_user_from_tag, remove_tag
	TagUsers []string // whom the first two concern
	Info     Info     // user_submit_info
}

// Info is what a person tells about themselves when a message asks for it. Older events have the address in parts beside the name, newer ones in a block of its own.
type Info struct{ Name, Phone, Birthday, Gender, Address string }

type idOf struct {
	ID      provider.Text `json:"id"`
	AdminID provider.Text `json:"admin_id"`
}

type rawMessage struct {
	MessageID    provider.Text   `json:"msg_id"`
	MessageID2   provider.Text   `json:"message_id"`
	MessageIDs   []provider.Text `json:"msg_ids"`
	TrackingID   provider.Text   `json:"tracking_id"`
	DeliveryTime provider.Text   `json:"delivery_time"`
	SubmitTime   provider.Text   `json:"submit_time"`
	Text         provider.Text   `json:"text"`
	Rate         provider.Text   `json:"rate"`
	Note         provider.Text   `json:"note"`
	Feedbacks    []provider.Text `json:"feedbacks"`
	Data         provider.Text   `json:"data"`
}

type rawEvent struct {
	rawMessage               // the flat variant has the message's fields at the top level
	Name       string        `json:"event_name"`
	AppID      provider.Text `json:"app_id"`
	OAID       provider.Text `json:"oa_id"`
	OAID2      provider.Text `json:"oaId"`
	Timestamp  provider.Text `json:"timestamp"`
	Sender     idOf          `json:"sender"`
	Recipient  idOf          `json:"recipient"`
	Follower   idOf          `json:"follower"`
	UserID     provider.Text `json:"user_id"`
	Source     provider.Text `json:"source"`
	Message    rawMessage    `json:"message"`
	TemplateID provider.Text `json:"template_id"`
	Status     struct {
		Prev provider.Text `json:"prev_status"`
		New  provider.Text `json:"new_status"`
	} `json:"status"`
	Reason  provider.Text `json:"reason"`
	Quality provider.Text `json:"quality"`
	Quota   struct {
		Prev provider.Text `json:"prev_value"`
		New  provider.Text `json:"new_value"`
	} `json:"quota"`
	Tag struct {
		Name  provider.Text   `json:"name"`
		Users []provider.Text `json:"user_ids"`
	} `json:"tag"`
	Info rawInfo `json:"info"`
}

type rawInfo struct {
	Name     provider.Text `json:"name"`
	Phone    provider.Text `json:"phone"`
	Birthday provider.Text `json:"user_dob"`
	Gender   provider.Text `json:"gender"`
	Address  provider.Text `json:"address"`
	Ward     provider.Text `json:"ward"`
	District provider.Text `json:"district"`
	City     provider.Text `json:"city"`
	Full     struct {
		Address provider.Text `json:"user_address"`
		Ward    provider.Text `json:"user_ward"`
		City    provider.Text `json:"user_city"`
	} `json:"full_address"`
}

// info joins the two forms.
func (r *rawInfo) info() Info {
	var parts []string
	for _, t := range []string{first(r.Full.Address, r.Address), first(r.Full.Ward, r.Ward), string(r.District), first(r.Full.City, r.City)} {
		if t = strings.TrimSpace(t); t != "" {
			parts = append(parts, t)
		}
	}
	phone := string(r.Phone)
	if phone == "0" {
		phone = ""
	}
	return Info{Name: string(r.Name), Phone: phone, Birthday: string(r.Birthday), Gender: string(r.Gender), Address: strings.Join(parts, ", ")}
}

// ErrNoEvent says that the body is not an event.
var ErrNoEvent = errors.New("not a Zalo event")

// unmarshal decodes JSON and leaves out fields of another type than expected.
func unmarshal(b []byte, into any) error {
	err := json.Unmarshal(b, into)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && len(b) > 0 && firstByte(b) == '{' {
		return nil
	}
	return err
}

func firstByte(b []byte) byte {
	for _, c := range b {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
	}
	return 0
}

// ParseEvent reads a webhook's body. Events that are not known here come back with their name; unknown and mistyped fields are left out. The error is ErrNoEvent.
// Source: developers.zalo.me, Official Account API and ZBS Template Message, webhook pages.
func ParseEvent(body []byte) (Event, error) {
	var r rawEvent
	if unmarshal(body, &r) != nil || r.Name == "" {
		return Event{}, ErrNoEvent
	}
	m, flat := &r.Message, &r.rawMessage
	e := Event{
		Name: r.Name, AppID: string(r.AppID), OAID: first(r.OAID, r.OAID2), Sender: string(r.Sender.ID), Recipient: string(r.Recipient.ID), AdminID: string(r.Sender.AdminID),
		Follower: string(r.Follower.ID), User: string(r.UserID), Timestamp: r.Timestamp.Int(),
		MessageID:  first(m.MessageID, m.MessageID2, flat.MessageID, flat.MessageID2),
		TrackingID: strings.TrimSpace(first(m.TrackingID, flat.TrackingID)), DeliveryTime: provider.Text(first(m.DeliveryTime, flat.DeliveryTime)).Int(),
		SubmitTime: provider.Text(first(m.SubmitTime, flat.SubmitTime)).Int(), Text: first(m.Text, flat.Text), Rate: provider.Text(first(m.Rate, flat.Rate)).Int(),
		Note: first(m.Note, flat.Note), Data: first(m.Data, flat.Data), Source: string(r.Source),
		TemplateID: string(r.TemplateID), PrevStatus: string(r.Status.Prev), NewStatus: string(r.Status.New), Reason: string(r.Reason), Quality: string(r.Quality),
		PrevQuota: string(r.Quota.Prev), NewQuota: string(r.Quota.New),
		Tag: string(r.Tag.Name), TagUsers: list(r.Tag.Users, nil), Info: r.Info.info(),
	}
	e.MessageIDs = list(m.MessageIDs, flat.MessageIDs)
	e.Feedbacks = list(m.Feedbacks, flat.Feedbacks)
	return e, nil
}

func first(ts ...provider.Text) string {
	for _, t := range ts {
		if t != "" {
			return string(t)
		}
	}
	return ""
}

func list(a, b []provider.Text) []string {
	if len(a) == 0 {
		a = b
	}
	var out []string
	for _, t := range a {
		out = append(out, string(t))
	}
	return out
}
