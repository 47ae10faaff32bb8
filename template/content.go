package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

// ZNSContent fills a template that Zalo has approved.
type ZNSContent struct {
	TemplateID   string            `json:"template_id"`   // digits
	ConnectionID int64             `json:"connection_id"` // the OA whose template it is
	Params       map[string]string `json:"params"`        // parameter name to the text that fills it, with variables
	Schema       []ZNSParam        `json:"schema"`        // as Zalo describes the template
	PriceVND     int64             `json:"price_vnd"`     // of one message by phone number
	TimeoutMS    int64             `json:"timeout_ms"`    // after which a message without a receipt will not come any more
	Tag          string            `json:"tag"`           // TRANSACTION, CUSTOMER_CARE or PROMOTION, or the older words
	// Journey is the kind of journey token that the template is sent with, such as token_logistics_7; empty = none. JourneyCode is the text with variables that tells one delivery or trip of a
	// person from another, such as the order's code: messages with the same one share a token. Empty = one at a time for each person.
	Journey     string `json:"journey,omitempty"`
	JourneyCode string `json:"journey_code,omitempty"`
}

// SMSContent is the text of an SMS.
type SMSContent struct {
	Text       string `json:"text"`
	Unicode    bool   `json:"unicode"`               // false takes the diacritics off
	Brandname  string `json:"brandname,omitempty"`   // empty is the connection's
	TrackLinks bool   `json:"track_links,omitempty"` // web addresses in the text become tracked ones
}

// EmailContent is a mail. HTML is the author's, sanitised when the mail is made; Text is derived from it when empty.
type EmailContent struct {
	Subject string `json:"subject"`
	HTML    string `json:"html"`
	// MJML is the source from which the block editor made HTML. It is only kept: what is sent is HTML, with its variables filled in.
	MJML              string `json:"mjml,omitempty"`
	Text              string `json:"text,omitempty"`
	FromName          string `json:"from_name,omitempty"` // empty is the connection's
	Preheader         string `json:"preheader,omitempty"`
	Purpose           string `json:"purpose,omitempty"`            // marketing (when empty), care or transaction
	UnsubscribeFooter bool   `json:"unsubscribe_footer,omitempty"` // adds the standard footer to a marketing mail that has no {{ unsubscribe_url }}
}

// Marketing reports whether the mail needs a way to unsubscribe.
func (c *EmailContent) Marketing() bool { return c.Purpose == "" || c.Purpose == "marketing" }

// Compiled is content ready to be filled in, by many goroutines at once.
type Compiled struct {
	Channel   channel.Channel
	ZNS       *ZNSContent       // one of these is set
	SMS       *SMSContent       //
	Email     *EmailContent     //
	Messenger *MessengerContent //
	ZaloOA    *ZaloOAContent    //
	HTTP      *HTTPContent      //
	Sync      *SyncContent      //
	AICall    *AICallContent    //
	Voucher   *VoucherContent   //
	Action    *ActionContent    //
	StartFlow *StartFlowContent //
	Wait      *WaitContent      //
	// Kind is what the platform calls this sort of message where its rules differ by sort, such as UPDATE and UTILITY at Messenger; see policy.ReplyRule.
	Kind      string
	Links     []Link   // addresses that can be tracked
	Variables []string // all variables that are read
	Unknown   []string // those of them that never have a value
	// OptOut reports whether a mail shows the way to unsubscribe; a campaign for marketing needs it whatever the mail says of its own purpose.
	OptOut bool

	byHand bool           // a person types it
	params []namedProgram // zns, sorted by name
	trip   *Program       // zns: what tells one journey from another; nil = nothing does
	text   *Program       // sms, ai_call
	slots  []slot
	mail   *mail

	messenger []chatField[MessengerRendered]
	zalo      []chatField[ZaloOARendered]
	request   []requestField
	action    []actionField
	sync      []syncField
}

type namedProgram struct {
	name    string
	program *Program
}

// CompileContent reads and checks the JSON content of a template for one channel. Errors are *errs.Error with the parameters "field" and "line" where they are known.
func CompileContent(ch channel.Channel, raw json.RawMessage) (*Compiled, error) {
	return compileContent(&Compiled{Channel: ch}, raw)
}

// CompileReply is CompileContent for what a person types to one customer: it may be of a kind that no template may have.
func CompileReply(ch channel.Channel, raw json.RawMessage) (*Compiled, error) {
	return compileContent(&Compiled{Channel: ch, byHand: true}, raw)
}

func compileContent(c *Compiled, raw json.RawMessage) (*Compiled, error) {
	ch := c.Channel
	var err *errs.Error
	switch ch {
	case channel.ZNS:
		c.ZNS = &ZNSContent{}
		if err = decode(raw, c.ZNS); err == nil {
			err = c.compileZNS()
		}
	case channel.SMS:
		c.SMS = &SMSContent{}
		if err = decode(raw, c.SMS); err == nil {
			err = c.compileSMS()
		}
	case channel.Email:
		c.Email = &EmailContent{}
		if err = decode(raw, c.Email); err == nil {
			err = c.compileEmail()
		}
	case channel.Messenger:
		c.Messenger = &MessengerContent{}
		if err = decode(raw, c.Messenger); err == nil {
			err = c.compileMessenger()
		}
	case channel.ZaloOA:
		c.ZaloOA = &ZaloOAContent{}
		if err = decode(raw, c.ZaloOA); err == nil {
			err = c.compileZaloOA()
		}
	case channel.AICall:
		c.AICall = &AICallContent{}
		if err = decode(raw, c.AICall); err == nil {
			err = c.compileAICall()
		}
	case channel.HTTPRequest:
		c.HTTP = &HTTPContent{}
		if err = decode(raw, c.HTTP); err == nil {
			err = c.compileHTTP()
		}
	case channel.Sync:
		c.Sync = &SyncContent{}
		if err = decode(raw, c.Sync); err == nil {
			err = c.compileSync()
		}
	case channel.Voucher:
		c.Voucher = &VoucherContent{}
		if err = decode(raw, c.Voucher); err == nil {
			err = c.compileVoucher()
		}
	case channel.Action:
		c.Action = &ActionContent{}
		if err = decode(raw, c.Action); err == nil {
			err = c.compileAction()
		}
	case channel.StartFlow:
		c.StartFlow = &StartFlowContent{}
		if err = decode(raw, c.StartFlow); err == nil {
			err = c.compileStartFlow()
		}
	case channel.Wait:
		c.Wait = &WaitContent{}
		if err = decode(raw, c.Wait); err == nil {
			err = c.compileWait()
		}
	default:
		err = errs.Invalid("template.channel_unsupported").With("channel", string(ch))
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// maxContent is the longest JSON of content. It leaves room for the escapes that JSON writes for the brackets of HTML.
const maxContent = 24 * MaxSource

func decode(raw json.RawMessage, into any) *errs.Error {
	if len(raw) > maxContent {
		return errs.Invalid("template.too_large").With("bytes", strconv.Itoa(len(raw))).With("max", strconv.Itoa(maxContent))
	}
	if bytes.Contains(raw, []byte(`\u0000`)) {
		return errs.Invalid("template.bad_encoding")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errs.Invalid("template.content_invalid").Because(fmt.Errorf("decode content: %w", err))
	}
	if d.More() {
		return errs.Invalid("template.content_invalid")
	}
	return nil
}

// read adds the variables of a program to the lists.
func (c *Compiled) read(programs ...*Program) {
	for _, p := range programs {
		if p == nil {
			continue
		}
		for _, v := range p.variables {
			if !slices.Contains(c.Variables, v) {
				c.Variables = append(c.Variables, v)
			}
		}
		for _, v := range p.unknown {
			if !slices.Contains(c.Unknown, v) {
				c.Unknown = append(c.Unknown, v)
			}
		}
	}
}

func (c *Compiled) compileZNS() *errs.Error {
	z := c.ZNS
	if !digits(z.TemplateID) || len(z.TemplateID) > 20 {
		return errs.Invalid("template.zns_id_invalid").With("field", "template_id")
	}
	if z.ConnectionID < 0 || z.PriceVND < 0 || z.TimeoutMS < 0 {
		return errs.Invalid("template.content_invalid").With("field", "connection_id")
	}
	if len(z.Schema) > 100 || len(z.Params) > 100 {
		return errs.Invalid("template.too_many").With("max", "100").With("field", "params")
	}
	seen := map[string]bool{}
	for _, p := range z.Schema {
		if p.Name == "" || seen[p.Name] {
			return errs.Invalid("template.content_invalid").With("field", "schema")
		}
		seen[p.Name] = true
	}
	if missing := missingParams(z.Schema, z.Params); len(missing) > 0 {
		return errs.Invalid("template.param_missing").With("field", "params."+missing[0]).With("param", strings.Join(missing, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(z.Params)) {
		source := z.Params[name]
		field := "params." + name
		if len(z.Schema) > 0 && !seen[name] || name == "" {
			return errs.Invalid("template.param_unknown").With("field", field).With("param", name)
		}
		p, err := compile(source, Text)
		if err != nil {
			return err.With("field", field)
		}
		c.params = append(c.params, namedProgram{name, p})
	}
	for _, p := range c.params {
		c.read(p.program)
	}
	return c.compileJourney()
}

var webAddresses = regexp.MustCompile(`https?://[^\s<>"'{}|\\^]+`)

func (c *Compiled) compileSMS() *errs.Error {
	s := c.SMS
	if strings.TrimSpace(s.Text) == "" {
		return errs.Invalid("template.empty").With("field", "text")
	}
	if len(s.Brandname) > 20 || strings.ContainsAny(s.Brandname, "\r\n\x00") {
		return errs.Invalid("template.content_invalid").With("field", "brandname")
	}
	p, err := compile(s.Text, Text)
	if err != nil {
		return err.With("field", "text")
	}
	c.text = p
	c.read(p)
	if !s.TrackLinks {
		return nil
	}
	if c.text, err = c.trackText(s.Text); err != nil {
		return err.With("field", "text")
	}
	return nil
}

// trackText compiles a plain text whose addresses become tracked ones. Addresses stand in the fixed text; one that goes on with a variable stays as it is.
func (c *Compiled) trackText(text string) (*Program, *errs.Error) {
	at, out := 0, strings.Builder{}
	for _, m := range webAddresses.FindAllStringIndex(text, -1) {
		source := strings.TrimRight(text[m[0]:m[1]], ".,;:!?)")
		if strings.HasPrefix(text[m[0]+len(source):], "{") || insideBraces(text[:m[0]]) {
			continue
		}
		if _, bad := url.Parse(source); bad != nil {
			continue
		}
		target, err := compileInternal(source, URL)
		if err != nil {
			continue
		}
		n := len(c.Links)
		c.Links = append(c.Links, Link{Index: n, Source: source})
		c.slots = append(c.slots, slot{program: target, link: n})
		out.WriteString(text[at:m[0]] + "{{ loa_slot_" + strconv.Itoa(n) + " }}")
		at = m[0] + len(source)
	}
	out.WriteString(text[at:])
	return compileInternal(out.String(), Text)
}

// insideBraces reports whether the end of s is within {{ }} or {% %}.
func insideBraces(s string) bool {
	open := max(strings.LastIndex(s, "{{"), strings.LastIndex(s, "{%"))
	return open > max(strings.LastIndex(s, "}}"), strings.LastIndex(s, "%}"))
}

func (c *Compiled) compileEmail() *errs.Error {
	e := c.Email
	switch {
	case strings.TrimSpace(e.Subject) == "":
		return errs.Invalid("template.empty").With("field", "subject")
	case strings.TrimSpace(e.HTML) == "":
		return errs.Invalid("template.empty").With("field", "html")
	case len(e.MJML) > MaxMail:
		return errs.Invalid("template.too_large").With("field", "mjml").With("bytes", strconv.Itoa(len(e.MJML))).With("max", strconv.Itoa(MaxMail))
	case !slices.Contains([]string{"", "marketing", "care", "transaction"}, e.Purpose):
		return errs.Invalid("template.content_invalid").With("field", "purpose")
	}
	m, err := compileEmail(e)
	if err != nil {
		return err
	}
	c.mail, c.slots, c.Links = m, m.slots, m.links
	c.read(m.subject, m.fromName, m.html, m.text)
	for _, s := range m.slots {
		c.read(s.program)
	}
	c.OptOut = slices.Contains(c.Variables, unsubscribe)
	return nil
}
