package template

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Context is the place that a text lands in; it decides how values are made safe.
type Context uint8

const (
	// Text is SMS, ZNS and plain mail text: control characters are removed from values, line breaks become spaces.
	Text Context = iota
	// HTML is the body of a mail: values are escaped for element text and quoted attributes.
	HTML
	// Header is a mail subject or a name in a mail header: as Text, and the source itself may not break a line.
	Header
	// URL is an address inside an HTML attribute: values are percent-encoded, except one that begins the address.
	URL
	// JSON is the body of a request: values are escaped as the inside of a JSON string.
	JSON
)

// mode is how one value is written.
type mode uint8

const (
	modeText mode = iota
	modeHTML
	modeURL      // percent-encode everything but unreserved characters
	modeURLStart // the value is the beginning of an address: keep its structure
	modeJSON
	modeRaw // made by us and safe
)

func (c Context) mode() mode {
	switch c {
	case HTML:
		return modeHTML
	case URL:
		return modeURL
	case JSON:
		return modeJSON
	}
	return modeText
}

func appendValue(dst []byte, s string, m mode) []byte {
	switch m {
	case modeHTML:
		return appendHTML(dst, s)
	case modeURL:
		return appendURL(dst, s, false)
	case modeURLStart:
		return appendURL(dst, s, true)
	case modeJSON:
		return appendJSON(dst, s)
	case modeRaw:
		return append(dst, s...)
	}
	return appendText(dst, s)
}

// appendText writes s without control characters, invisible direction marks and broken UTF-8; line breaks and tabs become one space each.
func appendText(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f {
			j := i + 1
			for j < len(s) && s[j] >= 0x20 && s[j] < 0x7f {
				j++
			}
			dst = append(dst, s[i:j]...)
			i = j
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
		case r == '\r' && i+1 < len(s) && s[i+1] == '\n':
		case r == '\n' || r == '\r' || r == '\t' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			dst = append(dst, ' ')
		case hidden(r):
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst
}

// hidden are control characters and the marks that turn the reading direction, which can make a text look like another one.
func hidden(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0xfeff
}

func appendHTML(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f {
			switch c {
			case '&':
				dst = append(dst, "&amp;"...)
			case '<':
				dst = append(dst, "&lt;"...)
			case '>':
				dst = append(dst, "&gt;"...)
			case '"':
				dst = append(dst, "&#34;"...)
			case '\'':
				dst = append(dst, "&#39;"...)
			default:
				dst = append(dst, c)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
		case r == '\n' || r == '\t':
			dst = append(dst, byte(r))
		case hidden(r):
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst
}

const upperHex = "0123456789ABCDEF"

func appendURL(dst []byte, s string, start bool) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~':
			dst = append(dst, c)
		case start && strings.IndexByte(":/?#[]@!$&()*+,;=%", c) >= 0:
			dst = append(dst, c)
		case c < 0x20 || c == 0x7f:
		default:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

// safeAddress reports whether a finished address may stand in a link or picture of a mail.
func safeAddress(u string) bool {
	scheme, _, ok := strings.Cut(u, ":")
	if !ok || strings.ContainsAny(scheme, "/?#") {
		return !strings.HasPrefix(u, "//") // relative, or an anchor
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel", "sms", "cid":
		return true
	}
	return false
}

// appendJSON writes s as the inside of a JSON string. Broken UTF-8 becomes the replacement character.
func appendJSON(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r < ' ' || r == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
