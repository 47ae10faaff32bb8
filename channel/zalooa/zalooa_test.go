package zalooa

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/template"
)

func TestBuild(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   template.ZaloOARendered
		want string
	}{
		"text": {template.ZaloOARendered{Text: "Chào"}, `{"text":"Chào"}`},
		"buttons": {template.ZaloOARendered{Text: "Chào", Buttons: []template.ZaloOAButton{{Type: "url", Title: "Mua", URL: "https://a.example/"}, {Type: "query", Title: "Giá", Payload: "#gia"}, {Type: "show", Title: "Hỏi", Payload: "Còn hàng?"}, {Type: "phone", Title: "Gọi", Payload: "+84901234567"}}},
			`{"text":"Chào","attachment":{"type":"template","payload":{"buttons":[{"title":"Mua","type":"oa.open.url","payload":{"url":"https://a.example/"}},{"title":"Giá","type":"oa.query.hide","payload":"#loa:k:#gia"},{"title":"Hỏi","type":"oa.query.show","payload":"Còn hàng?"},{"title":"Gọi","type":"oa.open.phone","payload":{"phone_code":"84901234567"}}]}}}`},
		"SMS": {template.ZaloOARendered{Text: "Chào", Buttons: []template.ZaloOAButton{{Type: "sms", Title: "Nhắn", Payload: "+84901234567", Text: "Tôi muốn đặt bàn"}}},
			`{"text":"Chào","attachment":{"type":"template","payload":{"buttons":[{"title":"Nhắn","type":"oa.open.sms","payload":{"content":"Tôi muốn đặt bàn","phone_code":"84901234567"}}]}}}`},
		"picture":  {template.ZaloOARendered{Text: "Phiếu", Image: "https://a.example/a.jpg"}, `{"text":"Phiếu","attachment":{"type":"template","payload":{"template_type":"media","elements":[{"media_type":"image","url":"https://a.example/a.jpg"}]}}}`},
		"uploaded": {template.ZaloOARendered{Image: "upload:12"}, `{"attachment":{"type":"template","payload":{"template_type":"media","elements":[{"media_type":"image","attachment_id":"upload:12"}]}}}`},
		"file":     {template.ZaloOARendered{File: "upload:13"}, `{"attachment":{"type":"file","payload":{"token":"upload:13"}}}`},
		"list": {template.ZaloOARendered{Items: []template.ZaloOAItem{{Title: "Mới", Subtitle: "Giảm", Image: "https://a.example/1.jpg", URL: "https://a.example/"}, {Title: "Cỡ", Payload: "#co"}}},
			`{"attachment":{"type":"template","payload":{"template_type":"list","elements":[{"title":"Mới","subtitle":"Giảm","image_url":"https://a.example/1.jpg","default_action":{"type":"oa.open.url","url":"https://a.example/"}},{"title":"Cỡ","default_action":{"type":"oa.query.hide","payload":"#loa:k:#co"}}]}}}`},
		"ask": {template.ZaloOARendered{Ask: &template.ZaloOAAsk{Title: "A", Subtitle: "B", Image: "https://a.example/l.png"}},
			`{"attachment":{"type":"template","payload":{"template_type":"request_user_info","elements":[{"title":"A","subtitle":"B","image_url":"https://a.example/l.png"}]}}}`},
	} {
		got, err := json.Marshal(build("7", "k", &c.in))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(`{"recipient":{"user_id":"7"},"message":`+c.want+`}`, string(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestReceipts reads one event of each sort, in both directions that sources tell.
func TestReceipts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"received":               {`{"event_name":"user_received_message","sender":{"id":"9"},"recipient":{"id":"7"},"message":{"msg_id":"m1"}}`, "delivered id=m1"},
		"received, other way":    {`{"event_name":"user_received_message","sender":{"id":"7"},"recipient":{"id":"9"},"message":{"msg_id":"m1"}}`, "delivered id=m1"},
		"seen":                   {`{"event_name":"user_seen_message","sender":{"id":"9"},"recipient":{"id":"7"},"message":{"msg_ids":["m1","","m2"]}}`, "delivered id=m1; opened id=m1; delivered id=m2; opened id=m2"},
		"seen, old form":         {`{"event_name":"user_seen_message","sender":{"id":"7"},"recipient":{"id":"9"},"message":{"msg_id":"m1"}}`, "delivered id=m1; opened id=m1"},
		"seen nothing":           {`{"event_name":"user_seen_message","sender":{"id":"7"},"recipient":{"id":"9"},"message":{}}`, "ignored"},
		"words":                  {`{"event_name":"user_send_text","sender":{"id":"7"},"recipient":{"id":"9"},"message":{"text":"Giá bao nhiêu","msg_id":"m5"}}`, "ignored spoke text(Giá bao nhiêu) once=user_send_text:m5"},
		"a pressed button":       {`{"event_name":"user_send_text","sender":{"id":"7"},"recipient":{"id":"9"},"message":{"text":"#loa:k:#gia","msg_id":"m6"}}`, "clicked key=k spoke button(#gia) once=user_send_text:m6; answered key=k"},
		"no key of ours":         {`{"event_name":"user_send_text","sender":{"id":"7"},"recipient":{"id":"9"},"message":{"text":"#loa:x","msg_id":"m7"}}`, "ignored spoke text(#loa:x) once=user_send_text:m7"},
		"a picture":              {`{"event_name":"user_send_image","sender":{"id":"7"},"recipient":{"id":"9"},"message":{"msg_id":"m8"}}`, "ignored spoke media() once=user_send_image:m8"},
		"follow":                 {`{"event_name":"follow","oa_id":"9","follower":{"id":"7"},"source":"oa_profile"}`, "ignored spoke follow(oa_profile)"},
		"unfollow":               {`{"event_name":"unfollow","oa_id":"9","follower":{"id":"7"}}`, "ignored heard unfollow()"},
		"chat button":            {`{"event_name":"user_click_chatnow","oa_id":"9","user_id":"7"}`, "ignored spoke open()"},
		"particulars":            {`{"event_name":"user_submit_info","sender":{"id":"7"},"recipient":{"id":"9"},"info":{"name":"An","phone":"84901234567"}}`, "ignored spoke info()"},
		"withdrawal":             {`{"event_name":"user_withdraw","sender":{"id":"7"},"recipient":{"id":"9"}}`, "ignored heard withdraw()"},
		"echo of a person":       {`{"event_name":"oa_send_text","sender":{"id":"9","admin_id":"5"},"recipient":{"id":"7"},"message":{"text":"Chào","msg_id":"m2"}}`, "ignored"},
		"a group":                {`{"event_name":"user_send_group_text","sender":{"id":"7"},"recipient":{"id":"9"},"message":{"text":"x"}}`, "ignored"},
		"another OA":             {`{"event_name":"user_send_text","sender":{"id":"7"},"recipient":{"id":"8"},"message":{"text":"x"}}`, "ignored"},
		"follower of another OA": {`{"event_name":"follow","oa_id":"8","follower":{"id":"7"}}`, "ignored"},
		"the OA with itself":     {`{"event_name":"user_send_text","sender":{"id":"9"},"recipient":{"id":"9"},"message":{"text":"x"}}`, "ignored"},
		"nobody":                 {`{"event_name":"user_send_text"}`, "ignored"},
		"a tag":                  {`{"event_name":"add_user_to_tag","oa_id":"9","tag":{"name":"VIP","user_ids":["7"]}}`, "ignored"},
	} {
		e, err := zalo.ParseEvent([]byte(c.body))
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, r := range Receipts(&e, "9", message.Receipt{ProviderID: e.MessageID, Event: e.Name, Raw: c.body, At: time.UnixMilli(1)}) {
			words = append(words, describe(r))
		}
		got := strings.Join(words, "; ")
		if !strings.HasPrefix(got, c.want) || !strings.Contains(c.want, "once=") && !strings.Contains(c.want, "(") && got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func describe(r message.Receipt) string {
	w := map[message.Fact]string{message.FactDelivered: "delivered", message.FactOpened: "opened", message.FactClicked: "clicked", message.FactAnswered: "answered"}[r.Fact]
	if r.Ignore {
		w = "ignored"
	}
	if r.Key != "" {
		w += " key=" + r.Key
	}
	if r.ProviderID != "" && !r.Ignore {
		w += " id=" + r.ProviderID
	}
	if c := r.Chat; c != nil {
		w += map[bool]string{true: " spoke", false: " heard"}[c.Spoke]
		if c.Kind != "zalo_user" || c.Scope != "9" || c.Value != "7" {
			w += fmt.Sprint(" of ", c)
		}
		if c.Event != nil {
			w += fmt.Sprintf(" %s(%s) once=%s", c.Event.Type, c.Event.Text, c.Event.Once)
		}
	}
	return w
}

// TestResolveFirst makes no call when a picture or file of a template has no name at Zalo.
func TestResolveFirst(t *testing.T) {
	t.Parallel()
	o := &OA{API: &zalo.OA{Client: &zalo.Client{}}, Resolve: func(_ context.Context, want zalo.Upload, ref string) (string, error) {
		if want == zalo.UploadFile && ref == "upload:1" || want == zalo.UploadImage && ref == "upload:2" {
			return "", provider.Invalid("zalo", "no such upload")
		}
		return "", provider.Invalid("zalo", "another kind: "+string(want)+" "+ref)
	}}
	for _, r := range []*template.ZaloOARendered{{File: "upload:1"}, {Image: "upload:2"}} {
		got := o.Send(context.Background(), &message.Outgoing{To: "7", Key: "k", Rendered: template.Rendered{ZaloOA: r}})
		if got.Class != message.OutcomeRefused || got.Asked || !strings.Contains(got.Detail, "no such upload") {
			t.Errorf("%+v: got %+v, want it refused without a call", r, got)
		}
	}
	if got := o.Send(context.Background(), &message.Outgoing{To: "7"}); got.Class != message.OutcomeRefused {
		t.Errorf("no content: got %+v, want it refused", got)
	}
}

func FuzzReceipts(f *testing.F) {
	f.Add([]byte(`{"event_name":"user_send_text","sender":{"id":"7"},"recipient":{"id":"9"},"message":{"text":"#loa:k:","msg_id":"m"}}`))
	f.Add([]byte(`{"event_name":"user_seen_message","sender":{"id":"9"},"recipient":{"id":"7"},"message":{"msg_ids":["a",""]}}`))
	f.Add([]byte(`{"event_name":"unfollow","oa_id":"9","follower":{"id":"7"}}`))
	f.Add([]byte(`{"event_name":"follow","oa_id":9,"follower":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := zalo.ParseEvent(body)
		if err != nil {
			return
		}
		list := Receipts(&e, "9", message.Receipt{ProviderID: e.MessageID, Event: e.Name, Raw: string(body)})
		if len(list) == 0 {
			t.Fatal("an event without a receipt is not kept")
		}
		for _, r := range list {
			if c := r.Chat; c != nil && (c.Scope != "9" || c.Value == "" || c.Value == "9" || c.Event == nil || c.Event.Once == "") {
				t.Fatalf("got %+v, want a person of this OA and an event with a name of its own", c)
			}
		}
	})
}
