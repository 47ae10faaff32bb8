package provider_test

import (
	"encoding/json"
	"testing"

	"github.com/loa-project/loa/provider"
)

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`"12"`: "12", `12`: "12", `null`: "", `true`: "true", `"Nguyễn \"An\""`: `Nguyễn "An"`, `12345678901234567890`: "12345678901234567890", `""`: "", `{"a":1}`: `{"a":1}`} {
		var got provider.Text
		if err := json.Unmarshal([]byte(in), &got); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", in, got, err, want)
		}
	}
	for in, want := range map[provider.Text]int64{"850.0000": 850, " 7 ": 7, "x": 0, "": 0, "-1": -1, "1e3": 1000, "1e300": 0, "NaN": 0} {
		if got := in.Int(); got != want {
			t.Errorf("%q: got %d, want %d", in, got, want)
		}
	}
}

func FuzzAppendJSON(f *testing.F) {
	for _, s := range []string{"", "Nguyễn Văn An", "a\"b\\c\n\t\x00\x7f", "\xff\xfe", "\u2028😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := provider.AppendJSON(nil, s)
		var got string
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if want := string([]rune(s)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		var text provider.Text
		if err := json.Unmarshal(b, &text); err != nil || string(text) != got {
			t.Errorf("got %q, want %q", text, got)
		}
	})
}
