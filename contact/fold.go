package contact

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const foldTop = 0x1F00

// foldTable maps every letter below U+1F00 to its lower-case base letter without marks; 0 means that the rune is a mark and disappears.
var foldTable = sync.OnceValue(func() *[foldTop]rune {
	t := new([foldTop]rune)
	for r := rune(0); r < foldTop; r++ {
		t[r] = foldRune(r)
	}
	return t
})

func foldRune(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return 0
	}
	for _, base := range norm.NFD.String(string(r)) {
		r = unicode.ToLower(base)
		break
	}
	if r == 'đ' {
		return 'd'
	}
	return r
}

// Fold is the form in which text is searched and compared: lower case, without accents, "Đặng Thị" → "dang thi". Composed and decomposed letters fold to the same.
func Fold(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	t := foldTable()
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:i])
	for _, r := range s[i:] {
		if r < foldTop {
			r = t[r]
			if r == 0 {
				continue
			}
			if r < utf8.RuneSelf {
				b.WriteByte(byte(r))
				continue
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

// SortKey puts the given name first, as Vietnamese lists are sorted: "Bùi Minh Quỳnh" → "quynh bui minh".
func SortKey(name string) string { return sortKey(Fold(name)) }

func sortKey(folded string) string {
	i := strings.LastIndexByte(folded, ' ')
	if i < 0 {
		return folded
	}
	return folded[i+1:] + " " + folded[:i]
}

// Slug turns a label into a stable key of a–z, 0–9 and _: "Tổng chi tiêu" → "tong_chi_tieu". It is "" when nothing is left.
func Slug(label string) string {
	var b strings.Builder
	gap := false
	for _, r := range Fold(label) {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
		} else {
			gap = true
		}
		if b.Len() >= 60 {
			break
		}
	}
	return b.String()
}

// tidy gives text its stored form: NFC, no control characters, no space at the ends, one space between words. Line breaks become spaces unless lines is set.
func tidy(s string, lines bool) string {
	clean := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c >= utf8.RuneSelf || c == 0x7f || (c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ')) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	if tidied(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case r == '\n' && lines:
			b.WriteByte('\n')
			space = false
			continue
		case unicode.IsSpace(r):
			space = true
			continue
		case unicode.IsControl(r), r == '\u200b', r == '\ufeff', r == '\u200e', r == '\u200f', r >= '\u202a' && r <= '\u202e':
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// tidied reports whether NFC text of letters, digits, marks and single spaces needs nothing more.
func tidied(s string) bool {
	last := ' '
	for _, r := range s {
		if (r == ' ' && last == ' ') || r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xc0) || (r >= 0x2000 && r < 0x2100) || r == 0x3000 || r == 0xfeff || r == 0x1680 || r == 0x180e {
			return false
		}
		last = r
	}
	return last != ' '
}
