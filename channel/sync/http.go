package sync

import (
	"context"

	"github.com/loa-project/loa/internal/httpx"
)

// Register adds the route that lists what an account offers.
func Register(api *httpx.API, open Accounts) {
	op := httpx.Op{Method: "GET", Path: "/connections/{id}/sync-offer", ID: "get-sync-offer", Summary: "Read the lists, fields and tags of an account of another platform", Tag: "templates", Role: httpx.Marketer}
	httpx.Register(api, op, open.httpRead)
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type offerOutput struct{ Body Offer }

func (open Accounts) httpRead(ctx context.Context, in *idInput) (*offerOutput, error) {
	o, cause, err := open.Read(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	if o.FailureText, o.Advice = cause.VI, cause.AdviceVI; httpx.Language(ctx) == "en" {
		o.FailureText, o.Advice = cause.EN, cause.AdviceEN
	}
	return &offerOutput{o}, nil
}
