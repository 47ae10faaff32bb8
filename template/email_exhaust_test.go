package template

import (
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
)

// Hostile HTML of the allowed size is compiled in bounded time. The limit is generous because tests share their machine.
func TestMailExhaustion(t *testing.T) {
	t.Parallel()
	fill := func(s string) string { return strings.Repeat(s, (MaxSource-100)/len(s)) }
	tests := map[string]string{
		"nested div": fill("<div>"), "nested bold": fill("<b>"), "formatting": fill("<a href=https://x.example.com><b><i>"), "tables": fill("<table><tr><td>"), "open table": fill("<table>"), "lists": fill("<ul><li>"),
		"attributes": "<p " + fill("a=b ") + ">", "links": fill(`<a href="https://a.example.com/{{contact.id}}">`), "styles": fill(`<p style="a:b">`), "comments": fill("<!--[if a]>x<![endif]-->"),
		"open comment": fill("<!--"), "quotes": fill(`<a href="`), "entities": fill("&amp;&lt;"), "paragraphs": fill("<p>"), "misnested": fill("<b><p></b>"), "words": fill("loaq0x0zq "), "blockquotes": fill("<blockquote>"),
	}
	for name, src := range tests {
		began := time.Now()
		c, err := tryCompile(channel.Email, EmailContent{Subject: "a", HTML: src, Purpose: "care"})
		took := time.Since(began)
		var rendered time.Duration
		if err == nil {
			began = time.Now()
			_, err = c.Render(*sample())
			rendered = time.Since(began)
		}
		if took > 5*time.Second || rendered > 2*time.Second {
			t.Errorf("%s: compiled in %v, rendered in %v", name, took, rendered)
		}
		t.Logf("%s: compiled in %v, rendered in %v, %v", name, took, rendered, err)
	}
}
