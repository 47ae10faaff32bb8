package simulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// DefaultETelecomKey is the key of the default shop at eTelecom; its OA is DefaultOAID and its templates are those of Zalo.
const DefaultETelecomKey = "1:sim-etelecom-key"

type etelecomState struct {
	mu      sync.Mutex
	key     string
	webhook string
}

func (e *etelecomState) reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.key, e.webhook = DefaultETelecomKey, ""
}

// SetETelecomWebhook says where messages of eTelecom are told; empty = nowhere, as at eTelecom before CreateWebhook.
func (s *Server) SetETelecomWebhook(url string) {
	s.etelecom.mu.Lock()
	defer s.etelecom.mu.Unlock()
	s.etelecom.webhook = url
}

// ETelecomURL stands for https://api.etelecom.vn/v1/shop.
func (s *Server) ETelecomURL() string { return s.URL() + "/etelecom/v1/shop" }

// twirp refuses a call in the words of the Twirp protocol. Source: docs.etelecom.vn, "Tích hợp API"; numbers of HTTP as that protocol's specification gives them.
func twirp(w http.ResponseWriter, status int, code, msg string) {
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(status)
	b, _ := json.Marshal(object{"code": code, "msg": msg}) // two strings always marshal
	_, _ = w.Write(b)
}

// serveETelecom is POST /etelecom/v1/{shop|partner}.Zalo/{method}: the dot before the service is part of the address.
func (s *Server) serveETelecom(w http.ResponseWriter, r *http.Request) {
	b := s.behave[etel].Load()
	if b.Outage {
		panic(http.ErrAbortHandler)
	}
	rest := strings.TrimPrefix(r.URL.Path, "/etelecom/v1/")
	account, method, ok := strings.Cut(rest, ".Zalo/")
	if !ok || account != "shop" && account != "partner" || r.Method != http.MethodPost {
		twirp(w, http.StatusNotFound, "bad_route", "no handler for path "+strconv.Quote(r.URL.Path))
		return
	}
	if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		twirp(w, http.StatusNotFound, "bad_route", "unexpected Content-Type: "+strconv.Quote(kind))
		return
	}
	s.etelecom.mu.Lock()
	key := s.etelecom.key
	s.etelecom.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+key {
		twirp(w, http.StatusUnauthorized, "unauthenticated", "")
		return
	}
	switch method {
	case "SendZNS":
		s.etelecomSend(w, r, b, false)
	case "SendZNSJourney":
		s.etelecomSend(w, r, b, true)
	case "CreateJourney":
		s.etelecomJourney(w, r)
	case "ListTemplates":
		s.etelecomTemplates(w, r)
	case "GetShopOA":
		s.etelecomAccount(w, r)
	case "ListMessages":
		s.etelecomMessages(w, r)
	case "ListOA":
		writeJSON(w, object{"accounts": []object{{"oa_id": DefaultOAID, "status": "P", "name": "OA"}}, "paging": object{}})
	default:
		twirp(w, http.StatusNotImplemented, "unimplemented", method)
	}
}

// etelecomSend is Zalo/SendZNS. A bad request is an HTTP error; what Zalo refuses is 200 with status N and Zalo's number. Source: docs.etelecom.vn, "SendZNS".
func (s *Server) etelecomSend(w http.ResponseWriter, r *http.Request, b *Behaviour, journey bool) {
	p, fits := readBody(r, 1<<20)
	defer bodies.Put(p)
	var in struct {
		OAID        text            `json:"oa_id"`
		Phone       text            `json:"phone"`
		TemplateID  text            `json:"template_id"`
		Data        json.RawMessage `json:"template_data"`
		TrackingID  text            `json:"tracking_id"`
		Mode        text            `json:"mode"`
		SendingMode text            `json:"sending_mode"`
		JourneyID   text            `json:"journey_id"`
	}
	if !fits || json.Unmarshal(*p, &in) != nil {
		twirp(w, http.StatusBadRequest, "invalid_argument", "body")
		return
	}
	key, now := string(in.TrackingID), s.clk.Now()
	s.stage(etel, "arrived", key)
	phone, good := smsPhone(string(in.Phone))
	if !good || in.OAID == "" || in.TemplateID == "" {
		twirp(w, http.StatusBadRequest, "invalid_argument", "phone, oa_id or template_id")
		return
	}
	if s.webhookOf(string(in.OAID)).ID == "" {
		twirp(w, http.StatusBadRequest, "invalid_argument", "oa_id")
		return
	}
	if status := s.transport(etel, b, key, phone); status == http.StatusTooManyRequests {
		s.etelecomRecord(in.OAID, key, phone, now, "resource_exhausted")
		twirp(w, status, "resource_exhausted", "")
		return
	} else if status != 0 {
		s.refuseTransport(w, etel, status, string(in.OAID), key, phone, now)
		return
	}
	z := zaloSend{Phone: in.Phone, TemplateID: in.TemplateID, Data: in.Data, TrackingID: in.TrackingID, recipient: phone, now: now}
	z.token.oa = string(in.OAID)
	if in.Mode == "development" {
		z.Mode = "development"
	}
	if in.SendingMode == "tag3" {
		z.SendingMode = "3"
	}
	code := s.forced.number(etel, phone)
	if code == 0 {
		code = s.zaloCheck(&z)
	}
	if token := ""; code == 0 {
		if journey {
			if token = s.zalo.phones.tokenOf(string(in.JourneyID)); token == "" {
				code = -149
			}
		}
		if code == 0 {
			code = s.zalo.phones.check(token, &z)
		}
	}
	price := int64(0)
	if code == 0 {
		price = z.tpl.PriceSDT
		_, _, code = s.zaloTake(&z, 0)
	}
	s.latency(r, b, key)
	if code != 0 {
		seq := s.etelecomRecord(in.OAID, key, phone, now, strconv.Itoa(code))
		writeJSON(w, s.etelecomMessage(seq))
		return
	}
	f := s.fateOf(etel, b, key, phone)
	delay := s.receiptDelay(b, phone, key)
	comes := !b.ReceiptsOff && !f.silent
	e := entryIn{provider: etel, account: string(in.OAID), key: key, rcpt: phone, at: now.UnixMilli(), price: int32(price), note: string(in.TemplateID)}
	if z.Mode == "development" {
		e.price = 0
	}
	if comes {
		e.flags |= isPending
	}
	if f.drop {
		e.flags |= isDropped
	}
	seq, _ := s.Ledger().add(e)
	s.inbox.add(etel, phone, e.at, func() string { return z.tpl.Name + " " + string(in.Data) })
	if comes {
		done := event{due: e.at + delay, seq: seq, kind: etelecomReceipt}
		if z.tpl.Rating && b.Feedback > 0 && roll(s.opts.Seed, "feedback", phone) < b.Feedback {
			s.queue.add(event{due: done.due + 60_000, seq: seq, kind: etelecomRated})
		}
		if b.Reorder {
			s.queue.add(event{due: done.due + 50, seq: seq, kind: etelecomTaken})
		}
		if f.early {
			done.due = e.at
			s.tellETelecom(done)
		} else {
			s.queue.add(done)
		}
	}
	s.stage(etel, "accepted", key)
	if f.after(w, r, `{"status":"Z"}`) {
		return
	}
	defer s.answered(w, etel, key)
	writeJSON(w, s.etelecomMessage(seq))
}

func (s *Server) etelecomRecord(oa text, key, phone string, now time.Time, code string) uint32 {
	seq, _ := s.Ledger().add(entryIn{provider: etel, account: string(oa), key: key, rcpt: phone, at: now.UnixMilli(), code: code})
	return seq
}

// etelecomMessage is a ZNS message object: ids are strings, empty times null.
func (s *Server) etelecomMessage(seq uint32) object {
	l := s.Ledger()
	e, key, phone, _ := l.read(seq)
	out := object{"id": strconv.FormatUint(7_000_000_000+uint64(seq), 10), "oa_id": l.owners.text(uint32(e.owner)), "phone": phone, "tracking_id": key, "type": "template", "sending_mode": "default",
		"template_id": l.notes.text(uint32(e.note)), "delivery_status": "unknown", "delivery_time": nil, "request_time": time.UnixMilli(e.at).UTC().Format(time.RFC3339Nano), "error_code": 0,
		"error_message": "", "fee_main": e.price, "fee_token": 0, "is_charged": e.flags&isCharged != 0, "msg_id": "", "status": "N"}
	if n, err := strconv.Atoi(l.codes.text(uint32(e.code))); err == nil {
		out["error_code"], out["error_message"] = n, zaloTexts[n]
	}
	if e.flags&isAccepted != 0 {
		out["status"], out["msg_id"], out["is_charged"] = "P", l.messageID(seq, idDigits[etel]), e.price > 0
	}
	if e.flags&isDelivered != 0 {
		out["delivery_status"], out["delivery_time"] = "received", time.UnixMilli(e.delivered).UTC().Format(time.RFC3339Nano)
	}
	return out
}

// etelecomMessages is Zalo/ListMessages, by tracking_id only. Source: docs.etelecom.vn, "ListMessages".
func (s *Server) etelecomMessages(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Filter struct {
			TrackingID text `json:"tracking_id"`
			OAID       text `json:"oa_id"`
		} `json:"filter"`
	}
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&in) != nil {
		twirp(w, http.StatusBadRequest, "invalid_argument", "body")
		return
	}
	list := []object{}
	if seq, ok := s.Ledger().latest(etel, string(in.Filter.TrackingID)); ok {
		list = append(list, s.etelecomMessage(seq))
	}
	writeJSON(w, object{"messages": list, "paging": object{"limit": 20}})
}

// tellETelecom settles a message and posts it to the webhook. What eTelecom posts is not published; this is how the platform's other webhooks are written.
func (s *Server) tellETelecom(ev event) {
	l := s.Ledger()
	e, key, phone, ok := l.read(ev.seq)
	if !ok {
		return
	}
	if ev.kind == etelecomReceipt && e.flags&isDelivered == 0 {
		l.mark(ev.seq, isDelivered, max(ev.due, e.at), true)
	}
	s.etelecom.mu.Lock()
	to := s.etelecom.webhook
	s.etelecom.mu.Unlock()
	if to == "" {
		return
	}
	b := s.behave[etel].Load()
	m := s.etelecomMessage(ev.seq)
	if ev.kind == etelecomTaken {
		m["delivery_status"], m["delivery_time"] = "unknown", nil
	}
	if ev.kind == etelecomRated {
		rate, note := ratingOf(s.opts.Seed, phone)
		m["rate"], m["note"], m["feedback"], m["submit_time"] = rate, note, []string{"Nhân viên thân thiện"}, time.UnixMilli(ev.due).UTC().Format(time.RFC3339Nano)
	}
	post := func(m object) bool {
		body, err := json.Marshal(object{"changes": []object{{"entity": "zl_oa_message", "time": s.clk.Now().UTC().Format(time.RFC3339), "latest": m}}})
		return err == nil && s.call(http.MethodPost, to, http.Header{"Content-Type": {"application/json"}}, bytes.TrimSpace(body))
	}
	if ev.try == 0 && b.Forged > 0 && roll(s.opts.Seed, "forged", phone, key) < b.Forged {
		s.calls.forged.Add(1)
		lie := s.etelecomMessage(ev.seq)
		lie["tracking_id"], lie["status"], lie["error_code"], lie["delivery_status"] = key[:max(len(key)-2, 0)]+"00", "N", -118, "unknown"
		post(lie)
	}
	copies := 1
	if ev.try == 0 {
		copies += s.fateOf(etel, b, key, phone).copies
	}
	good := true
	for range copies {
		good = post(m) && good
	}
	if !good {
		s.tellAgain(ev, esmsWaits, b)
	}
}
