package simulator

// idDigits is how many hex digits follow the first eight in each provider's message ids.
var idDigits = [providers]int{zalo: 12, esms: 24, mail: 12, facebook: 24, etel: 12, speed: 12, voice: 12}

// record builds the outside form. The shard's lock is held.
func (l *Ledger) record(s *shard, seq uint32) Record {
	e := s.at(seq / shards)
	r := Record{
		Provider: providerNames[e.provider], Account: l.owners.text(uint32(e.owner)),
		Key: s.text.get(e.key), Recipient: s.text.get(e.rcpt), MessageID: l.messageID(seq, idDigits[e.provider]),
		At: e.at, Outcome: "refused", Code: l.codes.text(uint32(e.code)), Answer: "sent", Template: l.notes.text(uint32(e.note)),
		Price: int64(e.price), Charged: e.flags&isCharged != 0, DeliveredAt: e.delivered,
		Read: e.flags&isRead != 0, Clicked: e.flags&isClicked != 0, Failed: e.flags&isFailed != 0,
		Complained: e.flags&isComplained != 0, Unsubscribed: e.flags&isUnsubscribed != 0,
	}
	if e.provider == speed {
		r.MessageID = speedID(seq)
	}
	if e.provider == voice {
		r.MessageID = l.callID(seq)
	}
	if e.flags&isDropped != 0 {
		r.Answer = "dropped"
	}
	if e.flags&isAccepted != 0 {
		r.Outcome = "accepted"
		r.Copies = s.copies(e, r.Key)
	}
	return r
}

func (s *shard) copies(e *entry, key string) int {
	if key == "" {
		return 0
	}
	n := 0
	for p := s.byKey[hash64(uint64(e.provider), key)]; p != 0; {
		o := s.at(p - 1)
		if o.flags&isAccepted != 0 && o.provider == e.provider && s.text.equal(o.key, key) {
			n++
		}
		p = o.prev
	}
	return n
}

// Each calls f for every record until it returns false. The order is that of arrival inside a shard only; records added meanwhile may be missed. f may use the ledger.
func (l *Ledger) Each(f func(Record) bool) {
	for i := range uint32(shards) {
		s := &l.shard[i]
		s.mu.Lock()
		n := s.n
		s.mu.Unlock()
		batch := make([]Record, 0, 256)
		for from := uint32(0); from < n; from += 256 {
			batch = batch[:0]
			s.mu.Lock()
			for j := from; j < min(from+256, n, s.n); j++ {
				batch = append(batch, l.record(s, j*shards+i))
			}
			s.mu.Unlock()
			for _, r := range batch {
				if !f(r) {
					return
				}
			}
		}
	}
}

// Count is the number of records of a provider ("" = all) with an outcome ("" = all, accepted, refused).
func (l *Ledger) Count(provider, outcome string) int {
	n := int64(0)
	for name, t := range l.Summary() {
		if provider != "" && provider != name {
			continue
		}
		switch outcome {
		case "":
			n += t.Calls
		case "accepted":
			n += t.Accepted
		case "refused":
			n += t.Calls - t.Accepted
		}
	}
	return int(n)
}

// ByKey is every record of a provider with this key, the oldest first.
func (l *Ledger) ByKey(provider, key string) []Record {
	var out []Record
	for p := range providers {
		if providerNames[p] != provider || key == "" {
			continue
		}
		h := hash64(uint64(p), key)
		sh := uint32(h % shards)
		s := &l.shard[sh]
		s.mu.Lock()
		for i := s.byKey[h]; i != 0; {
			o := s.at(i - 1)
			if o.provider == p && s.text.equal(o.key, key) {
				out = append([]Record{l.record(s, (i-1)*shards+sh)}, out...)
			}
			i = o.prev
		}
		s.mu.Unlock()
	}
	return out
}

// Duplicates is every accepted record whose key was accepted more than once. An empty result is what "never sent twice" means.
func (l *Ledger) Duplicates() []Record {
	copied := int64(0)
	for _, t := range l.Summary() {
		copied += t.CopiedKeys
	}
	if copied == 0 {
		return nil
	}
	var out []Record
	l.Each(func(r Record) bool {
		if r.Copies > 1 {
			out = append(out, r)
		}
		return true
	})
	return out
}

// Find is up to limit records that match all filters that are not empty, from all shards.
func (l *Ledger) Find(provider, key, recipient string, limit int) []Record {
	if key != "" && provider != "" {
		all := l.ByKey(provider, key)
		return all[:min(len(all), limit)]
	}
	out := []Record{}
	l.Each(func(r Record) bool {
		if (provider == "" || r.Provider == provider) && (key == "" || r.Key == key) && (recipient == "" || r.Recipient == recipient) {
			out = append(out, r)
		}
		return len(out) < limit
	})
	return out
}

// Summary is the totals by provider.
func (l *Ledger) Summary() map[string]Totals {
	out := map[string]Totals{}
	for p := range providers {
		sum := Totals{Refused: map[string]int64{}}
		for i := range l.shard {
			s := &l.shard[i]
			s.mu.Lock()
			t := s.totals[p]
			for c, n := range t.Refused {
				sum.Refused[c] += n
			}
			s.mu.Unlock()
			sum.Calls += t.Calls
			sum.Accepted += t.Accepted
			sum.Dropped += t.Dropped
			sum.Delivered += t.Delivered
			sum.Failed += t.Failed
			sum.Complained += t.Complained
			sum.Unsubscribed += t.Unsubscribed
			sum.Keys += t.Keys
			sum.CopiedKeys += t.CopiedKeys
			sum.BillVND += t.BillVND
			sum.PendingVND += t.PendingVND
			sum.Outstanding += t.Outstanding
		}
		out[providerNames[p]] = sum
	}
	return out
}

// latest finds the newest entry of a key, refused or not.
func (l *Ledger) latest(provider uint8, key string) (uint32, bool) {
	if key == "" {
		return 0, false
	}
	h := hash64(uint64(provider), key)
	sh := uint32(h % shards)
	s := &l.shard[sh]
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := s.byKey[h]; p != 0; {
		o := s.at(p - 1)
		if o.provider == provider && s.text.equal(o.key, key) {
			return (p-1)*shards + sh, true
		}
		p = o.prev
	}
	return 0, false
}

// accepted finds the latest accepted entry of a key inside a time before now.
func (l *Ledger) accepted(provider uint8, key string, now, within int64) (uint32, bool) {
	if key == "" {
		return 0, false
	}
	h := hash64(uint64(provider), key)
	sh := uint32(h % shards)
	s := &l.shard[sh]
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := s.byKey[h]; p != 0; {
		o := s.at(p - 1)
		if o.flags&isAccepted != 0 && o.provider == provider && now-o.at < within && s.text.equal(o.key, key) {
			return (p-1)*shards + sh, true
		}
		p = o.prev
	}
	return 0, false
}
