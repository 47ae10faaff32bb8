package smtp

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/loa-project/loa/provider"
)

// certificate is a self-signed certificate for 127.0.0.1 and example.com, with its PEM text.
func certificate(t testing.TB) (tls.Certificate, []byte) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	return s.TLS.Certificates[0], pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

func TestTLS(t *testing.T) {
	t.Parallel()
	cert, ca := certificate(t)
	conf := &tls.Config{Certificates: []tls.Certificate{cert}}
	s := &sink{}
	srv := gosmtp.NewServer(s)
	srv.Domain, srv.TLSConfig, srv.ErrorLog = "test", conf, quiet{}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	implicit, err := tls.Listen("tcp", "127.0.0.1:0", conf)
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(plain)
	go srv.Serve(implicit)
	t.Cleanup(func() { srv.Close() })
	for name, c := range map[string]struct {
		o    Options
		code string
	}{
		"starttls":           {Options{Addr: plain.Addr().String(), RootCA: ca}, ""},
		"implicit":           {Options{Addr: implicit.Addr().String(), TLS: TLSImplicit, RootCA: ca}, ""},
		"other name":         {Options{Addr: plain.Addr().String(), RootCA: ca, ServerName: "example.com"}, ""},
		"wrong name":         {Options{Addr: plain.Addr().String(), RootCA: ca, ServerName: "mail.shop.example"}, CodeCertificate},
		"unknown authority":  {Options{Addr: plain.Addr().String()}, CodeCertificate},
		"unknown, implicit":  {Options{Addr: implicit.Addr().String(), TLS: TLSImplicit}, CodeCertificate},
		"password to TLS":    {Options{Addr: plain.Addr().String(), RootCA: ca, Username: "loa", Password: "secret"}, ""},
		"password is wrong":  {Options{Addr: plain.Addr().String(), RootCA: ca, Username: "loa", Password: "x"}, "5.7.8"},
		"no login without":   {Options{Addr: plain.Addr().String(), TLS: TLSNone, Username: "loa", Password: "secret"}, CodeNoAuth},
		"clear text to TLS":  {Options{Addr: implicit.Addr().String(), TLS: TLSNone, DialTimeout: 1e9, CommandTimeout: 1e8}, provider.CodeNotSent},
		"TLS to clear text":  {Options{Addr: plain.Addr().String(), TLS: TLSImplicit, RootCA: ca, DialTimeout: 1e9}, provider.CodeNotSent},
		"nobody there":       {Options{Addr: "127.0.0.1:1"}, provider.CodeNotSent},
		"starttls in a word": {Options{Addr: injecting(t), RootCA: ca}, CodeCertificate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.o.TLS == "" {
				c.o.TLS = TLSStart
			}
			_, err := pool(t, c.o).Send(context.Background(), Envelope{From: "a@example.com", To: "ok@example.com"}, mail)
			e, _ := errors.AsType[*provider.Error](err)
			if c.code == "" && err != nil || c.code != "" && (e == nil || e.Code != c.code || !e.Unasked || !e.Class.Certain()) {
				t.Errorf("got %v, want %q", err, c.code)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("%v shows the password", err)
			}
		})
	}
}

// injecting is a server, or somebody between, that writes clear text behind its answer to STARTTLS.
func injecting(t testing.TB) string {
	address, _ := script(t, "250-STARTTLS\r\n", map[string]string{"greeting": "220 hello\r\n", "STARTTLS": "220 go\r\n250 injected\r\n"})
	return address
}

// TestLogin speaks AUTH LOGIN with a server that offers nothing else.
func TestLogin(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	got := make(chan []string, 1)
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		fmt.Fprint(c, "220 hello\r\n")
		var lines []string
		for _, a := range []string{"250-test\r\n250 AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "235 2.7.0 good\r\n"} {
			line, err := r.ReadString('\n')
			if err != nil {
				break
			}
			lines = append(lines, strings.TrimSpace(line))
			fmt.Fprint(c, a)
		}
		got <- lines
	}()
	if err := pool(t, Options{Addr: ln.Addr().String(), Username: "loa", Password: "secret"}).Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	b64 := base64.StdEncoding.EncodeToString
	if g, want := strings.Join(<-got, "|"), "EHLO localhost|AUTH LOGIN|"+b64([]byte("loa"))+"|"+b64([]byte("secret")); g != want {
		t.Errorf("got %q, want %q", g, want)
	}
}
