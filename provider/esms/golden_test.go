package esms

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/internal/wiretest"
	"github.com/loa-project/loa/provider"
)

func advert(n int) *Batch {
	b := &Batch{Content: "[QC] LOASHOP giam 20% den 30/11. Tu choi: soan TC gui 1551", Brandname: "LOASHOP", RequestID: "w1l7a1k0011223344", Campaign: "loa 7-36", CallbackURL: "https://loa.example/hooks/esms/token"}
	for i := range n {
		b.Phones = append(b.Phones, fmt.Sprintf("+84901888%03d", i))
	}
	return b
}

// TestGoldenRequests compares every call with its recorded bytes.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	const key, secret = "demo-api-key", "demo-secret-key"
	w := wiretest.New(t, "{}")
	c := &Client{BaseURL: w.URL, APIKey: key, SecretKey: secret, HTTP: h}
	ctx := context.Background()
	scheduled := advert(MinBatch)
	scheduled.SendDate, scheduled.Sandbox, scheduled.Unicode = time.Date(2026, 11, 21, 5, 30, 0, 0, time.UTC), true, true
	from := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	const sent, doc = `{"CodeResult":"100","SMSID":"d533"}`, "developers.esms.vn, "
	for _, step := range []struct {
		name, section, answer string
		call                  func() error
	}{
		{"send", doc + "Tin nhắn SMS OTP/CSKH", sent, func() error { _, err := c.Send(ctx, &sample); return err }},
		{"send_batch", doc + "Tin SMS quảng cáo", sent, func() error { _, err := c.SendBatch(ctx, advert(MinBatch)); return err }},
		{"send_batch_scheduled", doc + "Tin SMS quảng cáo (SendDate, Sandbox)", `{"CodeResult":"100"}`, func() error { _, err := c.SendBatch(ctx, scheduled); return err }},
		{"status", doc + "Lấy trạng thái tin", `{"CodeResponse":"100","SendStatus":5}`, func() error { _, err := c.Status(ctx, "d533"); return err }},
		{"receivers", doc + "Lấy trạng thái chi tiết", `{"CodeResult":"100","ReceiverList":[]}`, func() error { _, err := c.Receivers(ctx, "d533"); return err }},
		{"listing", doc + "Lấy danh sách tin đã gửi", `{"CodeResult":"100","CountTotal":0}`, func() error { _, _, err := c.Listing(ctx, AdvertSMS, from, from.Add(time.Hour), 2, 500); return err }},
		{"balance", doc + "Lấy số dư tài khoản", `{"CodeResponse":"100","Balance":1}`, func() error { _, err := c.Balance(ctx); return err }},
		{"brandnames", doc + "Lấy danh sách Brandname", `{"CodeResponse":"100"}`, func() error { _, err := c.Brandnames(ctx); return err }},
	} {
		w.Answer(step.answer)
		if err := step.call(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		w.Golden(step.name, step.section, key, secret)
	}
}

func TestSendBatch(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, n := range []int{0, MinBatch - 1, MaxBatch + 1} {
		c, seen := fake(t, 200, `{"CodeResult":"100","SMSID":"x"}`)
		if _, err := c.SendBatch(ctx, advert(n)); err == nil || *seen != "" {
			t.Errorf("%d numbers: got %v and request %q, want a refusal before any call", n, err, *seen)
		}
	}
	for body, want := range map[string]provider.Class{`{"CodeResult":"107"}`: provider.Content, `{"CodeResult":"104"}`: provider.Auth, `{"CodeResult":"103"}`: provider.Balance, `{"CodeResult":"100"}`: provider.Unknown, `x`: provider.Unknown} {
		c, _ := fake(t, 200, body)
		if _, err := c.SendBatch(ctx, advert(MaxBatch)); provider.ClassOf(err) != want {
			t.Errorf("%s: got %v, want class %s", body, err, want)
		}
	}
	c, _ := fake(t, 200, `{"CodeResult":"124","ErrorMessage":"Request exist 1","SendStatus":"1"}`)
	if s, err := c.SendBatch(ctx, advert(MinBatch)); err != nil || !s.Duplicate || s.Status != StatusApproval {
		t.Errorf("repeat: got %+v %v", s, err)
	}
}

func TestReceivers(t *testing.T) {
	t.Parallel()
	c, _ := fake(t, 200, `{"CodeResult":"100","ReceiverList":[{"IsSent":true,"NetworkName":"Viettel","Phone":"84901888001","Retry":0,"SentResult":true},{"IsSent":"false","NetworkName":"?","Phone":"0901888002","SentResult":false}]}`)
	got, err := c.Receivers(context.Background(), "x")
	want := []Receiver{{Phone: "0901888001", Sent: true, Good: true, Network: "Viettel"}, {Phone: "0901888002", Network: "?"}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	for name, want := range map[string]string{"Viettel": "viettel", "3": "vinaphone", "Reddi": "wintel", "9": "", "": ""} {
		if got := Carrier(name); got != want {
			t.Errorf("Carrier(%q) = %q, want %q", name, got, want)
		}
	}
}
