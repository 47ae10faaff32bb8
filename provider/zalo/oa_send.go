package zalo

import (
	"context"

	"github.com/loa-project/loa/provider"
)

// Consultation is one message to a user who interacted with the OA in the last seven days. Source: developers.zalo.me, Official Account API, "Tin Tư vấn" (POST /v3.0/oa/message/cs).
type Consultation struct {
	Recipient OARecipient `json:"recipient"`
	Message   OAMessage   `json:"message"`
}

// OARecipient is who gets a message.
type OARecipient struct {
	UserID string `json:"user_id"`
}

// OAMessage is a text, an attachment, or a text with an attachment.
type OAMessage struct {
	Text       string        `json:"text,omitempty"`
	Attachment *OAAttachment `json:"attachment,omitempty"`
}

// OAAttachment is of type "template" or "file".
type OAAttachment struct {
	Type    string    `json:"type"`
	Payload OAPayload `json:"payload"`
}

// OAPayload is what an attachment holds. Which fields are set depends on the template type: "media", "list", "request_user_info", or "" for buttons alone.
type OAPayload struct {
	TemplateType string      `json:"template_type,omitempty"`
	Elements     []OAElement `json:"elements,omitempty"`
	Buttons      []OAButton  `json:"buttons,omitempty"`
	Token        string      `json:"token,omitempty"` // of a file
}

// OAElement is a picture, a line of a list, or a request for information. Source: developers.zalo.me, Official Account API, "Cấu trúc của tham số elements".
type OAElement struct {
	MediaType    string    `json:"media_type,omitempty"` // "image"
	URL          string    `json:"url,omitempty"`
	AttachmentID string    `json:"attachment_id,omitempty"` // of an uploaded picture, instead of URL
	Title        string    `json:"title,omitempty"`
	Subtitle     string    `json:"subtitle,omitempty"`
	ImageURL     string    `json:"image_url,omitempty"`
	Action       *OAAction `json:"default_action,omitempty"`
}

// OAAction is what happens when an element is pressed.
type OAAction struct {
	Type    string `json:"type"`
	URL     string `json:"url,omitempty"`
	Payload string `json:"payload,omitempty"`
}

// OAButton is one button; Payload is a text for the query types and an object for the others. Source: developers.zalo.me, Official Account API, "Cấu trúc của tham số buttons".
type OAButton struct {
	Title   string `json:"title"`
	Type    string `json:"type"`
	Payload any    `json:"payload"`
}

// The types of buttons and actions.
const (
	OpenURL   = "oa.open.url"
	QueryShow = "oa.query.show"
	QueryHide = "oa.query.hide"
	OpenPhone = "oa.open.phone"
	OpenSMS   = "oa.open.sms"
)

// OASent is Zalo's acceptance. It does not say that the message was delivered.
type OASent struct {
	MessageID string
	SentTime  int64  // Unix ms, 0 = not told
	QuotaType string // reply (free), sub_quota, purchase_quota, reward_quota; "" = charged to the ZBS account, or not told
	Raw       []byte // the whole answer
}

// Consult sends a consultation message. Failures are *provider.Error. Zalo knows no key that it drops repeats by, so one of class unknown must not be sent again.
func (o *OA) Consult(ctx context.Context, token string, m *Consultation) (OASent, error) {
	return o.sendOA(ctx, token, "/v3.0/oa/message/cs", m)
}

// TemplateToUser is a ZBS template to a user id.
type TemplateToUser struct {
	UserID       string            `json:"user_id"`
	TemplateID   string            `json:"template_id"`
	TemplateData map[string]string `json:"template_data"`
}

// SendTemplateToUser sends a ZBS template to a user id. It needs no open window. Source: developers.zalo.me, ZBS Template Message, "Gửi tin template qua UID" (POST /v3.0/oa/message/template).
func (o *OA) SendTemplateToUser(ctx context.Context, token string, m *TemplateToUser) (OASent, error) {
	return o.sendOA(ctx, token, "/v3.0/oa/message/template", m)
}

func (o *OA) sendOA(ctx context.Context, token, path string, m any) (OASent, error) {
	var d struct {
		MessageID provider.Text `json:"message_id"`
		SentTime  provider.Text `json:"sent_time"`
		Quota     struct {
			Type provider.Text `json:"quota_type"`
		} `json:"quota"`
	}
	raw, err := o.post(ctx, token, path, m, &d)
	if err != nil {
		return OASent{Raw: raw}, err
	}
	if d.MessageID == "" {
		return OASent{Raw: raw}, &provider.Error{Provider: name, Code: provider.CodeNoID, Class: provider.Unknown, Raw: raw}
	}
	if d.SentTime == "" { // one of the two sources has it beside the data
		var beside struct {
			SentTime provider.Text `json:"sent_time"`
		}
		if unmarshal(raw, &beside) == nil {
			d.SentTime = beside.SentTime
		}
	}
	return OASent{MessageID: string(d.MessageID), SentTime: d.SentTime.Int(), QuotaType: string(d.Quota.Type), Raw: raw}, nil
}
