package provider

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendJSON appends s as a JSON string. It is valid UTF-8 whatever s holds: bytes that are not become U+FFFD. It is here because the bodies of sends are written by hand for speed.
func AppendJSON(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' && c != 0x7f {
				i++
				continue
			}
			dst = append(dst, s[from:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			dst = append(dst, s[from:i]...)
			dst = append(dst, "\uFFFD"...)
			from = i + 1
		}
		i += n
	}
	return append(append(dst, s[from:]...), '"')
}

// Text is a JSON string or number or boolean, kept as text: providers send ids and counts in both forms. Null and absent are empty. Objects and lists are kept as they are.
type Text string

// UnmarshalJSON keeps the inside of a string and the literal of everything else.
func (t *Text) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) >= 2 && b[0] == '"':
		for _, c := range b[1 : len(b)-1] {
			if c == '\\' || c >= utf8.RuneSelf {
				return t.unquote(b)
			}
		}
		*t = Text(b[1 : len(b)-1])
	case string(b) == "null":
		*t = ""
	default:
		*t = Text(b)
	}
	return nil
}

func (t *Text) unquote(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*t = Text(s)
	return nil
}

// Int reads a whole number, also one written with decimals such as "850.0000" or with an exponent; 0 when it is none.
func (t Text) Int() int64 {
	s := strings.TrimSpace(string(t))
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != f || f > 1<<62 || f < -(1<<62) {
		return 0
	}
	return int64(f)
}

// Float reads a number with decimals; 0 when it is none.
func (t Text) Float() float64 {
	f, err := strconv.ParseFloat(strings.TrimSpace(string(t)), 64)
	if err != nil || f != f {
		return 0
	}
	return f
}

// Bool reads true, "true", "True" and 1.
func (t Text) Bool() bool {
	s := strings.ToLower(strings.TrimSpace(string(t)))
	return s == "true" || s == "1"
}
