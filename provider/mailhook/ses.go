package mailhook

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // SignatureVersion 1 of SNS
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/loa-project/loa/provider"
)

// notification is what SNS posts.
type notification struct {
	Type             string
	MessageID        string `json:"MessageId"`
	TopicARN         string `json:"TopicArn"`
	Subject          *string
	Message          string
	Timestamp        string
	Token            string
	SubscribeURL     string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
}

// Amazon are the settings of a connection to SES.
type Amazon struct {
	TopicARN string // the only topic that is believed
	// Fetch gets a certificate or confirms a subscription: GET, no redirects, at most 64 KiB. It is only called for addresses that Host takes.
	Fetch func(ctx context.Context, address string) ([]byte, error)
	// Host is the pattern that addresses of SNS must have; nil = the real service's.
	Host *regexp.Regexp
	Now  func() time.Time
}

// amazonHost are the addresses of SNS.
var amazonHost = regexp.MustCompile(`^https://sns\.[a-z0-9-]{3,40}\.amazonaws\.com(\.cn)?$`)

var certificatePath = regexp.MustCompile(`^/SimpleNotificationService-[A-Za-z0-9]+\.pem$`)

// maxAge is how old a notification may be, and how far ahead.
const maxAge = time.Hour

// Read checks and reads one post of SNS. A confirmation of the subscription is answered here and gives no events. Errors: ErrForged, ErrUnreadable, or what Fetch says, which is worth another try.
func (s *Amazon) Read(ctx context.Context, body []byte) ([]Event, error) {
	var n notification
	if json.Unmarshal(body, &n) != nil || n.Type == "" {
		return nil, ErrUnreadable
	}
	if s.TopicARN == "" || n.TopicARN != s.TopicARN {
		return nil, fmt.Errorf("%w: topic", ErrForged)
	}
	if at := moment(n.Timestamp); at.IsZero() || s.Now().Sub(at).Abs() > maxAge {
		return nil, fmt.Errorf("%w: time", ErrForged)
	}
	if err := s.verify(ctx, &n); err != nil {
		return nil, err
	}
	switch n.Type {
	case "Notification":
		return sesEvents(&n)
	case "SubscriptionConfirmation":
		u, err := url.Parse(n.SubscribeURL)
		if err != nil || !s.ours(u) {
			return nil, fmt.Errorf("%w: address of the confirmation", ErrForged)
		}
		if _, err := s.Fetch(ctx, n.SubscribeURL); err != nil {
			return nil, fmt.Errorf("confirm subscription: %w", err)
		}
		return nil, nil
	}
	return nil, nil // the end of a subscription
}

func (s *Amazon) ours(u *url.URL) bool {
	host := s.Host
	if host == nil {
		host = amazonHost
	}
	return u.User == nil && host.MatchString(u.Scheme+"://"+u.Host)
}

// text is what is signed. Source: docs.aws.amazon.com, "SNS: verifying the signatures of messages".
func (n *notification) text() []byte {
	var b bytes.Buffer
	add := func(name, value string) { b.WriteString(name + "\n" + value + "\n") }
	add("Message", n.Message)
	add("MessageId", n.MessageID)
	if n.Type == "Notification" {
		if n.Subject != nil {
			add("Subject", *n.Subject)
		}
	} else {
		add("SubscribeURL", n.SubscribeURL)
	}
	add("Timestamp", n.Timestamp)
	if n.Type != "Notification" {
		add("Token", n.Token)
	}
	add("TopicArn", n.TopicARN)
	add("Type", n.Type)
	return b.Bytes()
}

func (s *Amazon) verify(ctx context.Context, n *notification) error {
	u, err := url.Parse(n.SigningCertURL)
	if err != nil || !s.ours(u) || !certificatePath.MatchString(u.Path) || u.RawQuery != "" {
		return fmt.Errorf("%w: address of the certificate", ErrForged)
	}
	sign, err := base64.StdEncoding.DecodeString(n.Signature)
	if err != nil {
		return fmt.Errorf("%w: signature", ErrForged)
	}
	raw, err := s.Fetch(ctx, n.SigningCertURL)
	if err != nil {
		return fmt.Errorf("fetch certificate of SNS: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return fmt.Errorf("%w: certificate", ErrForged)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return fmt.Errorf("%w: certificate", ErrForged)
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return fmt.Errorf("%w: certificate", ErrForged)
	}
	kind, sum := crypto.SHA256, []byte(nil)
	switch n.SignatureVersion {
	case "1":
		h := sha1.Sum(n.text()) //nolint:gosec // as SNS signs
		kind, sum = crypto.SHA1, h[:]
	case "2":
		h := sha256.Sum256(n.text())
		sum = h[:]
	default:
		return fmt.Errorf("%w: version of the signature", ErrForged)
	}
	if rsa.VerifyPKCS1v15(key, kind, sum, sign) != nil {
		return fmt.Errorf("%w: signature", ErrForged)
	}
	return nil
}

type sesRecipient struct {
	Status         provider.Text `json:"status"`
	DiagnosticCode provider.Text `json:"diagnosticCode"`
}

type sesLook struct {
	Timestamp string        `json:"timestamp"`
	UserAgent provider.Text `json:"userAgent"`
}

// sesBody is the text of a notification: eventType with event publishing, notificationType with the older notifications of an identity.
type sesBody struct {
	EventType        string `json:"eventType"`
	NotificationType string `json:"notificationType"`
	Mail             struct {
		MessageID string              `json:"messageId"`
		Timestamp string              `json:"timestamp"`
		Tags      map[string][]string `json:"tags"`
		Headers   []struct{ Name, Value string }
	} `json:"mail"`
	Bounce struct {
		BounceType    string         `json:"bounceType"`
		BounceSubType string         `json:"bounceSubType"`
		Recipients    []sesRecipient `json:"bouncedRecipients"`
		Timestamp     string         `json:"timestamp"`
	} `json:"bounce"`
	Delivery struct {
		Timestamp    string `json:"timestamp"`
		SMTPResponse string `json:"smtpResponse"`
	} `json:"delivery"`
	Complaint struct {
		Timestamp string `json:"timestamp"`
		Kind      string `json:"complaintFeedbackType"`
	} `json:"complaint"`
	Delay struct {
		Timestamp string `json:"timestamp"`
		DelayType string `json:"delayType"`
	} `json:"deliveryDelay"`
	Reject struct {
		Reason string `json:"reason"`
	} `json:"reject"`
	Failure struct {
		ErrorMessage string `json:"errorMessage"`
	} `json:"failure"`
	Subscription struct {
		Timestamp string `json:"timestamp"`
		Now       struct {
			UnsubscribeAll bool `json:"unsubscribeAll"`
		} `json:"newTopicPreferences"`
	} `json:"subscription"`
	Open  sesLook `json:"open"`
	Click sesLook `json:"click"`
}

func sesEvents(n *notification) ([]Event, error) {
	var b sesBody
	if json.Unmarshal([]byte(n.Message), &b) != nil {
		return nil, ErrUnreadable
	}
	word := b.EventType
	if word == "" {
		word = b.NotificationType
	}
	e := Event{ID: n.MessageID, Word: word, At: moment(n.Timestamp), Kind: Other}
	if v := b.Mail.Tags[metadata]; len(v) > 0 {
		e.Key = v[0]
	}
	for _, h := range b.Mail.Headers {
		if h.Name == "Message-ID" {
			e.MessageID = bare(h.Value)
		}
	}
	at := ""
	switch word {
	case "Delivery":
		e.Kind, at, e.Detail = Delivered, b.Delivery.Timestamp, cut(b.Delivery.SMTPResponse)
	case "Bounce":
		e.Kind, at = Bounced, b.Bounce.Timestamp
		if len(b.Bounce.Recipients) > 0 {
			e.Code, e.Detail = string(b.Bounce.Recipients[0].Status), cut(string(b.Bounce.Recipients[0].DiagnosticCode))
		}
		e.Hard, e.Class = b.Bounce.BounceType == "Permanent" || e.Code == "5.4.4", provider.Recipient
		if b.Bounce.BounceSubType == "MessageTooLarge" || b.Bounce.BounceSubType == "ContentRejected" || b.Bounce.BounceSubType == "AttachmentRejected" {
			e.Class = provider.Content
		}
		if e.Code == "" {
			e.Code = b.Bounce.BounceSubType
		}
	case "Complaint":
		e.Kind, at, e.Code = Complained, b.Complaint.Timestamp, b.Complaint.Kind
		if e.Code == "not-spam" {
			e.Kind = Other
		}
	case "DeliveryDelay":
		e.Kind, at, e.Code = Delayed, b.Delay.Timestamp, b.Delay.DelayType
	case "Reject":
		e.Kind, e.Class, e.Code, e.Detail = Refused, provider.Content, "Reject", cut(b.Reject.Reason)
	case "Rendering Failure":
		e.Kind, e.Class, e.Code, e.Detail = Refused, provider.Content, "RenderingFailure", cut(b.Failure.ErrorMessage)
	case "Open":
		e.Kind, at, e.Agent = Opened, b.Open.Timestamp, cut(string(b.Open.UserAgent))
	case "Click":
		e.Kind, at, e.Agent = Clicked, b.Click.Timestamp, cut(string(b.Click.UserAgent))
	case "Subscription": // also told when somebody comes back, or chooses among topics of a list that is kept at SES
		at = b.Subscription.Timestamp
		if b.Subscription.Now.UnsubscribeAll {
			e.Kind = Unsubscribed
		}
	}
	if t := moment(at); !t.IsZero() {
		e.At = t
	}
	return []Event{e}, nil
}
