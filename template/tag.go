package template

import (
	"strings"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/parser"

	"github.com/loa-project/loa/internal/errs"
)

// tag reads one {% %}. Loops, includes, captures and everything else that is not here are refused.
func (c *compiler) tag(tok parser.Token) *errs.Error {
	if err := c.place(); err != nil {
		return err
	}
	top := &c.frames[len(c.frames)-1]
	switch tok.Name {
	case "comment", "raw":
		c.skip = tok.Name
		return nil
	case "if", "unless", "case":
		return c.open(tok)
	case "elsif", "when", "else":
		return c.clause(tok, top)
	case "assign":
		return c.assign(tok)
	case "endif", "endunless", "endcase":
		if tok.Args != "" || tok.Name != "end"+top.tag {
			return badSyntax(tok)
		}
		c.closeBranch(top)
		n := top.node
		c.frames = c.frames[:len(c.frames)-1]
		c.add(n)
		return nil
	}
	return errs.Invalid("template.tag_not_allowed").With("tag", tok.Name)
}

func (c *compiler) open(tok parser.Token) *errs.Error {
	if len(c.frames) > maxBlocks {
		return errs.Invalid("template.too_deep")
	}
	_, expr, err := c.expression(tok, tok.Args)
	if err != nil {
		return err
	}
	f := frame{tag: tok.Name, line: tok.SourceLoc.LineNo, node: node{kind: nodeIf}}
	if tok.Name == "case" {
		f.node = node{kind: nodeCase, expr: expr}
	} else {
		f.node.branches = []branch{{test: expr, negate: tok.Name == "unless"}}
	}
	c.frames = append(c.frames, f)
	return nil
}

// closeBranch ends the branch that is open. What stands between case and the first when belongs to none and is dropped.
func (c *compiler) closeBranch(f *frame) {
	if n := len(f.node.branches); n > 0 {
		f.node.branches[n-1].body = f.body
	}
	f.body = nil
}

func (c *compiler) clause(tok parser.Token, top *frame) *errs.Error {
	fits := tok.Name == "else" && top.tag != "" || tok.Name == "elsif" && (top.tag == "if" || top.tag == "unless") || tok.Name == "when" && top.tag == "case"
	if !fits || top.closed {
		return badSyntax(tok)
	}
	var b branch
	switch tok.Name {
	case "else":
		if tok.Args != "" {
			return badSyntax(tok)
		}
		top.closed = true
	case "elsif":
		_, expr, err := c.expression(tok, tok.Args)
		if err != nil {
			return err
		}
		b.test = expr
	case "when":
		e, err := readExpression(tok.Args, c.program.assigned)
		if err != nil {
			return err
		}
		stmt, perr := expressions.ParseStatement(expressions.WhenStatementSelector, e.rewritten)
		if perr != nil || len(stmt.When.Exprs) == 0 {
			return badSyntax(tok)
		}
		c.note(e.paths)
		b.values = stmt.When.Exprs
	}
	c.closeBranch(top)
	top.node.branches = append(top.node.branches, b)
	return nil
}

func (c *compiler) assign(tok parser.Token) *errs.Error {
	name, value, ok := strings.Cut(tok.Args, "=")
	name = strings.TrimSpace(name)
	if err := assignable(name, ok); err != nil {
		return err
	}
	_, expr, err := c.expression(tok, value)
	if err != nil {
		return err
	}
	c.program.assigned[name] = true
	c.add(node{kind: nodeAssign, expr: expr, segment: segment{name: name}})
	return nil
}

func assignable(name string, ok bool) *errs.Error {
	words, err := split(name)
	if err != nil || !ok || len(words) != 1 || words[0].kind != wordName || strings.HasSuffix(name, "?") {
		return errs.Invalid("template.syntax").With("near", near(name))
	}
	_, taken := constants[name]
	switch name {
	case "contact", "campaign", "workspace", "params", "voucher", "unsubscribe_url", "now", "and", "or", "contains", "in":
		taken = true
	}
	if taken || strings.HasPrefix(name, "loa_") {
		return errs.Invalid("template.reserved_name").With("name", name)
	}
	return nil
}
