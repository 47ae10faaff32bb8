package segment

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loa-project/loa/contact"
)

var (
	someTexts  = []string{"Vàng", "vang", "VÀNG", "vàng anh", "Bạc", "bạc", "Kim cương", "Đặng Thị Ứng", "dang thi ung", "a*b?c[d]e", "50%_x", `tr\d+^$.|(x){2}`, "O'Brien; --", "ngõ 12", "Straße", "ÉTÉ", "été", "x"}
	someParts  = []string{"v", "à", "an", "VANG", "Vàng", "đ", "d", "*", "?", "[", "]", "%", "_", `\d`, "^", "$", "'", "1", "ạ", "ă", "é", "E", "ß", " ", "thi u"}
	someTags   = []string{"VIP", "khách sỉ", "Mua online", "mới"}
	somePhones = []string{"+84901234567", "+84909999999", "+84351234567", "+842838123456"}
	someDays   = []string{"2026-11-21", "2026-11-20", "2026-11-22", "2026-11-14", "2026-12-21", "2026-01-01", "2025-12-31", "2027-03-01"}
	someBirths = []string{"1990-11-21", "1988-02-29", "2000-02-28", "1975-12-31", "1999-01-01", "1999-03-01", "1985-11-30", "1985-12-05", "1985-11-20"}
	someNumber = []string{"0", "1", "-1", "10", "9.5", "100", "1000000", "10000000", "0.1", "999999999999999"}
	channels   = []string{"zns", "sms", "email"}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func maybe(r *rand.Rand, list []string) string {
	if r.IntN(4) == 0 {
		return ""
	}
	return pick(r, list)
}

func randomPerson(r *rand.Rand, i int) *person {
	ago := func() time.Time { return noon.Add(-time.Duration(r.IntN(40*24*60)) * time.Minute) }
	p := &person{name: maybe(r, someTexts), phone: maybe(r, somePhones), external: maybe(r, []string{fmt.Sprint("KH", i), fmt.Sprint("kh", i)}), gender: maybe(r, []string{"male", "female", "other"}),
		birthday: maybe(r, someBirths), hang: maybe(r, someTexts), hetHan: maybe(r, someDays), diem: maybe(r, someNumber), chiTieu: maybe(r, []string{"0", "250000", "10000000", "10000001"}),
		vip: maybe(r, []string{"true", "false"}), reach: r.Int64N(64), consent: r.Int64N(64), blocked: r.Int64N(64) & r.Int64N(64), created: ago(), updated: ago()}
	if r.IntN(3) > 0 {
		p.email = fmt.Sprintf("khach%d@example.com", i)
	}
	if second := pick(r, somePhones); p.phone != "" && second != p.phone && r.IntN(3) == 0 {
		p.phones = append(p.phones, second)
	}
	if p.email != "" && r.IntN(4) == 0 {
		p.emails = append(p.emails, fmt.Sprintf("phu%d@example.com", i))
	}
	for range r.IntN(3) {
		p.soThich = append(p.soThich, pick(r, someTexts))
		if tag := pick(r, someTags); !slices.Contains(p.tags, tag) {
			p.tags = append(p.tags, tag)
		}
	}
	for run := int64(101); run <= 103; run++ {
		for rank := range r.IntN(3) {
			l := legFact{run: run, rank: rank, channel: channels[rank], state: 1 + r.IntN(7)}
			if l.state != 1 && l.state != 7 {
				l.requested = ago()
			}
			switch l.state {
			case 4:
				l.delivered = ago()
				if r.IntN(2) == 0 {
					l.opened = ago()
				}
				if r.IntN(3) == 0 {
					l.clicked = ago()
				}
			case 5:
				if l.failed = ago(); r.IntN(2) == 0 {
					l.bounced = l.failed
				}
			}
			p.legs = append(p.legs, l)
		}
	}
	return p
}

// leaf draws one condition of any field with any of its operators.
func leaf(t *rapid.T, segments bool) Condition {
	names := []string{"name", "phone", "email", "external_id", "gender", "birthday", "created_at", "updated_at", "attr.hang", "attr.diem", "attr.tong_chi_tieu", "attr.het_han", "attr.vip",
		"attr.so_thich", "tag", "reach.zns", "consent.sms", "blocked.email", "campaign"}
	if segments {
		names = append(names, "segment")
	}
	attrs := map[string]contact.Attribute{}
	for _, a := range attrTypes {
		attrs[a.Key] = a
	}
	f, _ := fieldByName(rapid.SampledFrom(names).Draw(t, "field"), attrs)
	c := Condition{Field: f.Name, Operator: rapid.SampledFrom(operators[f.Kind]).Draw(t, "operator")}
	from := func(list []string) any { return rapid.SampledFrom(list).Draw(t, "value") }
	pool := map[Kind][]string{KindText: someTexts, KindPhone: {"0901234567", "+84909999999", "0351234567"}, KindEmail: {"khach1@example.com", "khach2@example.com"}, KindExternalID: {"KH1", "kh1", "KH2"},
		KindGender: {"male", "female", "other"}, KindNumber: someNumber, KindMoney: someNumber, KindDate: someDays, KindBirthday: someBirths, KindTime: someDays, KindList: someTexts, KindTag: append(someTags, "khach si", "không có")}[f.Kind]
	parts := someParts
	if f.Kind == KindPhone {
		parts = []string{"090", "84", "+84", "999", "67", "0351", "8490"}
	}
	switch c.Operator {
	case "has_any", "is_empty", "birthday_today", "birthday_this_month":
	case "in_last_days", "not_in_last_days", "in_next_days", "before_days_ago", "birthday_next_days":
		c.Value = rapid.SampledFrom([]int{0, 1, 7, 14, 30, 50, 98, 99, 100, 101, 364, 365}).Draw(t, "days")
	case "birthday_in_month":
		c.Value = rapid.IntRange(1, 12).Draw(t, "month")
	case "contains", "not_contains", "starts", "ends":
		if c.Value = from(append(parts, someTexts...)); f.Kind == KindPhone {
			c.Value = from(parts)
		}
		if f.Kind == KindList {
			c.Value = from(pool)
		}
		if c.Value == " " {
			c.Value = "x"
		}
	case "between":
		a, b := from(pool).(string), from(pool).(string)
		if (f.Kind == KindNumber || f.Kind == KindMoney) && judgeNumber(&Condition{Operator: "gt", Value: b}, a) || (f.Kind != KindNumber && f.Kind != KindMoney && a > b) {
			a, b = b, a
		}
		c.Value = []any{a, b}
	case "in", "not_in", "all_of":
		if f.Kind == KindSegment {
			c.Value = []any{rapid.IntRange(1, 2).Draw(t, "segment")}
			break
		}
		var list []any
		for range rapid.IntRange(1, 5).Draw(t, "count") {
			list = append(list, from(pool))
		}
		c.Value = list
	case "did", "did_not":
		c.Event = rapid.SampledFrom([]string{"sent", "delivered", "opened", "clicked", "failed", "bounced", "skipped", "unknown"}).Draw(t, "event")
		c.CampaignID = rapid.SampledFrom([]int64{0, 101, 102, 103}).Draw(t, "campaign")
		c.WithinDays = rapid.SampledFrom([]int{0, 3, 7, 20}).Draw(t, "within")
		c.Channel = rapid.SampledFrom([]string{"", "zns", "email"}).Draw(t, "channel")
	default:
		if c.Value = any(nil); f.Kind == KindBoolean || f.Kind == KindFlag {
			c.Value = rapid.Bool().Draw(t, "yes")
			if c.Operator == "is" {
				c.Operator = "eq"
			}
			break
		}
		c.Value = from(pool)
	}
	return c
}

func tree(t *rapid.T, depth int, segments bool) Condition {
	if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
		return leaf(t, segments)
	}
	c := Condition{Op: rapid.SampledFrom([]string{"and", "or"}).Draw(t, "op"), Not: rapid.IntRange(0, 3).Draw(t, "not") == 0}
	for range rapid.IntRange(1, 4).Draw(t, "items") {
		c.Items = append(c.Items, tree(t, depth-1, segments))
	}
	return c
}

// TestTreesAgree compares random trees over random people: SQLite, PostgreSQL and plain Go take the same people.
func TestTreesAgree(t *testing.T) {
	t.Parallel()
	both := bothWorlds(t)
	r := rand.New(rand.NewPCG(7, 7))
	var all []*person
	for i := range 120 {
		all = append(all, randomPerson(r, i))
	}
	j := &judge{zone: hcm(t), segments: map[int64]*Condition{
		1: {Op: "or", Items: []Condition{{Field: "attr.hang", Operator: "eq", Value: "Vàng"}, {Field: "tag", Operator: "in", Value: []any{"VIP"}}}},
		2: {Op: "and", Not: true, Items: []Condition{{Field: "segment", Operator: "in", Value: []any{1}}, {Field: "phone", Operator: "has_any"}}}}}
	for _, x := range both {
		x.campaigns(1, 3)
		x.campaigns(2, 3)
		for id := int64(1); id <= 2; id++ {
			raw, err := json.Marshal(j.segments[id])
			x.must(err)
			x.exec(`INSERT INTO segment (id, workspace_id, name, condition, created_by, created_at, updated_at) VALUES ($1, 1, 'Nhóm', $2, 'user:1', 1, 1)`, id, string(raw))
		}
		x.add(2, randomPerson(r, 1), randomPerson(r, 2)) // others' people with the same values
		x.add(1, all...)                                 // the same ids on both: contacts are numbered alike
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := tree(rt, 3, true)
		raw, err := json.Marshal(c)
		if err != nil {
			rt.Fatal(err)
		}
		parsed, err := Parse(raw)
		if err != nil {
			rt.Fatalf("parse %s: %v", raw, err)
		}
		want := []int64{}
		for _, p := range all {
			if j.takes(&c, p) {
				want = append(want, p.id)
			}
		}
		for _, x := range both {
			if got := x.ids(parsed); !slices.Equal(got, want) {
				rt.Fatalf("%s on %s: got %v, want %v", raw, x.d.Dialect, got, want)
			}
		}
	})
}
