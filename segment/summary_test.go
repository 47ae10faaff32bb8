package segment

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/i18n"
)

// TestEverySentenceHasWords says every operator of every field, and its denial, in both languages.
func TestEverySentenceHasWords(t *testing.T) {
	t.Parallel()
	names := []string{"attr.hang", "attr.diem", "attr.tong_chi_tieu", "attr.het_han", "attr.vip", "attr.so_thich", fieldTag, fieldSegment, fieldCampaign, "reach.zns", "consent.ai_call", "blocked.messenger"}
	for _, f := range columns {
		names = append(names, f.Name)
	}
	attrs := map[string]contact.Attribute{}
	for _, a := range attrTypes {
		attrs[a.Key] = a
	}
	one := map[Kind]string{KindText: `"x"`, KindExternalID: `"x"`, KindPhone: `"0901234567"`, KindEmail: `"a@b.vn"`, KindGender: `"male"`, KindNumber: `1.5`, KindMoney: `1000`, KindDate: `"2026-11-21"`,
		KindBirthday: `"2026-11-21"`, KindTime: `"2026-11-21"`, KindBoolean: `true`, KindFlag: `false`, KindList: `"x"`, KindTag: `"VIP"`, KindSegment: `1`}
	n := 0
	for _, name := range names {
		f, ok := fieldByName(name, attrs)
		if !ok {
			t.Fatalf("no field %s", name)
		}
		for _, operator := range operators[f.Kind] {
			list := []string{`{"field":"` + name + `","operator":"` + operator + `"`}
			switch {
			case f.Kind == KindCampaign:
				head := list[0]
				list = nil
				for _, e := range Events {
					list = append(list, head+`,"event":"`+e+`"`, head+`,"event":"`+e+`","campaign_id":7,"within_days":3,"channel":"sms"`)
				}
			case contains([]string{"has_any", "is_empty", "birthday_today", "birthday_this_month"}, operator):
			case strings.Contains(operator, "days") || operator == "birthday_in_month":
				list[0] += `,"value":3`
			case operator == "between":
				list[0] += `,"value":[` + one[f.Kind] + `,` + one[f.Kind] + `]`
			case operator == "in" || operator == "not_in" || operator == "all_of":
				list = append(list, list[0]+`,"value":[`+strings.TrimSuffix(strings.Repeat(one[f.Kind]+",", 9), ",")+`]`)
				list[0] += `,"value":[` + one[f.Kind] + `]`
			default:
				list[0] += `,"value":` + one[f.Kind]
			}
			for _, raw := range list {
				raw += "}"
				tree, err := Parse([]byte(raw))
				if err != nil {
					t.Fatalf("%s: %v", raw, err)
				}
				r, err := Resolve(context.Background(), fixed(t, db.Postgres), tree)
				if err != nil {
					t.Errorf("%s: %v", raw, err)
					continue
				}
				for _, lang := range []string{"vi", "en"} {
					n++
					if got := r.Summary(lang); got == "" || strings.ContainsAny(got, "{}") || strings.Contains(strings.ToLower(got), "segment.") || strings.Contains(got, "channel.") {
						t.Errorf("%s in %s: got %q", raw, lang, got)
					}
				}
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d sentences", n)
	}
}

// TestCodesHaveWords looks at the codes that go through problems, which the catalog's own test does not see.
func TestCodesHaveWords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`"((?:segment|channel|campaign)\.[a-z_.]*[a-z])"`)
	actions := map[string]bool{"segment.create": true, "segment.update": true, "segment.delete": true, "segment.members": true}
	n := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range code.FindAllStringSubmatch(string(raw), -1) {
			if n++; !i18n.Has("vi", found[1]) && !actions[found[1]] {
				t.Errorf("%s: %s has no text", file, found[1])
			}
		}
	}
	if n < 30 {
		t.Errorf("found only %d codes", n)
	}
}

// TestExpandedTreesStayBounded: segments of segments multiply; the sum is refused before it is built.
func TestExpandedTreesStayBounded(t *testing.T) {
	t.Parallel()
	in := fixed(t, db.SQLite)
	in.Segments = func(_ context.Context, id int64) (string, []byte, error) {
		if id == 20 {
			return "last", []byte(`{"field":"name","operator":"has_any"}`), nil
		}
		next, _ := json.Marshal(id + 1)
		item := `{"field":"segment","operator":"in","value":[` + string(next) + `]}`
		return "x", []byte(`{"op":"or","items":[` + item + `,` + item + `,` + item + `]}`), nil
	}
	tree, err := Parse([]byte(`{"field":"segment","operator":"in","value":[1]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Resolve(context.Background(), in, tree)
	if got := wrong(err); !strings.HasPrefix(got, "segment.too_many_conditions") {
		t.Errorf("got %v, want segment.too_many_conditions", err)
	}
}

// TestLongestTreesRun compiles the largest allowed trees and runs them on both engines: engines have limits of their own.
func TestLongestTreesRun(t *testing.T) {
	t.Parallel()
	for _, x := range bothWorlds(t) {
		x.add(1, &person{name: "A", hang: "Vàng", created: noon, updated: noon})
		wide := `{"op":"or","items":[` + strings.TrimSuffix(strings.Repeat(`{"field":"attr.hang","operator":"contains","value":"`+strings.Repeat("o", 20)+`"},`, MaxConditions), ",") + `]}`
		deep := strings.Repeat(`{"op":"and","not":true,"items":[{"field":"attr.hang","operator":"eq","value":"x"},`, MaxDepth) + `{"field":"name","operator":"has_any"}` + strings.Repeat(`]}`, MaxDepth)
		long := `{"field":"attr.hang","operator":"contains","value":"` + strings.Repeat("o", MaxText) + `"}`
		var values []string
		for i := range MaxValues {
			raw, _ := json.Marshal(strings.Repeat("ơ", i+1))
			values = append(values, string(raw))
		}
		in := `{"field":"attr.hang","operator":"not_in","value":[` + strings.Join(values, ",") + `]}`
		for i, raw := range []string{wide, deep, long, in} {
			if _, err := x.s.CountCondition(context.Background(), 1, []byte(raw)); err != nil {
				t.Errorf("tree %d on %s: %v", i, x.d.Dialect, err)
			}
		}
	}
}
