package contact

import (
	"context"
	"fmt"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/httpx"
)

// registerIdentities adds the routes of further addresses.
func registerIdentities(api *httpx.API, s *Service) {
	op := func(path, id, summary string) httpx.Op {
		return httpx.Op{Method: "POST", Path: path, ID: id, Summary: summary, Tag: "contacts", Role: httpx.Care}
	}
	httpx.Register(api, op("/contacts/{id}/identities", "add-identity", "Give a customer a further phone number or mail address"), s.httpAddIdentity)
	httpx.Register(api, op("/contacts/{id}/identities/remove", "remove-identity", "Take a further address away from a customer"), s.httpRemoveIdentity)
}

type addIdentityInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Kind  string `json:"kind" enum:"phone,email"`
		Value string `json:"value" minLength:"1" maxLength:"254"`
	}
}

func (s *Service) httpAddIdentity(ctx context.Context, in *addIdentityInput) (*oneContact, error) {
	a := httpx.ActorFrom(ctx)
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := s.AddIdentity(ctx, tx, a.WorkspaceID, in.ID, Identity{Kind: in.Body.Kind, Value: in.Body.Value}); err != nil {
			return err
		}
		return s.audit(ctx, tx, a.WorkspaceID, a.String(), "contact.add_identity", fmt.Sprintf("contact:%d", in.ID), map[string]any{"kind": in.Body.Kind})
	})
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, in.ID)
}

type removeIdentityInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body Identity
}

func (s *Service) httpRemoveIdentity(ctx context.Context, in *removeIdentityInput) (*oneContact, error) {
	a := httpx.ActorFrom(ctx)
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := s.RemoveIdentity(ctx, tx, a.WorkspaceID, in.ID, in.Body); err != nil {
			return err
		}
		return s.audit(ctx, tx, a.WorkspaceID, a.String(), "contact.remove_identity", fmt.Sprintf("contact:%d", in.ID), map[string]any{"kind": in.Body.Kind})
	})
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, in.ID)
}
