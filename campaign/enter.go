package campaign

import (
	"context"
	"fmt"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// Enter puts contacts into a running campaign that people enter one by one; its first step is due after the delay. The answers are in the order of the contacts. It may be called again
// with the same contacts: who is in stays in, once. Errors are those of EnterIn.
func (s *Service) Enter(ctx context.Context, workspace, id int64, by string, contacts []int64, delay time.Duration) (out []message.Entry, err error) {
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if out, err = s.EnterIn(ctx, tx, workspace, id, contacts, delay); err != nil {
			return err
		}
		n := 0
		for _, e := range out {
			if e.Result == message.Entered {
				n++
			}
		}
		if n == 0 {
			return nil
		}
		return s.Audit(ctx, tx, workspace, by, "campaign.enter", target(id), map[string]any{"people": n})
	})
	return out, err
}

// EnterIn is Enter in the caller's transaction and without a line in the audit log. campaign.not_found, campaign.not_entry when the campaign has an audience of its own,
// campaign.not_running with its state, campaign.ended when a person ended it.
func (s *Service) EnterIn(ctx context.Context, tx *db.Tx, workspace, id int64, contacts []int64, delay time.Duration) ([]message.Entry, error) {
	c, err := lock(ctx, tx, workspace, id) // two that enter the same campaign wait for each other here
	switch {
	case err != nil:
		return nil, err
	case !c.Audience.Entry:
		return nil, errs.Conflict("campaign.not_entry")
	case c.State != Running:
		return nil, errs.Conflict("campaign.not_running").With("state", string(c.State))
	case c.Dispatched:
		return nil, errs.Conflict("campaign.ended")
	}
	run, err := message.LoadRun(ctx, tx, workspace, c.RunID)
	if err != nil {
		return nil, err
	}
	return s.Messages.Enter(ctx, tx, run, contacts, delay)
}

// End closes a campaign that people enter one by one: nobody enters any more, what is left goes out, then it is finished. campaign.not_entry for every other campaign, which ends by
// itself, campaign.ended when it was closed before.
func (s *Service) End(ctx context.Context, workspace, id int64, by string) (*Campaign, error) {
	return s.move(ctx, workspace, id, by, End, func(tx *db.Tx, c *Campaign) error {
		switch {
		case !c.Audience.Entry:
			return errs.Conflict("campaign.not_entry")
		case c.RunID == 0:
			return errs.Conflict("campaign.not_started")
		case c.Dispatched:
			return errs.Conflict("campaign.ended")
		}
		return s.Messages.Close(ctx, tx, workspace, c.RunID)
	})
}

// startsMany is how many campaigns a chain of starts may be long, as far as it is followed.
const startsMany = 100

// checkStart reports what is wrong with the campaign that a leg starts, without the paths: it is gone or has an audience of its own, it is the same one, it leads back to this one, or,
// with strict set, it takes nobody. c may not be stored yet.
func (s *Service) checkStart(ctx context.Context, c *Campaign, p *prepared, strict bool) ([]errs.Field, error) {
	if p.compiled == nil || p.compiled.StartFlow == nil {
		return nil, nil
	}
	one := func(code string) ([]errs.Field, error) { return []errs.Field{{Code: code}}, nil }
	id := p.compiled.StartFlow.CampaignID
	if id == c.ID {
		return one("campaign.start_same")
	}
	other, err := get(ctx, s.DB, c.WorkspaceID, id)
	switch {
	case errs.Is(err, "campaign.not_found"):
		return one("campaign.start_not_found")
	case err != nil:
		return nil, err
	case !other.Audience.Entry:
		return one("campaign.start_not_entry")
	}
	loop, err := s.leadsTo(ctx, other, c.ID)
	switch {
	case err != nil:
		return nil, err
	case loop:
		return one("campaign.start_loop")
	case strict && (other.Dispatched || other.State != Running && other.State != Paused && other.State != Scheduled):
		return one("campaign.start_not_running")
	}
	return nil, nil
}

// leadsTo follows the starts of a campaign, through as many campaigns as there are, to one with the id.
func (s *Service) leadsTo(ctx context.Context, from *Campaign, id int64) (bool, error) {
	seen := map[int64]bool{from.ID: true}
	for open := []*Campaign{from}; len(open) > 0 && len(seen) < startsMany; open = open[1:] {
		next, err := s.starts(ctx, open[0])
		if err != nil {
			return false, err
		}
		for _, n := range next {
			if n == id {
				return true, nil
			}
			if seen[n] {
				continue
			}
			seen[n] = true
			c, err := get(ctx, s.DB, from.WorkspaceID, n)
			if errs.Is(err, "campaign.not_found") {
				continue
			}
			if err != nil {
				return false, err
			}
			open = append(open, c)
		}
	}
	return false, nil
}

// starts are the campaigns that a campaign starts: as frozen by its activation, or as its templates are now.
func (s *Service) starts(ctx context.Context, c *Campaign) ([]int64, error) {
	var out []int64
	for _, l := range c.Legs {
		if l.Channel != channel.StartFlow || l.TemplateID == 0 {
			continue
		}
		p := prepared{}
		if _, err := s.readTemplate(ctx, c.WorkspaceID, l, &p); err != nil {
			return nil, fmt.Errorf("read starts of campaign %d: %w", c.ID, err)
		}
		if p.compiled != nil && p.compiled.StartFlow != nil {
			out = append(out, p.compiled.StartFlow.CampaignID)
		}
	}
	return out, nil
}
