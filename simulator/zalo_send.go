package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// text decodes a JSON string, number or boolean alike: providers take both forms.
type text string

// UnmarshalJSON keeps the inside of a string and the literal of anything else; null is empty.
func (t *text) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 0 && b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(s)
	case string(b) == "null":
		*t = ""
	case len(b) > 0 && (b[0] == '{' || b[0] == '['):
		return &json.UnmarshalTypeError{Value: "object"}
	default:
		*t = text(b)
	}
	return nil
}

type zaloSend struct {
	Phone       text            `json:"phone"`
	HashPhone   text            `json:"hash_phone"`
	TemplateID  text            `json:"template_id"`
	Data        json.RawMessage `json:"template_data"`
	TrackingID  text            `json:"tracking_id"`
	SendingMode text            `json:"sending_mode"`
	Mode        text            `json:"mode"`

	recipient string
	now       time.Time
	token     zaloToken
	tpl       *ZaloTemplate
}

var bodies = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// readBody reads at most max bytes into a pooled buffer. Give it back with bodies.Put.
func readBody(r *http.Request, max int) (*[]byte, bool) {
	p := bodies.Get().(*[]byte)
	b := (*p)[:0]
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err != nil || len(b) > max {
			*p = b
			return p, len(b) <= max
		}
	}
}

// zaloTemplateCall is POST /message/template and, with hashed, /message/template/hashphone. Source: developers.zalo.me, ZBS Template Message, send API.
func (s *Server) zaloTemplateCall(w http.ResponseWriter, r *http.Request, hashed bool) {
	if r.Method != http.MethodPost {
		zaloError(w, -106)
		return
	}
	if s.behave[zalo].Load().Outage {
		panic(http.ErrAbortHandler)
	}
	p, fits := readBody(r, 1<<20)
	defer bodies.Put(p)
	in := zaloSend{now: s.clk.Now()}
	app, code := s.zaloAuth(r, in.now, &in.token)
	b := s.behave[zalo].Load()
	if code == 0 {
		code = in.decode(*p, fits, hashed)
	} else {
		_ = in.decode(*p, fits, hashed) // for the record only: who and under which key
	}
	s.stage(zalo, "arrived", string(in.TrackingID))
	if code == 0 {
		if status := s.transport(zalo, b, string(in.TrackingID), in.recipient); status != 0 {
			s.refuseTransport(w, zalo, status, in.token.oa, string(in.TrackingID), in.recipient, in.now)
			return
		}
		if code = s.forced.number(zalo, in.recipient); code == 0 {
			code = s.zaloCheck(&in)
		}
		if code == 0 {
			code = s.zalo.phones.check(r.Header.Get("journey_token"), &in)
		}
	}
	s.latency(r, b, string(in.TrackingID))
	if code != 0 {
		s.zaloRefuse(w, &in, code)
		return
	}
	f := s.fateOf(zalo, b, string(in.TrackingID), in.recipient)
	delay := s.receiptDelay(b, in.recipient, string(in.TrackingID))
	comes := !b.ReceiptsOff && !f.silent && delay <= in.tpl.TimeoutMS
	price := int64(0)
	if comes {
		price = in.tpl.PriceSDT
	}
	left, quota, code := s.zaloTake(&in, price)
	if code != 0 {
		s.zaloRefuse(w, &in, code)
		return
	}
	e := entryIn{provider: zalo, account: in.token.oa, key: string(in.TrackingID), rcpt: in.recipient, at: in.now.UnixMilli(), price: int32(in.tpl.PriceSDT), note: in.tpl.ID}
	if comes {
		e.flags |= isPending
	}
	if f.drop {
		e.flags |= isDropped
	}
	seq, _ := s.Ledger().add(e)
	s.inbox.add(zalo, in.recipient, e.at, func() string { return in.tpl.Name + " " + string(in.Data) })
	if comes {
		s.zaloPlan(&in, app, b, f, seq, delay)
	}
	s.stage(zalo, "accepted", e.key)
	if f.after(w, r, `{"error":0,"message":"Success","data":{}}`) {
		return
	}
	defer s.answered(w, zalo, e.key)
	mode := "1"
	if in.SendingMode == "3" {
		mode = "3"
	}
	out := append(make([]byte, 0, 256), `{"error":0,"message":"Success","data":{"msg_id":"`...)
	out = s.Ledger().appendMessageID(out, seq, idDigits[zalo])
	out = append(out, `","sent_time":"`...)
	out = strconv.AppendInt(out, e.at, 10)
	out = append(out, `","sending_mode":"`...)
	out = append(out, mode...)
	out = append(out, `","quota":{"dailyQuota":"`...)
	out = strconv.AppendInt(out, quota, 10)
	out = append(out, `","remainingQuota":"`...)
	out = strconv.AppendInt(out, left, 10)
	answer(w, append(out, `"}}}`...))
}

// zaloPlan puts what follows an acceptance on the schedule. An early receipt is sent here and now, before the answer.
func (s *Server) zaloPlan(in *zaloSend, app *ZaloApp, b *Behaviour, f fate, seq uint32, delay int64) {
	e := event{due: in.now.UnixMilli() + delay, seq: seq, kind: zaloReceipt}
	if in.tpl.Rating && b.Feedback > 0 && roll(s.opts.Seed, "feedback", in.recipient) < b.Feedback {
		later := event{due: e.due + 60_000, seq: seq, kind: zaloFeedback}
		if b.Reorder {
			later.due = e.due - 1
		}
		s.queue.add(later)
	}
	if f.early && app.WebhookURL != "" {
		e.due = in.now.UnixMilli()
		s.tellZalo(e)
		return
	}
	s.queue.add(e)
}

// zaloAuth checks token, proof and app: the first steps of every call on this host.
func (s *Server) zaloAuth(r *http.Request, now time.Time, tok *zaloToken) (*ZaloApp, int) {
	given := r.Header.Get("access_token")
	s.zalo.mu.RLock()
	t, ok := s.zalo.access[given]
	app := s.zalo.apps[t.app]
	s.zalo.mu.RUnlock()
	*tok = t
	switch {
	case !ok || now.After(t.expires):
		return nil, -124
	case app == nil:
		return nil, -102
	case app.Inactive:
		return nil, -103
	}
	if proof := r.Header.Get("appsecret_proof"); (app.NeedProof || proof != "") && proof != appProof(app.Secret, given) {
		return nil, -1241
	}
	s.zalo.oaMu.Lock()
	defer s.zalo.oaMu.Unlock()
	switch oa := s.zalo.oas[t.oa]; {
	case oa == nil:
		return nil, -125
	case oa.Unverified:
		return nil, -135
	case oa.Blocked:
		return nil, -1351
	case oa.Unlinked:
		return nil, -136
	}
	return app, 0
}

// decode reads the body: -121 empty, -122 not JSON, -108 no usable number.
func (in *zaloSend) decode(body []byte, fits, hashed bool) int {
	switch {
	case !fits:
		return -130
	case len(strings.TrimSpace(string(body))) == 0:
		return -121
	}
	if err := json.Unmarshal(body, in); err != nil {
		return -122
	}
	if hashed {
		in.recipient = strings.ToLower(string(in.HashPhone))
		if len(in.recipient) != 64 || strings.Trim(in.recipient, "0123456789abcdef") != "" {
			return -108
		}
		return 0
	}
	in.recipient = strings.TrimPrefix(string(in.Phone), "+")
	if !validZaloPhone(in.recipient) {
		return -108
	}
	return 0
}

// validZaloPhone takes 84 and 8 to 10 digits; the bare and the 0… form are not promised for the API.
func validZaloPhone(p string) bool {
	if len(p) < 10 || len(p) > 12 || p[:2] != "84" || p[2] == '0' {
		return false
	}
	return strings.Trim(p, "0123456789") == ""
}

// zaloCheck is the middle of the provider's order: template, data, mode, hours.
func (s *Server) zaloCheck(in *zaloSend) int {
	s.zalo.mu.RLock()
	in.tpl = s.zalo.templates[string(in.TemplateID)]
	s.zalo.mu.RUnlock()
	switch {
	case in.tpl == nil:
		return -109
	case in.tpl.OAID != "" && in.tpl.OAID != in.token.oa:
		return -117
	case in.tpl.Status == "DISABLE" && in.tpl.Quality == "LOW":
		return -146
	case in.tpl.Status != "ENABLE":
		return -131
	}
	var data map[string]text
	if len(in.Data) > 0 {
		if err := json.Unmarshal(in.Data, &data); err != nil {
			return -112
		}
	}
	if code := checkData(in.tpl.Params, data); code != 0 {
		return code
	}
	if in.Mode == "development" {
		admin := false
		s.ChangeZaloOA(in.token.oa, func(o *ZaloOA) {
			for _, a := range o.Admins {
				a = strings.TrimPrefix(a, "+")
				admin = admin || a == in.recipient || hashOf(a) == in.recipient
			}
		})
		if !admin {
			return -127
		}
	} else if in.Mode != "" {
		return -132
	}
	if len(in.TrackingID) > 48 || strings.ContainsAny(string(in.TrackingID), " \t\r\n\"'<>&") {
		return -132
	}
	return s.zaloModeAndHour(in)
}

func (s *Server) zaloModeAndHour(in *zaloSend) int {
	switch in.SendingMode {
	case "", "1":
	case "3":
		allowed := false
		s.ChangeZaloOA(in.token.oa, func(o *ZaloOA) { allowed = o.Mode3 })
		if !allowed {
			return -161
		}
		if in.tpl.Tag != "PROMOTION" {
			return -162
		}
	default:
		return -161
	}
	if h := in.now.In(vietnam).Hour(); h >= 22 || h < 6 {
		switch s.tune.Load().NightBlock {
		case "all":
			return -133
		case "all_but_otp":
			if in.tpl.Tag != "OTP" {
				return -133
			}
		case "promotion":
			if in.tpl.Tag == "PROMOTION" {
				return -133
			}
		}
	}
	return 0
}

var vietnam = time.FixedZone("+07", 7*3600)

// checkData compares the values with the template: -111 none, -1122 missing, -1121 too long, -1124 wrong format. Each rule is tried on all values before the next rule.
func checkData(params []ZaloParam, data map[string]text) int {
	if len(params) > 0 && len(data) == 0 {
		return -111
	}
	for i := range params {
		if v, ok := data[params[i].Name]; params[i].Require && (!ok || v == "" && !params[i].AcceptNull) {
			return -1122
		}
	}
	for i := range params {
		v := string(data[params[i].Name])
		if limit := params[i].MaxLength; limit > 0 && len(v) > limit && utf8.RuneCountInString(norm.NFC.String(v)) > limit {
			return -1121
		}
	}
	for i := range params {
		if v := string(data[params[i].Name]); v != "" && (utf8.RuneCountInString(v) < params[i].MinLength || !validKind(params[i].Kind, v)) {
			return -1124
		}
	}
	return 0
}
