package app

import (
	"context"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/template"
)

// unsendable asks the catalogue of the provider whether it lets its own template be sent.
func (a *App) unsendable(ctx context.Context, workspace, connection int64, content *template.Compiled) (*errs.Field, error) {
	switch {
	case content.ZNS != nil:
		return a.znsUnsendable(ctx, workspace, connection, content.ZNS.TemplateID)
	case content.Messenger != nil && content.Messenger.Utility != nil:
		return a.Pages.Unsendable(ctx, workspace, connection, content.Messenger.Utility.Name, content.Messenger.Utility.Language)
	}
	return nil, nil
}

// znsUnsendable asks the catalogue whether Zalo lets a template be sent. Nothing is known before the OA was read for the first time, nor of connections that are no OA of ours: then nothing is wrong.
func (a *App) znsUnsendable(ctx context.Context, workspace, connection int64, id string) (*errs.Field, error) {
	t, err := a.ZNS.Find(ctx, workspace, connection, id)
	switch {
	case errs.Is(err, "zns_template.not_found"):
		list, err := a.ZNS.List(ctx, workspace, connection)
		if _, ok := errs.As(err); ok {
			return nil, nil
		}
		if err != nil || list.SyncedAt.IsZero() {
			return nil, err
		}
		return &errs.Field{Code: "campaign.zns_unknown", Params: map[string]string{"template": id}}, nil
	case err != nil:
		return nil, err
	case t.Sendable || t.Status == "ENABLE" && !t.Gone && t.DetailAt.IsZero(): // its parameters are about to be read; ours are checked by the template
		return nil, nil
	}
	status := t.Status
	if t.Gone {
		status = "DELETE"
	}
	return &errs.Field{Code: "campaign.zns_not_sendable", Params: map[string]string{"template": t.Name, "status": status}}, nil
}
