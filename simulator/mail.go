package simulator

import (
	"bytes"
	"slices"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

func (s *Server) newMailServer() *smtp.Server {
	m := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		conn, _ := c.Conn().(*mailConn)
		return &mailSession{s: s, conn: conn}, nil
	}))
	m.Domain = "simulator.localhost"
	m.AllowInsecureAuth, m.EnableDSN, m.EnableSMTPUTF8 = true, true, true
	m.MaxMessageBytes, m.MaxRecipients, m.MaxLineLength = maxMail, 100, 8000
	m.ReadTimeout, m.WriteTimeout = 5*time.Minute, time.Minute
	m.ErrorLog = quietLog{}
	return m
}

// quietLog drops what go-smtp says about clients that went away; this is daily life here.
type quietLog struct{}

// Printf drops the line.
func (quietLog) Printf(string, ...any) {}

// Println drops the line.
func (quietLog) Println(...any) {}

// mailSession is one connection's dialogue.
type mailSession struct {
	s        *Server
	conn     *mailConn
	allowed  bool
	from     string
	envid    string
	rcpts    []mailRcpt
	accepted int // messages on this connection
	buf      bytes.Buffer
}

type mailRcpt struct {
	address string
	rule    string
	notify  []smtp.DSNNotify
	orcpt   string // as the sender named the recipient, "" = not told
}

// wants says whether the sender asked for a report. Who asked for nothing hears of failures and delays (RFC 3461, section 4.1).
func (r *mailRcpt) wants(n smtp.DSNNotify) bool {
	if len(r.notify) == 0 {
		return n != smtp.DSNNotifySuccess
	}
	return slices.Contains(r.notify, n)
}

// AuthMechanisms announces PLAIN; it is asked for only when the options name a user.
func (m *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth checks user and password, or takes any when none is set.
func (m *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if o := &m.s.opts; o.SMTPUser != "" && (user != o.SMTPUser || password != o.SMTPPassword) {
			return smtp.ErrAuthFailed
		}
		m.allowed = true
		return nil
	}), nil
}

// Reset forgets the message in progress.
func (m *mailSession) Reset() { m.from, m.envid, m.rcpts = "", "", m.rcpts[:0] }

// Logout has nothing to free.
func (m *mailSession) Logout() error { return nil }

// Mail begins a message.
func (m *mailSession) Mail(from string, o *smtp.MailOptions) error {
	if m.s.opts.SMTPUser != "" && !m.allowed {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	m.Reset()
	m.from, m.envid = from, o.EnvelopeID
	return nil
}
