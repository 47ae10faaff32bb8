package contact

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// What can be done to many people at once.
const (
	BulkTag        = "tag"
	BulkUntag      = "untag"
	BulkListAdd    = "list_add"
	BulkListRemove = "list_remove"
)

// States of a bulk change.
const (
	BulkQueued    = "queued"
	BulkRunning   = "running"
	BulkFinished  = "finished"
	BulkFailed    = "failed"
	BulkCancelled = "cancelled"
)

const (
	// MaxBulkIDs is how many people can be named one by one.
	MaxBulkIDs = 5000
	// bulkAtOnce is how many people are changed before the request is answered; more are changed in the background.
	bulkAtOnce = 5000
	bulkChunk  = 1000
)

// BulkForm is what a person wants done, and to whom: to IDs, or without them to everybody whom the filter takes.
type BulkForm struct {
	Action string   `json:"action" enum:"tag,untag,list_add,list_remove"`
	Tags   []string `json:"tags,omitempty" maxItems:"20" doc:"Of tag and untag"`
	ListID int64    `json:"list_id,omitempty" doc:"Of list_add and list_remove: a segment of the kind list"`
	IDs    []int64  `json:"ids,omitempty" maxItems:"5000" doc:"The customers; absent: everybody whom the filter takes"`
	Filter *Filter  `json:"filter,omitempty" doc:"An empty filter takes everybody"`
}

// Bulk is one change of many people with its progress.
type Bulk struct {
	ID         int64     `json:"id"`
	Action     string    `json:"action" enum:"tag,untag,list_add,list_remove"`
	Tags       []string  `json:"tags"`
	ListID     int64     `json:"list_id"`
	State      string    `json:"state" enum:"queued,running,finished,failed,cancelled"`
	Error      string    `json:"error" doc:"Code of what ended it as failed"`
	Total      int64     `json:"total" doc:"People whom it concerns, counted at the start"`
	Done       int64     `json:"done" doc:"People looked at"`
	Changed    int64     `json:"changed" doc:"People for whom something changed"`
	CreatedBy  string    `json:"created_by"`
	CreatedAt  time.Time `json:"created_at"`
	FinishedAt time.Time `json:"finished_at" doc:"0001-01-01 while it is not over"`
	form       BulkForm
	last       int64
	until      int64
}

// StartBulk checks and begins a change. Up to 5,000 people are changed at once, and the answer is finished; more are changed by a job. Who comes later than the start is left alone.
// Errors: bulk.nobody_named, bulk.tags_missing, bulk.list_missing, segment.not_found, segment.not_a_list, and those of conditions.
func (s *Service) StartBulk(ctx context.Context, workspace int64, actor string, f BulkForm) (*Bulk, error) {
	if err := s.checkBulk(&f); err != nil {
		return nil, err
	}
	b := &Bulk{Action: f.Action, Tags: append(make([]string, 0), f.Tags...), ListID: f.ListID, State: BulkQueued, CreatedBy: actor, CreatedAt: s.Now(), form: f}
	if err := s.DB.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) FROM contact WHERE workspace_id = $1`, workspace).Scan(&b.until); err != nil {
		return nil, fmt.Errorf("read newest contact: %w", err)
	}
	if b.Total = int64(len(f.IDs)); b.Total == 0 {
		n, err := s.Count(ctx, workspace, *f.Filter, true)
		if err != nil {
			return nil, err
		}
		b.Total = n.N
	}
	options, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write bulk change: %w", err)
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if _, err := s.applyBulk(ctx, tx, workspace, b, nil); err != nil { // refuses a list that is none, and makes the tags
			return err
		}
		if err := tx.QueryRow(ctx, `INSERT INTO contact_bulk (workspace_id, action, options, state, until_id, total, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
			workspace, b.Action, string(options), b.State, b.until, b.Total, actor, clock.Millis(b.CreatedAt)).Scan(&b.ID); err != nil {
			return fmt.Errorf("insert bulk change: %w", err)
		}
		detail := map[string]any{"action": b.Action, "people": b.Total}
		if len(b.Tags) > 0 {
			detail["tags"] = b.Tags
		}
		if b.ListID > 0 {
			detail["segment_id"] = b.ListID
		}
		if err := s.audit(ctx, tx, workspace, actor, "contact.bulk", fmt.Sprintf("bulk:%d", b.ID), detail); err != nil {
			return err
		}
		if b.Total > bulkAtOnce && s.EnqueueBulk != nil {
			return s.EnqueueBulk(ctx, tx, workspace, b.ID)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if b.Total <= bulkAtOnce {
		if err := s.RunBulk(ctx, workspace, b.ID); err != nil {
			return nil, err
		}
	}
	return s.Bulk(ctx, workspace, b.ID)
}

func (s *Service) checkBulk(f *BulkForm) error {
	switch f.Action {
	case BulkTag, BulkUntag:
		if f.Tags, _ = splitTags(strings.Join(f.Tags, "\n")); len(f.Tags) == 0 {
			return errs.Invalid("bulk.tags_missing").Field("tags", "field.required")
		}
		f.ListID = 0
	case BulkListAdd, BulkListRemove:
		if f.ListID < 1 || s.AddMembers == nil || s.RemoveMembers == nil {
			return errs.Invalid("bulk.list_missing").Field("list_id", "field.required")
		}
		f.Tags = nil
	default:
		return errs.Invalid("bulk.action_unknown").Field("action", "field.invalid")
	}
	if len(f.IDs) > MaxBulkIDs {
		return errs.Invalid("bulk.too_many").With("max", strconv.Itoa(MaxBulkIDs)).Field("ids", "bulk.too_many")
	}
	if len(f.IDs) == 0 && f.Filter == nil {
		return errs.Invalid("bulk.nobody_named").Field("ids", "field.required")
	}
	if len(f.IDs) > 0 {
		f.Filter = nil
		slices.Sort(f.IDs)
		f.IDs = slices.Compact(f.IDs)
	}
	return nil
}

// RunBulk carries a change on until it is over. Each chunk of people is one transaction with the progress, so that it can be run again after a crash.
func (s *Service) RunBulk(ctx context.Context, workspace, id int64) error {
	b, err := s.Bulk(ctx, workspace, id)
	if errs.Is(err, "bulk.not_found") {
		return nil
	}
	if err != nil {
		return err
	}
	if b.State != BulkQueued && b.State != BulkRunning {
		return nil
	}
	var l *lookup
	if b.form.Filter != nil {
		filter := *b.form.Filter
		filter.until = b.until
		if l, err = s.lookup(ctx, workspace, filter); err != nil {
			return s.failBulk(ctx, workspace, b, err)
		}
	}
	for over := false; !over; {
		var ids []int64
		if l != nil {
			ids, err = l.ids(ctx, s.DB, b.last, bulkChunk)
		} else {
			i, found := slices.BinarySearch(b.form.IDs, b.last)
			if found {
				i++
			}
			ids = b.form.IDs[i:min(i+bulkChunk, len(b.form.IDs))]
		}
		if err != nil {
			return err
		}
		over = len(ids) == 0
		if err := s.bulkStep(ctx, workspace, b, ids); err != nil {
			return s.failBulk(ctx, workspace, b, err)
		}
		over = over || b.State == BulkCancelled
	}
	return nil
}

// bulkStep changes one chunk; without people it ends the change.
func (s *Service) bulkStep(ctx context.Context, workspace int64, b *Bulk, ids []int64) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		// The row is read again under its lock: two jobs of one change take turns, and the later one goes on where the other was.
		var state string
		var last int64
		if err := tx.QueryRow(ctx, `SELECT state, last_id FROM contact_bulk WHERE workspace_id = $1 AND id = $2`+tx.Dialect.ForUpdate(), workspace, b.ID).Scan(&state, &last); err != nil {
			return fmt.Errorf("lock bulk change: %w", err)
		}
		if state != BulkQueued && state != BulkRunning {
			b.State = BulkCancelled
			return nil
		}
		if last != b.last {
			b.last = last
			return nil
		}
		now := s.Now().UnixMilli()
		if len(ids) == 0 {
			_, err := tx.Exec(ctx, `UPDATE contact_bulk SET state = 'finished', finished_at = $3, options = $4 WHERE workspace_id = $1 AND id = $2`, workspace, b.ID, now, b.form.past())
			return err
		}
		changed, err := s.applyBulk(ctx, tx, workspace, b, ids)
		if err != nil {
			return err
		}
		next := ids[len(ids)-1]
		if _, err := tx.Exec(ctx, `UPDATE contact_bulk SET state = 'running', last_id = $3, done = done + CAST($4 AS bigint), changed = changed + CAST($5 AS bigint) WHERE workspace_id = $1 AND id = $2`,
			workspace, b.ID, next, len(ids), changed); err != nil {
			return fmt.Errorf("note progress: %w", err)
		}
		tx.AfterCommit(func() { b.last = next })
		return nil
	})
}

// past is what is kept of a change that is over: what was done, without the search that said to whom, because that may be a name or a phone number.
func (f BulkForm) past() string {
	raw, err := json.Marshal(BulkForm{Action: f.Action, Tags: f.Tags, ListID: f.ListID})
	if err != nil {
		return "{}"
	}
	return string(raw)
}

// failBulk notes an error that no repetition mends; any other one leaves the change for the next try.
func (s *Service) failBulk(ctx context.Context, workspace int64, b *Bulk, cause error) error {
	e, ok := errs.As(cause)
	if !ok {
		return cause
	}
	if _, err := s.DB.Exec(ctx, `UPDATE contact_bulk SET state = 'failed', error = $3, finished_at = $4, options = $5 WHERE workspace_id = $1 AND id = $2`, workspace, b.ID, e.Code, s.Now().UnixMilli(), b.form.past()); err != nil {
		return fmt.Errorf("note failure: %w", err)
	}
	return nil
}

// applyBulk changes the people of one chunk and returns for how many something changed.
func (s *Service) applyBulk(ctx context.Context, tx *db.Tx, workspace int64, b *Bulk, ids []int64) (int64, error) {
	switch b.Action {
	case BulkListAdd:
		return s.AddMembers(ctx, tx, workspace, b.ListID, ids)
	case BulkListRemove:
		return s.RemoveMembers(ctx, tx, workspace, b.ListID, ids)
	}
	now := s.Now().UnixMilli()
	var tags []int64
	if b.Action == BulkTag {
		made, err := tagIDs(ctx, tx, workspace, now, b.Tags)
		if err != nil {
			return 0, err
		}
		for _, name := range b.Tags {
			tags = append(tags, made[Fold(name)])
		}
	} else {
		args := []any{workspace}
		for _, name := range b.Tags {
			args = append(args, Fold(name))
		}
		var err error
		if tags, err = idsOf(ctx, tx, `SELECT id FROM tag WHERE workspace_id = $1 AND folded IN (`+db.In(2, len(b.Tags))+`)`, args...); err != nil {
			return 0, err
		}
	}
	if len(ids) == 0 || len(tags) == 0 {
		return 0, nil
	}
	return s.tagMany(ctx, tx, workspace, now, b.Action == BulkTag, tags, ids)
}

// tagMany gives people of the workspace tags, or takes them away, and marks those as changed for whom that changed something.
func (s *Service) tagMany(ctx context.Context, tx *db.Tx, workspace, now int64, give bool, tags, ids []int64) (int64, error) {
	var many []any
	for _, t := range tags {
		many = append(many, t)
	}
	for _, id := range ids {
		many = append(many, id)
	}
	inTags, inIDs := db.In(2, len(tags)), db.In(2+len(tags), len(ids))
	args := append([]any{workspace}, many...)
	// Who has how many of the tags says whom the change concerns.
	having := `SELECT ct.contact_id FROM contact_tag ct WHERE ct.workspace_id = $1 AND ct.tag_id IN (` + inTags + `) AND ct.contact_id IN (` + inIDs + `)`
	concerned := `id IN (` + inIDs + `) AND id IN (` + having + `)`
	if give {
		concerned = `id IN (` + inIDs + `) AND id NOT IN (` + having + fmt.Sprintf(` GROUP BY ct.contact_id HAVING COUNT(*) >= %d)`, len(tags))
	}
	changed, err := tx.Exec(ctx, `UPDATE contact SET updated_at = $`+strconv.Itoa(len(args)+1)+` WHERE workspace_id = $1 AND `+concerned, append(slices.Clone(args), now)...)
	if err != nil {
		return 0, fmt.Errorf("mark tagged people: %w", err)
	}
	statement := `DELETE FROM contact_tag WHERE workspace_id = $1 AND tag_id IN (` + inTags + `) AND contact_id IN (` + inIDs + `)`
	if give {
		statement = `INSERT INTO contact_tag (workspace_id, tag_id, contact_id) SELECT t.workspace_id, t.id, c.id FROM tag t JOIN contact c ON c.workspace_id = $1 AND c.id IN (` + inIDs +
			`) WHERE t.workspace_id = $1 AND t.id IN (` + inTags + `) ON CONFLICT DO NOTHING`
	}
	if _, err := tx.Exec(ctx, statement, args...); err != nil {
		return 0, fmt.Errorf("tag people: %w", err)
	}
	return changed, nil
}

const bulkColumns = `id, action, options, state, error, total, done, changed, created_by, created_at, finished_at, last_id, until_id`

func scanBulk(scan func(dest ...any) error) (*Bulk, error) {
	b := &Bulk{}
	var options string
	var created, finished int64
	if err := scan(&b.ID, &b.Action, &options, &b.State, &b.Error, &b.Total, &b.Done, &b.Changed, &b.CreatedBy, &created, &finished, &b.last, &b.until); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(options), &b.form); err != nil {
		return nil, fmt.Errorf("read bulk change: %w", err)
	}
	b.Tags, b.ListID = append(make([]string, 0), b.form.Tags...), b.form.ListID
	b.CreatedAt = clock.FromMillis(created)
	if finished > 0 {
		b.FinishedAt = clock.FromMillis(finished)
	}
	return b, nil
}

// Bulk reads a change with its progress; bulk.not_found when there is none.
func (s *Service) Bulk(ctx context.Context, workspace, id int64) (*Bulk, error) {
	b, err := scanBulk(s.DB.QueryRow(ctx, `SELECT `+bulkColumns+` FROM contact_bulk WHERE workspace_id = $1 AND id = $2`, workspace, id).Scan)
	if err == sql.ErrNoRows {
		return nil, errs.NotFound("bulk")
	}
	if err != nil {
		return nil, fmt.Errorf("read bulk change: %w", err)
	}
	return b, nil
}

// CancelBulk stops a change; what was done stays. Errors: bulk.not_found, bulk.over.
func (s *Service) CancelBulk(ctx context.Context, workspace, id int64, actor string) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		b, err := scanBulk(tx.QueryRow(ctx, `SELECT `+bulkColumns+` FROM contact_bulk WHERE workspace_id = $1 AND id = $2`+tx.Dialect.ForUpdate(), workspace, id).Scan)
		if err == sql.ErrNoRows {
			return errs.NotFound("bulk")
		}
		if err != nil {
			return fmt.Errorf("read bulk change: %w", err)
		}
		if b.State != BulkQueued && b.State != BulkRunning {
			return errs.Conflict("bulk.over")
		}
		if _, err := tx.Exec(ctx, `UPDATE contact_bulk SET state = 'cancelled', finished_at = $3, options = $4 WHERE workspace_id = $1 AND id = $2`, workspace, id, s.Now().UnixMilli(), b.form.past()); err != nil {
			return fmt.Errorf("cancel bulk change: %w", err)
		}
		return s.audit(ctx, tx, workspace, actor, "contact.bulk_cancel", fmt.Sprintf("bulk:%d", id), nil)
	})
}
