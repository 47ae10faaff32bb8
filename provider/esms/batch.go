package esms

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// AdvertSMS is advertising under a brandname: batches of one text, which people at the gateway and the carriers approve before they go out.
const AdvertSMS = 1

// The smallest and the largest batch of adverts, in different numbers: fewer are refused with 107, more with 120.
const (
	MinBatch = 30
	MaxBatch = 5000
)

// Batch is one advert to many phone numbers.
type Batch struct {
	Phones      []string // different ones, as in SMS.Phone; MinBatch to MaxBatch
	Content     string
	Brandname   string
	Unicode     bool
	Sandbox     bool
	RequestID   string    // our key, at most 50 characters; repeats are refused for 24 h
	Campaign    string    // a label of at most 254 characters that Listing gives back, or ""
	SendDate    time.Time // zero = as soon as it is approved; written in Vietnamese time
	CallbackURL string    // as in SMS; later editions of the handbook leave it out for adverts, so do not wait for reports
}

// SendBatch hands over one batch of adverts. One SMSID stands for all its numbers. Failures and repeats are as for Send; a failure concerns the whole batch.
// Source: developers.esms.vn, "Tin SMS quảng cáo" (POST /SendMultipleSMSBrandname_json/).
func (c *Client) SendBatch(ctx context.Context, b *Batch) (Sent, error) {
	switch {
	case b.Content == "" || b.Brandname == "":
		return Sent{}, provider.Invalid(name, "no text or no brandname")
	case len(b.Phones) < MinBatch || len(b.Phones) > MaxBatch:
		return Sent{}, provider.Invalid(name, "an advert needs 30 to 5,000 numbers")
	case len(b.RequestID) > 50 || len(b.Campaign) > 254:
		return Sent{}, provider.Invalid(name, "request id longer than 50 characters, or label longer than 254")
	}
	u, err := c.address("/SendMultipleSMSBrandname_json/")
	if err != nil {
		return Sent{}, err
	}
	in := struct {
		APIKey    string   `json:"ApiKey"`
		SecretKey string   `json:"SecretKey"`
		Phones    []string `json:"Phones"`
		Content   string   `json:"Content"`
		Brandname string   `json:"Brandname"`
		SmsType   string   `json:"SmsType"`
		Unicode   string   `json:"IsUnicode"`
		Sandbox   string   `json:"Sandbox"`
		Campaign  string   `json:"campaignid,omitempty"`
		RequestID string   `json:"RequestId,omitempty"`
		SendDate  string   `json:"SendDate,omitempty"`
		Callback  string   `json:"CallbackUrl,omitempty"`
	}{c.APIKey, c.SecretKey, make([]string, len(b.Phones)), b.Content, b.Brandname, strconv.Itoa(AdvertSMS), bit(b.Unicode), bit(b.Sandbox), b.Campaign, b.RequestID, date(b.SendDate), b.CallbackURL}
	for i, p := range b.Phones {
		in.Phones[i] = Domestic(p)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return Sent{}, provider.Invalid(name, err.Error())
	}
	var out struct {
		head
		SMSID      provider.Text `json:"SMSID"`
		SendStatus provider.Text `json:"SendStatus"`
	}
	raw, err := c.call(ctx, provider.Post(u, jsonHeader, body), &out, &out.head)
	if err != nil {
		if out.code() == codeDuplicate && b.RequestID != "" {
			return Sent{SMSID: string(out.SMSID), Duplicate: true, Status: int(out.SendStatus.Int()), Raw: raw}, nil
		}
		return Sent{Raw: raw}, err
	}
	if out.SMSID == "" && !b.Sandbox {
		return Sent{Raw: raw}, &provider.Error{Provider: name, Code: provider.CodeNoID, Message: string(out.ErrorMessage), Class: provider.Unknown, Raw: raw}
	}
	return Sent{SMSID: string(out.SMSID), Raw: raw}, nil
}

// date is the gateway's form of a time; its zone is not published and taken to be Vietnam's.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(vietnam).Format(time.DateTime)
}

// Receiver is what became of one number of a batch.
type Receiver struct {
	Phone   string // "0…"
	Sent    bool   // it is over: Good says how
	Good    bool
	Network string // the carrier that has the number today, as the gateway writes it; ported numbers keep their prefix
}

// Receivers asks what became of each number of a message or batch, for at most 7 days after the send. Source: developers.esms.vn, "Lấy trạng thái chi tiết" (GET /GetSmsReceiverStatus_get).
func (c *Client) Receivers(ctx context.Context, smsID string) ([]Receiver, error) {
	var out struct {
		head
		List []struct {
			Phone   provider.Text `json:"Phone"`
			Sent    provider.Text `json:"IsSent"`
			Result  provider.Text `json:"SentResult"`
			Network provider.Text `json:"NetworkName"`
		} `json:"ReceiverList"`
	}
	if err := c.get(ctx, "/GetSmsReceiverStatus_get", url.Values{"RefId": {smsID}, "ApiKey": {c.APIKey}, "SecretKey": {c.SecretKey}}, &out, &out.head); err != nil {
		return nil, err
	}
	list := make([]Receiver, 0, len(out.List))
	for _, r := range out.List {
		list = append(list, Receiver{Phone: Domestic(string(r.Phone)), Sent: r.Sent.Bool(), Good: r.Result.Bool(), Network: string(r.Network)})
	}
	return list, nil
}

// Carrier is our name of a carrier that the gateway names, by number or by word; "" for an unknown one. Source: developers.esms.vn, "Callback URL" (telcoid), "Lấy trạng thái chi tiết".
func Carrier(name string) string {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "1", "viettel":
		return "viettel"
	case "2", "mobifone", "mobi":
		return "mobifone"
	case "3", "vinaphone", "vina":
		return "vinaphone"
	case "4", "vietnamobile", "vnm":
		return "vietnamobile"
	case "5", "gtel", "gmobile":
		return "gmobile"
	case "6", "itel", "itelecom":
		return "itel"
	case "7", "reddi", "wintel":
		return "wintel"
	}
	return ""
}
