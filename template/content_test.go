package template

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

func mustCompile(t testing.TB, ch channel.Channel, content any) *Compiled {
	t.Helper()
	c, err := tryCompile(ch, content)
	if err != nil {
		t.Fatalf("CompileContent(%s, %+v): %v", ch, content, err)
	}
	return c
}

func tryCompile(ch channel.Channel, content any) (*Compiled, error) {
	raw, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	return CompileContent(ch, raw)
}

func TestRenderZNS(t *testing.T) {
	t.Parallel()
	c := mustCompile(t, channel.ZNS, ZNSContent{TemplateID: "100001",
		Params: map[string]string{"customer_name": `{{ contact.name | default: "bạn" }}`, "amount": "{{ contact.attrs.tong_chi_tieu }}", "code": "{{ params.khong }}", "note": "{{ contact.gender }}"},
		Schema: []ZNSParam{{Name: "customer_name", Type: "1", Required: true, MaxLength: 30}, {Name: "amount", Type: "14", Required: true}, {Name: "code", Type: "4", Required: true},
			{Name: "note", Type: "STRING", Required: true, AcceptNull: true}}})
	got, err := c.Render(*sample())
	if err != nil {
		t.Fatal(err)
	}
	want := Rendered{ZNSParams: map[string]string{"customer_name": "Đặng Thị Hòa", "amount": "1250000", "note": ""}, Missing: []string{"params.khong", "contact.gender"},
		Problems: []ParamError{{Param: "code", Code: ZNSMissing}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Render, want - got +:\n%s", diff)
	}
}

func TestRenderSMS(t *testing.T) {
	t.Parallel()
	text := "Chào {{ contact.name | first_name }}, xem https://shop.example.com/tet?a=1. Mã {{ params.ma }} https://x.example.com/{{ params.ma }}"
	plain := mustCompile(t, channel.SMS, SMSContent{Text: text})
	got, err := plain.Render(*sample())
	if err != nil {
		t.Fatal(err)
	}
	if want := "Chao Hoa, xem https://shop.example.com/tet?a=1. Ma ABC https://x.example.com/ABC"; got.Text != want || got.SMS.Encoding != GSM7 || got.SMS.Parts != 1 {
		t.Errorf("Render = %q %+v, want %q in one gsm7 part", got.Text, got.SMS, want)
	}
	tracked := mustCompile(t, channel.SMS, SMSContent{Text: text, Unicode: true, TrackLinks: true})
	d := sample()
	d.LinkURL = func(i int) string { return fmt.Sprintf("https://l.example.com/%d", i) }
	got, err = tracked.Render(*d)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Chào Hòa, xem https://l.example.com/0. Mã ABC https://x.example.com/ABC"; got.Text != want || got.SMS.Encoding != UCS2 {
		t.Errorf("Render = %q %+v, want %q in ucs2", got.Text, got.SMS, want)
	}
	if target, ok := tracked.LinkTarget(0, *d); !ok || target != "https://shop.example.com/tet?a=1" {
		t.Errorf("LinkTarget(0) = %q, %v", target, ok)
	}
}

const mailHTML = `<!DOCTYPE html>
<html><head><title>Tết</title><style>@media (max-width:600px){.a{color:red}}</style><script>alert(1)</script></head>
<body class="b" onload="x()">
<!--[if mso]><table><tr><td><![endif]--><!-- secret note -->
<p onclick="x()" style="color:red">Chào {{ contact.name | default: "bạn" }}, {{ contact.attrs.xau }}</p>
<table>{% if contact.attrs.hang == "Vàng" %}<tr><td>Hạng {{ contact.attrs.hang }}</td></tr>{% endif %}</table>
<a href="https://shop.example.com/?a=1&amp;b=2">Mua</a> <a href="https://shop.example.com/?n={{ contact.name | first_name }}">Riêng</a>
<a href="{{ contact.attrs.url }}">Của bạn</a> <a href="{{ contact.attrs.js }}">Xấu</a> <a href="javascript:alert(1)">Xấu 2</a>
<a href="{% if contact.gender %}https://a.example.com{% else %}https://b.example.com{% endif %}">Chọn</a>
<a href="mailto:shop@example.com">Thư</a> <a href="#top">Lên</a> <a href="{{ unsubscribe_url }}">Hủy đăng ký</a>
<img src="https://cdn.example.com/{{ contact.id }}.png" alt="{{ contact.attrs.xau }}">
{% raw %}{{ <script>alert(2)</script> }}{% endraw %}
</body></html>`

func TestRenderEmail(t *testing.T) {
	t.Parallel()
	c := mustCompile(t, channel.Email, EmailContent{Subject: "Quà cho {{ contact.name | first_name }}", HTML: mailHTML, Preheader: "Chỉ hôm nay, {{ contact.name }}"})
	var sources []string
	for _, l := range c.Links {
		sources = append(sources, l.Source)
	}
	if diff := cmp.Diff([]string{"https://shop.example.com/?a=1&b=2", "https://shop.example.com/?n={{ contact.name | first_name }}", "{{ contact.attrs.url }}", "{{ contact.attrs.js }}",
		"{% if contact.gender %}https://a.example.com{% else %}https://b.example.com{% endif %}"}, sources); diff != "" {
		t.Errorf("links, want - got +:\n%s", diff)
	}
	d := sample()
	d.UnsubscribeURL = "https://loa.example.com/u/1/abc?x=1&y=2"
	got, err := c.Render(*d)
	if err != nil {
		t.Fatal(err)
	}
	if got.Subject != "Quà cho Hòa" {
		t.Errorf("Subject = %q", got.Subject)
	}
	for _, want := range []string{"<!DOCTYPE html>", "Chào Đặng Thị Hòa, &lt;b onclick=&#34;x&#34;&gt;", `style="color:red"`, "@media (max-width:600px){.a{color:red}}", "<!--[if mso]>", "<td>Hạng Vàng</td>",
		`href="https://shop.example.com/?a=1&amp;b=2"`, `href="https://shop.example.com/?n=H%C3%B2a"`, `<a href="">Xấu</a>`, `href="https://b.example.com"`, `href="mailto:shop@example.com"`, `href="#top"`,
		`href="https://loa.example.com/u/1/abc?x=1&amp;y=2"`, `src="https://cdn.example.com/7.png"`, `alt="&lt;b onclick`, "Chỉ hôm nay, Đặng Thị Hòa"} {
		if !strings.Contains(got.HTML, want) {
			t.Errorf("HTML lacks %q:\n%s", want, got.HTML)
		}
	}
	for _, bad := range []string{"<script", "javascript:", "onload", `onclick="x()"`, "secret note", "loa_", "loaq", "<b onclick", `height="1"`} {
		if strings.Contains(got.HTML, bad) {
			t.Errorf("HTML has %q:\n%s", bad, got.HTML)
		}
	}
	for _, want := range []string{"Chào Đặng Thị Hòa, <b onclick", "https://shop.example.com/?a=1&b=2", "https://loa.example.com/u/1/abc?x=1&y=2"} {
		if !strings.Contains(got.Text, want) {
			t.Errorf("text lacks %q:\n%s", want, got.Text)
		}
	}
	if strings.Contains(got.Text, "Chỉ hôm nay") || strings.Contains(got.Text, "{%") {
		t.Errorf("text has what it should not have:\n%s", got.Text)
	}

	d.PixelURL = "https://loa.example.com/o/1&2"
	d.LinkURL = func(i int) string { return fmt.Sprintf("https://loa.example.com/c/%d", i) }
	if got, err = c.Render(*d); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`href="https://loa.example.com/c/0"`, `href="https://loa.example.com/c/4"`, `<img src="https://loa.example.com/o/1&amp;2" width="1" height="1"`, "/u/1/abc"} {
		if !strings.Contains(got.HTML, want) {
			t.Errorf("tracked HTML lacks %q:\n%s", want, got.HTML)
		}
	}
	if i, j := strings.Index(got.HTML, `/o/1&amp;2`), strings.Index(got.HTML, "</body>"); i > j {
		t.Errorf("the pixel is behind the body")
	}
	if _, ok := c.LinkTarget(3, *d); ok {
		t.Errorf("LinkTarget of a script is ok, want refused")
	}
	if target, ok := c.LinkTarget(1, *d); !ok || target != "https://shop.example.com/?n=H%C3%B2a" {
		t.Errorf("LinkTarget(1) = %q, %v", target, ok)
	}
}

func TestContentErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		ch      channel.Channel
		content any
		code    string
		field   string
	}{
		{"marketing mail without a way out", channel.Email, EmailContent{Subject: "a", HTML: "<p>b</p>"}, "template.no_unsubscribe", "html"},
		{"variable in style", channel.Email, EmailContent{Subject: "a", HTML: `<p style="color:{{ contact.attrs.x }}">b</p>`, Purpose: "care"}, "template.variable_in_style", "html"},
		{"variable in style sheet", channel.Email, EmailContent{Subject: "a", HTML: `<style>p{color:{{ contact.attrs.x }}}</style>`, Purpose: "care"}, "template.variable_in_style", "html"},
		{"assigned address", channel.Email, EmailContent{Subject: "a", HTML: `{% assign u = "https://x" %}<a href="{{ u }}">b</a>`, Purpose: "care"}, "template.assigned_in_link", "html"},
		{"subject with a line break", channel.Email, EmailContent{Subject: "a\r\nBcc: x", HTML: "b", Purpose: "care"}, "template.line_break", "subject"},
		{"no subject", channel.Email, EmailContent{HTML: "b", Purpose: "care"}, "template.empty", "subject"},
		{"no text", channel.SMS, SMSContent{Text: " "}, "template.empty", "text"},
		{"unclosed", channel.SMS, SMSContent{Text: "{{ a"}, "template.unclosed", "text"},
		{"unknown key", channel.SMS, map[string]any{"text": "a", "x": 1}, "template.content_invalid", ""},
		{"no id", channel.ZNS, ZNSContent{TemplateID: "x"}, "template.zns_id_invalid", "template_id"},
		{"required parameter", channel.ZNS, ZNSContent{TemplateID: "1", Schema: []ZNSParam{{Name: "a", Required: true}}}, "template.param_missing", "params.a"},
		{"parameter that is not there", channel.ZNS, ZNSContent{TemplateID: "1", Params: map[string]string{"b": "x"}, Schema: []ZNSParam{{Name: "a"}}}, "template.param_unknown", "params.b"},
		{"channel", "carrier_pigeon", SMSContent{}, "template.channel_unsupported", ""},
	}
	for _, tt := range tests {
		_, err := tryCompile(tt.ch, tt.content)
		e, ok := errs.As(err)
		if !ok || e.Code != tt.code || e.Params["field"] != tt.field {
			t.Errorf("%s: CompileContent = %v, want code %s field %q", tt.name, err, tt.code, tt.field)
		}
	}
	if c := mustCompile(t, channel.Email, EmailContent{Subject: "a", HTML: "<p>b</p>", Purpose: "care"}); c.OptOut {
		t.Errorf("OptOut of a mail without a way out = true, want false")
	}
	c := mustCompile(t, channel.Email, EmailContent{Subject: "a", HTML: "<p>b</p>", UnsubscribeFooter: true})
	if !c.OptOut {
		t.Errorf("OptOut of a mail with the footer = false, want true")
	}
	got, err := c.Render(Data{UnsubscribeURL: "https://u.example.com/1", WorkspaceName: "Shop"})
	if err != nil || !strings.Contains(got.HTML, `<a href="https://u.example.com/1">Hủy đăng ký</a>`) || !strings.Contains(got.Text, "https://u.example.com/1") {
		t.Errorf("footer: %+v, %v", got, err)
	}
}

// Editors of HTML write entities also inside the language.
func TestEntitiesInTags(t *testing.T) {
	t.Parallel()
	c := mustCompile(t, channel.Email, EmailContent{Subject: "a", Purpose: "care",
		HTML: `<p>{% if contact.attrs.diem &gt; 0 %}{{ contact.gender&nbsp;| default: &quot;A &amp;amp; B&quot; }}{% endif %}</p><a href="{{ contact.gender | default: &quot;https://a.example.com/?x=1&amp;y=2&quot; }}">x</a>`})
	got, err := c.Render(*sample())
	if err != nil {
		t.Fatal(err)
	}
	if want := `<p>A &amp;amp; B</p><a href="https://a.example.com/?x=1&amp;y=2">x</a>`; got.HTML != want {
		t.Errorf("HTML = %s, want %s", got.HTML, want)
	}
	if want := "A &amp; B\n\nx ( https://a.example.com/?x=1&y=2 )"; got.Text != want {
		t.Errorf("Text = %q, want %q", got.Text, want)
	}
}

func TestRenderTogether(t *testing.T) {
	t.Parallel()
	c := mustCompile(t, channel.Email, EmailContent{Subject: "Quà cho {{ contact.name | first_name }}", HTML: mailHTML + `{% assign g = contact.name %}{{ g | upcase }}`})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 20 {
				d := sample()
				d.Contact.Name = fmt.Sprintf("Người %d", i)
				out, err := c.Render(*d)
				if want := fmt.Sprintf("NGƯỜI %d", i); err != nil || !strings.Contains(out.HTML, want) || out.Subject != fmt.Sprintf("Quà cho %d", i) {
					t.Errorf("Render beside others = %q, %v, want %q in it", out.Subject, err, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkRenderZNS(b *testing.B) {
	c := mustCompile(b, channel.ZNS, ZNSContent{TemplateID: "1", Params: map[string]string{"a": `{{ contact.name | default: "bạn" }}`, "b": "{{ contact.attrs.tong_chi_tieu | money }}", "c": "KH {{ contact.external_id }}"},
		Schema: []ZNSParam{{Name: "a", Type: "1", Required: true}, {Name: "b", Type: "10"}, {Name: "c", Type: "4"}}})
	d := *sample()
	for b.Loop() {
		c.Render(d)
	}
}

func BenchmarkRenderEmail(b *testing.B) {
	c := mustCompile(b, channel.Email, EmailContent{Subject: "Quà cho {{ contact.name | first_name }}", HTML: strings.Replace(mailHTML, "<p", strings.Repeat("<p>chữ và chữ nữa</p>", 400)+"<p", 1)})
	d := *sample()
	for b.Loop() {
		c.Render(d)
	}
}
