package message

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/policy"
	"github.com/loa-project/loa/template"
)

// candidate is a due leg with what the gate and the template need of its contact, read in the claim's transaction.
type candidate struct {
	leg                           Leg
	externalID, name              string
	phone, email, birthday        string
	zone, attrs, gender           string
	reach, consent, block, shared channel.Set
	tags                          []string
	vouchers                      map[string]any
	like                          int64          // the contact whose data fills the template, 0 = the leg's own
	to                            string         // the address of a message that brings its own, instead of the contact's
	barred                        bool           // to is on the suppression list
	sample                        bool           // filled in with made-up data
	data                          map[string]any // values that the message brings itself
	chat, scope                   string         // on channels of a Page or OA: the address there, and which Page or OA
	lastIn                        int64          // when the person last spoke there, Unix ms, 0 = never
}

// claimed is a leg that this node may and must call now.
type claimed struct {
	candidate
	plan    *plan
	claimID int64
	left    *claimLeft
}

// verdict of the gate: send, skip for a reason, or wait until a time.
type verdict struct {
	skip  string
	until int64
}

// claim takes up to n due legs of a run on a connection. One transaction re-reads the run's state, consent, suppression, address and window, writes what is refused or must wait,
// and commits the attempts of the rest before any byte leaves. An empty answer with more == false means that nothing is due.
func (s *Service) claim(ctx context.Context, run *plan, connection int64, n int, lease time.Duration) (out []claimed, more bool, err error) {
	workspace := run.run.WorkspaceID
	scope, err := s.scope(ctx, run, connection)
	if err != nil {
		return nil, false, fmt.Errorf("claim: %w", err)
	}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		out, more = nil, false
		now := s.now()
		if err := tx.PreferIndexes(ctx); err != nil {
			return err
		}
		state, stop, err := s.mayRun(ctx, tx, workspace, run.run.ID)
		if err != nil || state != RunRunning || stop {
			return err
		}
		found, err := s.due(ctx, tx, workspace, run.run.ID, connection, n, now)
		if err != nil || len(found) == 0 {
			return err
		}
		more = true
		var events []event
		var same, fresh []*candidate
		var dup map[int64]bool
		if run.run.Kind == KindCampaign {
			if dup, err = s.duplicates(ctx, tx, found); err != nil {
				return err
			}
		} else if err := s.loadParticulars(ctx, tx, run, found); err != nil {
			return err
		}
		if err := tagsOf(ctx, tx, run, found); err != nil {
			return err
		}
		if scope != "" {
			if err := chatsOf(ctx, tx, workspace, scope, found); err != nil {
				return err
			}
		}
		own, err := s.ownRules(ctx, tx, workspace)
		if err != nil {
			return err
		}
		over, err := s.overCap(ctx, tx, run, own.Caps, found, now)
		if err != nil {
			return err
		}
		for i := range found {
			c := &found[i]
			v := s.gate(run, c, own.Hours, now)
			if v.skip == "" && over[c.leg.ID] {
				v.skip = ReasonCap
			}
			if v.skip == "" && v.until == 0 && dup[c.leg.ID] {
				v.skip = ReasonDuplicate
			}
			switch {
			case v.skip != "":
				events = append(events, event{leg: c.leg.ID, kind: kindSkip, reason: v.skip})
			case v.until != 0:
				events = append(events, event{leg: c.leg.ID, kind: kindPostpone, reason: ReasonWindow, due: v.until})
			case c.leg.Reason == reasonSameKey:
				same = append(same, c)
			default:
				fresh = append(fresh, c)
			}
		}
		if len(events) > 0 {
			if _, err := s.apply(ctx, tx, workspace, events); err != nil {
				return err
			}
		}
		go1, err := s.take(ctx, tx, run, connection, fresh, 1, now, lease)
		if err != nil {
			return err
		}
		go2, err := s.take(ctx, tx, run, connection, same, 0, now, lease)
		if err != nil {
			return err
		}
		out = append(go1, go2...)
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("claim: %w", err)
	}
	return out, more, nil
}

// mayRun re-reads the run inside the transaction. stop is true when its spending cap is reached; the run is then paused for a person.
func (s *Service) mayRun(ctx context.Context, tx *db.Tx, workspace, run int64) (RunState, bool, error) {
	var state RunState
	var limit, spent int64
	err := tx.QueryRow(ctx, `SELECT state, spend_cap, spent FROM run WHERE workspace_id = $1 AND id = $2`, workspace, run).Scan(&state, &limit, &spent)
	if err != nil {
		return "", false, fmt.Errorf("read run: %w", err)
	}
	if state == RunRunning && limit > 0 && spent >= limit {
		_, err := tx.Exec(ctx, `UPDATE run SET state = 'paused', state_reason = 'spend_cap' WHERE workspace_id = $1 AND id = $2 AND state = 'running'`, workspace, run)
		return state, true, err
	}
	return state, false, nil
}

const candidateColumns = `l.id, l.contact_id, l.seq, l.rank, l.channel, l.attempt, COALESCE(l.reason, ''), COALESCE(c.external_id, ''), COALESCE(c.name, ''), COALESCE(c.phone, ''), COALESCE(c.email, ''), COALESCE(c.birthday, ''), COALESCE(c.timezone, ''), COALESCE(c.attrs, '{}'), COALESCE(c.gender, ''), COALESCE(c.reach, 0), COALESCE(c.consent, 0), COALESCE(c.blocked, 0), COALESCE(c.shared, 0)`

func (s *Service) due(ctx context.Context, tx *db.Tx, workspace, run, connection int64, n int, now int64) ([]candidate, error) {
	lock := ""
	if tx.Dialect == db.Postgres {
		lock = " FOR UPDATE OF l SKIP LOCKED"
	}
	rows, err := tx.Query(ctx, `SELECT `+candidateColumns+` FROM leg l LEFT JOIN contact c ON c.workspace_id = $1 AND c.id = l.contact_id
 WHERE l.workspace_id = $1 AND l.run_id = $2 AND l.connection_id = $3 AND l.due_at <= $4 AND l.state = 1 ORDER BY l.due_at, l.id LIMIT $5`+lock, workspace, run, connection, now, n)
	if err != nil {
		return nil, fmt.Errorf("read due legs: %w", err)
	}
	out := make([]candidate, 0, n)
	err = eachRow(rows, func(r *sql.Rows) error {
		out = append(out, candidate{})
		c := &out[len(out)-1]
		c.leg.WorkspaceID, c.leg.RunID, c.leg.ConnectionID, c.leg.State = workspace, run, connection, Queued
		return scanCandidate(r, c)
	})
	if err != nil {
		return nil, fmt.Errorf("read due legs: %w", err)
	}
	return out, nil
}

// scanCandidate reads candidateColumns, after whatever columns come before them.
func scanCandidate(row scanner, c *candidate, before ...any) error {
	return row.Scan(append(before, &c.leg.ID, &c.leg.ContactID, &c.leg.Seq, &c.leg.Rank, &c.leg.Channel, &c.leg.Attempt, &c.leg.Reason, &c.externalID, &c.name, &c.phone, &c.email, &c.birthday, &c.zone, &c.attrs, &c.gender, &c.reach, &c.consent, &c.block, &c.shared)...)
}

// gate is every rule between a due leg and its call. A check that cannot be made means "do not send".
func (s *Service) gate(p *plan, c *candidate, hours policy.Hours, now int64) verdict {
	ch := c.leg.Channel
	if ch == channel.Wait { // tells nobody anything, so it begins at any hour
		return verdict{}
	}
	reach, block := c.reach, c.block
	if c.to != "" { // what holds for the contact's own address says nothing about this one
		reach, block = channel.Every, 0
		if c.barred {
			block = channel.Every
		}
	}
	if r := refusal(p.run.Purpose, ch, reach, c.consent, block); r != "" {
		return verdict{skip: r}
	}
	if c.address() == "" {
		return verdict{skip: ReasonNoAddress}
	}
	zone := c.zone
	if zone == "" {
		zone = p.run.Definition.Zone
	}
	own := hours.For(ch, string(p.run.Purpose))
	purpose := string(p.run.Purpose)
	if p.run.Kind == KindTest {
		purpose = "" // what an author sends to see it is no advert, whatever it will be for; what the platform itself counts, its kinds and windows, holds
	}
	if policy.Windowed(ch) {
		if rule := (policy.Reply{Channel: ch, Kind: p.compiled[c.leg.Rank].Kind, Purpose: purpose, Hand: p.run.Definition.ByHand, LastIn: c.lastIn, Now: now}).Refusal(); rule != "" {
			return verdict{skip: rule}
		}
	}
	rule, kind := p.forbidden(c.leg.Rank, purpose, now)
	if purpose != "" && rule != "" { // a new rule holds for what was activated before it, and for single messages as for campaigns
		return verdict{skip: rule}
	}
	open := policy.NextOpen(policy.Question{Channel: ch, Purpose: purpose, Kind: kind, Zone: zone, Window: p.run.Definition.Window, Hours: own, Now: now})
	if open > now {
		return verdict{until: open}
	}
	return verdict{}
}

// refusal names the rule that forbids the channel for a person, "" when none does.
func refusal(purpose Purpose, ch channel.Channel, reach, consent, blocked channel.Set) string {
	switch {
	case ch.Act():
		return ""
	case !reach.Has(ch):
		return ReasonNoAddress
	case blocked.Has(ch):
		return ReasonSuppressed
	case purpose == Marketing && !consent.Has(ch):
		return ReasonNoConsent
	}
	return ""
}

func (c *candidate) address() string {
	if c.to != "" {
		return c.to
	}
	switch {
	case channel.ByPhone.Has(c.leg.Channel):
		return c.phone
	case byChat(c.leg.Channel):
		return c.chat
	case c.leg.Channel.Act():
		return strconv.FormatInt(c.leg.ContactID, 10)
	}
	return c.email
}

// scope is the Page or OA of a connection; "" when the run sends nothing over it that needs one.
func (s *Service) scope(ctx context.Context, p *plan, connection int64) (string, error) {
	for _, l := range p.run.Definition.Legs {
		if l.ConnectionID == connection && byChat(l.Channel) && s.Scope != nil {
			return s.Scope(ctx, p.run.WorkspaceID, connection)
		}
	}
	return "", nil
}

// duplicates finds the legs whose address another contact of the same run already got, or gets first, on the same channel. Only contacts that are marked as sharing are looked at.
func (s *Service) duplicates(ctx context.Context, tx *db.Tx, found []candidate) (map[int64]bool, error) {
	out := map[int64]bool{}
	for i := range found {
		c := &found[i]
		if !c.shared.Has(c.leg.Channel) || c.address() == "" {
			continue
		}
		column := "phone"
		if channel.ByEmail.Has(c.leg.Channel) {
			column = "email"
		}
		var other int64
		err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM contact c JOIN leg l ON l.workspace_id = $1 AND l.run_id = $2 AND l.contact_id = c.id AND l.channel = $3 AND l.state <> 7 AND (l.state <> 1 OR l.contact_id < $4)
 WHERE c.workspace_id = $1 AND c.`+column+` = $5 AND c.id <> $4`, c.leg.WorkspaceID, c.leg.RunID, string(c.leg.Channel), c.leg.ContactID, c.address()).Scan(&other)
		if err != nil {
			return nil, fmt.Errorf("look for shared addresses: %w", err)
		}
		if other > 0 {
			out[c.leg.ID] = true
		}
	}
	return out, nil
}

// take commits the intent: the attempt number (raised by step) and the claim row with its lease.
func (s *Service) take(ctx context.Context, tx *db.Tx, p *plan, connection int64, cs []*candidate, step int, now int64, lease time.Duration) ([]claimed, error) {
	if len(cs) == 0 {
		return nil, nil
	}
	workspace := p.run.WorkspaceID
	calls := make([]flight, len(cs))
	args := []any{workspace, int64(step)}
	count := counters{}
	for i, c := range cs {
		calls[i] = flight{c.leg.ID, c.leg.Attempt + step}
		args = append(args, c.leg.ID)
		count.add(p.run.ID, c.leg.Rank, string(StatusQueued), -1)
		count.add(p.run.ID, c.leg.Rank, string(StatusSending), 1)
	}
	n, err := tx.Exec(ctx, `UPDATE leg SET state = 2, attempt = attempt + CAST($2 AS smallint), due_at = NULL, reason = NULL WHERE workspace_id = $1 AND id IN (`+db.In(3, len(cs))+`) AND state = 1`, args...)
	if err != nil {
		return nil, fmt.Errorf("take legs: %w", err)
	}
	if int(n) != len(cs) {
		return nil, fmt.Errorf("take legs: %d of %d were still free", n, len(cs))
	}
	if err := count.write(ctx, tx, workspace); err != nil {
		return nil, err
	}
	var claimID int64
	err = tx.QueryRow(ctx, `INSERT INTO claim (workspace_id, connection_id, node, claimed_at, lease_until, legs) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		workspace, connection, s.Node, now, now+lease.Milliseconds(), flights(calls)).Scan(&claimID)
	if err != nil {
		return nil, fmt.Errorf("write claim: %w", err)
	}
	out := make([]claimed, len(cs))
	for i, c := range cs {
		c.leg.State, c.leg.Attempt = Sending, c.leg.Attempt+step
		out[i] = claimed{candidate: *c, plan: p, claimID: claimID}
	}
	return out, nil
}

// render fills the template for one person; an Outcome other than nil says why it must not be sent.
func (s *Service) render(c *claimed, data *template.Data) (template.Rendered, *Outcome) {
	refuse := func(reason, detail string) *Outcome {
		now := s.now()
		return &Outcome{Class: OutcomeRefused, Code: reason, Detail: detail, Started: now, Ended: now}
	}
	r, err := c.plan.compiled[c.leg.Rank].Render(*data)
	if err != nil {
		return r, refuse(ReasonRender, err.Error())
	}
	if len(r.Problems) > 0 {
		p := r.Problems[0]
		reason := ReasonBadValue
		if p.Code == template.ZNSMissing || p.Code == template.MessengerMissing {
			reason = ReasonMissingValue
		}
		return r, refuse(reason, p.Param)
	}
	return r, nil
}
