package app

import (
	"context"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/channel/local"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/message"
)

// localSender carries out what happens in our own database.
func (a *App) localSender(workspace int64) message.Sender {
	return &local.Sender{DB: a.DB, Workspace: workspace, Acts: map[channel.Channel]local.Act{}}
}

// builtin is the connection of a channel that Loa carries by itself; 0 for the others.
func (a *App) builtin(ctx context.Context, workspace int64, ch channel.Channel) (int64, error) {
	if !connection.LocalChannels.Has(ch) {
		return 0, nil
	}
	return a.Connections.Local(ctx, workspace)
}
