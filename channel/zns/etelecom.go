package zns

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/etelecom"
	"github.com/loa-project/loa/provider/zalo"
)

// ETelecom sends through eTelecom with one key, in the name of one OA.
type ETelecom struct {
	Client      *etelecom.Client
	OAID        string
	SendingMode string // "tag3" sends promotion beyond the quota
	Development bool   // only to admins of the app or the OA
	Connection  int64  // its id
	Journeys    *Journeys
	Now         func() time.Time
}

// Send makes one call. Nothing promises that eTelecom drops a repeated tracking_id, so an unknown answer is looked up and never repeated.
func (e *ETelecom) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	z := etelecom.ZNS{OAID: e.OAID, Phone: m.To, TemplateID: m.Content.ZNS.TemplateID, Data: m.Rendered.ZNSParams, TrackingID: m.Key, Development: e.Development}
	if e.SendingMode == "tag3" && m.Content.ZNS.Tag == promotion { // Zalo refuses it for other kinds (-162)
		z.SendingMode = e.SendingMode
	}
	trip, kept := tripOf(m, e.Connection), false
	if trip != nil && e.Journeys != nil {
		var err error
		if z.Journey, kept, err = e.Journeys.token(ctx, trip, func(ctx context.Context) (zalo.Journey, time.Time, error) {
			j, err := e.Client.CreateJourney(ctx, e.OAID, m.To, trip.kind)
			return zalo.Journey{Token: j.ID, ID: j.ID}, j.Expires, err
		}); err != nil {
			out := journeyFailure(err)
			out.Raw = string(withoutPhone([]byte(out.Raw)))
			return out
		}
	}
	sent, err := e.Client.Send(ctx, &z)
	if err != nil {
		out := message.Failure(err)
		if kept {
			e.Journeys.again(ctx, trip, &out)
		}
		out.Raw = string(withoutPhone([]byte(out.Raw)))
		if out.Code == codeNight && out.RetryAfter == 0 {
			out.RetryAfter = untilMorning(e.Now(), m.Key)
		}
		return out
	}
	out := message.Outcome{Class: message.OutcomeAccepted, ProviderID: sent.ZaloID, Price: m.Content.ZNS.PriceVND, Raw: string(withoutPhone(sent.Raw)), Asked: true}
	if out.ProviderID == "" {
		out.ProviderID = sent.ID
	}
	if sent.Fee > 0 {
		out.Price = sent.Fee
	}
	if e.Development {
		out.Price = 0
	}
	return out
}

// Close ends idle connections.
func (e *ETelecom) Close() error {
	e.Client.HTTP.CloseIdleConnections()
	return nil
}

// Look asks for a message by our key, also when the answer with eTelecom's id was lost.
func (e *ETelecom) Look(ctx context.Context, key, _, _ string) (message.Receipt, bool, error) {
	m, found, err := e.Client.Find(ctx, e.OAID, key)
	if err != nil || !found {
		return message.Receipt{}, false, err
	}
	r := receiptOf(&m, e.Now())
	r.Event = "Zalo/ListMessages"
	return r, !r.Ignore, nil
}

// receiptOf reads the state of a message: N failed, received or seen delivered, P taken by Zalo. Z says nothing yet.
func receiptOf(m *etelecom.Message, now time.Time) message.Receipt {
	r := message.Receipt{Key: m.Tracking, At: now, Raw: string(withoutPhone(m.Raw))}
	if m.Stars > 0 {
		r.Rating = &message.Rating{Stars: m.Stars, Note: m.Note, Choices: m.Choices, At: now}
		if !m.RatedAt.IsZero() && m.RatedAt.Before(now) {
			r.Rating.At = m.RatedAt
		}
	}
	switch {
	case m.Delivery == "received" || m.Delivery == "seen" || m.Stars > 0: // who answers has received it
		r.Fact = message.FactDelivered
		if !m.At.IsZero() && m.At.Before(now) {
			r.At = m.At
		}
	case m.Status == "N" || m.Code != "":
		r.Fact, r.Code, r.Detail = message.FactFailed, m.Code, m.Text
		if r.Code == "" {
			r.Code = etelecom.CodeRefused
		}
		if r.Class = ExplainETelecom(r.Code).Class; r.Class == "" {
			r.Class = provider.Unknown
		}
	case m.Status == "P":
		r.Fact = message.FactAccepted
	default:
		r.Ignore = true
	}
	return r
}

// ReadETelecom turns a webhook into receipts. eTelecom signs nothing: the address itself is the secret, and our key, which nobody can guess, names the message; a receipt without it changes
// nothing.
func ReadETelecom(oa string, now func() time.Time) message.ReadHook {
	return func(_ *http.Request, _ string, body []byte) ([]message.Receipt, error) {
		list, err := etelecom.ParseWebhook(body)
		if errors.Is(err, etelecom.ErrWebhook) {
			return nil, err
		}
		out := make([]message.Receipt, 0, len(list))
		for i := range list {
			r := receiptOf(&list[i].Message, now())
			r.Event = "zl_oa_message"
			r.Ignore = r.Ignore || r.Key == "" || list[i].OAID != "" && list[i].OAID != oa
			out = append(out, r)
		}
		return out, err
	}
}

// withoutPhone takes the person's number out of a message before it is kept.
func withoutPhone(raw []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	for _, name := range []string{"phone", "template_data", "zl_user_id", "sms"} {
		delete(fields, name)
	}
	out, err := json.Marshal(fields)
	if err != nil {
		return nil
	}
	return out
}

// ExplainETelecom gives the cause of a code that came through eTelecom: its own words, or Zalo's numbers.
func ExplainETelecom(code string) provider.Cause {
	if len(code) > 1 && code[0] == '-' {
		return zalo.Explain(code)
	}
	return etelecom.Explain(code)
}

// TestETelecom lists one OA: harmless, and it needs the key.
func TestETelecom(ctx context.Context, c *etelecom.Client) error { return c.Ping(ctx) }
