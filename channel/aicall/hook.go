package aicall

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/stringee"
	"github.com/loa-project/loa/template"
)

// Hook reads what Stringee posts to a connection's address: the events of calls, and at addresses that end in our key what people press.
type Hook struct {
	Secret  string // the project's signing secret; "" = requests are not signed
	From    string // our number: events of the project's other numbers are no concern of ours
	Voice   Voice
	HookURL string
	Now     func() time.Time
	// Content is what the message of a key of ours was made from, nil when the key is none.
	Content func(ctx context.Context, key string) (*template.AICallContent, error)
}

// Our words for a pressed key, for none, and for one that refuses further calls.
const (
	eventKey     = "key"
	eventSilence = "key_timeout"
	eventOptOut  = "opt_out"
)

// longestCall is the most seconds of a call that are believed; a number beyond it is none.
const longestCall = 24 * 60 * 60

// Read checks one request and turns it into receipts. A signature must be right where a secret is set; an address for key presses carries our key, whose MAC only Stringee and we have seen, and
// is believed without a signature, but not with a wrong one.
func (h *Hook) Read(r *http.Request, rest string, body []byte) ([]message.Receipt, error) {
	sign := r.Header.Get(stringee.SignatureHeader)
	if h.Secret != "" && (sign != "" || rest == "") && !stringee.Signed(h.Secret, sign, body) {
		return nil, message.ErrForged
	}
	if rest == "" {
		return h.event(body)
	}
	content, err := h.Content(r.Context(), rest)
	if err != nil {
		return nil, err
	}
	if content == nil || content.Keys == nil {
		return nil, message.ErrForged
	}
	tries, _ := strconv.Atoi(r.URL.Query().Get(triesName))
	return h.key(rest, body, content, max(tries, 0))
}

// event reads an event of a call. All that Stringee says about a call proves that it took the call on.
func (h *Hook) event(body []byte) ([]message.Receipt, error) {
	e, err := stringee.ParseEvent(body)
	if err != nil {
		return nil, err
	}
	now := h.Now()
	r := message.Receipt{ProviderID: e.CallID, Event: e.Status, Fact: message.FactDelivered, At: e.At, Raw: told(&e)}
	if r.At.IsZero() || r.At.After(now) {
		r.At = now
	}
	if e.From != stringee.Digits(h.From) || e.CallID == "" {
		r.Loose = true // a call of somebody else at the shop: not kept waiting for a message
	}
	switch e.Status {
	case "created", "started", "ringing":
	case "answered":
		r.Fact = message.FactAnswered
	case "ended":
		if end := e.End(); end == stringee.Answered {
			r.Fact, r.At = message.FactAnswered, r.At.Add(-time.Duration(min(e.AnswerSeconds, longestCall))*time.Second)
		} else {
			r.Code, r.Class = end, provider.Recipient
		}
	default:
		r.Ignore = true
	}
	return []message.Receipt{r}, nil
}

// told is an event without the person's number, for the timeline.
func told(e *stringee.Event) string {
	raw, err := json.Marshal(struct {
		Status  string `json:"call_status"`
		CallID  string `json:"call_id"`
		Cause   string `json:"endCallCause,omitempty"`
		EndedBy string `json:"endedBy,omitempty"`
		Answer  int64  `json:"answerDuration,omitempty"`
	}{e.Status, e.CallID, e.Cause, e.EndedBy, max(e.AnswerSeconds, 0)})
	if err != nil {
		return ""
	}
	return string(raw)
}

// key reads what somebody pressed and answers with what the person hears next.
func (h *Hook) key(key string, body []byte, c *template.AICallContent, tries int) ([]message.Receipt, error) {
	pressed, err := stringee.ParseKey(body)
	if err != nil {
		return nil, err
	}
	r := message.Receipt{Key: key, ProviderID: pressed.CallID, Names: true, Event: eventKey, Fact: message.FactAnswered, At: h.Now(), Code: strings.TrimSuffix(pressed.Digits, "#")}
	meaning := c.Keys.Find(pressed.Digits)
	if meaning == nil {
		meaning = c.Keys.Find(r.Code)
	}
	voice := h.Voice.of(c)
	var next []stringee.Action
	label := ""
	switch {
	case meaning != nil:
		r.Code, label = meaning.Digits, meaning.Label
		if meaning.Reply != "" {
			next = []stringee.Action{voice.talk(template.Spoken(meaning.Reply), 1, false)}
		}
	case tries < c.Keys.Again:
		next = voice.ask(c.Keys, template.Spoken(c.Keys.Prompt), h.HookURL+"/"+key, tries+1)
	}
	if pressed.Digits == "" {
		r.Event = eventSilence
	}
	raw, err := json.Marshal(struct {
		Digits string `json:"dtmf"`
		Label  string `json:"label,omitempty"`
	}{r.Code, label})
	if err != nil {
		return nil, err
	}
	r.Raw = string(raw)
	out := []message.Receipt{r}
	if meaning != nil && meaning.OptOut {
		stop := r
		stop.Fact, stop.Event = message.FactUnsubscribed, eventOptOut
		out = append(out, stop)
	}
	answer, err := json.Marshal(append(make([]stringee.Action, 0), next...))
	if err != nil {
		return nil, err
	}
	return out, message.Answer(answer)
}
