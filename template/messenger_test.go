package template

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

func TestMessengerRefused(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("ạ", n) }
	many := func(n int, one string) string { return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]" }
	reply := `{"title":"Xem","payload":"X"}`
	button := `{"type":"postback","title":"Xem","payload":"X"}`
	card := `{"title":"Áo","subtitle":"Đẹp"}`
	for name, c := range map[string]struct{ content, code, field string }{
		"nothing":                {`{}`, "template.empty", "text"},
		"two kinds":              {`{"text":"a","image":"https://a.example/b.png"}`, "template.messenger_one_kind", "text"},
		"text at its limit":      {`{"text":"` + long(2000) + `"}`, "", ""},
		"text over it":           {`{"text":"` + long(2001) + `"}`, "template.messenger_too_long", "text"},
		"with buttons":           {`{"text":"` + long(641) + `","buttons":[` + button + `]}`, "template.messenger_too_long", "text"},
		"with buttons, fits":     {`{"text":"` + long(640) + `","buttons":[` + button + `]}`, "", ""},
		"variables do not count": {`{"text":"` + long(1990) + `{{ contact.name }}"}`, "", ""},
		"three buttons":          {`{"text":"a","buttons":` + many(3, button) + `}`, "", ""},
		"four buttons":           {`{"text":"a","buttons":` + many(4, button) + `}`, "template.messenger_many", "buttons"},
		"buttons alone":          {`{"image":"https://a.example/b.png","buttons":[` + button + `]}`, "template.messenger_buttons_need_text", "buttons"},
		"long button":            {`{"text":"a","buttons":[{"type":"postback","title":"` + long(21) + `","payload":"X"}]}`, "template.messenger_too_long", "buttons[0].title"},
		"link without address":   {`{"text":"a","buttons":[{"type":"web_url","title":"Mua"}]}`, "template.empty", "buttons[0].url"},
		"script as address":      {`{"text":"a","buttons":[{"type":"web_url","title":"Mua","url":"javascript:alert(1)"}]}`, "template.messenger_address", "buttons[0].url"},
		"no number":              {`{"text":"a","buttons":[{"type":"phone_number","title":"Gọi","payload":"0901"}]}`, "template.messenger_address", "buttons[0].payload"},
		"unknown button":         {`{"text":"a","buttons":[{"type":"game","title":"Chơi"}]}`, "template.content_invalid", "buttons[0].type"},
		"thirteen replies":       {`{"text":"a","quick_replies":` + many(13, reply) + `}`, "", ""},
		"fourteen replies":       {`{"text":"a","quick_replies":` + many(14, reply) + `}`, "template.messenger_many", "quick_replies"},
		"ten cards":              {`{"cards":` + many(10, card) + `}`, "", ""},
		"eleven cards":           {`{"cards":` + many(11, card) + `}`, "template.messenger_many", "cards"},
		"bare card":              {`{"cards":[{"title":"Áo"}]}`, "template.messenger_bare_card", "cards[0]"},
		"long card":              {`{"cards":[{"title":"` + long(81) + `","subtitle":"x"}]}`, "template.messenger_too_long", "cards[0].title"},
		"an ended tag":           {`{"messaging_type":"ACCOUNT_UPDATE","text":"a"}`, "template.messenger_tags_ended", "messaging_type"},
		"message tag":            {`{"messaging_type":"MESSAGE_TAG","text":"a"}`, "template.messenger_tags_ended", "messaging_type"},
		"agent":                  {`{"messaging_type":"HUMAN_AGENT","text":"a"}`, "template.messenger_human_agent", "messaging_type"},
		"utility as text":        {`{"messaging_type":"UTILITY","text":"a"}`, "template.messenger_utility", "messaging_type"},
		"utility":                {`{"messaging_type":"UTILITY","utility":{"name":"order","language":"vi"}}`, "", ""},
		"utility, no language":   {`{"messaging_type":"UTILITY","utility":{"name":"order"}}`, "template.content_invalid", "utility.language"},
		"syntax":                 {`{"text":"{{ contact.name "}`, "template.unclosed", "text"},
		"unknown field":          {`{"text":"a","audio":"x"}`, "template.content_invalid", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := CompileContent(channel.Messenger, json.RawMessage(c.content))
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

func TestMessengerRender(t *testing.T) {
	t.Parallel()
	c, err := CompileContent(channel.Messenger, json.RawMessage(`{"text":"Chào {{ contact.name }}, xem https://shop.example/a nhé","track_links":true,
		"buttons":[{"type":"web_url","title":"Mua","url":"https://shop.example/b?m={{ contact.id }}"},{"type":"postback","title":"Giá {{ contact.first_name }}","payload":"GIA"}],
		"quick_replies":[{"title":"Có","payload":"{{ contact.external_id }}"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Kind != "UPDATE" || len(c.Links) != 2 {
		t.Errorf("got kind %s and %d links, want UPDATE and 2", c.Kind, len(c.Links))
	}
	d := Data{Contact: Person{ID: 7, Name: "Nguyễn Thị Lan", ExternalID: "KH1"}, Zone: time.UTC, Now: time.Unix(0, 0), LinkURL: func(i int) string { return "https://loa.example/c/" + strconv.Itoa(i) }}
	got, err := c.Render(d)
	if err != nil {
		t.Fatal(err)
	}
	want := &MessengerRendered{MessagingType: "UPDATE", Text: "Chào Nguyễn Thị Lan, xem https://loa.example/c/0 nhé",
		Buttons:      []MessengerButton{{Type: "web_url", Title: "Mua", URL: "https://loa.example/c/1"}, {Type: "postback", Title: "Giá Lan", Payload: "GIA"}},
		QuickReplies: []MessengerQuickReply{{Title: "Có", Payload: "KH1"}}}
	if diff := cmp.Diff(want, got.Messenger); diff != "" || len(got.Problems) > 0 {
		t.Errorf("problems %v (-want +got):\n%s", got.Problems, diff)
	}
	if target, ok := c.LinkTarget(1, d); !ok || target != "https://shop.example/b?m=7" {
		t.Errorf("link 1: got %q, want the shop's address with the id", target)
	}
	d.Contact.Name = strings.Repeat("Lan ", 300)
	if got, err = c.Render(d); err != nil || len(got.Problems) != 1 || got.Problems[0].Param != "text" || got.Problems[0].Code != MessengerTooLong {
		t.Errorf("long name: got %v %v, want the text to be too long", got.Problems, err)
	}
}
