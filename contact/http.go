package contact

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

func channelsOf(set int64) []channel.Channel { return channel.Set(set).List() }

// MaxUpload is the largest customer file that the API takes.
const MaxUpload = 512 << 20

// Register adds the routes of customers, attributes, tags, imports, consent and the suppression list.
func Register(api *httpx.API, s *Service) {
	op := func(method, path, id, summary, tag string, role httpx.Role) httpx.Op {
		o := httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Tag: tag, Role: role}
		if method == "POST" && (id == "create-contact" || id == "create-attribute") {
			o.Status = http.StatusCreated
		}
		return o
	}
	httpx.Register(api, op("GET", "/contacts", "list-contacts", "List or search customers", "contacts", httpx.Viewer), s.httpList)
	httpx.Register(api, op("POST", "/contacts", "create-contact", "Create a customer", "contacts", httpx.Care), s.httpCreate)
	httpx.Register(api, op("GET", "/contacts/count", "count-contacts", "How many customers a filter takes", "contacts", httpx.Viewer), s.httpCount)
	httpx.Register(api, op("GET", "/contacts/{id}", "get-contact", "Read a customer", "contacts", httpx.Viewer), s.httpGet)
	httpx.Register(api, op("PATCH", "/contacts/{id}", "update-contact", "Change a customer", "contacts", httpx.Care), s.httpUpdate)
	httpx.Register(api, op("DELETE", "/contacts/{id}", "delete-contact", "Delete a customer", "contacts", httpx.Marketer), s.httpDelete)
	httpx.Register(api, op("POST", "/contacts/{id}/erase", "erase-contact", "Erase a person's data; the suppression list keeps a keyed hash", "contacts", httpx.Owner), s.httpErase)
	httpx.Register(api, op("POST", "/contacts/{id}/merge", "merge-contacts", "Join another customer into this one", "contacts", httpx.Marketer), s.httpMerge)
	httpx.Register(api, op("GET", "/contacts/{id}/consents", "list-consents", "The proofs of a customer's consent", "contacts", httpx.Viewer), s.httpConsents)
	httpx.Register(api, op("POST", "/contacts/{id}/consents", "grant-consent", "Note that a customer agreed to marketing", "contacts", httpx.Care), s.httpGrant)
	httpx.Register(api, op("POST", "/contacts/{id}/consents/withdraw", "withdraw-consent", "Note that a customer withdrew", "contacts", httpx.Care), s.httpWithdraw)
	httpx.Register(api, op("GET", "/attributes", "list-attributes", "List custom attributes", "contacts", httpx.Viewer), s.httpAttributes)
	httpx.Register(api, op("POST", "/attributes", "create-attribute", "Create a custom attribute", "contacts", httpx.Marketer), s.httpCreateAttribute)
	httpx.Register(api, op("GET", "/tags", "list-tags", "List tags with how many customers have them", "contacts", httpx.Viewer), s.httpTags)
	registerSuppressions(api, s)
	registerBulk(api, s)
	registerIdentities(api, s)
	httpx.Register(api, op("GET", "/imports", "list-imports", "List imports, newest first", "imports", httpx.Viewer), s.httpImports)
	httpx.Register(api, op("GET", "/imports/{id}", "get-import", "Read an import with its progress", "imports", httpx.Viewer), s.httpImport)
	httpx.Register(api, op("POST", "/imports/{id}/preview", "preview-import", "Read the head of the file under a mapping", "imports", httpx.Marketer), s.httpPreview)
	httpx.Register(api, op("POST", "/imports/{id}/start", "start-import", "Start an import", "imports", httpx.Marketer), s.httpStart)
	httpx.Register(api, op("POST", "/imports/{id}/cancel", "cancel-import", "Stop an import; what was read stays", "imports", httpx.Marketer), s.httpCancel)
	upload := op("POST", "/imports", "upload-import", "Upload a customer file (multipart, field file): CSV or XLSX", "imports", httpx.Marketer)
	upload.MaxBody, upload.Stream = MaxUpload, true
	api.Raw(upload, s.serveUpload)
	problems := op("GET", "/imports/{id}/problems.csv", "import-problems", "Rejected rows and warnings with their reasons", "imports", httpx.Marketer)
	problems.Stream = true
	api.Raw(problems, s.serveProblems)
	export := op("GET", "/contacts/export", "export-contacts", "Customers as CSV or XLSX (format=xlsx), all or those of search, tag and condition as in list-contacts; formulas neutralised", "contacts", httpx.Marketer)
	export.Stream = true
	api.Raw(export, s.serveExport)
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type oneContact struct{ Body Contact }

// FilterQuery holds the query parameters of a Filter.
type FilterQuery struct {
	Search    string `query:"search" maxLength:"200" doc:"Beginnings of words of name, phone, e-mail or code, without regard to case and accents; phones in any writing"`
	Tag       string `query:"tag" maxLength:"100"`
	Condition string `query:"condition" maxLength:"20000" doc:"A condition tree as of segments, as JSON"`
}

func (f FilterQuery) filter() Filter {
	return Filter{Search: f.Search, Tag: f.Tag, Condition: json.RawMessage(f.Condition)}
}

type listInput struct {
	FilterQuery
	Order string `query:"order" enum:"oldest,newest" default:"oldest"`
	After int64  `query:"after" minimum:"0" doc:"The next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// ContactPage is one page of customers; Next is the parameter "after" of the next page, 0 at the end.
type ContactPage struct {
	Items []*Contact `json:"items"`
	Next  int64      `json:"next"`
}

func (s *Service) httpList(ctx context.Context, in *listInput) (*struct{ Body ContactPage }, error) {
	items, next, err := s.List(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.filter(), Window{After: in.After, Newest: in.Order == "newest", Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return &struct{ Body ContactPage }{ContactPage{items, next}}, nil
}

type countInput struct {
	FilterQuery
	Exact bool `query:"exact" doc:"Count all of them, however many; else counting stops at 10,000"`
}

func (s *Service) httpCount(ctx context.Context, in *countInput) (*struct{ Body Counted }, error) {
	n, err := s.Count(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.filter(), in.Exact)
	return &struct{ Body Counted }{n}, err
}

func (s *Service) answer(ctx context.Context, id int64) (*oneContact, error) {
	c, err := s.Get(ctx, httpx.ActorFrom(ctx).WorkspaceID, id)
	if err != nil {
		return nil, err
	}
	return &oneContact{*c}, nil
}

func (s *Service) httpGet(ctx context.Context, in *idInput) (*oneContact, error) {
	return s.answer(ctx, in.ID)
}

type createInput struct{ Body Change }

func (s *Service) httpCreate(ctx context.Context, in *createInput) (*oneContact, error) {
	a := httpx.ActorFrom(ctx)
	id, err := s.Create(ctx, a.WorkspaceID, a.String(), in.Body)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, id)
}

type updateInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Change
		Version *time.Time `json:"version,omitempty" doc:"updated_at of the customer as it was read; contact.changed when somebody else changed it since"`
	}
}

func (s *Service) httpUpdate(ctx context.Context, in *updateInput) (*oneContact, error) {
	a := httpx.ActorFrom(ctx)
	if err := s.Update(ctx, a.WorkspaceID, in.ID, a.String(), in.Body.Change, in.Body.Version); err != nil {
		return nil, err
	}
	return s.answer(ctx, in.ID)
}

func (s *Service) httpDelete(ctx context.Context, in *idInput) (*struct{}, error) {
	a := httpx.ActorFrom(ctx)
	return nil, s.Delete(ctx, a.WorkspaceID, in.ID, a.String())
}

func (s *Service) httpErase(ctx context.Context, in *idInput) (*struct{ Body Erasure }, error) {
	a := httpx.ActorFrom(ctx)
	cert, err := s.Erase(ctx, a.WorkspaceID, in.ID, a.String())
	if err != nil {
		return nil, err
	}
	return &struct{ Body Erasure }{cert}, nil
}

type mergeInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Other int64 `json:"other" minimum:"1" doc:"The customer that is joined into this one and ends"`
	}
}

func (s *Service) httpMerge(ctx context.Context, in *mergeInput) (*oneContact, error) {
	a := httpx.ActorFrom(ctx)
	if err := s.Merge(ctx, a.WorkspaceID, in.ID, in.Body.Other, a.String()); err != nil {
		return nil, err
	}
	return s.answer(ctx, in.ID)
}

func (s *Service) httpConsents(ctx context.Context, in *idInput) (*struct{ Body []Consent }, error) {
	a := httpx.ActorFrom(ctx)
	if _, err := s.Get(ctx, a.WorkspaceID, in.ID); err != nil {
		return nil, err
	}
	list, err := s.Consents(ctx, a.WorkspaceID, in.ID)
	return &struct{ Body []Consent }{list}, err
}

type grantInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body BasisOfConsent
}

func (s *Service) httpGrant(ctx context.Context, in *grantInput) (*oneContact, error) {
	a := httpx.ActorFrom(ctx)
	if err := s.Grant(ctx, a.WorkspaceID, in.ID, a.String(), in.Body); err != nil {
		return nil, err
	}
	return s.answer(ctx, in.ID)
}

type withdrawInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Channels []channel.Channel `json:"channels" minItems:"1"`
		Source   string            `json:"source" maxLength:"500"`
	}
}

func (s *Service) httpWithdraw(ctx context.Context, in *withdrawInput) (*oneContact, error) {
	a := httpx.ActorFrom(ctx)
	if err := s.Withdraw(ctx, a.WorkspaceID, in.ID, a.String(), in.Body.Channels, in.Body.Source); err != nil {
		return nil, err
	}
	return s.answer(ctx, in.ID)
}

func (s *Service) httpAttributes(ctx context.Context, _ *struct{}) (*struct{ Body []Attribute }, error) {
	list, err := s.Attributes(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	return &struct{ Body []Attribute }{list}, err
}

type attributeInput struct{ Body Attribute }

func (s *Service) httpCreateAttribute(ctx context.Context, in *attributeInput) (*struct{ Body Attribute }, error) {
	a := httpx.ActorFrom(ctx)
	made, err := s.CreateAttribute(ctx, a.WorkspaceID, a.String(), in.Body)
	return &struct{ Body Attribute }{made}, err
}

func (s *Service) httpTags(ctx context.Context, _ *struct{}) (*struct{ Body []Tag }, error) {
	list, err := s.Tags(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	return &struct{ Body []Tag }{list}, err
}

type pageInput struct {
	Before int64 `query:"before" minimum:"0" doc:"The id that ended the page before"`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type oneImport struct{ Body Import }

func (s *Service) httpImports(ctx context.Context, in *pageInput) (*struct{ Body []*Import }, error) {
	list, err := s.Imports(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.Before, in.Limit)
	return &struct{ Body []*Import }{list}, err
}

func (s *Service) httpImport(ctx context.Context, in *idInput) (*oneImport, error) {
	i, err := s.Import(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	return &oneImport{*i}, nil
}

type importInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body ImportOptions
}

func (s *Service) httpPreview(ctx context.Context, in *importInput) (*struct{ Body *Preview }, error) {
	p, err := s.PreviewImport(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID, in.Body, httpx.Language(ctx))
	if err != nil {
		return nil, err
	}
	return &struct{ Body *Preview }{p}, nil
}

func (s *Service) httpStart(ctx context.Context, in *importInput) (*oneImport, error) {
	a := httpx.ActorFrom(ctx)
	i, err := s.StartImport(ctx, a.WorkspaceID, in.ID, a.String(), in.Body)
	if err != nil {
		return nil, err
	}
	return &oneImport{*i}, nil
}

func (s *Service) httpCancel(ctx context.Context, in *idInput) (*struct{}, error) {
	a := httpx.ActorFrom(ctx)
	return nil, s.CancelImport(ctx, a.WorkspaceID, in.ID, a.String())
}

// serveUpload streams the file part straight into the spool.
func (s *Service) serveUpload(w http.ResponseWriter, r *http.Request) error {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return errs.Invalid("import.not_multipart")
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return errs.Invalid("import.no_file").Field("file", "field.required")
		}
		if err != nil {
			return errs.Invalid("import.not_multipart").Because(err)
		}
		if part.FormName() != "file" {
			continue
		}
		a := httpx.ActorFrom(r.Context())
		i, err := s.Upload(r.Context(), a.WorkspaceID, a.String(), part.FileName(), part)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusCreated, i)
	}
}

func pathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, errs.NotFound("import")
	}
	return id, nil
}

func attachment(w http.ResponseWriter, name, contentType string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}
