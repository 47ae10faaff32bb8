package zalo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/provider"
)

// fake answers every request with one body and keeps the last request as text.
func fake(t testing.TB, status int, body string) (*Client, *string) {
	t.Helper()
	seen := new(string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		var out strings.Builder
		out.WriteString(r.Method + " " + r.URL.RequestURI() + "\n")
		for _, k := range []string{"Content-Type", "Access_token", "Secret_key", "Appsecret_proof"} {
			if v := r.Header.Get(k); v != "" {
				out.WriteString(strings.ToLower(k) + ": " + v + "\n")
			}
		}
		out.WriteString("\n" + string(b) + "\n")
		*seen = out.String()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return &Client{BaseURL: s.URL, OAuthURL: s.URL, HTTP: h}, seen
}

var sample = Send{Phone: "84901234567", TemplateID: "100001", TrackingID: "m-01JGEXAMPLE", SendingMode: "1",
	TemplateData: map[string]string{"customer_name": "Nguyễn Văn An", "order_code": "DH0001", "amount": "1250000"}}

const accepted = `{"error":0,"message":"Success","data":{"msg_id":"a1b2c3d4e5f607182930","sent_time":"1767225600000","sending_mode":"1","quota":{"dailyQuota":"20000","remainingQuota":"19999"}}}`

func TestSendTemplate(t *testing.T) {
	t.Parallel()
	c, _ := fake(t, 200, accepted)
	got, err := c.SendTemplate(context.Background(), "token", &sample)
	if err != nil {
		t.Fatal(err)
	}
	want := Sent{MessageID: "a1b2c3d4e5f607182930", SentTime: 1767225600000, SendingMode: "1", DailyQuota: 20000, Remaining: 19999, Raw: []byte(accepted)}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
}

func TestSendTemplateOutcomes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status   int
		body     string
		code     string
		class    provider.Class
		suppress bool
	}{
		"no account":        {200, `{"error":-118,"message":"Zalo account not existed"}`, "-118", provider.Recipient, false},
		"code as text":      {200, `{"error":"-141","message":"x"}`, "-141", provider.Recipient, true},
		"token":             {200, `{"error":-124,"message":"Access token invalid"}`, "-124", provider.Auth, false},
		"balance":           {200, `{"error":-115,"message":"Out of quota"}`, "-115", provider.Balance, false},
		"content":           {200, `{"error":-1122,"message":"x"}`, "-1122", provider.Content, false},
		"rate":              {200, `{"error":-32,"message":"x"}`, "-32", provider.RateLimited, false},
		"unknown error":     {200, `{"error":-100,"message":"Unknown error"}`, "-100", provider.Unknown, false},
		"unlisted":          {200, `{"error":-999,"message":"x"}`, "-999", provider.Unknown, false},
		"refusal under 400": {400, `{"error":-108,"message":"Phone number invalid"}`, "-108", provider.Recipient, false},
		"no id":             {200, `{"error":0,"message":"Success","data":{}}`, provider.CodeNoID, provider.Unknown, false},
		"data of odd type":  {200, `{"error":0,"message":"Success","data":[]}`, provider.CodeNoID, provider.Unknown, false},
		"page":              {200, `<html>`, provider.CodeUnreadable, provider.Unknown, false},
		"empty":             {200, ``, provider.CodeUnreadable, provider.Unknown, false},
		"no code":           {200, `{"data":{"msg_id":"a"}}`, provider.CodeUnreadable, provider.Unknown, false},
		"list":              {200, `[]`, provider.CodeUnreadable, provider.Unknown, false},
		"500":               {500, `oops`, "http.500", provider.Unknown, false},
		"500 with success":  {500, accepted, "http.500", provider.Unknown, false},
		"429":               {429, `{"error":0}`, "http.429", provider.RateLimited, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := fake(t, c.status, c.body)
			_, err := client.SendTemplate(context.Background(), "token", &sample)
			e, ok := errors.AsType[*provider.Error](err)
			if !ok || e.Code != c.code || e.Class != c.class || e.Suppress != c.suppress || e.Unasked {
				t.Errorf("got %+v, want code %s class %s suppress %t", err, c.code, c.class, c.suppress)
			}
		})
	}
	for _, s := range []Send{{TemplateID: "1"}, {Phone: "84901234567"}} {
		if _, err := new(Client).SendTemplate(context.Background(), "t", &s); provider.ClassOf(err) != provider.Content {
			t.Errorf("%+v: got %v, want content", s, err)
		}
	}
	for _, base := range []string{"ftp://x", "::", "business.openapi.zalo.me"} {
		c := Client{BaseURL: base, HTTP: http.DefaultClient}
		if _, err := c.SendTemplate(context.Background(), "t", &sample); provider.ClassOf(err) != provider.Auth {
			t.Errorf("%s: got %v, want auth", base, err)
		}
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c, seen := fake(t, 200, `{"data":{"delivery_time":"1767225603000","message":"The message was delivered to the user's phone","status":1},"error":0,"message":"Success"}`)
	s, err := c.MessageStatus(ctx, "token", "a1", "84901234567")
	if err != nil || s.Status != 1 || s.DeliveryTime != 1767225603000 {
		t.Errorf("got %+v, %v, want delivered at 1767225603000", s, err)
	}
	if want := "GET /message/status?message_id=a1&phone=84901234567\n"; !strings.HasPrefix(*seen, want) {
		t.Errorf("got %q, want %q", *seen, want)
	}
	c, _ = fake(t, 200, `{"data":{"dailyQuota":20000,"remainingQuota":"19999","dailyQuotaPromotion":null},"error":0,"message":"Success"}`)
	if q, err := c.Quota(ctx, "token"); err != nil || q.Daily.Int() != 20000 || q.Remaining.Int() != 19999 || q.DailyPromotion != "" {
		t.Errorf("got %+v, %v, want 20000, 19999 and no promotion", q, err)
	}
	c, seen = fake(t, 200, `{"data":[{"templateId":100001,"templateName":"Xác nhận đơn","createdTime":1767225600000,"status":"ENABLE","templateQuality":"HIGH"}],"metadata":{"total":1},"error":0}`)
	l, err := c.TemplateList(ctx, "token", 0, 500)
	if err != nil || len(l) != 1 || l[0].ID != "100001" || l[0].Name != "Xác nhận đơn" {
		t.Errorf("got %+v, %v, want one template", l, err)
	}
	if want := "GET /template/all?limit=100&offset=0\n"; !strings.HasPrefix(*seen, want) {
		t.Errorf("got %q, want %q", *seen, want)
	}
	c, _ = fake(t, 200, `{"data":{"templateId":"100001","templateName":"X","status":"ENABLE","listParams":[{"name":"amount","require":true,"type":"STRING","maxLength":12,"minLength":"0","acceptNull":false}],
		"listButtons":[{"type":1,"title":"Xem","content":"https://shop.example.com/"}],"timeout":7200000,"previewUrl":"https://p.example","templateQuality":"HIGH","templateTag":"TRANSACTION","price":"300","price_sdt":"200","price_uid":"140"},"error":0}`)
	info, err := c.TemplateInfo(ctx, "token", "100001")
	want := Template{ID: "100001", Name: "X", Status: "ENABLE", Params: []Param{{Name: "amount", Required: true, Kind: "STRING", MaxLength: 12}}, Buttons: []Button{{Type: "1", Title: "Xem", Content: "https://shop.example.com/"}},
		Timeout: 7200000, Preview: "https://p.example", Quality: "HIGH", Tag: "TRANSACTION", PriceSDT: 200, PriceUID: 140}
	if d := cmp.Diff(want, info); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	c, _ = fake(t, 200, `{"data":{"customer_name":"An","amount":1250000},"error":0}`)
	if m, err := c.TemplateSampleData(ctx, "token", "1"); err != nil || m["amount"] != "1250000" || m["customer_name"] != "An" {
		t.Errorf("got %v, %v, want both values", m, err)
	}
	c, _ = fake(t, 200, `{"data":["OTP","IN_TRANSACTION"],"error":0}`)
	if tags, err := c.Tags(ctx, "token"); err != nil || len(tags) != 2 {
		t.Errorf("got %v, %v, want two tags", tags, err)
	}
	c, _ = fake(t, 200, `{"error":-124,"message":"Access token invalid"}`)
	if _, err := c.TemplateInfo(ctx, "token", "1"); provider.ClassOf(err) != provider.Auth {
		t.Errorf("got %v, want auth", err)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c, _ := fake(t, 200, `{"access_token":"a","refresh_token":"r","expires_in":"90000","refresh_token_expires_in":"7776000"}`)
	got, err := c.Exchange(ctx, "1000", "secret", "code", "verifier")
	if want := (Tokens{Access: "a", Refresh: "r", ExpiresIn: 25 * time.Hour, RefreshExpiresIn: 90 * 24 * time.Hour}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if _, err := c.Refresh(ctx, "1000", "secret", "old"); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]struct {
		status int
		body   string
		code   string
		class  provider.Class
	}{
		"dead":           {200, `{"error":-14014,"error_name":"Invalid refresh token.","error_description":"x"}`, "-14014", provider.Auth},
		"other host":     {200, `{"error":-118,"error_name":"invalid grant"}`, "-118", provider.Auth},
		"only a name":    {200, `{"error_name":"Invalid appId","error_reason":"App is not active"}`, "oauth", provider.Auth},
		"nothing":        {200, `{}`, provider.CodeUnreadable, provider.Unknown},
		"page":           {200, `<html>`, provider.CodeUnreadable, provider.Unknown},
		"500":            {500, ``, "http.500", provider.Unknown},
		"rate":           {429, ``, "http.429", provider.RateLimited},
		"token with 500": {500, `{"access_token":"a","refresh_token":"r"}`, "http.500", provider.Unknown},
	} {
		c, _ := fake(t, f.status, f.body)
		_, err := c.Refresh(ctx, "1000", "secret", "old")
		e, ok := errors.AsType[*provider.Error](err)
		if !ok || e.Code != f.code || e.Class != f.class {
			t.Errorf("%s: got %v, want %s %s", name, err, f.code, f.class)
		} else if strings.Contains(string(e.Raw), "access_token") {
			t.Errorf("%s: the error holds a token", name)
		}
	}
	if got := Challenge("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"); got != "RqIZl4LIgn8KxW9QO-nTnv7pf0CnNrksx9fF-CXP2FE" {
		t.Errorf("challenge: got %s", got)
	}
	if got := Proof("demo-access-token", "demo-app-secret"); got != "aed6826bfacdf6c46c9b96c4dc4634d148ee2c2fd274a9976d9ef754c800814d" {
		t.Errorf("proof: got %s", got)
	}
	u, err := (&Client{}).ConsentURL("1000", "https://loa.example/zalo", "ch", "st")
	if want := "https://oauth.zaloapp.com/v4/oa/permission?app_id=1000&code_challenge=ch&redirect_uri=https%3A%2F%2Floa.example%2Fzalo&state=st"; err != nil || u != want {
		t.Errorf("got %s, %v, want %s", u, err, want)
	}
}

func TestCauses(t *testing.T) {
	t.Parallel()
	for code, c := range Causes {
		if c.VI == "" || c.EN == "" || c.AdviceVI == "" || c.AdviceEN == "" || c.Class == "" {
			t.Errorf("%s: cause is not complete", code)
		}
	}
	if got := Explain("-9999").Class; got != provider.Unknown {
		t.Errorf("unlisted: got %s, want unknown", got)
	}
	if got := Explain(provider.CodeNotSent).Class; got != provider.Temporary {
		t.Errorf("net.not_sent: got %s, want temporary", got)
	}
}

func BenchmarkSendTemplate(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, accepted)
	}))
	b.Cleanup(s.Close)
	h, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		b.Fatal(err)
	}
	c := Client{BaseURL: s.URL, HTTP: h}
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.SendTemplate(context.Background(), "token", &sample); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}
