package policy

import (
	"encoding/json"
	"fmt"

	"github.com/loa-project/loa/channel"
)

// Own are the rules that a workspace sets for itself. They only ever make the law's and the platforms' rules stricter; the zero value adds nothing.
type Own struct {
	Caps  Caps  `json:"caps"`
	Hours Hours `json:"hours"`
}

// ReadOwn reads a workspace's own rules out of its settings as they are stored; other settings are passed over. A text that cannot be read is an error, never "no rules".
func ReadOwn(settings string) (Own, error) {
	var own Own
	if settings == "" {
		return own, nil
	}
	if err := json.Unmarshal([]byte(settings), &own); err != nil {
		return Own{}, fmt.Errorf("read own rules: %w", err)
	}
	return own, nil
}

// Caps limit marketing to one person in 24 hours over all campaigns. Zero stands for the law's limit, which is also the most that can be set: three messages, three e-mails, one call.
type Caps struct {
	Messages int `json:"messages,omitempty" minimum:"0" maximum:"3"`
	Emails   int `json:"emails,omitempty" minimum:"0" maximum:"3"`
	Calls    int `json:"calls,omitempty" minimum:"0" maximum:"1"`
}

// Valid reports whether no cap is below zero or above the law's at a moment, Unix ms.
func (c Caps) Valid(now int64) bool {
	for _, ch := range []channel.Channel{channel.SMS, channel.Email, channel.AICall} {
		if law := DailyCap(ch, now); c.of(ch) < 0 || law != nil && c.of(ch) > law.Limit {
			return false
		}
	}
	return true
}

func (c Caps) of(ch channel.Channel) int {
	switch ch {
	case channel.Email:
		return c.Emails
	case channel.AICall:
		return c.Calls
	}
	return c.Messages
}

// Daily is DailyCap under these caps: the stricter of the law's limit and the workspace's, and the channels that are counted together. A limit of 0 is none.
func (c Caps) Daily(ch channel.Channel, now int64) (together channel.Set, limit int) {
	law := DailyCap(ch, now)
	if law == nil { // nothing but the workspace's own, on the channels that the oldest line counts together
		for i := range CapRules {
			if together.Has(ch) {
				break
			}
			if CapRules[i].Channels.Has(ch) {
				together = CapRules[i].Channels
			}
		}
		return together, max(c.of(ch), 0)
	}
	if limit = law.Limit; c.of(ch) > 0 {
		limit = min(limit, c.of(ch))
	}
	return law.Channels, limit
}

// Hours are the workspace's own sending hours by channel. They hold marketing and care; what a person waits for, such as a code or an order's confirmation, passes.
type Hours map[channel.Channel]Window

// For is the window of a channel and purpose, nil = none.
func (h Hours) For(ch channel.Channel, purpose string) *Window {
	w, ok := h[ch]
	if !ok || purpose == "transaction" {
		return nil
	}
	return &w
}

// Fault says what is wrong with the hours: the channel and "unknown", "unreadable", or "never" when they never meet the hours in which the law lets adverts go. Both are empty when
// nothing is.
func (h Hours) Fault() (channel.Channel, string) {
	for _, ch := range channel.All {
		w, ok := h[ch]
		if !ok {
			continue
		}
		if w.Check() != nil {
			return ch, "unreadable"
		}
		// From any opening on the question is answered with itself; a pair that never meets is put off for ever.
		q := Question{Channel: ch, Purpose: "marketing", Hours: &w, Now: 1_767_225_600_000}
		if q.Now = NextOpen(q); NextOpen(q) != q.Now {
			return ch, "never"
		}
	}
	for ch := range h {
		if !ch.Valid() {
			return ch, "unknown"
		}
	}
	return "", ""
}
