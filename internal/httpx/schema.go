package httpx

import (
	"html/template"
	"net/http"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// name is asked for every type of every request and answer, possibly several times for one type.
func (n *namer) name(t reflect.Type, hint string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	base := huma.DefaultSchemaNamer(t, hint)
	switch {
	case t.Name() == "" && strings.HasSuffix(hint, "Body"):
		base = camel(n.operation) + "Response"
		if strings.Contains(hint, "nput") || strings.Contains(hint, "equest") {
			base = camel(n.operation) + "Request"
		}
	case t.Name() != "" && t.PkgPath() != "" && !strings.Contains(t.Name(), "["):
		noun := camel(t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:])
		if noun != "Httpx" && !strings.HasPrefix(base, noun) {
			base = noun + base
		}
	}
	for i := 1; ; i++ {
		name := base
		if i > 1 {
			name += strconv.Itoa(i)
		}
		if owner, ok := n.taken[name]; !ok || owner == any(t) {
			n.taken[name] = t
			return name
		}
	}
}

func camel(s string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// documents adds the OpenAPI document and a page that lists the operations. The page needs no script, so it works under our content policy and without network.
func (a *API) documents() {
	a.Raw(Op{Method: http.MethodGet, Path: "/api/openapi.json", Root: true, Role: Anyone, ID: "openapi"}, func(w http.ResponseWriter, _ *http.Request) error {
		raw, err := a.OpenAPI()
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		_, err = w.Write(raw)
		return err
	})
	a.Raw(Op{Method: http.MethodGet, Path: "/api/docs", Root: true, Role: Anyone, ID: "docs"}, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		return docsPage.Execute(w, a.groups())
	})
}

type docsGroup struct {
	Tag        string
	Operations []docsOperation
}

type docsOperation struct{ Method, Path, ID, Summary, Doc, Role string }

func (a *API) groups() []docsGroup {
	byTag := map[string][]docsOperation{}
	for path, item := range a.huma.OpenAPI().Paths {
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if o == nil {
				continue
			}
			tag := "other"
			if len(o.Tags) > 0 {
				tag = o.Tags[0]
			}
			role, _ := o.Extensions["x-role"].(string)
			byTag[tag] = append(byTag[tag], docsOperation{o.Method, Base + path, o.OperationID, o.Summary, o.Description, role})
		}
	}
	groups := make([]docsGroup, 0, len(byTag))
	for tag, list := range byTag {
		sort.Slice(list, func(i, j int) bool { return list[i].Path+list[i].Method < list[j].Path+list[j].Method })
		groups = append(groups, docsGroup{tag, list})
	}
	sort.Slice(groups, func(i, j int) bool { return groups[i].Tag < groups[j].Tag })
	return groups
}

var docsPage = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Loa API</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1f1f1f}table{border-collapse:collapse;width:100%}td,th{border-top:1px solid #ddd;padding:.3rem .6rem;text-align:left;vertical-align:top}code{font:13px ui-monospace,monospace}h2{margin-top:2rem}</style></head>
<body><h1>Loa API</h1><p>The machine-readable description is <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1). Send <code>Authorization: Bearer loa_…</code>. Errors are problem documents with a stable <code>code</code>.</p>
{{range .}}<h2>{{.Tag}}</h2><table><tr><th>Request</th><th>What it does</th><th>Least role</th></tr>{{range .Operations}}<tr><td><code>{{.Method}} {{.Path}}</code></td><td>{{.Summary}}{{with .Doc}}<br><small>{{.}}</small>{{end}}</td><td>{{.Role}}</td></tr>{{end}}</table>
{{end}}</body></html>`))
