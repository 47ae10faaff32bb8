package policy

import (
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
)

func TestDailyTakesTheStricter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		caps    Caps
		channel channel.Channel
		want    int
	}{
		{Caps{}, channel.SMS, 3}, {Caps{Messages: 2}, channel.SMS, 2}, {Caps{Messages: 2}, channel.ZaloOA, 2}, {Caps{Messages: 1}, channel.Email, 3}, {Caps{Emails: 1}, channel.Email, 1},
		{Caps{Messages: 9}, channel.SMS, 3}, {Caps{Messages: -1}, channel.SMS, 3}, {Caps{}, channel.AICall, 1}, {Caps{Calls: 5}, channel.AICall, 1},
	} {
		if _, got := c.caps.Daily(c.channel, at(t, "2026-11-21T10:00:00+07:00")); got != c.want {
			t.Errorf("%+v on %s: got %d, want %d", c.caps, c.channel, got, c.want)
		}
	}
	for caps, want := range map[Caps]bool{{}: true, {3, 3, 1}: true, {4, 0, 0}: false, {0, 4, 0}: false, {0, 0, 2}: false, {-1, 0, 0}: false} {
		if got := caps.Valid(at(t, "2026-11-21T10:00:00+07:00")); got != want {
			t.Errorf("%+v: got valid = %v, want %v", caps, got, want)
		}
	}
}

func TestHoursFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		hours Hours
		want  string
	}{
		{"none", nil, ""},
		{"inside the law's", Hours{channel.SMS: {"08:00", "20:00"}}, ""},
		{"one minute inside", Hours{channel.SMS: {"21:59", "23:00"}}, ""},
		{"begins when the law's end", Hours{channel.SMS: {"22:00", "23:00"}}, "never"},
		{"ends when the law's begin", Hours{channel.SMS: {"05:00", "07:00"}}, "never"},
		{"calls have hours of their own", Hours{channel.AICall: {"17:00", "20:00"}}, "never"},
		{"over midnight into the morning", Hours{channel.Email: {"23:00", "07:01"}}, ""},
		{"the whole day", Hours{channel.Email: {"00:00", "00:00"}}, ""},
		{"no time", Hours{channel.Email: {"8", "20:00"}}, "unreadable"},
		{"no channel", Hours{"fax": {"08:00", "20:00"}}, "unknown"},
	} {
		if _, got := c.hours.Fault(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestOwnHoursHold(t *testing.T) {
	t.Parallel()
	hours := Hours{channel.SMS: {"09:00", "12:00"}}
	at := func(text string) int64 {
		moment, err := time.Parse(time.RFC3339, "2026-11-21T"+text+"+07:00")
		if err != nil {
			t.Fatal(err)
		}
		return moment.UnixMilli()
	}
	for _, c := range []struct{ purpose, now, want string }{
		{"marketing", "08:59:59", "09:00:00"}, {"care", "08:59:59", "09:00:00"}, {"transaction", "08:59:59", "08:59:59"}, {"marketing", "09:00:00", "09:00:00"}, {"marketing", "11:59:59", "11:59:59"},
	} {
		q := Question{Channel: channel.SMS, Purpose: c.purpose, Hours: hours.For(channel.SMS, c.purpose), Now: at(c.now)}
		if got := NextOpen(q); got != at(c.want) {
			t.Errorf("%s at %s: got %s, want %s", c.purpose, c.now, time.UnixMilli(got), c.want)
		}
	}
	q := Question{Channel: channel.SMS, Purpose: "marketing", Hours: hours.For(channel.SMS, "marketing"), Window: &Window{"10:00", "11:00"}, Now: at("09:30:00")}
	names := ""
	for _, h := range Applying(q) {
		names += h.Name
		if h.Open {
			names += "+"
		}
		names += " "
	}
	if want := "decree91.messages+ workspace.hours+ campaign.window "; names != want {
		t.Errorf("got %q, want %q", names, want)
	}
	if hours.For(channel.Email, "marketing") != nil {
		t.Error("a channel without hours has a window")
	}
}

func TestReadOwn(t *testing.T) {
	t.Parallel()
	own, err := ReadOwn(`{"caps":{"messages":2},"hours":{"sms":{"from":"09:00","to":"12:00"}},"spend_cap":5}`)
	if err != nil || own.Caps.Messages != 2 || own.Hours[channel.SMS].To != "12:00" {
		t.Errorf("got %+v %v", own, err)
	}
	for _, text := range []string{"", "{}"} {
		if own, err := ReadOwn(text); err != nil || own.Caps != (Caps{}) || len(own.Hours) > 0 {
			t.Errorf("%q: got %+v %v, want nothing", text, own, err)
		}
	}
	if _, err := ReadOwn(`{"caps":{"messages":"2"}}`); err == nil {
		t.Error("settings that cannot be read: got no error")
	}
}
