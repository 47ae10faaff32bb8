// Package loa_test keeps the house rules: what may import what, sizes, comments, words, time and SQL.
package loa_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/loa-project/loa/"

type source struct {
	path string // from the root, with slashes
	dir  string
	text string
	file *ast.File // nil for what is not Go
	test bool
}

var fileSet = token.NewFileSet()

// sources reads every file of ours once.
var sources = sync.OnceValues(func() ([]source, error) {
	var all []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path = filepath.ToSlash(path)
		if d.IsDir() {
			switch d.Name() {
			case ".git", "node_modules", "bin", "data", "dist", "screenshots":
				return filepath.SkipDir
			}
			if strings.HasPrefix(d.Name(), "_") { // Go passes them over, too
				return filepath.SkipDir
			}
			return nil
		}
		switch filepath.Ext(path) {
		case ".go", ".sql", ".md", ".ts", ".tsx", ".css", ".html", ".sh", ".mod", ".conf", ".yml", "":
		default:
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s := source{path: path, dir: filepath.ToSlash(filepath.Dir(path)), text: string(raw), test: strings.HasSuffix(path, "_test.go")}
		if strings.HasSuffix(path, ".go") {
			if s.file, err = parser.ParseFile(fileSet, path, raw, parser.ParseComments); err != nil {
				return err
			}
		}
		all = append(all, s)
		return nil
	})
	return all, err
})

// each calls f for every file that keep lets through.
func each(t *testing.T, keep func(s source) bool, f func(s source)) {
	t.Helper()
	all, err := sources()
	if err != nil {
		t.Fatalf("read sources: %v", err)
	}
	n := 0
	for _, s := range all {
		if keep(s) {
			n++
			f(s)
		}
	}
	if n == 0 {
		t.Fatal("no file was looked at")
	}
}

func isGo(s source) bool   { return s.file != nil }
func isCode(s source) bool { return s.file != nil && !s.test }
func isText(s source) bool { return s.path != "rules_test.go" && !strings.HasSuffix(s.path, "LICENSE") }

// levels: a package imports only what is on a lower level.
var levels = []struct {
	level int
	names []string
}{
	{90, []string{"cmd", "e2e"}},
	{80, []string{"internal/app"}},
	{70, []string{"compat", "report"}},
	{60, []string{"flow"}},
	{50, []string{"campaign", "conversation", "sequence", "trial", "voucher"}},
	{40, []string{"message"}},
	{31, []string{"segment"}}, // compiles conditions over contacts
	{30, []string{"template", "contact", "connection", "workspace", "asset"}},
	{29, []string{"policy", "cost"}},      // dated rules and prices, against which the nouns check their own
	{20, []string{"channel", "provider"}}, // the names only; what is below them has rules of its own
	{10, []string{"internal", "web"}},
}

func levelOf(pkg string) int {
	for _, l := range levels {
		for _, name := range l.names {
			if pkg == name || strings.HasPrefix(pkg, name+"/") {
				return l.level
			}
		}
	}
	return 0
}

func under(pkg, parent string) bool { return strings.HasPrefix(pkg, parent+"/") }

// mayImport says why from may not import to; "" when it may.
func mayImport(from, to string) string {
	switch {
	case under(from, "channel"): // turns messages into provider calls
		if levelOf(to) > levelOf("message") || under(to, "channel") || to == "simulator" {
			return "a channel imports message, its nouns and provider/*"
		}
		return ""
	case under(from, "provider"):
		if to != "provider" {
			return "a provider client is wire level only"
		}
		return ""
	case under(to, "channel"):
		if from != "internal/app" {
			return "only internal/app plugs channels in"
		}
		return ""
	case to == "simulator":
		if from != "internal/app" && levelOf(from) < levelOf("cmd") {
			return "the simulator is for the program's commands and for tests"
		}
		return ""
	case from == "simulator":
		if !strings.HasPrefix(to, "internal/") || to == "internal/app" {
			return "the simulator knows the providers' protocols, not our code"
		}
		return ""
	case levelOf(from) == levelOf("internal") && from != "internal/app":
		if levelOf(to) != levelOf("internal") {
			return "plumbing knows no nouns"
		}
		return ""
	case levelOf(from) == 0 || levelOf(to) == 0:
		return "the package has no place in the order: add it to levels"
	case under(to, "provider"):
		return "" // clients are libraries: whoever is above may use them
	case levelOf(to) >= levelOf(from):
		return "imports point downwards only"
	}
	return ""
}

func TestImportsPointDownwards(t *testing.T) {
	t.Parallel()
	each(t, isCode, func(s source) {
		for _, imp := range s.file.Imports {
			path := strings.Trim(imp.Path.Value, `"`)
			to, ours := strings.CutPrefix(path, module)
			if under(s.dir, "provider") && !ours && strings.Contains(path, ".") && s.dir != "provider/smtp" {
				t.Errorf("%s imports %s: provider clients use the standard library only", s.path, path)
			}
			if !ours || to == s.dir {
				continue
			}
			if why := mayImport(s.dir, to); why != "" {
				t.Errorf("%s imports %s: %s", s.path, to, why)
			}
		}
	})
}

func TestOrderCatchesWhatItForbids(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"campaign", "message", true}, {"message", "campaign", false}, {"contact", "template", false}, {"message", "channel/zns", false}, {"channel/zns", "message", true},
		{"channel/zns", "campaign", false}, {"internal/app", "channel/zns", true}, {"provider/zalo", "provider", true}, {"provider/zalo", "message", false}, {"internal/db", "contact", false},
		{"report", "simulator", false}, {"cmd/loa", "internal/app", true}, {"connection", "provider/zalo", true}, {"simulator", "message", false}, {"attic", "message", false},
	} {
		if got := mayImport(c.from, c.to); (got == "") != c.ok {
			t.Errorf("%s → %s: %q, want allowed = %v", c.from, c.to, got, c.ok)
		}
	}
}

func TestExportedThingsAreDocumented(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	each(t, isCode, func(s source) {
		documented[s.dir] = documented[s.dir] || s.file.Doc != nil
		if s.file.Name.Name == "main" {
			return
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || ast.IsExported(receiver(d))) && !wellKnown[d.Name.Name] {
					t.Errorf("%s: %s has no comment", at(d), d.Name.Name)
				}
			case *ast.GenDecl:
				undocumented(t, d)
			}
		}
	})
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: the package has no comment", dir)
		}
	}
}

// wellKnown methods do what their interface says.
var wellKnown = map[string]bool{"Error": true, "Unwrap": true, "String": true, "Len": true, "Less": true, "Swap": true, "Read": true, "Write": true, "Close": true}

func undocumented(t *testing.T, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
				t.Errorf("%s: type %s has no comment", at(spec), spec.Name.Name)
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
					t.Errorf("%s: %s has no comment", at(spec), name.Name)
				}
			}
		}
	}
}

func receiver(f *ast.FuncDecl) string {
	x := f.Recv.List[0].Type
	for {
		switch y := x.(type) {
		case *ast.StarExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.IndexListExpr:
			x = y.X
		case *ast.Ident:
			return y.Name
		default:
			return ""
		}
	}
}

func at(n ast.Node) string {
	p := fileSet.Position(n.Pos())
	return p.String()
}

// The hard budgets. What should be aimed at is half of them.
const (
	maxFile       = 800
	maxFunction   = 150
	maxInterfaces = 20
	maxModules    = 40
)

func TestSizes(t *testing.T) {
	t.Parallel()
	interfaces := 0
	each(t, isGo, func(s source) {
		if n := strings.Count(s.text, "\n"); n > maxFile {
			t.Errorf("%s has %d lines, at most %d are allowed", s.path, n, maxFile)
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if lines := fileSet.Position(n.End()).Line - fileSet.Position(n.Pos()).Line; lines > maxFunction {
					t.Errorf("%s: %s has %d lines, at most %d are allowed", at(n), n.Name.Name, lines, maxFunction)
				}
			case *ast.InterfaceType:
				if !s.test && n.Methods != nil && len(n.Methods.List) > 0 && len(n.Methods.List[0].Names) > 0 {
					interfaces++
				}
			}
			return true
		})
	})
	if interfaces > maxInterfaces {
		t.Errorf("%d interfaces, at most %d are allowed: one is made where two real implementations exist", interfaces, maxInterfaces)
	}
}

func TestDirectModules(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range strings.Split(string(raw), "\n") {
		if strings.HasPrefix(line, "\t") && strings.Contains(line, " v") && !strings.Contains(line, "// indirect") {
			n++
		}
	}
	if n == 0 || n > maxModules {
		t.Errorf("%d direct modules, want 1 to %d", n, maxModules)
	}
}

// machineTime are the places that may ask the machine for the time, with the reason.
var machineTime = map[string]string{
	"message/batch.go":   "how long a claimed chunk is waiting and when its call must be over is machine time",
	"message/deliver.go": "deadlines of provider calls are real time, also in simulation",
	"provider/http.go":   "deadlines of provider calls are real time; the default of an option",
}

// sleeps are the places that may sleep, with the reason.
var sleeps = map[string]string{
	"message/record.go":      "the last tries to store outcomes while the process ends",
	"simulator/zalo_test.go": "the pause of a loop that waits for a condition",
}

func TestTimeComesFromTheClock(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	each(t, isGo, func(s source) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); !ok || x.Name != "time" {
				return true
			}
			switch sel.Sel.Name {
			case "Now", "Since", "Until":
				if s.test || s.dir == "internal/clock" || s.dir == "internal/dbtest" || strings.HasPrefix(s.dir, "e2e") || under(s.dir, "provider") {
					break // provider clients set deadlines of connections and know nothing of ours
				}
				if used[s.path] = true; machineTime[s.path] == "" {
					t.Errorf("%s: time.%s outside internal/clock", at(sel), sel.Sel.Name)
				}
			case "Sleep":
				if used[s.path] = true; sleeps[s.path] == "" {
					t.Errorf("%s: time.Sleep; wait for what should happen", at(sel))
				}
			}
			return true
		})
	})
	for _, list := range []map[string]string{machineTime, sleeps} {
		for path := range list {
			if !used[path] {
				t.Errorf("%s no longer needs its exception: take it off the list", path)
			}
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	// Written in halves so that this file may hold them.
	words := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b|/wo` + `rk/|\.\./sha` + `red|see` + `ds/0`)
	each(t, isText, func(s source) {
		for i, line := range strings.Split(s.text, "\n") {
			if found := words.FindString(line); found != "" {
				t.Errorf("%s:%d: the text holds %q", s.path, i+1, found)
			}
		}
	})
}

// TestAuditedActsHaveWords compares what the code notes in the audit log with what the web app can say.
func TestAuditedActsHaveWords(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("web/src/i18n/vi/settings.json")
	if err != nil {
		t.Fatalf("read words: %v", err)
	}
	var words struct {
		Settings struct {
			Did map[string]map[string]string `json:"did"`
		} `json:"settings"`
	}
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatalf("read words: %v", err)
	}
	found := 0
	each(t, isCode, func(s source) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !strings.HasPrefix(strings.ToLower(name.Sel.Name), "audit") {
				return true
			}
			for _, arg := range call.Args {
				text, ok := arg.(*ast.BasicLit)
				if !ok || text.Kind != token.STRING {
					continue
				}
				action := strings.Trim(text.Value, `"`)
				if s.dir == "connection" && !strings.Contains(action, ".") && action != "system" {
					action = "connection." + action // what its audit method does
				}
				noun, verb, ok := strings.Cut(action, ".")
				if !ok {
					continue
				}
				found++
				if words.Settings.Did[noun][verb] == "" {
					t.Errorf("%s: %q is audited and has no words in the web app", at(call), action)
				}
			}
			return true
		})
	})
	if found < 60 {
		t.Errorf("found %d audited acts, want at least 60", found)
	}
}

func TestQueriesNameTheirColumns(t *testing.T) {
	t.Parallel()
	star := regexp.MustCompile(`(?i)\bselect\s+(\w+\.)?\*`)
	each(t, isText, func(s source) {
		if s.file == nil && !strings.HasSuffix(s.path, ".sql") {
			return
		}
		for i, line := range strings.Split(s.text, "\n") {
			if star.MatchString(line) {
				t.Errorf("%s:%d: name the columns: %s", s.path, i+1, strings.TrimSpace(line))
			}
		}
	})
}

func TestMigrationsComeInPairs(t *testing.T) {
	t.Parallel()
	names := func(engine string) string {
		files, err := filepath.Glob("internal/db/migrations/" + engine + "/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatalf("migrations of %s: %v", engine, err)
		}
		for i, f := range files {
			files[i] = filepath.Base(f)
		}
		sort.Strings(files)
		return strings.Join(files, " ")
	}
	if lite, pg := names("sqlite"), names("postgres"); lite != pg {
		t.Errorf("sqlite has %s, postgres has %s", lite, pg)
	}
}
