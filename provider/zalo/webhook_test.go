package zalo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sampleBody = `{"app_id":"1000000000000000001","sender":{"id":"3000000000000000001"},"recipient":{"id":"2000000000000000001"},"user_id_by_app":"4000000000000000001","event_name":"user_send_text","message":{"text":"Xin chào","msg_id":"a1b2c3d4e5f607182930"},"timestamp":"1767225600000"}`

func TestVerifySignature(t *testing.T) {
	t.Parallel()
	const good = "9feef78f8f9ecbf3d9de8f12862689faf6d7cbeff8df2c8b64001d47e211f52a"
	const app, key = "1000000000000000001", "demo-oa-secret-key"
	for header, want := range map[string]bool{
		"mac=" + good: true, good: true, "mac = " + good: true, "MAC=" + good: true, "": false, "mac=": false, "mac=" + good[1:] + "0": false,
	} {
		if got := VerifySignature(app, key, []byte(sampleBody), header); got != want {
			t.Errorf("%q: got %v, want %v", header, got, want)
		}
	}
	if !VerifySignature("X", "Y", []byte(`{"timestamp":1234567890}`), "mac="+Signature("X", "Y", []byte(`{"timestamp":1234567890}`), "1234567890")) {
		t.Error("a timestamp that is a number was refused")
	}
	if got, want := Signature("X", "Y", []byte("BODY"), "1234567890"), "2f1ef5aabe67e8396a459ca89562e108ad541f82ba5022c85f645bd6b7220cb9"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if VerifySignature(app, "", []byte(sampleBody), "mac="+good) || VerifySignature("2", key, []byte(sampleBody), "mac="+good) || VerifySignature(app, key, []byte(sampleBody+" "), "mac="+good) {
		t.Error("a wrong app, a missing key or a changed body was accepted")
	}
}

func TestParseEvent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want Event
	}{
		"text":     {sampleBody, Event{Name: "user_send_text", AppID: "1000000000000000001", Sender: "3000000000000000001", Recipient: "2000000000000000001", Timestamp: 1767225600000, MessageID: "a1b2c3d4e5f607182930", Text: "Xin chào"}},
		"receipt":  {`{"sender":{"id":"2"},"recipient":{"id":"84901234567"},"event_name":"user_received_message","message":{"delivery_time":"1767225603000","msg_id":"a1","tracking_id":"m-01"},"app_id":"1","timestamp":"1767225603120"}`, Event{Name: "user_received_message", AppID: "1", Sender: "2", Recipient: "84901234567", Timestamp: 1767225603120, MessageID: "a1", TrackingID: "m-01", DeliveryTime: 1767225603000}},
		"flat":     {`{"event_name":"user_received_message","delivery_time":1767225603000,"msg_id":"a1","tracking_id":"m-01","app_id":"1","timestamp":1767225603120}`, Event{Name: "user_received_message", AppID: "1", Timestamp: 1767225603120, MessageID: "a1", TrackingID: "m-01", DeliveryTime: 1767225603000}},
		"seen":     {`{"event_name":"user_seen_message","message":{"msg_ids":["a1",2]},"app_id":"1","timestamp":"3"}`, Event{Name: "user_seen_message", AppID: "1", Timestamp: 3, MessageIDs: []string{"a1", "2"}}},
		"feedback": {`{"event_name":"user_feedback","message":{"rating_type":"csat","rate":5,"note":"Giao nhanh","submit_time":"1767229200000","msg_id":"a1","feedbacks":["x"],"tracking_id":"m-01"},"app_id":"1","oa_id":"2","timestamp":"3"}`, Event{Name: "user_feedback", AppID: "1", OAID: "2", Timestamp: 3, SubmitTime: 1767229200000, MessageID: "a1", TrackingID: "m-01", Rate: 5, Note: "Giao nhanh", Feedbacks: []string{"x"}}},
		"button":   {`{"event_name":"user_click_response_button","message":{"data":"Đồng ý","tracking_id":"m-01"},"msg_id":"a1","app_id":"1","oa_id":"2","timestamp":"3"}`, Event{Name: "user_click_response_button", AppID: "1", OAID: "2", Timestamp: 3, MessageID: "a1", TrackingID: "m-01", Data: "Đồng ý"}},
		"follow":   {`{"app_id":"1","oa_id":"2","follower":{"id":"3000"},"event_name":"follow","source":"oa_profile","timestamp":"3"}`, Event{Name: "follow", AppID: "1", OAID: "2", Follower: "3000", Source: "oa_profile", Timestamp: 3}},
		"template": {`{"oa_id":"2","app_id":"1","event_name":"change_template_status","template_id":100001,"status":{"prev_status":"PENDING_REVIEW","new_status":"REJECT"},"reason":"Logo không hợp lệ","timestamp":"3"}`, Event{Name: "change_template_status", AppID: "1", OAID: "2", Timestamp: 3, TemplateID: "100001", PrevStatus: "PENDING_REVIEW", NewStatus: "REJECT", Reason: "Logo không hợp lệ"}},
		"quality":  {`{"oa_id":"2","event_name":"change_template_quality","template_id":"100001","quality":"LOW","timestamp":"3"}`, Event{Name: "change_template_quality", OAID: "2", Timestamp: 3, TemplateID: "100001", Quality: "LOW"}},
		"quota":    {`{"oaId":"2","app_id":"1","event_name":"change_oa_daily_quota","quota":{"prev_value":"20000","new_value":10000},"timestamp":"3"}`, Event{Name: "change_oa_daily_quota", AppID: "1", OAID: "2", Timestamp: 3, PrevQuota: "20000", NewQuota: "10000"}},
		"tag":      {`{"app_id":"1","oa_id":"2","event_name":"add_user_to_tag","tag":{"name":"Khách VIP","user_ids":["3000",3001]},"timestamp":"3"}`, Event{Name: "add_user_to_tag", AppID: "1", OAID: "2", Timestamp: 3, Tag: "Khách VIP", TagUsers: []string{"3000", "3001"}}},
		"info": {`{"app_id":"1","sender":{"id":"3000"},"recipient":{"id":"2"},"event_name":"user_submit_info","info":{"name":"Nguyễn Văn An","phone":"84901234567","user_dob":"30/10/1999","gender":"Nam","full_address":{"user_city":"Thành phố Đà Nẵng","user_ward":"Phường Hải Châu","user_address":"1 Đường Mẫu"}},"timestamp":"3"}`,
			Event{Name: "user_submit_info", AppID: "1", Sender: "3000", Recipient: "2", Timestamp: 3, Info: Info{Name: "Nguyễn Văn An", Phone: "84901234567", Birthday: "30/10/1999", Gender: "Nam", Address: "1 Đường Mẫu, Phường Hải Châu, Thành phố Đà Nẵng"}}},
		"old info": {`{"sender":{"id":"3000"},"recipient":{"id":"2"},"event_name":"user_submit_info","info":{"name":"An","phone":0,"address":"1 Đường Mẫu","ward":"","district":"Quận 1","city":"TP HCM"},"timestamp":"3"}`,
			Event{Name: "user_submit_info", Sender: "3000", Recipient: "2", Timestamp: 3, Info: Info{Name: "An", Address: "1 Đường Mẫu, Quận 1, TP HCM"}}},
		"odd": {`{"event_name":"x","message":[],"sender":"s","status":3,"quota":"q"}`, Event{Name: "x"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseEvent([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	for _, body := range []string{`{"event_name":5}`, `[]`, ``, `{`, `null`} {
		if _, err := ParseEvent([]byte(body)); err == nil {
			t.Errorf("%q was accepted", body)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(sampleBody))
	f.Add([]byte(`{"event_name":"x","message":[],"status":3}`))
	f.Add([]byte(`{"event_name":"user_seen_message","message":{"msg_ids":["a1",2,null,{}]},"timestamp":"3"}`))
	f.Add([]byte(`{"event_name":"follow","oa_id":"2","follower":{"id":"3000"},"timestamp":3}`))
	f.Add([]byte(`{"event_name":"add_user_to_tag","oa_id":"2","tag":{"name":"VIP","user_ids":["3000",{}]},"timestamp":3}`))
	f.Add([]byte(`{"event_name":"user_submit_info","info":{"name":"An","phone":84901234567,"full_address":[]},"timestamp":3}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, _ = ParseEvent(body)
		_ = VerifySignature("1", "k", body, "mac=00")
	})
}
