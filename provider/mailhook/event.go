package mailhook

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// Service is a mail service.
type Service string

// The services.
const (
	SES      Service = "ses"
	SendGrid Service = "sendgrid"
	Mailgun  Service = "mailgun"
	Postmark Service = "postmark"
)

// Kind is what an event says, in our words.
type Kind string

// The kinds of events.
const (
	Delivered    Kind = "delivered"    // the receiving server took the mail
	Bounced      Kind = "bounced"      // given up or sent back: not delivered
	Refused      Kind = "refused"      // the service did not even try
	Delayed      Kind = "delayed"      // still trying: changes nothing
	Opened       Kind = "opened"       //
	Clicked      Kind = "clicked"      //
	Complained   Kind = "complained"   // the person called it spam
	Unsubscribed Kind = "unsubscribed" //
	Other        Kind = "other"        // changes nothing
)

// Event is one thing that happened to one mail.
type Event struct {
	ID        string // of the service, for dropping repeats; "" when it has none
	Key       string // our key, "" when it did not come back
	MessageID string // of our mail, without angle brackets; SES and SendGrid have one of their own
	Kind      Kind
	Word      string // the service's own word
	At        time.Time
	Hard      bool           // of Bounced: the address does not work
	Class     provider.Class // of Bounced and Refused
	Code      string         // enhanced status such as 5.1.1, else the service's word for the reason
	Detail    string         // the text of the other server, at most 500 bytes
	Machine   bool           // of Opened and Clicked: the service says that a machine looked, not a person
	Agent     string         // of Opened and Clicked: the program that looked, "" when it is not told
}

// Errors of a request.
var (
	ErrForged     = errors.New("the webhook is not signed as agreed")
	ErrUnreadable = errors.New("the webhook cannot be read")
)

// metadata is the name under which our key travels.
const metadata = "loa_key"

// Headers are the lines that make a service send our key back with every event, when a mail is handed over by SMTP.
func Headers(s Service, key, configurationSet string) map[string]string {
	switch s {
	case SES:
		h := map[string]string{"X-SES-MESSAGE-TAGS": metadata + "=" + key}
		if configurationSet != "" {
			h["X-SES-CONFIGURATION-SET"] = configurationSet
		}
		return h
	case SendGrid:
		return map[string]string{"X-SMTPAPI": `{"unique_args":{"` + metadata + `":"` + key + `"}}`}
	case Mailgun:
		return map[string]string{"X-Mailgun-Variables": `{"` + metadata + `":"` + key + `"}`}
	case Postmark:
		return map[string]string{"X-PM-Metadata-" + metadata: key}
	}
	return nil
}

func cut(s string) string { return strings.ToValidUTF8(s[:min(len(s), 500)], "") }

// seconds reads a Unix time with or without a fraction; what is none is the zero time.
func seconds(n json.Number) time.Time {
	f, err := n.Float64()
	if err != nil || f <= 0 || f > 253_402_300_799 || math.IsNaN(f) {
		return time.Time{}
	}
	return time.UnixMilli(int64(f * 1000)).UTC()
}

func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func bare(messageID string) string { return strings.Trim(strings.TrimSpace(messageID), "<>") }

// judge is the rule for a refusal by status and text that the services share: no such mailbox is hard; full, slow or content is not.
func judge(status string) (hard bool, class provider.Class) {
	switch {
	case strings.HasPrefix(status, "5.1."), status == "5.2.1", status == "5.4.4", status == "5.4.6":
		return true, provider.Recipient
	case strings.HasPrefix(status, "5.6."), status == "5.3.4", status == "5.2.3":
		return false, provider.Content
	case strings.HasPrefix(status, "5.7."):
		return false, provider.Content
	}
	return false, provider.Recipient
}
