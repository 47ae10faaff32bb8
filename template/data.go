package template

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Person is what a template may know about a contact.
type Person struct {
	ID         int64
	ExternalID string // the shop's own code
	Name       string
	Phone      string // E.164
	Email      string
	Birthday   string // YYYY-MM-DD
	Gender     string // male, female, other or empty
	Attrs      map[string]any
	Tags       []string
	Vouchers   map[string]any // {{ voucher.code }}, {{ voucher.code_12 }}; see Vouchers
}

// Data is everything that one message is filled with. Empty strings count as missing. Only strings, numbers, booleans, times, and lists and maps of them are taken from Attrs and
// Params; other Go values are missing.
type Data struct {
	Contact       Person
	CampaignID    int64
	CampaignName  string
	WorkspaceName string
	Params        map[string]any // extra values of this message: {{ params.key }}
	Zone          *time.Location // the workspace's zone, in which times are shown; nil is UTC
	Now           time.Time      // {{ now }}

	// LinkURL gives the tracked address that stands in place of link i (see Compiled.Links). nil, or an empty answer, leaves the plain address.
	LinkURL func(i int) string
	// PixelURL is the address of the open pixel; empty leaves it out.
	PixelURL string
	// UnsubscribeURL is {{ unsubscribe_url }}.
	UnsubscribeURL string
}

// field is a variable that has its own place in Data.
type field uint8

const (
	fieldNone field = iota
	fieldID
	fieldExternalID
	fieldName
	fieldFirstName
	fieldPhone
	fieldEmail
	fieldBirthday
	fieldGender
	fieldTags
	fieldAttr
	fieldParam
	fieldCampaignID
	fieldCampaignName
	fieldWorkspaceName
	fieldUnsubscribe
	fieldNow
	fieldLink
	fieldPixel
	fieldVoucher
)

var fields = map[string]field{
	"contact.id": fieldID, "contact.external_id": fieldExternalID, "contact.name": fieldName, "contact.first_name": fieldFirstName, "contact.phone": fieldPhone,
	"contact.email": fieldEmail, "contact.birthday": fieldBirthday, "contact.gender": fieldGender, "contact.tags": fieldTags, "campaign.id": fieldCampaignID,
	"campaign.name": fieldCampaignName, "workspace.name": fieldWorkspaceName, "unsubscribe_url": fieldUnsubscribe, "now": fieldNow,
}

// ref is a variable found once at compile time.
type ref struct {
	field field
	keys  []string // below contact.attrs and params
	slot  int      // of an internal link
}

// resolve finds path among the known variables; fieldNone means unknown.
func resolve(path string) ref {
	if f, ok := fields[path]; ok {
		return ref{field: f}
	}
	if rest, ok := strings.CutPrefix(path, "contact.attrs."); ok {
		return ref{field: fieldAttr, keys: strings.Split(rest, ".")}
	}
	if rest, ok := strings.CutPrefix(path, "params."); ok {
		return ref{field: fieldParam, keys: strings.Split(rest, ".")}
	}
	if rest, ok := strings.CutPrefix(path, "voucher."); ok && voucherKey(rest) {
		return ref{field: fieldVoucher, keys: []string{rest}}
	}
	return ref{}
}

// known reports whether a path names something that Data can hold, including the groups that only make sense in conditions.
func known(path string) bool {
	switch path {
	case "contact", "contact.attrs", "contact.attrs.size", "params", "campaign", "workspace", "voucher", "contact.tags.size", "contact.tags.first", "contact.tags.last":
		return true
	}
	return resolve(path).field != fieldNone
}

// text is the value of r as text, for the variables that are text already. ok is false for the others.
func (d *Data) text(r *ref) (s string, ok bool) {
	switch r.field {
	case fieldName:
		return d.Contact.Name, true
	case fieldPhone:
		return d.Contact.Phone, true
	case fieldEmail:
		return d.Contact.Email, true
	case fieldExternalID:
		return d.Contact.ExternalID, true
	case fieldBirthday:
		return d.Contact.Birthday, true
	case fieldGender:
		return d.Contact.Gender, true
	case fieldFirstName:
		return GivenName(d.Contact.Name), true
	case fieldCampaignName:
		return d.CampaignName, true
	case fieldWorkspaceName:
		return d.WorkspaceName, true
	case fieldUnsubscribe:
		return d.UnsubscribeURL, true
	}
	return "", false
}

// value is the cleaned value of r, nil when it is missing.
func (d *Data) value(r *ref) any {
	switch r.field {
	case fieldID:
		if d.Contact.ID == 0 {
			return nil
		}
		return strconv.FormatInt(d.Contact.ID, 10)
	case fieldCampaignID:
		if d.CampaignID == 0 {
			return nil
		}
		return strconv.FormatInt(d.CampaignID, 10)
	case fieldTags:
		return clean(d.Contact.Tags, d.zone(), 0)
	case fieldAttr:
		return clean(dig(d.Contact.Attrs, r.keys), d.zone(), 0)
	case fieldParam:
		return clean(dig(d.Params, r.keys), d.zone(), 0)
	case fieldVoucher:
		return clean(d.Contact.Vouchers[r.keys[0]], d.zone(), 0)
	case fieldNow:
		return clean(d.Now, d.zone(), 0)
	}
	if s, ok := d.text(r); ok && s != "" {
		return s
	}
	return nil
}

func (d *Data) zone() *time.Location {
	if d.Zone == nil {
		return time.UTC
	}
	return d.Zone
}

// bindings is the value tree for templates with conditions. It holds cleaned values only.
func (d *Data) bindings() map[string]any {
	contact := make(map[string]any, 12)
	root := map[string]any{"contact": contact, "campaign": map[string]any{}, "workspace": map[string]any{}}
	for path, f := range fields {
		v := d.value(&ref{field: f})
		if v == nil {
			continue
		}
		group, name, deep := strings.Cut(path, ".")
		if !deep {
			root[path] = v
		} else {
			root[group].(map[string]any)[name] = v
		}
	}
	if v := clean(d.Contact.Attrs, d.zone(), 0); v != nil {
		contact["attrs"] = v
	}
	if v := clean(d.Params, d.zone(), 0); v != nil {
		root["params"] = v
	}
	if v := clean(d.Contact.Vouchers, d.zone(), 0); v != nil {
		root["voucher"] = v
	}
	return root
}

func dig(m map[string]any, keys []string) any {
	for i, k := range keys {
		v, ok := m[k]
		if !ok {
			return nil
		}
		if i == len(keys)-1 {
			return v
		}
		if m, ok = v.(map[string]any); !ok {
			return nil
		}
	}
	return nil
}

// The longest text in bytes: of a value that comes in (longer ones are cut), and of what filters make of it (longer ones stop the rendering).
const (
	maxInput = 16 << 10
	maxValue = 64 << 10
)

// clean lets through strings, numbers, booleans, times, and lists and maps of these, and turns everything else, and everything empty, into nil. Methods of a Go value are never
// called by a template.
func clean(v any, zone *time.Location, depth int) any {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil
		}
		if len(v) > maxInput {
			return strings.ToValidUTF8(v[:maxInput], "")
		}
		return v
	case bool:
		return v
	case int:
		return v
	case int32:
		return int(v)
	case int64:
		return int(v)
	case float32:
		return cleanFloat(float64(v))
	case float64:
		return cleanFloat(v)
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return int(n)
		}
		if f, err := v.Float64(); err == nil {
			return cleanFloat(f)
		}
		return nil
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.In(zone)
	}
	if depth > 4 {
		return nil
	}
	switch v := v.(type) {
	case []string:
		if len(v) == 0 {
			return nil
		}
		out := make([]any, 0, len(v))
		for _, s := range v {
			out = append(out, s)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, e := range v {
			if c := clean(e, zone, depth+1); c != nil {
				out = append(out, c)
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			if c := clean(e, zone, depth+1); c != nil {
				out[k] = c
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	return nil
}

// cleanFloat makes whole numbers integers, so that 3 and 3.0 are the same text.
func cleanFloat(f float64) any {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return nil
	case f == math.Trunc(f) && math.Abs(f) < 1<<53:
		return int(f)
	}
	return f
}

// Variables that a template may use besides contact.attrs.* and params.*, sorted.
func Variables() []string {
	out := make([]string, 0, len(fields))
	for path := range fields {
		out = append(out, path)
	}
	for _, v := range voucherValues {
		out = append(out, "voucher."+v)
	}
	slices.Sort(out)
	return out
}

// SampleData is made-up data for checks and for previews without a contact. Attributes and parameters of every name in paths get a value too, so that a check reaches every filter.
func SampleData(paths []string, now time.Time, zone *time.Location) Data {
	d := Data{
		Contact: Person{ID: 1, ExternalID: "KH0001", Name: "Nguyễn Văn An", Phone: "+84901234567", Email: "an.nguyen@example.com", Birthday: "1990-05-20", Gender: "male",
			Attrs: map[string]any{}, Tags: []string{"VIP"}, Vouchers: map[string]any{}},
		CampaignID: 1, CampaignName: "Chiến dịch mẫu", WorkspaceName: "Cửa hàng Mẫu", Params: map[string]any{}, Zone: zone, Now: now,
		UnsubscribeURL: "https://example.com/u/sample",
	}
	for _, p := range paths {
		switch r := resolve(p); r.field {
		case fieldAttr:
			put(d.Contact.Attrs, r.keys)
		case fieldParam:
			put(d.Params, r.keys)
		case fieldVoucher:
			d.Contact.Vouchers[r.keys[0]] = sampleVoucher(r.keys[0], now)
		}
	}
	return d
}

func put(m map[string]any, keys []string) {
	for i, k := range keys {
		if i == len(keys)-1 {
			if _, taken := m[k]; !taken {
				m[k] = "1250000"
			}
			return
		}
		next, ok := m[k].(map[string]any)
		if !ok {
			next = map[string]any{}
			m[k] = next
		}
		m = next
	}
}
