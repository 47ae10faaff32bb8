package messenger

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("LOA_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

const accepted = `{"recipient_id":"6542","message_id":"m_abc"}`

// TestSend writes each kind of message; the sections are named where the types are.
func TestSend(t *testing.T) {
	t.Parallel()
	to := Recipient{ID: "6542"}
	for name, s := range map[string]*Send{
		"send_text.txt": {Recipient: to, MessagingType: Response, Message: Message{Text: "Chào chị Lan", Metadata: "w1l2a1kabc", QuickReplies: []QuickReply{{ContentType: "text", Title: "Xem giá", Payload: "QR_PRICE"}}}},
		"send_buttons.txt": {Recipient: to, MessagingType: Update, Message: Message{Metadata: "w1l2a1kabc", Attachment: &Attachment{Type: "template", Payload: Payload{TemplateType: "button", Text: "Ưu đãi",
			Buttons: []Button{{Type: "web_url", Title: "Mua", URL: "https://shop.example/"}, {Type: "postback", Title: "Giá", Payload: "GIA"}, {Type: "phone_number", Title: "Gọi", Payload: "+84901234567"}}}}}},
		"send_cards.txt": {Recipient: to, MessagingType: Update, Message: Message{Attachment: &Attachment{Type: "template", Payload: Payload{TemplateType: "generic",
			Elements: []Element{{Title: "Áo", Subtitle: "199.000đ", ImageURL: "https://shop.example/a.png", Action: &Button{Type: "web_url", URL: "https://shop.example/a"}}}}}}},
		"send_image.txt": {Recipient: to, MessagingType: Update, Message: Message{Attachment: &Attachment{Type: "image", Payload: Payload{URL: "https://shop.example/a.png", Reusable: true}}}},
		"send_utility.txt": {Recipient: to, MessagingType: Utility, Message: Message{Template: &Approved{Name: "order_shipped", Language: Language{Code: "vi"}, Components: []Component{
			{Type: "body", Parameters: []Parameter{{Type: "text", Name: "order", Text: "DH-102"}}}, {Type: "buttons", Parameters: []Parameter{{Type: "POSTBACK", Payload: "TRACK_DH-102"}, {Type: "URL", URL: "DH-102"}}}}}}},
		"send_human_agent.txt": {Recipient: to, MessagingType: MessageTag, Tag: HumanAgent, Message: Message{Text: "Em kiểm tra xong rồi ạ"}},
	} {
		c, seen := fake(t, 200, accepted)
		got, err := c.Send(context.Background(), "EAAB-token", s)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := (Sent{RecipientID: "6542", MessageID: "m_abc", Raw: []byte(accepted)}); !cmp.Equal(want, got) {
			t.Errorf("%s: answer: %s", name, cmp.Diff(want, got))
		}
		golden(t, name, *seen)
	}
}

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

func TestOtherCalls(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c, seen := fake(t, 200, `{"id":"100000000000001","name":"Cửa hàng","first_name":"Lan","last_name":"Nguyễn","success":true,"status":"APPROVED","category":"UTILITY","data":[{"id":"1","name":"order_shipped","language":"vi","status":"APPROVED","category":"UTILITY"}]}`)
	if p, err := c.Page(ctx, "EAAB-token"); err != nil || p != (Page{"100000000000001", "Cửa hàng"}) {
		t.Errorf("page: got %v %v", p, err)
	}
	golden(t, "page.txt", *seen)
	if p, err := c.Profile(ctx, "EAAB-token", "6542"); err != nil || p.LastName != "Nguyễn" {
		t.Errorf("profile: got %v %v", p, err)
	}
	golden(t, "profile.txt", *seen)
	if err := c.Subscribe(ctx, "EAAB-token"); err != nil {
		t.Errorf("subscribe: %v", err)
	}
	golden(t, "subscribe.txt", *seen)
	if list, err := c.Templates(ctx, "EAAB-token"); err != nil || len(list) != 1 || list[0].Name != "order_shipped" {
		t.Errorf("templates: got %v %v", list, err)
	}
	golden(t, "templates.txt", *seen)
	if made, err := c.CreateTemplate(ctx, "EAAB-token", NewTemplate{Name: "order_shipped", Language: "vi", Format: "NAMED", Components: json.RawMessage(`[{"type":"BODY","text":"Đơn {{order}} đã gửi"}]`)}); err != nil || made.Status != "APPROVED" {
		t.Errorf("create template: got %v %v", made, err)
	}
	golden(t, "create_template.txt", *seen)
}
