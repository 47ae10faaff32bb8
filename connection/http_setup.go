package connection

import (
	"context"

	"github.com/loa-project/loa/internal/httpx"
)

// registerSetUp adds the routes that only setting a connection up needs.
func (s *Service) registerSetUp(api *httpx.API, op func(method, path, id, summary string, role httpx.Role) httpx.Op) {
	httpx.Register(api, op("GET", "/{id}/setup", "connection-setup", "What has to be entered at the provider and in the DNS", httpx.Owner), s.httpSetUp)
	httpx.Register(api, op("POST", "/{id}/dkim", "make-dkim-key", "Make a signing key for mails; its DNS record is in the set-up", httpx.Owner), s.httpDKIM)
}

type setUpOutput struct{ Body *SetUp }

func (s *Service) httpSetUp(ctx context.Context, in *idInput) (*setUpOutput, error) {
	out, err := s.SetUp(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	return &setUpOutput{out}, nil
}

type dkimInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Domain   string `json:"domain" maxLength:"255"`
		Selector string `json:"selector" maxLength:"63" doc:"Name of the key, for example loa1"`
	}
}

func (s *Service) httpDKIM(ctx context.Context, in *dkimInput) (*output, error) {
	who := httpx.ActorFrom(ctx)
	return answer(ctx)(s.MakeDKIM(ctx, who.WorkspaceID, in.ID, who.String(), in.Body.Domain, in.Body.Selector))
}
