package zalooa

import (
	"context"
	"strings"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/template"
)

// kind is the kind of address: the id of a user at one OA.
const kind = "zalo_user"

// codeNight is Zalo's refusal of promotion between 22:00 and 06:00 in Vietnam.
const codeNight = "-234"

// OA sends with one OA's access token.
type OA struct {
	API   *zalo.OA
	Token string
	Now   func() time.Time
	// Resolve gives the name that a picture or file of a template has at Zalo now, see Users.Resolve. Nil where there are no uploads of ours.
	Resolve func(ctx context.Context, want zalo.Upload, ref string) (string, error)
}

// Send makes one call. Our key stands in front of the payload of hidden query buttons; Zalo knows no other place for it.
func (o *OA) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	r := m.Rendered.ZaloOA
	if r == nil {
		return message.Outcome{Class: message.OutcomeRefused, Code: message.ReasonRender, Detail: "no Zalo OA content"}
	}
	var sent zalo.OASent
	var err error
	price, free := int64(0), false
	if t := r.Template; t != nil {
		sent, err = o.API.SendTemplateToUser(ctx, o.Token, &zalo.TemplateToUser{UserID: m.To, TemplateID: t.TemplateID, TemplateData: t.Params})
		price = t.PriceVND
	} else {
		c := build(m.To, m.Key, r)
		if err = o.resolve(ctx, &c.Message); err == nil {
			sent, err = o.API.Consult(ctx, o.Token, c)
		}
		// The answer names the allowance that the message came out of, and none for one that is charged; sources differ on whether it always does, so that the free time counts as well.
		free = err == nil && (sent.QuotaType != "" || policy.Reply{Channel: channel.ZaloOA, Kind: template.ZaloConsultation, LastIn: m.LastIn, Now: o.Now().UnixMilli()}.Free())
	}
	if err != nil {
		out := message.Failure(err)
		if out.Code == codeNight && out.RetryAfter == 0 {
			out.RetryAfter = time.Hour
		}
		return out
	}
	return message.Outcome{Class: message.OutcomeAccepted, ProviderID: sent.MessageID, Raw: string(sent.Raw), Price: price, Free: free, Asked: true}
}

// resolve puts Zalo's names in the place of ours.
func (o *OA) resolve(ctx context.Context, m *zalo.OAMessage) (err error) {
	if m.Attachment == nil || o.Resolve == nil {
		return nil
	}
	p := &m.Attachment.Payload
	if p.Token != "" {
		p.Token, err = o.Resolve(ctx, zalo.UploadFile, p.Token)
		return err
	}
	for i := range p.Elements {
		if e := &p.Elements[i]; e.AttachmentID != "" {
			if e.AttachmentID, err = o.Resolve(ctx, zalo.UploadImage, e.AttachmentID); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close ends idle connections.
func (o *OA) Close() error {
	o.API.Client.HTTP.CloseIdleConnections()
	return nil
}

// build writes a finished message in Zalo's words.
func build(to, key string, r *template.ZaloOARendered) *zalo.Consultation {
	c := &zalo.Consultation{Recipient: zalo.OARecipient{UserID: to}, Message: zalo.OAMessage{Text: r.Text}}
	p := zalo.OAPayload{Buttons: buttons(key, r.Buttons)}
	typ := "template"
	switch {
	case r.Image != "":
		e := zalo.OAElement{MediaType: "image", URL: r.Image}
		if strings.HasPrefix(r.Image, template.ZaloUpload) {
			e.URL, e.AttachmentID = "", r.Image
		}
		p.TemplateType, p.Elements = "media", []zalo.OAElement{e}
	case r.File != "":
		typ, p.Token = "file", r.File
	case len(r.Items) > 0:
		p.TemplateType = "list"
		for i := range r.Items {
			e := &r.Items[i]
			x := zalo.OAElement{Title: e.Title, Subtitle: e.Subtitle, ImageURL: e.Image, Action: &zalo.OAAction{Type: zalo.QueryHide, Payload: mark(key, e.Payload)}}
			if e.URL != "" {
				x.Action = &zalo.OAAction{Type: zalo.OpenURL, URL: e.URL}
			}
			p.Elements = append(p.Elements, x)
		}
	case r.Ask != nil:
		p.TemplateType, p.Elements = "request_user_info", []zalo.OAElement{{Title: r.Ask.Title, Subtitle: r.Ask.Subtitle, ImageURL: r.Ask.Image}}
	case len(r.Buttons) == 0:
		return c
	}
	c.Message.Attachment = &zalo.OAAttachment{Type: typ, Payload: p}
	return c
}

func buttons(key string, list []template.ZaloOAButton) []zalo.OAButton {
	var out []zalo.OAButton
	for _, b := range list {
		x := zalo.OAButton{Title: b.Title}
		switch b.Type {
		case "url":
			x.Type, x.Payload = zalo.OpenURL, map[string]string{"url": b.URL}
		case "phone":
			x.Type, x.Payload = zalo.OpenPhone, map[string]string{"phone_code": strings.TrimPrefix(b.Payload, "+")}
		case "sms":
			x.Type, x.Payload = zalo.OpenSMS, map[string]string{"content": b.Text, "phone_code": strings.TrimPrefix(b.Payload, "+")}
		case "show":
			x.Type, x.Payload = zalo.QueryShow, b.Payload
		default:
			x.Type, x.Payload = zalo.QueryHide, mark(key, b.Payload)
		}
		out = append(out, x)
	}
	return out
}

// mark puts our key in front of the author's payload, so that pressing the button tells which message it stood under. It begins with "#" because a webhook can be set to let only such
// texts through.
func mark(key, payload string) string { return "#loa:" + key + ":" + payload }

// unmark takes a payload apart; key is "" when it is not one of ours, and words is then all of it.
func unmark(payload string) (key, words string) {
	marked, found := strings.CutPrefix(payload, "#loa:")
	if !found {
		return "", payload
	}
	key, words, found = strings.Cut(marked, ":")
	if !found {
		return "", payload
	}
	return key, words
}
