package esms

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
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
		*seen = r.Method + " " + r.URL.RequestURI() + "\n" + string(b) + "\n"
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return &Client{BaseURL: s.URL, APIKey: "KEY", SecretKey: "SECRET", HTTP: h}, seen
}

var sample = SMS{Phone: "+84901888484", Content: "2803 la ma xac minh dang ky Baotrixemay cua ban", Brandname: "Baotrixemay", Campaign: "thang 7",
	RequestID: "c82cd356-bf49-4113-9466-65a7f6359c96", CallbackURL: "https://loa.example/hooks/esms/token"}

func TestSend(t *testing.T) {
	t.Parallel()
	const answer = `{"CodeResult":"100","CountRegenerate":0,"SMSID":"d533459ee42b2b9525ba9eabf6a8156"}`
	c, _ := fake(t, 200, answer)
	got, err := c.Send(context.Background(), &sample)
	if d := cmp.Diff(Sent{SMSID: "d533459ee42b2b9525ba9eabf6a8156", Raw: []byte(answer)}, got); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

func TestSendOutcomes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		code   string
		class  provider.Class
	}{
		"keys":            {200, `{"CodeResult":"101","CountRegenerate":0,"ErrorMessage":"Authorize Failed"}`, "101", provider.Auth},
		"money":           {200, `{"CodeResult":103}`, "103", provider.Balance},
		"brandname":       {200, `{"CodeResult":"104","ErrorMessage":"Brand name code is not exist"}`, "104", provider.Auth},
		"number":          {200, `{"CodeResult":"108","ErrorMessage":"The phone number is not valid."}`, "108", provider.Recipient},
		"template":        {200, `{"CodeResult":"146","ErrorMessage":"Sai template Brandname CSKH","SMSID":"x"}`, "146", provider.Content},
		"too fast":        {200, `{"CodeResult":"160"}`, "160", provider.RateLimited},
		"malformed":       {200, `{"error":"Invalid request"}`, CodeInvalidRequest, provider.Content},
		"unlisted":        {200, `{"CodeResult":"9999"}`, "9999", provider.Unknown},
		"no id":           {200, `{"CodeResult":"100"}`, provider.CodeNoID, provider.Unknown},
		"no code":         {200, `{}`, provider.CodeUnreadable, provider.Unknown},
		"page":            {200, `<html>`, provider.CodeUnreadable, provider.Unknown},
		"list":            {200, `[1]`, provider.CodeUnreadable, provider.Unknown},
		"500":             {500, `{"CodeResult":"101"}`, "http.500", provider.Unknown},
		"429":             {429, ``, "http.429", provider.RateLimited},
		"wrong base path": {404, `not found`, "http.404", provider.Auth},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := fake(t, c.status, c.body)
			got, err := client.Send(context.Background(), &sample)
			e, ok := errors.AsType[*provider.Error](err)
			if !ok || e.Code != c.code || e.Class != c.class || got.Duplicate {
				t.Errorf("got %+v, %v, want code %s class %s", got, err, c.code, c.class)
			}
		})
	}
	c, _ := fake(t, 200, `{"CodeResult":"124","CountRegenerate":0,"ErrorMessage":"Request exist 1","SendStatus":"5"}`)
	got, err := c.Send(context.Background(), &sample)
	if err != nil || !got.Duplicate || got.Status != StatusFinished || got.SMSID != "" {
		t.Errorf("duplicate: got %+v, %v", got, err)
	}
	if _, err := c.Send(context.Background(), &SMS{Phone: "0901888484", Content: "x", RequestID: strings.Repeat("x", 51)}); provider.ClassOf(err) != provider.Content {
		t.Errorf("long request id: got %v, want content", err)
	}
}

func TestKeysStayHidden(t *testing.T) {
	t.Parallel()
	c, _ := fake(t, 200, `x`)
	c.BaseURL = "http://127.0.0.1:1"
	_, err := c.Status(context.Background(), "id")
	_, err2 := c.Brandnames(context.Background())
	bad := &Client{BaseURL: "http://x\x7f", APIKey: "KEY", SecretKey: "SECRET", HTTP: c.HTTP}
	_, err3 := bad.Brandnames(context.Background())
	for _, err := range []error{err, err2, err3} {
		if err == nil || strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "KEY") {
			t.Errorf("got %v, want an error without the keys", err)
		}
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c, seen := fake(t, 200, `{"CodeResponse":"100","SMSID":"a","SendFailed":0,"SendStatus":5,"SendSuccess":1,"TotalPrice":850.0000,"TotalReceiver":1,"TotalSent":1}`)
	r, err := c.Status(ctx, "a")
	if d := cmp.Diff(Report{SMSID: "a", Status: 5, Success: 1, Receivers: 1, Sent: 1, Price: 850}, r); err != nil || d != "" || !r.Delivered() || r.NotDelivered() {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if want := "GET /GetSendStatus?ApiKey=KEY&RefId=a&SecretKey=SECRET\n"; !strings.HasPrefix(*seen, want) {
		t.Errorf("got %q, want %q", *seen, want)
	}
	c, _ = fake(t, 200, `{"CodeResponse":"105"}`)
	if _, err := c.Status(ctx, "a"); provider.ClassOf(err) != provider.Temporary {
		t.Errorf("got %v, want temporary", err)
	}
	c, seen = fake(t, 200, `{"CodeResult":"100","CountTotal":2,"SentData":[{"Campaign":"c","Content":"x","Phone":"0901888484","ReferenceId":"a","SellPrice":850,"SendResult":1,"SendStatus":5,"SentTime":"/Date(1705484048995+0700)/","SmsId":"77","SmsType":2}]}`)
	at := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	rows, total, err := c.Listing(ctx, CareSMS, at, at.Add(time.Hour), 0, 1000)
	want := []Row{{SMSID: "a", Phone: "0901888484", Content: "x", Campaign: "c", Price: 850, Result: 1, Status: 5, SentTime: time.UnixMilli(1705484048995).UTC(), MessageID: "77", Type: 2}}
	if d := cmp.Diff(want, rows); err != nil || total != 2 || d != "" {
		t.Errorf("%v, total %d (-want +got):\n%s", err, total, d)
	}
	if want := `"From":"2026-11-21 07:00:00","Page":1,"PageSize":500`; !strings.Contains(*seen, want) {
		t.Errorf("got %q, want it to hold %q", *seen, want)
	}
	c, _ = fake(t, 200, `{"Balance":36693,"CodeResponse":"100","UserID":9999}`)
	if b, err := c.Balance(ctx); err != nil || b != 36693 {
		t.Errorf("got %v, %v, want 36693", b, err)
	}
	c, seen = fake(t, 200, `{"CodeResponse":"100","ListBrandName":[{"Brandname":"X","Type":2}]}`)
	if l, err := c.Brandnames(ctx); err != nil || len(l) != 1 || l[0] != (Brandname{"X", 2}) || !strings.HasPrefix(*seen, "GET /GetListBrandname/KEY/SECRET\n") {
		t.Errorf("got %v, %v after %q", l, err, *seen)
	}
}

func TestParseCallback(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		query   string
		want    Callback
		failure string
	}{
		"failed":    {"SMSID=dc7187&SendFailed=1&SendStatus=5&SendSuccess=0&TotalPrice=0.0000&TotalReceiver=1&TotalSent=1&RequestId=&TypeId=2&telcoid=1&phonenumber=0901888484&switchsmsid=", Callback{Report: Report{SMSID: "dc7187", Status: 5, Failed: 1, Receivers: 1, Sent: 1}, Type: 2, Carrier: 1, Phone: "0901888484"}, CodeNotDelivered},
		"delivered": {"smsid=a&sendstatus=5&SendSuccess=1&Totalprice=470.0000&RequestId=r", Callback{Report: Report{SMSID: "a", Status: 5, Success: 1, Price: 470}, RequestID: "r"}, ""},
		"refused":   {"SMSID=a&SendStatus=4", Callback{Report: Report{SMSID: "a", Status: 4}}, CodeRefused},
		"under way": {"SMSID=a&SendStatus=7&SendFailed=x", Callback{Report: Report{SMSID: "a", Status: 7}}, ""},
		"zalo":      {"SMSID=a&SendStatus=5&SendFailed=1&error_info=" + url.QueryEscape(url.QueryEscape(`{"code":-118}`)+"____21/11/2026 08:00:00"), Callback{Report: Report{SMSID: "a", Status: 5, Failed: 1}, ErrorInfo: `{"code":-118}`}, CodeNotDelivered},
		"quoted":    {"SMSID=a&SendStatus=5&SendFailed=1&error_info=" + url.QueryEscape(`"{\"code\":1}"`), Callback{Report: Report{SMSID: "a", Status: 5, Failed: 1}, ErrorInfo: `{"code":1}`}, CodeNotDelivered},
		"broken":    {"SMSID=a&SendStatus=5&error_info=%25zz", Callback{Report: Report{SMSID: "a", Status: 5}, ErrorInfo: "%zz"}, ""},
	} {
		q, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseCallback(q)
		if d := cmp.Diff(c.want, got); err != nil || d != "" || got.Failure() != c.failure {
			t.Errorf("%s: %v, failure %q, want %q (-want +got):\n%s", name, err, got.Failure(), c.failure, d)
		}
	}
	for _, q := range []string{"", "SMSID=a", "SendStatus=5", "SMSID=a&SendStatus=x"} {
		v, _ := url.ParseQuery(q)
		if _, err := ParseCallback(v); !errors.Is(err, ErrNoCallback) {
			t.Errorf("%q: got %v, want ErrNoCallback", q, err)
		}
	}
}

func FuzzParseCallback(f *testing.F) {
	f.Add("SMSID=a&SendStatus=5&SendFailed=1&error_info=%257B%257D____21/11/2026")
	f.Fuzz(func(t *testing.T, raw string) {
		q, _ := url.ParseQuery(raw)
		c, err := ParseCallback(q)
		if err == nil && c.Delivered() && c.NotDelivered() {
			t.Errorf("%q is both delivered and not", raw)
		}
		_ = parseDate(raw)
		_ = parseDate("/Date(" + raw)
	})
}

func TestDomestic(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"+84901888484": "0901888484", "84901888484": "0901888484", "0901888484": "0901888484", "84": "84"} {
		if got := Domestic(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestCauses(t *testing.T) {
	t.Parallel()
	for code, c := range Causes {
		if c.VI == "" || c.EN == "" || c.AdviceVI == "" || c.AdviceEN == "" || c.Class == "" {
			t.Errorf("%s: cause is not complete", code)
		}
	}
	for code, want := range map[string]provider.Class{"9999": provider.Unknown, provider.CodeNotSent: provider.Temporary, "103": provider.Balance} {
		if got := Explain(code).Class; got != want {
			t.Errorf("%s: got %s, want %s", code, got, want)
		}
	}
}
