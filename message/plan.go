package message

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/template"
)

// Purpose says why something is sent; the rules of the law and of the platforms depend on it.
type Purpose string

// The purposes.
const (
	Marketing   Purpose = "marketing"
	Care        Purpose = "care"
	Transaction Purpose = "transaction"
)

// RunState is where a run stands.
type RunState string

// The states of a run.
const (
	RunRunning   RunState = "running"
	RunPaused    RunState = "paused"
	RunCancelled RunState = "cancelled"
	RunFinished  RunState = "finished"
)

// Definition is what a run sends. It is written once, when the run starts, and never changed, so that a later edit of a template or campaign cannot reach into it.
type Definition struct {
	CampaignID  int64     `json:"campaign_id,omitempty"`
	Campaign    string    `json:"campaign,omitempty"` // its name, for templates and reports
	Zone        string    `json:"zone"`               // the workspace's time zone
	Legs        []LegPlan `json:"legs"`               // by rank
	Window      *Window   `json:"window,omitempty"`   // nil = only what the law says
	TrackOpens  bool      `json:"track_opens,omitempty"`
	TrackClicks bool      `json:"track_clicks,omitempty"`
	// Entry says that people enter the run one by one, see Enter; it takes them until it counts as dispatched.
	Entry bool `json:"entry,omitempty"`
	// ByHand says that a person typed the message to this one customer; some kinds of messages are only for that.
	ByHand bool `json:"by_hand,omitempty"`
}

// LegPlan is one rank: channel, connection and the frozen content.
type LegPlan struct {
	Channel         channel.Channel `json:"channel"`
	ConnectionID    int64           `json:"connection_id"`
	TemplateID      int64           `json:"template_id,omitempty"`
	TemplateVersion int64           `json:"template_version,omitempty"`
	TemplateName    string          `json:"template_name,omitempty"`
	Content         json.RawMessage `json:"content"`
	// FallbackAfterMS lets the next rank start when this one was accepted but not delivered within the time; 0 = only after a certain failure.
	FallbackAfterMS int64 `json:"fallback_after_ms,omitempty"`
}

// Run is one sending as stored.
type Run struct {
	ID, WorkspaceID int64
	Kind            string // campaign | api | test
	SourceID        int64
	Name            string
	State           RunState
	StateReason     string
	Purpose         Purpose
	Class           int // 0 transactional, 1 bulk
	Definition      Definition
	SpendCap, Spent int64 // VND
	Dispatched      bool
	StartedAt       int64
	FinishedAt      int64
}

const runColumns = `id, workspace_id, kind, source_id, name, state, state_reason, purpose, class, definition, spend_cap, spent, dispatched, started_at, finished_at`

type scanner interface{ Scan(...any) error }

func scanRun(row scanner) (*Run, error) {
	var r Run
	var def string
	err := row.Scan(&r.ID, &r.WorkspaceID, &r.Kind, &r.SourceID, &r.Name, &r.State, &r.StateReason, &r.Purpose, &r.Class, &def, &r.SpendCap, &r.Spent, &r.Dispatched, &r.StartedAt, &r.FinishedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound("run")
	}
	if err != nil {
		return nil, fmt.Errorf("read run: %w", err)
	}
	if err := json.Unmarshal([]byte(def), &r.Definition); err != nil {
		return nil, fmt.Errorf("read definition of run %d: %w", r.ID, err)
	}
	return &r, nil
}

// LoadRun reads a run.
func LoadRun(ctx context.Context, q db.Querier, workspace, id int64) (*Run, error) {
	return scanRun(q.QueryRow(ctx, `SELECT `+runColumns+` FROM run WHERE workspace_id = $1 AND id = $2`, workspace, id))
}

// plan is a run made ready: compiled templates by rank. It holds only what never changes, or not before the day does.
type plan struct {
	run       *Run
	compiled  []*template.Compiled
	workspace string   // its name, for templates
	laws      sync.Map // of lawKey: law
}

type lawKey struct {
	rank int
	day  int64
}

// law is what the rules of a day say about the content of a rank.
type law struct{ rule, kind string }

// forbidden names the rule that forbids the content of a rank whoever it is for, "" when none does, and what the platform calls the sort of message. The whole text is read for that, so the
// answer is kept as long as the table of rules can say nothing else: for the day in Vietnam. A run has one purpose.
func (p *plan) forbidden(rank int, purpose string, now int64) (rule, kind string) {
	key := lawKey{rank, (now + 7*60*minute) / day}
	if l, ok := p.laws.Load(key); ok {
		return l.(law).rule, l.(law).kind
	}
	draft := p.compiled[rank].Draft()
	draft.Purpose, draft.Now = purpose, now
	if broken := draft.Refusals(); len(broken) > 0 {
		rule = broken[0]
	}
	p.laws.Store(key, law{rule, draft.Kind})
	return rule, draft.Kind
}

// next gives the rank after rank whose channel may reach a person with these sets, or -1.
func (p *plan) next(rank int, eligible channel.Set) int {
	for r := rank + 1; r < len(p.run.Definition.Legs); r++ {
		if eligible.Has(p.run.Definition.Legs[r].Channel) {
			return r
		}
	}
	return -1
}

// eligible is the set of channels on which a person may be sent something for this purpose.
func eligible(purpose Purpose, reach, consent, blocked channel.Set) channel.Set {
	set := reach &^ blocked
	if purpose == Marketing {
		set &= consent
	}
	return set | channel.Acts
}

func (s *Service) plan(ctx context.Context, q db.Querier, workspace, runID int64) (*plan, error) {
	key := planKey{workspace, runID}
	if p, ok := s.plans.Load(key); ok {
		return p.(*plan), nil
	}
	run, err := LoadRun(ctx, q, workspace, runID)
	if err != nil {
		return nil, err
	}
	p := &plan{run: run, compiled: make([]*template.Compiled, len(run.Definition.Legs))}
	for i, l := range run.Definition.Legs {
		compile := template.CompileContent
		if run.Definition.ByHand {
			compile = template.CompileReply
		}
		if p.compiled[i], err = compile(l.Channel, l.Content); err != nil {
			return nil, fmt.Errorf("compile run %d rank %d: %w", runID, i, err)
		}
	}
	if err := q.QueryRow(ctx, `SELECT name FROM workspace WHERE id = $1`, workspace).Scan(&p.workspace); err != nil {
		return nil, fmt.Errorf("read workspace: %w", err)
	}
	s.plans.Store(key, p)
	return p, nil
}

type planKey struct{ workspace, run int64 }
