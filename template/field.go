package template

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/errs"
)

// chatField is one text of a chat message M with its limit in characters.
type chatField[M any] struct {
	path    string
	program *Program
	limit   int
	need    bool // must not be empty
	kind    fieldKind
	slot    int // 1 + index of the slot of a tracked link, 0 = none
	put     func(m *M, v string)
}

type fieldKind uint8

const (
	plainText fieldKind = iota
	webLink
	phoneLink
)

var (
	phoneNumber   = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)
	templatePlace = regexp.MustCompile(`(?s)\{\{.*?\}\}|\{%.*?%\}`)
)

// fits reports whether a finished value has the form of its kind.
func (f *chatField[M]) fits(v string) bool {
	switch f.kind {
	case webLink:
		u, err := url.Parse(v)
		return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
	case phoneLink:
		return phoneNumber.MatchString(v)
	}
	return true
}

// fieldCompiler collects the texts of a message and keeps the first mistake.
type fieldCompiler[M any] struct {
	c      *Compiled
	track  bool // links become tracked ones
	fields []chatField[M]
	err    *errs.Error
}

// add compiles one text. What is fixed in it is measured now, the rest when it is filled in.
func (x *fieldCompiler[M]) add(f chatField[M], source string) {
	if x.err != nil {
		return
	}
	if strings.TrimSpace(source) == "" {
		if f.need {
			x.err = errs.Invalid("template.empty").With("field", f.path)
		}
		return
	}
	mode := Text
	if f.kind == webLink {
		mode = URL
	}
	p, err := compile(source, mode)
	if err != nil {
		x.err = err.With("field", f.path)
		return
	}
	f.program = p
	fixed, whole := p.fixed()
	if n := characters(templatePlace.ReplaceAllString(source, "")); n > f.limit {
		x.err = errs.Invalid("template.messenger_too_long").With("field", f.path).With("max", strconv.Itoa(f.limit)).With("length", strconv.Itoa(n))
		return
	}
	if whole && !f.fits(strings.TrimSpace(fixed)) {
		x.err = errs.Invalid("template.messenger_address").With("field", f.path)
		return
	}
	x.fields = append(x.fields, f)
}

// text is the message's own text; addresses in it become tracked ones when the author wants that.
func (x *fieldCompiler[M]) text(path, source string, limit int, put func(*M, string)) {
	x.add(chatField[M]{path: path, limit: limit, need: true, put: put}, source)
	if x.err != nil || !x.track {
		return
	}
	p, err := x.c.trackText(source)
	if err != nil {
		x.err = err.With("field", path)
		return
	}
	x.fields[len(x.fields)-1].program = p
}

// link is an address that a person opens: tracked when the author wants that.
func (x *fieldCompiler[M]) link(path, source string, limit int, put func(*M, string)) {
	before := len(x.fields)
	x.add(chatField[M]{path: path, limit: limit, need: true, kind: webLink, put: put}, source)
	if x.err != nil || !x.track || len(x.fields) == before {
		return
	}
	f := &x.fields[before]
	n := len(x.c.Links)
	_, whole := f.program.fixed()
	x.c.Links = append(x.c.Links, Link{Index: n, Source: source, Dynamic: !whole})
	x.c.slots = append(x.c.slots, slot{program: f.program, link: n})
	f.slot = len(x.c.slots)
}

// finish tells the content which variables are read.
func (x *fieldCompiler[M]) finish() {
	for _, f := range x.fields {
		x.c.read(f.program)
	}
	for _, s := range x.c.slots {
		x.c.read(s.program)
	}
}

// fill writes the texts into a copy of the content and notes those that the platform would refuse.
func fill[M any](r *run, fields []chatField[M], m *M, out *Rendered) error {
	for i := range fields {
		f := &fields[i]
		var v string
		if f.slot > 0 {
			v = r.slot(f.slot - 1)
		} else {
			var err error
			if v, err = r.render(f.program); err != nil {
				return err
			}
		}
		v = strings.TrimSpace(v)
		switch {
		case v == "" && f.need:
			out.Problems = append(out.Problems, ParamError{Param: f.path, Code: MessengerMissing})
		case v != "" && characters(v) > f.limit:
			out.Problems = append(out.Problems, ParamError{Param: f.path, Code: MessengerTooLong, Limit: f.limit})
		case v != "" && !f.fits(v):
			out.Problems = append(out.Problems, ParamError{Param: f.path, Code: MessengerBadAddress})
		}
		f.put(m, v)
	}
	return nil
}

// clone copies the shape of content; the texts are written over it.
func clone(from, to any) error {
	raw, err := json.Marshal(from)
	if err != nil {
		return errs.Invalid("template.render_failed").Because(err)
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return errs.Invalid("template.render_failed").Because(err)
	}
	return nil
}
