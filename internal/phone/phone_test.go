package phone

import (
	"fmt"
	"slices"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		raw, want string
		kind      Kind
		code      Code
	}{
		{"0862549877", "+84862549877", Mobile, OK},
		{"862549877", "+84862549877", Mobile, OK},
		{"84862549877", "+84862549877", Mobile, OK},
		{"+84862549877", "+84862549877", Mobile, OK},
		{"+84 862 549 877", "+84862549877", Mobile, OK},
		{"0084862549877", "+84862549877", Mobile, OK},
		{"+84 (0)862 549 877", "+84862549877", Mobile, OK},
		{"0862.549.877", "+84862549877", Mobile, OK},
		{"0862-549-877", "+84862549877", Mobile, OK},
		{" 0862 549 877 ", "+84862549877", Mobile, OK},
		{"'0862549877", "+84862549877", Mobile, OK},
		{"０８６２５４９８７７", "+84862549877", Mobile, OK},
		{"0862\u00a0549\u00a0877", "+84862549877", Mobile, OK},
		{"SĐT: 0862549877", "+84862549877", Mobile, OK},
		{"862549877.0", "+84862549877", Mobile, OK},
		{"8.62549877E+08", "+84862549877", Mobile, OK},
		{"9.87654E+08", "", Invalid, Lossy},
		{"9,87654E+08", "", Invalid, Lossy},
		{"8.4987654321E+10", "+84987654321", Mobile, OK},
		{"02488915866", "+842488915866", Landline, OK},
		{"+842488915866", "+842488915866", Landline, OK},
		{"2488915866", "+842488915866", Landline, OK},
		{"19001234", "", Invalid, Service},
		{"18001234", "", Invalid, Service},
		{"086111", "", Invalid, Short},
		{"08625498771234", "", Invalid, Long},
		{"0862549x77", "", Invalid, Wrong},
		{"0123", "", Invalid, Short},
		{"", "", Invalid, Empty},
		{"   ", "", Invalid, Empty},
		{"-", "", Invalid, Empty},
		{"không có", "", Invalid, Wrong},
		{"0000000000", "", Invalid, Wrong},
		{"+66812345678", "+66812345678", Mobile, OK},
		{"+84112", "", Invalid, Short},
	} {
		n, k, code := Parse(c.raw)
		if n != c.want || k != c.kind || code != c.code {
			t.Errorf("Parse(%q): got %q %v %q, want %q %v %q", c.raw, n, k, code, c.want, c.kind, c.code)
		}
	}
}

func TestReplacedPrefixes(t *testing.T) {
	t.Parallel()
	if len(replaced) != 21 {
		t.Errorf("got %d replaced prefixes, want 21", len(replaced))
	}
	for old, now := range replaced {
		for _, raw := range []string{"0" + old + "1234567", old + "1234567", "84" + old + "1234567", "+84" + old + "1234567"} {
			n, k, code := Parse(raw)
			if want := "+84" + now + "1234567"; n != want || k != Mobile || code != Converted {
				t.Errorf("Parse(%q): got %q %v %q, want %q mobile converted", raw, n, k, code, want)
			}
		}
	}
}

func TestParseAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		raw, first string
		rest       []string
		code       Code
	}{
		{"0862549877 / 0930657788", "+84862549877", []string{"+84930657788"}, OK},
		{"0862549877;0930657788", "+84862549877", []string{"+84930657788"}, OK},
		{"0862549877, 0930657788", "+84862549877", []string{"+84930657788"}, OK},
		{"0862549877 hoặc 0930657788", "+84862549877", []string{"+84930657788"}, OK},
		{"0862549877\n0930657788", "+84862549877", []string{"+84930657788"}, OK},
		{"0862549877 / 0862.549.877", "+84862549877", nil, OK},
		{"02488915866 / 0930657788", "+84930657788", []string{"+842488915866"}, OK},
		{"abc / 0930657788", "+84930657788", nil, OK},
		{"0930657788 / abc", "+84930657788", nil, OK},
		{"abc / 12", "", nil, Wrong},
		{"/", "", nil, Empty},
	} {
		first, _, rest, code := ParseAll(c.raw)
		if first != c.first || !slices.Equal(rest, c.rest) || code != c.code {
			t.Errorf("ParseAll(%q): got %q %q %q, want %q %q %q", c.raw, first, rest, code, c.first, c.rest, c.code)
		}
	}
}

// TestBlocks compares the fast path with the library for every block of a thousand, at its ends and inside.
func TestBlocks(t *testing.T) {
	t.Parallel()
	for i := range 1000 {
		for _, tail := range []string{"000000", "123456", "999999"} {
			d := fmt.Sprintf("%03d%s", i, tail)
			n, err := phonenumbers.Parse("+84"+d, "VN")
			want := err == nil && i >= 200 && phonenumbers.IsValidNumber(n) && phonenumbers.GetNumberType(n) == phonenumbers.MOBILE
			if got := i >= 200 && mobileBlock([]byte(d)); got != want {
				t.Errorf("block %s: got mobile %v, want %v", d, got, want)
			}
		}
	}
}

func TestCarrier(t *testing.T) {
	t.Parallel()
	for n, want := range map[string]string{
		"+84382549877": "viettel", "+84702549877": "mobifone", "+84812549877": "vinaphone", "+84922549877": "vietnamobile", "+84592549877": "gmobile",
		"+84872549877": "itel", "+84559549877": "wintel", "+842488915866": "", "+66812345678": "", "": "",
	} {
		if got := Carrier(n); got != want {
			t.Errorf("Carrier(%q): got %q, want %q", n, got, want)
		}
	}
}

func FuzzParseAll(f *testing.F) {
	for _, s := range []string{"0862549877 / 0930657788", "9.87654E+08", "+84 (0)862 549 877", "０８６２", "1e1", "E", "\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		first, kind, rest, code := ParseAll(s)
		if (first == "") != (kind == Invalid) {
			t.Fatalf("ParseAll(%q): got %q with kind %v", s, first, kind)
		}
		if first == "" && code == OK {
			t.Fatalf("ParseAll(%q): refused without a code", s)
		}
		for _, n := range append(rest, first) {
			if n == "" {
				continue
			}
			if again, _, _ := Parse(n); again != n {
				t.Fatalf("ParseAll(%q) gave %q, which reads back as %q", s, n, again)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		Parse("0862.549.877")
	}
}
