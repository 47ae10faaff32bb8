package app

import (
	"context"

	"github.com/loa-project/loa/message"
)

// findHook finds who reads the callbacks of an address; those of Zalo also keep the catalogue of templates and what contacts tell the OA.
func (a *App) findHook(ctx context.Context, name, token string) (int64, int64, message.ReadHook, error) {
	workspace, connection, read, err := a.senders.findHook(ctx, name, token)
	if name == "zalo" && read != nil {
		oa, err := a.scope(ctx, workspace, connection)
		if err != nil {
			return 0, 0, nil, err
		}
		read = a.OAUsers.Watch(workspace, oa, a.ZNS.Watch(workspace, connection, read))
	}
	return workspace, connection, read, err
}
