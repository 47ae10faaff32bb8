package zalo

import (
	"testing"
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
		"receipt":  {`{"sender":{"id":"2"},"recipient":{"id":"84901234567"},"event_name":"user_received_message","message":{"delivery_time":"1767225603000","msg_id":"a1","tracking_id":"m-01"},"app_id":"1","timestamp":"1767225603120"}`, Event{Name: "user_received_message", AppID: "1", Sender: "2", Recipient: "84901234567", Timestamp: 1767225603120, MessageID: "a1", TrackingID: "m-01", DeliveryTime: 1767225603000}},
		"flat":     {`{"event_name":"user_received_message","delivery_time":1767225603000,"msg_id":"a1","tracking_id":"m-01","app_id":"1","timestamp":1767225603120}`, Event{Name: "user_received_message", AppID: "1", Timestamp: 1767225603120, MessageID: "a1", TrackingID: "m-01", DeliveryTime: 1767225603000}},
		"feedback": {`{"event_name":"user_feedback","message":{"rate":5,"note":"Giao nhanh","msg_id":"a1","feedbacks":["x"],"tracking_id":"m-01"},"app_id":"1","oa_id":"2","timestamp":"3"}`, Event{Name: "user_feedback", AppID: "1", OAID: "2", Timestamp: 3, MessageID: "a1", TrackingID: "m-01", Rate: 5, Note: "Giao nhanh", Feedbacks: []string{"x"}}},
		"button":   {`{"event_name":"user_click_response_button","message":{"data":"Đồng ý","tracking_id":"m-01"},"msg_id":"a1","app_id":"1","oa_id":"2","timestamp":"3"}`, Event{Name: "user_click_response_button", AppID: "1", OAID: "2", Timestamp: 3, MessageID: "a1", TrackingID: "m-01", Data: "Đồng ý"}},
		"template": {`{"oa_id":"2","app_id":"1","event_name":"change_template_status","template_id":100001,"status":{"prev_status":"PENDING_REVIEW","new_status":"REJECT"},"reason":"Logo không hợp lệ","timestamp":"3"}`, Event{Name: "change_template_status", AppID: "1", OAID: "2", Timestamp: 3, TemplateID: "100001", NewStatus: "REJECT", Reason: "Logo không hợp lệ"}},
		"quota":    {`{"oaId":"2","app_id":"1","event_name":"change_oa_daily_quota","quota":{"prev_value":"20000"},"timestamp":"3"}`, Event{Name: "change_oa_daily_quota", AppID: "1", OAID: "2", Timestamp: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseEvent([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Feedbacks) != len(c.want.Feedbacks) {
				t.Errorf("got feedbacks %v, want %v", got.Feedbacks, c.want.Feedbacks)
			}
			got.Feedbacks, c.want.Feedbacks = nil, nil
			got.MessageIDs, c.want.MessageIDs = nil, nil
			if !equal(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	if _, err := ParseEvent([]byte(`{"event_name":5}`)); err == nil {
		t.Error("a body without an event was accepted")
	}
}

func equal(a, b Event) bool {
	a.MessageIDs, b.MessageIDs, a.Feedbacks, b.Feedbacks = nil, nil, nil, nil
	return a.Name == b.Name && a.AppID == b.AppID && a.OAID == b.OAID && a.Sender == b.Sender && a.Recipient == b.Recipient && a.Timestamp == b.Timestamp && a.MessageID == b.MessageID &&
		a.TrackingID == b.TrackingID && a.DeliveryTime == b.DeliveryTime && a.Rate == b.Rate && a.Note == b.Note && a.Data == b.Data && a.TemplateID == b.TemplateID && a.NewStatus == b.NewStatus && a.Reason == b.Reason
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(sampleBody))
	f.Add([]byte(`{"event_name":"x","message":[],"status":3}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, _ = ParseEvent(body)
		_ = VerifySignature("1", "k", body, "mac=00")
	})
}
