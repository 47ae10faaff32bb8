package template

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/errs"
)

func hanoi() *time.Location { return time.FixedZone("ICT", 7*3600) }

func sample() *Data {
	return &Data{
		Contact: Person{ID: 7, ExternalID: "KH7", Name: "Đặng Thị Hòa", Phone: "+84901234567", Email: "hoa@example.com", Birthday: "1990-05-20",
			Attrs: map[string]any{"hang": "Vàng", "tong_chi_tieu": 1250000.0, "diem": 0.3, "xau": `<b onclick="x">'&`, "dong": "a\r\nBcc: x@example.com\x00", "url": "https://shop.example.com/?a=1&b=2",
				"js": "javascript:alert(1)", "ten_rong": "", "sau": map[string]any{"hon": "sâu"}, "ham": func() string { return "called" }}, Tags: []string{"VIP", "Hà Nội"}},
		CampaignName: "Tết", Params: map[string]any{"ma": "ABC"}, Zone: hanoi(), Now: time.Date(2026, 11, 21, 20, 30, 0, 0, time.UTC),
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	tests := []struct {
		src, want string
		ctx       Context
		missing   string
	}{
		{src: "Chào!", want: "Chào!"},
		{src: "Chào {{ contact.name }}!", want: "Chào Đặng Thị Hòa!"},
		{src: "{{contact.name|upcase}}", want: "ĐẶNG THỊ HÒA"},
		{src: "{{ contact.name | first_name }} {{ contact.first_name }}", want: "Hòa Hòa"},
		{src: "{{ contact.name | no_accents | downcase }}", want: "dang thi hoa"},
		{src: "{{ contact.phone | phone_local }}", want: "0901234567"},
		{src: "{{ contact.attrs.tong_chi_tieu }}", want: "1250000"},
		{src: "{{ contact.attrs.tong_chi_tieu | money }}", want: "1.250.000"},
		{src: "{{ contact.attrs.tong_chi_tieu | money_vnd }}", want: "1.250.000 đ"},
		{src: "{{ contact.attrs.diem | money }}", want: "0,3"},
		{src: "{{ contact.attrs.tong_chi_tieu | times: 2 | minus: 0.5 }}", want: "2499999.5"},
		{src: "{{ contact.birthday | date }}", want: "20/05/1990"},
		{src: `{{ contact.birthday | date: "dd/MM" }}`, want: "20/05"},
		{src: `{{ contact.birthday | date: "dd/mm/yyyy" }}`, want: "20/05/1990"},
		{src: `{{ now | date: "HH:mm dd/MM/yyyy" }}`, want: "03:30 22/11/2026"},
		{src: "{{ now }}", want: "22/11/2026 03:30"},
		{src: "{{ contact.tags | join: ' · ' }}", want: "VIP · Hà Nội"},
		{src: "{{ contact.tags }}", want: "VIP, Hà Nội"},
		{src: "{{ contact.attrs.sau.hon }}", want: "sâu"},
		{src: `{{ contact.attrs["hang"] }}`, want: "Vàng"},
		{src: "{{ contact.attrs.khong_co }}", missing: "contact.attrs.khong_co"},
		{src: "{{ contact.attrs.ten_rong }}", missing: "contact.attrs.ten_rong"},
		{src: `{{ contact.attrs.khong_co | default: "bạn" }}`, want: "bạn"},
		{src: `{{ contact.gender | default: "bạn" | upcase }}`, want: "BẠN"},
		{src: "{{ contact.attrs.ham }}", missing: "contact.attrs.ham"},
		{src: "{{ params.ma }}", want: "ABC"},
		{src: "{{ contact.name | truncate: 8 }}", want: "Đặng..."},
		{src: "{{ contact.name | replace: 'Thị', 'T.' }}", want: "Đặng T. Hòa"},
		{src: "{% if contact.attrs.hang == 'Vàng' %}vàng{% else %}khác{% endif %}", want: "vàng"},
		{src: "{% if contact.attrs.ten_rong %}có{% else %}không{% endif %}", want: "không"},
		{src: "{% if contact.attrs.ten_rong == empty %}rỗng{% endif %}", want: "rỗng"},
		{src: "{% unless contact.gender %}bạn{% endunless %}", want: "bạn"},
		{src: "{% case contact.attrs.hang %}{% when 'Bạc', 'Vàng' %}1{% else %}2{% endcase %}", want: "1"},
		{src: "{% if contact.attrs.tong_chi_tieu >= 1000000 and contact.tags contains 'VIP' %}x{% endif %}", want: "x"},
		{src: "{% assign g = contact.name | first_name %}Chào {{ g | upcase }}", want: "Chào HÒA"},
		{src: "{% assign g = contact.attrs.khong_co | default: contact.name %}{{ g }}", want: "Đặng Thị Hòa"},
		{src: "{% if true %}{{ contact.gender }}{% endif %}x", want: "x", missing: "contact.gender"},
		{src: "{% raw %}{{ x }}{% endraw %}{% comment %}{{ y | z }}{% for %}{% endcomment %}", want: "{{ x }}"},
		{src: "a {{- contact.attrs.hang -}} b", want: "aVàngb"},
		{src: "{{ 'a' | append: contact.attrs.hang }}", want: "aVàng"},
		{src: "{{ contact.attrs.xau }}", want: `<b onclick="x">'&`},
		{src: "{{ contact.attrs.xau }}", ctx: HTML, want: "&lt;b onclick=&#34;x&#34;&gt;&#39;&amp;"},
		{src: "{% if true %}{{ contact.attrs.xau | upcase }}{% endif %}", ctx: HTML, want: "&lt;B ONCLICK=&#34;X&#34;&gt;&#39;&amp;"},
		{src: "{{ contact.attrs.dong }}", want: "a Bcc: x@example.com"},
		{src: "{{ contact.attrs.dong }}", ctx: Header, want: "a Bcc: x@example.com"},
		{src: "https://x.example.com/?n={{ contact.name }}", ctx: URL, want: "https://x.example.com/?n=%C4%90%E1%BA%B7ng%20Th%E1%BB%8B%20H%C3%B2a"},
		{src: "{{ contact.attrs.url }}", ctx: URL, want: "https://shop.example.com/?a=1&b=2"},
	}
	for _, tt := range tests {
		p, err := Compile(tt.src, tt.ctx)
		if err != nil {
			t.Errorf("Compile(%q): %v", tt.src, err)
			continue
		}
		got, missing, err := p.Render(sample())
		if err != nil || got != tt.want || strings.Join(missing, ",") != tt.missing {
			t.Errorf("Render(%q) = %q, missing %q, err %v; want %q, missing %q", tt.src, got, missing, err, tt.want, tt.missing)
		}
		// Both forms of a program must agree.
		forced, err := Compile("{% if true %}{% endif %}"+tt.src, tt.ctx)
		if err != nil || tt.ctx == URL {
			continue
		}
		slow, missing, err := forced.Render(sample())
		if err != nil || slow != tt.want || strings.Join(missing, ",") != tt.missing {
			t.Errorf("slow Render(%q) = %q, missing %q, err %v; want %q, missing %q", tt.src, slow, missing, err, tt.want, tt.missing)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ src, code, line string }{
		{"a\n{{ contact.name", "template.unclosed", "2"},
		{"a\n\n{% if x", "template.unclosed", "3"},
		{"{{ contact.name | nofilter }}", "template.unknown_filter", "1"},
		{"\n{{ contact.name | raw }}", "template.unknown_filter", "2"},
		{"{% if x %}{{ y | z }}{% endif %}", "template.unknown_filter", "1"},
		{"{% for i in (1..3000000) %}x{% endfor %}", "template.tag_not_allowed", "1"},
		{"{% include 'x' %}", "template.tag_not_allowed", "1"},
		{"{% capture x %}{% endcapture %}", "template.tag_not_allowed", "1"},
		{"{% tablerow %}", "template.tag_not_allowed", "1"},
		{"\n{% if x %}", "template.unclosed", "2"},
		{"{% if x %}{% else %}{% else %}{% endif %}", "template.syntax", "1"},
		{"{% if x %}{% endcase %}", "template.syntax", "1"},
		{"{% when 1 %}", "template.syntax", "1"},
		{"{% case x %}{% when 1 | upcase %}{% endcase %}", "template.syntax", "1"},
		{"{% endif %}", "template.syntax", "1"},
		{"{% else %}", "template.syntax", "1"},
		{"{% if x %}{% else if y %}{% endif %}", "template.syntax", "1"},
		{"{{ (1..9) }}", "template.syntax", "1"},
		{"{{ contact.name) | upcase | append: (contact.name }}", "template.syntax", "1"},
		{"{{ | upcase }}", "template.syntax", "1"},
		{"{{ 'a }}", "template.syntax", "1"},
		{"{{ 99999999999999999999999 }}", "template.syntax", "1"},
		{"{{ contact.name | truncate: 1, 2, 3 }}", "template.filter_args", "1"},
		{"{{ contact.name | default }}", "template.filter_args", "1"},
		{"{{ loa_run }}", "template.reserved_name", "1"},
		{"{{ loa_slot_1 }}", "template.reserved_name", "1"},
		{"{% assign contact = 1 %}", "template.reserved_name", "1"},
		{"{% assign x %}", "template.syntax", "1"},
		{"{% raw %}", "template.unclosed", ""},
		{strings.Repeat("x", MaxSource+1), "template.too_large", ""},
		{"a\x00b", "template.bad_encoding", ""},
		{"\xff", "template.bad_encoding", ""},
		{strings.Repeat("{% if x %}", 21) + strings.Repeat("{% endif %}", 21), "template.too_deep", "1"},
		{"{{ " + strings.Repeat("(", 21) + "1" + strings.Repeat(")", 21) + " }}", "template.too_deep", "1"},
		{"{{ contact.name " + strings.Repeat("| upcase ", 21) + "}}", "template.too_deep", "1"},
	}
	for _, tt := range tests {
		_, err := Compile(tt.src, Text)
		e, ok := errs.As(err)
		if !ok || e.Code != tt.code || e.Params["line"] != tt.line {
			t.Errorf("Compile(%.60q) = %v, want code %s line %s", tt.src, err, tt.code, tt.line)
		}
	}
	if _, err := Compile("a\nb", Header); !errs.Is(err, "template.line_break") {
		t.Errorf("Compile of a header with a line break = %v, want template.line_break", err)
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	p, err := Compile(`{{ contact.name }}{% if contact.atrs.hang > 3 and "contact.x" == y %}{% assign z = contact.attrs["so lan"] | default: params.q %}{{ z }}{{ contact.name }}{% endif %}`, Text)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Variables(), []string{"contact.name", "contact.atrs.hang", "y", "contact.attrs.so lan", "params.q"}; !slices.Equal(got, want) {
		t.Errorf("Variables() = %q, want %q", got, want)
	}
	if got, want := p.Unknown(), []string{"contact.atrs.hang", "y"}; !slices.Equal(got, want) {
		t.Errorf("Unknown() = %q, want %q", got, want)
	}
}

// Whatever an author writes, compiling and rendering stay short and small. The limit is generous because tests share their machine.
func TestExhaustion(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("ă", 8000)
	d := sample()
	d.Contact.Attrs["big"] = big
	fill := func(s string) string { return strings.Repeat(s, MaxSource/len(s)) }
	tests := map[string]string{
		"doubling":       "{% assign a = contact.attrs.big %}" + strings.Repeat("{% assign a = a | append: a %}", 60) + "{{ a }}",
		"many outputs":   fill("{{contact.attrs.big}}"),
		"filter chains":  fill("{{contact.attrs.big" + strings.Repeat("|no_accents", 20) + "}}"),
		"replace growth": "{{ contact.attrs.big | replace: 'ă', contact.attrs.big }}",
		"conditions":     fill("{%if contact.attrs.big contains contact.attrs.big%}{%endif%}"),
		"and chain":      "{% if " + strings.Repeat("contact.attrs.big contains 'ăb' or ", 1800) + "false %}x{% endif %}",
		"open braces":    fill("{{"),
		"open tags":      fill("{% "),
		"small objects":  fill("{{a}}"),
		"quotes":         fill("{{'"),
		"words":          "{{" + fill("a ")[:MaxSource-10] + "}}",
		"filters if":     fill("{%if contact.attrs.big|no_accents|upcase|no_accents%}{%endif%}"),
	}
	for name, src := range tests {
		began := time.Now()
		p, err := Compile(src, HTML)
		compiled := time.Since(began)
		began = time.Now()
		var out string
		if err == nil {
			out, _, err = p.Render(d)
		}
		rendered := time.Since(began)
		if len(out) > MaxOutput {
			t.Errorf("%s: %d bytes of output, want at most %d", name, len(out), MaxOutput)
		}
		if rendered > 2*time.Second || compiled > 3*time.Second {
			t.Errorf("%s: compiled in %v, rendered in %v", name, compiled, rendered)
		}
		t.Logf("%s: compiled in %v, rendered in %v: %d bytes, %v", name, compiled, rendered, len(out), err)
	}
}

func TestGivenName(t *testing.T) {
	t.Parallel()
	for full, want := range map[string]string{"Nguyễn Văn An": "An", "An": "An", "": "", "  Lê Thị  Mai  ": "Mai", "Trần Bình (VIP)": "Bình", "Phạm\u00a0Hoa": "Hoa"} {
		if got := GivenName(full); got != want {
			t.Errorf("GivenName(%q) = %q, want %q", full, got, want)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"{{ contact.name | default: 'x' }}", "{% if a == 1 %}{{- b -}}{% else %}c{% endif %}", "{% raw %}{{{% endraw %}", "{{ a[b.c['d']] | money }}", "{% case x %}{% when 1, 'a' %}{% endcase %}",
		"{% assign x = 1 | plus: 2 %}{{x}}", "{%comment%}{%endcomment%}", "{{ -1.5 | round: 1 }}"} {
		f.Add(s)
	}
	d := sample()
	f.Fuzz(func(t *testing.T, src string) {
		for _, ctx := range []Context{Text, HTML, Header, URL} {
			p, err := Compile(src, ctx)
			if err != nil {
				if _, ok := errs.As(err); !ok {
					t.Fatalf("Compile(%q) gave %T, want *errs.Error", src, err)
				}
				continue
			}
			out, _, err := p.Render(d)
			if err != nil {
				if _, ok := errs.As(err); !ok {
					t.Fatalf("Render(%q) gave %T, want *errs.Error", src, err)
				}
			}
			if len(out) > MaxOutput {
				t.Fatalf("Render(%q) gave %d bytes", src, len(out))
			}
			if ctx == Header && strings.ContainsAny(out, "\r\n\x00") && !strings.ContainsAny(src, "\r\n") {
				t.Fatalf("Render(%q) broke a header: %q", src, out)
			}
		}
	})
}

func BenchmarkZNSParam(b *testing.B) {
	p, err := Compile(`{{ contact.name | default: "bạn" }}`, Text)
	if err != nil {
		b.Fatal(err)
	}
	d := sample()
	for b.Loop() {
		p.Render(d)
	}
}

func BenchmarkCondition(b *testing.B) {
	p, err := Compile(`Chào {% if contact.attrs.hang == "Vàng" %}quý khách{% endif %} {{ contact.name }}`, Text)
	if err != nil {
		b.Fatal(err)
	}
	d := sample()
	for b.Loop() {
		p.Render(d)
	}
}
