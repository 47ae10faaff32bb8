package workspace

import (
	"context"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/policy"
)

// Sending answers "bây giờ có gửi được không": may something be sent now, when next, and which rule says so.
type Sending struct {
	At       time.Time     `json:"at"`
	Timezone string        `json:"timezone"`
	Lines    []SendingLine `json:"lines"`
	Caps     []SendingCap  `json:"caps"`
}

// SendingLine is the answer for one channel and purpose.
type SendingLine struct {
	Channel channel.Channel `json:"channel"`
	Purpose string          `json:"purpose" enum:"marketing,care,transaction"`
	Kind    string          `json:"kind,omitempty" doc:"What the platform calls the sort of message when it has hours of its own, such as the tag of a ZNS template; absent = any other sort"`
	Open    bool            `json:"open"`
	OpensAt time.Time       `json:"opens_at" doc:"Now when open"`
	Never   bool            `json:"never,omitempty" doc:"The windows never meet: nothing would ever be sent"`
	Windows []policy.Held   `json:"windows" doc:"Every window that must be open"`
}

// SendingCap is how many adverts one person may get in 24 hours on channels that are counted together.
type SendingCap struct {
	Channels []channel.Channel `json:"channels"`
	Law      int               `json:"law" doc:"The most that can be set"`
	Limit    int               `json:"limit" doc:"What holds: the stricter of the law's and the workspace's"`
	Rule     string            `json:"rule"`
	Source   *policy.Source    `json:"source,omitempty"`
}

// SendingNow computes the answer from the stored settings; hours other than nil stand in for the stored ones.
func (s *Service) SendingNow(ctx context.Context, id int64, hours policy.Hours) (Sending, error) {
	w, err := s.Get(ctx, id)
	if err != nil {
		return Sending{}, err
	}
	if hours == nil {
		hours = w.Settings.Hours
	}
	for ch, window := range hours {
		if !ch.Valid() || window.Check() != nil {
			return Sending{}, errs.Invalid("workspace.settings_invalid").Field("hours."+string(ch), "workspace.window_invalid")
		}
	}
	now := s.Now()
	out := Sending{At: now, Timezone: w.Location().String(), Lines: make([]SendingLine, 0, 3*len(channel.All)), Caps: make([]SendingCap, 0, 3)}
	for _, ch := range channel.All {
		for _, kind := range append([]string{""}, policy.Kinds(ch, clock.Millis(now))...) {
			for _, purpose := range []string{"marketing", "care", "transaction"} {
				q := policy.Question{Channel: ch, Purpose: purpose, Kind: kind, Zone: out.Timezone, Hours: hours.For(ch, purpose), Now: clock.Millis(now)}
				line := SendingLine{Channel: ch, Purpose: purpose, Kind: kind, Windows: policy.Applying(q)}
				opens := policy.NextOpen(q)
				line.Open, line.OpensAt = opens == q.Now, clock.FromMillis(opens)
				q.Now = opens
				line.Never = policy.NextOpen(q) != opens
				out.Lines = append(out.Lines, line)
			}
		}
	}
	for _, ch := range []channel.Channel{channel.SMS, channel.Email, channel.AICall} {
		law := policy.DailyCap(ch, clock.Millis(now))
		if law == nil {
			continue
		}
		_, limit := w.Settings.Caps.Daily(ch, clock.Millis(now))
		out.Caps = append(out.Caps, SendingCap{Channels: law.Channels.List(), Law: law.Limit, Limit: limit, Rule: law.Name, Source: policy.SourceOf(law.Name)})
	}
	return out, nil
}
