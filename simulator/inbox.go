package simulator

import (
	"sync"
	"unicode/utf8"
)

// inbox keeps the newest messages for the page ("hộp thư mô phỏng") and, with inspection on, raw mails with their check report.
type inbox struct {
	mu   sync.Mutex
	n    int
	ring [100]InboxItem
	raw  []Inspected
}

// InboxItem is one line of the simulated inbox.
type InboxItem struct {
	Provider  string `json:"provider"`
	Recipient string `json:"recipient"`
	At        int64  `json:"at"`   // Unix milliseconds
	Text      string `json:"text"` // what the person would see, shortened
}

// Inspected is a raw mail with what is wrong with it.
type Inspected struct {
	Recipient string   `json:"recipient"`
	Key       string   `json:"key"`
	At        int64    `json:"at"`
	Problems  []string `json:"problems"` // empty = nothing found
	Raw       string   `json:"raw"`
}

const keptRaw = 1000

func (b *inbox) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n, b.raw = 0, nil
}

// add takes the text as a function, so that it is made only here, once.
func (b *inbox) add(p uint8, recipient string, at int64, text func() string) {
	t := text()
	if len(t) > 300 {
		t = t[:300]
		for !utf8.ValidString(t) {
			t = t[:len(t)-1]
		}
	}
	b.mu.Lock()
	b.ring[b.n%len(b.ring)] = InboxItem{providerNames[p], recipient, at, t}
	b.n++
	b.mu.Unlock()
}

func (b *inbox) keep(m Inspected) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.raw) >= keptRaw {
		b.raw = append(b.raw[:0], b.raw[1:]...)
	}
	b.raw = append(b.raw, m)
}

// list is the newest messages, the newest first.
func (b *inbox) list() []InboxItem {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := []InboxItem{}
	for i := b.n - 1; i >= 0 && i >= b.n-len(b.ring); i-- {
		out = append(out, b.ring[i%len(b.ring)])
	}
	return out
}

func (b *inbox) inspected() []Inspected {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Inspected{}, b.raw...)
}
