package mailhook

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// tolerance is how far a signed time may be off; SendGrid documents none, Mailgun neither.
const tolerance = 10 * time.Minute

// SendGridKey reads the verification key from SendGrid's console: base64 of a DER public key on P-256.
func SendGridKey(text string) (*ecdsa.PublicKey, error) {
	der, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("read verification key: %w", err)
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("read verification key: %w", err)
	}
	pub, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("read verification key: a %T", key)
	}
	return pub, nil
}

// ReadSendGrid checks and reads one post: an array of events. Errors: ErrForged, ErrUnreadable.
func ReadSendGrid(key *ecdsa.PublicKey, head http.Header, body []byte, now time.Time) ([]Event, error) {
	stamp := head.Get("X-Twilio-Email-Event-Webhook-Timestamp")
	unix, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(unix, 0)).Abs() > tolerance {
		return nil, fmt.Errorf("%w: time", ErrForged)
	}
	sign, err := base64.StdEncoding.DecodeString(head.Get("X-Twilio-Email-Event-Webhook-Signature"))
	sum := sha256.Sum256(append([]byte(stamp), body...))
	if err != nil || !ecdsa.VerifyASN1(key, sum[:], sign) {
		return nil, fmt.Errorf("%w: signature", ErrForged)
	}
	var list []struct {
		Event          provider.Text `json:"event"`
		ID             provider.Text `json:"sg_event_id"`
		SMTPID         provider.Text `json:"smtp-id"`
		Timestamp      json.Number   `json:"timestamp"`
		Type           provider.Text `json:"type"`
		Status         provider.Text `json:"status"`
		Reason         provider.Text `json:"reason"`
		Response       provider.Text `json:"response"`
		Classification provider.Text `json:"bounce_classification"`
		MachineOpen    bool          `json:"sg_machine_open"`
		Agent          provider.Text `json:"useragent"`
		Key            provider.Text `json:"loa_key"`
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if dec.Decode(&list) != nil {
		return nil, ErrUnreadable
	}
	out := make([]Event, 0, len(list))
	for _, in := range list {
		e := Event{ID: string(in.ID), Key: string(in.Key), MessageID: bare(string(in.SMTPID)), Word: string(in.Event), At: seconds(in.Timestamp), Code: string(in.Status), Detail: cut(string(in.Reason)), Kind: Other}
		switch in.Event {
		case "delivered":
			e.Kind, e.Detail = Delivered, cut(string(in.Response))
		case "deferred":
			e.Kind, e.Detail = Delayed, cut(string(in.Response))
		case "bounce":
			e.Kind = Bounced
			switch class := strings.ToLower(string(in.Classification)); {
			case in.Type == "blocked", strings.HasPrefix(class, "reputation"), strings.HasPrefix(class, "frequency"), class == "content":
				e.Class = provider.Content
			case class == "technical", class == "mailbox unavailable":
				e.Class = provider.Recipient
			case class == "" && in.Status != "": // older accounts get no classification
				e.Hard, e.Class = judge(string(in.Status))
			default:
				e.Hard, e.Class = true, provider.Recipient
			}
			if e.Code == "" {
				e.Code = string(in.Type)
			}
		case "dropped":
			e.Kind, e.Class, e.Code = Refused, provider.Recipient, "dropped"
		case "open":
			e.Kind, e.Machine, e.Agent = Opened, in.MachineOpen, cut(string(in.Agent))
		case "click":
			e.Kind, e.Agent = Clicked, cut(string(in.Agent))
		case "spamreport":
			e.Kind = Complained
		case "unsubscribe", "group_unsubscribe":
			e.Kind = Unsubscribed
		}
		out = append(out, e)
	}
	return out, nil
}
