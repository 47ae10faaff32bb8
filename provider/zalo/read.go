package zalo

import (
	"context"
	"net/url"
	"strconv"

	"github.com/loa-project/loa/provider"
)

// Status is where one message stands.
type Status struct {
	Status       int   // -1 no such message, 0 at Zalo and not delivered, 1 delivered
	DeliveryTime int64 // Unix ms, 0 = not delivered
	Message      string
}

// MessageStatus asks for one message by Zalo's id; phone may be "". Source: developers.zalo.me, ZBS Template Message, "Trạng thái thông báo" (GET /message/status).
func (c *Client) MessageStatus(ctx context.Context, token, messageID, phone string) (Status, error) {
	q := url.Values{"message_id": {messageID}}
	if phone != "" {
		q.Set("phone", phone)
	}
	var d struct {
		Status       provider.Text `json:"status"`
		DeliveryTime provider.Text `json:"delivery_time"`
		Message      provider.Text `json:"message"`
	}
	if err := c.get(ctx, token, "/message/status", q, &d); err != nil {
		return Status{}, err
	}
	return Status{Status: int(d.Status.Int()), DeliveryTime: d.DeliveryTime.Int(), Message: string(d.Message)}, nil
}

// Quota is what the OA may still send. Numbers that Zalo leaves out or gives as null are empty.
type Quota struct {
	Daily              provider.Text `json:"dailyQuota"`
	Remaining          provider.Text `json:"remainingQuota"`
	DailyPromotion     provider.Text `json:"dailyQuotaPromotion"`
	RemainingPromotion provider.Text `json:"remainingQuotaPromotion"`
	MonthlyPromotion   provider.Text `json:"monthlyPromotionQuota"`
	RemainingMonthly   provider.Text `json:"remainingMonthlyPromotionQuota"`
	NextMonth          provider.Text `json:"estimatedNextMonthPromotionQuota"`
}

// Quota asks for the OA's limits. Source: developers.zalo.me, ZBS Template Message, "Hạn mức" (GET /message/quota).
func (c *Client) Quota(ctx context.Context, token string) (Quota, error) {
	var q Quota
	err := c.get(ctx, token, "/message/quota", nil, &q)
	return q, err
}

// Tags asks which kinds of templates the OA may send: TRANSACTION, CUSTOMER_CARE, PROMOTION, or the older OTP, IN_TRANSACTION, POST_TRANSACTION.
// Source: developers.zalo.me, ZBS Template Message, "Loại nội dung được gửi" (GET /message/template-tag).
func (c *Client) Tags(ctx context.Context, token string) ([]string, error) {
	var tags []string
	err := c.get(ctx, token, "/message/template-tag", nil, &tags)
	return tags, err
}

// TemplateHead is one line of the list of templates.
type TemplateHead struct {
	ID      provider.Text `json:"templateId"`
	Name    string        `json:"templateName"`
	Created provider.Text `json:"createdTime"` // Unix ms
	Status  string        `json:"status"`      // ENABLE, PENDING_REVIEW, REJECT, DISABLE, DELETE
	Quality string        `json:"templateQuality"`
}

// TemplateList reads a page of the OA's templates of any status; limit is at most 100. Source: developers.zalo.me, ZBS Template Message, "Danh sách template" (GET /template/all).
func (c *Client) TemplateList(ctx context.Context, token string, offset, limit int) ([]TemplateHead, error) {
	var page []TemplateHead
	err := c.get(ctx, token, "/template/all", url.Values{"offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(min(max(limit, 1), 100))}}, &page)
	return page, err
}

// Param is one value that a template wants. Kinds other than "STRING" are treated as text.
type Param struct {
	Name       string
	Required   bool
	Kind       string
	MaxLength  int // characters after NFC; 0 = not told
	MinLength  int
	AcceptNull bool
}

// Button is one button of a template; its type is a number from 1 to 12.
type Button struct {
	Type    provider.Text `json:"type"`
	Title   string        `json:"title"`
	Content string        `json:"content"`
}

// Template is one template in full.
type Template struct {
	ID       string
	Name     string
	Status   string // as in TemplateHead
	Params   []Param
	Buttons  []Button
	Timeout  int64  // ms after which Zalo gives an undelivered message up; 0 = not told
	Preview  string // address of a page
	Quality  string
	Tag      string // see Tags
	PriceSDT int64  // VND per message to a phone number; 0 = not told
	PriceUID int64  // VND per message to a Zalo user
}

// TemplateInfo reads one template. Source: developers.zalo.me, ZBS Template Message, "Chi tiết template" (GET /template/info/v2).
func (c *Client) TemplateInfo(ctx context.Context, token, id string) (Template, error) {
	var d struct {
		ID      provider.Text `json:"templateId"`
		Name    string        `json:"templateName"`
		Status  string        `json:"status"`
		Params  []rawParam    `json:"listParams"`
		Buttons []Button      `json:"listButtons"`
		Timeout provider.Text `json:"timeout"`
		Preview string        `json:"previewUrl"`
		Quality string        `json:"templateQuality"`
		Tag     string        `json:"templateTag"`
		Price   provider.Text `json:"price"`
		SDT     provider.Text `json:"price_sdt"`
		UID     provider.Text `json:"price_uid"`
	}
	if err := c.get(ctx, token, "/template/info/v2", url.Values{"template_id": {id}}, &d); err != nil {
		return Template{}, err
	}
	t := Template{ID: string(d.ID), Name: d.Name, Status: d.Status, Buttons: d.Buttons, Timeout: d.Timeout.Int(), Preview: d.Preview, Quality: d.Quality, Tag: d.Tag, PriceSDT: d.SDT.Int(), PriceUID: d.UID.Int()}
	if d.SDT == "" {
		t.PriceSDT = d.Price.Int()
	}
	for _, p := range d.Params {
		t.Params = append(t.Params, Param{Name: p.Name, Required: p.Require.Bool(), Kind: string(p.Type), MaxLength: int(p.MaxLength.Int()), MinLength: int(p.MinLength.Int()), AcceptNull: p.AcceptNull.Bool()})
	}
	return t, nil
}

type rawParam struct {
	Name       string        `json:"name"`
	Require    provider.Text `json:"require"`
	Type       provider.Text `json:"type"`
	MaxLength  provider.Text `json:"maxLength"`
	MinLength  provider.Text `json:"minLength"`
	AcceptNull provider.Text `json:"acceptNull"`
}

// TemplateSampleData reads sample values of a template's parameters. Source: developers.zalo.me, ZBS Template Message, "Dữ liệu mẫu" (GET /template/sample-data).
func (c *Client) TemplateSampleData(ctx context.Context, token, id string) (map[string]string, error) {
	var d map[string]provider.Text
	if err := c.get(ctx, token, "/template/sample-data", url.Values{"template_id": {id}}, &d); err != nil {
		return nil, err
	}
	out := make(map[string]string, len(d))
	for k, v := range d {
		out[k] = string(v)
	}
	return out, nil
}
