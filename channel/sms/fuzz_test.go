package sms_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/channel/sms"
)

// FuzzRead: no report keeps a phone number, and none about adverts goes by our key.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"SMSID=d5&SendFailed=0&SendStatus=5&SendSuccess=1&TotalPrice=850.0000&TotalReceiver=1&TotalSent=1&RequestId=w1l2a1k&TypeId=2&telcoid=1&phonenumber=0901888484&switchsmsid=", "SendStatus=5", "SMSID=x&SendStatus=4&TypeId=1&TotalReceiver=2", "%zz", ""} {
		f.Add(s, "")
		f.Add(s, "ads")
		f.Add(s, "w1l2a1k0011223344")
	}
	read := sms.Read(func() time.Time { return time.UnixMilli(1795237200000) })
	f.Fuzz(func(t *testing.T, query, rest string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL = &url.URL{Path: "/", RawQuery: query}
		list, err := read(r, rest, nil)
		if err != nil {
			return
		}
		for _, x := range list {
			if strings.Contains(x.Raw, "phonenumber") {
				t.Errorf("%q: the number is kept: %q", query, x.Raw)
			}
			if rest == "ads" && (x.Key != "" || !x.Ignore && !strings.Contains(x.ProviderID, "/")) {
				t.Errorf("%q: an advert's report goes by %q %q", query, x.Key, x.ProviderID)
			}
		}
	})
}

// FuzzReadSpeedSMS: a report counts by SpeedSMS's id only.
func FuzzReadSpeedSMS(f *testing.F) {
	for _, s := range []string{`{"type":"report","tranId":"9","phone":"84901888484","status":0}`, `{"type":"report","tranId":{},"status":"x"}`, `[]`, ``} {
		f.Add([]byte(s))
	}
	read := sms.ReadSpeedSMS(func() time.Time { return time.UnixMilli(1795237200000) })
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := read(nil, "", body)
		if err != nil {
			return
		}
		for _, x := range list {
			if !x.Ignore && x.ProviderID == "" || x.Key != "" {
				t.Errorf("%q: got %+v, want SpeedSMS's id", body, x)
			}
		}
	})
}
