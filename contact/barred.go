package contact

import (
	"context"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
)

// Barred says which of the addresses of one kind must not be sent to on the channel. scope is the OA or page of Zalo users and Messenger ids. An address that is none is barred.
func (s *Service) Barred(ctx context.Context, q db.Querier, workspace int64, ch channel.Channel, scope string, values []string) (map[string]bool, error) {
	out := make(map[string]bool, len(values))
	byHash := make(map[string][]string, len(values))
	hashes := make([]string, 0, len(values))
	for _, v := range values {
		a, err := Address{Kind: ch.AddressKind(), Scope: scope, Value: v}.normal()
		if err != nil {
			out[v] = true
			continue
		}
		h := s.hash(workspace, a)
		if len(byHash[h]) == 0 {
			hashes = append(hashes, h)
		}
		byHash[h] = append(byHash[h], v)
	}
	bits, err := blockedBits(ctx, q, workspace, ch.AddressKind(), hashes)
	if err != nil {
		return nil, err
	}
	for h, set := range bits {
		for _, v := range byHash[h] {
			out[v] = set.Has(ch)
		}
	}
	return out, nil
}
