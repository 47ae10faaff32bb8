package email

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/mailhook"
	"github.com/loa-project/loa/provider/smtp"
)

// Hook is what a connection's callbacks are read by: report mails that a mail server pipes to us, and the webhooks of one mail service.
type Hook struct {
	VERPSecret []byte
	Now        func() time.Time
	Service    mailhook.Service // "" = none: only report mails are read
	Amazon     *mailhook.Amazon // of SES
	Key        *ecdsa.PublicKey // of SendGrid
	Secret     string           // of Mailgun (signing key) and Postmark (password)
	Username   string           // of Postmark
	// Claim remembers a token of Mailgun with its event and says whether it is new or came with the same event.
	Claim func(ctx context.Context, token string, event []byte) (bool, error)
}

// Read gives the reader of callbacks. A body of type message/rfc822 is a report mail; everything else is the service's, where there is one.
func (h *Hook) Read() message.ReadHook {
	report := Read(h.VERPSecret, h.Now)
	return func(r *http.Request, rest string, body []byte) ([]message.Receipt, error) {
		if r.Method != http.MethodPost {
			return nil, message.ErrForged
		}
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if h.Service == "" || kind == "message/rfc822" {
			return report(r, rest, body)
		}
		events, err := h.events(r, body)
		switch {
		case errors.Is(err, mailhook.ErrForged):
			return nil, message.ErrForged
		case errors.Is(err, mailhook.ErrUnreadable):
			if h.Service == mailhook.SES { // not even its signature could be looked for
				return nil, message.ErrForged
			}
			return nil, err
		case err != nil:
			return nil, fmt.Errorf("%w: %w", message.ErrLater, err)
		}
		now := h.Now()
		out := make([]message.Receipt, len(events))
		for i := range events {
			out[i] = receipt(h.Service, &events[i], now)
		}
		return out, nil
	}
}

func (h *Hook) events(r *http.Request, body []byte) ([]mailhook.Event, error) {
	switch h.Service {
	case mailhook.SES:
		return h.Amazon.Read(r.Context(), body)
	case mailhook.SendGrid:
		return mailhook.ReadSendGrid(h.Key, r.Header, body, h.Now())
	case mailhook.Mailgun:
		return mailhook.ReadMailgun(h.Secret, body, h.Now(), func(token string, event []byte) (bool, error) { return h.Claim(r.Context(), token, event) })
	case mailhook.Postmark:
		return mailhook.ReadPostmark(h.Username, h.Secret, r, body)
	}
	return nil, mailhook.ErrForged
}

// facts are what a service's words mean for the ledger. What is missing changes nothing.
var facts = map[mailhook.Kind]message.Fact{
	mailhook.Delivered: message.FactDelivered, mailhook.Bounced: message.FactBounced, mailhook.Refused: message.FactFailed, mailhook.Opened: message.FactOpened, mailhook.Clicked: message.FactClicked,
	mailhook.Complained: message.FactComplained, mailhook.Unsubscribed: message.FactUnsubscribed,
}

// receipt puts an event into our words. An opening or a click by a machine is kept and changes nothing; a bounce that is not for good does not close the address. A time that is missing, has
// not come yet or was before 1970 is now.
func receipt(service mailhook.Service, e *mailhook.Event, now time.Time) message.Receipt {
	rec := message.Receipt{Key: e.Key, At: e.At, Code: e.Code, Class: e.Class, Detail: e.Detail, Event: string(service) + "." + e.Word, Raw: "service=" + string(service) + " event=" + e.Word + " id=" + e.ID + " code=" + e.Code}
	if rec.Key == "" {
		rec.Key, _, _ = strings.Cut(e.MessageID, "@")
	}
	if rec.At.Unix() <= 0 || rec.At.After(now) {
		rec.At = now
	}
	fact, known := facts[e.Kind]
	rec.Fact, rec.Ignore = fact, !known
	switch {
	case e.Kind == mailhook.Bounced && !e.Hard && e.Class == provider.Recipient:
		rec.Class = provider.Temporary
	case e.Kind == mailhook.Opened || e.Kind == mailhook.Clicked:
		if e.Machine || e.Agent != "" && message.Machine(e.Agent, e.Kind == mailhook.Opened) {
			rec.Ignore = true
			rec.Event += ".machine"
		}
	}
	return rec
}

// Read turns a report mail (bounce, delivery notice, complaint), posted as message/rfc822, into a receipt. The return path names the message and carries a MAC, so that a mail that
// anybody can write finds nothing.
func Read(verpSecret []byte, now func() time.Time) message.ReadHook {
	return func(_ *http.Request, _ string, body []byte) ([]message.Receipt, error) {
		rec, err := Report(verpSecret, nil, body, now())
		if err != nil {
			return nil, err
		}
		return []message.Receipt{rec}, nil
	}
}

// Report reads one report mail that came at now to the envelope addresses to, which may be missing. The key of the receipt is empty when the mail is about none of ours.
func Report(verpSecret []byte, to []string, body []byte, now time.Time) (message.Receipt, error) {
	r, err := smtp.ParseReport(body)
	if err != nil {
		return message.Receipt{}, err
	}
	rec := message.Receipt{Event: string(r.Kind), At: now, Code: r.Status, Class: r.Class, Detail: r.Diagnostic, Raw: summary(&r)}
	for _, a := range append(append([]string{}, to...), r.VERPTo...) {
		if key, ok := smtp.ParseVERP(verpSecret, a); ok {
			rec.Key = key
			break
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
	case smtp.KindOptOut:
		rec.Fact = message.FactUnsubscribed
	default:
		rec.Ignore = true
	}
	return rec, nil
}

var feedbackType = regexp.MustCompile(`^[a-z-]{1,30}$`)

// summary keeps what a report says without the addresses in it.
func summary(r *smtp.Report) string {
	out := "kind=" + string(r.Kind) + " status=" + r.Status
	if feedbackType.MatchString(r.FeedbackType) { // who writes the report writes this word
		out += " feedback=" + r.FeedbackType
	}
	return out
}
