package etelecom

import (
	"errors"
	"testing"
)

func TestWebhook(t *testing.T) {
	t.Parallel()
	got, err := ParseWebhook([]byte(`{"changes":[{"entity":"call_log","latest":{"id":"1"}},{"entity":"zl_oa_message","latest":{"id":"99","oa_id":"4330911","tracking_id":"w1l2a1k","status":"P","delivery_status":"received"}}]}`))
	if err != nil || len(got) != 1 || got[0].Tracking != "w1l2a1k" || got[0].OAID != "4330911" || got[0].Delivery != "received" {
		t.Errorf("got %+v %v, want the one message", got, err)
	}
	if got, err := ParseWebhook([]byte(`{"id":99,"tracking_id":"k","status":"N","error_code":-118}`)); err != nil || len(got) != 1 || got[0].Code != "-118" {
		t.Errorf("bare message: got %+v %v", got, err)
	}
	for _, body := range []string{``, `[]`, `{}`, `{"changes":[]}`, `{"changes":[{"entity":"call_log","latest":{"id":"1"}}]}`, `{"changes":[{"latest":7}]}`} {
		if got, err := ParseWebhook([]byte(body)); !errors.Is(err, ErrWebhook) {
			t.Errorf("%s: got %+v %v, want ErrWebhook", body, got, err)
		}
	}
}

func FuzzParseWebhook(f *testing.F) {
	f.Add([]byte(`{"changes":[{"entity":"zl_oa_message","latest":{"id":"99","tracking_id":"k","status":"P"}}]}`))
	f.Add([]byte(`{"id":99,"status":"N","error_code":"-118"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := ParseWebhook(body)
		if (err == nil) != (len(list) > 0) || len(list) > mostChanges {
			t.Errorf("got %d messages with %v", len(list), err)
		}
	})
}
