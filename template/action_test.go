package template

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

func TestActionContent(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`{"kind":"add_tag","tags":["VIP"]}`:                                "ok",
		`{"kind":"add_tag"}`:                                               "template.empty tags",
		`{"kind":"remove_tag","tags":["a, b"]}`:                            "template.tag_invalid tags[0]",
		`{"kind":"set_attribute","attribute":"diem","value":"{{ now }}"}`:  "ok",
		`{"kind":"set_attribute","attribute":"điểm","value":"1"}`:          "template.attribute_missing attribute",
		`{"kind":"set_attribute","attribute":"diem"}`:                      "template.empty value",
		`{"kind":"set_attribute","attribute":"diem","value":"{{ x"}`:       "template.unclosed value",
		`{"kind":"clear_attribute","attribute":"diem"}`:                    "ok",
		`{"kind":"add_to_list"}`:                                           "template.list_missing list_id",
		`{"kind":"notify_staff"}`:                                          "template.empty notice.text",
		`{"kind":"notify_staff","notice":{"via":"email","text":"x"}}`:      "template.notice_connection notice.connection_id",
		`{"kind":"notify_staff","notice":{"via":"fax","connection_id":1}}`: "template.content_invalid notice.via",
		`{"kind":"dance"}`:                                                 "template.content_invalid kind",
		`{"kind":"notify_staff","notice":{"via":"email","connection_id":1,"to":["An <a@b.vn>"],"subject":"s","text":"t"}}`: "template.notice_address notice.to[0]",
		`{"kind":"notify_staff","notice":{"via":"email","connection_id":1,"to":["a@b.vn"],"subject":"s","text":"t"}}`:      "ok",
		`{"kind":"notify_staff","notice":{"via":"webhook","connection_id":1,"path":"/a/../b","text":"t"}}`:                 "template.request_path notice.path",
		`{"kind":"notify_staff","notice":{"via":"webhook","connection_id":1,"text":"t"}}`:                                  "ok",
	} {
		_, err := CompileContent(channel.Action, json.RawMessage(content))
		got := "ok"
		if e, ok := errs.As(err); ok {
			got = e.Code + " " + fmt.Sprint(e.Params["field"])
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", content, got, want)
		}
	}
}

func TestVoucherVariables(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)
	d := Data{Contact: Person{Vouchers: map[string]any{"code": "A", "code_12": "B", "valid_until_12": now}}, Now: now}
	for source, want := range map[string]string{
		"{{ voucher.code }}":                                                  "A",
		"{{ voucher.code_12 }}":                                               "B",
		"{{ voucher.code_13 | default: \"chưa có\" }}":                        "chưa có",
		"{% if voucher.code_12 %}{{ voucher.code_12 }}{% else %}-{% endif %}": "B",
		"{{ voucher.valid_until_12 | date: \"%d/%m\" }}":                      "21/11",
	} {
		c, err := CompileContent(channel.Action, json.RawMessage(fmt.Sprintf(`{"kind":"set_attribute","attribute":"a","value":%q}`, source)))
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.Render(d)
		if err != nil || out.Action.Value != want || len(c.Unknown) > 0 || !c.ReadsVouchers() {
			t.Errorf("%s: got %+v %v, unknown %v, want %q", source, out.Action, err, c.Unknown, want)
		}
	}
	for _, bad := range []string{"voucher.code_", "voucher.code_0", "voucher.codex", "voucher.secret", "voucher"} {
		if known(bad) != (bad == "voucher") {
			t.Errorf("%s: got known %v", bad, known(bad))
		}
	}
}
