package message

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/provider"
)

// The rule for mails that come back for now, because the mailbox is full or the server away: the third within 30 days closes the address when the first is at least three days older, so that one
// bad weekend closes nobody's. A mail that was opened all the same counts as none. Mails that come back for what is in them, or for the name of the sender, close nobody's.
const (
	softMost   = 3
	softSpan   = 3 * 24 * time.Hour
	softWithin = 30 * 24 * time.Hour
)

// softBounced reports whether a mail that came back just now was one too many. The leg's own facts are stored already.
func (s *Service) softBounced(ctx context.Context, tx *db.Tx, l *Leg, class provider.Class) (bool, error) {
	if l.Channel != channel.Email || l.ContactID == 0 || class != provider.Temporary {
		return false, nil
	}
	rows, err := tx.Query(ctx, `SELECT bounced_at FROM leg WHERE workspace_id = $1 AND contact_id = $2 AND bounced_at IS NOT NULL AND bounced_at >= $3 AND channel = 'email' AND class_of = 'temporary' AND opened_at IS NULL AND clicked_at IS NULL ORDER BY bounced_at LIMIT 100`,
		l.WorkspaceID, l.ContactID, s.now()-softWithin.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("read bounces: %w", err)
	}
	var at []int64
	if err := eachRow(rows, func(r *sql.Rows) error {
		var t int64
		err := r.Scan(&t)
		at = append(at, t)
		return err
	}); err != nil {
		return false, fmt.Errorf("read bounces: %w", err)
	}
	return len(at) >= softMost && at[len(at)-1]-at[0] >= softSpan.Milliseconds(), nil
}
