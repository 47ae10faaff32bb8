package contact

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// ImportState is where an import stands.
type ImportState string

// The states.
const (
	ImportUploaded  ImportState = "uploaded"  // waits for a person to check the columns
	ImportQueued    ImportState = "queued"    // waits for a worker
	ImportRunning   ImportState = "running"   //
	ImportFinished  ImportState = "finished"  //
	ImportFailed    ImportState = "failed"    // the file as a whole cannot be used; what was read before is kept
	ImportCancelled ImportState = "cancelled" // a person stopped it; what was read before is kept
)

// ImportOptions are the choices of a person before the start.
type ImportOptions struct {
	File    FileOptions `json:"file,omitzero"`
	Columns []ColumnMap `json:"columns,omitempty" doc:"One for each column of the file; absent = as guessed"`
	Tags    []string    `json:"tags,omitempty" maxItems:"20" doc:"Given to everybody in the file"`
	// Existing says what becomes of the values of people who are known already; tags and consent of the whole file reach them in any case.
	Existing string          `json:"existing,omitempty" enum:"update,fill,keep" doc:"People who are known already: update (default) takes the file's values, fill only where nothing is known, keep none"`
	Consent  *BasisOfConsent `json:"consent,omitempty" doc:"The basis of marketing consent; absent = none"`
}

// Import is one file on its way into the customers. Its rows are counted as they are committed; a run that is repeated counts anew and adds nothing.
type Import struct {
	ID            int64         `json:"id"`
	Filename      string        `json:"filename"`
	Format        string        `json:"format"`
	Encoding      string        `json:"encoding"`
	Options       ImportOptions `json:"options"`
	State         ImportState   `json:"state"`
	Error         string        `json:"error,omitempty"` // code of what went wrong with the file
	BytesTotal    int64         `json:"bytes_total"`
	BytesRead     int64         `json:"bytes_read"`
	RowsRead      int64         `json:"rows_read"`
	RowsCreated   int64         `json:"rows_created"`
	RowsUpdated   int64         `json:"rows_updated"`
	RowsUnchanged int64         `json:"rows_unchanged"`
	RowsMerged    int64         `json:"rows_merged"` // joined with a person found by phone or e-mail, or with an earlier row
	RowsRejected  int64         `json:"rows_rejected"`
	RowsWarned    int64         `json:"rows_warned"` // taken without one or more of their values
	CreatedBy     string        `json:"created_by"`
	CreatedAt     time.Time     `json:"created_at"`
	StartedAt     time.Time     `json:"started_at,omitzero"`
	FinishedAt    time.Time     `json:"finished_at,omitzero"`

	workspace int64
	spool     string
}

const importColumns = `id, workspace_id, filename, spool, format, encoding, options, state, error, bytes_total, bytes_read, rows_read, rows_created, rows_updated, rows_unchanged, rows_merged, rows_rejected, rows_warned, created_by, created_at, started_at, finished_at`

func scanImport(row interface{ Scan(...any) error }) (*Import, error) {
	var i Import
	var options string
	var created, started, finished int64
	err := row.Scan(&i.ID, &i.workspace, &i.Filename, &i.spool, &i.Format, &i.Encoding, &options, &i.State, &i.Error, &i.BytesTotal, &i.BytesRead, &i.RowsRead, &i.RowsCreated, &i.RowsUpdated, &i.RowsUnchanged,
		&i.RowsMerged, &i.RowsRejected, &i.RowsWarned, &i.CreatedBy, &created, &started, &finished)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound("import")
	}
	if err == nil {
		err = json.Unmarshal([]byte(options), &i.Options)
	}
	if err != nil {
		return nil, fmt.Errorf("read import: %w", err)
	}
	i.CreatedAt, i.StartedAt, i.FinishedAt = clock.FromMillis(created), clock.FromMillis(started), clock.FromMillis(finished)
	return &i, nil
}

// Import reads one import of the workspace.
func (s *Service) Import(ctx context.Context, workspace, id int64) (*Import, error) {
	return scanImport(s.DB.QueryRow(ctx, `SELECT `+importColumns+` FROM import WHERE workspace_id = $1 AND id = $2`, workspace, id))
}

// Imports lists imports, newest first; before is the id that ended the page before, 0 = from the start.
func (s *Service) Imports(ctx context.Context, workspace, before int64, limit int) ([]*Import, error) {
	if before <= 0 {
		before = 1 << 62
	}
	rows, err := s.DB.Query(ctx, `SELECT `+importColumns+` FROM import WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, workspace, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	defer rows.Close()
	out := []*Import{}
	for rows.Next() {
		i, err := scanImport(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

// Upload keeps a customer file in the spool and reads its head. The name only tells the format and is shown to people; it is never a path. A file that cannot be read at all is refused
// with the reason and not kept.
func (s *Service) Upload(ctx context.Context, workspace int64, actor, filename string, r io.Reader) (*Import, error) {
	if err := os.MkdirAll(s.SpoolDir, 0o700); err != nil {
		return nil, fmt.Errorf("make spool folder: %w", err)
	}
	filename = filepath.Base(strings.ReplaceAll(filename, `\`, "/"))
	ext := ".csv"
	if strings.EqualFold(filepath.Ext(filename), ".xlsx") {
		ext = ".xlsx"
	}
	spool := uuid.Must(uuid.NewV7()).String() + ext
	path := filepath.Join(s.SpoolDir, spool)
	if err := writeSpool(path, r); err != nil {
		_ = os.Remove(path)
		return nil, err
	}
	f, err := OpenFile(path, FileOptions{})
	// A file whose encoding is not certain is kept: the person names the encoding and goes on.
	if err != nil && !errs.Is(err, "import.encoding_unknown") {
		_ = os.Remove(path)
		return nil, err
	}
	i := &Import{Filename: filename, Format: strings.TrimPrefix(ext, "."), State: ImportUploaded, CreatedBy: actor, CreatedAt: s.Now(), workspace: workspace, spool: spool}
	if stat, statErr := os.Stat(path); statErr == nil {
		i.BytesTotal = stat.Size()
	}
	if f != nil {
		i.Format, i.Encoding = f.Info.Format, f.Info.Encoding
		_ = f.Close()
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, `INSERT INTO import (workspace_id, filename, spool, format, encoding, options, state, bytes_total, created_by, created_at) VALUES ($1, $2, $3, $4, $5, '{}', $6, $7, $8, $9) RETURNING id`,
			workspace, i.Filename, i.spool, i.Format, i.Encoding, string(i.State), i.BytesTotal, actor, clock.Millis(i.CreatedAt)).Scan(&i.ID)
		if err != nil || s.Audit == nil {
			return err
		}
		return s.Audit(ctx, tx, workspace, actor, "import.upload", fmt.Sprintf("import:%d", i.ID), map[string]any{"bytes": i.BytesTotal})
	})
	if err != nil {
		_ = os.Remove(path)
		return nil, fmt.Errorf("store import: %w", err)
	}
	return i, nil
}

func writeSpool(path string, r io.Reader) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	w := bufio.NewWriterSize(out, 1<<16)
	_, err = io.Copy(w, r)
	if err := errors.Join(err, w.Flush(), out.Close()); err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	return nil
}

// Preview is the head of a file under a mapping.
type Preview struct {
	Info    FileInfo     `json:"info"`
	Columns []ColumnMap  `json:"columns"` // as asked for, else as guessed
	Rows    []PreviewRow `json:"rows"`
}

// PreviewRow is one row as it would be taken.
type PreviewRow struct {
	Row      int      `json:"row"`
	Cells    []string `json:"cells"`
	Outcome  string   `json:"outcome" enum:"accepted,warning,rejected,empty"`
	Name     string   `json:"name"`
	Phone    string   `json:"phone"`
	Email    string   `json:"email"`
	Problems []string `json:"problems"` // sentences in the asked language
}

// previewRows is how many rows a preview reads.
const previewRows = 50

// PreviewImport reads the head of an uploaded file as it would be imported with these options. Nothing is stored.
func (s *Service) PreviewImport(ctx context.Context, workspace, id int64, o ImportOptions, lang string) (*Preview, error) {
	i, err := s.Import(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	f, columns, head, err := s.openImport(ctx, i, o)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	n, err := NewNormaliser(columns, s.Now(), f.Info.Format == "xlsx")
	if err != nil {
		return nil, err
	}
	p := &Preview{Info: f.Info, Columns: columns, Rows: []PreviewRow{}}
	for _, row := range head {
		r := n.Record(row)
		line := PreviewRow{Row: row.No, Cells: row.Cells, Outcome: "accepted", Name: r.Name, Phone: r.Phone, Email: r.Email, Problems: []string{}}
		for _, x := range r.Problems {
			line.Problems = append(line.Problems, x.Describe(lang, f.Info.Headers))
		}
		switch {
		case r.Empty:
			line.Outcome = "empty"
		case r.Rejected:
			line.Outcome = "rejected"
		case len(r.Problems) > 0:
			line.Outcome = "warning"
		}
		p.Rows = append(p.Rows, line)
	}
	return p, nil
}

// openImport opens the spooled file, reads its head and settles the columns: the person's choice, else a guess that keeps to the types which attributes already have.
func (s *Service) openImport(ctx context.Context, i *Import, o ImportOptions) (*File, []ColumnMap, []Row, error) {
	f, err := OpenFile(filepath.Join(s.SpoolDir, i.spool), o.File)
	if err != nil {
		return nil, nil, nil, err
	}
	var head []Row
	for len(head) < previewRows {
		row, err := f.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			_ = f.Close()
			return nil, nil, nil, err
		}
		row.Cells = slices.Clone(row.Cells) // they are the reader's until the next row
		head = append(head, row)
	}
	columns := o.Columns
	if len(columns) == 0 {
		cells := make([][]string, len(head))
		for j, r := range head {
			cells[j] = r.Cells
		}
		columns = GuessMapping(f.Info.Headers, cells)
		known, err := s.Attributes(ctx, i.workspace)
		if err != nil {
			_ = f.Close()
			return nil, nil, nil, err
		}
		for _, a := range known {
			for j := range columns {
				if columns[j].Target == TargetAttribute && columns[j].Key == a.Key {
					columns[j].Type, columns[j].Label = a.Type, a.Label
				}
			}
		}
	}
	return f, columns, head, nil
}

// StartImport checks the choices and queues the import for a worker. One that failed or was cancelled may be started again.
func (s *Service) StartImport(ctx context.Context, workspace, id int64, actor string, o ImportOptions) (*Import, error) {
	return s.start(ctx, workspace, id, actor, o, s.Enqueue)
}

// StartImportHere does the same for a caller who runs the import itself, with RunImport.
func (s *Service) StartImportHere(ctx context.Context, workspace, id int64, actor string, o ImportOptions) (*Import, error) {
	return s.start(ctx, workspace, id, actor, o, nil)
}

func (s *Service) start(ctx context.Context, workspace, id int64, actor string, o ImportOptions, enqueue func(ctx context.Context, tx *db.Tx, workspace, importID int64) error) (*Import, error) {
	i, err := s.Import(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	f, columns, _, err := s.openImport(ctx, i, o)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	o.Columns, o.File.Encoding = columns, f.Info.Encoding
	if _, err := NewNormaliser(columns, s.Now(), f.Info.Format == "xlsx"); err != nil {
		return nil, err
	}
	if o.Consent != nil {
		if _, err := o.Consent.grant("", s.Now()); err != nil {
			return nil, err
		}
	}
	raw, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE import SET options = $3, encoding = $4, state = 'queued', error = '' WHERE workspace_id = $1 AND id = $2 AND state IN ('uploaded', 'failed', 'cancelled')`, workspace, id, string(raw), f.Info.Encoding)
		if err != nil {
			return fmt.Errorf("start import: %w", err)
		}
		if n == 0 {
			return errs.Conflict("import.not_startable")
		}
		if s.Audit != nil {
			if err := s.Audit(ctx, tx, workspace, actor, "import.start", fmt.Sprintf("import:%d", id), map[string]any{"consent": o.Consent != nil}); err != nil {
				return err
			}
		}
		if enqueue != nil {
			return enqueue(ctx, tx, workspace, id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Import(ctx, workspace, id)
}

// CancelImport stops an import between two batches. What was read before stays.
func (s *Service) CancelImport(ctx context.Context, workspace, id int64, actor string) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE import SET state = 'cancelled', finished_at = $3 WHERE workspace_id = $1 AND id = $2 AND state IN ('uploaded', 'queued', 'running')`, workspace, id, s.Now().UnixMilli())
		if err != nil {
			return fmt.Errorf("cancel import: %w", err)
		}
		if n == 0 {
			if _, err := scanImport(tx.QueryRow(ctx, `SELECT `+importColumns+` FROM import WHERE workspace_id = $1 AND id = $2`, workspace, id)); err != nil {
				return err
			}
			return errs.Conflict("import.not_running")
		}
		if s.Audit == nil {
			return nil
		}
		return s.Audit(ctx, tx, workspace, actor, "import.cancel", fmt.Sprintf("import:%d", id), nil)
	})
}
