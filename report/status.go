package report

import (
	"slices"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// words are all words of the status table in the order in which they are shown.
var words = []message.Status{message.StatusSent, message.StatusProcessing, message.StatusWaited, message.StatusDelivered, message.StatusOpened, message.StatusClicked, message.StatusAnswered, message.StatusFailed,
	message.StatusUnsubscribed, message.StatusComplained, message.StatusBounced, message.StatusUnknown, message.StatusSkipped, message.StatusQueued, message.StatusSending}

// exclusive are the words of which each message has exactly one.
var exclusive = []message.Status{message.StatusQueued, message.StatusSending, message.StatusProcessing, message.StatusWaited, message.StatusDelivered, message.StatusFailed, message.StatusUnknown, message.StatusSkipped}

// conditions say in SQL over the leg alias l which messages a word counts: the same rule as in message.Leg.Counts, so that a number and the people behind it are the same.
var conditions = map[message.Status]string{
	message.StatusQueued:       "l.state = 1",
	message.StatusSending:      "l.state = 2",
	message.StatusProcessing:   "(l.state = 3 AND (l.channel <> 'wait' OR l.superseded = 0))",
	message.StatusWaited:       "(l.state = 3 AND l.channel = 'wait' AND l.superseded = 1)",
	message.StatusDelivered:    "l.state = 4",
	message.StatusFailed:       "l.state = 5",
	message.StatusUnknown:      "l.state = 6",
	message.StatusSkipped:      "l.state = 7",
	message.StatusSent:         "l.requested_at IS NOT NULL",
	message.StatusOpened:       "(l.opened_at IS NOT NULL OR l.clicked_at IS NOT NULL)",
	message.StatusClicked:      "l.clicked_at IS NOT NULL",
	message.StatusAnswered:     "l.answered_at IS NOT NULL",
	message.StatusBounced:      "l.bounced_at IS NOT NULL",
	message.StatusComplained:   "l.complained_at IS NOT NULL",
	message.StatusUnsubscribed: "l.unsubscribed_at IS NOT NULL",
}

// condition is the SQL of a word, on the channels that have it. A word that no channel has gives a condition that nothing meets; an unknown word is report.status_unknown.
func condition(word message.Status) (string, error) {
	sql, ok := conditions[word]
	if !ok {
		return "", errs.Invalid("report.status_unknown").With("status", string(word)).Field("query.status", "report.status_unknown")
	}
	if slices.Contains(exclusive, word) { // a message has one of these on every channel
		return sql, nil
	}
	var on []string
	for _, c := range channel.All {
		for _, w := range message.StatusesOf(c) {
			if w == word {
				on = append(on, "'"+string(c)+"'")
			}
		}
	}
	if len(on) == len(channel.All) {
		return sql, nil
	}
	if len(on) == 0 {
		return "1 = 0", nil
	}
	return sql + " AND l.channel IN (" + strings.Join(on, ", ") + ")", nil
}
