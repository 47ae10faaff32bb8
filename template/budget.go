package template

import (
	"slices"

	"github.com/loa-project/loa/internal/errs"
)

// The limits of the language. The budget counts bytes worked on instead of time, so that the same message always ends the same way; it stands for far less than 200 ms.
const (
	MaxSource = 64 << 10
	MaxMail   = 160 << 10 // of a mail's HTML and of the block editor's source, which are wordier
	MaxOutput = 256 << 10
	budget    = 4 << 20
	callCost  = 128 // what any filter or output costs besides its bytes
)

// run is one rendering: the data, what is left of the budget, and what was found missing.
type run struct {
	data    *Data
	slots   []slot
	root    map[string]any // values for expressions, made on first use and shared by all programs
	scope   *scope         // of the program that is being rendered; nil until it needs one
	work    int
	missing []string
	err     *errs.Error
	out     []byte
	start   int // where the present program's output begins in out
}

// spend takes n units and reports whether the budget still holds.
func (r *run) spend(n int) bool {
	if r.err != nil {
		return false
	}
	if r.work += n + callCost; r.work > budget {
		r.err = errs.Invalid("template.too_slow")
	}
	return r.err == nil
}

// write adds finished text.
func (r *run) write(s string, m mode) {
	if r.err != nil {
		return
	}
	if len(r.out)-r.start+len(s) > MaxOutput {
		r.err = errs.Invalid("template.output_too_large")
		return
	}
	r.out = appendValue(r.out, s, m)
	if len(r.out)-r.start > MaxOutput {
		r.err = errs.Invalid("template.output_too_large")
	}
}

func (r *run) miss(paths ...string) {
	for _, p := range paths {
		if p != "" && !slices.Contains(r.missing, p) {
			r.missing = append(r.missing, p)
		}
	}
}

// bindings is a fresh top level over the shared values, so that an assignment ends with its program.
func (r *run) bindings() map[string]any {
	if r.root == nil {
		r.root = r.data.bindings()
	}
	top := make(map[string]any, len(r.root)+2)
	for k, v := range r.root {
		top[k] = v
	}
	top["loa_run"] = r
	return top
}
