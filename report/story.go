package report

import (
	"context"
	"strconv"
	"strings"

	"github.com/loa-project/loa/campaign"
	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/message"
)

// leg tells what became of one message; next is the channel that took over, if any.
func (t *story) leg(l *LegWhy, next channel.Channel) {
	name := t.channel(l.Channel)
	meaning := ""
	if l.Cause != nil {
		meaning = strings.TrimRight(l.Cause.Meaning, ".")
	}
	fact := func(f message.Fact) (string, bool) {
		at, ok := l.Facts[f.String()]
		return t.at(at), ok
	}
	// Nobody receives what is done about a person, so acts have words of their own.
	lead := "why.leg_"
	if l.Channel.Act() {
		lead = "why.act_"
	}
	switch l.Status {
	case message.StatusSkipped:
		t.say(lead+"skipped", "channel", name, "cause", meaning)
	case message.StatusQueued:
		t.say(lead+"queued", "channel", name)
	case message.StatusSending:
		t.say(lead+"sending", "channel", name)
	case message.StatusUnknown:
		at, _ := fact(message.FactRequested)
		t.say(lead+"unknown", "channel", name, "at", at)
	case message.StatusProcessing:
		at, _ := fact(message.FactAccepted)
		if l.Channel == channel.Wait {
			t.say("why.wait_began", "at", at)
			break
		}
		if l.Channel == channel.Voucher {
			t.say("why.voucher_waits", "at", at)
			break
		}
		t.say(lead+"processing", "channel", name, "at", at)
	case message.StatusWaited:
		at, _ := fact(message.FactAccepted)
		t.say("why.waited", "at", at)
	case message.StatusFailed, message.StatusBounced:
		at, ok := fact(message.FactBounced)
		if !ok {
			at, _ = fact(message.FactFailed)
		}
		code := ""
		if l.Cause != nil {
			code = l.Cause.Code
		}
		t.say(lead+string(l.Status), "channel", name, "at", at, "cause", meaning, "code", code)
	default:
		if l.Channel == channel.AICall {
			t.call(l)
			break
		}
		if at, ok := fact(message.FactDelivered); ok {
			t.say(lead+"delivered", "channel", name, "at", at)
		} else {
			t.say(lead+"arrived", "channel", name)
		}
		for _, f := range []message.Fact{message.FactOpened, message.FactClicked, message.FactAnswered, message.FactUnsubscribed, message.FactComplained} {
			if at, ok := fact(f); ok {
				t.say("why.fact_"+f.String(), "at", at)
			}
		}
	}
	if r := l.Rating; r != nil {
		words := append([]string{}, r.Choices...)
		if r.Note != "" {
			words = append(words, r.Note)
		}
		code := "why.rated"
		if len(words) == 0 {
			code = "why.rated_silently"
		}
		t.say(code, "at", t.at(r.At.UnixMilli()), "stars", strconv.Itoa(r.Stars), "words", strings.Join(words, "; "))
	}
	if l.Superseded && next != "" && l.Channel != channel.Wait {
		t.say("why.fallback", "channel", t.channel(next))
	}
}

// next says what will happen to the message without anybody doing anything; nil when nothing will.
func (s *Service) next(ctx context.Context, t *story, c *campaign.Campaign, l *LegWhy, known *connections) *Sentence {
	one := func(code string, pairs ...string) *Sentence { v := t.make(code, pairs...); return &v }
	switch l.Status {
	case message.StatusQueued:
		conn, err := known.get(ctx, l.ConnectionID)
		switch {
		case c.State == campaign.Paused:
			return one("why.next_paused", "cause", t.make("campaign.reason."+c.StateReason).Text)
		case c.State == campaign.Cancelled:
			return one("why.next_cancelled")
		case err == nil && conn.State != "" && conn.State != "active":
			return one("why.next_connection", "connection", conn.Name)
		case l.Reason == message.ReasonWindow:
			return one("why.next_window", "at", t.at(l.DueAt))
		case strings.HasPrefix(l.Reason, retryPrefix):
			return one("why.next_retry", "at", t.at(l.DueAt), "cause", strings.TrimRight(l.Cause.Meaning, "."))
		}
		return one("why.next_turn")
	case message.StatusSending:
		return one("why.next_answer")
	case message.StatusUnknown:
		if l.DueAt != 0 {
			return one("why.next_lookup", "at", t.at(l.DueAt))
		}
		return one("why.next_receipt")
	case message.StatusProcessing:
		if l.Channel == channel.Wait {
			if l.DueAt == 0 {
				return nil
			}
			return one("why.next_wait", "at", t.at(l.DueAt))
		}
		if after := fallbackAfter(c, l.Rank); after > 0 && !l.Superseded {
			return one("why.next_fallback", "at", t.at(l.Facts[message.FactAccepted.String()]+after))
		}
		if l.Channel == channel.Voucher {
			return one("why.next_voucher")
		}
		return one("why.next_receipt")
	case message.StatusDelivered:
		return t.nextCall(c, l)
	}
	return nil
}

// fallbackAfter is how long the next channel waits for a delivery on this one, in ms; 0 = it does not start by time.
func fallbackAfter(c *campaign.Campaign, rank int) int64 {
	if rank+1 >= len(c.Legs) {
		return 0
	}
	return c.Legs[rank].FallbackAfterSeconds * 1000
}
