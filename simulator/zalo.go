package simulator

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// The default app and OA, their secrets and the first pair of tokens. They protect nothing: the simulator is on loopback.
const (
	DefaultAppID         = "1000000000000000001"
	DefaultAppSecret     = "demo-app-secret"
	DefaultWebhookSecret = "demo-oa-secret-key"
	DefaultOAID          = "2000000000000000001"
	DefaultAccessToken   = "sim-access-token"
	DefaultRefreshToken  = "sim-refresh-token"
)

// tokenLife is "expires_in" of an access token (developers.zalo.me, "Xác thực và ủy quyền cho ứng dụng").
const tokenLife = 90_000 * time.Second

// ZaloApp is an app at developers.zalo.me.
type ZaloApp struct {
	ID            string `json:"id"`
	Secret        string `json:"secret"`
	WebhookSecret string `json:"webhook_secret"` // "OA Secret Key"
	WebhookURL    string `json:"webhook_url"`    // empty = no webhook
	WebhookOff    bool   `json:"webhook_off"`    // switched off by Zalo after a callback failed at every try
	RedirectURI   string `json:"redirect_uri"`   // empty = any loopback address
	Inactive      bool   `json:"inactive"`       // -103
	NeedProof     bool   `json:"need_proof"`     // a call without appsecret_proof is refused: -1241, -242 of the OA API
}

// ZaloOA is an Official Account.
type ZaloOA struct {
	ID              string   `json:"id"`
	AppID           string   `json:"app_id"`     // the app it has granted
	Unverified      bool     `json:"unverified"` // -135
	Unlinked        bool     `json:"unlinked"`   // no ZBS account: -136
	Blocked         bool     `json:"blocked"`    // blocked for a breach: -1351
	Admins          []string `json:"admins"`     // numbers (84…) that development mode may reach, else -127
	Mode3           bool     `json:"mode3"`      // may send beyond the quota (sending_mode "3")
	DailyQuota      int64    `json:"daily_quota"`
	MonthlyPromo    int64    `json:"monthly_promotion_quota"`
	PromoUserMonth  int      `json:"promotion_per_user_month"` // 0 = no cap; else -1471
	PromoUserDay    int      `json:"promotion_per_user_day"`   // 0 = no cap; else -1472
	Balance         int64    `json:"balance"`                  // VND
	Quality         string   `json:"quality"`
	UsedToday       int64    `json:"used_today"`
	PromoThisMonth  int64    `json:"promotion_this_month"`
	PendingVND      int64    `json:"pending_vnd"`        // accepted and not yet delivered: not spendable
	Consultation    int64    `json:"consultation_quota"` // messages after the free 48 hours in the package; 0 = 2,000
	Consulted       int64    `json:"consulted"`
	ConsultPrice    int64    `json:"consultation_price"` // VND of one after the package; 0 = 55
	oaDay, oaMonth  int
	promoDay        map[string]int
	promoMonth      map[string]int
	templatesOfADay map[string]int64
}

// ZaloParam is one parameter of a template. Kind is the number of ZBS's parameter types, "1" customer name to "15" transfer note.
type ZaloParam struct {
	Name       string `json:"name"`
	Require    bool   `json:"require"`
	Kind       string `json:"kind"`
	MinLength  int    `json:"minLength"`
	MaxLength  int    `json:"maxLength"`
	AcceptNull bool   `json:"acceptNull"`
	Sample     string `json:"sample"`
}

// ZaloTemplate is an approved (or not) template.
type ZaloTemplate struct {
	ID         string       `json:"id"`
	OAID       string       `json:"oa_id"` // empty = every OA may use it, else -117
	Name       string       `json:"name"`
	Status     string       `json:"status"` // ENABLE, PENDING_REVIEW, REJECT, DISABLE
	Tag        string       `json:"tag"`    // TRANSACTION, CUSTOMER_CARE, PROMOTION, OTP
	Quality    string       `json:"quality"`
	PriceSDT   int64        `json:"price_sdt"` // VND
	PriceUID   int64        `json:"price_uid"`
	TimeoutMS  int64        `json:"timeout"`
	DailyQuota int64        `json:"daily_quota"` // 0 = none, else -147
	Rating     bool         `json:"rating"`      // rated by some, see Behaviour.Feedback
	Params     []ZaloParam  `json:"params"`
	Buttons    []ZaloButton `json:"buttons"`
	Journey    string       `json:"journey"` // "logistics" or "coach_bus": wants a journey token of that kind
	Preview    string       `json:"preview"` // text with <placeholders>, for the page
	Created    int64        `json:"created"`
}

// ZaloButton is a button below a message; its type is ZBS's number from 1 to 12.
type ZaloButton struct {
	Type    int    `json:"type"`
	Title   string `json:"title"`
	Content string `json:"content"`
}

type zaloToken struct {
	app, oa string
	expires time.Time
}

// zaloState is everything Zalo knows. One lock: each holder does a few map look-ups.
type zaloState struct {
	mu        sync.RWMutex
	apps      map[string]*ZaloApp
	templates map[string]*ZaloTemplate
	access    map[string]zaloToken
	refresh   map[string]zaloToken
	codes     map[string]zaloCode
	users     map[string]*ZaloUser // OA and user id
	uploads   map[string]zaloUpload
	phones    phoneState
	sent      int // messages to users
	acts      int // of people at OAs, to name their messages
	flight    gauge
	refuse    int // of the next ones, refused for their number
	made      int // counts issued tokens and codes, to name them
	asked     int // counts calls for tokens, good and bad
	statuses  atomic.Int64

	oaMu sync.Mutex // after mu
	oas  map[string]*ZaloOA
}

type zaloCode struct {
	zaloToken
	challenge string
}

func (z *zaloState) reset(now time.Time, webhookURL string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.oaMu.Lock()
	defer z.oaMu.Unlock()
	z.apps = map[string]*ZaloApp{DefaultAppID: {ID: DefaultAppID, Secret: DefaultAppSecret, WebhookSecret: DefaultWebhookSecret, WebhookURL: webhookURL}}
	z.oas = map[string]*ZaloOA{}
	z.addOA(ZaloOA{ID: DefaultOAID, AppID: DefaultAppID})
	z.templates = map[string]*ZaloTemplate{}
	for _, t := range defaultZaloTemplates() {
		t.Created = now.UnixMilli()
		z.templates[t.ID] = &t
	}
	z.access = map[string]zaloToken{DefaultAccessToken: {DefaultAppID, DefaultOAID, now.Add(tokenLife)}}
	z.refresh = map[string]zaloToken{DefaultRefreshToken: {DefaultAppID, DefaultOAID, now.AddDate(0, 3, 0)}}
	z.codes = map[string]zaloCode{}
	z.users, z.sent, z.acts = map[string]*ZaloUser{}, 0, 0
	z.uploads, z.refuse = map[string]zaloUpload{}, 0
	z.phones.reset()
	z.made, z.asked = 0, 0
}

func (z *zaloState) addOA(o ZaloOA) {
	if o.DailyQuota == 0 {
		o.DailyQuota = 2_000_000 // above every rehearsal; the real ladder starts at 20,000
	}
	if o.MonthlyPromo == 0 {
		o.MonthlyPromo = 2_000_000
	}
	if o.Balance == 0 {
		o.Balance = 1_000_000_000
	}
	if o.Quality == "" {
		o.Quality = "HIGH"
	}
	o.promoDay, o.promoMonth, o.templatesOfADay = map[string]int{}, map[string]int{}, map[string]int64{}
	z.oas[o.ID] = &o
}

// AddZaloApp adds or replaces an app.
func (s *Server) AddZaloApp(a ZaloApp) {
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	s.zalo.apps[a.ID] = &a
}

// ChangeZaloApp changes an app that is there.
func (s *Server) ChangeZaloApp(id string, change func(*ZaloApp)) {
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	if old := s.zalo.apps[id]; old != nil {
		a := *old // calls that are under way hold the old one
		change(&a)
		s.zalo.apps[id] = &a
	}
}

// AddZaloOA adds or replaces an Official Account; zero quotas and balance mean plenty.
func (s *Server) AddZaloOA(o ZaloOA) {
	s.zalo.oaMu.Lock()
	defer s.zalo.oaMu.Unlock()
	s.zalo.addOA(o)
}

// ChangeZaloOA changes an OA in place and reports whether it exists.
func (s *Server) ChangeZaloOA(id string, f func(*ZaloOA)) bool {
	s.zalo.oaMu.Lock()
	defer s.zalo.oaMu.Unlock()
	o := s.zalo.oas[id]
	if o == nil {
		return false
	}
	f(o)
	return true
}

// AddZaloTemplate adds or replaces a template. An empty status is ENABLE, an empty tag TRANSACTION, a zero timeout two hours.
func (s *Server) AddZaloTemplate(t ZaloTemplate) {
	if t.Status == "" {
		t.Status = "ENABLE"
	}
	if t.Tag == "" {
		t.Tag = "TRANSACTION"
	}
	if t.Quality == "" {
		t.Quality = "HIGH"
	}
	if t.TimeoutMS == 0 {
		t.TimeoutMS = 7_200_000
	}
	t.Created = s.clk.Now().UnixMilli()
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	s.zalo.templates[t.ID] = &t
}

// SetZaloWebhook sets the address of an app's webhook and switches it on again. It reports whether the app exists.
func (s *Server) SetZaloWebhook(appID, url string) bool {
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	a := s.zalo.apps[appID]
	if a == nil {
		return false
	}
	b := *a
	b.WebhookURL, b.WebhookOff = url, false
	s.zalo.apps[appID] = &b
	return true
}

// ZaloTokens issues a fresh pair for an OA, as the console's API Explorer does. The OA's older access tokens die.
func (s *Server) ZaloTokens(oaID string) (access, refresh string, ok bool) {
	s.zalo.oaMu.Lock()
	o := s.zalo.oas[oaID]
	appID := ""
	if o != nil {
		appID = o.AppID
	}
	s.zalo.oaMu.Unlock()
	if o == nil {
		return "", "", false
	}
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	access, refresh = s.zalo.issue(s.opts.Seed, s.clk.Now(), appID, oaID)
	return access, refresh, true
}

// ExpireZaloTokens makes all access tokens of an OA ("" = of every OA) expire now; refresh tokens stay good.
func (s *Server) ExpireZaloTokens(oaID string) int {
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	n := 0
	for k, t := range s.zalo.access {
		if oaID == "" || t.oa == oaID {
			delete(s.zalo.access, k)
			n++
		}
	}
	return n
}

// issue makes a new pair and ends the OA's older access tokens: the old one is assumed to die at once. mu is held.
func (z *zaloState) issue(seed uint64, now time.Time, app, oa string) (access, refresh string) {
	for k, t := range z.access {
		if t.oa == oa && t.app == app {
			delete(z.access, k)
		}
	}
	z.made++
	n := strconv.Itoa(z.made)
	access = "sim-at-" + n + "-" + strconv.FormatUint(hash64(seed, "access", n), 36)
	refresh = "sim-rt-" + n + "-" + strconv.FormatUint(hash64(seed, "refresh", n), 36)
	z.access[access] = zaloToken{app, oa, now.Add(tokenLife)}
	z.refresh[refresh] = zaloToken{app, oa, now.AddDate(0, 3, 0)}
	return access, refresh
}
