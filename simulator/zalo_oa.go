package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ZaloUser is somebody whom an OA knows by a user id.
type ZaloUser struct {
	OAID     string `json:"oa_id"` // "" = the default OA
	ID       string `json:"user_id"`
	Name     string `json:"display_name"`
	Follower bool   `json:"is_follower"`
	LastAct  int64  `json:"last_act"` // Unix ms of the last interaction, 0 = never
	Refuses  bool   `json:"refuses"`  // -244

	tags    []string
	queries []string // payloads of the query buttons of the newest message
}

// user is who an OA knows under an id, nil for nobody. mu is held.
func (z *zaloState) user(oa, id string) *ZaloUser { return z.users[oa+"/"+id] }

// AddZaloUser makes somebody known to an OA. No webhook is sent.
func (s *Server) AddZaloUser(u ZaloUser) {
	if u.OAID == "" {
		u.OAID = DefaultOAID
	}
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	s.zalo.users[u.OAID+"/"+u.ID] = &u
}

// ZaloAct is something that a person does at an OA.
type ZaloAct struct {
	OAID  string `json:"oa_id"` // "" = the default OA
	ID    string `json:"user_id"`
	Do    string `json:"do"`    // say, tap (a query button of the newest message), follow, unfollow, chat (the chat button), refuse
	Text  string `json:"text"`  // say: the words
	Index int    `json:"index"` // tap: which button, from 0
	Name  string `json:"display_name"`
}

// ZaloDo lets a person act at an OA; saying, tapping, following and the chat button are interactions. It reports false for an unknown OA or act, or a tap where there is no button.
func (s *Server) ZaloDo(a ZaloAct) bool {
	if a.OAID == "" {
		a.OAID = DefaultOAID
	}
	app := s.webhookOf(a.OAID)
	if app.ID == "" || a.ID == "" {
		return false
	}
	now := s.clk.Now().UnixMilli()
	stamp := strconv.FormatInt(now, 10)
	s.zalo.mu.Lock()
	u := s.zalo.user(a.OAID, a.ID)
	if u == nil {
		u = &ZaloUser{OAID: a.OAID, ID: a.ID}
		s.zalo.users[a.OAID+"/"+a.ID] = u
	}
	if a.Name != "" {
		u.Name = a.Name
	}
	mid := strconv.FormatUint(hash64(s.opts.Seed, a.ID, a.Do, stamp), 16)
	body := object{"app_id": app.ID, "user_id_by_app": "4" + a.ID, "timestamp": stamp}
	written := func(text string) {
		body["event_name"], body["sender"], body["recipient"] = "user_send_text", object{"id": a.ID}, object{"id": a.OAID}
		body["message"] = object{"text": text, "msg_id": mid}
		u.LastAct = now
	}
	ok := true
	switch a.Do {
	case "say":
		written(a.Text)
	case "tap":
		if ok = a.Index >= 0 && a.Index < len(u.queries); ok {
			written(u.queries[a.Index])
		}
	case "follow", "unfollow":
		u.Follower = a.Do == "follow"
		if u.Follower {
			u.LastAct = now
		}
		body["event_name"], body["oa_id"], body["follower"], body["source"] = a.Do, a.OAID, object{"id": a.ID}, "oa_profile"
	case "chat":
		u.LastAct = now
		body["event_name"], body["oa_id"], body["user_id"] = "user_click_chatnow", a.OAID, a.ID
	case "refuse":
		u.Refuses = true
		s.zalo.mu.Unlock()
		return true
	default:
		ok = false
	}
	s.zalo.mu.Unlock()
	if ok {
		s.planOA(app.ID, now, 0, 0, s.behave[zalo].Load().CallbackCopies, body)
	}
	return ok
}

// planOA puts an event of an OA on the schedule.
func (s *Server) planOA(app string, due int64, seq uint32, fact uint16, copies int, body object) {
	raw, err := json.Marshal(body)
	if err != nil {
		return
	}
	s.queue.add(event{due: due, seq: seq, kind: zaloManagement, extra: &extra{app: app, fact: fact, copies: copies, body: raw}})
}

type oaSend struct {
	Recipient struct {
		UserID text `json:"user_id"`
	} `json:"recipient"`
	Message struct {
		Text       string `json:"text"`
		Attachment *struct {
			Type    string `json:"type"`
			Payload struct {
				TemplateType string `json:"template_type"`
				Token        string `json:"token"`
				Elements     []struct {
					MediaType string  `json:"media_type"`
					URL       string  `json:"url"`
					Title     string  `json:"title"`
					Subtitle  string  `json:"subtitle"`
					ImageURL  string  `json:"image_url"`
					Action    *oaPart `json:"default_action"`
				} `json:"elements"`
				Buttons []oaPart `json:"buttons"`
			} `json:"payload"`
		} `json:"attachment"`
	} `json:"message"`
	UserID     text            `json:"user_id"`
	TemplateID text            `json:"template_id"`
	Data       map[string]text `json:"template_data"`
}

type oaPart struct {
	Title   string          `json:"title"`
	Type    string          `json:"type"`
	URL     string          `json:"url"`
	Payload json.RawMessage `json:"payload"`
}

// query is the text that pressing brings back; "" when it brings none.
func (p *oaPart) query() string {
	var v string
	if p == nil || !strings.HasPrefix(p.Type, "oa.query.") || json.Unmarshal(p.Payload, &v) != nil {
		return ""
	}
	return v
}

// good reports whether a button has its form. Source: developers.zalo.me, Official Account API, "Cấu trúc của tham số buttons".
func (p *oaPart) good() bool {
	if p.Title == "" || over(p.Title, 100) {
		return false
	}
	var o struct {
		URL   string `json:"url"`
		Phone string `json:"phone_code"`
	}
	switch p.Type {
	case "oa.query.show", "oa.query.hide":
		q := p.query()
		return q != "" && !over(q, 1000)
	case "oa.open.url":
		return json.Unmarshal(p.Payload, &o) == nil && strings.HasPrefix(o.URL, "http")
	case "oa.open.phone", "oa.open.sms":
		return json.Unmarshal(p.Payload, &o) == nil && o.Phone != ""
	}
	return false
}

// check refuses a wrong form with -201 and what is over a limit with -210.
func (in *oaSend) check() int {
	m := &in.Message
	switch a := m.Attachment; {
	case over(m.Text, 2000):
		return -210
	case a == nil:
		if strings.TrimSpace(m.Text) == "" {
			return -201
		}
		return 0
	case a.Type == "file":
		if a.Payload.Token == "" {
			return -201
		}
		return 0
	case a.Type != "template" || len(a.Payload.Elements) > 5 || len(a.Payload.Buttons) > 5:
		return -201
	}
	p := &m.Attachment.Payload
	for i := range p.Buttons {
		if !p.Buttons[i].good() {
			return -201
		}
	}
	switch p.TemplateType {
	case "", "button":
		if m.Text == "" || len(p.Buttons) == 0 {
			return -201
		}
		return 0
	case "media", "list", "request_user_info":
		if len(p.Elements) == 0 {
			return -201
		}
	default:
		return -233
	}
	for i, e := range p.Elements {
		if p.TemplateType == "media" && !strings.HasPrefix(e.URL, "http") || p.TemplateType != "media" && (e.Title == "" || over(e.Title, 100) || over(e.Subtitle, 500) || i == 0 && e.Subtitle == "") {
			return -201
		}
	}
	return 0
}

// oaCodes are what the codes of the token and the app are on this host.
var oaCodes = map[int]int{-124: -220, -102: -209, -103: -209, -1241: -242, -125: -205, -135: -221, -1351: -204, -136: -320}

// serveOA is what stands for openapi.zalo.me. It reports false for a path that is not of this host.
func (s *Server) serveOA(w http.ResponseWriter, r *http.Request, path string) bool {
	if !strings.HasPrefix(path, "/v3.0/oa/") && !strings.HasPrefix(path, "/v2.0/oa/") {
		return false
	}
	if s.behave[zalo].Load().Outage {
		panic(http.ErrAbortHandler)
	}
	var tok zaloToken
	now := s.clk.Now()
	app, code := s.zaloAuth(r, now, &tok)
	if c, known := oaCodes[code]; known {
		code = c
	}
	switch {
	case path == "/v3.0/oa/message/cs" || path == "/v3.0/oa/message/template":
		s.oaSendCall(w, r, app, tok, code, now, path == "/v3.0/oa/message/template")
	case path == "/v3.0/oa/message/transaction" || path == "/v3.0/oa/message/promotion":
		zaloError(w, -233) // ended on 2026-03-01
	case code != 0:
		zaloError(w, code)
	default:
		s.oaRead(w, r, tok, path)
	}
	return true
}

// oaRead answers the calls that send nothing. Source: developers.zalo.me, Official Account API, "Quản lý thông tin người dùng", "Thông tin Official Account", "Quản lý nhãn".
func (s *Server) oaRead(w http.ResponseWriter, r *http.Request, tok zaloToken, path string) {
	var in struct {
		UserID  text   `json:"user_id"`
		TagName string `json:"tag_name"`
		Offset  int    `json:"offset"`
		Count   int    `json:"count"`
	}
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
	u := s.zalo.user(tok.oa, string(in.UserID))
	switch path {
	case "/v2.0/oa/getoa":
		zaloData(w, object{"oa_id": tok.oa, "name": "Cửa hàng Mẫu", "is_verified": true, "num_follower": len(s.zalo.users)})
	case "/v3.0/oa/user/getlist":
		if in.Count < 1 || in.Count > 50 || in.Offset < 0 || in.Offset > 9951 {
			zaloError(w, -210)
			return
		}
		var ids []string
		for _, x := range s.zalo.users {
			if x.OAID == tok.oa {
				ids = append(ids, x.ID)
			}
		}
		slices.Sort(ids)
		rows := []object{}
		for i := in.Offset; i < min(len(ids), in.Offset+in.Count); i++ {
			rows = append(rows, object{"user_id": ids[i]})
		}
		zaloData(w, object{"total": len(ids), "count": len(rows), "offset": in.Offset, "users": rows})
	case "/v3.0/oa/user/detail", "/v3.0/oa/quota/message", "/v2.0/oa/tag/tagfollower", "/v2.0/oa/tag/rmfollowerfromtag":
		if u == nil {
			zaloError(w, -201)
			return
		}
		switch path {
		case "/v3.0/oa/user/detail":
			last := ""
			if u.LastAct > 0 {
				last = time.UnixMilli(u.LastAct).In(vietnam).Format("02/01/2006")
			}
			zaloData(w, object{"user_id": u.ID, "user_id_by_app": "4" + u.ID, "display_name": u.Name, "user_alias": u.Name, "user_is_follower": u.Follower, "user_last_interaction_date": last,
				"tags_and_notes_info": object{"notes": []string{}, "tag_names": u.tags}, "shared_info": object{"name": "", "phone": 0}})
			return
		case "/v2.0/oa/tag/tagfollower":
			if !slices.Contains(u.tags, in.TagName) {
				u.tags = append(u.tags, in.TagName)
			}
		case "/v2.0/oa/tag/rmfollowerfromtag":
			u.tags = slices.DeleteFunc(u.tags, func(t string) bool { return t == in.TagName })
		default:
			zaloData(w, object{"last_interaction": strconv.FormatInt(u.LastAct, 10), "cs_reply": object{"remain": 8, "total": 8}})
			return
		}
		zaloData(w, object{})
	default:
		http.NotFound(w, r)
	}
}
