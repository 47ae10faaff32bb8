package message

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/loa-project/loa/channel"
)

// TestStatusTable is the status table of an automation flow for the three channels, cell by cell: what happened, and which words the message then counts under.
func TestStatusTable(t *testing.T) {
	t.Parallel()
	const at = 1000
	for _, c := range []struct {
		channel channel.Channel
		name    string
		facts   []Fact
		status  Status
		counts  []Status
	}{
		{channel.Email, "Đã gửi, bị từ chối: counted as sent and failed", []Fact{FactRequested, FactFailed}, StatusFailed, []Status{StatusFailed, StatusSent}},
		{channel.Email, "Đang xử lý: the mail server took it", []Fact{FactRequested, FactAccepted}, StatusProcessing, []Status{StatusProcessing, StatusSent}},
		{channel.Email, "Đã nhận: in the inbox", []Fact{FactRequested, FactAccepted, FactDelivered}, StatusDelivered, []Status{StatusDelivered, StatusSent}},
		{channel.Email, "Đã thất bại: returned", []Fact{FactRequested, FactAccepted, FactBounced}, StatusBounced, []Status{StatusFailed, StatusSent, StatusBounced}},
		{channel.Email, "Bị trả về after delivery: returned wins", []Fact{FactRequested, FactAccepted, FactDelivered, FactBounced}, StatusBounced, []Status{StatusFailed, StatusSent, StatusBounced}},
		{channel.Email, "Đã mở", []Fact{FactRequested, FactAccepted, FactOpened}, StatusOpened, []Status{StatusDelivered, StatusSent, StatusOpened}},
		{channel.Email, "Đã click implies opened", []Fact{FactRequested, FactAccepted, FactClicked}, StatusClicked, []Status{StatusDelivered, StatusSent, StatusOpened, StatusClicked}},
		{channel.Email, "Hủy đăng ký", []Fact{FactRequested, FactAccepted, FactOpened, FactUnsubscribed}, StatusUnsubscribed, []Status{StatusDelivered, StatusSent, StatusOpened, StatusUnsubscribed}},
		{channel.Email, "Báo xấu", []Fact{FactRequested, FactAccepted, FactComplained}, StatusComplained, []Status{StatusDelivered, StatusSent, StatusComplained}},
		{channel.ZNS, "Đã gửi, gửi thất bại", []Fact{FactRequested, FactFailed}, StatusFailed, []Status{StatusFailed, StatusSent}},
		{channel.ZNS, "Đang xử lý", []Fact{FactRequested, FactAccepted}, StatusProcessing, []Status{StatusProcessing, StatusSent}},
		{channel.ZNS, "Đã nhận", []Fact{FactRequested, FactAccepted, FactDelivered}, StatusDelivered, []Status{StatusDelivered, StatusSent}},
		{channel.ZNS, "Đã nhận beats a failure report", []Fact{FactRequested, FactFailed, FactDelivered}, StatusDelivered, []Status{StatusDelivered, StatusSent}},
		{channel.ZNS, "no word for an opening", []Fact{FactRequested, FactAccepted, FactOpened}, StatusDelivered, []Status{StatusDelivered, StatusSent}},
		{channel.SMS, "Đã gửi, gửi thất bại", []Fact{FactRequested, FactFailed}, StatusFailed, []Status{StatusFailed, StatusSent}},
		{channel.SMS, "Đang xử lý", []Fact{FactRequested, FactAccepted}, StatusProcessing, []Status{StatusProcessing, StatusSent}},
		{channel.SMS, "Đã nhận", []Fact{FactRequested, FactAccepted, FactDelivered}, StatusDelivered, []Status{StatusDelivered, StatusSent}},
		{channel.SMS, "accepted, then failed", []Fact{FactRequested, FactAccepted, FactFailed}, StatusFailed, []Status{StatusFailed, StatusSent}},
		{channel.SMS, "Đã click", []Fact{FactRequested, FactAccepted, FactClicked}, StatusClicked, []Status{StatusDelivered, StatusSent, StatusClicked}},
	} {
		t.Run(string(c.channel)+"/"+c.name, func(t *testing.T) {
			l := Leg{Channel: c.channel, State: Sending, Attempt: 1}
			for _, f := range c.facts {
				l.take(&event{kind: kindFact, fact: f, at: at}, at)
			}
			if got := l.Status(); got != c.status {
				t.Errorf("got status %s, want %s", got, c.status)
			}
			got := map[Status]bool{}
			for _, s := range l.Counts() {
				got[s] = true
			}
			if len(got) != len(c.counts) {
				t.Errorf("got counts %v, want %v", l.Counts(), c.counts)
			}
			for _, s := range c.counts {
				if !got[s] {
					t.Errorf("got counts %v, want %v", l.Counts(), c.counts)
				}
			}
		})
	}
}

// TestEveryOrderOfEventsGivesTheSameState: receipts come late, twice and in any order.
func TestEveryOrderOfEventsGivesTheSameState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ch := rapid.SampledFrom([]channel.Channel{channel.Email, channel.ZNS, channel.SMS}).Draw(t, "channel")
		events := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event {
			return event{kind: kindFact, fact: Fact(rapid.IntRange(0, int(factCount)-1).Draw(t, "fact")), at: rapid.Int64Range(1, 5).Draw(t, "at")}
		}), 1, 12).Draw(t, "events")
		run := func(events []event) Leg {
			l := Leg{Channel: ch, State: Sending, Attempt: 1}
			for i := range events {
				l.take(&events[i], 10)
			}
			return l
		}
		first := run(events)
		shuffled := rapid.Permutation(append(append([]event(nil), events...), events...)).Draw(t, "shuffled")
		second := run(shuffled)
		if first.State != second.State || first.Facts != second.Facts || first.Status() != second.Status() {
			t.Fatalf("got %v %v after one order and %v %v after another", first.State, first.Facts, second.State, second.Facts)
		}
		places := 0
		for _, s := range first.Counts() {
			switch s {
			case StatusQueued, StatusSending, StatusProcessing, StatusDelivered, StatusFailed, StatusUnknown, StatusSkipped:
				places++
			}
		}
		if places != 1 {
			t.Fatalf("counted in %d places, want exactly one: %v", places, first.Counts())
		}
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	k := NewKeyer([]byte("secret"))
	key := k.Key(12, 9_007_199_254_740_993, 3)
	if len(key) > 48 {
		t.Errorf("got %d characters, want at most 48", len(key))
	}
	if w, l, a, ok := k.Parse(key); !ok || w != 12 || l != 9_007_199_254_740_993 || a != 3 {
		t.Errorf("got %d %d %d %v from %s", w, l, a, ok, key)
	}
	for _, bad := range []string{"", "w", key + "0", "w12l1a1k0000000000", key[:len(key)-1], NewKeyer([]byte("other")).Key(12, 1, 1)} {
		if _, _, _, ok := k.Parse(bad); ok {
			t.Errorf("accepted %q", bad)
		}
	}
}

func FuzzKey(f *testing.F) {
	k := NewKeyer([]byte("secret"))
	f.Add(k.Key(1, 2, 3))
	f.Add("w1l2a3k00")
	f.Fuzz(func(t *testing.T, key string) {
		if w, l, a, ok := k.Parse(key); ok && k.Key(w, l, a) == "" {
			t.Error("an accepted key cannot be made again")
		}
	})
}
