package contact

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

const (
	importBatch = 1000
	// problemsMost bounds what a broken file can make us keep; the counters go on.
	problemsMost = 100_000
)

var errStopped = errors.New("the import was stopped")

// parcel is a batch on its way from the reader to the writer.
type parcel struct {
	rows    []Row
	records []Record
	read    int64 // bytes of the file that are behind it
	err     error
}

// RunImport reads the file from its start and stores its people batch by batch. It may be run again after a crash: the people are matched, so nothing is added twice, and the counters
// start anew. An error of the file ends the import as failed; any other error leaves it running for the next try.
func (s *Service) RunImport(ctx context.Context, workspace, id int64) error {
	i, err := s.Import(ctx, workspace, id)
	if errs.Is(err, "import.not_found") {
		return nil
	}
	if err != nil {
		return err
	}
	if i.State != ImportQueued && i.State != ImportRunning {
		return nil
	}
	err = s.runImport(ctx, i)
	if e, ok := errs.As(err); ok {
		_, err = s.DB.Exec(ctx, `UPDATE import SET state = 'failed', error = $3, finished_at = $4 WHERE workspace_id = $1 AND id = $2 AND state = 'running'`, workspace, id, e.Code, s.Now().UnixMilli())
		return err
	}
	if errors.Is(err, errStopped) {
		return nil
	}
	if errors.Is(err, os.ErrNotExist) {
		_, err = s.DB.Exec(ctx, `UPDATE import SET state = 'failed', error = 'import.file_gone', finished_at = $3 WHERE workspace_id = $1 AND id = $2`, workspace, id, s.Now().UnixMilli())
	}
	return err
}

func (s *Service) runImport(ctx context.Context, i *Import) error {
	file, err := OpenFile(filepath.Join(s.SpoolDir, i.spool), i.Options.File)
	if err != nil {
		return s.begun(ctx, i, err)
	}
	defer file.Close()
	n, err := NewNormaliser(i.Options.Columns, s.Now(), file.Info.Format == "xlsx")
	if err != nil {
		return s.begun(ctx, i, err)
	}
	options := upsertOptions{tags: i.Options.Tags, existing: i.Options.Existing}
	if c := i.Options.Consent; c != nil {
		if options.consent, err = c.grant(fmt.Sprintf("import:%d", i.ID), s.Now()); err != nil {
			return s.begun(ctx, i, err)
		}
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if _, err := s.ensureAttributes(ctx, tx, i.workspace, n.Attributes(), false); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM import_problem WHERE workspace_id = $1 AND import_id = $2`, i.workspace, i.ID); err != nil {
			return fmt.Errorf("clear problems: %w", err)
		}
		_, err := tx.Exec(ctx, `UPDATE import SET state = 'running', started_at = $3, bytes_read = 0, rows_read = 0, rows_created = 0, rows_updated = 0, rows_unchanged = 0, rows_merged = 0, rows_rejected = 0, rows_warned = 0 WHERE workspace_id = $1 AND id = $2`,
			i.workspace, i.ID, s.Now().UnixMilli())
		return err
	})
	if err != nil {
		return s.begun(ctx, i, err)
	}
	if err := s.pump(ctx, i, file, n, options); err != nil {
		return err
	}
	if err := s.DB.Analyze(ctx, "contact"); err != nil {
		s.Log.Warn("refresh statistics", "error", err)
	}
	_, err = s.DB.Exec(ctx, `UPDATE import SET state = 'finished', bytes_read = bytes_total, finished_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'running'`, i.workspace, i.ID, s.Now().UnixMilli())
	if err != nil {
		return fmt.Errorf("finish import: %w", err)
	}
	return nil
}

// begun marks the import as running when it failed before it could be, so that RunImport can note the failure.
func (s *Service) begun(ctx context.Context, i *Import, cause error) error {
	if _, ok := errs.As(cause); ok {
		if _, err := s.DB.Exec(ctx, `UPDATE import SET state = 'running' WHERE workspace_id = $1 AND id = $2 AND state = 'queued'`, i.workspace, i.ID); err != nil {
			return err
		}
	}
	return cause
}

// pump reads in one goroutine, normalises in another, and stores in this one.
func (s *Service) pump(ctx context.Context, i *Import, file *File, n *Normaliser, o upsertOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	read, ready := make(chan *parcel, 2), make(chan *parcel, 2)
	go func() {
		defer close(read)
		for {
			p := &parcel{rows: make([]Row, 0, importBatch)}
			for len(p.rows) < importBatch && p.err == nil {
				row, err := file.Next()
				if err != nil {
					p.err = err
					break
				}
				row.Cells = slices.Clone(row.Cells) // they are the reader's until the next row
				p.rows = append(p.rows, row)
			}
			p.read = file.BytesRead()
			select {
			case read <- p:
			case <-ctx.Done():
				return
			}
			if p.err != nil {
				return
			}
		}
	}()
	go func() {
		defer close(ready)
		for p := range read {
			p.records = make([]Record, len(p.rows))
			for j, row := range p.rows {
				p.records[j] = n.Record(row)
			}
			select {
			case ready <- p:
			case <-ctx.Done():
				return
			}
		}
	}()
	kept, stored, look := 0, 0, importBatch
	for p := range ready {
		if len(p.rows) > 0 {
			if err := s.storeParcel(ctx, i, p, o, &kept); err != nil {
				return err
			}
		}
		// Each time that twice as many people were read, PostgreSQL looks again: for a planner that believes the table is small, comparing everybody is as good as an index.
		if stored += len(p.rows); stored >= look {
			look *= 2
			if err := s.DB.Analyze(ctx, "contact", "contact_word"); err != nil {
				s.Log.Warn("refresh statistics", "error", err)
			}
		}
		if p.err != nil && p.err != io.EOF {
			return p.err
		}
	}
	return ctx.Err()
}

// storeParcel writes one batch with its problems and counters in one transaction.
func (s *Service) storeParcel(ctx context.Context, i *Import, p *parcel, o upsertOptions, kept *int) error {
	before := *kept
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		*kept = before
		if err := tx.PreferIndexes(ctx); err != nil {
			return err
		}
		results, err := s.upsert(ctx, tx, i.workspace, p.records, o)
		if err != nil {
			return err
		}
		var created, updated, unchanged, merged, rejected, warned int64
		var problems []any
		for j := range p.records {
			r := &p.records[j]
			severity := ""
			switch {
			case r.Rejected:
				rejected++
				severity = "rejected"
			case r.Empty:
			case len(r.Problems) > 0:
				warned++
				severity = "warning"
			}
			switch results[j].outcome {
			case Created:
				created++
			case Updated:
				updated++
			case Unchanged:
				unchanged++
			}
			if results[j].merged {
				merged++
			}
			if severity != "" && *kept < problemsMost {
				*kept++
				cells, err := json.Marshal(p.rows[j].Cells)
				if err != nil {
					return err
				}
				problems = append(problems, i.workspace, i.ID, int64(p.rows[j].No), severity, packProblems(r.Problems), string(cells))
			}
		}
		if len(problems) > 0 {
			if _, err := tx.Exec(ctx, `INSERT INTO import_problem (workspace_id, import_id, row_no, severity, codes, raw) VALUES `+db.Values(1, len(problems)/6, "bigint", "bigint", "bigint", "text", "text", "text")+` ON CONFLICT DO NOTHING`, problems...); err != nil {
				return fmt.Errorf("store problems: %w", err)
			}
		}
		n, err := tx.Exec(ctx, `UPDATE import SET bytes_read = $3, rows_read = rows_read + $4, rows_created = rows_created + $5, rows_updated = rows_updated + $6, rows_unchanged = rows_unchanged + $7, rows_merged = rows_merged + $8, rows_rejected = rows_rejected + $9, rows_warned = rows_warned + $10
 WHERE workspace_id = $1 AND id = $2 AND state = 'running'`, i.workspace, i.ID, p.read, int64(len(p.rows)), created, updated, unchanged, merged, rejected, warned)
		if err != nil {
			return fmt.Errorf("count rows: %w", err)
		}
		if n == 0 {
			return errStopped
		}
		return nil
	})
}
