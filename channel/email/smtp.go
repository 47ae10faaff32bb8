// Package email carries e-mail. Carrier: any mail server that takes ours by SMTP.
package email

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/smtp"
)

// SMTP sends through one mail server.
type SMTP struct {
	Pool         *smtp.Pool
	From         string
	FromName     string
	ReplyTo      string
	BounceDomain string // of the return paths that name the message; "" = mails come back to From
	VERPSecret   []byte
	Signer       *smtp.Signer // nil = the server signs itself
	Now          func() time.Time
}

// Send composes, signs and hands over one mail. A lost answer after the last byte is unknown and never repeated: the mail may be on its way.
func (s *SMTP) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	_, domain, _ := strings.Cut(s.From, "@")
	from := m.Rendered.FromName
	if from == "" {
		from = s.FromName
	}
	mail := smtp.Message{From: s.From, FromName: from, To: m.To, ToName: m.Name, ReplyTo: s.ReplyTo, Subject: m.Rendered.Subject, HTML: m.Rendered.HTML, Text: m.Rendered.Text,
		MessageID: m.Key + "@" + domain, Date: s.Now()}
	if m.Purpose == message.Marketing || m.Content.OptOut {
		mail.ListUnsubscribeURL = m.UnsubscribeURL
	}
	raw, err := smtp.Compose(mail)
	if err == nil && s.Signer != nil {
		raw, err = s.Signer.Sign(raw)
	}
	if err != nil {
		return message.Outcome{Class: message.OutcomeRefused, Code: message.ReasonRender, Detail: err.Error()}
	}
	envelope := smtp.Envelope{From: s.From, To: m.To, ENVID: m.Key}
	if s.BounceDomain != "" {
		// A key that fits into no return path must not make an empty one, which would say that the mail is itself a bounce; without it the mail comes back to From.
		if from := smtp.VERPAddress(s.VERPSecret, m.Key, s.BounceDomain); from != "" {
			envelope.From = from
		}
	}
	reply, err := s.Pool.Send(ctx, envelope, raw)
	if err != nil {
		out := message.Failure(err)
		if out.Class == provider.Auth && smtp.SetupFault(out.Code) {
			out.Hold = message.HoldDomain
		}
		return out
	}
	return message.Outcome{Class: message.OutcomeAccepted, ProviderID: mail.MessageID, Raw: reply.Text, Asked: true}
}

// Close ends the connections to the server.
func (s *SMTP) Close() error { return s.Pool.Close() }

// Read turns a report mail (bounce, delivery notice, complaint), posted as message/rfc822, into a receipt. The return path names the message and carries a MAC, so that a mail that
// anybody can write finds nothing.
func Read(verpSecret []byte, now func() time.Time) message.ReadHook {
	return func(_ *http.Request, _ string, body []byte) ([]message.Receipt, error) {
		r, err := smtp.ParseReport(body)
		if err != nil {
			return nil, err
		}
		rec := message.Receipt{Event: string(r.Kind), At: now(), Code: r.Status, Class: r.Class, Detail: r.Diagnostic, Raw: summary(&r)}
		for _, to := range r.VERPTo {
			if key, ok := smtp.ParseVERP(verpSecret, to); ok {
				rec.Key = key
			}
		}
		if rec.Key == "" {
			rec.Key = r.EnvelopeID
		}
		if rec.Key == "" {
			rec.Key, _, _ = strings.Cut(strings.Trim(r.MessageID, "<>"), "@")
		}
		switch r.Kind {
		case smtp.KindBounce:
			rec.Fact = message.FactBounced
			if !r.Hard && rec.Class == provider.Recipient {
				rec.Class = provider.Temporary // returned for now: counted as returned, the address is not closed
			}
		case smtp.KindDelivered:
			rec.Fact = message.FactDelivered
		case smtp.KindComplaint:
			rec.Fact = message.FactComplained
		default:
			rec.Ignore = true
		}
		return []message.Receipt{rec}, nil
	}
}

// summary keeps what a report says without the addresses in it.
func summary(r *smtp.Report) string {
	return "kind=" + string(r.Kind) + " status=" + r.Status
}
