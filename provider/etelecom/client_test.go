package etelecom

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/loa-project/loa/provider"
)

func ask(t *testing.T, status int, body string, do func(c *Client) error) (path, sent string, err error) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		path, sent = r.URL.Path, string(raw)
		if r.Header.Get("Authorization") != "Bearer 1:khoa" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("head: got %v", r.Header)
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
	err = do(&Client{BaseURL: srv.URL + "/v1/shop", APIKey: "1:khoa", HTTP: client, Numbers: func(string) provider.Cause { return provider.Cause{Class: provider.Recipient} }})
	return path, sent, err
}

var zns = &ZNS{OAID: "4330911", Phone: "+84901888484", TemplateID: "214021", Data: map[string]string{"name": "An"}, TrackingID: "w1l2a1k", SendingMode: "tag3"}

// TestGoldenSend is the request of docs.etelecom.vn, "SendZNS".
func TestGoldenSend(t *testing.T) {
	t.Parallel()
	var m Message
	path, sent, err := ask(t, 200, `{"id":"99","msg_id":"z1","status":"P","error_code":0,"fee_main":300,"fee_token":"20","is_charged":true,"tracking_id":"w1l2a1k"}`, func(c *Client) (err error) {
		m, err = c.Send(context.Background(), zns)
		return err
	})
	if err != nil || m.ID != "99" || m.ZaloID != "z1" || m.Fee != 320 {
		t.Errorf("got %+v %v", m, err)
	}
	if want := `{"oa_id":"4330911","phone":"84901888484","sending_mode":"tag3","template_data":{"name":"An"},"template_id":214021,"tracking_id":"w1l2a1k"}`; path != "/v1/shop.Zalo/SendZNS" || sent != want {
		t.Errorf("got %s %s, want /v1/shop.Zalo/SendZNS %s", path, sent, want)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		class  provider.Class
	}{
		{200, `{"id":"1","status":"N","error_code":-118,"error_message":"Zalo account not existed"}`, provider.Recipient},
		{200, `{"id":"1","status":"N"}`, provider.Unknown},
		{200, `{"status":"Z"}`, provider.Unknown},
		{400, `{"code":"invalid_argument","msg":"phone"}`, provider.Content},
		{401, `{"code":"unauthenticated","msg":""}`, provider.Auth},
		{401, ``, provider.Auth},
		{429, `{"code":"resource_exhausted"}`, provider.RateLimited},
		{503, `{"code":"unavailable"}`, provider.Unknown},
	} {
		_, _, err := ask(t, c.status, c.body, func(x *Client) error { _, err := x.Send(context.Background(), zns); return err })
		if got := provider.ClassOf(err); got != c.class {
			t.Errorf("%d %s: got class %q, want %q (%v)", c.status, c.body, got, c.class, err)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	var m Message
	var found bool
	path, sent, err := ask(t, 200, `{"messages":[{"id":"9","tracking_id":"other"},{"id":"99","tracking_id":"w1l2a1k","status":"P","delivery_status":"received","delivery_time":"2026-11-21T04:00:00.5Z"}],"paging":{}}`, func(c *Client) (err error) {
		m, found, err = c.Find(context.Background(), "4330911", "w1l2a1k")
		return err
	})
	if err != nil || !found || m.ID != "99" || m.Delivery != "received" || m.At.IsZero() {
		t.Errorf("got %+v %v %v", m, found, err)
	}
	if want := `{"filter":{"oa_id":"4330911","tracking_id":"w1l2a1k"},"paging":{"limit":2}}`; path != "/v1/shop.Zalo/ListMessages" || sent != want {
		t.Errorf("got %s %s, want %s", path, sent, want)
	}
}
