package contact

import (
	"context"

	"github.com/loa-project/loa/internal/httpx"
)

// registerBulk adds the routes of changes of many people at once.
func registerBulk(api *httpx.API, s *Service) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Tag: "contacts", Role: role}
	}
	httpx.Register(api, op("POST", "/contact-bulks", "start-bulk", "Tag or untag many customers, or change who is on a list; more than 5,000 in the background", httpx.Marketer), s.httpStartBulk)
	httpx.Register(api, op("GET", "/contact-bulks/{id}", "get-bulk", "Read a change of many customers with its progress", httpx.Viewer), s.httpBulk)
	httpx.Register(api, op("POST", "/contact-bulks/{id}/cancel", "cancel-bulk", "Stop a change of many customers; what was done stays", httpx.Marketer), s.httpCancelBulk)
}

type bulkInput struct{ Body BulkForm }

type oneBulk struct{ Body Bulk }

func (s *Service) httpStartBulk(ctx context.Context, in *bulkInput) (*oneBulk, error) {
	a := httpx.ActorFrom(ctx)
	b, err := s.StartBulk(ctx, a.WorkspaceID, a.String(), in.Body)
	if err != nil {
		return nil, err
	}
	return &oneBulk{*b}, nil
}

func (s *Service) httpBulk(ctx context.Context, in *idInput) (*oneBulk, error) {
	b, err := s.Bulk(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	return &oneBulk{*b}, nil
}

func (s *Service) httpCancelBulk(ctx context.Context, in *idInput) (*struct{}, error) {
	a := httpx.ActorFrom(ctx)
	return nil, s.CancelBulk(ctx, a.WorkspaceID, in.ID, a.String())
}
