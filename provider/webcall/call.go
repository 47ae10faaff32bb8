package webcall

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

const name = "http"

// Methods are those that a call may have.
var Methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

// repeats are the methods that may be asked again after a lost answer (RFC 9110, section 9.2.2).
var repeats = []string{"GET", "PUT", "DELETE"}

// Header is one line of a request's head.
type Header struct{ Name, Value string }

// Request is one call.
type Request struct {
	Method string
	URL    string
	Header []Header
	Body   []byte
	Key    string // our key: the same at every try of the same call
	// Secret signs the call, "" = no signature. It is what ParseSecret gives.
	Secret []byte
	// AnySuccess takes every 2xx as a success; else only 200 is one, as in the status table of LadiFlow.
	AnySuccess bool
	// Repeat says that the other side bears the same call twice, for instance because it heeds Idempotency-Key. GET, PUT and DELETE always may be repeated.
	Repeat bool
}

// Client makes calls. Its fields are set before the first call; then it is safe for many goroutines.
type Client struct {
	HTTP    *http.Client // from provider.HTTPClient, with a guard
	Version string       // of Loa, for User-Agent
	Now     func() time.Time
}

// ours are the lines of the head that a person may not write: they frame the message, or we set them.
var ours = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Te", "Trailer", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Expect",
	"Idempotency-Key", "Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"}

// Check says what is wrong with a request before it is ever made: "method", "url", "header:<name>"; "" = nothing. It is used when a step is saved, with sample values filled in.
func (r *Request) Check() string {
	if !slices.Contains(Methods, r.Method) {
		return "method"
	}
	u, err := url.Parse(r.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return "url"
	}
	for _, h := range r.Header {
		if !token(h.Name) || !printable(h.Value) || slices.Contains(ours, http.CanonicalHeaderKey(h.Name)) {
			return "header:" + h.Name
		}
	}
	return ""
}

// token reports whether a text may be the name of a header line (RFC 9110, section 5.6.2).
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// printable reports whether a text may be the value of a header line: no line breaks or other control characters (RFC 9110, section 5.5).
func printable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// Call makes one call and reads the whole answer, at most provider.MaxBody. An answer that is no success is an *provider.Error with the code http.<status>, and the answer all the same. A lost
// answer is of class unknown unless the call may be repeated.
func (c *Client) Call(ctx context.Context, r *Request) (provider.Answer, error) {
	if bad := r.Check(); bad != "" {
		return provider.Answer{}, provider.Invalid(name, "bad "+bad)
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return provider.Answer{}, provider.Invalid(name, "bad url")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	head := http.Header{"User-Agent": {"Loa/" + c.Version}, "Accept": {"*/*"}}
	for _, h := range r.Header {
		head.Add(h.Name, h.Value)
	}
	if r.Key != "" {
		head.Set("Idempotency-Key", r.Key)
		if len(r.Secret) > 0 {
			at := strconv.FormatInt(c.Now().Unix(), 10)
			head.Set("Webhook-Id", r.Key)
			head.Set("Webhook-Timestamp", at)
			head.Set("Webhook-Signature", Sign(r.Secret, r.Key, at, r.Body))
		}
	}
	var req *http.Request
	if r.Method == "GET" || r.Method == "DELETE" && len(r.Body) == 0 {
		req = &http.Request{Method: r.Method, URL: u, Host: u.Host, Header: head, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	} else {
		if head.Get("Content-Type") == "" {
			head.Set("Content-Type", "application/json")
		}
		req = provider.Post(u, head, r.Body)
		req.Method = r.Method
	}
	a, err := provider.Do(ctx, c.HTTP, req)
	return a, r.verdict(a, err)
}

// verdict is the rule of success, and what a failure means.
func (r *Request) verdict(a provider.Answer, err error) error {
	again := r.Repeat || slices.Contains(repeats, r.Method)
	if errors.Is(err, provider.ErrInside) {
		return &provider.Error{Provider: name, Code: CodeInside, Class: provider.Content, Unasked: true, Err: provider.ErrInside}
	}
	if err != nil {
		e := &provider.Error{Provider: name, Code: provider.CodeLost, Class: provider.Unknown, Err: err}
		switch {
		case !a.Wrote:
			e.Code, e.Class, e.Unasked = provider.CodeNotSent, provider.Temporary, true
		case a.Status != 0: // the answer began: the other side has seen the call
			e.Code, e.Class = provider.CodeUnreadable, provider.Content
		case again:
			e.Class = provider.Temporary
		}
		return e
	}
	if a.Status == http.StatusOK || r.AnySuccess && a.Status >= 200 && a.Status < 300 {
		return nil
	}
	e := &provider.Error{Provider: name, Code: "http." + strconv.Itoa(a.Status), Class: provider.Content, Raw: a.Body, RetryAfter: provider.RetryAfter(a.Header)}
	switch {
	case a.Status == http.StatusTooManyRequests:
		e.Class = provider.RateLimited
	case again && (a.Status == http.StatusRequestTimeout || a.Status == http.StatusTooEarly || a.Status >= 500):
		e.Class = provider.Temporary
	}
	return e
}

// Sign makes the signature of the Standard Webhooks: HMAC-SHA256 over id.timestamp.body.
func Sign(secret []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// ErrSecret is a text that is no secret of the Standard Webhooks.
var ErrSecret = errors.New("a signing secret is whsec_ and 24 to 64 bytes in base64")

// ParseSecret reads "whsec_…".
func ParseSecret(text string) ([]byte, error) {
	raw, ok := strings.CutPrefix(strings.TrimSpace(text), "whsec_")
	if !ok {
		return nil, ErrSecret
	}
	b, err := base64.StdEncoding.DecodeString(raw)
	if err != nil || len(b) < 24 || len(b) > 64 {
		return nil, ErrSecret
	}
	return b, nil
}
