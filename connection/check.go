package connection

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loa-project/loa/internal/errs"
)

// Form is what an owner writes. An update replaces all but the credentials and the provider.
type Form struct {
	Provider string `json:"provider" enum:"zalo,etelecom,esms,speedsms,smtp,messenger,stringee,http,getresponse,getfly" doc:"Cannot be changed later"`
	Name     string `json:"name" maxLength:"400"`
	Settings
	RatePerSecond int64       `json:"rate_per_second,omitempty" minimum:"0" maximum:"100000" doc:"Calls per second over all nodes; 0 = no limit of ours"`
	Concurrency   int         `json:"concurrency,omitempty" minimum:"0" maximum:"1000" doc:"Calls at once on one node; 0 = 8"`
	Secrets       SecretsForm `json:"secrets,omitzero"`
}

const (
	maxName            = 100 // characters
	defaultConcurrency = 8
)

var (
	digits       = regexp.MustCompile(`^[0-9]{1,40}$`)
	domain       = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	graphVersion = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,2}$`)
	topicARN     = regexp.MustCompile(`^arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]{3,40}:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`)
	setName      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	callerNumber = regexp.MustCompile(`^[1-9][0-9]{7,14}$`)
	headerName   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,99}$`)
	// codeVerifier is what Zalo takes of the words that RFC 7636 allows.
	codeVerifier = regexp.MustCompile(`^[A-Za-z0-9._~-]{43}$`)
	// signingSecret is 24 to 64 bytes in base64.
	signingSecret = regexp.MustCompile(`^whsec_[A-Za-z0-9+/]{32,88}={0,2}$`)
	label         = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`)
)

// checker collects what is wrong with a form.
type checker struct {
	err        *errs.Error
	simulation bool
}

func (k *checker) wrong(path, code string) { k.err.Field(path, code) }

func (k *checker) need(path, value string) bool {
	if value == "" {
		k.wrong(path, "connection.missing")
	}
	return value != ""
}

// check trims the form and reports everything that is wrong with it as connection.invalid. secrets are those that it would leave.
func check(f *Form, secrets *Secrets, simulation bool) error {
	k := &checker{err: errs.Invalid("connection.invalid"), simulation: simulation}
	f.Name = strings.TrimSpace(f.Name)
	if k.need("name", f.Name) && utf8.RuneCountInString(f.Name) > maxName {
		k.wrong("name", "connection.name_too_long")
	}
	if f.Concurrency == 0 {
		f.Concurrency = defaultConcurrency
	}
	if f.RatePerSecond < 0 || f.Concurrency < 0 || f.Concurrency > 1000 {
		k.wrong("rate_per_second", "connection.limit_range")
	}
	if raw, err := json.Marshal(f.Settings); err != nil || strings.Contains(string(raw)+f.Name, `\u0000`) || strings.ContainsFunc(f.Name, control) {
		k.wrong("name", "connection.control_character") // a zero byte has no place in PostgreSQL's texts
	}
	if f.CA != "" && !certificates(f.CA) {
		k.wrong("ca", "connection.ca_invalid")
	}
	blocks := map[string]bool{"zalo": f.Zalo != nil, "esms": f.ESMS != nil, "smtp": f.SMTP != nil, "messenger": f.Messenger != nil,
		"etelecom": f.ETelecom != nil, "speedsms": f.SpeedSMS != nil, "http": f.HTTP != nil, "getresponse": f.GetResponse != nil, "getfly": f.Getfly != nil, "stringee": f.Stringee != nil}
	if _, known := blocks[f.Provider]; !known {
		k.wrong("provider", "connection.provider_unknown")
		return k.err
	}
	for name, there := range blocks {
		if name != f.Provider && there {
			k.wrong(name, "connection.other_provider")
		}
	}
	for _, x := range fields(secrets, &f.Secrets) {
		if !slices.Contains(x.providers, f.Provider) && x.change != nil && *x.change != "" {
			k.wrong("secrets."+x.name, "connection.other_provider")
		}
	}
	switch {
	case !blocks[f.Provider]:
		k.wrong(f.Provider, "connection.missing")
	case f.Zalo != nil:
		k.zalo(f.Zalo, secrets)
	case f.ESMS != nil:
		k.esms(f.ESMS)
	case f.SMTP != nil:
		k.smtp(f.SMTP, secrets)
	case f.Messenger != nil:
		k.messenger(f.Messenger)
	case f.ETelecom != nil:
		k.etelecom(f.ETelecom)
	case f.SpeedSMS != nil:
		k.speedsms(f.SpeedSMS)
	case f.Stringee != nil:
		k.stringee(f.Stringee)
	case f.HTTP != nil:
		k.http(f.HTTP, secrets)
	case f.GetResponse != nil:
		k.getresponse(f, secrets)
	case f.Getfly != nil:
		k.getfly(f, secrets)
	}
	if len(k.err.Fields) > 0 {
		return k.err
	}
	return nil
}

func (k *checker) zalo(z *Zalo, secrets *Secrets) {
	if z.AppSecretProof {
		k.need("secrets.app_secret", secrets.AppSecret)
	}
	if v := secrets.FixedCodeVerifier; v != "" && !codeVerifier.MatchString(v) {
		k.wrong("secrets.fixed_code_verifier", "connection.code_verifier")
	}
	k.address("zalo.base_url", &z.BaseURL)
	k.address("zalo.oauth_url", &z.OAuthURL)
	k.address("zalo.oa_url", &z.OAURL)
	for path, v := range map[string]*string{"zalo.app_id": &z.AppID, "zalo.oa_id": &z.OAID} {
		*v = strings.TrimSpace(*v)
		if k.need(path, *v) && !digits.MatchString(*v) {
			k.wrong(path, "connection.digits")
		}
	}
}

func (k *checker) esms(e *ESMS) {
	k.address("esms.base_url", &e.BaseURL)
	e.Brandname = strings.TrimSpace(e.Brandname)
	if e.SMSType == "" {
		e.SMSType = "2"
	}
	if e.SMSType != "8" {
		k.need("esms.brandname", e.Brandname)
	}
}

func (k *checker) etelecom(e *ETelecom) {
	k.address("etelecom.base_url", &e.BaseURL)
	e.OAID = strings.TrimSpace(e.OAID)
	if k.need("etelecom.oa_id", e.OAID) && !digits.MatchString(e.OAID) {
		k.wrong("etelecom.oa_id", "connection.digits")
	}
}

func (k *checker) speedsms(p *SpeedSMS) {
	k.address("speedsms.base_url", &p.BaseURL)
	p.Sender = strings.TrimSpace(p.Sender)
	if p.SMSType == "" {
		p.SMSType = "3"
	}
	if p.SMSType == "3" {
		k.need("speedsms.sender", p.Sender)
	}
}

func (k *checker) stringee(p *Stringee) {
	k.address("stringee.base_url", &p.BaseURL)
	p.From, p.Voice = strings.TrimPrefix(strings.ReplaceAll(strings.TrimSpace(p.From), " ", ""), "+"), strings.TrimSpace(p.Voice)
	if k.need("stringee.from", p.From) && !callerNumber.MatchString(p.From) {
		k.wrong("stringee.from", "connection.caller_number")
	}
	if p.Voice != "" && !setName.MatchString(p.Voice) {
		k.wrong("stringee.voice", "connection.voice")
	}
	if p.Speed < -3 || p.Speed > 3 {
		k.wrong("stringee.speed", "connection.voice")
	}
}

func (k *checker) http(h *HTTP, secrets *Secrets) {
	k.address("http.base_url", &h.BaseURL)
	k.need("http.base_url", h.BaseURL)
	h.Header = strings.TrimSpace(h.Header)
	if h.Header != "" && !headerName.MatchString(h.Header) {
		k.wrong("http.header", "connection.header_name")
	}
	if strings.ContainsFunc(secrets.APIKey, control) {
		k.wrong("secrets.api_key", "connection.control_character")
	}
	if secrets.WebhookSecret != "" && !signingSecret.MatchString(secrets.WebhookSecret) {
		k.wrong("secrets.webhook_secret", "connection.signing_secret")
	}
}

func (k *checker) messenger(m *Messenger) {
	k.address("messenger.base_url", &m.BaseURL)
	m.PageID, m.Version = strings.TrimSpace(m.PageID), strings.TrimSpace(m.Version)
	if k.need("messenger.page_id", m.PageID) && !digits.MatchString(m.PageID) {
		k.wrong("messenger.page_id", "connection.digits")
	}
	if m.Version != "" && !graphVersion.MatchString(m.Version) {
		k.wrong("messenger.version", "connection.graph_version")
	}
}

func (k *checker) smtp(m *SMTP, secrets *Secrets) {
	m.Host = strings.TrimSpace(m.Host)
	if k.need("smtp.host", m.Host) && !domain.MatchString(m.Host) && net.ParseIP(m.Host) == nil {
		k.wrong("smtp.host", "connection.domain")
	}
	if m.TLS == "none" && !loopback(m.Host) && (!k.simulation || secrets.Password != "") {
		k.wrong("smtp.tls", "connection.tls_needed")
	}
	for path, v := range map[string]*string{"smtp.from": &m.From, "smtp.reply_to": &m.ReplyTo} {
		*v = strings.TrimSpace(*v)
		if *v == "" && path != "smtp.from" {
			continue
		}
		if a, err := mail.ParseAddress(*v); k.need(path, *v) && (err != nil || a.Address != *v || a.Name != "") {
			k.wrong(path, "connection.email")
		}
	}
	if strings.ContainsFunc(m.FromName, control) {
		k.wrong("smtp.from_name", "connection.control_character")
	}
	for path, v := range map[string]string{"smtp.bounce_domain": m.BounceDomain, "smtp.ehlo": m.EHLO, "smtp.dkim_domain": m.DKIMDomain} {
		if v != "" && !domain.MatchString(v) {
			k.wrong(path, "connection.domain")
		}
	}
	if m.Webhook != nil {
		k.mailWebhook(m.Webhook, secrets)
	}
	if m.DKIMDomain == "" {
		return
	}
	if k.need("smtp.dkim_selector", m.DKIMSelector) && !label.MatchString(m.DKIMSelector) {
		k.wrong("smtp.dkim_selector", "connection.domain")
	}
	if k.need("secrets.dkim_private_key", secrets.DKIMPrivateKey) && !privateKey(secrets.DKIMPrivateKey) {
		k.wrong("secrets.dkim_private_key", "connection.private_key")
	}
}

// mailWebhook demands what each service's calls are checked by: a service whose calls cannot be checked must not be believed.
func (k *checker) mailWebhook(w *MailWebhook, secrets *Secrets) {
	k.address("smtp.webhook.sns_url", &w.SNSURL)
	w.TopicARN, w.ConfigurationSet, w.Username = strings.TrimSpace(w.TopicARN), strings.TrimSpace(w.ConfigurationSet), strings.TrimSpace(w.Username)
	switch w.Service {
	case "ses":
		if k.need("smtp.webhook.topic_arn", w.TopicARN) && !topicARN.MatchString(w.TopicARN) {
			k.wrong("smtp.webhook.topic_arn", "connection.topic_arn")
		}
		if w.ConfigurationSet != "" && !setName.MatchString(w.ConfigurationSet) {
			k.wrong("smtp.webhook.configuration_set", "connection.set_name")
		}
	case "sendgrid":
		if k.need("secrets.webhook_secret", secrets.WebhookSecret) && !ecdsaKey(secrets.WebhookSecret) {
			k.wrong("secrets.webhook_secret", "connection.public_key")
		}
	case "mailgun", "postmark":
		k.need("secrets.webhook_secret", secrets.WebhookSecret)
		if strings.Contains(w.Username, ":") { // would end the user name in the address
			k.wrong("smtp.webhook.username", "connection.control_character")
		}
	default:
		k.wrong("smtp.webhook.service", "connection.mail_service")
	}
}

// address checks an overridden base URL. Credentials go there, so it must be encrypted unless it is this machine.
func (k *checker) address(path string, v *string) {
	*v = strings.TrimRight(strings.TrimSpace(*v), "/")
	if *v == "" {
		return
	}
	u, err := url.Parse(*v)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		k.wrong(path, "connection.url")
		return
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) && !k.simulation {
		k.wrong(path, "connection.tls_needed")
	}
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func certificates(text string) bool { return x509.NewCertPool().AppendCertsFromPEM([]byte(text)) }

// ecdsaKey reports whether text is a public key as SendGrid shows it: base64 of a DER key on P-256.
func ecdsaKey(text string) bool {
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return false
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return false
	}
	_, ok := key.(*ecdsa.PublicKey)
	return ok
}

func privateKey(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return false
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return true
	}
	_, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	return err == nil
}
