package template

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

// Rendered is one finished message. Which fields are set depends on the channel.
type Rendered struct {
	ZNSParams map[string]string `json:"zns_params,omitempty"` // parameter to value
	// JourneyCode tells the journey of a ZNS from others of the same person; "" = nothing does.
	JourneyCode string             `json:"journey_code,omitempty"`
	Text        string             `json:"text,omitempty"` // of the SMS, or the text part of the mail
	SMS         *SMSInfo           `json:"sms,omitempty"`
	Subject     string             `json:"subject,omitempty"`
	FromName    string             `json:"from_name,omitempty"` // empty is the connection's
	HTML        string             `json:"html,omitempty"`
	Messenger   *MessengerRendered `json:"messenger,omitempty"`
	ZaloOA      *ZaloOARendered    `json:"zalo_oa,omitempty"`
	HTTP        *HTTPRendered      `json:"http,omitempty"`
	Sync        *SyncRendered      `json:"sync,omitempty"`
	AICall      *AICallRendered    `json:"ai_call,omitempty"`
	Action      *ActionRendered    `json:"action,omitempty"`
	Voucher     *VoucherContent    `json:"voucher,omitempty"`
	StartFlow   *StartFlowContent  `json:"start_flow,omitempty"`
	Wait        *WaitContent       `json:"wait,omitempty"`
	// Missing are the variables that were to be written and had no value, also where nothing needs them.
	Missing []string `json:"missing,omitempty"`
	// Problems are the ZNS values that Zalo would refuse. A message with problems must not be sent.
	Problems []ParamError `json:"problems,omitempty"`
}

// Render fills the content in for one message. Errors are *errs.Error: template.output_too_large, template.too_slow, template.render_failed, template.empty_message.
func (c *Compiled) Render(d Data) (Rendered, error) {
	r := &run{data: &d, slots: c.slots}
	var out Rendered
	var err error
	switch c.Channel {
	case channel.ZNS:
		err = c.renderZNS(r, &out)
	case channel.SMS:
		err = c.renderSMS(r, &out)
	case channel.Messenger:
		err = c.renderMessenger(r, &out)
	case channel.ZaloOA:
		err = c.renderZaloOA(r, &out)
	case channel.AICall:
		err = c.renderAICall(r, &out)
	case channel.HTTPRequest:
		err = c.renderHTTP(r, &out)
	case channel.Sync:
		err = c.renderSync(r, &out)
	case channel.Action:
		err = c.renderAction(r, &out)
	case channel.StartFlow:
		out.StartFlow = c.StartFlow
	case channel.Wait:
		out.Wait = c.Wait
	case channel.Voucher:
		out.Voucher = c.Voucher
	default:
		err = c.renderEmail(r, &out)
	}
	if err != nil {
		return Rendered{}, err
	}
	out.Missing = r.missing
	return out, nil
}

func (c *Compiled) renderZNS(r *run, out *Rendered) error {
	out.ZNSParams = make(map[string]string, len(c.params))
	for i := range c.params {
		v, err := r.render(c.params[i].program)
		if err != nil {
			return err
		}
		if v = strings.TrimSpace(v); !norm.NFC.IsNormalString(v) {
			v = norm.NFC.String(v)
		}
		if v != "" || c.nullable(c.params[i].name) {
			out.ZNSParams[c.params[i].name] = v
		}
	}
	out.Problems = CheckZNS(c.ZNS.Schema, out.ZNSParams)
	return c.renderJourney(r, out)
}

func (c *Compiled) nullable(param string) bool {
	for i := range c.ZNS.Schema {
		if c.ZNS.Schema[i].Name == param {
			return c.ZNS.Schema[i].AcceptNull
		}
	}
	return false
}

func (c *Compiled) renderSMS(r *run, out *Rendered) error {
	text, err := r.render(c.text)
	if err != nil {
		return err
	}
	out.Text = strings.TrimSpace(NormalizeSMS(text, !c.SMS.Unicode))
	if out.Text == "" {
		return errs.Invalid("template.empty_message")
	}
	info := MeasureSMS(out.Text)
	out.SMS = &info
	return nil
}

func (c *Compiled) renderEmail(r *run, out *Rendered) (err error) {
	if out.Subject, err = r.render(c.mail.subject); err != nil {
		return err
	}
	if out.Subject = strings.TrimSpace(out.Subject); out.Subject == "" {
		return errs.Invalid("template.empty_message")
	}
	if out.FromName, err = r.render(c.mail.fromName); err != nil {
		return err
	}
	if out.HTML, err = r.render(c.mail.html); err != nil {
		return err
	}
	out.Text, err = r.render(c.mail.text)
	return err
}

// LinkTarget is where link i leads for this contact; ok is false when there is no such link or it would be no web address.
func (c *Compiled) LinkTarget(i int, d Data) (target string, ok bool) {
	for _, s := range c.slots {
		if s.link != i {
			continue
		}
		r := &run{data: &d}
		target = r.address(s.program)
		return target, webAddress(target)
	}
	return "", false
}

// Sample is made-up data that has a value for every variable of the content.
func (c *Compiled) Sample(d Data) Data {
	s := SampleData(c.Variables, d.Now, d.Zone)
	if d.WorkspaceName != "" {
		s.WorkspaceName = d.WorkspaceName
	}
	return s
}
