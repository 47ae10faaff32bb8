package contact

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/phone"
)

// Code says what is wrong with a row or with one of its cells. Codes never change meaning.
type Code string

// Codes of whole rows: such a row is rejected.
const (
	RowTooLarge   Code = "row_too_large"   // longer than MaxRow
	RowUnclosed   Code = "row_unclosed"    // the file ends inside a quoted cell that began in or before this row
	RowEncoding   Code = "row_encoding"    // bytes that are no text in the file's encoding
	RowColumns    Code = "row_columns"     // more cells than the header has
	RowBroken     Code = "row_broken"      // the spreadsheet program wrote something unreadable
	RowNoIdentity Code = "row_no_identity" // no phone, no e-mail and no external id that can be used
)

// Codes of cells: the value is dropped, the rest of the row is kept.
const (
	EmailInvalid    Code = "email_invalid"
	DateInvalid     Code = "date_invalid"
	DateFuture      Code = "date_future"
	MoneyInvalid    Code = "money_invalid"
	NumberInvalid   Code = "number_invalid"
	NumberLossy     Code = "number_lossy" // spreadsheet notation, digits are lost
	BooleanInvalid  Code = "boolean_invalid"
	GenderUnknown   Code = "gender_unknown"
	TimezoneUnknown Code = "timezone_unknown"
	TextTooLong     Code = "text_too_long" // cut, not dropped
	TagsTooMany     Code = "tags_too_many" // the first ones are kept
)

// Problem is a Code with the column that it concerns; Column counts from 1, 0 is the whole row.
type Problem struct {
	Code   Code `json:"code"`
	Column int  `json:"column"`
}

// problemTexts are the Vietnamese and English sentences of the codes; the API and the rejects file show them.
var problemTexts = map[Code][2]string{
	RowTooLarge:           {"Dòng dài hơn 1 MiB", "The row is longer than 1 MiB"},
	RowUnclosed:           {"Thiếu dấu ngoặc kép đóng; từ đây đến cuối tệp không đọc được chắc chắn", "A closing quotation mark is missing; from here to the end the file cannot be read reliably"},
	RowEncoding:           {"Có ký tự không đọc được trong bảng mã đã chọn", "Some characters cannot be read in the chosen encoding"},
	RowColumns:            {"Dòng có nhiều ô hơn dòng tiêu đề", "The row has more cells than the header"},
	RowBroken:             {"Không đọc được dòng này trong bảng tính", "The spreadsheet row cannot be read"},
	RowNoIdentity:         {"Không có số điện thoại, email hay mã khách hàng nào dùng được", "There is no usable phone number, e-mail address or customer code"},
	EmailInvalid:          {"Email không hợp lệ", "The e-mail address is not valid"},
	DateInvalid:           {"Ngày không hợp lệ", "The date does not exist or cannot be read"},
	DateFuture:            {"Ngày sinh nằm ngoài khoảng hợp lý", "The birthday is out of range"},
	MoneyInvalid:          {"Số tiền không đọc được", "The amount cannot be read"},
	NumberInvalid:         {"Số không đọc được", "The number cannot be read"},
	NumberLossy:           {"Bảng tính đã làm tròn, mất chữ số cuối", "The spreadsheet rounded it, the last digits are lost"},
	BooleanInvalid:        {"Giá trị có/không không đọc được", "The yes/no value cannot be read"},
	GenderUnknown:         {"Giới tính không rõ", "The gender is not understood"},
	TimezoneUnknown:       {"Múi giờ không rõ", "The time zone is not known"},
	TextTooLong:           {"Văn bản quá dài, đã cắt bớt", "The text is too long and was cut"},
	TagsTooMany:           {"Quá nhiều thẻ, chỉ giữ những thẻ đầu", "Too many tags; only the first ones are kept"},
	Code(phone.Lossy):     {"Số điện thoại bị bảng tính làm tròn, mất chữ số cuối", "The spreadsheet rounded the phone number, its last digits are lost"},
	Code(phone.Short):     {"Số điện thoại thiếu chữ số", "The phone number is too short"},
	Code(phone.Long):      {"Số điện thoại thừa chữ số", "The phone number is too long"},
	Code(phone.Service):   {"Số dịch vụ, không phải số của một người", "A service number, not a person's"},
	Code(phone.Wrong):     {"Số điện thoại không hợp lệ", "The phone number is not valid"},
	Code(phone.Converted): {"Đầu số 11 số cũ đã được đổi", "The old 11-digit prefix was converted"},
}

// Text is the sentence of a code in a language, "vi" or "en"; an unknown code is its own text.
func (c Code) Text(language string) string {
	t, ok := problemTexts[c]
	switch {
	case !ok:
		return string(c)
	case language == "en":
		return t[1]
	}
	return t[0]
}

// Describe writes a problem for people: "Email: Email không hợp lệ".
func (p Problem) Describe(language string, headers []string) string {
	if p.Column < 1 {
		return p.Code.Text(language)
	}
	name := fmt.Sprintf("#%d", p.Column)
	if p.Column <= len(headers) && headers[p.Column-1] != "" {
		name = headers[p.Column-1]
	}
	return name + ": " + p.Code.Text(language)
}

// packProblems is the stored form: "date_invalid:6,row_no_identity".
func packProblems(ps []Problem) string {
	var b strings.Builder
	for i, p := range ps {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(p.Code))
		if p.Column > 0 {
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(p.Column))
		}
	}
	return b.String()
}

func unpackProblems(s string) (out []Problem) {
	for part := range strings.SplitSeq(s, ",") {
		code, col, _ := strings.Cut(part, ":")
		n, _ := strconv.Atoi(col)
		if code != "" {
			out = append(out, Problem{Code(code), n})
		}
	}
	return out
}
