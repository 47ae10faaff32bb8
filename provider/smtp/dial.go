package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// The codes of settings that cannot work.
const (
	CodeCertificate = "tls.certificate" // the server's certificate is not trusted
	CodeNoStartTLS  = "tls.missing"     // the server offers no STARTTLS
	CodeNoAuth      = "auth.missing"    // the server offers no way of authentication that we know, or the password would travel in clear text
)

func account(code, text string, err error) *provider.Error {
	return &provider.Error{Provider: name, Code: code, Message: text, Class: provider.Auth, Unasked: true, Err: err}
}

// dial opens a connection up to and including AUTH. All its errors are certain.
func (p *Pool) dial(ctx context.Context) (*conn, error) {
	dialer := net.Dialer{Timeout: p.o.DialTimeout, Control: p.o.Control}
	raw, err := dialer.DialContext(ctx, "tcp", p.o.Addr)
	if err != nil {
		return nil, notAsked(err)
	}
	c := newConn(ctx, raw, p)
	stop := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	err = c.open()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		c.close()
		if e, ok := errors.AsType[*provider.Error](err); ok {
			e.Unasked = true
			return nil, e
		}
		return nil, notAsked(err)
	}
	return c, nil
}

func (c *conn) open() error {
	p := c.p
	if p.o.TLS == TLSImplicit {
		if err := c.secure(); err != nil {
			return err
		}
	}
	c.within(p.o.CommandTimeout)
	r, err := c.read()
	if err != nil {
		return err
	}
	if r.Code != 220 {
		return r.refused("greeting")
	}
	if err := c.hello(); err != nil {
		return err
	}
	if p.o.TLS == TLSStart {
		if _, ok := c.ext["STARTTLS"]; !ok {
			return account(CodeNoStartTLS, "the server does not offer STARTTLS", nil)
		}
		r, err := c.cmd("STARTTLS")
		if err != nil {
			return err
		}
		if r.Code != 220 {
			return r.refused("STARTTLS")
		}
		if c.r.Buffered() > 0 {
			return account(CodeCertificate, "clear text after the answer to STARTTLS", nil)
		}
		if err := c.secure(); err != nil {
			return err
		}
		if err := c.hello(); err != nil {
			return err
		}
	}
	if p.o.Username == "" {
		return nil
	}
	return c.auth()
}

func (c *conn) secure() error {
	t := tls.Client(c.net, c.p.tls)
	c.within(c.p.o.DialTimeout)
	if err := t.Handshake(); err != nil {
		if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
			return account(CodeCertificate, "", err)
		}
		if _, ok := errors.AsType[x509.HostnameError](err); ok {
			return account(CodeCertificate, "", err)
		}
		return err
	}
	c.net, c.encrypted = t, true
	c.r.Reset(t)
	return nil
}

func (c *conn) hello() error {
	r, err := c.cmd("EHLO " + c.p.o.Hello)
	if err != nil {
		return err
	}
	c.ext = map[string]string{}
	if r.Code == 500 || r.Code == 502 || r.Code == 504 {
		if r, err = c.cmd("HELO " + c.p.o.Hello); err != nil {
			return err
		}
	}
	if r.Code != 250 {
		return r.refused("EHLO")
	}
	for _, line := range strings.Split(r.Text, "\n")[1:] {
		key, args, _ := strings.Cut(line, " ")
		c.ext[strings.ToUpper(key)] = args
	}
	_, c.pipelining = c.ext["PIPELINING"]
	_, c.dsn = c.ext["DSN"]
	_, c.utf8 = c.ext["SMTPUTF8"]
	c.size, _ = strconv.ParseInt(strings.TrimSpace(c.ext["SIZE"]), 10, 64)
	return nil
}

// auth uses PLAIN, else LOGIN (RFC 4954). A password never travels in clear text but to this machine.
func (c *conn) auth() error {
	if !c.encrypted && !local(c.net.RemoteAddr()) {
		return account(CodeNoAuth, "a password is not sent without TLS", nil)
	}
	ways := " " + strings.ToUpper(c.ext["AUTH"]) + " "
	user, pass := c.p.o.Username, c.p.o.Password
	b64 := base64.StdEncoding.EncodeToString
	var r Reply
	var err error
	switch {
	case strings.Contains(ways, " PLAIN "):
		r, err = c.cmd("AUTH PLAIN " + b64([]byte("\x00"+user+"\x00"+pass)))
	case strings.Contains(ways, " LOGIN "):
		for _, line := range []string{"AUTH LOGIN", b64([]byte(user)), b64([]byte(pass))} {
			if r, err = c.cmd(line); err != nil || r.Code != 334 {
				break
			}
		}
	default:
		return account(CodeNoAuth, "the server offers neither PLAIN nor LOGIN", nil)
	}
	if err != nil {
		return err
	}
	if r.Code != 235 {
		e := r.refused("AUTH")
		if r.Code >= 500 {
			e.Class, e.Suppress = provider.Auth, false
		} else if e.Class != provider.RateLimited {
			e.Class = provider.Temporary
		}
		return e
	}
	return nil
}

func local(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}
