package report

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
)

// Daily is what a workspace sent in the last days, by channel.
type Daily struct {
	Zone     string         `json:"zone"` // days are those of the workspace
	Days     []string       `json:"days"` // 2026-11-21, without gaps, today last
	Channels []DailyChannel `json:"channels"`
}

// DailyChannel are the figures of one channel.
type DailyChannel struct {
	Channel channel.Channel `json:"channel"`
	// Counts has one number a day for each kind of event: requested, accepted, delivered, opened, clicked, answered, failed, bounced, complained, unsubscribed.
	Counts map[string][]int64 `json:"counts"`
	Cost   []int64            `json:"cost"` // VND a day, counted on the day on which the provider took the messages
}

const (
	day = 24 * 60 * minute // ms
	// late is how long before the first day a run may have begun whose messages still count: receipts, opens and clicks of older ones are few.
	late = 30 * day
)

// perRank reads a number for each rank of runs.
func (s *Service) perRank(ctx context.Context, name string, args ...any) (map[rankKey]int64, error) {
	rows, err := s.DB.Query(ctx, query(name), args...)
	if err != nil {
		return nil, fmt.Errorf("read counters: %w", err)
	}
	out := map[rankKey]int64{}
	_, err = collect(rows, func(r *sql.Rows) (none struct{}, err error) {
		var k rankKey
		var n int64
		if err = r.Scan(&k.run, &k.rank, &n); err == nil {
			out[k] += n
		}
		return none, err
	})
	if err != nil {
		return nil, fmt.Errorf("read counters: %w", err)
	}
	return out, nil
}

// Daily adds up what happened in the last days, today among them; days is 1 to 366.
func (s *Service) Daily(ctx context.Context, workspace int64, days int) (*Daily, error) {
	zone, err := s.Zone(ctx, workspace)
	if err != nil {
		return nil, err
	}
	place := policy.Location(zone)
	now := s.Clock.Now().In(place)
	out := &Daily{Zone: zone, Days: make([]string, 0, days), Channels: []DailyChannel{}}
	var begins []int64
	for i := range days {
		d := time.Date(now.Year(), now.Month(), now.Day()-days+1+i, 0, 0, 0, 0, place)
		out.Days, begins = append(out.Days, d.Format(time.DateOnly)), append(begins, d.UnixMilli())
	}
	since := begins[0] - late
	list, err := s.happenings(ctx, workspace, since)
	if err != nil {
		return nil, err
	}
	costs, err := s.perRank(ctx, "daily_cost", workspace, since)
	if err != nil {
		return nil, err
	}
	runs := map[int64]bool{}
	for _, h := range list {
		runs[h.run] = true
	}
	ways, err := s.routes.of(ctx, s, workspace, runs)
	if err != nil {
		return nil, err
	}
	f := folder{out: out, begins: begins, at: map[channel.Channel]int{}, taken: map[rankKey]*taken{}}
	for _, h := range list {
		if h.rank < len(ways[h.run]) {
			f.add(ways[h.run][h.rank].Channel, h)
		}
	}
	f.pay(costs)
	sort.Slice(out.Channels, func(i, j int) bool { return order(out.Channels[i].Channel) < order(out.Channels[j].Channel) })
	return out, nil
}

func order(c channel.Channel) int {
	for i, x := range channel.All {
		if x == c {
			return i
		}
	}
	return len(channel.All)
}

// folder adds happenings up by channel and day.
type folder struct {
	out    *Daily
	begins []int64
	at     map[channel.Channel]int
	taken  map[rankKey]*taken
}

// taken is how many messages of a rank its provider took, by day; -1 is before the first day.
type taken struct {
	channel channel.Channel
	all     int64
	byDay   map[int]int64
}

// dayOf is the number of the day of a time, -1 before the first. What is dated into the future counts today.
func (f *folder) dayOf(at int64) int {
	return sort.Search(len(f.begins), func(i int) bool { return f.begins[i] > at }) - 1
}

func (f *folder) channel(c channel.Channel) *DailyChannel {
	i, ok := f.at[c]
	if !ok {
		d := DailyChannel{Channel: c, Counts: map[string][]int64{}, Cost: make([]int64, len(f.begins))}
		for _, fact := range shown {
			d.Counts[fact.String()] = make([]int64, len(f.begins))
		}
		i = len(f.out.Channels)
		f.at[c], f.out.Channels = i, append(f.out.Channels, d)
	}
	return &f.out.Channels[i]
}

func (f *folder) add(c channel.Channel, h happening) {
	d := f.dayOf(h.at)
	if h.fact == message.FactAccepted {
		t := f.taken[h.rankKey]
		if t == nil {
			t = &taken{channel: c, byDay: map[int]int64{}}
			f.taken[h.rankKey] = t
		}
		t.all += h.n
		t.byDay[d] += h.n
	}
	if d >= 0 && h.fact >= 0 && int(h.fact) < len(shown) {
		f.channel(c).Counts[h.fact.String()][d] += h.n
	}
}

// pay shares the cost of each rank over the days by the messages that were taken on them. The sum over all days is exact.
func (f *folder) pay(costs map[rankKey]int64) {
	for k, t := range f.taken {
		cost := costs[k]
		if cost == 0 || t.all <= 0 {
			continue
		}
		var sum, paid int64
		for d := -1; d < len(f.begins); d++ {
			sum += t.byDay[d]
			due := cost * sum / t.all
			if d >= 0 && due != paid {
				f.channel(t.channel).Cost[d] += due - paid
			}
			paid = due
		}
	}
}
