package zalo

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/internal/wiretest"
	"github.com/loa-project/loa/provider"
)

// fakeOA is fake for the host of the Official Account API.
func fakeOA(t testing.TB, status int, body string) (*OA, *string) {
	c, seen := fake(t, status, body)
	return &OA{BaseURL: c.BaseURL, Client: c}, seen
}

// recorded is the OA's API on a server that keeps the bytes of requests.
func recorded(t *testing.T) (*OA, *wiretest.Server) {
	t.Helper()
	w := wiretest.New(t, oaAccepted)
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	return &OA{BaseURL: w.URL, Client: &Client{HTTP: h}}, w
}

const (
	oaUser     = "3000000000000000001"
	oaAccepted = `{"data":{"message_id":"a1b2c3d4e5f607182930","user_id":"3000000000000000001","sent_time":"1767225600000","quota":{"quota_type":"reply","remain":"8","total":"8"}},"error":0,"message":"Success"}`
	oaToken    = "demo-access-token"
	oaDoc      = "developers.zalo.me, Official Account API, "
)

// TestConsult writes each kind of consultation message.
func TestConsult(t *testing.T) {
	t.Parallel()
	o, w := recorded(t)
	attach := func(typ string, p OAPayload) OAMessage {
		return OAMessage{Attachment: &OAAttachment{Type: typ, Payload: p}}
	}
	withText := func(text string, m OAMessage) OAMessage { m.Text = text; return m }
	for name, c := range map[string]struct {
		section string
		m       OAMessage
	}{
		"oa_text":           {"Tin Tư vấn văn bản", OAMessage{Text: "Chào anh An & chị <Lan>"}},
		"oa_image":          {"Tin Tư vấn đính kèm hình ảnh", withText("Phiếu bảo hành của bạn", attach("template", OAPayload{TemplateType: "media", Elements: []OAElement{{MediaType: "image", URL: "https://files.example.com/warranty.jpg"}}}))},
		"oa_image_uploaded": {"Tin Tư vấn đính kèm hình ảnh (attachment_id)", attach("template", OAPayload{TemplateType: "media", Elements: []OAElement{{MediaType: "image", AttachmentID: "aERC3A0iYGgQxim8fYIK6fxzsXkaFfq7ZFRB3RCyZH6RyziRis3RNydebK3iSPCJX_cJ3k1nW1EQufjN_pUL1f6Ypq3rTef5nxp6H_HnXKFDiyD5y762HS-baqRpQe5FdA376lTfq1sRyPr8ypd74ecbaLyA-tGmuJ-97W"}}})},
		"oa_file":           {"Tin Tư vấn đính kèm file", attach("file", OAPayload{Token: "wtl3JC3Wj7BX3CqKzv6V4MRQzSXq"})},
		"oa_buttons": {"Cấu trúc của tham số buttons", withText("Anh chị muốn xem gì?", attach("template", OAPayload{Buttons: []OAButton{
			{Title: "Xem đơn hàng", Type: OpenURL, Payload: map[string]string{"url": "https://shop.example.com/r/abc"}}, {Title: "Gặp nhân viên", Type: QueryHide, Payload: "#agent"},
			{Title: "Giá bao nhiêu?", Type: QueryShow, Payload: "Giá bao nhiêu?"}, {Title: "Gọi cửa hàng", Type: OpenPhone, Payload: map[string]string{"phone_code": "84901234567"}}}}))},
		"oa_list": {"Tin Tư vấn dạng danh sách, Cấu trúc của tham số elements", attach("template", OAPayload{TemplateType: "list", Elements: []OAElement{
			{Title: "Bộ sưu tập mới", Subtitle: "Giảm 10 %", ImageURL: "https://files.example.com/1.jpg", Action: &OAAction{Type: OpenURL, URL: "https://shop.example.com/new"}},
			{Title: "Hướng dẫn chọn cỡ", ImageURL: "https://files.example.com/2.jpg", Action: &OAAction{Type: QueryHide, Payload: "#size"}}},
			Buttons: []OAButton{{Title: "Gặp nhân viên", Type: QueryHide, Payload: "#agent"}}})},
		"oa_ask": {"Tin Tư vấn yêu cầu thông tin người dùng", attach("template", OAPayload{TemplateType: "request_user_info", Elements: []OAElement{{Title: "Cửa hàng Mẫu", Subtitle: "Xin thông tin để giao hàng", ImageURL: "https://files.example.com/logo.png"}}})},
	} {
		got, err := o.Consult(context.Background(), oaToken, &Consultation{Recipient: OARecipient{UserID: oaUser}, Message: c.m})
		want := OASent{MessageID: "a1b2c3d4e5f607182930", SentTime: 1767225600000, QuotaType: "reply", Raw: []byte(oaAccepted)}
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%s: %v, answer (-want +got):\n%s", name, err, d)
		}
		w.Golden(name, oaDoc+c.section, oaToken)
	}
}

// TestOACalls makes every other call of the host, compares the request with its golden file and reads a typical answer.
func TestOACalls(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o, w := recorded(t)
	for name, c := range map[string]struct {
		section string
		answer  string
		call    func(o *OA) (any, error)
		want    string // what the call gives, as JSON
	}{
		"oa_template": {"developers.zalo.me, ZBS Template Message, Gửi tin template qua UID", `{"error":0,"message":"Success","sent_time":"1767225600000","data":{"message_id":"m1","user_id":"3000000000000000001","quota":{"quota_type":"purchase_quota","owner_type":"OA","owner_id":"2"}}}`,
			func(o *OA) (any, error) {
				s, err := o.SendTemplateToUser(ctx, oaToken, &TemplateToUser{UserID: oaUser, TemplateID: "100001", TemplateData: map[string]string{"customer_name": "Nguyễn Văn An", "order_code": "DH0001"}})
				return []any{s.MessageID, s.SentTime, s.QuotaType}, err
			}, `["m1",1767225600000,"purchase_quota"]`},
		"oa_user": {oaDoc + "Truy xuất chi tiết người dùng", `{"data":{"user_id":3000000000000000001,"display_name":"An","user_is_follower":true,"user_last_interaction_date":"21/11/2026","tags_and_notes_info":{"notes":[],"tag_names":["VIP"]},"shared_info":{"name":"Nguyễn Văn An","phone":84901234567,"user_dob":"30/10/1999"}},"error":0}`,
			func(o *OA) (any, error) {
				u, err := o.User(ctx, oaToken, oaUser)
				return []any{u.ID, u.Name, u.Follower, u.LastInteraction, u.Notes.Tags, u.Shared.Name, u.Shared.Phone, u.Shared.Birthday}, err
			}, `["3000000000000000001","An",true,"21/11/2026",["VIP"],"Nguyễn Văn An","84901234567","30/10/1999"]`},
		"oa_users": {oaDoc + "Truy xuất danh sách người dùng", `{"data":{"total":"51","count":1,"offset":50,"users":[{"user_id":"3000000000000000001"},{"user_id":null}]},"error":0}`,
			func(o *OA) (any, error) {
				ids, n, err := o.Users(ctx, oaToken, UserFilter{}, 50, 500)
				return []any{ids, n}, err
			}, `[["3000000000000000001"],51]`},
		"oa_users_filter": {oaDoc + "Truy xuất danh sách người dùng (is_follower, tag_name, last_interaction_period)", `{"data":{"total":0,"count":0,"offset":0},"error":0}`,
			func(o *OA) (any, error) {
				ids, n, err := o.Users(ctx, oaToken, UserFilter{Followers: true, Tag: "Khách VIP", Period: "L7D"}, 0, 50)
				return []any{len(ids), n}, err
			}, `[0,0]`},
		"oa_tag":   {oaDoc + "Gắn nhãn người dùng", `{"error":0,"message":"Success"}`, func(o *OA) (any, error) { return nil, o.Tag(ctx, oaToken, oaUser, "Khách VIP") }, `null`},
		"oa_untag": {oaDoc + "Gỡ nhãn người dùng", `{"error":0,"message":"Success"}`, func(o *OA) (any, error) { return nil, o.Untag(ctx, oaToken, oaUser, "Khách VIP") }, `null`},
		"oa_tags":  {oaDoc + "Lấy danh sách nhãn", `{"data":["Khách VIP","Sỉ"],"error":0}`, func(o *OA) (any, error) { return o.Tags(ctx, oaToken) }, `["Khách VIP","Sỉ"]`},
		"oa_quota": {oaDoc + "Kiểm tra hạn mức gửi tin của OA", `{"data":[{"asset_id":"a","product_type":"cs","quota_type":"sub_quota","valid_through":"31/12/2026","total":"2000","remain":1999}],"error":0}`,
			func(o *OA) (any, error) {
				l, err := o.MessageQuota(ctx, oaToken, "sub_quota")
				if len(l) != 1 {
					return nil, errors.New("want one allotment")
				}
				return []any{l[0].Total.Int(), l[0].Remain.Int(), l[0].Until}, err
			}, `[2000,1999,"31/12/2026"]`},
		"oa_upload_image": {oaDoc + "Upload hình ảnh", `{"data":{"attachment_id":"att"},"error":0}`, func(o *OA) (any, error) {
			return o.Upload(ctx, oaToken, UploadImage, `a"b.png`, "image/png", []byte("PNG"))
		}, `"att"`},
		"oa_upload_file": {oaDoc + "Upload file", `{"data":{"token":"tok"},"error":0}`, func(o *OA) (any, error) {
			return o.Upload(ctx, oaToken, UploadFile, "hóa đơn.pdf", "application/pdf", []byte("%PDF"))
		}, `"tok"`},
	} {
		w.Answer(c.answer)
		got, err := c.call(o)
		raw, jsonErr := json.Marshal(got)
		if err != nil || jsonErr != nil || string(raw) != c.want {
			t.Errorf("%s: got %s %v, want %s", name, raw, err, c.want)
		}
		w.Golden(name, c.section, oaToken)
	}
}

// TestOAFailures reads the refusals of a send: codes have on this host another meaning than on the host of templates by phone.
func TestOAFailures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status   int
		body     string
		code     string
		class    provider.Class
		suppress bool
	}{
		{200, `{"error":-100,"message":"attachment_id was expired"}`, "-100", provider.Content, false},
		{200, `{"error":-201,"message":"user_id is invalid!"}`, "-201", OACauses["-201"].Class, false},
		{200, `{"error":"-216","message":"Access token is invalid"}`, "-216", provider.Auth, false},
		{200, `{"error":-230,"message":"x"}`, "-230", provider.Recipient, false},
		{200, `{"error":-234,"message":"x"}`, "-234", provider.RateLimited, false},
		{200, `{"error":-244,"message":"x"}`, "-244", provider.Recipient, true},
		{200, `{"error":-249,"message":"x"}`, "-249", provider.Content, false},
		{200, `{"error":-321,"message":"x"}`, "-321", provider.Balance, false},
		{200, `{"error":-32,"message":"x"}`, "-32", provider.RateLimited, false},
		{200, `{"error":-7777,"message":"x"}`, "-7777", provider.Unknown, false},
		{200, `{"error":0,"data":{}}`, provider.CodeNoID, provider.Unknown, false},
		{200, `<html>`, provider.CodeUnreadable, provider.Unknown, false},
		{500, ``, "http.500", provider.Unknown, false},
		{429, ``, "http.429", provider.RateLimited, false},
	} {
		o, _ := fakeOA(t, c.status, c.body)
		_, err := o.Consult(context.Background(), oaToken, &Consultation{Recipient: OARecipient{UserID: oaUser}, Message: OAMessage{Text: "x"}})
		e, ok := errors.AsType[*provider.Error](err)
		if !ok || e.Code != c.code || e.Class != c.class || e.Suppress != c.suppress {
			t.Errorf("%d %s: got %+v, want code %s class %s suppress %t", c.status, c.body, err, c.code, c.class, c.suppress)
		}
	}
	o, _ := fakeOA(t, 200, `{"error":0,"message":"Success","data":{}}`)
	if _, err := o.Upload(context.Background(), oaToken, UploadFile, "x", "application/pdf", []byte("x")); provider.ClassOf(err) != provider.Content {
		t.Errorf("upload without a name for it: got %v, want content", err)
	}
	for code, c := range OACauses {
		if c.VI == "" || c.EN == "" || c.AdviceVI == "" || c.AdviceEN == "" || c.Class == "" {
			t.Errorf("%s: cause is not complete", code)
		}
	}
}
