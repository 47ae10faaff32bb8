package template

import (
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/errs"
)

const (
	maxFilters = 20 // in one expression
	maxParens  = 20
)

// expression is what is inside one {{ }} or {% %}, read enough to check it, to list its variables, and to hand the run to every filter.
type expression struct {
	rewritten string   // for the engine: every filter gets the run as its first argument
	paths     []string // variables read
	simple    *segment // set when it is one variable followed by filters with constant arguments
}

// kinds of word in an expression
type wordKind uint8

const (
	wordSpace wordKind = iota
	wordString
	wordNumber
	wordName
	wordProperty // .name
	wordPunct
)

type word struct {
	kind wordKind
	text string
}

func isAlpha(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isSpace(c byte) bool { return c == ' ' || c >= 9 && c <= 13 }

// split cuts an expression into words as the engine's lexer does.
func split(src string) ([]word, *errs.Error) {
	var out []word
	for i := 0; i < len(src); {
		j, kind := i+1, wordPunct
		name := func() {
			for j < len(src) && (isAlpha(src[j]) || isDigit(src[j]) || src[j] == '-') {
				j++
			}
			if j < len(src) && src[j] == '?' {
				j++
			}
		}
		switch c := src[i]; {
		case isSpace(c):
			kind = wordSpace
			for j < len(src) && isSpace(src[j]) {
				j++
			}
		case c == '"' || c == '\'':
			kind = wordString
			end := strings.IndexByte(src[j:], c)
			if end < 0 {
				return nil, errs.Invalid("template.syntax").With("near", near(src[i:]))
			}
			j += end + 1
		case isDigit(c) || c == '-' && j < len(src) && isDigit(src[j]):
			kind = wordNumber
			for j < len(src) && isDigit(src[j]) {
				j++
			}
			if j+1 < len(src) && src[j] == '.' && isDigit(src[j+1]) {
				for j++; j < len(src) && isDigit(src[j]); j++ {
				}
			}
			if j-i > 18 {
				return nil, errs.Invalid("template.syntax").With("near", near(src[i:]))
			}
		case isAlpha(c):
			kind = wordName
			name()
		case c == '.' && j < len(src) && isAlpha(src[j]):
			kind = wordProperty
			name()
		case strings.IndexByte("|:,()[]=!<>", c) >= 0:
		default:
			return nil, errs.Invalid("template.syntax").With("near", near(src[i:]))
		}
		out = append(out, word{kind, src[i:j]})
		i = j
	}
	return out, nil
}

func near(s string) string {
	r := []rune(strings.ToValidUTF8(s, "?"))
	if len(r) > 20 {
		r = r[:20]
	}
	return string(r)
}

var constants = map[string]any{"true": true, "false": false, "nil": nil, "null": nil, "empty": nil, "blank": nil}

// reader walks over the words of one expression.
type reader struct {
	words    []word
	at       int
	out      strings.Builder
	expr     expression
	assigned map[string]bool
	filters  int
	depth    int
	chain    *segment // the simple form while it still may be one
	inFilter bool     // words are arguments of the last filter
}

// readExpression checks src. assigned are the names given before it.
func readExpression(src string, assigned map[string]bool) (expression, *errs.Error) {
	words, err := split(src)
	if err != nil {
		return expression{}, err
	}
	r := &reader{words: words, assigned: assigned, chain: &segment{}}
	for r.at < len(r.words) {
		if err := r.step(); err != nil {
			return expression{}, err
		}
	}
	r.expr.rewritten = r.out.String()
	if r.chain != nil && r.chain.ref.field != fieldNone {
		for _, c := range r.chain.filters {
			if err := c.def.check(c.name, len(c.args)); err != nil {
				return expression{}, err
			}
		}
		r.expr.simple = r.chain
	}
	return r.expr, nil
}

func (r *reader) step() *errs.Error {
	w := r.words[r.at]
	r.at++
	switch w.kind {
	case wordSpace:
		r.out.WriteString(w.text)
	case wordString:
		r.argument(w.text[1 : len(w.text)-1])
		r.out.WriteString(w.text)
	case wordNumber:
		if n, err := strconv.Atoi(w.text); err == nil {
			r.argument(n)
		} else {
			f, _ := strconv.ParseFloat(w.text, 64)
			r.argument(f)
		}
		r.out.WriteString(w.text)
	case wordName:
		return r.name(w.text)
	case wordProperty:
		r.chain = nil // a property of something that is not a plain variable
		r.out.WriteString(w.text)
	default:
		return r.punct(w.text)
	}
	return nil
}

// argument notes a constant: it keeps the expression simple only as an argument of a filter.
func (r *reader) argument(v any) {
	if r.chain == nil || !r.inFilter {
		r.chain = nil
		return
	}
	last := &r.chain.filters[len(r.chain.filters)-1]
	if len(last.args) != last.commas {
		r.chain = nil // two values without a comma: let the engine find the words for it
		return
	}
	last.args = append(last.args, v)
}

func (r *reader) name(s string) *errs.Error {
	if v, ok := constants[s]; ok {
		if v == nil {
			r.chain = nil
		} else {
			r.argument(v)
		}
		if s == "null" || s == "empty" || s == "blank" {
			s = "nil"
		}
		r.out.WriteString(s)
		return nil
	}
	if s == "and" || s == "or" || s == "contains" || s == "in" {
		r.chain = nil
		r.out.WriteString(s)
		return nil
	}
	if strings.HasPrefix(s, "loa_") {
		return errs.Invalid("template.reserved_name").With("name", s)
	}
	path := s
	r.out.WriteString(s)
	for r.at < len(r.words) {
		w := r.words[r.at]
		if w.kind == wordProperty {
			path += w.text
			r.out.WriteString(w.text)
			r.at++
			continue
		}
		// contact.attrs["hang"]
		if w.text == "[" && r.at+2 < len(r.words) && r.words[r.at+1].kind == wordString && r.words[r.at+2].text == "]" {
			key := r.words[r.at+1].text
			path += "." + key[1:len(key)-1]
			r.out.WriteString("[" + key + "]")
			r.at += 3
			continue
		}
		break
	}
	if r.assigned[s] {
		r.chain = nil
		return nil
	}
	r.expr.paths = append(r.expr.paths, path)
	if r.chain == nil || r.chain.name != "" || r.inFilter {
		r.chain = nil
		return nil
	}
	r.chain.name, r.chain.ref = path, resolve(path)
	return nil
}

func (r *reader) punct(s string) *errs.Error {
	switch s {
	case "|":
		return r.filter()
	case ",":
		if r.chain != nil && r.inFilter {
			last := &r.chain.filters[len(r.chain.filters)-1]
			last.commas++
			if len(last.args) != last.commas {
				r.chain = nil
			}
		} else {
			r.chain = nil
		}
	case "(", "[":
		r.chain = nil
		if r.depth++; r.depth > maxParens {
			return errs.Invalid("template.too_deep")
		}
	case ")", "]":
		r.chain = nil
		r.depth--
	default:
		r.chain = nil
	}
	r.out.WriteString(s)
	return nil
}

// filter reads "| name" or "| name:" and gives the run to the filter.
func (r *reader) filter() *errs.Error {
	r.skipSpace()
	if r.at >= len(r.words) || r.words[r.at].kind != wordName {
		return errs.Invalid("template.syntax").With("near", "|")
	}
	name := r.words[r.at].text
	r.at++
	def, ok := filters[name]
	if !ok {
		return errs.Invalid("template.unknown_filter").With("filter", name)
	}
	if r.filters++; r.filters > maxFilters {
		return errs.Invalid("template.too_deep")
	}
	r.out.WriteString("| loa_f_" + name + ": loa_run")
	r.skipSpace()
	colon := r.at < len(r.words) && r.words[r.at].text == ":"
	if colon {
		r.at++
		r.out.WriteString(",")
	}
	if err := def.check(name, r.countArgs(colon)); err != nil {
		return err
	}
	if r.chain != nil {
		if r.chain.name == "" {
			r.chain = nil
			return nil
		}
		r.chain.filters = append(r.chain.filters, call{name: name, def: def})
	}
	r.inFilter = colon
	return nil
}

func (r *reader) skipSpace() {
	for r.at < len(r.words) && r.words[r.at].kind == wordSpace {
		r.out.WriteString(r.words[r.at].text)
		r.at++
	}
}

// countArgs counts the arguments up to the next filter on the same level.
func (r *reader) countArgs(colon bool) int {
	if !colon {
		return 0
	}
	n, depth := 1, 0
	for _, w := range r.words[r.at:] {
		switch w.text {
		case "(", "[":
			depth++
		case ")", "]":
			if depth--; depth < 0 {
				return n
			}
		case "|":
			if depth == 0 {
				return n
			}
		case ",":
			if depth == 0 && w.kind == wordPunct {
				n++
			}
		}
	}
	return n
}
