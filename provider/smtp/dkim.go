package smtp

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emersion/go-msgauth/dkim"
)

// DKIM are the settings of a Signer.
type DKIM struct {
	Domain, Selector string
	PrivateKeyPEM    string // see NewSigner
}

// SignDKIM signs one mail. Reading the key costs time: for many mails make one Signer.
func SignDKIM(msg []byte, d DKIM) ([]byte, error) {
	s, err := NewSigner(d.Domain, d.Selector, []byte(d.PrivateKeyPEM))
	if err != nil {
		return nil, err
	}
	return s.Sign(msg)
}

// Signer signs mails for one domain (DKIM, RFC 6376). It is safe for many goroutines.
type Signer struct {
	domain, selector string
	key              crypto.Signer
}

// NewSigner reads a private key in PEM: PKCS #1 or PKCS #8, RSA of at least 1024 bits, or Ed25519.
func NewSigner(domain, selector string, privateKeyPEM []byte) (*Signer, error) {
	if !safeWord(domain) || !safeWord(selector) {
		return nil, errors.New("DKIM domain or selector is not valid")
	}
	block, _ := pem.Decode(privateKeyPEM)
	if block == nil {
		return nil, errors.New("DKIM key: no PEM block found")
	}
	var parsed any
	var err error
	if parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes); err != nil {
		if parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
			return nil, errors.New("DKIM key: neither PKCS #1 nor PKCS #8")
		}
	}
	s := &Signer{domain: domain, selector: selector}
	switch k := parsed.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() < 1024 {
			return nil, errors.New("DKIM key: RSA key shorter than 1024 bits")
		}
		s.key = k
	case ed25519.PrivateKey:
		s.key = k
	default:
		return nil, fmt.Errorf("DKIM key: kind %T is not supported", parsed)
	}
	return s, nil
}

// signed are the fields under the signature. From and Subject stand twice, so that nobody can add a second one; the unsubscribe fields must be covered for one-click (RFC 8058,
// section 4). Fields that a mail does not have are signed as absent.
var signed = []string{"From", "From", "To", "Subject", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "List-Unsubscribe", "List-Unsubscribe-Post"}

// Sign puts the signature before the mail, relaxed/relaxed.
func (s *Signer) Sign(msg []byte) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(msg) + 800)
	err := dkim.Sign(&out, bytes.NewReader(msg), &dkim.SignOptions{
		Domain: s.domain, Selector: s.selector, Signer: s.key, Hash: crypto.SHA256, HeaderKeys: signed,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return nil, fmt.Errorf("sign mail: %w", err)
	}
	return out.Bytes(), nil
}
