package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// metaError is a refusal as the Graph API writes it. Source: developers.facebook.com, Messenger Platform, "Error Codes".
func metaError(w http.ResponseWriter, code string) {
	head, sub, _ := strings.Cut(code, "/")
	n, _ := strconv.Atoi(head)
	e := object{"message": "(#" + head + ") " + metaTexts[code], "type": "OAuthException", "code": n, "fbtrace_id": "Asim" + head}
	if v, err := strconv.Atoi(sub); err == nil {
		e["error_subcode"] = v
	}
	status := http.StatusBadRequest
	switch head {
	case "1", "2":
		status = http.StatusInternalServerError
	case "190":
		status = http.StatusUnauthorized
	}
	b, err := json.Marshal(object{"error": e})
	if err != nil {
		return
	}
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

var metaTexts = map[string]string{
	"2": "Temporary send message failure. Please try again later.", "10/2018278": "This message is sent outside of allowed window.", "10/1893063": "The Page is temporarily restricted.",
	"100": "Invalid parameter", "100/33": "Unsupported post request.", "100/2018001": "No matching user found.", "100/1893061": "Message tag is no longer supported.",
	"190": "Error validating access token.", "551": "This person isn't available right now.", "613": "Calls to this api have exceeded the rate limit.",
}

type messengerButton struct {
	Type, Title, URL, Payload string
}

type messengerSend struct {
	Recipient     map[string]string `json:"recipient"`
	MessagingType string            `json:"messaging_type"`
	Tag           string            `json:"tag"`
	Message       *struct {
		Text       string `json:"text"`
		Metadata   string `json:"metadata"`
		Attachment *struct {
			Type    string `json:"type"`
			Payload struct {
				URL          string            `json:"url"`
				TemplateType string            `json:"template_type"`
				Text         string            `json:"text"`
				Buttons      []messengerButton `json:"buttons"`
				Elements     []struct {
					Title    string            `json:"title"`
					Subtitle string            `json:"subtitle"`
					ImageURL string            `json:"image_url"`
					Action   *messengerButton  `json:"default_action"`
					Buttons  []messengerButton `json:"buttons"`
				} `json:"elements"`
			} `json:"payload"`
		} `json:"attachment"`
		Template *struct {
			Name     string                `json:"name"`
			Language struct{ Code string } `json:"language"`
			Parts    []struct {
				Type       string `json:"type"`
				Parameters []struct {
					Type    string `json:"type"`
					Payload string `json:"payload"`
				} `json:"parameters"`
			} `json:"components"`
		} `json:"template"`
		QuickReplies []struct {
			ContentType string `json:"content_type"`
			Title       string `json:"title"`
			Payload     string `json:"payload"`
		} `json:"quick_replies"`
	} `json:"message"`
}

func (in *messengerSend) key() string {
	if in.Message == nil {
		return ""
	}
	return in.Message.Metadata
}

// serveMessenger is the Graph API: /{page}/messages, /{page}, /{psid}, /{page}/message_templates, /{page}/subscribed_apps.
func (s *Server) serveMessenger(w http.ResponseWriter, r *http.Request) {
	if s.behave[facebook].Load().Outage {
		panic(http.ErrAbortHandler)
	}
	id, edge := messengerPath(r)
	page, code := s.messengerAuth(r, id)
	switch {
	case code != "":
		metaError(w, code)
	case edge == "messages" && r.Method == http.MethodPost:
		s.messengerSendCall(w, r, page)
	case edge == "subscribed_apps" && r.Method == http.MethodPost:
		s.ChangeMessengerPage(page.ID, func(p *MessengerPage) { p.Fields = r.URL.Query().Get("subscribed_fields") })
		writeJSON(w, object{"success": true})
	case edge == "message_templates":
		s.messengerTemplates(w, r, page)
	case edge == "" && r.Method == http.MethodGet && (id == page.ID || id == "me"):
		writeJSON(w, object{"id": page.ID, "name": page.Name})
	case edge == "" && r.Method == http.MethodGet:
		s.messengerProfile(w, page, id)
	default:
		metaError(w, "100")
	}
}

// messengerAuth finds the Page of the token and checks the proof: the first step of every call.
func (s *Server) messengerAuth(r *http.Request, id string) (*MessengerPage, string) {
	q := r.URL.Query()
	token, proof := q.Get("access_token"), q.Get("appsecret_proof")
	s.facebook.mu.Lock()
	defer s.facebook.mu.Unlock()
	for _, p := range s.facebook.pages {
		if p.Token != token || p.TokenDead {
			continue
		}
		switch {
		case (p.NeedProof || proof != "") && proof != metaProof(p.AppSecret, token):
			return nil, "100"
		case id != "me" && id != p.ID && s.facebook.pages[id] != nil:
			return nil, "100/33"
		}
		return p, ""
	}
	return nil, "190"
}

func (s *Server) messengerProfile(w http.ResponseWriter, page *MessengerPage, psid string) {
	s.facebook.mu.Lock()
	p := s.facebook.person(page.ID, psid)
	s.facebook.mu.Unlock()
	if p == nil {
		metaError(w, "100/33")
		return
	}
	writeJSON(w, object{"id": psid, "first_name": p.FirstName, "last_name": p.LastName})
}

func (s *Server) messengerTemplates(w http.ResponseWriter, r *http.Request, page *MessengerPage) {
	s.facebook.mu.Lock()
	defer s.facebook.mu.Unlock()
	if r.Method == http.MethodPost {
		var in struct {
			Name     string `json:"name"`
			Language string `json:"language"`
			Category string `json:"category"`
		}
		if json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&in) != nil || in.Name == "" || in.Language == "" || in.Category != "UTILITY" {
			metaError(w, "100")
			return
		}
		t := s.facebook.addTemplate(MessengerTemplate{Page: page.ID, Name: in.Name, Language: in.Language})
		writeJSON(w, object{"id": t.ID, "status": t.Status, "category": "UTILITY"})
		return
	}
	list := []object{}
	for _, t := range s.facebook.templates {
		if t.Page == page.ID {
			list = append(list, object{"id": t.ID, "name": t.Name, "language": t.Language, "status": t.Status, "category": "UTILITY"})
		}
	}
	slices.SortFunc(list, func(a, b object) int { return strings.Compare(a["id"].(string), b["id"].(string)) })
	q := r.URL.Query()
	from, _ := strconv.Atoi(q.Get("after"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	from = min(max(from, 0), len(list))
	until := min(len(list), from+min(max(limit, 1), 2)) // two a page at most, so that every reader meets a second one
	paging := object{"cursors": object{"before": strconv.Itoa(from), "after": strconv.Itoa(until)}}
	if until < len(list) {
		paging["next"] = "https://graph.facebook.com/next"
	}
	writeJSON(w, object{"data": list[from:until], "paging": paging})
}

// messengerSendCall is POST /{page}/messages. Source: developers.facebook.com, Messenger Platform, "Send API" reference.
func (s *Server) messengerSendCall(w http.ResponseWriter, r *http.Request, page *MessengerPage) {
	p, fits := readBody(r, 1<<20)
	defer bodies.Put(p)
	var in messengerSend
	b, now := s.behave[facebook].Load(), s.clk.Now().UnixMilli()
	code := ""
	if !fits || json.Unmarshal(*p, &in) != nil {
		code = "100"
	}
	key, psid := in.key(), in.Recipient["id"]
	s.stage(facebook, "arrived", key)
	if code == "" {
		code = in.check()
	}
	if code == "" {
		switch s.transport(facebook, b, key, psid) {
		case http.StatusTooManyRequests:
			code = "613"
		case http.StatusServiceUnavailable:
			code = "2"
		}
	}
	if code == "" {
		code = s.forced.take(facebook, psid)
	}
	if code == "" {
		code = s.messengerCheck(&in, page, psid, now)
	}
	s.latency(r, b, key)
	if code != "" {
		s.Ledger().add(entryIn{provider: facebook, account: page.ID, key: key, rcpt: psid, at: now, code: code})
		metaError(w, code)
		return
	}
	f := s.fateOf(facebook, b, key, psid)
	f.silent = f.silent || strings.HasPrefix(psid, "sim_never_")
	f.drop = f.drop || strings.HasPrefix(psid, "sim_drop_")
	e := entryIn{provider: facebook, account: page.ID, key: key, rcpt: psid, at: now, note: in.MessagingType}
	comes := !f.silent && !b.ReceiptsOff
	if comes {
		e.flags |= isPending
	}
	if f.drop {
		e.flags |= isDropped
	}
	seq, _ := s.Ledger().add(e)
	s.messengerKeep(&in, page.ID, psid)
	s.inbox.add(facebook, psid, now, in.words)
	if !b.ReceiptsOff {
		s.messengerPlan(page.ID, psid, key, seq, now, b, f)
	}
	s.stage(facebook, "accepted", key)
	if f.after(w, r, `{"recipient_id":"`+psid+`"}`) {
		return
	}
	defer s.answered(w, facebook, key)
	writeJSON(w, object{"recipient_id": psid, "message_id": "m_" + s.Ledger().messageID(seq, idDigits[facebook])})
}

// words is what the person sees, for the page.
func (in *messengerSend) words() string {
	m := in.Message
	switch {
	case m.Template != nil:
		return "[" + m.Template.Name + "]"
	case m.Attachment == nil:
		return m.Text
	case m.Attachment.Payload.Text != "":
		return m.Attachment.Payload.Text
	case len(m.Attachment.Payload.Elements) > 0:
		return m.Attachment.Payload.Elements[0].Title
	}
	return m.Attachment.Payload.URL
}

// check refuses what has a wrong form or breaks a limit, with 100.
func (in *messengerSend) check() string {
	kinds := 0
	for _, k := range []string{"id", "user_ref", "comment_id", "post_id"} {
		if in.Recipient[k] != "" {
			kinds++
		}
	}
	m := in.Message
	bad := func(yes bool) string {
		if yes {
			return "100"
		}
		return ""
	}
	if kinds != 1 || m == nil || len(m.Metadata) >= 1000 || !slices.Contains([]string{"RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"}, in.MessagingType) || (in.Tag != "") != (in.MessagingType == "MESSAGE_TAG") {
		return "100"
	}
	if slices.Contains([]string{"CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"}, in.Tag) {
		return "100/1893061"
	}
	if in.Tag != "" && in.Tag != "HUMAN_AGENT" || (in.MessagingType == "UTILITY") != (m.Template != nil) || len(m.QuickReplies) > 13 {
		return "100"
	}
	for _, q := range m.QuickReplies {
		if over(q.Title, 20) || len(q.Payload) > 1000 || q.ContentType == "text" && (q.Title == "" || q.Payload == "") {
			return "100"
		}
	}
	if m.Template != nil {
		return bad(m.Text != "" || m.Attachment != nil)
	}
	if m.Attachment == nil {
		return bad(strings.TrimSpace(m.Text) == "" || over(m.Text, 2000))
	}
	p := &m.Attachment.Payload
	switch {
	case m.Text != "":
		return "100"
	case m.Attachment.Type != "template":
		return bad(!strings.HasPrefix(p.URL, "http") || !slices.Contains([]string{"image", "file", "audio", "video"}, m.Attachment.Type))
	case p.TemplateType == "button":
		return bad(p.Text == "" || over(p.Text, 640) || len(p.Buttons) == 0 || !goodButtons(p.Buttons))
	case p.TemplateType != "generic" || len(p.Elements) == 0 || len(p.Elements) > 10:
		return "100"
	}
	for _, e := range p.Elements {
		if e.Title == "" || over(e.Title, 80) || over(e.Subtitle, 80) || !goodButtons(e.Buttons) || e.Subtitle == "" && e.ImageURL == "" && e.Action == nil && len(e.Buttons) == 0 {
			return "100"
		}
	}
	return ""
}

func over(s string, most int) bool { return utf8.RuneCountInString(s) > most }

func goodButtons(list []messengerButton) bool {
	for _, b := range list {
		good := b.Title != "" && !over(b.Title, 20)
		switch b.Type {
		case "web_url":
			good = good && strings.HasPrefix(b.URL, "http")
		case "postback":
			good = good && b.Payload != "" && len(b.Payload) <= 1000
		case "phone_number":
			good = good && strings.HasPrefix(b.Payload, "+")
		default:
			good = false
		}
		if !good {
			return false
		}
	}
	return len(list) <= 3
}

// messengerCheck is what Meta knows about the Page and the person.
func (s *Server) messengerCheck(in *messengerSend, page *MessengerPage, psid string, now int64) string {
	s.facebook.mu.Lock()
	defer s.facebook.mu.Unlock()
	p := s.facebook.person(page.ID, psid)
	switch {
	case page.Restricted || strings.HasPrefix(psid, "sim_pagehold_"):
		return "10/1893063"
	case p == nil || strings.HasPrefix(psid, "sim_gone_"):
		return "100/2018001"
	case p.Blocked || strings.HasPrefix(psid, "sim_blocked_"):
		return "551"
	case strings.HasPrefix(psid, "sim_flaky_") && s.once.first(facebook, psid):
		return "2"
	case strings.HasPrefix(psid, "sim_limited_") && s.once.first(facebook, psid):
		return "613"
	}
	day := int64(24 * 60 * 60 * 1000)
	switch in.MessagingType {
	case "UTILITY":
		t := s.facebook.templates[page.ID+"/"+in.Message.Template.Name+"/"+in.Message.Template.Language.Code]
		if t == nil || t.Status != "APPROVED" {
			return "100"
		}
		return ""
	case "MESSAGE_TAG":
		day *= 7
	}
	if p.LastAct == 0 || now-p.LastAct >= day {
		return "10/2018278"
	}
	return ""
}

// messengerKeep remembers the buttons of the newest message, for the person to press.
func (s *Server) messengerKeep(in *messengerSend, page, psid string) {
	var payloads []string
	m := in.Message
	add := func(list []messengerButton) {
		for _, b := range list {
			if b.Type == "postback" {
				payloads = append(payloads, b.Payload)
			}
		}
	}
	if a := m.Attachment; a != nil {
		add(a.Payload.Buttons)
		for _, e := range a.Payload.Elements {
			add(e.Buttons)
		}
	}
	if m.Template != nil {
		for _, part := range m.Template.Parts {
			for _, x := range part.Parameters {
				if x.Type == "POSTBACK" {
					payloads = append(payloads, x.Payload)
				}
			}
		}
	}
	quick := false
	for _, q := range m.QuickReplies {
		if len(payloads) == 0 || quick {
			payloads, quick = append(payloads, q.Payload), true
		}
	}
	s.facebook.mu.Lock()
	defer s.facebook.mu.Unlock()
	if p := s.facebook.person(page, psid); p != nil {
		p.payloads, p.quick = payloads, quick
	}
}
