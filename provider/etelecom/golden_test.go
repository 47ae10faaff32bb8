package etelecom

import (
	"context"
	"errors"
	"testing"

	"github.com/loa-project/loa/internal/wiretest"
	"github.com/loa-project/loa/provider"
)

// TestGoldenRequests compares every call with its recorded bytes.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	h, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	w := wiretest.New(t, "{}")
	c := &Client{BaseURL: w.URL + "/v1/shop", APIKey: "1:khoa", HTTP: h}
	ctx := context.Background()
	development, journey := *zns, *zns
	development.Development, development.SendingMode = true, ""
	journey.Journey = "5501"
	const sent, doc = `{"id":"99","msg_id":"z1","status":"P"}`, "docs.etelecom.vn, Tích hợp API, Zalo Cloud, "
	for _, step := range []struct {
		name, section, answer string
		call                  func() error
	}{
		{"send", doc + "SendZNS", sent, func() error { _, err := c.Send(ctx, zns); return err }},
		{"send_development", doc + "SendZNS (mode)", sent, func() error { _, err := c.Send(ctx, &development); return err }},
		{"send_journey", doc + "SendZNSJourney", sent, func() error { _, err := c.Send(ctx, &journey); return err }},
		{"create_journey", doc + "CreateJourney", `{"journey_id":"5501","status":"P"}`, func() error {
			_, err := c.CreateJourney(ctx, "4330911", "+84901888484", "token_logistics_7")
			return err
		}},
		{"list_messages", doc + "ListMessages", `{"messages":[]}`, func() error { _, _, err := c.Find(ctx, "4330911", "w1l2a1k"); return err }},
		{"list_templates", doc + "ListTemplates", `{"templates":[]}`, func() error { _, _, err := c.Templates(ctx, "4330911", "c2", 100); return err }},
		{"get_shop_oa", doc + "GetShopOA", `{"oa_id":"4330911"}`, func() error { _, err := c.Account(ctx, "4330911"); return err }},
		{"list_oa", doc + "ListOA", `{"accounts":[]}`, func() error { return c.Ping(ctx) }},
	} {
		w.Answer(step.answer)
		if err := step.call(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		w.Golden(step.name, step.section, "1:khoa")
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	const answer = `{"templates":[{"template_id":214021,"template_name":"Xác nhận","price":300,"timeout":"7200000","template_status":"ENABLE","template_quality":"HIGH","template_tag":"IN_TRANSACTION",
"apply_template_quota":true,"template_daily_quota":500,"template_remaining_quota":"7","template_params":[{"name":"name","type":"STRING","require":true,"accept_null":"false","min_length":0,"max_length":30}]},
{"template_id":"2","name":"Cũ","template_status":"REJECT"},7],"paging":{"next":"c3","limit":100}}`
	var list []Template
	var next string
	if _, _, err := ask(t, 200, answer, func(c *Client) (err error) {
		list, next, err = c.Templates(context.Background(), "4330911", "", 100)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || next != "c3" {
		t.Fatalf("got %d templates, next %q, want 2 and c3", len(list), next)
	}
	first := list[0]
	if first.ID != "214021" || first.Price != 300 || first.Timeout != 7200000 || first.DailyQuota != 500 || first.Remaining != 7 || len(first.Params) != 1 || first.Params[0] != (Param{Name: "name", Type: "STRING", Required: true, MaxLength: 30}) {
		t.Errorf("got %+v", first)
	}
	if list[1].Name != "Cũ" || list[1].Remaining != -1 {
		t.Errorf("got %+v", list[1])
	}
}

func TestCreateJourney(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"journey_id":"5501","status":"P","expires_at":"2026-12-01T00:00:00Z"}`: "",
		`{"status":"N","error_code":-118,"error_message":"x"}`:                   "-118",
		`{"status":"N"}`: CodeRefused,
		`{"status":"P"}`: provider.CodeNoID,
	} {
		_, _, err := ask(t, 200, body, func(c *Client) error {
			j, err := c.CreateJourney(context.Background(), "4330911", "84901888484", "token_logistics_7")
			if err == nil && (j.ID != "5501" || j.Expires.Unix() != 1796083200) {
				t.Errorf("%s: got %+v", body, j)
			}
			return err
		})
		if got := codeOf(err); got != want {
			t.Errorf("%s: got %q %v, want %q", body, got, err, want)
		}
	}
}

func codeOf(err error) string {
	if e, ok := errors.AsType[*provider.Error](err); ok {
		return e.Code
	}
	return ""
}
