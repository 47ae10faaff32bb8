package simulator

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Stringee signs its requests with HMAC-SHA1
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The default project of Stringee: an API key, the secret that signs requests to us, and the number that calls. They protect nothing: the simulator is on loopback.
const (
	DefaultStringeeSID     = "SK.sim-stringee"
	DefaultStringeeSecret  = "sim-stringee-key-secret"
	DefaultStringeeSigning = "sim-stringee-signing-secret"
	DefaultStringeeNumber  = "842471000000"
)

// stringeePrice is VND for a call that somebody answered.
const stringeePrice = 400

// stringeeProject is the id in events.
const stringeeProject = 25

// stringeeKept is how many calls the log keeps.
const stringeeKept = 10_000

type stringeeState struct {
	mu      sync.Mutex
	sid     string
	secret  string
	signing string
	numbers []string
	webhook string
	calls   []*stringeeCall // in order
	byID    map[string]*stringeeCall
}

// stringeeCall is one call with what will become of it; the log shows as much of it as has happened.
type stringeeCall struct {
	id, from, to     string
	at               int64 // Unix ms
	answered, ended  int64 // 0 = never
	hears            bool  // events are told
	cause            string
	keys             []string // what the person presses, in order; "" = nothing until the time is over
	prompts, reached int      // how often the person was asked for a key, and how many keys were told
	heard            []string // every text that was read
}

func (p *stringeeState) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sid, p.secret, p.signing, p.numbers, p.webhook = DefaultStringeeSID, DefaultStringeeSecret, DefaultStringeeSigning, []string{DefaultStringeeNumber}, ""
	p.calls, p.byID = nil, map[string]*stringeeCall{}
}

// SetStringeeWebhook says where the events of the project go; empty = nowhere.
func (s *Server) SetStringeeWebhook(url string) {
	s.voice.mu.Lock()
	defer s.voice.mu.Unlock()
	s.voice.webhook = url
}

// StringeeURL stands for https://api.stringee.com.
func (s *Server) StringeeURL() string { return s.URL() + "/stringee" }

// StringeeHeard is what was read to a number in its newest call, prompts and replies included.
func (s *Server) StringeeHeard(number string) []string {
	number = strings.TrimPrefix(number, "+")
	s.voice.mu.Lock()
	defer s.voice.mu.Unlock()
	for i := len(s.voice.calls) - 1; i >= 0; i-- {
		if c := s.voice.calls[i]; c.to == number {
			return append([]string(nil), c.heard...)
		}
	}
	return nil
}

// callID is Stringee's id of a call.
func (l *Ledger) callID(seq uint32) string { return "call-vn-1-" + l.messageID(seq, 12) }

// serveStringee is /stringee/v1/call2/callout and /stringee/v1/call/log.
func (s *Server) serveStringee(w http.ResponseWriter, r *http.Request) {
	b := s.behave[voice].Load()
	if b.Outage {
		panic(http.ErrAbortHandler)
	}
	if !s.stringeeToken(r.Header.Get("X-Stringee-Auth")) {
		w.Header()["Content-Type"] = jsonType
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"r":1,"message":"Unauthorized"}`))
		return
	}
	switch path := strings.TrimPrefix(r.URL.Path, "/stringee"); {
	case path == "/v1/call2/callout" && r.Method == http.MethodPost:
		s.stringeeCallout(w, r, b)
	case path == "/v1/call/log" && r.Method == http.MethodGet:
		s.stringeeLog(w, r)
	default:
		http.NotFound(w, r)
	}
}

// stringeeToken checks a JWT as documented: HS256 under the key's secret, cty stringee-api;v=1, iss and jti of the key, not expired, rest_api. Source: developer.stringee.com, "Call REST API",
// authentication.
func (s *Server) stringeeToken(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	s.voice.mu.Lock()
	sid, secret := s.voice.sid, s.voice.secret
	s.voice.mu.Unlock()
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	sign, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !hmac.Equal(sign, mac.Sum(nil)) {
		return false
	}
	var head struct{ Typ, Alg, Cty string }
	var body struct {
		JTI, Iss string
		Exp      int64
		Rest     bool `json:"rest_api"`
	}
	for i, into := range []any{&head, &body} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || json.Unmarshal(raw, into) != nil {
			return false
		}
	}
	return head.Alg == "HS256" && head.Cty == "stringee-api;v=1" && body.Iss == sid && strings.HasPrefix(body.JTI, sid+"-") && body.Rest && body.Exp > s.clk.Now().Unix()
}

// stringeeSign is the value of X-STRINGEE-SIGNATURE. Source: developer.stringee.com, "Validating requests are coming from Stringee".
func stringeeSign(secret string, body []byte) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// stringeeLog is GET /v1/call/log: the newest calls first, as far as they have got.
func (s *Server) stringeeLog(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 {
		limit = 10
	}
	now := s.clk.Now().UnixMilli()
	s.voice.mu.Lock()
	defer s.voice.mu.Unlock()
	list := []object{}
	for i := len(s.voice.calls) - 1; i >= 0 && len(list) < min(limit, 1000); i-- {
		c := s.voice.calls[i]
		answered, ended, spoken := past(c.answered, now), past(c.ended, now), int64(0)
		if answered != 0 && ended != 0 {
			spoken = seconds(ended - answered)
		}
		list = append(list, object{"id": c.id, "object_type": "call_log", "project_id": stringeeProject, "from_number": c.from, "to_number": c.to, "from_alias": c.from, "to_alias": c.to, "from_internal": 0, "to_internal": 0,
			"created": c.at / 1000, "start_time": c.at, "answer_time": answered, "first_answer_time": answered, "stop_time": ended, "answer_duration": spoken, "recorded": 0, "video_call": 0})
	}
	writeJSON(w, object{"r": 0, "msg": "Get call log", "data": object{"totalCalls": len(s.voice.calls), "limit": limit, "currentPage": 1, "calls": list}})
}

func past(at, now int64) int64 {
	if at > now {
		return 0
	}
	return at
}

func seconds(ms int64) int64 { return max(1, (ms+500)/int64(time.Second/time.Millisecond)) }
