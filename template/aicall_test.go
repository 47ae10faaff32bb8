package template

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

func TestAICallRefused(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("ạ", n) }
	keys := func(rest, list string) string {
		return `{"script":"a","keys":{"prompt":"Bấm 1",` + rest + `"list":[` + list + `]}}`
	}
	one := `{"digits":"1","label":"Quan tâm"}`
	for name, c := range map[string]struct{ content, code, field string }{
		"nothing":                {`{}`, "template.empty", "script"},
		"at its limit":           {`{"script":"` + long(2000) + `"}`, "", ""},
		"over it":                {`{"script":"` + long(2001) + `"}`, "template.call_too_long", "script"},
		"variables do not count": {`{"script":"` + long(1990) + `{{ contact.name }}"}`, "", ""},
		"syntax":                 {`{"script":"{{ contact.name "}`, "template.unclosed", "script"},
		"voice":                  {`{"script":"a","voice":"hatieumai"}`, "", ""},
		"no voice":               {`{"script":"a","voice":"ha tieu mai"}`, "template.content_invalid", "voice"},
		"slow":                   {`{"script":"a","speed":-3}`, "", ""},
		"too slow":               {`{"script":"a","speed":-4}`, "template.content_invalid", "speed"},
		"three times":            {`{"script":"a","times":3}`, "", ""},
		"four times":             {`{"script":"a","times":4}`, "template.content_invalid", "times"},
		"no keys":                {keys("", ""), "template.empty", "keys.list"},
		"keys":                   {keys(`"again":2,"timeout_seconds":60,`, one), "", ""},
		"no prompt":              {`{"script":"a","keys":{"list":[` + one + `]}}`, "template.empty", "keys.prompt"},
		"prompt with a variable": {`{"script":"a","keys":{"prompt":"Bấm 1, {{ contact.name }}","list":[` + one + `]}}`, "template.call_variable", "keys.prompt"},
		"no time":                {keys(`"timeout_seconds":2,`, one), "template.content_invalid", "keys.timeout_seconds"},
		"too often":              {keys(`"again":3,`, one), "template.content_invalid", "keys.again"},
		"no such key":            {keys("", `{"digits":"A","label":"x"}`), "template.call_key", "keys.list[0].digits"},
		"two digits of one":      {keys("", `{"digits":"12","label":"x"}`), "template.call_key", "keys.list[0].digits"},
		"two digits":             {keys(`"max_digits":2,`, `{"digits":"12","label":"x"}`), "", ""},
		"twice":                  {keys("", one+","+one), "template.call_key_twice", "keys.list[1].digits"},
		"no label":               {keys("", `{"digits":"1"}`), "template.empty", "keys.list[0].label"},
		"long reply":             {keys("", `{"digits":"1","label":"x","reply":"`+long(301)+`"}`), "template.call_too_long", "keys.list[0].reply"},
		"thirteen keys":          {keys(`"max_digits":2,`, strings.TrimSuffix(strings.Repeat(one+",", 13), ",")), "template.too_many", "keys.list"},
		"unknown field":          {`{"script":"a","music":"x"}`, "template.content_invalid", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := CompileContent(channel.AICall, json.RawMessage(c.content))
			e, _ := errs.As(err)
			if c.code == "" {
				if err != nil {
					t.Fatalf("got %v, want it to be taken", err)
				}
				return
			}
			if e == nil || e.Code != c.code || c.field != "" && e.Params["field"] != c.field {
				t.Errorf("got %v, want %s at %s", err, c.code, c.field)
			}
		})
	}
}

func TestAICallRender(t *testing.T) {
	t.Parallel()
	c, err := CompileContent(channel.AICall, json.RawMessage(`{"script":"Xin chào {{ contact.first_name }}!\n Đơn 250 nghìn 🎁 đã giao.","times":2,"keys":{"prompt":"Bấm 9 để từ chối.","list":[{"digits":"9","label":"Từ chối","opt_out":true}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	d := SampleData(c.Variables, time.Time{}, nil)
	got, err := c.Render(d)
	if err != nil {
		t.Fatal(err)
	}
	want := AICallRendered{Script: "Xin chào An! Đơn 250 nghìn đã giao.", Times: 2, Prompt: "Bấm 9 để từ chối.", Seconds: 8}
	if got.AICall == nil || *got.AICall != want || got.Text != want.Script {
		t.Errorf("got %+v, want %+v", got.AICall, want)
	}
	long := d
	long.Contact.Name = strings.Repeat("ạ", 2000)
	if got, err = c.Render(long); err != nil || len(got.Problems) != 1 || got.Problems[0].Code != MessengerTooLong {
		t.Errorf("a long name: got %v %v, want a problem", got.Problems, err)
	}
	if k := c.AICall.Keys.Find("9"); k == nil || !k.OptOut || c.AICall.Keys.Find("8") != nil || c.AICall.Keys.Wait() != 10 || c.AICall.Keys.Most() != 1 {
		t.Errorf("keys: got %+v", c.AICall.Keys)
	}
}

func TestAICallWarnings(t *testing.T) {
	t.Parallel()
	for content, want := range map[string][]string{
		`{"script":"Xem https://shop.example/a nhé"}`: {"template.call_link", "template.call_no_opt_out"},
		`{"script":"a","times":3,"keys":{"prompt":"` + strings.Repeat("bấm ", 100) + `","list":[{"digits":"9","label":"x","opt_out":true}]}}`: {},
		`{"script":"` + strings.Repeat("chào ", 300) + `"}`: {"template.call_long", "template.call_no_opt_out"},
	} {
		r, err := Check(channel.AICall, json.RawMessage(content), Data{}, 400)
		if err != nil || !slices.Equal(r.Warnings, want) || r.PriceVND != 400 {
			t.Errorf("%.60s: got %v %d %v, want %v", content, r.Warnings, r.PriceVND, err, want)
		}
	}
}
