package zns

import (
	"context"

	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/internal/i18n"
	"github.com/loa-project/loa/provider/etelecom"
	"github.com/loa-project/loa/provider/zalo"
)

// Register adds the routes of Zalo's templates.
func Register(api *httpx.API, c *Catalogue) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: "/connections/{id}/zns-templates" + path, ID: id, Summary: summary, Tag: "templates", Role: role}
	}
	httpx.Register(api, op("GET", "", "list-zns-templates", "List the templates that Zalo keeps for an OA, as they were read last", httpx.Viewer), c.httpList)
	sync := op("POST", "/sync", "sync-zns-templates", "Read the templates of an OA from Zalo", httpx.Marketer)
	sync.Stream = true // reading many templates takes longer than an ordinary answer may
	httpx.Register(api, sync, c.httpSync)
	httpx.Register(api, op("PUT", "/{template_id}/wording", "describe-zns-template", "Write down the text of a template with its <placeholders>, for previews", httpx.Marketer), c.httpDescribe)
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type listOutput struct{ Body List }

// answer puts the failure into the caller's language.
func answer(ctx context.Context, l List, err error) (*listOutput, error) {
	if err != nil {
		return nil, err
	}
	if l.Failure != "" {
		lang := httpx.Language(ctx)
		cause, known := zalo.Causes[l.Failure]
		if !known {
			cause, known = etelecom.Causes[l.Failure]
		}
		switch {
		case known && lang == "en":
			l.FailureText, l.Advice = cause.EN, cause.AdviceEN
		case known:
			l.FailureText, l.Advice = cause.VI, cause.AdviceVI
		case l.Failure == codeTooSlow:
			l.FailureText = i18n.Text(lang, codeTooSlow, nil)
		default: // the network: what the codes say of messages does not hold for a list
			l.FailureText = i18n.Text(lang, codeFailed, map[string]string{"code": l.Failure})
		}
	}
	return &listOutput{l}, nil
}

func (c *Catalogue) httpList(ctx context.Context, in *idInput) (*listOutput, error) {
	l, err := c.List(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	return answer(ctx, l, err)
}

func (c *Catalogue) httpSync(ctx context.Context, in *idInput) (*listOutput, error) {
	l, err := c.Sync(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	return answer(ctx, l, err)
}

type describeInput struct {
	ID         int64  `path:"id" minimum:"1"`
	TemplateID string `path:"template_id" maxLength:"20"`
	Body       struct {
		Wording string `json:"wording" maxLength:"16384"`
	}
}

type templateOutput struct{ Body Template }

func (c *Catalogue) httpDescribe(ctx context.Context, in *describeInput) (*templateOutput, error) {
	t, err := c.Describe(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID, in.TemplateID, in.Body.Wording)
	if err != nil {
		return nil, err
	}
	return &templateOutput{t}, nil
}
