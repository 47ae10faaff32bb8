package policy

import (
	"slices"
	"time"

	"github.com/loa-project/loa/channel"
)

// ReplyRule is one line of the table of answer windows: from the date on, this kind of message may be sent at this time after the person's last act, or not at all. Of the lines of a
// channel and kind the newest that is in force holds.
type ReplyRule struct {
	Since   string // YYYY-MM-DD, in force from the beginning of this day in Vietnam
	AtLeast bool   // the rule may be older: Since is the first day that a source vouches for
	Channel channel.Channel
	Kind    string        // what the platform calls the message, see template.Compiled.Kind
	Within  time.Duration // since the person last wrote or pressed; 0 = at any time
	Free    time.Duration // since the person last wrote, during which the platform charges nothing; 0 = it does not matter
	Never   bool          // the platform has ended the kind
	ByHand  bool          // only for what a person types; campaigns and flows may not use it
	Not     []string      // purposes for which it may not be used
	Name    string        // code of the rule, shown by "Vì sao?" and when a template or campaign is designed
}

const (
	day          = 24 * time.Hour
	sevenDays    = 7 * day
	messengerDay = "messenger.window"
)

// ReplyRules is the table. Sources: developers.facebook.com, Messenger Platform, "Send Messages" (standard messaging window, messaging types), "Utility Messages", and the changelog of
// 2026-04-27 for the end of the message tags;
// developers.zalo.me, Official Account, consultation messages (48 hours free, until the seventh day paid), messages by template to a user, and the notice on the end of the free-form
// transaction and promotion messages on 2026-03-01.
var ReplyRules = []ReplyRule{
	{Since: "2020-03-04", Channel: channel.Messenger, Kind: "RESPONSE", Within: day, Name: messengerDay},
	{Since: "2020-03-04", Channel: channel.Messenger, Kind: "UPDATE", Within: day, Name: messengerDay},
	{Since: "2025-07-29", Channel: channel.Messenger, Kind: "UTILITY", Not: []string{"marketing"}, Name: "messenger.utility"},
	{Since: "2020-03-04", Channel: channel.Messenger, Kind: "HUMAN_AGENT", Within: sevenDays, ByHand: true, Name: "messenger.human_agent"},
	{Since: "2020-03-04", Channel: channel.Messenger, Kind: "CONFIRMED_EVENT_UPDATE", Not: []string{"marketing"}, Name: "messenger.tags"},
	{Since: "2020-03-04", Channel: channel.Messenger, Kind: "POST_PURCHASE_UPDATE", Not: []string{"marketing"}, Name: "messenger.tags"},
	{Since: "2020-03-04", Channel: channel.Messenger, Kind: "ACCOUNT_UPDATE", Not: []string{"marketing"}, Name: "messenger.tags"},
	{Since: "2026-04-27", Channel: channel.Messenger, Kind: "CONFIRMED_EVENT_UPDATE", Never: true, Name: "messenger.tags_ended"},
	{Since: "2026-04-27", Channel: channel.Messenger, Kind: "POST_PURCHASE_UPDATE", Never: true, Name: "messenger.tags_ended"},
	{Since: "2026-04-27", Channel: channel.Messenger, Kind: "ACCOUNT_UPDATE", Never: true, Name: "messenger.tags_ended"},
	// developers.zalo.me, Official Account API, "Tin Tư vấn" (48 hours free, then charged, never after seven days) and ZBS Template Message, "Gửi tin template qua UID"; the free-form
	// transaction and promotion messages ended on 2026-03-01. Zalo's own clients of December 2023 send the older kinds already; since when the seven days hold no source says.
	{Since: "2024-01-01", AtLeast: true, Channel: channel.ZaloOA, Kind: "CONSULTATION", Within: sevenDays, Free: 2 * day, Name: "zalo_oa.window"},
	{Since: "2026-01-01", Channel: channel.ZaloOA, Kind: "TEMPLATE", Not: []string{"marketing"}, Name: "zalo_oa.template"},
	{Since: "2026-01-01", Channel: channel.ZaloOA, Kind: "TEMPLATE_PROMOTION", Not: []string{"care", "transaction"}, Name: "zalo_oa.promotion"},
	{Since: "2024-01-01", AtLeast: true, Channel: channel.ZaloOA, Kind: "TRANSACTION", Name: "zalo_oa.ended"},
	{Since: "2026-03-01", Channel: channel.ZaloOA, Kind: "TRANSACTION", Never: true, Name: "zalo_oa.ended"},
	{Since: "2024-01-01", AtLeast: true, Channel: channel.ZaloOA, Kind: "PROMOTION", Name: "zalo_oa.ended"},
	{Since: "2026-03-01", Channel: channel.ZaloOA, Kind: "PROMOTION", Never: true, Name: "zalo_oa.ended"},
}

// Reply asks whether a message of a kind may be sent now.
type Reply struct {
	Channel channel.Channel
	Kind    string
	Purpose string
	Hand    bool  // a person typed it
	LastIn  int64 // when the person last wrote or pressed, Unix ms; 0 = never
	Now     int64 // Unix ms
}

// Unknown kinds of a channel with answer windows are refused under this name.
const unknownKind = "reply.unknown_kind"

// Refusal names the rule that forbids the message now, "" when none does. Windows are half-open: at exactly Within after the last act it is over. A last act in the future counts as now.
func (q Reply) Refusal() string {
	r, known := q.rule()
	switch {
	case r == nil && !known:
		return "" // the channel has no answer windows
	case r == nil:
		return unknownKind
	case r.Within > 0 && (q.LastIn <= 0 || q.Now-q.LastIn >= r.Within.Milliseconds()):
		return r.Name
	}
	return q.Design()
}

// Design names the rule that forbids the message whenever it is sent, for the one who writes it: "" when it depends on the person only.
func (q Reply) Design() string {
	r, known := q.rule()
	switch {
	case r == nil && !known:
		return ""
	case r == nil:
		return unknownKind
	case r.Never, r.ByHand && !q.Hand, slices.Contains(r.Not, q.Purpose):
		return r.Name
	}
	return ""
}

// Free reports whether the platform charges nothing for the message because the person wrote a short while ago. It is half-open like the windows.
func (q Reply) Free() bool {
	r, _ := q.rule()
	return r != nil && r.Free > 0 && q.LastIn > 0 && q.Now-q.LastIn < r.Free.Milliseconds()
}

// Until is when the answer window ends or ended, Unix ms; 0 when there is none, or when the person never spoke.
func (q Reply) Until() int64 {
	r, _ := q.rule()
	if r == nil || r.Within == 0 || q.LastIn <= 0 {
		return 0
	}
	return q.LastIn + r.Within.Milliseconds()
}

// rule is the line in force; known reports whether the channel is in the table at all.
func (q Reply) rule() (in *ReplyRule, known bool) {
	today := time.UnixMilli(q.Now).In(Location("")).Format(time.DateOnly)
	for i := range ReplyRules {
		r := &ReplyRules[i]
		if r.Channel != q.Channel {
			continue
		}
		known = true
		if r.Kind == q.Kind && r.Since <= today && (in == nil || in.Since <= r.Since) {
			in = r
		}
	}
	return in, known
}

// Windowed reports whether the channel has answer windows, so that it matters when the person last wrote.
func Windowed(c channel.Channel) bool {
	return slices.ContainsFunc(ReplyRules, func(r ReplyRule) bool { return r.Channel == c })
}
