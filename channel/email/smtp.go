// Package email carries e-mail. Carrier: any mail server that takes ours by SMTP.
package email

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/mailhook"
	"github.com/loa-project/loa/provider/smtp"
)

// SMTP sends through one mail server.
type SMTP struct {
	Pool         *smtp.Pool
	From         string
	FromName     string
	ReplyTo      string
	BounceDomain string // of the return paths that name the message; "" = mails come back to From
	FailuresOnly bool   // asks for no reports of mails that arrived
	VERPSecret   []byte
	Signer       *smtp.Signer // nil = the server signs itself
	// Service and ConfigurationSet say which mail service stands behind the server, so that it sends our key back with every event; "" = none.
	Service          mailhook.Service
	ConfigurationSet string
	Now              func() time.Time
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
	mail.Headers = headers(s.Service, m.Key, s.ConfigurationSet)
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
			// Reports of arrival are asked for where we read them: not in the mailbox of a person, and not when a service tells by webhook.
			envelope.Success = !s.FailuresOnly && s.Service == ""
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

// headers are the service's lines in the order of their names, so that the same mail gives the same bytes.
func headers(service mailhook.Service, key, configurationSet string) []smtp.Header {
	lines := mailhook.Headers(service, key, configurationSet)
	out := make([]smtp.Header, 0, len(lines))
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		out = append(out, smtp.Header{Name: name, Value: lines[name]})
	}
	return out
}
