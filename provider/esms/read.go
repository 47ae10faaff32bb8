package esms

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// The states of a message at the gateway. Source: developers.esms.vn, "Callback URL" and "Lấy trạng thái tin".
const (
	StatusDraft    = 0
	StatusApproval = 1 // waits for approval
	StatusQueued   = 2 // waits to be sent
	StatusRefused  = 4 // certainly not sent
	StatusFinished = 5 // see the counters of success and failure
	StatusSent     = 7 // sent, waits for the carrier's report
)

// Report is the state of one SMSID.
type Report struct {
	SMSID     string
	Status    int
	Success   int
	Failed    int
	Receivers int
	Sent      int
	Price     int64 // VND, whole batch
}

// Delivered reports whether a single message arrived. While it is under way this and NotDelivered are both false.
func (r Report) Delivered() bool { return r.Status == StatusFinished && r.Success > 0 }

// NotDelivered is true when the gateway or the carrier refused the message for good.
func (r Report) NotDelivered() bool {
	return r.Status == StatusRefused || (r.Status == StatusFinished && r.Success == 0 && r.Failed > 0)
}

// Status asks for one message by its SMSID, for at most 7 days after the send. Code 105 means that the id is not known, or asked for too soon.
// Source: developers.esms.vn, "Lấy trạng thái tin" (GET /GetSendStatus).
func (c *Client) Status(ctx context.Context, smsID string) (Report, error) {
	var out struct {
		head
		SMSID         provider.Text `json:"SMSID"`
		SendStatus    provider.Text `json:"SendStatus"`
		SendSuccess   provider.Text `json:"SendSuccess"`
		SendFailed    provider.Text `json:"SendFailed"`
		TotalPrice    provider.Text `json:"TotalPrice"`
		TotalReceiver provider.Text `json:"TotalReceiver"`
		TotalSent     provider.Text `json:"TotalSent"`
	}
	if err := c.get(ctx, "/GetSendStatus", url.Values{"RefId": {smsID}, "ApiKey": {c.APIKey}, "SecretKey": {c.SecretKey}}, &out, &out.head); err != nil {
		return Report{}, err
	}
	r := Report{SMSID: string(out.SMSID), Status: -1, Success: int(out.SendSuccess.Int()), Failed: int(out.SendFailed.Int()), Receivers: int(out.TotalReceiver.Int()), Sent: int(out.TotalSent.Int()), Price: out.TotalPrice.Int()}
	if out.SendStatus != "" {
		r.Status = int(out.SendStatus.Int())
	}
	return r, nil
}

// Row is one message of a Listing.
type Row struct {
	SMSID     string // ReferenceId: the id of the send answer
	Phone     string // as the gateway keeps it, "0..."
	Content   string
	Campaign  string
	Price     int64 // VND
	Result    int   // 1 delivered, 0 failed, 2 not known
	Status    int
	SentTime  time.Time // zero when not told
	MessageID string    // SmsId: the gateway's id of the single message
	Type      int
}

// Listing reads what was sent between two times, a page at a time: page counts from 1, size is at most 500. total is the number of all rows. The rows do not hold our RequestId; compare
// phone and text. Source: developers.esms.vn, "Lấy danh sách tin đã gửi" (POST /GetSmsSentData_V2). Times are written in Vietnamese time.
func (c *Client) Listing(ctx context.Context, kind int, from, to time.Time, page, size int) (rows []Row, total int, err error) {
	var out struct {
		head
		Total provider.Text `json:"CountTotal"`
		Data  []struct {
			Campaign    provider.Text `json:"Campaign"`
			Content     provider.Text `json:"Content"`
			Phone       provider.Text `json:"Phone"`
			ReferenceID provider.Text `json:"ReferenceId"`
			SellPrice   provider.Text `json:"SellPrice"`
			SendResult  provider.Text `json:"SendResult"`
			SendStatus  provider.Text `json:"SendStatus"`
			SentTime    provider.Text `json:"SentTime"`
			SmsID       provider.Text `json:"SmsId"`
			SmsType     provider.Text `json:"SmsType"`
		} `json:"SentData"`
	}
	in := map[string]any{"ApiKey": c.APIKey, "SecretKey": c.SecretKey, "SmsType": strconv.Itoa(kind), "From": from.In(vietnam).Format(time.DateTime), "To": to.In(vietnam).Format(time.DateTime),
		"Page": max(page, 1), "PageSize": min(max(size, 1), 500)}
	if err := c.post(ctx, "/GetSmsSentData_V2", in, &out, &out.head); err != nil {
		return nil, 0, err
	}
	for _, d := range out.Data {
		r := Row{SMSID: string(d.ReferenceID), Phone: string(d.Phone), Content: string(d.Content), Campaign: string(d.Campaign), Price: d.SellPrice.Int(), Result: 2, Status: int(d.SendStatus.Int()),
			SentTime: parseDate(string(d.SentTime)), MessageID: string(d.SmsID), Type: int(d.SmsType.Int())}
		if d.SendResult != "" {
			r.Result = int(d.SendResult.Int())
		}
		rows = append(rows, r)
	}
	return rows, int(out.Total.Int()), nil
}

// vietnam has had this one offset since 1975.
var vietnam = time.FixedZone("+07", 7*3600)

// parseDate reads the service's "/Date(1705484048995+0700)/": milliseconds since 1970 in UTC; the zone is only for show.
func parseDate(s string) time.Time {
	s, ok := strings.CutPrefix(s, "/Date(")
	if !ok {
		return time.Time{}
	}
	end := strings.IndexAny(s, "+)")
	if i := strings.IndexByte(s, '-'); i > 0 && (end < 0 || i < end) {
		end = i
	}
	if end <= 0 {
		return time.Time{}
	}
	ms, err := strconv.ParseInt(s[:end], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Balance asks for the account's money in VND. Source: developers.esms.vn, "Lấy số dư tài khoản" (POST /GetBalance_json).
func (c *Client) Balance(ctx context.Context) (vnd float64, err error) {
	var out struct {
		head
		Balance provider.Text `json:"Balance"`
	}
	if err := c.post(ctx, "/GetBalance_json", map[string]string{"ApiKey": c.APIKey, "SecretKey": c.SecretKey}, &out, &out.head); err != nil {
		return 0, err
	}
	return out.Balance.Float(), nil
}

// Brandname is a registered sender name.
type Brandname struct {
	Name string
	Type int // 1 advertising, 2 customer care, 23 Viber
}

// Brandnames lists the account's sender names. Source: developers.esms.vn, "Lấy danh sách Brandname" (GET /GetListBrandname/{ApiKey}/{SecretKey}).
func (c *Client) Brandnames(ctx context.Context) ([]Brandname, error) {
	var out struct {
		head
		List []struct {
			Name provider.Text `json:"Brandname"`
			Type provider.Text `json:"Type"`
		} `json:"ListBrandName"`
	}
	if err := c.get(ctx, "/GetListBrandname/"+url.PathEscape(c.APIKey)+"/"+url.PathEscape(c.SecretKey), nil, &out, &out.head); err != nil {
		return nil, err
	}
	var list []Brandname
	for _, b := range out.List {
		list = append(list, Brandname{Name: string(b.Name), Type: int(b.Type.Int())})
	}
	return list, nil
}
