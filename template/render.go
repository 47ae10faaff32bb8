package template

import (
	"fmt"
	"slices"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/values"

	"github.com/loa-project/loa/internal/errs"
)

// render fills one program in and returns its output. The budget, the limit of errors and the missing list go on over all programs of one message.
func (r *run) render(p *Program) (out string, err error) {
	start, scope := r.start, r.scope
	r.start, r.scope = len(r.out), nil
	r.out = slices.Grow(r.out, p.size+64)
	r.guarded(p.nodes)
	if r.err != nil {
		return "", r.err
	}
	out = string(r.out[r.start:])
	r.out = r.out[:r.start]
	r.start, r.scope = start, scope
	return out, nil
}

// guarded runs nodes and turns a panic of the expression library, which it uses in places where an error would do, into an error.
func (r *run) guarded(nodes []node) {
	defer func() {
		if x := recover(); x != nil && r.err == nil {
			r.err = errs.Invalid("template.render_failed").Because(fmt.Errorf("panic: %v", x))
		}
	}()
	r.nodes(nodes)
}

func (r *run) nodes(nodes []node) {
	for i := range nodes {
		n := &nodes[i]
		switch n.kind {
		case nodeSegment:
			r.segment(&n.segment)
		case nodeValue:
			text := toText(r.evaluate(n.expr))
			if text == "" {
				r.miss(n.paths...)
			} else {
				r.write(text, n.mode)
			}
		case nodeAssign:
			v := r.evaluate(n.expr)
			r.vars()[n.name] = v
		default:
			if b := r.choose(n); b != nil {
				r.nodes(b.body)
			}
		}
		if r.err != nil {
			return
		}
	}
}

// choose finds the branch that is taken, nil for none.
func (r *run) choose(n *node) *branch {
	var subject any
	if n.kind == nodeCase {
		subject = r.evaluate(n.expr)
	}
	for i := range n.branches {
		b := &n.branches[i]
		switch {
		case b.test != nil:
			v := r.evaluate(b.test)
			if (v != nil && v != false) != b.negate {
				return b
			}
		case b.values != nil:
			for _, e := range b.values {
				if values.Equal(subject, r.evaluate(e)) {
					return b
				}
			}
		default:
			return b
		}
		if r.err != nil {
			return nil
		}
	}
	return nil
}

// evaluate computes an expression by the Liquid library.
func (r *run) evaluate(e expressions.Expression) any {
	r.vars()
	if r.err != nil {
		return nil
	}
	v, err := e.Evaluate(r.scope.context)
	if err != nil && r.err == nil {
		r.err = errs.Invalid("template.render_failed").Because(err)
	}
	if r.err != nil || !r.spend(size(v)) {
		return nil
	}
	return v
}

// scope holds the variables of one program: the message's, and what it assigns itself.
type scope struct {
	vars    map[string]any
	context expressions.Context
}

func (r *run) vars() map[string]any {
	if r.scope == nil {
		vars := r.bindings()
		r.scope = &scope{vars, expressions.NewContext(vars, language)}
	}
	return r.scope.vars
}

func (r *run) segment(s *segment) {
	if s.text != "" {
		r.write(s.text, modeRaw)
	}
	if s.ref.field == fieldNone {
		return
	}
	text := r.value(s)
	if r.err != nil {
		return
	}
	if text == "" {
		r.miss(s.name)
		return
	}
	r.write(text, s.mode)
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
