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

// Import reads a bill, compares it with the ledger and keeps both. Errors are those of the file, see parse, and connection.not_found.
func (s *Service) Import(ctx context.Context, workspace, connection int64, by, month, filename string, columns Columns, file io.Reader) (*Invoice, error) {
	c, err := s.Connection(ctx, workspace, connection)
	if err != nil {
		return nil, err
	}
	from, until, err := s.month(ctx, workspace, month)
	if err != nil {
		return nil, err
	}
	lines, used, passed, err := parse(file, columns)
	if err != nil {
		return nil, err
	}
	inv := &Invoice{ConnectionID: connection, Month: month, Filename: short(filename, 200), Columns: used, CreatedBy: by, CreatedAt: s.Now(), CheckedAt: s.Now()}
	lines, inv.Summary, err = s.compare(ctx, workspace, connection, c.Provider, from, until, lines)
	if err != nil {
		return nil, err
	}
	inv.Summary.Passed = passed
	cols, err := json.Marshal(used)
	if err != nil {
		return nil, err
	}
	summary, err := json.Marshal(inv.Summary)
	if err != nil {
		return nil, err
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, `INSERT INTO invoice (workspace_id, connection_id, month, filename, columns, summary, created_by, created_at, checked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id`,
			workspace, connection, month, inv.Filename, string(cols), string(summary), by, clock.Millis(inv.CreatedAt)).Scan(&inv.ID)
		if err != nil {
			return err
		}
		if err := addLines(ctx, tx, workspace, inv.ID, lines); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "invoice.import", target(connection), map[string]any{"invoice_id": inv.ID, "month": month, "lines": inv.Summary.Lines})
	})
	if err != nil {
		return nil, fmt.Errorf("keep invoice: %w", err)
	}
	return inv, nil
}

// Check compares a bill once more: meanwhile receipts came in, or somebody decided about unknown messages.
func (s *Service) Check(ctx context.Context, workspace, connection, id int64, by string) (*Invoice, error) {
	inv, err := s.Invoice(ctx, workspace, connection, id)
	if err != nil {
		return nil, err
	}
	c, err := s.Connection(ctx, workspace, connection)
	if err != nil {
		return nil, err
	}
	from, until, err := s.month(ctx, workspace, inv.Month)
	if err != nil {
		return nil, err
	}
	var lines []line
	err = each(ctx, s.DB, `SELECT provider_id, our_key, hint, charged FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2 AND ours = 0 ORDER BY no`, []any{workspace, id}, func(r *sql.Rows) error {
		var l line
		err := r.Scan(&l.providerID, &l.key, &l.hint, &l.charged)
		lines = append(lines, l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read invoice: %w", err)
	}
	passed := inv.Summary.Passed
	if lines, inv.Summary, err = s.compare(ctx, workspace, connection, c.Provider, from, until, lines); err != nil {
		return nil, err
	}
	inv.Summary.Passed, inv.CheckedAt = passed, s.Now()
	summary, err := json.Marshal(inv.Summary)
	if err != nil {
		return nil, err
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE invoice SET summary = $3, checked_at = $4 WHERE workspace_id = $1 AND id = $2`, workspace, id, string(summary), clock.Millis(inv.CheckedAt)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2`, workspace, id); err != nil {
			return err
		}
		if err := addLines(ctx, tx, workspace, id, lines); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "invoice.check", target(connection), map[string]any{"invoice_id": id})
	})
	if err != nil {
		return nil, fmt.Errorf("keep comparison: %w", err)
	}
	return inv, nil
}

const selectInvoice = `SELECT id, connection_id, month, filename, columns, summary, created_by, created_at, checked_at FROM invoice`

func scanInvoice(scan func(dest ...any) error) (inv Invoice, err error) {
	var columns, summary string
	var created, checked int64
	if err = scan(&inv.ID, &inv.ConnectionID, &inv.Month, &inv.Filename, &columns, &summary, &inv.CreatedBy, &created, &checked); err != nil {
		return inv, err
	}
	inv.CreatedAt, inv.CheckedAt = clock.FromMillis(created), clock.FromMillis(checked)
	return inv, errors.Join(json.Unmarshal([]byte(columns), &inv.Columns), json.Unmarshal([]byte(summary), &inv.Summary))
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
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM invoice WHERE workspace_id = $1 AND connection_id = $2 AND id = $3`, workspace, connection, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFound("invoice")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM invoice_line WHERE workspace_id = $1 AND invoice_id = $2`, workspace, id); err != nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, by, "invoice.remove", target(connection), map[string]any{"invoice_id": id})
	})
	if err != nil {
		return fmt.Errorf("remove invoice: %w", err)
	}
	return nil
}
