package template

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/inbucket/html2text"
	"github.com/osteele/liquid/parser"
	"golang.org/x/net/html"

	"github.com/loa-project/loa/internal/errs"
)

// mail is the compiled form of EmailContent.
type mail struct {
	subject, html, text, fromName *Program
	slots                         []slot
	links                         []Link
}

// The footer that is added on request, and the line that every marketing mail gets in its text part.
const (
	footerHTML = `<div style="padding:16px;text-align:center;font-size:12px;color:#666666">Quý khách nhận được email này vì đã đồng ý nhận tin từ {{ workspace.name }}. <a href="{{ unsubscribe_url }}">Hủy đăng ký</a></div>`
	footerText = "\n\nHủy đăng ký nhận tin: {{ unsubscribe_url }}"
)

const unsubscribe = "unsubscribe_url"

// compileEmail checks all parts and prepares the HTML so that a message only has to fill values in: it is sanitised, addresses become slots, the open pixel has its place, and the
// text part is derived once.
func compileEmail(c *EmailContent) (*mail, *errs.Error) {
	m := &mail{}
	part := func(field, src string, ctx Context) (*Program, *errs.Error) {
		p, err := compile(src, ctx)
		if err != nil {
			return nil, err.With("field", field)
		}
		return p, nil
	}
	var err *errs.Error
	if m.subject, err = part("subject", c.Subject, Header); err != nil {
		return nil, err
	}
	if m.fromName, err = part("from_name", c.FromName, Header); err != nil {
		return nil, err
	}
	if _, err = part("preheader", c.Preheader, HTML); err != nil {
		return nil, err
	}
	author, err := compileMail(c.HTML, HTML)
	if err != nil {
		return nil, err.With("field", "html")
	}
	source, text := c.HTML, c.Text
	optOut := hasVariable(author, unsubscribe)
	if c.Marketing() && !optOut {
		if !c.UnsubscribeFooter {
			return nil, errs.Invalid("template.no_unsubscribe").With("field", "html")
		}
		source = beforeEnd(source, footerHTML)
	}
	b, err := newMailBuilder(source)
	if err != nil {
		return nil, err.With("field", "html")
	}
	if err := b.compile(m, c); err != nil {
		return nil, err.With("field", "html")
	}
	if strings.TrimSpace(text) == "" {
		if m.text, err = b.plain(); err != nil {
			return nil, err.With("field", "html")
		}
		return m, nil
	}
	if m.text, err = part("text", text, Text); err != nil {
		return nil, err
	}
	if c.Marketing() && !hasVariable(m.text, unsubscribe) {
		m.text, err = compileInternal(text+footerText, Text)
	}
	return m, err
}

func hasVariable(p *Program, name string) bool {
	for _, v := range p.variables {
		if v == name {
			return true
		}
	}
	return false
}

// beforeEnd puts extra in front of the closing body tag, or at the end.
func beforeEnd(doc, extra string) string {
	if i := lastFold(doc, "</body"); i >= 0 {
		return doc[:i] + extra + doc[i:]
	}
	return doc + extra
}

func lastFold(s, tag string) int {
	for i := len(s) - len(tag); i >= 0; i-- {
		if s[i] == '<' && strings.EqualFold(s[i:i+len(tag)], tag) {
			return i
		}
	}
	return -1
}

// mailBuilder keeps the template language out of the HTML tools' way: every piece of it is a plain word while the HTML is worked on.
type mailBuilder struct {
	prefix string
	pieces []string // what stands behind each word
	word   *regexp.Regexp
	// extracted is the author's HTML with words, doc the same without what mails must not hold.
	extracted string
	doc       string
	slots     []slot
	links     []Link
	author    *Program
}

func newMailBuilder(source string) (*mailBuilder, *errs.Error) {
	b := &mailBuilder{}
	for n := 0; ; n++ {
		b.prefix = "loaq" + strconv.Itoa(n) + "x"
		if !strings.Contains(strings.ToLower(source), b.prefix) {
			break
		}
	}
	b.word = regexp.MustCompile(b.prefix + `([0-9]+)zq`)
	author, err := (&compiler{ctx: HTML}).compile(source)
	if err != nil {
		return nil, err
	}
	b.author = author
	hidden := b.hide(source)
	if b.extracted, err = b.extract(hidden); err != nil {
		return nil, err
	}
	b.doc = sanitize(b.extracted)
	return b, nil
}

func (b *mailBuilder) add(piece string) string {
	b.pieces = append(b.pieces, piece)
	return b.prefix + strconv.Itoa(len(b.pieces)-1) + "zq"
}

// hide turns the language into words. Comments disappear; what looks like language inside raw is text and becomes HTML text.
func (b *mailBuilder) hide(source string) string {
	var out strings.Builder
	skip := ""
	for _, tok := range parser.Scan(source, parser.SourceLoc{}, nil) {
		switch {
		case tok.Source == "":
		case skip != "" && tok.Type == parser.TagTokenType && tok.Name == "end"+skip:
			skip = ""
		case skip == "raw":
			text := tok.Source
			if tok.Type != parser.TextTokenType || unclosed(text) >= 0 {
				text = b.add("{% raw %}" + string(appendHTML(nil, text)) + "{% endraw %}")
			}
			out.WriteString(text)
		case skip != "":
		case tok.Type == parser.TagTokenType && (tok.Name == "raw" || tok.Name == "comment"):
			skip = tok.Name
		case tok.Type == parser.TextTokenType:
			out.WriteString(tok.Source)
		default:
			out.WriteString(b.add(plainArgs(tok.Source)))
		}
	}
	return out.String()
}

// show puts the language back.
func (b *mailBuilder) show(s string) string {
	return b.word.ReplaceAllStringFunc(s, func(w string) string {
		n, err := strconv.Atoi(w[len(b.prefix) : len(w)-2])
		if err != nil || n >= len(b.pieces) {
			return ""
		}
		return b.pieces[n]
	})
}

var addressAttrs = map[string]bool{"href": true, "src": true, "background": true, "srcset": true, "cite": true}

// extract makes slots of the addresses that change or are tracked, and refuses variables in style sheets, where a value could change more than its place.
func (b *mailBuilder) extract(doc string) (string, *errs.Error) {
	z := html.NewTokenizer(strings.NewReader(doc))
	var out strings.Builder
	inStyle := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String(), nil
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw())
			t := z.Token()
			inStyle = t.Data == "style"
			changed, err := b.tag(&t)
			if err != nil {
				return "", err
			}
			if changed {
				raw = t.String()
			}
			out.WriteString(raw)
		case html.TextToken:
			raw := string(z.Raw())
			if inStyle && b.hasValue(raw) {
				return "", errs.Invalid("template.variable_in_style")
			}
			out.WriteString(raw)
		default:
			inStyle = false
			out.Write(z.Raw())
		}
	}
}

func (b *mailBuilder) hasValue(s string) bool { return strings.Contains(b.show(s), "{{") }

func (b *mailBuilder) tag(t *html.Token) (changed bool, err *errs.Error) {
	for i := range t.Attr {
		a := &t.Attr[i]
		if a.Key == "style" && b.hasValue(a.Val) {
			return false, errs.Invalid("template.variable_in_style")
		}
		if !addressAttrs[a.Key] {
			continue
		}
		value := strings.TrimSpace(a.Val)
		dynamic := b.word.MatchString(value)
		link := a.Key == "href" && (t.Data == "a" || t.Data == "area")
		if !dynamic && (!link || !webAddress(value)) {
			continue
		}
		word, err := b.slot(b.show(value), link)
		if err != nil {
			return false, err
		}
		a.Val, changed = word, true
	}
	return changed, nil
}

// slot makes an address a slot of its own.
func (b *mailBuilder) slot(source string, link bool) (string, *errs.Error) {
	p, err := compileInternal(source, URL)
	if err != nil {
		return "", err
	}
	for _, v := range p.unknown {
		if b.author.assigned[root(v)] {
			return "", errs.Invalid("template.assigned_in_link").With("name", root(v))
		}
	}
	s := slot{program: p, source: source, link: -1}
	fixed := !strings.Contains(source, "{{") && !strings.Contains(source, "{%")
	start, _, _ := strings.Cut(strings.ToLower(source), "{")
	trackable := start == "" || strings.HasPrefix(start, "http://") || strings.HasPrefix(start, "https://")
	if link && trackable && !hasVariable(p, unsubscribe) {
		s.link = len(b.links)
		b.links = append(b.links, Link{Index: s.link, Source: source, Dynamic: !fixed})
	}
	b.slots = append(b.slots, s)
	return b.add("{{ loa_slot_" + strconv.Itoa(len(b.slots)-1) + " }}"), nil
}

func root(path string) string {
	r, _, _ := strings.Cut(path, ".")
	return r
}

// compile finishes the HTML part.
func (b *mailBuilder) compile(m *mail, c *EmailContent) *errs.Error {
	doc := beforeEnd(b.doc, b.add("{{ loa_pixel }}"))
	if c.Preheader != "" {
		hidden := b.hide(c.Preheader)
		text := `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">` + string(appendHTML(nil, hidden)) + `</div>`
		at := 0
		if i := lastFold(doc, "<body"); i >= 0 {
			if j := strings.IndexByte(doc[i:], '>'); j >= 0 {
				at = i + j + 1
			}
		}
		doc = doc[:at] + text + doc[at:]
	}
	source := b.show(doc)
	if len(source) > 4*MaxSource { // addresses and escapes can make it longer than what was written
		return errs.Invalid("template.too_large").With("bytes", strconv.Itoa(len(source))).With("max", strconv.Itoa(4*MaxSource))
	}
	p, err := compileInternal(source, HTML)
	if err != nil {
		return err
	}
	m.html, m.slots, m.links = p, b.slots, b.links
	return nil
}

// plain derives the text part. A condition around rows of a table loses its place there, because text has no tables; then the text shows both ways or, when that makes no sense
// any more, drops the conditions.
func (b *mailBuilder) plain() (*Program, *errs.Error) {
	text, err := b.plainSource()
	if err != nil {
		return nil, err
	}
	return compileInternal(text, Text)
}

func (b *mailBuilder) plainSource() (string, *errs.Error) {
	text, bad := html2text.FromString(b.doc, html2text.Options{})
	if bad != nil {
		return "", errs.Invalid("template.too_deep").Because(bad) // the only thing that its HTML parser refuses
	}
	if _, err := compileInternal(b.show(text), Text); err == nil {
		return b.show(text), nil
	}
	bare := b.word.ReplaceAllStringFunc(text, func(w string) string {
		if strings.HasPrefix(b.show(w), "{%") {
			return ""
		}
		return w
	})
	return b.show(bare), nil
}

var slotName = regexp.MustCompile(`\{\{ loa_slot_([0-9]+) \}\}`)

// plainText is the derived text as an author would write it: with the addresses in their places.
func (b *mailBuilder) plainText() (string, *errs.Error) {
	text, err := b.plainSource()
	if err != nil {
		return "", err
	}
	return slotName.ReplaceAllStringFunc(text, func(name string) string {
		i, bad := strconv.Atoi(slotName.FindStringSubmatch(name)[1])
		if bad != nil || i >= len(b.slots) {
			return ""
		}
		return b.slots[i].source
	}), nil
}
