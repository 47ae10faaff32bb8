package stringee

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// DefaultBaseURL is the real service.
const DefaultBaseURL = "https://api.stringee.com"

const name = "stringee"

// tokenLife is how long a token is good; the official samples use an hour.
const tokenLife = time.Hour

// Client calls Stringee with one API key. Its fields are set before the first call; then it is safe for many goroutines.
type Client struct {
	BaseURL string // "" is DefaultBaseURL
	KeySID  string // "SK…"
	Secret  string
	HTTP    *http.Client // from provider.HTTPClient
	Now     func() time.Time
}

// Call is one call to one person.
type Call struct {
	From    string // our number, digits with country code: 842471000000
	To      string // E.164 or digits with country code
	Actions []Action
}

// Action is one step of a script (SCCO).
type Action struct {
	Action        string `json:"action"` // talk, input
	Text          string `json:"text,omitempty"`
	Voice         string `json:"voice,omitempty"`
	Speed         int    `json:"speed,omitempty"` // -3 to 3
	BargeIn       bool   `json:"bargeIn,omitempty"`
	Loop          int    `json:"loop,omitempty"`
	EventURL      string `json:"eventUrl,omitempty"`
	SubmitOnHash  *bool  `json:"submitOnHash,omitempty"`
	TimeoutSecond int    `json:"timeout,omitempty"`
	MaxDigits     int    `json:"maxDigits,omitempty"`
}

// Placed is a call that Stringee took on.
type Placed struct {
	CallID string
	Raw    []byte
}

// Digits brings a number into the form that Stringee wants: digits with the country code, no plus.
func Digits(number string) string { return strings.TrimPrefix(strings.TrimSpace(number), "+") }

type party struct {
	Type   string `json:"type"`
	Number string `json:"number"`
	Alias  string `json:"alias"`
}

// Token makes the JWT of a moment. Source: developer.stringee.com, "Call REST API", authentication.
func (c *Client) Token(now time.Time) string {
	part := func(v any) string {
		b, _ := json.Marshal(v) // maps of strings, numbers and bools
		return base64.RawURLEncoding.EncodeToString(b)
	}
	head := part(struct {
		Typ string `json:"typ"`
		Alg string `json:"alg"`
		Cty string `json:"cty"`
	}{"JWT", "HS256", "stringee-api;v=1"})
	body := part(struct {
		JTI  string `json:"jti"`
		Iss  string `json:"iss"`
		Exp  int64  `json:"exp"`
		Rest bool   `json:"rest_api"`
	}{c.KeySID + "-" + strconv.FormatInt(now.Unix(), 10), c.KeySID, now.Add(tokenLife).Unix(), true})
	mac := hmac.New(sha256.New, []byte(c.Secret))
	mac.Write([]byte(head + "." + body))
	return head + "." + body + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Place makes one call: POST /v1/call2/callout. The script runs as soon as the person answers. Source: developer.stringee.com, "Make outbound call". Errors are *provider.Error; a lost answer is
// of class unknown, because the telephone may be ringing; so is one that does not name the call,
// because nothing that Stringee tells later could be tied to it.
func (c *Client) Place(ctx context.Context, call *Call) (Placed, error) {
	if call.To == "" || call.From == "" || len(call.Actions) == 0 {
		return Placed{}, provider.Invalid(name, "a call needs two numbers and a script")
	}
	from, to := Digits(call.From), Digits(call.To)
	body, err := json.Marshal(struct {
		From    party    `json:"from"`
		To      []party  `json:"to"`
		Actions []Action `json:"actions"`
	}{party{"external", from, from}, []party{{"external", to, to}}, call.Actions})
	if err != nil {
		return Placed{}, provider.Invalid(name, err.Error())
	}
	u, bad := c.address("/v1/call2/callout")
	if bad != nil {
		return Placed{}, bad
	}
	head := c.head()
	head.Set("Content-Type", "application/json")
	var out struct {
		CallID provider.Text `json:"call_id"`
	}
	raw, err := c.do(ctx, provider.Post(u, head, body), &out)
	if err != nil {
		return Placed{}, err
	}
	if out.CallID == "" {
		return Placed{}, &provider.Error{Provider: name, Code: provider.CodeNoID, Class: provider.Unknown, Raw: raw}
	}
	return Placed{CallID: string(out.CallID), Raw: raw}, nil
}

func (c *Client) head() http.Header {
	return http.Header{"User-Agent": {"Loa"}, "X-Stringee-Auth": {c.Token(c.Now())}}
}

// address is the address of a call under the base address.
func (c *Client) address(path string) (*url.URL, error) {
	base := c.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	u, err := url.Parse(strings.TrimRight(base, "/") + path)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, provider.BadAddress(name, errors.New("base address must begin with http:// or https:// and a host"))
	}
	return u, nil
}

// do makes a request and reads an answer whose r is 0 into out.
func (c *Client) do(ctx context.Context, req *http.Request, out any) ([]byte, error) {
	a, err := provider.Do(ctx, c.HTTP, req)
	if err == nil && (a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden) {
		return nil, &provider.Error{Provider: name, Code: "http." + strconv.Itoa(a.Status), Class: provider.Auth, Raw: a.Body}
	}
	if bad := provider.Classify(name, a, err); bad != nil {
		return nil, bad
	}
	var state struct {
		R       *int          `json:"r"`
		Message provider.Text `json:"message"`
		Msg     provider.Text `json:"msg"`
	}
	if err := json.Unmarshal(a.Body, &state); err != nil || state.R == nil {
		return nil, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: err}
	}
	if *state.R != 0 {
		code := strconv.Itoa(*state.R)
		return nil, &provider.Error{Provider: name, Code: code, Message: string(cmp.Or(state.Message, state.Msg)), Class: Explain(code).Class, Raw: a.Body}
	}
	if err := json.Unmarshal(a.Body, out); err != nil {
		return nil, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: err}
	}
	return a.Body, nil
}
