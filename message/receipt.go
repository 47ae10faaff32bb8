package message

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/provider"
)

// States of a stored callback.
const (
	callbackStored  = 0
	callbackApplied = 1
	callbackParked  = 2
	callbackIgnored = 3
	callbackExpired = 4
)

const (
	receiptRows = 1000
	// parkedMost bounds what strangers, or a provider gone wild, can make us keep; parkedFor is how long an unmatched receipt is kept.
	parkedMost = 100_000
	parkedFor  = 72 * time.Hour
)

// receiptBatch is what one request brought.
type receiptBatch struct {
	workspace, connection int64
	provider              string
	receipts              []Receipt
	done                  chan error
}

// ErrBusy says that receipts come faster than they can be stored; the provider is to try again.
var ErrBusy = errors.New("receipts come faster than they can be stored")

// Receive stores receipts durably and applies those that can be matched; it returns once they are committed, so that only then the provider gets its 2xx. Requests that come
// together share one commit. Receipts of a workspace can only touch its own legs.
func (s *Service) Receive(ctx context.Context, workspace, connection int64, providerName string, receipts []Receipt) error {
	if len(receipts) == 0 {
		return nil
	}
	for i := range receipts {
		receipts[i].storable()
	}
	s.inboxOn.Do(func() { go s.runInbox() })
	b := &receiptBatch{workspace: workspace, connection: connection, provider: providerName, receipts: receipts, done: make(chan error, 1)}
	select {
	case s.inbox <- b:
	default:
		return ErrBusy
	}
	select {
	case err := <-b.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// storable takes out of a receipt's texts what PostgreSQL does not store: zero bytes and bytes that are no UTF-8. Who may write to an address without a signature must not make us answer 503.
func (r *Receipt) storable() {
	for _, t := range []*string{&r.Key, &r.ProviderID, &r.Code, &r.Detail, &r.Event, &r.Raw} {
		*t = storable(*t)
	}
}

func (s *Service) runInbox() {
	for first := range s.inbox {
		batch := []*receiptBatch{first}
		n := len(first.receipts)
		// No waiting for company: what came in while the last batch was committed is the next one.
	collect:
		for n < receiptRows {
			select {
			case b := <-s.inbox:
				batch = append(batch, b)
				n += len(b.receipts)
			default:
				break collect
			}
		}
		byWorkspace := map[int64][]*receiptBatch{}
		for _, b := range batch {
			byWorkspace[b.workspace] = append(byWorkspace[b.workspace], b)
		}
		for workspace, part := range byWorkspace {
			err := s.receive(context.Background(), workspace, part)
			if err != nil {
				s.Log.Error("store receipts", "error", err)
			}
			for _, b := range part {
				b.done <- err
			}
		}
	}
}

// inbound is a receipt on its way into the ledger.
type inbound struct {
	*Receipt
	connection int64
	provider   string
	leg        int64
	attempt    int
	state      int
}

func (s *Service) receive(ctx context.Context, workspace int64, batch []*receiptBatch) error {
	var res result
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		var in []inbound
		for _, b := range batch {
			for i := range b.receipts {
				in = append(in, inbound{Receipt: &b.receipts[i], connection: b.connection, provider: b.provider})
			}
		}
		chats, err := s.hear(ctx, tx, workspace, in)
		if err != nil {
			return err
		}
		if err := s.match(ctx, tx, workspace, in); err != nil {
			return err
		}
		if err := learn(ctx, tx, workspace, in); err != nil {
			return err
		}
		var events []event
		for i := range in {
			r := &in[i]
			if r.leg != 0 && !r.Ignore {
				events = append(events, event{leg: r.leg, kind: kindFact, fact: r.Fact, at: millis(r.At), reason: r.Code, class: r.Class, price: r.Price})
			}
		}
		if res, err = s.apply(ctx, tx, workspace, events); err != nil {
			return err
		}
		missing := map[int64]bool{}
		for _, id := range res.missing {
			missing[id] = true
		}
		if len(chats) > 0 {
			told, _, err := s.applyChats(ctx, tx, workspace, chats)
			if err != nil {
				return err
			}
			in = append(in, told...)
		}
		if err := s.suppressFor(ctx, tx, workspace, in, missing); err != nil {
			return err
		}
		if err := s.rate(ctx, tx, workspace, in, missing); err != nil {
			return err
		}
		return s.insertCallbacks(ctx, tx, workspace, in, missing)
	})
	if err == nil && len(res.fallback) > 0 {
		s.Wake()
	}
	return err
}

// match finds the leg of each receipt: by our key, which needs no look-up, else by the provider's id.
func (s *Service) match(ctx context.Context, tx *db.Tx, workspace int64, in []inbound) error {
	byID := map[string][]*inbound{}
	args := []any{workspace}
	for i := range in {
		r := &in[i]
		if r.Key != "" {
			if w, leg, attempt, ok := s.Keys.Parse(r.Key); ok && w == workspace {
				r.leg, r.attempt = leg, attempt
				continue
			}
		}
		if r.ProviderID != "" {
			if byID[r.ProviderID] == nil {
				args = append(args, r.ProviderID)
			}
			byID[r.ProviderID] = append(byID[r.ProviderID], r)
		}
	}
	if len(byID) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT provider_id, leg_id, no FROM attempt WHERE workspace_id = $1 AND provider_id IN (`+db.In(2, len(args)-1)+`)`, args...)
	if err != nil {
		return fmt.Errorf("match receipts: %w", err)
	}
	return eachRow(rows, func(row *sql.Rows) error {
		var pid string
		var leg int64
		var attempt int
		if err := row.Scan(&pid, &leg, &attempt); err != nil {
			return err
		}
		for _, r := range byID[pid] {
			r.leg, r.attempt = leg, attempt
		}
		return nil
	})
}

// closes says how much of a reason to close an address a receipt is; 0 = none. A soft bounce may be one too many.
func closes(r *Receipt) int {
	switch {
	case r.Fact == FactComplained:
		return 4
	case r.Fact == FactBounced && r.Class == provider.Recipient:
		return 3
	case r.Fact == FactUnsubscribed:
		return 2
	case r.Fact == FactBounced && r.Class == provider.Temporary:
		return 1
	}
	return 0
}

// suppressFor closes addresses whose owner complained or unsubscribed, or which do not exist.
func (s *Service) suppressFor(ctx context.Context, tx *db.Tx, workspace int64, in []inbound, missing map[int64]bool) error {
	if s.Suppress == nil {
		return nil
	}
	want := map[int64]*inbound{}
	for i := range in {
		r := &in[i]
		if r.leg == 0 || r.Ignore || missing[r.leg] {
			continue
		}
		if old := want[r.leg]; closes(r.Receipt) > 0 && (old == nil || closes(old.Receipt) < closes(r.Receipt)) {
			want[r.leg] = r
		}
	}
	if len(want) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(want))
	for id := range want {
		ids = append(ids, id)
	}
	legs, err := loadLegs(ctx, tx, workspace, ids)
	if err != nil {
		return err
	}
	var list []Suppression
	for _, id := range ids {
		l, r := legs[id], want[id]
		class := r.Class
		if r.Fact == FactBounced {
			soft, err := s.softBounced(ctx, tx, l, r.Class)
			if err != nil {
				return err
			}
			if soft {
				class = provider.Recipient
			}
		}
		if sup, ok := suppressions(l, r.Fact, class); ok {
			list = append(list, sup)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ContactID < list[j].ContactID })
	if err := s.ownAddresses(ctx, tx, workspace, legs, list); err != nil {
		return err
	}
	return s.Suppress(ctx, tx, workspace, list)
}

func (s *Service) insertCallbacks(ctx context.Context, tx *db.Tx, workspace int64, in []inbound, missing map[int64]bool) error {
	parked := -1
	for start := 0; start < len(in); start += block {
		part := in[start:min(start+block, len(in))]
		args := make([]any, 0, len(part)*13)
		for i := range part {
			r := &part[i]
			var leg, attempt, pid any
			fact := int64(r.Fact)
			switch {
			case r.leg != 0 && !missing[r.leg]:
				r.state, leg, attempt = callbackApplied, r.leg, int64(r.attempt)
				if r.Names && r.ProviderID != "" {
					pid = r.ProviderID
				}
				if r.Ignore {
					r.state = callbackIgnored
				}
			case r.ProviderID != "" && !r.Ignore && !r.Loose:
				if parked < 0 {
					if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM callback WHERE workspace_id = $1 AND state = 2 LIMIT 100001) AS q`, workspace).Scan(&parked); err != nil {
						return fmt.Errorf("count parked receipts: %w", err)
					}
				}
				if r.state = callbackParked; parked >= parkedMost {
					continue // counted by the caller's metrics; storage stays bounded
				}
				parked++
				pid = r.ProviderID
			default:
				r.state = callbackIgnored
			}
			if r.Ignore {
				fact = -1
			}
			raw := r.Raw
			if len(raw) > 8192 {
				raw = strings.ToValidUTF8(raw[:8192], "")
			}
			args = append(args, workspace, r.connection, r.provider, s.now(), int64(r.state), leg, attempt, pid, r.Event, fact, millis(r.At), r.Code, string(r.Class), raw)
		}
		if len(args) == 0 {
			continue
		}
		_, err := tx.Exec(ctx, `INSERT INTO callback (workspace_id, connection_id, provider, received_at, state, leg_id, attempt_no, provider_id, event, fact, at, code, class, raw) VALUES `+
			db.Values(1, len(args)/14, "bigint", "bigint", "text", "bigint", "smallint", "bigint", "smallint", "text", "text", "smallint", "bigint", "text", "text", "text"), args...)
		if err != nil {
			return fmt.Errorf("store receipts: %w", err)
		}
	}
	return nil
}

// matchParked looks again at parked receipts: their leg's answer may have been stored at the same moment on another node. Old ones expire.
func (s *Service) matchParked(ctx context.Context, workspace int64) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT b.id, a.leg_id, b.fact, b.at, b.code, b.class FROM callback b JOIN attempt a ON a.workspace_id = $1 AND a.provider_id = b.provider_id WHERE b.workspace_id = $1 AND b.state = 2 LIMIT 1000`, workspace)
		if err != nil {
			return fmt.Errorf("match parked receipts: %w", err)
		}
		var events []event
		var ids []int64
		if err := eachRow(rows, func(r *sql.Rows) error {
			var id int64
			e := event{kind: kindFact}
			if err := r.Scan(&id, &e.leg, &e.fact, &e.at, &e.reason, &e.class); err != nil {
				return err
			}
			events, ids = append(events, e), append(ids, id)
			return nil
		}); err != nil {
			return fmt.Errorf("match parked receipts: %w", err)
		}
		for i, id := range ids {
			if _, err := tx.Exec(ctx, `UPDATE callback SET state = 1, leg_id = $3 WHERE workspace_id = $1 AND id = $2`, workspace, id, events[i].leg); err != nil {
				return fmt.Errorf("match parked receipt: %w", err)
			}
		}
		if len(events) > 0 {
			if _, err := s.apply(ctx, tx, workspace, events); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `UPDATE callback SET state = 4 WHERE workspace_id = $1 AND state = 2 AND received_at < $2`, workspace, s.now()-parkedFor.Milliseconds())
		return err
	})
}
