package template

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Register adds the routes to the API. access makes the operation one that only callers with the right to read, or to write, templates may use.
func (h *Routes) Register(api huma.API, access func(op huma.Operation, write bool) huma.Operation) {
	const base = "/api/v1/templates"
	op := func(id, method, path, summary string, write bool) huma.Operation {
		o := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"templates"}, MaxBodyBytes: 12 * MaxSource}
		if method == http.MethodDelete {
			o.DefaultStatus = http.StatusNoContent
		}
		return access(o, write)
	}
	create := op("create-template", http.MethodPost, base, "Create a template", true)
	create.DefaultStatus = http.StatusCreated
	clone := op("clone-template", http.MethodPost, base+"/{id}/clone", "Copy a template under another name", true)
	clone.DefaultStatus = http.StatusCreated
	huma.Register(api, op("list-templates", http.MethodGet, base, "List templates", false), h.list)
	huma.Register(api, create, h.create)
	huma.Register(api, op("template-language", http.MethodGet, base+"/language", "Variables, filters and tags that templates may use", false), h.language)
	huma.Register(api, op("preview-template", http.MethodPost, base+"/preview", "Fill content in with a contact or with made-up data", false), h.preview)
	huma.Register(api, op("check-template", http.MethodPost, base+"/check", "Check content without saving it", false), h.check)
	huma.Register(api, op("get-template", http.MethodGet, base+"/{id}", "Read a template", false), h.get)
	huma.Register(api, op("update-template", http.MethodPatch, base+"/{id}", "Change a template; new content makes a new version", true), h.update)
	huma.Register(api, op("delete-template", http.MethodDelete, base+"/{id}", "Delete a template; campaigns keep the versions they use", true), h.delete)
	huma.Register(api, clone, h.clone)
}
