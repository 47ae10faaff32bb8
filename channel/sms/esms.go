// Package sms carries text messages. Carrier: eSMS.vn.
package sms

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/esms"
)

// dedupes is how long eSMS refuses a repeated RequestId (24 hours), less a margin for clocks that differ.
const dedupes = 23 * time.Hour

// ESMS sends customer-care messages under one brandname.
type ESMS struct {
	Client       *esms.Client
	Brandname    string
	SMSType      string // "" = customer care
	Sandbox      bool   // eSMS only checks
	PricePerPart int64  // VND, 0 = not known
}

// Send makes one call with our key as RequestId. When eSMS says that it has this RequestId already, an earlier call of ours got through: accepted.
func (s *ESMS) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	kind, _ := strconv.Atoi(s.SMSType)
	brand := m.Content.SMS.Brandname
	if brand == "" {
		brand = s.Brandname
	}
	sent, err := s.Client.Send(ctx, &esms.SMS{Phone: m.To, Content: m.Rendered.Text, Brandname: brand, Type: kind, Unicode: m.Content.SMS.Unicode, Sandbox: s.Sandbox, RequestID: m.Key, CallbackURL: m.CallbackURL})
	if err != nil {
		return message.Failure(err)
	}
	if s.Sandbox {
		return checked(string(sent.Raw))
	}
	parts := int64(1)
	if m.Rendered.SMS != nil {
		parts = int64(m.Rendered.SMS.Parts)
	}
	out := message.Outcome{Class: message.OutcomeAccepted, ProviderID: sent.SMSID, Price: parts * s.PricePerPart, Raw: string(sent.Raw), Asked: true}
	if sent.Duplicate {
		out.Code = "124"
	}
	return out
}

// checked is the outcome of a message in the sandbox: eSMS has checked it and keeps, charges, sends and reports nothing, so that it is over and was not sent.
// Source: developers.esms.vn, "Tin nhắn SMS OTP/CSKH" (Sandbox).
func checked(raw string) message.Outcome {
	return message.Outcome{Class: message.OutcomeRefused, Code: message.ReasonSandbox, Raw: raw}
}

// Close ends idle connections.
func (s *ESMS) Close() error {
	s.Client.HTTP.CloseIdleConnections()
	return nil
}

// Deduplicates is the time in which a call may be repeated under the same key.
func (s *ESMS) Deduplicates() time.Duration { return dedupes }

// Look asks for the state of a message by eSMS's id; without the id eSMS cannot be asked.
func (s *ESMS) Look(ctx context.Context, _, providerID, _ string) (message.Receipt, bool, error) {
	if providerID == "" {
		return message.Receipt{}, false, nil
	}
	r, err := s.Client.Status(ctx, providerID)
	if err != nil {
		return message.Receipt{}, false, err
	}
	rec, final := receipt(&r)
	return rec, final, nil
}

// receipt reads the gateway's counters; final is false while it is still waiting.
func receipt(r *esms.Report) (message.Receipt, bool) {
	rec := message.Receipt{ProviderID: r.SMSID, Event: "status." + strconv.Itoa(r.Status)}
	switch {
	case r.Delivered():
		rec.Fact = message.FactDelivered
	case r.NotDelivered():
		rec.Fact, rec.Code = message.FactFailed, r.Failure()
		rec.Class = esms.Explain(rec.Code).Class
		if rec.Class == "" {
			rec.Class = provider.Recipient
		}
	default:
		return rec, false
	}
	return rec, true
}

// Read turns a delivery report into a receipt. eSMS signs nothing: the address itself is the secret, and our key at its end names the message, so that a report for another message
// finds nothing.
func Read(now func() time.Time) message.ReadHook {
	return func(r *http.Request, rest string, _ []byte) ([]message.Receipt, error) {
		c, err := esms.ParseCallback(r.URL.Query())
		if err != nil {
			return nil, err
		}
		if rest == advertPath {
			return []message.Receipt{readAdvert(&c, r.URL.Query(), now())}, nil
		}
		rec, final := receipt(&c.Report)
		rec.Ignore, rec.At, rec.Raw, rec.Price = !final, now(), redact(r.URL.Query()), charged(&c)
		if rec.Key = rest; rec.Key == "" {
			rec.Key = c.RequestID
		}
		return []message.Receipt{rec}, nil
	}
}

// redact writes the report without the person's number.
func redact(q url.Values) string {
	q.Del("phonenumber")
	return q.Encode()
}

// Test asks for the balance: harmless, and it needs the keys.
func Test(ctx context.Context, c *esms.Client) error {
	_, err := c.Balance(ctx)
	return err
}
