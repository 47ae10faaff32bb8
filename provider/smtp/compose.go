package smtp

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Message is one mail before it is written. The texts are UTF-8.
type Message struct {
	From, FromName string
	To, ToName     string
	ReplyTo        string // "" for none
	Subject        string
	HTML, Text     string // at least one; both make multipart/alternative
	MessageID      string // without angle brackets, "<our key>@<sending domain>"; required
	Date           time.Time
	// ListUnsubscribeURL is the one-click address (https, RFC 8058); ListUnsubscribeMailto an address, without "mailto:". "" leaves them out.
	ListUnsubscribeURL    string
	ListUnsubscribeMailto string
	// Headers are further fields in this order, such as X-SES-MESSAGE-TAGS or Feedback-ID. Values that are not ASCII are encoded. Fields that Compose, a signer or a server on the way
	// writes are refused.
	Headers []Header
}

// Header is one further header field.
type Header struct{ Name, Value string }

// ErrHeader says that a value for the header holds a line end or another control character, or is too long for one line and cannot be broken, or that an address or field name is not valid. Nobody may write header fields through a value.
var ErrHeader = errors.New("value is not allowed in a mail header")

// Compose writes the mail with CRLF line ends, all ASCII, in lines of at most 76 characters where that is possible, with the body in quoted-printable. The same message gives the same
// bytes. Source: RFC 5322, RFC 2045 to 2047, RFC 2369, RFC 8058.
func Compose(m Message) ([]byte, error) {
	if m.HTML == "" && m.Text == "" {
		return nil, errors.New("mail without a body")
	}
	w := headerWriter{b: make([]byte, 0, 1200+(len(m.HTML)+len(m.Text))*5/4)}
	w.mailbox("From", m.FromName, m.From)
	w.mailbox("To", m.ToName, m.To)
	if m.ReplyTo != "" {
		w.mailbox("Reply-To", "", m.ReplyTo)
	}
	w.text("Subject", m.Subject)
	w.plain("Date", m.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	if !safeWord(m.MessageID) || !strings.Contains(m.MessageID, "@") {
		w.fail("Message-ID")
	}
	w.plain("Message-ID", "<"+m.MessageID+">")
	w.unsubscribe(m.ListUnsubscribeURL, m.ListUnsubscribeMailto)
	for _, h := range m.Headers {
		if !fieldName(h.Name) || reserved(h.Name) {
			w.fail("name of a header field")
		}
		w.text(h.Name, h.Value)
	}
	w.plain("MIME-Version", "1.0")
	if w.err != nil {
		return nil, w.err
	}
	b := w.b
	if m.HTML == "" || m.Text == "" {
		kind, body := "plain", m.Text
		if m.Text == "" {
			kind, body = "html", m.HTML
		}
		b = appendQP(append(b, "Content-Type: text/"+kind+"; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"...), body)
		if b[len(b)-1] != '\n' {
			b = append(b, "\r\n"...)
		}
		return b, nil
	}
	sum := sha256.Sum256([]byte(m.MessageID))
	boundary := "=_" + hex.EncodeToString(sum[:12]) // "=_" cannot stand in quoted-printable text
	b = append(b, "Content-Type: multipart/alternative;\r\n boundary=\""+boundary+"\"\r\n"...)
	b = append(b, "\r\n--"+boundary+"\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"...)
	b = appendQP(b, m.Text)
	b = append(b, "\r\n--"+boundary+"\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"...)
	b = appendQP(b, m.HTML)
	return append(b, "\r\n--"+boundary+"--\r\n"...), nil
}

type headerWriter struct {
	b   []byte
	err error
}

func (w *headerWriter) fail(what string) {
	if w.err == nil {
		w.err = fmt.Errorf("%s: %w", what, ErrHeader)
	}
}

// maxLine is the longest line of a mail without its end. Source: RFC 5322, section 2.1.1.
const maxLine = 998

func (w *headerWriter) plain(key, value string) {
	for first, line := len(key)+2, 0; ; first = 0 {
		i := strings.Index(value[line:], "\r\n")
		if i < 0 {
			i = len(value) - line
		}
		if first+i > maxLine {
			w.fail(key)
			return
		}
		if line += i + 2; line >= len(value) {
			break
		}
	}
	w.b = append(append(append(append(w.b, key...), ": "...), value...), "\r\n"...)
}

// text writes an unstructured field, encoded where it is not plain ASCII.
func (w *headerWriter) text(key, value string) {
	if !clean(value) {
		w.fail(key)
		return
	}
	w.plain(key, encodeWords(value))
}

// encodeWords writes a text as RFC 2047 words, one a line, cut between characters; plain ASCII is only folded.
func encodeWords(s string) string {
	if isASCII(s) && !strings.Contains(s, "=?") {
		return fold(s)
	}
	const most = 39 // bytes in one word, so that a line has at most 76 characters with the field's name
	b := make([]byte, 0, len(s)*2+16)
	for len(s) > 0 {
		n := min(len(s), most)
		for n < len(s) && n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		if len(b) > 0 {
			b = append(b, "\r\n "...)
		}
		b = append(b, "=?utf-8?b?"...)
		b = base64.StdEncoding.AppendEncode(b, []byte(s[:n]))
		b = append(b, "?="...)
		s = s[n:]
	}
	return string(b)
}

// fold breaks a long line before spaces that have text on both sides (RFC 5322, section 2.2.3).
func fold(s string) string {
	const soft = 70
	if len(s) <= soft {
		return s
	}
	var b strings.Builder
	used := 0
	for len(s) > 0 {
		i := strings.IndexByte(s[1:], ' ') + 1
		if i <= 0 {
			i = len(s)
		}
		if used > 0 && used+i > soft && s[0] == ' ' && i > 1 {
			b.WriteString("\r\n")
			used = 0
		}
		b.WriteString(s[:i])
		used += i
		s = s[i:]
	}
	return b.String()
}

func (w *headerWriter) mailbox(key, display, address string) {
	a, _, ok := wireAddress(address)
	if !ok || !clean(display) {
		w.fail(key)
		return
	}
	switch {
	case display == "":
		w.plain(key, a)
		return
	case atoms(display):
	case isASCII(display) && len(display) < 60 && !strings.Contains(display, "=?"):
		display = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(display) + `"`
	default:
		display = encodeWords(display)
	}
	sep := " "
	if len(key)+len(display)+len(a) > 70 {
		sep = "\r\n "
	}
	w.plain(key, display+sep+"<"+a+">")
}

func (w *headerWriter) unsubscribe(url, mailto string) {
	if url == "" && mailto == "" {
		return
	}
	var value string
	if url != "" {
		if !safeWord(url) || !strings.Contains(url, "://") {
			w.fail("List-Unsubscribe")
			return
		}
		value = "<" + url + ">"
	}
	if mailto != "" {
		a, _, ok := wireAddress(mailto)
		if !ok {
			w.fail("List-Unsubscribe")
			return
		}
		if value != "" {
			value += ","
			if len(value)+len(a) > 50 {
				value += "\r\n"
			}
			value += " "
		}
		value += "<mailto:" + a + ">"
	}
	w.plain("List-Unsubscribe", value)
	if strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		w.plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
}

// clean reports whether a text can stand in a header: valid UTF-8 without control characters.
func clean(s string) bool {
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == '\u0085' {
			return false
		}
	}
	return utf8.ValidString(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func atoms(s string) bool {
	if len(s) >= 60 || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != ' ' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func fieldName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == ':' {
			return false
		}
	}
	return s != ""
}

// reserved reports whether a field is written by Compose itself, by the signer or by servers on the way, or would add recipients.
func reserved(name string) bool {
	name = strings.ToLower(name)
	if strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "resent-") || strings.HasPrefix(name, "list-unsubscribe") || strings.HasPrefix(name, "arc-") {
		return true
	}
	switch name {
	case "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "mime-version", "return-path", "received", "dkim-signature", "domainkey-signature", "authentication-results":
		return true
	}
	return false
}

// Domain is the ASCII form of an address's domain, "" when there is none.
func Domain(address string) string {
	_, d, ok := strings.Cut(address, "@")
	if !ok {
		return ""
	}
	if a, err := idna.Lookup.ToASCII(d); err == nil {
		return a
	}
	return ""
}

const upperHex = "0123456789ABCDEF"

// appendQP appends s in quoted-printable (RFC 2045, section 6.7) with CRLF line ends and nothing behind the last character; a bare CR or LF counts as a line end. It is here because the writer of the standard library
// costs several times as much, and mails are composed one by one.
func appendQP(b []byte, s string) []byte {
	const most = 75 // and "=" for a soft line end
	line := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\r' || c == '\n' {
			if c == '\r' && i+1 < len(s) && s[i+1] == '\n' {
				i++
			}
			b = append(quoteLastSpace(b, line), "\r\n"...)
			line = 0
			continue
		}
		if c >= ' ' && c <= '~' && c != '=' || c == '\t' {
			if line >= most {
				b = append(b, "=\r\n"...)
				line = 0
			}
			if line == 0 && c == '.' || line == 0 && c == 'F' { // a dot would be doubled on its way, "From " changed by old mailboxes
				b = append(b, '=', upperHex[c>>4], upperHex[c&15])
				line = 3
				continue
			}
			b = append(b, c)
			line++
			continue
		}
		if line+3 > most {
			b = append(b, "=\r\n"...)
			line = 0
		}
		b = append(b, '=', upperHex[c>>4], upperHex[c&15])
		line += 3
	}
	return quoteLastSpace(b, line)
}

// quoteLastSpace writes a space or tab at the end of a line as =20 or =09: they would be lost on the way.
func quoteLastSpace(b []byte, line int) []byte {
	if line == 0 {
		return b
	}
	c := b[len(b)-1]
	if c != ' ' && c != '\t' {
		return b
	}
	b = b[:len(b)-1]
	if line > 75-2 {
		b = append(b, "=\r\n"...)
	}
	return append(b, '=', upperHex[c>>4], upperHex[c&15])
}

// MessageIDOf makes a Message-ID, without angle brackets, from our key and the sender's address, so that the same try always has the same.
func MessageIDOf(key, from string) string {
	d := Domain(from)
	if d == "" {
		d = "localhost"
	}
	if !safeWord(key) || strings.Contains(key, "@") {
		key = base64.RawURLEncoding.EncodeToString([]byte(key))
	}
	return key + "@" + d
}
