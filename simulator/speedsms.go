package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The default account of SpeedSMS and its brandname.
const (
	DefaultSpeedToken  = "sim-speedsms-token"
	DefaultSpeedSender = "LOASHOP"
)

// speedPrice is VND for one part.
const speedPrice = 250

type speedState struct {
	mu      sync.Mutex
	token   string
	senders []string
	webhook string
	balance int64
}

func (p *speedState) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.token, p.senders, p.webhook, p.balance = DefaultSpeedToken, []string{DefaultSpeedSender}, "", 1_000_000_000
}

// SetSpeedWebhook says where delivery reports of SpeedSMS go; empty = nowhere.
func (s *Server) SetSpeedWebhook(url string) {
	s.speed.mu.Lock()
	defer s.speed.mu.Unlock()
	s.speed.webhook = url
}

// SpeedURL stands for https://api.speedsms.vn/index.php.
func (s *Server) SpeedURL() string { return s.URL() + "/speedsms/index.php" }

// speedTexts are the words of the error codes. Source: speedsms.vn/sms-api, "Error codes".
var speedTexts = map[string]string{
	"007": "IP locked", "008": "Account blocked", "009": "Account not allow to call the API", "101": "Invalid or missing parameters", "105": "Phone number invalid",
	"110": "Not support sms content encoding", "113": "Sms content too long", "300": "Your account balance not enough to send sms", "500": "Internal error, please try again",
}

func speedError(w http.ResponseWriter, code string) {
	writeJSON(w, object{"status": "error", "code": code, "message": speedTexts[code]})
}

// speedID is the tranId: digits, as SpeedSMS writes it.
func speedID(seq uint32) string { return strconv.FormatUint(40_000_000+uint64(seq), 10) }

func speedSeq(id string) (uint32, bool) {
	n, err := strconv.ParseUint(id, 10, 40)
	if err != nil || n < 40_000_000 || n-40_000_000 > 1<<32-1 {
		return 0, false
	}
	return uint32(n - 40_000_000), true
}

// serveSpeed is /speedsms/index.php/{user/info, sms/send, sms/status/…}.
func (s *Server) serveSpeed(w http.ResponseWriter, r *http.Request) {
	b := s.behave[speed].Load()
	if b.Outage {
		panic(http.ErrAbortHandler)
	}
	token, password, _ := r.BasicAuth()
	s.speed.mu.Lock()
	known, balance := token == s.speed.token && password == "x", s.speed.balance
	s.speed.mu.Unlock()
	if !known {
		w.Header()["Content-Type"] = jsonType
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"name":"Unauthorized","message":"You are requesting with an invalid credential.","code":0,"status":401}`))
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/speedsms/index.php")
	id, status := strings.CutPrefix(path, "/sms/status/")
	switch {
	case path == "/user/info" && r.Method == http.MethodGet:
		writeJSON(w, object{"status": "success", "code": "00", "data": object{"email": "shop@example.com", "balance": strconv.FormatInt(balance, 10), "currency": "VND"}})
	case path == "/sms/send" && r.Method == http.MethodPost:
		s.speedSend(w, r, b)
	case status && r.Method == http.MethodGet:
		s.speedStatus(w, id)
	default:
		http.NotFound(w, r)
	}
}

// speedSend is POST /sms/send. SpeedSMS takes no key, so the ledger's key is person and text: a copy is the same text to the same person. Source: speedsms.vn/sms-api, "API gửi tin nhắn".
func (s *Server) speedSend(w http.ResponseWriter, r *http.Request, b *Behaviour) {
	p, fits := readBody(r, 1<<20)
	defer bodies.Put(p)
	var in struct {
		To      []text `json:"to"`
		Content text   `json:"content"`
		Type    text   `json:"sms_type"`
		Sender  text   `json:"sender"`
	}
	if !fits || json.Unmarshal(*p, &in) != nil || len(in.To) != 1 || in.Content == "" || in.Type != "2" && in.Type != "3" {
		speedError(w, "101")
		return
	}
	now := s.clk.Now()
	phone, good := smsPhone(string(in.To[0]))
	key := strconv.FormatUint(hash64(0, phone, string(in.Content)), 16)
	s.stage(speed, "arrived", key)
	code := ""
	s.speed.mu.Lock()
	registered := slices.Contains(s.speed.senders, string(in.Sender))
	s.speed.mu.Unlock()
	switch {
	case !good:
		code = "105"
	case in.Type == "3" && !registered:
		code = "101"
	case smsParts(string(in.Content)) > 5:
		code = "113"
	}
	if code == "" {
		if status := s.transport(speed, b, key, phone); status != 0 {
			s.refuseTransport(w, speed, status, "", key, phone, now)
			return
		}
		code = s.forced.take(speed, phone)
	}
	t, share := s.tune.Load(), b.RefuseRecipient
	if code == "" && (t.Magic && magicEnding(phone) == "0002" || share > 0 && roll(s.opts.Seed, "sms person", phone) < share) {
		code = "105"
	}
	price := int64(speedPrice * smsParts(string(in.Content)))
	if code == "" {
		s.speed.mu.Lock()
		if s.speed.balance < price {
			code = "300"
		} else {
			s.speed.balance -= price
		}
		s.speed.mu.Unlock()
	}
	s.latency(r, b, key)
	if code != "" {
		s.Ledger().add(entryIn{provider: speed, key: key, rcpt: phone, at: now.UnixMilli(), code: code})
		speedError(w, code)
		return
	}
	f, delay := s.fateOf(speed, b, key, phone), s.receiptDelay(b, phone, key)
	e := entryIn{provider: speed, key: key, rcpt: phone, at: now.UnixMilli(), price: int32(price), flags: isCharged, note: string(in.Sender)}
	comes := !f.silent && !b.ReceiptsOff
	if comes {
		e.flags |= isPending
	}
	if f.drop {
		e.flags |= isDropped
	}
	seq, _ := s.Ledger().add(e)
	s.inbox.add(speed, phone, e.at, func() string { return string(in.Sender) + ": " + string(in.Content) })
	if comes {
		final := event{due: e.at + delay, seq: seq, kind: speedFinal}
		if b.Reorder {
			s.queue.add(event{due: final.due + 50, seq: seq, kind: speedSent})
		}
		if f.early {
			final.due = e.at
			s.tellSpeed(final)
		} else {
			s.queue.add(final)
		}
	}
	s.stage(speed, "accepted", key)
	if f.after(w, r, `{"status":"success","code":"00","data":{}}`) {
		return
	}
	defer s.answered(w, speed, key)
	writeJSON(w, object{"status": "success", "code": "00", "data": object{"tranId": 40_000_000 + int64(seq), "totalSMS": smsParts(string(in.Content)), "totalPrice": price, "invalidPhone": []string{}}})
}

// speedWord is the status of a message: 0 delivered, below 64 on its way, from 64 on not delivered. Source: speedsms.vn/sms-api, "Webhook".
func speedWord(e *entry) int {
	switch {
	case e.flags&isFailed != 0:
		return 64
	case e.flags&isDelivered != 0:
		return 0
	}
	return 1
}

func (s *Server) speedStatus(w http.ResponseWriter, id string) {
	seq, ok := speedSeq(id)
	e, _, phone, found := s.Ledger().read(seq)
	if !ok || !found || e.provider != speed {
		speedError(w, "101")
		return
	}
	writeJSON(w, object{"status": "success", "code": "00", "data": []object{{"phone": phone, "status": speedWord(&e)}}})
}

// tellSpeed settles a message and posts its report. There is no signature.
func (s *Server) tellSpeed(ev event) {
	l := s.Ledger()
	e, key, phone, ok := l.read(ev.seq)
	if !ok {
		return
	}
	b := s.behave[speed].Load()
	f := s.fateOf(speed, b, key, phone)
	if ev.kind == speedFinal && e.flags&(isDelivered|isFailed) == 0 {
		fact := isDelivered
		if f.failed {
			fact = isFailed
		}
		l.mark(ev.seq, fact, max(ev.due, e.at), true)
		e.flags |= fact
	}
	s.speed.mu.Lock()
	to := s.speed.webhook
	s.speed.mu.Unlock()
	if to == "" {
		return
	}
	word := speedWord(&e)
	if ev.kind == speedSent {
		word = 1
	}
	post := func(id string, word int) bool {
		body, err := json.Marshal(object{"type": "report", "tranId": id, "phone": phone, "status": word})
		return err == nil && s.call(http.MethodPost, to, http.Header{"Content-Type": {"application/json"}}, body)
	}
	if ev.try == 0 && b.Forged > 0 && roll(s.opts.Seed, "forged", phone, key) < b.Forged {
		s.calls.forged.Add(1)
		post("9"+speedID(ev.seq), 64)
	}
	copies := 1
	if ev.try == 0 {
		copies += f.copies
	}
	good := true
	for range copies {
		good = post(speedID(ev.seq), word) && good
	}
	if !good {
		s.tellAgain(ev, esmsWaits, b)
	}
}
