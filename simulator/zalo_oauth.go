package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// zaloConsent is the consent page with an OA admin who always says yes: GET /v4/oa/permission sends the browser back with a code that lives 10 minutes.
// Source: developers.zalo.me, "Xác thực và ủy quyền cho ứng dụng", consent.
func (s *Server) zaloConsent(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	oa := q.Get("oa_id")
	if oa == "" {
		oa = DefaultOAID
	}
	target, err := url.Parse(q.Get("redirect_uri"))
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	app := s.zalo.apps[q.Get("app_id")]
	switch {
	case app == nil:
		oauthError(w, -14002, "Invalid appId", "")
		return
	case err != nil || target.Host == "" || app.RedirectURI != "" && app.RedirectURI != q.Get("redirect_uri"):
		oauthError(w, -14003, "Invalid redirect uri", "")
		return
	case !s.opts.AllowRemote && checkLoopback(target.Hostname()+":1") != nil:
		oauthError(w, -14003, "Invalid redirect uri", "the simulator goes to loopback only")
		return
	}
	s.zalo.made++
	code := "sim-code-" + strconv.FormatUint(hash64(s.opts.Seed, "code", strconv.Itoa(s.zalo.made)), 36)
	s.zalo.codes[code] = zaloCode{zaloToken{app.ID, oa, s.clk.Now().Add(10 * time.Minute)}, q.Get("code_challenge")}
	back := target.Query()
	back.Set("code", code)
	back.Set("oa_id", oa)
	if st := q.Get("state"); st != "" {
		back.Set("state", st)
	}
	target.RawQuery = back.Encode()
	http.Redirect(w, r, target.String(), http.StatusFound)
}

// zaloTokenCall is POST /v4/oa/access_token, both grants. Codes and refresh tokens are good once. Source: developers.zalo.me, "Xác thực và ủy quyền cho ứng dụng" (tokens)
// and "Các loại mã sử dụng trong OAuth" (errors).
func (s *Server) zaloTokenCall(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
		oauthError(w, -14018, "Invalid grant type", "")
		return
	}
	f := r.PostForm
	s.zalo.mu.Lock()
	s.zalo.asked++
	now := s.clk.Now()
	app := s.zalo.apps[f.Get("app_id")]
	code, name, reason := s.zalo.grant(now, app, r.Header.Get("secret_key"), f)
	var access, refresh string
	if code == 0 {
		t := s.zalo.spend(f)
		access, refresh = s.zalo.issue(s.opts.Seed, now, t.app, t.oa)
	}
	s.zalo.mu.Unlock()
	if code != 0 {
		oauthError(w, code, name, reason)
		return
	}
	drop := false
	s.retune(func(t *tuning) {
		drop = t.DropToken > 0
		if drop {
			t.DropToken--
		}
	})
	fate{drop: drop, slow: time.Duration(s.tune.Load().SlowToken) * time.Millisecond}.after(w, r, "")
	answer(w, fmt.Appendf(nil, `{"access_token":%q,"refresh_token":%q,"expires_in":"90000","refresh_token_expires_in":"7776000"}`, access, refresh))
}

// ZaloTokenCalls is how often tokens were asked for, good and bad.
func (s *Server) ZaloTokenCalls() int {
	s.zalo.mu.Lock()
	defer s.zalo.mu.Unlock()
	return s.zalo.asked
}

// ZaloAtOnce is how many calls to the hosts of Zalo were under way at the busiest moment.
func (s *Server) ZaloAtOnce() int { return int(s.zalo.flight.peak.Load()) }

// gauge counts calls that are under way.
type gauge struct{ now, peak atomic.Int64 }

// enter counts a call until the function that it returns is called.
func (g *gauge) enter() func() {
	n := g.now.Add(1)
	for old := g.peak.Load(); n > old && !g.peak.CompareAndSwap(old, n); old = g.peak.Load() {
	}
	return func() { g.now.Add(-1) }
}

// SlowZaloTokens makes the answers with tokens late, and loses the next few of them after the tokens have changed.
func (s *Server) SlowZaloTokens(late time.Duration, lost int) {
	s.retune(func(t *tuning) { t.SlowToken, t.DropToken = late.Milliseconds(), lost })
}

// grant checks a token call. mu is held.
func (z *zaloState) grant(now time.Time, app *ZaloApp, secret string, f url.Values) (code int, name, reason string) {
	kind := f.Get("grant_type")
	switch {
	case app == nil:
		return -14002, "Invalid appId", ""
	case app.Inactive:
		return -14002, "Invalid appId", "App is not active but user is not admin"
	case app.Secret != secret:
		return -14004, "Invalid secret key", ""
	case kind == "authorization_code":
		c, ok := z.codes[f.Get("code")]
		if !ok || c.app != app.ID || now.After(c.expires) || c.challenge != "" && c.challenge != challenge(f.Get("code_verifier")) {
			return -14005, "Invalid code", ""
		}
		return 0, "", ""
	case kind == "refresh_token":
		t, ok := z.refresh[f.Get("refresh_token")]
		if !ok || t.app != app.ID || now.After(t.expires) {
			return -14014, "Invalid refresh token.", ""
		}
		return 0, "", ""
	}
	return -14018, "Invalid grant type", ""
}

// spend uses the code or refresh token up. mu is held and grant has said yes.
func (z *zaloState) spend(f url.Values) zaloToken {
	if f.Get("grant_type") == "authorization_code" {
		c := z.codes[f.Get("code")]
		delete(z.codes, f.Get("code"))
		return c.zaloToken
	}
	t := z.refresh[f.Get("refresh_token")]
	delete(z.refresh, f.Get("refresh_token"))
	return t
}

// challenge is the PKCE challenge of a verifier; a verifier that is not 43 characters long never matches.
func challenge(verifier string) string {
	if len(verifier) != 43 {
		return "?"
	}
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// oauthError answers with HTTP 200 as the live service does.
func oauthError(w http.ResponseWriter, code int, name, reason string) {
	answer(w, fmt.Appendf(nil, `{"error":%d,"error_name":%q,"error_description":%q,"error_reason":%q,"ref_doc":"https://developers.zalo.me/docs/official-account/phu-luc/cac-loai-ma-su-dung-trong-oauth"}`,
		code, name, strings.TrimSuffix(name, "."), reason))
}

var jsonType = []string{"application/json;charset=UTF-8"}

// answer writes a JSON body with status 200.
func answer(w http.ResponseWriter, body []byte) {
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(body) // the caller is gone: nothing to do about it
}
