package policy

import (
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
)

func TestNextOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		channel channel.Channel
		purpose string
		zone    string
		window  *Window
		now     string
		want    string
	}{
		{"marketing one minute before seven", channel.SMS, "marketing", "", nil, "2026-11-21T06:59:59+07:00", "2026-11-21T07:00:00+07:00"},
		{"marketing at seven", channel.SMS, "marketing", "", nil, "2026-11-21T07:00:00+07:00", "2026-11-21T07:00:00+07:00"},
		{"marketing last minute", channel.Email, "marketing", "", nil, "2026-11-21T21:59:59+07:00", "2026-11-21T21:59:59+07:00"},
		{"marketing at twenty-two is closed", channel.Email, "marketing", "", nil, "2026-11-21T22:00:00+07:00", "2026-11-22T07:00:00+07:00"},
		{"before the decree nothing was closed", channel.Email, "marketing", "", nil, "2020-09-30T23:00:00+07:00", "2020-09-30T23:00:00+07:00"},
		{"a call one second before eight", channel.AICall, "marketing", "", nil, "2026-11-21T07:59:59+07:00", "2026-11-21T08:00:00+07:00"},
		{"a call at eight", channel.AICall, "marketing", "", nil, "2026-11-21T08:00:00+07:00", "2026-11-21T08:00:00+07:00"},
		{"a call in the last second", channel.AICall, "marketing", "", nil, "2026-11-21T16:59:59+07:00", "2026-11-21T16:59:59+07:00"},
		{"a call of care in the evening", channel.AICall, "care", "", nil, "2026-11-21T20:00:00+07:00", "2026-11-21T20:00:00+07:00"},
		{"a call the day before the decree", channel.AICall, "marketing", "", nil, "2020-09-30T23:59:59+07:00", "2020-09-30T23:59:59+07:00"},
		{"a call on the day of the decree", channel.AICall, "marketing", "", nil, "2020-10-01T00:00:00+07:00", "2020-10-01T08:00:00+07:00"},
		{"a call at seventeen", channel.AICall, "marketing", "", nil, "2026-11-21T17:00:00+07:00", "2026-11-22T08:00:00+07:00"},
		{"transactions at night", channel.ZNS, "transaction", "", nil, "2026-11-21T03:00:00+07:00", "2026-11-21T03:00:00+07:00"},
		{"care by ZNS at night", channel.ZNS, "care", "", nil, "2026-11-21T03:00:00+07:00", "2026-11-21T06:00:00+07:00"},
		{"care by SMS at night", channel.SMS, "care", "", nil, "2026-11-21T03:00:00+07:00", "2026-11-21T03:00:00+07:00"},
		{"own window inside the law", channel.SMS, "marketing", "", &Window{"13:00", "20:00"}, "2026-11-21T08:00:00+07:00", "2026-11-21T13:00:00+07:00"},
		{"own window over midnight meets the law in the evening", channel.SMS, "marketing", "", &Window{"20:00", "02:00"}, "2026-11-21T23:00:00+07:00", "2026-11-22T20:00:00+07:00"},
		{"own window over midnight alone", channel.SMS, "transaction", "", &Window{"20:00", "02:00"}, "2026-11-22T01:59:00+07:00", "2026-11-22T01:59:00+07:00"},
		{"windows that never meet", channel.SMS, "marketing", "", &Window{"23:00", "23:30"}, "2026-11-21T08:00:00+07:00", "2026-11-22T08:00:00+07:00"},
		{"the contact's own zone", channel.SMS, "marketing", "Europe/Paris", nil, "2026-11-21T05:30:00Z", "2026-11-21T06:00:00Z"},
		{"an opening that the clock change skips", channel.SMS, "transaction", "Europe/Paris", &Window{"02:30", "03:30"}, "2027-03-28T00:45:00Z", "2027-03-28T01:00:00Z"},
		{"an unknown zone is Vietnam's", channel.SMS, "marketing", "Mars/Base", nil, "2026-11-21T06:00:00+07:00", "2026-11-21T07:00:00+07:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			now, _ := time.Parse(time.RFC3339, c.now)
			want, _ := time.Parse(time.RFC3339, c.want)
			got := NextOpen(Question{Channel: c.channel, Purpose: c.purpose, Zone: c.zone, Window: c.window, Now: now.UnixMilli()})
			if got != want.UnixMilli() {
				t.Errorf("got %s, want %s", time.UnixMilli(got).UTC(), want.UTC())
			}
		})
	}
}
