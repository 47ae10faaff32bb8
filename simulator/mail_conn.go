package simulator

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
)

// mailListener hands out connections that answer in as few writes as possible, read bodies fast, and can be cut without an answer.
type mailListener struct{ net.Listener }

// Accept waits for the next connection.
func (l mailListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &mailConn{Conn: c}, nil
}

// mailConn stands between the socket and go-smtp for two reasons of speed. Answers are held back until the server asks for more input, so that a client that pipelines
// (RFC 2920) gets all answers of its batch in one packet. And a body is taken here, by searching for its end, instead of byte by byte through three readers: go-smtp then sees
// an empty body, and the session takes the real one from here.
type mailConn struct {
	net.Conn
	mu   sync.Mutex
	out  []byte
	last bool // close after the next flush

	// Only the goroutine that reads uses these.
	asked  bool   // the last input ended with the DATA command, so that nothing of the body is in go-smtp's buffer
	body   []byte // the body taken, dots undone
	taken  bool
	toobig bool
	rest   []byte // input after the body's end, or the end mark itself, not yet handed on
	in     []byte
}

const (
	maxMail   = 25 << 20
	keepMail  = 256 << 10 // larger buffers are given back after the mail
	firstRead = 16 << 10
)

// Write keeps the answer until the server reads again.
func (c *mailConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = append(c.out, b...)
	return len(b), nil
}

// Read sends what was held back, then hands input on; after "354" it takes the body first.
func (c *mailConn) Read(b []byte) (int, error) {
	go354, err := c.flush()
	if err != nil {
		return 0, err
	}
	if go354 && c.asked && len(c.rest) == 0 {
		if err := c.takeBody(); err != nil {
			return 0, err
		}
	}
	c.asked = false
	if len(c.rest) == 0 {
		n, err := c.Conn.Read(b)
		c.asked = endsWithData(b[:n])
		return n, err
	}
	n := copy(b, c.rest)
	c.rest = c.rest[n:]
	c.asked = len(c.rest) == 0 && endsWithData(b[:n])
	return n, nil
}

func endsWithData(b []byte) bool {
	const word = "DATA\r\n"
	return len(b) >= len(word) && bytes.EqualFold(b[len(b)-len(word):], []byte(word)) && (len(b) == len(word) || b[len(b)-len(word)-1] == '\n')
}

var mailEnd = []byte("\r\n.\r\n")

// takeBody reads up to the end mark, keeps the body, and leaves the mark (as ".\r\n") and what follows it for go-smtp.
func (c *mailConn) takeBody() error {
	if c.in == nil {
		c.in = make([]byte, 0, firstRead)
	}
	c.in = append(c.in[:0], "\r\n"...) // so that a mark on the very first line is found too
	from := 0
	for {
		if len(c.in) == cap(c.in) {
			c.in = append(c.in, 0)[:len(c.in)]
		}
		n, err := c.Conn.Read(c.in[len(c.in):cap(c.in)])
		c.in = c.in[:len(c.in)+n]
		if i := bytes.Index(c.in[from:], mailEnd); i >= 0 {
			end := from + i + 2
			c.body, c.taken = undot(c.in[2:max(end, 2)]), true
			c.rest = append([]byte(".\r\n"), c.in[end+3:]...)
			return nil
		}
		from = max(0, len(c.in)-len(mailEnd)+1)
		if err != nil {
			return err
		}
		if len(c.in) > maxMail {
			c.toobig = true
			c.in = append(c.in[:0], c.in[len(c.in)-4:]...) // keep looking for the end, forget the rest
			from = 0
		}
	}
}

// undot removes the dot that a client puts before a line that begins with one (RFC 5321, section 4.5.2). It works in place.
func undot(b []byte) []byte {
	if !bytes.HasPrefix(b, []byte(".")) && !bytes.Contains(b, []byte("\r\n.")) {
		return b
	}
	out, start := b[:0], true // start: at the beginning of a line
	for _, ch := range b {
		if start && ch == '.' {
			start = false
			continue
		}
		out = append(out, ch)
		start = ch == '\n' && len(out) > 1 && out[len(out)-2] == '\r'
	}
	return out
}

// takenBody is the body of the message in progress, if it was taken here. It is valid until the next input.
func (c *mailConn) takenBody() (body []byte, toobig, ok bool) {
	body, toobig, ok = c.body, c.toobig, c.taken
	c.body, c.toobig, c.taken = nil, false, false
	if cap(c.in) > keepMail {
		c.in = nil
	}
	return body, toobig, ok
}

// flush sends what is held back and reports whether it ended in the answer that asks for a body.
func (c *mailConn) flush() (go354 bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.out) > 0 {
		i := bytes.LastIndexByte(c.out[:len(c.out)-1], '\n') + 1
		go354 = bytes.HasPrefix(c.out[i:], []byte("354 "))
		_, err := c.Conn.Write(c.out)
		c.out = c.out[:0]
		if err != nil {
			return false, err
		}
	}
	if c.last {
		_ = c.Conn.Close() // the end is announced; nothing can be done about a failing close
		return false, io.EOF
	}
	return go354, nil
}

// Close sends what is held back and closes.
func (c *mailConn) Close() error {
	_, err := c.flush()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return errors.Join(err, c.Conn.Close())
}

// cut closes without another byte.
func (c *mailConn) cut() {
	c.mu.Lock()
	c.out = nil
	c.mu.Unlock()
	if t, ok := c.Conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // a reset, not an orderly end
	}
	_ = c.Conn.Close()
}

// hangUp closes after the answer that is being written.
func (c *mailConn) hangUp() {
	c.mu.Lock()
	c.last = true
	c.mu.Unlock()
}
