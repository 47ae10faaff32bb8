package getfly

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/loa-project/loa/provider"
)

const name = "getfly"

// Client calls the Getfly of one customer. Its fields are set before the first call; then it is safe for many goroutines.
type Client struct {
	BaseURL string // https://{tenant}.getflycrm.com
	APIKey  string
	HTTP    *http.Client // from provider.HTTPClient
}

// Account is a customer as Getfly knows customers. Code is the key under which it is found again; the same code means the same customer.
type Account struct {
	Code     string            `json:"account_code"`
	Name     string            `json:"account_name"`
	Phone    string            `json:"phone_office,omitempty"`
	Email    string            `json:"email,omitempty"`
	Address  string            `json:"billing_address_street,omitempty"`
	Birthday string            `json:"birthday,omitempty"` // YYYY-MM-DD
	Notes    string            `json:"description,omitempty"`
	Types    []string          `json:"account_type_names,omitempty"`
	Sources  []string          `json:"account_source_names,omitempty"`
	Relation string            `json:"relation_name,omitempty"`
	Manager  string            `json:"account_manager_username,omitempty"`
	Custom   map[string]string `json:"custom_fields,omitempty"`
}

// Result is what became of a sync.
type Result struct {
	Created bool // else an entry that was there was changed
	Status  int  // of the last answer
	Raw     []byte
}

// CodeDuplicate stands for the refusal of a customer that exists, which has no code.
const CodeDuplicate = "duplicate"

// Put makes a customer, or changes the one with the same code; a deleted one comes back. It may be called again with the same values. Errors are *provider.Error.
func (c *Client) Put(ctx context.Context, p *Account) (Result, error) {
	if p.Code == "" || p.Name == "" {
		return Result{}, provider.Invalid(name, "a customer needs a code and a name")
	}
	_, err := c.call(ctx, http.MethodGet, "/api/v6.1/account?"+url.Values{"account_code": {p.Code}, "fields": {"account_code"}}.Encode(), nil)
	switch code := codeOf(err); {
	case err == nil:
		return c.change(ctx, p)
	case code != "404":
		return Result{}, err
	}
	a, err := c.call(ctx, http.MethodPost, "/api/v6.1/account", p)
	if err == nil {
		return Result{Created: true, Status: a.Status, Raw: a.Body}, nil
	}
	if codeOf(err) != CodeDuplicate {
		return Result{}, err
	}
	// It is not listed and yet exists: somebody deleted it. A code that is not deleted cannot be brought back, and then the telephone or mail belongs to another customer.
	if _, restore := c.call(ctx, http.MethodPost, "/api/v6.1/account/restore", map[string]string{"account_code": p.Code}); restore != nil {
		return Result{}, err
	}
	return c.change(ctx, p)
}

func (c *Client) change(ctx context.Context, p *Account) (Result, error) {
	a, err := c.call(ctx, http.MethodPut, "/api/v6.1/account", struct {
		Current string `json:"current_account_code"`
		*Account
	}{p.Code, p})
	if err != nil {
		return Result{}, err
	}
	return Result{Status: a.Status, Raw: a.Body}, nil
}

// Ping reads one customer: the harmless call of a connection test.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.call(ctx, http.MethodGet, "/api/v6/accounts?fields=id&limit=1", nil)
	return err
}

func codeOf(err error) string {
	if e, ok := errors.AsType[*provider.Error](err); ok {
		return e.Code
	}
	return ""
}

func (c *Client) call(ctx context.Context, method, path string, in any) (provider.Answer, error) {
	u, err := url.Parse(strings.TrimRight(c.BaseURL, "/") + path)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return provider.Answer{}, provider.BadAddress(name, errors.New("base address must begin with http:// or https:// and a host"))
	}
	head := http.Header{"User-Agent": {"Loa"}, "X-Api-Key": {c.APIKey}}
	req := &http.Request{Method: method, URL: u, Host: u.Host, Header: head, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return provider.Answer{}, provider.Invalid(name, err.Error())
		}
		head.Set("Content-Type", "application/json")
		req = provider.Post(u, head, body)
		req.Method = method
	}
	a, err := provider.Do(ctx, c.HTTP, req)
	if err == nil && a.Status >= 400 && a.Status < 500 && a.Status != http.StatusTooManyRequests {
		return a, refusal(a)
	}
	if bad := provider.Classify(name, a, err); bad != nil {
		return a, bad
	}
	return a, nil
}

// refusal reads an error of Getfly: 400 with a Vietnamese text under message, error or msg, or by field under errors.
func refusal(a provider.Answer) *provider.Error {
	var in struct {
		Message provider.Text   `json:"message"`
		Error   provider.Text   `json:"error"`
		Msg     provider.Text   `json:"msg"`
		Errors  json.RawMessage `json:"errors"`
	}
	_ = json.Unmarshal(a.Body, &in) // a page instead of JSON has no text for us
	text := string(in.Message)
	for _, t := range []string{string(in.Error), string(in.Msg), string(in.Errors)} {
		if text == "" {
			text = t
		}
	}
	e := &provider.Error{Provider: name, Message: text, Raw: a.Body}
	whole := strings.ToLower(text + " " + string(in.Errors))
	switch {
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		e.Code = "401"
	case a.Status == http.StatusNotFound:
		e.Code = "404"
	case strings.Contains(whole, "trùng") || strings.Contains(whole, "duplicate") || strings.Contains(whole, "đã tồn tại"):
		e.Code = CodeDuplicate
	default:
		e.Code = "400"
	}
	e.Class = Explain(e.Code).Class
	return e
}

// Causes explains the refusals of Getfly.
var Causes = map[string]provider.Cause{
	"400": {Class: provider.Content, VI: "Getfly không nhận dữ liệu này", EN: "Getfly does not take this data",
		AdviceVI: "Xem nội dung trả lời gốc để biết trường nào sai, rồi sửa thiết lập đồng bộ.", AdviceEN: "The raw answer names the field; mend the settings of the sync."},
	"401": {Class: provider.Auth, VI: "Getfly không nhận khóa API", EN: "Getfly refuses the API key",
		AdviceVI: "Nhập lại khóa API trong kết nối.", AdviceEN: "Enter the API key again in the connection."},
	"404": {Class: provider.Content, VI: "Không tìm thấy mục này ở Getfly", EN: "Getfly does not find it",
		AdviceVI: "Kiểm tra địa chỉ Getfly và tên loại, nguồn khách hàng trong thiết lập.", AdviceEN: "Check Getfly's address and the names of types and sources in the settings."},
	CodeDuplicate: {Class: provider.Recipient, VI: "Số điện thoại hoặc email này đã thuộc một khách hàng khác ở Getfly", EN: "The telephone or mail belongs to another customer at Getfly",
		AdviceVI: "Tìm khách hàng đó ở Getfly và gộp lại.", AdviceEN: "Find that customer at Getfly and join the two."},
}

// Explain gives the cause of a code of Getfly or of package provider.
func Explain(code string) provider.Cause {
	if c, ok := Causes[code]; ok {
		return c
	}
	return provider.Explain(code)
}
