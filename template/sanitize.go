package template

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// mailPolicy keeps what mails are made of: tables, inline CSS, style sheets in the head and conditional comments. Scripts, forms, frames, objects and event handlers go.
var mailPolicy = newMailPolicy()

const mailElementList = `html head title body meta style div span p br hr h1 h2 h3 h4 h5 h6 a img b strong i em u s strike small big sub sup font center blockquote pre code ul ol li dl dt dd
		table thead tbody tfoot tr td th caption colgroup col section article header footer main figure figcaption picture source map area address abbr cite del ins mark time wbr`

var mailElements = setOf(strings.Fields(mailElementList))

func setOf(names []string) map[string]bool {
	out := make(map[string]bool, len(names))
	for _, n := range names {
		out[n] = true
	}
	return out
}

func newMailPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	elements := strings.Fields(mailElementList)
	p.AllowElements(elements...)
	p.AllowNoAttrs().OnElements(elements...)
	p.AllowAttrs("style", "class", "id", "dir", "lang", "title", "align", "valign", "width", "height", "bgcolor", "background", "border", "role", "aria-label", "aria-hidden", "aria-roledescription", "xmlns").Globally()
	p.AllowAttrs("xmlns:v", "xmlns:o").OnElements("html") // Outlook draws some parts of mails with them
	p.AllowAttrs("media").OnElements("style")
	p.AllowAttrs("cellpadding", "cellspacing", "colspan", "rowspan", "nowrap", "scope", "summary", "color", "face", "size", "type", "start", "value", "span").Globally()
	p.AllowAttrs("href", "target", "rel", "name", "shape", "coords").OnElements("a", "area")
	p.AllowAttrs("src", "srcset", "alt", "usemap", "hspace", "vspace", "media", "sizes").OnElements("img", "source")
	p.AllowAttrs("name").OnElements("map")
	p.AllowAttrs("charset", "content").OnElements("meta")
	p.AllowAttrs("name").Matching(regexp.MustCompile(`^(?i:viewport|x-apple-disable-message-reformatting|format-detection|color-scheme|supported-color-schemes|description)$`)).OnElements("meta")
	p.AllowAttrs("http-equiv").Matching(regexp.MustCompile(`^(?i:content-type|x-ua-compatible)$`)).OnElements("meta")
	p.AllowDataURIImages()
	p.AllowURLSchemes("http", "https", "mailto", "tel", "sms", "cid")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.AllowComments()
	p.AllowUnsafe(true) // only for <style>, whose content scrub looks at
	return p
}

var (
	doctype   = regexp.MustCompile(`(?i)^\s*<!doctype [a-z0-9 "'/.:\-]*>`)
	badCSS    = regexp.MustCompile(`(?i)expression\s*\(|javascript:|vbscript:|@import|behavior\s*:|-moz-binding`)
	cssNoise  = regexp.MustCompile(`(?s)/\*.*?\*/|\\`)
	badHidden = regexp.MustCompile(`(?i)<\s*(?:script|iframe|object|embed|form)|javascript:|\son[a-z]+\s*=`)
)

func cssAllowed(css string) bool { return !badCSS.MatchString(cssNoise.ReplaceAllString(css, "")) }

// sanitize removes from a mail's HTML everything that mailPolicy does not know, style sheets that reach outside, and comments other than the conditional ones for Outlook. The text
// is tokenised three times, but only when a template is saved or a run starts.
func sanitize(src string) string {
	head := doctype.FindString(src)
	z := html.NewTokenizer(strings.NewReader(mailPolicy.Sanitize(src)))
	var b strings.Builder
	b.WriteString(strings.TrimSpace(head))
	inStyle := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.CommentToken:
			t := z.Token()
			data := strings.TrimSpace(t.Data)
			if (strings.HasPrefix(data, "[if") || strings.HasPrefix(data, "<![endif]")) && !badHidden.MatchString(data) {
				b.WriteString(t.String())
			}
		case html.TextToken:
			if raw := string(z.Raw()); !inStyle || cssAllowed(raw) {
				b.WriteString(raw)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw())
			t := z.Token()
			inStyle = t.Data == "style"
			b.WriteString(withoutBadStyle(t, raw))
		case html.EndTagToken:
			inStyle = false
			b.Write(z.Raw())
		}
	}
}

func withoutBadStyle(t html.Token, raw string) string {
	kept := t.Attr[:0:0]
	for _, a := range t.Attr {
		if a.Key == "style" && !cssAllowed(a.Val) {
			continue
		}
		kept = append(kept, a)
	}
	if len(kept) == len(t.Attr) {
		return raw
	}
	t.Attr = kept
	return t.String()
}

// webAddress reports whether a fixed address is one that can be tracked.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
