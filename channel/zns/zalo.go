// Package zns carries ZNS (ZBS Template Messages) to phone numbers. Carrier: Zalo itself.
package zns

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/zalo"
)

const (
	// timeout is how long Zalo tries to deliver when the template says nothing (two hours).
	timeout = 2 * time.Hour
	// margin is added before silence counts as "not delivered": Zalo neither delivers nor charges after the template's time-out.
	margin = 10 * time.Minute
)

// Zalo sends through Zalo's own API with one OA's access token.
type Zalo struct {
	Client      *zalo.Client
	Token       string
	SendingMode string // "3" sends promotion beyond the quota
	Development bool   // only to admins of the app or the OA
	// Hash gives Zalo the hash of each phone number instead of the number.
	Hash       bool
	Connection int64     // its id
	Journeys   *Journeys // nil = none can be had
	Now        func() time.Time
}

// codeNight is Zalo's refusal of some kinds of messages between 22:00 and 06:00 in Vietnam.
const codeNight = "-133"

// untilMorning is the time to 06:05 in Vietnam, and up to ten minutes more so that not everybody starts at once; the key decides how much.
func untilMorning(now time.Time, key string) time.Duration {
	local := now.In(time.FixedZone("ICT", 7*3600))
	open := time.Date(local.Year(), local.Month(), local.Day(), 6, 5, 0, 0, local.Location())
	if !open.After(local) {
		open = open.AddDate(0, 0, 1)
	}
	spread := 0
	for _, c := range []byte(key) {
		spread = (spread*31 + int(c)) % 600
	}
	return open.Sub(local) + time.Duration(spread)*time.Second
}

// Send makes one call. Nothing makes Zalo drop a repeated tracking_id, so an unknown answer is never repeated.
func (z *Zalo) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	s := zalo.Send{Phone: strings.TrimPrefix(m.To, "+"), TemplateID: m.Content.ZNS.TemplateID, TemplateData: m.Rendered.ZNSParams, TrackingID: m.Key}
	if z.SendingMode == "3" && m.Content.ZNS.Tag == promotion { // Zalo refuses it for other kinds (-162)
		s.SendingMode = z.SendingMode
	}
	if z.Development {
		s.Mode = "development"
	}
	trip, kept := tripOf(m, z.Connection), false
	switch {
	case trip != nil && (z.Hash || z.Journeys == nil):
		return message.Outcome{Class: message.OutcomeRefused, Code: ReasonHashedJourney}
	case trip != nil:
		var err error
		if s.Journey, kept, err = z.Journeys.token(ctx, trip, func(ctx context.Context) (zalo.Journey, time.Time, error) {
			j, err := z.Client.NewJourney(ctx, z.Token, trip.phone, trip.kind)
			return j, time.Time{}, err
		}); err != nil {
			return journeyFailure(err)
		}
	case z.Hash:
		s.Phone, s.HashPhone = "", zalo.HashPhone(m.To)
	}
	sent, err := z.Client.SendTemplate(ctx, z.Token, &s)
	if err != nil {
		out := message.Failure(err)
		if kept {
			z.Journeys.again(ctx, trip, &out)
		}
		if out.Code == codeNight && out.RetryAfter == 0 {
			out.RetryAfter = untilMorning(z.Now(), m.Key)
		}
		return out
	}
	return message.Outcome{Class: message.OutcomeAccepted, ProviderID: sent.MessageID, Price: m.Content.ZNS.PriceVND, Raw: string(sent.Raw), Asked: true}
}

// Close ends idle connections.
func (z *Zalo) Close() error {
	z.Client.HTTP.CloseIdleConnections()
	return nil
}

// SilenceMeansFailed is the longest template time-out and a margin.
func (z *Zalo) SilenceMeansFailed() time.Duration { return timeout + margin }

// Look asks for a message by Zalo's id. Without the id, because the answer was lost, Zalo cannot be asked.
func (z *Zalo) Look(ctx context.Context, _, providerID, to string) (message.Receipt, bool, error) {
	if providerID == "" {
		return message.Receipt{}, false, nil
	}
	phone := strings.TrimPrefix(to, "+")
	if z.Hash { // the number is optional here, and is not given away
		phone = ""
	}
	s, err := z.Client.MessageStatus(ctx, z.Token, providerID, phone)
	if err != nil {
		return message.Receipt{}, false, err
	}
	if s.Status != 1 {
		return message.Receipt{}, false, nil
	}
	return message.Receipt{ProviderID: providerID, Fact: message.FactDelivered, At: clock.FromMillis(s.DeliveryTime), Event: "message/status"}, true, nil
}

// Read checks a webhook's signature and turns it into receipts. other reads the events that are not about messages to phone numbers; nil keeps them without any effect.
func Read(appID, secret, oa string, now func() time.Time, other func(e *zalo.Event, oa string, rec message.Receipt) []message.Receipt) message.ReadHook {
	return func(r *http.Request, _ string, body []byte) ([]message.Receipt, error) {
		if !zalo.VerifySignature(appID, secret, body, r.Header.Get(zalo.SignatureHeader)) {
			return nil, message.ErrForged
		}
		e, err := zalo.ParseEvent(body)
		if err != nil {
			return nil, err
		}
		if e.AppID != "" && e.AppID != appID {
			return nil, message.ErrForged
		}
		rec := message.Receipt{Key: e.TrackingID, ProviderID: e.MessageID, Event: e.Name, Raw: string(body), At: clock.FromMillis(e.Timestamp), Ignore: true}
		if old := now().Sub(rec.At); old > 24*time.Hour || old < -24*time.Hour {
			return []message.Receipt{rec}, nil // a replay, or a clock that is far off: kept for people
		}
		for _, id := range []string{e.OAID, e.Sender, e.Recipient} {
			if id == oa {
				rec.Ignore = false
			}
		}
		switch {
		case e.Name == "user_received_message" && (e.TrackingID != "" || e.DeliveryTime != 0):
			rec.Fact, rec.Ignore = message.FactDelivered, false
			if e.DeliveryTime != 0 {
				rec.At = clock.FromMillis(e.DeliveryTime)
			}
		case e.Name == "user_feedback", e.Name == "user_click_response_button":
			rec.Fact, rec.Ignore = message.FactDelivered, false // who answers has received it
			if e.SubmitTime != 0 {
				rec.At = clock.FromMillis(e.SubmitTime)
			}
			if e.Name == "user_feedback" {
				rec.Rating = &message.Rating{Stars: int(e.Rate), Note: e.Note, Choices: e.Feedbacks, At: rec.At}
			}
		default:
			rec.Ignore = true
			if other != nil {
				return other(&e, oa, rec), nil
			}
		}
		return []message.Receipt{rec}, nil
	}
}

// Test asks for the quota: harmless, and it needs everything that sending needs.
func Test(ctx context.Context, c *zalo.Client, token string) error {
	_, err := c.Quota(ctx, token)
	return err
}
