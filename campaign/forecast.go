package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/i18n"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
	"github.com/loa-project/loa/template"
)

// Forecast tells what a campaign would do if it started now. The numbers of people are counted, prices and times are estimates.
type Forecast struct {
	People int64          `json:"people"` // in the audience
	Ranks  []RankForecast `json:"ranks"`
	// Unreachable are the people whom no channel may reach; they get a skipped message. Reasons tells why the main channel refuses them.
	Unreachable int64            `json:"unreachable"`
	Reasons     map[string]int64 `json:"reasons"`
	Duplicates  int64            `json:"duplicates"` // people whose address on their first channel somebody before them has, too: one copy per address and channel; a later channel may still reach them
	WillSend    int64            `json:"will_send"`  // first messages that go out: reachable without duplicates
	// CostVND is the estimate when nobody needs a fallback, CostMaxVND when everybody runs through all channels that may reach them. What providers accept is charged, not what
	// is asked.
	CostVND    int64 `json:"cost_vnd"`
	CostMaxVND int64 `json:"cost_max_vnd"`
	// Seconds is the shortest time for the first messages by the rate limits of the connections; 0 = no limit of ours, the providers' speed decides.
	Seconds int64 `json:"seconds"`
	// OpensAt is when the first message may go out by sending window, law and platform, Unix ms: the moment of the forecast or of the schedule, or later.
	OpensAt int64 `json:"opens_at"`
	// Problems stand in the way of an activation. Notes say by code what makes the estimate uncertain.
	Problems []Obstacle `json:"problems"`
	Notes    []string   `json:"notes"`
}

// Obstacle is something that stands in the way of an activation.
type Obstacle struct {
	Path   string `json:"path"` // where in the form, empty = the whole: audience.segment_ids[0], legs[1].template_id …
	Code   string `json:"code"`
	Detail string `json:"detail"` // in the reader's language
}

// RankForecast is the forecast of one channel.
type RankForecast struct {
	Rank         int             `json:"rank"`
	Channel      channel.Channel `json:"channel"`
	ConnectionID int64           `json:"connection_id"`
	People       int64           `json:"people"`     // for whom this is the first channel that may reach them
	Fallback     int64           `json:"fallback"`   // of the people before, those whom this channel may reach when an earlier one fails
	Duplicates   int64           `json:"duplicates"` // of People, those whose address comes twice
	// Refused are the people left over by the channels before whom this one may not reach either, by reason: no_address, suppressed, no_consent.
	Refused map[string]int64 `json:"refused"`
	UnitVND int64            `json:"unit_vnd"` // estimated price of one message; 0 = not known or free
	CostVND int64            `json:"cost_vnd"` // of the first messages
	Seconds int64            `json:"seconds"`  // 0 = no limit of ours
	// SampleSize people were rendered for the estimate; for SampleRefused of them the text could not be filled in, for instance because a required value is missing.
	SampleSize    int `json:"sample_size"`
	SampleRefused int `json:"sample_refused"`
}

// Forecast counts the audience as it is now. It can be asked for in every state; after the start it still speaks of now, not of what was sent.
func (s *Service) Forecast(ctx context.Context, lang string, workspace, id int64) (*Forecast, error) {
	c, err := get(ctx, s.DB, workspace, id)
	if err != nil {
		return nil, err
	}
	f := &Forecast{Ranks: []RankForecast{}, Reasons: map[string]int64{}, Problems: []Obstacle{}, Notes: []string{}}
	if _, err := s.ready(ctx, c, true); err != nil {
		e, ok := errs.As(err)
		if !ok {
			return nil, err
		}
		for _, field := range e.Fields {
			f.Problems = append(f.Problems, Obstacle{Path: field.Path, Code: field.Code, Detail: i18n.Text(lang, field.Code, field.Params)})
		}
	}
	audience, err := s.audience(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	groups, err := s.groups(ctx, c, audience)
	if err != nil {
		return nil, err
	}
	f.fill(c, groups)
	if err := s.duplicates(ctx, c, f, groups, audience); err != nil {
		return nil, err
	}
	if err := s.estimate(ctx, c, f, audience); err != nil {
		return nil, err
	}
	return f, nil
}

// group is the number of people with the same sets of channels.
type group struct {
	reach, blocked, consent, shared channel.Set
	n                               int64
}

// groups counts the audience by the sets of channels that matter to the campaign: one pass over the contacts, everything else follows by arithmetic. The four sets travel as one
// number, because that sorts four times faster.
func (s *Service) groups(ctx context.Context, c *Campaign, audience message.Audience) ([]group, error) {
	var mask channel.Set
	for _, l := range c.Legs {
		mask |= l.Channel.Bit()
	}
	m := strconv.FormatInt(int64(mask), 10)
	where, args := audience(2)
	rows, err := s.DB.Query(ctx, `SELECT q.sets, COUNT(*) FROM (SELECT ((((c.reach & `+m+`) * 64 + (c.blocked & `+m+`)) * 64 + (c.consent & `+m+`)) * 64 + (c.shared & `+m+`)) AS sets
 FROM contact c WHERE c.workspace_id = $1 AND (`+where+`)) AS q GROUP BY q.sets`, append([]any{c.WorkspaceID}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("count audience: %w", err)
	}
	out, err := collect(rows, func(r *sql.Rows) (g group, err error) {
		var sets channel.Set
		err = r.Scan(&sets, &g.n)
		g.shared, g.consent, g.blocked, g.reach = sets&63, sets>>6&63, sets>>12&63, sets>>18&63
		return g, err
	})
	if err != nil {
		return nil, fmt.Errorf("count audience: %w", err)
	}
	return out, nil
}

// refusal is the rule that keeps a channel from the people of the group; "" when none does. The same order as in the ledger's gate.
func (g *group) refusal(purpose message.Purpose, c channel.Channel) string {
	switch {
	case !g.reach.Has(c):
		return message.ReasonNoAddress
	case g.blocked.Has(c):
		return message.ReasonSuppressed
	case purpose == message.Marketing && !g.consent.Has(c):
		return message.ReasonNoConsent
	}
	return ""
}

// first is the rank whose channel reaches the group first, or -1.
func (g *group) first(c *Campaign) int {
	for i, l := range c.Legs {
		if g.refusal(c.Purpose, l.Channel) == "" {
			return i
		}
	}
	return -1
}

// fill does the arithmetic over the groups.
func (f *Forecast) fill(c *Campaign, groups []group) {
	for i, l := range c.Legs {
		f.Ranks = append(f.Ranks, RankForecast{Rank: i, Channel: l.Channel, ConnectionID: l.ConnectionID, Refused: map[string]int64{}})
	}
	for _, g := range groups {
		f.People += g.n
		first := g.first(c)
		for i, l := range c.Legs {
			r := &f.Ranks[i]
			why := g.refusal(c.Purpose, l.Channel)
			switch {
			case i == first:
				r.People += g.n
			case why == "" && first >= 0 && i > first:
				r.Fallback += g.n
			case why != "" && (first < 0 || i < first):
				r.Refused[why] += g.n
			}
		}
		if first < 0 {
			f.Unreachable += g.n
			if len(c.Legs) > 0 {
				f.Reasons[g.refusal(c.Purpose, c.Legs[0].Channel)] += g.n
			}
		}
	}
	f.WillSend = f.People - f.Unreachable
}

// duplicates counts the people whose first channel uses an address that a person before them uses, too. Only those who are marked as sharing are looked at.
func (s *Service) duplicates(ctx context.Context, c *Campaign, f *Forecast, groups []group, audience message.Audience) error {
	var sharing channel.Set
	for i := range groups {
		if first := groups[i].first(c); first >= 0 {
			sharing |= groups[i].shared & c.Legs[first].Channel.Bit()
		}
	}
	may := "c.reach & ~c.blocked"
	if c.Purpose == message.Marketing {
		may += " & c.consent"
	}
	earlier := channel.Set(0)
	for i, l := range c.Legs {
		bit := l.Channel.Bit()
		if sharing&bit != 0 && f.Ranks[i].People > 0 && earlier&bit == 0 {
			column := "c.phone"
			if channel.ByEmail.Has(l.Channel) {
				column = "c.email"
			}
			where, args := audience(2)
			var n int64
			err := s.DB.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT ROW_NUMBER() OVER (PARTITION BY `+column+` ORDER BY c.id) AS place FROM contact c
 WHERE c.workspace_id = $1 AND (c.shared & `+num(bit)+`) <> 0 AND ((`+may+`) & `+num(bit)+`) <> 0 AND ((`+may+`) & `+num(earlier)+`) = 0 AND (`+where+`)) AS q WHERE q.place > 1`,
				append([]any{c.WorkspaceID}, args...)...).Scan(&n)
			if err != nil {
				return fmt.Errorf("count shared addresses: %w", err)
			}
			f.Ranks[i].Duplicates = n
			f.Duplicates += n
			f.WillSend -= n
		}
		earlier |= bit
	}
	return nil
}

func num(s channel.Set) string { return strconv.FormatInt(int64(s), 10) }

// sampleSize is how many real people are rendered for the estimates.
const sampleSize = 50

// estimate adds prices and times.
func (s *Service) estimate(ctx context.Context, c *Campaign, f *Forecast, audience message.Audience) error {
	legs, _, err := s.checkLegs(ctx, c, false)
	if err != nil {
		return err
	}
	zone, err := s.Zone(ctx, c.WorkspaceID)
	if err != nil {
		return err
	}
	people, err := s.sample(ctx, c.WorkspaceID, audience)
	if err != nil {
		return err
	}
	note := func(code string) {
		for _, n := range f.Notes {
			if n == code {
				return
			}
		}
		f.Notes = append(f.Notes, code)
	}
	for i := range f.Ranks {
		r, p := &f.Ranks[i], &legs[i]
		sending := r.People - r.Duplicates
		if rate := p.connection.PerSecond; rate > 0 {
			r.Seconds = (sending + rate - 1) / rate
			f.Seconds = max(f.Seconds, r.Seconds)
		}
		if p.compiled == nil {
			note("forecast.no_template")
			continue
		}
		parts := s.render(c, r, p, people, zone)
		switch {
		case p.compiled.ZNS != nil:
			if r.UnitVND = p.compiled.ZNS.PriceVND; r.UnitVND == 0 {
				note("forecast.price_unknown")
			}
		case p.compiled.SMS != nil:
			if parts > 0 {
				r.UnitVND = int64(parts*float64(p.connection.PricePerPart) + 0.5)
				note("forecast.price_by_sample")
			}
			if p.connection.PricePerPart == 0 {
				note("forecast.price_unknown")
			}
		}
		r.CostVND = r.UnitVND * sending
		f.CostVND += r.CostVND
		f.CostMaxVND += r.CostVND + r.UnitVND*r.Fallback
		if r.SampleRefused > 0 {
			note("forecast.values_missing")
		}
	}
	if len(c.Legs) > 1 {
		note("forecast.fallback_unknown")
	}
	at := s.Clock.Now()
	if c.ScheduleAt.After(at) {
		at = c.ScheduleAt
	}
	if f.OpensAt = at.UnixMilli(); len(c.Legs) > 0 {
		own, err := s.Messages.OwnRules(ctx, c.WorkspaceID)
		if err != nil {
			return err
		}
		ch := c.Legs[0].Channel
		f.OpensAt = policy.NextOpen(policy.Question{Channel: ch, Purpose: string(c.Purpose), Zone: zone, Window: c.Options.Window, Hours: own.Hours.For(ch, string(c.Purpose)), Now: at.UnixMilli()})
	}
	return nil
}

// render fills the template for the sample and returns the mean number of SMS parts.
func (s *Service) render(c *Campaign, r *RankForecast, p *prepared, people []template.Person, zone string) float64 {
	parts, texts := 0, 0
	for _, who := range people {
		r.SampleSize++
		out, err := p.compiled.Render(template.Data{Contact: who, CampaignID: c.ID, CampaignName: c.Name, Zone: policy.Location(zone), Now: s.Clock.Now(), UnsubscribeURL: "https://example.com/u/x"})
		if err != nil || len(out.Problems) > 0 {
			r.SampleRefused++
			continue
		}
		if out.SMS != nil {
			parts += out.SMS.Parts
			texts++
		}
	}
	if texts == 0 {
		return 0
	}
	return float64(parts) / float64(texts)
}

// sample reads the first people of the audience.
func (s *Service) sample(ctx context.Context, workspace int64, audience message.Audience) ([]template.Person, error) {
	where, args := audience(3)
	rows, err := s.DB.Query(ctx, `SELECT c.id, COALESCE(c.external_id, ''), c.name, COALESCE(c.phone, ''), COALESCE(c.email, ''), COALESCE(c.birthday, ''), COALESCE(c.gender, ''), c.attrs
 FROM contact c WHERE c.workspace_id = $1 AND (`+where+`) ORDER BY c.id LIMIT $2`, append([]any{workspace, sampleSize}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("sample audience: %w", err)
	}
	out, err := collect(rows, func(r *sql.Rows) (p template.Person, err error) {
		var attrs string
		if err = r.Scan(&p.ID, &p.ExternalID, &p.Name, &p.Phone, &p.Email, &p.Birthday, &p.Gender, &attrs); err == nil && strings.HasPrefix(attrs, "{") {
			err = json.Unmarshal([]byte(attrs), &p.Attrs)
		}
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("sample audience: %w", err)
	}
	return out, nil
}
