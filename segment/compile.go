package segment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
)

// Where writes the rule as a bound condition over the alias c of table contact, with its placeholders numbered from first on. No value of a person is in the text: fields, operators
// and attribute keys come from allow lists, everything else is an argument. The surrounding statement says c.workspace_id = $n itself.
func (r *Rule) Where(first int) (string, []any) {
	w := &writer{rule: r, first: first}
	text := w.node(r.root, true)
	return text, w.args
}

// writer writes one WHERE.
type writer struct {
	rule      *Rule
	first     int
	args      []any
	workspace string // its placeholder
}

func (w *writer) bind(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(w.first+len(w.args)-1)
}

func (w *writer) bindAll(values []string) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = w.bind(v)
	}
	return strings.Join(list, ", ")
}

func (w *writer) ws() string {
	if w.workspace == "" {
		w.workspace = w.bind(w.rule.workspace)
	}
	return w.workspace
}

// deny makes the exact opposite: who has no value, for whom expr is NULL, is among them. It never gives NULL.
func deny(expr string) string { return "COALESCE(NOT (" + expr + "), TRUE)" }

// node writes a group or a test. must says that everybody in the result meets it, so that an IN (SELECT …) can lead the query; below OR and NOT it cannot.
func (w *writer) node(n *node, must bool) string {
	if n.test != nil {
		return w.test(n.test, must)
	}
	if len(n.items) == 0 { // of a segment for everybody; the other empty groups are refused
		if (n.op == opAnd) != n.not {
			return "1 = 1"
		}
		return "1 = 0"
	}
	must = must && !n.not && (n.op == opAnd || len(n.items) == 1)
	items := slices.Clone(n.items)
	slices.SortStableFunc(items, func(a, b *node) int { return a.cost() - b.cost() })
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = w.node(item, must)
	}
	text := join(parts, map[string]string{opAnd: " AND ", opOr: " OR "}[n.op])
	if n.not {
		return deny(text)
	}
	if len(parts) > 1 {
		return "(" + text + ")"
	}
	return text
}

// join nests long chains in pairs: SQLite allows expressions 1,000 levels deep, and a AND b AND c … is one level for each.
func join(parts []string, word string) string {
	if len(parts) <= 20 {
		return strings.Join(parts, word)
	}
	half := len(parts) / 2
	return "(" + join(parts[:half], word) + ")" + word + "(" + join(parts[half:], word) + ")"
}

// cost orders the parts of a group: real columns before JSON, JSON before other tables.
func (n *node) cost() int {
	if n.test == nil {
		most := 0
		for _, item := range n.items {
			most = max(most, item.cost())
		}
		return most + 1
	}
	t := n.test
	switch {
	case t.field.Kind == KindCampaign:
		return 100
	case t.field.Kind == KindTag, t.field.Kind == KindMember:
		return 80
	case t.field.Kind == KindSegment:
		most := 0
		for _, s := range t.segments {
			most = max(most, s.root.cost())
		}
		return most
	case t.field.Kind == KindList:
		return 60
	case t.field.key != "" && (t.field.Kind == KindText && t.op != "eq"):
		return 50
	case t.field.key != "" && t.field.Kind == KindText: // told from the raw text on SQLite
		return 35
	case t.field.key != "":
		return 40
	case t.field.Kind == KindText || t.op == "contains" || t.op == "starts" || t.op == "ends":
		return 20
	case t.field.Kind == KindFlag:
		return 1
	}
	return 5
}

// test writes one condition.
func (w *writer) test(t *test, must bool) string {
	must = must && !t.not
	var expr string
	switch t.field.Kind {
	case KindText, KindExternalID, KindGender:
		expr = w.text(t)
	case KindPhone, KindEmail:
		expr = w.address(t)
	case KindNumber, KindMoney:
		expr = w.number(t)
	case KindDate:
		expr = w.date(t, attr(t.field.key, "text"))
	case KindBirthday:
		expr = w.birthday(t)
	case KindTime:
		expr = w.time(t)
	case KindBoolean:
		expr = w.boolean(t)
	case KindFlag:
		expr = mask(t)
	case KindList:
		expr = w.list(t)
	case KindTag:
		expr = w.tag(t, must)
	case KindSegment:
		parts := make([]string, len(t.segments))
		for i, s := range t.segments {
			parts[i] = w.node(s.root, must && len(t.segments) == 1)
		}
		expr = strings.Join(parts, " OR ")
		if len(parts) > 1 {
			expr = "(" + expr + ")"
		}
	case KindCampaign:
		expr = w.campaign(t, must)
	case KindMember:
		expr = w.lists(t, must)
	}
	switch {
	case t.not && t.certain():
		return "NOT (" + expr + ")" // lets PostgreSQL turn it into an anti join
	case t.not:
		return deny(expr)
	}
	return expr
}

// certain reports whether the SQL of the test is never NULL.
func (t *test) certain() bool {
	switch t.field.Kind {
	case KindFlag, KindTag, KindCampaign, KindList, KindMember:
		return true
	case KindPhone, KindEmail:
		return t.op == "eq" || t.op == "in" || t.op == "has_any"
	case KindSegment:
		return false
	}
	return t.op == "has_any"
}

// attr reads a custom attribute. The key is from the store's own list and checked by fieldByName.
func attr(key, as string) string { return "CAST(c.attrs ->> '" + key + "' AS " + as + ")" }

func (w *writer) text(t *test) string {
	column := t.field.column
	if t.field.key != "" {
		column = attr(t.field.key, "text")
	}
	switch t.op {
	case "has_any":
		if t.field.key != "" || t.field.Kind == KindText {
			return "COALESCE(" + column + ", '') <> ''"
		}
		return column + " IS NOT NULL"
	case "eq", "in":
		return w.oneOf(column, t.field.key, t.texts, t.field.Kind != KindText)
	}
	return w.like(column, t.texts[0], places[t.op])
}

var places = map[string]where{"contains": inside, "starts": atStart, "ends": atEnd}

// address looks among the main addresses and the second ones, which stand in table identity. Who has a second one has a main one, too.
func (w *writer) address(t *test) string {
	kind, column := contact.KindPhone, "phone"
	if t.field.Kind == KindEmail {
		kind, column = contact.KindEmail, "email"
	}
	second := " AND i.kind = '" + kind + "' AND i.scope = '' AND "
	switch t.op {
	case "has_any":
		return "c." + column + " IS NOT NULL"
	case "eq", "in":
		// Both halves are found by their indexes; an OR would make PostgreSQL read everybody.
		ws, values := w.ws(), w.bindAll(t.texts)
		return "c.id IN (SELECT p.id FROM contact p WHERE p.workspace_id = " + ws + " AND p." + column + " IN (" + values + ") UNION ALL SELECT i.contact_id FROM identity i WHERE i.workspace_id = " + ws +
			second + "i.value IN (" + values + "))"
	}
	match := func(column string) string {
		if t.field.Kind == KindPhone {
			return w.phone(column, t.texts[0], places[t.op])
		}
		return w.likeExactly(column, t.texts[0], places[t.op])
	}
	w.ws()
	main := match("c." + column)
	return "(" + main + " OR " + w.members(false, "i", "identity", second+match("i.value")) + ")"
}

// phone compares a part of a number as people write it: 090 stands for +8490, at the beginning and when it is looked for anywhere.
func (w *writer) phone(column, part string, at where) string {
	international := part
	switch {
	case strings.HasPrefix(part, "0"):
		international = "+84" + part[1:]
	case !strings.HasPrefix(part, "+"):
		international = "+" + part
	}
	switch {
	case at == atStart:
		return w.likeExactly(column, international, atStart)
	case at == inside && strings.HasPrefix(part, "0") && len(part) > 2:
		return "(" + w.likeExactly(column, part, inside) + " OR " + w.likeExactly(column, international, atStart) + ")"
	}
	return w.likeExactly(column, part, at)
}

func (w *writer) like(expr, text string, at where) string {
	return w.rule.dialect.Match(expr, w.bind(pattern(w.rule.dialect, text, at, false)))
}

// likeExactly is like for columns with one writing only.
func (w *writer) likeExactly(expr, text string, at where) string {
	return w.rule.dialect.Match(expr, w.bind(pattern(w.rule.dialect, text, at, true)))
}

// oneOf compares with one or more whole values. exact compares byte by byte: the column holds one writing only, and its index can be used. key is
// the attribute that expr reads, if it does.
func (w *writer) oneOf(expr, key string, values []string, exact bool) string {
	var same, folded []string
	for _, v := range values {
		if exact || plain(v) {
			same = append(same, v)
		} else {
			folded = append(folded, v)
		}
	}
	var parts []string
	switch {
	case len(same) == 1:
		parts = append(parts, expr+" = "+w.bind(same[0]))
	case len(same) > 1:
		parts = append(parts, expr+" IN ("+w.bindAll(same)+")")
	}
	// Several patterns over an attribute take it out of the JSON once. LIMIT keeps SQLite from writing the inner text into each of them again.
	inner, once := expr, len(folded) > 2 && strings.HasPrefix(expr, "CAST(")
	if once {
		inner = "x.v"
	}
	var likes []string
	for _, v := range folded {
		like := w.like(inner, v, whole)
		if key != "" && !once && w.rule.dialect == db.SQLite {
			if raw := rawPattern(key, v); raw != "" {
				like = "(" + w.rule.dialect.Match("c.attrs", w.bind(raw)) + " AND " + like + ")"
			}
		}
		likes = append(likes, like)
	}
	if once {
		likes = []string{"EXISTS (SELECT 1 FROM (SELECT " + expr + " AS v LIMIT 1) AS x WHERE " + join(likes, " OR ") + ")"}
	}
	parts = append(parts, likes...)
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + join(parts, " OR ") + ")"
}

var compares = map[string]string{"eq": "=", "on_date": "=", "gt": ">", "lt": "<", "ge": ">=", "le": "<="}

func (w *writer) number(t *test) string {
	column := attr(t.field.key, "numeric")
	bound := make([]string, len(t.numbers))
	for i, n := range t.numbers {
		bound[i] = "CAST(" + w.bind(n) + " AS numeric)"
	}
	switch t.op {
	case "has_any":
		return column + " IS NOT NULL"
	case "between":
		return column + " BETWEEN " + bound[0] + " AND " + bound[1]
	case "in":
		return column + " IN (" + strings.Join(bound, ", ") + ")"
	}
	return column + " " + compares[t.op] + " " + bound[0]
}

// date compares days as text, which for YYYY-MM-DD is their order.
func (w *writer) date(t *test, column string) string {
	today := w.today()
	day := func(n int) string { return w.bind(today.AddDate(0, 0, n).Format(dateLayout)) }
	switch t.op {
	case "has_any":
		return "COALESCE(" + column + ", '') <> ''"
	case "between":
		return column + " BETWEEN " + w.bind(t.texts[0]) + " AND " + w.bind(t.texts[1])
	case "in_last_days":
		return column + " BETWEEN " + day(-t.n) + " AND " + day(0)
	case "in_next_days":
		return column + " BETWEEN " + day(0) + " AND " + day(t.n)
	case "before_days_ago":
		return column + " < " + day(-t.n)
	}
	return column + " " + compares[t.op] + " " + w.bind(t.texts[0])
}

// today is midnight UTC of the present day in the workspace's zone: for day arithmetic only.
func (w *writer) today() time.Time {
	y, m, d := w.rule.now.In(w.rule.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func (w *writer) birthday(t *test) string {
	today := w.today()
	switch t.op {
	case "birthday_today":
		return w.days(today, 0)
	case "birthday_next_days":
		return w.days(today, t.n)
	case "birthday_this_month":
		return w.month(int(today.Month()))
	case "birthday_in_month":
		return w.month(t.n)
	}
	return w.date(t, "c.birthday")
}

func (w *writer) month(m int) string {
	return fmt.Sprintf("c.birth_md BETWEEN %s AND %s", w.bind(fmt.Sprintf("%02d-01", m)), w.bind(fmt.Sprintf("%02d-31", m)))
}

// days finds birthdays from a day up to n days later, over the end of the year. Who was born on 29 February has the birthday on 28 February in years without that day.
func (w *writer) days(from time.Time, n int) string {
	const md, leap = "01-02", "02-29"
	if n >= 365 {
		return "c.birth_md IS NOT NULL"
	}
	to := from.AddDate(0, 0, n)
	last := to.Format(md)
	if last == "02-28" && to.AddDate(0, 0, 1).Format(md) != leap {
		last = leap
	}
	first := from.Format(md)
	switch {
	case n == 0 && first == last:
		return "c.birth_md = " + w.bind(first)
	case to.Year() == from.Year():
		return "c.birth_md BETWEEN " + w.bind(first) + " AND " + w.bind(last)
	}
	return "(c.birth_md >= " + w.bind(first) + " OR c.birth_md <= " + w.bind(last) + ")"
}

// time compares a moment with days of the workspace's zone; "the last n days" are n times 24 hours up to now.
func (w *writer) time(t *test) string {
	column, now := t.field.column, w.rule.now
	start := func(i, plus int) string { // of a day
		d, _ := time.Parse(dateLayout, t.texts[i])
		return w.bind(time.Date(d.Year(), d.Month(), d.Day()+plus, 0, 0, 0, 0, w.rule.zone).UnixMilli())
	}
	ago := func() string { return w.bind(now.Add(-time.Duration(t.n) * 24 * time.Hour).UnixMilli()) }
	switch t.op {
	case "on_date":
		return "(" + column + " >= " + start(0, 0) + " AND " + column + " < " + start(0, 1) + ")"
	case "between":
		return "(" + column + " >= " + start(0, 0) + " AND " + column + " < " + start(1, 1) + ")"
	case "gt":
		return column + " >= " + start(0, 1)
	case "ge":
		return column + " >= " + start(0, 0)
	case "lt":
		return column + " < " + start(0, 0)
	case "le":
		return column + " < " + start(0, 1)
	case "in_last_days":
		return "(" + column + " >= " + ago() + " AND " + column + " <= " + w.bind(now.UnixMilli()) + ")"
	default: // before_days_ago
		return column + " < " + ago()
	}
}

// boolean reads true as SQLite (1) and PostgreSQL (true) write it.
func (w *writer) boolean(t *test) string {
	column := attr(t.field.key, "text")
	switch {
	case t.op == "has_any":
		return "COALESCE(" + column + ", '') <> ''"
	case t.yes:
		return column + " IN ('true', '1')"
	}
	return column + " IN ('false', '0')"
}

func mask(t *test) string {
	bit := strconv.FormatInt(t.field.bit, 10)
	expr := "(c." + t.field.column + " & " + bit + ") <> 0"
	if t.field.column == "reach" { // an address that is blocked reaches nobody
		expr = "((c.reach & " + bit + ") <> 0 AND (c.blocked & " + bit + ") = 0)"
	}
	if !t.yes {
		return "NOT (" + expr + ")" // masks are never NULL
	}
	return expr
}

func (w *writer) list(t *test) string {
	if t.op == "has_any" {
		return "COALESCE(" + attr(t.field.key, "text") + ", '[]') NOT IN ('[]', '')"
	}
	return "EXISTS (SELECT 1 FROM " + w.rule.dialect.Elements("c.attrs", t.field.key) + " WHERE " + w.oneOf("CAST(e.value AS text)", "", t.texts, false) + ")"
}
