package template

import (
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/parser"

	"github.com/loa-project/loa/internal/errs"
)

// Program is a compiled text. It never changes and may be used by many goroutines.
type Program struct {
	nodes     []node
	variables []string
	unknown   []string
	assigned  map[string]bool // names given by assign
	size      int             // of the source: about how long the output gets
}

type nodeKind uint8

const (
	nodeSegment nodeKind = iota
	nodeValue            // an expression that is written
	nodeIf               // the first branch whose test holds
	nodeCase             // the first branch with a value equal to expr
	nodeAssign
)

// node is one piece of a program.
type node struct {
	kind     nodeKind
	segment                         // of nodeSegment; name is the target of nodeAssign
	expr     expressions.Expression // of nodeValue, nodeCase and nodeAssign
	paths    []string               // variables in expr
	branches []branch
}

// segment is fixed text followed by one variable with filters; ref.field is fieldNone when there is only text.
type segment struct {
	text    string
	name    string
	ref     ref
	filters []call
	mode    mode
}

// branch is one way through a condition. It is taken when test holds (or does not, with negate), when one of values is equal, or always when there is neither.
type branch struct {
	test   expressions.Expression
	negate bool
	values []expressions.Expression
	body   []node
}

// fixed gives the text of a program that is text alone.
func (p *Program) fixed() (string, bool) {
	switch {
	case len(p.nodes) == 0:
		return "", true
	case len(p.nodes) == 1 && p.nodes[0].kind == nodeSegment && p.nodes[0].ref.field == fieldNone:
		return p.nodes[0].text, true
	}
	return "", false
}

// How deep conditions may stand in each other, and how many tags and variables one text may have.
const (
	maxBlocks = 20
	maxPlaces = 3000
)

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

func compile(src string, ctx Context) (*Program, *errs.Error) {
	return compileUpTo(src, ctx, MaxSource)
}

func compileUpTo(src string, ctx Context, most int) (*Program, *errs.Error) {
	if len(src) > most {
		return nil, errs.Invalid("template.too_large").With("bytes", strconv.Itoa(len(src))).With("max", strconv.Itoa(most))
	}
	if !utf8.ValidString(src) || strings.IndexByte(src, 0) >= 0 {
		return nil, errs.Invalid("template.bad_encoding")
	}
	if ctx == Header && strings.ContainsAny(src, "\r\n") {
		return nil, errs.Invalid("template.line_break").With("line", "1")
	}
	return (&compiler{ctx: ctx}).compile(src)
}

// compileInternal is compile for a source that was checked by it before and to which we added our own places and text.
func compileInternal(src string, ctx Context) (*Program, *errs.Error) {
	return (&compiler{ctx: ctx, internal: true}).compile(src)
}

// compiler turns one source into a Program. The first frame is the text itself, each further one an open condition.
type compiler struct {
	ctx      Context
	internal bool // the source is made by us and may hold loa_ names
	frames   []frame
	skip     string // inside raw or comment
	written  bool   // something was written already, which matters in an address
	places   int
	program  *Program
}

type frame struct {
	tag    string // if, unless or case
	line   int
	node   node
	body   []node // of the branch that is open
	closed bool   // after else nothing more may come
}

func (c *compiler) compile(src string) (*Program, *errs.Error) {
	c.program = &Program{assigned: map[string]bool{}, size: len(src)}
	c.frames = []frame{{}}
	tokens := parser.Scan(src, parser.SourceLoc{LineNo: 1}, nil)
	for i, tok := range tokens {
		line := tok.SourceLoc.LineNo
		if c.ctx == HTML && !c.internal {
			tok.Args = plainArgs(tok.Args)
		}
		var err *errs.Error
		switch {
		case c.skip != "":
			c.skipped(tok)
		case tok.Type == parser.TextTokenType:
			if at := unclosed(tok.Source); at >= 0 {
				line += strings.Count(tok.Source[:at], "\n")
				err = errs.Invalid("template.unclosed").With("near", near(tok.Source[at:]))
				break
			}
			c.text(trimmed(tokens, i))
		case tok.Type == parser.ObjTokenType:
			err = c.object(tok)
		case tok.Type == parser.TagTokenType:
			err = c.tag(tok)
		}
		if err != nil {
			return nil, err.With("line", strconv.Itoa(line))
		}
	}
	if open := &c.frames[len(c.frames)-1]; len(c.frames) > 1 {
		return nil, errs.Invalid("template.unclosed").With("near", open.tag).With("line", strconv.Itoa(open.line))
	}
	if c.skip != "" {
		return nil, errs.Invalid("template.unclosed").With("near", c.skip)
	}
	c.program.nodes = c.frames[0].body
	return c.program, nil
}

// plainArgs undoes what HTML editors do to the inside of a tag: quotes and signs become entities, spaces become non-breaking ones.
func plainArgs(args string) string {
	if strings.Contains(args, "&") {
		args = html.UnescapeString(args)
	}
	return strings.ReplaceAll(args, "\u00a0", " ")
}

// trimmed is text i without the spaces that "-" in the tags beside it takes away.
func trimmed(tokens []parser.Token, i int) string {
	s := tokens[i].Source
	if i > 0 && tokens[i-1].Type == parser.TrimRightTokenType {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
	}
	if i+1 < len(tokens) && tokens[i+1].Type == parser.TrimLeftTokenType {
		s = strings.TrimRightFunc(s, unicode.IsSpace)
	}
	return s
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

// skipped passes over what is inside raw and comment.
func (c *compiler) skipped(tok parser.Token) {
	switch {
	case tok.Type == parser.TagTokenType && tok.Name == "end"+c.skip:
		c.skip = ""
	case c.skip == "raw":
		c.text(tok.Source)
	}
}

func (c *compiler) add(n node) {
	top := &c.frames[len(c.frames)-1]
	top.body = append(top.body, n)
}

// text adds fixed text, to the segment before it where that is still open.
func (c *compiler) text(s string) {
	if s == "" {
		return
	}
	c.written = true
	top := &c.frames[len(c.frames)-1]
	if n := len(top.body); n > 0 && top.body[n-1].kind == nodeSegment && top.body[n-1].ref.field == fieldNone {
		top.body[n-1].text += s
		return
	}
	c.add(node{segment: segment{text: s}})
}

// variable adds a simple variable, to the text before it where there is some.
func (c *compiler) variable(s segment) {
	top := &c.frames[len(c.frames)-1]
	if n := len(top.body); n > 0 && top.body[n-1].kind == nodeSegment && top.body[n-1].ref.field == fieldNone {
		s.text = top.body[n-1].text
		top.body[n-1].segment = s
		return
	}
	c.add(node{segment: s})
}

func (c *compiler) place() *errs.Error {
	if c.places++; c.places > maxPlaces {
		return errs.Invalid("template.too_many").With("max", strconv.Itoa(maxPlaces))
	}
	return nil
}

func (c *compiler) object(tok parser.Token) *errs.Error {
	if err := c.place(); err != nil {
		return err
	}
	if r, ok := internalRef(tok.Args); ok && c.internal {
		s := segment{ref: r, mode: c.ctx.mode()}
		if r.field == fieldPixel {
			s.mode = modeRaw
		}
		c.variable(s)
		return nil
	}
	e, expr, err := c.expression(tok, tok.Args)
	if err != nil {
		return err
	}
	m := c.ctx.mode()
	if c.ctx == URL && !c.written {
		m = modeURLStart // the very first value of an address keeps its structure
	}
	c.written = true
	if e.simple != nil {
		s := *e.simple
		s.mode = m
		c.variable(s)
		return nil
	}
	c.add(node{kind: nodeValue, expr: expr, paths: e.paths, segment: segment{mode: m}})
	return nil
}

// expression reads and parses one expression and notes its variables.
func (c *compiler) expression(tok parser.Token, src string) (expression, expressions.Expression, *errs.Error) {
	e, err := readExpression(src, c.program.assigned)
	if err != nil {
		return e, nil, err
	}
	parsed, perr := expressions.Parse(e.rewritten)
	if perr != nil {
		return e, nil, badSyntax(tok)
	}
	c.note(e.paths)
	return e, parsed, nil
}

func badSyntax(tok parser.Token) *errs.Error {
	return errs.Invalid("template.syntax").With("near", near(tok.Source))
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
