package segment

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

var updateGolden = flag.Bool("update", false, "write the golden files")

// fixed is an Input without a store: segments 1 (Vàng), 2 (contains 1) and 3 (contains itself), campaign 7.
func fixed(t testing.TB, d db.Dialect) Input {
	segments := map[int64]string{
		1: `{"op":"and","items":[{"field":"attr.hang","operator":"eq","value":"Vàng"}]}`,
		2: `{"op":"or","items":[{"field":"segment","operator":"in","value":[1]},{"field":"tag","operator":"in","value":["VIP"]}]}`,
		3: `{"field":"segment","operator":"in","value":3}`,
		4: `{"op":"and","items":[]}`,
	}
	return Input{WorkspaceID: 5, Dialect: d, Zone: hcm(t), Now: noon, Attributes: attrTypes,
		Segments: func(_ context.Context, id int64) (string, []byte, error) {
			if segments[id] == "" {
				return "", nil, errs.NotFound("segment")
			}
			return fmt.Sprint("Nhóm ", id), []byte(segments[id]), nil
		},
		Campaign: func(_ context.Context, id int64) (string, []int64, error) {
			if id != 7 {
				return "", nil, errs.NotFound("campaign")
			}
			return "Tết", []int64{70}, nil
		},
		Tags: func(context.Context, []string) (map[string]int64, error) {
			return map[string]int64{"vip": 1, "khach si": 2, "moi": 3}, nil
		}}
}

// TestGolden compiles every testdata/compile/*.txt: a condition, then what both engines get and what people read.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/compile/*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("golden files: %d, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		condition, _, _ := strings.Cut(string(raw), "\n---\n")
		tree, err := Parse([]byte(condition))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var out bytes.Buffer
		out.WriteString(strings.TrimSpace(condition))
		for _, d := range []db.Dialect{db.SQLite, db.Postgres} {
			r, err := Resolve(context.Background(), fixed(t, d), tree)
			if err != nil {
				t.Errorf("%s: %v", file, err)
				break
			}
			where, args := r.Where(3)
			bound, err := json.Marshal(args)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "\n---\n%s\n%s\n%s", d, where, bound)
			if d == db.Postgres {
				fmt.Fprintf(&out, "\n---\n%s\n%s\n", r.Summary("vi"), r.Summary("en"))
			}
		}
		if *updateGolden {
			if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if out.String() != string(raw) {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", file, out.String(), raw)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	many := func(n int) string {
		return `{"op":"or","items":[` + strings.TrimSuffix(strings.Repeat(`{"field":"name","operator":"has_any"},`, n), ",") + `]}`
	}
	deep := func(n int) string {
		return strings.Repeat(`{"op":"and","items":[`, n) + `{"field":"name","operator":"has_any"}` + strings.Repeat(`]}`, n)
	}
	for _, c := range []struct{ name, raw, want string }{
		{"empty", ``, "segment.condition_invalid condition segment.not_a_condition"},
		{"not json", `{"op"`, "segment.condition_invalid condition segment.not_a_condition"},
		{"list", `[]`, "segment.condition_invalid condition segment.not_a_condition"},
		{"two", `{"op":"and","items":[]} {}`, "segment.condition_invalid condition segment.not_a_condition"},
		{"unknown key", `{"op":"and","items":[],"sql":"1=1"}`, "segment.condition_invalid condition segment.not_a_condition"},
		{"op", `{"op":"xor","items":[{"field":"name","operator":"has_any"}]}`, "segment.condition_invalid condition.op segment.op_unknown"},
		{"no op", `{"items":[{"field":"name","operator":"has_any"}]}`, "segment.condition_invalid condition.op segment.op_missing"},
		{"nothing", `{}`, "segment.condition_invalid condition.field segment.field_missing"},
		{"no operator", `{"op":"and","items":[{"field":"name"}]}`, "segment.condition_invalid condition.items[0].operator segment.operator_missing"},
		{"both", `{"op":"and","field":"name","items":[{"field":"name","operator":"has_any"}]}`, "segment.condition_invalid condition segment.group_and_condition"},
		{"empty group", `{"op":"and","items":[{"op":"or","items":[]}]}`, "segment.condition_invalid condition.items[0].items segment.group_empty"},
		{"empty or", `{"op":"or","items":[]}`, "segment.condition_invalid condition.items segment.group_empty"},
		{"event", `{"field":"name","operator":"has_any","event":"opened"}`, "segment.condition_invalid condition segment.only_campaign"},
		{"200", many(200), ""},
		{"201", many(201), "segment.too_many_conditions condition segment.too_many_conditions"},
		{"10,000", many(10000), "segment.too_many_conditions condition segment.too_many_conditions"},
		{"deep", deep(10), ""},
		{"too deep", deep(11), "segment.too_deep condition segment.too_deep"},
		{"much too deep", deep(20000), "segment.too_deep condition segment.too_deep"},
		{"large", `{"field":"name","operator":"eq","value":"` + strings.Repeat("x", maxBytes) + `"}`, "segment.condition_too_large"},
		{"array value", `{"field":"name","operator":"in","value":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, "segment.too_deep condition segment.too_deep"},
	} {
		_, err := Parse([]byte(c.raw))
		if got := wrong(err); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	tree := &Condition{}
	if err := json.Unmarshal([]byte(many(10000)), tree); err != nil {
		t.Fatal(err)
	}
	if _, err := Resolve(context.Background(), fixed(t, db.SQLite), tree); !errs.Is(err, "segment.too_many_conditions") {
		t.Errorf("resolving 10,000 conditions: got %v", err)
	}
}

// wrong is an error as "code path code path code".
func wrong(err error) string {
	if err == nil {
		return ""
	}
	e, ok := errs.As(err)
	if !ok {
		return err.Error()
	}
	s := e.Code
	for _, f := range e.Fields {
		s += " " + f.Path + " " + f.Code
	}
	return s
}

func TestResolveErrors(t *testing.T) {
	t.Parallel()
	values := `"x"` + strings.Repeat(`,"x"`, 200)
	for raw, want := range map[string]string{
		`{"field":"password_hash","operator":"eq","value":"x"}`:                                   "condition.field segment.field_unknown",
		`{"field":"attr.khac","operator":"eq","value":"x"}`:                                       "condition.field segment.field_unknown",
		`{"field":"reach.fax","operator":"is","value":true}`:                                      "condition.field segment.field_unknown",
		`{"field":"name","operator":"gt","value":"x"}`:                                            "condition.operator segment.operator_unknown",
		`{"field":"name","operator":"eq"}`:                                                        "condition.value segment.value_missing",
		`{"field":"name","operator":"eq","value":" "}`:                                            "condition.value segment.value_missing",
		`{"field":"name","operator":"eq","value":["x","y"]}`:                                      "condition.value segment.value_one",
		`{"field":"name","operator":"eq","value":true}`:                                           "condition.value segment.value_text",
		`{"field":"name","operator":"eq","value":"a\u0000b"}`:                                     "condition.value segment.value_text",
		`{"field":"name","operator":"eq","value":"` + strings.Repeat("ạ", 201) + `"}`:             "condition.value segment.value_too_long",
		`{"field":"name","operator":"in","value":[` + values + `]}`:                               "condition.value segment.value_too_many",
		`{"field":"name","operator":"in","value":[]}`:                                             "condition.value segment.value_missing",
		`{"field":"name","operator":"has_any","value":"x"}`:                                       "condition.value segment.value_unwanted",
		`{"field":"phone","operator":"eq","value":"123"}`:                                         "condition.value segment.value_phone",
		`{"field":"phone","operator":"contains","value":"09x"}`:                                   "condition.value segment.value_phone",
		`{"field":"gender","operator":"eq","value":"Nam"}`:                                        "condition.value segment.value_gender",
		`{"field":"attr.diem","operator":"eq","value":"abc"}`:                                     "condition.value segment.value_number",
		`{"field":"attr.diem","operator":"eq","value":1e300}`:                                     "condition.value segment.value_number",
		`{"field":"attr.diem","operator":"between","value":[2,1]}`:                                "condition.value segment.value_order",
		`{"field":"attr.diem","operator":"between","value":[2]}`:                                  "condition.value segment.value_two",
		`{"field":"attr.vip","operator":"is","value":"có"}`:                                       "condition.value segment.value_boolean",
		`{"field":"birthday","operator":"eq","value":"2026-02-30"}`:                               "condition.value segment.value_date",
		`{"field":"birthday","operator":"birthday_in_month","value":13}`:                          "condition.value segment.value_month",
		`{"field":"created_at","operator":"in_last_days","value":-1}`:                             "condition.value segment.value_days",
		`{"field":"created_at","operator":"in_last_days","value":1.5}`:                            "condition.value segment.value_days",
		`{"field":"segment","operator":"in","value":[]}`:                                          "condition.value segment.value_segments",
		`{"field":"segment","operator":"in","value":[99]}`:                                        "condition.value segment.not_found",
		`{"field":"campaign","operator":"did","event":"bought"}`:                                  "condition.event segment.event_unknown",
		`{"field":"campaign","operator":"did","event":"opened","campaign_id":8}`:                  "condition.campaign_id campaign.not_found",
		`{"field":"campaign","operator":"did","event":"opened","channel":"fax","within_days":-1}`: "condition.within_days segment.value_days condition.channel channel.unknown",
		`{"field":"campaign","operator":"did","event":"opened","value":1}`:                        "condition.value segment.value_unwanted",
		`{"op":"and","items":[{"field":"a","operator":"eq"},{"field":"b","operator":"eq"}]}`:      "condition.items[0].field segment.field_unknown condition.items[1].field segment.field_unknown",
	} {
		tree, err := Parse([]byte(raw))
		if err != nil {
			t.Errorf("parse %s: %v", raw, err)
			continue
		}
		_, err = Resolve(context.Background(), fixed(t, db.SQLite), tree)
		if got := strings.TrimPrefix(wrong(err), "segment.condition_invalid "); got != want {
			t.Errorf("%s: got %q, want %q", raw, got, want)
		}
	}
	for raw, want := range map[string]string{
		`{"field":"segment","operator":"in","value":[3]}`: "segment.cycle",
		`{"field":"segment","operator":"in","value":[2]}`: "",
	} {
		tree, err := Parse([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Resolve(context.Background(), fixed(t, db.SQLite), tree)
		if got, _, _ := strings.Cut(wrong(err), " "); got != want {
			t.Errorf("%s: got %v, want %s", raw, err, want)
		}
	}
}

// TestInjection gives hostile text in every place where text goes in. None of it may reach the SQL text, fail, or find more than the one person who really has that name.
func TestInjection(t *testing.T) {
	t.Parallel()
	payloads := []string{`' OR '1'='1`, `'; DROP TABLE contact; --`, `") OR 1=1 --`, `$1`, `$99`, `?1`, `%`, `*`, `[a-z]*`, `.*`, `(?i)x`, `***=x`, `\`, `\'`, `a' || 'b`, `{"a":1}`, "x\ny", `' UNION SELECT 1 --`, `(((((`, `[[:<:]]`, `{1,99999}`, `x{300}`}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		list := []*person{{name: "Ai đó", hang: "Bạc", created: noon, updated: noon}}
		for i, s := range payloads {
			list = append(list, &person{name: s, hang: s, soThich: []string{s}, tags: []string{fmt.Sprint("thẻ ", i)}, created: noon, updated: noon})
		}
		x.add(1, list...)
		for i, s := range payloads {
			quoted, err := json.Marshal(s)
			x.must(err)
			for _, field := range []string{"name", "attr.hang", "attr.so_thich"} {
				operator := "eq"
				if field == "attr.so_thich" {
					operator = "contains"
				}
				raw := fmt.Sprintf(`{"field":%q,"operator":%q,"value":%s}`, field, operator, quoted)
				if got := x.ids(x.parse(raw)); len(got) != 1 || got[0] != list[i+1].id {
					t.Errorf("%s: got %v, want only %d", raw, got, list[i+1].id)
				}
				where, _ := mustResolve(t, x, raw).Where(1)
				if len(s) > 4 && strings.Contains(where, s) {
					t.Errorf("%s: the value is in the text: %s", raw, where)
				}
			}
			for _, raw := range []string{`{"field":"tag","operator":"in","value":[%s]}`, `{"field":"email","operator":"eq","value":%s}`, `{"field":"external_id","operator":"contains","value":%s}`, `{"field":"name","operator":"starts","value":%s}`} {
				x.ids(x.parse(fmt.Sprintf(raw, quoted)))
			}
			if _, err := x.s.rule(context.Background(), 1, []byte(fmt.Sprintf(`{"field":%s,"operator":"eq","value":"x"}`, quoted))); err == nil {
				t.Errorf("field %s was taken", quoted)
			}
			if _, err := x.s.rule(context.Background(), 1, []byte(fmt.Sprintf(`{"field":"name","operator":%s,"value":"x"}`, quoted))); err == nil {
				t.Errorf("operator %s was taken", quoted)
			}
		}
		// A key that got into the store by another way never gets into a statement.
		x.exec(`INSERT INTO attribute (workspace_id, key, label, type, created_at) VALUES (1, $1, 'x', 'text', 1)`, `a' OR '1'='1`)
		_, err := x.s.rule(context.Background(), 1, []byte(`{"field":"attr.a' OR '1'='1","operator":"eq","value":"x"}`))
		x.wantCode(err, "segment.condition_invalid")
	})
}

func mustResolve(t testing.TB, x *world, raw string) *Rule {
	t.Helper()
	r, err := x.s.rule(context.Background(), x.ws, []byte(raw))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return r
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"op":"and","not":true,"items":[{"field":"attr.hang","operator":"contains","value":"Vàng"},{"field":"campaign","operator":"did","event":"opened","campaign_id":7,"within_days":7}]}`))
	f.Add([]byte(`{"field":"attr.diem","operator":"between","value":[1,2.5]}`))
	f.Add([]byte(`{"field":"segment","operator":"not_in","value":[1,2]}`))
	f.Add([]byte(`{"op":"or","items":[{"op":"and","items":[{"field":"birthday","operator":"birthday_next_days","value":400}]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		tree, err := Parse(raw)
		if err != nil {
			if _, ok := errs.As(err); !ok {
				t.Fatalf("not an error for people: %v", err)
			}
			return
		}
		r, err := Resolve(context.Background(), fixed(t, db.Postgres), tree)
		if err != nil {
			if _, ok := errs.As(err); !ok {
				t.Fatalf("not an error for people: %v", err)
			}
			return
		}
		where, args := r.Where(1)
		if strings.Count(where, "(") != strings.Count(where, ")") || len(args) > db.MaxParams {
			t.Fatalf("%s: %s (%d arguments)", raw, where, len(args))
		}
		// What is written again means the same.
		again, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		if tree.Op != "" && len(tree.Items) == 0 {
			return // everybody: save writes it by itself
		}
		tree2, err := Parse(again)
		if err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		r2, err := Resolve(context.Background(), fixed(t, db.Postgres), tree2)
		if err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		if where2, _ := r2.Where(1); where2 != where {
			t.Fatalf("%s: got %s, want %s", raw, where2, where)
		}
	})
}
