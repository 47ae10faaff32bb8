package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Endpoint is a system of a shop that is called over HTTP: it judges what an HTTP request of a step is. It takes {"phone": …} by any method, acts once for each Idempotency-Key, checks the
// signature of Standard Webhooks 1.0.0 when it has a secret, and answers by the end of the phone number:
//
//	0002 with 201, 0003 with 404, 0006 with a redirect, 0004 the first time with 503, 0005 the first time with nothing after it has acted, all others with 200
type Endpoint struct {
	Credential string // what Authorization must be
	Secret     []byte // nil = unsigned
	Now        func() time.Time

	mu    sync.Mutex
	calls []EndpointCall
	acted map[string]int
}

// EndpointCall is one call as it came.
type EndpointCall struct {
	Method, Path, Key, Phone, Body string
	Head                           http.Header
	Status                         int // 0 = the answer was held back
}

// Calls are all calls so far.
func (e *Endpoint) Calls() []EndpointCall {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.calls)
}

// Acted is how often the system acted for a phone number: more than once is a copy.
func (e *Endpoint) Acted(phone string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for key, times := range e.acted {
		if strings.HasPrefix(key, phone+" ") {
			n += times
		}
	}
	return n
}

// ServeHTTP is the system.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	var in struct {
		Phone string `json:"phone"`
	}
	c := EndpointCall{Method: r.Method, Path: r.URL.RequestURI(), Key: r.Header.Get("Idempotency-Key"), Body: string(body), Head: r.Header.Clone()}
	switch {
	case e.Credential != "" && r.Header.Get("Authorization") != e.Credential, !e.signed(r, body):
		c.Status = http.StatusUnauthorized
	case json.Unmarshal(body, &in) != nil || in.Phone == "":
		c.Status = http.StatusBadRequest
	}
	c.Phone = in.Phone
	if c.Status == 0 {
		c.Status = e.act(in.Phone, c.Key)
	}
	e.mu.Lock()
	e.calls = append(e.calls, c)
	e.mu.Unlock()
	if c.Status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	if c.Status == http.StatusFound {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(c.Status)
	end := in.Phone[max(len(in.Phone)-4, 0):]
	_ = json.NewEncoder(w).Encode(map[string]any{"status": c.Status, "customer": map[string]any{"code": "KH-" + end, "points": 120}})
}

// act does what is asked, once for a key, and says what is answered; 0 is nothing.
func (e *Endpoint) act(phone, key string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.acted == nil {
		e.acted = map[string]int{}
	}
	first := !slices.ContainsFunc(e.calls, func(c EndpointCall) bool { return c.Phone == phone && c.Key == key })
	status := http.StatusOK
	switch phone[max(len(phone)-4, 0):] {
	case "0002":
		status = http.StatusCreated
	case "0003":
		return http.StatusNotFound
	case "0004":
		if first {
			return http.StatusServiceUnavailable
		}
	case "0005":
		if first {
			status = 0
		}
	case "0006":
		return http.StatusFound
	}
	if at := phone + " " + key; key == "" || e.acted[at] == 0 {
		e.acted[at]++
	}
	return status
}

// signed checks the signature as a receiver does. Source: Standard Webhooks 1.0.0, "Verifying webhook authenticity".
func (e *Endpoint) signed(r *http.Request, body []byte) bool {
	if len(e.Secret) == 0 || r.Method == http.MethodGet && len(body) == 0 && r.Header.Get("Webhook-Id") == "" {
		return true
	}
	at, err := strconv.ParseInt(r.Header.Get("Webhook-Timestamp"), 10, 64)
	if err != nil || e.Now().Sub(time.Unix(at, 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, e.Secret)
	mac.Write([]byte(r.Header.Get("Webhook-Id") + "." + r.Header.Get("Webhook-Timestamp") + "."))
	mac.Write(body)
	want := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return slices.ContainsFunc(strings.Fields(r.Header.Get("Webhook-Signature")), func(s string) bool { return hmac.Equal([]byte(s), want) })
}
