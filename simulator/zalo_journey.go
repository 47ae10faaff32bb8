package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// zaloJourney is what a journey token stands for.
type zaloJourney struct {
	oa, phone, kind string
	made, expires   time.Time
	id              string
}

// phoneState is what Zalo knows of phone numbers: journeys by token, and whose number a hash is of.
type phoneState struct {
	mu       sync.RWMutex
	journeys map[string]zaloJourney
	hashes   map[string]string
	made     int
}

func (p *phoneState) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.journeys, p.hashes, p.made = map[string]zaloJourney{}, map[string]string{}, 0
}

// zaloJourneyDays are the kinds of journey tokens with their days (developers.zalo.me, ZBS Template Message, "Journey token").
var zaloJourneyDays = map[string]int{"token_logistics_7": 7, "token_logistics_30": 30, "token_coach_bus_7": 7, "token_coach_bus_30": 30}

func hashOf(phone string) string {
	sum := sha256.Sum256([]byte(phone))
	return hex.EncodeToString(sum[:])
}

// KnowZaloPhones tells Zalo numbers ("84…") that its users have. Without it a hash is somebody whose number nobody knows, so that endings of numbers say nothing.
func (s *Server) KnowZaloPhones(phones ...string) {
	s.zalo.phones.mu.Lock()
	defer s.zalo.phones.mu.Unlock()
	for _, p := range phones {
		p = strings.TrimPrefix(p, "+")
		s.zalo.phones.hashes[hashOf(p)] = p
	}
}

// ZaloJourneys counts the journey tokens that were given out and are not taken away, by phone.
func (s *Server) ZaloJourneys() map[string]int {
	s.zalo.phones.mu.RLock()
	defer s.zalo.phones.mu.RUnlock()
	out := map[string]int{}
	for _, j := range s.zalo.phones.journeys {
		out[j.phone]++
	}
	return out
}

// EndZaloJourneys takes all journey tokens away.
func (s *Server) EndZaloJourneys() {
	s.zalo.phones.mu.Lock()
	defer s.zalo.phones.mu.Unlock()
	clear(s.zalo.phones.journeys)
}

// numberOf is the number behind a hash when Zalo knows it; a number is itself.
func (p *phoneState) numberOf(recipient string) string {
	if len(recipient) != 64 {
		return recipient
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	if known, ok := p.hashes[recipient]; ok {
		return known
	}
	return recipient
}

// find reads a token: -148 absent, -149 wrong, -150 ended.
func (p *phoneState) find(token, oa string, now time.Time) (zaloJourney, int) {
	if token == "" {
		return zaloJourney{}, -148
	}
	p.mu.RLock()
	j, ok := p.journeys[token]
	p.mu.RUnlock()
	switch {
	case !ok || j.oa != oa:
		return j, -149
	case now.After(j.expires):
		return j, -150
	}
	return j, 0
}

// check is asked of every message: a template may want a token, and one that comes must be good.
func (p *phoneState) check(token string, in *zaloSend) int {
	if in.tpl.Journey == "" && token == "" {
		return 0
	}
	j, code := p.find(token, in.token.oa, in.now)
	switch {
	case code != 0:
		return code
	case in.tpl.Journey != "" && !strings.HasPrefix(j.kind, "token_"+in.tpl.Journey+"_"):
		return -1491
	case j.phone != in.recipient:
		return -149
	}
	return 0
}

// tokenOf is the token of a journey's id, which is what eTelecom gives instead.
func (p *phoneState) tokenOf(id string) string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for t, j := range p.journeys {
		if j.id == id {
			return t
		}
	}
	return ""
}

// newJourney makes a token for a number that has a Zalo account.
func (s *Server) newJourney(oa, phone, kind string, now time.Time) (token string, j zaloJourney, code int) {
	phone = strings.TrimPrefix(phone, "+")
	days := zaloJourneyDays[kind]
	switch {
	case days == 0:
		return "", j, -1491
	case !validZaloPhone(phone):
		return "", j, -108
	}
	if code := s.zaloPerson(phone); code != 0 {
		return "", j, code
	}
	p := &s.zalo.phones
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made++
	n := strconv.Itoa(p.made)
	j = zaloJourney{oa: oa, phone: phone, kind: kind, made: now, expires: now.AddDate(0, 0, days), id: "55" + n}
	token = "sim-jt-" + n + "-" + strconv.FormatUint(hash64(s.opts.Seed, "journey", n), 36)
	p.journeys[token] = j
	return token, j, 0
}

// zaloJourneyCall is POST /journey/get-token, whose answer has the token beside the code and not under data, and GET /journey/check-token.
func (s *Server) zaloJourneyCall(w http.ResponseWriter, r *http.Request, path string) {
	var tok zaloToken
	now := s.clk.Now()
	if s.behave[zalo].Load().Outage {
		panic(http.ErrAbortHandler)
	}
	if _, code := s.zaloAuth(r, now, &tok); code != 0 {
		zaloError(w, code)
		return
	}
	if path == "/journey/check-token" {
		j, code := s.zalo.phones.find(r.Header.Get("journey_token"), tok.oa, now)
		if code != 0 {
			zaloError(w, code)
			return
		}
		zaloData(w, object{"appId": tok.app, "oaId": tok.oa, "tokenType": j.kind, "createdAt": strconv.FormatInt(j.made.UnixMilli(), 10), "expiredAt": strconv.FormatInt(j.expires.UnixMilli(), 10)})
		return
	}
	p, fits := readBody(r, 64<<10)
	defer bodies.Put(p)
	var in struct {
		Phone text `json:"phone"`
		Kind  text `json:"token_type"`
	}
	switch {
	case r.Method != http.MethodPost:
		zaloError(w, -106)
		return
	case !fits || json.Unmarshal(*p, &in) != nil:
		zaloError(w, -122)
		return
	}
	token, j, code := s.newJourney(tok.oa, string(in.Phone), string(in.Kind), now)
	if code != 0 {
		zaloError(w, code)
		return
	}
	writeJSON(w, object{"error": 0, "message": "Success", "token": token, "journey_id": j.id})
}
