package contact

import (
	"context"
	"fmt"
	"sort"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/errs"
)

// SuppressionFilter narrows the suppression list; zero values let everything through.
type SuppressionFilter struct {
	Before  int64           // only rows below this id
	Search  string          // a whole phone number or mail address: the list keeps hashes, so parts cannot be found
	Reason  string          // one of the Reason constants
	Channel channel.Channel // blocked on this channel, among others
	State   string          // active | lifted | empty = both
}

// Suppressions lists the suppression list, newest first, at most limit.
func (s *Service) Suppressions(ctx context.Context, workspace int64, f SuppressionFilter, limit int) ([]Suppression, error) {
	query, args := `SELECT id, kind, channels, reason, source, hint, at, lifted_at FROM suppression WHERE workspace_id = $1`, []any{workspace}
	and := func(condition string, value any) {
		args = append(args, value)
		query += fmt.Sprintf(" AND "+condition, len(args))
	}
	if f.Search != "" {
		a, err := AddressOf(f.Search)
		if err != nil {
			return nil, errs.Invalid("suppression.search_invalid").Field("search", "suppression.search_invalid")
		}
		and("kind = $%d", a.Kind)
		and("address_hash = $%d", s.hash(workspace, a))
	}
	if f.Before > 0 {
		and("id < $%d", f.Before)
	}
	if f.Reason != "" {
		and("reason = $%d", f.Reason)
	}
	if f.Channel != "" {
		and("channels & CAST($%d AS bigint) <> 0", int64(f.Channel.Bit()))
	}
	switch f.State {
	case "active":
		query += " AND lifted_at = 0"
	case "lifted":
		query += " AND lifted_at <> 0"
	}
	args = append(args, limit)
	rows, err := s.DB.Query(ctx, query+fmt.Sprintf(" ORDER BY id DESC LIMIT $%d", len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("list suppressions: %w", err)
	}
	defer rows.Close()
	out := []Suppression{}
	for rows.Next() {
		var x Suppression
		var set, at, lifted int64
		if err := rows.Scan(&x.ID, &x.Kind, &set, &x.Reason, &x.Source, &x.Hint, &at, &lifted); err != nil {
			return nil, fmt.Errorf("list suppressions: %w", err)
		}
		x.Channels, x.At, x.LiftedAt = channelsOf(set), clock.FromMillis(at), clock.FromMillis(lifted)
		out = append(out, x)
	}
	return out, rows.Err()
}

// SuppressionCounts says how many addresses are on the list.
type SuppressionCounts struct {
	Active   int64              `json:"active" doc:"Entries in force"`
	Lifted   int64              `json:"lifted" doc:"Entries that a person ended"`
	Reasons  []SuppressionCount `json:"reasons" doc:"Entries in force by reason, the most first"`
	Channels []SuppressionCount `json:"channels" doc:"Entries in force by channel; one entry can block several"`
}

// SuppressionCount is one of the numbers.
type SuppressionCount struct {
	Key   string `json:"key"`
	Count int64  `json:"count"`
}

// CountSuppressions counts the list.
func (s *Service) CountSuppressions(ctx context.Context, workspace int64) (SuppressionCounts, error) {
	out := SuppressionCounts{Reasons: make([]SuppressionCount, 0), Channels: make([]SuppressionCount, 0, len(channel.All))}
	rows, err := s.DB.Query(ctx, `SELECT reason, channels, CASE WHEN lifted_at = 0 THEN 0 ELSE 1 END, COUNT(*) FROM suppression WHERE workspace_id = $1 GROUP BY 1, 2, 3`, workspace)
	if err != nil {
		return out, fmt.Errorf("count suppressions: %w", err)
	}
	defer rows.Close()
	reasons, channels := map[string]int64{}, map[channel.Channel]int64{}
	for rows.Next() {
		var reason string
		var set, lifted, n int64
		if err := rows.Scan(&reason, &set, &lifted, &n); err != nil {
			return out, fmt.Errorf("count suppressions: %w", err)
		}
		if lifted == 1 {
			out.Lifted += n
			continue
		}
		out.Active += n
		reasons[reason] += n
		for _, c := range channelsOf(set) {
			channels[c] += n
		}
	}
	if err := rows.Err(); err != nil {
		return out, fmt.Errorf("count suppressions: %w", err)
	}
	for reason, n := range reasons {
		out.Reasons = append(out.Reasons, SuppressionCount{reason, n})
	}
	sort.Slice(out.Reasons, func(i, j int) bool {
		a, b := out.Reasons[i], out.Reasons[j]
		return a.Count > b.Count || a.Count == b.Count && a.Key < b.Key
	})
	for _, c := range channel.All {
		out.Channels = append(out.Channels, SuppressionCount{string(c), channels[c]})
	}
	return out, nil
}
