package cost

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/errs"
)

func day(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }

func TestBook(t *testing.T) {
	t.Parallel()
	b := NewBook([]Price{
		{Since: day(10), Per: PerPart, VND: 900}, {Since: day(1), Per: PerPart, VND: 850}, {Since: day(5), Network: "viettel", Per: PerPart, VND: 780},
		{Since: day(3), Template: "7", Per: PerMessage, VND: 300}, {Since: day(20), Template: "7", Network: "viettel", Per: PerMessage, VND: 250},
	}, false)
	for _, c := range []struct {
		at   time.Time
		unit Unit
		want string
	}{
		{day(1).Add(-time.Millisecond), Unit{}, "0 false"}, {day(1), Unit{}, "850 true"}, {day(1), Unit{Parts: 3}, "2550 true"},
		{day(10).Add(-time.Millisecond), Unit{Parts: 1}, "850 true"}, {day(10), Unit{Parts: 1}, "900 true"}, {day(10).Add(time.Millisecond), Unit{Parts: 2}, "1800 true"},
		{day(5).Add(-time.Millisecond), Unit{Network: "viettel"}, "850 true"}, {day(5), Unit{Network: "viettel"}, "780 true"},
		{day(11), Unit{Network: "viettel", Parts: 2}, "1560 true"}, // the more particular, though older
		{day(11), Unit{Network: "mobifone"}, "900 true"}, {day(2), Unit{Template: "7"}, "850 true"}, {day(11), Unit{Template: "7", Parts: 4}, "300 true"},
		{day(20).Add(-time.Millisecond), Unit{Template: "7", Network: "viettel"}, "300 true"}, {day(20), Unit{Template: "7", Network: "viettel"}, "250 true"},
	} {
		vnd, ok := b.Price(c.unit, c.at.UnixMilli())
		if got := fmt.Sprint(vnd, ok); got != c.want {
			t.Errorf("%s %+v: got %s, want %s", c.at, c.unit, got, c.want)
		}
	}
	if vnd, ok := b.Price(Unit{Template: "7", Named: true}, day(11).UnixMilli()); vnd != 300 || !ok {
		t.Errorf("a named template: got %d %v, want 300", vnd, ok)
	}
	for _, u := range []Unit{{Named: true}, {Template: "8", Named: true, Network: "viettel"}} {
		if vnd, ok := b.Price(u, day(11).UnixMilli()); ok {
			t.Errorf("%+v: got %d, want that the table says nothing", u, vnd)
		}
	}
	mails := NewBook([]Price{{Per: PerThousand, VND: 1501}}, false)
	for _, first := range []int64{0, 1, 499, 123_456_789_012} {
		for _, step := range []int64{1, 2, 3, 6, 14, 24} {
			for _, n := range []int64{1, 2, 10, 999, 2500, 20_000} {
				sum := int64(0)
				for i := range n {
					vnd, _ := mails.Price(Unit{Serial: first + i*step}, 1)
					sum += vnd
				}
				if off := 1000*sum - n*1501; off < -10_000 || off > 10_000 {
					t.Errorf("%d mails from number %d, every %d: got %d VND, want %d/1000", n, first, step, sum, n*1501)
				}
			}
		}
	}
	if _, ok := (*Book)(nil).Price(Unit{}, 1); ok {
		t.Error("no book knows a price")
	}
	if vnd, ok := NewBook([]Price{{VND: 5, Per: PerMessage}}, true).Price(Unit{}, 1); vnd != 0 || !ok {
		t.Errorf("sandbox: got %d %v, want 0 true", vnd, ok)
	}
}

func TestAmount(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"850": "850 true", "850.0000": "850 true", "1.200": "1200 true", "1,200": "1200 true", "1.234.567": "1234567 true", "1,234,567.50": "1234568 true", "1.234,4": "1234 true",
		"1 200 ₫": "1200 true", "780 VND": "780 true", "0": "0 true", "-850": "-850 true", "": "0 false", "abc": "0 false", "1-2": "0 false", "99999999999999": "0 false", "12,5 đ": "13 true",
	} {
		n, ok := Amount(in)
		if got := fmt.Sprint(n, ok); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file    string
		columns Columns
		want    string
	}{
		"eSMS":        {"\ufeffReferenceId,Phone,SellPrice\nabc,0901234567,850.0000\n", Columns{}, "[abc||*****567|850] 0"},
		"titles":      {"BẢNG KÊ THÁNG 11\n\nKhách hàng;Cửa hàng\nSTT;Mã tin;Số điện thoại;Thành tiền (VNĐ)\n1;'0012;84901234567;1.200\n;;Tổng;1.200\n", Columns{Amount: "Thành tiền (VNĐ)"}, "[0012||*****567|1200] 1"},
		"tabs":        {"tracking_id\tmsg_id\tprice\nw1l2\tz9\t300\n", Columns{}, "[z9|w1l2||300] 0"},
		"own columns": {"A,B\nx,5\n", Columns{ID: "A", Amount: "b"}, "[x|||5] 0"},
		"no amount":   {"Mã tin,Nội dung\nx,y\n", Columns{}, "invoice.columns_missing"},
		"only names":  {"Mã tin,Thành tiền\n", Columns{}, "invoice.empty"},
		"binary":      {"PK\x03\x04\x00\x00", Columns{}, "invoice.file_unreadable"},
		"nothing":     {"", Columns{}, "invoice.columns_missing"},
	} {
		lines, read, err := all(c.file, c.columns)
		var cells []string
		for _, l := range lines {
			cells = append(cells, fmt.Sprintf("%s|%s|%s|%d", l.providerID, l.key, l.hint, l.charged))
		}
		got := fmt.Sprint(cells, " ", read.passed)
		if e, ok := errs.As(err); ok {
			got = e.Code
		} else if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// all reads a whole file.
func all(file string, c Columns) (lines []line, got reading, err error) {
	got, err = parse(strings.NewReader(file), c, func(l line) error { lines = append(lines, l); return nil })
	return lines, got, err
}

func FuzzParse(f *testing.F) {
	f.Add("Mã tin,Thành tiền\nx,850\n")
	f.Add("\ufeffa;b\n\"")
	f.Fuzz(func(t *testing.T, file string) {
		lines, got, err := all(file, Columns{})
		if int64(len(lines)) != got.lines || err == nil && len(lines) == 0 {
			t.Errorf("got %d lines, counted %d, and %v", len(lines), got.lines, err)
		}
		for _, l := range lines {
			if l.providerID == "" && l.key == "" || len(l.providerID) > 200 || strings.ContainsRune(l.providerID, 0) {
				t.Errorf("got the line %+v", l)
			}
		}
	})
}
