package etelecom

import (
	"context"
	"encoding/json"
	"time"

	"github.com/loa-project/loa/provider"
)

// Journey is the right to send the messages of one delivery or one trip to one phone number.
type Journey struct {
	ID      string    // given to ZNS.Journey
	Expires time.Time // zero = not told
}

// CreateJourney asks for a journey: Zalo/CreateJourney. kind is a word of Zalo's, such as token_logistics_7. Asking sends nothing to the person; what Zalo refuses is an *provider.Error with its
// number. Source: docs.etelecom.vn, "CreateJourney".
func (c *Client) CreateJourney(ctx context.Context, oa, phone, kind string) (Journey, error) {
	var out struct {
		ID        provider.Text `json:"journey_id"`
		Status    provider.Text `json:"status"`
		Code      provider.Text `json:"error_code"`
		Text      provider.Text `json:"error_message"`
		ExpiredAt string        `json:"expired_at"`
		ExpiresAt string        `json:"expires_at"`
	}
	a, err := c.call(ctx, "Zalo/CreateJourney", struct {
		OAID  string `json:"oa_id"`
		Phone string `json:"phone"`
		Kind  string `json:"token_type"`
	}{oa, bare(phone), kind}, &out)
	if err != nil {
		return Journey{}, err
	}
	code := string(out.Code)
	if out.Status == "N" || code != "" && code != "0" {
		if code == "" || code == "0" {
			code = CodeRefused
		}
		return Journey{}, &provider.Error{Provider: name, Code: code, Message: string(out.Text), Class: c.explain(code).Class, Raw: a.Body}
	}
	if out.ID == "" {
		return Journey{}, &provider.Error{Provider: name, Code: provider.CodeNoID, Class: provider.Unknown, Raw: a.Body}
	}
	j := Journey{ID: string(out.ID)}
	for _, text := range []string{out.ExpiresAt, out.ExpiredAt} {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			j.Expires = t.UTC()
		}
	}
	return j, nil
}

// Template is a template of an OA as eTelecom tells it. Lengths count characters; 0 = not told.
type Template struct {
	ID         string
	Name       string
	Status     string // PENDING_REVIEW, DISABLE, ENABLE, REJECT
	Quality    string // UNDEFINED, LOW, MEDIUM, HIGH
	Tag        string
	Price      int64 // VND of one message
	Timeout    int64 // ms
	Preview    string
	Params     []Param
	DailyQuota int64 // of this template, 0 = none
	Remaining  int64 // of it today, -1 = not told
	Made       time.Time
}

// Param is one parameter of a template.
type Param struct {
	Name                 string
	Type                 string
	Required, AcceptNull bool
	MinLength, MaxLength int
}

type wireTemplate struct {
	ID         provider.Text `json:"template_id"`
	Name       provider.Text `json:"template_name"`
	Name2      provider.Text `json:"name"` // one published integration reads this
	Status     provider.Text `json:"template_status"`
	Quality    provider.Text `json:"template_quality"`
	Tag        provider.Text `json:"template_tag"`
	Price      provider.Text `json:"price"`
	Timeout    provider.Text `json:"timeout"`
	Preview    provider.Text `json:"preview_url"`
	Applies    provider.Text `json:"apply_template_quota"`
	DailyQuota provider.Text `json:"template_daily_quota"`
	Remaining  provider.Text `json:"template_remaining_quota"`
	CreatedAt  string        `json:"created_at"`
	Params     []struct {
		Name       provider.Text `json:"name"`
		Type       provider.Text `json:"type"`
		Require    provider.Text `json:"require"`
		AcceptNull provider.Text `json:"accept_null"`
		MinLength  provider.Text `json:"min_length"`
		MaxLength  provider.Text `json:"max_length"`
	} `json:"template_params"`
}

func (w *wireTemplate) template() Template {
	t := Template{ID: string(w.ID), Name: string(w.Name), Status: string(w.Status), Quality: string(w.Quality), Tag: string(w.Tag), Price: w.Price.Int(), Timeout: w.Timeout.Int(), Preview: string(w.Preview),
		Params: make([]Param, 0, len(w.Params)), Remaining: -1}
	if t.Name == "" {
		t.Name = string(w.Name2)
	}
	if w.Applies.Bool() {
		t.DailyQuota = w.DailyQuota.Int()
		if w.Remaining != "" {
			t.Remaining = w.Remaining.Int()
		}
	}
	if made, err := time.Parse(time.RFC3339, w.CreatedAt); err == nil {
		t.Made = made.UTC()
	}
	for _, p := range w.Params {
		t.Params = append(t.Params, Param{Name: string(p.Name), Type: string(p.Type), Required: p.Require.Bool(), AcceptNull: p.AcceptNull.Bool(), MinLength: int(p.MinLength.Int()), MaxLength: int(p.MaxLength.Int())})
	}
	return t
}

type paging struct {
	Limit int    `json:"limit"`
	After string `json:"after,omitempty"`
}

// Templates reads a page of an OA's templates with their parameters: Zalo/ListTemplates. next is the cursor of the following page, "" when this is the last.
// Source: docs.etelecom.vn, "ListTemplates".
func (c *Client) Templates(ctx context.Context, oa, after string, limit int) (list []Template, next string, err error) {
	in := struct {
		Filter struct {
			OAID string `json:"oa_id"`
		} `json:"filter"`
		Paging paging `json:"paging"`
	}{Paging: paging{Limit: limit, After: after}}
	in.Filter.OAID = oa
	var out struct {
		Templates []json.RawMessage `json:"templates"`
		Paging    struct {
			Next provider.Text `json:"next"`
		} `json:"paging"`
	}
	if _, err := c.call(ctx, "Zalo/ListTemplates", in, &out); err != nil {
		return nil, "", err
	}
	for _, raw := range out.Templates {
		var w wireTemplate
		if json.Unmarshal(raw, &w) == nil && w.ID != "" { // one that cannot be read keeps no other back
			list = append(list, w.template())
		}
	}
	return list, string(out.Paging.Next), nil
}

// Account is an OA as eTelecom tells it. Numbers that are not told are -1.
type Account struct {
	ID                 string
	Name               string
	Connected          bool
	Quality            string // of the last 48 hours
	DailyQuota         int64
	Remaining          int64
	MonthlyPromotion   int64
	RemainingPromotion int64
}

// Account reads one OA with its quota: Zalo/GetShopOA. Source: docs.etelecom.vn, "GetShopOA".
func (c *Client) Account(ctx context.Context, oa string) (Account, error) {
	var out struct {
		ID        provider.Text `json:"oa_id"`
		Name      provider.Text `json:"name"`
		Status    provider.Text `json:"status"`
		Quality   provider.Text `json:"current_quality"`
		Daily     provider.Text `json:"daily_quota"`
		Remaining provider.Text `json:"remaining_quota"`
		Monthly   provider.Text `json:"monthly_promotion_quota"`
		Left      provider.Text `json:"remaining_monthly_promotion_quota"`
	}
	if _, err := c.call(ctx, "Zalo/GetShopOA", map[string]string{"oa_id": oa}, &out); err != nil {
		return Account{}, err
	}
	told := func(t provider.Text) int64 {
		if t == "" {
			return -1
		}
		return t.Int()
	}
	return Account{ID: string(out.ID), Name: string(out.Name), Connected: out.Status == "P", Quality: string(out.Quality), DailyQuota: told(out.Daily), Remaining: told(out.Remaining),
		MonthlyPromotion: told(out.Monthly), RemainingPromotion: told(out.Left)}, nil
}
