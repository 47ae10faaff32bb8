package template

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

// TestZaloOARefused meets each limit at it and one over it.
func TestZaloOARefused(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("ạ", n) }
	many := func(n int, one string) string { return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]" }
	query := `{"type":"query","title":"Xem","payload":"#x"}`
	item := `{"title":"Áo","subtitle":"Đẹp","payload":"#ao"}`
	approved := func(tag string) string {
		return `{"template":{"template_id":"100001","tag":"` + tag + `","params":{"name":"{{ contact.name }}"},"schema":[{"name":"name","type":"STRING","required":true}]}}`
	}
	for name, c := range map[string]struct{ content, code, field string }{
		"nothing":                {`{}`, "template.empty", "text"},
		"blank":                  {`{"text":"  "}`, "template.empty", "text"},
		"two kinds":              {`{"text":"a","file":"upload:1"}`, "template.zalo_oa_one_kind", "text"},
		"a template with text":   {`{"text":"a",` + approved("")[1:], "template.zalo_oa_one_kind", "text"},
		"text at its limit":      {`{"text":"` + long(2000) + `"}`, "", ""},
		"text over it":           {`{"text":"` + long(2001) + `"}`, "template.messenger_too_long", "text"},
		"variables do not count": {`{"text":"` + long(1990) + `{{ contact.name }}"}`, "", ""},
		"picture with caption":   {`{"text":"a","image":"https://a.example/a.png"}`, "", ""},
		"uploaded picture":       {`{"image":"upload:12"}`, "", ""},
		"script as picture":      {`{"image":"javascript:alert(1)"}`, "template.messenger_address", "image"},
		"file":                   {`{"file":"upload:12"}`, "", ""},
		"buttons under picture":  {`{"image":"https://a.example/a.png","buttons":[` + query + `]}`, "template.zalo_oa_buttons", "buttons"},
		"buttons alone":          {`{"file":"upload:1","buttons":[` + query + `]}`, "template.zalo_oa_buttons", "buttons"},
		"five buttons":           {`{"text":"a","buttons":` + many(5, query) + `}`, "", ""},
		"six buttons":            {`{"text":"a","buttons":` + many(6, query) + `}`, "template.messenger_many", "buttons"},
		"button at its limit":    {`{"text":"a","buttons":[{"type":"query","title":"` + long(100) + `","payload":"` + long(900) + `"}]}`, "", ""},
		"long title":             {`{"text":"a","buttons":[{"type":"query","title":"` + long(101) + `","payload":"x"}]}`, "template.messenger_too_long", "buttons[0].title"},
		"long words":             {`{"text":"a","buttons":[{"type":"query","title":"x","payload":"` + long(901) + `"}]}`, "template.messenger_too_long", "buttons[0].payload"},
		"no words":               {`{"text":"a","buttons":[{"type":"show","title":"x"}]}`, "template.empty", "buttons[0].payload"},
		"link without address":   {`{"text":"a","buttons":[{"type":"url","title":"x"}]}`, "template.empty", "buttons[0].url"},
		"script as address":      {`{"text":"a","buttons":[{"type":"url","title":"x","url":"javascript:alert(1)"}]}`, "template.messenger_address", "buttons[0].url"},
		"no number":              {`{"text":"a","buttons":[{"type":"phone","title":"x","payload":"0901"}]}`, "template.messenger_address", "buttons[0].payload"},
		"SMS at its limit":       {`{"text":"a","buttons":[{"type":"sms","title":"x","payload":"+84901234567","text":"` + long(160) + `"}]}`, "", ""},
		"long SMS":               {`{"text":"a","buttons":[{"type":"sms","title":"x","payload":"+84901234567","text":"` + long(161) + `"}]}`, "template.messenger_too_long", "buttons[0].text"},
		"SMS without words":      {`{"text":"a","buttons":[{"type":"sms","title":"x","payload":"+84901234567"}]}`, "template.empty", "buttons[0].text"},
		"SMS to nobody":          {`{"text":"a","buttons":[{"type":"sms","title":"x","payload":"113","text":"b"}]}`, "template.messenger_address", "buttons[0].payload"},
		"unknown button":         {`{"text":"a","buttons":[{"type":"fly","title":"x","payload":"y"}]}`, "template.content_invalid", "buttons[0].type"},
		"five lines":             {`{"items":` + many(5, item) + `}`, "", ""},
		"six lines":              {`{"items":` + many(6, item) + `}`, "template.messenger_many", "items"},
		"bare first line":        {`{"items":[{"title":"Áo","payload":"#x"}]}`, "template.empty", "items[0].subtitle"},
		"bare second line":       {`{"items":[` + item + `,{"title":"Áo","payload":"#x"}]}`, "", ""},
		"line that does nothing": {`{"items":[{"title":"Áo","subtitle":"Đẹp"}]}`, "template.empty", "items[0].payload"},
		"long line":              {`{"items":[{"title":"Áo","subtitle":"` + long(501) + `","payload":"#x"}]}`, "template.messenger_too_long", "items[0].subtitle"},
		"ask":                    {`{"ask":{"title":"A","subtitle":"B","image":"https://a.example/l.png"}}`, "", ""},
		"ask without a picture":  {`{"ask":{"title":"A","subtitle":"B"}}`, "template.empty", "ask.image"},
		"approved template":      {approved("TRANSACTION"), "", ""},
		"unknown tag":            {approved("SHOUT"), "template.content_invalid", "template.tag"},
		"no template id":         {`{"template":{"template_id":"","params":{}}}`, "template.zns_id_invalid", "template_id"},
		"syntax":                 {`{"text":"{{ contact.name "}`, "template.unclosed", "text"},
		"unknown field":          {`{"text":"a","sticker":"x"}`, "template.content_invalid", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := CompileContent(channel.ZaloOA, json.RawMessage(c.content))
			e, _ := errs.As(err)
			switch {
			case c.code == "" && err != nil:
				t.Errorf("got %v, want it to be taken", err)
			case c.code != "" && (e == nil || e.Code != c.code || c.field != "" && e.Params["field"] != c.field):
				t.Errorf("got %v, want %s at %s", err, c.code, c.field)
			}
		})
	}
}

// TestZaloOAKind names the sort of each message, by which the policy decides.
func TestZaloOAKind(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`{"text":"a"}`: ZaloConsultation,
		`{"template":{"template_id":"1","tag":"CUSTOMER_CARE"}}`: ZaloTemplate,
		`{"template":{"template_id":"1"}}`:                       ZaloTemplate,
		`{"template":{"template_id":"1","tag":"PROMOTION"}}`:     ZaloPromotion,
	} {
		c, err := CompileContent(channel.ZaloOA, json.RawMessage(content))
		if err != nil || c.Kind != want {
			t.Errorf("%s: got %+v %v, want %s", content, c, err, want)
		}
	}
}

// TestZaloOAValues finds what only a person's values make wrong.
func TestZaloOAValues(t *testing.T) {
	t.Parallel()
	for content, long := range map[string]string{
		`{"text":"Chào {{ contact.name }}"}`:                                                    "text",
		`{"text":"a","buttons":[{"type":"query","title":"x","payload":"#{{ contact.name }}"}]}`: "buttons[0].payload",
	} {
		c, err := CompileContent(channel.ZaloOA, json.RawMessage(content))
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range map[int]string{5: "", 1999: long} {
			r, err := c.Render(Data{Contact: Person{Name: strings.Repeat("ạ", n)}})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(r.Problems) > 0 {
				got = r.Problems[0].Param
			}
			if got != want {
				t.Errorf("%s with a name of %d: got %+v, want a problem at %q", content, n, r.Problems, want)
			}
		}
	}
}
