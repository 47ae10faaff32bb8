package zalo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/loa-project/loa/provider"
)

// Send is one template message to one phone number.
type Send struct {
	Phone string // "84901234567"; "+84..." is taken, too
	// HashPhone is the SHA-256 hex of "84..." in place of Phone; the receipt names the hash then.
	HashPhone    string
	TemplateID   string
	TemplateData map[string]string // parameter to value
	TrackingID   string            // our key, at most 48 characters, letters, digits, "-" and "_"; it comes back in the receipt
	SendingMode  string            // "" or "1" usual; "3" beyond the quota: listed OAs, promotion templates only
	Mode         string            // "development" sends to admins of the app or OA only; else ""
	// Journey is the token of NewJourney for templates that are sent within a journey; else "".
	Journey string
}

// HashPhone is the form of a phone number that HashPhone wants: lower-case hex of the SHA-256 of "84…".
// Source: developers.zalo.me, ZBS Template Message, "Gửi bằng hash phone".
func HashPhone(phone string) string {
	sum := sha256.Sum256([]byte(strings.TrimPrefix(phone, "+")))
	return hex.EncodeToString(sum[:])
}

// Sent is Zalo's acceptance. It does not say that the message was delivered.
type Sent struct {
	MessageID   string
	SentTime    int64 // Unix ms, 0 = not told
	SendingMode string
	DailyQuota  int64  // messages a day, -1 = not told
	Remaining   int64  // of them left today, -1 = not told
	Raw         []byte // the whole answer
}

// SendTemplate sends one template message. Failures are *provider.Error. One of class unknown must not be sent again: Zalo does not promise to drop a repeated tracking_id.
// A success without a message id is of class unknown, code provider.CodeNoID.
// Source: developers.zalo.me, ZBS Template Message, send API (POST /message/template, /message/template/hashphone).
func (c *Client) SendTemplate(ctx context.Context, token string, s *Send) (Sent, error) {
	if s.Phone == "" && s.HashPhone == "" {
		return Sent{}, provider.Invalid(name, "no phone number")
	}
	if s.TemplateID == "" {
		return Sent{}, provider.Invalid(name, "no template id")
	}
	to, path := c.send.Load(), "/message/template"
	if s.HashPhone != "" {
		to, path = nil, "/message/template/hashphone"
	}
	if to == nil {
		var err error
		if to, err = address(c.BaseURL, DefaultBaseURL, path); err != nil {
			return Sent{}, err
		}
		if s.HashPhone == "" {
			c.send.Store(to)
		}
	}
	var out struct {
		envelope
		Data struct {
			MessageID   provider.Text `json:"msg_id"`
			SentTime    provider.Text `json:"sent_time"`
			SendingMode provider.Text `json:"sending_mode"`
			Quota       struct {
				Daily     provider.Text `json:"dailyQuota"`
				Remaining provider.Text `json:"remainingQuota"`
			} `json:"quota"`
		} `json:"data"`
	}
	head := c.header(token)
	if s.Journey != "" {
		head = c.journeyHeader(token, s.Journey)
	}
	raw, err := c.call(ctx, provider.Post(to, head, s.append(make([]byte, 0, 512))), &out, &out.envelope)
	if err != nil {
		return Sent{Raw: raw}, err
	}
	d := &out.Data
	if d.MessageID == "" {
		return Sent{Raw: raw}, &provider.Error{Provider: name, Code: provider.CodeNoID, Message: string(out.Message), Class: provider.Unknown, Raw: raw}
	}
	sent := Sent{MessageID: string(d.MessageID), SentTime: d.SentTime.Int(), SendingMode: string(d.SendingMode), DailyQuota: -1, Remaining: -1, Raw: raw}
	if d.Quota.Daily != "" {
		sent.DailyQuota = d.Quota.Daily.Int()
	}
	if d.Quota.Remaining != "" {
		sent.Remaining = d.Quota.Remaining.Int()
	}
	return sent, nil
}

// append writes the request's body. Parameters stand in the order of their names, so that the same message has the same bytes.
func (s *Send) append(b []byte) []byte {
	if s.HashPhone != "" {
		b = append(b, `{"hash_phone":`...)
		b = provider.AppendJSON(b, s.HashPhone)
	} else {
		b = append(b, `{"phone":`...)
		b = provider.AppendJSON(b, s.Phone)
	}
	b = append(b, `,"template_id":`...)
	b = provider.AppendJSON(b, s.TemplateID)
	b = append(b, `,"template_data":{`...)
	for i, k := range slices.Sorted(maps.Keys(s.TemplateData)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = provider.AppendJSON(b, k)
		b = append(b, ':')
		b = provider.AppendJSON(b, s.TemplateData[k])
	}
	b = append(b, '}')
	for _, f := range [...]struct{ key, value string }{{`,"tracking_id":`, s.TrackingID}, {`,"sending_mode":`, s.SendingMode}, {`,"mode":`, s.Mode}} {
		if f.value != "" {
			b = append(b, f.key...)
			b = provider.AppendJSON(b, f.value)
		}
	}
	return append(b, '}')
}
