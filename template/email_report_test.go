package template

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

func checkMail(t *testing.T, c EmailContent) (Report, error) {
	t.Helper()
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return Check(channel.Email, raw, Data{}, 0)
}

func TestMailReport(t *testing.T) {
	t.Parallel()
	r, err := checkMail(t, EmailContent{Subject: "Chào", UnsubscribeFooter: true,
		HTML: `<html><head><style>p{color:red}</style><style>@import url(x)</style></head><body onload="x()"><p onclick="a()" style="color:red">Chào {{ contact.name }}</p><script>alert(1)</script><script src=x></script>
<form action="https://x.example"><input name="a"></form><a href="https://shop.example/{{ contact.attrs.ma }}">Xem</a><a href="javascript:alert(1)">hỏng</a><img src="https://shop.example/a.png"><img src="https://shop.example/b.png" alt=""></body></html>`})
	if err != nil {
		t.Fatal(err)
	}
	m := r.Email
	want := []Removed{{"style", "style", 1}, {"element", "form", 1}, {"element", "input", 1}, {"element", "script", 2}, {"attribute", "href", 1}, {"attribute", "onclick", 1}, {"attribute", "onload", 1}}
	if !reflect.DeepEqual(m.Removed, want) {
		t.Errorf("removed: got %+v, want %+v", m.Removed, want)
	}
	if m.OptOut || !m.Footer || m.ImagesWithoutText != 1 || m.HTMLBytes != len(r.Sample.HTML) {
		t.Errorf("got %+v", m)
	}
	for _, part := range []string{"Chào {{ contact.name }}", "https://shop.example/{{ contact.attrs.ma }}"} {
		if !strings.Contains(m.Plain, part) {
			t.Errorf("derived text lacks %q:\n%s", part, m.Plain)
		}
	}
	if strings.Contains(m.Plain, "loa_") {
		t.Errorf("derived text shows our own places:\n%s", m.Plain)
	}
	if got := strings.Join(r.Warnings, " "); got != "template.email_removed" {
		t.Errorf("warnings: got %q", got)
	}
	// The derived text can be taken over as an own one.
	if _, err := checkMail(t, EmailContent{Subject: "Chào", HTML: "<p>x</p>", Text: m.Plain, Purpose: "care"}); err != nil {
		t.Errorf("derived text as own text: %v", err)
	}
}

func TestMailSizes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("<p>Chào anh chị, cảm ơn đã mua hàng</p>", MaxMail/48)
	r, err := checkMail(t, EmailContent{Subject: "x", HTML: long, MJML: long, Purpose: "transaction"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(r.Warnings, " "); got != "template.email_clipped template.email_no_opt_out" {
		t.Errorf("warnings: got %q", got)
	}
	// What is stored can be read again, though JSON writes brackets longer.
	raw, _ := json.Marshal(EmailContent{Subject: "x", HTML: "<p>x</p>", MJML: strings.Repeat("<>", MaxMail/2), Purpose: "care"})
	stored, _, err := normalize(channel.Email, raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := CompileContent(channel.Email, stored); err != nil {
		t.Errorf("read what was stored: %v", err)
	}
	for _, c := range []EmailContent{{Subject: "x", HTML: strings.Repeat("a", MaxMail+1), Purpose: "care"}, {Subject: "x", HTML: "x", MJML: strings.Repeat("a", MaxMail+1), Purpose: "care"}} {
		if _, err := checkMail(t, c); !errs.Is(err, "template.too_large") {
			t.Errorf("got %v, want template.too_large", err)
		}
	}
}
