package sms

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/loa-project/loa/internal/phone"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/esms"
)

const (
	// advertPath ends the address that reports of adverts come to: they name numbers of a batch and none of our keys.
	advertPath = "ads"
	// pending marks the reference of a batch whose SMSID is not known because the answer was lost.
	pending = "?"
	// learnt is how long what was read of a batch is good; a batch is read once for all its people.
	learnt = time.Minute
	// listed is how far back, and listPages how many pages of 500, a batch without an answer is looked for.
	listed    = 26 * time.Hour
	listPages = 40
)

// ESMSAdverts sends advertising under one brandname, in batches of 30 to 5,000 people with the same text. People approve each batch before it goes out.
type ESMSAdverts struct {
	Client       *esms.Client
	Brandname    string
	Sandbox      bool  // eSMS only checks
	PricePerPart int64 // VND, 0 = not known
	// HookURL is the connection's own address, "" = reports are only asked for.
	HookURL string
	Now     func() time.Time

	mu      sync.Mutex
	batches map[string]*known
	rows    []esms.Row
	readAt  time.Time
}

// known is what eSMS said about a batch.
type known struct {
	at      time.Time
	report  esms.Report
	numbers map[string]esms.Receiver // by "0…"
}

// Batch is what eSMS takes in a call.
func (*ESMSAdverts) Batch() (least, most int) { return esms.MinBatch, esms.MaxBatch }

// Send refuses a single message: eSMS takes adverts in batches only (107).
func (*ESMSAdverts) Send(context.Context, *message.Outgoing) message.Outcome {
	return message.Outcome{Class: message.OutcomeRefused, Code: message.ReasonTooFew}
}

// SendBatch makes one call. Its RequestId is our key of the first message, so that eSMS drops a repeat; but a batch whose answer was lost is looked for and never sent again, because its people
// would not be found together a second time.
func (s *ESMSAdverts) SendBatch(ctx context.Context, ms []*message.Outgoing) []message.Outcome {
	first := ms[0]
	b := esms.Batch{Content: first.Rendered.Text, Brandname: first.Content.SMS.Brandname, Unicode: first.Content.SMS.Unicode, Sandbox: s.Sandbox, RequestID: first.Key, Campaign: label(ms)}
	if b.Brandname == "" {
		b.Brandname = s.Brandname
	}
	if s.HookURL != "" {
		b.CallbackURL = s.HookURL + "/" + advertPath
	}
	for _, m := range ms {
		b.Phones = append(b.Phones, m.To)
	}
	sent, err := s.Client.SendBatch(ctx, &b)
	outs := make([]message.Outcome, len(ms))
	for i, m := range ms {
		switch {
		case err != nil:
			if outs[i] = message.Failure(err); outs[i].Class == provider.Unknown {
				outs[i].ProviderID = pending + b.RequestID
			}
		case s.Sandbox:
			outs[i] = checked(string(sent.Raw))
		case sent.SMSID == "": // a repeat that was taken before: its number comes with the list of what was sent
			outs[i] = message.Outcome{Class: message.OutcomeAccepted, ProviderID: pending + b.RequestID, Code: "124", Raw: string(sent.Raw), Asked: true}
		default:
			outs[i] = message.Outcome{Class: message.OutcomeAccepted, ProviderID: reference(sent.SMSID, m.To), Raw: string(sent.Raw), Asked: true}
		}
		if outs[i].Class == message.OutcomeAccepted {
			parts := int64(1)
			if m.Rendered.SMS != nil {
				parts = int64(m.Rendered.SMS.Parts)
			}
			outs[i].Price = parts * s.PricePerPart
		}
	}
	return outs
}

// label is what the gateway's list of sent messages gives back: our key of the batch and the messages that it may hold.
func label(ms []*message.Outgoing) string {
	low, high := ms[0].Leg, ms[0].Leg
	for _, m := range ms {
		low, high = min(low, m.Leg), max(high, m.Leg)
	}
	return fmt.Sprintf("loa %s %d-%d", ms[0].Key, low, high)
}

// ours reports whether a label is of the batch with this key or, when the key is not known, of one that may hold the message of one of our keys.
func ours(text, batch, key string) bool {
	part := strings.Fields(text)
	if len(part) != 3 || part[0] != "loa" {
		return false
	}
	if batch != "" {
		return part[1] == batch
	}
	workspace, leg := legOf(key)
	other, _ := legOf(part[1])
	low, high, ok := strings.Cut(part[2], "-")
	from, err1 := strconv.ParseInt(low, 10, 64)
	to, err2 := strconv.ParseInt(high, 10, 64)
	return ok && err1 == nil && err2 == nil && leg > 0 && workspace == other && from <= leg && leg <= to
}

// legOf reads workspace and message out of a key of ours, which the engine has made; 0 when it is none.
func legOf(key string) (workspace, leg int64) {
	rest, ok := strings.CutPrefix(key, "w")
	w, rest, ok2 := strings.Cut(rest, "l")
	l, _, ok3 := strings.Cut(rest, "a")
	workspace, err1 := strconv.ParseInt(w, 10, 64)
	leg, err2 := strconv.ParseInt(l, 10, 64)
	if !ok || !ok2 || !ok3 || err1 != nil || err2 != nil {
		return 0, 0
	}
	return workspace, leg
}

// reference is one number's part of a batch, without the number.
func reference(smsID, to string) string {
	sum := sha256.Sum256([]byte(esms.Domestic(to)))
	return smsID + "/" + hex.EncodeToString(sum[:6])
}

// Close ends idle connections.
func (s *ESMSAdverts) Close() error {
	s.Client.HTTP.CloseIdleConnections()
	return nil
}

// Look tells what became of one person of a batch: by its SMSID, else by the list of what was sent.
func (s *ESMSAdverts) Look(ctx context.Context, key, providerID, to string) (message.Receipt, bool, error) {
	smsID, _, whole := strings.Cut(providerID, "/")
	if !whole {
		return s.search(ctx, strings.TrimPrefix(providerID, pending), key, to)
	}
	k, err := s.batch(ctx, smsID)
	if err != nil {
		return message.Receipt{}, false, err
	}
	rec := message.Receipt{ProviderID: providerID, At: s.Now(), Event: "receivers"}
	if k.report.Status == esms.StatusRefused { // nobody of the batch got anything
		rec.Event, rec.Fact, rec.Code = "status."+strconv.Itoa(k.report.Status), message.FactFailed, k.report.Failure()
		rec.Class = classOf(rec.Code)
		return rec, true, nil
	}
	r, ok := k.numbers[esms.Domestic(to)]
	switch {
	case !ok || !r.Sent:
		return rec, false, nil
	case r.Good:
		rec.Fact = message.FactDelivered
	default:
		rec.Fact, rec.Code = message.FactFailed, esms.Report{Status: esms.StatusFinished, Failed: 1}.Failure()
		rec.Class = classOf(rec.Code)
	}
	return rec, true, nil
}

func classOf(code string) provider.Class {
	if c := esms.Explain(code).Class; c != "" {
		return c
	}
	return provider.Recipient
}

// batch reads a batch, at most once a minute.
func (s *ESMSAdverts) batch(ctx context.Context, smsID string) (*known, error) {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock() // the others of the batch wait for the same answer
	if k := s.batches[smsID]; k != nil && now.Sub(k.at).Abs() < learnt {
		return k, nil
	}
	k := &known{at: now, numbers: map[string]esms.Receiver{}}
	var err error
	if k.report, err = s.Client.Status(ctx, smsID); err != nil {
		return nil, err
	}
	if k.report.Status == esms.StatusFinished || k.report.Status == esms.StatusSent {
		list, err := s.Client.Receivers(ctx, smsID)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			k.numbers[r.Phone] = r
		}
	}
	if s.batches == nil || len(s.batches) > 100 {
		s.batches = map[string]*known{}
	}
	s.batches[smsID] = k
	return k, nil
}

// search looks for a message in the list of what was sent. Two that fit are none: a guess would settle somebody else's message.
func (s *ESMSAdverts) search(ctx context.Context, batch, key, to string) (message.Receipt, bool, error) {
	rows, err := s.listing(ctx)
	if err != nil {
		return message.Receipt{}, false, err
	}
	var found *esms.Row
	for i := range rows {
		if r := &rows[i]; esms.Domestic(r.Phone) == esms.Domestic(to) && ours(r.Campaign, batch, key) {
			if found != nil {
				return message.Receipt{}, false, nil
			}
			found = r
		}
	}
	if found == nil {
		return message.Receipt{}, false, nil
	}
	rec := message.Receipt{ProviderID: reference(found.SMSID, to), At: s.Now(), Event: "listing", Fact: message.FactAccepted}
	switch {
	case found.Result == 1:
		rec.Fact = message.FactDelivered
	case found.Result == 0 || found.Status == esms.StatusRefused:
		rec.Fact, rec.Code = message.FactFailed, esms.Report{Status: found.Status, Failed: 1}.Failure()
		rec.Class = classOf(rec.Code)
	}
	return rec, true, nil
}

// listing reads the adverts of the last day, at most once a minute.
func (s *ESMSAdverts) listing(ctx context.Context) ([]esms.Row, error) {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.readAt.IsZero() && now.Sub(s.readAt).Abs() < learnt {
		return s.rows, nil
	}
	var all []esms.Row
	for page := 1; page <= listPages; page++ {
		rows, total, err := s.Client.Listing(ctx, esms.AdvertSMS, now.Add(-listed), now.Add(time.Minute), page, 500)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if len(rows) < 500 || len(all) >= total {
			break
		}
	}
	s.rows, s.readAt = all, now
	return all, nil
}

// readAdvert turns a report about a batch into a receipt. It names one number, or nobody: then the batch is asked for later.
func readAdvert(c *esms.Callback, q url.Values, now time.Time) message.Receipt {
	rec, final := receipt(&c.Report)
	rec.At, rec.Raw, rec.ProviderID = now, redact(q), ""
	rec.Ignore = !final || c.Phone == "" || c.Receivers > 1
	if !rec.Ignore {
		rec.ProviderID = reference(c.SMSID, c.Phone)
	}
	return rec
}

// charged is what the gateway charges for one message whose number is with another network than its first digits say: our own reckoning went by these.
func charged(c *esms.Callback) int64 {
	guess := phone.Carrier("+84" + strings.TrimPrefix(esms.Domestic(c.Phone), "0"))
	if real := esms.Carrier(strconv.Itoa(c.Carrier)); c.Receivers > 1 || real == "" || real == guess {
		return 0
	}
	return c.Price
}

// TestAdverts asks for the sender names: the brandname must be registered for advertising, which is apart from customer care.
func TestAdverts(ctx context.Context, c *esms.Client, brandname string) error {
	list, err := c.Brandnames(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(b esms.Brandname) bool { return b.Name == brandname && b.Type == esms.AdvertSMS }) {
		return nil
	}
	return &provider.Error{Provider: "esms", Code: "104", Message: "brandname is not registered for advertising", Class: provider.Auth}
}
