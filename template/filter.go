package template

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/osteele/liquid/expressions"

	"github.com/loa-project/loa/internal/errs"
)

// filterDef is one filter of the language. fn gets the value and args of the length that min and max allow; cost is its work per byte of the value.
type filterDef struct {
	min, max int
	cost     int
	fn       func(v any, args []any) any
}

// call is a filter with constant arguments.
type call struct {
	name   string
	def    filterDef
	args   []any
	commas int
}

func (f filterDef) check(name string, args int) *errs.Error {
	if args < f.min || args > f.max {
		return errs.Invalid("template.filter_args").With("filter", name).With("min", strconv.Itoa(f.min)).With("max", strconv.Itoa(f.max))
	}
	return nil
}

// apply runs one filter inside the budget.
func (r *run) apply(f filterDef, v any, args []any) any {
	n := size(v)
	for _, a := range args {
		n += size(a)
	}
	if !r.spend(n * f.cost) {
		return nil
	}
	out := f.fn(v, args)
	if size(out) > maxValue {
		r.err = errs.Invalid("template.output_too_large")
		return nil
	}
	if !r.spend(size(out)) {
		return nil
	}
	return out
}

func size(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []any:
		n := 0
		for _, e := range v {
			n += 8 + size(e)
		}
		return n
	case map[string]any:
		return 16 * len(v)
	}
	return 8
}

// filters is the whole list; a template with another name is refused.
var filters = map[string]filterDef{
	"default":       {1, 1, 1, filterDefault},
	"upcase":        {0, 0, 4, onText(strings.ToUpper)},
	"downcase":      {0, 0, 4, onText(strings.ToLower)},
	"capitalize":    {0, 0, 4, onText(capitalize)},
	"title":         {0, 0, 4, onText(title)},
	"strip":         {0, 0, 1, onText(strings.TrimSpace)},
	"truncate":      {0, 2, 4, filterTruncate},
	"replace":       {1, 2, 4, filterReplace},
	"append":        {1, 1, 1, func(v any, a []any) any { return toText(v) + toText(a[0]) }},
	"prepend":       {1, 1, 1, func(v any, a []any) any { return toText(a[0]) + toText(v) }},
	"join":          {0, 1, 1, filterJoin},
	"size":          {0, 0, 1, filterSize},
	"no_accents":    {0, 0, 16, onText(StripAccents)},
	"first_name":    {0, 0, 4, onText(GivenName)},
	"phone_local":   {0, 0, 1, onText(phoneLocal)},
	"money":         {0, 0, 4, func(v any, _ []any) any { return money(v, "") }},
	"money_vnd":     {0, 0, 4, func(v any, _ []any) any { return money(v, " đ") }},
	"date":          {0, 1, 8, filterDate},
	"url_encode":    {0, 0, 4, onText(func(s string) string { return string(appendURL(nil, s, false)) })},
	"plus":          {1, 1, 1, arithmetic(func(a, b float64) float64 { return a + b })},
	"minus":         {1, 1, 1, arithmetic(func(a, b float64) float64 { return a - b })},
	"times":         {1, 1, 1, arithmetic(func(a, b float64) float64 { return a * b })},
	"divided_by":    {1, 1, 1, arithmetic(func(a, b float64) float64 { return a / b })},
	"round":         {0, 1, 1, filterRound},
	"strip_newline": {0, 0, 1, onText(func(s string) string { return strings.Join(strings.Fields(s), " ") })},
}

// Filters lists the names of all filters, sorted.
func Filters() []string { return slices.Sorted(maps.Keys(filters)) }

// language is the expression library with our filters and no others; the run comes as the first argument of each (see reader.filter).
var language = func() expressions.Config {
	c := expressions.NewConfig()
	for name, def := range filters {
		c.AddFilter("loa_f_"+name, func(v any, r *run, args ...any) any {
			if len(args) < def.min || len(args) > def.max {
				return nil
			}
			return r.apply(def, v, args)
		})
	}
	return c
}()

// toText is how a value looks when it is written: whole numbers without an exponent, times as dd/MM/yyyy HH:mm in their zone, lists with commas.
func toText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.Format("02/01/2006 15:04")
	case []any:
		return joinList(v, ", ")
	}
	return ""
}

func onText(f func(string) string) func(any, []any) any {
	return func(v any, _ []any) any { return f(toText(v)) }
}

func filterDefault(v any, args []any) any {
	if v == nil || v == "" || v == false {
		return args[0]
	}
	return v
}

func filterTruncate(v any, args []any) any {
	limit, tail := 50, "..."
	if len(args) > 0 {
		if n, ok := number(args[0]); ok {
			limit = int(min(max(n, 0), maxValue))
		}
	}
	if len(args) > 1 {
		tail = toText(args[1])
	}
	s := []rune(toText(v))
	if len(s) <= limit {
		return string(s)
	}
	end := []rune(tail)
	if len(end) >= limit {
		return string(end[:limit])
	}
	return strings.TrimRight(string(s[:limit-len(end)]), " ") + tail
}

func filterReplace(v any, args []any) any {
	s, from, to := toText(v), toText(args[0]), ""
	if len(args) > 1 {
		to = toText(args[1])
	}
	if from == "" {
		return s
	}
	if grown := len(s) + strings.Count(s, from)*(len(to)-len(from)); grown > maxValue {
		return strings.Repeat("x", maxValue+1) // over the limit: apply stops the rendering
	}
	return strings.ReplaceAll(s, from, to)
}

func joinList(list []any, sep string) string {
	var b strings.Builder
	for i, e := range list {
		if i > 0 {
			b.WriteString(sep)
		}
		switch e.(type) {
		case []any, map[string]any:
		default:
			b.WriteString(toText(e))
		}
		if b.Len() > maxValue {
			break
		}
	}
	return b.String()
}

func filterJoin(v any, args []any) any {
	list, ok := v.([]any)
	if !ok {
		return toText(v)
	}
	sep := ", "
	if len(args) > 0 {
		sep = toText(args[0])
	}
	return joinList(list, sep)
}

func filterSize(v any, _ []any) any {
	if list, ok := v.([]any); ok {
		return len(list)
	}
	return len([]rune(toText(v)))
}

// number reads a number or a text that is one.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	return 0, false
}

func arithmetic(f func(a, b float64) float64) func(any, []any) any {
	return func(v any, args []any) any {
		a, ok := number(v)
		b, ok2 := number(args[0])
		if !ok || !ok2 {
			return nil
		}
		return cleanFloat(f(a, b))
	}
}

func filterRound(v any, args []any) any {
	n, ok := number(v)
	if !ok {
		return nil
	}
	places := 0.0
	if len(args) > 0 {
		places, _ = number(args[0])
	}
	scale := math.Pow(10, min(max(math.Trunc(places), 0), 6))
	return cleanFloat(math.Round(n*scale) / scale)
}
