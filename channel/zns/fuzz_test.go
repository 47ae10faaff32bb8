package zns_test

import (
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/zalo"
)

const receipt = `{"sender":{"id":"2"},"recipient":{"id":"84901234567"},"event_name":"user_received_message","message":{"delivery_time":"1795237200000","msg_id":"a1","tracking_id":"w1l2a1kab"},"app_id":"1","timestamp":"1795237200000"}`

// FuzzRead: whatever the body, one that is not signed is refused, and one that is never settles anything without naming a message.
func FuzzRead(f *testing.F) {
	for _, s := range []string{receipt, `{"event_name":"user_feedback","message":{"rate":9,"note":"x","feedbacks":[1,null],"tracking_id":"w1"},"timestamp":"1795237200000"}`, `{"event_name":"follow"}`, `{`, ``, `null`, `[]`,
		`{"event_name":"user_received_message","message":[],"timestamp":{}}`} {
		f.Add([]byte(s), "1795237200000")
	}
	now := func() time.Time { return time.UnixMilli(1795237200000) }
	read := zns.Read("1", "secret", "2", now, nil)
	f.Fuzz(func(t *testing.T, body []byte, stamp string) {
		r := httptest.NewRequest("POST", "/", nil)
		if _, err := read(r, "", body); !errors.Is(err, message.ErrForged) {
			t.Fatalf("unsigned %q: got %v, want ErrForged", body, err)
		}
		r.Header.Set(zalo.SignatureHeader, "mac="+zalo.Signature("1", "secret", body, stamp))
		list, err := read(r, "", body)
		if err != nil {
			return
		}
		for _, x := range list {
			if !x.Ignore && x.Key == "" && x.ProviderID == "" {
				t.Errorf("%q: %+v counts and names no message", body, x)
			}
			if x.Rating != nil && x.Ignore {
				t.Errorf("%q: an ignored rating", body)
			}
		}
	})
}

// FuzzReadETelecom: nothing counts that does not carry a key, and no phone number is kept.
func FuzzReadETelecom(f *testing.F) {
	for _, s := range []string{`{"changes":[{"entity":"zl_oa_message","latest":{"id":"1","status":"P","tracking_id":"w1l2a1k","phone":"84901234567","rate":5,"feedback":["a"]}}]}`, `{"id":"1","status":"N","error_code":-118}`, `{}`, `{"changes":[null,{}]}`, ``} {
		f.Add([]byte(s))
	}
	read := zns.ReadETelecom("2", func() time.Time { return time.UnixMilli(1795237200000) })
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := read(nil, "", body)
		if err != nil {
			return
		}
		for _, x := range list {
			if !x.Ignore && x.Key == "" {
				t.Errorf("%q: %+v counts without a key", body, x)
			}
		}
	})
}
