package messenger

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/messenger"
)

// FuzzRead signs whatever comes, so that the reader sees it: what is not signed by our app, or with nothing, is refused; receipts name a message only by a mark of ours or by Meta's id, are about
// people of our Page only, and lie in no time to come.
func FuzzRead(f *testing.F) {
	item := func(text string) string {
		return `{"object":"page","entry":[{"id":"9","time":1767225599000,"messaging":[` + text + `]}]}`
	}
	for _, s := range []string{
		item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1767225599000,"message":{"mid":"m","text":"Alo","quick_reply":{"payload":"loa:k:C"}}}`),
		item(`{"sender":{"id":"9"},"recipient":{"id":"7"},"timestamp":99999999999999,"message":{"mid":"m","is_echo":true,"metadata":"k"}}`),
		item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"delivery":{"watermark":99999999999999999,"mids":["m1","",null]}}`),
		item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"read":{"watermark":-1}}`),
		item(`{"sender":{"id":"7"},"recipient":{"id":"9"},"postback":{"payload":"loa:k:GIA"}},{"sender":{"id":"9"},"recipient":{"id":"9"},"reaction":{"action":"react"}}`),
		item(`{"recipient":{"id":"9"},"policy_enforcement":{"action":"block","reason":"spam"}}`),
		item(`{"sender":{"id":"7"},"recipient":{"id":"8"},"optin":{"type":"notification_messages"}}`),
		`{"object":"page","entry":[{"id":"8","standby":[{"sender":{"id":"7"},"message":{}}]}]}`, `{"object":"page"}`, `{`, ``, `null`, `[]`,
	} {
		f.Add([]byte(s))
	}
	now := time.UnixMilli(1767225600000)
	f.Fuzz(func(t *testing.T, body []byte) {
		enforced := 0
		read := Read("secret", "ours", "9", func() time.Time { return now }, func(context.Context, string, string) error { enforced++; return nil })
		r := httptest.NewRequest("POST", "/", nil)
		for _, sign := range []string{"", "sha256=", messenger.Signature("guess", body), messenger.Signature("", body), messenger.Signature("secret", append([]byte{' '}, body...))} {
			r.Header.Set(messenger.SignatureHeader, sign)
			if list, err := read(r, "", body); !errors.Is(err, message.ErrForged) || list != nil || enforced > 0 {
				t.Fatalf("%q signed %q: got %v %v, want ErrForged", body, sign, list, err)
			}
		}
		r.Header.Set(messenger.SignatureHeader, messenger.Signature("secret", body))
		list, err := read(r, "", body)
		if err != nil {
			if list != nil || errors.Is(err, message.ErrForged) {
				t.Errorf("%q: got %v %v, want no receipts beside an error and no forgery", body, list, err)
			}
			return
		}
		for _, x := range list {
			check(t, body, &x, now)
		}
	})
}

// check fails for a receipt that must not be.
func check(t *testing.T, body []byte, x *message.Receipt, now time.Time) {
	t.Helper()
	if x.At.After(now) || x.At.Year() < 1970 {
		t.Errorf("%q: got the time %s, want one until now", body, x.At)
	}
	if !x.Ignore && x.Key == "" && x.ProviderID == "" && !x.Loose {
		t.Errorf("%q: %+v counts and names no message", body, x)
	}
	if c := x.Chat; c != nil {
		if c.Kind != kind || c.Scope != "9" || c.Value == "" || c.Value == "9" {
			t.Errorf("%q: got %+v, want a person of our Page", body, c)
		}
		for _, at := range []time.Time{c.Delivered, c.Read} {
			if at.After(now) || !at.IsZero() && at.Year() < 1970 {
				t.Errorf("%q: got a watermark of %s, want one until now", body, at)
			}
		}
	} else if x.Fact == message.FactClicked && !x.Ignore {
		t.Errorf("%q: %+v was clicked by nobody", body, x)
	}
	if x.Fact == message.FactClicked && !x.Ignore && !strings.Contains(strings.ToLower(string(body)), "loa") && !strings.Contains(string(body), `\u`) {
		t.Errorf("%q: %+v was clicked without a mark of ours", body, x)
	}
}

// FuzzUnmark: what was marked comes apart as it was, and what comes apart was marked.
func FuzzUnmark(f *testing.F) {
	f.Add("w1l2a1kabc", "GIA")
	f.Add("k", "a:b")
	f.Add("", "")
	f.Add("loa:", ":")
	f.Fuzz(func(t *testing.T, key, payload string) {
		if k, rest := unmark(mark(key, payload)); !strings.Contains(key, ":") && (k != key || rest != payload) {
			t.Errorf("%q %q: got %q %q", key, payload, k, rest)
		}
		switch k, rest := unmark(payload); {
		case k == "" && rest != payload && payload != mark("", rest):
			t.Errorf("%q: got %q, want it as it was", payload, rest)
		case k != "" && mark(k, rest) != payload:
			t.Errorf("%q: got the key %q and %q", payload, k, rest)
		}
	})
}
