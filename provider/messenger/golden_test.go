package messenger

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/wiretest"
	"github.com/loa-project/loa/provider"
)

// TestGoldenRequests compares every call with its recorded bytes. Token and proof stand in the address, as Meta wants them; both are masked.
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
	to := Recipient{ID: "6542"}
	const doc = "developers.facebook.com, Messenger Platform, "
	for _, step := range []struct {
		name, section, answer string
		call                  func() error
	}{
		{"send_text", doc + "Send API", accepted, func() error {
			_, err := c.Send(ctx, token, &Send{Recipient: to, MessagingType: Update, Message: Message{Text: "Chào chị Lan", Metadata: "w1l2a1kabc"}})
			return err
		}},
		{"send_utility", doc + "Utility Messages", accepted, func() error {
			_, err := c.Send(ctx, token, &Send{Recipient: to, MessagingType: Utility, Message: Message{Template: &Approved{Name: "order_shipped", Language: Language{Code: "vi"}}}})
			return err
		}},
		{"page", "developers.facebook.com, Graph API, Page", `{"id":"100000000000001","name":"x"}`, func() error { _, err := c.Page(ctx, token); return err }},
		{"profile", doc + "User Profile API", `{"first_name":"Lan"}`, func() error { _, err := c.Profile(ctx, token, "6542"); return err }},
		{"subscribe", doc + "Webhooks (subscribed_apps)", `{"success":true}`, func() error { return c.Subscribe(ctx, token) }},
		{"template_list", doc + "Utility Messages (message_templates)", `{"data":[]}`, func() error { _, err := c.Templates(ctx, token); return err }},
		{"template_create", doc + "Utility Messages (create a template)", `{"id":"1","status":"APPROVED"}`, func() error {
			_, err := c.CreateTemplate(ctx, token, NewTemplate{Name: "order_shipped", Language: "vi", Format: "NAMED", Components: json.RawMessage(`[{"type":"BODY","text":"Đơn {{order}} đã gửi"}]`)})
			return err
		}},
	} {
		w.Answer(step.answer)
		if err := step.call(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		w.Golden(step.name, step.section, token, secret)
	}
}
