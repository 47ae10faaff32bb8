package template

import (
	"net/http"

	"github.com/loa-project/loa/internal/httpx"
)

// Register adds the routes of templates: viewers read, marketers write.
func (h *Routes) Register(api *httpx.API) {
	op := func(id, method, path, summary string, role httpx.Role) httpx.Op {
		o := httpx.Op{ID: id, Method: method, Path: "/templates" + path, Summary: summary, Tag: "templates", Role: role, MaxBody: 12 * MaxSource}
		if id == "create-template" || id == "clone-template" {
			o.Status = http.StatusCreated
		}
		return o
	}
	httpx.Register(api, op("list-templates", "GET", "", "List templates", httpx.Viewer), h.list)
	httpx.Register(api, op("create-template", "POST", "", "Create a template", httpx.Marketer), h.create)
	httpx.Register(api, op("template-language", "GET", "/language", "Variables, filters and tags that templates may use", httpx.Viewer), h.language)
	httpx.Register(api, op("preview-template", "POST", "/preview", "Fill content in with a contact or with made-up data", httpx.Viewer), h.preview)
	httpx.Register(api, op("check-template", "POST", "/check", "Check content without saving it", httpx.Viewer), h.check)
	check := op("check-template-audience", "POST", "/check-audience", "Fill content in for everybody of a segment and say what would be refused", httpx.Viewer)
	check.Stream, check.Doc = true, "Takes {channel, content, segment_id (absent: everybody), params} and answers with lines of JSON, each the counts so far: people, unreachable, checked, failing, causes, empty, sms. The last line has \"done\": true; an answer without it is no result. The check ends with the request."
	api.Raw(check, h.checkAudience)
	httpx.Register(api, op("list-template-versions", "GET", "/{id}/versions", "List the versions of a template", httpx.Viewer), h.versions)
	httpx.Register(api, op("list-template-uses", "GET", "/{id}/uses", "List the campaigns that name a template", httpx.Viewer), h.uses)
	httpx.Register(api, op("get-template", "GET", "/{id}", "Read a template", httpx.Viewer), h.get)
	httpx.Register(api, op("update-template", "PATCH", "/{id}", "Change a template; new content makes a new version", httpx.Marketer), h.update)
	httpx.Register(api, op("delete-template", "DELETE", "/{id}", "Delete a template; campaigns keep the versions they use", httpx.Marketer), h.delete)
	httpx.Register(api, op("clone-template", "POST", "/{id}/clone", "Copy a template", httpx.Marketer), h.clone)
}
