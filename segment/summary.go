package segment

import (
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/i18n"
)

// Summary says in one sentence whom the rule takes, in lang (vi or en), for people. It names at most a few values of long lists.
func (r *Rule) Summary(lang string) string {
	s := speaker(lang)
	text := s.node(r.root, true)
	first, size := decode(text)
	return strings.ToUpper(first) + text[size:]
}

func decode(s string) (string, int) {
	for _, r := range s {
		return string(r), len(string(r))
	}
	return "", 0
}

type speaker string

func (s speaker) say(code string, pairs ...string) string {
	params := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		params[pairs[i]] = pairs[i+1]
	}
	return i18n.Text(string(s), code, params)
}

func (s speaker) node(n *node, top bool) string {
	if n.test != nil {
		return s.test(n.test)
	}
	if len(n.items) == 0 {
		if (n.op == opAnd) != n.not {
			return s.say("segment.says.all")
		}
		return s.say("segment.says.nobody")
	}
	parts := make([]string, len(n.items))
	for i, item := range n.items {
		parts[i] = s.node(item, len(n.items) == 1 && top && !n.not)
	}
	text := strings.Join(parts, " "+s.say("segment.says."+n.op)+" ")
	switch {
	case n.not:
		return s.say("segment.says.not", "text", text)
	case len(parts) > 1 && !top:
		return "(" + text + ")"
	}
	return text
}

func (s speaker) test(t *test) string {
	deny := ""
	if t.not {
		deny = "_not"
	}
	switch t.field.Kind {
	case KindFlag:
		if t.not == t.yes {
			return s.say("segment.says."+t.field.column+"_not", "channel", channelLabel(s, t.field.channel))
		}
		return s.say("segment.says."+t.field.column, "channel", channelLabel(s, t.field.channel))
	case KindBoolean:
		if t.op == "is" {
			word := map[bool]string{true: "segment.says.yes", false: "segment.says.no"}[t.yes]
			return s.say("segment.says.is"+deny, "field", s.label(t.field), "value", s.say(word))
		}
	case KindTag:
		switch {
		case t.op == "has_any":
			return s.say("segment.says.tag_any" + deny)
		case t.op == "all_of":
			return s.say("segment.says.tag_all", "value", s.texts(t))
		case len(t.texts) == 1:
			return s.say("segment.says.tag"+deny, "value", s.texts(t))
		}
		return s.say("segment.says.tag_in"+deny, "value", s.texts(t))
	case KindSegment:
		names := make([]string, len(t.segments))
		for i, n := range t.segments {
			names[i] = "“" + n.name + "”"
		}
		return s.say("segment.says.segment"+deny, "value", strings.Join(names, ", "))
	case KindMember:
		names := make([]string, len(t.segments))
		for i, n := range t.segments {
			names[i] = "“" + n.name + "”"
		}
		return s.say("segment.says.list"+deny, "value", strings.Join(names, ", "))
	case KindCampaign:
		return s.campaign(t)
	}
	switch t.op {
	case "birthday_in_month":
		return s.say("segment.says.birthday_in_month", "value", strconv.Itoa(t.n))
	case "birthday_today", "birthday_this_month":
		return s.say("segment.says." + t.op)
	case "birthday_next_days":
		return s.say("segment.says.birthday_next_days", "days", strconv.Itoa(t.n))
	}
	value := s.texts(t)
	if len(t.numbers) > 0 {
		value = s.numbers(t)
	}
	if t.op == "between" {
		low, high, _ := strings.Cut(value, ", ")
		return s.say("segment.says.between", "field", s.label(t.field), "low", low, "high", high)
	}
	code := "segment.says." + t.operator
	switch t.field.Kind {
	case KindDate, KindBirthday, KindTime:
		if contains([]string{"gt", "lt", "ge", "le"}, t.op) {
			code = "segment.says.date_" + t.op
		}
	}
	return s.say(code, "field", s.label(t.field), "value", value, "days", strconv.Itoa(t.n))
}

func (s speaker) campaign(t *test) string {
	code := "segment.says.event_" + t.event
	if t.not {
		code += "_not"
	}
	which := s.say("segment.says.any_campaign")
	if t.campaign != 0 {
		which = s.say("segment.says.campaign", "name", t.name)
	}
	text := s.say(code, "campaign", which)
	if t.channel != "" {
		text += " " + s.say("segment.says.by_channel", "channel", channelLabel(s, channel.Channel(t.channel)))
	}
	if t.within > 0 {
		text += " " + s.say("segment.says.within", "days", strconv.Itoa(t.within))
	}
	return text
}

func channelLabel(s speaker, c channel.Channel) string { return s.say("channel." + string(c)) }

// label is what people call a field: an attribute has a name of its own.
func (s speaker) label(f Field) string {
	if f.key != "" {
		return f.Label
	}
	if f.bit != 0 {
		return s.say("segment.field."+f.column, "channel", channelLabel(s, f.channel))
	}
	return s.say("segment.field." + f.Name)
}

const shown = 5

// texts quotes the first values of a list.
func (s speaker) texts(t *test) string {
	out := make([]string, 0, len(t.texts))
	for i, v := range t.texts {
		if i == shown && len(t.texts) > shown+1 {
			out = append(out, s.say("segment.says.more", "count", strconv.Itoa(len(t.texts)-shown)))
			break
		}
		switch t.field.Kind {
		case KindDate, KindBirthday, KindTime:
			if d, err := time.Parse(dateLayout, v); err == nil && s == i18n.Vietnamese {
				v = d.Format("02/01/2006")
			}
		case KindGender:
			v = s.say("segment.gender." + v)
		default:
			v = "“" + v + "”"
		}
		out = append(out, v)
	}
	return strings.Join(out, ", ")
}

func (s speaker) numbers(t *test) string {
	out := make([]string, 0, len(t.numbers))
	for i, n := range t.numbers {
		if i == shown && len(t.numbers) > shown+1 {
			out = append(out, s.say("segment.says.more", "count", strconv.Itoa(len(t.numbers)-shown)))
			break
		}
		n = s.grouped(n)
		if t.field.Kind == KindMoney {
			n += " đ"
		}
		out = append(out, n)
	}
	return strings.Join(out, ", ")
}

// grouped writes 1250000.5 as 1.250.000,5 in Vietnamese and 1,250,000.5 in English.
func (s speaker) grouped(n string) string {
	thousand, point := ".", ","
	if s != i18n.Vietnamese {
		thousand, point = ",", "."
	}
	n, minus := strings.CutPrefix(n, "-")
	whole, rest, _ := strings.Cut(n, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + thousand + whole[i:]
	}
	if rest != "" {
		whole += point + rest
	}
	if minus {
		whole = "-" + whole
	}
	return whole
}
