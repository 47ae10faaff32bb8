package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// signVariants are the ways a webhook may be signed, right and wrong, for tuning.Sign. The empty one is right.
var signVariants = []string{"", "absent", "wrong", "bare", "mac_space", "oa_first", "app_secret", "number_timestamp"}

// zaloWaits are Zalo's waits between tries (developers.zalo.me, Webhook, "Tổng quan"). After the last the webhook is switched off.
var zaloWaits = []time.Duration{30 * time.Second, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// ZaloSignature is the value of X-ZEvent-Signature: plain SHA-256, not HMAC, over app id, body, timestamp and the OA secret key.
// Source: developers.zalo.me, Webhook, "Tổng quan".
func ZaloSignature(appID string, body []byte, timestamp, secret string) string {
	h := sha256.New()
	h.Write([]byte(appID))
	h.Write(body)
	h.Write([]byte(timestamp))
	h.Write([]byte(secret))
	return "mac=" + hex.EncodeToString(h.Sum(nil))
}

// webhookOf is the app of an OA; its URL is empty when no webhook is set or it is switched off.
func (s *Server) webhookOf(oaID string) ZaloApp {
	s.zalo.oaMu.Lock()
	appID := ""
	if o := s.zalo.oas[oaID]; o != nil {
		appID = o.AppID
	}
	s.zalo.oaMu.Unlock()
	return s.app(appID)
}

func (s *Server) app(id string) ZaloApp {
	s.zalo.mu.RLock()
	defer s.zalo.mu.RUnlock()
	a := s.zalo.apps[id]
	if a == nil {
		return ZaloApp{}
	}
	out := *a
	if out.WebhookOff {
		out.WebhookURL = ""
	}
	return out
}

// tellZalo delivers a template message: the fact goes to the ledger, then the event is posted; a failed post is tried again on Zalo's schedule.
func (s *Server) tellZalo(ev event) {
	l := s.Ledger()
	e, key, rcpt, ok := l.read(ev.seq)
	if !ok {
		return
	}
	oa := l.owners.text(uint32(e.owner))
	if ev.kind == zaloReceipt && e.flags&isDelivered == 0 {
		e.delivered = max(ev.due, e.at)
		l.mark(ev.seq, isDelivered, e.delivered, true)
		s.settle(oa, int64(e.price))
	}
	app := s.webhookOf(oa)
	if app.WebhookURL == "" {
		return
	}
	stamp := strconv.FormatInt(max(ev.due, e.delivered)+120, 10)
	if ev.kind == zaloReceipt {
		stamp = strconv.FormatInt(e.delivered+120, 10) // a repeat carries the same body
	}
	var body []byte
	if ev.kind == zaloFeedback {
		body = feedbackBody(s.opts.Seed, app.ID, oa, key, rcpt, l.messageID(ev.seq, idDigits[zalo]), stamp)
	} else {
		body = receiptBody(app.ID, oa, key, rcpt, l.messageID(ev.seq, idDigits[zalo]), strconv.FormatInt(e.delivered, 10), stamp, s.tune.Load())
	}
	b := s.behave[zalo].Load()
	if ev.try == 0 && b.Forged > 0 && roll(s.opts.Seed, "forged", rcpt, key) < b.Forged {
		s.forgeZalo(app, oa, body, stamp, hash64(s.opts.Seed, "forgery", key))
	}
	copies := 1
	if ev.try == 0 {
		copies += s.fateOf(zalo, b, key, rcpt).copies
	}
	good := true
	for range copies {
		good = s.postZalo(app, oa, body, stamp, ev.try) && good
	}
	if !good {
		s.retryZalo(ev, app.ID, b)
	}
}

func (s *Server) retryZalo(ev event, appID string, b *Behaviour) {
	if !s.tellAgain(ev, zaloWaits, b) {
		s.zalo.mu.Lock()
		if a := s.zalo.apps[appID]; a != nil {
			off := *a
			off.WebhookOff = true
			s.zalo.apps[appID] = &off
		}
		s.zalo.mu.Unlock()
		s.log.Warn("simulator webhook switched off after the last try", "app_id", appID)
	}
}

// postZalo signs and posts one event.
func (s *Server) postZalo(app ZaloApp, oa string, body []byte, stamp string, try uint8) bool {
	sig := ZaloSignature(app.ID, body, stamp, app.WebhookSecret)
	switch s.tune.Load().Sign {
	case "absent":
		sig = ""
	case "wrong":
		sig = ZaloSignature(app.ID, body, stamp, "wrong")
	case "bare":
		sig = sig[len("mac="):]
	case "mac_space":
		sig = "mac = " + sig[len("mac="):]
	case "oa_first":
		sig = ZaloSignature(oa, body, stamp, app.WebhookSecret)
	case "app_secret":
		sig = ZaloSignature(app.ID, body, stamp, app.Secret)
	}
	return s.call(http.MethodPost, app.WebhookURL, zaloHeader(sig, try), body)
}

func zaloHeader(sig string, try uint8) http.Header {
	h := http.Header{"Content-Type": {"application/json"}, "X-Zevent-Server": {"ZNS"}}
	if sig != "" {
		h["X-ZEvent-Signature"] = []string{sig}
	}
	if try > 0 {
		h["num_retry"] = []string{strconv.Itoa(int(try))}
	}
	return h
}

// forgeZalo posts an event that a receiver must refuse or ignore, one of six ways.
func (s *Server) forgeZalo(app ZaloApp, oa string, body []byte, stamp string, which uint64) {
	s.calls.forged.Add(1)
	sig := ZaloSignature(app.ID, body, stamp, app.WebhookSecret)
	switch which % 6 {
	case 0:
		sig = ""
	case 1:
		sig = ZaloSignature(app.ID, body, stamp, "guessed")
	case 2: // the body was changed after signing
		body = append([]byte(" "), body...)
	case 3: // HMAC-like: key first
		sig = ZaloSignature(app.WebhookSecret, body, stamp, app.ID)
	case 4: // another app's id
		sig = ZaloSignature("9"+app.ID, body, stamp, app.WebhookSecret)
	case 5: // cut short
		sig = sig[:len(sig)-8]
	}
	s.call(http.MethodPost, app.WebhookURL, zaloHeader(sig, 0), body)
}

// receiptBody is user_received_message of a template by phone (developers.zalo.me, ZBS Template Message, webhook "Sự kiện người dùng nhận tin").
func receiptBody(app, oa, key, phone, id, delivered, stamp string, t *tuning) []byte {
	b := make([]byte, 0, 384)
	b = append(b, `{"sender":{"id":"`...)
	b = append(b, oa...)
	b = append(b, `"},"recipient":{"id":"`...)
	b = append(b, phone...)
	b = append(b, `"},"event_name":"user_received_message",`...)
	if !t.Flat {
		b = append(b, `"message":{`...)
	}
	b = append(b, `"delivery_time":"`...)
	b = append(b, delivered...)
	b = append(b, `","msg_id":"`...)
	b = append(b, id...)
	b = append(b, `","tracking_id":`...)
	b = appendJSON(b, key)
	if !t.Flat {
		b = append(b, '}')
	}
	b = append(b, `,"app_id":"`...)
	b = append(b, app...)
	b = append(b, `","timestamp":`...)
	b = appendStamp(b, stamp, t)
	return append(b, '}')
}

func appendStamp(b []byte, stamp string, t *tuning) []byte {
	if t.Sign == "number_timestamp" {
		return append(b, stamp...)
	}
	b = append(b, '"')
	b = append(b, stamp...)
	return append(b, '"')
}

// appendJSON quotes a text from outside.
func appendJSON(b []byte, s string) []byte {
	q, err := json.Marshal(s)
	if err != nil {
		return append(b, `""`...)
	}
	return append(b, q...)
}

// ratingOf is what a person answers to a rating template.
func ratingOf(seed uint64, phone string) (stars uint64, note string) {
	stars = 1 + hash64(seed, "rate", phone)%5
	return stars, [...]string{"Chưa hài lòng", "Giao chậm", "Tạm được", "Giao nhanh", "Rất hài lòng"}[stars-1]
}

// feedbackBody is user_feedback, the answer to a rating template. It names neither the person nor the phone.
func feedbackBody(seed uint64, app, oa, key, phone, id, stamp string) []byte {
	rate, note := ratingOf(seed, phone)
	out, err := json.Marshal(object{"event_name": "user_feedback", "app_id": app, "oa_id": oa, "timestamp": stamp, "message": object{
		"rating_type": "csat", "option": "five_emotions", "note": note, "rate": rate, "submit_time": stamp, "msg_id": id,
		"feedbacks": []string{"Nhân viên thân thiện"}, "tracking_id": key}})
	if err != nil {
		return []byte("{}")
	}
	return out
}

// tellZaloManagement posts an event that is not about a message to a phone number.
func (s *Server) tellZaloManagement(ev event) {
	if ev.extra.fact != 0 && ev.try == 0 {
		s.Ledger().mark(ev.seq, ev.extra.fact, ev.due, true)
	}
	app := s.app(ev.extra.app)
	if app.WebhookURL == "" {
		return
	}
	var stamp struct {
		Timestamp text `json:"timestamp"`
	}
	if err := json.Unmarshal(ev.extra.body, &stamp); err != nil {
		return
	}
	b := s.behave[zalo].Load()
	if ev.try == 0 && b.Forged > 0 && roll(s.opts.Seed, "forged", string(ev.extra.body)) < b.Forged {
		s.forgeZalo(app, "", ev.extra.body, string(stamp.Timestamp), hash64(s.opts.Seed, "forgery", string(ev.extra.body)))
	}
	good := true
	for i := 0; i <= ev.extra.copies; i++ {
		good = s.postZalo(app, "", ev.extra.body, string(stamp.Timestamp), ev.try) && good
		if ev.try > 0 {
			break
		}
	}
	if !good {
		s.retryZalo(ev, app.ID, s.behave[zalo].Load())
	}
}
