package messenger

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/loa-project/loa/provider"
)

// fake answers every request with one body and keeps the last request as text.
func fake(t testing.TB, status int, body string) (*Client, *string) {
	t.Helper()
	seen := new(string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		*seen = r.Method + " " + r.URL.RequestURI() + "\n\n" + string(b) + "\n"
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return &Client{BaseURL: s.URL, PageID: "100000000000001", HTTP: h, AppSecret: "app-secret"}, seen
}

const accepted = `{"recipient_id":"6542","message_id":"m_abc"}`

func TestRefusedHere(t *testing.T) {
	t.Parallel()
	c, seen := fake(t, 200, accepted)
	for name, s := range map[string]*Send{
		"nobody":          {MessagingType: Update, Message: Message{Text: "x"}},
		"two recipients":  {Recipient: Recipient{ID: "1", CommentID: "2"}, MessagingType: Update},
		"no type":         {Recipient: Recipient{ID: "1"}},
		"tag without":     {Recipient: Recipient{ID: "1"}, MessagingType: Update, Tag: HumanAgent},
		"an ended tag":    {Recipient: Recipient{ID: "1"}, MessagingType: MessageTag, Tag: "ACCOUNT_UPDATE"},
		"a tag's absence": {Recipient: Recipient{ID: "1"}, MessagingType: MessageTag},
	} {
		if _, err := c.Send(context.Background(), "t", s); provider.ClassOf(err) != provider.Content {
			t.Errorf("%s: got %v, want class content", name, err)
		}
	}
	if *seen != "" {
		t.Errorf("a refused message was sent: %s", *seen)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status      int
		body        string
		code        string
		class       provider.Class
		messageHead string
	}{
		{400, `{"error":{"message":"(#10) outside of allowed window.","code":10,"error_subcode":2018278,"fbtrace_id":"A1"}}`, "10/2018278", provider.Recipient, "(#10)"},
		{400, `{"error":{"message":"x","code":551,"error_subcode":1545041}}`, "551/1545041", provider.Recipient, "x"},
		{400, `{"error":{"message":"x","code":"100","error_subcode":"1893061"}}`, "100/1893061", provider.Content, "x"},
		{401, `{"error":{"message":"x","code":190,"error_subcode":463}}`, "190/463", provider.Auth, "x"},
		{400, `{"error":{"code":613}}`, "613", provider.RateLimited, ""},
		{500, `{"error":{"code":2}}`, "2", provider.Temporary, ""},
		{500, `{"error":{"code":1}}`, "1", provider.Unknown, ""},
		{400, `{"error":{"code":987654}}`, "987654", provider.Unknown, ""},
		{200, `{"recipient_id":"1"}`, provider.CodeNoID, provider.Unknown, ""},
		{200, `<html>`, provider.CodeUnreadable, provider.Unknown, ""},
		{502, `bad gateway`, "http.502", provider.Unknown, ""},
		{429, ``, "http.429", provider.RateLimited, ""},
	} {
		client, _ := fake(t, c.status, c.body)
		_, err := client.Send(context.Background(), "t", &Send{Recipient: Recipient{ID: "1"}, MessagingType: Update, Message: Message{Text: "x"}})
		var e *provider.Error
		if !errors.As(err, &e) || e.Code != c.code || e.Class != c.class {
			t.Errorf("%d %s: got %v, want code %s of class %s", c.status, c.body, err, c.code, c.class)
		}
	}
}

func TestCauses(t *testing.T) {
	t.Parallel()
	for code, c := range Causes {
		if c.Class == "" || c.VI == "" || c.EN == "" || c.AdviceVI == "" || c.AdviceEN == "" {
			t.Errorf("%s: got %+v, want every field", code, c)
		}
	}
	if !PageBlocked("10/1893063") || !PageBlocked("368/1") || PageBlocked("10/2018278") || PageBlocked("190") {
		t.Error("PageBlocked: want only 10/1893063 and 368")
	}
}
