package messenger

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/loa-project/loa/provider"
)

// Messaging types. Source: developers.facebook.com, Messenger Platform, "Send Messages", messaging types.
const (
	Response   = "RESPONSE"    // answers the person, within 24 hours
	Update     = "UPDATE"      // begun by us, within 24 hours
	Utility    = "UTILITY"     // with an approved template, at any time
	MessageTag = "MESSAGE_TAG" // with a tag; only HumanAgent is left
)

// HumanAgent is the tag of what a person types, up to seven days after the last message of the customer. It is never for campaigns and flows.
const HumanAgent = "HUMAN_AGENT"

// Send is one message to one person.
type Send struct {
	Recipient     Recipient `json:"recipient"`
	MessagingType string    `json:"messaging_type"`
	Tag           string    `json:"tag,omitempty"` // only with MessageTag
	// NotificationType is "" or REGULAR, SILENT_PUSH or NO_PUSH.
	NotificationType string  `json:"notification_type,omitempty"`
	Message          Message `json:"message"`
}

// Recipient is exactly one of a page-scoped id and the comment that a private reply answers.
type Recipient struct {
	ID        string `json:"id,omitempty"`
	CommentID string `json:"comment_id,omitempty"`
}

// Message is the content: a text, an attachment, or an approved template.
type Message struct {
	Text         string       `json:"text,omitempty"`
	Attachment   *Attachment  `json:"attachment,omitempty"`
	Template     *Approved    `json:"template,omitempty"`
	QuickReplies []QuickReply `json:"quick_replies,omitempty"`
	// Metadata comes back in the echo event; at most 1,000 characters. Our key stands here.
	Metadata string `json:"metadata,omitempty"`
}

// Attachment is an image, a file, or a template made on the spot.
type Attachment struct {
	Type    string  `json:"type"` // image, file, audio, video or template
	Payload Payload `json:"payload"`
}

// Payload is what an attachment holds. Which fields are set depends on the type.
type Payload struct {
	URL          string    `json:"url,omitempty"`
	Reusable     bool      `json:"is_reusable,omitempty"`
	TemplateType string    `json:"template_type,omitempty"` // generic or button
	Text         string    `json:"text,omitempty"`          // of a button template
	Buttons      []Button  `json:"buttons,omitempty"`       // of a button template
	Elements     []Element `json:"elements,omitempty"`      // of a generic template
}

// Element is one card. Source: developers.facebook.com, Messenger Platform, "Generic Template".
type Element struct {
	Title    string   `json:"title"`
	Subtitle string   `json:"subtitle,omitempty"`
	ImageURL string   `json:"image_url,omitempty"`
	Action   *Button  `json:"default_action,omitempty"` // a web_url without a title
	Buttons  []Button `json:"buttons,omitempty"`
}

// Button is a link, a postback or a phone number. Source: developers.facebook.com, Messenger Platform, "Buttons".
type Button struct {
	Type    string `json:"type"` // web_url, postback or phone_number
	Title   string `json:"title,omitempty"`
	URL     string `json:"url,omitempty"`
	Payload string `json:"payload,omitempty"`
}

// QuickReply is a button above the keyboard. Source: developers.facebook.com, Messenger Platform, "Quick Replies".
type QuickReply struct {
	ContentType string `json:"content_type"` // text, user_phone_number or user_email
	Title       string `json:"title,omitempty"`
	Payload     string `json:"payload,omitempty"`
	ImageURL    string `json:"image_url,omitempty"`
}

// Approved fills a template that Meta has approved. It stands in the message itself, without an attachment. Source: developers.facebook.com, Messenger Platform, "Utility Messages".
type Approved struct {
	Name       string      `json:"name"`
	Language   Language    `json:"language"`
	Components []Component `json:"components,omitempty"`
}

// Language is the language of a template: "vi".
type Language struct {
	Code string `json:"code"`
}

// Component fills one part of an approved template: "header", "body" or "buttons".
type Component struct {
	Type       string      `json:"type"`
	Parameters []Parameter `json:"parameters"`
}

// Parameter is one value. In the body the type is "text"; in buttons "POSTBACK" with a payload or "URL" with what is appended to the template's address.
type Parameter struct {
	Type    string `json:"type"`
	Name    string `json:"parameter_name,omitempty"` // of templates with named parameters
	Text    string `json:"text,omitempty"`
	Payload string `json:"payload,omitempty"`
	URL     string `json:"url,omitempty"`
}

// Sent is Meta's acceptance. It does not say that the message was delivered.
type Sent struct {
	RecipientID string // absent for recipients that are no page-scoped id
	MessageID   string // "m_..."; deliveries and echoes name it
	Raw         []byte // the whole answer
}

// Send makes one call. Failures are *provider.Error. One of class unknown must not be sent again: Meta drops no repeated request. A success without a message id is of class unknown,
// code provider.CodeNoID. Source: developers.facebook.com, Messenger Platform, "Send API" reference (POST /{page}/messages).
func (c *Client) Send(ctx context.Context, token string, s *Send) (Sent, error) {
	switch {
	case (s.Recipient.ID == "") == (s.Recipient.CommentID == ""):
		return Sent{}, provider.Invalid(name, "exactly one recipient")
	case s.MessagingType == "":
		return Sent{}, provider.Invalid(name, "no messaging type")
	case (s.MessagingType == MessageTag) != (s.Tag != ""):
		return Sent{}, provider.Invalid(name, "a tag goes with MESSAGE_TAG only")
	case s.Tag != "" && s.Tag != HumanAgent:
		return Sent{}, provider.Invalid(name, "message tags ended in April 2026")
	}
	body, err := json.Marshal(s)
	if err != nil {
		return Sent{}, provider.Invalid(name, "message is no JSON")
	}
	var out struct {
		Recipient provider.Text `json:"recipient_id"`
		Message   provider.Text `json:"message_id"`
	}
	raw, err := c.post(ctx, token, "/"+url.PathEscape(c.PageID)+"/messages", nil, body, &out)
	if err != nil {
		return Sent{Raw: raw}, err
	}
	if out.Message == "" {
		return Sent{Raw: raw}, &provider.Error{Provider: name, Code: provider.CodeNoID, Class: provider.Unknown, Raw: raw}
	}
	return Sent{RecipientID: string(out.Recipient), MessageID: string(out.Message), Raw: raw}, nil
}
