package zns

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/provider/zalo"
)

// Account is what Zalo told about an OA's right to send. Times are UTC, zero = never.
type Account struct {
	// QuotaDaily is the newest daily limit that an event told, QuotaBefore the one before it; -1 = no event came yet.
	QuotaDaily  int64     `json:"quota_daily"`
	QuotaBefore int64     `json:"quota_before"`
	QuotaAt     time.Time `json:"quota_at,omitzero"`
	// Kinds are the kinds of templates that the OA may send: TRANSACTION, CUSTOMER_CARE, PROMOTION, or older words. Empty = not told.
	Kinds   []string  `json:"kinds"`
	KindsAt time.Time `json:"kinds_at,omitzero"`
}

// Account reads what is known of an OA.
func (c *Catalogue) Account(ctx context.Context, workspace, connection int64) (Account, error) {
	a := Account{QuotaDaily: -1, QuotaBefore: -1, Kinds: []string{}}
	var kinds string
	var quotaAt, kindsAt int64
	err := c.DB.QueryRow(ctx, `SELECT quota_daily, quota_before, quota_at, tags, tags_at FROM zns_account WHERE workspace_id = $1 AND connection_id = $2`, workspace, connection).Scan(&a.QuotaDaily, &a.QuotaBefore, &quotaAt, &kinds, &kindsAt)
	if errors.Is(err, sql.ErrNoRows) {
		return a, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(kinds), &a.Kinds)
	}
	if err != nil {
		return a, fmt.Errorf("read OA: %w", err)
	}
	a.QuotaAt, a.KindsAt = clock.FromMillis(quotaAt), clock.FromMillis(kindsAt)
	return a, nil
}

// putKinds keeps the kinds that an OA may send.
func (c *Catalogue) putKinds(ctx context.Context, workspace, connection int64, kinds []string) error {
	out := make([]string, 0, len(kinds))
	for _, k := range kinds[:min(len(kinds), 20)] {
		out = append(out, cut(k))
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("encode kinds: %w", err)
	}
	if _, err := c.DB.Exec(ctx, `INSERT INTO zns_account (workspace_id, connection_id, tags, tags_at) VALUES ($1, $2, $3, $4)
 ON CONFLICT (workspace_id, connection_id) DO UPDATE SET tags = excluded.tags, tags_at = excluded.tags_at, tags_due = 0`, workspace, connection, string(raw), clock.Millis(c.Now())); err != nil {
		return fmt.Errorf("write kinds: %w", err)
	}
	return nil
}

// noteQuota takes a new daily limit over, unless a newer event was here before.
func noteQuota(ctx context.Context, tx *db.Tx, workspace, connection int64, e *zalo.Event) error {
	is, err := strconv.ParseInt(e.NewQuota, 10, 64)
	if err != nil || is < 0 {
		return nil // unreadable: the next question for the quota tells it
	}
	was, err := strconv.ParseInt(e.PrevQuota, 10, 64)
	if err != nil || was < 0 {
		was = -1
	}
	if _, err := tx.Exec(ctx, `INSERT INTO zns_account (workspace_id, connection_id, quota_daily, quota_before, quota_at) VALUES ($1, $2, $3, $4, $5)
 ON CONFLICT (workspace_id, connection_id) DO UPDATE SET quota_daily = excluded.quota_daily, quota_before = excluded.quota_before, quota_at = excluded.quota_at WHERE zns_account.quota_at < excluded.quota_at`,
		workspace, connection, is, was, e.Timestamp); err != nil {
		return fmt.Errorf("write quota: %w", err)
	}
	return nil
}

// noteKinds says that the kinds an OA may send have changed; the event does not say how, so they are read with the catalogue.
func noteKinds(ctx context.Context, tx *db.Tx, workspace, connection int64) error {
	if _, err := tx.Exec(ctx, `INSERT INTO zns_account (workspace_id, connection_id, tags_due) VALUES ($1, $2, 1) ON CONFLICT (workspace_id, connection_id) DO UPDATE SET tags_due = 1`, workspace, connection); err != nil {
		return fmt.Errorf("note kinds: %w", err)
	}
	return nil
}
