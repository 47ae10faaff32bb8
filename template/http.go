package template

import (
	"context"
	"encoding/json"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

// Caller is who asks, as the server found it out.
type Caller struct {
	WorkspaceID   int64
	Actor         string // user:12, key:3
	WorkspaceName string
	Zone          *time.Location
}

// Routes are the handlers of /api/v1/templates. They know no sessions and no roles; the server gives them the Caller.
type Routes struct {
	Service *Service
	Caller  func(ctx context.Context) (Caller, error)
	// Contact reads the data of a contact for a preview; its error is contact.not_found when there is none.
	Contact func(ctx context.Context, workspaceID, contactID int64) (Person, error)
	// Audience compiles a segment; its error is segment.not_found when there is none.
	Audience func(ctx context.Context, workspaceID, segmentID int64) (Audience, error)
}

type listInput struct {
	Search  string `query:"search" maxLength:"200" doc:"Part of the name, without regard to case and accents"`
	Channel string `query:"channel" enum:"zns,sms,email,zalo_oa,messenger,ai_call,http_request,sync,voucher,action,start_flow,wait" doc:"Only this channel"`
	Before  int64  `query:"before" minimum:"0" doc:"The next_before of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Page is one page of templates, newest first.
type Page struct {
	Items []Line `json:"items"`
	// NextBefore is the parameter "before" of the next page; 0 at the end.
	NextBefore int64 `json:"next_before"`
}

type pageOutput struct{ Body Page }

func (h *Routes) list(ctx context.Context, in *listInput) (*pageOutput, error) {
	who, err := h.Caller(ctx)
	if err != nil {
		return nil, err
	}
	items, next, err := h.Service.List(ctx, who.WorkspaceID, Filter{Search: in.Search, Channel: channel.Channel(in.Channel), Before: in.Before, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return &pageOutput{Page{items, next}}, nil
}

type idInput struct {
	ID      int64 `path:"id" minimum:"1"`
	Version int   `query:"version" minimum:"0" doc:"A certain version; the newest when absent"`
}

type templateOutput struct{ Body Template }

func (h *Routes) get(ctx context.Context, in *idInput) (*templateOutput, error) {
	who, err := h.Caller(ctx)
	if err != nil {
		return nil, err
	}
	var t Template
	if in.Version > 0 {
		t, err = h.Service.Version(ctx, who.WorkspaceID, in.ID, in.Version)
	} else {
		t, err = h.Service.Get(ctx, who.WorkspaceID, in.ID)
	}
	return &templateOutput{t}, err
}

// placed says in which input field the mistake is that was found in content, so that a form can show it there.
func placed(err error) error {
	e, ok := errs.As(err)
	if !ok || len(e.Fields) > 0 || e.Params["field"] == "" {
		return err
	}
	at := *e
	at.Fields = []errs.Field{{Path: "content." + e.Params["field"], Code: e.Code, Params: e.Params}}
	return &at
}

type createInput struct {
	Body struct {
		Name    string          `json:"name" maxLength:"400"`
		Channel string          `json:"channel" enum:"zns,sms,email,zalo_oa,messenger,ai_call,http_request,sync,voucher,action,start_flow,wait"`
		Content json.RawMessage `json:"content" doc:"ZNSContent, SMSContent or EmailContent"`
	}
}

func (h *Routes) create(ctx context.Context, in *createInput) (*templateOutput, error) {
	who, err := h.Caller(ctx)
	if err != nil {
		return nil, err
	}
	t, err := h.Service.Create(ctx, who.WorkspaceID, who.Actor, in.Body.Name, channel.Channel(in.Body.Channel), in.Body.Content)
	return &templateOutput{t}, placed(err)
}

type updateInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Name    *string         `json:"name,omitempty" maxLength:"400"`
		Content json.RawMessage `json:"content,omitempty"`
		Version int             `json:"version,omitempty" minimum:"0" doc:"The version that was edited; a newer one in between refuses the change"`
	}
}

func (h *Routes) update(ctx context.Context, in *updateInput) (*templateOutput, error) {
	who, err := h.Caller(ctx)
	if err != nil {
		return nil, err
	}
	t, err := h.Service.Update(ctx, who.WorkspaceID, who.Actor, in.ID, Change{Name: in.Body.Name, Content: in.Body.Content, Base: in.Body.Version})
	return &templateOutput{t}, placed(err)
}

func (h *Routes) delete(ctx context.Context, in *idInput) (*struct{}, error) {
	who, err := h.Caller(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.Service.Delete(ctx, who.WorkspaceID, in.ID)
}

type cloneInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Name string `json:"name" maxLength:"400"`
	}
}

func (h *Routes) clone(ctx context.Context, in *cloneInput) (*templateOutput, error) {
	who, err := h.Caller(ctx)
	if err != nil {
		return nil, err
	}
	t, err := h.Service.Clone(ctx, who.WorkspaceID, who.Actor, in.ID, in.Body.Name)
	return &templateOutput{t}, err
}

type previewInput struct {
	Body struct {
		Channel   string          `json:"channel" enum:"zns,sms,email,zalo_oa,messenger,ai_call,http_request,sync,voucher,action,start_flow,wait"`
		Content   json.RawMessage `json:"content" doc:"ZNSContent, SMSContent or EmailContent; it need not be saved"`
		ContactID int64           `json:"contact_id,omitempty" minimum:"0" doc:"Fill in with this contact; made-up data when absent"`
		Params    map[string]any  `json:"params,omitempty" doc:"Values of params.*"`
	}
}

type previewOutput struct{ Body Rendered }

func (h *Routes) preview(ctx context.Context, in *previewInput) (*previewOutput, error) {
	who, err := h.Caller(ctx)
	if err != nil {
		return nil, err
	}
	c, err := CompileContent(channel.Channel(in.Body.Channel), in.Body.Content)
	if err != nil {
		return nil, placed(err)
	}
	d := Data{WorkspaceName: who.WorkspaceName, Zone: who.Zone, Now: h.Service.deps.Now()}
	d = c.Sample(d)
	if in.Body.ContactID > 0 {
		if d.Contact, err = h.Contact(ctx, who.WorkspaceID, in.Body.ContactID); err != nil {
			return nil, err
		}
		d.Params = nil
	}
	if in.Body.Params != nil {
		d.Params = in.Body.Params
	}
	out, err := c.Render(d)
	return &previewOutput{out}, err
}

type checkInput struct {
	Body struct {
		Channel      string          `json:"channel" enum:"zns,sms,email,zalo_oa,messenger,ai_call,http_request,sync,voucher,action,start_flow,wait"`
		Content      json.RawMessage `json:"content" doc:"ZNSContent, SMSContent or EmailContent; it need not be saved"`
		PricePerPart int64           `json:"price_per_part,omitempty" minimum:"0" doc:"VND for one part of an SMS"`
	}
}

type checkOutput struct{ Body Report }

func (h *Routes) check(ctx context.Context, in *checkInput) (*checkOutput, error) {
	who, err := h.Caller(ctx)
	if err != nil {
		return nil, err
	}
	d := Data{WorkspaceName: who.WorkspaceName, Zone: who.Zone, Now: h.Service.deps.Now()}
	r, err := Check(channel.Channel(in.Body.Channel), in.Body.Content, d, in.Body.PricePerPart)
	return &checkOutput{r}, placed(err)
}

type languageOutput struct {
	Body struct {
		Variables []string `json:"variables" doc:"Besides these contact.attrs.* and params.*"`
		Filters   []string `json:"filters"`
		Tags      []string `json:"tags"`
	}
}

// language lists what a template may use, for the editor's help.
func (h *Routes) language(context.Context, *struct{}) (*languageOutput, error) {
	out := &languageOutput{}
	out.Body.Variables, out.Body.Filters = Variables(), Filters()
	out.Body.Tags = []string{"if", "elsif", "else", "unless", "case", "when", "comment", "raw", "assign"}
	return out, nil
}
