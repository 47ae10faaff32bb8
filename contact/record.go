package contact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/phone"
)

// Record is one row of a file in normal form, ready to be matched with the people who are there. "" is always "not given".
type Record struct {
	Row        int
	ExternalID string
	Name       string
	Phone      string // E.164; the first mobile number of the row
	PhoneKind  phone.Kind
	Email      string // lower case
	Phones     []string
	Emails     []string // further addresses of the row
	Gender     string   // male | female | other
	Birthday   string   // YYYY-MM-DD
	Timezone   string   // IANA name
	Attrs      []AttrValue
	Tags       []string
	Problems   []Problem
	Rejected   bool // no identity, or the row as a whole cannot be used
	Empty      bool // nothing in it; neither accepted nor rejected
}

// AttrValue is a typed attribute value as JSON: a string, number, boolean or array of strings.
type AttrValue struct {
	Key  string
	JSON string
}

// Normaliser turns rows into records under a mapping. It is not safe for concurrent use.
type Normaliser struct {
	columns []ColumnMap
	order   []int // columns, attributes last and sorted by key
	now     time.Time
	exact   bool
	dates   map[string]string
}

// NewNormaliser checks the mapping. Its errors: import.no_identity_column, import.mapping_invalid with the wrong columns. now gives the present year for two-digit years; exact
// says that numbers come from a spreadsheet's own cells.
func NewNormaliser(columns []ColumnMap, now time.Time, exact bool) (*Normaliser, error) {
	bad := errs.Invalid("import.mapping_invalid")
	identity, seen := false, map[string]bool{}
	for i, c := range columns {
		path := fmt.Sprintf("columns[%d]", i)
		id := c.Target
		switch c.Target {
		case TargetIgnore:
			continue
		case TargetPhone, TargetEmail:
			identity = true
			continue
		case TargetTags:
			continue
		case TargetExternalID:
			identity = true
		case TargetName, TargetFamilyName, TargetGender, TargetBirthday, TargetTimezone:
		case TargetAttribute:
			id += "." + c.Key
			if c.Key == "" || Slug(c.Key) != c.Key {
				bad.Field(path+".key", "attribute.key_invalid")
			}
			if !ValidType(c.Type) {
				bad.Field(path+".type", "attribute.type_unknown")
			}
		default:
			bad.Field(path+".target", "import.target_unknown")
		}
		if seen[id] {
			bad.Field(path+".target", "import.target_repeated")
		}
		seen[id] = true
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	if !identity {
		return nil, errs.Invalid("import.no_identity_column")
	}
	n := &Normaliser{columns: columns, now: now, exact: exact, dates: map[string]string{}}
	for i, c := range columns {
		if c.Target != TargetIgnore {
			n.order = append(n.order, i)
		}
	}
	slices.SortStableFunc(n.order, func(a, b int) int { return strings.Compare(n.rank(a), n.rank(b)) })
	return n, nil
}

func (n *Normaliser) rank(i int) string {
	if n.columns[i].Target == TargetAttribute {
		return "1" + n.columns[i].Key
	}
	return "0"
}

// Attributes are the attributes that the mapping fills.
func (n *Normaliser) Attributes() (out []Attribute) {
	for _, i := range n.order {
		if c := n.columns[i]; c.Target == TargetAttribute {
			label := c.Label
			if label == "" {
				label = c.Header
			}
			if label == "" {
				label = c.Key
			}
			out = append(out, Attribute{Key: c.Key, Label: label, Type: c.Type})
		}
	}
	return out
}

// Record reads one row. A cell that cannot be used is dropped with a Problem; a row without any usable identity is rejected.
func (n *Normaliser) Record(row Row) Record {
	r := Record{Row: row.No}
	if row.Code != "" {
		r.Rejected = true
		r.Problems = []Problem{{Code: row.Code}}
		return r
	}
	if row.Empty() {
		r.Empty = true
		return r
	}
	for i := len(n.columns); i < len(row.Cells); i++ {
		if strings.TrimSpace(row.Cells[i]) != "" {
			r.Rejected = true
			r.Problems = []Problem{{Code: RowColumns}}
			return r
		}
	}
	family := ""
	for _, i := range n.order {
		if i >= len(row.Cells) || row.Cells[i] == "" {
			continue
		}
		n.cell(&r, i, row.Cells[i], &family)
	}
	if family != "" {
		r.Name = strings.TrimSpace(family + " " + r.Name)
	}
	if r.Phone == "" && r.Email == "" && r.ExternalID == "" {
		r.Rejected = true
		r.Problems = append(r.Problems, Problem{Code: RowNoIdentity})
	}
	return r
}

func (r *Record) problem(code Code, i int) {
	if code != "" {
		r.Problems = append(r.Problems, Problem{code, i + 1})
	}
}

func (n *Normaliser) cell(r *Record, i int, raw string, family *string) {
	c := n.columns[i]
	var code Code
	switch c.Target {
	case TargetPhone:
		n.phone(r, i, raw)
	case TargetEmail:
		n.email(r, i, raw)
	case TargetExternalID:
		s := strings.TrimPrefix(tidy(raw, false), "'")
		if scientific(s) && strings.ContainsAny(s, ".,") {
			r.problem(NumberLossy, i)
			return
		}
		r.ExternalID, code = cut(s, maxID)
	case TargetName:
		r.Name, code = cut(tidy(raw, false), maxName)
	case TargetFamilyName:
		*family, code = cut(tidy(raw, false), maxName)
	case TargetGender:
		if strings.TrimSpace(raw) != "" {
			r.Gender, code = ParseGender(raw)
		}
	case TargetBirthday:
		if strings.TrimSpace(raw) != "" {
			r.Birthday, code = parseBirthday(raw, n.now)
		}
	case TargetTimezone:
		if tz := strings.TrimSpace(raw); tz != "" {
			if _, err := time.LoadLocation(tz); err != nil || tz == "Local" {
				code = TimezoneUnknown
			} else {
				r.Timezone = tz
			}
		}
	case TargetTags:
		var tags []string
		tags, code = splitTags(raw)
		r.Tags = append(r.Tags, tags...)
	case TargetAttribute:
		var js string
		if js, code = attributeJSON(c.Type, raw, n.now, n.exact); js != "" {
			r.Attrs = append(r.Attrs, AttrValue{c.Key, js})
		}
	}
	r.problem(code, i)
}

func (n *Normaliser) phone(r *Record, i int, raw string) {
	first, kind, rest, code := phone.ParseAll(raw)
	switch {
	case code == phone.Empty:
		return
	case first == "":
		r.problem(Code(code), i)
		return
	case r.Phone == "":
		r.Phone, r.PhoneKind = first, kind
	case r.PhoneKind == phone.Landline && kind == phone.Mobile:
		r.Phones = append(r.Phones, r.Phone)
		r.Phone, r.PhoneKind = first, kind
	case first != r.Phone && !slices.Contains(r.Phones, first):
		r.Phones = append(r.Phones, first)
	}
	for _, p := range rest {
		if p != r.Phone && !slices.Contains(r.Phones, p) {
			r.Phones = append(r.Phones, p)
		}
	}
}

func (n *Normaliser) email(r *Record, i int, raw string) {
	mail, code := ParseEmail(raw)
	if code == "" {
		r.addEmail(mail)
		return
	}
	if strings.TrimSpace(raw) == "" {
		return
	}
	for part := range strings.FieldsFuncSeq(raw, func(c rune) bool { return c == ';' || c == ',' || c == ' ' || c == '/' || c == '|' || c == '\n' }) {
		if mail, bad := ParseEmail(part); bad == "" {
			r.addEmail(mail)
			code = ""
		}
	}
	r.problem(code, i)
}

func (r *Record) addEmail(mail string) {
	switch {
	case r.Email == "":
		r.Email = mail
	case r.Email != mail && !slices.Contains(r.Emails, mail):
		r.Emails = append(r.Emails, mail)
	}
}

// attributeJSON reads a cell as a typed value; "" is "no value".
func attributeJSON(typ, raw string, now time.Time, exact bool) (string, Code) {
	if typ == TypeText {
		s, code := cut(tidy(raw, true), maxText)
		if s == "" {
			return "", ""
		}
		return quote(s), code
	}
	raw = strings.TrimSpace(raw)
	if raw == "" || raw == "-" {
		return "", ""
	}
	switch typ {
	case TypeMoney:
		if exact {
			if f, err := strconv.ParseFloat(raw, 64); err == nil && f > -9e15 && f < 9e15 {
				return strconv.FormatFloat(f, 'f', 0, 64), ""
			}
		}
		n, code := ParseMoney(raw)
		if code != "" {
			return "", code
		}
		return strconv.FormatInt(n, 10), ""
	case TypeNumber:
		f, code := ParseNumber(raw, exact)
		if code != "" {
			return "", code
		}
		return numberJSON(f), ""
	case TypeDate:
		s, code := ParseDate(raw, now.AddDate(30, 0, 0)) // a date such as the end of a contract may lie ahead
		if code != "" {
			return "", code
		}
		return `"` + s + `"`, ""
	case TypeBoolean:
		v, code := ParseBoolean(raw)
		if code != "" {
			return "", code
		}
		return strconv.FormatBool(v), ""
	case TypeList:
		items, code := splitTags(raw)
		if len(items) == 0 {
			return "", code
		}
		return listJSON(items), code
	}
	return "", ""
}

func numberJSON(f float64) string {
	if f == 0 {
		return "0"
	}
	if a := max(f, -f); a < 1e-6 || a >= 1e21 {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func listJSON(items []string) string {
	q := make([]string, len(items))
	for i, s := range items {
		q[i] = quote(s)
	}
	return "[" + strings.Join(q, ",") + "]"
}

// quote writes a JSON string and leaves <, > and & alone, so that both engines store the same text.
func quote(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == 0x7f {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			_ = e.Encode(strings.ReplaceAll(s, "\x00", "")) // a string always encodes; PostgreSQL's JSON knows no NUL
			return strings.TrimSuffix(b.String(), "\n")
		}
	}
	return `"` + s + `"`
}
