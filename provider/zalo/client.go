package zalo

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/loa-project/loa/provider"
)

// The hosts of the real service.
const (
	DefaultBaseURL  = "https://business.openapi.zalo.me"
	DefaultOAuthURL = "https://oauth.zaloapp.com"
)

const name = "zalo"

// Client calls Zalo for one app and OA. Its fields are set before the first call; then it is safe for many goroutines. Make a new one when a setting changes.
type Client struct {
	BaseURL  string       // of the template host; "" is DefaultBaseURL
	OAuthURL string       // "" is DefaultOAuthURL
	HTTP     *http.Client // from provider.HTTPClient
	// ProofSecret is the app secret when the app demands appsecret_proof with each call; else "".
	ProofSecret string

	send    atomic.Pointer[url.URL]
	headers atomic.Pointer[headers]
}

// headers are made once per token and shared by all calls with it; nobody writes to them.
type headers struct {
	token string
	set   http.Header
}

func (c *Client) header(token string) http.Header {
	if h := c.headers.Load(); h != nil && h.token == token {
		return h.set
	}
	h := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Loa"}, "access_token": {token}}
	if c.ProofSecret != "" {
		h["appsecret_proof"] = []string{Proof(token, c.ProofSecret)}
	}
	c.headers.Store(&headers{token: token, set: h})
	return h
}

// Proof is the value of the header appsecret_proof: lower-case hex of HMAC-SHA256 over the token. Source: developers.zalo.me, "Bảo mật: appsecret_proof".
func Proof(token, appSecret string) string {
	m := hmac.New(sha256.New, []byte(appSecret))
	m.Write([]byte(token))
	return hex.EncodeToString(m.Sum(nil))
}

func address(base, otherwise, path string) (*url.URL, error) {
	if base == "" {
		base = otherwise
	}
	u, err := url.Parse(strings.TrimRight(base, "/") + path)
	if err != nil {
		return nil, provider.BadAddress(name, err)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, provider.BadAddress(name, errors.New("base address must begin with http:// or https:// and a host"))
	}
	return u, nil
}

type envelope struct {
	Error   provider.Text   `json:"error"`
	Message provider.Text   `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// call makes one request. It decodes the body into out, which embeds an envelope, and gives the body back. Zalo answers with HTTP 200 and its own code; the code is read first, whatever the
// status, for clients in production have also seen the envelope under 4xx.
// Source: developers.zalo.me, Official Account API, "Bắt đầu" (envelope, access_token header).
func (c *Client) call(ctx context.Context, req *http.Request, out any, env *envelope) ([]byte, error) {
	if c.HTTP == nil {
		return nil, provider.BadAddress(name, errors.New("no HTTP client"))
	}
	a, err := provider.Do(ctx, c.HTTP, req)
	bad := provider.Classify(name, a, err)
	if bad != nil && (err != nil || len(a.Body) == 0 || a.Status == http.StatusTooManyRequests) {
		return a.Body, bad
	}
	jsonErr := unmarshal(a.Body, out)
	code := strings.TrimSpace(string(env.Error))
	if jsonErr == nil && code != "" && code != "0" {
		return a.Body, refusal(code, string(env.Message), a)
	}
	switch {
	case bad != nil:
		return a.Body, bad
	case jsonErr != nil || code == "":
		if jsonErr == nil {
			jsonErr = errors.New("answer without a field error")
		}
		return a.Body, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: jsonErr}
	}
	return a.Body, nil
}

func refusal(code, message string, a provider.Answer) *provider.Error {
	cause := Explain(code)
	return &provider.Error{Provider: name, Code: code, Message: message, Class: cause.Class, Suppress: cause.Suppress, RetryAfter: provider.RetryAfter(a.Header), Raw: a.Body}
}

// get reads one resource; the answer's data goes into data.
func (c *Client) get(ctx context.Context, token, path string, query url.Values, data any) error {
	u, err := address(c.BaseURL, DefaultBaseURL, path)
	if err != nil {
		return err
	}
	u.RawQuery = query.Encode()
	req := provider.Get(u, c.header(token))
	var env envelope
	raw, err := c.call(ctx, req, &env, &env)
	if err != nil {
		return err
	}
	body := []byte(env.Data)
	if len(body) == 0 || string(body) == "null" {
		body = raw // quota, quality and others also come without the envelope's data
	}
	if err := json.Unmarshal(body, data); err != nil {
		return &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: raw, Err: fmt.Errorf("decode data: %w", err)}
	}
	return nil
}
