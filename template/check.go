package template

import (
	"encoding/json"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

// Report is what an author learns about content before it is saved.
type Report struct {
	Variables []string `json:"variables"`
	Unknown   []string `json:"unknown"` // variables that never have a value: typing mistakes
	Links     []Link   `json:"links"`
	Sample    Rendered `json:"sample"` // filled in with made-up data
	// Warnings are codes: template.unknown_variable, template.sms_long (over 3 parts), template.sms_offending (a few characters make the SMS dearer), template.zns_schema_unknown,
	// template.call_link (an address that nobody can press), template.call_long (over a minute), template.call_no_opt_out (no key that ends further calls).
	Warnings []string `json:"warnings"`
	PriceVND int64    `json:"price_vnd"` // of the sample, 0 when not known
	// Email is set for mails. Its warnings are template.email_clipped (longer than ClipBytes), template.email_no_opt_out (care or transaction without a way to unsubscribe), template.email_removed.
	Email *MailReport `json:"email,omitempty"`
}

// Check compiles content and renders it once with made-up data. pricePerPart is the price of one SMS part in VND, 0 when not known.
func Check(ch channel.Channel, content json.RawMessage, d Data, pricePerPart int64) (Report, error) {
	c, err := CompileContent(ch, content)
	if err != nil {
		return Report{}, err
	}
	sample, err := c.Render(c.Sample(d))
	if err != nil && !errs.Is(err, "template.empty_message") {
		return Report{}, err
	}
	r := Report{Variables: orEmpty(c.Variables), Unknown: orEmpty(c.Unknown), Links: c.Links, Sample: sample, Warnings: []string{}}
	if r.Links == nil {
		r.Links = []Link{}
	}
	if len(r.Unknown) > 0 {
		r.Warnings = append(r.Warnings, "template.unknown_variable")
	}
	switch {
	case c.Email != nil:
		if r.Email, err = reportMail(c, sample); err != nil {
			return Report{}, err
		}
		if r.Email.HTMLBytes >= ClipBytes {
			r.Warnings = append(r.Warnings, "template.email_clipped")
		}
		if !c.OptOut {
			r.Warnings = append(r.Warnings, "template.email_no_opt_out")
		}
		if len(r.Email.Removed) > 0 {
			r.Warnings = append(r.Warnings, "template.email_removed")
		}
	case c.ZNS != nil:
		r.PriceVND = c.ZNS.PriceVND
		if len(c.ZNS.Schema) == 0 && len(c.ZNS.Params) > 0 {
			r.Warnings = append(r.Warnings, "template.zns_schema_unknown")
		}
	case sample.AICall != nil:
		r.PriceVND = pricePerPart
		r.Warnings = append(r.Warnings, callWarnings(c, sample.AICall)...)
	case sample.SMS != nil:
		r.PriceVND = sample.SMS.Price(pricePerPart)
		if sample.SMS.Parts > 3 {
			r.Warnings = append(r.Warnings, "template.sms_long")
		}
		if n := len(sample.SMS.OffendingRunes); n > 0 && n <= 2 && !strings.ContainsFunc(StripAccents(sample.Text), func(x rune) bool { return x != ' ' && gsmUnits(x) == 0 }) {
			r.Warnings = append(r.Warnings, "template.sms_offending")
		}
	}
	return r, nil
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
