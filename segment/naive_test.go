package segment

import (
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
)

// judge says without any SQL whether a tree takes a person: the oracle of the property test.
type judge struct {
	zone     *time.Location
	segments map[int64]*Condition
}

func (j *judge) takes(c *Condition, p *person) bool {
	if c.Op != "" {
		all, some := true, false
		for i := range c.Items {
			ok := j.takes(&c.Items[i], p)
			all, some = all && ok, some || ok
		}
		return map[string]bool{"and": all, "or": some}[c.Op] != c.Not
	}
	if opposite, ok := map[string]string{"ne": "eq", "not_in": "in", "not_contains": "contains", "is_empty": "has_any", "not_in_last_days": "in_last_days", "did_not": "did"}[c.Operator]; ok {
		yes := *c
		yes.Operator = opposite
		return !j.takes(&yes, p)
	}
	switch c.Field {
	case "name":
		return judgeText(c, p.name)
	case "attr.hang":
		return judgeText(c, p.hang)
	case "external_id":
		if c.Operator == "eq" || c.Operator == "in" {
			return p.external != "" && slices.Contains(texts(c.Value), p.external)
		}
		return judgeText(c, p.external)
	case "email":
		return slices.ContainsFunc(append([]string{p.email}, p.emails...), func(v string) bool { return judgeText(c, v) })
	case "phone":
		return slices.ContainsFunc(append([]string{p.phone}, p.phones...), func(v string) bool { return judgePhone(c, v) })
	case "gender":
		return judgeText(c, p.gender)
	case "attr.diem":
		return judgeNumber(c, p.diem)
	case "attr.tong_chi_tieu":
		return judgeNumber(c, p.chiTieu)
	case "attr.het_han":
		return j.date(c, p.hetHan)
	case "birthday":
		return j.birthday(c, p.birthday)
	case "created_at":
		return j.moment(c, p.created)
	case "updated_at":
		return j.moment(c, p.updated)
	case "attr.vip":
		if c.Operator == "has_any" {
			return p.vip != ""
		}
		return p.vip != "" && (p.vip == "true") == c.Value.(bool)
	case "attr.so_thich":
		if c.Operator == "has_any" {
			return len(p.soThich) > 0
		}
		return slices.ContainsFunc(texts(c.Value), func(v string) bool {
			return slices.ContainsFunc(p.soThich, func(h string) bool { return strings.EqualFold(h, v) })
		})
	case "tag":
		return judgeTag(c, p.tags)
	case "segment":
		for _, id := range c.Value.([]any) {
			if j.takes(j.segments[int64(id.(int))], p) {
				return true
			}
		}
		return false
	case "campaign":
		return slices.ContainsFunc(p.legs, func(l legFact) bool { return judgeLeg(c, l) })
	}
	mask, ch, _ := strings.Cut(c.Field, ".")
	bit := int64(channel.Channel(ch).Bit())
	is := map[string]bool{"reach": p.reach&bit != 0 && p.blocked&bit == 0, "consent": p.consent&bit != 0, "blocked": p.blocked&bit != 0}[mask]
	return is == c.Value.(bool)
}

func texts(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	var out []string
	for _, one := range v.([]any) {
		out = append(out, one.(string))
	}
	return out
}

func judgeText(c *Condition, have string) bool {
	if c.Operator == "has_any" {
		return have != ""
	}
	if have == "" {
		return false
	}
	for _, want := range texts(c.Value) {
		fold := func(s string) string { return strings.Map(unicode.ToLower, s) }
		if contact.Fold(want) == fold(want) {
			fold = contact.Fold
		}
		ok := false
		switch c.Operator {
		case "eq", "in":
			ok = strings.EqualFold(have, want)
		case "contains":
			ok = strings.Contains(fold(have), fold(want))
		case "starts":
			ok = strings.HasPrefix(fold(have), fold(want))
		case "ends":
			ok = strings.HasSuffix(fold(have), fold(want))
		}
		if ok {
			return true
		}
	}
	return false
}

func judgePhone(c *Condition, have string) bool {
	if c.Operator == "has_any" {
		return have != ""
	}
	if have == "" {
		return false
	}
	local := "0" + strings.TrimPrefix(have, "+84")
	for _, want := range texts(c.Value) {
		ok := false
		switch c.Operator {
		case "eq", "in":
			ok = have == want || local == want
		case "contains":
			ok = strings.Contains(have, want) || (strings.HasPrefix(want, "0") && len(want) > 2 && strings.HasPrefix(local, want))
		case "starts":
			ok = strings.HasPrefix(have, want) || strings.HasPrefix(have[1:], want) || strings.HasPrefix(local, want)
		case "ends":
			ok = strings.HasSuffix(have, want)
		}
		if ok {
			return true
		}
	}
	return false
}

func compare(op string, sign int) bool {
	switch op {
	case "eq", "in", "on_date":
		return sign == 0
	case "gt":
		return sign > 0
	case "lt":
		return sign < 0
	case "ge":
		return sign >= 0
	}
	return sign <= 0
}

func judgeNumber(c *Condition, have string) bool {
	if c.Operator == "has_any" {
		return have != ""
	}
	if have == "" {
		return false
	}
	rat := func(s string) *big.Rat { r, _ := new(big.Rat).SetString(s); return r }
	h := rat(have)
	if c.Operator == "between" {
		w := texts(c.Value)
		return h.Cmp(rat(w[0])) >= 0 && h.Cmp(rat(w[1])) <= 0
	}
	return slices.ContainsFunc(texts(c.Value), func(w string) bool { return compare(c.Operator, h.Cmp(rat(w))) })
}

func (j *judge) today() time.Time {
	y, m, d := noon.In(j.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func (j *judge) date(c *Condition, have string) bool {
	if c.Operator == "has_any" {
		return have != ""
	}
	if have == "" {
		return false
	}
	d, _ := time.Parse(dateLayout, have)
	days := int(d.Sub(j.today()).Hours() / 24) // from today
	switch c.Operator {
	case "in_last_days":
		return days <= 0 && days >= -c.Value.(int)
	case "in_next_days":
		return days >= 0 && days <= c.Value.(int)
	case "before_days_ago":
		return days < -c.Value.(int)
	case "between":
		w := texts(c.Value)
		return have >= w[0] && have <= w[1]
	}
	return compare(c.Operator, strings.Compare(have, c.Value.(string)))
}

// birthday walks day by day and asks whose birthday each day is.
func (j *judge) birthday(c *Condition, have string) bool {
	if have == "" {
		return false
	}
	on := func(d time.Time) bool {
		leap := d.AddDate(0, 0, 1).Month() != time.March || d.Day() == 29
		return have[5:] == d.Format("01-02") || (have[5:] == "02-29" && d.Format("01-02") == "02-28" && !leap)
	}
	switch c.Operator {
	case "birthday_today":
		return on(j.today())
	case "birthday_this_month":
		return have[5:7] == j.today().Format("01")
	case "birthday_in_month":
		d, _ := time.Parse(dateLayout, have)
		return int(d.Month()) == c.Value.(int)
	case "birthday_next_days":
		for n := 0; n <= c.Value.(int); n++ {
			if on(j.today().AddDate(0, 0, n)) {
				return true
			}
		}
		return false
	}
	return j.date(c, have)
}

func (j *judge) moment(c *Condition, have time.Time) bool {
	day := have.In(j.zone).Format(dateLayout)
	switch c.Operator {
	case "in_last_days":
		return !have.After(noon) && !have.Before(noon.Add(-time.Duration(c.Value.(int))*24*time.Hour))
	case "before_days_ago":
		return have.Before(noon.Add(-time.Duration(c.Value.(int)) * 24 * time.Hour))
	case "between":
		w := texts(c.Value)
		return day >= w[0] && day <= w[1]
	}
	return compare(c.Operator, strings.Compare(day, c.Value.(string)))
}

func judgeTag(c *Condition, have []string) bool {
	if c.Operator == "has_any" {
		return len(have) > 0
	}
	has := func(v string) bool {
		return slices.ContainsFunc(have, func(h string) bool { return contact.Fold(h) == contact.Fold(v) })
	}
	if c.Operator == "all_of" {
		return !slices.ContainsFunc(texts(c.Value), func(v string) bool { return !has(v) })
	}
	return slices.ContainsFunc(texts(c.Value), has)
}

func judgeLeg(c *Condition, l legFact) bool {
	if (c.CampaignID != 0 && c.CampaignID != l.run) || (c.Channel != "" && c.Channel != l.channel) {
		return false
	}
	at := time.Time{}
	is := true
	switch c.Event {
	case "sent":
		at = l.requested
	case "delivered":
		at, is = l.delivered, l.state == 4
	case "opened":
		at = l.opened
		if at.IsZero() {
			at = l.clicked
		}
	case "clicked":
		at = l.clicked
	case "failed":
		at, is = l.failed, l.state == 5
	case "bounced":
		at = l.bounced
	case "unknown":
		at, is = l.requested, l.state == 6
	case "skipped":
		at, is = noon.AddDate(0, 0, -int(l.run%100)*3), l.state == 7
	default:
		return false
	}
	return is && !at.IsZero() && (c.WithinDays == 0 || !at.Before(noon.Add(-time.Duration(c.WithinDays)*24*time.Hour)))
}
