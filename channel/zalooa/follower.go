package zalooa

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
)

// Account is an OA as one reading uses it.
type Account struct {
	API       *zalo.OA
	Token     string
	ID        string // of the OA
	PerSecond int64  // limit of calls of the connection, 0 = none of ours
}

// Deps is what Users is built from. All fields are needed.
type Deps struct {
	DB  *db.DB
	Now func() time.Time
	Log *slog.Logger
	// Open gives the OA of a connection; the error is oa.not_zalo for a connection that has none.
	Open func(ctx context.Context, workspace, connection int64) (Account, error)
	// Refresh renews an access token that Zalo has refused.
	Refresh func(ctx context.Context, workspace, connection int64, refused string) (bool, error)
	// Acquaint makes contacts of users who are not known and gives all what the OA knows about them; it returns how many are new.
	Acquaint func(ctx context.Context, tx *db.Tx, workspace int64, oa string, users []zalo.User) (int64, error)
	// Observe keeps when the users last acted and whether they follow.
	Observe func(ctx context.Context, tx *db.Tx, workspace int64, kind, oa string, list []message.Seen) error
	// Tag gives the contacts of users a tag, or takes it away.
	Tag func(ctx context.Context, tx *db.Tx, workspace int64, oa string, users []string, tag string, give bool) error
	// Address is the id that a contact has at an OA; "" when it has none.
	Address func(ctx context.Context, workspace, contact int64, oa string) (string, error)
	// Enqueue stores the job that calls Step for the reading.
	Enqueue func(ctx context.Context, tx *db.Tx, workspace, connection, no int64) error
	// Audit writes the act of a person down.
	Audit func(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail map[string]any) error
}

// Users keeps the contacts in step with the people whom OAs know: it reads their profiles, follows their tags in both directions, and keeps pictures and files for messages.
type Users struct{ Deps }

// NewUsers builds the service.
func NewUsers(d Deps) *Users { return &Users{d} }

// States of a reading.
const (
	SyncNone      = "none" // there was none yet
	SyncRunning   = "running"
	SyncFinished  = "finished"
	SyncFailed    = "failed"
	SyncCancelled = "cancelled"
)

const (
	// defaultRate is how many calls a second a reading makes over a connection without a limit; with one it takes half, so that messages are not kept waiting.
	defaultRate = 10
	// readers is how many profiles are asked for at once.
	readers = 4
	// patience is how long a reading waits when Zalo says that it asks too often and names no time.
	patience = time.Minute
)

// Sync is the last reading of an OA's users with its progress.
type Sync struct {
	State       string    `json:"state" enum:"none,running,finished,failed,cancelled"`
	Total       int64     `json:"total" doc:"People in Zalo's list"`
	Done        int64     `json:"done" doc:"People read; Zalo lists no more than ten thousand"`
	New         int64     `json:"new" doc:"Of these, new customers"`
	Followers   int64     `json:"followers" doc:"Of these, people who follow now"`
	Failure     string    `json:"failure,omitempty" doc:"Code of what Zalo said last, while it is in the way"`
	FailureText string    `json:"failure_text,omitempty"`
	Advice      string    `json:"advice,omitempty"`
	StartedBy   string    `json:"started_by,omitempty"`
	StartedAt   time.Time `json:"started_at,omitzero"`
	UpdatedAt   time.Time `json:"updated_at,omitzero"`
	FinishedAt  time.Time `json:"finished_at,omitzero"`

	no, place int64
}

// Sync reads the progress of the last reading.
func (u *Users) Sync(ctx context.Context, workspace, connection int64) (Sync, error) {
	if _, err := u.Open(ctx, workspace, connection); err != nil {
		return Sync{}, err
	}
	return u.load(ctx, u.DB, workspace, connection, "")
}

func (u *Users) load(ctx context.Context, q db.Querier, workspace, connection int64, lock string) (s Sync, err error) {
	var started, updated, finished int64
	err = q.QueryRow(ctx, `SELECT no, state, place, total, done, fresh, followers, code, started_by, started_at, updated_at, finished_at FROM oa_sync WHERE workspace_id = $1 AND connection_id = $2`+lock, workspace, connection).
		Scan(&s.no, &s.State, &s.place, &s.Total, &s.Done, &s.New, &s.Followers, &s.Failure, &s.StartedBy, &started, &updated, &finished)
	if errors.Is(err, sql.ErrNoRows) {
		return Sync{State: SyncNone}, nil
	}
	if err != nil {
		return s, fmt.Errorf("read progress: %w", err)
	}
	s.StartedAt, s.UpdatedAt = clock.FromMillis(started), clock.FromMillis(updated)
	if finished > 0 {
		s.FinishedAt = clock.FromMillis(finished)
	}
	return s, nil
}

// Start begins to read the users of an OA; while one is under way it is left to go on. Errors: connection.not_found, oa.not_zalo.
func (u *Users) Start(ctx context.Context, workspace, connection int64, actor string) (Sync, error) {
	if _, err := u.Open(ctx, workspace, connection); err != nil {
		return Sync{}, err
	}
	var out Sync
	err := u.DB.WithTx(ctx, func(tx *db.Tx) error {
		now := u.Now().UnixMilli()
		no := int64(0)
		// The row is made first, so that two who begin at once meet on it.
		err := tx.QueryRow(ctx, `INSERT INTO oa_sync (workspace_id, connection_id, no, state, started_by, started_at, updated_at) VALUES ($1, $2, 1, 'running', $3, $4, $4) ON CONFLICT (workspace_id, connection_id)
 DO UPDATE SET no = oa_sync.no + 1, state = 'running', place = 0, total = 0, done = 0, fresh = 0, followers = 0, code = '', started_by = excluded.started_by, started_at = excluded.started_at,
 updated_at = excluded.updated_at, finished_at = 0 WHERE oa_sync.state <> 'running' RETURNING no`, workspace, connection, actor, now).Scan(&no)
		if errors.Is(err, sql.ErrNoRows) {
			out, err = u.load(ctx, tx, workspace, connection, "")
			return err
		}
		if err != nil {
			return fmt.Errorf("begin reading: %w", err)
		}
		if err := u.Audit(ctx, tx, workspace, actor, "connection.read_users", fmt.Sprintf("connection:%d", connection), nil); err != nil {
			return err
		}
		if out, err = u.load(ctx, tx, workspace, connection, ""); err != nil {
			return err
		}
		return u.Enqueue(ctx, tx, workspace, connection, no)
	})
	return out, err
}

// Cancel stops a reading after the page under way; what was read stays.
func (u *Users) Cancel(ctx context.Context, workspace, connection int64, actor string) (Sync, error) {
	if _, err := u.Open(ctx, workspace, connection); err != nil {
		return Sync{}, err
	}
	err := u.DB.WithTx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE oa_sync SET state = 'cancelled', updated_at = $3, finished_at = $3 WHERE workspace_id = $1 AND connection_id = $2 AND state = 'running'`, workspace, connection, u.Now().UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		return u.Audit(ctx, tx, workspace, actor, "connection.stop_reading_users", fmt.Sprintf("connection:%d", connection), nil)
	})
	if err != nil {
		return Sync{}, fmt.Errorf("stop reading: %w", err)
	}
	return u.load(ctx, u.DB, workspace, connection, "")
}

// Step reads one page of Zalo's list, whole: the people of it and the place behind it are stored together, so that a process that dies repeats at most one page, and repeating changes
// nothing. more is false when the reading is over; else the next step should come after wait. An error is one that may pass by itself.
func (u *Users) Step(ctx context.Context, workspace, connection, no int64) (more bool, wait time.Duration, err error) {
	s, err := u.load(ctx, u.DB, workspace, connection, "")
	if err != nil || s.State != SyncRunning || s.no != no {
		return false, 0, err
	}
	r := &reading{u: u, workspace: workspace, connection: connection}
	if r.account, err = u.Open(ctx, workspace, connection); err != nil {
		return false, 0, u.end(ctx, workspace, connection, no, SyncFailed, codeOf(err))
	}
	began := u.Now()
	defer func() { r.account.API.Client.HTTP.CloseIdleConnections() }()
	page, listed, total, err := r.page(ctx, s.place)
	if err != nil {
		return u.trouble(ctx, workspace, connection, no, err)
	}
	next := s.place + zalo.UsersPage
	if err := u.keep(ctx, workspace, connection, &s, r.account.ID, page, int64(total), next); err != nil {
		return false, 0, err
	}
	if listed == 0 || next >= int64(total) || next > zalo.LastOffset {
		return false, 0, u.end(ctx, workspace, connection, no, SyncFinished, "")
	}
	rate := int64(defaultRate)
	if r.account.PerSecond > 0 {
		rate = max(r.account.PerSecond/2, 1)
	}
	due := time.Duration(listed+1) * time.Second / time.Duration(rate)
	return true, max(due-u.Now().Sub(began), 0), nil
}

// trouble decides whether a failed step ends the reading.
func (u *Users) trouble(ctx context.Context, workspace, connection, no int64, cause error) (bool, time.Duration, error) {
	code := codeOf(cause)
	u.Log.Warn("read users of an OA", "workspace_id", workspace, "connection_id", connection, "error", cause)
	var e *provider.Error
	if !errors.As(cause, &e) {
		return false, 0, cause
	}
	switch e.Class {
	case provider.RateLimited:
		wait := e.RetryAfter
		if wait <= 0 {
			wait = patience
		}
		return true, wait, u.note(ctx, workspace, connection, no, code)
	case provider.Temporary, provider.Unknown: // asking does no harm
		return false, 0, errors.Join(cause, u.note(ctx, workspace, connection, no, code))
	}
	return false, 0, u.end(ctx, workspace, connection, no, SyncFailed, code)
}

func (u *Users) note(ctx context.Context, workspace, connection, no int64, code string) error {
	if _, err := u.DB.Exec(ctx, `UPDATE oa_sync SET code = $4, updated_at = $5 WHERE workspace_id = $1 AND connection_id = $2 AND no = $3 AND state = 'running'`, workspace, connection, no, code, u.Now().UnixMilli()); err != nil {
		return fmt.Errorf("note trouble: %w", err)
	}
	return nil
}

func (u *Users) end(ctx context.Context, workspace, connection, no int64, state, code string) error {
	if _, err := u.DB.Exec(context.WithoutCancel(ctx), `UPDATE oa_sync SET state = $4, code = $5, updated_at = $6, finished_at = $6 WHERE workspace_id = $1 AND connection_id = $2 AND no = $3 AND state = 'running'`,
		workspace, connection, no, state, code, u.Now().UnixMilli()); err != nil {
		return fmt.Errorf("end reading: %w", err)
	}
	return nil
}

// keep stores a page and the place behind it in one transaction, once.
func (u *Users) keep(ctx context.Context, workspace, connection int64, s *Sync, oa string, page []zalo.User, total, next int64) error {
	seen := make([]message.Seen, len(page))
	followers := int64(0)
	for i := range page {
		p := &page[i]
		seen[i] = message.Seen{Value: string(p.ID), Follows: p.Follower}
		if day, err := time.ParseInLocation("02/01/2006", string(p.LastInteraction), policy.Location("")); err == nil {
			seen[i].LastIn = day.UnixMilli() // the person acted on this day: its beginning promises nothing that is not so
		}
		if p.Follower {
			followers++
		}
	}
	return u.DB.WithTx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE oa_sync SET place = $5, total = $6, done = done + $7, followers = followers + $8, code = '', updated_at = $9 WHERE workspace_id = $1 AND connection_id = $2 AND no = $3 AND place = $4 AND state = 'running'`,
			workspace, connection, s.no, s.place, next, total, int64(len(page)), followers, u.Now().UnixMilli())
		if err != nil || n == 0 { // cancelled, or another process was faster
			return err
		}
		fresh, err := u.Acquaint(ctx, tx, workspace, oa, page)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE oa_sync SET fresh = fresh + $3 WHERE workspace_id = $1 AND connection_id = $2`, workspace, connection, fresh); err != nil {
			return fmt.Errorf("count new people: %w", err)
		}
		return u.Observe(ctx, tx, workspace, kind, oa, seen)
	})
}

func codeOf(err error) string {
	var e *provider.Error
	if errors.As(err, &e) {
		return e.Code
	}
	if known, ok := errs.As(err); ok {
		return known.Code
	}
	return "failed"
}

// reading is one step under way.
type reading struct {
	u                     *Users
	workspace, connection int64
	mu                    sync.Mutex // of what follows
	account               Account
	renewed               bool
}

// ask makes one call and, once for all calls of a step, another with a new token when Zalo refuses the old one.
func (r *reading) ask(ctx context.Context, call func(a Account) error) error {
	r.mu.Lock()
	a := r.account
	r.mu.Unlock()
	err := call(a)
	if provider.ClassOf(err) != provider.Auth {
		return err
	}
	r.mu.Lock()
	if !r.renewed {
		r.renewed = true
		good, refreshErr := r.u.Refresh(ctx, r.workspace, r.connection, a.Token)
		if refreshErr != nil || !good {
			r.mu.Unlock()
			return err
		}
		next, openErr := r.u.Open(ctx, r.workspace, r.connection)
		if openErr != nil {
			r.mu.Unlock()
			return openErr
		}
		r.account = next
	}
	next := r.account
	r.mu.Unlock()
	if next.Token == a.Token {
		return err
	}
	return call(next)
}

// page reads one page of the list and the profiles of its people. Who is gone in between is left out.
func (r *reading) page(ctx context.Context, place int64) (out []zalo.User, listed, total int, err error) {
	var ids []string
	if err := r.ask(ctx, func(a Account) (err error) {
		ids, total, err = a.API.Users(ctx, a.Token, zalo.UserFilter{}, int(place), zalo.UsersPage)
		return err
	}); err != nil {
		return nil, 0, 0, fmt.Errorf("list users: %w", err)
	}
	users := make([]zalo.User, len(ids))
	failures := make([]error, len(ids))
	work, stop := context.WithCancel(ctx)
	defer stop()
	next := make(chan int)
	var group sync.WaitGroup
	for range min(readers, len(ids)) {
		group.Go(func() {
			for i := range next {
				failures[i] = r.ask(work, func(a Account) (err error) {
					users[i], err = a.API.User(work, a.Token, ids[i])
					return err
				})
				switch {
				case gone(failures[i]):
					failures[i], users[i].ID = nil, ""
				case failures[i] != nil:
					stop()
				default:
					users[i].ID = provider.Text(ids[i])
				}
			}
		})
	}
	for i := range ids {
		if work.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	group.Wait()
	for _, err := range failures {
		if err != nil && !errors.Is(err, context.Canceled) {
			return nil, 0, 0, fmt.Errorf("read a profile: %w", err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, 0, err
	}
	return slices.DeleteFunc(users, func(p zalo.User) bool { return p.ID == "" }), len(ids), total, nil
}

// gone reports whether Zalo knows the person no more.
func gone(err error) bool {
	var e *provider.Error
	return errors.As(err, &e) && e.Code == "-201"
}
