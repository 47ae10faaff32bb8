package messenger

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/messenger"
	"github.com/loa-project/loa/template"
)

func TestBuild(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   template.MessengerRendered
		want string
	}{
		"text": {template.MessengerRendered{MessagingType: "UPDATE", Text: "Chào", QuickReplies: []template.MessengerQuickReply{{Title: "Có", Payload: "C"}}},
			`{"recipient":{"id":"7"},"messaging_type":"UPDATE","message":{"text":"Chào","quick_replies":[{"content_type":"text","title":"Có","payload":"loa:k:C"}],"metadata":"k"}}`},
		"buttons": {template.MessengerRendered{MessagingType: "RESPONSE", Text: "Chào", Buttons: []template.MessengerButton{{Type: "postback", Title: "Giá"}, {Type: "phone_number", Title: "Gọi", Payload: "+84901234567"}}},
			`{"recipient":{"id":"7"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"Chào","buttons":[{"type":"postback","title":"Giá","payload":"loa:k:"},{"type":"phone_number","title":"Gọi","payload":"+84901234567"}]}},"metadata":"k"}}`},
		"cards": {template.MessengerRendered{MessagingType: "UPDATE", Cards: []template.MessengerCard{{Title: "Áo", URL: "https://a.example/"}}},
			`{"recipient":{"id":"7"},"messaging_type":"UPDATE","message":{"attachment":{"type":"template","payload":{"template_type":"generic","elements":[{"title":"Áo","default_action":{"type":"web_url","url":"https://a.example/"}}]}},"metadata":"k"}}`},
		"typed by a person": {template.MessengerRendered{MessagingType: "HUMAN_AGENT", Text: "Chào"}, `{"recipient":{"id":"7"},"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT","message":{"text":"Chào","metadata":"k"}}`},
		"image": {template.MessengerRendered{MessagingType: "UPDATE", Image: "https://a.example/a.png"},
			`{"recipient":{"id":"7"},"messaging_type":"UPDATE","message":{"attachment":{"type":"image","payload":{"url":"https://a.example/a.png","is_reusable":true}},"metadata":"k"}}`},
		"numbered utility": {template.MessengerRendered{MessagingType: "UTILITY", Utility: &template.MessengerUtility{Name: "o", Language: "vi", Positional: true, Params: map[string]string{"10": "j", "9": "i"}, Buttons: []string{"T", "x"}, URLButtons: []int{1}}},
			`{"recipient":{"id":"7"},"messaging_type":"UTILITY","message":{"template":{"name":"o","language":{"code":"vi"},"components":[{"type":"body","parameters":[{"type":"text","text":"i"},{"type":"text","text":"j"}]},{"type":"buttons","parameters":[{"type":"POSTBACK","payload":"loa:k:T"},{"type":"URL","url":"x"}]}]},"metadata":"k"}}`},
	} {
		got, err := json.Marshal(build("7", "k", &c.in))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, string(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1767225600000)
	read := Read("secret", "ours", "9", func() time.Time { return now }, nil)
	item := func(text string) string {
		return `{"object":"page","entry":[{"id":"9","time":1767225599000,"messaging":[` + text + `]}]}`
	}
	for name, c := range map[string]struct {
		body string
		want string
	}{
		"spoke":           {item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1767225599000,"message":{"mid":"m","text":"Alo"}}`), "message ignored spoke"},
		"from the future": {item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1767999999000,"message":{"mid":"m","text":"Alo"}}`), "message ignored spoke"},
		"our echo":        {item(`{"sender":{"id":"9"},"recipient":{"id":"7"},"timestamp":1767225599000,"message":{"mid":"m","is_echo":true,"metadata":"k"}}`), "message_echo accepted key=k"},
		"staff's echo":    {item(`{"sender":{"id":"9"},"recipient":{"id":"7"},"timestamp":1767225599000,"message":{"mid":"m","is_echo":true}}`), "message_echo ignored"},
		"delivery":        {item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"delivery":{"watermark":5,"mids":["m1"]}}`), "message_delivery ignored delivered=5; message_delivery delivered id=m1 loose"},
		"read":            {item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"read":{"watermark":6}}`), "message_read ignored read=6"},
		"our button":      {item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"postback":{"payload":"loa:k:GIA"}}`), "messaging_postback clicked key=k spoke"},
		"menu":            {item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"postback":{"payload":"MENU"}}`), "messaging_postback ignored spoke"},
		"quick reply":     {item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"message":{"mid":"m","quick_reply":{"payload":"loa:k:"}}}`), "message clicked key=k spoke; message answered key=k"},
		"another Page":    {strings.ReplaceAll(item(`{"sender":{"id":"7"},"recipient":{"id":"8"},"message":{"mid":"m"}}`), `"id":"9"`, `"id":"8"`), "message ignored"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("POST", "/", nil)
			r.Header.Set(messenger.SignatureHeader, messenger.Signature("secret", []byte(c.body)))
			list, err := read(r, "", []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			for _, x := range list {
				if x.At.After(now) {
					t.Errorf("got a time of %s, want none after now", x.At)
				}
				words = append(words, describe(x))
			}
			if got := strings.Join(words, "; "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set(messenger.SignatureHeader, messenger.Signature("guess", []byte("{}")))
	if _, err := read(r, "", []byte("{}")); err != message.ErrForged {
		t.Errorf("forged: got %v, want %v", err, message.ErrForged)
	}
	if _, err := read(httptest.NewRequest("GET", "/?hub.mode=subscribe&hub.verify_token=ours&hub.challenge=42", nil), "", nil); err != message.Answer("42") {
		t.Errorf("handshake: got %v, want the challenge", err)
	}
}

func describe(r message.Receipt) string {
	s := r.Event + " "
	if r.Ignore {
		s += "ignored"
	} else {
		s += r.Fact.String()
	}
	if r.Key != "" {
		s += " key=" + r.Key
	}
	if r.ProviderID != "" {
		s += " id=" + r.ProviderID
	}
	if r.Loose {
		s += " loose"
	}
	if c := r.Chat; c != nil {
		if c.Spoke {
			s += " spoke"
		}
		if !c.Delivered.IsZero() {
			s += " delivered=" + strconv.FormatInt(c.Delivered.UnixMilli(), 10)
		}
		if !c.Read.IsZero() {
			s += " read=" + strconv.FormatInt(c.Read.UnixMilli(), 10)
		}
	}
	return s
}

// TestEnforcement: what Facebook does to our Page is heard before the webhook is answered, signed only, and what it does to another Page of the app is not.
func TestEnforcement(t *testing.T) {
	t.Parallel()
	var heard []string
	fail := false
	read := Read("secret", "ours", "9", time.Now, func(_ context.Context, action, reason string) error {
		if fail {
			return errors.New("the store is away")
		}
		heard = append(heard, action+" "+reason)
		return nil
	})
	body := func(page, action string) []byte {
		return []byte(`{"object":"page","entry":[{"id":"` + page + `","time":1,"messaging":[{"recipient":{"id":"` + page + `"},"timestamp":1,"policy_enforcement":{"action":"` + action + `","reason":"spam"}}]}]}`)
	}
	post := func(b []byte, secret string) error {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set(messenger.SignatureHeader, messenger.Signature(secret, b))
		_, err := read(r, "", b)
		return err
	}
	for _, c := range []struct{ page, action, secret string }{{"9", "warning", "secret"}, {"9", "block", "secret"}, {"9", "unblock", "secret"}, {"8", "block", "secret"}} {
		if err := post(body(c.page, c.action), c.secret); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if err := post(body("9", "block"), "guessed"); !errors.Is(err, message.ErrForged) {
		t.Errorf("forged: got %v, want ErrForged", err)
	}
	if got, want := strings.Join(heard, ", "), "warning spam, block spam, unblock spam"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if fail = true; !errors.Is(post(body("9", "block"), "secret"), message.ErrLater) {
		t.Error("what cannot be done now must come again")
	}
}
