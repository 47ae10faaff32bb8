package report

import (
	"encoding/json"
	"strings"

	"github.com/loa-project/loa/campaign"
	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/message"
)

// call tells what became of a call: that the carrier took it on is not that anybody heard it.
func (t *story) call(l *LegWhy) {
	at := l.Facts[message.FactDelivered.String()]
	if at == 0 {
		at = l.Facts[message.FactAnswered.String()]
	}
	t.say("why.call_taken", "at", t.at(at))
	if at, ok := l.Facts[message.FactAnswered.String()]; ok {
		t.say("why.fact_answered", "at", t.at(at))
	} else if l.Cause != nil {
		t.say("why.call_ended", "cause", strings.TrimRight(l.Cause.Meaning, "."))
	}
	told := map[string]bool{}
	for _, c := range l.Callbacks {
		if c.Event != "key" || told[c.Code] {
			continue
		}
		told[c.Code] = true
		var pressed struct{ Label string }
		if json.Unmarshal([]byte(c.Raw), &pressed) != nil || pressed.Label == "" {
			t.say("why.call_key_unknown", "at", t.at(c.At), "key", c.Code)
			continue
		}
		t.say("why.call_key", "at", t.at(c.At), "key", c.Code, "label", pressed.Label)
	}
	if at, ok := l.Facts[message.FactUnsubscribed.String()]; ok {
		t.say("why.call_refused", "at", t.at(at))
	}
}

// nextCall says when the channel behind a call that nobody answered starts; nil when none will.
func (t *story) nextCall(c *campaign.Campaign, l *LegWhy) *Sentence {
	after := fallbackAfter(c, l.Rank)
	if l.Channel != channel.AICall || after == 0 || l.Superseded {
		return nil
	}
	at := l.Facts[message.FactAccepted.String()]
	if at == 0 {
		at = l.Facts[message.FactDelivered.String()]
	}
	v := t.make("why.next_fallback_call", "at", t.at(at+after))
	return &v
}
