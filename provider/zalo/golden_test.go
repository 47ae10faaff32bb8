package zalo

import (
	"context"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/wiretest"
	"github.com/loa-project/loa/provider"
)

// TestGoldenRequests compares every call about template messages and tokens with its recorded bytes.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	const token, app, secret = "demo-access-token", "1000000000000000001", "demo-app-secret"
	w := wiretest.New(t, accepted)
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	c := &Client{BaseURL: w.URL, OAuthURL: w.URL, HTTP: h}
	ctx := context.Background()
	hashed := Send{HashPhone: HashPhone("+84901234567"), TemplateID: "100001", TrackingID: "m-01JGEXAMPLE", Mode: "development"}
	journey := Send{Phone: "84901234567", TemplateID: "100001", TrackingID: "m-01JGEXAMPLE", Journey: "demo-journey-token"}
	over := sample
	over.SendingMode = "3"
	const doc = "developers.zalo.me, ZBS Template Message, "
	for _, step := range []struct {
		name, section, answer string
		call                  func() error
	}{
		{"send", doc + "send API", accepted, func() error { _, err := c.SendTemplate(ctx, token, &sample); return err }},
		{"send_over_quota", doc + "send API (sending_mode 3)", accepted, func() error { _, err := c.SendTemplate(ctx, token, &over); return err }},
		{"send_hashed", doc + "send API by hashed phone, development mode", accepted, func() error { _, err := c.SendTemplate(ctx, token, &hashed); return err }},
		{"journey_token", doc + "Journey token (get-token)", `{"error":0,"message":"Success","token":"t","journey_id":"j"}`, func() error { _, err := c.NewJourney(ctx, token, "84901234567", "token_logistics_7"); return err }},
		{"journey_send", doc + "send API with journey token", accepted, func() error { _, err := c.SendTemplate(ctx, token, &journey); return err }},
		{"status", doc + "Trạng thái thông báo", `{"error":0,"data":{"status":1}}`, func() error { _, err := c.MessageStatus(ctx, token, "a1b2", "84901234567"); return err }},
		{"quota", doc + "Hạn mức", `{"error":0,"data":{"dailyQuota":1}}`, func() error { _, err := c.Quota(ctx, token); return err }},
		{"tags", doc + "Loại nội dung được gửi", `{"error":0,"data":["TRANSACTION"]}`, func() error { _, err := c.Tags(ctx, token); return err }},
		{"template_list", doc + "Danh sách template", `{"error":0,"data":[]}`, func() error { _, err := c.TemplateList(ctx, token, 100, 100); return err }},
		{"template_info", doc + "Chi tiết template", `{"error":0,"data":{"templateId":1}}`, func() error { _, err := c.TemplateInfo(ctx, token, "100001"); return err }},
		{"template_sample", doc + "Dữ liệu mẫu", `{"error":0,"data":{"a":"b"}}`, func() error { _, err := c.TemplateSampleData(ctx, token, "100001"); return err }},
		{"exchange", "developers.zalo.me, Official Account API, Xác thực và ủy quyền cho ứng dụng", `{"access_token":"a","refresh_token":"b","expires_in":"90000"}`,
			func() error { _, err := c.Exchange(ctx, app, secret, "demo-code", "demo-verifier"); return err }},
		{"refresh", "developers.zalo.me, Official Account API, Lấy access token từ refresh token", `{"access_token":"a","refresh_token":"b","expires_in":"90000"}`,
			func() error { _, err := c.Refresh(ctx, app, secret, "demo-refresh-token"); return err }},
	} {
		w.Answer(step.answer)
		if err := step.call(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		w.Golden(step.name, step.section, token, secret, "demo-refresh-token", "demo-code", "demo-verifier", "demo-journey-token")
	}
	p := &Client{BaseURL: w.URL, HTTP: h, ProofSecret: secret}
	w.Answer(`{"error":0,"data":{"dailyQuota":1}}`)
	if _, err := p.Quota(ctx, token); err != nil {
		t.Error(err)
	}
	w.Golden("proof", "developers.zalo.me, Bảo mật: appsecret_proof", token)
	w.Answer(accepted)
	if _, err := p.SendTemplate(ctx, token, &hashed); err != nil {
		t.Error(err)
	}
	w.Golden("proof_send", "developers.zalo.me, Bảo mật: appsecret_proof", token)
}

func TestHashPhone(t *testing.T) {
	t.Parallel()
	const want = "f0a4b3a2d998485bc744a2e6fcb2dec760b843aba1f24a84edf4bf32c68e71d5"
	for _, phone := range []string{"84901234567", "+84901234567"} {
		if got := HashPhone(phone); got != want {
			t.Errorf("HashPhone(%s) = %s, want %s", phone, got, want)
		}
	}
}

func TestJourney(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c, _ := fake(t, 200, `{"error":0,"message":"Success","token":"tok","journey_id":"j1"}`)
	if j, err := c.NewJourney(ctx, "t", "84901234567", "token_coach_bus_30"); err != nil || j != (Journey{Token: "tok", ID: "j1"}) {
		t.Errorf("got %+v %v", j, err)
	}
	if _, err := c.NewJourney(ctx, "t", "84901234567", "token_ship"); err == nil {
		t.Error("an unknown kind was asked for")
	}
	for body, want := range map[string]provider.Class{`{"error":0}`: provider.Unknown, `{"error":-118,"message":"x"}`: provider.Recipient, `{"error":-1491}`: provider.Content} {
		c, _ := fake(t, 200, body)
		if _, err := c.NewJourney(ctx, "t", "84901234567", "token_coach_bus_7"); provider.ClassOf(err) != want {
			t.Errorf("%s: got %v, want class %s", body, err, want)
		}
	}
}
