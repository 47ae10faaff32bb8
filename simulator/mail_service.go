package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The mail services that can stand behind the mail server. Which one a mail went through is known by the header that carries the sender's own data.
const (
	ServiceSES      = "ses"
	ServiceSendGrid = "sendgrid"
	ServiceMailgun  = "mailgun"
	ServicePostmark = "postmark"
)

// MailServices are all of them.
var MailServices = []string{ServiceSES, ServiceSendGrid, ServiceMailgun, ServicePostmark}

// What the services sign with by default. They protect nothing: the simulator is on loopback.
const (
	DefaultTopicARN     = "arn:aws:sns:ap-southeast-1:123456789012:loa"
	DefaultMailgunKey   = "sim-mailgun-signing-key"
	DefaultPostmarkUser = "loa"
	DefaultPostmarkPass = "sim-postmark-password"

	snsCertificatePath = "/SimpleNotificationService-51m0000000000000000000000000001a.pem"
	snsConfirmPath     = "/sns"
	snsToken           = "sim-subscription-token"
)

// mailWaits are the waits between tries of a webhook, as Mailgun's (help.mailgun.com, "Webhooks"); the other services publish none or similar ones.
var mailWaits = []time.Duration{10 * time.Second, 10 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}

// mailServices is where each service's webhooks go and what they are signed with.
type mailServices struct {
	mu        sync.Mutex
	urls      map[string]string
	confirmed bool // of the SNS subscription

	once     sync.Once
	sns      *rsa.PrivateKey
	cert     []byte // PEM
	sendgrid *ecdsa.PrivateKey
	public   string // of SendGrid, as its console shows it
}

func (m *mailServices) reset(urls map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.urls, m.confirmed = map[string]string{}, true
	for service, url := range urls {
		m.urls[service] = url
	}
}

// keys makes the keys when they are first needed: most simulators never sign a mail's webhook.
func (m *mailServices) keys() {
	m.once.Do(func() {
		m.sns, _ = rsa.GenerateKey(rand.Reader, 2048)                   // crypto/rand does not fail
		m.sendgrid, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader) //
		tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0)}
		if der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, m.sns.Public(), m.sns); err == nil {
			m.cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		}
		if der, err := x509.MarshalPKIXPublicKey(m.sendgrid.Public()); err == nil {
			m.public = base64.StdEncoding.EncodeToString(der)
		}
	})
}

func (m *mailServices) url(service string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if service == ServiceSES && !m.confirmed {
		return ""
	}
	return m.urls[service]
}

// MailServiceSettings is what a connection to a simulated mail service must be told.
type MailServiceSettings struct {
	Service    string `json:"service"`
	WebhookURL string `json:"webhook_url"`          // where its events go; empty = nowhere
	Confirmed  bool   `json:"confirmed"`            // SES: the address confirmed the subscription
	TopicARN   string `json:"topic_arn,omitempty"`  // SES
	SNSURL     string `json:"sns_url,omitempty"`    // SES: stands for https://sns.<region>.amazonaws.com
	Username   string `json:"username,omitempty"`   // Postmark
	Secret     string `json:"secret,omitempty"`     // SendGrid: the public verification key; Mailgun: the signing key; Postmark: the password
	Header     string `json:"header,omitempty"`     // by which a mail is known to go through it
	Simulated  string `json:"stands_for,omitempty"` // the service's name
}

// MailService is the present state of one service; an unknown name gives an empty one.
func (s *Server) MailService(service string) MailServiceSettings {
	s.services.keys()
	s.services.mu.Lock()
	defer s.services.mu.Unlock()
	out := MailServiceSettings{Service: service, WebhookURL: s.services.urls[service], Confirmed: true}
	switch service {
	case ServiceSES:
		out.TopicARN, out.SNSURL, out.Confirmed, out.Header, out.Simulated = DefaultTopicARN, s.URL(), s.services.confirmed, "X-SES-MESSAGE-TAGS", "Amazon SES"
	case ServiceSendGrid:
		out.Secret, out.Header, out.Simulated = s.services.public, "X-SMTPAPI", "SendGrid"
	case ServiceMailgun:
		out.Secret, out.Header, out.Simulated = DefaultMailgunKey, "X-Mailgun-Variables", "Mailgun"
	case ServicePostmark:
		out.Username, out.Secret, out.Header, out.Simulated = DefaultPostmarkUser, DefaultPostmarkPass, "X-PM-Metadata-*", "Postmark"
	default:
		return MailServiceSettings{}
	}
	return out
}

// SetMailWebhook says where a service's events go; an empty address means nowhere: mails are then reported by mail. SES first asks the address to confirm the subscription and tells it nothing
// before. It reports false for an unknown service and for a subscription that was not confirmed.
func (s *Server) SetMailWebhook(service, url string) bool {
	if !slices.Contains(MailServices, service) {
		return false
	}
	s.services.mu.Lock()
	s.services.urls[service] = url
	if service == ServiceSES {
		s.services.confirmed = url == ""
	}
	s.services.mu.Unlock()
	if service != ServiceSES || url == "" {
		return true
	}
	now := s.clk.Now()
	body := s.signSNS(snsNote{Type: "SubscriptionConfirmation", MessageID: "confirm-" + now.UTC().Format("150405.000"), TopicARN: DefaultTopicARN, Token: snsToken, SignatureVersion: "1",
		Message: "You have chosen to subscribe to the topic " + DefaultTopicARN + ".", SubscribeURL: s.URL() + snsConfirmPath + "?Action=ConfirmSubscription&Token=" + snsToken}, nil)
	s.call(http.MethodPost, url, snsHeader("SubscriptionConfirmation"), body)
	s.services.mu.Lock()
	defer s.services.mu.Unlock()
	return s.services.confirmed
}

// serviceRoutes are the addresses of SNS.
func (s *Server) serviceRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+snsCertificatePath, func(w http.ResponseWriter, _ *http.Request) {
		s.services.keys()
		_, _ = w.Write(s.services.cert)
	})
	mux.HandleFunc("GET "+snsConfirmPath, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("Token") != snsToken {
			http.Error(w, "unknown token", http.StatusBadRequest)
			return
		}
		s.services.mu.Lock()
		s.services.confirmed = true
		s.services.mu.Unlock()
		_, _ = w.Write([]byte("<ConfirmSubscriptionResponse/>"))
	})
	mux.HandleFunc("GET /control/mail-service", s.guard(func(w http.ResponseWriter, _ *http.Request) {
		out := []MailServiceSettings{}
		for _, name := range MailServices {
			out = append(out, s.MailService(name))
		}
		writeJSON(w, out)
	}))
	mux.HandleFunc("POST /control/mail-service", s.guard(s.controlMailService))
}

// controlMailService is POST /control/mail-service {"service", "webhook_url"}.
func (s *Server) controlMailService(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Service string `json:"service"`
		URL     string `json:"webhook_url"`
	}
	if !read(w, r, &in) {
		return
	}
	if !slices.Contains(MailServices, in.Service) {
		fail(w, http.StatusBadRequest, "service must be one of "+strings.Join(MailServices, ", "))
		return
	}
	s.SetMailWebhook(in.Service, in.URL)
	writeJSON(w, s.MailService(in.Service))
}

// serviceOf gives the service that a mail goes through and the data that it will send back with every event; service is "" for a mail of a plain server.
func serviceOf(raw []byte) (service string, data map[string]string) {
	data = map[string]string{}
	switch {
	case headerValue(raw, "X-SES-MESSAGE-TAGS") != "":
		for _, tag := range strings.Split(headerValue(raw, "X-SES-MESSAGE-TAGS"), ",") {
			if name, value, ok := strings.Cut(strings.TrimSpace(tag), "="); ok {
				data[name] = value
			}
		}
		return ServiceSES, data
	case headerValue(raw, "X-SMTPAPI") != "":
		var in struct {
			Unique map[string]string `json:"unique_args"`
		}
		if json.Unmarshal([]byte(headerValue(raw, "X-SMTPAPI")), &in) == nil && in.Unique != nil {
			data = in.Unique
		}
		return ServiceSendGrid, data
	case headerValue(raw, "X-Mailgun-Variables") != "":
		in := map[string]string{}
		if json.Unmarshal([]byte(headerValue(raw, "X-Mailgun-Variables")), &in) == nil {
			data = in
		}
		return ServiceMailgun, data
	}
	const prefix = "x-pm-metadata-"
	for line := range strings.Lines(string(headerBlock(raw))) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.HasPrefix(strings.ToLower(name), prefix) {
			service, data[name[len(prefix):]] = ServicePostmark, strings.TrimSpace(value)
		}
	}
	return service, data
}
