package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// readTwirp decodes a call's body; false means that it is answered.
func readTwirp(w http.ResponseWriter, r *http.Request, into any) bool {
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(into) != nil {
		twirp(w, http.StatusBadRequest, "invalid_argument", "body")
		return false
	}
	return true
}

// etelecomJourney is Zalo/CreateJourney. What Zalo refuses is 200 with status N and Zalo's number. Source: docs.etelecom.vn, "CreateJourney".
func (s *Server) etelecomJourney(w http.ResponseWriter, r *http.Request) {
	var in struct {
		OAID  text `json:"oa_id"`
		Phone text `json:"phone"`
		Kind  text `json:"token_type"`
	}
	if !readTwirp(w, r, &in) {
		return
	}
	if in.Kind == "" || in.Kind == "unknown" {
		in.Kind = "token_logistics_7"
	}
	phone, good := smsPhone(string(in.Phone))
	if !good || s.webhookOf(string(in.OAID)).ID == "" {
		twirp(w, http.StatusBadRequest, "invalid_argument", "oa_id or phone")
		return
	}
	now := s.clk.Now()
	token, j, code := s.newJourney(string(in.OAID), phone, string(in.Kind), now)
	out := object{"phone": phone, "status": "P", "error_code": code, "error_message": zaloTexts[code], "is_charged": code == 0, "created_at": now.UTC().Format(time.RFC3339), "updated_at": now.UTC().Format(time.RFC3339)}
	if code != 0 {
		out["status"] = "N"
	} else {
		out["id"], out["journey_id"], out["journey_token"], out["expired_at"] = "8"+j.id, j.id, token, j.expires.UTC().Format(time.RFC3339)
	}
	writeJSON(w, out)
}

// etelecomTemplates is Zalo/ListTemplates: the templates of Zalo, ten a page at most so that clients meet the cursor. Source: docs.etelecom.vn, "ListTemplates".
func (s *Server) etelecomTemplates(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Filter struct {
			OAID text `json:"oa_id"`
		} `json:"filter"`
		Paging struct {
			After text `json:"after"`
			Limit int  `json:"limit"`
		} `json:"paging"`
	}
	if !readTwirp(w, r, &in) {
		return
	}
	limit := in.Paging.Limit
	if limit < 1 || limit > 10 {
		limit = 10
	}
	s.zalo.mu.RLock()
	list := make([]ZaloTemplate, 0, len(s.zalo.templates))
	for _, t := range s.zalo.templates {
		if t.OAID == "" || t.OAID == string(in.Filter.OAID) {
			list = append(list, *t)
		}
	}
	s.zalo.mu.RUnlock()
	slices.SortFunc(list, func(a, b ZaloTemplate) int { return strings.Compare(a.ID, b.ID) })
	rows, next := []object{}, ""
	for i := range list {
		t := &list[i]
		if t.ID <= string(in.Paging.After) {
			continue
		}
		if len(rows) == limit {
			next = list[i-1].ID
			break
		}
		params := []object{}
		for _, p := range t.Params {
			params = append(params, object{"name": p.Name, "type": "STRING", "require": p.Require, "accept_null": p.AcceptNull, "min_length": p.MinLength, "max_length": p.MaxLength})
		}
		id, _ := strconv.ParseInt(t.ID, 10, 64) // the defaults are numbers
		rows = append(rows, object{"template_id": id, "template_name": t.Name, "name": t.Name, "price": t.PriceSDT, "timeout": t.TimeoutMS, "preview_url": s.ZaloURL() + "/preview/" + t.ID, "apply_template_quota": t.DailyQuota > 0,
			"template_daily_quota": t.DailyQuota, "template_remaining_quota": 0, "template_quality": t.Quality, "template_status": t.Status, "template_tag": t.Tag, "template_params": params,
			"created_at": time.UnixMilli(t.Created).UTC().Format(time.RFC3339)})
	}
	writeJSON(w, object{"templates": rows, "paging": object{"limit": limit, "next": next, "prev": ""}})
}

// etelecomAccount is Zalo/GetShopOA. Source: docs.etelecom.vn, "GetShopOA".
func (s *Server) etelecomAccount(w http.ResponseWriter, r *http.Request) {
	var in struct {
		OAID text `json:"oa_id"`
	}
	if !readTwirp(w, r, &in) {
		return
	}
	found := s.ChangeZaloOA(string(in.OAID), func(o *ZaloOA) {
		o.turn(s.clk.Now())
		writeJSON(w, object{"oa_id": o.ID, "name": "OA", "status": "P", "current_quality": o.Quality, "last_week_quality": o.Quality, "daily_quota": o.DailyQuota, "remaining_quota": o.DailyQuota - o.UsedToday,
			"daily_quota_promotion": nil, "monthly_promotion_quota": o.MonthlyPromo, "remaining_monthly_promotion_quota": o.MonthlyPromo - o.PromoThisMonth, "onwer_id": "1"})
	})
	if !found {
		twirp(w, http.StatusBadRequest, "invalid_argument", "oa_id")
	}
}
