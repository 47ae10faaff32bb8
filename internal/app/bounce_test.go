package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/config"
)

// makePair writes a self-signed certificate with a number and its key into dir.
func makePair(t *testing.T, dir string, number int64, at time.Time) (cert, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(number), DNSNames: []string{"mx.example"}}, &x509.Certificate{SerialNumber: big.NewInt(number)}, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{key: {Type: "PRIVATE KEY", Bytes: der}, cert: {Type: "CERTIFICATE", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(cert, at, at); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// TestRenewedCertificate: a certificate is read again when its file changes, and one that cannot be read does not take the good one away.
func TestRenewedCertificate(t *testing.T) {
	t.Parallel()
	dir, at := t.TempDir(), time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	cert, key := makePair(t, dir, 1, at)
	pair := &keyPair{cert: cert, key: key}
	expect := func(number int64) {
		t.Helper()
		got, err := pair.get(nil)
		if err != nil || got.Leaf.SerialNumber.Int64() != number {
			t.Errorf("got %v (%v), want certificate %d", got, err, number)
		}
	}
	expect(1)
	makePair(t, dir, 2, at.Add(time.Hour))
	expect(2)
	if err := os.WriteFile(cert, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	expect(2)
	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	expect(2)
	if _, err := (&keyPair{cert: cert, key: key}).get(nil); err == nil {
		t.Error("no file: got a certificate")
	}
}

func TestBounceTLSSettings(t *testing.T) {
	t.Parallel()
	cert, key := makePair(t, t.TempDir(), 1, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	for want, c := range map[string]config.Config{
		"":               {BounceListen: ":25", BounceTLSCert: cert, BounceTLSKey: key},
		"go together":    {BounceListen: ":25", BounceTLSCert: cert},
		"is not":         {BounceTLSCert: cert, BounceTLSKey: key},
		"cannot be used": {BounceListen: ":25", BounceTLSCert: key, BounceTLSKey: cert},
	} {
		got := ""
		for _, err := range c.Check() {
			if strings.Contains(err.Error(), "LOA_BOUNCE_TLS") {
				got = err.Error()
			}
		}
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}
