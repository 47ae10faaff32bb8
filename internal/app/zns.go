package app

import (
	"context"

	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/provider/zalo"
)

// openZalo gives a client and the access token of an OA.
func (a *App) openZalo(ctx context.Context, workspace, id int64) (*zalo.Client, string, error) {
	c, secrets, err := a.Connections.Load(ctx, workspace, id)
	if err != nil {
		return nil, "", err
	}
	if c.Zalo == nil {
		return nil, "", errs.Invalid("zns.not_zalo")
	}
	client, err := a.zaloClient(c)
	return client, secrets.AccessToken, err
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
		if c.Zalo != nil {
			out = append(out, zns.Ref{WorkspaceID: r.WorkspaceID, ConnectionID: r.ID})
		}
	}
	return out, nil
}
