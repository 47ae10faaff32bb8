package simulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// esmsWaits are our waits between the five tries; eSMS publishes the number only (developers.esms.vn, "Callback URL").
var esmsWaits = []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute}

// tellSMS settles a message and calls the CallbackUrl by GET with eSMS's parameters. There is no signature.
func (s *Server) tellSMS(ev event) {
	l := s.Ledger()
	e, key, rcpt, ok := l.read(ev.seq)
	if !ok {
		return
	}
	b := s.behave[esms].Load()
	f := s.fateOf(esms, b, key, rcpt)
	if s.tune.Load().ESMSMagic {
		switch ending(rcpt, 2) {
		case "02", "08":
			f = fate{failed: true}
		case "01", "07":
			f = fate{}
		}
	}
	if e.flags&isRejectedLater != 0 {
		f.failed = true
	}
	if ev.kind == smsFinal && e.flags&(isDelivered|isFailed) == 0 {
		fact := isDelivered
		if f.failed {
			fact = isFailed
		}
		l.mark(ev.seq, fact, max(ev.due, e.at), true)
		e.flags |= fact
		if f.failed {
			s.ChangeESMSAccount(l.owners.text(uint32(e.owner)), func(a *ESMSAccount) { a.Balance += int64(e.price) })
		}
	}
	target := l.urls.text(e.url)
	if target == "" {
		return
	}
	status := smsStatus(&e)
	if ev.kind == smsSent {
		status = 7
		e.flags &^= isDelivered | isFailed
	}
	id, kind := l.messageID(ev.seq, idDigits[esms]), 2
	if batch, told := s.advertOf(ev.seq); batch != nil {
		if !told {
			return
		}
		id, kind = batch.id, 1
		key, _, _ = strings.Cut(key, "#")
	}
	network := s.telcoOf(rcpt)
	q := esmsQuery(&e, id, key, rcpt, status, kind, network)
	if ev.try == 0 && b.Forged > 0 && roll(s.opts.Seed, "forged", rcpt, key) < b.Forged {
		s.calls.forged.Add(1)
		s.call(http.MethodGet, join(target, esmsQuery(&e, "f0"+id[2:], "forged-"+key, rcpt, 5, kind, network)), nil, nil)
	}
	copies := 1
	if ev.try == 0 {
		copies += f.copies
	}
	good := true
	for range copies {
		good = s.call(http.MethodGet, join(target, q), nil, nil) && good
	}
	if !good {
		s.tellAgain(ev, esmsWaits, b)
	}
}

// esmsQuery is the query string in the order of the published sample.
func esmsQuery(e *entry, id, key, rcpt string, status, kind, network int) string {
	q := make([]byte, 0, 256)
	q = append(append(q, "SMSID="...), id...)
	q = strconv.AppendInt(append(q, "&SendFailed="...), int64(bit(e.flags, isFailed)), 10)
	q = strconv.AppendInt(append(q, "&SendStatus="...), int64(status), 10)
	q = strconv.AppendInt(append(q, "&SendSuccess="...), int64(bit(e.flags, isDelivered)), 10)
	q = append(strconv.AppendInt(append(q, "&TotalPrice="...), charged(e), 10), ".0000&TotalReceiver=1&TotalSent=1&RequestId="...)
	q = append(q, url.QueryEscape(key)...)
	q = strconv.AppendInt(append(q, "&TypeId="...), int64(kind), 10)
	q = strconv.AppendInt(append(q, "&telcoid="...), int64(network), 10)
	q = append(append(q, "&phonenumber=0"...), rcpt[2:]...)
	return string(append(q, "&switchsmsid="...))
}

// charged is what a message costs as far as is known: nothing once it has failed.
func charged(e *entry) int64 {
	if e.flags&isFailed != 0 {
		return 0
	}
	return int64(e.price)
}

// join adds a query to an address that may have one already; what eSMS does there is not documented, appending is the mildest.
func join(target, query string) string {
	u, err := url.Parse(target)
	if err != nil {
		return target
	}
	if u.RawQuery != "" {
		query = u.RawQuery + "&" + query
	}
	u.RawQuery = query
	return u.String()
}
