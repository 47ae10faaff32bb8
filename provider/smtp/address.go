package smtp

import (
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// queueID finds the server's id of a mail in the words of Postfix and most others ("queued as"), of Exim ("id=") and of Amazon SES ("Ok <id>").
func queueID(text string) string {
	for _, mark := range []string{"queued as ", "id="} {
		if i := strings.LastIndex(text, mark); i >= 0 {
			id, _, _ := strings.Cut(text[i+len(mark):], " ")
			return strings.Trim(id, "<>.,;\n")
		}
	}
	if rest, ok := strings.CutPrefix(text, "Ok "); ok && !strings.ContainsAny(rest, " \n") {
		return rest
	}
	return ""
}

// safeWord reports whether s can stand in a command: visible ASCII without brackets.
func safeWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '<' || c == '>' {
			return false
		}
	}
	return s != ""
}

// wireAddress writes an address as the server wants it: the domain in its ASCII form. needUTF8 is true when the name before the @ is not ASCII (RFC 6531).
func wireAddress(a string) (out string, needUTF8, ok bool) {
	at := strings.LastIndexByte(a, '@')
	if at <= 0 || at == len(a)-1 || len(a) > 254 || at > 64 {
		return "", false, false
	}
	localPart, domain := a[:at], a[at+1:]
	for _, r := range localPart {
		if r <= ' ' || r == 0x7f || r == '<' || r == '>' || r == '@' || r == '\\' || r == '"' || r == ',' || r == ';' || r == ':' || r == '(' || r == ')' || r == '\uFFFD' {
			return "", false, false
		}
		if r > 0x7f {
			needUTF8 = true
		}
	}
	ascii := true
	for i := range len(domain) {
		if domain[i] >= 0x80 {
			ascii = false
		}
	}
	if !ascii {
		d, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", false, false
		}
		domain = d
	}
	if !safeWord(domain) || strings.ContainsAny(domain, `"\,;()`) {
		return "", false, false
	}
	return localPart + "@" + domain, needUTF8, true
}

// xtext writes a value of a DSN parameter (RFC 3461, section 4).
func xtext(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < '!' || c > '~' || c == '+' || c == '=' {
			fmt.Fprintf(&b, "+%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
