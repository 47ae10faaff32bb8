package message

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/db"
)

// Verdicts over a hit.
const (
	verdictHuman   = "human"
	verdictMachine = "machine"
	verdictHeld    = "held"
)

const (
	hitsMost = 200 // of one message that are kept
	// clickHold is how long a click waits for others that show it to be a program's.
	clickHold = 30 * time.Second
	// burst is the time in which nobody follows several links of a mail.
	burst = 2 * time.Second
	// afterHead is how long after a HEAD request the same program is expected to come again with GET.
	afterHead = 10 * time.Second
	// heldRows is how many messages are settled in one go.
	heldRows = 500
)

// click is one hit on a link.
type click struct {
	id      int64
	slot    int
	at      int64 // Unix ms
	verdict string
	reasons string
	agent   string
}

// settle judges the clicks of one message that are held: links is how many different ones it has. It returns the reason why a click is a machine's, "" for a person's, by the click's place.
func settle(clicks []click, links int) map[int]string {
	out := map[int]string{}
	for i, c := range clicks {
		if c.verdict != verdictHeld {
			continue
		}
		slots, probed := map[int]bool{}, false
		for _, o := range clicks {
			away := time.Duration(max(o.at-c.at, c.at-o.at)) * time.Millisecond
			if away <= burst {
				slots[o.slot] = true
			}
			probed = probed || o.verdict == verdictMachine && o.agent == c.agent && o.at <= c.at && away <= afterHead
		}
		switch {
		case len(slots) >= 3:
			out[i] = "burst"
		case links > 1 && len(slots) >= links:
			out[i] = "all_links"
		case probed:
			out[i] = "after_probe"
		default:
			out[i] = ""
		}
	}
	return out
}

// settleClicks decides about clicks that have waited long enough. It may run twice or on two nodes.
func (s *Service) settleClicks(ctx context.Context) error {
	rows, err := s.DB.Query(ctx, `SELECT workspace_id, leg_id FROM hit WHERE verdict = 'held' AND at <= $1 GROUP BY workspace_id, leg_id LIMIT 500`, s.now()-clickHold.Milliseconds())
	if err != nil {
		return fmt.Errorf("list held clicks: %w", err)
	}
	type ref struct{ workspace, leg int64 }
	refs := make([]ref, 0, heldRows)
	if err := eachRow(rows, func(r *sql.Rows) error {
		var x ref
		err := r.Scan(&x.workspace, &x.leg)
		refs = append(refs, x)
		return err
	}); err != nil {
		return fmt.Errorf("list held clicks: %w", err)
	}
	for _, x := range refs {
		links := 2
		c, err := s.recipient(ctx, x.workspace, x.leg)
		if err == nil {
			links = len(c.plan.compiled[c.leg.Rank].Links)
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := s.settleLeg(ctx, x.workspace, x.leg, links); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) settleLeg(ctx context.Context, workspace, leg int64, links int) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, slot, at, verdict, reasons, agent FROM hit WHERE workspace_id = $1 AND leg_id = $2 AND kind = 'click' ORDER BY id LIMIT 200`, workspace, leg)
		if err != nil {
			return fmt.Errorf("read clicks: %w", err)
		}
		var clicks []click
		if err := eachRow(rows, func(r *sql.Rows) error {
			var c click
			err := r.Scan(&c.id, &c.slot, &c.at, &c.verdict, &c.reasons, &c.agent)
			clicks = append(clicks, c)
			return err
		}); err != nil {
			return fmt.Errorf("read clicks: %w", err)
		}
		var events []event
		for i, reason := range settle(clicks, links) {
			c, verdict := clicks[i], verdictHuman
			if reason != "" {
				verdict = verdictMachine
			} else {
				events = append(events, event{leg: leg, kind: kindFact, fact: FactClicked, at: c.at})
			}
			if _, err := tx.Exec(ctx, `UPDATE hit SET verdict = $3, reasons = $4 WHERE workspace_id = $1 AND id = $2`, workspace, c.id, verdict, reason); err != nil {
				return fmt.Errorf("settle click: %w", err)
			}
		}
		if len(events) == 0 {
			return nil
		}
		_, err = s.apply(ctx, tx, workspace, events)
		return err
	})
}
