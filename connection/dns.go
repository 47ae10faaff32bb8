package connection

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net"
	"strings"

	"github.com/loa-project/loa/internal/errs"
)

// Record is one DNS record that the owner of a sending domain should set.
type Record struct {
	Purpose string `json:"purpose" enum:"dkim,spf,dmarc"`
	Type    string `json:"type" enum:"TXT"`
	Name    string `json:"name"`
	Value   string `json:"value"`
}

// SetUp is what has to be entered elsewhere so that a connection works whole.
type SetUp struct {
	// RedirectURI must be saved at Zalo before the consent page works.
	RedirectURI string   `json:"redirect_uri,omitempty"`
	DNS         []Record `json:"dns"`
}

// CallbackPath is where Zalo's consent page sends the browser back to.
const CallbackPath = "/api/v1/connections/zalo/callback"

// RedirectURI is the whole address of CallbackPath.
func (s *Service) RedirectURI() string { return s.PublicURL + CallbackPath }

// SetUp says what has to be entered at the provider and in the DNS.
func (s *Service) SetUp(ctx context.Context, workspace, id int64) (*SetUp, error) {
	c, secrets, err := s.Load(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	out := &SetUp{DNS: []Record{}}
	if c.Zalo != nil {
		out.RedirectURI = s.RedirectURI()
	}
	if c.SMTP == nil {
		return out, nil
	}
	_, from, _ := strings.Cut(c.SMTP.From, "@")
	if secrets.DKIMPrivateKey != "" && c.SMTP.DKIMDomain != "" {
		value, err := dkimRecord(secrets.DKIMPrivateKey)
		if err != nil {
			return nil, err
		}
		out.DNS = append(out.DNS, Record{"dkim", "TXT", c.SMTP.DKIMSelector + "._domainkey." + c.SMTP.DKIMDomain, value})
	}
	bounce := from
	if c.SMTP.BounceDomain != "" {
		bounce = c.SMTP.BounceDomain
	}
	out.DNS = append(out.DNS, Record{"spf", "TXT", bounce, "v=spf1 " + spfSource(c.SMTP.Host) + " ~all"},
		Record{"dmarc", "TXT", "_dmarc." + from, "v=DMARC1; p=none; rua=mailto:" + c.SMTP.From})
	return out, nil
}

// spfSource names who may send: the network that the provider publishes, or the server itself.
func spfSource(host string) string {
	for suffix, include := range map[string]string{"gmail.com": "_spf.google.com", "google.com": "_spf.google.com", "amazonaws.com": "amazonses.com", "sendgrid.net": "sendgrid.net",
		"mailgun.org": "mailgun.org", "postmarkapp.com": "spf.mtasv.net"} {
		if host == suffix || strings.HasSuffix(host, "."+suffix) {
			return "include:" + include
		}
	}
	if ip := net.ParseIP(host); ip != nil {
		if ip.To4() != nil {
			return "ip4:" + host
		}
		return "ip6:" + host
	}
	return "a:" + host
}

// dkimRecord is the public half of a private key as DKIM publishes it (RFC 6376 section 3.6.1, RFC 8463).
func dkimRecord(private string) (string, error) {
	block, _ := pem.Decode([]byte(private))
	if block == nil {
		return "", errs.Invalid("connection.private_key")
	}
	var key any
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		if key, err = x509.ParsePKCS1PrivateKey(block.Bytes); err != nil {
			return "", errs.Invalid("connection.private_key")
		}
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		public, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
		if err != nil {
			return "", fmt.Errorf("write public key: %w", err)
		}
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public), nil
	case ed25519.PrivateKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(k.Public().(ed25519.PublicKey)), nil
	}
	return "", errs.Invalid("connection.private_key")
}

// MakeDKIM gives a mail connection a new signing key for a domain: RSA with 2,048 bits, which every receiver understands. Mails are signed with it at once, so the record of SetUp should
// be published soon. The error is connection.not_smtp for other connections.
func (s *Service) MakeDKIM(ctx context.Context, workspace, id int64, actor, domain, selector string) (*Connection, error) {
	c, err := s.Get(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	if c.SMTP == nil {
		return nil, errs.Invalid("connection.not_smtp")
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write key: %w", err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
	settings := c.Settings
	m := *settings.SMTP
	m.DKIMDomain, m.DKIMSelector = strings.ToLower(strings.TrimSpace(domain)), strings.TrimSpace(selector)
	settings.SMTP = &m
	return s.Update(ctx, workspace, id, actor, Form{Provider: c.Provider, Name: c.Name, Settings: settings, RatePerSecond: c.RatePerSecond, Concurrency: c.Concurrency,
		Secrets: SecretsForm{DKIMPrivateKey: &text}})
}
