package contact

import (
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/phone"
)

// The targets of a column.
const (
	TargetIgnore     = "ignore"
	TargetExternalID = "external_id"
	TargetName       = "name"
	TargetFamilyName = "family_name" // put before TargetName
	TargetPhone      = "phone"
	TargetEmail      = "email"
	TargetGender     = "gender"
	TargetBirthday   = "birthday"
	TargetTags       = "tags"
	TargetTimezone   = "timezone"
	TargetAttribute  = "attribute"
)

// Types of custom attributes.
const (
	TypeText    = "text"
	TypeNumber  = "number"
	TypeMoney   = "money" // whole VND
	TypeDate    = "date"  // YYYY-MM-DD
	TypeBoolean = "boolean"
	TypeList    = "list" // of texts
)

// ValidType reports whether t is a type of attributes.
func ValidType(t string) bool {
	switch t {
	case TypeText, TypeNumber, TypeMoney, TypeDate, TypeBoolean, TypeList:
		return true
	}
	return false
}

// ColumnMap says where the cells of one column go. Key, Label and Type are only used with TargetAttribute. Several columns may go to phone, email and tags.
type ColumnMap struct {
	Header string `json:"header"`
	Target string `json:"target"`
	Key    string `json:"key,omitempty"`
	Label  string `json:"label,omitempty"`
	Type   string `json:"type,omitempty"`
}

// headerWords are the folded names that columns have in Vietnamese and English exports.
var headerWords = func() map[string]string {
	m := map[string]string{}
	for target, words := range map[string]string{
		TargetExternalID: "ma kh|ma khach hang|ma khach|ma so khach hang|ma so|id|customer id|external id|external_id|customer code|ma thanh vien|ma tv|member id|makh|code|customer_id|user id",
		TargetName:       "ho va ten|ho ten|ten|ten khach hang|ten kh|khach hang|full name|fullname|name|customer name|customer|ho & ten|hoten|ten day du|nguoi nhan|ten nguoi nhan|first name|given name|ten lien he",
		TargetFamilyName: "ho|last name|family name|surname|ho va ten dem|ho dem|ho lot",
		TargetPhone:      "so dien thoai|dien thoai|sdt|so dt|dt|phone|phone number|mobile|mobile phone|tel|telephone|di dong|dien thoai di dong|so di dong|sodienthoai|phone_number|cell|cellphone|sdt khach hang|so dien thoai khach hang|zalo|so zalo|hotline",
		TargetEmail:      "email|e-mail|mail|thu dien tu|dia chi email|email address|email khach hang",
		TargetGender:     "gioi tinh|gender|sex|phai",
		TargetBirthday:   "ngay sinh|sinh nhat|ngay thang nam sinh|birthday|date of birth|dob|birth date|birthdate|ngaysinh|ns",
		TargetTags:       "the|tag|tags|nhan|label|labels|the khach hang|nhom",
		TargetTimezone:   "mui gio|timezone|time zone",
	} {
		for w := range strings.SplitSeq(words, "|") {
			m[w] = target
		}
	}
	return m
}()

// attributeWords are headers that are surely attributes, with their type; used to recognise a header row and to type an empty column.
var attributeWords = map[string]string{
	"hang": TypeText, "hang thanh vien": TypeText, "tinh/thanh": TypeText, "tinh": TypeText, "thanh pho": TypeText, "tinh thanh": TypeText, "city": TypeText, "province": TypeText,
	"tong chi tieu": TypeMoney, "chi tieu": TypeMoney, "doanh thu": TypeMoney, "doanh so": TypeMoney, "tong tien": TypeMoney, "total spent": TypeMoney, "revenue": TypeMoney,
	"cong no": TypeMoney, "ghi chu": TypeText, "note": TypeText, "notes": TypeText, "dia chi": TypeText, "address": TypeText, "quan/huyen": TypeText, "quan": TypeText,
	"ngay mua cuoi": TypeDate, "lan mua cuoi": TypeDate, "ngay mua gan nhat": TypeDate, "ngay tao": TypeDate, "ngay dang ky": TypeDate, "so don": TypeNumber, "so don hang": TypeNumber,
	"diem": TypeNumber, "diem tich luy": TypeNumber, "nguon": TypeText, "chi nhanh": TypeText, "tier": TypeText, "rank": TypeText,
}

// knownHeader finds the target of a column name; attributes count as known.
func knownHeader(header string) (target string, ok bool) {
	h := strings.Trim(Fold(header), " *:.\"'")
	if i := strings.IndexByte(h, '('); i > 0 {
		h = strings.TrimSpace(h[:i])
	}
	if t, ok := headerWords[h]; ok {
		return t, true
	}
	if t, ok := headerWords[strings.TrimRight(h, " 0123456789")]; ok && (t == TargetPhone || t == TargetEmail) {
		return t, true
	}
	if _, ok := attributeWords[h]; ok {
		return TargetAttribute, true
	}
	return "", false
}

// GuessMapping proposes where each column goes, by its header and, where that says nothing, by the sample rows. A target that may be used once goes to the first column that asks
// for it. Empty columns without a name are ignored. The guess is meant to be shown and corrected.
func GuessMapping(headers []string, samples [][]string) []ColumnMap {
	out := make([]ColumnMap, len(headers))
	used := map[string]bool{}
	keys := map[string]bool{}
	for i, h := range headers {
		col := column(samples, i)
		target, known := knownHeader(h)
		if !known {
			target = guessTarget(col)
		}
		once := target != TargetPhone && target != TargetEmail && target != TargetTags
		switch {
		case target == "" && h == "" && len(col) == 0:
			target = TargetIgnore
		case target == "" || (once && used[target] && target != TargetAttribute):
			target = TargetAttribute
		}
		used[target] = true
		out[i] = ColumnMap{Header: h, Target: target}
		if target == TargetAttribute {
			out[i].Label = h
			out[i].Key = uniqueKey(Slug(h), keys)
			out[i].Type = guessType(h, col)
		}
	}
	if used[TargetFamilyName] && !used[TargetName] { // a lone "Họ" column still is the name
		for i := range out {
			if out[i].Target == TargetFamilyName {
				out[i].Target = TargetName
			}
		}
	}
	return out
}

func uniqueKey(key string, used map[string]bool) string {
	if key == "" {
		key = "cot"
	}
	base := key
	for n := 2; used[key]; n++ {
		key = base + "_" + strconv.Itoa(n)
	}
	used[key] = true
	return key
}

func column(samples [][]string, i int) (out []string) {
	for _, row := range samples {
		if i < len(row) && strings.TrimSpace(row[i]) != "" {
			out = append(out, strings.TrimSpace(row[i]))
		}
	}
	return out
}

// guessTarget looks at the values of a column without a telling name: more than half phones or mail addresses are that.
func guessTarget(values []string) string {
	phones, mails := 0, 0
	for _, v := range values {
		if _, k, _ := phone.Parse(v); k == phone.Mobile {
			phones++
		}
		if _, code := ParseEmail(v); code == "" {
			mails++
		}
	}
	switch {
	case len(values) >= 3 && phones*2 > len(values):
		return TargetPhone
	case len(values) >= 3 && mails*2 > len(values):
		return TargetEmail
	}
	return ""
}

func guessType(header string, values []string) string {
	h := Fold(header)
	if t, ok := attributeWords[strings.Trim(h, " *:.")]; ok {
		return t
	}
	money := strings.Contains(h, "tien") || strings.Contains(h, "chi tieu") || strings.Contains(h, "doanh") || strings.Contains(h, "gia tri") || strings.Contains(h, "amount") || strings.Contains(h, "vnd")
	all := func(ok func(string) bool) bool {
		for _, v := range values {
			if !ok(v) {
				return false
			}
		}
		return len(values) > 0
	}
	switch {
	case all(func(v string) bool {
		_, c := ParseMoney(v)
		return c == "" && (money || strings.ContainsAny(v, "đ₫"))
	}):
		return TypeMoney
	case all(func(v string) bool {
		_, c := ParseDate(v, time.Time{}.AddDate(3000, 0, 0))
		return c == "" && strings.ContainsAny(v, "/-.")
	}):
		return TypeDate
	case all(func(v string) bool {
		_, c := ParseNumber(v, false)
		return c == "" && !(len(v) > 1 && v[0] == '0' && plainDigits(v)) && len(v) < 16
	}):
		return TypeNumber
	case all(func(v string) bool { _, c := ParseBoolean(v); return c == "" && v != "x" }):
		return TypeBoolean
	}
	return TypeText
}
