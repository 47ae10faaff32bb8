package smtp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

const name = "smtp"

// maxReply bounds one reply in bytes, all its lines together.
const maxReply = 64 << 10

// conn is one connection. One mail at a time uses it.
type conn struct {
	p         *Pool
	net       net.Conn
	ctx       context.Context // of the mail in hand: its end ends every wait
	r         *bufio.Reader
	out       []byte // what is about to be written
	ext       map[string]string
	size      int64
	sent      int // mails begun
	lastUse   time.Time
	encrypted bool
	dirty     bool // a transaction was begun and refused: RSET before the next
	broken    bool // not to be used again

	pipelining, dsn, utf8 bool
}

func newConn(ctx context.Context, n net.Conn, p *Pool) *conn {
	return &conn{p: p, net: n, ctx: ctx, r: bufio.NewReaderSize(n, 4096)}
}

func (c *conn) close() {
	c.broken = true
	_ = c.net.Close() // it is of no use any more
}

// quit says good-bye without waiting for the answer.
func (c *conn) quit() {
	_ = c.net.SetDeadline(c.p.o.Now().Add(time.Second))
	_, _ = c.net.Write([]byte("QUIT\r\n")) // politeness only
	c.close()
}

// within bounds the next step: by d, and by the context of the mail in hand. A failed SetDeadline shows at the next read or write.
func (c *conn) within(d time.Duration) {
	at := c.p.o.Now().Add(d)
	if t, ok := c.ctx.Deadline(); ok && t.Before(at) {
		at = t
	}
	_ = c.net.SetDeadline(at)
	if c.ctx.Err() != nil {
		_ = c.net.SetDeadline(time.Unix(1, 0)) // it ended just before
	}
}

// alive asks a connection that was idle for a while.
func (c *conn) alive() bool {
	c.within(5 * time.Second)
	r, err := c.cmd("NOOP")
	return err == nil && r.Code == 250
}

func (c *conn) cmd(line string) (Reply, error) {
	if strings.ContainsAny(line, "\r\n") {
		return Reply{}, errors.New("line end in an SMTP command")
	}
	c.within(c.p.o.CommandTimeout)
	if _, err := c.net.Write([]byte(line + "\r\n")); err != nil {
		return Reply{}, err
	}
	return c.read()
}

// read reads one reply with all its lines (RFC 5321, section 4.2).
func (c *conn) read() (Reply, error) {
	var r Reply
	total := 0
	var text []byte
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return Reply{}, fmt.Errorf("read reply: %w", err)
		}
		if total += len(line); total > maxReply {
			return Reply{}, errors.New("reply too long")
		}
		line = bytes.TrimRight(line, "\r\n")
		code, ok := replyCode(line)
		if !ok || (r.Code != 0 && r.Code != code) {
			return Reply{}, errors.New("not an SMTP reply")
		}
		r.Code = code
		last := len(line) == 3 || line[3] != '-'
		var rest []byte
		if len(line) > 4 {
			rest = line[4:]
		}
		if enh, after := enhanced(rest); enh != "" && enh[0] == line[0] {
			if r.Enhanced == "" {
				r.Enhanced = enh
			}
			if enh == r.Enhanced {
				rest = after
			}
		}
		if text != nil {
			text = append(text, '\n')
		}
		text = append(text, rest...)
		if text == nil {
			text = []byte{}
		}
		if last {
			r.Text = string(bytes.ToValidUTF8(text, []byte("\uFFFD")))
			return r, nil
		}
	}
}

func replyCode(line []byte) (int, bool) {
	if len(line) < 3 || line[0] < '2' || line[0] > '5' || (len(line) > 3 && line[3] != ' ' && line[3] != '-') {
		return 0, false
	}
	n := 0
	for _, d := range line[:3] {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int(d-'0')
	}
	return n, true
}

// send makes one transaction. stale is true when the connection turned out to have been ended before this mail, so that another connection may be used.
func (c *conn) send(ctx context.Context, e *Envelope, msg []byte) (r Reply, stale bool, err error) {
	mail, rcpt, bad := c.commands(e, len(msg))
	if bad != nil {
		return Reply{}, false, bad
	}
	c.ctx = ctx
	stop := context.AfterFunc(ctx, func() { _ = c.net.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		if !stop() {
			c.broken = true // its deadline is spoilt
		}
	}()
	c.sent++
	if c.dirty {
		if r, err := c.cmd("RSET"); err != nil || r.Code != 250 {
			c.broken = true
			return Reply{}, true, &provider.Error{Provider: name, Code: provider.CodeNotSent, Class: provider.Temporary, Err: err}
		}
		c.dirty = false
	}
	go354, refusal, err := c.begin(mail, rcpt)
	switch {
	case err != nil:
		c.broken = true
		return Reply{}, ctx.Err() == nil, &provider.Error{Provider: name, Code: provider.CodeNotSent, Class: provider.Temporary, Err: err}
	case refusal != nil:
		c.dirty = true
		if go354 {
			c.endEmpty()
		}
		return Reply{}, c.broken && refusal.Class == provider.RateLimited, refusal // 421 before the mail was begun
	}
	r, err = c.body(msg)
	return r, false, err
}

// commands writes MAIL and RCPT for one mail, or refuses addresses that no server would take. The parameters for reports are those of RFC 3461, sections 4.1 to 4.4.
func (c *conn) commands(e *Envelope, size int) (mail, rcpt string, bad *provider.Error) {
	from, utf8From, ok := wireAddress(e.From)
	if !ok && e.From != "" {
		return "", "", provider.Invalid(name, "sender address is not valid")
	}
	to, utf8To, ok := wireAddress(e.To)
	if !ok || ((utf8To || utf8From) && !c.utf8) {
		return "", "", &provider.Error{Provider: name, Code: "5.1.3", Message: "recipient address is not valid for this server", Class: provider.Recipient, Suppress: !ok, Unasked: true}
	}
	if c.size > 0 && int64(size) > c.size {
		return "", "", &provider.Error{Provider: name, Code: "5.3.4", Message: "mail of " + strconv.Itoa(size) + " bytes, the server takes " + strconv.FormatInt(c.size, 10), Class: provider.Content, Unasked: true}
	}
	mail = "MAIL FROM:<" + from + ">"
	if c.size > 0 {
		mail += " SIZE=" + strconv.Itoa(size)
	}
	if utf8From || utf8To {
		mail += " SMTPUTF8"
	}
	rcpt = "RCPT TO:<" + to + ">"
	if c.dsn {
		mail += " RET=HDRS"
		if e.ENVID != "" {
			mail += " ENVID=" + xtext(e.ENVID)
		}
		rcpt += " NOTIFY=FAILURE,DELAY"
		if e.Success {
			rcpt += ",SUCCESS"
		}
		if !utf8To { // a mailbox beyond ASCII would need the type utf-8 of RFC 6533, and the mail is found by its return path anyway
			rcpt += " ORCPT=rfc822;" + xtext(to)
		}
	}
	return mail + "\r\n", rcpt + "\r\n", nil
}

// begin goes up to the answer to DATA. go354 is true when the server waits for a body, which may be so even though it refused the recipient (RFC 2920, section 3.1).
func (c *conn) begin(mail, rcpt string) (go354 bool, refusal *provider.Error, err error) {
	lines := [3]string{mail, rcpt, "DATA\r\n"}
	c.within(c.p.o.CommandTimeout)
	if c.pipelining {
		c.out = append(append(append(c.out[:0], mail...), rcpt...), lines[2]...)
		if _, err := c.net.Write(c.out); err != nil {
			return false, nil, err
		}
	}
	for i, line := range lines {
		if !c.pipelining {
			c.within(c.p.o.CommandTimeout)
			if _, err := c.net.Write([]byte(line)); err != nil {
				return false, refusal, err
			}
		}
		r, err := c.read()
		if err != nil {
			if refusal != nil {
				c.broken = true
				return false, refusal, nil // what it said before it went away
			}
			return false, nil, err
		}
		if r.Code == 421 {
			c.broken = true
		}
		ok := r.Code/100 == 2
		if i == 2 {
			ok, go354 = r.Code == 354, r.Code == 354
		}
		if !ok && refusal == nil {
			refusal = r.refused([...]string{"MAIL", "RCPT", "DATA"}[i])
		}
		if c.broken || (refusal != nil && !c.pipelining) {
			return false, refusal, nil
		}
	}
	return go354, refusal, nil
}

// endEmpty answers a 354 that came although the recipient was refused: nothing is sent but the end, which the server must refuse.
func (c *conn) endEmpty() {
	c.within(c.p.o.CommandTimeout)
	if _, err := c.net.Write([]byte(".\r\n")); err != nil {
		c.broken = true
		return
	}
	if _, err := c.read(); err != nil {
		c.broken = true
	}
}

var endOfMail = []byte(".\r\n")

// body writes the mail in one write and reads the verdict.
func (c *conn) body(msg []byte) (Reply, error) {
	c.out = appendDotted(c.out[:0], msg)
	c.within(c.p.o.FinalTimeout)
	n, err := c.net.Write(c.out)
	whole := len(c.out)
	if cap(c.out) > 1<<20 {
		c.out = nil
	}
	if err != nil {
		c.close()
		// Without the end mark the server must not take the mail. The last bytes are counted as the mark, whatever the server makes of a part of it.
		if n < whole-len("\r\n.\r\n") {
			return Reply{}, &provider.Error{Provider: name, Code: provider.CodeNotSent, Class: provider.Temporary, Err: err}
		}
		return Reply{}, &provider.Error{Provider: name, Code: provider.CodeLost, Class: provider.Unknown, Err: err}
	}
	r, err := c.read()
	if err != nil {
		c.close()
		return Reply{}, &provider.Error{Provider: name, Code: provider.CodeLost, Class: provider.Unknown, Err: err}
	}
	switch r.Code / 100 {
	case 2:
		r.QueueID = queueID(r.Text)
		return r, nil
	case 4, 5:
		if r.Code == 421 {
			c.broken = true
		}
		c.dirty = true
		return Reply{}, r.refused("end of data")
	}
	c.close()
	return Reply{}, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Message: r.Text, Class: provider.Unknown}
}

// appendDotted appends msg with doubled dots (RFC 5321, section 4.5.2), bare line ends made CRLF, and the end mark.
func appendDotted(b, msg []byte) []byte {
	for len(msg) > 0 {
		if msg[0] == '.' {
			b = append(b, '.')
		}
		i := bytes.IndexByte(msg, '\n')
		if i < 0 {
			b = append(b, msg...)
			msg = nil
			b = append(bytes.TrimRight(b, "\r"), "\r\n"...)
			break
		}
		line := msg[:i]
		if i > 0 && line[i-1] == '\r' {
			line = line[:i-1]
		}
		if bytes.IndexByte(line, '\r') >= 0 {
			line = bytes.ReplaceAll(line, []byte("\r"), nil) // a bare CR could be read as a line end and smuggle a second mail
		}
		b = append(append(b, line...), "\r\n"...)
		msg = msg[i+1:]
	}
	return append(b, endOfMail...)
}
