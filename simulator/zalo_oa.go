package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// ZaloUser is somebody whom an OA knows by a user id.
type ZaloUser struct {
	OAID     string `json:"oa_id"` // "" = the default OA
	ID       string `json:"user_id"`
	Name     string `json:"display_name"`
	Follower bool   `json:"is_follower"`
	LastAct  int64  `json:"last_act"` // Unix ms of the last interaction, 0 = never
	Refuses  bool   `json:"refuses"`  // -244

	SharedName  string   `json:"shared_name"`     // what the person has told the OA
	SharedPhone string   `json:"shared_phone"`    // 84…
	SharedBirth string   `json:"shared_birthday"` // DD/MM/YYYY
	Tags        []string `json:"tags"`

	queries []string // payloads of the query buttons of the newest message
	links   []string // addresses of its other buttons
	newest  string   // id of the newest message, for "see"
	seq     uint32   // and its place in the ledger
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
	Do    string `json:"do"`    // say, picture, tap (a query button of the newest message), see (the newest message), follow, unfollow, chat (the chat button), submit (name and phone), tag and untag (by the shop's staff), refuse, withdraw (asks for the deletion of their data)
	Text  string `json:"text"`  // say: the words; submit: the number; tag, untag: the tag
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
	s.zalo.acts++
	mid := strconv.FormatUint(hash64(s.opts.Seed, a.ID, a.Do, strconv.Itoa(s.zalo.acts)), 16)
	body := object{"app_id": app.ID, "user_id_by_app": "4" + a.ID, "timestamp": stamp}
	fact, ok := u.act(&a, body, mid, now)
	seq := u.seq
	s.zalo.mu.Unlock()
	if ok && body["event_name"] != nil {
		s.planOA(app.ID, now, seq, fact, s.behave[zalo].Load().CallbackCopies, body)
	}
	return ok
}

// act changes what Zalo knows of the person and fills in the event, which stays without a name when none is sent. fact is what the event says about the newest message. mu is held.
func (u *ZaloUser) act(a *ZaloAct, body object, mid string, now int64) (fact uint16, ok bool) {
	from := func(name string, message object) {
		body["event_name"], body["sender"], body["recipient"] = name, object{"id": u.ID}, object{"id": u.OAID}
		if message != nil {
			message["msg_id"] = mid
			body["message"] = message
		}
		u.LastAct = now
	}
	switch a.Do {
	case "say":
		from("user_send_text", object{"text": a.Text})
	case "picture":
		from("user_send_image", object{"text": a.Text, "attachments": []object{{"type": "image", "payload": object{"thumbnail": "https://files.example.com/t.jpg", "url": "https://files.example.com/p.jpg"}}}})
	case "tap":
		if a.Index < 0 || a.Index >= len(u.queries) {
			return 0, false
		}
		from("user_send_text", object{"text": u.queries[a.Index]})
	case "see":
		if u.newest == "" {
			return 0, false
		}
		body["event_name"], body["sender"], body["recipient"], body["message"] = "user_seen_message", object{"id": u.OAID}, object{"id": u.ID}, object{"msg_ids": []string{u.newest}}
		return isRead | isDelivered, true
	case "submit":
		u.SharedName, u.SharedPhone = u.Name, a.Text
		from("user_submit_info", nil)
		body["info"] = object{"name": u.Name, "phone": a.Text, "full_address": object{"user_city": "Thành phố Đà Nẵng", "user_ward": "Phường Hải Châu", "user_address": "1 Đường Mẫu"}}
	case "follow", "unfollow":
		if u.Follower = a.Do == "follow"; u.Follower {
			u.LastAct = now
		}
		body["event_name"], body["oa_id"], body["follower"], body["source"] = a.Do, u.OAID, object{"id": u.ID}, "oa_profile"
	case "withdraw":
		u.Follower = false
		from("user_withdraw", nil)
	case "chat":
		u.LastAct = now
		body["event_name"], body["oa_id"], body["user_id"] = "user_click_chatnow", u.OAID, u.ID
	case "tag", "untag":
		u.tag(a.Text, a.Do == "tag")
		body["event_name"], body["oa_id"], body["tag"] = map[bool]string{true: "add_user_to_tag", false: "remove_user_from_tag"}[a.Do == "tag"], u.OAID, object{"name": a.Text, "user_ids": []string{u.ID}}
	case "refuse":
		u.Refuses = true
	default:
		return 0, false
	}
	return 0, true
}

// tag marks a person or takes the mark away. mu is held.
func (u *ZaloUser) tag(name string, give bool) {
	u.Tags = slices.DeleteFunc(slices.Clone(u.Tags), func(t string) bool { return t == name })
	if give {
		u.Tags = append(u.Tags, name)
	}
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
					MediaType    string  `json:"media_type"`
					URL          string  `json:"url"`
					AttachmentID string  `json:"attachment_id"`
					Title        string  `json:"title"`
					Subtitle     string  `json:"subtitle"`
					ImageURL     string  `json:"image_url"`
					Action       *oaPart `json:"default_action"`
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

// link is the page that pressing opens; "" when it opens none.
func (p *oaPart) link() string {
	var o struct {
		URL string `json:"url"`
	}
	if p == nil || p.Type != "oa.open.url" || len(p.Payload) > 0 && json.Unmarshal(p.Payload, &o) != nil {
		return ""
	}
	return o.URL + p.URL
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
		if p.TemplateType == "media" && !strings.HasPrefix(e.URL, "http") && e.AttachmentID == "" || p.TemplateType != "media" && (e.Title == "" || over(e.Title, 100) || over(e.Subtitle, 500) || i == 0 && e.Subtitle == "") {
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
	case strings.HasPrefix(path, "/v2.0/oa/upload/"):
		s.oaUpload(w, r, tok, strings.TrimPrefix(path, "/v2.0/oa/upload/"))
	default:
		s.oaRead(w, r, tok, path)
	}
	return true
}
