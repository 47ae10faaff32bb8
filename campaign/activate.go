package campaign

import (
	"context"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/policy"
	"github.com/loa-project/loa/template"
)

// lateAfter is how long after its time a start is still made without asking a person.
const lateAfter = 15 * time.Minute

// prepared is a leg with everything that it refers to, as it is now.
type prepared struct {
	connection Connection
	template   template.Template
	compiled   *template.Compiled
}

// kind is what the platform calls the template's sort of message, "" when there is no template that can be read.
func (p *prepared) kind() string {
	if p.compiled == nil {
		return ""
	}
	return p.compiled.Draft().Kind
}

// checkLegs reads connections and templates and reports what does not fit. Legs that are not filled in yet are passed over. With strict set it also asks what must hold at the
// moment of activation: active connections, an unsubscribe way in advertising mails.
func (s *Service) checkLegs(ctx context.Context, c *Campaign, strict bool) ([]prepared, []errs.Field, error) {
	out := make([]prepared, len(c.Legs))
	var bad []errs.Field
	wrong := func(i int, field, code string) {
		bad = append(bad, errs.Field{Path: legPath(i) + "." + field, Code: code})
	}
	for i, l := range c.Legs {
		p := &out[i]
		if l.ConnectionID != 0 {
			var err error
			p.connection, err = s.Connection(ctx, c.WorkspaceID, l.ConnectionID)
			switch {
			case errs.Is(err, "connection.not_found"):
				wrong(i, "connection_id", "connection.not_found")
			case err != nil:
				return nil, nil, err
			case !p.connection.Channels.Has(l.Channel):
				wrong(i, "connection_id", "campaign.connection_other_channel")
			case strict && p.connection.State == "disabled":
				wrong(i, "connection_id", "campaign.connection_disabled")
			case strict && p.connection.State != "active":
				wrong(i, "connection_id", "campaign.connection_held")
			}
		}
		if l.TemplateID != 0 {
			f, err := s.checkTemplate(ctx, c, l, p, strict)
			if err != nil {
				return nil, nil, err
			}
			for j := range f {
				f[j].Path = legPath(i) + ".template_id"
			}
			bad = append(bad, f...)
		}
	}
	return out, bad, nil
}

// checkTemplate reports what is wrong with a leg's template, without the paths. The rules of what is written are asked only when strict: a draft may still lack its label.
func (s *Service) checkTemplate(ctx context.Context, c *Campaign, l Leg, p *prepared, strict bool) ([]errs.Field, error) {
	one := func(code string) []errs.Field { return []errs.Field{{Code: code}} }
	if wrong, err := s.readTemplate(ctx, c.WorkspaceID, l, p); err != nil || wrong != "" {
		return one(wrong), err
	}
	if wrong, err := s.checkStart(ctx, c, p, strict); err != nil || wrong != nil {
		return wrong, err
	}
	z := p.compiled.ZNS
	if z != nil && z.ConnectionID != 0 && l.ConnectionID != 0 && z.ConnectionID != l.ConnectionID {
		return one("campaign.template_other_connection"), nil
	}
	if y := p.compiled.Sync; y != nil && l.ConnectionID != 0 && y.ConnectionID != l.ConnectionID {
		return one("campaign.sync_other_connection"), nil
	}
	if !strict {
		return nil, nil
	}
	out := append(s.broken(c, p), adverts(c, p)...)
	if s.Lacks != nil {
		code, err := s.Lacks(ctx, c.WorkspaceID, p.compiled)
		if err != nil {
			return nil, fmt.Errorf("look for what content refers to: %w", err)
		}
		if code != "" {
			out = append(out, errs.Field{Code: code})
		}
	}
	if s.Unsendable != nil && l.ConnectionID != 0 {
		why, err := s.Unsendable(ctx, c.WorkspaceID, l.ConnectionID, p.compiled)
		if err != nil {
			return nil, fmt.Errorf("ask the catalogue: %w", err)
		}
		if why != nil {
			out = append(out, *why)
		}
	}
	return out, nil
}

// readTemplate reads and compiles a leg's template; wrong says by code why it cannot be used.
func (s *Service) readTemplate(ctx context.Context, workspace int64, l Leg, p *prepared) (wrong string, err error) {
	if l.TemplateVersion > 0 {
		p.template, err = s.Templates.Version(ctx, workspace, l.TemplateID, l.TemplateVersion)
	} else {
		p.template, err = s.Templates.Get(ctx, workspace, l.TemplateID)
	}
	switch {
	case errs.Is(err, "template.not_found"):
		return "template.not_found", nil
	case err != nil:
		return "", err
	case p.template.Channel != l.Channel:
		return "campaign.template_other_channel", nil
	}
	p.compiled, err = template.CompileContent(p.template.Channel, p.template.Content)
	if e, ok := errs.As(err); ok {
		return e.Code, nil
	}
	return "", err
}

// broken names the rules of law and platform that forbid the content whoever it is for.
func (s *Service) broken(c *Campaign, p *prepared) []errs.Field {
	draft := p.compiled.Draft()
	draft.Purpose, draft.Now = string(c.Purpose), s.Clock.Now().UnixMilli()
	if c.ScheduleAt.After(s.Clock.Now()) {
		draft.Now = c.ScheduleAt.UnixMilli()
	}
	var out []errs.Field
	for _, rule := range draft.Refusals() {
		code := "campaign.rule." + rule
		if rule == policy.MailOptOut {
			code = "campaign.mail_without_unsubscribe"
		}
		out = append(out, errs.Field{Code: code})
	}
	if rule := (policy.Reply{Channel: draft.Channel, Kind: p.compiled.Kind, Purpose: draft.Purpose, Now: draft.Now}).Design(); rule != "" {
		out = append(out, errs.Field{Code: "campaign.rule." + rule})
	}
	return out
}

// ready checks everything again and returns the frozen plan of each leg, or campaign.not_ready with all that is wrong. With byPerson unset a held connection does not count: the
// ledger waits for it by itself.
func (s *Service) ready(ctx context.Context, c *Campaign, byPerson bool) ([]prepared, error) {
	bad := errs.Invalid("campaign.not_ready")
	for _, code := range c.missing() {
		bad.Field("", code)
	}
	if e := c.problems(); e != nil {
		bad.Fields = append(bad.Fields, e.Fields...)
	}
	if err := s.checkAudience(ctx, c); err != nil {
		e, ok := errs.As(err)
		if !ok {
			return nil, err
		}
		if len(e.Fields) == 0 {
			bad.Field("audience.condition", e.Code)
		}
		bad.Fields = append(bad.Fields, e.Fields...)
	}
	legs, fields, err := s.checkLegs(ctx, c, byPerson)
	if err != nil {
		return nil, err
	}
	bad.Fields = append(bad.Fields, fields...)
	if closed, err := s.neverOpen(ctx, c, legs); err != nil {
		return nil, err
	} else if closed {
		bad.Field("options.window", "campaign.window_never_open")
	}
	if !c.ScheduleAt.IsZero() && c.ScheduleAt.Add(lateAfter).Before(s.Clock.Now()) {
		bad.Field("schedule_at", "campaign.schedule_past")
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return legs, nil
}

// neverOpen reports whether the author's window and the hours of law, platform and workspace do not meet on some channel of the campaign: nothing would ever be sent there.
func (s *Service) neverOpen(ctx context.Context, c *Campaign, legs []prepared) (bool, error) {
	if c.Options.Window == nil || c.Options.Window.Check() != nil {
		return false, nil
	}
	own, err := s.Messages.OwnRules(ctx, c.WorkspaceID)
	if err != nil {
		return false, err
	}
	zone, err := s.Zone(ctx, c.WorkspaceID)
	if err != nil {
		return false, err
	}
	for i, l := range c.Legs {
		ask := policy.Question{Kind: legs[i].kind(), Channel: l.Channel, Purpose: string(c.Purpose), Zone: zone, Window: c.Options.Window,
			Hours: own.Hours.For(l.Channel, string(c.Purpose)), Now: s.Clock.Now().UnixMilli()}
		ask.Now = policy.NextOpen(ask)
		if policy.NextOpen(ask) != ask.Now {
			return true, nil
		}
	}
	return false, nil
}

// Activate lets a campaign start: at once, or at its time. It is logged. Everything is checked again: campaign.not_ready lists what stands in the way, campaign.values_refused counts by
// channel, field and cause the people of the whole audience whose values would be refused.
func (s *Service) Activate(ctx context.Context, workspace, id int64, by string) (*Campaign, error) {
	return s.activate(ctx, workspace, id, by, false)
}

// ActivateAnyway is Activate by somebody who knows that values of some people may be refused: their messages are not sent, with their reason, and the next channel may try.
func (s *Service) ActivateAnyway(ctx context.Context, workspace, id int64, by string) (*Campaign, error) {
	return s.activate(ctx, workspace, id, by, true)
}

func (s *Service) activate(ctx context.Context, workspace, id int64, by string, anyway bool) (*Campaign, error) {
	// The checks read connections, segments and templates outside the transaction; what may change in between is checked again by every claim.
	c, err := get(ctx, s.DB, workspace, id)
	if err != nil {
		return nil, err
	}
	if err := c.allow(Start); err != nil || c.State != PendingActivation {
		if err == nil {
			err = errs.Conflict("campaign.not_pending").With("state", string(c.State))
		}
		if c.State == Draft {
			e := errs.Conflict("campaign.incomplete")
			for _, code := range c.Missing {
				e.Field("", code)
			}
			err = e
		}
		return nil, err
	}
	seen := c.UpdatedAt
	legs, err := s.ready(ctx, c, true)
	if err != nil {
		return nil, err
	}
	if !anyway {
		if err := s.checkValues(ctx, c, legs); err != nil {
			return nil, err
		}
	}
	for i := range c.Legs {
		c.Legs[i].TemplateVersion = legs[i].template.Version
	}
	start, err := s.plan(ctx, c, legs)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		locked, err := lock(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		if locked.State != PendingActivation {
			return errs.Conflict("campaign.not_pending").With("state", string(locked.State))
		}
		if !locked.UpdatedAt.Equal(seen) {
			return errs.Conflict("campaign.changed")
		}
		locked.Legs, locked.ActivatedBy, locked.ActivatedAt, locked.UpdatedAt = c.Legs, by, now, now
		detail := map[string]any{"name": locked.Name, "legs": len(locked.Legs), "purpose": string(locked.Purpose)}
		if anyway {
			detail["values_confirmed"] = true
		}
		if locked.ScheduleAt.After(now) {
			detail["schedule_at"] = locked.ScheduleAt.Format(time.RFC3339)
			locked.State = Scheduled
			if err := update(ctx, tx, locked); err != nil {
				return err
			}
		} else if err := s.start(ctx, tx, locked, start); err != nil {
			return err
		}
		if err := s.Audit(ctx, tx, workspace, by, "campaign.activate", target(id), detail); err != nil {
			return fmt.Errorf("log activation: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, workspace, id)
}
