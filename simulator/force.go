package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-smtp"
)

// Force makes calls fail with a code of the provider's table, whatever it means: every row of the table can be met without building the situation. It stands behind the checks
// of token and form and before all others.
type Force struct {
	Provider  string `json:"provider"`  // zalo, esms, smtp
	Recipient string `json:"recipient"` // empty = anybody
	Code      string `json:"code"`      // "-144", "103", "552 5.3.4"; mails are refused at RCPT
	Count     int    `json:"count"`     // how many calls; 0 = one
}

// forced holds what is still to be applied. The number of entries is read without the lock: on most days it is zero.
type forced struct {
	n    atomic.Int32
	mu   sync.Mutex
	list []Force
}

func (f *forced) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
	f.n.Store(0)
}

// Force adds a rule; rules are used up in the order they came.
func (s *Server) Force(f Force) {
	f.Count = max(f.Count, 1)
	s.forced.mu.Lock()
	defer s.forced.mu.Unlock()
	s.forced.list = append(s.forced.list, f)
	s.forced.n.Add(1)
}

// take is the code that a call must fail with, or "".
func (f *forced) take(p uint8, recipient string) string {
	if f.n.Load() == 0 {
		return ""
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.list {
		r := &f.list[i]
		if r.Provider != providerNames[p] || r.Recipient != "" && r.Recipient != recipient {
			continue
		}
		code := r.Code
		if r.Count--; r.Count == 0 {
			f.list = append(f.list[:i], f.list[i+1:]...)
			f.n.Add(-1)
		}
		return code
	}
	return ""
}

// number is take for providers with whole numbers; a code that is none counts as 0, no force.
func (f *forced) number(p uint8, recipient string) int {
	n, err := strconv.Atoi(f.take(p, recipient))
	if err != nil {
		return 0
	}
	return n
}

// mail is take as an SMTP refusal: "552 5.3.4", or "450" alone.
func (f *forced) mail(recipient string) *smtp.SMTPError {
	code := f.take(mail, recipient)
	if code == "" {
		return nil
	}
	basic, enhanced, _ := strings.Cut(code, " ")
	n, err := strconv.Atoi(basic)
	if err != nil || n < 400 || n > 599 {
		return refusal(451, 4, 3, 0, "Forced")
	}
	no := refusal(n, n/100, 0, 0, "Forced")
	if parts := strings.Split(enhanced, "."); len(parts) == 3 {
		for i, p := range parts {
			if v, err := strconv.Atoi(p); err == nil {
				no.EnhancedCode[i] = v
			}
		}
	}
	return no
}

// controlForce is POST /control/force with a Force.
func (s *Server) controlForce(w http.ResponseWriter, r *http.Request) {
	var f Force
	if !read(w, r, &f) {
		return
	}
	known := false
	for _, name := range providerNames {
		known = known || name == f.Provider
	}
	if !known || f.Code == "" {
		fail(w, http.StatusBadRequest, "provider must be zalo, esms or smtp, and code must be given")
		return
	}
	s.Force(f)
	writeJSON(w, object{"ok": true})
}

// controlEvent is POST /control/event: any JSON object, stamped, signed and posted to the webhook of the app it names (or the default app). For events that no call causes:
// follow, user_send_text, and events nobody has heard of.
func (s *Server) controlEvent(w http.ResponseWriter, r *http.Request) {
	var fields object
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&fields); err != nil || fields == nil {
		fail(w, http.StatusBadRequest, "the body must be a JSON object")
		return
	}
	app, _ := fields["app_id"].(string)
	if app == "" {
		app = DefaultAppID
		fields["app_id"] = app
	}
	s.announce(app, fields)
	writeJSON(w, object{"ok": true})
}
