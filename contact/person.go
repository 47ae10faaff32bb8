package contact

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/phone"
)

// person is a contact while a batch works on it: the stored row, what the batch adds, and what it was before.
type person struct {
	row
	id      int64 // 0 = new
	created int64
	extra   []Identity // further addresses
	tags    []string   // folded names of the tags that are stored
	newTags []string   // names of tags to add
	before  *row       // as stored; nil = new
	more    []Identity // further addresses to add
	fresh   bool       // an address was added or replaced: suppression and sharing are looked up again
	gone    []Identity // main addresses that were replaced: others may no longer share them
	basis   bool       // a row of this batch stands under the consent basis
}

// row is what is stored in table contact.
type row struct {
	external, name, phone, email, birthday, gender, timezone string
	attrs                                                    []AttrValue // sorted by key
	reach, consent, blocked, shared                          channel.Set
}

func (r *row) same(o *row) bool {
	return r.external == o.external && r.name == o.name && r.phone == o.phone && r.email == o.email && r.birthday == o.birthday && r.gender == o.gender && r.timezone == o.timezone &&
		r.reach == o.reach && r.consent == o.consent && r.blocked == o.blocked && r.shared == o.shared && slices.Equal(r.attrs, o.attrs)
}

// reachPhone are the channels that a number carries: a landline can only be called, ZNS and SMS go to Vietnamese mobile numbers.
func reachPhone(e164 string) channel.Set {
	if phone.Carrier(e164) != "" {
		return channel.ByPhone
	}
	if _, kind, _ := phone.Parse(e164); kind == phone.Mobile && strings.HasPrefix(e164, "+84") {
		return channel.ByPhone
	}
	return channel.AICall.Bit()
}

// has reports whether the person already has this address as a further one.
func (p *person) has(kind, scope, value string) bool {
	for _, list := range [2][]Identity{p.extra, p.more} {
		for _, i := range list {
			if i.Kind == kind && i.Scope == scope && i.Value == value {
				return true
			}
		}
	}
	return false
}

func (p *person) add(kind, value string) bool {
	if value == "" || (kind == KindPhone && value == p.phone) || (kind == KindEmail && value == p.email) || p.has(kind, "", value) {
		return false
	}
	p.more = append(p.more, Identity{Kind: kind, Value: value})
	return true
}

func set(dst *string, v string) bool {
	if v == "" || *dst == v {
		return false
	}
	*dst = v
	return true
}

// apply takes the values of a record that are not empty and reports whether anything changed.
func (p *person) apply(r *Record) bool {
	changed := set(&p.external, r.ExternalID)
	changed = set(&p.name, r.Name) || changed
	changed = set(&p.birthday, r.Birthday) || changed
	changed = set(&p.gender, r.Gender) || changed
	changed = set(&p.timezone, r.Timezone) || changed
	if old := p.phone; set(&p.phone, r.Phone) {
		changed, p.fresh = true, true
		if old != "" {
			p.gone = append(p.gone, Identity{Kind: KindPhone, Value: old})
			p.add(KindPhone, old)
		}
	}
	if old := p.email; set(&p.email, r.Email) {
		changed, p.fresh = true, true
		if old != "" {
			p.gone = append(p.gone, Identity{Kind: KindEmail, Value: old})
			p.add(KindEmail, old)
		}
	}
	for _, v := range r.Phones {
		changed = p.add(KindPhone, v) || changed
	}
	for _, v := range r.Emails {
		changed = p.add(KindEmail, v) || changed
	}
	changed = p.applyAttrs(r.Attrs) || changed
	for _, t := range r.Tags {
		changed = p.tag(t) || changed
	}
	return changed
}

func (p *person) applyAttrs(values []AttrValue) (changed bool) {
	if len(p.attrs) == 0 {
		p.attrs = values
		return len(values) > 0
	}
	for _, v := range values {
		i, found := slices.BinarySearchFunc(p.attrs, v, func(a, b AttrValue) int { return strings.Compare(a.Key, b.Key) })
		switch {
		case !found:
			p.attrs = slices.Insert(slices.Clone(p.attrs), i, v)
			changed = true
		case p.attrs[i].JSON != v.JSON:
			if !changed {
				p.attrs = slices.Clone(p.attrs) // the snapshot before shares the array
			}
			p.attrs[i] = v
			changed = true
		}
	}
	return changed
}

func (p *person) tag(name string) bool {
	if slices.Contains(p.newTags, name) {
		return false
	}
	if len(p.tags)+len(p.newTags) > 0 {
		folded := Fold(name)
		if slices.Contains(p.tags, folded) || slices.ContainsFunc(p.newTags, func(t string) bool { return Fold(t) == folded }) {
			return false
		}
	}
	p.newTags = append(p.newTags, name)
	return true
}

// attrsJSON is the stored form of attributes: an object with sorted keys.
func attrsJSON(attrs []AttrValue) string {
	if len(attrs) == 0 {
		return "{}"
	}
	var b strings.Builder
	for i, a := range attrs {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteByte('"')
		b.WriteString(a.Key) // only a–z, 0–9 and _
		b.WriteString(`":`)
		b.WriteString(a.JSON)
	}
	b.WriteByte('}')
	return b.String()
}

// parseAttrs reads the stored form and brings every value into the writing of attributeJSON: PostgreSQL gives JSON back with other spaces and escapes.
func parseAttrs(text string) ([]AttrValue, error) {
	if text == "" || text == "{}" {
		return nil, nil
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, err
	}
	out := make([]AttrValue, 0, len(m))
	for k, v := range m {
		out = append(out, AttrValue{k, canonical(v)})
	}
	slices.SortFunc(out, func(a, b AttrValue) int { return strings.Compare(a.Key, b.Key) })
	return out, nil
}

func canonical(v json.RawMessage) string {
	switch {
	case len(v) > 0 && v[0] == '"':
		var s string
		if json.Unmarshal(v, &s) == nil {
			return quote(s)
		}
	case len(v) > 0 && v[0] == '[':
		var list []string
		if json.Unmarshal(v, &list) == nil {
			return listJSON(list)
		}
	}
	return string(v)
}

// search is the folded text in which a person is found.
func (p *person) search(foldedName string) string {
	n := len(foldedName) + len(p.phone) + len(p.email) + len(p.external) + 4
	var b strings.Builder
	b.Grow(n)
	b.WriteString(foldedName)
	add := func(s string) {
		if s != "" {
			b.WriteByte(' ')
			b.WriteString(s)
		}
	}
	add(p.phone)
	add(p.email)
	if p.external != "" {
		add(Fold(p.external))
	}
	for _, list := range [2][]Identity{p.extra, p.more} {
		for _, i := range list {
			if i.Kind == KindPhone || i.Kind == KindEmail {
				add(i.Value)
			}
		}
	}
	return b.String()
}
