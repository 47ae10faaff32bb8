package template

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMeasureSMS(t *testing.T) {
	t.Parallel()
	r := strings.Repeat
	tests := []struct {
		name, text string
		want       SMSInfo
	}{
		{"empty", "", SMSInfo{Encoding: GSM7, PerPart: 160}},
		{"one part", r("a", 160), SMSInfo{Encoding: GSM7, Units: 160, Parts: 1, PerPart: 160}},
		{"one too many", r("a", 161), SMSInfo{Encoding: GSM7, Units: 161, Parts: 2, PerPart: 153}},
		{"two full parts", r("a", 306), SMSInfo{Encoding: GSM7, Units: 306, Parts: 2, PerPart: 153}},
		{"three parts", r("a", 307), SMSInfo{Encoding: GSM7, Units: 307, Parts: 3, PerPart: 153}},
		{"escape counts twice", r("a", 158) + "€", SMSInfo{Encoding: GSM7, Units: 160, Parts: 1, PerPart: 160}},
		{"escape over the limit", r("a", 159) + "€", SMSInfo{Encoding: GSM7, Units: 161, Parts: 2, PerPart: 153}},
		{"escape at the cut", r("a", 152) + "€" + r("a", 152), SMSInfo{Encoding: GSM7, Units: 306, Parts: 3, PerPart: 153}},
		{"escape before the cut", r("a", 151) + "€" + r("a", 153), SMSInfo{Encoding: GSM7, Units: 306, Parts: 2, PerPart: 153}},
		{"all of the extension", "^{}\\[~]|€\f", SMSInfo{Encoding: GSM7, Units: 20, Parts: 1, PerPart: 160}},
		{"letters in the alphabet", "àéùìò@£¥\n", SMSInfo{Encoding: GSM7, Units: 9, Parts: 1, PerPart: 160}},
		{"one accent", "Chào bạn", SMSInfo{Encoding: UCS2, Units: 8, Parts: 1, PerPart: 70, OffendingRunes: []string{"ạ"}}},
		{"ucs2 one part", r("ạ", 70), SMSInfo{Encoding: UCS2, Units: 70, Parts: 1, PerPart: 70, OffendingRunes: []string{"ạ"}}},
		{"ucs2 one too many", r("ạ", 71), SMSInfo{Encoding: UCS2, Units: 71, Parts: 2, PerPart: 67, OffendingRunes: []string{"ạ"}}},
		{"ucs2 two full", r("ạ", 134), SMSInfo{Encoding: UCS2, Units: 134, Parts: 2, PerPart: 67, OffendingRunes: []string{"ạ"}}},
		{"emoji", "😀", SMSInfo{Encoding: UCS2, Units: 2, Parts: 1, PerPart: 70, OffendingRunes: []string{"😀"}}},
		{"emoji at the cut", r("a", 66) + "😀" + r("a", 66), SMSInfo{Encoding: UCS2, Units: 134, Parts: 3, PerPart: 67, OffendingRunes: []string{"😀"}}},
		{"backtick", "`", SMSInfo{Encoding: UCS2, Units: 1, Parts: 1, PerPart: 70, OffendingRunes: []string{"`"}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, MeasureSMS(tt.text)); diff != "" {
			t.Errorf("%s: MeasureSMS, want - got +:\n%s", tt.name, diff)
		}
	}
	if got := (SMSInfo{Parts: 3}).Price(470); got != 1410 {
		t.Errorf("Price = %d, want 1410", got)
	}
}

func TestNormalizeSMS(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, want string
		plain    bool
	}{
		{"“Tết” – giảm 50%…", `"Tết" - giảm 50%...`, false},
		{"a\u00a0b\u200bc\r\nd", "a bc\nd", false},
		{"Đặng Thị Hòa ưu đãi", "Dang Thi Hoa uu dai", true},
		{"Giảm 😀 50.000đ", "Giam  50.000d", true},
		{"Cafe\u0301", "Caf\u00e9", false},
		{"plain", "plain", true},
	}
	for _, tt := range tests {
		if got := NormalizeSMS(tt.in, tt.plain); got != tt.want {
			t.Errorf("NormalizeSMS(%q, %v) = %q, want %q", tt.in, tt.plain, got, tt.want)
		}
	}
}

func FuzzMeasureSMS(f *testing.F) {
	f.Add("Chào {bạn} 😀")
	f.Add(strings.Repeat("€", 200))
	f.Fuzz(func(t *testing.T, text string) {
		i := MeasureSMS(text)
		if i.Units > i.Parts*i.PerPart || i.Parts > 1 && i.Units <= (i.Parts-1)*(i.PerPart-1) || (i.Parts == 0) != (text == "") {
			t.Fatalf("MeasureSMS(%q) = %+v does not fit", text, i)
		}
		if plain := MeasureSMS(NormalizeSMS(text, true)); plain.Encoding != GSM7 {
			t.Fatalf("NormalizeSMS(%q, true) left %q", text, plain.OffendingRunes)
		}
	})
}
