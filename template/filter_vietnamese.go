package template

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// GivenName is the given name in a Vietnamese full name: its last word ("Nguyễn Văn An" gives "An"). Notes in brackets are left out.
func GivenName(full string) string {
	if i := strings.IndexAny(full, "(["); i >= 0 {
		full = full[:i]
	}
	end := len(full)
	for end > 0 {
		r, n := utf8.DecodeLastRuneInString(full[:end])
		if !unicode.IsSpace(r) {
			break
		}
		end -= n
	}
	if i := strings.LastIndexFunc(full[:end], unicode.IsSpace); i >= 0 {
		_, n := utf8.DecodeRuneInString(full[i:])
		return full[i+n : end]
	}
	return full[:end]
}

// StripAccents takes the diacritics off ("bỏ dấu"): "Đặng Thị Hòa" gives "Dang Thi Hoa". Other letters stay.
func StripAccents(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			b.WriteByte('d')
		case r == 'Đ':
			b.WriteByte('D')
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

func title(s string) string {
	start := true
	return strings.Map(func(r rune) rune {
		was := start
		start = unicode.IsSpace(r)
		if was {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, s)
}

// phoneLocal shows a Vietnamese number with the leading zero.
func phoneLocal(s string) string {
	if rest, ok := strings.CutPrefix(s, "+84"); ok {
		return "0" + rest
	}
	return s
}

// money writes 1250000 as "1.250.000" and 0.3 as "0,3". What is not a number stays as it is.
func money(v any, unit string) any {
	n, ok := number(v)
	if !ok || math.Abs(n) >= 1<<53 {
		return v
	}
	text := strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, part, _ := strings.Cut(text, ".")
	out := make([]byte, 0, len(text)+8)
	out = append(out, sign...)
	for i := 0; i < len(whole); i++ {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out = append(out, '.')
		}
		out = append(out, whole[i])
	}
	if part != "" {
		out = append(append(out, ','), part...)
	}
	return string(append(out, unit...))
}

var dateForms = []string{"2006-01-02", time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "02/01/2006", "2/1/2006", "02/01/2006 15:04"}

// filterDate writes a time, or a text that is a date, by a pattern of dd MM yyyy HH mm ss; the default is dd/MM/yyyy. What is not a date stays as it is.
func filterDate(v any, args []any) any {
	t, ok := v.(time.Time)
	if s, isText := v.(string); isText && len(s) <= 40 {
		for _, form := range dateForms {
			if p, err := time.Parse(form, s); err == nil {
				t, ok = p, true
				break
			}
		}
	}
	if !ok {
		return v
	}
	pattern := "dd/MM/yyyy"
	if len(args) > 0 {
		pattern = toText(args[0])
	}
	return formatDate(t, pattern)
}

var dateWords = []struct {
	word string
	text func(t time.Time) string
}{
	{"yyyy", func(t time.Time) string { return t.Format("2006") }},
	{"yy", func(t time.Time) string { return t.Format("06") }},
	{"MM", func(t time.Time) string { return t.Format("01") }},
	{"M", func(t time.Time) string { return t.Format("1") }},
	{"dd", func(t time.Time) string { return t.Format("02") }},
	{"d", func(t time.Time) string { return t.Format("2") }},
	{"HH", func(t time.Time) string { return t.Format("15") }},
	{"hh", func(t time.Time) string { return t.Format("15") }},
	{"H", func(t time.Time) string { return strconv.Itoa(t.Hour()) }},
	{"mm", func(t time.Time) string { return t.Format("04") }},
	{"ss", func(t time.Time) string { return t.Format("05") }},
	{"%Y", func(t time.Time) string { return t.Format("2006") }},
	{"%y", func(t time.Time) string { return t.Format("06") }},
	{"%m", func(t time.Time) string { return t.Format("01") }},
	{"%d", func(t time.Time) string { return t.Format("02") }},
	{"%H", func(t time.Time) string { return t.Format("15") }},
	{"%M", func(t time.Time) string { return t.Format("04") }},
	{"%S", func(t time.Time) string { return t.Format("05") }},
}

func formatDate(t time.Time, pattern string) string {
	if len(pattern) > 100 {
		pattern = pattern[:100]
	}
	// "dd/mm/yyyy" is what many people write; without hours mm can only be the month.
	if !strings.Contains(pattern, "MM") && !strings.ContainsAny(pattern, "Hh%") && !strings.Contains(pattern, "ss") {
		pattern = strings.ReplaceAll(pattern, "mm", "MM")
	}
	var b strings.Builder
next:
	for i := 0; i < len(pattern); {
		for _, w := range dateWords {
			if strings.HasPrefix(pattern[i:], w.word) {
				b.WriteString(w.text(t))
				i += len(w.word)
				continue next
			}
		}
		b.WriteByte(pattern[i])
		i++
	}
	return strings.ToValidUTF8(b.String(), "")
}
