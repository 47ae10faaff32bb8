package webcall

import (
	"context"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/wiretest"
)

// TestGoldenRequests compares calls of each kind with their recorded bytes.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	w := wiretest.New(t, `{"ok":true}`)
	c := newClient(t, loopback)
	c.Now = func() time.Time { return time.Unix(1700000000, 0) }
	secret, err := ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name, section string
		request       Request
	}{
		{"get", "RFC 9110, GET", Request{Method: "GET", URL: w.URL + "/khach?ma=KH1", Key: "w1l2a0kabc", Header: []Header{{Name: "Authorization", Value: "Bearer khoa-bi-mat"}}}},
		{"post_signed", "Standard Webhooks 1.0, Signature scheme; Idempotency-Key of the draft of IETF httpapi", Request{Method: "POST", URL: w.URL + "/don-hang", Key: "w1l2a0kabc", Secret: secret, Body: []byte(`{"ma":"DH1"}`)}},
		{"put", "RFC 9110, PUT", Request{Method: "PUT", URL: w.URL + "/khach/1", Key: "w1l2a0kabc", Body: []byte("ten=An"), Header: []Header{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}}}},
		{"delete", "RFC 9110, DELETE", Request{Method: "DELETE", URL: w.URL + "/khach/1", Key: "w1l2a0kabc"}},
	} {
		if _, err := c.Call(context.Background(), &step.request); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		w.Golden(step.name, step.section, "khoa-bi-mat")
	}
}
