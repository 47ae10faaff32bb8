package app

import (
	"context"
	"fmt"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/messenger"
)

func (a *App) messengerClient(c connection.Connection, secrets connection.Secrets) (*messenger.Client, error) {
	h, err := a.http(c)
	if err != nil {
		return nil, err
	}
	return &messenger.Client{BaseURL: c.Messenger.BaseURL, Version: c.Messenger.Version, PageID: c.Messenger.PageID, HTTP: h, AppSecret: secrets.AppSecret}, nil
}

// scope is the Page or OA that a connection speaks for.
func (a *App) scope(ctx context.Context, workspace, id int64) (string, error) {
	c, err := a.Connections.Get(ctx, workspace, id)
	if err != nil {
		return "", err
	}
	return c.Scope(), nil
}

// meet makes contacts of people who spoke at a Page or an OA.
func (a *App) meet(ctx context.Context, tx *db.Tx, workspace int64, people []message.Encounter) error {
	list := make([]contact.Encounter, len(people))
	for i, p := range people {
		list[i] = contact.Encounter{Address: contact.Address{Kind: p.Kind, Scope: p.Scope, Value: p.Value}, Name: p.Name}
	}
	met, err := a.Contacts.Meet(ctx, tx, workspace, list)
	if err != nil {
		return err
	}
	for i, m := range met {
		if m.New && list[i].Name == "" {
			if _, err := a.Jobs.Enqueue(ctx, tx, introduceArgs{workspace, people[i].Connection, people[i].Value}); err != nil {
				return err
			}
		}
	}
	return nil
}

// leftOA is the source of a suppression whose cause is that the person stopped to follow the OA.
const leftOA = "oa:unfollow"

// follow closes the OA's channel for people who stopped to follow it, and opens it again for those who came back.
func (a *App) follow(ctx context.Context, tx *db.Tx, workspace int64, people []message.Following) error {
	for _, p := range people {
		address := contact.Address{Kind: p.Kind, Scope: p.Scope, Value: p.Value}
		var err error
		if p.Follows {
			err = a.Contacts.Reopen(ctx, tx, workspace, address, leftOA)
		} else {
			err = a.Contacts.Leave(ctx, tx, workspace, address, channel.ZaloOA, leftOA)
		}
		if err == nil && p.Withdraws {
			err = a.withdrawal(ctx, tx, workspace, &p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// withdrawal writes down, once, that a person asked for the deletion of their data. Somebody of the staff erases them: an event of a platform must not delete what a shop may have to keep.
func (a *App) withdrawal(ctx context.Context, tx *db.Tx, workspace int64, p *message.Following) error {
	var id int64
	err := tx.QueryRow(ctx, `SELECT COALESCE(MIN(i.contact_id), 0) FROM identity i WHERE i.workspace_id = $1 AND i.kind = $2 AND i.scope = $3 AND i.value = $4
 AND NOT EXISTS (SELECT 1 FROM chat_event e WHERE e.workspace_id = $1 AND e.kind = $2 AND e.scope = $3 AND e.value = $4 AND e.type = 'withdraw')`, workspace, p.Kind, p.Scope, p.Value).Scan(&id)
	if err != nil {
		return fmt.Errorf("find who withdraws: %w", err)
	}
	if id == 0 {
		return nil
	}
	return a.audit(ctx, tx, workspace, "system", "contact.withdrawal", fmt.Sprintf("contact:%d", id), map[string]any{"oa_id": p.Scope})
}

// introduceArgs asks the platform for the name of somebody who is new.
type introduceArgs struct {
	WorkspaceID  int64  `json:"workspace_id"`
	ConnectionID int64  `json:"connection_id"`
	Value        string `json:"value"`
}

// Kind is the name of the job; it never changes.
func (introduceArgs) Kind() string { return "contact.introduce" }

// introduce fills in the name of a new contact. Who shows none, or is gone, stays without.
func (a *App) introduce(ctx context.Context, args introduceArgs) error {
	c, secrets, err := a.Connections.Load(ctx, args.WorkspaceID, args.ConnectionID)
	if err == nil && c.Zalo != nil {
		return a.introduceZalo(ctx, c, secrets, args)
	}
	if err != nil || c.Messenger == nil {
		return err
	}
	client, err := a.messengerClient(c, secrets)
	if err != nil {
		return err
	}
	defer client.HTTP.CloseIdleConnections()
	p, err := client.Profile(ctx, secrets.AccessToken, args.Value)
	if err != nil {
		a.Log.Info("name of a new contact is not told", "connection_id", c.ID, "error", err)
		return nil
	}
	name := p.LastName // Vietnamese order; Facebook keeps family and given name apart
	if p.FirstName != "" {
		name += " " + p.FirstName
	}
	return a.DB.WithTx(ctx, func(tx *db.Tx) error {
		return a.Contacts.Introduce(ctx, tx, args.WorkspaceID, contact.Address{Kind: contact.KindMessenger, Scope: c.Scope(), Value: args.Value}, name)
	})
}
