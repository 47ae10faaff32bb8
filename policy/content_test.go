package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
)

func at(t *testing.T, text string) int64 {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment.UnixMilli()
}

func TestContent(t *testing.T) {
	t.Parallel()
	const refusal = ". Từ chối: soạn TC gửi 1900"
	for _, c := range []struct {
		name, day string
		d         Draft
		want      string
	}{
		{"advert with label and refusal", "", Draft{Channel: channel.SMS, Purpose: "marketing", Text: "[QC] Giảm 20%" + refusal}, ""},
		{"the other label", "", Draft{Channel: channel.SMS, Purpose: "marketing", Text: "[AD] Giam 20%. Tu choi: soan TC gui 1900"}, ""},
		{"no label, no refusal", "", Draft{Channel: channel.SMS, Purpose: "marketing", Text: "Giảm 20%"}, "decree91.label decree91.opt_out"},
		{"a blank before the label", "", Draft{Channel: channel.SMS, Purpose: "marketing", Text: " [QC] Giảm 20%" + refusal}, "decree91.label"},
		{"a value before the label", "", Draft{Channel: channel.SMS, Purpose: "marketing", Text: "{{ contact.name }} [QC]" + refusal}, "decree91.label"},
		{"small letters", "", Draft{Channel: channel.SMS, Purpose: "marketing", Text: "[qc] Giảm" + refusal}, "decree91.label"},
		{"the refusal is not at the end", "", Draft{Channel: channel.SMS, Purpose: "marketing", Text: "[QC] Tu choi: soan TC. " + strings.Repeat("a", optOutWithin)}, "decree91.opt_out"},
		{"the refusal just within the end", "", Draft{Channel: channel.SMS, Purpose: "marketing", Text: "[QC] tu choi" + strings.Repeat("a", optOutWithin-7)}, ""},
		{"one character further from the end", "", Draft{Channel: channel.SMS, Purpose: "marketing", Text: "[QC] tu choi" + strings.Repeat("a", optOutWithin-6)}, "decree91.opt_out"},
		{"care needs neither", "", Draft{Channel: channel.SMS, Purpose: "care", Text: "Cảm ơn"}, ""},
		{"a mail's subject", "", Draft{Channel: channel.Email, Purpose: "marketing", Text: "Ưu đãi", OptOut: true}, "decree91.label"},
		{"a mail's subject with label", "", Draft{Channel: channel.Email, Purpose: "marketing", Text: "[QC] Ưu đãi", OptOut: true}, ""},
		{"a mail without a way out", "", Draft{Channel: channel.Email, Purpose: "marketing", Text: "[QC] Ưu đãi"}, "decree91.mail_opt_out"},
		{"a mail of care without a way out", "", Draft{Channel: channel.Email, Purpose: "care", Text: "Cảm ơn"}, ""},
		{"the day before the decree", "2020-09-30T23:59:59+07:00", Draft{Channel: channel.SMS, Purpose: "marketing", Text: "Giảm"}, ""},
		{"the first moment of the decree", "2020-10-01T00:00:00+07:00", Draft{Channel: channel.SMS, Purpose: "marketing", Text: "Giảm"}, "decree91.label decree91.opt_out"},
		{"promotion for care", "", Draft{Channel: channel.ZNS, Kind: "PROMOTION", Purpose: "care"}, "zns.promotion"},
		{"promotion by its number", "", Draft{Channel: channel.ZNS, Kind: "3", Purpose: "transaction"}, "zns.promotion"},
		{"promotion for marketing", "", Draft{Channel: channel.ZNS, Kind: "PROMOTION", Purpose: "marketing"}, ""},
		{"before Zalo had the word", "2024-04-15T23:59:59+07:00", Draft{Channel: channel.ZNS, Kind: "PROMOTION", Purpose: "care"}, ""},
		{"on the day Zalo had the word", "2024-04-16T00:00:00+07:00", Draft{Channel: channel.ZNS, Kind: "PROMOTION", Purpose: "care"}, "zns.promotion"},
		{"a code in an advert", "", Draft{Channel: channel.ZNS, Kind: "OTP", Purpose: "marketing"}, "zns.otp"},
		{"a code", "", Draft{Channel: channel.ZNS, Kind: "OTP", Purpose: "transaction"}, ""},
	} {
		if c.day == "" {
			c.day = "2026-11-21T10:00:00+07:00"
		}
		c.d.Now = at(t, c.day)
		if got := strings.Join(c.d.Refusals(), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestZaloWindow walks over the edges of the 48 hours and the seven days.
func TestZaloWindow(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-21T10:00:00+07:00")
	week, free := sevenDays.Milliseconds(), (48 * time.Hour).Milliseconds()
	for _, c := range []struct {
		name string
		kind string
		last int64
		now  int64
		want string
		free bool
	}{
		{"just before 48 hours", "CONSULTATION", now - free + 1, now, "", true},
		{"at 48 hours", "CONSULTATION", now - free, now, "", false},
		{"just after 48 hours", "CONSULTATION", now - free - 1, now, "", false},
		{"just before seven days", "CONSULTATION", now - week + 1, now, "", false},
		{"at seven days", "CONSULTATION", now - week, now, "zalo_oa.window", false},
		{"just after seven days", "CONSULTATION", now - week - 1, now, "zalo_oa.window", false},
		{"never", "CONSULTATION", 0, now, "zalo_oa.window", false},
		{"a template at any time", "TEMPLATE", 0, now, "", false},
		{"an old transaction message on its last day", "TRANSACTION", 1, at(t, "2026-02-28T23:59:59+07:00"), "", false},
		{"an old transaction message after its end", "TRANSACTION", 1, at(t, "2026-03-01T00:00:00+07:00"), "zalo_oa.ended", false},
		{"an old promotion after its end", "PROMOTION", 1, at(t, "2026-03-01T00:00:00+07:00"), "zalo_oa.ended", false},
		{"an unknown kind", "SHOUT", now - 1, now, "reply.unknown_kind", false},
	} {
		q := Reply{Channel: channel.ZaloOA, Kind: c.kind, Purpose: "care", LastIn: c.last, Now: c.now}
		if got := q.Refusal(); got != c.want || q.Free() != c.free {
			t.Errorf("%s: got %q, free %v; want %q, %v", c.name, got, q.Free(), c.want, c.free)
		}
	}
}

// TestZaloPurposes: a template is for what Zalo approved it for.
func TestZaloPurposes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, purpose, want string }{
		{"TEMPLATE", "marketing", "zalo_oa.template"}, {"TEMPLATE", "care", ""}, {"TEMPLATE_PROMOTION", "care", "zalo_oa.promotion"}, {"TEMPLATE_PROMOTION", "transaction", "zalo_oa.promotion"},
		{"TEMPLATE_PROMOTION", "marketing", ""}, {"CONSULTATION", "marketing", ""}, {"PROMOTION", "marketing", "zalo_oa.ended"},
	} {
		if got := (Reply{Channel: channel.ZaloOA, Kind: c.kind, Purpose: c.purpose, Now: at(t, "2026-11-21T10:00:00+07:00")}).Design(); got != c.want {
			t.Errorf("%s for %s: got %q, want %q", c.kind, c.purpose, got, c.want)
		}
	}
}

// TestNightByTag holds what Zalo calls care and promotion at night, whatever the shop calls it.
func TestNightByTag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		channel             channel.Channel
		kind, purpose       string
		now, want, saysWhat string
	}{
		{channel.ZNS, "CUSTOMER_CARE", "transaction", "05:59:59", "06:00:00", "care before six"},
		{channel.ZNS, "CUSTOMER_CARE", "transaction", "06:00:00", "06:00:00", "care at six"},
		{channel.ZNS, "2", "transaction", "21:59:59", "21:59:59", "care in the last second"},
		{channel.ZNS, "TRANSACTION", "transaction", "03:00:00", "03:00:00", "a transaction at night"},
		{channel.ZNS, "OTP", "transaction", "03:00:00", "03:00:00", "a code at night"},
		{channel.ZNS, "PROMOTION", "marketing", "06:30:00", "07:00:00", "the law is later than Zalo"},
		{channel.ZaloOA, "TEMPLATE_PROMOTION", "transaction", "05:59:59", "06:00:00", "a promotion to a Zalo user"},
		{channel.ZaloOA, "CONSULTATION", "care", "03:00:00", "03:00:00", "an answer at night"},
	} {
		day := func(s string) int64 { return at(t, "2026-11-21T"+s+"+07:00") }
		if got := NextOpen(Question{Channel: c.channel, Kind: c.kind, Purpose: c.purpose, Now: day(c.now)}); got != day(c.want) {
			t.Errorf("%s: got %s, want %s", c.saysWhat, time.UnixMilli(got).UTC(), c.want)
		}
	}
	if got := NextOpen(Question{Channel: channel.ZNS, Kind: "2", Purpose: "transaction", Now: at(t, "2026-11-21T22:00:00+07:00")}); got != at(t, "2026-11-22T06:00:00+07:00") {
		t.Errorf("care at 22:00: got %s, want 06:00 of the next day", time.UnixMilli(got))
	}
}
