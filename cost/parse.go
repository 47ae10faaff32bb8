package cost

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/errs"
)

const (
	// maxLines bounds one invoice.
	maxLines = 300_000
	// headerWithin is how many rows may stand above the names of the columns: titles, the customer, the period.
	headerWithin = 30
)

// Columns say which column of an invoice holds what, by its name as it stands in the file. Empty ones are found by the names that providers use.
type Columns struct {
	ID     string `json:"id"`     // the provider's id of the message
	Key    string `json:"key"`    // the key that we sent with it
	Amount string `json:"amount"` // VND
	Phone  string `json:"phone"`
}

// line is one line of an invoice, or a message of ours that it does not name.
type line struct {
	no                     int64
	ours                   bool
	providerID, key, hint  string
	charged, expected, leg int64
	verdict                string
}

// names are what providers call their columns, folded.
var names = map[string][]string{
	"id":     {"msg id", "message id", "sms id", "smsid", "reference id", "referenceid", "ma tin", "ma tin nhan", "id tin nhan", "id tin", "zns id", "transaction id", "ma giao dich", "id"},
	"key":    {"tracking id", "request id", "requestid", "ma doi soat", "client req id", "custom id"},
	"amount": {"thanh tien", "so tien", "chi phi", "phi", "gia", "don gia", "sell price", "sellprice", "total price", "totalprice", "amount", "price", "fee", "cost", "vnd"},
	"phone":  {"so dien thoai", "sdt", "dien thoai", "phone", "phone number", "phonenumber", "receiver", "nguoi nhan", "so nhan"},
}

// fold writes a column's name without accents, capitals and signs.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= 0x300 && r <= 0x36f: // an accent
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// places are the numbers of the columns, -1 = none.
type places struct{ id, key, amount, phone int }

// place finds the columns in a row of names; ok is false when it is not one.
func (c *Columns) place(row []string) (places, bool) {
	find := func(given, what string) int {
		if given != "" {
			for i, cell := range row {
				if fold(cell) == fold(given) {
					return i
				}
			}
			return -1
		}
		for _, name := range names[what] {
			for i, cell := range row {
				f := fold(cell)
				if f == name || strings.TrimSuffix(f, " vnd") == name || strings.TrimSuffix(f, " d") == name {
					return i
				}
			}
		}
		return -1
	}
	p := places{find(c.ID, "id"), find(c.Key, "key"), find(c.Amount, "amount"), find(c.Phone, "phone")}
	return p, p.amount >= 0 && (p.id >= 0 || p.key >= 0)
}

// reading is what parse learns about a file beside its lines.
type reading struct {
	used          Columns // which columns were taken, by their names in the file
	lines, passed int64   // passed are rows without an amount or an id: sums, blanks
}

// parse reads an invoice row by row and gives each line to keep: UTF-8 with or without a mark, separated by commas, semicolons or tabs. Rows above the names of the columns are passed over, rows
// without an amount or an id, too, and counted. Nothing but one row is held. Errors: invoice.file_unreadable, invoice.columns_missing, invoice.empty, invoice.too_large, and those of keep.
func parse(r io.Reader, c Columns, keep func(line) error) (got reading, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3)
	}
	head, err := in.Peek(8 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return got, err
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return got, errs.Invalid("invoice.file_unreadable")
	}
	reader := csv.NewReader(in)
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes, reader.ReuseRecord = separator(head), -1, true, true
	var p places
	found := false
	for n := 0; ; n++ {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return got, errs.Invalid("invoice.file_unreadable").Because(err)
		}
		if err != nil {
			return got, err
		}
		if !found {
			if n >= headerWithin {
				break
			}
			if p, found = c.place(row); found {
				got.used = Columns{cell(row, p.id), cell(row, p.key), cell(row, p.amount), cell(row, p.phone)}
			}
			continue
		}
		l := line{providerID: short(cell(row, p.id), 200), key: short(cell(row, p.key), 100), hint: mask(cell(row, p.phone))}
		amount, ok := Amount(cell(row, p.amount))
		if !ok || (l.providerID == "" && l.key == "") {
			got.passed++
			continue
		}
		if got.lines++; got.lines > maxLines {
			return got, errs.Invalid("invoice.too_large")
		}
		l.no, l.charged = got.lines, amount
		if err := keep(l); err != nil {
			return got, err
		}
	}
	switch {
	case !found:
		return got, errs.Invalid("invoice.columns_missing")
	case got.lines == 0:
		return got, errs.Invalid("invoice.empty")
	}
	return got, nil
}

// separator is the sign that stands most often in the beginning.
func separator(head []byte) rune {
	best, most := ',', bytes.Count(head, []byte(","))
	for _, s := range []rune{';', '\t'} {
		if n := bytes.Count(head, []byte(string(s))); n > most {
			best, most = s, n
		}
	}
	return best
}

func cell(row []string, i int) string {
	if i < 0 || i >= len(row) {
		return ""
	}
	return strings.Trim(strings.TrimSpace(row[i]), "'") // a quote keeps spreadsheets from rounding long numbers
}

func short(s string, n int) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// mask keeps the last three digits of a number.
func mask(phone string) string {
	digits := ""
	for _, r := range phone {
		if r >= '0' && r <= '9' {
			digits += string(r)
		}
	}
	if len(digits) < 7 || len(digits) > 20 {
		return ""
	}
	return "*****" + digits[len(digits)-3:]
}

// Amount reads an amount of VND as people and programs write it: 850, 1.200, 1,200.50, 850.0000, "1 200 ₫". Fractions are rounded. One sign with three digits behind it separates thousands.
func Amount(s string) (int64, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, unit := range []string{"vnđ", "vnd", "đồng", "₫", "đ", "d"} {
		s = strings.TrimSuffix(s, unit)
	}
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' {
			return -1
		}
		return r
	}, s)
	if s == "" || len(s) > 24 {
		return 0, false
	}
	dot, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	last := max(dot, comma)
	thousands := last < 0 || (dot < 0 || comma < 0) && (strings.Count(s, s[last:last+1]) > 1 || len(s)-last-1 == 3)
	clean := strings.NewReplacer(".", "", ",", "")
	if thousands {
		s = clean.Replace(s)
	} else {
		s = clean.Replace(s[:last]) + "." + s[last+1:]
	}
	for i, r := range s {
		if (r < '0' || r > '9') && r != '.' && (r != '-' || i > 0) {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) > 1e12 {
		return 0, false
	}
	return int64(math.Round(f)), true
}
