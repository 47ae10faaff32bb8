package contact

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 11, 21, 7, 0, 0, 0, time.UTC)

func TestParseDate(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"1984-11-05": "1984-11-05", "05/11/1984": "1984-11-05", "5/11/84": "1984-11-05", "20/2/62": "1962-02-20", "27/10/07": "2007-10-27", "15-08-1977": "1977-08-15",
		"15.08.1977": "1977-08-15", "1984/11/05": "1984-11-05", "1984-11-05T10:00:00Z": "1984-11-05", "1984-11-05 10:00:00": "1984-11-05", "05/11/1984 10:30 AM": "1984-11-05",
		"ngày 5 tháng 11 năm 1984": "1984-11-05", "5 tháng 11 năm 1984": "1984-11-05", "19841105": "1984-11-05", "05111984": "1984-11-05", "32874": "1990-01-01", "29/02/2024": "2024-02-29",
		" 05/11/1984 ": "1984-11-05", "1/1/26": "2026-01-01", "1/1/27": "1927-01-01",
		"31/02/1990": "", "29/02/2023": "", "12/31/1990": "", "1990": "", "abc": "", "1/2": "", "0/0/0": "", "99/99/9999": "", "1/2/3/4": "", "": "",
	} {
		got, code := ParseDate(raw, now)
		if got != want || (code == "") != (want != "") {
			t.Errorf("ParseDate(%q): got %q %q, want %q", raw, got, code, want)
		}
	}
	if _, code := parseBirthday("01/01/2027", now); code != DateFuture {
		t.Errorf("got %q for a birthday in the future, want %q", code, DateFuture)
	}
}

func TestParseMoney(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]int64{
		"27405000": 27405000, "41.871.000": 41871000, "9,735,000 đ": 9735000, "81.000": 81000, "1.250.000,50 VNĐ": 1250001, "1,250,000.4": 1250000, "1,5 triệu": 1500000, "200k": 200000,
		"2 tỷ": 2000000000, "0": 0, "-50.000": -50000, "50 000": 50000, "12,5": 13, "₫100.000": 100000, "100.000 đồng": 100000, "VND 5.000": 5000, "1.5tr": 1500000, "1.500 nghìn": 1500,
	} {
		if raw == "1.500 nghìn" { // a multiplier makes a single mark a decimal one
			want = 1500
		}
		if got, code := ParseMoney(raw); got != want || code != "" {
			t.Errorf("ParseMoney(%q): got %d %q, want %d", raw, got, code, want)
		}
	}
	for raw, want := range map[string]Code{"abc": MoneyInvalid, "$100": MoneyInvalid, "100 usd": MoneyInvalid, "1.2.3": MoneyInvalid, "4.2E+07": NumberLossy, "": MoneyInvalid, "1,2,3.4.5": MoneyInvalid, "99999999999999999999": MoneyInvalid} {
		if got, code := ParseMoney(raw); code != want {
			t.Errorf("ParseMoney(%q): got %d %q, want %q", raw, got, code, want)
		}
	}
}

func TestParseEmail(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"A.B@Example.COM": "a.b@example.com", " x@example.org ": "x@example.org", "<x@example.org>": "x@example.org", "mailto:x@example.org": "x@example.org", "a+b@mail.example.com": "a+b@mail.example.com",
		"x@@example.org": "", "x@example": "", "@example.org": "", "x@": "", "x y@example.org": "", "x@exa mple.org": "", "x..y@example.org": "", "x@-a.org": "", "x@example.o": "", "x@1.2.3.4": "", "nguyễn@example.org": "",
	} {
		if got, code := ParseEmail(raw); got != want || (code == "") != (want != "") {
			t.Errorf("ParseEmail(%q): got %q %q, want %q", raw, got, code, want)
		}
	}
}

func TestSmallValues(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{"Nam": "male", "NỮ": "female", "F": "female", "m": "male", "Nữ": "female", "Khác": "other", "?": "", " nữ ": "female"} {
		if got, _ := ParseGender(raw); got != want {
			t.Errorf("ParseGender(%q): got %q, want %q", raw, got, want)
		}
	}
	for raw, want := range map[string]float64{"1.234,5": 1234.5, "1,234.5": 1234.5, "12.5": 12.5, "12,5": 12.5, "1.234": 1234, "0.125": 0.125, "-3": -3} {
		if got, code := ParseNumber(raw, false); got != want || code != "" {
			t.Errorf("ParseNumber(%q): got %v %q, want %v", raw, got, code, want)
		}
	}
	if got, _ := ParseNumber("1.234", true); got != 1.234 {
		t.Errorf("got %v for an exact 1.234", got)
	}
	tags, _ := splitTags("VIP; mua online,vip ;; Khách sỉ")
	if want := []string{"VIP", "mua online", "Khách sỉ"}; !slices.Equal(tags, want) {
		t.Errorf("got tags %q, want %q", tags, want)
	}
	for s, want := range map[string]string{"Đặng Thị ỶY": "dang thi yy", "ABC": "abc", "abc": "abc", "Nguye\u0302\u0303n": "nguyen", "😀 VIP": "😀 vip", "Straße": "straße"} {
		if got := Fold(s); got != want {
			t.Errorf("Fold(%q): got %q, want %q", s, got, want)
		}
	}
	for s, want := range map[string]string{"  VŨ  THỊ\tPHÚC ": "VŨ THỊ PHÚC", "Trâ\u0300n": "Trần", "a\u200bb": "ab", "x\x00y\x07": "xy", "": "", "Bùi\u00a0Minh": "Bùi Minh"} {
		if got := tidy(s, false); got != want {
			t.Errorf("tidy(%q): got %q, want %q", s, got, want)
		}
	}
	if got := SortKey("Bùi Minh Quỳnh"); got != "quynh bui minh" {
		t.Errorf("got sort key %q", got)
	}
	if got := Slug("Tổng chi tiêu (đ)"); got != "tong_chi_tieu_d" {
		t.Errorf("got slug %q", got)
	}
}

func TestGuessMapping(t *testing.T) {
	t.Parallel()
	headers := []string{"Mã KH", "Họ và tên", "Số điện thoại", "Email", "Giới tính", "Ngày sinh", "Hạng", "Tỉnh/Thành", "Tổng chi tiêu", "Thẻ", "Ghi chú", "SĐT 2", "Ngày mở thẻ", "Lượt mua", "", "Lạ"}
	samples := [][]string{{"", "", "", "", "", "", "", "", "", "", "", "", "01/02/2024", "3", "", "0862549877"}, {"", "", "", "", "", "", "", "", "", "", "", "", "2024-03-04", "12", "", "0862549878"}, {"", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "0862549879"}}
	var got []string
	for _, c := range GuessMapping(headers, samples) {
		s := c.Target
		if c.Key != "" {
			s += " " + c.Key + " " + c.Type
		}
		got = append(got, s)
	}
	want := []string{"external_id", "name", "phone", "email", "gender", "birthday", "attribute hang text", "attribute tinh_thanh text", "attribute tong_chi_tieu money", "tags", "attribute ghi_chu text",
		"phone", "attribute ngay_mo_the date", "attribute luot_mua number", "ignore", "phone"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mapping (-want +got):\n%s", diff)
	}
}

func TestUglyFile(t *testing.T) {
	t.Parallel()
	info, rows := readAll(t, "testdata/khach-hang.csv", FileOptions{})
	n, err := NewNormaliser(GuessMapping(info.Headers, nil), now, false)
	if err != nil {
		t.Fatal(err)
	}
	codes, accepted, rejected, empty := map[Code]int{}, 0, 0, 0
	for _, row := range rows {
		r := n.Record(row)
		switch {
		case r.Empty:
			empty++
		case r.Rejected:
			rejected++
		default:
			accepted++
		}
		for _, p := range r.Problems {
			codes[p.Code]++
			if p.Code.Text("vi") == string(p.Code) || p.Code.Text("en") == string(p.Code) {
				t.Errorf("code %s has no text", p.Code)
			}
		}
		for _, a := range r.Attrs {
			if !json.Valid([]byte(a.JSON)) {
				t.Errorf("row %d: attribute %s is %s, want JSON", r.Row, a.Key, a.JSON)
			}
		}
	}
	if accepted != 205 || rejected != 3 || empty != 6 {
		t.Errorf("got %d accepted, %d rejected, %d empty, want 205, 3, 6", accepted, rejected, empty)
	}
	want := map[Code]int{RowColumns: 1, RowNoIdentity: 2, "phone_lossy": 14, "phone_too_short": 16, EmailInvalid: 42, DateInvalid: 30, GenderUnknown: 29, MoneyInvalid: 34}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
}

func FuzzValues(f *testing.F) {
	for _, s := range []string{"1.250.000,50 VNĐ", "ngày 5 tháng 11 năm 1984", "4.2E+07", "x@example.org", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, code := ParseDate(s, now); code == "" {
			if again, bad := ParseDate(d, now); bad != "" || again != d {
				t.Fatalf("ParseDate(%q) gave %q, which reads back as %q %s", s, d, again, bad)
			}
		}
		if m, code := ParseEmail(s); code == "" {
			if again, bad := ParseEmail(m); bad != "" || again != m {
				t.Fatalf("ParseEmail(%q) gave %q, which reads back as %q %s", s, m, again, bad)
			}
		}
		for _, typ := range []string{TypeText, TypeNumber, TypeMoney, TypeDate, TypeBoolean, TypeList} {
			if js, _ := attributeJSON(typ, s, now, false); js != "" && !json.Valid([]byte(js)) {
				t.Fatalf("attributeJSON(%s, %q) gave %s", typ, s, js)
			}
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	headers := []string{"Mã KH", "Họ và tên", "Số điện thoại", "Email", "Giới tính", "Ngày sinh", "Hạng", "Tỉnh/Thành", "Tổng chi tiêu", "Thẻ", "Ghi chú"}
	n, err := NewNormaliser(GuessMapping(headers, nil), now, false)
	if err != nil {
		b.Fatal(err)
	}
	row := Row{No: 2, Cells: []string{"KH000001", "Vũ Quốc Quân", "0816722802", "quan.vu2069@example.com", "Nam", "08/03/1955", "Vàng", "Đắk Lắk", "33184000", "khách sỉ", ""}}
	for b.Loop() {
		n.Record(row)
	}
}
