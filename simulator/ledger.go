package simulator

import (
	"encoding/hex"
	"strconv"
	"sync"
)

// provider numbers inside the ledger; providerNames gives the words used outside.
const (
	zalo uint8 = iota
	esms
	mail
	facebook
	etel
	speed
	voice
	providers
)

var providerNames = [providers]string{"zalo", "esms", "smtp", "messenger", "etelecom", "speedsms", "stringee"}

// Facts of one ledger entry.
const (
	isAccepted uint16 = 1 << iota
	isDropped         // accepted, answer deliberately lost
	isDelivered
	isRead
	isClicked
	isFailed // reported as failed after acceptance: SMS report, bounce
	isComplained
	isUnsubscribed
	isCharged
	isPending       // accepted and something is still to come
	isRejectedLater // the report will be SendStatus 4, refused in review
)

const shards = 16

// Record is one line of the ledger: one call (mail: one recipient) that reached the point where the provider decided.
type Record struct {
	Provider     string `json:"provider"`           // zalo, esms, smtp
	Account      string `json:"account,omitempty"`  // OA id, ApiKey, or empty
	Key          string `json:"key"`                // the caller's key: tracking_id, RequestId, Message-ID (ENVID for mails refused before the body)
	Recipient    string `json:"recipient"`          // 84…, a hash, or a mail address
	MessageID    string `json:"message_id"`         // the provider's id; also set on refusals, where nobody was told it
	At           int64  `json:"at"`                 // Unix milliseconds on the simulator's clock
	Outcome      string `json:"outcome"`            // accepted or refused
	Code         string `json:"code,omitempty"`     // the provider's code of a refusal
	Answer       string `json:"answer"`             // sent, or dropped when the answer was deliberately lost
	Template     string `json:"template,omitempty"` // template id or brandname
	Price        int64  `json:"price"`              // VND
	Charged      bool   `json:"charged"`            // whether the price is on the bill
	DeliveredAt  int64  `json:"delivered_at"`       // 0 while not delivered
	Copies       int    `json:"copies"`             // accepted records with this provider and key, this one included; 0 for refusals and for calls without a key
	Read         bool   `json:"read,omitempty"`     //
	Clicked      bool   `json:"clicked,omitempty"`  //
	Failed       bool   `json:"failed,omitempty"`   // reported as failed or bounced after acceptance
	Complained   bool   `json:"complained,omitempty"`
	Unsubscribed bool   `json:"unsubscribed,omitempty"`
}

// Ledger is what the fake providers have decided, in memory, one entry a call. It is safe for concurrent use and sized for a million messages: entries hold no pointers.
type Ledger struct {
	seed   uint64
	shard  [shards]shard
	codes  names
	notes  names
	urls   names
	owners names
}

type shard struct {
	mu      sync.Mutex
	entries [][]entry // blocks of entryBlock, so that growing copies nothing
	n       uint32
	text    arena
	byKey   map[uint64]uint32 // hash of provider and key → 1 + index of the latest entry
	totals  [providers]Totals
}

const entryBlock = 4096

type entry struct {
	at, delivered int64
	key, rcpt     span
	prev          uint32 // 1 + index of the entry before it with the same hash
	url           uint32 // where to call back
	price         int32
	code, note    uint16
	owner         uint16
	flags         uint16
	provider      uint8
}

// Totals counts one provider's entries.
type Totals struct {
	Calls        int64            `json:"calls"`
	Accepted     int64            `json:"accepted"`
	Refused      map[string]int64 `json:"refused"` // by the provider's code
	Dropped      int64            `json:"dropped"` // accepted with a lost answer
	Delivered    int64            `json:"delivered"`
	Failed       int64            `json:"failed"`
	Complained   int64            `json:"complained"`
	Unsubscribed int64            `json:"unsubscribed"`
	Keys         int64            `json:"keys"`        // different keys accepted
	CopiedKeys   int64            `json:"copied_keys"` // keys accepted more than once
	BillVND      int64            `json:"bill_vnd"`    // Zalo charges on delivery, eSMS on acceptance, and takes it back when the report says failed
	PendingVND   int64            `json:"pending_vnd"` // accepted, charged when delivered
	Outstanding  int64            `json:"outstanding"` // accepted, receipt or report still to come
}

func newLedger(seed uint64) *Ledger {
	l := &Ledger{seed: seed, urls: names{limit: maxURLs}}
	for i := range l.shard {
		l.shard[i].byKey = map[uint64]uint32{}
	}
	return l
}

// entryIn is what a provider says about one call.
type entryIn struct {
	provider       uint8
	account        string
	key, rcpt      string
	at             int64
	code           string // "" = accepted
	flags          uint16
	price          int32
	note, callback string
	uniqueFor      int64 // >0: refuse when the key was accepted within so many milliseconds before
}

// add writes one entry and returns its number. With uniqueFor set and the key already accepted inside that time, nothing is written and the earlier entry's number comes back
// with false: finding and writing are one step, so two calls at once cannot both win.
func (l *Ledger) add(in entryIn) (seq uint32, fresh bool) {
	h := hash64(uint64(in.provider), in.key)
	sh := uint32(h % shards)
	s := &l.shard[sh]
	e := entry{at: in.at, price: in.price, flags: in.flags, provider: in.provider}
	e.code, e.note, e.owner = uint16(l.codes.id(in.code)), uint16(l.notes.id(in.note)), uint16(l.owners.id(in.account))
	e.url = l.urls.id(in.callback)
	if in.code == "" {
		e.flags |= isAccepted
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := 0
	if in.key != "" {
		for p := s.byKey[h]; p != 0; {
			o := s.at(p - 1)
			if o.flags&isAccepted != 0 && o.provider == in.provider && s.text.equal(o.key, in.key) {
				if in.uniqueFor > 0 && in.at-o.at < in.uniqueFor {
					return (p-1)*shards + sh, false
				}
				before++
			}
			p = o.prev
		}
		e.prev = s.byKey[h]
		s.byKey[h] = s.n + 1
	}
	e.key, e.rcpt = s.text.add(in.key), s.text.add(in.rcpt)
	s.append(e)
	s.count(&e, in.code, in.key != "", before)
	return (s.n-1)*shards + sh, true
}

func (s *shard) append(e entry) {
	if int(s.n)%entryBlock == 0 {
		s.entries = append(s.entries, make([]entry, entryBlock))
	}
	s.entries[s.n/entryBlock][s.n%entryBlock] = e
	s.n++
}

func (s *shard) at(i uint32) *entry { return &s.entries[i/entryBlock][i%entryBlock] }

func (s *shard) count(e *entry, code string, keyed bool, before int) {
	t := &s.totals[e.provider]
	t.Calls++
	if e.flags&isAccepted == 0 {
		if t.Refused == nil {
			t.Refused = map[string]int64{}
		}
		t.Refused[code]++
		return
	}
	t.Accepted++
	if e.flags&isDropped != 0 {
		t.Dropped++
	}
	if e.flags&isPending != 0 {
		t.Outstanding++
	}
	if e.flags&isCharged != 0 {
		t.BillVND += int64(e.price)
	} else if e.flags&isPending != 0 {
		t.PendingVND += int64(e.price)
	}
	if keyed && before == 0 {
		t.Keys++
	}
	if keyed && before == 1 {
		t.CopiedKeys++
	}
}

// mark adds facts to an entry. A delivery sets the time and puts a price that was still open on the bill; done ends the waiting.
func (l *Ledger) mark(seq uint32, facts uint16, at int64, done bool) {
	s := &l.shard[seq%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.at(seq / shards)
	t := &s.totals[e.provider]
	fresh := facts &^ e.flags
	e.flags |= facts
	if fresh&isDelivered != 0 {
		e.delivered = at
		t.Delivered++
		if e.flags&isCharged == 0 {
			e.flags |= isCharged
			t.BillVND += int64(e.price)
			if e.flags&isPending != 0 {
				t.PendingVND -= int64(e.price)
			}
		}
	}
	if fresh&isFailed != 0 {
		t.Failed++
		if e.flags&isCharged != 0 { // the published failure report says TotalPrice=0.0000
			e.flags &^= isCharged
			t.BillVND -= int64(e.price)
		}
	}
	if fresh&isComplained != 0 {
		t.Complained++
	}
	if fresh&isUnsubscribed != 0 {
		t.Unsubscribed++
	}
	if done && e.flags&isPending != 0 {
		e.flags &^= isPending
		t.Outstanding--
	}
}

// read copies an entry and its texts.
func (l *Ledger) read(seq uint32) (e entry, key, rcpt string, ok bool) {
	s := &l.shard[seq%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	i := seq / shards
	if i >= s.n {
		return entry{}, "", "", false
	}
	e = *s.at(i)
	return e, s.text.get(e.key), s.text.get(e.rcpt), true
}

// tries counts the entries of a key, refused ones too. It feeds the dice of transport faults, so that a repeated call is a new throw.
func (l *Ledger) tries(provider uint8, key string) int {
	n := 0
	h := hash64(uint64(provider), key)
	s := &l.shard[h%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := s.byKey[h]; p != 0; {
		o := s.at(p - 1)
		if o.provider == provider && s.text.equal(o.key, key) {
			n++
		}
		p = o.prev
	}
	return n
}

// messageID is the provider's id of an entry: 8 hex digits that hide the number and n more that prove it.
func (l *Ledger) messageID(seq uint32, n int) string {
	var b [32]byte
	return string(l.appendMessageID(b[:0], seq, n))
}

func (l *Ledger) appendMessageID(b []byte, seq uint32, n int) []byte {
	x := seq ^ uint32(mix(l.seed))
	b = hex.AppendEncode(b, []byte{byte(x >> 24), byte(x >> 16), byte(x >> 8), byte(x)})
	h := mix(l.seed ^ uint64(seq)*0x9E3779B97F4A7C15)
	for i := 0; i < n; i++ {
		if i == 16 {
			h = mix(h + 1)
		}
		b = append(b, "0123456789abcdef"[(h>>(4*(i%16)))&15])
	}
	return b
}

// number is the entry behind a provider's id.
func (l *Ledger) number(id string) (uint32, bool) {
	if len(id) < 9 || len(id) > 32 {
		return 0, false
	}
	x, err := strconv.ParseUint(id[:8], 16, 32)
	if err != nil {
		return 0, false
	}
	seq := uint32(x) ^ uint32(mix(l.seed))
	if l.messageID(seq, len(id)-8) != id {
		return 0, false
	}
	s := &l.shard[seq%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	return seq, seq/shards < s.n
}
