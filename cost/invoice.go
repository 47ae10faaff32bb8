package cost

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Verdicts of a line.
const (
	Match      = "match"
	PriceDiff  = "price"       // charged and sent, at another price
	NotSent    = "not_sent"    // charged, and we know no such message of this connection
	FailedLeg  = "failed"      // charged, and the provider itself told us that it failed
	Twice      = "twice"       // the bill names the same message again
	UnknownLeg = "unknown"     // charged, and we never learned what became of it
	NotCharged = "not_charged" // sent, and the bill does not name it
)

// Tally is what one verdict adds up to.
type Tally struct {
	Count    int64 `json:"count"`
	Charged  int64 `json:"charged_vnd"`
	Expected int64 `json:"expected_vnd"`
}

// Summary is what a comparison found. Difference = Charged − Expected.
type Summary struct {
	Lines    int64            `json:"lines"`  // of the bill
	Passed   int64            `json:"passed"` // rows without an id or an amount: sums, blanks
	Charged  int64            `json:"charged_vnd"`
	Expected int64            `json:"expected_vnd"` // by the ledger
	Verdicts map[string]Tally `json:"verdicts"`     // by match, price, not_sent, failed, twice, unknown, not_charged
}

// Invoice is a provider's bill for one connection and month.
type Invoice struct {
	ID           int64     `json:"id"`
	ConnectionID int64     `json:"connection_id"`
	Month        string    `json:"month" doc:"2026-11, in the workspace's time zone"`
	Filename     string    `json:"filename"`
	State        string    `json:"state" enum:"reading,comparing,ready" doc:"reading: the upload is under way or broke off; comparing: what was found so far; ready: the whole"`
	Compared     int64     `json:"compared" doc:"Lines of the bill that were compared so far, of summary.lines"`
	Columns      Columns   `json:"columns"`
	Summary      Summary   `json:"summary"`
	CreatedBy    string    `json:"created_by"`
	CreatedAt    time.Time `json:"created_at"`
	CheckedAt    time.Time `json:"checked_at" doc:"When it was last compared with the ledger"`
}

// Line is one line of a comparison.
type Line struct {
	No         int64  `json:"no"`
	Verdict    string `json:"verdict"`
	ProviderID string `json:"provider_id"`
	Key        string `json:"key"`
	Hint       string `json:"hint" doc:"End of the number"`
	Charged    int64  `json:"charged_vnd"`
	Expected   int64  `json:"expected_vnd"`
	MessageID  int64  `json:"message_id" doc:"The leg; 0 = none is known"`
}

// month reads a month in a zone as Unix ms from and until.
func (s *Service) month(ctx context.Context, workspace int64, text string) (from, until int64, err error) {
	name, err := s.Zone(ctx, workspace)
	if err != nil {
		return 0, 0, err
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return 0, 0, fmt.Errorf("read zone: %w", err)
	}
	t, err := time.ParseInLocation("2006-01", text, zone)
	if err != nil {
		return 0, 0, errs.Invalid("invoice.month_invalid").Field("month", "invoice.month_invalid").Because(err)
	}
	return t.UnixMilli(), t.AddDate(0, 1, 0).UnixMilli(), nil
}

// The states of a bill.
const (
	Reading   = "reading"   // the upload is under way, or broke off: such a bill can only be deleted
	Comparing = "comparing" // in the background, page by page; what was found so far can be read
	Ready     = "ready"
)

// atOnce is how many lines are compared before the upload is answered.
const atOnce = 2000

// Import keeps the lines of a bill as they come in and compares them with the ledger: a short bill at once, a long one in the background. Errors are those of the file, see parse, and
// connection.not_found; then nothing is kept.
func (s *Service) Import(ctx context.Context, workspace, connection int64, by, month, filename string, columns Columns, file io.Reader) (*Invoice, error) {
	if _, err := s.Connection(ctx, workspace, connection); err != nil {
		return nil, err
	}
	if _, _, err := s.month(ctx, workspace, month); err != nil {
		return nil, err
	}
	var id int64
	now := clock.Millis(s.Now())
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO invoice (workspace_id, connection_id, month, filename, state, created_by, created_at, checked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id`,
			workspace, connection, month, short(filename, 200), Reading, by, now).Scan(&id)
	})
	if err != nil {
		return nil, fmt.Errorf("keep invoice: %w", err)
	}
	got, err := s.keep(ctx, workspace, id, columns, file)
	if err != nil {
		if forget := s.forget(context.WithoutCancel(ctx), workspace, id, nil); forget != nil {
			err = errors.Join(err, forget)
		}
		return nil, err
	}
	cols, err := json.Marshal(got.used)
	if err != nil {
		return nil, err
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE invoice SET columns = $3 WHERE workspace_id = $1 AND id = $2`, workspace, id, string(cols)); err != nil {
			return err
		}
		if err := s.begin(ctx, tx, workspace, id, got.lines, got.passed); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "invoice.import", target(connection), map[string]any{"invoice_id": id, "month": month, "lines": got.lines})
	})
	if err != nil {
		return nil, fmt.Errorf("keep invoice: %w", err)
	}
	return s.compareSoon(ctx, workspace, connection, id, got.lines)
}

// keep stores the lines of a file, a page at a time.
func (s *Service) keep(ctx context.Context, workspace, id int64, columns Columns, file io.Reader) (reading, error) {
	part := make([]line, 0, page)
	store := func() error {
		if len(part) == 0 {
			return nil
		}
		err := s.DB.WithTx(ctx, func(tx *db.Tx) error { return addLines(ctx, tx, workspace, id, part) })
		part = part[:0]
		return err
	}
	got, err := parse(file, columns, func(l line) error {
		if part = append(part, l); len(part) < page {
			return nil
		}
		return store()
	})
	if err != nil {
		return got, err
	}
	return got, store()
}

// begin lets the comparison start, or start anew, in the caller's transaction.
func (s *Service) begin(ctx context.Context, tx *db.Tx, workspace, id, lines, passed int64) error {
	summary, err := json.Marshal(Summary{Lines: lines, Passed: passed, Verdicts: map[string]Tally{}})
	if err != nil {
		return err
	}
	steps, err := json.Marshal(progress{Next: lines + 1, Contact: -1, Seq: -1, Rank: -1})
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE invoice SET state = $3, summary = $4, progress = $5, checked_at = $6 WHERE workspace_id = $1 AND id = $2`, workspace, id, Comparing, string(summary), string(steps), clock.Millis(s.Now())); err != nil {
		return err
	}
	if s.Enqueue == nil {
		return nil
	}
	return s.Enqueue(ctx, tx, CompareArgs{workspace, id})
}

// compareSoon compares a short bill at once and gives the bill back. The job that was stored with it takes part, and goes on where this is cut off.
func (s *Service) compareSoon(ctx context.Context, workspace, connection, id, lines int64) (*Invoice, error) {
	if lines <= atOnce || s.Enqueue == nil {
		if err := s.Compare(ctx, CompareArgs{workspace, id}); err != nil {
			return nil, err
		}
	}
	return s.Invoice(ctx, workspace, connection, id)
}

// Check compares a bill once more: meanwhile receipts came in, or somebody decided about unknown messages. Errors: invoice.not_found, invoice.busy while it is read or compared.
func (s *Service) Check(ctx context.Context, workspace, connection, id int64, by string) (*Invoice, error) {
	inv, err := s.Invoice(ctx, workspace, connection, id)
	if err != nil {
		return nil, err
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		var state string
		if err := tx.QueryRow(ctx, `SELECT state FROM invoice WHERE workspace_id = $1 AND id = $2`+tx.Dialect.ForUpdate(), workspace, id).Scan(&state); err != nil {
			return err
		}
		if state != Ready {
			return errs.Conflict("invoice.busy")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2 AND ours = 1`, workspace, id); err != nil {
			return err
		}
		if err := s.begin(ctx, tx, workspace, id, inv.Summary.Lines, inv.Summary.Passed); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "invoice.check", target(connection), map[string]any{"invoice_id": id})
	})
	if err != nil {
		return nil, fmt.Errorf("compare invoice: %w", err)
	}
	return s.compareSoon(ctx, workspace, connection, id, inv.Summary.Lines)
}

const selectInvoice = `SELECT id, connection_id, month, filename, state, columns, summary, progress, created_by, created_at, checked_at FROM invoice`

func scanInvoice(scan func(dest ...any) error) (inv Invoice, err error) {
	var columns, summary, steps string
	var created, checked int64
	if err = scan(&inv.ID, &inv.ConnectionID, &inv.Month, &inv.Filename, &inv.State, &columns, &summary, &steps, &inv.CreatedBy, &created, &checked); err != nil {
		return inv, err
	}
	inv.CreatedAt, inv.CheckedAt = clock.FromMillis(created), clock.FromMillis(checked)
	var p progress
	err = errors.Join(json.Unmarshal([]byte(columns), &inv.Columns), json.Unmarshal([]byte(summary), &inv.Summary), json.Unmarshal([]byte(steps), &p))
	if inv.Summary.Verdicts == nil {
		inv.Summary.Verdicts = map[string]Tally{}
	}
	if inv.Compared = p.Line; inv.State == Ready {
		inv.Compared = inv.Summary.Lines
	}
	return inv, err
}

// Invoice reads one bill; invoice.not_found when the connection has none with this id.
func (s *Service) Invoice(ctx context.Context, workspace, connection, id int64) (*Invoice, error) {
	inv, err := scanInvoice(s.DB.QueryRow(ctx, selectInvoice+` WHERE workspace_id = $1 AND connection_id = $2 AND id = $3`, workspace, connection, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound("invoice")
	}
	if err != nil {
		return nil, fmt.Errorf("read invoice: %w", err)
	}
	return &inv, nil
}

// Invoices are the bills of a connection, newest first, before an id (0 = from the newest on).
func (s *Service) Invoices(ctx context.Context, workspace, connection, before int64, limit int) ([]Invoice, error) {
	if _, err := s.Connection(ctx, workspace, connection); err != nil {
		return nil, err
	}
	out := make([]Invoice, 0)
	err := each(ctx, s.DB, selectInvoice+` WHERE workspace_id = $1 AND connection_id = $2 AND ($3 = 0 OR id < $3) ORDER BY id DESC LIMIT $4`, []any{workspace, connection, before, limit}, func(r *sql.Rows) error {
		inv, err := scanInvoice(r.Scan)
		out = append(out, inv)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list invoices: %w", err)
	}
	return out, nil
}

// Lines are the lines of a comparison by number, after one; verdict "" = all.
func (s *Service) Lines(ctx context.Context, workspace, connection, id int64, verdict string, after int64, limit int) ([]Line, error) {
	if _, err := s.Invoice(ctx, workspace, connection, id); err != nil {
		return nil, err
	}
	out := make([]Line, 0)
	err := each(ctx, s.DB, `SELECT no, verdict, provider_id, our_key, hint, charged, expected, leg_id FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2 AND ($3 = '' OR verdict = $3) AND no > $4 ORDER BY no LIMIT $5`,
		[]any{workspace, id, verdict, after, limit}, func(r *sql.Rows) error {
			var l Line
			err := r.Scan(&l.No, &l.Verdict, &l.ProviderID, &l.Key, &l.Hint, &l.Charged, &l.Expected, &l.MessageID)
			out = append(out, l)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list lines of invoice: %w", err)
	}
	return out, nil
}

// Remove forgets a bill and its comparison; invoice.not_found when there is none.
func (s *Service) Remove(ctx context.Context, workspace, connection, id int64, by string) error {
	if _, err := s.Invoice(ctx, workspace, connection, id); err != nil {
		return err
	}
	err := s.forget(ctx, workspace, id, func(tx *db.Tx) error {
		return s.Audit(ctx, tx, workspace, by, "invoice.remove", target(connection), map[string]any{"invoice_id": id})
	})
	if err != nil {
		return fmt.Errorf("remove invoice: %w", err)
	}
	return nil
}

// forget deletes the lines of a bill in portions, and the bill with the last one.
func (s *Service) forget(ctx context.Context, workspace, id int64, last func(tx *db.Tx) error) error {
	for {
		var left int64
		err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
			var until int64
			err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(no), 0) FROM (SELECT no FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2 ORDER BY no LIMIT 10000) part`, workspace, id).Scan(&until)
			if err != nil {
				return err
			}
			if left, err = tx.Exec(ctx, `DELETE FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2 AND no <= $3`, workspace, id, until); err != nil || left > 0 {
				return err
			}
			if _, err := tx.Exec(ctx, `DELETE FROM invoice WHERE workspace_id = $1 AND id = $2`, workspace, id); err != nil || last == nil {
				return err
			}
			return last(tx)
		})
		if err != nil || left == 0 {
			return err
		}
	}
}
