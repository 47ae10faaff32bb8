package voucher

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
)

// Place is what became of one person on a voucher's list.
type Place struct {
	ContactID int64  `json:"contact_id"`
	State     string `json:"state" enum:"waiting,given,failed"`
	Code      string `json:"code,omitempty"`
	Reason    string `json:"reason,omitempty" doc:"Code of the reason of a failure"`
}

// Ask names somebody who is to get a code, and the leg that asks, 0 = none.
type Ask struct{ ContactID, LegID int64 }

// Asking asks for codes for at most 1,000 people.
type Asking struct {
	Source     string // who asked: user:1, key:2, campaign:3
	CampaignID int64  // of the legs
	People     []Ask
	// Wait keeps those on the list who find no free code, or come before the time; else they fail.
	Wait bool
}

// Give hands codes of a voucher to people in the caller's transaction, at most 1,000 at a time, and tells of each what became of it. Who has a code gets the same one again. Errors are of the
// store; an empty or closed voucher is an outcome, not an error. voucher.not_found when there is none.
func (s *Service) Give(ctx context.Context, tx *db.Tx, workspace, id int64, source string, contacts []int64) ([]Place, error) {
	a := Asking{Source: source}
	for _, c := range contacts {
		a.People = append(a.People, Ask{ContactID: c})
	}
	return s.Ask(ctx, tx, workspace, id, a)
}

// Ask is Give for steps of campaigns. Those who wait already come first. The legs of the asking are answered by the answer; what becomes of those who wait, and of other legs that asked for
// the same people before, goes to Deps.Tell.
func (s *Service) Ask(ctx context.Context, tx *db.Tx, workspace, id int64, a Asking) ([]Place, error) {
	// The row lock makes givers of one programme queue, so that nobody is told "empty" because of a code that another giver then puts back.
	v, err := get(ctx, tx, workspace, id, tx.Dialect.ForUpdate())
	if err != nil || len(a.People) == 0 {
		return nil, err
	}
	reason := v.closedFor(s.Now())
	if reason == "" {
		if _, err := s.serve(ctx, tx, workspace, id); err != nil {
			return nil, err
		}
	}
	contacts := a.contacts()
	patient, err := s.patient(ctx, tx, workspace, id, contacts)
	if err != nil {
		return nil, err
	}
	places, err := s.enlist(ctx, tx, workspace, id, a.Source, contacts)
	if err != nil {
		return nil, err
	}
	if err := s.noteLegs(ctx, tx, workspace, id, a); err != nil {
		return nil, err
	}
	var waiting []*Place
	for i := range places {
		if places[i].State == Waiting {
			waiting = append(waiting, &places[i])
		}
	}
	if len(waiting) == 0 {
		return places, nil
	}
	if reason == "" {
		asked := waiting
		if waiting, err = s.take(ctx, tx, workspace, id, waiting); err != nil {
			return nil, err
		}
		given := asked[:len(asked)-len(waiting)]
		if err := s.tell(ctx, tx, workspace, id, given, a.legs(), ""); err != nil {
			return nil, err
		}
		reason = Empty
	}
	if a.Wait && (reason == Empty || reason == NotYet) {
		return places, nil
	}
	return places, s.refuse(ctx, tx, workspace, id, reason, waiting, patient)
}

// refuse fails those who got nothing, for those who ask now. Who waits because somebody else asked so goes on waiting; attend ends that, too, and tells the others.
func (s *Service) refuse(ctx context.Context, tx *db.Tx, workspace, id int64, reason string, waiting []*Place, patient map[int64]bool) error {
	var failed []*Place
	for _, p := range waiting {
		if !patient[p.ContactID] {
			failed = append(failed, p)
		} else {
			p.State, p.Reason = Failed, reason
		}
	}
	return s.fail(ctx, tx, workspace, id, reason, failed)
}

// enlist puts people on the list who are not there and reads where each stands. Those who failed before wait again.
func (s *Service) enlist(ctx context.Context, tx *db.Tx, workspace, id int64, source string, contacts []int64) ([]Place, error) {
	now := clock.Millis(s.Now())
	values := make([]any, 0, 6*len(contacts))
	in := []any{workspace, id}
	for _, c := range contacts {
		values = append(values, workspace, id, c, Waiting, now, source)
		in = append(in, c)
	}
	if len(contacts) == 0 {
		return nil, nil
	}
	if _, err := tx.Exec(ctx, `INSERT INTO voucher_claim (workspace_id, voucher_id, contact_id, state, asked_at, source) VALUES `+db.Values(1, len(contacts), "bigint", "bigint", "bigint", "text", "bigint", "text")+
		` ON CONFLICT (workspace_id, voucher_id, contact_id) DO UPDATE SET state = '`+Waiting+`', reason = '', asked_at = excluded.asked_at, source = excluded.source WHERE voucher_claim.state = '`+Failed+`'`, values...); err != nil {
		return nil, fmt.Errorf("enlist people: %w", err)
	}
	places := make([]Place, 0, len(contacts))
	err := each(ctx, tx, `SELECT p.contact_id, p.state, COALESCE(c.code, '') FROM voucher_claim p LEFT JOIN voucher_code c ON c.workspace_id = $1 AND c.voucher_id = $2 AND c.contact_id = p.contact_id
 WHERE p.workspace_id = $1 AND p.voucher_id = $2 AND p.contact_id IN (`+db.In(3, len(contacts))+`) ORDER BY p.contact_id`, in, func(rows *sql.Rows) error {
		var p Place
		err := rows.Scan(&p.ContactID, &p.State, &p.Code)
		places = append(places, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	return places, nil
}

// take gives free codes to those who wait, oldest code first, and returns those for whom there was none.
func (s *Service) take(ctx context.Context, tx *db.Tx, workspace, id int64, waiting []*Place) ([]*Place, error) {
	type free struct {
		id   int64
		code string
	}
	var codes []free
	err := each(ctx, tx, `SELECT id, code FROM voucher_code WHERE workspace_id = $1 AND voucher_id = $2 AND contact_id = 0 ORDER BY id LIMIT $3`, []any{workspace, id, len(waiting)}, func(rows *sql.Rows) error {
		var f free
		err := rows.Scan(&f.id, &f.code)
		codes = append(codes, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find free codes: %w", err)
	}
	if len(codes) == 0 {
		return waiting, nil
	}
	now := clock.Millis(s.Now())
	args := []any{workspace, id, now}
	for i, f := range codes {
		args = append(args, f.id, waiting[i].ContactID)
		waiting[i].State, waiting[i].Code = Given, f.code
	}
	n, err := tx.Exec(ctx, `WITH v (id, contact_id) AS (VALUES `+db.Values(4, len(codes), "bigint", "bigint")+`) UPDATE voucher_code SET contact_id = v.contact_id, given_at = $3 FROM v
 WHERE voucher_code.workspace_id = $1 AND voucher_code.voucher_id = $2 AND voucher_code.id = v.id AND voucher_code.contact_id = 0`, args...)
	if err != nil {
		return nil, fmt.Errorf("give codes: %w", err)
	}
	if n != int64(len(codes)) {
		return nil, fmt.Errorf("give codes: %d of %d were free", n, len(codes))
	}
	return waiting[len(codes):], s.settle(ctx, tx, workspace, id, Given, "", waiting[:len(codes)])
}

func (s *Service) fail(ctx context.Context, tx *db.Tx, workspace, id int64, reason string, places []*Place) error {
	for _, p := range places {
		p.State, p.Reason = Failed, reason
	}
	return s.settle(ctx, tx, workspace, id, Failed, reason, places)
}

func (s *Service) settle(ctx context.Context, tx *db.Tx, workspace, id int64, state, reason string, places []*Place) error {
	if len(places) == 0 {
		return nil
	}
	args := []any{workspace, id, state, reason, clock.Millis(s.Now())}
	for _, p := range places {
		args = append(args, p.ContactID)
	}
	if _, err := tx.Exec(ctx, `UPDATE voucher_claim SET state = $3, reason = $4, settled_at = $5 WHERE workspace_id = $1 AND voucher_id = $2 AND contact_id IN (`+db.In(6, len(places))+`)`, args...); err != nil {
		return fmt.Errorf("settle list: %w", err)
	}
	return nil
}

// GiveNow is Give in a transaction of its own.
func (s *Service) GiveNow(ctx context.Context, workspace, id int64, source string, contacts []int64) ([]Place, error) {
	var out []Place
	err := s.DB.WithTx(ctx, func(tx *db.Tx) (err error) {
		out, err = s.Give(ctx, tx, workspace, id, source, contacts)
		return err
	})
	return out, err
}

// Retry gives codes to those who went empty-handed, now that there may be some, and says how many got one. It goes through the list once, 1,000 people a transaction, by contact; voucher.not_found when there is none.
func (s *Service) Retry(ctx context.Context, workspace, id int64) (int64, error) {
	var given int64
	if _, err := get(ctx, s.DB, workspace, id, ""); err != nil {
		return 0, err
	}
	for after := int64(0); ; {
		var people []int64
		err := each(ctx, s.DB, `SELECT contact_id FROM voucher_claim WHERE workspace_id = $1 AND voucher_id = $2 AND state = '`+Failed+`' AND contact_id > $3 ORDER BY contact_id LIMIT $4`,
			[]any{workspace, id, after, batch}, func(rows *sql.Rows) error {
				err := rows.Scan(&after)
				people = append(people, after)
				return err
			})
		if err != nil {
			return given, fmt.Errorf("list failures: %w", err)
		}
		if len(people) == 0 {
			return given, nil
		}
		places, err := s.GiveNow(ctx, workspace, id, "retry", people)
		if err != nil {
			return given, err
		}
		before := given
		for _, p := range places {
			if p.State == Given {
				given++
			}
		}
		if given == before {
			return given, nil // nothing is left
		}
	}
}
