// Package aicall makes automatic calls: a voice reads a script, and the person may press keys. Carrier: Stringee.
//
// Stringee charges calls that somebody answered, so the price is booked with the answer. A call is delivered ("Đã nhận") when the carrier took it on, and answered ("Đã nghe") when somebody picked up. One that nobody answered stays delivered, with how it ended as its reason.
package aicall

import (
	"context"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/stringee"
	"github.com/loa-project/loa/template"
)

// Voice is how texts are read where content does not say it.
type Voice struct {
	Name  string // "" is Stringee's own choice
	Speed int    // -3 to 3
}

// Stringee calls people from one number.
type Stringee struct {
	Client       *stringee.Client
	From         string // E.164 or digits with country code
	Voice        Voice
	PricePerCall int64  // VND of a call that is answered, 0 = not known
	HookURL      string // of the connection; our key and the count of tries are put behind it for key presses
}

// Send places one call. Stringee takes no key of ours with a call, so a lost answer is looked for in its log and never repeated: the telephone may be ringing.
func (s *Stringee) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	r := m.Rendered.AICall
	if r == nil || m.Content == nil || m.Content.AICall == nil {
		return message.Outcome{Class: message.OutcomeRefused, Code: message.ReasonRender, Detail: "no call"}
	}
	placed, err := s.Client.Place(ctx, &stringee.Call{From: s.From, To: m.To, Actions: script(r, m.Content.AICall, s.Voice, s.HookURL+"/"+m.Key)})
	if err != nil {
		out := message.Failure(err)
		out.Price, out.OnAnswer = s.PricePerCall, true // the telephone may be ringing all the same
		return out
	}
	return message.Outcome{Class: message.OutcomeAccepted, Delivered: true, ProviderID: placed.CallID, Price: s.PricePerCall, OnAnswer: true, Raw: string(placed.Raw), Asked: true}
}

// Close ends idle connections.
func (s *Stringee) Close() error {
	s.Client.HTTP.CloseIdleConnections()
	return nil
}

// script writes a finished call in Stringee's words. hook is where pressed keys are told.
func script(r *template.AICallRendered, c *template.AICallContent, v Voice, hook string) []stringee.Action {
	v = v.of(c)
	out := []stringee.Action{v.talk(r.Script, r.Times, c.Keys != nil)}
	if c.Keys != nil {
		out = append(out, v.ask(c.Keys, r.Prompt, hook, 0)...)
	}
	return out
}

// of is the voice of content: its own where it says one.
func (v Voice) of(c *template.AICallContent) Voice {
	if c.Voice != "" {
		v.Name = c.Voice
	}
	if c.Speed != nil {
		v.Speed = *c.Speed
	}
	return v
}

func (v Voice) talk(text string, times int, mayPress bool) stringee.Action {
	a := stringee.Action{Action: "talk", Text: text, Voice: v.Name, Speed: v.Speed, BargeIn: mayPress}
	if times > 1 {
		a.Loop = times
	}
	return a
}

// ask reads the prompt and waits for a key; tries is how often it was read before.
func (v Voice) ask(k *template.AICallKeys, prompt, hook string, tries int) []stringee.Action {
	hash := false
	return []stringee.Action{v.talk(prompt, 1, true),
		{Action: "input", EventURL: hook + "?" + triesName + "=" + digit(tries), SubmitOnHash: &hash, TimeoutSecond: k.Wait(), MaxDigits: k.Most()}}
}

// triesName is the parameter of our address for key presses that counts how often the prompt was read again.
const triesName = "n"

func digit(n int) string { return string(rune('0' + min(max(n, 0), 9))) }

// logged is how many calls of the log are read to find one.
const logged = 200

// The log's clock and ours differ, and a call is logged when it begins.
const (
	logBefore = 10 * time.Second
	logAfter  = 90 * time.Second
)

// Trace finds a call in Stringee's log: by its id, else the only one from our number to this one at the time. Two that fit are told apart by nothing, so that neither is taken.
func (s *Stringee) Trace(ctx context.Context, providerID, to string, asked time.Time) (message.Receipt, bool, error) {
	calls, err := s.Client.Log(ctx, logged)
	if err != nil {
		return message.Receipt{}, false, err
	}
	found := -1
	from, number := stringee.Digits(s.From), stringee.Digits(to)
	for i := range calls {
		l := &calls[i]
		if providerID != "" {
			if l.CallID == providerID {
				found = i
			}
			continue
		}
		if l.To != number || l.From != from || l.Created.Before(asked.Add(-logBefore)) || l.Created.After(asked.Add(logAfter)) {
			continue
		}
		if found >= 0 {
			return message.Receipt{}, false, nil
		}
		found = i
	}
	if found < 0 {
		return message.Receipt{}, false, nil
	}
	l := &calls[found]
	r := message.Receipt{ProviderID: l.CallID, Fact: message.FactDelivered, At: l.Created, Event: "log"}
	if l.AnswerSeconds > 0 {
		r.Fact, r.At, r.Price = message.FactAnswered, l.Answered, s.PricePerCall
		if r.At.IsZero() {
			r.At = l.Created
		}
	}
	return r, true, nil
}

// Test reads one line of the call log: harmless, and it needs what calling needs.
func Test(ctx context.Context, c *stringee.Client) error {
	_, err := c.Log(ctx, 1)
	return err
}

// Explain gives the meaning of a code: of a refusal, or of how a call ended.
func Explain(code string) provider.Cause { return stringee.Explain(code) }
