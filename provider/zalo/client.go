package zalo

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/loa-project/loa/provider"
)

// The hosts of the real service.
const (
	BusinessURL = "https://business.openapi.zalo.me"
	OAuthURL    = "https://oauth.zaloapp.com"
)

const name = "zalo"

// Client calls Zalo for one OA. It is safe for many goroutines; the token is given per call because it changes.
type Client struct {
	BaseURL  string // "" = BusinessURL
	OAuthURL string // "" = OAuthURL
	HTTP     *http.Client
}

// Text is a JSON string or number, kept as text.
type Text string

// UnmarshalJSON reads "12", 12 and null.
func (t *Text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = Text(s)
		return nil
	}
	if string(b) == "null" {
		*t = ""
		return nil
	}
	*t = Text(b)
	return nil
}

// Int is the number in t, 0 when there is none.
func (t Text) Int() int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(string(t)), 10, 64)
	return n
}

type envelope struct {
	Error   Text            `json:"error"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
	// Some calls answer beside data: the journey token, the lists' totals.
	Metadata json.RawMessage `json:"metadata"`
}

// call makes one request and classes what comes back. data is nil unless error is 0.
func (c *Client) call(ctx context.Context, req *http.Request) (data json.RawMessage, raw []byte, err error) {
	a, wrote, err := provider.Do(ctx, c.HTTP, req)
	if err != nil {
		if !wrote {
			return nil, nil, &provider.Error{Provider: name, Code: "connect", Class: provider.Temporary, Unasked: true, Err: err}
		}
		return nil, a.Body, &provider.Error{Provider: name, Code: "no_answer", Class: provider.Unknown, Raw: a.Body, Err: err}
	}
	if a.Status == http.StatusTooManyRequests {
		return nil, a.Body, &provider.Error{Provider: name, Code: "http.429", Class: provider.RateLimited, RetryAfter: a.RetryAfter, Raw: a.Body}
	}
	var e envelope
	if jsonErr := json.Unmarshal(a.Body, &e); jsonErr != nil || e.Error == "" {
		class := provider.Unknown
		if a.Status >= 400 && a.Status < 500 {
			class = provider.Content // refused before Zalo's own checks: our request is not one
		}
		return nil, a.Body, &provider.Error{Provider: name, Code: "http." + strconv.Itoa(a.Status), Class: class, RetryAfter: a.RetryAfter, Raw: a.Body, Err: jsonErr}
	}
	if code := strings.TrimSpace(string(e.Error)); code != "0" {
		cause := Explain(code)
		return nil, a.Body, &provider.Error{Provider: name, Code: code, Message: e.Message, Class: cause.Class, Suppress: cause.Suppress, RetryAfter: a.RetryAfter, Raw: a.Body}
	}
	return e.Data, a.Body, nil
}

func (c *Client) base() string {
	if c.BaseURL != "" {
		return c.BaseURL
	}
	return BusinessURL
}

// Send is a template message to a phone number.
type Send struct {
	Phone        string            `json:"phone"` // 84 and digits
	TemplateID   string            `json:"template_id"`
	TemplateData map[string]string `json:"template_data"`
	TrackingID   string            `json:"tracking_id"`            // our key, at most 48 letters and digits
	SendingMode  string            `json:"sending_mode,omitempty"` // "" or "1" usual, "3" beyond the quota (listed OAs, promotion only)
	Mode         string            `json:"mode,omitempty"`         // "development": only to admins of the app or OA
}

// Sent is Zalo's acceptance.
type Sent struct {
	MessageID string
	SentTime  int64 // Unix ms
	Remaining int64 // messages left today, -1 = not told
	Raw       []byte
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// SendTemplate sends one template message. It must not be repeated after an answer of class unknown: Zalo does not promise to drop a repeated tracking_id.
// Source: developers.zalo.me, ZBS Template Message, "Gửi tin": POST /message/template.
func (c *Client) SendTemplate(ctx context.Context, token string, s *Send) (Sent, error) {
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	if err := json.NewEncoder(buf).Encode(s); err != nil {
		return Sent{}, &provider.Error{Provider: name, Code: "encode", Class: provider.Content, Unasked: true, Err: err}
	}
	// The transport may still read the body after the answer came, so the buffer goes back only when the request's own reader is done with its copy.
	body := bytes.Clone(buf.Bytes())
	buffers.Put(buf)
	req, err := http.NewRequest(http.MethodPost, c.base()+"/message/template", bytes.NewReader(body))
	if err != nil {
		return Sent{}, &provider.Error{Provider: name, Code: "address", Class: provider.Auth, Unasked: true, Err: err}
	}
	req.Header["Content-Type"] = []string{"application/json"}
	req.Header["Access_token"] = nil
	req.Header["access_token"] = []string{token} // Zalo's header has an underscore and is written in lower case
	data, raw, err := c.call(ctx, req)
	if err != nil {
		return Sent{}, err
	}
	var d struct {
		MessageID Text `json:"msg_id"`
		SentTime  Text `json:"sent_time"`
		Quota     *struct {
			Remaining Text `json:"remainingQuota"`
		} `json:"quota"`
	}
	if err := json.Unmarshal(data, &d); err != nil || d.MessageID == "" {
		return Sent{}, &provider.Error{Provider: name, Code: "no_id", Class: provider.Unknown, Raw: raw, Err: err}
	}
	out := Sent{MessageID: string(d.MessageID), SentTime: d.SentTime.Int(), Remaining: -1, Raw: raw}
	if d.Quota != nil && d.Quota.Remaining != "" {
		out.Remaining = d.Quota.Remaining.Int()
	}
	return out, nil
}

func (c *Client) get(ctx context.Context, token, path string, query url.Values, into any) error {
	u := c.base() + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	req, err := http.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		return &provider.Error{Provider: name, Code: "address", Class: provider.Auth, Unasked: true, Err: err}
	}
	req.Header["access_token"] = []string{token}
	data, raw, err := c.call(ctx, req)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return &provider.Error{Provider: name, Code: "unreadable", Class: provider.Unknown, Raw: raw, Err: err}
	}
	return nil
}

// Status is where one message stands: -1 no such message, 0 at Zalo and not delivered, 1 delivered.
type Status struct {
	Status       int
	DeliveryTime int64 // Unix ms, 0 = not delivered
	Message      string
}

// MessageStatus asks for one message by Zalo's id. Source: developers.zalo.me, ZBS Template Message, "Trạng thái thông báo": GET /message/status.
func (c *Client) MessageStatus(ctx context.Context, token, messageID, phone string) (Status, error) {
	q := url.Values{"message_id": {messageID}}
	if phone != "" {
		q.Set("phone", phone)
	}
	var d struct {
		Status       Text   `json:"status"`
		DeliveryTime Text   `json:"delivery_time"`
		Message      string `json:"message"`
	}
	if err := c.get(ctx, token, "/message/status", q, &d); err != nil {
		return Status{}, err
	}
	return Status{Status: int(d.Status.Int()), DeliveryTime: d.DeliveryTime.Int(), Message: d.Message}, nil
}

// Quota is what the OA may still send.
type Quota struct {
	Daily            Text `json:"dailyQuota"`
	Remaining        Text `json:"remainingQuota"`
	MonthlyPromotion Text `json:"monthlyPromotionQuota"`
	RemainingMonthly Text `json:"remainingMonthlyPromotionQuota"`
}

// Quota asks for the OA's limits. Source: developers.zalo.me, ZBS Template Message, "Hạn mức": GET /message/quota.
func (c *Client) Quota(ctx context.Context, token string) (q Quota, err error) {
	return q, c.get(ctx, token, "/message/quota", nil, &q)
}

// Quality asks how recipients judge the OA: HIGH, MEDIUM, LOW or UNDEFINED, now (48 h) and over 7 days. Source: GET /quality.
func (c *Client) Quality(ctx context.Context, token string) (now, week string, err error) {
	var d struct {
		Now  string `json:"oaCurrentQuality"`
		Week string `json:"oa7dayQuality"`
	}
	err = c.get(ctx, token, "/quality", nil, &d)
	return d.Now, d.Week, err
}

// TemplateHead is one line of the list of templates.
type TemplateHead struct {
	ID      Text   `json:"templateId"`
	Name    string `json:"templateName"`
	Status  string `json:"status"` // ENABLE, PENDING_REVIEW, REJECT, DISABLE, DELETE
	Quality string `json:"templateQuality"`
}

// TemplateList reads a page of the OA's templates; limit is at most 100. Source: developers.zalo.me, ZBS Template Message, "Danh sách template": GET /template/all.
func (c *Client) TemplateList(ctx context.Context, token string, offset, limit int) (list []TemplateHead, err error) {
	return list, c.get(ctx, token, "/template/all", url.Values{"offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(limit)}}, &list)
}

// Param is one value that a template wants.
type Param struct {
	Name       string `json:"name"`
	Required   bool   `json:"require"`
	Type       string `json:"type"`
	MaxLength  int    `json:"maxLength"`
	MinLength  int    `json:"minLength"`
	AcceptNull bool   `json:"acceptNull"`
}

// Template is one template in full.
type Template struct {
	ID      Text    `json:"templateId"`
	Name    string  `json:"templateName"`
	Status  string  `json:"status"`
	Params  []Param `json:"listParams"`
	Timeout Text    `json:"timeout"` // ms after which an undelivered message is given up
	Quality string  `json:"templateQuality"`
	Tag     string  `json:"templateTag"`
	Price   Text    `json:"price_sdt"` // VND by phone number
	Preview string  `json:"previewUrl"`
}

// TemplateInfo reads one template. Source: developers.zalo.me, ZBS Template Message, "Chi tiết template": GET /template/info/v2.
func (c *Client) TemplateInfo(ctx context.Context, token, id string) (t Template, err error) {
	return t, c.get(ctx, token, "/template/info/v2", url.Values{"template_id": {id}}, &t)
}

// TemplateSample reads sample values of a template's parameters. Source: GET /template/sample-data.
func (c *Client) TemplateSample(ctx context.Context, token, id string) (values map[string]Text, err error) {
	return values, c.get(ctx, token, "/template/sample-data", url.Values{"template_id": {id}}, &values)
}
