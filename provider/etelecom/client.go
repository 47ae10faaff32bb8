package etelecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// DefaultBaseURL is the real service for the key of a shop; the service's name is glued to it with a dot.
const DefaultBaseURL = "https://api.etelecom.vn/v1/shop"

const name = "etelecom"

// Client calls eTelecom with one key. Its fields are set before the first call; then it is safe for many goroutines.
type Client struct {
	BaseURL string // "" is DefaultBaseURL; …/v1/partner for partners
	APIKey  string
	HTTP    *http.Client // from provider.HTTPClient
	// Numbers says what Zalo's own error numbers mean; nil = unknown. The provider clients do not know each other, so the channel gives it.
	Numbers func(code string) provider.Cause
}

func (c *Client) explain(code string) provider.Cause {
	if c.Numbers != nil && strings.HasPrefix(code, "-") {
		return c.Numbers(code)
	}
	return Explain(code)
}

// ZNS is one message to one phone.
type ZNS struct {
	OAID        string
	Phone       string // E.164 or any Vietnamese spelling
	TemplateID  string
	Data        map[string]string
	TrackingID  string // our key
	Development bool   // reaches only admins of the app or the OA, and costs nothing
	SendingMode string // "", "tag3": beyond the quota, for OAs that Zalo allows it
	// Journey is the id of CreateJourney for templates that are sent within a journey; else "".
	Journey string
}

// Message is a message as eTelecom knows it.
type Message struct {
	ID       string // eTelecom's
	ZaloID   string // msg_id
	Tracking string
	Status   string // Z not decided, P taken by Zalo, N refused
	Delivery string // unknown, received, seen
	At       time.Time
	Code     string // Zalo's number, "" when none
	Text     string
	Fee      int64 // VND
	// Stars are those that the person gave, 1 to 5 (0 = none), with the words, the ticked answers and the time.
	Stars   int
	Note    string
	Choices []string
	RatedAt time.Time
	Raw     []byte
}

// wireMessage is a message as it comes: 64-bit numbers are texts, old fields have other names.
type wireMessage struct {
	ID           provider.Text   `json:"id"`
	MsgID        provider.Text   `json:"msg_id"`
	TrackingID   provider.Text   `json:"tracking_id"`
	Status       provider.Text   `json:"status"`
	Delivery     provider.Text   `json:"delivery_status"`
	DeliveryTime string          `json:"delivery_time"`
	ErrorCode    provider.Text   `json:"error_code"`
	ErrorMessage provider.Text   `json:"error_message"`
	FeeMain      provider.Text   `json:"fee_main"`
	FeeToken     provider.Text   `json:"fee_token"`
	Price        provider.Text   `json:"price"`
	Charged      *bool           `json:"is_charged"`
	Rate         provider.Text   `json:"rate"`
	Note         provider.Text   `json:"note"`
	Feedback     []provider.Text `json:"feedback"`
	SubmitTime   string          `json:"submit_time"`
}

func (w *wireMessage) message(raw []byte) Message {
	m := Message{ID: string(w.ID), ZaloID: string(w.MsgID), Tracking: string(w.TrackingID), Status: strings.ToUpper(string(w.Status)), Delivery: strings.ToLower(string(w.Delivery)), Text: string(w.ErrorMessage), Raw: raw}
	if c := string(w.ErrorCode); c != "0" {
		m.Code = c
	}
	if t, err := time.Parse(time.RFC3339, w.DeliveryTime); err == nil {
		m.At = t.UTC()
	}
	if m.Stars = int(w.Rate.Int()); m.Stars > 0 {
		m.Note = string(w.Note)
		for _, f := range w.Feedback {
			m.Choices = append(m.Choices, string(f))
		}
		if t, err := time.Parse(time.RFC3339, w.SubmitTime); err == nil {
			m.RatedAt = t.UTC()
		}
	}
	for _, fee := range []provider.Text{w.FeeMain, w.FeeToken} {
		n, _ := strconv.ParseInt(string(fee), 10, 64)
		m.Fee += n
	}
	if m.Fee == 0 {
		m.Fee, _ = strconv.ParseInt(string(w.Price), 10, 64)
	}
	if w.Charged != nil && !*w.Charged {
		m.Fee = 0
	}
	return m
}

// Send sends one ZNS: Zalo/SendZNS, within a journey Zalo/SendZNSJourney. A message of status N is returned as an *provider.Error with Zalo's number.
func (c *Client) Send(ctx context.Context, z *ZNS) (Message, error) {
	template, err := strconv.ParseInt(z.TemplateID, 10, 64)
	if err != nil || z.OAID == "" || z.Phone == "" {
		return Message{}, provider.Invalid(name, "a message needs an OA, a phone and a template")
	}
	in := map[string]any{"oa_id": z.OAID, "phone": bare(z.Phone), "template_id": template, "template_data": z.Data, "tracking_id": z.TrackingID}
	if z.Development {
		in["mode"] = "development"
	}
	if z.SendingMode != "" {
		in["sending_mode"] = z.SendingMode
	}
	method := "Zalo/SendZNS"
	if z.Journey != "" { // this method knows no modes
		method, in["journey_id"] = "Zalo/SendZNSJourney", z.Journey
		delete(in, "mode")
		delete(in, "sending_mode")
	}
	var out wireMessage
	a, err := c.call(ctx, method, in, &out)
	if err != nil {
		return Message{}, err
	}
	m := out.message(a.Body)
	switch {
	case m.Status == "N" || m.Code != "":
		if m.Code == "" {
			m.Code = CodeRefused
		}
		return m, &provider.Error{Provider: name, Code: m.Code, Message: m.Text, Class: c.explain(m.Code).Class, Raw: a.Body}
	case m.ID == "" && m.ZaloID == "":
		return m, &provider.Error{Provider: name, Code: provider.CodeNoID, Class: provider.Unknown, Raw: a.Body}
	}
	return m, nil
}

// Find looks a message up by our key: Zalo/ListMessages. found is false when there is none.
func (c *Client) Find(ctx context.Context, oa, tracking string) (m Message, found bool, err error) {
	var out struct {
		Messages []json.RawMessage `json:"messages"`
	}
	if _, err := c.call(ctx, "Zalo/ListMessages", map[string]any{"filter": map[string]any{"oa_id": oa, "tracking_id": tracking}, "paging": map[string]any{"limit": 2}}, &out); err != nil {
		return Message{}, false, err
	}
	for _, raw := range out.Messages {
		var w wireMessage
		if json.Unmarshal(raw, &w) == nil && string(w.TrackingID) == tracking {
			return w.message(raw), true, nil
		}
	}
	return Message{}, false, nil
}

// Ping lists one OA: the harmless call of a connection test.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.call(ctx, "Zalo/ListOA", map[string]any{"paging": map[string]any{"limit": 1}}, &struct{}{})
	return err
}

func (c *Client) call(ctx context.Context, method string, in, out any) (provider.Answer, error) {
	base := c.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	u, err := url.Parse(strings.TrimRight(base, "/.") + "." + method)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return provider.Answer{}, provider.BadAddress(name, errors.New("base address must begin with http:// or https:// and a host"))
	}
	body, err := json.Marshal(in)
	if err != nil {
		return provider.Answer{}, provider.Invalid(name, err.Error())
	}
	a, err := provider.Do(ctx, c.HTTP, provider.Post(u, http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"Loa"}, "Authorization": {"Bearer " + c.APIKey}}, body))
	if err == nil && a.Status >= 400 {
		var refusal struct {
			Code provider.Text `json:"code"`
			Text provider.Text `json:"msg"`
		}
		if json.Unmarshal(a.Body, &refusal) == nil && refusal.Code != "" {
			code := string(refusal.Code)
			return a, &provider.Error{Provider: name, Code: code, Message: string(refusal.Text), Class: Explain(code).Class, RetryAfter: provider.RetryAfter(a.Header), Raw: a.Body}
		}
		if a.Status == http.StatusUnauthorized {
			return a, &provider.Error{Provider: name, Code: "unauthenticated", Class: provider.Auth, Raw: a.Body}
		}
	}
	if bad := provider.Classify(name, a, err); bad != nil {
		return a, bad
	}
	dec := json.NewDecoder(bytes.NewReader(a.Body))
	if err := dec.Decode(out); err != nil {
		return a, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: err}
	}
	return a, nil
}

// bare is a number as eTelecom's clients write it: "84…".
func bare(phone string) string { return strings.TrimPrefix(phone, "+") }
