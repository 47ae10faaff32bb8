package simulator

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// fate is what happens around one accepted call.
type fate struct {
	drop   bool // the connection is closed without an answer
	slow   time.Duration
	early  bool // the receipt comes before the answer
	copies int  // extra copies of the receipt
	silent bool // nothing is heard any more
	failed bool // reported as failed later
	odd    string
}

// firstTries remembers recipients whose next call is to be accepted, for "fails the first time". Acceptance forgets them, so that the next campaign meets the same again.
type firstTries struct {
	mu   sync.Mutex
	seen map[string]struct{}
}

func (f *firstTries) reset() {
	f.mu.Lock()
	f.seen = map[string]struct{}{}
	f.mu.Unlock()
}

// first reports whether this call is the first since the last acceptance.
func (f *firstTries) first(provider uint8, recipient string) bool {
	k := providerNames[provider] + recipient
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.seen[k]; ok {
		delete(f.seen, k)
		return false
	}
	f.seen[k] = struct{}{}
	return true
}

// transport is the fault that hits a call before the provider looks at it: 0, 503 or 429.
func (s *Server) transport(p uint8, b *Behaviour, key, recipient string) int {
	if s.tune.Load().Magic && p != mail && magicEnding(recipient) == "0006" && s.once.first(p, recipient) {
		return http.StatusTooManyRequests
	}
	if !b.faulty() {
		return 0
	}
	seed := s.opts.Seed
	if b.FirstTryFailure > 0 && roll(seed, "first", recipient) < b.FirstTryFailure && s.once.first(p, recipient) {
		return http.StatusServiceUnavailable
	}
	try := ""
	if b.Temporary > 0 || b.RateLimited > 0 {
		try = strconv.Itoa(s.Ledger().tries(p, key))
	}
	if b.Temporary > 0 && roll(seed, "temporary", key, recipient, try) < b.Temporary {
		return http.StatusServiceUnavailable
	}
	if b.RateLimited > 0 && roll(seed, "limited", key, recipient, try) < b.RateLimited {
		return http.StatusTooManyRequests
	}
	return 0
}

// fateOf decides what happens after acceptance.
func (s *Server) fateOf(p uint8, b *Behaviour, key, recipient string) fate {
	f := fate{copies: b.CallbackCopies}
	seed := s.opts.Seed
	if b.NeverDelivered > 0 {
		f.silent = roll(seed, "never", recipient) < b.NeverDelivered
	}
	if b.FailedLater > 0 {
		f.failed = roll(seed, "later", recipient) < b.FailedLater
	}
	if b.faulty() {
		f.drop = roll(seed, "drop", key, recipient) < b.DropAfterAccept
		f.early = roll(seed, "early", key, recipient) < b.BeforeAnswer
		if roll(seed, "slow", key, recipient) < b.SlowAfterAccept {
			f.slow = time.Duration(b.SlowMS) * time.Millisecond
		}
		if roll(seed, "odd", key, recipient) < b.OddShare {
			f.odd = b.OddAnswer
		}
	}
	if !s.tune.Load().Magic || p == mail {
		return f
	}
	if p == zalo {
		recipient = s.zalo.phones.numberOf(recipient)
	}
	switch magicEnding(recipient) {
	case "0001":
		f = fate{}
	case "0003":
		f = fate{silent: true}
	case "0004":
		f = fate{drop: true}
	case "0005":
		f = fate{early: true, copies: 1}
	case "0006":
		f = fate{}
	case "0000":
		if p == zalo {
			f = fate{silent: true}
		}
	case "0408":
		if p == zalo {
			f = fate{drop: true}
		}
	}
	return f
}

// receiptDelay is how long delivery takes on the clock, in milliseconds.
func (s *Server) receiptDelay(b *Behaviour, recipient, key string) int64 {
	return between(b.ReceiptMinMS, b.ReceiptMaxMS, roll(s.opts.Seed, "receipt", recipient, key))
}

// latency waits before an answer.
func (s *Server) latency(r *http.Request, b *Behaviour, key string) {
	if b.LatencyMaxMS <= 0 {
		return
	}
	pause(r.Context(), time.Duration(between(b.LatencyMinMS, b.LatencyMaxMS, roll(s.opts.Seed, "latency", key)))*time.Millisecond)
}

// after carries the fate of an accepted call out, up to the answer. It does not return when the connection is dropped, and reports true when the answer was given here.
func (f fate) after(w http.ResponseWriter, r *http.Request, bare string) (answered bool) {
	if f.drop {
		panic(http.ErrAbortHandler) // net/http closes the connection without a byte of answer
	}
	pause(r.Context(), f.slow)
	return f.odd != "" && oddAnswer(w, r, f.odd, bare)
}
