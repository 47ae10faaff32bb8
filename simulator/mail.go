package simulator

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailListener hands out connections that answer in as few writes as possible and can be cut without an answer.
type mailListener struct{ net.Listener }

// Accept waits for the next connection.
func (l mailListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &mailConn{Conn: c}, nil
}

// mailConn holds answers back until the server asks for more input. A client that pipelines (RFC 2920) thereby gets all answers of its batch in one packet.
type mailConn struct {
	net.Conn
	mu   sync.Mutex
	out  []byte
	last bool // close after the next flush
}

// Write keeps the answer until the server reads again.
func (c *mailConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = append(c.out, b...)
	return len(b), nil
}

// Read sends what was held back, then waits for input.
func (c *mailConn) Read(b []byte) (int, error) {
	if err := c.flush(); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *mailConn) flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.out) > 0 {
		_, err := c.Conn.Write(c.out)
		c.out = c.out[:0]
		if err != nil {
			return err
		}
	}
	if c.last {
		_ = c.Conn.Close() // the end is announced; nothing can be done about a failing close
		return io.EOF
	}
	return nil
}

// Close sends what is held back and closes.
func (c *mailConn) Close() error {
	return errors.Join(ignoreEOF(c.flush()), c.Conn.Close())
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// cut closes without another byte; hangUp closes after the answer that is being written.
func (c *mailConn) cut() {
	c.mu.Lock()
	c.out = nil
	c.mu.Unlock()
	if t, ok := c.Conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // a reset, not an orderly end
	}
	_ = c.Conn.Close()
}

func (c *mailConn) hangUp() {
	c.mu.Lock()
	c.last = true
	c.mu.Unlock()
}

func (s *Server) newMailServer() *smtp.Server {
	m := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		conn, _ := c.Conn().(*mailConn)
		return &mailSession{s: s, conn: conn}, nil
	}))
	m.Domain = "simulator.localhost"
	m.AllowInsecureAuth, m.EnableDSN, m.EnableSMTPUTF8 = true, true, true
	m.MaxMessageBytes, m.MaxRecipients, m.MaxLineLength = 25<<20, 100, 8000
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
