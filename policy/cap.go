package policy

import (
	"time"

	"github.com/loa-project/loa/channel"
)

// CapRule is one line of the table of daily caps: from the date on, one person may get so many adverts in 24 hours over these channels together. Of the lines of a channel the newest that is in
// force holds.
type CapRule struct {
	Since    string // YYYY-MM-DD, in force from the beginning of this day in Vietnam
	Channels channel.Set
	Limit    int
	Name     string // code of the rule; SourceOf tells where it is from
}

// CapRules is the table. Source: Decree 91/2020/ND-CP, articles 13 and 17: three messages, three e-mails, one call. Zalo and Messenger are not named there; they are counted with the messages.
var CapRules = []CapRule{
	{Since: "2020-10-01", Channels: channel.Of(channel.SMS, channel.ZNS, channel.ZaloOA, channel.Messenger), Limit: 3, Name: "decree91.caps"},
	{Since: "2020-10-01", Channels: channel.Of(channel.Email), Limit: 3, Name: "decree91.caps"},
	{Since: "2020-10-01", Channels: channel.Of(channel.AICall), Limit: 1, Name: "decree91.caps"},
}

// DailyCap is the line that limits adverts on a channel at a moment, Unix ms; nil when none is in force.
func DailyCap(c channel.Channel, now int64) (in *CapRule) {
	today := time.UnixMilli(now).In(Location("")).Format(time.DateOnly)
	for i := range CapRules {
		if r := &CapRules[i]; r.Channels.Has(c) && r.Since <= today && (in == nil || in.Since <= r.Since) {
			in = r
		}
	}
	return in
}
