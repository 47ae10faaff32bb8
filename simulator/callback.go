package simulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"
)

// callbackCounts tells what became of callbacks. Lost means every try failed.
type callbackCounts struct {
	ok, failed, lost, forged atomic.Int64
}

func (c *callbackCounts) reset() {
	c.ok.Store(0)
	c.failed.Store(0)
	c.lost.Store(0)
	c.forged.Store(0)
}

func (c *callbackCounts) counts() map[string]int64 {
	return map[string]int64{"ok": c.ok.Load(), "failed": c.failed.Load(), "lost": c.lost.Load(), "forged": c.forged.Load()}
}

// checkLoopback refuses a host:port whose host is not a loopback address or "localhost".
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("read address %q: %w", addr, err)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("address %q is not loopback", addr)
	}
	return nil
}

// dialer checks the address that is really dialled, after names are resolved: a name cannot lead out of the machine.
func dialer(allowRemote bool) *net.Dialer {
	d := &net.Dialer{Timeout: 2 * time.Second, KeepAlive: 30 * time.Second}
	if !allowRemote {
		d.Control = func(_, address string, _ syscall.RawConn) error { return checkLoopback(address) }
	}
	return d
}

func newClient(allowRemote bool, workers int) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer(allowRemote).DialContext, MaxIdleConns: 2 * workers, MaxIdleConnsPerHost: 2 * workers,
			IdleConnTimeout: time.Minute, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call sends one callback and reports whether it was answered with 200. Providers wait two seconds (developers.zalo.me, Webhook, "Tổng quan"); eSMS does not publish its limit.
func (s *Server) call(method, url string, header http.Header, body []byte) bool {
	ctx, cancel := context.WithTimeout(s.ctx, 2*time.Second)
	defer cancel()
	var in io.Reader
	if body != nil {
		in = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, in)
	if err != nil {
		s.calls.failed.Add(1)
		return false
	}
	req.GetBody = nil
	if header != nil {
		req.Header = header
	}
	res, err := s.client.Do(req)
	if err != nil {
		s.calls.failed.Add(1)
		s.log.Debug("simulator callback failed", "error", err)
		return false
	}
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10) // a longer answer costs the connection, nothing else
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		s.calls.failed.Add(1)
		return false
	}
	s.calls.ok.Add(1)
	return true
}

// tellAgain plans the next try of news that nobody took, or counts it as lost and gives false after the last of the waits.
func (s *Server) tellAgain(ev event, waits []time.Duration, b *Behaviour) bool {
	if int(ev.try) >= len(waits) {
		s.calls.lost.Add(1)
		return false
	}
	ev.due = s.clk.Now().Add(waits[ev.try] / time.Duration(max(1, b.RetryDivisor))).UnixMilli()
	ev.try++
	s.queue.add(ev)
	return true
}
