package policy

import (
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
)

func TestReply(t *testing.T) {
	t.Parallel()
	at := func(s string) int64 {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v.UnixMilli()
	}
	now := at("2026-11-21T10:00:00+07:00")
	for _, c := range []struct {
		name string
		q    Reply
		want string
	}{
		{"a second before the day is over", Reply{Kind: "UPDATE", LastIn: now - day.Milliseconds() + 1000, Now: now}, ""},
		{"a millisecond before", Reply{Kind: "RESPONSE", LastIn: now - day.Milliseconds() + 1, Now: now}, ""},
		{"at the edge", Reply{Kind: "RESPONSE", LastIn: now - day.Milliseconds(), Now: now}, "messenger.window"},
		{"a second after", Reply{Kind: "UPDATE", LastIn: now - day.Milliseconds() - 1000, Now: now}, "messenger.window"},
		{"never wrote", Reply{Kind: "UPDATE", Now: now}, "messenger.window"},
		{"marketing inside the day", Reply{Kind: "UPDATE", Purpose: "marketing", LastIn: now - 1, Now: now}, ""},
		{"the person's clock is ahead", Reply{Kind: "UPDATE", LastIn: now + 1000, Now: now}, ""},
		{"utility at any time", Reply{Kind: "UTILITY", Purpose: "transaction", Now: now}, ""},
		{"utility is no advert", Reply{Kind: "UTILITY", Purpose: "marketing", LastIn: now - 1, Now: now}, "messenger.utility"},
		{"utility before it existed", Reply{Kind: "UTILITY", Purpose: "care", LastIn: 1, Now: at("2025-07-28T23:59:59+07:00")}, "reply.unknown_kind"},
		{"utility on its first day", Reply{Kind: "UTILITY", Purpose: "care", LastIn: 1, Now: at("2025-07-29T00:00:00+07:00")}, ""},
		{"an agent's tag in a campaign", Reply{Kind: "HUMAN_AGENT", LastIn: now - 1, Now: now}, "messenger.human_agent"},
		{"an agent's tag by hand", Reply{Kind: "HUMAN_AGENT", Hand: true, LastIn: now - sevenDays.Milliseconds() + 1, Now: now}, ""},
		{"an agent's tag after seven days", Reply{Kind: "HUMAN_AGENT", Hand: true, LastIn: now - sevenDays.Milliseconds(), Now: now}, "messenger.human_agent"},
		{"a tag on its last day", Reply{Kind: "ACCOUNT_UPDATE", Purpose: "care", Now: at("2026-04-26T23:59:59+07:00")}, ""},
		{"a tag after its end", Reply{Kind: "ACCOUNT_UPDATE", Purpose: "care", LastIn: 1, Now: at("2026-04-27T00:00:00+07:00")}, "messenger.tags_ended"},
		{"an unknown kind", Reply{Kind: "SHOUT", LastIn: now - 1, Now: now}, "reply.unknown_kind"},
		{"a channel without windows", Reply{Channel: channel.SMS, Now: now}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.q.Channel == "" {
				c.q.Channel = channel.Messenger
			}
			if got := c.q.Refusal(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := (Reply{Channel: channel.Messenger, Kind: "UPDATE", Now: now}).Design(); got != "" {
		t.Errorf("design of an update: got %q, want nothing: it depends on the person", got)
	}
}
