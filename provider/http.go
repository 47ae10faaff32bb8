package provider

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// MaxBody is how much of an answer is read, in bytes. A longer answer is unreadable.
const MaxBody = 1 << 20

// HTTPOptions are the settings of one connection's HTTP client. Zero values take the defaults named at each field.
type HTTPOptions struct {
	DialTimeout   time.Duration // 10 s
	TLSTimeout    time.Duration // 10 s
	HeaderTimeout time.Duration // 30 s, from the written request to the answer's header
	Timeout       time.Duration // 60 s for the whole call; the context may be shorter
	IdleTimeout   time.Duration // 30 s: shorter than servers usually keep a connection, so that we rarely write into one that is just being closed
	MaxIdle       int           // idle connections per host, 256
	// RootCA holds PEM certificates that are trusted instead of the system's; empty takes the system's.
	RootCA []byte
	// Control may refuse a resolved address before it is dialled; see net.Dialer.
	Control func(network, address string, c syscall.RawConn) error
	// Now is the clock for deadlines and idle times; nil is the system's.
	Now func() time.Time
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// HTTPClient builds the client of one connection: HTTP/1.1, no redirects, no proxy from the environment, no compression, every step with its own time-out. The error is about RootCA.
// Use it with Do.
func HTTPClient(o HTTPOptions) (*http.Client, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(bytes.TrimSpace(o.RootCA)) > 0 {
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(o.RootCA) {
			return nil, errors.New("root CA: no certificate found in the PEM text")
		}
	}
	o.DialTimeout, o.TLSTimeout, o.HeaderTimeout = or(o.DialTimeout, 10*time.Second), or(o.TLSTimeout, 10*time.Second), or(o.HeaderTimeout, 30*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	o.IdleTimeout, o.MaxIdle = or(o.IdleTimeout, 30*time.Second), or(o.MaxIdle, 256)
	return &http.Client{
		Transport:     &transport{o: o, tls: conf, dialer: net.Dialer{Timeout: o.DialTimeout, Control: o.Control}, idle: map[string][]*link{}},
		Timeout:       or(o.Timeout, time.Minute),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// Answer is what came back from one call.
type Answer struct {
	Status int // 0 when no answer came
	Header http.Header
	Body   []byte // at most MaxBody
	// Wrote is false when certainly no byte of the request left us.
	Wrote bool
}

var errTooLong = fmt.Errorf("answer longer than %d bytes", MaxBody)

// Do makes one call and reads the whole answer. It never follows a redirect and never repeats a request of which a byte has left us. A try that ended before its first byte, as on a
// connection that the server had closed meanwhile, is made again on another one. The client should come from HTTPClient; with any other one Wrote is true as soon as there was a
// connection. The error is nil when an answer of any status came whole.
func Do(ctx context.Context, client *http.Client, req *http.Request) (Answer, error) {
	if t, ok := client.Transport.(*transport); ok {
		var until time.Time
		if client.Timeout > 0 {
			until = t.o.Now().Add(client.Timeout)
		}
		return t.do(ctx, req, until)
	}
	if client.Transport == nil {
		return Answer{}, errors.New("HTTP client without a transport")
	}
	if client.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, client.Timeout)
		defer cancel()
	}
	var connected atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}))
	req.GetBody = nil // else net/http repeats the request by itself
	res, err := client.Transport.RoundTrip(req)
	if err != nil {
		return Answer{Wrote: connected.Load()}, err
	}
	a := Answer{Status: res.StatusCode, Header: res.Header, Wrote: true}
	a.Body, err = readAll(res)
	return a, err
}

func readAll(res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	if n := res.ContentLength; n >= 0 && n <= MaxBody {
		b := make([]byte, n)
		if _, err := io.ReadFull(res.Body, b); err != nil {
			return nil, fmt.Errorf("read answer: %w", err)
		}
		_, err := res.Body.Read(nil) // sees the end, so that the connection is used again
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read answer: %w", err)
		}
		return b, nil
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, MaxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if len(b) > MaxBody {
		return b[:MaxBody], errTooLong
	}
	return b, nil
}

// Get makes a request without a body for Do. The header is used as it is and never written to.
func Get(to *url.URL, header http.Header) *http.Request {
	return &http.Request{Method: http.MethodGet, URL: to, Host: to.Host, Header: header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
}

// Post makes a request with a body for Do. The header is used as it is and never written to, so that many requests may share it.
func Post(to *url.URL, header http.Header, body []byte) *http.Request {
	return &http.Request{
		Method: http.MethodPost, URL: to, Host: to.Host, Header: header, ContentLength: int64(len(body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: newBody(body),
	}
}

// Invalid is the error of a request that we refuse to make.
func Invalid(provider, why string) *Error {
	return &Error{Provider: provider, Code: CodeBadRequest, Message: why, Class: Content, Unasked: true}
}

// BadAddress is the error of a base address that cannot be used: the connection's settings are wrong.
func BadAddress(provider string, err error) *Error {
	return &Error{Provider: provider, Code: CodeBadAddress, Class: Auth, Unasked: true, Err: err}
}

// Classify turns what Do gave back into an *Error, or nil when there is a 2xx answer to read. Where the body may hold the provider's own code, read that first.
//
// No byte left us: temporary. 429: rate limited, with Retry-After. 404 and 405: nothing takes messages at that address, so the connection's settings are wrong. Everything else,
// also 5xx and redirects, is no documented refusal of the providers here: unknown.
func Classify(provider string, a Answer, err error) *Error {
	switch {
	case err != nil && !a.Wrote:
		return &Error{Provider: provider, Code: CodeNotSent, Class: Temporary, Unasked: true, Err: err}
	case err != nil && a.Status == 0:
		return &Error{Provider: provider, Code: CodeLost, Class: Unknown, Err: err}
	case a.Status == http.StatusTooManyRequests:
		return &Error{Provider: provider, Code: "http.429", Class: RateLimited, RetryAfter: RetryAfter(a.Header), Raw: a.Body, Message: "Too Many Requests"}
	case err != nil:
		return &Error{Provider: provider, Code: CodeUnreadable, Class: Unknown, Err: err, Raw: a.Body}
	case a.Status >= 200 && a.Status < 300:
		return nil
	}
	e := &Error{Provider: provider, Code: codeHTTP + strconv.Itoa(a.Status), Class: Unknown, Raw: a.Body, Message: http.StatusText(a.Status)}
	if c, ok := Causes[e.Code]; ok {
		e.Class = c.Class
	}
	return e
}

// RetryAfter reads the header Retry-After (RFC 9110, section 10.2.3): seconds, or a date that is compared with the answer's own Date. It is at most a day, and 0 when absent or wrong.
func RetryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	const most = 24 * time.Hour
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return time.Duration(min(max(n, 0), int64(most/time.Second))) * time.Second
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), most)
}
