package i18n

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
)

var braces = regexp.MustCompile(`\{[a-z_]+\}`)

func TestParity(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{Vietnamese, English}, {English, Vietnamese}} {
		for _, code := range Codes(pair[0]) {
			if !Has(pair[1], code) {
				t.Errorf("%s has %q, %s has not", pair[0], code, pair[1])
				continue
			}
			got, want := params(catalogs[pair[1]][code]), params(catalogs[pair[0]][code])
			if got != want {
				t.Errorf("%s: parameters in %s %s, in %s %s", code, pair[1], got, pair[0], want)
			}
			if strings.TrimSpace(catalogs[pair[0]][code]) == "" {
				t.Errorf("%s: empty text in %s", code, pair[0])
			}
		}
	}
}

func params(text string) string {
	found := braces.FindAllString(text, -1)
	sort.Strings(found)
	unique := found[:0]
	for i, p := range found {
		if i == 0 || p != found[i-1] {
			unique = append(unique, p)
		}
	}
	return strings.Join(unique, " ")
}

// TestSorted keeps the catalogs easy to merge: one code a line, in order, none twice.
func TestSorted(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"vi.json", "en.json"} {
		raw, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		before := ""
		for n, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
			line = strings.TrimSpace(line)
			if line == "{" || line == "}" {
				continue
			}
			var code string
			if err := json.NewDecoder(strings.NewReader(line)).Decode(&code); err != nil {
				t.Fatalf("%s line %d: want one \"code\": \"text\", got %s", name, n+1, line)
			}
			if code <= before {
				t.Errorf("%s line %d: %q comes after %q", name, n+1, code, before)
			}
			before = code
		}
	}
}

// TestCodesHaveTexts reads the source of the whole module and wants a text for every code that is given to package errs as a literal.
func TestCodesHaveTexts(t *testing.T) {
	t.Parallel()
	used := map[string]string{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		collect(t, path, used)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(used) < 20 {
		t.Fatalf("found only %d codes; the search is broken", len(used))
	}
	for code, where := range used {
		for _, lang := range []string{Vietnamese, English} {
			if !Has(lang, code) {
				t.Errorf("%s: %q has no text in %s.json", where, code, lang)
			}
		}
	}
}

func collect(t *testing.T, path string, used map[string]string) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, nil, 0)
	if err != nil {
		t.Logf("skip %s: %v", path, err)
		return
	}
	note := func(e ast.Expr, suffix string) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		code, err := strconv.Unquote(lit.Value)
		if err == nil && code != "" {
			used[code+suffix] = fset.Position(lit.Pos()).String()
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "errs" && len(call.Args) == 1 {
			switch sel.Sel.Name {
			case "Invalid", "Conflict", "Forbidden", "Unauthorized", "Unavailable", "TooMany":
				note(call.Args[0], "")
			case "NotFound":
				note(call.Args[0], ".not_found")
			}
		}
		if sel.Sel.Name == "Field" && len(call.Args) == 2 {
			note(call.Args[1], "")
		}
		return true
	})
}

func TestText(t *testing.T) {
	t.Parallel()
	if got, want := Text("en", "field.too_long", map[string]string{"max": "{min}", "min": "5"}), "At most {min} characters are allowed."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Text("fr", "request.not_found", nil), Text("vi", "request.not_found", nil); got != want {
		t.Errorf("unknown language: got %q, want %q", got, want)
	}
	if got := Text("vi", "no.such_code", nil); got != "no.such_code" {
		t.Errorf("unknown code: got %q", got)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"": "vi", "vi": "vi", "en": "en", "en-US,en;q=0.9": "en", "vi-VN,vi;q=0.9,en;q=0.8": "vi", "en;q=0.1, vi;q=0.9": "vi",
		"fr": "vi", "fr, en;q=0.5": "en", "*": "vi", "\x00;;": "vi", strings.Repeat("en,", 200): "vi",
	} {
		if got := Match(accept); got != want {
			t.Errorf("Match(%q) = %q, want %q", accept, got, want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("vi-VN,vi;q=0.9")
	f.Fuzz(func(t *testing.T, accept string) {
		if got := Match(accept); got != Vietnamese && got != English {
			t.Errorf("Match(%q) = %q", accept, got)
		}
	})
}
