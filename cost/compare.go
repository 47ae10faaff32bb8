package cost

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/db"
)

// page is how many lines one statement handles.
const page = 500

// onDelivery are the providers that charge when a message is delivered; the others charge when they accept it.
var onDelivery = map[string]bool{"zalo": true, "etelecom": true}

// The states of a leg as stored.
const (
	legAccepted  = 3
	legDelivered = 4
	legFailed    = 5
	legUnknown   = 6
)

// known is what the ledger says about a leg.
type known struct {
	connection, price int64
	state             int
}

// compare gives every line its verdict and adds the messages of the month that no line names. from and until are Unix ms.
func (s *Service) compare(ctx context.Context, workspace, connection int64, provider string, from, until int64, lines []line) ([]line, Summary, error) {
	seen := make(map[int64]bool, len(lines))
	for first := 0; first < len(lines); first += page {
		part := lines[first:min(first+page, len(lines))]
		if err := s.resolve(ctx, workspace, part); err != nil {
			return nil, Summary{}, err
		}
		legs, err := s.legs(ctx, workspace, part)
		if err != nil {
			return nil, Summary{}, err
		}
		for i := range part {
			judge(&part[i], legs, connection, seen)
		}
	}
	missing, err := s.uncharged(ctx, workspace, connection, onDelivery[provider], from, until, seen)
	if err != nil {
		return nil, Summary{}, err
	}
	sum := Summary{Lines: int64(len(lines)), Verdicts: map[string]Tally{}}
	lines = append(lines, missing...)
	for i := range lines {
		l := &lines[i]
		t := sum.Verdicts[l.verdict]
		t.Count++
		t.Charged += l.charged
		t.Expected += l.expected
		sum.Verdicts[l.verdict] = t
		sum.Charged += l.charged
		sum.Expected += l.expected
	}
	return lines, sum, nil
}

// resolve finds the legs that lines name: by our key, else by the provider's id.
func (s *Service) resolve(ctx context.Context, workspace int64, part []line) error {
	args, open := []any{workspace}, map[string]bool{}
	for i := range part {
		l := &part[i]
		l.leg = 0
		if w, leg, ok := s.Leg(l.key); ok && w == workspace {
			l.leg = leg
		} else if l.providerID != "" && !open[l.providerID] {
			open[l.providerID] = true
			args = append(args, l.providerID)
		}
	}
	if len(args) == 1 {
		return nil
	}
	found := map[string]int64{}
	err := each(ctx, s.DB, `SELECT provider_id, leg_id FROM attempt WHERE workspace_id = $1 AND provider_id IN (`+db.In(2, len(args)-1)+`)`, args, func(r *sql.Rows) error {
		var id string
		var leg int64
		err := r.Scan(&id, &leg)
		found[id] = leg
		return err
	})
	if err != nil {
		return fmt.Errorf("find messages of invoice: %w", err)
	}
	for i := range part {
		if l := &part[i]; l.leg == 0 {
			l.leg = found[l.providerID]
		}
	}
	return nil
}

func (s *Service) legs(ctx context.Context, workspace int64, part []line) (map[int64]known, error) {
	args := []any{workspace}
	for i := range part {
		if part[i].leg != 0 {
			args = append(args, part[i].leg)
		}
	}
	out := map[int64]known{}
	if len(args) == 1 {
		return out, nil
	}
	err := each(ctx, s.DB, `SELECT id, connection_id, state, price FROM leg WHERE workspace_id = $1 AND id IN (`+db.In(2, len(args)-1)+`)`, args, func(r *sql.Rows) error {
		var id int64
		var k known
		err := r.Scan(&id, &k.connection, &k.state, &k.price)
		out[id] = k
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read messages of invoice: %w", err)
	}
	return out, nil
}

// judge says what a line is. seen are the legs that lines before it named.
func judge(l *line, legs map[int64]known, connection int64, seen map[int64]bool) {
	k, ok := legs[l.leg]
	l.expected = 0
	switch {
	case !ok || k.connection != connection || k.state < legAccepted || k.state > legUnknown:
		l.verdict, l.leg = NotSent, 0
	case seen[l.leg]:
		l.verdict = Twice
	case k.state == legFailed:
		l.verdict = FailedLeg
	case k.state == legUnknown:
		l.verdict = UnknownLeg
	default:
		if l.verdict, l.expected = Match, k.price; l.charged != k.price {
			l.verdict = PriceDiff
		}
	}
	if l.charged == 0 && (l.verdict == NotSent || l.verdict == FailedLeg || l.verdict == Twice) {
		l.verdict = Match // named and not charged is as it should be
	}
	if l.leg != 0 {
		seen[l.leg] = true
	}
}

// uncharged are the messages of the month that cost something and that no line names. Runs that ended before the month are passed over: a receipt may be late, by a week at most.
func (s *Service) uncharged(ctx context.Context, workspace, connection int64, delivered bool, from, until int64, seen map[int64]bool) ([]line, error) {
	var runs []int64
	late := (7 * 24 * time.Hour).Milliseconds()
	err := each(ctx, s.DB, `SELECT id FROM run WHERE workspace_id = $1 AND started_at < $2 AND (finished_at = 0 OR finished_at >= $3) ORDER BY id`, []any{workspace, until, from - late}, func(r *sql.Rows) error {
		var id int64
		err := r.Scan(&id)
		runs = append(runs, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list runs of month: %w", err)
	}
	var out []line
	least := legAccepted
	if delivered {
		least = legDelivered
	}
	for _, run := range runs {
		err := each(ctx, s.DB, `SELECT id, price FROM leg WHERE workspace_id = $1 AND run_id = $2 AND connection_id = $3 AND state IN ($4, 4) AND price > 0 AND accepted_at >= $5 AND accepted_at < $6`,
			[]any{workspace, run, connection, least, from, until}, func(r *sql.Rows) error {
				l := line{ours: true, verdict: NotCharged}
				err := r.Scan(&l.leg, &l.expected)
				if !seen[l.leg] && len(out) < maxLines {
					out = append(out, l)
				}
				return err
			})
		if err != nil {
			return nil, fmt.Errorf("read messages of month: %w", err)
		}
	}
	return out, s.identify(ctx, workspace, out)
}

// identify adds the provider's ids of messages, for the letter to the provider.
func (s *Service) identify(ctx context.Context, workspace int64, lines []line) error {
	for first := 0; first < len(lines); first += page {
		part := lines[first:min(first+page, len(lines))]
		args, at := []any{workspace}, map[int64]*line{}
		for i := range part {
			at[part[i].leg] = &part[i]
			args = append(args, part[i].leg)
		}
		err := each(ctx, s.DB, `SELECT leg_id, provider_id FROM attempt WHERE workspace_id = $1 AND leg_id IN (`+db.In(2, len(part))+`) AND provider_id IS NOT NULL`, args, func(r *sql.Rows) error {
			var leg int64
			var id string
			err := r.Scan(&leg, &id)
			if l := at[leg]; l != nil {
				l.providerID = id
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("identify messages: %w", err)
		}
	}
	return nil
}

func addLines(ctx context.Context, tx *db.Tx, workspace, invoice int64, lines []line) error {
	for first := 0; first < len(lines); first += page {
		part := lines[first:min(first+page, len(lines))]
		args := make([]any, 0, len(part)*10)
		for i := range part {
			l, ours := &part[i], int64(0)
			if l.ours {
				ours = 1
			}
			args = append(args, workspace, invoice, int64(first+i+1), l.verdict, ours, l.providerID, l.key, l.hint, l.charged, l.expected, l.leg)
		}
		_, err := tx.Exec(ctx, `INSERT INTO invoice_line (workspace_id, invoice_id, no, verdict, ours, provider_id, our_key, hint, charged, expected, leg_id) VALUES `+
			db.Values(1, len(part), "bigint", "bigint", "bigint", "text", "bigint", "text", "text", "text", "bigint", "bigint", "bigint"), args...)
		if err != nil {
			return fmt.Errorf("write lines of invoice: %w", err)
		}
	}
	return nil
}
