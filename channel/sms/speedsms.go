package sms

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/speedsms"
)

// SpeedSMS sends customer-care messages through SpeedSMS.vn.
type SpeedSMS struct {
	Client       *speedsms.Client
	Sender       string // the brandname
	SMSType      string // "3" under a brandname, "2" from a number of SpeedSMS
	PricePerPart int64  // VND, 0 = not known
	Now          func() time.Time
}

// Send makes one call. SpeedSMS takes no key of ours, so nothing tells a lost answer from a lost request: such a message is unknown and is never repeated.
func (s *SpeedSMS) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	in := speedsms.SMS{Phone: m.To, Content: m.Rendered.Text, Type: speedsms.Brandname}
	if s.SMSType == strconv.Itoa(speedsms.Care) {
		in.Type = speedsms.Care
	} else if in.Sender = m.Content.SMS.Brandname; in.Sender == "" {
		in.Sender = s.Sender
	}
	sent, err := s.Client.Send(ctx, &in)
	if err != nil {
		return message.Failure(err)
	}
	out := message.Outcome{Class: message.OutcomeAccepted, ProviderID: sent.TranID, Price: sent.Price, Raw: string(sent.Raw), Asked: true}
	if out.Price == 0 {
		parts := max(sent.Parts, 1)
		if m.Rendered.SMS != nil {
			parts = int64(m.Rendered.SMS.Parts)
		}
		out.Price = parts * s.PricePerPart
	}
	return out
}

// Close ends idle connections.
func (s *SpeedSMS) Close() error {
	s.Client.HTTP.CloseIdleConnections()
	return nil
}

// Look asks for the state of a message by SpeedSMS's id; without the id SpeedSMS cannot be asked.
func (s *SpeedSMS) Look(ctx context.Context, _, providerID, to string) (message.Receipt, bool, error) {
	if providerID == "" {
		return message.Receipt{}, false, nil
	}
	r, found, err := s.Client.Status(ctx, providerID, to)
	if err != nil || !found {
		return message.Receipt{}, false, err
	}
	rec, final := speedReceipt(r)
	rec.At = s.Now()
	return rec, final, nil
}

// speedReceipt reads a status; final is false while the message is on its way.
func speedReceipt(r speedsms.Report) (message.Receipt, bool) {
	rec := message.Receipt{ProviderID: r.TranID, Event: "status." + strconv.Itoa(r.Status)}
	switch {
	case r.Delivered():
		rec.Fact = message.FactDelivered
	case r.Failed():
		rec.Fact, rec.Code, rec.Class = message.FactFailed, speedsms.Undelivered+strconv.Itoa(r.Status), provider.Recipient
	default:
		return rec, false
	}
	return rec, true
}

// ReadSpeedSMS turns a delivery report into a receipt. SpeedSMS signs nothing and sends no key of ours: the address is the secret, and the id must be one that SpeedSMS gave us.
func ReadSpeedSMS(now func() time.Time) message.ReadHook {
	return func(_ *http.Request, _ string, body []byte) ([]message.Receipt, error) {
		r, err := speedsms.ParseReport(body)
		if err != nil {
			return nil, err
		}
		rec, final := speedReceipt(r)
		rec.Ignore, rec.At = !final, now()
		rec.Raw = `{"tranId":` + strconv.Quote(r.TranID) + `,"status":` + strconv.Itoa(r.Status) + `}`
		return []message.Receipt{rec}, nil
	}
}

// TestSpeedSMS asks for the balance: harmless, and it needs the token.
func TestSpeedSMS(ctx context.Context, c *speedsms.Client) error {
	_, err := c.Balance(ctx)
	return err
}
