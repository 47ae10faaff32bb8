package provider

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// transport is an http.RoundTripper for provider calls. It differs from the one of net/http in what matters here: it writes a request in one piece and knows whether a byte of it left,
// it never repeats one, and it needs no goroutines beside the caller's, which doubles the calls per second. It speaks HTTP/1.1 without proxies, redirects and compression, and reads an answer
// of at most MaxBody whole.
type transport struct {
	o      HTTPOptions
	tls    *tls.Config
	dialer net.Dialer

	mu     sync.Mutex
	idle   map[string][]*link // by scheme and host; the last used one at the end
	reaper *time.Timer
}

// link is one connection. One call at a time uses it.
type link struct {
	net.Conn // TLS included
	tcp      net.Conn
	r        *bufio.Reader
	out      []byte
	head     int64 // bytes of header left in this answer
	used     bool  // it has carried a call before
	since    time.Time
}

var errHeaderTooLong = errors.New("answer's header is too long")

const maxHeader = 64 << 10

// Read feeds the buffered reader and bounds the header of an answer.
func (l *link) Read(b []byte) (int, error) {
	if l.head <= 0 {
		return 0, errHeaderTooLong
	}
	n, err := l.Conn.Read(b)
	l.head -= int64(n)
	return n, err
}

// RoundTrip makes the transport usable as that of any http.Client. The body of the answer is already read.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	a, err := t.do(req.Context(), req, time.Time{})
	if err != nil {
		return nil, err
	}
	return &http.Response{Status: strconv.Itoa(a.Status) + " " + http.StatusText(a.Status), StatusCode: a.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: a.Header,
		Body: io.NopCloser(bytes.NewReader(a.Body)), ContentLength: int64(len(a.Body)), Request: req}, nil
}

// CloseIdleConnections ends all connections that nobody uses.
func (t *transport) CloseIdleConnections() {
	t.mu.Lock()
	all := t.idle
	t.idle = map[string][]*link{}
	t.mu.Unlock()
	for _, ls := range all {
		for _, l := range ls {
			l.Close()
		}
	}
}

// do makes one call. until may be zero. A call that failed before its first byte on a connection used before is made once more on a new one.
func (t *transport) do(ctx context.Context, req *http.Request, until time.Time) (Answer, error) {
	body, err := bodyOf(req)
	if err != nil {
		return Answer{}, err
	}
	if d, ok := ctx.Deadline(); ok && (until.IsZero() || d.Before(until)) {
		until = d
	}
	key := req.URL.Scheme + "://" + req.URL.Host
	for {
		if err := ctx.Err(); err != nil {
			return Answer{}, err
		}
		l := t.take(key)
		used := l != nil
		if l == nil {
			if l, err = t.dial(ctx, req, until); err != nil {
				return Answer{}, err
			}
		}
		if l.out, err = appendRequest(l.out[:0], req, body); err != nil {
			l.Close()
			return Answer{}, err
		}
		a, keep, err := t.call(ctx, l, req, until)
		if keep {
			t.give(key, l)
		} else {
			l.Close()
		}
		if err != nil && !a.Wrote && used && ctx.Err() == nil {
			continue
		}
		if err != nil && ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		return a, err
	}
}

// call writes what stands in l.out and reads the answer. keep says whether the connection can be used again.
func (t *transport) call(ctx context.Context, l *link, req *http.Request, until time.Time) (a Answer, keep bool, err error) {
	header := t.o.Now().Add(t.o.HeaderTimeout)
	if !until.IsZero() && until.Before(header) {
		header = until
	}
	if err := l.SetDeadline(header); err != nil {
		return a, false, err
	}
	if ctx.Done() != nil {
		stop := context.AfterFunc(ctx, func() { _ = l.SetDeadline(time.Unix(1, 0)) })
		defer func() {
			if !stop() {
				keep = false // its deadline is spoilt
			}
		}()
	}
	n, err := l.Write(l.out)
	// With n = 0 the system took nothing of the request; under TLS at most a part of one record, with which the other side cannot do anything.
	a.Wrote = n > 0
	if err != nil {
		return a, false, fmt.Errorf("write request: %w", err)
	}
	l.used, l.head = true, maxHeader
	res, err := http.ReadResponse(l.r, req)
	for err == nil && res.StatusCode >= 100 && res.StatusCode < 200 && res.StatusCode != http.StatusSwitchingProtocols {
		res, err = http.ReadResponse(l.r, req) // an interim answer
	}
	if err != nil {
		return a, false, fmt.Errorf("read answer: %w", err)
	}
	a.Status, a.Header = res.StatusCode, res.Header
	if !until.IsZero() && ctx.Err() == nil {
		_ = l.SetDeadline(until) // shows at the next read
		if ctx.Err() != nil {
			_ = l.SetDeadline(time.Unix(1, 0)) // it ended just before
		}
	}
	l.head = MaxBody + maxHeader
	a.Body, err = readAll(res)
	return a, err == nil && !res.Close && l.r.Buffered() == 0 && a.Status != http.StatusSwitchingProtocols, err
}

func (t *transport) dial(ctx context.Context, req *http.Request, until time.Time) (*link, error) {
	u := req.URL
	port := u.Port()
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("scheme %q is not supported", u.Scheme)
	case port == "" && u.Scheme == "https":
		port = "443"
	case port == "":
		port = "80"
	}
	if !until.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, until)
		defer cancel()
	}
	c, err := t.dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, err
	}
	l := &link{Conn: c, tcp: c}
	if u.Scheme == "https" {
		conf := t.tls.Clone()
		conf.ServerName = u.Hostname()
		s := tls.Client(c, conf)
		shake, cancel := context.WithTimeout(ctx, t.o.TLSTimeout)
		defer cancel()
		if err := s.HandshakeContext(shake); err != nil {
			c.Close()
			return nil, fmt.Errorf("TLS handshake: %w", err)
		}
		l.Conn = s
	}
	l.r = bufio.NewReaderSize(l, 4096)
	return l, nil
}

// take gives an idle connection that the server has not ended, or nil.
func (t *transport) take(key string) *link {
	for {
		t.mu.Lock()
		ls := t.idle[key]
		if len(ls) == 0 {
			t.mu.Unlock()
			return nil
		}
		l := ls[len(ls)-1]
		ls[len(ls)-1] = nil
		t.idle[key] = ls[:len(ls)-1]
		t.mu.Unlock()
		if idle := t.o.Now().Sub(l.since); idle < t.o.IdleTimeout && silent(l.tcp, idle) {
			return l
		}
		l.Close()
	}
}

func (t *transport) give(key string, l *link) {
	l.since = t.o.Now()
	t.mu.Lock()
	full := len(t.idle[key]) >= t.o.MaxIdle
	if !full {
		t.idle[key] = append(t.idle[key], l)
		if t.reaper == nil {
			t.reaper = time.AfterFunc(t.o.IdleTimeout, t.reap)
		}
	}
	t.mu.Unlock()
	if full {
		l.Close()
	}
}

// reap ends what was idle for too long and comes back while there is more.
func (t *transport) reap() {
	t.mu.Lock()
	var old []*link
	left := 0
	for key, ls := range t.idle {
		n := 0
		for n < len(ls) && t.o.Now().Sub(ls[n].since) >= t.o.IdleTimeout {
			n++
		}
		old = append(old, ls[:n]...)
		t.idle[key] = slices.Clone(ls[n:])
		left += len(ls) - n
	}
	t.reaper = nil
	if left > 0 {
		t.reaper = time.AfterFunc(t.o.IdleTimeout/2, t.reap)
	}
	t.mu.Unlock()
	for _, l := range old {
		l.Close()
	}
}

// sendBody is a body that can be written again and in one piece with the header.
type sendBody struct{ io.Reader }

func (sendBody) Close() error { return nil }

// bodyOf reads the whole body of a request.
func bodyOf(req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	defer req.Body.Close()
	if s, ok := req.Body.(sendBody); ok {
		if r, ok := s.Reader.(*rawBody); ok {
			return r.all, nil
		}
	}
	b, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return b, nil
}

// rawBody keeps the bytes beside the reader, so that they need not be copied.
type rawBody struct {
	bytes.Reader
	all []byte
}

func newBody(b []byte) io.ReadCloser {
	r := &rawBody{all: b}
	r.Reset(b)
	return sendBody{r}
}

// appendRequest writes the request's head and body (RFC 9112). Names and values that could end a line are refused.
func appendRequest(b []byte, req *http.Request, body []byte) ([]byte, error) {
	host := req.Host
	if host == "" {
		host = req.URL.Host
	}
	target := req.URL.RequestURI()
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	if !plain(host) || !plain(target) || !plain(method) || strings.ContainsAny(host+target+method, " \t") {
		return b, errors.New("request line holds a space or control character")
	}
	b = append(append(append(append(b, method...), ' '), target...), " HTTP/1.1\r\nHost: "...)
	b = append(b, host...)
	for k, vs := range req.Header {
		if k == "Host" || k == "Content-Length" || k == "Transfer-Encoding" || k == "Connection" {
			continue
		}
		if k == "" || !plain(k) || strings.ContainsAny(k, " \t:") {
			return b, errors.New("name of a header field is not valid")
		}
		for _, v := range vs {
			if !plain(v) {
				return b, fmt.Errorf("value of header field %s holds a control character", k)
			}
			b = append(append(append(append(b, "\r\n"...), k...), ": "...), v...)
		}
	}
	if len(body) > 0 || method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch {
		b = strconv.AppendInt(append(b, "\r\nContent-Length: "...), int64(len(body)), 10)
	}
	return append(append(b, "\r\n\r\n"...), body...), nil
}

func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\t') || c == 0x7f {
			return false
		}
	}
	return true
}
