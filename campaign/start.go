package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// plan is what a start writes, read before the transaction: the run with its frozen definition and the segments as they are now.
type plan struct {
	run    message.Run
	frozen []FrozenSegment
	extra  json.RawMessage // the extra condition with the segments that it names written out; nil = none
}

func (s *Service) plan(ctx context.Context, c *Campaign, legs []prepared) (*plan, error) {
	zone, err := s.Zone(ctx, c.WorkspaceID)
	if err != nil {
		return nil, err
	}
	p := &plan{run: message.Run{WorkspaceID: c.WorkspaceID, Kind: message.KindCampaign, SourceID: c.ID, Name: c.Name, Purpose: c.Purpose, Class: 1, SpendCap: c.Options.SpendCap,
		Definition: message.Definition{CampaignID: c.ID, Campaign: c.Name, Zone: zone, Window: c.Options.Window, TrackOpens: c.Options.TrackOpens, TrackClicks: c.Options.TrackClicks, Entry: c.Audience.Entry}}}
	if c.Purpose == message.Transaction {
		p.run.Class = 0
	}
	for i, l := range c.Legs {
		t := legs[i].template
		p.run.Definition.Legs = append(p.run.Definition.Legs, message.LegPlan{Channel: l.Channel, ConnectionID: l.ConnectionID, TemplateID: t.ID, TemplateVersion: int64(t.Version),
			TemplateName: t.Name, Content: t.Content, FallbackAfterMS: l.FallbackAfterSeconds * 1000})
	}
	for _, id := range c.Audience.SegmentIDs {
		g, err := s.Segment(ctx, c.WorkspaceID, id)
		if err != nil {
			return nil, err
		}
		p.frozen = append(p.frozen, FrozenSegment(g))
	}
	if c.Audience.Condition != nil {
		if p.extra, err = s.Expand(ctx, c.WorkspaceID, c.Audience.Condition); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// start writes run, campaign and dispatch job in the caller's transaction: all or nothing.
func (s *Service) start(ctx context.Context, tx *db.Tx, c *Campaign, p *plan) error {
	run, err := s.Messages.StartRun(ctx, tx, p.run)
	if err != nil {
		return err
	}
	c.RunID, c.State, c.Audience.Frozen, c.Audience.FrozenCondition = run, Running, p.frozen, p.extra
	if err := update(ctx, tx, c); err != nil {
		return err
	}
	if c.Audience.Entry { // nobody to enlist
		return nil
	}
	if err := s.Enqueue(ctx, tx, DispatchArgs{WorkspaceID: c.WorkspaceID, RunID: run}); err != nil {
		return fmt.Errorf("enqueue dispatch: %w", err)
	}
	return nil
}

// Pause stops a running campaign: calls that have begun are finished and recorded, no new one begins.
func (s *Service) Pause(ctx context.Context, workspace, id int64, by string) (*Campaign, error) {
	return s.move(ctx, workspace, id, by, Pause, func(tx *db.Tx, c *Campaign) error {
		return s.Messages.Pause(ctx, tx, workspace, c.RunID, "person")
	})
}

// Resume lets a paused campaign go on with exactly the rest. One whose start was missed starts now, after the checks of an activation.
func (s *Service) Resume(ctx context.Context, workspace, id int64, by string) (*Campaign, error) {
	c, err := get(ctx, s.DB, workspace, id)
	if err != nil {
		return nil, err
	}
	if c.State == Paused && c.RunID == 0 {
		c.ScheduleAt = s.Clock.Now() // the person decided: lateness is no problem any more
		legs, err := s.ready(ctx, c, true)
		if err != nil {
			return nil, err
		}
		p, err := s.plan(ctx, c, legs)
		if err != nil {
			return nil, err
		}
		return s.move(ctx, workspace, id, by, Resume, func(tx *db.Tx, c *Campaign) error {
			if c.RunID != 0 {
				return errs.Conflict("campaign.changed")
			}
			return s.start(ctx, tx, c, p)
		})
	}
	return s.move(ctx, workspace, id, by, Resume, func(tx *db.Tx, c *Campaign) error {
		return s.Messages.Resume(ctx, tx, workspace, c.RunID)
	})
}

// Cancel ends a campaign for good: what has not been sent is skipped.
func (s *Service) Cancel(ctx context.Context, workspace, id int64, by string) (*Campaign, error) {
	return s.move(ctx, workspace, id, by, Cancel, func(tx *db.Tx, c *Campaign) error {
		c.FinishedAt = s.Clock.Now()
		if c.RunID == 0 {
			return nil
		}
		return s.Messages.Cancel(ctx, tx, workspace, c.RunID)
	})
}

// move does one act of a person: the ledger's part, the campaign's own state and the line in the audit log in one transaction.
func (s *Service) move(ctx context.Context, workspace, id int64, by string, act Act, do func(tx *db.Tx, c *Campaign) error) (*Campaign, error) {
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		c, err := lock(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		if err := c.allow(act); err != nil {
			return err
		}
		from := c.State
		c.State, _ = c.State.After(act)
		c.UpdatedAt = s.Clock.Now()
		if err := do(tx, c); err != nil {
			return err
		}
		if err := update(ctx, tx, c); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "campaign."+string(act), target(id), map[string]any{"name": c.Name, "from": string(from)})
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, workspace, id)
}

// Finished is told by the ledger that a run has nothing left to send; it notes the time on the campaign. The state itself is the run's.
func (s *Service) Finished(ctx context.Context, run *message.Run) {
	if run.Kind != message.KindCampaign {
		return
	}
	_, err := s.DB.Exec(ctx, `UPDATE campaign SET state = 'finished', finished_at = $3 WHERE workspace_id = $1 AND id = $2 AND run_id = $4`, run.WorkspaceID, run.SourceID, run.FinishedAt, run.ID)
	if err != nil {
		s.Log.Error("note end of campaign", "campaign_id", run.SourceID, "error", err)
	}
}

// due is a scheduled campaign whose time has come.
type due struct{ workspace, id, at int64 }

// Tick starts the scheduled campaigns whose time has come, lets those wait for a person that missed it by more than 15 minutes, and asks again for dispatch jobs that were lost. It
// may run on several nodes at once.
func (s *Service) Tick(ctx context.Context) error {
	now := s.Clock.Now()
	rows, err := s.DB.Query(ctx, `SELECT workspace_id, id, schedule_at FROM campaign WHERE state = 'scheduled' AND schedule_at <= $1 AND deleted_at = 0 ORDER BY schedule_at LIMIT 500`, clock.Millis(now))
	if err != nil {
		return fmt.Errorf("list due campaigns: %w", err)
	}
	found, err := collect(rows, func(r *sql.Rows) (d due, err error) { return d, r.Scan(&d.workspace, &d.id, &d.at) })
	if err != nil {
		return fmt.Errorf("list due campaigns: %w", err)
	}
	var all []error
	for _, d := range found {
		if err := s.startDue(ctx, d); err != nil {
			all = append(all, fmt.Errorf("start campaign %d: %w", d.id, err))
		}
	}
	// Campaigns that people enter one by one have nobody to enlist. The engines write a JSON true as text in different ways.
	rows, err = s.DB.Query(ctx, `SELECT r.workspace_id, r.id FROM run r JOIN campaign c ON c.workspace_id = r.workspace_id AND c.id = r.source_id
 WHERE r.state IN ('running', 'paused') AND r.dispatched = 0 AND r.kind = 'campaign' AND COALESCE(CAST(c.audience ->> 'entry' AS text), '') NOT IN ('true', '1') ORDER BY r.workspace_id, r.id LIMIT 500`)
	if err != nil {
		return fmt.Errorf("list undispatched runs: %w", err)
	}
	open, err := collect(rows, func(r *sql.Rows) (a DispatchArgs, err error) { return a, r.Scan(&a.WorkspaceID, &a.RunID) })
	if err != nil {
		return fmt.Errorf("list undispatched runs: %w", err)
	}
	for _, a := range open {
		if err := s.DB.WithTx(ctx, func(tx *db.Tx) error { return s.Enqueue(ctx, tx, a) }); err != nil {
			all = append(all, fmt.Errorf("enqueue dispatch of run %d: %w", a.RunID, err))
		}
	}
	return errors.Join(all...)
}

// startDue starts one campaign, or makes it wait for a person when it is late or not in order any more.
func (s *Service) startDue(ctx context.Context, d due) error {
	c, err := get(ctx, s.DB, d.workspace, d.id)
	if err != nil || c.State != Scheduled {
		return err
	}
	late := clock.FromMillis(d.at).Add(lateAfter).Before(s.Clock.Now())
	var p *plan
	reason := "late_start"
	if !late {
		legs, err := s.ready(ctx, c, false)
		if e, ok := errs.As(err); ok {
			late, reason = true, e.Error()
		} else if err != nil {
			return err
		} else if p, err = s.plan(ctx, c, legs); err != nil {
			return err
		}
	}
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		c, err := lock(ctx, tx, d.workspace, d.id)
		if err != nil || c.State != Scheduled {
			return err
		}
		c.UpdatedAt = s.Clock.Now()
		if !late {
			return errors.Join(s.start(ctx, tx, c, p), s.Audit(ctx, tx, d.workspace, "system", "campaign.start", target(d.id), map[string]any{"name": c.Name}))
		}
		c.State, _ = c.State.After(Delay)
		return errors.Join(update(ctx, tx, c), s.Audit(ctx, tx, d.workspace, "system", "campaign.delay", target(d.id), map[string]any{"name": c.Name, "reason": reason}))
	})
}

func collect[T any](rows *sql.Rows, read func(*sql.Rows) (T, error)) ([]T, error) {
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := read(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
