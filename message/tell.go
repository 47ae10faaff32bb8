package message

import (
	"context"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/provider"
)

// Told is what became of a leg that was taken on and whose end we bring about ourselves, such as a place on the list of a voucher.
type Told struct {
	Leg        int64
	Connection int64 // of the leg
	Provider   string
	Fact       Fact // FactDelivered or FactFailed
	Event      string
	Code       string // of failures
	Class      provider.Class
}

// Tell applies what we know about legs in the caller's transaction, like receipts that a provider would send. It may come before the leg's own outcome is recorded, and twice.
func (s *Service) Tell(ctx context.Context, tx *db.Tx, workspace int64, told []Told) error {
	if len(told) == 0 {
		return nil
	}
	now := s.Clock.Now()
	events := make([]event, len(told))
	in := make([]inbound, len(told))
	for i, t := range told {
		events[i] = event{leg: t.Leg, kind: kindFact, fact: t.Fact, at: millis(now), reason: t.Code, class: t.Class}
		in[i] = inbound{Receipt: &Receipt{Fact: t.Fact, At: now, Code: t.Code, Class: t.Class, Event: t.Event}, connection: t.Connection, provider: t.Provider, leg: t.Leg}
	}
	res, err := s.apply(ctx, tx, workspace, events)
	if err != nil {
		return err
	}
	missing := map[int64]bool{}
	for _, id := range res.missing {
		missing[id] = true
	}
	if len(res.fallback) > 0 {
		tx.AfterCommit(s.Wake)
	}
	return s.insertCallbacks(ctx, tx, workspace, in, missing)
}
