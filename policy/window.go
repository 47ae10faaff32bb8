package policy

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/loa-project/loa/channel"
)

// Window is a span of the day, "HH:MM" to "HH:MM" wall clock, half-open. From > To crosses midnight; From == To is the whole day.
type Window struct {
	From string `json:"from" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"HH:MM"`
	To   string `json:"to" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" doc:"HH:MM"`
}

// minutes reads "HH:MM"; 24:00 is the end of the day.
func minutes(s string) (int, error) {
	var h, m int
	if n, err := fmt.Sscanf(s, "%d:%d", &h, &m); err != nil || n != 2 || h < 0 || m < 0 || m > 59 || h*60+m > 24*60 || len(s) > 5 {
		return 0, fmt.Errorf("not a time of day (HH:MM): %q", s)
	}
	return h*60 + m, nil
}

// Check reports what is wrong with the window's words.
func (w Window) Check() error {
	if _, err := minutes(w.From); err != nil {
		return err
	}
	_, err := minutes(w.To)
	return err
}

// Rule is one line of the table: from the date on, this channel and purpose is only sent inside the window.
type Rule struct {
	Since   string // YYYY-MM-DD, in force from the beginning of this day in Vietnam
	AtLeast bool   // the rule may be older: Since is the first day that a source vouches for
	Channel channel.Set
	Purpose string   // "" = every purpose
	Kinds   []string // sorts of message as the platform calls them; nil = every
	Window  Window
	Name    string // code of the rule, shown by "Vì sao?" and when a campaign is designed; SourceOf tells where it is from
}

// Rules is the table. All lines that apply must be open at once.
var Rules = []Rule{
	{Since: "2020-10-01", Channel: channel.Of(channel.Email, channel.SMS, channel.ZNS, channel.ZaloOA, channel.Messenger), Purpose: "marketing", Window: Window{"07:00", "22:00"}, Name: "decree91.messages"},
	{Since: "2020-10-01", Channel: channel.Of(channel.AICall), Purpose: "marketing", Window: Window{"08:00", "17:00"}, Name: "decree91.calls"},
	{Since: "2024-01-01", AtLeast: true, Channel: channel.Of(channel.ZNS), Purpose: "care", Window: Window{"06:00", "22:00"}, Name: "zns.night"},
	{Since: "2024-01-01", AtLeast: true, Channel: channel.Of(channel.ZNS), Kinds: []string{"CUSTOMER_CARE", "POST_TRANSACTION", "2", "PROMOTION", "3"}, Window: Window{"06:00", "22:00"}, Name: "zns.night"},
	{Since: "2026-01-01", Channel: channel.Of(channel.ZaloOA), Kinds: []string{"TEMPLATE_PROMOTION"}, Window: Window{"06:00", "22:00"}, Name: "zalo_oa.night"},
}

// Question asks for the next moment at which something may be sent.
type Question struct {
	Channel channel.Channel
	Purpose string
	Kind    string  // what the platform calls the sort of message, such as the tag of a ZNS template; "" = not known
	Zone    string  // IANA name; an unknown one counts as Asia/Ho_Chi_Minh
	Window  *Window // the author's own, nil = none
	Hours   *Window // the workspace's own for this channel and purpose, see Hours.For; nil = none
	Now     int64   // Unix ms
}

// Held is a window that applies to a question.
type Held struct {
	Name   string `json:"name" doc:"decree91.messages, decree91.calls, zns.night, zalo_oa.night, workspace.hours or campaign.window"`
	Window Window `json:"window"`
	Open   bool   `json:"open" doc:"At the moment asked for"`
	// Source names the law or the platform's rule; absent for the workspace's and the campaign's own.
	Source *Source `json:"source,omitempty"`
}

// Applying lists the windows that a question must meet, open or not, the law's first.
func Applying(q Question) []Held {
	at := time.UnixMilli(q.Now).In(Location(q.Zone))
	list := make([]Held, 0, 3)
	add := func(name string, w Window) { list = append(list, Held{name, w, !w.next(at).After(at), SourceOf(name)}) }
	for _, r := range Rules {
		if r.applies(q, at) && !slices.ContainsFunc(list, func(h Held) bool { return h.Name == r.Name && h.Window == r.Window }) {
			add(r.Name, r.Window)
		}
	}
	if q.Hours != nil {
		add("workspace.hours", *q.Hours)
	}
	if q.Window != nil {
		add("campaign.window", *q.Window)
	}
	return list
}

func (r Rule) applies(q Question, at time.Time) bool {
	return r.Channel.Has(q.Channel) && (r.Purpose == "" || r.Purpose == q.Purpose) && (len(r.Kinds) == 0 || slices.Contains(r.Kinds, q.Kind)) && r.Since <= at.In(Location("")).Format(time.DateOnly)
}

// Kinds are the sorts of message of a channel for which a window of their own is in force at a moment (Unix ms), one word for each window: the newest that the platform uses.
func Kinds(ch channel.Channel, now int64) []string {
	out := make([]string, 0)
	at := time.UnixMilli(now)
	for i := range Rules {
		r := &Rules[i]
		for _, k := range r.Kinds {
			if r.applies(Question{Channel: ch, Kind: k, Purpose: r.Purpose}, at) && !old[k] && !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

// old are words and numbers that mean the same as another.
var old = map[string]bool{"POST_TRANSACTION": true, "2": true, "3": true}

// NextOpen is the first moment at or after Now at which every window is open, in Unix ms. When the windows never meet it is a day later, again and again: nothing is ever sent
// outside one of them.
func NextOpen(q Question) int64 {
	zone := Location(q.Zone)
	at := time.UnixMilli(q.Now).In(zone)
	from := at
	for range 8 {
		moved := false
		step := func(w Window) {
			if next := w.next(at); next.After(at) {
				at, moved = next, true
			}
		}
		for _, r := range Rules {
			if r.applies(q, from) {
				step(r.Window)
			}
		}
		if q.Hours != nil {
			step(*q.Hours)
		}
		if q.Window != nil {
			step(*q.Window)
		}
		if !moved {
			return at.UnixMilli()
		}
	}
	return q.Now + (24 * time.Hour).Milliseconds()
}

// next is at itself when the window is open then, else its next opening. Wall-clock arithmetic: on days when the clock changes an opening that does not exist moves forward.
func (w Window) next(at time.Time) time.Time {
	from, err1 := minutes(w.From)
	to, err2 := minutes(w.To)
	if err1 != nil || err2 != nil {
		return at.Add(24 * time.Hour) // a window that cannot be read is never open
	}
	m := at.Hour()*60 + at.Minute()
	open := from == to || (from < to && m >= from && m < to) || (from > to && (m >= from || m < to))
	if open {
		return at
	}
	y, mo, d := at.Date()
	opening := wall(y, mo, d, from, at.Location())
	if !opening.After(at) {
		opening = wall(y, mo, d+1, from, at.Location())
	}
	return opening
}

// wall is the moment at which clocks in zone show the minute of the day, or the first later minute that exists when the clock jumps over it.
func wall(y int, mo time.Month, d, minute int, zone *time.Location) time.Time {
	for m := minute; ; m++ {
		if t := time.Date(y, mo, d, m/60, m%60, 0, 0, zone); t.Hour()*60+t.Minute() == m%(24*60) || m > minute+180 {
			return t
		}
	}
}

var zones sync.Map

// Location reads a zone's name; an empty or unknown one is Vietnam's.
func Location(name string) *time.Location {
	if name == "" {
		name = "Asia/Ho_Chi_Minh"
	}
	if l, ok := zones.Load(name); ok {
		return l.(*time.Location)
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		l = time.FixedZone("ICT", 7*3600)
	}
	zones.Store(name, l)
	return l
}
