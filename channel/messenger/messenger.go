// Package messenger carries Messenger messages of one Facebook Page.
package messenger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/messenger"
	"github.com/loa-project/loa/template"
)

// kind is the kind of address: a page-scoped id.
const kind = "messenger"

// holdPage is the reason of a hold for a Page that Facebook restricts.
const holdPage = "page"

// What Facebook does to a Page that breaks its rules, and takes back. A third word is "warning". Source: developers.facebook.com, Messenger Platform, "messaging_policy_enforcement".
const (
	ActionBlock   = "block"
	ActionUnblock = "unblock"
)

// Page sends with one Page's access token.
type Page struct {
	Client  *messenger.Client
	Token   string
	Utility bool // the Page may send utility templates
}

// Send makes one call. Our key goes along as metadata, which the echo brings back, and in front of the payload of every button.
func (p *Page) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	r := m.Rendered.Messenger
	if r == nil {
		return message.Outcome{Class: message.OutcomeRefused, Code: message.ReasonRender, Detail: "no Messenger content"}
	}
	if r.MessagingType == messenger.Utility && !p.Utility {
		return message.Outcome{Class: message.OutcomeRefused, Code: "messenger.utility_off"}
	}
	sent, err := p.Client.Send(ctx, p.Token, build(m.To, m.Key, r))
	if err != nil {
		out := message.Failure(err)
		var e *provider.Error
		if errors.As(err, &e) && messenger.PageBlocked(e.Code) {
			out.Hold = holdPage
		}
		return out
	}
	return message.Outcome{Class: message.OutcomeAccepted, ProviderID: sent.MessageID, Raw: string(sent.Raw), Asked: true}
}

// Close ends idle connections.
func (p *Page) Close() error {
	p.Client.HTTP.CloseIdleConnections()
	return nil
}

// build writes a finished message in Meta's words.
func build(to, key string, r *template.MessengerRendered) *messenger.Send {
	s := &messenger.Send{Recipient: messenger.Recipient{ID: to}, MessagingType: r.MessagingType, Message: messenger.Message{Metadata: key}}
	if r.MessagingType == messenger.HumanAgent {
		s.MessagingType, s.Tag = messenger.MessageTag, messenger.HumanAgent
	}
	m := &s.Message
	switch {
	case r.Utility != nil:
		m.Template = utility(key, r.Utility)
	case len(r.Cards) > 0:
		p := messenger.Payload{TemplateType: "generic"}
		for i := range r.Cards {
			c := &r.Cards[i]
			e := messenger.Element{Title: c.Title, Subtitle: c.Subtitle, ImageURL: c.Image, Buttons: buttons(key, c.Buttons)}
			if c.URL != "" {
				e.Action = &messenger.Button{Type: "web_url", URL: c.URL}
			}
			p.Elements = append(p.Elements, e)
		}
		m.Attachment = &messenger.Attachment{Type: "template", Payload: p}
	case r.Image != "":
		m.Attachment = &messenger.Attachment{Type: "image", Payload: messenger.Payload{URL: r.Image, Reusable: true}}
	case len(r.Buttons) > 0:
		m.Attachment = &messenger.Attachment{Type: "template", Payload: messenger.Payload{TemplateType: "button", Text: r.Text, Buttons: buttons(key, r.Buttons)}}
	default:
		m.Text = r.Text
	}
	for _, q := range r.QuickReplies {
		m.QuickReplies = append(m.QuickReplies, messenger.QuickReply{ContentType: "text", Title: q.Title, Payload: mark(key, q.Payload)})
	}
	return s
}

func buttons(key string, list []template.MessengerButton) []messenger.Button {
	var out []messenger.Button
	for _, b := range list {
		x := messenger.Button{Type: b.Type, Title: b.Title, URL: b.URL, Payload: b.Payload}
		if b.Type == "postback" {
			x.Payload = mark(key, b.Payload)
		}
		out = append(out, x)
	}
	return out
}

func utility(key string, u *template.MessengerUtility) *messenger.Approved {
	a := &messenger.Approved{Name: u.Name, Language: messenger.Language{Code: u.Language}}
	body := messenger.Component{Type: "body"}
	names := slices.Sorted(maps.Keys(u.Params))
	if u.Positional { // "10" comes after "9"
		slices.SortFunc(names, func(a, b string) int {
			if len(a) != len(b) {
				return len(a) - len(b)
			}
			return strings.Compare(a, b)
		})
	}
	for _, n := range names {
		p := messenger.Parameter{Type: "text", Text: u.Params[n]}
		if !u.Positional {
			p.Name = n
		}
		body.Parameters = append(body.Parameters, p)
	}
	if len(body.Parameters) > 0 {
		a.Components = append(a.Components, body)
	}
	press := messenger.Component{Type: "buttons"}
	for i, b := range u.Buttons {
		if slices.Contains(u.URLButtons, i) {
			press.Parameters = append(press.Parameters, messenger.Parameter{Type: "URL", URL: b})
		} else {
			press.Parameters = append(press.Parameters, messenger.Parameter{Type: "POSTBACK", Payload: mark(key, b)})
		}
	}
	if len(press.Parameters) > 0 {
		a.Components = append(a.Components, press)
	}
	return a
}

// mark puts our key in front of the author's payload, so that pressing the button tells which message it stood under.
func mark(key, payload string) string { return "loa:" + key + ":" + payload }

// unmark takes a payload apart; key is "" when it is not one of ours.
func unmark(payload string) (key, rest string) {
	marked, found := strings.CutPrefix(payload, "loa:")
	if !found {
		return "", payload
	}
	key, rest, found = strings.Cut(marked, ":")
	if !found {
		return "", payload
	}
	return key, rest
}

// Read answers the handshake of a subscription, checks a webhook's signature on its raw bytes, and turns its items into receipts. What concerns no message of ours is kept and changes
// nothing, except that who speaks becomes a contact and may be written to for 24 hours.
//
// enforce hears what Facebook does to the Page, before the webhook is answered; when it fails the webhook comes again. It may be nil.
func Read(appSecret, verifyToken, page string, now func() time.Time, enforce func(ctx context.Context, action, reason string) error) message.ReadHook {
	return func(r *http.Request, _ string, body []byte) ([]message.Receipt, error) {
		if r.Method == http.MethodGet {
			if answer, ok := messenger.Challenge(r.URL.Query(), verifyToken); ok {
				return nil, message.Answer(answer)
			}
			return nil, message.ErrForged
		}
		if !messenger.VerifySignature(appSecret, body, r.Header.Get(messenger.SignatureHeader)) {
			return nil, message.ErrForged
		}
		events, err := messenger.ParseWebhook(body)
		if err != nil {
			return nil, err
		}
		var out []message.Receipt
		for i := range events {
			if e := &events[i]; e.Kind == messenger.KindPolicy && e.Page == page && enforce != nil {
				if err := enforce(r.Context(), e.Action, e.Reason); err != nil {
					return nil, fmt.Errorf("%w: %w", message.ErrLater, err)
				}
			}
			out = append(out, receipts(&events[i], page, now())...)
		}
		return out, nil
	}
}

// receipts are what one item says: about a message, about the conversation, or both.
func receipts(e *messenger.Event, page string, now time.Time) []message.Receipt {
	r := message.Receipt{Event: e.Kind, At: clock.FromMillis(e.At), Ignore: true, Raw: string(e.Raw)}
	if e.At <= 0 || r.At.After(now) {
		r.At = now
	}
	if e.Page != page || e.Person == "" || e.Person == page {
		return []message.Receipt{r} // another Page of the same app, or nobody
	}
	r.Chat = &message.Chat{Kind: kind, Scope: page, Value: e.Person, Spoke: e.OpensWindow()}
	list := func(facts ...message.Fact) []message.Receipt {
		var out []message.Receipt
		for i, f := range facts {
			x := r
			if i > 0 {
				x.Chat = nil
			}
			x.Fact, x.Ignore = f, false
			out = append(out, x)
		}
		return out
	}
	switch e.Kind {
	case messenger.KindEcho:
		if e.Metadata == "" {
			return []message.Receipt{r} // a person wrote it in the Page's inbox
		}
		r.Key = e.Metadata
		return list(message.FactAccepted)
	case messenger.KindDelivery:
		r.Chat.Delivered = until(e.Watermark, now)
		out := []message.Receipt{r}
		for _, id := range e.MessageIDs {
			out = append(out, message.Receipt{ProviderID: id, Fact: message.FactDelivered, Loose: true, Event: e.Kind, At: r.At, Raw: r.Raw})
		}
		return out
	case messenger.KindRead:
		r.Chat.Read = until(e.Watermark, now)
	case messenger.KindPostback:
		if r.Key, _ = unmark(e.Payload); r.Key != "" {
			return list(message.FactClicked)
		}
	case messenger.KindMessage:
		if r.Key, _ = unmark(e.QuickReply); r.Key != "" {
			return list(message.FactClicked, message.FactAnswered)
		}
	}
	return []message.Receipt{r}
}

// until is the time of a watermark. One that has not come yet must not cover what is still to be sent.
func until(watermark int64, now time.Time) time.Time {
	switch at := clock.FromMillis(watermark); {
	case watermark <= 0:
		return time.Time{}
	case at.After(now):
		return now
	default:
		return at
	}
}

// Test asks for the Page behind the token: harmless, and it needs what sending needs. A token of another Page is refused here, before it sends in a wrong name.
func Test(ctx context.Context, c *messenger.Client, token string) error {
	p, err := c.Page(ctx, token)
	if err != nil {
		return err
	}
	if p.ID != c.PageID {
		return &provider.Error{Provider: "messenger", Code: "100/33", Class: provider.Auth, Message: fmt.Sprintf("the token answers for %s", p.ID)}
	}
	return nil
}
