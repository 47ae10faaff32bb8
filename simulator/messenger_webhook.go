package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf16"
)

// metaWaits are the waits between tries of a webhook; Meta publishes none, these are ours. After the last the event is lost.
var metaWaits = []time.Duration{time.Second, 15 * time.Second, time.Minute, 10 * time.Minute, time.Hour}

// webhookBody is one item in its envelope, with everything outside ASCII escaped, as Meta does. Source: developers.facebook.com, Messenger Platform, "Webhooks".
func webhookBody(page string, at int64, item object) []byte {
	raw, err := json.Marshal(object{"object": "page", "entry": []object{{"id": page, "time": at, "messaging": []object{item}}}})
	if err != nil {
		return nil
	}
	var b strings.Builder
	for _, r := range string(raw) {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r >= 0x10000:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return []byte(b.String())
}

// messengerPlan puts what follows an acceptance on the schedule: the echo at once, the delivery, and for some the reading.
func (s *Server) messengerPlan(page, psid, key string, seq uint32, at int64, b *Behaviour, f fate) {
	mid := "m_" + s.Ledger().messageID(seq, idDigits[facebook])
	in := func(due int64, fact uint16, item object) event {
		return event{due: due, seq: seq, kind: messengerEvent, extra: &extra{app: page, fact: fact, copies: f.copies, body: webhookBody(page, due, item)}}
	}
	appID := ""
	s.facebook.mu.Lock()
	if p := s.facebook.pages[page]; p != nil {
		appID = p.AppID
	}
	s.facebook.mu.Unlock()
	echo := object{"sender": object{"id": page}, "recipient": object{"id": psid}, "timestamp": at, "message": object{"mid": mid, "is_echo": true, "app_id": appID, "metadata": key}}
	first := in(at, 0, echo)
	if f.silent {
		s.queue.add(first)
		return
	}
	delay := s.receiptDelay(b, psid, key)
	delivery := object{"watermark": at}
	if hash64(s.opts.Seed, "mids", key)%3 != 0 {
		delivery["mids"] = []string{mid}
	}
	delivered := in(at+delay, isDelivered, object{"sender": object{"id": psid}, "recipient": object{"id": page}, "timestamp": at + delay, "delivery": delivery})
	reads := strings.HasPrefix(psid, "sim_ok_") || !strings.HasPrefix(psid, "sim_noread_") && b.Read > 0 && roll(s.opts.Seed, "read", psid, key) < b.Read
	later := at + 2*delay
	if reads {
		if b.Reorder {
			later = at + delay/2
		}
		e := in(later, isRead, object{"sender": object{"id": psid}, "recipient": object{"id": page}, "timestamp": later, "read": object{"watermark": at}})
		s.queue.add(e)
	}
	if f.early {
		s.tellMessenger(first)
		s.tellMessenger(delivered)
		return
	}
	s.queue.add(first)
	s.queue.add(delivered)
}

// tellMessenger posts one event, signed; a failed post is tried again.
func (s *Server) tellMessenger(ev event) {
	if ev.extra.fact != 0 && ev.try == 0 {
		facts := ev.extra.fact
		if facts == isRead {
			facts |= isDelivered
		}
		s.Ledger().mark(ev.seq, facts, ev.due, true)
	}
	s.facebook.mu.Lock()
	p := s.facebook.pages[ev.extra.app]
	s.facebook.mu.Unlock()
	if p == nil || p.WebhookURL == "" {
		return
	}
	b := s.behave[facebook].Load()
	body := ev.extra.body
	if ev.try == 0 && b.Forged > 0 && roll(s.opts.Seed, "forged", string(body)) < b.Forged {
		s.forgeMessenger(p, body)
	}
	copies := 1
	if ev.try == 0 {
		copies += ev.extra.copies
	}
	good := true
	for range copies {
		good = s.postMessenger(p.WebhookURL, metaSignature(p.AppSecret, body), body) && good
	}
	if !good {
		s.tellAgain(ev, metaWaits, b)
	}
}

func (s *Server) postMessenger(to, signature string, body []byte) bool {
	h := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"facebookexternalua"}}
	if signature != "" {
		h["X-Hub-Signature-256"] = []string{signature}
	}
	return s.call(http.MethodPost, to, h, body)
}

// forgeMessenger posts events that a receiver must refuse: unsigned, signed with a guess, changed after signing, and with the older hash only.
func (s *Server) forgeMessenger(p *MessengerPage, body []byte) {
	right := metaSignature(p.AppSecret, body)
	for _, x := range []struct {
		signature string
		body      []byte
	}{{"", body}, {metaSignature("guessed", body), body}, {right, append([]byte(" "), body...)}, {"sha1=" + right[7:47], body}} {
		s.calls.forged.Add(1)
		s.postMessenger(p.WebhookURL, x.signature, x.body)
	}
}

// handshake asks an address to repeat a challenge.
func (s *Server) handshake(to, verifyToken string) bool {
	ctx, cancel := context.WithTimeout(s.ctx, 2*time.Second)
	defer cancel()
	q := url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {verifyToken}, "hub.challenge": {"1158201444"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, to+"?"+q.Encode(), nil)
	if err != nil {
		return false
	}
	res, err := s.client.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1024))
	return err == nil && res.StatusCode == http.StatusOK && string(body) == "1158201444"
}

// controlMessenger is POST /control/messenger with a MessengerAct.
func (s *Server) controlMessenger(w http.ResponseWriter, r *http.Request) {
	var a MessengerAct
	if !read(w, r, &a) {
		return
	}
	if !s.MessengerDo(a) {
		fail(w, http.StatusBadRequest, "unknown page or act, no psid, or no button to tap")
		return
	}
	writeJSON(w, object{"ok": true})
}
