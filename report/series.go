package report

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
)

// Series is the course of a campaign: how many messages something happened to for the first time, by step.
type Series struct {
	CampaignID int64  `json:"campaign_id"`
	RunID      int64  `json:"run_id"`
	Step       string `json:"step" enum:"minute,hour,day"` // coarser than asked for when there would be more than 1,500 points
	Zone       string `json:"zone"`                        // hours and days are those of the workspace
	// Facts are the kinds of events that came, in their order; each point has as many numbers.
	Facts  []string `json:"facts"`
	Points []Point  `json:"points"` // in order of time; steps in which nothing happened are left out
}

// Point is what happened in one step.
type Point struct {
	At     int64   `json:"at"`     // its beginning, Unix ms
	Counts []int64 `json:"counts"` // by the facts of the series
}

// Steps of a series.
const (
	stepMinute = "minute"
	stepHour   = "hour"
	stepDay    = "day"
)

// maxPoints is how many points a series has at most before its step becomes coarser: more than a screen is wide.
const maxPoints = 1500

// SeriesFilter says what to count. Zero values do not restrict.
type SeriesFilter struct {
	Step    string // minute, hour or day; empty = what suits the length of the campaign
	Rank    *int
	Channel channel.Channel
}

// Series reads the course of a campaign from its kept counters; campaign.not_started before its start. What a provider dates before the start counts at the start, what it dates into the
// future counts now.
func (s *Service) Series(ctx context.Context, workspace, id int64, f SeriesFilter) (*Series, error) {
	_, run, err := s.started(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	zone, err := s.Zone(ctx, workspace)
	if err != nil {
		return nil, err
	}
	ranks := map[int]bool{}
	for i, l := range run.Definition.Legs {
		ranks[i] = (f.Rank == nil || *f.Rank == i) && (f.Channel == "" || f.Channel == l.Channel)
	}
	rows, err := s.DB.Query(ctx, query("series"), workspace, run.ID)
	if err != nil {
		return nil, fmt.Errorf("read series: %w", err)
	}
	c := course{from: run.StartedAt / minute, to: s.Clock.Now().UnixMilli() / minute, minutes: map[int64]*[len(shown)]int64{}}
	_, err = collect(rows, func(r *sql.Rows) (none struct{}, err error) {
		var rank int
		var fact message.Fact
		var at, n int64
		if err = r.Scan(&rank, &fact, &at, &n); err == nil && ranks[rank] {
			c.add(fact, at, n)
		}
		return none, err
	})
	if err != nil {
		return nil, fmt.Errorf("read series: %w", err)
	}
	out := &Series{CampaignID: id, RunID: run.ID, Zone: zone}
	return out, c.points(out, f.Step, policy.Location(zone))
}

// shown are the facts of a series. That a message was requested says the same as that it was accepted, failed or got no answer, and it is what "Đã gửi" counts.
var shown = [...]message.Fact{message.FactRequested, message.FactAccepted, message.FactDelivered, message.FactOpened, message.FactClicked, message.FactAnswered, message.FactFailed,
	message.FactBounced, message.FactComplained, message.FactUnsubscribed}

const minute = 60_000 // ms

// course collects what happened by minute.
type course struct {
	from, to int64 // Unix minutes
	minutes  map[int64]*[len(shown)]int64
	used     [len(shown)]bool
}

func (c *course) add(fact message.Fact, at, n int64) {
	if n == 0 {
		return
	}
	at = max(min(at, c.to), c.from)
	if c.minutes[at] == nil {
		c.minutes[at] = new([len(shown)]int64)
	}
	for i, f := range shown {
		if f == fact {
			c.minutes[at][i] += n
			c.used[i] = true
		}
	}
}

// points fills the series at the step asked for, or at a coarser one.
func (c *course) points(out *Series, step string, zone *time.Location) error {
	out.Facts, out.Points = []string{}, []Point{}
	for i, f := range shown {
		if c.used[i] {
			out.Facts = append(out.Facts, f.String())
		}
	}
	first, last := int64(0), int64(0)
	for at := range c.minutes {
		if first == 0 || at < first {
			first = at
		}
		last = max(last, at)
	}
	span := last - first
	switch step {
	case "":
		step = stepMinute
		if span > 12*60 {
			step = stepHour
		}
		if span > 21*24*60 {
			step = stepDay
		}
	case stepMinute, stepHour, stepDay:
	default:
		return errs.Invalid("report.step_unknown").With("step", step).Field("query.step", "report.step_unknown")
	}
	sums := map[int64]*[len(shown)]int64{}
	for {
		clear(sums)
		for at, n := range c.minutes {
			begin := floor(at*minute, step, zone)
			if sums[begin] == nil {
				sums[begin] = new([len(shown)]int64)
			}
			for i := range n {
				sums[begin][i] += n[i]
			}
		}
		if len(sums) <= maxPoints || step == stepDay {
			break
		}
		step = map[string]string{stepMinute: stepHour, stepHour: stepDay}[step]
	}
	out.Step = step
	for at, n := range sums {
		p := Point{At: at, Counts: make([]int64, 0, len(out.Facts))}
		for i := range shown {
			if c.used[i] {
				p.Counts = append(p.Counts, n[i])
			}
		}
		out.Points = append(out.Points, p)
	}
	sort.Slice(out.Points, func(i, j int) bool { return out.Points[i].At < out.Points[j].At })
	return nil
}

// floor is the beginning of the step in which a moment lies, both in Unix ms. Days begin at midnight of the zone, hours at its full hour.
func floor(at int64, step string, zone *time.Location) int64 {
	t := time.UnixMilli(at).In(zone)
	switch step {
	case stepHour:
		return at - int64(t.Minute())*minute - at%minute
	case stepDay:
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone).UnixMilli()
	}
	return at - at%minute
}
