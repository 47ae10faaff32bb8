package esms

import (
	"context"
	"strconv"

	"github.com/loa-project/loa/provider"
)

// The kinds of SMS that one call per phone number can send.
const (
	CareSMS = 2 // customer care and OTP under a brandname: the text must fit a template registered with the carrier
)

// SMS is one message to one phone number.
type SMS struct {
	Phone       string // "0901888484", "84901888484" or "+84901888484"; sent as "0..."
	Content     string
	Brandname   string // case-sensitive
	Type        int    // CareSMS when 0
	Unicode     bool   // the text has diacritics
	Sandbox     bool   // checked only: nothing is stored, charged or sent
	RequestID   string // our key, at most 50 characters; repeats are refused for 24 h
	Campaign    string // a label of at most 254 characters, or ""
	CallbackURL string // https address for the delivery report, or ""; put a token into the path, for reports are not signed
}

// Sent is the gateway's acceptance. It does not say that the message was delivered.
type Sent struct {
	// SMSID is eSMS's opaque id. It is "" when Duplicate is true: find it by Listing or wait for the report, which names it.
	SMSID string
	// Duplicate is true when the gateway had taken a message with this RequestId before, within 24 hours (code 124). It was sent once.
	Duplicate bool
	// Status is the state of the earlier message, when told; see the Status constants.
	Status int
	Raw    []byte // the whole answer
}

// Send sends one SMS. Failures are *provider.Error. One of class unknown may be asked again with the same RequestID within 24 hours and with no other.
// A success without an SMSID is of class unknown, code provider.CodeNoID.
// Source: developers.esms.vn, "Tin nhắn SMS OTP/CSKH" (POST /SendMultipleMessage_V4_post_json/).
func (c *Client) Send(ctx context.Context, m *SMS) (Sent, error) {
	if m.Phone == "" || m.Content == "" {
		return Sent{}, provider.Invalid(name, "no phone number or no text")
	}
	if len(m.RequestID) > 50 {
		return Sent{}, provider.Invalid(name, "request id longer than 50 characters")
	}
	to := c.send.Load()
	if to == nil {
		var err error
		if to, err = c.address("/SendMultipleMessage_V4_post_json/"); err != nil {
			return Sent{}, err
		}
		c.send.Store(to)
	}
	var out struct {
		head
		SMSID      provider.Text `json:"SMSID"`
		SendStatus provider.Text `json:"SendStatus"`
	}
	raw, err := c.call(ctx, provider.Post(to, jsonHeader, c.append(make([]byte, 0, 768), m)), &out, &out.head)
	if err != nil {
		if out.code() == codeDuplicate && m.RequestID != "" {
			return Sent{SMSID: string(out.SMSID), Duplicate: true, Status: int(out.SendStatus.Int()), Raw: raw}, nil
		}
		return Sent{SMSID: string(out.SMSID), Raw: raw}, err
	}
	if out.SMSID == "" && !m.Sandbox {
		return Sent{Raw: raw}, &provider.Error{Provider: name, Code: provider.CodeNoID, Message: string(out.ErrorMessage), Class: provider.Unknown, Raw: raw}
	}
	return Sent{SMSID: string(out.SMSID), Raw: raw}, nil
}

// Domestic writes a Vietnamese number as eSMS shows it in every sample: "0" and nine digits.
func Domestic(phone string) string {
	switch {
	case len(phone) > 3 && phone[:3] == "+84":
		return "0" + phone[3:]
	case len(phone) == 11 && phone[:2] == "84":
		return "0" + phone[2:]
	}
	return phone
}

// append writes the request's body. All values are strings on the wire.
func (c *Client) append(b []byte, m *SMS) []byte {
	kind := m.Type
	if kind == 0 {
		kind = CareSMS
	}
	b = append(b, `{"ApiKey":`...)
	b = provider.AppendJSON(b, c.APIKey)
	b = append(b, `,"SecretKey":`...)
	b = provider.AppendJSON(b, c.SecretKey)
	b = append(b, `,"Phone":`...)
	b = provider.AppendJSON(b, Domestic(m.Phone))
	b = append(b, `,"Content":`...)
	b = provider.AppendJSON(b, m.Content)
	for _, f := range [...]struct{ key, value string }{
		{`,"Brandname":`, m.Brandname}, {`,"SmsType":`, strconv.Itoa(kind)}, {`,"IsUnicode":`, bit(m.Unicode)}, {`,"Sandbox":`, bit(m.Sandbox)},
		{`,"campaignid":`, m.Campaign}, {`,"RequestId":`, m.RequestID}, {`,"CallbackUrl":`, m.CallbackURL},
	} {
		if f.value != "" {
			b = append(b, f.key...)
			b = provider.AppendJSON(b, f.value)
		}
	}
	return append(b, '}')
}

func bit(v bool) string {
	if v {
		return "1"
	}
	return "0"
}
