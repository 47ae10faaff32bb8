package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Inbox takes report mails by SMTP, as the mail exchanger of a bounce domain. It relays nothing: a mail for an address that Accept does not know is refused.
type Inbox struct {
	Hello  string               // our name in the dialogue
	Accept func(to string) bool // whether an envelope recipient is ours
	TLS    *tls.Config          // offers STARTTLS (RFC 3207) to who wants it; nil = not offered. Nobody is made to use it: a report in clear text is better than none
	// Take stores one mail. An error asks the other server to come again later.
	Take func(ctx context.Context, to []string, raw []byte) error
}

const (
	inboxConns = 50       // at once; the rest waits in the listener's queue
	inboxBytes = 10 << 20 // a returned mail may hold the whole of ours
	inboxRcpts = 10
	inboxIdle  = time.Minute
)

// Serve takes mails from l until ctx ends, and closes l.
func (i *Inbox) Serve(ctx context.Context, l net.Listener) error {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &inboxSession{ctx: ctx, i: i}, nil }))
	server.Domain, server.TLSConfig = i.Hello, i.TLS
	server.MaxMessageBytes, server.MaxRecipients, server.MaxLineLength = inboxBytes, inboxRcpts, 8000
	server.ReadTimeout, server.WriteTimeout = inboxIdle, inboxIdle
	server.ErrorLog = inboxLog{}
	stop := context.AfterFunc(ctx, func() { _ = l.Close(); _ = server.Close() })
	defer stop()
	err := server.Serve(&narrow{Listener: l, free: make(chan struct{}, inboxConns)})
	if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// inboxLog drops what go-smtp says about clients that went away.
type inboxLog struct{}

// Printf drops the line.
func (inboxLog) Printf(string, ...any) {}

// Println drops the line.
func (inboxLog) Println(...any) {}

// narrow is a listener with a limit of open connections.
type narrow struct {
	net.Listener
	free chan struct{}
}

// Accept waits for a free place and then for a connection.
func (n *narrow) Accept() (net.Conn, error) {
	n.free <- struct{}{}
	c, err := n.Listener.Accept()
	if err != nil {
		<-n.free
		return nil, err
	}
	return &narrowConn{Conn: c, free: n.free}, nil
}

type narrowConn struct {
	net.Conn
	free chan struct{}
	once sync.Once
}

// Close gives the place back.
func (c *narrowConn) Close() error {
	c.once.Do(func() { <-c.free })
	return c.Conn.Close()
}

type inboxSession struct {
	ctx context.Context
	i   *Inbox
	to  []string
}

// Reset forgets the mail in progress.
func (s *inboxSession) Reset() { s.to = nil }

// Logout has nothing to free.
func (s *inboxSession) Logout() error { return nil }

// Mail begins a mail. Bounces have no sender; complaints have one.
func (s *inboxSession) Mail(string, *smtp.MailOptions) error {
	s.to = nil
	return nil
}

// Rcpt takes addresses of ours only.
func (s *inboxSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !s.i.Accept(to) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	}
	s.to = append(s.to, to)
	return nil
}

// Data reads the mail and hands it on.
func (s *inboxSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.i.Take(s.ctx, s.to, raw) != nil {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Cannot be stored now, please try again later"}
	}
	return nil
}
