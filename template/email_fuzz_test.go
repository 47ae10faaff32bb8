package template

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

// Whatever an author writes and whatever a contact holds, no script, event handler or script address comes out.
func FuzzMail(f *testing.F) {
	f.Add(mailHTML, `"><script>alert(1)</script>`)
	f.Add(`<a href="{{ contact.attrs.v }}" title='{{ contact.attrs.v }}'>x</a><img src={{ contact.attrs.v }}>`, "javascript:alert(1)")
	f.Add(`<{% if true %}script>{% raw %}{{<script>}}{% endraw %}<scr{% comment %}{% endcomment %}ipt>`, "-->")
	f.Add(`<!--[if mso]>{{ contact.attrs.v }}<![endif]--><style>{% if contact.attrs.v %}a{}{% endif %}</style>`, "--><script>")
	f.Add(`<a href="java{% if true %}{% endif %}script:x" on{{ contact.attrs.v }}="y">loaq0x0zq</a>`, "click")
	f.Fuzz(func(t *testing.T, source, value string) {
		c, err := tryCompile(channel.Email, EmailContent{Subject: "s {{ contact.attrs.v }}", HTML: source, Purpose: "care", Preheader: "{{ contact.attrs.v }}"})
		if err != nil {
			if _, ok := errs.As(err); !ok {
				t.Fatalf("CompileContent(%q) gave %T, want *errs.Error", source, err)
			}
			return
		}
		out, err := c.Render(Data{Contact: Person{Attrs: map[string]any{"v": value}}})
		if err != nil {
			return
		}
		if strings.ContainsAny(out.Subject, "\r\n\x00") {
			t.Fatalf("subject %q breaks its line", out.Subject)
		}
		z := html.NewTokenizer(strings.NewReader(out.HTML))
		for z.Next() != html.ErrorToken {
			tok := z.Token()
			if tok.Type != html.StartTagToken && tok.Type != html.SelfClosingTagToken {
				continue
			}
			if strings.EqualFold(tok.Data, "script") || strings.EqualFold(tok.Data, "iframe") {
				t.Fatalf("%q with %q gave a %s:\n%s", source, value, tok.Data, out.HTML)
			}
			for _, a := range tok.Attr {
				if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") && addressAttrs[a.Key] {
					t.Fatalf("%q with %q gave %s=%q:\n%s", source, value, a.Key, a.Val, out.HTML)
				}
			}
		}
	})
}
