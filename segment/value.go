package segment

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/phone"
)

const (
	maxDays    = 36500
	dateLayout = "2006-01-02"
)

// read takes the value that the operator wants and brings it into the form in which it is compared. It gives the code of what is wrong, or "".
func (t *test) read(v any) (code string, params []string) {
	switch t.op {
	case "has_any", "birthday_today", "birthday_this_month":
		if v != nil {
			return "segment.value_unwanted", nil
		}
		return "", nil
	case "in_last_days", "in_next_days", "before_days_ago", "birthday_next_days":
		return t.readCount(v, 0, maxDays, "segment.value_days")
	case "birthday_in_month":
		return t.readCount(v, 1, 12, "segment.value_month")
	}
	values, code, params := list(v, t.op)
	if code != "" {
		return code, params
	}
	for _, one := range values {
		if code, params := t.readOne(one); code != "" {
			return code, params
		}
	}
	if t.op == "between" && len(t.numbers) == 2 {
		low, _ := strconv.ParseFloat(t.numbers[0], 64)
		high, _ := strconv.ParseFloat(t.numbers[1], 64)
		if low > high {
			return "segment.value_order", nil
		}
	}
	if t.op == "between" && len(t.texts) == 2 && t.texts[0] > t.texts[1] {
		return "segment.value_order", nil
	}
	return "", nil
}

// list takes one value, or as many as the operator allows.
func list(v any, op string) (values []any, code string, params []string) {
	many, isList := v.([]any)
	switch op {
	case "in", "all_of":
		if !isList {
			many = []any{v}
		}
		if len(many) == 0 || v == nil {
			return nil, "segment.value_missing", nil
		}
		if len(many) > MaxValues {
			return nil, "segment.value_too_many", []string{"max", strconv.Itoa(MaxValues)}
		}
		return many, "", nil
	case "between":
		if len(many) != 2 {
			return nil, "segment.value_two", nil
		}
		return many, "", nil
	}
	switch {
	case v == nil:
		return nil, "segment.value_missing", nil
	case isList:
		return nil, "segment.value_one", nil
	}
	return []any{v}, "", nil
}

func (t *test) readCount(v any, low, high int, code string) (string, []string) {
	n, err := strconv.Atoi(numberText(v))
	if err != nil || n < low || n > high {
		return code, []string{"max", strconv.Itoa(high)}
	}
	t.n = n
	return "", nil
}

// readOne takes one value by the kind of the field.
func (t *test) readOne(v any) (string, []string) {
	switch t.field.Kind {
	case KindNumber, KindMoney:
		n, ok := decimal(numberText(v))
		if !ok {
			return "segment.value_number", nil
		}
		t.numbers = append(t.numbers, n)
		return "", nil
	case KindBoolean, KindFlag:
		yes, ok := v.(bool)
		if s, isText := v.(string); isText && (s == "true" || s == "false") {
			yes, ok = s == "true", true
		}
		if !ok {
			return "segment.value_boolean", nil
		}
		t.yes, t.op = yes, "is"
		return "", nil
	}
	s, ok := v.(string)
	if !ok {
		if n, isNumber := v.(json.Number); isNumber && t.field.Kind != KindDate && t.field.Kind != KindBirthday && t.field.Kind != KindTime {
			s, ok = n.String(), true // a code or a note that was typed as a number
		}
	}
	if !ok {
		return "segment.value_text", nil
	}
	s, code := tidy(s)
	if code != "" {
		return code, []string{"max", strconv.Itoa(MaxText)}
	}
	switch t.field.Kind {
	case KindDate, KindBirthday, KindTime:
		d, err := time.Parse(dateLayout, s)
		if err != nil || d.Year() < 1800 || d.Year() > 2300 {
			return "segment.value_date", nil
		}
	case KindGender:
		if s != "male" && s != "female" && s != "other" {
			return "segment.value_gender", nil
		}
	case KindPhone:
		if s, ok = phoneText(s, t.op); !ok {
			return "segment.value_phone", nil
		}
	case KindEmail:
		s = strings.ToLower(s)
	case KindTag:
		if contact.Fold(s) == "" {
			return "segment.value_missing", nil
		}
	}
	t.texts = append(t.texts, s)
	return "", nil
}

// tidy brings typed text into the stored form and refuses what cannot be in a stored value.
func tidy(s string) (string, string) {
	if !utf8.ValidString(s) {
		return "", "segment.value_text"
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	if s == "" {
		return "", "segment.value_missing"
	}
	if utf8.RuneCountInString(s) > MaxText {
		return "", "segment.value_too_long"
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		return "", "segment.value_text"
	}
	return s, ""
}

// phoneText gives whole numbers in E.164 and parts as digits. A part that begins with 0 is kept: the writer of the SQL knows that +84 stands for it.
func phoneText(s, op string) (string, bool) {
	if op == "eq" || op == "in" {
		e164, _, code := phone.Parse(s)
		return e164, code == ""
	}
	plus := strings.HasPrefix(s, "+")
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		if strings.ContainsRune(" .-+()", r) {
			return -1
		}
		return 'x'
	}, s)
	if digits == "" || strings.Contains(digits, "x") {
		return "", false
	}
	if plus {
		return "+" + digits, true
	}
	return digits, true
}

func numberText(v any) string {
	switch n := v.(type) {
	case json.Number:
		return n.String()
	case string:
		return strings.TrimSpace(n)
	case int:
		return strconv.Itoa(n)
	}
	return ""
}

// decimal gives a number of at most 15 digits before and 6 after the point without exponent, so that both engines read exactly the same.
func decimal(s string) (string, bool) {
	if len(s) == 0 || len(s) > 40 {
		return "", false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && !strings.ContainsRune("+-.eE", c) {
			return "", false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f > 999_999_999_999_999 || f < -999_999_999_999_999 {
		return "", false
	}
	out := strconv.FormatFloat(f, 'f', -1, 64)
	if _, after, ok := strings.Cut(out, "."); ok && len(after) > 6 {
		return "", false
	}
	return out, true
}

func idList(v any) ([]int64, bool) {
	values, ok := v.([]any)
	if !ok {
		values = []any{v}
	}
	var out []int64
	for _, one := range values {
		id, err := strconv.ParseInt(numberText(one), 10, 64)
		if err != nil || id <= 0 {
			return nil, false
		}
		out = append(out, id)
	}
	return out, true
}

func knownChannel(name string) bool { return channel.Channel(name).Valid() }
