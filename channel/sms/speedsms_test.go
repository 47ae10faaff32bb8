package sms_test

import (
	"testing"
	"time"

	"github.com/loa-project/loa/channel/sms"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
)

func TestSpeedSMSReports(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)
	read := sms.ReadSpeedSMS(func() time.Time { return now })
	for body, want := range map[string]message.Receipt{
		`{"type":"report","tranId":"9","phone":"84901888484","status":0}`:  {ProviderID: "9", Fact: message.FactDelivered, Event: "status.0", Raw: `{"tranId":"9","status":0}`},
		`{"type":"report","tranId":"9","phone":"84901888484","status":63}`: {ProviderID: "9", Ignore: true, Event: "status.63", Raw: `{"tranId":"9","status":63}`},
		`{"type":"report","tranId":9,"phone":"84901888484","status":"70"}`: {ProviderID: "9", Fact: message.FactFailed, Code: "dlr.70", Class: provider.Recipient, Event: "status.70", Raw: `{"tranId":"9","status":70}`},
	} {
		want.At = now
		if got, err := read(nil, "", []byte(body)); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %+v %v, want %+v", body, got, err, want)
		}
	}
	if got, err := read(nil, "", []byte(`{"type":"sms","phone":"84901888484","content":"TC"}`)); err == nil {
		t.Errorf("what a person writes back: got %+v, want an error", got)
	}
}
