package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/internal/jobs"
	"github.com/loa-project/loa/segment"
	"github.com/loa-project/loa/simulator"
)

// Filling is the state of the sample data of a workspace: what was made so far.
type Filling struct {
	State FillingState `json:"state" enum:"none,running,finished,failed"`
	// Refusal says by code why sample data cannot be made; empty = it can.
	Refusal    string `json:"refusal,omitempty" enum:",sample.unavailable,sample.exists,sample.real_connections"`
	Done       int    `json:"done"`  // steps
	Steps      int    `json:"steps"` // connections, templates, people, segment, campaign
	People     int    `json:"people"`
	CampaignID int64  `json:"campaign_id,omitempty"`
}

// FillingState is how far the filling is.
type FillingState string

// filled is what is stored between the steps, so that a repeated job goes on where the one before it ended.
type filled struct {
	State      FillingState      `json:"state"`
	Done       int               `json:"done"`
	Actor      string            `json:"actor"`
	ZNS        int64             `json:"zns"`
	SMS        int64             `json:"sms"`
	Email      int64             `json:"email"`
	Templates  [3]int64          `json:"templates"`
	Hooks      map[string]string `json:"hooks"`
	Segment    int64             `json:"segment"`
	CampaignID int64             `json:"campaign_id"`
}

const (
	fillPrefix = "sample:"
	fillSteps  = 5
	fillPeople = 500
)

func fillKey(workspace int64) string { return fmt.Sprintf("%s%d", fillPrefix, workspace) }

func (a *App) filled(ctx context.Context, q db.Querier, workspace int64) (f filled, err error) {
	var text string
	if err := q.QueryRow(ctx, `SELECT COALESCE(MAX(value), '') FROM setting WHERE key = $1`, fillKey(workspace)).Scan(&text); err != nil {
		return f, fmt.Errorf("read state of sample: %w", err)
	}
	if text == "" {
		return filled{State: "none"}, nil
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return f, fmt.Errorf("read state of sample: %w", err)
	}
	return f, nil
}

// executor is the store or a transaction in it.
type executor interface {
	Exec(ctx context.Context, query string, args ...any) (int64, error)
}

func (a *App) saveFilled(ctx context.Context, q executor, workspace int64, f filled) error {
	raw, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("write state of sample: %w", err)
	}
	if _, err := q.Exec(ctx, `INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $3`, fillKey(workspace), string(raw), string(raw)); err != nil {
		return fmt.Errorf("store state of sample: %w", err)
	}
	return nil
}

// simulated gives the addresses of the simulator that this server may send samples to; false when there is none.
func (a *App) simulated() (url, smtp string, ok bool) {
	switch {
	case a.Simulator != nil:
		return a.Simulator.URL(), a.Simulator.SMTPAddr(), true
	case a.Config.Simulator:
		return "http://" + simulatorHTTP, simulatorSMTP, true
	case a.Config.Simulation && a.Config.SimulatorURL != "" && a.Config.SimulatorSMTP != "":
		return strings.TrimRight(a.Config.SimulatorURL, "/"), a.Config.SimulatorSMTP, true
	}
	return "", "", false
}

// fillRefusal is the code of why sample data cannot be made now; "" = it can.
func (a *App) fillRefusal(ctx context.Context, workspace int64, f filled) (string, error) {
	url, smtp, ok := a.simulated()
	if !ok {
		return "sample.unavailable", nil
	}
	list, err := a.Connections.List(ctx, workspace, "")
	if err != nil {
		return "", err
	}
	mine := false
	for _, c := range list {
		if !atSimulator(c, url, smtp) {
			return "sample.real_connections", nil
		}
		mine = true
	}
	if f.State == "running" || f.State == "finished" || f.State == "none" && mine {
		return "sample.exists", nil
	}
	return "", nil
}

// atSimulator reports whether a connection speaks to the simulator alone.
func atSimulator(c *connection.Connection, url, smtp string) bool {
	within := func(base string) bool { return strings.HasPrefix(base, url+"/") }
	switch {
	case c.Zalo != nil:
		return within(c.Zalo.BaseURL) && within(c.Zalo.OAURL)
	case c.ESMS != nil:
		return within(c.ESMS.BaseURL)
	case c.Messenger != nil:
		return within(c.Messenger.BaseURL)
	case c.ETelecom != nil:
		return within(c.ETelecom.BaseURL)
	case c.SpeedSMS != nil:
		return within(c.SpeedSMS.BaseURL)
	case c.Stringee != nil:
		return within(c.Stringee.BaseURL)
	case c.SMTP != nil:
		return fmt.Sprintf("%s:%d", c.SMTP.Host, c.SMTP.Port) == smtp
	}
	return false
}

// Filling says how far the sample data of a workspace is, and whether it can be made.
func (a *App) Filling(ctx context.Context, workspace int64) (*Filling, error) {
	f, err := a.filled(ctx, a.DB, workspace)
	if err != nil {
		return nil, err
	}
	refusal, err := a.fillRefusal(ctx, workspace, f)
	if err != nil {
		return nil, err
	}
	return &Filling{State: f.State, Refusal: refusal, Done: f.Done, Steps: fillSteps, People: fillPeople, CampaignID: f.CampaignID}, nil
}

// StartFilling enqueues the job that makes connections to the simulator, templates, made-up people, a segment and a campaign that waits for its activation. The errors are
// sample.unavailable, sample.exists and sample.real_connections: sample people must never meet a real connection.
func (a *App) StartFilling(ctx context.Context, workspace int64, actor string) (*Filling, error) {
	err := a.DB.WithTx(ctx, func(tx *db.Tx) error {
		f, err := a.filled(ctx, tx, workspace)
		if err != nil {
			return err
		}
		refusal, err := a.fillRefusal(ctx, workspace, f)
		if err != nil {
			return err
		}
		if refusal != "" {
			return errs.Conflict(refusal)
		}
		f.State, f.Actor = "running", actor
		if err := a.saveFilled(ctx, tx, workspace, f); err != nil {
			return err
		}
		if _, err := a.Jobs.Enqueue(ctx, tx, fillArgs{workspace}, jobs.Queue(jobs.Bulk), jobs.Unique(), jobs.Tries(3)); err != nil {
			return err
		}
		return a.audit(ctx, tx, workspace, actor, "sample.start", fmt.Sprintf("workspace:%d", workspace), nil)
	})
	if err != nil {
		return nil, err
	}
	return a.Filling(ctx, workspace)
}

// fillArgs names the workspace to fill.
type fillArgs struct {
	WorkspaceID int64 `json:"workspace_id" river:"unique"`
}

// Kind is the name of the job; it never changes.
func (fillArgs) Kind() string { return "sample.fill" }

// fill does the steps that are not done yet.
func (a *App) fill(ctx context.Context, args fillArgs) error {
	f, err := a.filled(ctx, a.DB, args.WorkspaceID)
	if err != nil || f.State != "running" {
		return err
	}
	url, smtp, ok := a.simulated()
	if !ok {
		return a.failFilling(ctx, args.WorkspaceID, f, errs.Conflict("sample.unavailable"))
	}
	s := &Sample{Workspace: args.WorkspaceID, ZNS: f.ZNS, SMS: f.SMS, Email: f.Email, Templates: f.Templates, Hooks: f.Hooks, Segment: f.Segment}
	for f.Done < fillSteps {
		if err := a.fillStep(ctx, s, f.Done, url, smtp); err != nil {
			return a.failFilling(ctx, args.WorkspaceID, f, err)
		}
		f.Done++
		f.ZNS, f.SMS, f.Email, f.Templates, f.Hooks, f.Segment = s.ZNS, s.SMS, s.Email, s.Templates, s.Hooks, s.Segment
		if s.Campaign != nil {
			f.CampaignID = s.Campaign.ID
		}
		if f.Done == fillSteps {
			f.State = "finished"
		}
		if err := a.saveFilled(ctx, a.DB, args.WorkspaceID, f); err != nil {
			return err
		}
	}
	a.pointSimulator(s.Hooks)
	return nil
}

// failFilling leaves the steps that are done, so that starting again goes on from there.
func (a *App) failFilling(ctx context.Context, workspace int64, f filled, cause error) error {
	a.Log.Warn("make sample data", "workspace_id", workspace, "step", f.Done, "error", cause)
	f.State = "failed"
	if err := a.saveFilled(ctx, a.DB, workspace, f); err != nil {
		return err
	}
	return jobs.Cancel(cause)
}

func (a *App) fillStep(ctx context.Context, s *Sample, step int, url, smtp string) error {
	switch step {
	case 0:
		made, err := a.seedConnections(ctx, s.Workspace, url, smtp, showRate)
		if err == nil {
			*s = *made
		}
		return err
	case 1:
		return a.seedTemplates(ctx, s)
	case 2:
		_, err := a.seedPeople(ctx, s.Workspace, SeedOptions{People: fillPeople, Seed: uint64(s.Workspace)})
		return err
	case 3:
		g, err := a.Segments.Create(ctx, s.Workspace, sampleActor, segment.Form{Name: sampleSegment, Condition: []byte(sampleCondition)})
		if err == nil {
			s.Segment = g.ID
		}
		return err
	}
	return a.seedCampaign(ctx, s, "Cảm ơn sau mua hàng (mẫu)")
}

const (
	sampleSegment   = "Có số điện thoại hoặc email"
	sampleCondition = `{"op":"or","items":[{"field":"phone","operator":"has_any"},{"field":"email","operator":"has_any"}]}`
)

// Where the simulator inside `loa serve` listens: always the same, because connections remember it.
const (
	simulatorHTTP = "127.0.0.1:8090"
	simulatorSMTP = "127.0.0.1:8025"
)

// startSimulator runs the simulator inside this server when the settings ask for it.
func (a *App) startSimulator(ctx context.Context) error {
	if !a.Config.Simulator || a.Simulator != nil {
		return nil
	}
	zalo, esms, smtp := simulator.OrdinaryDay()
	s := simulator.New(simulator.Options{Clock: a.Clock, Seed: 1, HTTPAddr: simulatorHTTP, SMTPAddr: simulatorSMTP, Zalo: zalo, ESMS: esms, SMTP: smtp, Log: a.Log})
	if err := s.Start(ctx); err != nil {
		return fmt.Errorf("start the simulator (LOA_SIMULATOR): %w", err)
	}
	a.Simulator = s
	return a.introduceSimulator(ctx)
}

// introduceSimulator tells a new simulator about the newest sample: it has forgotten where to report and which tokens it gave.
func (a *App) introduceSimulator(ctx context.Context) error {
	var workspace int64
	if err := a.DB.QueryRow(ctx, `SELECT COALESCE(MAX(c.workspace_id), 0) FROM connection c WHERE c.provider = 'zalo'`).Scan(&workspace); err != nil {
		return fmt.Errorf("find sample: %w", err)
	}
	f, err := a.filled(ctx, a.DB, workspace)
	if err != nil || f.ZNS == 0 {
		return err
	}
	a.pointSimulator(f.Hooks)
	err = a.Connections.SaveTokens(ctx, workspace, f.ZNS, connection.Tokens{Access: simulator.DefaultAccessToken, Refresh: simulator.DefaultRefreshToken, ExpiresIn: 24 * time.Hour})
	if errs.Is(err, "connection.not_found") {
		return nil
	}
	return err
}

// pointSimulator tells the simulator of this process where Zalo's events and returned mails go.
func (a *App) pointSimulator(hooks map[string]string) {
	if a.Simulator != nil {
		a.Simulator.SetZaloWebhook(simulator.DefaultAppID, hooks["zalo"])
		a.Simulator.SetBounceTarget(hooks["smtp"], "")
	}
}

type fillingOutput struct{ Body *Filling }

func (a *App) registerSample(api *httpx.API) {
	op := func(method, id, summary string, status int, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: "/sample", ID: id, Summary: summary, Tag: "workspace", Role: role, Status: status}
	}
	httpx.Register(api, op("GET", "get-sample", "How far the sample data is, and whether it can be made", 0, httpx.Viewer), func(ctx context.Context, _ *struct{}) (*fillingOutput, error) {
		f, err := a.Filling(ctx, httpx.ActorFrom(ctx).WorkspaceID)
		if err != nil {
			return nil, err
		}
		return &fillingOutput{f}, nil
	})
	httpx.Register(api, op("POST", "make-sample", "Fill the workspace with sample data and connections to the simulator", http.StatusAccepted, httpx.Owner), func(ctx context.Context, _ *struct{}) (*fillingOutput, error) {
		who := httpx.ActorFrom(ctx)
		f, err := a.StartFilling(ctx, who.WorkspaceID, who.String())
		if err != nil {
			return nil, err
		}
		return &fillingOutput{f}, nil
	})
}
