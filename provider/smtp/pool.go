package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/loa-project/loa/provider"
)

// TLSMode says how a connection is protected.
type TLSMode string

// The modes.
const (
	TLSImplicit TLSMode = "tls"      // from the first byte, port 465
	TLSStart    TLSMode = "starttls" // required before anything is sent, port 587
	TLSNone     TLSMode = "none"     // a password is refused then, unless the server is on this machine
)

// Options are the settings of one connection. Zero values take the defaults named at each field.
type Options struct {
	Addr       string  // host:port
	TLS        TLSMode // TLSStart
	ServerName string  // expected in the certificate; "" is the host of Addr
	RootCA     []byte  // PEM certificates trusted instead of the system's
	Username   string  // "" sends no AUTH
	Password   string
	Hello      string // our name in EHLO, "localhost"

	MaxConns       int           // 4
	MaxMessages    int           // per connection, 100
	IdleTimeout    time.Duration // 30 s
	DialTimeout    time.Duration // 15 s, for TCP and for TLS
	CommandTimeout time.Duration // 60 s
	FinalTimeout   time.Duration // 5 min, from the end of the body to its reply

	// Control may refuse a resolved address before it is dialled; see net.Dialer.
	Control func(network, address string, c syscall.RawConn) error
	// Now is the clock for idle times and deadlines; nil is the system's.
	Now func() time.Time
}

// Pool sends over at most MaxConns connections. It is safe for many goroutines.
type Pool struct {
	o     Options
	tls   *tls.Config
	host  string
	slots chan struct{}

	mu     sync.Mutex
	idle   []*conn // the last used one at the end
	reaper *time.Timer
	closed bool
}

// ErrClosed says that the pool was closed.
var ErrClosed = errors.New("smtp pool is closed")

// NewPool checks the options. It connects when the first mail is sent. Close it in the end.
func NewPool(o Options) (*Pool, error) {
	host, _, err := net.SplitHostPort(o.Addr)
	if err != nil {
		return nil, fmt.Errorf("smtp address: %w", err)
	}
	o.TLS, o.Hello = either(o.TLS, TLSStart), either(o.Hello, "localhost")
	if o.Now == nil {
		o.Now = time.Now
	}
	switch o.TLS {
	case TLSImplicit, TLSStart, TLSNone:
	default:
		return nil, fmt.Errorf("unknown TLS mode %q", o.TLS)
	}
	if !safeWord(o.Hello) {
		return nil, errors.New("name for EHLO holds spaces or control characters")
	}
	o.MaxConns, o.MaxMessages = max(either(o.MaxConns, 4), 1), max(either(o.MaxMessages, 100), 1)
	o.IdleTimeout, o.DialTimeout = either(o.IdleTimeout, 30*time.Second), either(o.DialTimeout, 15*time.Second)
	o.CommandTimeout, o.FinalTimeout = either(o.CommandTimeout, time.Minute), either(o.FinalTimeout, 5*time.Minute)
	p := &Pool{o: o, host: host, slots: make(chan struct{}, o.MaxConns), tls: &tls.Config{MinVersion: tls.VersionTLS12, ServerName: either(o.ServerName, host)}}
	if len(o.RootCA) > 0 {
		p.tls.RootCAs = x509.NewCertPool()
		if !p.tls.RootCAs.AppendCertsFromPEM(o.RootCA) {
			return nil, errors.New("root CA: no certificate found in the PEM text")
		}
	}
	return p, nil
}

func either[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Close ends all idle connections; those in use end with their mail.
func (p *Pool) Close() error {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	if p.reaper != nil {
		p.reaper.Stop()
	}
	p.mu.Unlock()
	for _, c := range idle {
		c.quit()
	}
	return nil
}

// take gives an idle connection that is still good, or nil.
func (p *Pool) take() (*conn, error) {
	for {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			return nil, ErrClosed
		}
		n := len(p.idle)
		if n == 0 {
			p.mu.Unlock()
			return nil, nil
		}
		c := p.idle[n-1]
		p.idle[n-1] = nil
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		idle := p.o.Now().Sub(c.lastUse)
		if idle >= p.o.IdleTimeout || (idle > 15*time.Second && !c.alive()) {
			c.quit()
			continue
		}
		return c, nil
	}
}

// give puts a connection back, or ends it when it has done its share.
func (p *Pool) give(c *conn) {
	if c.broken || c.sent >= p.o.MaxMessages {
		if c.broken {
			c.close()
		} else {
			c.quit()
		}
		return
	}
	c.lastUse, c.ctx = p.o.Now(), context.Background()
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		c.quit()
		return
	}
	p.idle = append(p.idle, c)
	if p.reaper == nil {
		p.reaper = time.AfterFunc(p.o.IdleTimeout, p.reap)
	}
	p.mu.Unlock()
}

// reap ends connections that were idle for too long and comes back while there are others.
func (p *Pool) reap() {
	now := p.o.Now()
	p.mu.Lock()
	var old []*conn
	for len(p.idle) > 0 && now.Sub(p.idle[0].lastUse) >= p.o.IdleTimeout {
		old = append(old, p.idle[0])
		p.idle = p.idle[1:]
	}
	p.reaper = nil
	if len(p.idle) > 0 && !p.closed {
		p.reaper = time.AfterFunc(p.o.IdleTimeout/2, p.reap)
	}
	p.mu.Unlock()
	for _, c := range old {
		c.quit()
	}
}

// Envelope is what the server is told besides the mail itself.
type Envelope struct {
	From  string // where bounces go, see VERPAddress; "" is the null sender
	To    string // one recipient
	ENVID string // comes back in reports when the server supports DSN; visible ASCII
	// Success asks the server for a report of a mail that arrived too, not only of one that failed or is late. Servers without DSN are asked for nothing.
	Success bool
}

// Reply is the server's acceptance.
type Reply struct {
	Code     int    // 250
	Enhanced string // "2.0.0", or ""
	Text     string // all lines, joined by a line feed
	QueueID  string // the server's id of the mail where its text shows one in a known way, else ""
}

// Send sends one mail. msg has CRLF line ends; dots are doubled here. Failures are *provider.Error with the enhanced code ("5.1.1"), else the basic one ("550"), as Code; Suppress is
// set for recipients that do not exist (see Verdict). Class unknown means that the end of the mail has left us and no reply came.
// Source: RFC 5321, section 3.3; RFC 2920; RFC 3461.
func (p *Pool) Send(ctx context.Context, e Envelope, msg []byte) (Reply, error) {
	if err := ctx.Err(); err != nil {
		return Reply{}, notAsked(err)
	}
	select {
	case p.slots <- struct{}{}:
	default:
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return Reply{}, notAsked(ctx.Err())
		}
	}
	defer func() { <-p.slots }()
	for {
		c, err := p.take()
		if err != nil {
			return Reply{}, notAsked(err)
		}
		used := c != nil
		if c == nil {
			if c, err = p.dial(ctx); err != nil {
				return Reply{}, err
			}
		}
		r, stale, err := c.send(ctx, &e, msg)
		p.give(c)
		if used && stale && ctx.Err() == nil {
			continue // the server ended this connection while it was idle; nothing of this mail was taken
		}
		return r, err
	}
}

// Check connects, and authenticates when there is a user name, without sending anything. It is for the test of a connection's settings.
func (p *Pool) Check(ctx context.Context) error {
	c, err := p.dial(ctx)
	if err != nil {
		return err
	}
	c.quit()
	return nil
}

func notAsked(err error) *provider.Error {
	return &provider.Error{Provider: name, Code: provider.CodeNotSent, Class: provider.Temporary, Unasked: true, Err: err}
}
