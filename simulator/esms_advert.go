package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fewest and most numbers of a batch of adverts (developers.esms.vn, "Tin SMS quảng cáo").
const (
	advertLeast = 30
	advertMost  = 5000
)

// advertBatch is one batch of adverts: one SMSID for all its numbers. People look at it before it goes out.
type advertBatch struct {
	id, label string
	seqs      []uint32
	reviewed  int64 // Unix ms, when somebody has looked at it
	rejected  bool
}

// adverts are the batches, and how the gateway treats them. esms.mu guards it.
type adverts struct {
	byID   map[string]*advertBatch
	bySeq  map[uint32]*advertBatch
	review time.Duration
	// reports says that numbers of batches are told by callback; newer editions of the handbook leave it out.
	reports bool
	refuse  string         // texts with it are refused by those who look; empty = none
	ported  map[string]int // 84… to the telco that has the number today
}

func (a *adverts) reset() {
	*a = adverts{byID: map[string]*advertBatch{}, bySeq: map[uint32]*advertBatch{}, review: 30 * time.Second, ported: map[string]int{}}
}

// SetAdverts says how long people look at a batch of adverts, and whether its numbers are told by callback.
func (s *Server) SetAdverts(review time.Duration, reports bool) {
	s.esms.mu.Lock()
	defer s.esms.mu.Unlock()
	s.esms.adverts.review, s.esms.adverts.reports = review, reports
}

// RefuseAdverts lets those who look at adverts refuse texts that contain part; empty = none.
func (s *Server) RefuseAdverts(part string) {
	s.esms.mu.Lock()
	defer s.esms.mu.Unlock()
	s.esms.adverts.refuse = part
}

// PortNumber moves a number ("84…") to another network by eSMS's telco id; its first digits stay.
func (s *Server) PortNumber(phone string, telco int) {
	s.esms.mu.Lock()
	defer s.esms.mu.Unlock()
	s.esms.adverts.ported[phone] = telco
}

// telcoOf is the network that has a number today.
func (s *Server) telcoOf(phone string) int {
	s.esms.mu.Lock()
	defer s.esms.mu.Unlock()
	if t, ok := s.esms.adverts.ported[phone]; ok {
		return t
	}
	return telco(phone)
}

// advertOf is the batch of an entry, nil for other messages; told says whether its numbers are told by callback.
func (s *Server) advertOf(seq uint32) (b *advertBatch, told bool) {
	s.esms.mu.Lock()
	defer s.esms.mu.Unlock()
	return s.esms.adverts.bySeq[seq], s.esms.adverts.reports
}

func (s *Server) advert(id string) *advertBatch {
	s.esms.mu.Lock()
	defer s.esms.mu.Unlock()
	return s.esms.adverts.byID[id]
}

type esmsBatch struct {
	esmsSend
	Phones []text `json:"Phones"`
	phones []string
	prices []int64
}

// esmsBatchCall is POST /SendMultipleSMSBrandname_json/. Source: developers.esms.vn, "Tin SMS quảng cáo" and "Bảng mã lỗi".
func (s *Server) esmsBatchCall(w http.ResponseWriter, r *http.Request) {
	p, fits := readBody(r, 1<<20)
	defer bodies.Put(p)
	in := esmsBatch{esmsSend: esmsSend{now: s.clk.Now()}}
	if !fits || r.Method != http.MethodPost || json.Unmarshal(*p, &in) != nil {
		answer(w, []byte(`{"error":"Invalid request"}`))
		return
	}
	b := s.behave[esms].Load()
	if b.Outage {
		panic(http.ErrAbortHandler)
	}
	key := string(in.RequestID)
	s.stage(esms, "arrived", key)
	code := s.esmsAuth(string(in.APIKey), string(in.SecretKey))
	if code == 0 {
		code = in.form()
	}
	s.latency(r, b, key)
	if code == 0 {
		in.recipient = in.phones[0]
		if seq, ok := s.Ledger().accepted(esms, key, in.now.UnixMilli(), repeatWindow); ok {
			s.esmsDuplicate(w, &in.esmsSend, seq)
			return
		}
		if code = s.forced.number(esms, in.recipient); code == 0 {
			code = s.advertCheck(&in)
		}
	}
	if code == 0 && in.Sandbox == "1" {
		answer(w, fmt.Appendf(nil, `{"CodeResult":"100","CountRegenerate":0,"SMSID":"%032x"}`, hash64(s.opts.Seed, "sandbox", key)))
		return
	}
	if code == 0 {
		code = s.esmsCharge(string(in.APIKey), in.price)
	}
	if code != 0 {
		s.esmsRefuse(w, &in.esmsSend, code)
		return
	}
	s.advertAccept(w, r, &in, b)
}

// form checks what needs no registry.
func (in *esmsBatch) form() int {
	switch {
	case in.SmsType == "":
		return 300
	case in.SmsType != "1":
		return 118
	case in.Content == "" || in.Brandname == "" || len(in.RequestID) > 50 || len(in.CampaignID) > 254:
		return 110
	}
	seen := map[string]bool{}
	for _, p := range in.Phones {
		phone, ok := smsPhone(string(p))
		if !ok {
			return 108
		}
		if !seen[phone] {
			seen[phone] = true
			in.phones = append(in.phones, phone)
		}
	}
	switch {
	case len(in.phones) < advertLeast:
		return 107
	case len(in.phones) > advertMost:
		return 120
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

// advertCheck is brandname and words, and the price of each number.
func (s *Server) advertCheck(in *esmsBatch) int {
	s.esms.mu.Lock()
	brand, blocked := s.esms.brands[string(in.Brandname)], s.esms.blocked
	s.esms.mu.Unlock()
	if brand == nil || brand.Inactive || !brand.Adverts {
		return 104
	}
	for _, word := range blocked {
		if strings.Contains(strings.ToLower(string(in.Content)), word) {
			return 201
		}
	}
	parts := int64(smsParts(string(in.Content)))
	for _, phone := range in.phones {
		part := brand.Price
		if p, ok := brand.Prices[s.telcoOf(phone)]; ok {
			part = p
		}
		in.prices = append(in.prices, part*parts)
		in.price += part * parts
	}
	return 0
}

// advertAccept writes one entry a number and plans what becomes of it after the review. Who looks at it wants the label of adverts.
func (s *Server) advertAccept(w http.ResponseWriter, r *http.Request, in *esmsBatch, b *Behaviour) {
	s.esms.mu.Lock()
	review, refuse := s.esms.adverts.review, s.esms.adverts.refuse
	s.esms.mu.Unlock()
	batch := &advertBatch{label: string(in.CampaignID), reviewed: in.now.Add(review).UnixMilli()}
	batch.rejected = !strings.HasPrefix(string(in.Content), "[QC]") && !strings.HasPrefix(string(in.Content), "[AD]") || refuse != "" && strings.Contains(string(in.Content), refuse)
	drop := false
	var plans []event
	for i, phone := range in.phones {
		key := string(in.RequestID)
		if i > 0 && key != "" { // one key stands for all, and is no copy of itself
			key += "#" + strconv.Itoa(i)
		}
		f := s.fateOf(esms, b, key, phone)
		drop = drop || f.drop
		e := entryIn{provider: esms, account: string(in.APIKey), key: key, rcpt: phone, at: in.now.UnixMilli(), price: int32(in.prices[i]), callback: string(in.CallbackURL), flags: isCharged, note: string(in.Brandname)}
		if i == 0 && key != "" {
			e.uniqueFor = repeatWindow
		}
		if batch.rejected || s.tune.Load().Magic && magicEnding(phone) == "0002" {
			e.flags |= isRejectedLater
		}
		comes := batch.rejected || !f.silent && !b.ReceiptsOff
		if comes {
			e.flags |= isPending
		}
		seq, fresh := s.Ledger().add(e)
		if !fresh {
			s.ChangeESMSAccount(string(in.APIKey), func(a *ESMSAccount) { a.Balance += in.price })
			s.esmsDuplicate(w, &in.esmsSend, seq)
			return
		}
		if i == 0 {
			batch.id = s.Ledger().messageID(seq, idDigits[esms])
		}
		batch.seqs = append(batch.seqs, seq)
		s.inbox.add(esms, phone, e.at, func() string { return string(in.Brandname) + ": " + string(in.Content) })
		if comes {
			plans = append(plans, event{due: max(batch.reviewed, e.at+in.wait) + s.receiptDelay(b, phone, key), seq: seq, kind: smsFinal})
		}
	}
	s.esms.mu.Lock()
	s.esms.adverts.byID[batch.id] = batch
	for _, seq := range batch.seqs {
		s.esms.adverts.bySeq[seq] = batch
	}
	s.esms.mu.Unlock()
	for _, e := range plans {
		s.queue.add(e)
	}
	s.stage(esms, "accepted", string(in.RequestID))
	f := fate{drop: drop}
	if f.after(w, r, `{"CodeResult":"100"}`) {
		return
	}
	defer s.answered(w, esms, string(in.RequestID))
	answer(w, fmt.Appendf(nil, `{"CodeResult":"100","CountRegenerate":0,"SMSID":"%s"}`, batch.id))
}

// sum is what GetSendStatus says of a batch: 1 waiting for approval, 4 refused, 7 under way, 5 finished.
func (s *Server) sum(b *advertBatch) (status, good, bad int, price int64) {
	for _, seq := range b.seqs {
		e, _, _, _ := s.Ledger().read(seq)
		good += bit(e.flags, isDelivered)
		bad += bit(e.flags, isFailed)
		price += charged(&e)
	}
	switch {
	case s.clk.Now().UnixMilli() < b.reviewed:
		return 1, 0, 0, price
	case b.rejected:
		return 4, good, bad, price
	case good+bad == len(b.seqs):
		return 5, good, bad, price
	}
	return 7, good, bad, price
}

// advertStatus is GET /GetSendStatus of a batch.
func (s *Server) advertStatus(w http.ResponseWriter, b *advertBatch) {
	status, good, bad, price := s.sum(b)
	answer(w, fmt.Appendf(nil, `{"CodeResponse":"100","SMSID":%q,"SendFailed":%d,"SendStatus":%d,"SendSuccess":%d,"TotalPrice":%d.0000,"TotalReceiver":%d,"TotalSent":%d}`,
		b.id, bad, status, good, price, len(b.seqs), good+bad))
}

var networkNames = [...]string{"", "Viettel", "Mobifone", "Vinaphone", "Vietnamobile", "Gtel", "Itel", "Reddi"}

// advertReceivers is GET /GetSmsReceiverStatus_get of a batch.
func (s *Server) advertReceivers(w http.ResponseWriter, b *advertBatch) {
	list := make([]object, 0, len(b.seqs))
	for _, seq := range b.seqs {
		e, _, phone, _ := s.Ledger().read(seq)
		list = append(list, object{"IsSent": e.flags&(isDelivered|isFailed) != 0, "NetworkName": networkNames[s.telcoOf(phone)], "Phone": "0" + phone[2:], "Retry": 0, "SentResult": e.flags&isDelivered != 0})
	}
	writeJSON(w, object{"CodeResult": "100", "ReceiverList": list})
}
