package speedsms

import (
	"context"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/wiretest"
	"github.com/loa-project/loa/provider"
)

// TestGoldenRequests compares every call with its recorded bytes. The token and the password x stand in the line Authorization, in base64.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	w := wiretest.New(t, "{}")
	c := &Client{BaseURL: w.URL + "/index.php", Token: "demo-token", HTTP: h}
	ctx := context.Background()
	const sent = `{"status":"success","data":{"tranId":"77","totalSMS":1,"totalPrice":250,"invalidPhone":[]}}`
	const basic = "ZGVtby10b2tlbjp4" // demo-token:x
	for _, step := range []struct {
		name, section, answer string
		call                  func() error
	}{
		{"send", "speedsms.vn/sms-api, API gửi tin nhắn", sent, func() error {
			_, err := c.Send(ctx, &SMS{Phone: "+84901888484", Content: "Cam on anh An", Type: Brandname, Sender: "LOASHOP"})
			return err
		}},
		{"send_number", "speedsms.vn/sms-api, API gửi tin nhắn (sms_type 2)", sent, func() error {
			_, err := c.Send(ctx, &SMS{Phone: "+84901888484", Content: "Cam on anh An", Type: Care})
			return err
		}},
		{"status", "speedsms.vn/sms-api, API lấy trạng thái tin nhắn", `{"status":"success","data":[]}`, func() error { _, _, err := c.Status(ctx, "77", "+84901888484"); return err }},
		{"balance", "speedsms.vn/sms-api, API lấy thông tin tài khoản", `{"status":"success","data":{"balance":1}}`, func() error { _, err := c.Balance(ctx); return err }},
	} {
		w.Answer(step.answer)
		if err := step.call(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		w.Golden(step.name, step.section, basic)
	}
}
