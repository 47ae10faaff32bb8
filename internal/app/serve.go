package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/loa-project/loa/asset"
	"github.com/loa-project/loa/campaign"
	syncchannel "github.com/loa-project/loa/channel/sync"
	"github.com/loa-project/loa/channel/zalooa"
	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/conversation"
	"github.com/loa-project/loa/cost"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/report"
	"github.com/loa-project/loa/segment"
	"github.com/loa-project/loa/template"
	"github.com/loa-project/loa/trial"
	"github.com/loa-project/loa/voucher"
	"github.com/loa-project/loa/web"
	"github.com/loa-project/loa/workspace"
)

// registerRoutes puts every noun's routes on the API. The test of roles walks over all of them.
func (a *App) registerRoutes() error {
	api, err := httpx.New(httpx.Options{Version: Version, PublicURL: a.Config.PublicURL, TrustedProxies: a.Config.TrustedProxies, Logger: a.Log, Authenticate: a.Workspaces.Authenticate})
	if err != nil {
		return err
	}
	a.API = api
	workspace.Register(api, a.Workspaces)
	contact.Register(api, a.Contacts)
	contact.RegisterImports(api, a.Contacts)
	segment.Register(api, a.Segments)
	(&template.Routes{Service: a.Templates, Caller: a.templateCaller, Contact: a.templateContact, Audience: a.templateAudience}).Register(api)
	connection.Register(api, a.Connections)
	cost.Register(api, a.Costs)
	zns.Register(api, a.ZNS)
	zalooa.Register(api, a.OAUsers)
	syncchannel.Register(api, a.openPlatform)
	campaign.Register(api, a.Campaigns)
	trial.Register(api, a.Trials)
	conversation.Register(api, a.Chats)
	a.Pages.Register(api)
	voucher.Register(api, a.Vouchers)
	asset.Register(api, a.Assets)
	report.Register(api, a.Reports)
	a.Messages.RegisterTracking(api)
	a.Messages.RegisterHooks(api, a.senders.findHook)
	a.registerConnections(api)
	a.registerSample(api)
	a.registerHealth(api)
	api.Web(web.Handler())
	return nil
}

// Run serves and works until ctx ends, then stops quietly: no new claims and requests, begun calls finish on their own deadline and are recorded.
func (a *App) Run(ctx context.Context, listen net.Listener) error {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	done := make(chan struct{})
	close(done)
	if err := a.startSimulator(work); err != nil {
		return errors.Join(err, listen.Close())
	}
	if a.Config.Has("worker") {
		var err error
		if done, err = a.startWork(work); err != nil {
			return err
		}
	}
	var serveErr error
	if a.Config.Has("api") {
		stopBounces, err := a.startBounces(ctx)
		if err != nil {
			return fmt.Errorf("listen for returned mails on %s: %w", a.Config.BounceListen, err)
		}
		defer stopBounces()
		serveErr = a.API.Serve(ctx, listen, a.Config.ShutdownGrace)
	} else {
		<-ctx.Done()
	}
	stopWork()
	select {
	case <-done:
	case <-time.After(a.Config.ShutdownGrace + 10*time.Second):
		return errors.Join(serveErr, errors.New("calls were still under way when the grace period ended; they will be looked up after the next start"))
	}
	return serveErr
}

// startWork starts jobs, engine, sweeper and ticks. The channel closes when all have ended after ctx.
func (a *App) startWork(ctx context.Context) (chan struct{}, error) {
	if err := a.Messages.AbandonClaims(ctx); err != nil {
		return nil, err
	}
	if err := a.reseal(ctx); err != nil {
		return nil, err
	}
	for name, tick := range map[string]struct {
		every time.Duration
		do    func(context.Context) error
	}{
		"campaign.start":     {5 * time.Second, a.Campaigns.Tick},
		"voucher.wait":       {5 * time.Second, a.Vouchers.Tick},
		"workspace.purge":    {time.Hour, a.Workspaces.Purge},
		"zns.templates":      {10 * time.Minute, a.tickTemplates},
		"connection.refresh": {10 * time.Minute, a.refreshExpiring},

		"messenger.templates": {6 * time.Hour, a.Pages.SyncAll},
	} {
		if err := a.Jobs.Every(name, tick.every, tick.do); err != nil {
			return nil, err
		}
	}
	if err := a.Jobs.Start(ctx); err != nil {
		return nil, fmt.Errorf("start jobs: %w", err)
	}
	engine := message.NewEngine(a.Messages)
	sweeper := message.NewSweeper(engine)
	done := make(chan struct{})
	go func() {
		defer close(done)
		swept := make(chan struct{})
		go func() { sweeper.Run(ctx, time.Second); close(swept) }()
		engine.Run(ctx)
		<-swept
		stop, cancel := context.WithTimeout(context.Background(), a.Config.ShutdownGrace)
		defer cancel()
		if err := a.Jobs.Stop(stop); err != nil {
			a.Log.Warn("stop jobs", "error", err)
		}
	}()
	return done, nil
}

// Listen opens the address of the settings.
func (a *App) Listen() (net.Listener, error) {
	l, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w (is Loa already running? choose another address with LOA_LISTEN)", a.Config.Listen, err)
	}
	return l, nil
}
