package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The default Page, its token and the app's secret. They protect nothing: the simulator is on loopback.
const (
	DefaultPageID      = "100000000000001"
	DefaultPageToken   = "sim-page-token"
	DefaultFBSecret    = "demo-facebook-app-secret"
	DefaultVerifyToken = "demo-verify-token"
)

// MessengerPage is a Facebook Page with the app that sends for it.
type MessengerPage struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Token       string `json:"token"`
	AppID       string `json:"app_id"`
	AppSecret   string `json:"app_secret"`
	VerifyToken string `json:"verify_token"`
	WebhookURL  string `json:"webhook_url"` // empty = nowhere
	NeedProof   bool   `json:"need_proof"`  // a call without appsecret_proof is refused
	Restricted  bool   `json:"restricted"`  // 10/1893063
	TokenDead   bool   `json:"token_dead"`  // 190
	Fields      string `json:"fields"`      // that the app is subscribed to
}

// MessengerPerson is somebody who has written to a Page.
type MessengerPerson struct {
	Page      string `json:"page"` // "" = the default Page
	PSID      string `json:"psid"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	LastAct   int64  `json:"last_act"` // Unix ms of the last act that opens the window, 0 = never
	Blocked   bool   `json:"blocked"`  // has blocked the Page: 551

	payloads []string // of the buttons and quick replies of the newest message
	quick    bool     // they are quick replies
}

// MessengerTemplate is an utility template of a Page.
type MessengerTemplate struct {
	ID       string `json:"id"`
	Page     string `json:"page"` // "" = the default Page
	Name     string `json:"name"`
	Language string `json:"language"`
	Status   string `json:"status"` // APPROVED when empty
}

type messengerState struct {
	mu        sync.Mutex
	pages     map[string]*MessengerPage
	people    map[string]*MessengerPerson // page and psid
	templates map[string]*MessengerTemplate
	made      int
}

func (m *messengerState) reset(webhookURL string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pages = map[string]*MessengerPage{DefaultPageID: {ID: DefaultPageID, Name: "Cửa hàng Mẫu", Token: DefaultPageToken, AppID: "300000000000001", AppSecret: DefaultFBSecret, VerifyToken: DefaultVerifyToken, WebhookURL: webhookURL}}
	m.people = map[string]*MessengerPerson{}
	m.templates = map[string]*MessengerTemplate{}
	m.made = 0
	m.addTemplate(MessengerTemplate{Name: "order_shipped", Language: "vi"})
	m.addTemplate(MessengerTemplate{Name: "in_review", Language: "vi", Status: "PENDING"})
}

func (m *messengerState) addTemplate(t MessengerTemplate) MessengerTemplate {
	if t.Page == "" {
		t.Page = DefaultPageID
	}
	if t.Status == "" {
		t.Status = "APPROVED"
	}
	if t.ID == "" {
		m.made++
		t.ID = "4000000000000" + string(rune('0'+m.made/100%10)) + string(rune('0'+m.made/10%10)) + string(rune('0'+m.made%10))
	}
	m.templates[t.Page+"/"+t.Name+"/"+t.Language] = &t
	return t
}

// MessengerURL stands for https://graph.facebook.com.
func (s *Server) MessengerURL() string { return s.URL() + "/facebook" }

// AddMessengerPage adds or replaces a Page.
func (s *Server) AddMessengerPage(p MessengerPage) {
	s.facebook.mu.Lock()
	defer s.facebook.mu.Unlock()
	s.facebook.pages[p.ID] = &p
}

// ChangeMessengerPage changes a Page and reports whether it exists.
func (s *Server) ChangeMessengerPage(id string, f func(*MessengerPage)) bool {
	s.facebook.mu.Lock()
	defer s.facebook.mu.Unlock()
	p := s.facebook.pages[id]
	if p == nil {
		return false
	}
	next := *p
	f(&next)
	s.facebook.pages[id] = &next
	return true
}

// AddMessengerTemplate adds or replaces an utility template.
func (s *Server) AddMessengerTemplate(t MessengerTemplate) {
	s.facebook.mu.Lock()
	defer s.facebook.mu.Unlock()
	s.facebook.addTemplate(t)
}

// AddMessengerPerson makes somebody known to a Page, as if they had written at LastAct. No webhook is sent.
func (s *Server) AddMessengerPerson(p MessengerPerson) {
	if p.Page == "" {
		p.Page = DefaultPageID
	}
	s.facebook.mu.Lock()
	defer s.facebook.mu.Unlock()
	s.facebook.people[p.Page+"/"+p.PSID] = &p
}

// person is who a Page knows under an id, nil for nobody. mu is held.
func (m *messengerState) person(page, psid string) *MessengerPerson { return m.people[page+"/"+psid] }

// MessengerAct is something that a person does in the chat with a Page.
type MessengerAct struct {
	Page  string `json:"page"` // "" = the default Page
	PSID  string `json:"psid"`
	Do    string `json:"do"`    // say, tap (a button or quick reply of the newest message), link (m.me), react, block, unblock
	Text  string `json:"text"`  // say: the words; link: the ref
	Index int    `json:"index"` // tap: which button, from 0
	First string `json:"first_name"`
	Last  string `json:"last_name"`
}

// MessengerDo lets a person act; whoever acts is known to the Page from then on, and all but blocking opens the 24 hours. It reports false for an unknown Page, an unknown act, or a tap
// where there is no button.
func (s *Server) MessengerDo(a MessengerAct) bool {
	if a.Page == "" {
		a.Page = DefaultPageID
	}
	now := s.clk.Now().UnixMilli()
	s.facebook.mu.Lock()
	page := s.facebook.pages[a.Page]
	if page == nil || a.PSID == "" {
		s.facebook.mu.Unlock()
		return false
	}
	p := s.facebook.person(a.Page, a.PSID)
	if p == nil {
		p = &MessengerPerson{Page: a.Page, PSID: a.PSID}
		s.facebook.people[a.Page+"/"+a.PSID] = p
	}
	if a.First != "" || a.Last != "" {
		p.FirstName, p.LastName = a.First, a.Last
	}
	mid := "m_in_" + hex.EncodeToString([]byte(a.PSID)) + "_" + a.Do + "_" + time.UnixMilli(now).UTC().Format("20060102150405.000")
	item := object{"sender": object{"id": a.PSID}, "recipient": object{"id": a.Page}, "timestamp": now}
	ok := true
	switch a.Do {
	case "say":
		item["message"] = object{"mid": mid, "text": a.Text}
	case "tap":
		if ok = a.Index >= 0 && a.Index < len(p.payloads); !ok {
			break
		}
		if p.quick {
			item["message"] = object{"mid": mid, "text": "Chọn", "quick_reply": object{"payload": p.payloads[a.Index]}}
		} else {
			item["postback"] = object{"mid": mid, "title": "Nút", "payload": p.payloads[a.Index]}
		}
	case "link":
		item["referral"] = object{"ref": a.Text, "source": "SHORTLINK", "type": "OPEN_THREAD"}
	case "react":
		item["reaction"] = object{"mid": mid, "action": "react", "emoji": "❤"}
	case "block", "unblock":
		p.Blocked = a.Do == "block"
		s.facebook.mu.Unlock()
		return true
	default:
		ok = false
	}
	if ok {
		p.LastAct = now
	}
	s.facebook.mu.Unlock()
	if ok {
		s.queue.add(event{due: now, kind: messengerEvent, extra: &extra{app: a.Page, body: webhookBody(a.Page, now, item)}})
	}
	return ok
}

// MessengerEnforce tells the app what Meta does to a Page: warning, block or unblock. It reports false for an unknown Page.
// Source: developers.facebook.com, Messenger Platform, "messaging_policy_enforcement".
func (s *Server) MessengerEnforce(pageID, action, reason string) bool {
	now := s.clk.Now().UnixMilli()
	if !s.ChangeMessengerPage(pageID, func(p *MessengerPage) { p.Restricted = action == "block" }) {
		return false
	}
	item := object{"recipient": object{"id": pageID}, "timestamp": now, "policy_enforcement": object{"action": action, "reason": reason}}
	s.queue.add(event{due: now, kind: messengerEvent, extra: &extra{app: pageID, body: webhookBody(pageID, now, item)}})
	return true
}

// metaSignature is the value of X-Hub-Signature-256. Source: developers.facebook.com, Messenger Platform, "Webhooks", validating payloads.
func metaSignature(secret string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// metaProof is appsecret_proof.
func metaProof(secret, token string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(token))
	return hex.EncodeToString(m.Sum(nil))
}

// MessengerHandshake asks a callback address as Meta does when a webhook is set up, and reports whether it repeats the challenge.
func (s *Server) MessengerHandshake(pageID string) bool {
	s.facebook.mu.Lock()
	p := s.facebook.pages[pageID]
	s.facebook.mu.Unlock()
	if p == nil || p.WebhookURL == "" {
		return false
	}
	return s.handshake(p.WebhookURL, p.VerifyToken)
}

// messengerPath takes /facebook/v25.0/{id}/{edge} apart.
func messengerPath(r *http.Request) (id, edge string) {
	parts := strings.Split(strings.Trim(strings.TrimPrefix(r.URL.Path, "/facebook"), "/"), "/")
	if len(parts) > 0 && strings.HasPrefix(parts[0], "v") {
		parts = parts[1:]
	}
	if len(parts) > 0 {
		id = parts[0]
	}
	if len(parts) > 1 {
		edge = parts[1]
	}
	return id, edge
}
