package app

import (
	"context"
	"errors"
	"time"

	"github.com/loa-project/loa/channel"
	messengerchannel "github.com/loa-project/loa/channel/messenger"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/conversation"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/jobs"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/messenger"
)

// subscribeArgs lets Facebook send a Page's events to our app.
type subscribeArgs struct {
	WorkspaceID  int64 `json:"workspace_id"`
	ConnectionID int64 `json:"connection_id"`
}

// Kind is the name of the job; it never changes.
func (subscribeArgs) Kind() string { return "messenger.subscribe" }

// subscribeTries are about ten minutes. Who mends the token or the Page later saves the connection again.
const subscribeTries = 6

// connectionSaved follows a connection that a person made or changed, in that transaction.
func (a *App) connectionSaved(ctx context.Context, tx *db.Tx, c *connection.Connection) error {
	if c.Messenger == nil {
		return nil
	}
	_, err := a.Jobs.Enqueue(ctx, tx, subscribeArgs{c.WorkspaceID, c.ID}, jobs.Tries(subscribeTries))
	return err
}

// subscribe asks for the events of a Page. Doing it again changes nothing.
func (a *App) subscribe(ctx context.Context, args subscribeArgs) error {
	c, secrets, err := a.Connections.Load(ctx, args.WorkspaceID, args.ConnectionID)
	if errs.Is(err, "connection.not_found") || err == nil && c.Messenger == nil {
		return nil
	}
	if err != nil {
		return err
	}
	client, err := a.messengerClient(c, secrets)
	if err != nil {
		return err
	}
	defer client.HTTP.CloseIdleConnections()
	err = client.Subscribe(ctx, secrets.AccessToken)
	if err == nil && c.Messenger.Utility {
		return a.Pages.Sync(ctx, args.WorkspaceID, args.ConnectionID)
	}
	var e *provider.Error
	if errors.As(err, &e) {
		a.Log.Warn("page is not subscribed", "connection_id", c.ID, "code", e.Code)
		if e.Class == provider.Auth {
			return jobs.Cancel(err) // nothing but a person mends it, and saving the connection asks again
		}
	}
	return err
}

// enforce does what Facebook says of a Page: one that it blocks sends nothing until it is free again.
func (a *App) enforce(workspace, id int64) func(ctx context.Context, action, reason string) error {
	return func(ctx context.Context, action, reason string) error {
		switch action {
		case messengerchannel.ActionBlock:
			return a.Connections.Hold(ctx, workspace, id, connection.ReasonPage, time.Time{})
		case messengerchannel.ActionUnblock:
			return a.Connections.Release(ctx, workspace, id, connection.ReasonPage)
		}
		a.Log.Warn("facebook warns the page", "workspace_id", workspace, "connection_id", id, "action", action, "reason", reason)
		return nil
	}
}

// conversationConnections are the Pages and OAs of a workspace.
func (a *App) conversationConnections(ctx context.Context, workspace int64) ([]conversation.Connection, error) {
	list, err := a.Connections.List(ctx, workspace, "")
	if err != nil {
		return nil, err
	}
	var out []conversation.Connection
	for _, c := range list {
		for _, ch := range []channel.Channel{channel.Messenger, channel.ZaloOA} {
			if c.Channels().Has(ch) && c.Scope() != "" {
				out = append(out, conversation.Connection{ID: c.ID, Name: c.Name, Channel: ch, Scope: c.Scope(), Active: c.Usable(a.Clock.Now())})
			}
		}
	}
	return out, nil
}

// openPage gives a client and the access token of a Page.
func (a *App) openPage(ctx context.Context, workspace, id int64) (*messenger.Client, string, error) {
	c, secrets, err := a.Connections.Load(ctx, workspace, id)
	if err != nil {
		return nil, "", err
	}
	if c.Messenger == nil {
		return nil, "", errs.Invalid("messenger.not_page")
	}
	client, err := a.messengerClient(c, secrets)
	return client, secrets.AccessToken, err
}

// usablePages lists the Pages of all workspaces that may send utility templates and may be asked now.
func (a *App) usablePages(ctx context.Context) ([]messengerchannel.Ref, error) {
	refs, err := a.Connections.Active(ctx)
	if err != nil {
		return nil, err
	}
	var out []messengerchannel.Ref
	for _, r := range refs {
		c, err := a.Connections.Get(ctx, r.WorkspaceID, r.ID)
		if errs.Is(err, "connection.not_found") {
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Messenger != nil && c.Messenger.Utility {
			out = append(out, messengerchannel.Ref{WorkspaceID: r.WorkspaceID, ConnectionID: r.ID})
		}
	}
	return out, nil
}
