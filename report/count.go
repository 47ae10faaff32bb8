package report

import (
	"context"
	"encoding/json"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/message"
)

// Counts are the live counters of a campaign.
type Counts struct {
	CampaignID  int64  `json:"campaign_id"`
	RunID       int64  `json:"run_id"`
	State       string `json:"state"`
	StateReason string `json:"state_reason,omitempty"`
	Dispatched  bool   `json:"dispatched"` // every recipient has its row: People does not grow any more
	// People is the number of recipients; Waiting of them have a message that is queued or being sent.
	People   int64          `json:"people"`
	Waiting  int64          `json:"waiting"`
	Spent    int64          `json:"spent"` // VND of what providers accepted
	Legs     []LegCount     `json:"legs"`
	Channels []ChannelCount `json:"channels"`
	// Total sums all legs. A person whom several channels were tried for counts once for each.
	Total map[string]int64 `json:"total"`
}

// LegCount are the counters of one rank.
type LegCount struct {
	Rank         int             `json:"rank"`
	Channel      channel.Channel `json:"channel"`
	ConnectionID int64           `json:"connection_id"`
	TemplateID   int64           `json:"template_id"`
	Template     string          `json:"template"` // its name when the campaign started
	// Words are those that the channel has, in the order of the status table; Counts has a number for each, besides total, superseded (another channel was tried after it) and
	// cost (VND). queued, sending, processing, waited, delivered, failed, unknown and skipped add up to total.
	Words  []message.Status `json:"words"`
	Counts map[string]int64 `json:"counts"`
	// Ratings sums the stars that people gave; absent where nobody did.
	Ratings *message.Ratings `json:"ratings,omitempty"`
}

// ChannelCount are the counters of all legs on one channel.
type ChannelCount struct {
	Channel channel.Channel  `json:"channel"`
	Words   []message.Status `json:"words"`
	Counts  map[string]int64 `json:"counts"`
}

// Counts reads the counters of a campaign; campaign.not_started before its start.
func (s *Service) Counts(ctx context.Context, workspace, id int64) (*Counts, error) {
	c, run, err := s.started(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	kept, err := s.Messages.Counts(ctx, s.DB, workspace, run.ID)
	if err != nil {
		return nil, err
	}
	out := arrange(c.ID, run, kept)
	return out, s.rated(ctx, workspace, run, out)
}

// rated adds the stars that people gave.
func (s *Service) rated(ctx context.Context, workspace int64, run *message.Run, out *Counts) error {
	sums, err := s.Messages.RunRatings(ctx, workspace, run.ID)
	if err != nil {
		return err
	}
	for i := range out.Legs {
		if sum, ok := sums[out.Legs[i].Rank]; ok {
			out.Legs[i].Ratings = &sum
		}
	}
	return nil
}

// arrange puts the kept counters into the words of the channels.
func arrange(id int64, run *message.Run, kept []message.RankCount) *Counts {
	out := &Counts{CampaignID: id, RunID: run.ID, State: string(run.State), StateReason: run.StateReason, Dispatched: run.Dispatched, Spent: run.Spent, Legs: []LegCount{}, Channels: []ChannelCount{},
		Total: blank(words)}
	byRank := map[int]map[string]int64{}
	for _, k := range kept {
		byRank[k.Rank] = k.Metrics
	}
	at := map[channel.Channel]int{}
	for rank, plan := range run.Definition.Legs {
		l := LegCount{Rank: rank, Channel: plan.Channel, ConnectionID: plan.ConnectionID, TemplateID: plan.TemplateID, Template: plan.TemplateName, Words: wordsOf(plan.Channel)}
		l.Counts = blank(l.Words)
		add(l.Counts, byRank[rank])
		out.Legs = append(out.Legs, l)
		i, ok := at[l.Channel]
		if !ok {
			i = len(out.Channels)
			at[l.Channel] = i
			out.Channels = append(out.Channels, ChannelCount{Channel: l.Channel, Words: l.Words, Counts: blank(l.Words)})
		}
		add(out.Channels[i].Counts, l.Counts)
		add(out.Total, l.Counts)
	}
	out.People = out.Total["total"] - out.Total["superseded"]
	out.Waiting = out.Total[string(message.StatusQueued)] + out.Total[string(message.StatusSending)]
	return out
}

// wordsOf are the words of a channel in the order in which they are shown.
func wordsOf(c channel.Channel) []message.Status {
	has := map[message.Status]bool{}
	for _, w := range message.StatusesOf(c) {
		has[w] = true
	}
	out := []message.Status{}
	for _, w := range words {
		if has[w] {
			out = append(out, w)
		}
	}
	return out
}

func blank(of []message.Status) map[string]int64 {
	m := map[string]int64{"total": 0, "superseded": 0, "cost": 0}
	for _, w := range of {
		m[string(w)] = 0
	}
	return m
}

func add(to, from map[string]int64) {
	for k, n := range from {
		to[k] += n
	}
}

// mark is equal for counters that show the same.
func (c *Counts) mark() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err) // numbers and words always have a JSON form
	}
	return string(raw)
}
