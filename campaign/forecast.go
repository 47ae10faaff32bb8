package campaign

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/i18n"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
)

// Forecast tells what a campaign would do if it started now. The numbers of people are counted, prices and times are estimates.
type Forecast struct {
	People int64          `json:"people"` // in the audience
	Ranks  []RankForecast `json:"ranks"`
	// Unreachable are the people whom no channel may reach; they get a skipped message. Reasons tells why the main channel refuses them.
	Unreachable int64            `json:"unreachable"`
	Reasons     map[string]int64 `json:"reasons"`
	Duplicates  int64            `json:"duplicates"` // people whose address on their first channel somebody before them has, too: one copy per address and channel; a later channel may still reach them
	WillSend    int64            `json:"will_send"`  // first messages that go out: reachable without duplicates and, in an exact forecast, without ValuesUnsent
	// ValuesUnsent are the people who get nothing because no channel that may reach them can be filled in with their values. Only in an exact forecast.
	ValuesUnsent int64 `json:"values_unsent"`
	// CostVND is the estimate when nobody needs a fallback, CostMaxVND when everybody runs through all channels that may reach them. What providers accept is charged, not what
	// is asked.
	CostVND    int64 `json:"cost_vnd"`
	CostMaxVND int64 `json:"cost_max_vnd"`
	// Exact says that every message was rendered and priced, so that CostVND is what the providers charge when nothing fails. Else prices and fallbacks are those of a sample.
	Exact bool `json:"exact"`
	// Seconds is the shortest time for the first messages by the rate limits of the connections; 0 = no limit of ours, the providers' speed decides.
	Seconds int64 `json:"seconds"`
	// OpensAt is when the first message may go out by sending window, law and platform, Unix ms: the moment of the forecast or of the schedule, or later.
	OpensAt int64 `json:"opens_at"`
	// Windows are all the windows that the first channel must meet, with the law or platform that each is from.
	Windows []policy.Held `json:"windows"`
	// Problems stand in the way of an activation. Notes say by code what makes the estimate uncertain.
	Problems []Obstacle `json:"problems"`
	Notes    []string   `json:"notes"`
}

// Obstacle is something that stands in the way of an activation.
type Obstacle struct {
	Path   string `json:"path"` // where in the form, empty = the whole: audience.segment_ids[0], legs[1].template_id …
	Code   string `json:"code"`
	Detail string `json:"detail"` // in the reader's language
	// Source is the law or platform's page that a broken rule is from; absent for everything else.
	Source *policy.Source `json:"source,omitempty"`
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
	// Sends are the messages of this channel when no provider refuses any: of the people for whom it is the first, and of those whom our own rules keep from a channel before (a shared
	// address, a missing value). Only in an exact forecast.
	Sends int64 `json:"sends"`
	// ValuesRefused are the people whom the channel may reach, be it as a fallback, and whose values it would refuse; Causes says why. Only in an exact forecast.
	ValuesRefused int64        `json:"values_refused"`
	Causes        []ValueCause `json:"causes"`
	UnitVND       int64        `json:"unit_vnd"` // mean price of one message; 0 = not known or free
	CostVND       int64        `json:"cost_vnd"` // of the messages that are expected
	Seconds       int64        `json:"seconds"`  // 0 = no limit of ours
	// SampleSize people were rendered for the estimate; for SampleRefused of them the text could not be filled in, for instance because a required value is missing.
	SampleSize    int `json:"sample_size"`
	SampleRefused int `json:"sample_refused"`
}

// exactUpTo is how many people a forecast renders and prices one by one without being asked to.
const exactUpTo = 20_000

// Forecast counts the audience as it is now. It can be asked for in every state; after the start it still speaks of now, not of what was sent.
func (s *Service) Forecast(ctx context.Context, lang string, workspace, id int64) (*Forecast, error) {
	return s.ForecastUpTo(ctx, lang, workspace, id, exactUpTo)
}

// ForecastUpTo is Forecast with a bound of its own on the people who are priced one by one.
func (s *Service) ForecastUpTo(ctx context.Context, lang string, workspace, id, people int64) (*Forecast, error) {
	c, err := get(ctx, s.DB, workspace, id)
	if err != nil {
		return nil, err
	}
	f := &Forecast{Ranks: []RankForecast{}, Reasons: map[string]int64{}, Windows: []policy.Held{}, Problems: []Obstacle{}, Notes: []string{}}
	if _, err := s.ready(ctx, c, true); err != nil {
		e, ok := errs.As(err)
		if !ok {
			return nil, err
		}
		for _, field := range e.Fields {
			f.Problems = append(f.Problems, Obstacle{Path: field.Path, Code: field.Code, Detail: i18n.Text(lang, field.Code, field.Params), Source: policy.SourceOf(field.Code)})
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
	if c.Audience.Entry {
		f.Notes = append(f.Notes, "forecast.entry")
	}
	if err := s.duplicates(ctx, c, f, groups, audience); err != nil {
		return nil, err
	}
	if err := s.estimate(ctx, c, f, audience, people); err != nil {
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
		mask |= l.Channel.Bit() & channel.Every
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
	case c.Act():
		return ""
	case !g.reach.Has(c):
		return message.ReasonNoAddress
	case g.blocked.Has(c):
		return message.ReasonSuppressed
	case purpose == message.Marketing && !g.consent.Has(c):
		return message.ReasonNoConsent
	}
	return ""
}

// first is the rank whose channel reaches the group first, or -1. Waits reach nobody: they are passed through.
func (g *group) first(c *Campaign) int {
	for i, l := range c.Legs {
		if l.Channel != channel.Wait && g.refusal(c.Purpose, l.Channel) == "" {
			return i
		}
	}
	return -1
}

// fill does the arithmetic over the groups.
func (f *Forecast) fill(c *Campaign, groups []group) {
	for i, l := range c.Legs {
		f.Ranks = append(f.Ranks, RankForecast{Rank: i, Channel: l.Channel, ConnectionID: l.ConnectionID, Refused: map[string]int64{}, Causes: []ValueCause{}})
	}
	for _, g := range groups {
		f.People += g.n
		first := g.first(c)
		for i, l := range c.Legs {
			r := &f.Ranks[i]
			why := g.refusal(c.Purpose, l.Channel)
			switch {
			case l.Channel == channel.Wait:
				if first < 0 || i < first {
					r.People += g.n
				} else {
					r.Fallback += g.n
				}
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
				f.Reasons[g.refusal(c.Purpose, c.Legs[c.spoken()].Channel)] += g.n
			}
		}
	}
	f.WillSend = f.People - f.Unreachable
}

// spoken is the rank of the first step that is no wait.
func (c *Campaign) spoken() int {
	return max(0, slices.IndexFunc(c.Legs, func(l Leg) bool { return l.Channel != channel.Wait }))
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
