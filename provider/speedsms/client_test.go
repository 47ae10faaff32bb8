package speedsms

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/loa-project/loa/provider"
)

func ask(t *testing.T, status int, body string, do func(c *Client) error) (request string, err error) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		request = r.Method + " " + r.URL.Path + " " + string(raw)
		if user, password, _ := r.BasicAuth(); user != "khoa" || password != "x" {
			t.Errorf("credentials: got %s:%s, want khoa:x", user, password)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer srv.Close()
	client, cerr := provider.HTTPClient(provider.HTTPOptions{})
	if cerr != nil {
		t.Fatal(cerr)
	}
	defer client.CloseIdleConnections()
	err = do(&Client{BaseURL: srv.URL + "/index.php", Token: "khoa", HTTP: client})
	return request, err
}

var care = &SMS{Phone: "+84901888484", Content: "Tiem Hoa cam on quy khach", Type: Brandname, Sender: "TIEMHOA"}

// TestGoldenSend is the request of speedsms.vn/sms-api, "API gửi tin nhắn".
func TestGoldenSend(t *testing.T) {
	t.Parallel()
	var s Sent
	got, err := ask(t, 200, `{"status":"success","code":"00","data":{"tranId":123456,"totalSMS":1,"totalPrice":250,"invalidPhone":[]}}`, func(c *Client) (err error) {
		s, err = c.Send(context.Background(), care)
		return err
	})
	if want := `POST /index.php/sms/send {"to":["84901888484"],"content":"Tiem Hoa cam on quy khach","sms_type":3,"sender":"TIEMHOA"}`; got != want || err != nil || s.TranID != "123456" || s.Price != 250 || s.Parts != 1 {
		t.Errorf("got %s %+v %v, want %s", got, s, err, want)
	}
}

func TestAnswersAreClassified(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		class  provider.Class
	}{
		{200, `{"status":"error","code":"105","message":"Phone number invalid"}`, provider.Recipient},
		{200, `{"status":"success","code":"00","data":{"tranId":1,"invalidPhone":["84901888484"]}}`, provider.Recipient},
		{200, `{"status":"error","code":"300"}`, provider.Balance},
		{200, `{"status":"error","code":"007"}`, provider.Auth},
		{200, `{"status":"error","code":"500"}`, provider.Unknown},
		{200, `{"status":"success","data":{}}`, provider.Unknown},
		{200, `<html>`, provider.Unknown},
		{401, ``, provider.Auth},
		{429, `{"name":"Too Many Requests"}`, provider.RateLimited},
	} {
		_, err := ask(t, c.status, c.body, func(x *Client) error { _, err := x.Send(context.Background(), care); return err })
		if got := provider.ClassOf(err); got != c.class {
			t.Errorf("%d %s: got class %q, want %q", c.status, c.body, got, c.class)
		}
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	got, err := ask(t, 200, `{"status":"success","data":[{"phone":"84901888484","status":"70"},{"phone":"84900000000","status":0}]}`, func(c *Client) error {
		r, found, err := c.Status(context.Background(), "123456", "+84901888484")
		if !found || !r.Failed() || r.Delivered() {
			t.Errorf("got %+v %v, want a failure", r, found)
		}
		return err
	})
	if err != nil || got != "GET /index.php/sms/status/123456 " {
		t.Errorf("got %q %v", got, err)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Report{`{"type":"report","tranId":"9","phone":"84901888484","status":0}`: {"9", 0}, `{"type":"report","tranId":9,"status":"64"}`: {"9", 64}} {
		if got, err := ParseReport([]byte(body)); err != nil || got != want {
			t.Errorf("%s: got %+v %v, want %+v", body, got, err, want)
		}
	}
	for _, body := range []string{``, `{}`, `{"type":"sms","phone":"1","content":"TC"}`, `{"type":"report","tranId":"9","status":-1}`, `{"type":"report","status":0}`} {
		if _, err := ParseReport([]byte(body)); !errors.Is(err, ErrReport) {
			t.Errorf("%s: got %v, want ErrReport", body, err)
		}
	}
}

func FuzzParseReport(f *testing.F) {
	f.Add([]byte(`{"type":"report","tranId":"9","phone":"84901888484","status":0}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if r, err := ParseReport(body); err == nil && (r.TranID == "" || r.Status < 0) {
			t.Errorf("got %+v", r)
		}
	})
}
