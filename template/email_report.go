package template

import (
	"sort"
	"strings"

	"golang.org/x/net/html"

	"github.com/loa-project/loa/internal/errs"
)

// ClipBytes is the size of the HTML part from which Gmail shows only the beginning of a mail, the way to unsubscribe cut off with the rest.
const ClipBytes = 102 << 10

// MailReport is what an author learns about a mail besides Report.
type MailReport struct {
	HTMLBytes int `json:"html_bytes"` // of the HTML part filled in with the sample; from ClipBytes on Gmail cuts it off
	// Plain is the text part that is derived from the HTML, with its variables: a start for an own one.
	Plain string `json:"plain"`
	// OptOut reports whether the author's own HTML shows the way to unsubscribe, Footer whether the standard footer is added.
	OptOut bool `json:"opt_out"`
	Footer bool `json:"footer"`
	// Removed is what the HTML loses because mails must not hold it.
	Removed []Removed `json:"removed"`
	// ImagesWithoutText counts pictures that say nothing to who does not see them.
	ImagesWithoutText int `json:"images_without_text"`
}

// Removed is one kind of thing that is left out of a mail.
type Removed struct {
	Kind  string `json:"kind"`  // element, attribute or style
	Name  string `json:"name"`  // script, onclick …; of a style the element that it was at
	Count int    `json:"count"` // how often
}

// reportMail looks at the author's HTML; content has been compiled already.
func reportMail(c *Compiled, sample Rendered) (*MailReport, error) {
	m := &MailReport{HTMLBytes: len(sample.HTML)}
	author, err := compileMail(c.Email.HTML, HTML)
	if err != nil {
		return nil, err
	}
	m.OptOut = hasVariable(author, unsubscribe)
	m.Footer = c.Email.Marketing() && !m.OptOut && c.Email.UnsubscribeFooter
	b, err := newMailBuilder(c.Email.HTML)
	if err != nil {
		return nil, err
	}
	if m.Plain, err = b.plainText(); err != nil {
		return nil, err
	}
	before, _ := tally(b.extracted)
	after, bare := tally(b.doc)
	m.ImagesWithoutText, m.Removed = bare, make([]Removed, 0)
	for what, n := range before {
		if lost := n - after[what]; lost > 0 {
			m.Removed = append(m.Removed, Removed{what.kind, what.name, lost})
		}
	}
	sort.Slice(m.Removed, func(i, j int) bool {
		a, b := m.Removed[i], m.Removed[j]
		if a.Kind != b.Kind {
			return a.Kind > b.Kind
		}
		return a.Name < b.Name
	})
	return m, nil
}

type part struct{ kind, name string }

// tally counts elements, the attributes of those that mails may hold, and style sheets, and the pictures without a text.
func tally(doc string) (counts map[part]int, bare int) {
	counts = map[part]int{}
	z := html.NewTokenizer(strings.NewReader(doc))
	for inStyle := false; ; {
		switch z.Next() {
		case html.ErrorToken:
			return counts, bare
		case html.TextToken:
			if inStyle && strings.TrimSpace(string(z.Raw())) != "" {
				counts[part{"style", "style"}]++
			}
		case html.EndTagToken:
			inStyle = false
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			inStyle = t.Data == "style"
			counts[part{"element", t.Data}]++
			if !mailElements[t.Data] {
				continue // its attributes go with it
			}
			text := false
			for _, a := range t.Attr {
				if a.Key == "style" {
					counts[part{"style", t.Data}]++
				} else {
					counts[part{"attribute", a.Key}]++
				}
				text = text || a.Key == "alt"
			}
			if t.Data == "img" && !text {
				bare++
			}
		}
	}
}

// compileMail is compile with the greater limit of a mail's HTML.
func compileMail(src string, ctx Context) (*Program, *errs.Error) {
	return compileUpTo(src, ctx, MaxMail)
}
