package segment

import (
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
)

// Kind says what values a field has and so which operators it takes.
type Kind string

// The kinds.
const (
	KindText       Kind = "text"
	KindExternalID Kind = "external_id" // compared exactly, case counts
	KindPhone      Kind = "phone"       // E.164 inside; any writing outside
	KindEmail      Kind = "email"
	KindGender     Kind = "gender" // male | female | other
	KindNumber     Kind = "number"
	KindMoney      Kind = "money" // whole VND
	KindDate       Kind = "date"  // YYYY-MM-DD
	KindBirthday   Kind = "birthday"
	KindTime       Kind = "time"    // a moment; compared by days of the workspace's zone
	KindBoolean    Kind = "boolean" // true | false | not known
	KindFlag       Kind = "flag"    // true | false
	KindList       Kind = "list"
	KindTag        Kind = "tag"
	KindSegment    Kind = "segment"
	KindCampaign   Kind = "campaign"
	KindMember     Kind = "member" // of lists; people test lists with the field segment
)

// Field is something that a condition can test.
type Field struct {
	Name      string   `json:"name"`      // phone, attr.hang, consent.zns ...
	Label     string   `json:"label"`     // in the language of the request
	Kind      Kind     `json:"kind"`      //
	Operators []string `json:"operators"` // in the order in which they are shown
	Values    []string `json:"values"`    // known values of a text, list, gender or tag field, the most frequent first; at most 50 (tags: 500)
	key       string   // of an attribute
	bit       int64    // of a channel
	column    string   // of contact
	channel   channel.Channel
}

const (
	fieldTag      = "tag"
	fieldSegment  = "segment"
	fieldCampaign = "campaign"
	fieldList     = "list" // what the condition of a list says of itself
)

var operators = map[Kind][]string{
	KindText:       {"eq", "ne", "contains", "not_contains", "starts", "ends", "in", "not_in", "has_any", "is_empty"},
	KindExternalID: {"eq", "ne", "contains", "not_contains", "starts", "ends", "in", "not_in", "has_any", "is_empty"},
	KindPhone:      {"eq", "ne", "contains", "not_contains", "starts", "ends", "in", "not_in", "has_any", "is_empty"},
	KindEmail:      {"eq", "ne", "contains", "not_contains", "starts", "ends", "in", "not_in", "has_any", "is_empty"},
	KindGender:     {"eq", "ne", "in", "not_in", "has_any", "is_empty"},
	KindNumber:     {"eq", "ne", "gt", "lt", "ge", "le", "between", "in", "not_in", "has_any", "is_empty"},
	KindMoney:      {"eq", "ne", "gt", "lt", "ge", "le", "between", "in", "not_in", "has_any", "is_empty"},
	KindDate:       {"eq", "ne", "gt", "lt", "ge", "le", "between", "on_date", "in_last_days", "not_in_last_days", "in_next_days", "before_days_ago", "has_any", "is_empty"},
	KindBirthday: {"birthday_today", "birthday_this_month", "birthday_next_days", "birthday_in_month", "eq", "ne", "gt", "lt", "ge", "le", "between", "on_date", "has_any",
		"is_empty"},
	KindTime:     {"on_date", "gt", "lt", "ge", "le", "between", "in_last_days", "not_in_last_days", "before_days_ago"},
	KindBoolean:  {"is", "eq", "ne", "has_any", "is_empty"},
	KindFlag:     {"is", "eq", "ne"},
	KindList:     {"contains", "not_contains", "in", "not_in", "has_any", "is_empty"},
	KindTag:      {"in", "all_of", "not_in", "eq", "ne", "has_any", "is_empty"},
	KindSegment:  {"in", "not_in"},
	KindCampaign: {"did", "did_not"},
	KindMember:   {"in", "not_in"},
}

// columns are the built-in fields, in the order in which they are shown.
var columns = []Field{
	{Name: "name", Kind: KindText, column: "c.name"},
	{Name: "phone", Kind: KindPhone, column: "c.phone"},
	{Name: "email", Kind: KindEmail, column: "c.email"},
	{Name: "external_id", Kind: KindExternalID, column: "c.external_id"},
	{Name: "gender", Kind: KindGender, column: "c.gender"},
	{Name: "birthday", Kind: KindBirthday, column: "c.birthday"},
	{Name: "created_at", Kind: KindTime, column: "c.created_at"},
	{Name: "updated_at", Kind: KindTime, column: "c.updated_at"},
}

// masks are the fields that each channel has.
var masks = []string{"reach", "consent", "blocked"}

// Events lists what a person may have done or met in a campaign.
var Events = []string{"sent", "delivered", "opened", "clicked", "failed", "bounced", "complained", "unsubscribed", "skipped", "unknown"}

// fieldByName finds a field in the allow list.
func fieldByName(name string, attrs map[string]contact.Attribute) (Field, bool) {
	switch name {
	case fieldTag:
		return Field{Name: name, Kind: KindTag}, true
	case fieldSegment:
		return Field{Name: name, Kind: KindSegment}, true
	case fieldCampaign:
		return Field{Name: name, Kind: KindCampaign}, true
	case fieldList:
		return Field{Name: name, Kind: KindMember}, true
	}
	for _, f := range columns {
		if f.Name == name {
			return f, true
		}
	}
	prefix, rest, ok := strings.Cut(name, ".")
	if !ok {
		return Field{}, false
	}
	if prefix == "attr" {
		a, ok := attrs[rest]
		if !ok || !validKey(rest) {
			return Field{}, false
		}
		return Field{Name: name, Label: a.Label, Kind: Kind(a.Type), key: rest}, true
	}
	for _, m := range masks {
		if ch := channel.Channel(rest); m == prefix && ch.Valid() {
			return Field{Name: name, Kind: KindFlag, column: m, bit: int64(ch.Bit()), channel: ch}, true
		}
	}
	return Field{}, false
}

// validKey reports whether an attribute key may stand in SQL text. The store holds no other; this is the second lock.
func validKey(key string) bool {
	if key == "" || len(key) > 64 {
		return false
	}
	for i := range len(key) {
		if c := key[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}
