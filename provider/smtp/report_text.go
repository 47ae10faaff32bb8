package smtp

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
)

// decode undoes the transfer encoding of a part; what cannot be undone is taken as far as it goes.
func decode(h header, body []byte) []byte {
	switch strings.ToLower(strings.TrimSpace(h.get("content-transfer-encoding"))) {
	case "quoted-printable":
		out, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body))) // keeps what came before a mistake
		return out
	case "base64":
		out, _ := io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(body))) // keeps what came before a mistake
		return out
	}
	return body
}

// typed takes the value from "rfc822; an@example.net" or "smtp; 550 no".
func typed(v string) string {
	if _, rest, ok := strings.Cut(v, ";"); ok {
		v = rest
	}
	return strings.ToValidUTF8(strings.TrimSpace(v), "\uFFFD")
}

func firstWord(v string) string {
	v = strings.TrimSpace(v)
	if i := strings.IndexAny(v, " \t(;"); i >= 0 {
		v = v[:i]
	}
	return strings.ToLower(v)
}

func plainAddress(v string) string { return strings.Trim(typed(v), "<> ") }

// appendAddresses takes the addresses out of a field, with or without names.
func appendAddresses(list []string, v string) []string {
	for _, one := range strings.Split(v[:min(len(v), 4<<10)], ",") {
		if i, j := strings.LastIndexByte(one, '<'), strings.LastIndexByte(one, '>'); i >= 0 && j > i {
			one = one[i+1 : j]
		}
		one = strings.TrimSpace(one)
		if strings.Contains(one, "@") && !strings.ContainsAny(one, " \t<>") && len(list) < 20 {
			list = append(list, one)
		}
	}
	return list
}

// unxtext undoes xtext (RFC 3461, section 4).
func unxtext(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '+' && i+2 < len(s) {
			hi, lo := strings.IndexByte(upperHex, s[i+1]), strings.IndexByte(upperHex, s[i+2])
			if hi >= 0 && lo >= 0 {
				b = append(b, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// looksReturned recognises a bounce without a machine-readable part.
func looksReturned(h header) bool {
	if h.get("x-failed-recipients") != "" {
		return true
	}
	from := strings.ToLower(h.get("from"))
	if strings.Contains(from, "mailer-daemon") || strings.Contains(from, "postmaster@") || strings.Contains(from, "mail delivery s") {
		return true
	}
	return containsAny(subject(h), "undeliver", "returned mail", "delivery status notification (failure)", "delivery failure", "mail delivery failed", "failure notice")
}

func isAutoReply(h header) bool {
	if v := firstWord(h.get("auto-submitted")); v != "" && v != "no" {
		return true
	}
	switch firstWord(h.get("precedence")) {
	case "bulk", "junk", "auto_reply", "list":
		return true
	}
	for _, k := range []string{"x-autoreply", "x-autorespond", "x-auto-response-suppress"} {
		if h.get(k) != "" {
			return true
		}
	}
	return containsAny(subject(h), "out of office", "automatic reply", "auto-reply", "vắng mặt", "trả lời tự động")
}

// subject is the decoded subject, or the raw one when it cannot be decoded.
func subject(h header) string {
	raw := h.get("subject")
	if s, err := new(mime.WordDecoder).DecodeHeader(raw); err == nil {
		return s
	}
	return raw
}

// findStatusLine looks in the text of a bounce for an enhanced code, at the start of a line or behind "Status:" or a basic code.
func findStatusLine(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if rest, ok := cutFold(line, "status:"); ok {
			line = strings.TrimSpace(rest)
		}
		if _, ok := replyCode([]byte(line)); ok && len(line) > 4 {
			line = line[4:]
		}
		if code, _ := enhanced([]byte(line)); code != "" && code[0] != '2' {
			return code
		}
	}
	for line := range strings.Lines(text) {
		if containsAny(line, "550", "554", "smtp", "error", "said:", "remote") {
			if code := findEnhanced(line); code != "" {
				return code
			}
		}
	}
	return ""
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// firstLines is enough of the text to know why.
func firstLines(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 2000 {
		text = strings.ToValidUTF8(text[:2000], "")
	}
	return text
}
