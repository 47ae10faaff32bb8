package template

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/errs"
)

// ZaloOAContent is one message of an OA to a Zalo user. Exactly one of Text, Image, File, Items, Ask and Template is set; Text beside Image is its caption. One message is one call.
// Source of all limits: developers.zalo.me, Official Account API, "Tin Tư vấn", "Cấu trúc của tham số buttons" and "elements"; ZBS Template Message, "Gửi tin template qua UID".
type ZaloOAContent struct {
	Text       string          `json:"text,omitempty"`        // at most 2,000 characters
	Image      string          `json:"image,omitempty"`       // web address of a JPG or PNG of at most 1 MB, or an upload
	File       string          `json:"file,omitempty"`        // an upload, or the token of a file that somebody else gave to Zalo, which keeps it for 7 days
	Items      []ZaloOAItem    `json:"items,omitempty"`       // a list of at most five; the first is drawn large
	Ask        *ZaloOAAsk      `json:"ask,omitempty"`         // asks the person for name, phone number and address
	Buttons    []ZaloOAButton  `json:"buttons,omitempty"`     // at most five, under a text or a list
	Template   *ZaloOATemplate `json:"template,omitempty"`    // an approved ZBS template instead of a consultation message
	TrackLinks bool            `json:"track_links,omitempty"` // links become tracked ones
}

// ZaloOAButton is one button. Pressing query or our own link is a click that Loa sees; show is sent as the person's own visible words and not counted.
type ZaloOAButton struct {
	Type    string `json:"type" enum:"url,query,show,phone,sms"`
	Title   string `json:"title"`             // at most 100 characters
	URL     string `json:"url,omitempty"`     // of url
	Payload string `json:"payload,omitempty"` // of query and show: the words that come back, at most 900 characters; of phone and sms: the number as +84…
	Text    string `json:"text,omitempty"`    // of sms: what the person's phone has written already, at most 160 characters
}

// ZaloOAItem is one line of a list.
type ZaloOAItem struct {
	Title    string `json:"title"`              // at most 100 characters
	Subtitle string `json:"subtitle,omitempty"` // at most 500 characters, needed on the first
	Image    string `json:"image,omitempty"`    // web address
	URL      string `json:"url,omitempty"`      // opened when it is pressed; else Payload comes back
	Payload  string `json:"payload,omitempty"`
}

// ZaloOAAsk asks for the person's particulars.
type ZaloOAAsk struct {
	Title    string `json:"title"`    // at most 100 characters
	Subtitle string `json:"subtitle"` // at most 500 characters
	Image    string `json:"image"`    // web address
}

// ZaloOATemplate fills a ZBS template that goes to the user id instead of a phone number.
type ZaloOATemplate struct {
	TemplateID string            `json:"template_id"` // digits
	Params     map[string]string `json:"params"`      // parameter to the text that fills it
	Schema     []ZNSParam        `json:"schema"`      // as Zalo describes the template
	PriceVND   int64             `json:"price_vnd"`   // of one message by user id
	Tag        string            `json:"tag"`         // TRANSACTION, CUSTOMER_CARE or PROMOTION
}

// ZaloOARendered is a finished message.
type ZaloOARendered = ZaloOAContent

// ZaloUpload begins the name of a picture or file that Loa keeps for messages of an OA: "upload:12".
const ZaloUpload = "upload:"

// Kinds of messages of an OA, see policy.ReplyRule.
const (
	ZaloConsultation = "CONSULTATION"
	ZaloTemplate     = "TEMPLATE"
	ZaloPromotion    = "TEMPLATE_PROMOTION"
)

const (
	zaloText     = 2000
	zaloTitle    = 100
	zaloSubtitle = 500
	zaloPayload  = 900 // of 1,000; the rest is for our key
	zaloAddress  = 1000
	zaloSMS      = 160 // what an SMS button writes
	maxZalo      = 5   // buttons, and lines of a list
)

func (c *Compiled) compileZaloOA() *errs.Error {
	m := c.ZaloOA
	if err := m.shape(); err != nil {
		return err
	}
	c.Kind = ZaloConsultation
	x := &zaloCompiler{fieldCompiler[ZaloOARendered]{c: c, track: m.TrackLinks}}
	switch {
	case m.Template != nil:
		if c.Kind = ZaloTemplate; m.Template.Tag == "PROMOTION" {
			c.Kind = ZaloPromotion
		}
		x.template(m.Template)
	case len(m.Items) > 0:
		for i := range m.Items {
			x.item(i, &m.Items[i])
		}
	case m.Ask != nil:
		x.add(chatField[ZaloOARendered]{path: "ask.title", limit: zaloTitle, need: true, put: func(r *ZaloOARendered, v string) { r.Ask.Title = v }}, m.Ask.Title)
		x.add(chatField[ZaloOARendered]{path: "ask.subtitle", limit: zaloSubtitle, need: true, put: func(r *ZaloOARendered, v string) { r.Ask.Subtitle = v }}, m.Ask.Subtitle)
		x.add(chatField[ZaloOARendered]{path: "ask.image", limit: zaloAddress, need: true, kind: webLink, put: func(r *ZaloOARendered, v string) { r.Ask.Image = v }}, m.Ask.Image)
	case m.File != "":
		x.add(chatField[ZaloOARendered]{path: "file", limit: zaloAddress, need: true, put: func(r *ZaloOARendered, v string) { r.File = v }}, m.File)
	}
	picture := chatField[ZaloOARendered]{path: "image", limit: zaloAddress, kind: webLink, put: func(r *ZaloOARendered, v string) { r.Image = v }}
	if strings.HasPrefix(m.Image, ZaloUpload) {
		picture.kind = plainText
	}
	x.add(picture, m.Image)
	if strings.TrimSpace(m.Text) != "" {
		x.text("text", m.Text, zaloText, func(r *ZaloOARendered, v string) { r.Text = v })
	}
	for i, b := range m.Buttons {
		x.button(i, b)
	}
	if x.err != nil {
		return x.err
	}
	c.zalo = x.fields
	x.finish()
	return nil
}

// shape checks what is there and how much of it.
func (m *ZaloOAContent) shape() *errs.Error {
	text := strings.TrimSpace(m.Text) != ""
	kinds := 0
	for _, there := range []bool{text || m.Image != "", m.File != "", len(m.Items) > 0, m.Ask != nil, m.Template != nil} {
		if there {
			kinds++
		}
	}
	many := func(field string) *errs.Error {
		return errs.Invalid("template.messenger_many").With("field", field).With("max", strconv.Itoa(maxZalo))
	}
	switch {
	case kinds == 0:
		return errs.Invalid("template.empty").With("field", "text")
	case kinds > 1:
		return errs.Invalid("template.zalo_oa_one_kind").With("field", "text")
	case len(m.Buttons) > 0 && (m.Image != "" || !text && len(m.Items) == 0):
		return errs.Invalid("template.zalo_oa_buttons").With("field", "buttons")
	case len(m.Buttons) > maxZalo:
		return many("buttons")
	case len(m.Items) > maxZalo:
		return many("items")
	case len(m.Items) > 0 && strings.TrimSpace(m.Items[0].Subtitle) == "":
		return errs.Invalid("template.empty").With("field", "items[0].subtitle")
	}
	return nil
}

type zaloCompiler struct {
	fieldCompiler[ZaloOARendered]
}

func (x *zaloCompiler) button(i int, b ZaloOAButton) {
	at := "buttons[" + strconv.Itoa(i) + "]"
	x.add(chatField[ZaloOARendered]{path: at + ".title", limit: zaloTitle, need: true, put: func(r *ZaloOARendered, v string) { r.Buttons[i].Title = v }}, b.Title)
	payload := chatField[ZaloOARendered]{path: at + ".payload", limit: zaloPayload, need: true, put: func(r *ZaloOARendered, v string) { r.Buttons[i].Payload = v }}
	switch b.Type {
	case "url":
		x.link(at+".url", b.URL, zaloAddress, func(r *ZaloOARendered, v string) { r.Buttons[i].URL = v })
	case "query", "show":
		x.add(payload, b.Payload)
	case "phone":
		payload.kind = phoneLink
		x.add(payload, b.Payload)
	case "sms":
		payload.kind = phoneLink
		x.add(payload, b.Payload)
		x.add(chatField[ZaloOARendered]{path: at + ".text", limit: zaloSMS, need: true, put: func(r *ZaloOARendered, v string) { r.Buttons[i].Text = v }}, b.Text)
	default:
		if x.err == nil {
			x.err = errs.Invalid("template.content_invalid").With("field", at+".type")
		}
	}
}

func (x *zaloCompiler) item(i int, e *ZaloOAItem) {
	at := "items[" + strconv.Itoa(i) + "]"
	x.add(chatField[ZaloOARendered]{path: at + ".title", limit: zaloTitle, need: true, put: func(r *ZaloOARendered, v string) { r.Items[i].Title = v }}, e.Title)
	x.add(chatField[ZaloOARendered]{path: at + ".subtitle", limit: zaloSubtitle, put: func(r *ZaloOARendered, v string) { r.Items[i].Subtitle = v }}, e.Subtitle)
	x.add(chatField[ZaloOARendered]{path: at + ".image", limit: zaloAddress, kind: webLink, put: func(r *ZaloOARendered, v string) { r.Items[i].Image = v }}, e.Image)
	if e.URL != "" {
		x.link(at+".url", e.URL, zaloAddress, func(r *ZaloOARendered, v string) { r.Items[i].URL = v })
		return
	}
	x.add(chatField[ZaloOARendered]{path: at + ".payload", limit: zaloPayload, need: true, put: func(r *ZaloOARendered, v string) { r.Items[i].Payload = v }}, e.Payload)
}

// template reads the parameters by the rules of a template to a phone number: it is the same template.
func (x *zaloCompiler) template(t *ZaloOATemplate) {
	if t.PriceVND < 0 || !slices.Contains([]string{"", "TRANSACTION", "CUSTOMER_CARE", "PROMOTION"}, t.Tag) {
		x.err = errs.Invalid("template.content_invalid").With("field", "template.tag")
		return
	}
	inner := &Compiled{ZNS: &ZNSContent{TemplateID: t.TemplateID, Params: t.Params, Schema: t.Schema}}
	if x.err = inner.compileZNS(); x.err != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(t.Params)) {
		x.add(chatField[ZaloOARendered]{path: "template.params." + name, limit: 100_000, put: func(r *ZaloOARendered, v string) { r.Template.Params[name] = norm.NFC.String(v) }}, t.Params[name])
	}
}

func (c *Compiled) renderZaloOA(r *run, out *Rendered) error {
	m := &ZaloOARendered{}
	if err := clone(c.ZaloOA, m); err != nil {
		return err
	}
	if err := fill(r, c.zalo, m, out); err != nil {
		return err
	}
	if m.Template != nil {
		out.Problems = append(out.Problems, CheckZNS(m.Template.Schema, m.Template.Params)...)
	}
	out.ZaloOA, out.Text = m, m.Text
	return nil
}
