package message

import (
	"context"
	"fmt"
	"time"

	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/template"
)

// Batcher is a Sender whose calls carry one text to many people, as adverts by SMS do.
type Batcher interface {
	Sender
	// Batch is how few and how many different addresses a call may have.
	Batch() (least, most int)
	// SendBatch makes one call for messages of equal content to different addresses, and tells the outcome of each in their order. It must never send twice.
	SendBatch(ctx context.Context, ms []*Outgoing) []Outcome
}

const (
	// ReasonTooFew says that not enough people get the same text for a call of many.
	ReasonTooFew = "batch_too_few"
	// codeCompany marks messages that wait for others of the same text.
	codeCompany = "batch_waits"
	// companyTries is how often a message waits, companyWait how long each time. Fallback messages become due one by one, so that those who come late are not refused at once.
	companyTries = 2
	companyWait  = 5 * time.Minute
)

// wanted is how many messages to claim for a batcher so that neither this call nor what is left over has too few people.
func (s *Service) wanted(ctx context.Context, workspace, run, connection int64, least, most int) (int, error) {
	var n int
	err := s.DB.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 AS one FROM leg WHERE workspace_id = $1 AND run_id = $2 AND connection_id = $3 AND due_at <= $4 AND state = 1 LIMIT $5) AS q`, workspace, run, connection, s.now(), most+least).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count due legs: %w", err)
	}
	if n > most && n < most+least {
		return most - least, nil
	}
	return min(n, most), nil
}

// batchOf gives the batcher behind a sender and its sizes, no call larger than one statement of the ledger.
func batchOf(s Sender) (b Batcher, least, most int) {
	b, ok := s.(Batcher)
	if !ok {
		return nil, 0, 0
	}
	least, most = b.Batch()
	return b, least, min(most, block)
}

// parcel is messages of equal content to different addresses.
type parcel struct {
	content *template.Compiled
	text    string
	claimed []*claimed
	out     []*Outgoing
	has     map[string]bool
}

// callMany renders a chunk and sends it in calls of many.
func (e *Engine) callMany(ctx context.Context, l *lane, o *opened, b Batcher, least, most int, chunk []claimed, began time.Time) {
	e.rec.expect(chunk)
	if l.key.class > 0 {
		o.bulk <- struct{}{}
		defer func() { <-o.bulk }()
	}
	o.slots <- struct{}{}
	defer func() { <-o.slots }()
	var parcels []*parcel
	for i := range chunk {
		c := &chunk[i]
		m, refused := e.outgoing(o, c)
		if refused != nil {
			e.rec.put(c, *refused)
			continue
		}
		parcels = pack(parcels, c, m, most)
	}
	for _, p := range parcels {
		switch {
		case len(p.out) < least:
			for _, c := range p.claimed {
				e.rec.put(c, e.few(c))
			}
		case ctx.Err() != nil || time.Since(began) > stale:
			for _, c := range p.claimed {
				e.rec.put(c, Outcome{Class: provider.Temporary, Code: codeReleased})
			}
		default:
			outs := e.many(ctx, o, b, p)
			e.notice(ctx, l, o, &outs[0])
			for i, c := range p.claimed {
				e.rec.put(c, outs[i])
			}
		}
	}
}

// pack puts a message into the first parcel that has its content, room, and not its address.
func pack(parcels []*parcel, c *claimed, m *Outgoing, most int) []*parcel {
	for _, p := range parcels {
		if p.content == m.Content && p.text == m.Rendered.Text && len(p.out) < most && !p.has[m.To] {
			p.claimed, p.out, p.has[m.To] = append(p.claimed, c), append(p.out, m), true
			return parcels
		}
	}
	return append(parcels, &parcel{content: m.Content, text: m.Rendered.Text, claimed: []*claimed{c}, out: []*Outgoing{m}, has: map[string]bool{m.To: true}})
}

// few is the outcome of a message without company: it waits for others, then it is refused, so that the next channel takes over. One message to its author never has company.
func (e *Engine) few(c *claimed) Outcome {
	now := e.s.now()
	if c.plan.run.Kind == KindTest || c.leg.Attempt > companyTries {
		return Outcome{Class: OutcomeRefused, Code: ReasonTooFew, Started: now, Ended: now}
	}
	return Outcome{Class: provider.RateLimited, Code: codeCompany, RetryAfter: companyWait, Started: now, Ended: now}
}

// many makes the call of one parcel. It has its own deadline; a shutdown does not cut it off.
func (e *Engine) many(ctx context.Context, o *opened, b Batcher, p *parcel) (outs []Outcome) {
	callCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.limits.Timeout)
	defer cancel()
	started := e.s.now()
	defer func() {
		if r := recover(); r != nil {
			e.s.Log.Error("sender panicked", "connection_id", p.claimed[0].leg.ConnectionID, "panic", fmt.Sprint(r))
			outs = make([]Outcome, len(p.out))
			for i := range outs {
				outs[i] = Outcome{Class: provider.Unknown, Code: "panic", Asked: true}
			}
		}
		ended := max(e.s.now(), started)
		for i := range outs {
			outs[i].Started, outs[i].Ended = started, ended
			e.price(p.claimed[i], p.out[i], &outs[i])
		}
	}()
	expires := time.Now().Add(o.limits.Timeout)
	for _, m := range p.out {
		m.Expires = expires
	}
	if outs = b.SendBatch(callCtx, p.out); len(outs) != len(p.out) {
		panic(fmt.Sprintf("%d outcomes for %d messages", len(outs), len(p.out)))
	}
	return outs
}
