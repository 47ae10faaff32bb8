package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// serveESMS routes what stands for rest.esms.vn/MainService.svc/json.
func (s *Server) serveESMS(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(r.URL.Path[len("/esms"):], "/")
	if path == "/SendMultipleMessage_V4_post_json" {
		s.esmsSendCall(w, r)
		return
	}
	if path == "/SendMultipleSMSBrandname_json" {
		s.esmsBatchCall(w, r)
		return
	}
	q := r.URL.Query()
	switch {
	case path == "/GetSendStatus":
		s.esmsSendStatus(w, q)
	case path == "/GetSmsReceiverStatus_get":
		s.esmsReceiverStatus(w, q)
	case path == "/GetSmsSentData_V2":
		s.esmsSentData(w, r)
	case path == "/GetBalance_json":
		var in esmsSend
		p, fits := readBody(r, 64<<10)
		defer bodies.Put(p)
		if !fits || json.Unmarshal(*p, &in) != nil {
			answer(w, []byte(`{"error":"Invalid request"}`))
			return
		}
		s.esmsBalance(w, string(in.APIKey), string(in.SecretKey))
	case strings.HasPrefix(path, "/GetBalance/"):
		key, secret, _ := strings.Cut(strings.TrimPrefix(path, "/GetBalance/"), "/")
		s.esmsBalance(w, key, secret)
	case strings.HasPrefix(path, "/GetListBrandname/"):
		key, secret, _ := strings.Cut(strings.TrimPrefix(path, "/GetListBrandname/"), "/")
		s.esmsBrandnames(w, key, secret)
	default:
		http.NotFound(w, r)
	}
}

// esmsCode answers a refused read. Some calls name the code CodeResponse.
func esmsCode(w http.ResponseWriter, field string, code int) {
	writeJSON(w, object{field: strconv.Itoa(code), "ErrorMessage": esmsTexts[code]})
}

// esmsEntry finds the entry of a SMSID for a status call: 101 bad keys, 105 unknown, not this account's, or older than seven days.
func (s *Server) esmsEntry(q url.Values) (e entry, id, phone string, code int) {
	if code := s.esmsAuth(q.Get("ApiKey"), q.Get("SecretKey")); code != 0 {
		return e, "", "", code
	}
	id = q.Get("RefId")
	seq, ok := s.Ledger().number(id)
	if ok {
		e, _, phone, ok = s.Ledger().read(seq)
	}
	if !ok || e.provider != esms || e.flags&isAccepted == 0 || s.Ledger().owners.text(uint32(e.owner)) != q.Get("ApiKey") || s.clk.Now().UnixMilli()-e.at > 7*repeatWindow {
		return e, "", "", 105
	}
	return e, id, phone, 0
}

// smsStatus is the present SendStatus: 4 refused, 5 finished, 7 sent and waiting for the report.
func smsStatus(e *entry) int {
	switch {
	case e.flags&isFailed != 0 && e.flags&isRejectedLater != 0:
		return 4
	case e.flags&(isDelivered|isFailed) != 0:
		return 5
	}
	return 7
}

// esmsSendStatus is GET /GetSendStatus (developers.esms.vn, "Tra cứu trạng thái").
func (s *Server) esmsSendStatus(w http.ResponseWriter, q url.Values) {
	e, id, _, code := s.esmsEntry(q)
	if code != 0 {
		esmsCode(w, "CodeResponse", code)
		return
	}
	if b := s.advert(id); b != nil {
		s.advertStatus(w, b)
		return
	}
	answer(w, fmt.Appendf(nil, `{"CodeResponse":"100","SMSID":%q,"SendFailed":%d,"SendStatus":%d,"SendSuccess":%d,"TotalPrice":%d.0000,"TotalReceiver":1,"TotalSent":1}`,
		id, bit(e.flags, isFailed), smsStatus(&e), bit(e.flags, isDelivered), charged(&e)))
}

func bit(flags, f uint16) int {
	if flags&f != 0 {
		return 1
	}
	return 0
}

// esmsReceiverStatus is GET /GetSmsReceiverStatus_get: the outcome per number.
func (s *Server) esmsReceiverStatus(w http.ResponseWriter, q url.Values) {
	e, id, phone, code := s.esmsEntry(q)
	if code != 0 {
		esmsCode(w, "CodeResult", code)
		return
	}
	if b := s.advert(id); b != nil {
		s.advertReceivers(w, b)
		return
	}
	writeJSON(w, object{"CodeResult": "100", "ReceiverList": []object{{"IsSent": smsStatus(&e) == 5, "NetworkName": networkNames[s.telcoOf(phone)], "Phone": "0" + phone[2:],
		"Retry": 0, "SentResult": e.flags&isDelivered != 0}}})
}

type esmsListing struct {
	APIKey    text `json:"ApiKey"`
	SecretKey text `json:"SecretKey"`
	SmsType   text `json:"SmsType"`
	From      text `json:"From"`
	To        text `json:"To"`
	Page      text `json:"Page"`
	PageSize  text `json:"PageSize"`
}

// esmsSentData is POST /GetSmsSentData_V2: what was sent between two times, page by page. The real answer does not carry the RequestId, so neither does this one.
func (s *Server) esmsSentData(w http.ResponseWriter, r *http.Request) {
	var in esmsListing
	p, fits := readBody(r, 64<<10)
	defer bodies.Put(p)
	if !fits || json.Unmarshal(*p, &in) != nil {
		answer(w, []byte(`{"error":"Invalid request"}`))
		return
	}
	if code := s.esmsAuth(string(in.APIKey), string(in.SecretKey)); code != 0 {
		esmsCode(w, "CodeResult", code)
		return
	}
	from, err1 := time.ParseInLocation("2006-01-02 15:04:05", string(in.From), vietnam)
	to, err2 := time.ParseInLocation("2006-01-02 15:04:05", string(in.To), vietnam)
	page, err3 := strconv.Atoi(string(in.Page))
	size, err4 := strconv.Atoi(string(in.PageSize))
	if err1 != nil || err2 != nil {
		esmsCode(w, "CodeResult", 161)
		return
	}
	if err3 != nil || err4 != nil || page < 1 || size < 1 || size > 500 {
		esmsCode(w, "CodeResult", 162)
		return
	}
	all := s.Ledger().smsBetween(string(in.APIKey), from.UnixMilli(), to.UnixMilli()+999)
	rows, batches := all[:0], map[string]*advertBatch{}
	for _, m := range all {
		kind := "2"
		if seq, ok := s.Ledger().number(m.MessageID); ok {
			if b, _ := s.advertOf(seq); b != nil {
				kind, batches[m.MessageID] = "1", b
			}
		}
		if in.SmsType == "" || string(in.SmsType) == kind {
			rows = append(rows, m)
		}
	}
	out := []object{}
	first := min((page-1)*size, len(rows))
	for _, m := range rows[first:min(first+size, len(rows))] {
		result := 2
		if m.DeliveredAt > 0 {
			result = 1
		} else if m.Failed {
			result = 0
		}
		status := 7
		if result != 2 {
			status = 5
		}
		id, label, kind := m.MessageID, "", 2
		if b := batches[m.MessageID]; b != nil {
			id, label, kind = b.id, b.label, 1
			if status, _, _, _ = s.sum(b); status == 5 && result == 2 {
				status = 7
			}
		}
		out = append(out, object{"Campaign": label, "Content": "", "Phone": "0" + m.Recipient[2:], "ReferenceId": id, "SellPrice": m.Price, "SendResult": result,
			"SendStatus": status, "SentTime": fmt.Sprintf("/Date(%d+0700)/", m.At), "SmsId": m.MessageID[:16], "SmsType": kind})
	}
	writeJSON(w, object{"CodeResult": "100", "CountTotal": len(rows), "SentData": out})
}

// smsBetween lists an account's accepted messages by time.
func (l *Ledger) smsBetween(account string, from, to int64) []Record {
	var out []Record
	l.Each(func(r Record) bool {
		if r.Provider == "esms" && r.Outcome == "accepted" && r.Account == account && r.At >= from && r.At <= to {
			out = append(out, r)
		}
		return true
	})
	slices.SortFunc(out, func(a, b Record) int {
		if a.At != b.At {
			return int(a.At - b.At)
		}
		return strings.Compare(a.MessageID, b.MessageID)
	})
	return out
}

// esmsBalance is POST /GetBalance_json and the older GET /GetBalance/{ApiKey}/{SecretKey}.
func (s *Server) esmsBalance(w http.ResponseWriter, key, secret string) {
	if code := s.esmsAuth(key, secret); code != 0 {
		esmsCode(w, "CodeResponse", code)
		return
	}
	s.ChangeESMSAccount(key, func(a *ESMSAccount) {
		answer(w, fmt.Appendf(nil, `{"Balance":%d,"CodeResponse":"100","UserID":%d}`, a.Balance, a.UserID))
	})
}

// esmsBrandnames is GET /GetListBrandname/{ApiKey}/{SecretKey}.
func (s *Server) esmsBrandnames(w http.ResponseWriter, key, secret string) {
	if code := s.esmsAuth(key, secret); code != 0 {
		esmsCode(w, "CodeResponse", code)
		return
	}
	list := []object{}
	s.esms.mu.Lock()
	for _, b := range s.esms.brands {
		if !b.Inactive {
			list = append(list, object{"Brandname": b.Name, "Type": 2})
			if b.Adverts {
				list = append(list, object{"Brandname": b.Name, "Type": 1})
			}
		}
	}
	s.esms.mu.Unlock()
	slices.SortFunc(list, func(a, b object) int { return strings.Compare(a["Brandname"].(string), b["Brandname"].(string)) })
	writeJSON(w, object{"CodeResponse": "100", "ListBrandName": list})
}
