package speedsms

import (
	"bytes"
	"context"
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
const DefaultBaseURL = "https://api.speedsms.vn/index.php"

const name = "speedsms"

// The kinds of messages (sms_type).
const (
	Care      = 2 // customer care from a number of SpeedSMS
	Brandname = 3 // customer care under a registered brandname
)

// Client calls SpeedSMS with one token. Its fields are set before the first call; then it is safe for many goroutines.
type Client struct {
	BaseURL string // "" is DefaultBaseURL
	Token   string
	HTTP    *http.Client // from provider.HTTPClient
}

// SMS is one message to one phone.
type SMS struct {
	Phone   string // E.164
	Content string
	Type    int    // Care, Brandname
	Sender  string // the brandname; needed for Brandname
}

// Sent is a message that SpeedSMS took on.
type Sent struct {
	TranID string
	Parts  int64
	Price  int64 // VND
	Raw    []byte
}

// Send sends one message: POST /sms/send. Errors are *provider.Error. Source: speedsms.vn/sms-api, "API gửi tin nhắn".
func (c *Client) Send(ctx context.Context, m *SMS) (Sent, error) {
	if m.Phone == "" || m.Content == "" {
		return Sent{}, provider.Invalid(name, "a message needs a phone and a text")
	}
	phone := strings.TrimPrefix(m.Phone, "+")
	body, err := json.Marshal(struct {
		To      []string `json:"to"`
		Content string   `json:"content"`
		Type    int      `json:"sms_type"`
		Sender  string   `json:"sender"`
	}{[]string{phone}, m.Content, m.Type, m.Sender})
	if err != nil {
		return Sent{}, provider.Invalid(name, err.Error())
	}
	var out struct {
		TranID  provider.Text   `json:"tranId"`
		Total   provider.Text   `json:"totalSMS"`
		Price   provider.Text   `json:"totalPrice"`
		Invalid []provider.Text `json:"invalidPhone"`
	}
	a, err := c.call(ctx, http.MethodPost, "/sms/send", body, &out)
	if err != nil {
		return Sent{Raw: a.Body}, err
	}
	if len(out.Invalid) > 0 {
		return Sent{Raw: a.Body}, &provider.Error{Provider: name, Code: codePhone, Message: "invalidPhone", Class: Explain(codePhone).Class, Raw: a.Body}
	}
	if out.TranID == "" {
		return Sent{Raw: a.Body}, &provider.Error{Provider: name, Code: provider.CodeNoID, Class: provider.Unknown, Raw: a.Body}
	}
	s := Sent{TranID: string(out.TranID), Raw: a.Body}
	s.Parts, _ = strconv.ParseInt(string(out.Total), 10, 64)
	price, _ := strconv.ParseFloat(string(out.Price), 64) // a price that cannot be read is not known
	s.Price = int64(price)
	return s, nil
}

// Balance reads the account's money in VND: the harmless call of a connection test.
func (c *Client) Balance(ctx context.Context) (int64, error) {
	var out struct {
		Balance provider.Text `json:"balance"`
	}
	if _, err := c.call(ctx, http.MethodGet, "/user/info", nil, &out); err != nil {
		return 0, err
	}
	n, err := strconv.ParseFloat(string(out.Balance), 64)
	if err != nil {
		return 0, nil //nolint:nilerr // the account answers: that was the question
	}
	return int64(n), nil
}

// Status asks what became of a message: GET /sms/status/{tranId}. found is false while SpeedSMS does not know. Source: speedsms.vn/sms-api, "API lấy trạng thái tin nhắn".
func (c *Client) Status(ctx context.Context, tranID, phone string) (r Report, found bool, err error) {
	var out []struct {
		Phone  provider.Text `json:"phone"`
		Status provider.Text `json:"status"`
	}
	if _, err := c.call(ctx, http.MethodGet, "/sms/status/"+url.PathEscape(tranID), nil, &out); err != nil {
		return Report{}, false, err
	}
	phone = strings.TrimPrefix(phone, "+")
	for _, o := range out {
		if n, err := strconv.Atoi(string(o.Status)); err == nil && (len(out) == 1 || string(o.Phone) == phone) {
			return Report{TranID: tranID, Status: n}, true, nil
		}
	}
	return Report{}, false, nil
}

func (c *Client) call(ctx context.Context, method, path string, body []byte, data any) (provider.Answer, error) {
	base := c.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	u, err := url.Parse(strings.TrimRight(base, "/") + path)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return provider.Answer{}, provider.BadAddress(name, errors.New("base address must begin with http:// or https:// and a host"))
	}
	// The token is the user of Basic authentication; the password is always x.
	head := http.Header{"User-Agent": {"Loa"}, "Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(c.Token+":x"))}}
	req := &http.Request{Method: method, URL: u, Host: u.Host, Header: head, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	if body != nil {
		head.Set("Content-Type", "application/json")
		req = provider.Post(u, head, body)
	}
	a, err := provider.Do(ctx, c.HTTP, req)
	if err == nil && (a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden) {
		return a, &provider.Error{Provider: name, Code: "401", Class: provider.Auth, Raw: a.Body}
	}
	if bad := provider.Classify(name, a, err); bad != nil {
		if bad.Class == provider.RateLimited && bad.RetryAfter == 0 {
			if s, err := strconv.Atoi(a.Header.Get("X-Rate-Limit-Reset")); err == nil && s > 0 && s <= 3600 {
				bad.RetryAfter = time.Duration(s) * time.Second
			}
		}
		return a, bad
	}
	var in struct {
		Status  provider.Text   `json:"status"`
		Code    provider.Text   `json:"code"`
		Message provider.Text   `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.NewDecoder(bytes.NewReader(a.Body)).Decode(&in); err != nil || in.Status == "" {
		return a, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: err}
	}
	if in.Status != "success" {
		code := string(in.Code)
		return a, &provider.Error{Provider: name, Code: code, Message: string(in.Message), Class: Explain(code).Class, Raw: a.Body}
	}
	if len(in.Data) > 0 {
		if err := json.Unmarshal(in.Data, data); err != nil {
			return a, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: err}
		}
	}
	return a, nil
}
