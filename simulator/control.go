package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Settings is what GET /control answers and POST /control takes. Fields left out of a POST stay as they are.
type Settings struct {
	Zalo Behaviour `json:"zalo"`
	ESMS Behaviour `json:"esms"`
	SMTP Behaviour `json:"smtp"`
	// Messenger is the scenario of the Pages.
	Messenger Behaviour `json:"messenger"`
	ETelecom  Behaviour `json:"etelecom"`
	SpeedSMS  Behaviour `json:"speedsms"`
	Stringee  Behaviour `json:"stringee"`
	tuning
	ZaloWebhookURL string `json:"zalo_webhook_url"` // of the default app; setting it switches the webhook on again
}

// Settings is the present state of everything /control can change.
func (s *Server) Settings() Settings {
	return Settings{*s.behave[zalo].Load(), *s.behave[esms].Load(), *s.behave[mail].Load(), *s.behave[facebook].Load(), *s.behave[etel].Load(), *s.behave[speed].Load(), *s.behave[voice].Load(), *s.tune.Load(), s.app(DefaultAppID).WebhookURL}
}

// guard refuses changes asked for by web pages of other sites, which a browser on this machine would otherwise carry out for them.
func (s *Server) guard(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if o := r.Header.Get("Origin"); o != "" {
			if u, err := url.Parse(o); err != nil || u.Host != r.Host {
				http.Error(w, "asked for by another site", http.StatusForbidden)
				return
			}
		}
		if host, _, err := net.SplitHostPort(r.Host); !s.opts.AllowRemote && (err != nil || checkLoopback(net.JoinHostPort(host, "1")) != nil) {
			http.Error(w, "not addressed to this machine", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

// read decodes a JSON body strictly: a misspelt setting is an error, not a silent nothing.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		w.Header()["Content-Type"] = jsonType
		w.WriteHeader(http.StatusBadRequest)
		b, _ := json.Marshal(object{"error": err.Error()}) // a string always marshals
		_, _ = w.Write(b)
		return false
	}
	return true
}

func fail(w http.ResponseWriter, status int, text string) {
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(status)
	b, _ := json.Marshal(object{"error": text})
	_, _ = w.Write(b)
}

func (s *Server) controlRoutes(mux *http.ServeMux) {
	add := func(pattern string, h http.HandlerFunc) { mux.HandleFunc(pattern, s.guard(h)) }
	add("GET /control", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Settings()) })
	add("POST /control", s.controlSet)
	add("POST /control/reset", func(w http.ResponseWriter, _ *http.Request) { s.Reset(); writeJSON(w, s.Settings()) })
	add("GET /control/clock", func(w http.ResponseWriter, _ *http.Request) { s.answerClock(w) })
	add("POST /control/clock", s.controlClock)
	add("POST /control/expire-token", s.controlExpire)
	add("POST /control/token", s.controlToken)
	add("POST /control/balance", s.controlBalance)
	add("POST /control/quota", s.controlQuota)
	add("POST /control/oa", controlAdd(s.AddZaloOA))
	add("POST /control/app", controlAdd(s.AddZaloApp))
	add("POST /control/template", controlAdd(s.AddZaloTemplate))
	add("POST /control/template-status", s.controlTemplateStatus)
	add("POST /control/esms-account", controlAdd(s.AddESMSAccount))
	add("POST /control/brandname", s.controlBrandname)
	add("POST /control/force", s.controlForce)
	add("POST /control/event", s.controlEvent)
	add("POST /control/webhook-test", s.controlWebhookTest)
	add("POST /control/zalo-act", s.controlZaloAct)
	add("POST /control/zalo-user", controlAdd(s.AddZaloUser))
	add("POST /control/messenger", s.controlMessenger)
	add("POST /control/messenger-page", controlAdd(s.AddMessengerPage))
	add("POST /control/messenger-person", controlAdd(s.AddMessengerPerson))
	add("POST /control/messenger-template", controlAdd(s.AddMessengerTemplate))
	add("POST /control/etelecom-webhook", s.controlWebhook(s.SetETelecomWebhook))
	add("POST /control/speedsms-webhook", s.controlWebhook(s.SetSpeedWebhook))
	add("POST /control/stringee-webhook", s.controlWebhook(s.SetStringeeWebhook))
	add("GET /inbox", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.inbox.list()) })
	add("GET /inbox/raw", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.inbox.inspected()) })
}

// Reset puts settings, accounts and ledger back to the start. Receipts on their way are lost.
func (s *Server) Reset() { s.reset() }

// Inbox is the newest hundred accepted messages, the newest first.
func (s *Server) Inbox() []InboxItem { return s.inbox.list() }

// Inspected is the newest raw mails with their check reports; empty unless inspection is on.
func (s *Server) Inspected() []Inspected { return s.inbox.inspected() }

func controlAdd[T any](add func(T)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var v T
		if read(w, r, &v) {
			add(v)
			writeJSON(w, object{"ok": true})
		}
	}
}

// controlWebhook is POST {"url"}: where a provider without an address per message tells its news.
func (s *Server) controlWebhook(set func(string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			URL string `json:"url"`
		}
		if read(w, r, &in) {
			set(in.URL)
			writeJSON(w, object{"ok": true})
		}
	}
}

// controlSet is POST /control: any part of Settings.
func (s *Server) controlSet(w http.ResponseWriter, r *http.Request) {
	set := s.Settings()
	set.ZaloWebhookURL = "\x00" // tells "left out" from "set to the same", which switches it on again
	if !read(w, r, &set) {
		return
	}
	if !slices.Contains(signVariants, set.Sign) {
		fail(w, http.StatusBadRequest, fmt.Sprintf("sign must be one of %q", signVariants))
		return
	}
	if !slices.Contains([]string{"promotion", "all_but_otp", "all", "none"}, set.NightBlock) {
		fail(w, http.StatusBadRequest, "night_block must be promotion, all_but_otp, all or none")
		return
	}
	for p, b := range [providers]Behaviour{zalo: set.Zalo, esms: set.ESMS, mail: set.SMTP, facebook: set.Messenger, etel: set.ETelecom, speed: set.SpeedSMS, voice: set.Stringee} {
		if b.OddAnswer != "" && !slices.Contains(OddAnswers, b.OddAnswer) {
			fail(w, http.StatusBadRequest, fmt.Sprintf("odd_answer must be one of %q", OddAnswers))
			return
		}
		s.SetBehaviour(providerNames[p], b)
	}
	s.retune(func(t *tuning) { *t = set.tuning })
	if set.ZaloWebhookURL != "\x00" {
		s.SetZaloWebhook(DefaultAppID, set.ZaloWebhookURL)
	}
	writeJSON(w, s.Settings())
}

func (s *Server) answerClock(w http.ResponseWriter) {
	writeJSON(w, object{"now": s.clk.Now().Format(time.RFC3339Nano), "simulated": s.clk.Simulated()})
}

// controlClock is POST /control/clock {"now": RFC 3339, "speed": factor, "advance": "36h"}; each part is optional.
func (s *Server) controlClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Now     *time.Time `json:"now"`
		Speed   *float64   `json:"speed"`
		Advance string     `json:"advance"`
	}
	if !read(w, r, &in) {
		return
	}
	if !s.clk.Simulated() {
		fail(w, http.StatusConflict, "the simulator runs on the machine's clock")
		return
	}
	var by time.Duration
	if in.Advance != "" {
		var err error
		if by, err = time.ParseDuration(in.Advance); err != nil || by < 0 {
			fail(w, http.StatusBadRequest, "advance must be a duration such as 90s or 36h")
			return
		}
	}
	if in.Now != nil || in.Speed != nil {
		now, speed := s.clk.Now(), 1.0
		if in.Now != nil {
			now = *in.Now
		}
		if in.Speed != nil {
			speed = *in.Speed
		}
		s.clk.Set(now, speed)
	}
	if by > 0 {
		s.clk.Advance(by)
	}
	s.answerClock(w)
}

type accountIn struct {
	OAID   string `json:"oa_id"`
	APIKey string `json:"api_key"`

	Balance      *int64 `json:"balance"`
	Daily        *int64 `json:"daily"`
	MonthlyPromo *int64 `json:"monthly_promotion"`
	UsedToday    *int64 `json:"used_today"`
}

func (a *accountIn) oa() string {
	if a.OAID == "" {
		return DefaultOAID
	}
	return a.OAID
}

// controlExpire is POST /control/expire-token {"oa_id"?}: all its access tokens expire now.
func (s *Server) controlExpire(w http.ResponseWriter, r *http.Request) {
	var in accountIn
	if read(w, r, &in) {
		writeJSON(w, object{"expired": s.ExpireZaloTokens(in.OAID)})
	}
}

// controlToken is POST /control/token {"oa_id"?}: a fresh pair, as from the console's API Explorer.
func (s *Server) controlToken(w http.ResponseWriter, r *http.Request) {
	var in accountIn
	if !read(w, r, &in) {
		return
	}
	access, refresh, ok := s.ZaloTokens(in.oa())
	if !ok {
		fail(w, http.StatusNotFound, "no such OA")
		return
	}
	writeJSON(w, object{"access_token": access, "refresh_token": refresh, "expires_in": "90000"})
}

// controlBalance is POST /control/balance {"oa_id" or "api_key", "balance"}; with neither, the default OA's.
func (s *Server) controlBalance(w http.ResponseWriter, r *http.Request) {
	var in accountIn
	if !read(w, r, &in) {
		return
	}
	var found bool
	switch {
	case in.Balance == nil:
		fail(w, http.StatusBadRequest, "balance is missing")
		return
	case in.APIKey != "":
		found = s.ChangeESMSAccount(in.APIKey, func(a *ESMSAccount) { a.Balance = *in.Balance })
	default:
		found = s.ChangeZaloOA(in.oa(), func(o *ZaloOA) { o.Balance = *in.Balance })
	}
	if !found {
		fail(w, http.StatusNotFound, "no such account")
		return
	}
	writeJSON(w, object{"ok": true})
}

// controlQuota is POST /control/quota {"oa_id"?, "daily"?, "monthly_promotion"?, "used_today"?}. A new daily quota is told by webhook, as Zalo does.
func (s *Server) controlQuota(w http.ResponseWriter, r *http.Request) {
	var in accountIn
	if !read(w, r, &in) {
		return
	}
	before, appID := int64(0), ""
	if !s.ChangeZaloOA(in.oa(), func(o *ZaloOA) {
		o.turn(s.clk.Now())
		before, appID = o.DailyQuota, o.AppID
		for to, v := range map[*int64]*int64{&o.DailyQuota: in.Daily, &o.MonthlyPromo: in.MonthlyPromo, &o.UsedToday: in.UsedToday} {
			if v != nil {
				*to = *v
			}
		}
	}) {
		fail(w, http.StatusNotFound, "no such OA")
		return
	}
	if in.Daily != nil && *in.Daily != before {
		s.announce(appID, object{"oaId": in.oa(), "app_id": appID, "event_name": "change_oa_daily_quota",
			"quota": object{"prev_value": fmt.Sprint(before), "new_value": fmt.Sprint(*in.Daily)}})
	}
	writeJSON(w, object{"ok": true})
}

// announce posts a management event to an app's webhook, now.
func (s *Server) announce(appID string, fields object) {
	now := s.clk.Now().UnixMilli()
	fields["timestamp"] = fmt.Sprint(now)
	b, err := json.Marshal(fields)
	if err != nil {
		return
	}
	s.queue.add(event{due: now, kind: zaloManagement, extra: &extra{body: bytes.TrimSpace(b), app: appID}})
}

// controlTemplateStatus is POST /control/template-status {"id", "status"?, "quality"?, "reason"?}; the app hears of it by webhook.
func (s *Server) controlTemplateStatus(w http.ResponseWriter, r *http.Request) {
	var in struct{ ID, Status, Quality, Reason string }
	if !read(w, r, &in) {
		return
	}
	if !s.SetZaloTemplateStatus(in.ID, in.Status, in.Quality, in.Reason) {
		fail(w, http.StatusNotFound, "no such template")
		return
	}
	writeJSON(w, object{"ok": true})
}

// SetZaloTemplateStatus changes status and quality of a template (empty = as it is) and tells every app's webhook. It reports whether the template exists.
func (s *Server) SetZaloTemplateStatus(id, status, quality, reason string) bool {
	s.zalo.mu.Lock()
	old := s.zalo.templates[id]
	if old == nil {
		s.zalo.mu.Unlock()
		return false
	}
	t := *old
	if status != "" {
		t.Status = status
	}
	if quality != "" {
		t.Quality = quality
	}
	s.zalo.templates[id] = &t
	s.zalo.mu.Unlock()
	s.zalo.oaMu.Lock()
	defer s.zalo.oaMu.Unlock()
	for _, o := range s.zalo.oas {
		if t.OAID != "" && t.OAID != o.ID {
			continue
		}
		if t.Status != old.Status {
			s.announce(o.AppID, object{"oa_id": o.ID, "app_id": o.AppID, "event_name": "change_template_status", "template_id": id,
				"status": object{"prev_status": old.Status, "new_status": t.Status}, "reason": reason})
		}
		if t.Quality != old.Quality {
			s.announce(o.AppID, object{"oa_id": o.ID, "app_id": o.AppID, "event_name": "change_template_quality", "template_id": id, "quality": t.Quality})
		}
	}
	return true
}

func (s *Server) controlBrandname(w http.ResponseWriter, r *http.Request) {
	var b Brandname
	if !read(w, r, &b) {
		return
	}
	if err := s.AddBrandname(b); err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	writeJSON(w, object{"ok": true})
}

// controlWebhookTest sends the console's test event to the default app's webhook (developers.zalo.me, Webhook, saving the address).
func (s *Server) controlWebhookTest(w http.ResponseWriter, _ *http.Request) {
	s.announce(DefaultAppID, object{"app_id": DefaultAppID, "sender": object{"id": "3000000000000000001"}, "recipient": object{"id": DefaultOAID},
		"user_id_by_app": "4000000000000000001", "event_name": "user_send_text", "message": object{"text": "This is testing message", "msg_id": "This is message id"}})
	writeJSON(w, object{"ok": true})
}
