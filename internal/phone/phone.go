package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Kind says what a number can be used for.
type Kind uint8

// The kinds. A landline can be called but gets no SMS and has no Zalo account.
const (
	Invalid Kind = iota
	Mobile
	Landline
)

// String is the word used in the API: mobile, landline or invalid.
func (k Kind) String() string {
	switch k {
	case Mobile:
		return "mobile"
	case Landline:
		return "landline"
	}
	return "invalid"
}

// Code says why a number was refused, or what was done to accept it.
type Code string

// The codes. OK and Converted come with a usable number, all others with none.
const (
	OK        Code = ""
	Converted Code = "phone_converted" // an 11-digit prefix from before 2018 was replaced
	Empty     Code = "phone_empty"
	Lossy     Code = "phone_lossy" // spreadsheet notation, the last digits are lost
	Short     Code = "phone_too_short"
	Long      Code = "phone_too_long"
	Service   Code = "phone_service" // 1800, 1900 and other numbers that belong to no person
	Wrong     Code = "phone_invalid"
)

// maxRaw bounds a cell that is looked at; no writing of one or several numbers is longer.
const maxRaw = 256

// Parse reads one number. It gives the E.164 form ("+84…" for Vietnam), the kind and a code; the number is empty whenever the kind is Invalid. A number without a country is
// Vietnamese, also when its leading zero got lost. Of several numbers in one cell it takes the one that ParseAll calls first.
func Parse(raw string) (e164 string, kind Kind, code Code) {
	if d, ok := plain(raw); ok {
		return d, Mobile, OK
	}
	e164, kind, _, code = ParseAll(raw)
	return e164, kind, code
}

// ParseAll reads a cell that may hold several numbers ("0862549877 / 0930657788", also ; , | "hoặc" and line breaks). first is the first mobile number, or else the first
// landline; rest are the other usable numbers in their order, without repeats. code concerns first, or is the reason of the first number when none can be used.
func ParseAll(raw string) (first string, kind Kind, rest []string, code Code) {
	if d, ok := plain(raw); ok {
		return d, Mobile, nil, OK
	}
	if len(raw) > maxRaw {
		return "", Invalid, nil, Long
	}
	if _, _, ok := scientific(strings.TrimSpace(raw)); ok { // its comma is a decimal comma
		first, kind, code = parseOne(raw)
		return first, kind, nil, code
	}
	code = Empty
	for part := range split(raw) {
		n, k, c := parseOne(part)
		switch {
		case k == Invalid:
			if first == "" && (code == Empty || code == OK) {
				code = c
			}
		case first == "":
			first, kind, code = n, k, c
		case n == first || contains(rest, n):
		case kind == Landline && k == Mobile:
			rest = append([]string{first}, rest...)
			first, kind, code = n, k, c
		default:
			rest = append(rest, n)
		}
	}
	return first, kind, rest, code
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// split cuts a cell at the marks that people put between two numbers. A comma or slash inside a single number does not occur in Vietnamese writing.
func split(raw string) func(yield func(string) bool) {
	raw = strings.NewReplacer("hoặc", "/", "Hoặc", "/", "hoac", "/", " or ", "/", "và", "/", "；", "/", "，", "/", "／", "/").Replace(raw)
	return strings.FieldsFuncSeq(raw, func(r rune) bool {
		return r == '/' || r == ';' || r == ',' || r == '|' || r == '\n' || r == '\r' || r == '\\' || r == '&'
	})
}

// plain is the fast path: 0xxxxxxxxx, xxxxxxxxx, 84xxxxxxxxx and +84xxxxxxxxx with at most single spaces, dots or dashes between digits.
func plain(raw string) (string, bool) {
	var buf [12]byte
	n, i := 0, 0
	if len(raw) > 0 && raw[0] == '+' {
		i = 1
	}
	plus := i == 1
	for ; i < len(raw); i++ {
		c := raw[i]
		if c >= '0' && c <= '9' {
			if n == len(buf) {
				return "", false
			}
			buf[n] = c
			n++
			continue
		}
		if (c != ' ' && c != '.' && c != '-') || n == 0 {
			return "", false
		}
	}
	d := buf[:n]
	switch {
	case n == 11 && d[0] == '8' && d[1] == '4':
		d = d[2:]
	case plus:
		return "", false
	case n == 10 && d[0] == '0':
		d = d[1:]
	case n == 9 && d[0] != '0':
	default:
		return "", false
	}
	if !mobileBlock(d) {
		return "", false
	}
	var out [12]byte
	out[0], out[1], out[2] = '+', '8', '4'
	copy(out[3:], d)
	return string(out[:]), true
}

// digits keeps the digits of s in ASCII, understands full-width digits, and reports whether it began with a plus and whether anything else than usual separators was there.
func digits(s string) (d string, plus, strange bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteByte(byte(r))
		case r >= '０' && r <= '９':
			b.WriteByte(byte(r-'０') + '0')
		case r == '+' || r == '＋':
			if b.Len() == 0 {
				plus = true
			} else {
				strange = true
			}
		case strings.ContainsRune(" .-()_'\u00a0\u2009\u200b\u200e\u202a\u202c\ufeff\u2010\u2011\u2012\u2013\u2014\t·•:", r):
		default:
			strange = true
		}
	}
	return b.String(), plus, strange
}

// label are words that people write before a number.
var label = []string{"điện thoại", "dien thoai", "số", "sđt", "sdt", "đt", "dt", "tel", "phone", "mobile", "mob", "hotline", "zalo", "di động", "dđ"}

func parseOne(s string) (string, Kind, Code) {
	s = strings.TrimSpace(strings.TrimLeft(s, "'` \t"))
	low := strings.ToLower(s)
	for _, w := range label {
		if rest, ok := strings.CutPrefix(low, w); ok {
			low = strings.TrimLeft(rest, " .:")
			s = low
		}
	}
	if s == "" {
		return "", Invalid, Empty
	}
	if n, lossy, ok := scientific(s); ok {
		if lossy {
			return "", Invalid, Lossy
		}
		s = n
	}
	s = strings.TrimSuffix(s, ".0")
	d, plus, strange := digits(s)
	if strange {
		return "", Invalid, Wrong
	}
	if d == "" {
		return "", Invalid, Empty
	}
	if !plus && strings.HasPrefix(d, "00") {
		d, plus = d[2:], true
	}
	if plus && !strings.HasPrefix(d, "84") {
		return library("+" + d)
	}
	if plus || (strings.HasPrefix(d, "84") && len(d) > 10) {
		d = strings.TrimPrefix(d[2:], "0") // +84 (0)912…
	} else {
		d = strings.TrimPrefix(d, "0")
	}
	return vietnamese(d)
}

// vietnamese decides a national number without its zero.
func vietnamese(d string) (string, Kind, Code) {
	code := OK
	if len(d) == 10 && d[0] == '1' {
		if now, ok := replaced[d[:3]]; ok {
			d, code = now+d[3:], Converted
		}
	}
	switch {
	case len(d) == 9 && mobileBlock([]byte(d)):
		return "+84" + d, Mobile, code
	case len(d) < 7:
		return "", Invalid, Short
	case strings.HasPrefix(d, "1800") || strings.HasPrefix(d, "1900"):
		return "", Invalid, Service
	case len(d) > 10:
		return "", Invalid, Long
	}
	return library("+84" + d)
}

func library(s string) (string, Kind, Code) {
	n, err := phonenumbers.Parse(s, "VN")
	if err != nil {
		return "", Invalid, Wrong
	}
	if !phonenumbers.IsValidNumber(n) {
		switch phonenumbers.IsPossibleNumberWithReason(n) {
		case phonenumbers.TOO_SHORT:
			return "", Invalid, Short
		case phonenumbers.TOO_LONG:
			return "", Invalid, Long
		}
		return "", Invalid, Wrong
	}
	e164 := phonenumbers.Format(n, phonenumbers.E164)
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		return e164, Mobile, OK
	case phonenumbers.FIXED_LINE, phonenumbers.VOIP, phonenumbers.UAN:
		return e164, Landline, OK
	}
	return "", Invalid, Service
}

// scientific understands spreadsheet notation. The number is whole when the mantissa shows every digit (9.87654321E+08), else it is lossy.
func scientific(s string) (number string, lossy, ok bool) {
	i := strings.IndexAny(s, "eE")
	if i <= 0 {
		return "", false, false
	}
	mant, exp := s[:i], strings.TrimLeft(s[i+1:], "+")
	e := 0
	for _, c := range exp {
		if c < '0' || c > '9' || e > 20 {
			return "", false, false
		}
		e = e*10 + int(c-'0')
	}
	whole, frac, _ := strings.Cut(strings.Replace(mant, ",", ".", 1), ".")
	for _, c := range whole + frac {
		if c < '0' || c > '9' {
			return "", false, false
		}
	}
	if exp == "" || whole == "" {
		return "", false, false
	}
	if len(frac) != e {
		return "", true, true
	}
	return whole + frac, false, true
}
