package mailhook

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/loa-project/loa/provider"
)

// postmarkBounces are the types of bounces: whether the address does not work, and what it means. A type that is not listed is told to nobody. Source: postmarkapp.com/developer, "Bounce API".
var postmarkBounces = map[string]struct {
	kind  Kind
	hard  bool
	class provider.Class
}{
	"HardBounce": {Bounced, true, provider.Recipient}, "BadEmailAddress": {Bounced, true, provider.Recipient}, "ManuallyDeactivated": {Bounced, true, provider.Recipient},
	"SoftBounce": {Bounced, false, provider.Recipient}, "Transient": {Delayed, false, ""}, "DnsError": {Bounced, false, provider.Recipient},
	"SpamNotification": {Bounced, false, provider.Content}, "VirusNotification": {Bounced, false, provider.Content}, "DMARCPolicy": {Bounced, false, provider.Content}, "Blocked": {Bounced, false, provider.Content},
	"SpamComplaint": {Complained, false, ""}, "Unsubscribe": {Unsubscribed, false, ""},
}

// ReadPostmark checks and reads one post. Postmark signs nothing: the address holds Basic credentials, which only Postmark knows. Errors: ErrForged, ErrUnreadable.
func ReadPostmark(user, password string, r *http.Request, body []byte) ([]Event, error) {
	u, p, ok := r.BasicAuth()
	same := subtle.ConstantTimeCompare([]byte(u), []byte(user)) & subtle.ConstantTimeCompare([]byte(p), []byte(password))
	if !ok || password == "" || same != 1 {
		return nil, fmt.Errorf("%w: credentials", ErrForged)
	}
	var in struct {
		RecordType      provider.Text
		ID              provider.Text
		MessageID       provider.Text
		Type            provider.Text
		Details         provider.Text
		Description     provider.Text
		DeliveredAt     string
		BouncedAt       string
		ReceivedAt      string
		ChangedAt       string
		Origin          provider.Text
		SuppressSending bool
		UserAgent       provider.Text
		Metadata        map[string]provider.Text
	}
	if json.Unmarshal(body, &in) != nil || in.RecordType == "" {
		return nil, ErrUnreadable
	}
	e := Event{Word: string(in.RecordType), Kind: Other, Detail: cut(string(in.Details))}
	for _, name := range []string{metadata, "Loa_key", "LOA_KEY"} { // header names lose their case on the way
		if e.Key == "" {
			e.Key = string(in.Metadata[name])
		}
	}
	for _, at := range []string{in.DeliveredAt, in.BouncedAt, in.ReceivedAt, in.ChangedAt} {
		if t := moment(at); !t.IsZero() {
			e.At = t
		}
	}
	if in.ID != "" {
		e.ID = string(in.RecordType + in.ID)
	}
	switch in.RecordType {
	case "Delivery":
		e.Kind = Delivered
	case "Bounce", "SpamComplaint":
		e.Word += "." + string(in.Type)
		e.Code = string(in.Type)
		if e.Detail == "" {
			e.Detail = cut(string(in.Description))
		}
		if b, ok := postmarkBounces[string(in.Type)]; ok {
			e.Kind, e.Hard, e.Class = b.kind, b.hard, b.class
		}
		if in.RecordType == "SpamComplaint" {
			e.Kind, e.Hard, e.Class = Complained, false, ""
		}
	case "Open":
		e.Kind, e.Agent = Opened, cut(string(in.UserAgent))
	case "Click":
		e.Kind, e.Agent = Clicked, cut(string(in.UserAgent))
	case "SubscriptionChange":
		if in.SuppressSending && in.Origin == "Recipient" {
			e.Kind = Unsubscribed
		}
	}
	return []Event{e}, nil
}
