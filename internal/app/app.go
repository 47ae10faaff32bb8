// Package app builds the program from its settings. It is the only place that knows all packages; everything it makes is given what it needs and nothing else.
package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/loa-project/loa/asset"
	"github.com/loa-project/loa/campaign"
	"github.com/loa-project/loa/channel"
	messengerchannel "github.com/loa-project/loa/channel/messenger"
	"github.com/loa-project/loa/channel/zalooa"
	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/conversation"
	"github.com/loa-project/loa/cost"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/internal/jobs"
	"github.com/loa-project/loa/internal/seal"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
	"github.com/loa-project/loa/report"
	"github.com/loa-project/loa/segment"
	"github.com/loa-project/loa/simulator"
	"github.com/loa-project/loa/template"
	"github.com/loa-project/loa/trial"
	"github.com/loa-project/loa/voucher"
	"github.com/loa-project/loa/workspace"
)

// Version is the program's version; the build sets it.
var Version = "dev"

// App is the built program. Open makes it, Close ends it.
type App struct {
	Config      config.Config
	Clock       *clock.Clock
	Log         *slog.Logger
	DB          *db.DB
	Sealer      *seal.Sealer
	Workspaces  *workspace.Service
	Contacts    *contact.Service
	Segments    *segment.Service
	Templates   *template.Service
	Connections *connection.Service
	Messages    *message.Service
	Campaigns   *campaign.Service
	Reports     *report.Service
	Trials      *trial.Service
	Chats       *conversation.Service
	Pages       *messengerchannel.Catalogue
	Vouchers    *voucher.Service
	Assets      *asset.Service
	Costs       *cost.Service
	ZNS         *zns.Catalogue
	OAUsers     *zalooa.Users
	Journeys    *zns.Journeys
	Jobs        *jobs.Jobs
	API         *httpx.API
	Simulator   *simulator.Server // beside us, in a demonstration or with LOA_SIMULATOR; else nil
	senders     *senders
	quotas      memory[connection.Ref, Quota]
	audits      memory[int64, bool]
	acts        memory[string, bool] // acts of campaigns that have their line in the audit log
}

// Open opens the store, migrates it, checks the secret key, and builds the services. Nothing runs yet.
func Open(ctx context.Context, cfg config.Config, clk *clock.Clock, log *slog.Logger) (*App, error) {
	d, err := db.Open(ctx, db.Options{URL: cfg.DatabaseURL, Dir: cfg.DataDir})
	if err != nil {
		return nil, err
	}
	a := &App{Config: cfg, Clock: clk, Log: log, DB: d}
	if err := a.build(ctx); err != nil {
		_ = d.Close()
		return nil, err
	}
	return a, nil
}

// Close ends the store's connections.
func (a *App) Close() error { return a.DB.Close() }

func (a *App) build(ctx context.Context) error {
	if err := a.DB.Migrate(ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(a.Config.DataDir, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	keys, err := a.keys(ctx)
	if err != nil {
		return err
	}
	if a.Sealer, err = seal.Open(ctx, a.DB, keys); err != nil {
		return err
	}
	now := a.Clock.Now
	if a.Workspaces, err = workspace.New(workspace.Deps{DB: a.DB, Seal: a.Sealer, Now: now, Log: a.Log, PublicURL: a.Config.PublicURL}); err != nil {
		return err
	}
	if a.Jobs, err = jobs.New(a.DB, jobs.Options{Log: a.Log, Node: a.node()}); err != nil {
		return err
	}
	a.Contacts = contact.New(contact.Deps{DB: a.DB, Now: now, Log: a.Log, SuppressionKey: a.Sealer.Derive("suppression"), SpoolDir: filepath.Join(a.Config.DataDir, "spool"),
		Enqueue: a.enqueueImport, EnqueueBulk: a.enqueueBulk, Compile: a.contactCondition, Audit: a.Workspaces.Audit, Merged: a.merged, Erased: func(ctx context.Context, tx *db.Tx, workspace, id int64) error {
			return a.Messages.ForgetRatings(ctx, tx, workspace, id)
		},
		AddMembers: func(ctx context.Context, tx *db.Tx, workspace, list int64, contacts []int64) (int64, error) {
			return a.Segments.AddMembers(ctx, tx, workspace, list, contacts)
		},
		RemoveMembers: func(ctx context.Context, tx *db.Tx, workspace, list int64, contacts []int64) (int64, error) {
			return a.Segments.RemoveMembers(ctx, tx, workspace, list, contacts)
		}})
	a.Segments = segment.New(segment.Deps{DB: a.DB, Now: now, Zone: a.zone, Audit: a.audit})
	a.Vouchers = voucher.New(voucher.Deps{DB: a.DB, Now: now, Audit: a.audit, Tell: a.tellVoucher})
	a.Templates = template.New(template.Deps{DB: a.DB, Now: now})
	a.Connections = connection.New(connection.Deps{DB: a.DB, Sealer: a.Sealer, Now: now, Log: a.Log, PublicURL: a.Config.PublicURL, Simulation: a.Config.Simulation,
		Testers: a.testers(), Explain: explainIn, InUse: a.connectionInUse, Saved: a.connectionSaved, Audit: a.audit})
	a.senders = newSenders(a)
	a.Costs = cost.New(cost.Deps{DB: a.DB, Now: now, Connection: a.costConnection, Leg: a.ourLeg, Zone: a.zone, Audit: a.audit, Enqueue: a.enqueueCompare})
	a.Journeys = &zns.Journeys{DB: a.DB, Sealer: a.Sealer, Now: now}
	a.ZNS = zns.NewCatalogue(zns.CatalogueDeps{DB: a.DB, Now: now, Log: a.Log, Open: a.openTemplates, Refresh: a.refreshZalo, Due: a.usableZalo, Of: a.connectionsOf,
		QuotaChanged: func(workspace, id int64) { a.quotas.drop(connection.Ref{WorkspaceID: workspace, ID: id}) }})
	a.Messages = message.New(message.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Keys: message.NewKeyer(a.Sealer.Derive("message key")), Node: a.node(), PublicURL: a.Config.PublicURL,
		Open: a.openSender, Price: a.price, Usable: a.senders.usable, Hold: a.senders.hold, Refresh: a.senders.refresh, Suppressed: a.suppressed, Suppress: a.suppress,
		Scope: a.scope, Meet: a.meet, Follow: a.follow})
	a.OAUsers = a.oaUsers()
	a.Campaigns = campaign.New(campaign.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Messages: a.Messages, Templates: a.Templates, Segment: a.campaignSegment, Expand: a.Segments.Expand, Compile: a.compile,
		Connection: a.campaignConnection, Builtin: a.builtin, Lacks: a.lacks, Book: a.Costs.Load, Unsendable: a.unsendable, Zone: a.zone, Defaults: a.campaignDefaults, Audit: a.audit, Enqueue: a.enqueueDispatch})
	a.Messages.OnFinished(a.Campaigns.Finished)
	a.Trials = trial.New(trial.Deps{DB: a.DB, Clock: a.Clock, Messages: a.Messages, Templates: a.Templates, Connection: a.trialConnection, Contact: a.trialContact, Zone: a.zone, Audit: a.audit})
	a.Pages = messengerchannel.NewCatalogue(messengerchannel.CatalogueDeps{DB: a.DB, Now: now, Log: a.Log, Open: a.openPage, Due: a.usablePages})
	a.Chats = conversation.New(conversation.Deps{DB: a.DB, Now: now, Messages: a.Messages, Connections: a.conversationConnections, Contact: a.trialContact, Zone: a.zone, Audit: a.audit})
	a.Assets = asset.New(asset.Deps{DB: a.DB, Now: now, PublicURL: a.Config.PublicURL})
	a.Reports = report.New(report.Deps{DB: a.DB, Clock: a.Clock, Messages: a.Messages, Campaigns: a.Campaigns, Connection: a.reportConnection, Explain: explain, Consents: a.Contacts.Consents, Find: a.Contacts.Find, Zone: a.zone,
		Quota: a.reportQuota, AuditWhole: a.auditWhole})
	if err := a.registerJobs(); err != nil {
		return err
	}
	return a.registerRoutes()
}

// node names this process in claims and jobs: the same after a restart, its own among the processes of a store.
func (a *App) node() string {
	host, err := os.Hostname()
	if err != nil {
		host = "loa"
	}
	return host + "/" + a.Config.Listen
}

func (a *App) keys(ctx context.Context) (seal.Keys, error) {
	if a.Config.SecretKey != "" {
		return seal.Parse(a.Config.SecretKey)
	}
	if _, err := os.Stat(a.Config.KeyFile); os.IsNotExist(err) {
		used, err := seal.Exists(ctx, a.DB)
		if err != nil {
			return seal.Keys{}, err
		}
		if used {
			return seal.Keys{}, fmt.Errorf("the key file %s is missing, and the database holds credentials that only its key opens; put it back (or set LOA_SECRET_KEY)", a.Config.KeyFile)
		}
	}
	keys, made, err := seal.LoadOrCreate(a.Config.KeyFile)
	if made {
		a.Log.Info("made the secret key; keep a copy apart from database backups", "file", a.Config.KeyFile)
	}
	return keys, err
}

func (a *App) registerJobs() error {
	if err := jobs.Add(a.Jobs, func(ctx context.Context, args campaign.DispatchArgs) error { return a.Campaigns.Dispatch(ctx, args) }); err != nil {
		return err
	}
	if err := jobs.Add(a.Jobs, a.introduce); err != nil {
		return err
	}
	if err := jobs.Add(a.Jobs, a.oaSync); err != nil {
		return err
	}
	if err := jobs.Add(a.Jobs, a.subscribe); err != nil {
		return err
	}
	if err := jobs.AddLong(a.Jobs, time.Hour, a.Costs.Compare); err != nil {
		return err
	}
	if err := jobs.AddLong(a.Jobs, 10*time.Minute, a.fill); err != nil {
		return err
	}
	if err := jobs.AddLong(a.Jobs, time.Hour, func(ctx context.Context, args bulkArgs) error {
		return a.Contacts.RunBulk(ctx, args.WorkspaceID, args.BulkID)
	}); err != nil {
		return err
	}
	return jobs.AddLong(a.Jobs, time.Hour, func(ctx context.Context, args importArgs) error {
		return a.Contacts.RunImport(ctx, args.WorkspaceID, args.ImportID)
	})
}

// importArgs names an import.
type importArgs struct {
	WorkspaceID int64 `json:"workspace_id" river:"unique"`
	ImportID    int64 `json:"import_id" river:"unique"`
}

// Kind is the name of the job; it never changes.
func (importArgs) Kind() string { return "contact.import" }

func (a *App) enqueueImport(ctx context.Context, tx *db.Tx, workspace, id int64) error {
	_, err := a.Jobs.Enqueue(ctx, tx, importArgs{workspace, id}, jobs.Queue(jobs.Bulk), jobs.Unique())
	return err
}

// bulkArgs names a change of many customers.
type bulkArgs struct {
	WorkspaceID int64 `json:"workspace_id" river:"unique"`
	BulkID      int64 `json:"bulk_id" river:"unique"`
}

// Kind is the name of the job; it never changes.
func (bulkArgs) Kind() string { return "contact.bulk" }

func (a *App) enqueueBulk(ctx context.Context, tx *db.Tx, workspace, id int64) error {
	_, err := a.Jobs.Enqueue(ctx, tx, bulkArgs{workspace, id}, jobs.Queue(jobs.Bulk), jobs.Unique())
	return err
}

func (a *App) enqueueDispatch(ctx context.Context, tx *db.Tx, args campaign.DispatchArgs) error {
	_, err := a.Jobs.Enqueue(ctx, tx, args, jobs.Queue(jobs.Bulk), jobs.Unique())
	return err
}

// The small adapters between nouns that do not know each other.

func (a *App) audit(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail map[string]any) error {
	return a.Workspaces.Audit(ctx, tx, workspace, actor, action, target, detail)
}

func (a *App) zone(ctx context.Context, id int64) (string, error) {
	w, err := a.Workspaces.Get(ctx, id)
	return w.Timezone, err
}

func (a *App) suppress(ctx context.Context, tx *db.Tx, workspace int64, list []message.Suppression) error {
	for _, s := range list {
		if s.Address != "" {
			address, only := contact.Address{Kind: s.Channel.AddressKind(), Value: s.Address}, []channel.Channel{s.Channel}
			if s.Reason == contact.ReasonComplained {
				only = nil // who complains closes every channel of the address
			}
			if err := a.Contacts.Suppress(ctx, tx, workspace, address, only, s.Reason, fmt.Sprintf("leg:%d", s.LegID)); err != nil {
				return err
			}
			continue
		}
		if err := a.Contacts.SuppressContact(ctx, tx, workspace, s.ContactID, s.Channel, s.Reason, fmt.Sprintf("leg:%d", s.LegID)); err != nil {
			return err
		}
	}
	return nil
}

// suppressed asks the list about addresses that messages bring themselves. Ids of Zalo users and Messenger belong to an OA or page, which the connection names.
func (a *App) suppressed(ctx context.Context, q db.Querier, workspace, id int64, ch channel.Channel, addresses []string) (map[string]bool, error) {
	scope := ""
	if kind := ch.AddressKind(); kind == contact.KindMessenger || kind == contact.KindZaloUser {
		var err error
		if scope, err = a.scope(ctx, workspace, id); err != nil {
			return nil, err
		}
	}
	return a.Contacts.Barred(ctx, q, workspace, ch, scope, addresses)
}

func (a *App) trialConnection(ctx context.Context, workspace, id int64) (trial.Connection, error) {
	c, err := a.Connections.Get(ctx, workspace, id)
	if err != nil {
		return trial.Connection{}, err
	}
	return trial.Connection{Name: c.Name, Channels: c.Channels(), State: a.connectionState(c)}, nil
}

func (a *App) trialContact(ctx context.Context, workspace, id int64) error {
	_, err := a.Contacts.Get(ctx, workspace, id)
	return err
}

// campaignDefaults are what the workspace starts new campaigns out with.
func (a *App) campaignDefaults(ctx context.Context, id int64) (campaign.Options, error) {
	w, err := a.Workspaces.Get(ctx, id)
	if err != nil {
		return campaign.Options{}, err
	}
	o := campaign.Options{TrackOpens: w.Settings.TrackOpens, TrackClicks: w.Settings.TrackClicks, SpendCap: w.Settings.SpendCap}
	if w.Settings.Window != nil {
		o.Window = &policy.Window{From: w.Settings.Window.From, To: w.Settings.Window.To}
	}
	return o, nil
}

func (a *App) campaignSegment(ctx context.Context, workspace, id int64) (campaign.Segment, error) {
	s, err := a.Segments.Get(ctx, workspace, id)
	if err != nil {
		return campaign.Segment{}, err
	}
	// With nested segments written out, a campaign that has started does not follow their later changes.
	condition, err := a.Segments.Expand(ctx, workspace, s.Condition)
	if err != nil {
		return campaign.Segment{}, err
	}
	return campaign.Segment{ID: s.ID, Name: s.Name, Condition: condition}, nil
}

func (a *App) contactCondition(ctx context.Context, workspace int64, condition json.RawMessage) (func(first int) (string, []any), error) {
	return a.Segments.Audience(ctx, workspace, a.Clock.Now(), condition)
}

func (a *App) compile(ctx context.Context, workspace int64, now time.Time, condition json.RawMessage) (message.Audience, error) {
	return a.Segments.Audience(ctx, workspace, now, condition)
}

func (a *App) campaignConnection(ctx context.Context, workspace, id int64) (campaign.Connection, error) {
	c, err := a.Connections.Get(ctx, workspace, id)
	if err != nil {
		return campaign.Connection{}, err
	}
	return campaign.Connection{ID: c.ID, Name: c.Name, Channels: c.Channels(), State: a.connectionState(c), PerSecond: c.RatePerSecond, PricePerPart: pricePerPart(c), Adverts: c.ESMS != nil && c.ESMS.SMSType == "1"}, nil
}

func (a *App) reportConnection(ctx context.Context, workspace, id int64) (report.Connection, error) {
	c, err := a.Connections.Get(ctx, workspace, id)
	if err != nil {
		return report.Connection{}, err
	}
	return report.Connection{ID: c.ID, Name: c.Name, Provider: c.Provider, State: a.connectionState(c)}, nil
}

// connectionState is the stored state, or active for a connection whose hold is over.
func (a *App) connectionState(c *connection.Connection) string {
	if c.Usable(a.Clock.Now()) {
		return "active"
	}
	return string(c.State)
}

// connectionInUse reports whether a campaign that is not over, or a message that is, refers to the connection.
func (a *App) connectionInUse(ctx context.Context, workspace, id int64) (bool, error) {
	var n int
	err := a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM campaign WHERE workspace_id = $1 AND deleted_at = 0 AND CAST(legs AS text) LIKE $2 LIMIT 1) AS q`, workspace, fmt.Sprintf(`%%"connection_id"%%%d%%`, id)).Scan(&n)
	if err != nil || n > 0 {
		return n > 0, err
	}
	err = a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM run r JOIN leg l ON l.workspace_id = $1 AND l.run_id = r.id AND l.connection_id = $2 WHERE r.workspace_id = $1 LIMIT 1) AS q`, workspace, id).Scan(&n)
	return n > 0, err
}

func (a *App) templateCaller(ctx context.Context) (template.Caller, error) {
	who := httpx.ActorFrom(ctx)
	return template.Caller{WorkspaceID: who.WorkspaceID, Actor: who.String(), WorkspaceName: who.WorkspaceName, Zone: who.Zone}, nil
}

// templateAudience compiles a segment for a check of a template.
func (a *App) templateAudience(ctx context.Context, workspace, id int64) (template.Audience, error) {
	g, err := a.Segments.Get(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	return a.Segments.Audience(ctx, workspace, a.Clock.Now(), g.Condition)
}

func (a *App) templateContact(ctx context.Context, workspace, id int64) (template.Person, error) {
	c, err := a.Contacts.Get(ctx, workspace, id)
	if err != nil {
		return template.Person{}, err
	}
	attrs := map[string]any{}
	for key, raw := range c.Attrs {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return template.Person{}, fmt.Errorf("read attribute %s: %w", key, err)
		}
		attrs[key] = v
	}
	held, err := template.Vouchers(ctx, a.DB, workspace, []int64{id})
	if err != nil {
		return template.Person{}, err
	}
	return template.Person{Vouchers: held[id], ID: c.ID, ExternalID: c.ExternalID, Name: c.Name, Phone: c.Phone, Email: c.Email, Birthday: c.Birthday, Gender: c.Gender, Attrs: attrs, Tags: c.Tags}, nil
}
