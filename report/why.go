package report

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/loa-project/loa/campaign"
	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/i18n"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
)

// Why ("Vì sao?") explains one person's outcome in one campaign, also when the person was left out.
type Why struct {
	CampaignID    int64      `json:"campaign_id"`
	Campaign      string     `json:"campaign"` // its name
	CampaignState string     `json:"campaign_state"`
	Contact       ContactRef `json:"contact"`
	// Outcome is the status of the last message, or left_out (not in the audience), not_started, not_enlisted_yet, joined_later (fits only since after the start), erased.
	Outcome string `json:"outcome"`
	// Sentences tell the story in order, in the reader's language.
	Sentences []Sentence `json:"sentences"`
	// Enlisted reports whether the ledger has a message of the person. InAudience is the condition as of now, Audience its parts, each by itself.
	Enlisted   bool                  `json:"enlisted"`
	InAudience bool                  `json:"in_audience"`
	Audience   []campaign.Membership `json:"audience"`
	Channels   []ChannelWhy          `json:"channels"`
	SharedWith []SharedWith          `json:"shared_with"`
	// Consents and Suppressions are the records behind a refusal: what the person agreed to and withdrew, and since when an address is not sent to.
	Consents     []contact.Consent     `json:"consents"`
	Suppressions []contact.Suppression `json:"suppressions"`
	Legs         []LegWhy              `json:"legs"`
}

// Sentence is one sentence of an explanation: its code, the values in it and the text.
type Sentence struct {
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
	Text   string            `json:"text"`
}

// ChannelWhy tells whether a channel of the campaign may reach the person now.
type ChannelWhy struct {
	Rank            int             `json:"rank"`
	Channel         channel.Channel `json:"channel"`
	ConnectionID    int64           `json:"connection_id"`
	Connection      string          `json:"connection"` // its name
	ConnectionState string          `json:"connection_state"`
	HasAddress      bool            `json:"has_address"`
	Suppressed      bool            `json:"suppressed"`
	Consent         bool            `json:"consent"`           // only asked for in advertising
	Shared          bool            `json:"shared"`            // somebody else has the same address
	Refusal         string          `json:"refusal,omitempty"` // no_address, suppressed or no_consent; empty = may be sent to
}

// SharedWith is another recipient of the campaign with the same address.
type SharedWith struct {
	ContactID int64           `json:"contact_id"`
	Name      string          `json:"name"`
	Channel   channel.Channel `json:"channel"`
	Rank      int             `json:"rank"`
	State     string          `json:"state"`
}

// LegWhy is a message with its attempts, callbacks and hits, its cause and what happens next.
type LegWhy struct {
	message.LegView
	Cause *Cause    `json:"cause,omitempty"`
	Next  *Sentence `json:"next,omitempty"` // absent = nothing more is planned
}

// whyContact is what the rules need of a contact.
type whyContact struct {
	ref                             ContactRef
	reach, consent, blocked, shared channel.Set
	erased                          bool
}

// story collects sentences in one language.
type story struct {
	lang string
	zone *time.Location
	out  []Sentence
}

func (t *story) make(code string, pairs ...string) Sentence {
	var params map[string]string
	if len(pairs) > 0 {
		params = map[string]string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			params[pairs[i]] = pairs[i+1]
		}
	}
	return Sentence{Code: code, Params: params, Text: i18n.Text(t.lang, code, params)}
}

func (t *story) say(code string, pairs ...string) { t.out = append(t.out, t.make(code, pairs...)) }

func (t *story) channel(c channel.Channel) string {
	return i18n.Text(t.lang, "channel."+string(c), nil)
}

// at shows a moment in the workspace's zone.
func (t *story) at(ms int64) string {
	return time.UnixMilli(ms).In(t.zone).Format("15:04:05 02/01/2006")
}

// Why explains one person's outcome in one campaign. contact.not_found when there neither is nor was such a contact.
func (s *Service) Why(ctx context.Context, lang string, workspace, id, person int64) (*Why, error) {
	c, err := s.Campaigns.Get(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	zone, err := s.Zone(ctx, workspace)
	if err != nil {
		return nil, err
	}
	tell := &story{lang: lang, zone: policy.Location(zone), out: []Sentence{}}
	w := &Why{CampaignID: c.ID, Campaign: c.Name, CampaignState: string(c.State), Audience: []campaign.Membership{}, Channels: []ChannelWhy{}, SharedWith: []SharedWith{}, Legs: []LegWhy{},
		Consents: []contact.Consent{}, Suppressions: []contact.Suppression{}}
	known := s.connections(workspace)
	var views []message.LegView
	if c.RunID != 0 {
		if views, err = s.Messages.Timeline(ctx, workspace, c.RunID, person); err != nil {
			return nil, err
		}
	}
	who, err := s.whyContact(ctx, workspace, person, len(views) > 0)
	if err != nil {
		return nil, err
	}
	w.Contact, w.Enlisted = who.ref, len(views) > 0
	if !who.erased {
		if w.InAudience, w.Audience, err = s.Campaigns.Explain(ctx, workspace, id, person); err != nil {
			return nil, err
		}
	}
	if err := s.channels(ctx, w, c, who, known); err != nil {
		return nil, err
	}
	if w.SharedWith, err = s.sharedWith(ctx, workspace, c.RunID, who); err != nil {
		return nil, err
	}
	w.open(tell, c, who)
	s.conditions(ctx, tell, workspace, w)
	for i := range views {
		leg := LegWhy{LegView: views[i]}
		if leg.Cause, err = s.cause(ctx, lang, known, legOf(&views[i])); err != nil {
			return nil, err
		}
		next := channel.Channel("")
		if i+1 < len(views) {
			next = views[i+1].Channel
		}
		tell.leg(&leg, next)
		w.Outcome = string(leg.Status)
		if n := s.next(ctx, tell, c, &leg, known); n != nil {
			leg.Next = n
			tell.out = append(tell.out, *n)
		}
		w.Legs = append(w.Legs, leg)
	}
	w.untried(tell)
	if err := s.records(ctx, tell, workspace, w); err != nil {
		return nil, err
	}
	w.Sentences = tell.out
	return w, nil
}

// legOf turns a view back into what the explanation of its reason needs.
func legOf(v *message.LegView) *message.Leg {
	return &message.Leg{ConnectionID: v.ConnectionID, Channel: v.Channel, Reason: v.Reason, Class: v.Class}
}

func (s *Service) whyContact(ctx context.Context, workspace, id int64, enlisted bool) (*whyContact, error) {
	w := &whyContact{ref: ContactRef{ID: id}}
	err := s.DB.QueryRow(ctx, `SELECT name, COALESCE(external_id, ''), COALESCE(phone, ''), COALESCE(email, ''), reach, consent, blocked, shared FROM contact WHERE workspace_id = $1 AND id = $2`, workspace, id).
		Scan(&w.ref.Name, &w.ref.ExternalID, &w.ref.Phone, &w.ref.Email, &w.reach, &w.consent, &w.blocked, &w.shared)
	if noRows(err) && enlisted {
		w.erased = true
		return w, nil
	}
	if noRows(err) {
		return nil, errs.NotFound("contact")
	}
	if err != nil {
		return nil, fmt.Errorf("read contact: %w", err)
	}
	return w, nil
}

// channels asks for each channel of the campaign whether it may reach the person, by the same rule as the ledger's gate.
func (s *Service) channels(ctx context.Context, w *Why, c *campaign.Campaign, who *whyContact, known *connections) error {
	for i, l := range c.Legs {
		conn, err := known.get(ctx, l.ConnectionID)
		if err != nil {
			return err
		}
		v := ChannelWhy{Rank: i, Channel: l.Channel, ConnectionID: l.ConnectionID, Connection: conn.Name, ConnectionState: conn.State,
			HasAddress: who.reach.Has(l.Channel), Suppressed: who.blocked.Has(l.Channel), Consent: who.consent.Has(l.Channel), Shared: who.shared.Has(l.Channel)}
		switch {
		case l.Channel.Act(): // for everybody
			v.HasAddress, v.Suppressed, v.Consent = true, false, true
		case !v.HasAddress:
			v.Refusal = message.ReasonNoAddress
		case v.Suppressed:
			v.Refusal = message.ReasonSuppressed
		case c.Purpose == message.Marketing && !v.Consent:
			v.Refusal = message.ReasonNoConsent
		}
		w.Channels = append(w.Channels, v)
	}
	return nil
}

func (s *Service) sharedWith(ctx context.Context, workspace, run int64, who *whyContact) ([]SharedWith, error) {
	if run == 0 || who.shared == 0 {
		return []SharedWith{}, nil
	}
	phone, email := "", ""
	if who.shared&channel.ByPhone != 0 {
		phone = who.ref.Phone
	}
	if who.shared&channel.ByEmail != 0 {
		email = who.ref.Email
	}
	rows, err := s.DB.Query(ctx, query("shared"), workspace, run, who.ref.ID, phone, email)
	if err != nil {
		return nil, fmt.Errorf("read shared addresses: %w", err)
	}
	out, err := collect(rows, func(r *sql.Rows) (v SharedWith, err error) {
		var state message.State
		err = r.Scan(&v.ContactID, &v.Name, &v.Channel, &v.Rank, &state)
		v.State = state.String()
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("read shared addresses: %w", err)
	}
	return out, nil
}

// records reads what stands behind a missing consent or a suppression and says since when it holds.
func (s *Service) records(ctx context.Context, t *story, workspace int64, w *Why) (err error) {
	if w.Outcome == "erased" {
		return nil
	}
	if s.Consents != nil {
		if w.Consents, err = s.Consents(ctx, workspace, w.Contact.ID); err != nil {
			return err
		}
	}
	if s.Suppressions != nil {
		if w.Suppressions, err = s.Suppressions(ctx, workspace, w.Contact.ID); err != nil {
			return err
		}
	}
	refused := map[string]bool{}
	for _, c := range w.Channels {
		refused[c.Refusal] = true
	}
	if refused[message.ReasonNoConsent] && s.Consents != nil {
		if n := len(w.Consents); n == 0 {
			t.say("why.consent_never")
		} else if last := w.Consents[n-1]; !last.Granted {
			t.say("why.consent_withdrawn", "at", t.at(last.At.UnixMilli()), "source", last.Source)
		}
	}
	if refused[message.ReasonSuppressed] {
		for _, b := range w.Suppressions {
			if b.LiftedAt.IsZero() {
				t.say("why.suppressed_since", "at", t.at(b.At.UnixMilli()), "cause", i18n.Text(t.lang, "why.suppressed."+b.Reason, nil))
			}
		}
	}
	return nil
}

// open begins the story: is the person in the audience, and is there a message?
func (w *Why) open(t *story, c *campaign.Campaign, who *whyContact) {
	switch {
	case who.erased:
		w.Outcome = "erased"
		t.say("why.erased")
		return
	case w.Enlisted && c.Audience.Entry:
		t.say("why.entered")
	case c.Audience.Entry:
		w.Outcome = "left_out"
		t.say("why.not_entered")
		return
	case w.Enlisted && w.InAudience:
		t.say("why.in_audience")
	case w.Enlisted:
		t.say("why.changed_since")
	case !w.InAudience:
		w.Outcome = "left_out"
		t.say("why.left_out")
	case c.State == campaign.Cancelled:
		w.Outcome = "left_out"
		t.say("why.cancelled")
	case c.RunID == 0:
		w.Outcome = "not_started"
		t.say("why.not_started", "state", i18n.Text(t.lang, "campaign.state."+string(c.State), nil))
	case !c.Dispatched:
		w.Outcome = "not_enlisted_yet"
		t.say("why.not_enlisted_yet")
	default:
		w.Outcome = "joined_later"
		t.say("why.joined_later", "at", t.at(c.StartedAt.UnixMilli()))
	}
	if w.InAudience || c.Audience.Entry {
		return
	}
	segments := false
	for _, p := range w.Audience {
		if p.SegmentID != 0 {
			segments = segments || p.Met
		}
	}
	for _, p := range w.Audience {
		switch {
		case p.SegmentID == 0 && !p.Met:
			t.say("why.condition_no")
		case p.SegmentID != 0 && !p.Met && !segments:
			t.say("why.segment_no", "segment", p.Name)
		case p.SegmentID != 0 && p.Met:
			t.say("why.segment_yes", "segment", p.Name)
		}
	}
	if len(w.Audience) == 0 && !c.Audience.Everyone {
		t.say("why.audience_empty")
	}
}

// conditions puts into words which conditions kept the person out.
func (s *Service) conditions(ctx context.Context, t *story, workspace int64, w *Why) {
	if w.InAudience || s.Summary == nil {
		return
	}
	some := false
	for _, p := range w.Audience {
		some = some || (p.SegmentID != 0 && p.Met)
	}
	for _, p := range w.Audience {
		if p.Met || (p.SegmentID != 0 && some) { // one segment is enough
			continue
		}
		all := p.Items
		if len(all) == 0 {
			all = []campaign.Membership{p}
		}
		for _, item := range all {
			if words := s.Summary(ctx, t.lang, workspace, item.Condition); !item.Met && words != "" {
				t.say("why.condition_words", "condition", words)
			}
		}
	}
}

// untried names the channels that were not tried and could not have been.
func (w *Why) untried(t *story) {
	tried := map[int]bool{}
	for _, l := range w.Legs {
		tried[l.Rank] = true
	}
	for _, c := range w.Channels {
		if c.Refusal != "" && !tried[c.Rank] {
			t.say("why.channel_"+c.Refusal, "channel", t.channel(c.Channel))
		}
	}
	if len(w.SharedWith) > 0 && len(w.Legs) > 0 {
		if last := w.Legs[len(w.Legs)-1]; last.Reason == message.ReasonDuplicate {
			t.say("why.shared_with", "contact", w.SharedWith[0].Name)
		}
	}
}
