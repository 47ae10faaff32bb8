package campaign

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// Get reads a campaign with its counters; campaign.not_found when it does not exist or was deleted.
func (s *Service) Get(ctx context.Context, workspace, id int64) (*Campaign, error) {
	c, err := get(ctx, s.DB, workspace, id)
	if err != nil {
		return nil, err
	}
	return c, s.count(ctx, workspace, []*Campaign{c})
}

func (s *Service) count(ctx context.Context, workspace int64, cs []*Campaign) error {
	var runs []int64
	for _, c := range cs {
		if c.RunID != 0 {
			runs = append(runs, c.RunID)
		}
	}
	sums, err := totals(ctx, s.DB, workspace, runs)
	if err != nil {
		return err
	}
	for _, c := range cs {
		if c.RunID != 0 {
			c.Counts = sums[c.RunID]
			if c.Counts == nil {
				c.Counts = map[string]int64{}
			}
		}
	}
	return nil
}

// Create stores a campaign as draft, or as pending_activation when nothing is missing.
func (s *Service) Create(ctx context.Context, workspace int64, by string, f Form) (*Campaign, error) {
	now := s.Clock.Now()
	c := &Campaign{WorkspaceID: workspace, CreatedBy: by, CreatedAt: now}
	if s.Defaults != nil && f.Options == (Options{}) {
		var err error
		if f.Options, err = s.Defaults(ctx, workspace); err != nil {
			return nil, err
		}
	}
	if err := s.fill(ctx, c, f); err != nil {
		return nil, err
	}
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := insert(ctx, tx, c); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "campaign.create", target(c.ID), map[string]any{"name": c.Name})
	})
	return c, err
}

// Update replaces what a person fills in. It is refused with campaign.not_editable once the campaign was activated, and with campaign.changed when somebody changed it after f.SeenAt.
func (s *Service) Update(ctx context.Context, workspace, id int64, by string, f Form) (*Campaign, error) {
	if _, err := get(ctx, s.DB, workspace, id); err != nil {
		return nil, err
	}
	filled := &Campaign{WorkspaceID: workspace}
	if err := s.fill(ctx, filled, f); err != nil {
		return nil, err
	}
	var c *Campaign
	err := s.DB.WithTx(ctx, func(tx *db.Tx) (err error) {
		if c, err = lock(ctx, tx, workspace, id); err != nil {
			return err
		}
		if err := c.allow(Edit); err != nil {
			return err
		}
		if !f.SeenAt.IsZero() && !f.SeenAt.Truncate(time.Millisecond).Equal(c.UpdatedAt) {
			return errs.Conflict("campaign.changed")
		}
		changed := c.changes(filled)
		c.Name, c.Purpose, c.Audience, c.Legs, c.Options, c.ScheduleAt = filled.Name, filled.Purpose, filled.Audience, filled.Legs, filled.Options, filled.ScheduleAt
		c.State, c.Missing, c.UpdatedAt = filled.State, filled.Missing, filled.UpdatedAt
		if err := update(ctx, tx, c); err != nil || len(changed) == 0 {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "campaign.edit", target(id), map[string]any{"name": c.Name, "changed": changed})
	})
	return c, err
}

// changes names the parts in which the new definition differs.
func (c *Campaign) changes(filled *Campaign) []string {
	out := []string{}
	add := func(part string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			out = append(out, part)
		}
	}
	add("name", c.Name, filled.Name)
	add("purpose", c.Purpose, filled.Purpose)
	add("audience", audienceText(c.Audience), audienceText(filled.Audience))
	add("legs", append([]Leg{}, c.Legs...), filled.Legs)
	add("options", c.Options, filled.Options)
	add("schedule", c.ScheduleAt.UnixMilli(), filled.ScheduleAt.UnixMilli())
	return out
}

// audienceText is equal for audiences that say the same; the engines give JSON back with other spaces.
func audienceText(a Audience) string {
	var condition any
	_ = json.Unmarshal(a.Condition, &condition) // nothing, when there is none
	text, _ := json.Marshal(map[string]any{"everyone": a.Everyone, "entry": a.Entry, "segments": a.SegmentIDs, "condition": condition})
	return string(text)
}

// Rename gives a campaign another name in whatever state it is. Messages that its run sends keep the name that it had at its start.
func (s *Service) Rename(ctx context.Context, workspace, id int64, by, name string) (*Campaign, error) {
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		c, err := lock(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		old := c.Name
		if c.Name = cleanName(name); c.Name == "" && c.State != Draft {
			return errs.Invalid("campaign.invalid").Field("name", "campaign.missing_name")
		}
		if len([]rune(c.Name)) > maxName {
			return errs.Invalid("campaign.invalid").Field("name", "campaign.name_too_long")
		}
		if c.Name == old {
			return nil
		}
		if err := rename(ctx, tx, c, s.Clock.Now()); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "campaign.rename", target(id), map[string]any{"name": c.Name, "before": old})
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, workspace, id)
}

func cleanName(name string) string { return strings.Join(strings.Fields(norm.NFC.String(name)), " ") }

// fill puts what the person wrote into c, checks it and sets the state that follows.
func (s *Service) fill(ctx context.Context, c *Campaign, f Form) error {
	c.Name = cleanName(f.Name)
	c.Purpose = f.Purpose
	if c.Purpose == "" {
		c.Purpose = message.Marketing
	}
	c.Audience = Audience{Everyone: f.Audience.Everyone, Entry: f.Audience.Entry, SegmentIDs: f.Audience.SegmentIDs}
	if cond := bytes.TrimSpace(f.Audience.Condition); len(cond) > 0 && string(cond) != "null" {
		c.Audience.Condition = cond
	}
	c.Audience.SegmentIDs = slices.Compact(slices.Sorted(slices.Values(c.Audience.SegmentIDs)))
	c.Legs = append([]Leg{}, f.Legs...)
	for i := range c.Legs {
		c.Legs[i].TemplateVersion = 0
		if s.Builtin == nil {
			continue
		}
		if own, err := s.Builtin(ctx, c.WorkspaceID, c.Legs[i].Channel); err != nil {
			return err
		} else if own != 0 {
			c.Legs[i].ConnectionID = own
		}
	}
	c.Options, c.UpdatedAt = f.Options, s.Clock.Now()
	c.ScheduleAt = f.ScheduleAt.UTC().Truncate(time.Millisecond)
	if bad := c.problems(); bad != nil {
		return bad
	}
	if err := s.checkAudience(ctx, c); err != nil {
		return err
	}
	if _, bad, err := s.checkLegs(ctx, c, false); err != nil {
		return err
	} else if len(bad) > 0 {
		return &errs.Error{Status: 422, Code: "campaign.invalid", Fields: bad}
	}
	c.State, c.Missing = PendingActivation, c.missing()
	if len(c.Missing) > 0 {
		c.State = Draft
	}
	return nil
}

// checkAudience reports segments that do not exist and an extra condition that cannot be read.
func (s *Service) checkAudience(ctx context.Context, c *Campaign) error {
	for i, id := range c.Audience.SegmentIDs {
		if _, err := s.Segment(ctx, c.WorkspaceID, id); errs.Is(err, "segment.not_found") {
			return errs.Invalid("campaign.invalid").Field("audience.segment_ids["+strconv.Itoa(i)+"]", "segment.not_found")
		} else if err != nil {
			return err
		}
	}
	if c.Audience.Condition != nil {
		if _, err := s.Compile(ctx, c.WorkspaceID, s.Clock.Now(), c.Audience.Condition); err != nil {
			return err
		}
	}
	return nil
}

// Clone copies a campaign under another name, in whatever state it is; the copy has not been activated. An empty name keeps the old one.
func (s *Service) Clone(ctx context.Context, workspace, id int64, by, name string) (*Campaign, error) {
	old, err := get(ctx, s.DB, workspace, id)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(name) == "" {
		name = old.Name
	}
	f := Form{Name: name, Purpose: old.Purpose, Audience: old.Audience, Legs: old.Legs, Options: old.Options, ScheduleAt: old.ScheduleAt}
	if f.ScheduleAt.Before(s.Clock.Now()) {
		f.ScheduleAt = time.Time{}
	}
	c := &Campaign{WorkspaceID: workspace, CreatedBy: by, CreatedAt: s.Clock.Now()}
	if err := s.fill(ctx, c, f); err != nil {
		return nil, err
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := insert(ctx, tx, c); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "campaign.clone", target(c.ID), map[string]any{"name": c.Name, "from": id})
	})
	return c, err
}

// Delete hides a campaign that is not, and will not be, sending. confirm must be its name; else campaign.confirm_name. What it sent stays in the ledger.
func (s *Service) Delete(ctx context.Context, workspace, id int64, by, confirm string) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		c, err := lock(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		if err := c.allow(Delete); err != nil {
			return err
		}
		if norm.NFC.String(strings.TrimSpace(confirm)) != c.Name {
			return errs.Invalid("campaign.confirm_name").With("name", c.Name).Field("confirm", "campaign.confirm_name")
		}
		if err := markDeleted(ctx, tx, workspace, id, s.Clock.Now()); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "campaign.delete", target(id), map[string]any{"name": c.Name, "state": string(c.State)})
	})
}

func target(id int64) string { return "campaign:" + strconv.FormatInt(id, 10) }
