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

// ReadMailgun checks and reads one post. The signature covers a time and a token and not the body, so whoever saw one post could send another body with it: seen must say whether the token came
// before, and remember it for at least twice the tolerance of ten minutes. Errors: ErrForged, ErrUnreadable.
func ReadMailgun(signingKey string, body []byte, now time.Time, seen func(token string) bool) ([]Event, error) {
	var in struct {
		Signature struct{ Timestamp, Token, Signature provider.Text } `json:"signature"`
		Data      struct {
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
				Bot provider.Text `json:"bot"`
			} `json:"client-info"`
		} `json:"event-data"`
	}
	if json.Unmarshal(body, &in) != nil {
		return nil, ErrUnreadable
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
	if seen(string(s.Token)) {
		return nil, nil // a repeat: Mailgun did not hear our answer
	}
	d := in.Data
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
			e.Kind, e.Class = Refused, provider.Recipient
		}
	case "opened":
		e.Kind, e.Machine = Opened, d.Client.Bot != ""
	case "clicked":
		e.Kind, e.Machine = Clicked, d.Client.Bot != ""
	case "complained":
		e.Kind = Complained
	case "unsubscribed":
		e.Kind = Unsubscribed
	}
	return []Event{e}, nil
}
