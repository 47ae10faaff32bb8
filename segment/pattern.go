package segment

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
)

// Neither engine can compare Vietnamese text without regard to case and marks in the same way: lower() knows only ASCII on SQLite, and nothing removes marks. Both can compare
// with character classes, though (GLOB and ~), and those give the same answer everywhere. So the typed text becomes a pattern: "Vàng" [vV][àÀ][nN][gG], "vang" [vVᵥ…][aAàÀáÁ…]….

// where says which part of the stored text must be the typed one.
type where uint8

const (
	whole where = iota
	inside
	atStart
	atEnd
)

const foldTop = 0x1F00 // contact.Fold removes marks below it

// bases holds for each folded letter all letters that fold to it.
var bases = sync.OnceValue(func() map[rune][]rune {
	m := map[rune][]rune{}
	for r := rune(0x41); r < foldTop; r++ {
		if !unicode.IsLetter(r) {
			continue
		}
		f := []rune(contact.Fold(string(r)))
		if len(f) == 1 && norm.NFC.IsNormalString(string(r)) {
			m[f[0]] = append(m[f[0]], r)
		}
	}
	return m
})

// marked reports whether the text has marks, so that the reader means exactly these.
func marked(s string) bool {
	for _, r := range s {
		if f := []rune(contact.Fold(string(r))); len(f) != 1 || f[0] != unicode.ToLower(r) {
			return true
		}
	}
	return false
}

// class lists the letters that r stands for.
func class(r rune, marks bool) []rune {
	if !unicode.IsLetter(r) {
		return []rune{r}
	}
	if !marks {
		if all := bases()[unicode.ToLower(r)]; len(all) > 0 {
			return all
		}
	}
	out := []rune{r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		out = append(out, f)
	}
	return out
}

// pattern makes the pattern for one engine from NFC text, which is the stored form. exact lets every letter stand for itself only.
func pattern(d db.Dialect, s string, w where, exact bool) string {
	marks := w == whole || marked(s)
	var b strings.Builder
	switch {
	case d == db.SQLite && (w == inside || w == atEnd):
		b.WriteByte('*')
	case d == db.Postgres && (w == whole || w == atStart):
		b.WriteByte('^')
	}
	for _, r := range s {
		all := []rune{r}
		if !exact {
			all = class(r, marks)
		}
		if len(all) == 1 {
			literal(&b, d, all[0])
			continue
		}
		b.WriteByte('[')
		ranges(&b, d, all)
		b.WriteByte(']')
	}
	switch {
	case d == db.SQLite && (w == inside || w == atStart):
		b.WriteByte('*')
	case d == db.Postgres && (w == whole || w == atEnd):
		b.WriteByte('$')
	}
	return b.String()
}

// ranges writes the letters of a class. SQLite walks through the class for every character that it looks at, so there neighbours become a range, which makes "a" with all its marks
// a third as long; PostgreSQL compiles classes and needs none.
func ranges(b *strings.Builder, d db.Dialect, letters []rune) {
	for i := 0; i < len(letters); {
		j := i + 1
		for d == db.SQLite && j < len(letters) && letters[j] == letters[j-1]+1 {
			j++
		}
		if j-i < 3 {
			b.WriteRune(letters[i])
			i++
			continue
		}
		b.WriteRune(letters[i])
		b.WriteByte('-')
		b.WriteRune(letters[j-1])
		i = j
	}
}

// literal writes a character that stands for itself alone.
func literal(b *strings.Builder, d db.Dialect, r rune) {
	switch {
	case d == db.SQLite && strings.ContainsRune("*?[", r):
		b.WriteByte('[')
		b.WriteRune(r)
		b.WriteByte(']')
	case d == db.Postgres && strings.ContainsRune(`.^$*+?()[]{}|\`, r):
		b.WriteByte('\\')
		b.WriteRune(r)
	default:
		b.WriteRune(r)
	}
}

// plain reports whether the text has no letter with another case, so that = is enough.
func plain(s string) bool {
	for _, r := range s {
		if len(class(r, true)) > 1 {
			return false
		}
	}
	return true
}

// rawPattern finds an attribute's value in the JSON text of SQLite without reading the JSON, which takes half the time; who is found is still compared. It relies on the form that
// package contact writes: no spaces and no needless escapes. "" when the value would be escaped there.
func rawPattern(key, value string) string {
	if strings.ContainsAny(value, "\"\\\n\u2028\u2029\u007f") {
		return ""
	}
	return `*"` + key + `":"` + pattern(db.SQLite, value, whole, false) + `"*`
}
