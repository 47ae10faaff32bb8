package messenger

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/internal/wiretest"
	"github.com/loa-project/loa/provider"
)

// TestGoldenRequests compares every call with its recorded bytes. The token stands in the address, as Meta wants it, and is masked; the proof beside it is of the demo secret.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	const token, secret = "EAAB-demo-token", "demo-app-secret"
	w := wiretest.New(t, accepted)
	c := &Client{BaseURL: w.URL, PageID: "100000000000001", HTTP: h, AppSecret: secret}
	ctx := context.Background()
	const doc = "developers.facebook.com, Messenger Platform, "
	to := Recipient{ID: "6542"}
	for name, x := range map[string]struct {
		section string
		s       Send
	}{
		"send_text": {"Send API, Quick Replies", Send{Recipient: to, MessagingType: Response, Message: Message{Text: "Chào chị Lan", Metadata: "w1l2a1kabc", QuickReplies: []QuickReply{{ContentType: "text", Title: "Xem giá", Payload: "QR_PRICE"}}}}},
		"send_buttons": {"Button Template", Send{Recipient: to, MessagingType: Update, Message: Message{Metadata: "w1l2a1kabc", Attachment: &Attachment{Type: "template", Payload: Payload{TemplateType: "button", Text: "Ưu đãi",
			Buttons: []Button{{Type: "web_url", Title: "Mua", URL: "https://shop.example/"}, {Type: "postback", Title: "Giá", Payload: "GIA"}, {Type: "phone_number", Title: "Gọi", Payload: "+84901234567"}}}}}}},
		"send_cards": {"Generic Template", Send{Recipient: to, MessagingType: Update, Message: Message{Attachment: &Attachment{Type: "template", Payload: Payload{TemplateType: "generic",
			Elements: []Element{{Title: "Áo", Subtitle: "199.000đ", ImageURL: "https://shop.example/a.png", Action: &Button{Type: "web_url", URL: "https://shop.example/a"}}}}}}}},
		"send_image": {"Send API (attachment from a URL)", Send{Recipient: to, MessagingType: Update, Message: Message{Attachment: &Attachment{Type: "image", Payload: Payload{URL: "https://shop.example/a.png", Reusable: true}}}}},
		"send_utility": {"Utility Messages", Send{Recipient: to, MessagingType: Utility, Message: Message{Template: &Approved{Name: "order_shipped", Language: Language{Code: "vi"}, Components: []Component{
			{Type: "body", Parameters: []Parameter{{Type: "text", Name: "order", Text: "DH-102"}}}, {Type: "buttons", Parameters: []Parameter{{Type: "POSTBACK", Payload: "TRACK_DH-102"}, {Type: "URL", URL: "DH-102"}}}}}}}},
		"send_human_agent": {"Message Tags (HUMAN_AGENT)", Send{Recipient: to, MessagingType: MessageTag, Tag: HumanAgent, Message: Message{Text: "Em kiểm tra xong rồi ạ"}}},
	} {
		got, err := c.Send(ctx, token, &x.s)
		if want := (Sent{RecipientID: "6542", MessageID: "m_abc", Raw: []byte(accepted)}); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%s: %v, answer (-want +got):\n%s", name, err, cmp.Diff(want, got))
		}
		w.Golden(name, doc+x.section, token, secret)
	}
	for _, step := range []struct {
		name, section, answer string
		call                  func() (any, error)
		want                  any
	}{
		{"page", "developers.facebook.com, Graph API, Page", `{"id":"100000000000001","name":"Cửa hàng"}`, func() (any, error) { return c.Page(ctx, token) }, Page{"100000000000001", "Cửa hàng"}},
		{"profile", doc + "User Profile API", `{"first_name":"Lan","last_name":"Nguyễn"}`, func() (any, error) { p, err := c.Profile(ctx, token, "6542"); return p.LastName, err }, "Nguyễn"},
		{"subscribe", doc + "Webhooks (subscribed_apps)", `{"success":true}`, func() (any, error) { return nil, c.Subscribe(ctx, token) }, nil},
		{"template_list", doc + "Utility Messages (message_templates)", `{"data":[{"id":"1","name":"order_shipped","language":"vi","status":"APPROVED","category":"UTILITY"}]}`, func() (any, error) {
			l, err := c.Templates(ctx, token)
			if len(l) != 1 {
				return len(l), err
			}
			return l[0].Name, err
		}, "order_shipped"},
	} {
		w.Answer(step.answer)
		got, err := step.call()
		if d := cmp.Diff(step.want, got); err != nil || d != "" {
			t.Errorf("%s: %v, answer (-want +got):\n%s", step.name, err, d)
		}
		w.Golden(step.name, step.section, token, secret)
	}
}
