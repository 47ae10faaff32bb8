package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// week is how long after an interaction a consultation message may go. Source: developers.zalo.me, Official Account API, "Tin Tư vấn".
const week = 7 * 24 * time.Hour

// oaSendCall is POST /v3.0/oa/message/cs and, with template, /v3.0/oa/message/template.
func (s *Server) oaSendCall(w http.ResponseWriter, r *http.Request, app *ZaloApp, tok zaloToken, code int, now time.Time, template bool) {
	p, fits := readBody(r, 1<<20)
	defer bodies.Put(p)
	var in oaSend
	if (!fits || json.Unmarshal(*p, &in) != nil) && code == 0 {
		code = -201
	}
	user := string(in.Recipient.UserID)
	if template {
		user = string(in.UserID)
	}
	b, at := s.behave[zalo].Load(), now.UnixMilli()
	s.zalo.mu.Lock()
	s.zalo.sent++
	key := "oa-" + strconv.Itoa(s.zalo.sent) // Zalo takes no key of ours here
	s.zalo.mu.Unlock()
	s.stage(zalo, "arrived", key)
	if code == 0 {
		if status := s.transport(zalo, b, key, user); status != 0 {
			s.refuseTransport(w, zalo, status, tok.oa, key, user, now)
			return
		}
		if code = s.forced.number(zalo, user); code == 0 {
			code = s.oaCheck(&in, tok.oa, user, at, template)
			if code == 0 && !template {
				code = s.oaUploaded(&in, tok.oa, now)
			}
		}
	}
	s.latency(r, b, key)
	if code != 0 {
		s.Ledger().add(entryIn{provider: zalo, account: tok.oa, key: key, rcpt: user, at: at, code: strconv.Itoa(code)})
		zaloError(w, code)
		return
	}
	f := s.fateOf(zalo, b, key, user)
	f.silent = f.silent || strings.HasPrefix(user, "99")
	f.drop = f.drop || strings.HasPrefix(user, "98")
	quota, price := s.oaCharge(&in, tok.oa, user, at, template)
	e := entryIn{provider: zalo, account: tok.oa, key: key, rcpt: user, at: at, price: int32(price), note: string(in.TemplateID)}
	comes := !f.silent && !b.ReceiptsOff
	if comes {
		e.flags |= isPending
	}
	if f.drop {
		e.flags |= isDropped
	}
	seq, _ := s.Ledger().add(e)
	mid := s.Ledger().messageID(seq, idDigits[zalo])
	s.oaKeep(&in, tok.oa, user, mid, seq)
	s.inbox.add(zalo, user, at, func() string { return in.words() })
	if comes {
		s.oaPlan(app.ID, tok.oa, user, key, mid, seq, at, b, f)
	}
	s.stage(zalo, "accepted", key)
	if f.after(w, r, `{"error":0,"message":"Success","data":{}}`) {
		return
	}
	defer s.answered(w, zalo, key)
	zaloData(w, object{"message_id": mid, "user_id": user, "sent_time": strconv.FormatInt(at, 10), "quota": quota})
}

// words is what the person sees, for the page.
func (in *oaSend) words() string {
	if in.TemplateID != "" {
		return "[" + string(in.TemplateID) + "]"
	}
	if a := in.Message.Attachment; in.Message.Text == "" && a != nil && len(a.Payload.Elements) > 0 {
		return a.Payload.Elements[0].Title + a.Payload.Elements[0].URL
	}
	return in.Message.Text
}

// oaCheck is what Zalo knows about the message and the person, in its order of checks.
func (s *Server) oaCheck(in *oaSend, oa, user string, now int64, template bool) int {
	if !template {
		if code := in.check(); code != 0 {
			return code
		}
	}
	s.zalo.mu.RLock()
	defer s.zalo.mu.RUnlock()
	u := s.zalo.user(oa, user)
	switch {
	case u == nil:
		return -201
	case strings.HasPrefix(user, "97"):
		return -227
	case u.Refuses:
		return -244
	case template:
		t := s.zalo.templates[string(in.TemplateID)]
		switch {
		case t == nil || t.OAID != "" && t.OAID != oa || t.Status != "ENABLE" || checkData(t.Params, in.Data) != 0:
			return -201
		case t.Tag == "OTP":
			return -249
		}
		if h := time.UnixMilli(now).In(vietnam).Hour(); t.Tag == "PROMOTION" && (h >= 22 || h < 6) {
			return -234
		}
		return 0
	case u.LastAct == 0:
		return -232
	case now-u.LastAct >= week.Milliseconds():
		return -230
	}
	return 0
}

// oaKeep remembers the query buttons of the newest message, for the person to press.
func (s *Server) oaKeep(in *oaSend, oa, user, mid string, seq uint32) {
	var queries, links []string
	keep := func(p *oaPart) {
		if q := p.query(); q != "" {
			queries = append(queries, q)
		}
		if l := p.link(); l != "" {
			links = append(links, l)
		}
	}
	if a := in.Message.Attachment; a != nil {
		for i := range a.Payload.Buttons {
			keep(&a.Payload.Buttons[i])
		}
		for _, e := range a.Payload.Elements {
			keep(e.Action)
		}
	}
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	if u := s.zalo.user(oa, user); u != nil {
		u.queries, u.links, u.newest, u.seq = queries, links, mid, seq
	}
}

// oaPlan puts what follows an acceptance on the schedule: the echo, the receipt, and for some the reading. Both directions and both shapes of receipts occur.
// Source: developers.zalo.me, Official Account API, Webhook, "Sự kiện người dùng nhận tin", "Sự kiện người dùng đã xem".
func (s *Server) oaPlan(app, oa, user, key, mid string, seq uint32, at int64, b *Behaviour, f fate) {
	delay := s.receiptDelay(b, user, key)
	odd := hash64(s.opts.Seed, "direction", key)%2 == 0
	body := func(name string, due int64, message object) object {
		from, to := oa, user
		if odd && strings.HasPrefix(name, "user_") {
			from, to = user, oa
		}
		return object{"app_id": app, "event_name": name, "sender": object{"id": from}, "recipient": object{"id": to}, "user_id_by_app": "4" + user, "message": message, "timestamp": strconv.FormatInt(due, 10)}
	}
	echo := body("oa_send_text", at, object{"msg_id": mid, "text": ""})
	received := body("user_received_message", at+delay, object{"msg_id": mid})
	s.planOA(app, at, seq, 0, f.copies, echo)
	if strings.HasPrefix(user, "30") || b.Read > 0 && !strings.HasPrefix(user, "31") && roll(s.opts.Seed, "read", user, key) < b.Read {
		later := at + 2*delay
		if b.Reorder {
			later = at + delay/2
		}
		seen := object{"msg_ids": []string{mid}}
		if odd {
			seen = object{"msg_id": mid}
		}
		s.planOA(app, later, seq, isRead|isDelivered, f.copies, body("user_seen_message", later, seen))
	}
	if f.early {
		raw, err := json.Marshal(received)
		if err == nil {
			s.tellZaloManagement(event{due: at, seq: seq, extra: &extra{app: app, fact: isDelivered, copies: f.copies, body: raw}})
		}
		return
	}
	s.planOA(app, at+delay, seq, isDelivered, f.copies, received)
}
