package mailhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/loa-project/loa/provider"
)

type mailgunEvent struct {
	ID        provider.Text `json:"id"`
	Timestamp json.Number   `json:"timestamp"`
	Event     provider.Text `json:"event"`
	Severity  provider.Text `json:"severity"`
	Reason    provider.Text `json:"reason"`
	Message   struct {
		Headers struct {
			MessageID provider.Text `json:"message-id"`
		} `json:"headers"`
	} `json:"message"`
	Status struct {
		Code     provider.Text `json:"code"`
		Enhanced provider.Text `json:"enhanced-code"`
		Message  provider.Text `json:"message"`
		Text     provider.Text `json:"description"`
	} `json:"delivery-status"`
	Variables struct {
		Key provider.Text `json:"loa_key"`
	} `json:"user-variables"`
	Client struct {
		Bot   provider.Text `json:"bot"`
		Agent provider.Text `json:"user-agent"`
	} `json:"client-info"`
}

// ReadMailgun checks and reads one post. The signature covers a time and a token and not the body, so whoever saw one post could send another event with it. claim must therefore remember the
// token with this event for twice the tolerance of the time, and say whether the token is free or came with the same event before: Mailgun repeats a post when it did not hear our answer. Errors: ErrForged,
// ErrUnreadable for a signed event that is none, or what claim says, which is worth another try.
func ReadMailgun(signingKey string, body []byte, now time.Time, claim func(token string, event []byte) (bool, error)) ([]Event, error) {
	var in struct {
		Signature struct{ Timestamp, Token, Signature provider.Text } `json:"signature"`
		Event     json.RawMessage                                     `json:"event-data"`
	}
	if json.Unmarshal(body, &in) != nil { // not even its signature could be looked for
		return nil, fmt.Errorf("%w: unreadable", ErrForged)
	}
	s := in.Signature
	unix, err := strconv.ParseInt(string(s.Timestamp), 10, 64)
	if err != nil || now.Sub(time.Unix(unix, 0)).Abs() > tolerance {
		return nil, fmt.Errorf("%w: time", ErrForged)
	}
	mac := hmac.New(sha256.New, []byte(signingKey))
	mac.Write([]byte(s.Timestamp + s.Token))
	if signingKey == "" || s.Token == "" || subtle.ConstantTimeCompare([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(s.Signature)) != 1 {
		return nil, fmt.Errorf("%w: signature", ErrForged)
	}
	switch free, err := claim(string(s.Token), in.Event); {
	case err != nil:
		return nil, fmt.Errorf("remember token of Mailgun: %w", err)
	case !free:
		return nil, fmt.Errorf("%w: replayed with another event", ErrForged)
	}
	var d mailgunEvent
	if json.Unmarshal(in.Event, &d) != nil {
		return nil, ErrUnreadable
	}
	e := Event{ID: string(d.ID), Key: string(d.Variables.Key), MessageID: bare(string(d.Message.Headers.MessageID)), Word: string(d.Event), At: seconds(d.Timestamp), Kind: Other}
	switch d.Event {
	case "delivered":
		e.Kind = Delivered
	case "failed":
		e.Code, e.Detail = string(d.Status.Enhanced), cut(string(d.Status.Message))
		if e.Code == "" {
			e.Code = string(d.Status.Code)
		}
		if e.Detail == "" {
			e.Detail = cut(string(d.Status.Text))
		}
		e.Word += "." + string(d.Severity)
		switch {
		case d.Severity == "temporary":
			e.Kind = Delayed
		case d.Reason == "bounce":
			e.Kind = Bounced
			e.Hard, e.Class = judge(string(d.Status.Enhanced))
			if d.Status.Enhanced == "" {
				e.Hard = true
			}
		default: // suppress-bounce, suppress-complaint, suppress-unsubscribe, generic: Mailgun did not send it
			e.Kind, e.Class, e.Code = Refused, provider.Recipient, string(d.Reason)
		}
	case "opened":
		e.Kind, e.Machine, e.Agent = Opened, d.Client.Bot != "", cut(string(d.Client.Agent))
	case "clicked":
		e.Kind, e.Machine, e.Agent = Clicked, d.Client.Bot != "", cut(string(d.Client.Agent))
	case "complained":
		e.Kind = Complained
	case "unsubscribed":
		e.Kind = Unsubscribed
	}
	return []Event{e}, nil
}
