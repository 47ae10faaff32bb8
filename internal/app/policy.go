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
	case content.ZaloOA != nil && content.ZaloOA.Template != nil:
		if why, err := a.znsUnsendable(ctx, workspace, connection, content.ZaloOA.Template.TemplateID); why != nil || err != nil {
			return why, err
		}
		return a.otherTag(ctx, workspace, connection, content.ZaloOA.Template)
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

// otherTag compares the tag that a template to a user id has with the one that Zalo gives it: an advert must not go out as care, and codes do not go to user ids at all.
func (a *App) otherTag(ctx context.Context, workspace, connection int64, t *template.ZaloOATemplate) (*errs.Field, error) {
	known, err := a.ZNS.Find(ctx, workspace, connection, t.TemplateID)
	if errs.Is(err, "zns_template.not_found") || err == nil && known.Tag == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	advert := known.Tag == "PROMOTION" || known.Tag == "3"
	switch {
	case known.Tag == "OTP":
		return &errs.Field{Code: "campaign.zalo_oa_otp", Params: map[string]string{"template": known.Name}}, nil
	case advert != (t.Tag == "PROMOTION"):
		return &errs.Field{Code: "campaign.zalo_oa_tag", Params: map[string]string{"template": known.Name, "tag": known.Tag}}, nil
	}
	return nil, nil
}
