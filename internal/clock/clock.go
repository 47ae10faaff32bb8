// Package clock gives the one notion of time that all of Loa uses.
//
// Production code runs on the machine's clock. In simulation the clock can be set and can run faster than real time, so that hours of waiting play in seconds with the same
// code. Nobody calls time.Now directly except this package.
package clock

import (
	"context"
	"sync"
	"time"
)

// Clock tells the time and waits. The zero value is not usable; make one with System or NewSimulated.
type Clock struct {
	mu    sync.Mutex
	sim   bool
	base  time.Time // simulated time at the moment `real`
	real  time.Time
	speed float64
	moved chan struct{} // closed and replaced whenever the simulated time is set, so that sleepers look again
}

// System returns the machine's clock.
func System() *Clock { return &Clock{} }

// NewSimulated returns a clock that stands at start and runs at speed (1 = real time, 0 = stands still).
func NewSimulated(start time.Time, speed float64) *Clock {
	return &Clock{sim: true, base: start.UTC(), real: time.Now(), speed: speed, moved: make(chan struct{})}
}

// Simulated reports whether the time can be set.
func (c *Clock) Simulated() bool { return c.sim }

// Now is the current time in UTC, cut to milliseconds, which is what the database keeps.
func (c *Clock) Now() time.Time {
	if !c.sim {
		return time.Now().UTC().Truncate(time.Millisecond)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nowLocked().Truncate(time.Millisecond)
}

func (c *Clock) nowLocked() time.Time {
	return c.base.Add(time.Duration(float64(time.Since(c.real)) * c.speed))
}

// Set moves a simulated clock to t and lets it run at speed from there. It reports false, and does nothing, on the machine's clock.
func (c *Clock) Set(t time.Time, speed float64) bool {
	if !c.sim {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.real, c.speed = t.UTC(), time.Now(), speed
	close(c.moved)
	c.moved = make(chan struct{})
	return true
}

// Advance moves a simulated clock forward by d and keeps its speed.
func (c *Clock) Advance(d time.Duration) bool {
	if !c.sim {
		return false
	}
	c.mu.Lock()
	now, speed := c.nowLocked(), c.speed
	c.mu.Unlock()
	return c.Set(now.Add(d), speed)
}

// Span is how far this clock moves while d of real time passes: for deadlines of real calls that are kept in this clock's time.
func (c *Clock) Span(d time.Duration) time.Duration {
	if !c.sim {
		return d
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(float64(d) * max(c.speed, 1))
}

// Sleep waits until d has passed on this clock or ctx ends, and returns ctx's error in that case. On a simulated clock real waiting is cut at 100 ms steps so that a changed
// time is noticed.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	until := c.Now().Add(d)
	for {
		left := until.Sub(c.Now())
		if left <= 0 {
			return ctx.Err()
		}
		wait, moved := left, (chan struct{})(nil)
		if c.sim {
			c.mu.Lock()
			moved = c.moved
			if c.speed > 0 {
				wait = time.Duration(float64(left) / c.speed)
			}
			c.mu.Unlock()
			wait = min(wait+time.Millisecond, 100*time.Millisecond)
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-moved:
			t.Stop()
		case <-t.C:
		}
	}
}

// Millis is the stored form of a time: Unix milliseconds, UTC. The zero time is 0.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromMillis turns a stored time back; 0 is the zero time.
func FromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
