package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// serveZalo routes what stands for business.openapi.zalo.me.
func (s *Server) serveZalo(w http.ResponseWriter, r *http.Request) {
	defer s.zalo.flight.enter()()
	switch path := strings.TrimSuffix(r.URL.Path[len("/zalo"):], "/"); path {
	case "/message/template":
		s.zaloTemplateCall(w, r, false)
		return
	case "/message/template/hashphone":
		s.zaloTemplateCall(w, r, true)
		return
	case "/journey/get-token", "/journey/check-token":
		s.zaloJourneyCall(w, r, path)
		return
	case "/message/status", "/message/quota", "/message/template-tag", "/quality", "/template/all", "/template/info", "/template/info/v2", "/template/sample-data":
		var tok zaloToken
		if _, code := s.zaloAuth(r, s.clk.Now(), &tok); code != 0 {
			zaloError(w, code)
			return
		}
		if r.Method != http.MethodGet {
			zaloError(w, -106)
			return
		}
		if data, code := s.zaloRead(path, r, tok); code != 0 {
			zaloError(w, code)
		} else {
			zaloData(w, data)
		}
		return
	}
	if s.serveOA(w, r, strings.TrimSuffix(r.URL.Path[len("/zalo"):], "/")) {
		return
	}
	if strings.HasPrefix(r.URL.Path, "/zalo/preview/") {
		s.zaloPreview(w, r)
		return
	}
	http.NotFound(w, r)
}

type object map[string]any

// zaloData wraps data in the envelope. A template list brings its own envelope part "metadata".
func zaloData(w http.ResponseWriter, data any) {
	out := object{"error": 0, "message": "Success", "data": data}
	if l, ok := data.(zaloList); ok {
		out["data"], out["metadata"] = l.rows, object{"total": l.total}
	}
	b, err := json.Marshal(out)
	if err != nil {
		zaloError(w, -100)
		return
	}
	answer(w, b)
}

type zaloList struct {
	rows  []object
	total int
}

func (s *Server) zaloRead(path string, r *http.Request, tok zaloToken) (any, int) {
	q := r.URL.Query()
	switch path {
	case "/message/status":
		return s.zaloStatus(q.Get("message_id"))
	case "/message/quota":
		var out object
		s.ChangeZaloOA(tok.oa, func(o *ZaloOA) {
			o.turn(s.clk.Now())
			out = object{"dailyQuota": o.DailyQuota, "remainingQuota": max(0, o.DailyQuota-o.UsedToday), "dailyQuotaPromotion": nil, "remainingQuotaPromotion": nil,
				"monthlyPromotionQuota": o.MonthlyPromo, "remainingMonthlyPromotionQuota": max(0, o.MonthlyPromo-o.PromoThisMonth), "estimatedNextMonthPromotionQuota": o.MonthlyPromo}
		})
		return out, 0
	case "/message/template-tag":
		return []string{"OTP", "TRANSACTION", "CUSTOMER_CARE", "PROMOTION"}, 0
	case "/quality":
		quality := "UNDEFINED"
		s.ChangeZaloOA(tok.oa, func(o *ZaloOA) { quality = o.Quality })
		return object{"oaCurrentQuality": quality, "oa7dayQuality": quality}, 0
	case "/template/all":
		return s.zaloTemplates(q.Get("status"), q.Get("offset"), q.Get("limit"), tok.oa)
	}
	s.zalo.mu.RLock()
	t := s.zalo.templates[q.Get("template_id")]
	s.zalo.mu.RUnlock()
	switch {
	case t == nil:
		return nil, -109
	case t.OAID != "" && t.OAID != tok.oa:
		return nil, -117
	case path == "/template/sample-data":
		out := object{}
		for _, p := range t.Params {
			out[p.Name] = p.Sample
		}
		return out, 0
	}
	return t.info(path == "/template/info", s.ZaloURL()), 0
}

// ZaloStatusCalls is how often the status of a message was asked for.
func (s *Server) ZaloStatusCalls() int64 { return s.zalo.statuses.Load() }

// zaloStatus is GET /message/status: -1 no such message, 0 at Zalo, 1 on the phone.
func (s *Server) zaloStatus(id string) (any, int) {
	s.zalo.statuses.Add(1)
	if id == "" {
		return nil, -107
	}
	seq, ok := s.Ledger().number(id)
	var e entry
	if ok {
		e, _, _, ok = s.Ledger().read(seq)
	}
	switch {
	case !ok || e.provider != zalo || e.flags&isAccepted == 0:
		return object{"status": -1, "message": "The message does not exist"}, 0
	case e.flags&isDelivered != 0:
		return object{"delivery_time": strconv.FormatInt(e.delivered, 10), "message": "The message was delivered to the user's phone", "status": 1}, 0
	}
	return object{"status": 0, "message": "The message is at Zalo, not delivered yet"}, 0
}

var zaloStatusNumbers = map[string]string{"1": "ENABLE", "2": "PENDING_REVIEW", "3": "REJECT", "4": "DISABLE"}

func (s *Server) zaloTemplates(status, offset, limit, oa string) (any, int) {
	from, err := strconv.Atoi(offset)
	if err != nil || from < 0 {
		return nil, -132
	}
	n, err := strconv.Atoi(limit)
	if err != nil || n < 1 || n > 100 {
		return nil, -132
	}
	want, known := zaloStatusNumbers[status]
	if status != "" && !known {
		return nil, -132
	}
	s.zalo.mu.RLock()
	defer s.zalo.mu.RUnlock()
	var all []*ZaloTemplate
	for _, t := range s.zalo.templates {
		if (t.OAID == "" || t.OAID == oa) && (want == "" || t.Status == want) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b *ZaloTemplate) int { return strings.Compare(a.ID, b.ID) })
	out := zaloList{rows: []object{}, total: len(all)}
	for _, t := range all[min(from, len(all)):min(from+n, len(all))] {
		out.rows = append(out.rows, object{"templateId": numberOrText(t.ID), "templateName": t.Name, "createdTime": t.Created, "status": t.Status, "templateQuality": t.Quality})
	}
	return out, 0
}

func numberOrText(s string) any {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	return s
}

// info is the answer of /template/info/v2, or of the older /template/info with its daily quota.
func (t *ZaloTemplate) info(old bool, base string) object {
	params := []object{}
	for _, p := range t.Params {
		params = append(params, object{"name": p.Name, "require": p.Require, "type": "STRING", "maxLength": p.MaxLength, "minLength": p.MinLength, "acceptNull": p.AcceptNull})
	}
	buttons := []object{}
	for _, b := range t.Buttons {
		buttons = append(buttons, object{"type": b.Type, "title": b.Title, "content": b.Content})
	}
	out := object{"templateId": numberOrText(t.ID), "templateName": t.Name, "status": t.Status, "listParams": params, "listButtons": buttons, "timeout": t.TimeoutMS,
		"previewUrl": base + "/preview/" + t.ID, "templateQuality": t.Quality, "templateTag": t.Tag, "price": strconv.FormatInt(t.PriceSDT, 10),
		"price_sdt": strconv.FormatInt(t.PriceSDT, 10), "price_uid": strconv.FormatInt(t.PriceUID, 10)}
	if old {
		out["applyTemplateQuota"], out["templateDailyQuota"] = t.DailyQuota > 0, strconv.FormatInt(t.DailyQuota, 10)
	}
	return out
}
