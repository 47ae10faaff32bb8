package simulator

import (
	"context"
	"time"
)

// hash64 is FNV-1a over the parts with a separator between them, stirred at the end so that every bit is usable. It is stable over runs and versions because rehearsals
// must be repeatable.
func hash64(seed uint64, parts ...string) uint64 {
	h := uint64(14695981039346656037) ^ (seed * 0x9E3779B97F4A7C15)
	for _, p := range parts {
		for i := 0; i < len(p); i++ {
			h = (h ^ uint64(p[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	return mix(h)
}

// mix is the finaliser of splitmix64.
func mix(h uint64) uint64 {
	h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9
	h = (h ^ (h >> 27)) * 0x94D049BB133111EB
	return h ^ (h >> 31)
}

// roll is a number in [0, 1) that depends only on the seed and the parts.
func roll(seed uint64, parts ...string) float64 {
	return float64(hash64(seed, parts...)>>11) / (1 << 53)
}

// between picks a whole number in [lo, hi] from a roll.
func between(lo, hi int64, r float64) int64 {
	if hi <= lo {
		return lo
	}
	return lo + int64(r*float64(hi-lo+1))
}

// pause waits in machine time, not on the clock: it stands for the network, and a clock that stands still must not hold a connection for ever.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
