package httpx

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter counts requests by address in bounded memory: two generations of buckets, of which the older is forgotten when the newer is full.
type limiter struct {
	mu       sync.Mutex
	rate     rate.Limit
	burst    int
	new, old map[string]*rate.Limiter
}

const generation = 20_000

func newLimiter(perSecond float64, burst int) *limiter {
	return &limiter{rate: rate.Limit(perSecond), burst: burst, new: map[string]*rate.Limiter{}}
}

// allow takes n from the bucket of key; n = 0 only asks whether one more would be given.
func (l *limiter) allow(key string, now time.Time, n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.new[key]
	if !ok {
		if b, ok = l.old[key]; !ok {
			if n == 0 {
				return true
			}
			b = rate.NewLimiter(l.rate, l.burst)
		}
		if len(l.new) >= generation {
			l.old, l.new = l.new, map[string]*rate.Limiter{}
		}
		l.new[key] = b
	}
	if n == 0 {
		return b.TokensAt(now) >= 1
	}
	return b.AllowN(now, n)
}

// proxies are the networks whose X-Forwarded-For is believed.
type proxies []netip.Prefix

func parseProxies(list []string) (proxies, error) {
	var p proxies
	for _, text := range list {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		if !strings.Contains(text, "/") {
			if addr, err := netip.ParseAddr(text); err == nil {
				text = fmt.Sprintf("%s/%d", text, addr.BitLen())
			}
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("read trusted proxy %q: %w", text, err)
		}
		p = append(p, prefix)
	}
	return p, nil
}

func (p proxies) trusts(a netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// address is the caller's address: the last one of X-Forwarded-For that is not a trusted proxy, else the connection's. An IPv6 address is cut to its /64, which is one customer.
func (p proxies) address(r *http.Request) string {
	port, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "unknown"
	}
	a := port.Addr().Unmap()
	if p.trusts(a) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0; i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			a = hop.Unmap()
			if !p.trusts(a) {
				break
			}
		}
	}
	if a.Is6() {
		if prefix, err := a.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return a.String()
}
