package simulator

import (
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// oaAsked are the arguments of the calls that send nothing.
type oaAsked struct {
	UserID   text   `json:"user_id"`
	TagName  string `json:"tag_name"`
	Offset   int    `json:"offset"`
	Count    int    `json:"count"`
	Period   string `json:"last_interaction_period"`
	Follower *bool  `json:"is_follower"`
	Owner    string `json:"quota_owner"`
	Product  string `json:"product_type"`
	Kind     string `json:"quota_type"`
}

// oaRead answers the calls that send nothing. Source: developers.zalo.me, Official Account API, "Quản lý thông tin người dùng", "Thông tin Official Account", "Quản lý nhãn", "Kiểm tra hạn mức".
func (s *Server) oaRead(w http.ResponseWriter, r *http.Request, tok zaloToken, path string) {
	var in oaAsked
	raw := []byte(r.URL.Query().Get("data"))
	if r.Method == http.MethodPost {
		p, fits := readBody(r, 1<<20)
		defer bodies.Put(p)
		if raw = *p; !fits {
			zaloError(w, -210)
			return
		}
	}
	if len(raw) > 0 && json.Unmarshal(raw, &in) != nil {
		zaloError(w, -201)
		return
	}
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	if s.zalo.refuse > 0 {
		s.zalo.refuse--
		zaloError(w, -32)
		return
	}
	u := s.zalo.user(tok.oa, string(in.UserID))
	switch path {
	case "/v2.0/oa/getoa":
		zaloData(w, object{"oa_id": tok.oa, "name": "Cửa hàng Mẫu", "is_verified": true, "num_follower": len(s.zalo.listed(tok.oa, &oaAsked{Follower: new(true)}, s.clk.Now())),
			"package_name": "Nâng cao", "package_valid_through_date": "31/12/2026"})
	case "/v3.0/oa/user/getlist":
		if in.Count < 1 || in.Count > 50 || in.Offset < 0 || in.Offset > 9951 {
			zaloError(w, -210)
			return
		}
		ids := s.zalo.listed(tok.oa, &in, s.clk.Now())
		rows := []object{}
		for i := in.Offset; i < min(len(ids), in.Offset+in.Count); i++ {
			rows = append(rows, object{"user_id": ids[i]})
		}
		zaloData(w, object{"total": len(ids), "count": len(rows), "offset": in.Offset, "users": rows})
	case "/v2.0/oa/tag/gettagsofoa":
		zaloData(w, s.zalo.tags(tok.oa))
	case "/v2.0/oa/tag/rmtag":
		for _, x := range s.zalo.users {
			if x.OAID == tok.oa {
				x.tag(in.TagName, false)
			}
		}
		zaloData(w, object{})
	case "/v3.0/oa/quota/message":
		if in.UserID == "" {
			s.oaQuota(w, tok.oa, &in)
			return
		}
		fallthrough
	case "/v3.0/oa/user/detail", "/v2.0/oa/tag/tagfollower", "/v2.0/oa/tag/rmfollowerfromtag":
		if u == nil {
			zaloError(w, -201)
			return
		}
		u.answer(w, path, &in)
	default:
		http.NotFound(w, r)
	}
}

// answer is what Zalo says about one person, or does to them. mu is held.
func (u *ZaloUser) answer(w http.ResponseWriter, path string, in *oaAsked) {
	switch path {
	case "/v3.0/oa/user/detail":
		last := ""
		if u.LastAct > 0 {
			last = time.UnixMilli(u.LastAct).In(vietnam).Format("02/01/2006")
		}
		phone := any(0)
		if n, err := strconv.ParseInt(u.SharedPhone, 10, 64); err == nil {
			phone = n // a number, though it names a phone
		}
		zaloData(w, object{"user_id": u.ID, "user_id_by_app": "4" + u.ID, "user_external_id": "", "display_name": u.Name, "user_alias": u.Name, "is_sensitive": false, "user_is_follower": u.Follower,
			"user_last_interaction_date": last, "avatar": "https://s120-ava-talk.example/" + u.ID + ".jpg", "tags_and_notes_info": object{"notes": []string{}, "tag_names": append([]string{}, u.Tags...)},
			"shared_info": object{"name": u.SharedName, "phone": phone, "address": "", "city": "", "district": "", "user_dob": u.SharedBirth}})
	case "/v3.0/oa/quota/message":
		zaloData(w, object{"last_interaction": strconv.FormatInt(u.LastAct, 10), "cs_reply": object{"remain": 8, "total": 8}, "promotion": object{"daily_remain": 0, "daily_total": 1, "monthly_remain": 0, "monthly_total": 0}})
	default:
		if in.TagName == "" {
			zaloError(w, -201)
			return
		}
		u.tag(in.TagName, strings.HasSuffix(path, "tagfollower") && !strings.HasSuffix(path, "fromtag"))
		zaloData(w, object{})
	}
}

// listed are the ids of an OA's users that a filter takes, in order. mu is held.
func (z *zaloState) listed(oa string, in *oaAsked, now time.Time) []string {
	from, to := period(in.Period, now)
	ids := []string{}
	for _, x := range z.users {
		if x.OAID != oa || in.Follower != nil && x.Follower != *in.Follower || in.TagName != "" && !slices.Contains(x.Tags, in.TagName) {
			continue
		}
		if !from.IsZero() && (x.LastAct < from.UnixMilli() || x.LastAct >= to.UnixMilli()) {
			continue
		}
		ids = append(ids, x.ID)
	}
	slices.Sort(ids)
	return ids
}

// period is the time of last interaction that a filter names; zero for none.
func period(p string, now time.Time) (from, to time.Time) {
	y, m, d := now.In(vietnam).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, vietnam)
	switch p {
	case "":
		return from, to
	case "TODAY":
		return today, today.AddDate(0, 0, 1)
	case "YESTERDAY":
		return today.AddDate(0, 0, -1), today
	case "L7D":
		return today.AddDate(0, 0, -7), today.AddDate(0, 0, 1)
	case "L30D":
		return today.AddDate(0, 0, -30), today.AddDate(0, 0, 1)
	}
	a, b, _ := strings.Cut(p, ":")
	from, err1 := time.ParseInLocation("2006_01_02", a, vietnam)
	to, err2 := time.ParseInLocation("2006_01_02", b, vietnam)
	if err1 != nil || err2 != nil {
		return today, today // takes nobody
	}
	return from, to.AddDate(0, 0, 1)
}

// tags are the tags of an OA. mu is held.
func (z *zaloState) tags(oa string) []string {
	out := []string{}
	for _, x := range z.users {
		if x.OAID == oa {
			out = append(out, x.Tags...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// oaQuota is what the OA may still send after the free 48 hours.
func (s *Server) oaQuota(w http.ResponseWriter, oa string, in *oaAsked) {
	if in.Owner != "OA" && in.Owner != "App" || in.Product != "cs" && in.Product != "transaction" || !slices.Contains([]string{"sub_quota", "purchase_quota", "reward_quota"}, in.Kind) {
		zaloError(w, -201)
		return
	}
	rows := []object{}
	s.zalo.oaMu.Lock()
	o := s.zalo.oas[oa]
	if o != nil && in.Owner == "OA" && in.Product == "cs" && in.Kind == "sub_quota" {
		rows = append(rows, object{"asset_id": "9" + oa, "product_type": "cs", "quota_type": "sub_quota", "valid_through": "31/12/2026", "total": o.consult(), "remain": o.consult() - o.Consulted})
	}
	s.zalo.oaMu.Unlock()
	zaloData(w, rows)
}

// consult is how many consultation messages after the free 48 hours the OA's package holds. oaMu is held.
func (o *ZaloOA) consult() int64 {
	if o.Consultation == 0 {
		return 2000
	}
	return o.Consultation
}

// free is how long after an interaction a consultation message costs nothing. Source: developers.zalo.me, Official Account API, "Tin Tư vấn".
const free = 48 * time.Hour

// oaCharge is the object "quota" of a send's answer, and what the message costs once it is delivered: free within 48 hours, then from the package, and no object for what is charged to the ZBS
// account, which templates always are.
func (s *Server) oaCharge(in *oaSend, oa, user string, at int64, template bool) (quota any, price int64) {
	s.zalo.mu.RLock()
	u := s.zalo.user(oa, user)
	late := u != nil && at-u.LastAct >= free.Milliseconds()
	if t := s.zalo.templates[string(in.TemplateID)]; template && t != nil {
		price = t.PriceUID
	}
	s.zalo.mu.RUnlock()
	s.zalo.oaMu.Lock()
	defer s.zalo.oaMu.Unlock()
	o := s.zalo.oas[oa]
	switch {
	case template || o == nil:
		return nil, price
	case !late:
		return object{"quota_type": "reply", "remain": "8", "total": "8"}, 0
	}
	if o.Consulted >= o.consult() {
		if o.ConsultPrice == 0 {
			return nil, 55
		}
		return nil, o.ConsultPrice
	}
	o.Consulted++
	return object{"quota_type": "sub_quota", "remain": strconv.FormatInt(o.consult()-o.Consulted, 10), "total": strconv.FormatInt(o.consult(), 10), "expired_date": "31/12/2026"}, 0
}

// zaloUpload is a picture or a file that Zalo keeps for seven days.
type zaloUpload struct {
	oa, kind string
	until    time.Time
}

var uploadTypes = map[string][]string{"image": {".jpg", ".jpeg", ".png"}, "gif": {".gif"}, "file": {".pdf", ".doc", ".docx"}}

// oaUpload is POST /v2.0/oa/upload/{image,gif,file}. A name without the right extension gets success and no data, as clients in production have seen.
// Source: developers.zalo.me, Official Account API, "Upload hình ảnh", "Upload ảnh GIF", "Upload file".
func (s *Server) oaUpload(w http.ResponseWriter, r *http.Request, tok zaloToken, kind string) {
	most := int64(5 << 20)
	if kind == "image" {
		most = 1 << 20
	}
	typ, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if uploadTypes[kind] == nil || r.Method != http.MethodPost || err != nil || typ != "multipart/form-data" {
		zaloError(w, -201)
		return
	}
	part, err := multipart.NewReader(io.LimitReader(r.Body, most+1<<16), params["boundary"]).NextPart()
	if err != nil || part.FormName() != "file" {
		zaloError(w, -201)
		return
	}
	n, err := io.Copy(io.Discard, part)
	switch {
	case err != nil || n == 0:
		zaloError(w, -201)
		return
	case n > most:
		zaloError(w, -210)
		return
	case !slices.Contains(uploadTypes[kind], strings.ToLower(path.Ext(part.FileName()))):
		zaloData(w, object{})
		return
	}
	s.zalo.mu.Lock()
	s.zalo.made++
	id := "sim-up-" + strconv.FormatUint(hash64(s.opts.Seed, "upload", strconv.Itoa(s.zalo.made)), 36)
	s.zalo.uploads[id] = zaloUpload{tok.oa, kind, s.clk.Now().Add(week)}
	s.zalo.mu.Unlock()
	name := "attachment_id"
	if kind == "file" {
		name = "token"
	}
	zaloData(w, object{name: id})
}

// oaUploaded refuses a message whose picture or file Zalo does not have: -201, or -100 when it did until it was seven days old.
func (s *Server) oaUploaded(in *oaSend, oa string, now time.Time) int {
	a := in.Message.Attachment
	if a == nil {
		return 0
	}
	names := map[string]string{}
	if a.Payload.Token != "" {
		names[a.Payload.Token] = "file"
	}
	for i := range a.Payload.Elements {
		if e := &a.Payload.Elements[i]; e.AttachmentID != "" {
			names[e.AttachmentID] = e.MediaType
		}
	}
	s.zalo.mu.RLock()
	defer s.zalo.mu.RUnlock()
	for id, kind := range names {
		switch u, known := s.zalo.uploads[id]; {
		case !known || u.oa != oa || u.kind != kind:
			return -201
		case !now.Before(u.until):
			return -100
		}
	}
	return 0
}

// RefuseZaloAsks answers the next n calls that send nothing with -32, the limit of calls.
func (s *Server) RefuseZaloAsks(n int) {
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	s.zalo.refuse = n
}

// ZaloTags are the tags that a person has at an OA ("" = the default one).
func (s *Server) ZaloTags(oa, user string) []string {
	if oa == "" {
		oa = DefaultOAID
	}
	s.zalo.mu.RLock()
	defer s.zalo.mu.RUnlock()
	u := s.zalo.user(oa, user)
	if u == nil {
		return nil
	}
	return slices.Clone(u.Tags)
}

// controlZaloAct is POST /control/zalo-act: a person does something at an OA, see ZaloAct.
func (s *Server) controlZaloAct(w http.ResponseWriter, r *http.Request) {
	var a ZaloAct
	if !read(w, r, &a) {
		return
	}
	if !s.ZaloDo(a) {
		fail(w, http.StatusBadRequest, "unknown OA or act, no user_id, no button to tap, or no message to see")
		return
	}
	writeJSON(w, object{"ok": true})
}

// ZaloLinks are the addresses behind the buttons of the newest message that a person got from an OA ("" = the default one).
func (s *Server) ZaloLinks(oa, user string) []string {
	if oa == "" {
		oa = DefaultOAID
	}
	s.zalo.mu.RLock()
	defer s.zalo.mu.RUnlock()
	u := s.zalo.user(oa, user)
	if u == nil {
		return nil
	}
	return slices.Clone(u.links)
}
