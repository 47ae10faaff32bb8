package policy

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/channel"
)

// Need is something that a message has to show.
type Need string

// What messages have to show.
const (
	NeedLabel  Need = "label"   // [QC] or [AD] as the very first thing that the person reads
	NeedOptOut Need = "opt_out" // how to say no, as the last thing
)

// ContentRule is one line of the table of what is written: from the date on, messages of these channels must show something, or the platform's sort of message is only for some purposes.
type ContentRule struct {
	Since   string // YYYY-MM-DD, in force from the beginning of this day in Vietnam
	AtLeast bool   // the rule may be older: Since is the first day that a source vouches for
	Channel channel.Set
	Purpose string   // "" = every purpose
	Kinds   []string // sorts of message as the platform calls them, see Draft.Kind; nil = every
	Need    Need     // "" = none
	Only    []string // the purposes for which alone the kinds are; nil = every
	Name    string   // code of the rule, shown by "Vì sao?" and when a campaign is activated
}

// MailOptOut is the rule that an advertising mail shows how to unsubscribe.
const MailOptOut = "decree91.mail_opt_out"

// ContentRules is the table. All lines that apply must be met. Sources: Decree 91/2020/ND-CP, articles 14 to 16 (label at the very start of the text or of the subject; refusal at the end of an SMS, a link in a mail);
// developers.zalo.me, ZBS Template Message, tags of templates, words since 2024-04-16 and their numbers.
var ContentRules = []ContentRule{
	{Since: "2020-10-01", Channel: channel.Of(channel.SMS, channel.Email), Purpose: "marketing", Need: NeedLabel, Name: "decree91.label"},
	{Since: "2020-10-01", Channel: channel.Of(channel.SMS), Purpose: "marketing", Need: NeedOptOut, Name: "decree91.opt_out"},
	{Since: "2020-10-01", Channel: channel.Of(channel.Email), Purpose: "marketing", Need: NeedOptOut, Name: MailOptOut},
	{Since: "2024-01-01", AtLeast: true, Channel: channel.Of(channel.ZNS), Kinds: []string{"OTP"}, Only: []string{"transaction"}, Name: "zns.otp"},
	{Since: "2024-04-16", Channel: channel.Of(channel.ZNS), Kinds: []string{"PROMOTION", "3"}, Only: []string{"marketing"}, Name: "zns.promotion"},
}

// Draft is a message as its author wrote it, before any person's data is filled in.
type Draft struct {
	Channel channel.Channel
	Kind    string // what the platform calls the sort of message: the tag of a ZNS template; "" = it has none
	Purpose string
	Text    string // what is read first and last: the text of an SMS, the subject of a mail
	OptOut  bool   // a mail shows the link to unsubscribe
	Now     int64  // Unix ms
}

// Refusals names every rule that forbids the message whoever it is for, in the order of the table; empty when none does.
func (d Draft) Refusals() []string {
	today := time.UnixMilli(d.Now).In(Location("")).Format(time.DateOnly)
	out := make([]string, 0)
	for i := range ContentRules {
		if r := &ContentRules[i]; r.Since <= today && r.covers(&d) && !r.met(&d) {
			out = append(out, r.Name)
		}
	}
	return out
}

func (r *ContentRule) covers(d *Draft) bool {
	return r.Channel.Has(d.Channel) && (r.Purpose == "" || r.Purpose == d.Purpose) && (len(r.Kinds) == 0 || slices.Contains(r.Kinds, d.Kind))
}

func (r *ContentRule) met(d *Draft) bool {
	switch {
	case len(r.Only) > 0 && !slices.Contains(r.Only, d.Purpose):
		return false
	case r.Need == NeedLabel:
		return strings.HasPrefix(d.Text, "[QC]") || strings.HasPrefix(d.Text, "[AD]")
	case r.Need == NeedOptOut && d.Channel == channel.Email:
		return d.OptOut
	case r.Need == NeedOptOut:
		return optOut(d.Text)
	}
	return true
}

// How people are told to refuse, with no marks and in small letters, and within how many characters of the end.
var optOutWords = []string{"tu choi", "tuchoi", "huy nhan", "ngung nhan", "khong nhan", "huy dang ky", "unsubscribe", "opt out", "stop"}

const optOutWithin = 160

func optOut(text string) bool {
	var plain []rune
	for _, r := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case r >= 0x300 && r <= 0x36f: // marks
		case r == 'đ':
			plain = append(plain, 'd')
		default:
			plain = append(plain, r)
		}
	}
	end := string(plain[max(0, len(plain)-optOutWithin):])
	return slices.ContainsFunc(optOutWords, func(w string) bool { return strings.Contains(end, w) })
}
