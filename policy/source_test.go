package policy

import (
	"slices"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/i18n"
)

// TestEveryRuleIsNamed: whoever is refused reads in both languages which rule says so and where it is from.
func TestEveryRuleIsNamed(t *testing.T) {
	t.Parallel()
	type rule struct {
		name, since string
		code        string // of the text at the activation, "" = windows, which hold and refuse nothing
	}
	var all []rule
	for _, r := range CapRules {
		all = append(all, rule{r.Name, r.Since, ""})
	}
	for _, r := range Rules {
		all = append(all, rule{r.Name, r.Since, ""})
	}
	for _, r := range ContentRules {
		code := "campaign.rule." + r.Name
		if r.Name == MailOptOut {
			code = "campaign.mail_without_unsubscribe"
		}
		all = append(all, rule{r.Name, r.Since, code})
	}
	for _, r := range ReplyRules {
		code := ""
		if r.Never || r.ByHand || len(r.Not) > 0 {
			code = "campaign.rule." + r.Name
		}
		all = append(all, rule{r.Name, r.Since, code})
	}
	for _, r := range all {
		if s := SourceOf(r.name); s == nil || s.VI == "" || s.EN == "" {
			t.Errorf("%s: no source", r.name)
		}
		if _, err := time.Parse(time.DateOnly, r.since); err != nil {
			t.Errorf("%s: since %q is no day", r.name, r.since)
		}
		for _, lang := range []string{"vi", "en"} {
			if r.code != "" && i18n.Text(lang, r.code, nil) == r.code {
				t.Errorf("%s: no text %s in %s", r.name, r.code, lang)
			}
		}
	}
	for _, c := range channel.All {
		if Windowed(c) && !slices.ContainsFunc(ReplyRules, func(r ReplyRule) bool { return r.Channel == c && r.Within > 0 }) {
			t.Errorf("%s: answer windows without a line that has one", c)
		}
	}
	if SourceOf("workspace.hours") != nil || SourceOf("campaign.rule.zns.otp") == nil {
		t.Error("a workspace's own hours come from no law; a problem's code names its rule")
	}
}

// TestEveryEdge walks over the edges of every line of Rules by itself: the last moment before it is in force and the first one, and each opening and closing to the second. Messages that the
// line does not speak of are sent at any time.
func TestEveryEdge(t *testing.T) {
	t.Parallel()
	for _, r := range Rules {
		kinds := r.Kinds
		if len(kinds) == 0 {
			kinds = []string{""}
		}
		for _, ch := range r.Channel.List() {
			for _, kind := range kinds {
				open := func(moment string) bool {
					now := at(t, moment)
					for _, h := range Applying(Question{Channel: ch, Purpose: r.Purpose, Kind: kind, Now: now}) {
						if h.Name == r.Name {
							if h.Source == nil {
								t.Errorf("%s: no source", r.Name)
							}
							return h.Open
						}
					}
					return true
				}
				day, err := time.Parse(time.DateOnly, r.Since)
				if err != nil {
					t.Fatal(err)
				}
				before := day.AddDate(0, 0, -1).Format(time.DateOnly)
				for _, c := range []struct {
					moment string
					want   bool
				}{
					{before + "T23:59:59+07:00", true}, // not in force yet
					{r.Since + "T00:00:00+07:00", false},
					{r.Since + "T" + minus(t, r.Window.From) + "+07:00", false},
					{r.Since + "T" + r.Window.From + ":00+07:00", true},
					{r.Since + "T" + minus(t, r.Window.To) + "+07:00", true},
					{r.Since + "T" + r.Window.To + ":00+07:00", false},
					{r.Since + "T23:59:59+07:00", false},
				} {
					if got := open(c.moment); got != c.want {
						t.Errorf("%s, %s %s at %s: got open = %v, want %v", r.Name, ch, kind, c.moment, got, c.want)
					}
				}
			}
		}
	}
}

// minus is the last second before a time of day.
func minus(t *testing.T, clock string) string {
	t.Helper()
	v, err := time.Parse("15:04", clock)
	if err != nil {
		t.Fatal(err)
	}
	return v.Add(-time.Second).Format(time.TimeOnly)
}

// TestEveryAnswerEdge does the same for the answer windows, and for the day from which each line holds: a line's kind is unknown, or ruled by an older line, before.
func TestEveryAnswerEdge(t *testing.T) {
	t.Parallel()
	for _, r := range ReplyRules {
		purpose := "transaction"
		if slices.Contains(r.Not, purpose) {
			purpose = "marketing"
		}
		first := at(t, r.Since+"T00:00:00+07:00")
		q := Reply{Channel: r.Channel, Kind: r.Kind, Purpose: purpose, Hand: r.ByHand, LastIn: first - 1, Now: first}
		want := ""
		if r.Never {
			want = r.Name
		}
		if got := q.Refusal(); got != want {
			t.Errorf("%s %s on the first day: got %q, want %q", r.Channel, r.Kind, got, want)
		}
		before := q
		before.Now, before.LastIn = first-1, first-2
		if got := before.Refusal(); r.Never && got != "" || !r.Never && got == "" {
			t.Errorf("%s %s a millisecond before its day: got %q", r.Channel, r.Kind, got)
		}
		for _, p := range r.Not {
			q.Purpose = p
			if got := q.Design(); got != r.Name {
				t.Errorf("%s %s for %s: got %q, want %q", r.Channel, r.Kind, p, got, r.Name)
			}
		}
		q.Purpose = purpose
		if r.ByHand {
			q.Hand = false
			if got := q.Design(); got != r.Name {
				t.Errorf("%s %s by itself: got %q, want %q", r.Channel, r.Kind, got, r.Name)
			}
			q.Hand = true
		}
		for _, edge := range []struct {
			length   time.Duration
			window   bool
			expected string
		}{{r.Within, true, r.Name}, {r.Free, false, ""}} {
			if edge.length == 0 {
				continue
			}
			for ago, inside := range map[int64]bool{edge.length.Milliseconds() - 1: true, edge.length.Milliseconds(): false, edge.length.Milliseconds() + 1: false} {
				q.Now = at(t, "2026-11-21T10:00:00+07:00")
				q.LastIn = q.Now - ago
				if edge.window {
					want := ""
					if !inside {
						want = edge.expected
					}
					if got := q.Refusal(); got != want {
						t.Errorf("%s %s, %d ms after: got %q, want %q", r.Channel, r.Kind, ago, got, want)
					}
				} else if q.Free() != inside {
					t.Errorf("%s %s, %d ms after: got free = %v, want %v", r.Channel, r.Kind, ago, q.Free(), inside)
				}
			}
		}
	}
}

// TestEveryCapEdge does the same for the daily caps: none before the day in Vietnam, the line's own limit from its first millisecond on, and the channels that are counted together.
func TestEveryCapEdge(t *testing.T) {
	t.Parallel()
	for i, r := range CapRules {
		if r.Limit < 1 {
			t.Errorf("%s: limit %d", r.Name, r.Limit)
		}
		first := at(t, r.Since+"T00:00:00+07:00")
		for _, ch := range r.Channels.List() {
			if got := DailyCap(ch, first); got != &CapRules[i] {
				t.Errorf("%s, %s on the first day: got %v", r.Name, ch, got)
			}
			if got := DailyCap(ch, first-1); got == &CapRules[i] {
				t.Errorf("%s, %s a millisecond before its day: in force", r.Name, ch)
			}
			for own, want := range map[int]int{0: r.Limit, r.Limit: r.Limit, r.Limit + 1: r.Limit, 1: 1} {
				if together, got := (Caps{own, own, own}).Daily(ch, first); got != want || together != r.Channels {
					t.Errorf("%s, %s with an own cap of %d: got %d over %v, want %d over %v", r.Name, ch, own, got, together.List(), want, r.Channels.List())
				}
			}
			if DailyCap(ch, first-1) == nil { // nothing older
				if together, got := (Caps{9, 9, 9}).Daily(ch, first-1); got != 9 || together != r.Channels || !(Caps{9, 9, 9}).Valid(first-1) {
					t.Errorf("%s, %s before its day: got %d over %v, want the workspace's own 9", r.Name, ch, got, together.List())
				}
				if _, got := (Caps{}).Daily(ch, first-1); got != 0 {
					t.Errorf("%s, %s before its day: got %d, want no cap", r.Name, ch, got)
				}
			}
		}
	}
	for _, ch := range channel.All {
		if got := DailyCap(ch, at(t, "2026-11-21T10:00:00+07:00")); (got == nil) != ch.Act() {
			t.Errorf("%s: got cap %v, want one for messages and calls and none for acts", ch, got)
		}
	}
}

// TestKinds names the sorts of message with hours of their own once each.
func TestKinds(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-21T10:00:00+07:00")
	for c, want := range map[channel.Channel][]string{channel.ZNS: {"CUSTOMER_CARE", "PROMOTION"}, channel.ZaloOA: {"TEMPLATE_PROMOTION"}, channel.SMS: {}} {
		if got := Kinds(c, now); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", c, got, want)
		}
	}
	if got := Kinds(channel.ZaloOA, at(t, "2025-12-31T23:59:59+07:00")); len(got) > 0 {
		t.Errorf("before the template messages: got %v, want none", got)
	}
}

// TestTheDayIsVietnams: a rule begins with the day in Vietnam, wherever the person's clock is.
func TestTheDayIsVietnams(t *testing.T) {
	t.Parallel()
	for moment, want := range map[string]int{"2020-09-30T23:59:59+07:00": 0, "2020-10-01T00:00:00+07:00": 1} {
		for _, zone := range []string{"", "America/New_York", "Pacific/Auckland"} {
			if got := Applying(Question{Channel: channel.SMS, Purpose: "marketing", Zone: zone, Now: at(t, moment)}); len(got) != want {
				t.Errorf("%s, a person in %q: got %d windows, want %d", moment, zone, len(got), want)
			}
		}
	}
}
