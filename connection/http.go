package connection

import (
	"context"
	"net/http"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/internal/i18n"
)

// Register adds the routes of connections.
func Register(api *httpx.API, s *Service) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: "/connections" + path, ID: id, Summary: summary, Tag: "connections", Role: role}
	}
	create := op("POST", "", "create-connection", "Make a connection to a provider; its credentials are never shown again", httpx.Owner)
	create.Status = http.StatusCreated
	httpx.Register(api, op("GET", "", "list-connections", "List connections by name", httpx.Viewer), s.httpList)
	httpx.Register(api, create, s.httpCreate)
	httpx.Register(api, op("GET", "/{id}", "get-connection", "Read a connection", httpx.Viewer), s.httpGet)
	httpx.Register(api, op("PUT", "/{id}", "update-connection", "Replace settings and limits; credentials that are absent stay", httpx.Owner), s.httpUpdate)
	httpx.Register(api, op("DELETE", "/{id}", "delete-connection", "Delete a disabled connection that nothing refers to", httpx.Owner), s.httpDelete)
	httpx.Register(api, op("POST", "/{id}/test", "test-connection", "Ask the provider something harmless and say what came back", httpx.Owner), s.httpTest)
	s.registerSetUp(api, op)
	acts := []struct {
		name, summary string
		do            func(ctx context.Context, workspace, id int64, actor string) (*Connection, error)
	}{
		{"hold", "Send nothing through the connection until a person resumes it", s.Pause},
		{"resume", "Go on sending through a held or disabled connection", s.Resume},
		{"disable", "Switch the connection off", s.Disable},
		{"rotate-hook", "Give the connection a new callback address; the old one ends at once", s.RotateHook},
	}
	for _, a := range acts {
		httpx.Register(api, op("POST", "/{id}/"+a.name, a.name+"-connection", a.summary, httpx.Owner), func(ctx context.Context, in *idInput) (*output, error) {
			who := httpx.ActorFrom(ctx)
			return answer(ctx)(a.do(ctx, who.WorkspaceID, in.ID, who.String()))
		})
	}
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type output struct{ Body *Connection }

// forCaller puts the reason into the caller's language and takes away what is for owners.
func forCaller(ctx context.Context, c *Connection) *Connection {
	if c.Reason != "" {
		c.ReasonText = i18n.Text(httpx.Language(ctx), "connection.held."+c.Reason, nil)
	}
	if !httpx.ActorFrom(ctx).Role.Allows(httpx.Owner) {
		c.HookURL = ""
	}
	return c
}

func answer(ctx context.Context) func(c *Connection, err error) (*output, error) {
	return func(c *Connection, err error) (*output, error) {
		if err != nil {
			return nil, err
		}
		return &output{forCaller(ctx, c)}, nil
	}
}

type listInput struct {
	Channel string `query:"channel" enum:"zns,sms,email,zalo_oa,messenger,ai_call,http_request,sync" doc:"Only this channel"`
}

type listOutput struct{ Body httpx.Page[*Connection] }

func (s *Service) httpList(ctx context.Context, in *listInput) (*listOutput, error) {
	items, err := s.List(ctx, httpx.ActorFrom(ctx).WorkspaceID, channel.Channel(in.Channel))
	if err != nil {
		return nil, err
	}
	for _, c := range items {
		forCaller(ctx, c)
	}
	return &listOutput{httpx.Page[*Connection]{Items: items}}, nil
}

type createInput struct{ Body Form }

func (s *Service) httpCreate(ctx context.Context, in *createInput) (*output, error) {
	who := httpx.ActorFrom(ctx)
	return answer(ctx)(s.Create(ctx, who.WorkspaceID, who.String(), in.Body))
}

func (s *Service) httpGet(ctx context.Context, in *idInput) (*output, error) {
	return answer(ctx)(s.Get(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID))
}

type updateInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body Form
}

func (s *Service) httpUpdate(ctx context.Context, in *updateInput) (*output, error) {
	who := httpx.ActorFrom(ctx)
	return answer(ctx)(s.Update(ctx, who.WorkspaceID, in.ID, who.String(), in.Body))
}

func (s *Service) httpDelete(ctx context.Context, in *idInput) (*struct{}, error) {
	who := httpx.ActorFrom(ctx)
	return nil, s.Delete(ctx, who.WorkspaceID, in.ID, who.String())
}

type testOutput struct{ Body *Report }

func (s *Service) httpTest(ctx context.Context, in *idInput) (*testOutput, error) {
	r, err := s.Test(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	return &testOutput{r}, nil
}
