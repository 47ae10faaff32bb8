package proof

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/statuses.md")

const (
	root     = "../.."
	document = root + "/docs/statuses.md"
)

// TestEveryCellIsProven reads the sources of all tests: each cell has a proof, and no proof names a cell that does not exist.
func TestEveryCellIsProven(t *testing.T) {
	t.Parallel()
	proofs, err := read()
	if err != nil {
		t.Fatal(err)
	}
	for cell, tests := range proofs {
		if row, status, _ := strings.Cut(cell, " "); !known(row, status) {
			t.Errorf("%s proves %q, which the status table does not have", tests, cell)
		}
	}
	for _, r := range Table {
		for _, c := range r.Cells {
			if len(proofs[r.Name+" "+c.Status]) == 0 {
				t.Errorf("%s %s: no test proves it", r.Name, c.Status)
			}
		}
	}
	text := write(proofs)
	if *update {
		if err := os.WriteFile(document, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(document); err != nil || string(got) != text {
		t.Errorf("docs/statuses.md is not what the table and the tests say (%v): go test ./internal/proof -update", err)
	}
}

// read finds the calls of Cells in all tests: "row status" to the tests' places.
func read() (map[string][]string, error) {
	proofs := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "node_modules", "web", "bin", "data", "dist"}, d.Name()):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		name, _ := filepath.Rel(root, path)
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(f.Name.Name, "Test") { // what no test calls proves nothing
				continue
			}
			place := filepath.ToSlash(name) + " " + f.Name.Name
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if ok && isCells(call) {
					words := literals(call.Args[1:])
					for _, s := range words[1:] {
						proofs[words[0]+" "+s] = append(proofs[words[0]+" "+s], place)
					}
				}
				return true
			})
		}
		return nil
	})
	for _, tests := range proofs {
		slices.Sort(tests)
	}
	return proofs, err
}

func isCells(call *ast.CallExpr) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "Cells" || len(call.Args) < 3 {
		return false
	}
	x, ok := f.X.(*ast.Ident)
	return ok && x.Name == "proof"
}

// literals are the words of the call; what is no literal reads as "?", which no cell is.
func literals(args []ast.Expr) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = "?"
		if l, ok := a.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil {
				out[i] = s
			}
		}
	}
	return out
}

func write(proofs map[string][]string) string {
	var b strings.Builder
	b.WriteString("# Statuses\n\nThe status table of an automation flow, cell by cell: where each fact comes from, and the tests that prove it. Written by `go test ./internal/proof -update` from the table in\n" +
		"`internal/proof/table.go` and from the calls of `proof.Cells` in the tests; a test fails when this page is out of date or a cell has no proof.\n\n" +
		"A leg of a campaign stands in exactly one of queued, sending, processing, delivered, failed, unknown and skipped; the other words are counted beside these. Queued, sending, unknown and\nskipped are ours: they say what happens before a call, and what nobody can know.\n")
	for _, r := range Table {
		fmt.Fprintf(&b, "\n## %s (`%s`)\n\n| status | word | comes from | proven by |\n|---|---|---|---|\n", r.Title, r.Name)
		for _, c := range r.Cells {
			tests := slices.Compact(slices.Clone(proofs[r.Name+" "+c.Status]))
			by := "`" + strings.Join(tests, "`, `") + "`"
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", c.Title, c.Status, c.Source, by)
		}
	}
	return b.String()
}
