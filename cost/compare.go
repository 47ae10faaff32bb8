package cost

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// page is how many lines one statement handles.
const page = 500

// onDelivery are the providers that charge when a message is delivered; the others charge when they accept it. Calls are charged when they are answered: their price is 0 until then, so that one
// nobody answered is not missed on a bill, and is found when it is charged all the same.
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

// CompareArgs is the job that compares a bill with the ledger.
type CompareArgs struct {
	WorkspaceID int64 `json:"workspace_id"`
	InvoiceID   int64 `json:"invoice_id"`
}

// Kind is the name of the job; it never changes.
func (CompareArgs) Kind() string { return "invoice.compare" }

// progress is how far a comparison has come, as stored: first through the lines of the bill by number, then through the messages of the month, run by run, in the order of their index.
type progress struct {
	Line    int64 `json:"line"` // the last line that was judged
	Judged  bool  `json:"judged"`
	Run     int64 `json:"run"` // the first run that is not done
	Contact int64 `json:"contact"`
	Seq     int64 `json:"seq"`
	Rank    int64 `json:"rank"`
	Next    int64 `json:"next"` // number of the next line of ours
	Done    bool  `json:"done"`
}

// Compare carries the comparison of a bill on until it is over. Each page is one transaction with the progress, so that it can be cut off at any time and run again, also twice at once. A bill
// that is gone, or over, is no error.
func (s *Service) Compare(ctx context.Context, a CompareArgs) error {
	for {
		over := false
		err := s.DB.WithTx(ctx, func(tx *db.Tx) (err error) {
			over, err = s.step(ctx, tx, a.WorkspaceID, a.InvoiceID)
			return err
		})
		if err != nil {
			return fmt.Errorf("compare invoice %d: %w", a.InvoiceID, err)
		}
		if over {
			return nil
		}
	}
}

// step compares the next page of a bill.
func (s *Service) step(ctx context.Context, tx *db.Tx, workspace, id int64) (over bool, err error) {
	inv, p, err := lockInvoice(ctx, tx, workspace, id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && inv.State != Comparing {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if !p.Judged {
		err = s.judgePage(ctx, tx, workspace, inv, p)
	} else {
		err = s.missingPage(ctx, tx, workspace, inv, p)
	}
	if err != nil {
		return false, err
	}
	state := Comparing
	if p.Done {
		state = Ready
	}
	summary, err := json.Marshal(inv.Summary)
	if err != nil {
		return false, err
	}
	steps, err := json.Marshal(p)
	if err != nil {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE invoice SET state = $3, summary = $4, progress = $5, checked_at = $6 WHERE workspace_id = $1 AND id = $2`, workspace, id, state, string(summary), string(steps), clock.Millis(s.Now()))
	return p.Done, err
}

func lockInvoice(ctx context.Context, tx *db.Tx, workspace, id int64) (*Invoice, *progress, error) {
	inv, p := &Invoice{ID: id}, &progress{}
	var summary, steps string
	err := tx.QueryRow(ctx, `SELECT connection_id, month, state, summary, progress FROM invoice WHERE workspace_id = $1 AND id = $2`+tx.Dialect.ForUpdate(), workspace, id).Scan(&inv.ConnectionID, &inv.Month, &inv.State, &summary, &steps)
	if err != nil {
		return nil, nil, err
	}
	return inv, p, errors.Join(json.Unmarshal([]byte(summary), &inv.Summary), json.Unmarshal([]byte(steps), p))
}

// count adds lines to what was found.
func (sum *Summary) count(lines []line) {
	if sum.Verdicts == nil {
		sum.Verdicts = map[string]Tally{}
	}
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
}

// judgePage gives the next lines of the bill their verdicts.
func (s *Service) judgePage(ctx context.Context, tx *db.Tx, workspace int64, inv *Invoice, p *progress) error {
	var part []line
	err := each(ctx, tx, `SELECT no, provider_id, our_key, hint, charged FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2 AND ours = 0 AND no > $3 ORDER BY no LIMIT $4`, []any{workspace, inv.ID, p.Line, page}, func(r *sql.Rows) error {
		var l line
		err := r.Scan(&l.no, &l.providerID, &l.key, &l.hint, &l.charged)
		part = append(part, l)
		return err
	})
	if err != nil {
		return fmt.Errorf("read invoice: %w", err)
	}
	if p.Judged = len(part) < page; len(part) == 0 {
		return nil
	}
	if err := s.resolve(ctx, tx, workspace, part); err != nil {
		return err
	}
	legs, err := knownLegs(ctx, tx, workspace, part)
	if err != nil {
		return err
	}
	seen, err := named(ctx, tx, workspace, inv.ID, part[0].no, legIDs(part))
	if err != nil {
		return err
	}
	for i := range part {
		judge(&part[i], legs, inv.ConnectionID, seen)
	}
	p.Line = part[len(part)-1].no
	inv.Summary.count(part)
	if _, err := tx.Exec(ctx, `DELETE FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2 AND no >= $3 AND no <= $4`, workspace, inv.ID, part[0].no, p.Line); err != nil {
		return fmt.Errorf("write verdicts: %w", err)
	}
	return addLines(ctx, tx, workspace, inv.ID, part)
}

func legIDs(part []line) []int64 {
	ids := make([]int64, 0, len(part))
	for i := range part {
		if part[i].leg != 0 {
			ids = append(ids, part[i].leg)
		}
	}
	return ids
}

// named finds which of these legs a line before number no names already.
func named(ctx context.Context, q db.Querier, workspace, invoice, no int64, legs []int64) (map[int64]bool, error) {
	seen := make(map[int64]bool, len(legs))
	if len(legs) == 0 {
		return seen, nil
	}
	args := []any{workspace, invoice, no}
	for _, leg := range legs {
		args = append(args, leg)
	}
	err := each(ctx, q, `SELECT DISTINCT leg_id FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2 AND no < $3 AND leg_id IN (`+db.In(4, len(legs))+`) AND ours = 0`, args, func(r *sql.Rows) error {
		var leg int64
		err := r.Scan(&leg)
		seen[leg] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for earlier lines: %w", err)
	}
	return seen, nil
}

// resolve finds the legs that lines name: by our key, else by the provider's id.
func (s *Service) resolve(ctx context.Context, q db.Querier, workspace int64, part []line) error {
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
	err := each(ctx, q, `SELECT provider_id, leg_id FROM attempt WHERE workspace_id = $1 AND provider_id IN (`+db.In(2, len(args)-1)+`)`, args, func(r *sql.Rows) error {
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

func knownLegs(ctx context.Context, q db.Querier, workspace int64, part []line) (map[int64]known, error) {
	args := []any{workspace}
	for _, leg := range legIDs(part) {
		args = append(args, leg)
	}
	out := map[int64]known{}
	if len(args) == 1 {
		return out, nil
	}
	err := each(ctx, q, `SELECT id, connection_id, state, price FROM leg WHERE workspace_id = $1 AND id IN (`+db.In(2, len(args)-1)+`)`, args, func(r *sql.Rows) error {
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

// walkPage is how many messages of the month one step looks at.
const walkPage = 5000

// late is how long after its month a receipt may still end a run whose messages the bill is about.
const late = 7 * 24 * time.Hour

// missingPage looks at the next messages of the month: those that cost something and that no line names are written behind the bill. Runs that ended before the month are passed over.
func (s *Service) missingPage(ctx context.Context, tx *db.Tx, workspace int64, inv *Invoice, p *progress) error {
	c, err := s.Connection(ctx, workspace, inv.ConnectionID)
	if errs.Is(err, "connection.not_found") {
		p.Done = true // nobody sends over it any more, and nobody can say how its provider charges
		return nil
	}
	if err != nil {
		return err
	}
	from, until, err := s.month(ctx, workspace, inv.Month)
	if err != nil {
		return err
	}
	var run int64
	err = tx.QueryRow(ctx, `SELECT id FROM run WHERE workspace_id = $1 AND id >= $2 AND started_at < $3 AND (finished_at = 0 OR finished_at >= $4) ORDER BY id LIMIT 1`, workspace, p.Run, until, from-late.Milliseconds()).Scan(&run)
	if errors.Is(err, sql.ErrNoRows) {
		p.Done = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("list runs of month: %w", err)
	}
	if run != p.Run {
		p.Run, p.Contact, p.Seq, p.Rank = run, -1, -1, -1
	}
	least := legAccepted
	if onDelivery[c.Provider] {
		least = legDelivered
	}
	var out []line
	n := 0
	err = each(ctx, tx, `SELECT contact_id, seq, rank, id, price, connection_id, state, COALESCE(accepted_at, delivered_at, answered_at, 0) FROM leg WHERE workspace_id = $1 AND run_id = $2 AND (contact_id, seq, rank) > ($3, $4, $5) ORDER BY contact_id, seq, rank LIMIT $6`,
		[]any{workspace, run, p.Contact, p.Seq, p.Rank, walkPage}, func(r *sql.Rows) error {
			l := line{ours: true, verdict: NotCharged}
			var connection, state, accepted int64
			err := r.Scan(&p.Contact, &p.Seq, &p.Rank, &l.leg, &l.expected, &connection, &state, &accepted)
			n++
			if connection == inv.ConnectionID && (state == int64(least) || state == legDelivered) && l.expected > 0 && accepted >= from && accepted < until {
				out = append(out, l)
			}
			return err
		})
	if err != nil {
		return fmt.Errorf("read messages of month: %w", err)
	}
	if n < walkPage {
		p.Run, p.Contact, p.Seq, p.Rank = run+1, -1, -1, -1
	}
	return s.addMissing(ctx, tx, workspace, inv, p, out)
}

// addMissing writes those of the messages behind the bill that none of its lines names.
func (s *Service) addMissing(ctx context.Context, tx *db.Tx, workspace int64, inv *Invoice, p *progress, found []line) error {
	for part := range slices.Chunk(found, page) {
		seen, err := named(ctx, tx, workspace, inv.ID, inv.Summary.Lines+1, legIDs(part))
		if err != nil {
			return err
		}
		part = slices.DeleteFunc(part, func(l line) bool { return seen[l.leg] })
		if len(part) == 0 {
			continue
		}
		if err := s.identify(ctx, tx, workspace, part); err != nil {
			return err
		}
		inv.Summary.count(part)
		if p.Next > inv.Summary.Lines+maxLines {
			continue // counted, but nobody reads so many
		}
		for i := range part {
			part[i].no = p.Next
			p.Next++
		}
		if err := addLines(ctx, tx, workspace, inv.ID, part); err != nil {
			return err
		}
	}
	return nil
}

// identify adds the provider's ids of at most a page of messages, for the letter to the provider.
func (s *Service) identify(ctx context.Context, q db.Querier, workspace int64, part []line) error {
	args, at := []any{workspace}, make(map[int64]*line, len(part))
	for i := range part {
		at[part[i].leg] = &part[i]
		args = append(args, part[i].leg)
	}
	err := each(ctx, q, `SELECT leg_id, provider_id FROM attempt WHERE workspace_id = $1 AND leg_id IN (`+db.In(2, len(part))+`) AND provider_id IS NOT NULL`, args, func(r *sql.Rows) error {
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
	return nil
}

// addLines writes at most a page of lines.
func addLines(ctx context.Context, tx *db.Tx, workspace, invoice int64, part []line) error {
	args := make([]any, 0, len(part)*11)
	for i := range part {
		l, ours := &part[i], int64(0)
		if l.ours {
			ours = 1
		}
		args = append(args, workspace, invoice, l.no, l.verdict, ours, l.providerID, l.key, l.hint, l.charged, l.expected, l.leg)
	}
	_, err := tx.Exec(ctx, `INSERT INTO invoice_line (workspace_id, invoice_id, no, verdict, ours, provider_id, our_key, hint, charged, expected, leg_id) VALUES `+
		db.Values(1, len(part), "bigint", "bigint", "bigint", "text", "bigint", "text", "text", "text", "bigint", "bigint", "bigint"), args...)
	if err != nil {
		return fmt.Errorf("write lines of invoice: %w", err)
	}
	return nil
}
