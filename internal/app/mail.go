package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/loa-project/loa/channel/email"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/mailhook"
	"github.com/loa-project/loa/provider/smtp"
)

// snsTime is how long a question to SNS may take: SNS itself waits fifteen seconds for our answer.
const snsTime = 10 * time.Second

// certificates keeps the certificates of SNS by address. Amazon gives a new address to each.
type certificates struct {
	mu   sync.Mutex
	kept map[string][]byte
}

// certificatesMost is far more than Amazon has at a time.
const certificatesMost = 100

// mailService fills in what a mail service's headers and webhooks need.
func mailService(c *connection.Connection) (service mailhook.Service, configurationSet string) {
	if c.SMTP.Webhook == nil {
		return "", ""
	}
	return mailhook.Service(c.SMTP.Webhook.Service), c.SMTP.Webhook.ConfigurationSet
}

// explainMail gives the meaning of a code of a mail server, or of the service behind it.
func explainMail(code string) provider.Cause {
	if c, ok := mailhook.Causes[code]; ok {
		return c
	}
	return smtp.Explain(code)
}

// mailHook is the reader of a mail connection's callbacks.
func (s *senders) mailHook(c connection.Connection, secrets connection.Secrets) (message.ReadHook, error) {
	a := s.a
	h := &email.Hook{VERPSecret: a.Sealer.Derive("verp"), Now: a.Clock.Now, Secret: secrets.WebhookSecret}
	w := c.SMTP.Webhook
	if w == nil {
		return h.Read(), nil
	}
	h.Service, h.Username = mailhook.Service(w.Service), w.Username
	switch h.Service {
	case mailhook.SES:
		h.Amazon = &mailhook.Amazon{TopicARN: w.TopicARN, Now: a.Clock.Now, Fetch: s.snsFetch(c)}
		if w.SNSURL != "" {
			h.Amazon.Host = regexp.MustCompile("^" + regexp.QuoteMeta(w.SNSURL) + "$")
		}
	case mailhook.SendGrid:
		key, err := mailhook.SendGridKey(secrets.WebhookSecret)
		if err != nil {
			return nil, err
		}
		h.Key = key
	case mailhook.Mailgun:
		h.Claim = func(ctx context.Context, token string, body []byte) (bool, error) {
			return a.Messages.ClaimToken(ctx, c.WorkspaceID, c.ID, token, body)
		}
	case mailhook.Postmark:
		if h.Username == "" {
			h.Username = "loa"
		}
	}
	return h.Read(), nil
}

// snsFetch asks SNS for a certificate, or confirms a subscription: no redirects, no inner addresses, at most 64 KiB. Amazon's certificates are asked for once, and trusted by the system's
// authorities whatever the connection's mail server needs.
func (s *senders) snsFetch(c connection.Connection) func(ctx context.Context, address string) ([]byte, error) {
	return func(ctx context.Context, address string) ([]byte, error) {
		o := provider.HTTPOptions{Control: s.a.guard()}
		amazon := c.SMTP.Webhook.SNSURL == ""
		if amazon {
			s.certs.mu.Lock()
			kept := s.certs.kept[address]
			s.certs.mu.Unlock()
			if kept != nil {
				return kept, nil
			}
		} else {
			o.RootCA = []byte(c.CA)
		}
		client, err := provider.HTTPClient(o)
		if err != nil {
			return nil, err
		}
		defer client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(ctx, snsTime)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		answer, err := provider.Do(ctx, client, r)
		if err != nil {
			return nil, err
		}
		if answer.Status != http.StatusOK {
			return nil, fmt.Errorf("answered with status %d", answer.Status)
		}
		if len(answer.Body) > 64<<10 {
			return nil, errors.New("the answer is too long")
		}
		if amazon && snsCertificate.MatchString(address) {
			s.certs.mu.Lock()
			if s.certs.kept == nil || len(s.certs.kept) >= certificatesMost {
				s.certs.kept = map[string][]byte{}
			}
			s.certs.kept[address] = answer.Body
			s.certs.mu.Unlock()
		}
		return answer.Body, nil
	}
}

var snsCertificate = regexp.MustCompile(`/SimpleNotificationService-[A-Za-z0-9]+\.pem$`)
