package template

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckZNS(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		param ZNSParam
		value string
		want  string
	}{
		{"missing", ZNSParam{Required: true}, "", ZNSMissing},
		{"missing but null accepted", ZNSParam{Required: true, AcceptNull: true}, "", ""},
		{"missing optional", ZNSParam{}, "", ""},
		{"at the limit", ZNSParam{Type: "STRING", MaxLength: 3}, "ạạạ", ""},
		{"NFC before counting", ZNSParam{Type: "STRING", MaxLength: 3}, "a\u0323a\u0323a\u0323", ""},
		{"too long", ZNSParam{Type: "STRING", MaxLength: 3}, "abcd", ZNSTooLong},
		{"too short", ZNSParam{Type: "STRING", MinLength: 3}, "ab", ZNSWrongFormat},
		{"limit of the type", ZNSParam{Type: "1", MaxLength: 100}, strings.Repeat("x", 31), ZNSTooLong},
		{"date", ZNSParam{Type: "11"}, "20/05/2026", ""},
		{"date and time", ZNSParam{Type: "11"}, "08:30 20/05/2026", ""},
		{"time", ZNSParam{Type: "11"}, "08:30:59", ""},
		{"month", ZNSParam{Type: "11"}, "05/2026", ""},
		{"wrong date", ZNSParam{Type: "11"}, "2026-05-20", ZNSWrongFormat},
		{"impossible month", ZNSParam{Type: "11"}, "20/13/2026", ZNSWrongFormat},
		{"currency", ZNSParam{Type: "14"}, "1250000", ""},
		{"currency with dots", ZNSParam{Type: "14"}, "1.250.000", ZNSWrongFormat},
		{"currency zero", ZNSParam{Type: "14"}, "0", ZNSWrongFormat},
		{"address", ZNSParam{Type: "13"}, "https://shop.example.com", ""},
		{"not an address", ZNSParam{Type: "13"}, "shop", ZNSWrongFormat},
		{"bank note", ZNSParam{Type: "15"}, "Thanh toán DH001", ""},
		{"bank note with signs", ZNSParam{Type: "15"}, "DH#001", ZNSWrongFormat},
	}
	for _, tt := range tests {
		tt.param.Name = "p"
		var want []string
		if tt.want != "" {
			want = []string{tt.want}
		}
		var got []string
		for _, e := range CheckZNS([]ZNSParam{tt.param}, map[string]string{"p": tt.value}) {
			got = append(got, e.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: CheckZNS, want - got +:\n%s", tt.name, diff)
		}
	}
}
