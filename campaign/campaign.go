package campaign

import (
	"encoding/json"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
)

// Campaign is one campaign as stored and shown. Times are UTC; the zero time means never.
type Campaign struct {
	ID          int64  `json:"id"`
	WorkspaceID int64  `json:"-"`
	Name        string `json:"name"` // may be empty in a draft
	State       State  `json:"state" enum:"draft,pending_activation,scheduled,running,paused,finished,cancelled"`
	// StateReason says by code why a campaign is paused: person, late_start, spend_cap, breaker or restored.
	StateReason string          `json:"state_reason,omitempty"`
	Purpose     message.Purpose `json:"purpose" enum:"marketing,care,transaction"`
	Audience    Audience        `json:"audience"`
	Legs        []Leg           `json:"legs"` // by rank: the main channel, then the fallbacks in order
	Options     Options         `json:"options"`
	ScheduleAt  time.Time       `json:"schedule_at,omitzero"` // when it starts; zero = as soon as it is activated
	RunID       int64           `json:"run_id,omitempty"`     // its run in the ledger, 0 before the start
	// Missing lists by code what still has to be filled in before it can be activated; empty in every state but draft.
	Missing     []string  `json:"missing"`
	CreatedBy   string    `json:"created_by"` // user:12, key:3
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	ActivatedBy string    `json:"activated_by,omitempty"`
	ActivatedAt time.Time `json:"activated_at,omitzero"`
	StartedAt   time.Time `json:"started_at,omitzero"`
	FinishedAt  time.Time `json:"finished_at,omitzero"`
	// Dispatched reports whether every recipient has its row in the ledger; a campaign that people enter one by one is when a person ended it.
	Dispatched bool  `json:"dispatched"`
	Spent      int64 `json:"spent"` // VND of what providers accepted
	// Counts are the counters of the run over all ranks: total, superseded, cost and the words of the status table. Absent before the start.
	Counts map[string]int64 `json:"counts,omitempty"`
}

// Audience says who gets a campaign: the people of any of the segments (or everyone), of these only the ones who meet the extra condition.
type Audience struct {
	Everyone bool `json:"everyone,omitempty"` // all contacts; the segments must be empty then
	// Entry says that people enter the running campaign one by one, by the API, by hand or from another campaign; there is nothing else in the audience then. Such a campaign is over
	// when a person ends it.
	Entry      bool    `json:"entry,omitempty"`
	SegmentIDs []int64 `json:"segment_ids,omitempty"`
	// Condition is a condition tree as in segments; absent = no extra condition.
	Condition json.RawMessage `json:"condition,omitempty"`
	// Frozen are the segments as they were when the campaign started. Written by the start, never by a person.
	Frozen []FrozenSegment `json:"frozen,omitempty" readOnly:"true"`
	// FrozenCondition is the extra condition as it was when the campaign started, with the segments that it names written out. Written by the start, never by a person.
	FrozenCondition json.RawMessage `json:"frozen_condition,omitempty" readOnly:"true"`
}

// FrozenSegment is a segment at the moment at which a campaign started.
type FrozenSegment struct {
	ID        int64           `json:"id"`
	Name      string          `json:"name"`
	Condition json.RawMessage `json:"condition"`
}

// Leg is one channel of the campaign with its template: "Kênh gửi tin" at rank 0, "Kênh gửi tin dự phòng" behind it.
type Leg struct {
	Channel      channel.Channel `json:"channel"`
	ConnectionID int64           `json:"connection_id" required:"false"` // 0 = not chosen yet
	TemplateID   int64           `json:"template_id" required:"false"`   // 0 = not chosen yet
	// TemplateVersion is the version that the activation froze; 0 before it.
	TemplateVersion int `json:"template_version,omitempty" readOnly:"true"`
	// FallbackAfterSeconds lets the next leg start when this one was accepted but not delivered within the time; 0 = only after a certain failure.
	FallbackAfterSeconds int64 `json:"fallback_after_seconds,omitempty" minimum:"0"`
}

// Options are the settings beside audience and channels.
type Options struct {
	Window      *policy.Window `json:"window,omitempty"` // only send between these hours; nil = only the limits of law and platform
	TrackOpens  bool           `json:"track_opens,omitempty"`
	TrackClicks bool           `json:"track_clicks,omitempty"`
	SpendCap    int64          `json:"spend_cap,omitempty" minimum:"0"` // VND after which the campaign pauses; 0 = none
}

// Form is what a person fills in.
type Form struct {
	Name       string          `json:"name,omitempty" maxLength:"400"`
	Purpose    message.Purpose `json:"purpose,omitempty" enum:"marketing,care,transaction" doc:"marketing when absent"`
	Audience   Audience        `json:"audience,omitzero"`
	Legs       []Leg           `json:"legs,omitempty" maxItems:"6"`
	Options    Options         `json:"options,omitzero"`
	ScheduleAt time.Time       `json:"schedule_at,omitzero" doc:"When it starts; absent = as soon as it is activated"`
	// SeenAt protects what somebody else changed meanwhile: the updated_at of the campaign that was edited.
	SeenAt time.Time `json:"seen_at,omitzero" doc:"The updated_at that you read; a later change refuses yours with campaign.changed"`
}

// Limits of what a person may fill in.
const (
	maxLegs     = 6
	maxSegments = 50
	maxName     = 200
	// minFallbackAfter is the shortest "not delivered within": receipts need this time at the best of times.
	minFallbackAfter = time.Minute
	maxFallbackAfter = 7 * 24 * time.Hour
)

// missing lists by code what is not filled in yet.
func (c *Campaign) missing() []string {
	out := []string{}
	add := func(yes bool, code string) {
		if yes {
			out = append(out, code)
		}
	}
	add(c.Name == "", "campaign.missing_name")
	add(!c.Audience.Everyone && !c.Audience.Entry && len(c.Audience.SegmentIDs) == 0, "campaign.missing_audience")
	add(len(c.Legs) == 0, "campaign.missing_channel")
	connection, template := false, false
	for _, l := range c.Legs {
		connection = connection || l.ConnectionID == 0
		template = template || l.TemplateID == 0
	}
	add(connection, "campaign.missing_connection")
	add(template, "campaign.missing_template")
	return out
}

// problems reports what is wrong with the parts by themselves, whatever else exists.
func (c *Campaign) problems() *errs.Error {
	e := errs.Invalid("campaign.invalid")
	if len([]rune(c.Name)) > maxName {
		e.Field("name", "campaign.name_too_long")
	}
	switch c.Purpose {
	case message.Marketing, message.Care, message.Transaction:
	default:
		e.Field("purpose", "campaign.purpose_unknown")
	}
	if c.Audience.Everyone && len(c.Audience.SegmentIDs) > 0 {
		e.Field("audience.segment_ids", "campaign.everyone_and_segments")
	}
	if c.Audience.Entry && (c.Audience.Everyone || len(c.Audience.SegmentIDs) > 0 || c.Audience.Condition != nil) {
		e.Field("audience.entry", "campaign.entry_and_audience")
	}
	if len(c.Audience.SegmentIDs) > maxSegments {
		e.Field("audience.segment_ids", "campaign.too_many_segments")
	}
	if len(c.Legs) > maxLegs {
		e.Field("legs", "campaign.too_many_legs")
	}
	type lane struct {
		channel    channel.Channel
		connection int64
	}
	seen := map[lane]bool{}
	for i, l := range c.Legs {
		path := legPath(i)
		if len(message.StatusesOf(l.Channel)) <= ownWords || l.Channel.Bit() == 0 {
			e.Field(path+".channel", "campaign.channel_unsupported")
		}
		if seen[lane{l.Channel, l.ConnectionID}] && l.Channel != channel.Wait { // a campaign may wait several times
			e.Field(path+".channel", "campaign.channel_twice")
		}
		seen[lane{l.Channel, l.ConnectionID}] = true
		if after := time.Duration(l.FallbackAfterSeconds) * time.Second; after != 0 && (after < minFallbackAfter || after > maxFallbackAfter) {
			e.Field(path+".fallback_after_seconds", "campaign.fallback_after_range")
		}
		last := i == len(c.Legs)-1
		switch {
		case l.Channel == channel.Wait && last:
			e.Field(path+".channel", "campaign.wait_last")
		case l.Channel == channel.Wait && l.FallbackAfterSeconds != 0:
			e.Field(path+".fallback_after_seconds", "campaign.wait_fallback_after")
		case l.FallbackAfterSeconds != 0 && last:
			e.Field(path+".fallback_after_seconds", "campaign.fallback_after_last")
		}
	}
	if w := c.Options.Window; w != nil && w.Check() != nil {
		e.Field("options.window", "campaign.window_invalid")
	}
	if c.Options.SpendCap < 0 {
		e.Field("options.spend_cap", "campaign.spend_cap_negative")
	}
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// ownWords is the number of status words that every channel has, also one that campaigns cannot use yet.
const ownWords = 4

func legPath(i int) string { return "legs[" + string(rune('0'+i%10)) + "]" }
