package template

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/osteele/liquid"
	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/parser"

	"github.com/loa-project/loa/internal/errs"
)

// Program is a compiled text. It never changes and may be used by many goroutines.
type Program struct {
	context   Context
	segments  []segment        // the fast form: text and simple variables only
	tree      *liquid.Template // the form with conditions; nil when segments are used
	simples   []segment        // the simple variables of tree, by the number that it calls them with
	size      int              // of the source: about how long the output gets
	variables []string
	unknown   []string
	assigned  map[string]bool // names given by assign
}

// segment is fixed text followed by one variable; the last one may have no variable.
type segment struct {
	text    string
	name    string
	ref     ref
	filters []call
	mode    mode
}

// How deep conditions may stand in each other, and how many tags and variables one text may have.
const (
	maxBlocks = 20
	maxPlaces = 3000
)

var engine = newEngine()

func newEngine() *liquid.Engine {
	e := liquid.NewEngine()
	register(e)
	return e
}

// Compile reads a template text and checks it as far as that is possible without data. The error is an *errs.Error with parameter "line" (from 1) and one of the codes
// template.too_large, template.bad_encoding, template.syntax, template.unclosed, template.tag_not_allowed, template.unknown_filter, template.filter_args, template.reserved_name,
// template.too_deep, template.too_many, template.line_break. Unknown variables are no error; see Unknown.
func Compile(src string, ctx Context) (*Program, error) {
	p, err := compile(src, ctx)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Variables lists the variables that the program reads, in order of appearance, each once: contact.name, contact.attrs.hang.
func (p *Program) Variables() []string { return p.variables }

// Unknown lists those of Variables that no message has a value for, most likely typing mistakes.
func (p *Program) Unknown() []string { return p.unknown }

// Render fills the program in. missing are the variables that were to be written and had no value. Errors are template.output_too_large, template.too_slow and template.render_failed.
func (p *Program) Render(d *Data) (out string, missing []string, err error) {
	r := &run{data: d}
	out, err = r.render(p)
	return out, r.missing, err
}

// compiler turns one source into a Program.
type compiler struct {
	ctx      Context
	source   strings.Builder // rewritten for the engine
	segments []segment
	simples  []segment
	fast     bool
	first    bool // nothing was written yet, which matters in an address
	assigned map[string]bool
	blocks   int
	places   int
	internal bool // the source is made by us and may hold loa_ names
	program  *Program
}

func compile(src string, ctx Context) (*Program, *errs.Error) {
	if len(src) > MaxSource {
		return nil, errs.Invalid("template.too_large").With("bytes", strconv.Itoa(len(src))).With("max", strconv.Itoa(MaxSource))
	}
	if !utf8.ValidString(src) || strings.IndexByte(src, 0) >= 0 {
		return nil, errs.Invalid("template.bad_encoding")
	}
	if ctx == Header && strings.ContainsAny(src, "\r\n") {
		return nil, errs.Invalid("template.line_break").With("line", "1")
	}
	return (&compiler{ctx: ctx}).run(src)
}

// compileInternal is compile for a source that was checked by it before and to which we added our own places and text.
func compileInternal(src string, ctx Context) (*Program, *errs.Error) {
	return (&compiler{ctx: ctx, internal: true}).run(src)
}

func (c *compiler) run(src string) (*Program, *errs.Error) {
	c.fast, c.first, c.assigned, c.program = true, true, map[string]bool{}, &Program{context: c.ctx}
	skip := "" // inside raw or comment
	for _, tok := range parser.Scan(src, parser.SourceLoc{LineNo: 1}, nil) {
		line := strconv.Itoa(tok.SourceLoc.LineNo)
		var err *errs.Error
		switch {
		case skip != "":
			c.skipped(tok, &skip)
		case tok.Type == parser.TextTokenType:
			if at := unclosed(tok.Source); at >= 0 {
				line = strconv.Itoa(tok.SourceLoc.LineNo + strings.Count(tok.Source[:at], "\n"))
				err = errs.Invalid("template.unclosed").With("near", near(tok.Source[at:]))
				break
			}
			c.source.WriteString(tok.Source)
			c.plain(tok.Source)
		case tok.Type == parser.ObjTokenType:
			err = c.object(tok)
		case tok.Type == parser.TagTokenType:
			err = c.tag(tok, &skip)
		}
		if err != nil {
			return nil, err.With("line", line)
		}
	}
	if skip != "" {
		return nil, errs.Invalid("template.unclosed").With("near", skip)
	}
	return c.finish()
}

// skipped passes over what is inside raw and comment.
func (c *compiler) skipped(tok parser.Token, skip *string) {
	if tok.Type == parser.TagTokenType && tok.Name == "end"+*skip {
		c.source.WriteString(tok.Source)
		*skip = ""
		return
	}
	if *skip == "raw" {
		c.source.WriteString(tok.Source)
		c.plain(tok.Source)
		return
	}
	c.source.WriteString(strings.Repeat("\n", strings.Count(tok.Source, "\n")))
}

// plain adds fixed text to the fast form.
func (c *compiler) plain(s string) {
	if s == "" {
		return
	}
	c.first = false
	if n := len(c.segments); n > 0 && c.segments[n-1].ref.field == fieldNone {
		c.segments[n-1].text += s
		return
	}
	c.segments = append(c.segments, segment{text: s})
}

// unclosed finds a brace that the scanner did not take for a tag, -1 when there is none.
func unclosed(s string) int {
	at := -1
	for _, open := range []string{"{{", "{%", "%}"} {
		if i := strings.Index(s, open); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	return at
}

// mode of the next value: in an address the very first one keeps its structure.
func (c *compiler) mode() mode {
	if c.ctx == URL && c.first {
		return modeURLStart
	}
	return c.ctx.mode()
}

func (c *compiler) object(tok parser.Token) *errs.Error {
	if c.places++; c.places > maxPlaces {
		return errs.Invalid("template.too_many").With("max", strconv.Itoa(maxPlaces))
	}
	left, right := "{{", "}}"
	if strings.HasPrefix(tok.Source, "{{-") {
		left, c.fast = "{{-", false
	}
	if strings.HasSuffix(tok.Source, "-}}") {
		right, c.fast = "-}}", false
	}
	if r, ok := internalRef(tok.Args); ok && c.internal {
		place := segment{ref: r, mode: c.ctx.mode()}
		if r.field == fieldPixel {
			place.mode = modeRaw
		}
		c.source.WriteString(left + " " + strconv.Itoa(len(c.simples)) + " | loa_simple: loa_run " + right)
		c.simples = append(c.simples, place)
		c.segments = append(c.segments, place)
		return nil
	}
	e, err := readExpression(tok.Args, c.assigned)
	if err != nil {
		return err
	}
	// The engine reads the author's own form first, so that nothing in it can reach past the brackets that are put around it.
	if _, perr := expressions.Parse(e.rewritten); perr != nil {
		return errs.Invalid("template.syntax").With("near", near(tok.Source)).Because(perr)
	}
	m := c.mode()
	c.first = false
	c.note(e.paths)
	if e.simple == nil {
		c.fast = false
		c.source.WriteString(left + " (" + e.rewritten + ") | loa_out: loa_run, " + strconv.Itoa(int(m)) + ", '" + quotable(e.paths) + "' " + right)
		return nil
	}
	s := *e.simple
	s.mode = m
	// A simple variable is filled in by ourselves also among conditions: one call of the engine instead of one per filter.
	c.source.WriteString(left + " " + strconv.Itoa(len(c.simples)) + " | loa_simple: loa_run " + right)
	c.simples = append(c.simples, s)
	if n := len(c.segments); n > 0 && c.segments[n-1].ref.field == fieldNone {
		s.text = c.segments[n-1].text
		c.segments[n-1] = s
	} else {
		c.segments = append(c.segments, s)
	}
	return nil
}

// quotable makes a list of paths that fits between single quotes.
func quotable(paths []string) string {
	return strings.NewReplacer("'", "", "}", "", "%", "").Replace(strings.Join(paths, ","))
}

func (c *compiler) note(paths []string) {
	for _, p := range paths {
		if !slices.Contains(c.program.variables, p) {
			c.program.variables = append(c.program.variables, p)
			if !known(p) {
				c.program.unknown = append(c.program.unknown, p)
			}
		}
	}
}

var clauseOf = map[string]bool{"else": true, "endif": true, "endunless": true, "endcase": true}

func (c *compiler) tag(tok parser.Token, skip *string) *errs.Error {
	if c.places++; c.places > maxPlaces {
		return errs.Invalid("template.too_many").With("max", strconv.Itoa(maxPlaces))
	}
	args, open, end := tok.Args, "{% ", " %}"
	if strings.HasPrefix(tok.Source, "{%-") {
		open, c.fast = "{%- ", false
	}
	if strings.HasSuffix(tok.Source, "-%}") {
		end, c.fast = " -%}", false
	}
	switch tok.Name {
	case "comment", "raw":
		*skip = tok.Name
		c.source.WriteString(open + tok.Name + end)
		return nil
	case "if", "elsif", "unless", "case", "when", "assign":
	default:
		if !clauseOf[tok.Name] {
			return errs.Invalid("template.tag_not_allowed").With("tag", tok.Name)
		}
		if args != "" {
			return errs.Invalid("template.syntax").With("near", near(tok.Source))
		}
		if tok.Name != "else" {
			c.blocks--
		}
		c.source.WriteString(open + tok.Name + end)
		return nil
	}
	c.fast = false
	target := ""
	if tok.Name == "assign" {
		name, value, ok := strings.Cut(args, "=")
		name = strings.TrimSpace(name)
		if err := assignable(name, ok); err != nil {
			return err
		}
		target, args = name, value
	}
	e, err := readExpression(args, c.assigned)
	if err != nil {
		return err
	}
	c.note(e.paths)
	body := e.rewritten
	switch tok.Name {
	case "assign":
		c.assigned[target] = true
		if _, perr := expressions.Parse(body); perr != nil {
			return errs.Invalid("template.syntax").With("near", near(tok.Source)).Because(perr)
		}
		body = target + " = (" + body + ") | loa_keep: loa_run"
	case "if", "unless", "case":
		if c.blocks++; c.blocks > maxBlocks {
			return errs.Invalid("template.too_deep")
		}
	}
	c.source.WriteString(open + tok.Name + " " + body + end)
	return nil
}

func assignable(name string, ok bool) *errs.Error {
	words, err := split(name)
	if err != nil || !ok || len(words) != 1 || words[0].kind != wordName || strings.HasSuffix(name, "?") {
		return errs.Invalid("template.syntax").With("near", near(name))
	}
	_, isConstant := constants[name]
	switch name {
	case "contact", "campaign", "workspace", "params", "unsubscribe_url", "now", "and", "or", "contains", "in":
		isConstant = true
	}
	if isConstant || strings.HasPrefix(name, "loa_") {
		return errs.Invalid("template.reserved_name").With("name", name)
	}
	return nil
}

// internalRef reads the names that only we write: loa_slot_3, loa_pixel. Sources of authors are compiled without them first, where names that begin with loa_ are refused.
func internalRef(args string) (ref, bool) {
	if args == "loa_pixel" {
		return ref{field: fieldPixel}, true
	}
	if s, ok := strings.CutPrefix(args, "loa_slot_"); ok {
		if n, err := strconv.Atoi(s); err == nil && n >= 0 {
			return ref{field: fieldLink, slot: n}, true
		}
	}
	return ref{}, false
}

func (c *compiler) finish() (p *Program, err *errs.Error) {
	defer func() {
		if recover() != nil {
			p, err = nil, errs.Invalid("template.syntax").With("line", "1")
		}
	}()
	// Also a text without conditions goes through the engine once, so that both forms agree on what is valid.
	tree, perr := engine.ParseTemplateLocation([]byte(c.source.String()), "", 1)
	if perr != nil {
		return nil, errs.Invalid("template.syntax").With("line", strconv.Itoa(perr.LineNumber())).Because(perr)
	}
	c.program.assigned, c.program.size = c.assigned, c.source.Len()
	if c.fast {
		c.program.segments = c.segments
	} else {
		c.program.tree, c.program.simples = tree, c.simples
	}
	return c.program, nil
}
