package template

import (
	"fmt"
	"slices"

	"github.com/loa-project/loa/internal/errs"
)

// render fills one program in and returns its output. The budget, the limit of errors and the missing list go on over all programs of one message.
func (r *run) render(p *Program) (string, error) {
	r.start = len(r.out)
	r.out = slices.Grow(r.out, p.size+64)
	if p.tree == nil {
		r.fast(p.segments)
	} else {
		r.slow(p)
	}
	if r.err != nil {
		return "", r.err
	}
	return string(r.out[r.start:]), nil
}

func (r *run) fast(segments []segment) {
	for i := range segments {
		s := &segments[i]
		if s.text != "" {
			r.write(s.text, modeRaw)
		}
		if s.ref.field == fieldNone {
			continue
		}
		text, mode := r.value(s), s.mode
		if r.err != nil {
			return
		}
		if text == "" {
			r.miss(s.name)
			continue
		}
		r.write(text, mode)
	}
}

// value is the text of one simple variable after its filters.
func (r *run) value(s *segment) string {
	switch s.ref.field {
	case fieldLink:
		return r.slot(s.ref.slot)
	case fieldPixel:
		return r.pixel()
	}
	text, isText := r.data.text(&s.ref)
	if isText && len(text) <= maxInput {
		if len(s.filters) == 0 {
			return text
		}
		if len(s.filters) == 1 && s.filters[0].name == "default" {
			if text == "" {
				return toText(s.filters[0].args[0])
			}
			return text
		}
	}
	v := r.data.value(&s.ref)
	for i := range s.filters {
		if v = r.apply(s.filters[i].def, v, s.filters[i].args); r.err != nil {
			return ""
		}
	}
	return toText(v)
}

// simple is the finished text of a simple variable in a template with conditions.
func (r *run) simple(i int) string {
	if i < 0 || i >= len(r.simples) || r.err != nil {
		return ""
	}
	s := &r.simples[i]
	text := r.value(s)
	if text == "" {
		if r.err == nil {
			r.miss(s.name)
		}
		return ""
	}
	if !r.spend(len(text)) {
		return ""
	}
	return string(appendValue(nil, text, s.mode))
}

// slow renders by the Liquid engine. The engine panics in places where an error would do.
func (r *run) slow(p *Program) {
	defer func() {
		if x := recover(); x != nil && r.err == nil {
			r.err = errs.Invalid("template.render_failed").Because(fmt.Errorf("panic: %v", x))
		}
	}()
	outer := r.simples
	r.simples = p.simples
	defer func() { r.simples = outer }()
	if err := p.tree.FRender(r, r.bindings()); err != nil && r.err == nil {
		r.err = errs.Invalid("template.render_failed").Because(err)
	}
}
