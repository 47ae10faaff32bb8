package app

import (
	"context"

	"github.com/loa-project/loa/channel/zalooa"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/jobs"
	"github.com/loa-project/loa/provider/zalo"
)

// oaUsers builds what keeps the contacts in step with the people of OAs.
func (a *App) oaUsers() *zalooa.Users {
	return zalooa.NewUsers(zalooa.Deps{DB: a.DB, Now: a.Clock.Now, Log: a.Log, Open: a.openOA, Refresh: a.refreshZalo, Acquaint: a.acquaintOA, Observe: a.Messages.Observe, Tag: a.tagOfOA,
		Address: a.atOA, Enqueue: a.enqueueOASync, Audit: a.audit})
}

// openOA gives the OA of a connection.
func (a *App) openOA(ctx context.Context, workspace, id int64) (zalooa.Account, error) {
	c, secrets, err := a.Connections.Load(ctx, workspace, id)
	if err != nil {
		return zalooa.Account{}, err
	}
	if c.Zalo == nil {
		return zalooa.Account{}, errs.Invalid("oa.not_zalo")
	}
	client, err := a.zaloClient(c, secrets)
	if err != nil {
		return zalooa.Account{}, err
	}
	return zalooa.Account{API: &zalo.OA{BaseURL: c.Zalo.OAURL, Client: client}, Token: secrets.AccessToken, ID: c.Zalo.OAID, PerSecond: c.RatePerSecond}, nil
}

// acquaintOA makes contacts of an OA's users.
func (a *App) acquaintOA(ctx context.Context, tx *db.Tx, workspace int64, oa string, users []zalo.User) (fresh int64, err error) {
	list := make([]contact.Profile, len(users))
	for i := range users {
		list[i] = profileOf(oa, string(users[i].ID), &users[i])
	}
	met, err := a.Contacts.Acquaint(ctx, tx, workspace, list)
	for _, m := range met {
		if m.New {
			fresh++
		}
	}
	return fresh, err
}

func (a *App) tagOfOA(ctx context.Context, tx *db.Tx, workspace int64, oa string, users []string, tag string, give bool) error {
	list := make([]contact.Address, len(users))
	for i, id := range users {
		list[i] = contact.Address{Kind: contact.KindZaloUser, Scope: oa, Value: id}
	}
	_, err := a.Contacts.TagPeople(ctx, tx, workspace, list, tag, give)
	return err
}

// atOA is the id of a contact at an OA, "" for none.
func (a *App) atOA(ctx context.Context, workspace, id int64, oa string) (string, error) {
	c, err := a.Contacts.Get(ctx, workspace, id)
	if err != nil {
		return "", err
	}
	for _, i := range c.Identities {
		if i.Kind == contact.KindZaloUser && i.Scope == oa {
			return i.Value, nil
		}
	}
	return "", nil
}

// oaSyncArgs names one reading of an OA's users.
type oaSyncArgs struct {
	WorkspaceID  int64 `json:"workspace_id" river:"unique"`
	ConnectionID int64 `json:"connection_id" river:"unique"`
	No           int64 `json:"no" river:"unique"`
}

// Kind is the name of the job; it never changes.
func (oaSyncArgs) Kind() string { return "oa.read_users" }

func (a *App) enqueueOASync(ctx context.Context, tx *db.Tx, workspace, connection, no int64) error {
	_, err := a.Jobs.Enqueue(ctx, tx, oaSyncArgs{workspace, connection, no}, jobs.Queue(jobs.Bulk), jobs.Unique())
	return err
}

// oaSyncTurn is how many pages a reading takes before it lets other jobs go on.
const oaSyncTurn = 20

// oaSync reads pages until the reading is over, has to wait, or had its turn.
func (a *App) oaSync(ctx context.Context, args oaSyncArgs) error {
	for range oaSyncTurn {
		more, wait, err := a.OAUsers.Step(ctx, args.WorkspaceID, args.ConnectionID, args.No)
		if err != nil || !more {
			return err
		}
		if wait > 0 {
			return jobs.Snooze(wait)
		}
	}
	return jobs.Snooze(0)
}

// uploadsOf finds Zalo's names of the pictures and files of one connection.
func (a *App) uploadsOf(workspace, connection int64) func(ctx context.Context, want zalo.Upload, ref string) (string, error) {
	return func(ctx context.Context, want zalo.Upload, ref string) (string, error) {
		return a.OAUsers.Resolve(ctx, workspace, connection, want, ref)
	}
}

// consultationQuota adds up an OA's allotments of messages to its users; without all of them nothing is told.
func (a *App) consultationQuota(ctx context.Context, workspace, id int64, q *Quota) {
	oa, err := a.openOA(ctx, workspace, id)
	if err != nil {
		return
	}
	defer oa.API.Client.HTTP.CloseIdleConnections()
	total, left := int64(0), int64(0)
	for _, kind := range zalo.QuotaKinds {
		list, err := oa.API.MessageQuota(ctx, oa.Token, kind)
		if err != nil {
			a.Log.Debug("ask for the quota of consultation messages", "connection_id", id, "error", err)
			return
		}
		for _, m := range list {
			total, left = total+m.Total.Int(), left+m.Remain.Int()
		}
	}
	q.Consultation, q.ConsultationLeft = total, left
}
