package app

import (
	"context"
	"errors"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/internal/errs"
)

// openTemplates gives the source of a connection's ZNS templates.
func (a *App) openTemplates(ctx context.Context, workspace, id int64) (zns.Source, error) {
	c, secrets, err := a.Connections.Load(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Zalo != nil:
		client, err := a.zaloClient(c, secrets)
		return &zns.ZaloSource{Client: client, Token: secrets.AccessToken}, err
	case c.ETelecom != nil:
		client, err := a.etelecomClient(&c, &secrets)
		return &zns.ETelecomSource{Client: client, OAID: c.ETelecom.OAID}, err
	}
	return nil, errs.Invalid("zns.not_zalo")
}

// connectionsOf lists the connections of a workspace that send for an OA.
func (a *App) connectionsOf(ctx context.Context, workspace int64, oa string) ([]int64, error) {
	list, err := a.Connections.List(ctx, workspace, channel.ZNS)
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, c := range list {
		if c.Zalo != nil && c.Zalo.OAID == oa || c.ETelecom != nil && c.ETelecom.OAID == oa {
			out = append(out, c.ID)
		}
	}
	return out, nil
}

// tickTemplates reads the catalogues that are due and drops journey tokens that have ended.
func (a *App) tickTemplates(ctx context.Context) error {
	return errors.Join(a.ZNS.Tick(ctx), a.Journeys.Sweep(ctx))
}

// refreshZalo renews an access token that Zalo has refused.
func (a *App) refreshZalo(ctx context.Context, workspace, id int64, refused string) (bool, error) {
	return a.senders.refresh(ctx, workspace, id, &zaloSender{Zalo: zns.Zalo{Token: refused}})
}

// usableZalo lists the OAs of all workspaces that may be asked now.
func (a *App) usableZalo(ctx context.Context) ([]zns.Ref, error) {
	refs, err := a.Connections.Active(ctx)
	if err != nil {
		return nil, err
	}
	var out []zns.Ref
	for _, r := range refs {
		c, err := a.Connections.Get(ctx, r.WorkspaceID, r.ID)
		if errs.Is(err, "connection.not_found") {
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Zalo != nil || c.ETelecom != nil {
			out = append(out, zns.Ref{WorkspaceID: r.WorkspaceID, ConnectionID: r.ID})
		}
	}
	return out, nil
}
