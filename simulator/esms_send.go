package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

type esmsSend struct {
	APIKey      text `json:"ApiKey"`
	SecretKey   text `json:"SecretKey"`
	Phone       text `json:"Phone"`
	Content     text `json:"Content"`
	Brandname   text `json:"Brandname"`
	SmsType     text `json:"SmsType"`
	IsUnicode   text `json:"IsUnicode"`
	Sandbox     text `json:"Sandbox"`
	RequestID   text `json:"RequestId"`
	SendDate    text `json:"SendDate"`
	CampaignID  text `json:"campaignid"`
	CallbackURL text `json:"CallbackUrl"`

	recipient string
	now       time.Time
	wait      int64 // milliseconds until SendDate
	price     int64
}

// repeatWindow is how long eSMS remembers a RequestId (developers.esms.vn, "Tin nhắn SMS OTP/CSKH").
const repeatWindow = int64(24 * time.Hour / time.Millisecond)

// esmsSendCall is POST /SendMultipleMessage_V4_post_json/. Source: developers.esms.vn, "Tin nhắn SMS OTP/CSKH" and "Bảng mã lỗi".
func (s *Server) esmsSendCall(w http.ResponseWriter, r *http.Request) {
	p, fits := readBody(r, 1<<20)
	defer bodies.Put(p)
	in := esmsSend{now: s.clk.Now()}
	if !fits || r.Method != http.MethodPost || json.Unmarshal(*p, &in) != nil {
		answer(w, []byte(`{"error":"Invalid request"}`))
		return
	}
	b := s.behave[esms].Load()
	if b.Outage {
		panic(http.ErrAbortHandler)
	}
	s.stage(esms, "arrived", string(in.RequestID))
	code := s.esmsAuth(string(in.APIKey), string(in.SecretKey))
	if code == 0 {
		code = in.form()
	}
	key := string(in.RequestID)
	s.latency(r, b, key)
	if code == 0 {
		if seq, ok := s.Ledger().accepted(esms, key, in.now.UnixMilli(), repeatWindow); ok {
			s.esmsDuplicate(w, &in, seq)
			return
		}
		switch s.transport(esms, b, key, in.recipient) {
		case http.StatusTooManyRequests:
			code = 160
		case http.StatusServiceUnavailable:
			s.refuseTransport(w, esms, http.StatusServiceUnavailable, string(in.APIKey), key, in.recipient, in.now)
			return
		}
	}
	if code == 0 {
		code = s.forced.number(esms, in.recipient)
	}
	if code == 0 {
		code = s.esmsCheck(&in)
	}
	if code == 0 && in.Sandbox == "1" {
		answer(w, fmt.Appendf(nil, `{"CodeResult":"100","CountRegenerate":0,"SMSID":"%032x"}`, hash64(s.opts.Seed, "sandbox", key)))
		return
	}
	if code == 0 {
		code = s.esmsCharge(string(in.APIKey), in.price)
	}
	if code != 0 {
		s.esmsRefuse(w, &in, code)
		return
	}
	s.esmsAccept(w, r, &in, b)
}

// esmsAccept writes the acceptance, plans the report and answers. A RequestId that was accepted meanwhile gives the money back.
func (s *Server) esmsAccept(w http.ResponseWriter, r *http.Request, in *esmsSend, b *Behaviour) {
	key := string(in.RequestID)
	f, delay := s.fateOf(esms, b, key, in.recipient), s.receiptDelay(b, in.recipient, key)
	e := entryIn{provider: esms, account: string(in.APIKey), key: key, rcpt: in.recipient, at: in.now.UnixMilli(), price: int32(in.price),
		callback: string(in.CallbackURL), flags: isCharged}
	if in.SmsType == "2" {
		e.note = string(in.Brandname) // a registered one; other types carry anything here
	}
	if key != "" {
		e.uniqueFor = repeatWindow
	}
	two, hang, waiting := "", false, b.Reorder
	if s.tune.Load().ESMSMagic {
		two = ending(in.recipient, 2)
	}
	switch two {
	case "01":
		f, delay = fate{}, 2000
	case "02":
		f, waiting = fate{failed: true}, true
	case "06":
		f = fate{silent: true}
	case "07":
		f, hang = fate{}, true
	case "08":
		f, e.flags = fate{failed: true}, e.flags|isRejectedLater
	}
	comes := !f.silent && !b.ReceiptsOff
	if comes {
		e.flags |= isPending
	}
	if f.drop || hang {
		e.flags |= isDropped
	}
	seq, fresh := s.Ledger().add(e)
	if !fresh {
		s.ChangeESMSAccount(string(in.APIKey), func(a *ESMSAccount) { a.Balance += in.price })
		s.esmsDuplicate(w, in, seq)
		return
	}
	s.inbox.add(esms, in.recipient, e.at, func() string { return string(in.Brandname) + ": " + string(in.Content) })
	if comes {
		final := event{due: e.at + in.wait + delay, seq: seq, kind: smsFinal}
		if waiting {
			first := event{due: e.at + in.wait + delay/2, seq: seq, kind: smsSent}
			if b.Reorder {
				first.due = final.due + 50
			}
			s.queue.add(first)
		}
		if f.early {
			s.tellSMS(final)
		} else {
			s.queue.add(final)
		}
	}
	if hang {
		pause(r.Context(), time.Minute)
		f.drop = true
	}
	s.stage(esms, "accepted", key)
	if f.after(w, r, `{"CodeResult":"100"}`) {
		return
	}
	defer s.answered(w, esms, key)
	out := append(make([]byte, 0, 96), `{"CodeResult":"100","CountRegenerate":0,"SMSID":"`...)
	out = s.Ledger().appendMessageID(out, seq, idDigits[esms])
	answer(w, append(out, `"}`...))
}

// form checks what needs no registry.
func (in *esmsSend) form() int {
	var ok bool
	switch in.recipient, ok = smsPhone(string(in.Phone)); {
	case in.SmsType == "":
		return 300
	case in.SmsType != "2" && in.SmsType != "8":
		return 118
	case !ok:
		return 108
	case in.Content == "" || len(in.RequestID) > 50 || len(in.CampaignID) > 254:
		return 110
	}
	if in.SendDate != "" {
		t, err := time.ParseInLocation("2006-01-02 15:04:05", string(in.SendDate), vietnam)
		if err != nil {
			return 161
		}
		in.wait = max(0, t.Sub(in.now).Milliseconds())
	}
	return 0
}

func (s *Server) esmsAuth(key, secret string) int {
	code := 101
	s.ChangeESMSAccount(key, func(a *ESMSAccount) {
		switch {
		case a.Secret != secret:
		case a.Locked:
			code = 143
		default:
			code = 0
		}
	})
	return code
}

// esmsCheck is brandname, carrier, template, words, person, in this order.
func (s *Server) esmsCheck(in *esmsSend) int {
	t := s.tune.Load()
	if t.ESMSMagic {
		switch ending(in.recipient, 2) {
		case "03":
			return 103
		case "04":
			return 104
		case "05":
			return 146
		}
	}
	in.price = 850 * int64(smsParts(string(in.Content)))
	if in.SmsType == "2" {
		s.esms.mu.Lock()
		b, blocked := s.esms.brands[string(in.Brandname)], s.esms.blocked
		s.esms.mu.Unlock()
		switch {
		case b == nil || b.Inactive:
			return 104
		case len(b.Carriers) > 0 && !slices.Contains(b.Carriers, s.telcoOf(in.recipient)):
			return 177
		case !b.matches(string(in.Content)):
			return 146
		}
		for _, word := range blocked {
			if strings.Contains(strings.ToLower(string(in.Content)), word) {
				return 201
			}
		}
		part := b.Price
		if p, ok := b.Prices[s.telcoOf(in.recipient)]; ok {
			part = p
		}
		in.price = part * int64(smsParts(string(in.Content)))
	}
	if t.Magic && magicEnding(in.recipient) == "0002" {
		return 108
	}
	if share := s.behave[esms].Load().RefuseRecipient; share > 0 && roll(s.opts.Seed, "sms person", in.recipient) < share {
		if hash64(s.opts.Seed, "sms reason", in.recipient)%2 == 0 {
			return 99
		}
		return 108
	}
	return 0
}

func (s *Server) esmsCharge(key string, price int64) int {
	code := 101
	s.ChangeESMSAccount(key, func(a *ESMSAccount) {
		if code = 103; a.Balance >= price {
			a.Balance -= price
			code = 0
		}
	})
	return code
}

// esmsDuplicate answers 124 with the state of the earlier message; the repeat is on record as refused.
func (s *Server) esmsDuplicate(w http.ResponseWriter, in *esmsSend, seq uint32) {
	e, _, _, _ := s.Ledger().read(seq)
	s.Ledger().add(entryIn{provider: esms, account: string(in.APIKey), key: string(in.RequestID), rcpt: in.recipient, at: in.now.UnixMilli(), code: "124"})
	answer(w, fmt.Appendf(nil, `{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1","SendStatus":"%d"}`, smsStatus(&e)))
}

// esmsTexts are the texts of the codes that a send can meet (developers.esms.vn, "Bảng mã lỗi"); where the book shows no English text it is ours.
var esmsTexts = map[int]string{
	99: "Phone number is blocked", 101: "Authorize Failed", 102: "No price list for this account", 103: "Balance is not enough", 104: "Brand name code is not exist",
	105: "SMSID is not found", 106: "Recording file is missing", 107: "At least 30 phone numbers are needed", 108: "The phone number is not valid.", 110: "Request data is not valid",
	115: "Hashed phone is not valid", 118: "Message type is not supported", 120: "Too many phone numbers", 140: "IP is not allowed", 143: "Account is not activated or locked",
	146: "Sai template Brandname CSKH", 160: "Over TPS", 161: "Date is not valid", 162: "Paging is not valid", 163: "Only one phone number is allowed",
	177: "Brandname is not registered with this telco", 199: "Request is being processed", 201: "Content has blocked keyword", 204: "OAID is not exist", 210: "Payload is not valid",
	300: "Message type is missing", 301: "Service type is not supported",
}

func (s *Server) esmsRefuse(w http.ResponseWriter, in *esmsSend, code int) {
	account := ""
	if code != 101 {
		account = string(in.APIKey)
	}
	seq, _ := s.Ledger().add(entryIn{provider: esms, account: account, key: string(in.RequestID), rcpt: in.recipient, at: in.now.UnixMilli(), code: strconv.Itoa(code)})
	msg := esmsTexts[code]
	if code == 108 {
		msg = "The phone number " + in.recipient + " is not valid."
	}
	out := object{"CodeResult": strconv.Itoa(code), "CountRegenerate": 0, "ErrorMessage": msg}
	if code == 146 {
		out["SMSID"] = s.Ledger().messageID(seq, idDigits[esms])
	}
	writeJSON(w, out)
}

func writeJSON(w http.ResponseWriter, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, b)
}
