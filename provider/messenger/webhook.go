package messenger

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"github.com/loa-project/loa/provider"
)

// SignatureHeader carries the signature of a webhook. The older header with SHA-1 is not looked at.
const SignatureHeader = "X-Hub-Signature-256"

// Signature is the value of the header for a body: "sha256=" and lower-case hex of HMAC-SHA256 over the raw bytes, keyed with the app secret.
// Source: developers.facebook.com, Messenger Platform, "Webhooks", validating payloads.
func Signature(appSecret string, body []byte) string {
	m := hmac.New(sha256.New, []byte(appSecret))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// VerifySignature checks a webhook on its raw bytes. Without a secret nothing is right.
func VerifySignature(appSecret string, body []byte, header string) bool {
	if appSecret == "" {
		return false
	}
	return hmac.Equal([]byte(Signature(appSecret, body)), []byte(strings.ToLower(strings.TrimSpace(header))))
}

// Challenge answers the handshake of a new subscription: hub.challenge when mode and token are right. Source: developers.facebook.com, Messenger Platform, "Webhooks", verification.
func Challenge(query map[string][]string, verifyToken string) (answer string, ok bool) {
	one := func(key string) string {
		if v := query[key]; len(v) == 1 {
			return v[0]
		}
		return ""
	}
	given := one("hub.verify_token")
	if verifyToken == "" || one("hub.mode") != "subscribe" || subtle.ConstantTimeCompare([]byte(given), []byte(verifyToken)) != 1 {
		return "", false
	}
	answer = one("hub.challenge")
	if len(answer) > 200 || strings.ContainsFunc(answer, func(r rune) bool {
		return !strings.ContainsRune("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-", r)
	}) {
		return "", false // it is written back: nothing but a plain word
	}
	return answer, answer != ""
}

// Kinds of events.
const (
	KindMessage  = "message" // the person wrote; with QuickReply set they pressed one
	KindEcho     = "message_echo"
	KindDelivery = "message_delivery"
	KindRead     = "message_read"
	KindPostback = "messaging_postback"
	KindReferral = "messaging_referral"
	KindOptin    = "messaging_optin"
	KindReaction = "message_reaction"
	KindEdit     = "message_edit"
	KindPolicy   = "messaging_policy_enforcement"
	KindOther    = "other"
)

// Event is one item of a webhook. Fields that the kind does not have are empty; times are Unix ms, 0 = absent.
type Event struct {
	Kind   string
	Page   string // the Page that it belongs to
	Person string // the page-scoped id of the customer, whichever direction the event has
	At     int64
	// Standby is true when another app owns the conversation and we only listen.
	Standby bool

	MessageID  string   // mid
	MessageIDs []string // of a delivery, sometimes missing
	Watermark  int64    // of a delivery or read: it is about every message sent to the person until then
	Text       string
	Metadata   string // of an echo: what we sent with the message
	AppID      string // of an echo: the app that sent it, "" = a person in the Page's inbox
	QuickReply string // its payload
	Payload    string // of a postback
	Title      string // of a postback: the button's text
	Ref        string // of a referral: from an m.me link or an advert
	Source     string // of a referral: SHORTLINK, ADS, ...
	Emoji      string // of a reaction
	Action     string // reaction: react or unreact; policy: warning, block or unblock
	Reason     string // policy
	Raw        json.RawMessage
}

// OpensWindow reports whether the event lets the Page write for 24 hours. A delivery or a read does not.
// Source: developers.facebook.com, Messenger Platform, "Send Messages", standard messaging window.
func (e *Event) OpensWindow() bool {
	switch e.Kind {
	case KindMessage, KindPostback, KindReferral:
		return true
	case KindReaction:
		return e.Action != "unreact"
	case KindOptin:
		return e.Source != "notification_messages"
	}
	return false
}

// ErrNoEvent says that the body is no webhook of a Page.
var ErrNoEvent = errors.New("not a Messenger webhook")

type rawRef struct {
	Ref    provider.Text `json:"ref"`
	Source provider.Text `json:"source"`
}

type rawItem struct {
	Sender    struct{ ID provider.Text } `json:"sender"`
	Recipient struct{ ID provider.Text } `json:"recipient"`
	Timestamp provider.Text              `json:"timestamp"`
	Message   *struct {
		MID        provider.Text `json:"mid"`
		Text       provider.Text `json:"text"`
		IsEcho     bool          `json:"is_echo"`
		AppID      provider.Text `json:"app_id"`
		Metadata   provider.Text `json:"metadata"`
		QuickReply *struct {
			Payload provider.Text `json:"payload"`
		} `json:"quick_reply"`
		Referral rawRef `json:"referral"`
	} `json:"message"`
	Delivery *struct {
		MIDs      []provider.Text `json:"mids"`
		Watermark provider.Text   `json:"watermark"`
	} `json:"delivery"`
	Read *struct {
		Watermark provider.Text `json:"watermark"`
	} `json:"read"`
	Postback *struct {
		MID      provider.Text `json:"mid"`
		Title    provider.Text `json:"title"`
		Payload  provider.Text `json:"payload"`
		Referral rawRef        `json:"referral"`
	} `json:"postback"`
	Referral *rawRef `json:"referral"`
	Optin    *struct {
		Type provider.Text `json:"type"`
		Ref  provider.Text `json:"ref"`
	} `json:"optin"`
	Reaction *struct {
		MID    provider.Text `json:"mid"`
		Action provider.Text `json:"action"`
		Emoji  provider.Text `json:"emoji"`
	} `json:"reaction"`
	Edit *struct {
		MID  provider.Text `json:"mid"`
		Text provider.Text `json:"text"`
	} `json:"message_edit"`
	Policy *struct {
		Action provider.Text `json:"action"`
		Reason provider.Text `json:"reason"`
	} `json:"policy_enforcement"`
}

// maxItems is the most items of one webhook that are read; Meta batches up to 1,000 updates.
const maxItems = 1000

// ParseWebhook reads a webhook's body into its items, in their order. Unknown kinds come back as KindOther; unknown and mistyped fields are left out. The error is ErrNoEvent.
// Source: developers.facebook.com, Messenger Platform, "Webhooks" and its event pages.
func ParseWebhook(body []byte) ([]Event, error) {
	var top struct {
		Object string `json:"object"`
		Entry  []struct {
			ID        provider.Text     `json:"id"`
			Time      provider.Text     `json:"time"`
			Messaging []json.RawMessage `json:"messaging"`
			Standby   []json.RawMessage `json:"standby"`
		} `json:"entry"`
	}
	if lenient(body, &top) != nil || top.Object != "page" {
		return nil, ErrNoEvent
	}
	var out []Event
	for _, e := range top.Entry {
		for i, list := range [2][]json.RawMessage{e.Messaging, e.Standby} {
			for _, raw := range list {
				if len(out) == maxItems {
					return out, nil
				}
				var item rawItem
				if lenient(raw, &item) != nil {
					continue
				}
				ev := item.event(string(e.ID))
				ev.Standby, ev.Raw = i == 1, raw
				if ev.At == 0 {
					ev.At = e.Time.Int()
				}
				out = append(out, ev)
			}
		}
	}
	return out, nil
}

func (r *rawItem) event(page string) Event {
	e := Event{Kind: KindOther, Page: page, At: r.Timestamp.Int()}
	if e.Person = string(r.Sender.ID); e.Person == page {
		e.Person = string(r.Recipient.ID)
	}
	switch {
	case r.Message != nil:
		m := r.Message
		e.Kind, e.MessageID, e.Text, e.Metadata, e.AppID, e.Ref, e.Source = KindMessage, string(m.MID), string(m.Text), string(m.Metadata), string(m.AppID), string(m.Referral.Ref), string(m.Referral.Source)
		if m.IsEcho {
			e.Kind = KindEcho
		}
		if m.QuickReply != nil {
			e.QuickReply = string(m.QuickReply.Payload)
		}
	case r.Delivery != nil:
		e.Kind, e.Watermark = KindDelivery, r.Delivery.Watermark.Int()
		for _, id := range r.Delivery.MIDs {
			e.MessageIDs = append(e.MessageIDs, string(id))
		}
	case r.Read != nil:
		e.Kind, e.Watermark = KindRead, r.Read.Watermark.Int()
	case r.Postback != nil:
		p := r.Postback
		e.Kind, e.MessageID, e.Title, e.Payload, e.Ref, e.Source = KindPostback, string(p.MID), string(p.Title), string(p.Payload), string(p.Referral.Ref), string(p.Referral.Source)
	case r.Reaction != nil:
		e.Kind, e.MessageID, e.Action, e.Emoji = KindReaction, string(r.Reaction.MID), string(r.Reaction.Action), string(r.Reaction.Emoji)
	case r.Edit != nil:
		e.Kind, e.MessageID, e.Text = KindEdit, string(r.Edit.MID), string(r.Edit.Text)
	case r.Optin != nil:
		e.Kind, e.Source, e.Ref = KindOptin, string(r.Optin.Type), string(r.Optin.Ref)
	case r.Policy != nil:
		e.Kind, e.Action, e.Reason = KindPolicy, string(r.Policy.Action), string(r.Policy.Reason)
	case r.Referral != nil:
		e.Kind, e.Ref, e.Source = KindReferral, string(r.Referral.Ref), string(r.Referral.Source)
	}
	return e
}
