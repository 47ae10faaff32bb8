package campaign

import (
	"context"
	"fmt"
	"strings"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// DispatchArgs names the run whose recipients are to be enlisted.
type DispatchArgs struct {
	WorkspaceID int64 `json:"workspace_id" river:"unique"`
	RunID       int64 `json:"run_id" river:"unique"`
}

// Kind is the name of the job; it never changes.
func (DispatchArgs) Kind() string { return "campaign.dispatch" }

// page is how many recipients one transaction enlists: many enough that its own cost vanishes, few enough that claims do not wait for it.
const page = 5000

// Dispatch enlists the recipients of a run, page by page, and says when it is done. It may be called again at any moment: it goes on where the rows end. It goes on while the run
// is paused and ends when it is cancelled.
func (s *Service) Dispatch(ctx context.Context, a DispatchArgs) error {
	run, err := message.LoadRun(ctx, s.DB, a.WorkspaceID, a.RunID)
	if errs.Is(err, "run.not_found") {
		return nil
	}
	if err != nil {
		return err
	}
	if run.Definition.Entry || run.Dispatched || run.State == message.RunCancelled || run.State == message.RunFinished {
		return nil
	}
	c, err := get(ctx, s.DB, a.WorkspaceID, run.SourceID)
	if err != nil {
		return fmt.Errorf("dispatch run %d: %w", a.RunID, err)
	}
	audience, err := s.audience(ctx, c, run)
	if err != nil {
		return fmt.Errorf("dispatch run %d: %w", a.RunID, err)
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, done, err := s.Messages.Enlist(ctx, a.WorkspaceID, a.RunID, audience, page)
		if err == nil && done {
			done, err = s.enlisted(ctx, a, audience)
		}
		if err != nil {
			return fmt.Errorf("dispatch run %d: %w", a.RunID, err)
		}
		if done {
			return s.Messages.MarkDispatched(ctx, a.WorkspaceID, a.RunID)
		}
	}
}

// enlisted reports whether nobody is left. A page that inserted nothing does not prove it: on PostgreSQL another node may have written the same page at the same time.
func (s *Service) enlisted(ctx context.Context, a DispatchArgs, audience message.Audience) (bool, error) {
	where, args := audience(3)
	var state message.RunState
	var left int
	err := s.DB.QueryRow(ctx, `SELECT r.state, (SELECT COUNT(*) FROM (SELECT 1 AS one FROM contact c
 WHERE c.workspace_id = $1 AND c.id > COALESCE((SELECT MAX(x.contact_id) FROM leg x WHERE x.workspace_id = $1 AND x.run_id = $2), 0) AND (`+where+`) LIMIT 1) AS q)
 FROM run r WHERE r.workspace_id = $1 AND r.id = $2`, append([]any{a.WorkspaceID, a.RunID}, args...)...).Scan(&state, &left)
	if err != nil {
		return false, fmt.Errorf("look for people left: %w", err)
	}
	return left == 0 || state == message.RunCancelled || state == message.RunFinished, nil
}

// audience is the condition for the people of a campaign: as frozen by the start when there is a run, as of now before it. "Today" is the day of the start, also when enlisting
// goes on after midnight or after a crash.
func (s *Service) audience(ctx context.Context, c *Campaign, run *message.Run) (message.Audience, error) {
	parts, err := s.parts(ctx, c, run)
	if err != nil {
		return nil, err
	}
	return join(parts, c.Audience.Everyone), nil
}

// part is one condition of an audience.
type part struct {
	segment FrozenSegment // ID 0 = the extra condition
	where   message.Audience
}

// parts compiles each segment and the extra condition by itself.
func (s *Service) parts(ctx context.Context, c *Campaign, run *message.Run) ([]part, error) {
	now := s.Clock.Now()
	segments, extra := c.Audience.Frozen, c.Audience.Condition
	if run != nil {
		now = clock.FromMillis(run.StartedAt)
		if c.Audience.FrozenCondition != nil { // runs of older versions have none
			extra = c.Audience.FrozenCondition
		}
	} else {
		segments = nil
		for _, id := range c.Audience.SegmentIDs {
			g, err := s.Segment(ctx, c.WorkspaceID, id)
			if err != nil {
				return nil, err
			}
			segments = append(segments, FrozenSegment(g))
		}
	}
	var out []part
	for _, g := range segments {
		w, err := s.Compile(ctx, c.WorkspaceID, now, g.Condition)
		if err != nil {
			return nil, fmt.Errorf("compile segment %d: %w", g.ID, err)
		}
		out = append(out, part{g, w})
	}
	if extra != nil {
		w, err := s.Compile(ctx, c.WorkspaceID, now, extra)
		if err != nil {
			return nil, err
		}
		out = append(out, part{FrozenSegment{Condition: extra}, w})
	}
	return out, nil
}

// join makes one condition: any of the segments (or everyone) and the extra condition.
func join(parts []part, everyone bool) message.Audience {
	return func(first int) (string, []any) {
		var segments, extra []string
		var args []any
		for _, p := range parts {
			where, a := p.where(first + len(args))
			args = append(args, a...)
			if p.segment.ID == 0 {
				extra = append(extra, "("+where+")")
			} else {
				segments = append(segments, "("+where+")")
			}
		}
		group := "(" + strings.Join(segments, " OR ") + ")"
		switch {
		case everyone:
			group = "1 = 1"
		case len(segments) == 0:
			group = "1 = 0"
		}
		return strings.Join(append([]string{group}, extra...), " AND "), args
	}
}
