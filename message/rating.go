package message

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
)

// Rating is what a person answered to a message that asked for stars. It is a fact of its own: it changes no state, beside that who answers has received the message.
type Rating struct {
	Stars   int       `json:"stars"`   // 1 to 5
	Note    string    `json:"note"`    // the person's own words; hostile text
	Choices []string  `json:"choices"` // the ready answers that were ticked
	At      time.Time `json:"at"`
}

// The longest note and the most choices that are kept: a provider gone wild must not fill the store.
const (
	maxNote    = 2000 // characters
	maxChoices = 20
)

// storable bounds a rating and makes it storable; ok is false when it says nothing.
func (r *Rating) storable() (ok bool) {
	r.Note = storableText(r.Note, maxNote)
	choices := make([]string, 0, min(len(r.Choices), maxChoices))
	for _, c := range r.Choices[:min(len(r.Choices), maxChoices)] {
		choices = append(choices, storableText(c, maxNote))
	}
	r.Choices = choices
	return r.Stars >= 1 && r.Stars <= 5
}

// rate keeps the ratings among receipts. The first one of a message counts; a repeated or later one changes nothing.
func (s *Service) rate(ctx context.Context, tx *db.Tx, workspace int64, in []inbound, missing map[int64]bool) error {
	given := map[int64]*Rating{}
	var ids []int64
	for i := range in {
		r := &in[i]
		if r.Rating == nil || r.leg == 0 || r.Ignore || missing[r.leg] || given[r.leg] != nil || !r.Rating.storable() {
			continue
		}
		given[r.leg] = r.Rating
		ids = append(ids, r.leg)
	}
	if len(ids) == 0 {
		return nil
	}
	legs, err := loadLegs(ctx, tx, workspace, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		l, r := legs[id], given[id]
		if l == nil {
			continue
		}
		choices, err := json.Marshal(r.Choices)
		if err != nil {
			return fmt.Errorf("encode rating: %w", err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO rating (workspace_id, leg_id, run_id, rank, contact_id, stars, note, choices, at, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
 ON CONFLICT (workspace_id, leg_id) DO NOTHING`, workspace, id, l.RunID, l.Rank, l.ContactID, r.Stars, r.Note, string(choices), millis(r.At), s.now()); err != nil {
			return fmt.Errorf("store rating: %w", err)
		}
	}
	return nil
}

// ratingOf reads the rating of a message; nil when there is none.
func (s *Service) ratingOf(ctx context.Context, workspace, leg int64) (*Rating, error) {
	var r Rating
	var choices string
	var at int64
	err := s.DB.QueryRow(ctx, `SELECT stars, note, choices, at FROM rating WHERE workspace_id = $1 AND leg_id = $2`, workspace, leg).Scan(&r.Stars, &r.Note, &choices, &at)
	if err == sql.ErrNoRows {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read rating: %w", err)
	}
	if err := json.Unmarshal([]byte(choices), &r.Choices); err != nil {
		return nil, fmt.Errorf("read rating of leg %d: %w", leg, err)
	}
	r.At = clock.FromMillis(at)
	return &r, nil
}

// Ratings sums the ratings of messages. The zero value is none.
type Ratings struct {
	Count   int64    `json:"count"`
	Average float64  `json:"average"` // 0 while there is none
	Stars   [5]int64 `json:"stars"`   // how many gave one star, two, and so on
}

// Add takes n ratings of so many stars in.
func (r *Ratings) Add(stars int, n int64) {
	if stars < 1 || stars > 5 {
		return
	}
	r.Stars[stars-1] += n
	r.Count, r.Average = 0, 0
	sum := int64(0)
	for i, n := range r.Stars {
		r.Count += n
		sum += int64(i+1) * n
	}
	if r.Count > 0 {
		r.Average = float64(sum) / float64(r.Count)
	}
}

// RunRatings sums the ratings of a run by rank; ranks without any are left out.
func (s *Service) RunRatings(ctx context.Context, workspace, run int64) (map[int]Ratings, error) {
	rows, err := s.DB.Query(ctx, `SELECT rank, stars, COUNT(*) FROM rating WHERE workspace_id = $1 AND run_id = $2 GROUP BY rank, stars`, workspace, run)
	if err != nil {
		return nil, fmt.Errorf("sum ratings: %w", err)
	}
	out := map[int]Ratings{}
	err = eachRow(rows, func(r *sql.Rows) error {
		var rank, stars int
		var n int64
		if err := r.Scan(&rank, &stars, &n); err != nil {
			return err
		}
		sum := out[rank]
		sum.Add(stars, n)
		out[rank] = sum
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sum ratings: %w", err)
	}
	return out, nil
}

// ForgetRatings takes away the words that an erased person wrote, also from the reports that brought them; the stars stay in the sums.
func (s *Service) ForgetRatings(ctx context.Context, tx *db.Tx, workspace, contact int64) error {
	if _, err := tx.Exec(ctx, `UPDATE callback SET raw = '' WHERE workspace_id = $1 AND leg_id IN (SELECT r.leg_id FROM rating r WHERE r.workspace_id = $1 AND r.contact_id = $2)`, workspace, contact); err != nil {
		return fmt.Errorf("forget ratings: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE rating SET note = '', choices = '[]' WHERE workspace_id = $1 AND contact_id = $2`, workspace, contact); err != nil {
		return fmt.Errorf("forget ratings: %w", err)
	}
	return nil
}
