package template

import (
	"encoding/json"
	"testing"

	"github.com/loa-project/loa/channel"
)

// TestAbout looks at what a list says of templates beside their names.
func TestAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		channel channel.Channel
		content string
		want    string
	}{
		{channel.SMS, `{"text":"Chào\n  bạn"}`, "Chào bạn"},
		{channel.Messenger, `{"text":"Chào"}`, "Chào"},
		{channel.Messenger, `{"cards":[{"title":"Áo dài","subtitle":"Mới"}]}`, "Áo dài"},
		{channel.Messenger, `{"utility":{"name":"order_update"}}`, "order_update"},
		{channel.ZaloOA, `{"image":"https://shop.vn/a.png"}`, "https://shop.vn/a.png"},
		{channel.ZaloOA, `{"items":[{"title":"Hoa hồng"}]}`, "Hoa hồng"},
		{channel.ZaloOA, `{"ask":{"title":"Xin thông tin"}}`, "Xin thông tin"},
		{channel.ZaloOA, `{"template":{"template_id":"100003"}}`, "100003"},
		{channel.AICall, `{"script":"Xin chào"}`, "Xin chào"},
		{channel.HTTPRequest, `{"method":"POST","path":"/customers"}`, "POST /customers"},
		{channel.Sync, `{"list_name":"Khách mới"}`, "Khách mới"},
		{channel.Action, `{"kind":"add_tag","tags":["VIP","Mới"]}`, "VIP, Mới"},
		{channel.Action, `{"kind":"set_attribute","attribute":"diem"}`, "diem"},
		{channel.Wait, `{"seconds":60}`, ""},
	} {
		if got := lineOf(&Template{Channel: c.channel, Content: json.RawMessage(c.content)}).About; got != c.want {
			t.Errorf("about %s %s: got %q, want %q", c.channel, c.content, got, c.want)
		}
	}
}
