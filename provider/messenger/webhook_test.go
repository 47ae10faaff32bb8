package messenger

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The vectors were computed apart from this code, with another language.
func TestVectors(t *testing.T) {
	t.Parallel()
	const signature = "sha256=e6e9d7a842a48e17f43a34d6125d0d933e2aab92ee37f0993a4d493b50e3d438"
	body := []byte(`{"object":"page","entry":[]}`)
	if got := Signature("app-secret", body); got != signature {
		t.Errorf("signature: got %s, want %s", got, signature)
	}
	if got, want := Proof("EAAB-token", "app-secret"), "294c307ff2427ed2140908ec13f483ef7f7d7819a8fc32fb535cf6ada2327ab2"; got != want {
		t.Errorf("proof: got %s, want %s", got, want)
	}
	for _, c := range []struct {
		secret, header, body string
		want                 bool
	}{
		{"app-secret", signature, string(body), true},
		{"app-secret", " " + signature, string(body), true},
		{"", signature, string(body), false},
		{"", Signature("", body), string(body), false},
		{"other", signature, string(body), false},
		{"app-secret", signature, string(body) + " ", false},
		{"app-secret", signature[7:], string(body), false},
		{"app-secret", "", string(body), false},
	} {
		if got := VerifySignature(c.secret, []byte(c.body), c.header); got != c.want {
			t.Errorf("%q %q: got %v, want %v", c.secret, c.header, got, c.want)
		}
	}
}

func TestChallenge(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"hub.mode=subscribe&hub.verify_token=ours&hub.challenge=1158201444":         "1158201444",
		"hub.mode=subscribe&hub.verify_token=theirs&hub.challenge=1":                "",
		"hub.mode=unsubscribe&hub.verify_token=ours&hub.challenge=1":                "",
		"hub.mode=subscribe&hub.verify_token=ours&hub.challenge=<script>":           "",
		"hub.mode=subscribe&hub.verify_token=ours&hub.verify_token=x":               "",
		"hub.mode=subscribe&hub.verify_token=ours":                                  "",
		"hub.mode=subscribe&hub.verify_token=ours&hub.challenge=1&hub.challenge=22": "",
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := Challenge(q, "ours"); got != want || ok != (want != "") {
			t.Errorf("%s: got %q %v, want %q", query, got, ok, want)
		}
	}
	if _, ok := Challenge(url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {""}, "hub.challenge": {"1"}}, ""); ok {
		t.Error("a connection without a verify token answered")
	}
}

const webhook = `{"object":"page","entry":[{"id":"9","time":1767225600000,"messaging":[
 {"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1767225599000,"message":{"mid":"m_1","text":"Shop \u01a1i","quick_reply":{"payload":"QR"}}},
 {"sender":{"id":"9"},"recipient":{"id":"7"},"timestamp":1767225599001,"message":{"mid":"m_2","is_echo":true,"app_id":263902037430900,"metadata":"w1"}},
 {"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1767225599002,"delivery":{"watermark":1767225599001,"mids":["m_2"]}},
 {"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1767225599003,"read":{"watermark":"1767225599001"}},
 {"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1767225599004,"postback":{"mid":"m_3","title":"Gi\u00e1","payload":"GIA"}},
 {"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1767225599005,"reaction":{"mid":"m_2","action":"unreact"}},
 {"sender":{"id":"7"},"recipient":{"id":"9"},"referral":{"ref":"qr-1","source":"SHORTLINK","type":"OPEN_THREAD"}},
 {"sender":{"id":"7"},"recipient":{"id":"9"},"optin":{"type":"notification_messages"}},
 {"sender":{"id":"7"},"recipient":{"id":"9"},"message_edit":{"mid":"m_1","text":"sửa"}},
 {"recipient":{"id":"9"},"policy_enforcement":{"action":"block","reason":"spam"}},
 {"sender":{"id":"7"},"recipient":{"id":"9"},"brand_new":{}}],
 "standby":[{"sender":{"id":"7"},"recipient":{"id":"9"},"timestamp":1,"message":{"mid":"m_9","text":"x"}}]}]}`

func TestParseWebhook(t *testing.T) {
	t.Parallel()
	got, err := ParseWebhook([]byte(webhook))
	if err != nil {
		t.Fatal(err)
	}
	base := Event{Page: "9", Person: "7"}
	with := func(kind string, at int64, f func(*Event)) Event {
		e := base
		e.Kind, e.At = kind, at
		f(&e)
		return e
	}
	want := []Event{
		with(KindMessage, 1767225599000, func(e *Event) { e.MessageID, e.Text, e.QuickReply = "m_1", "Shop ơi", "QR" }),
		with(KindEcho, 1767225599001, func(e *Event) { e.MessageID, e.AppID, e.Metadata = "m_2", "263902037430900", "w1" }),
		with(KindDelivery, 1767225599002, func(e *Event) { e.Watermark, e.MessageIDs = 1767225599001, []string{"m_2"} }),
		with(KindRead, 1767225599003, func(e *Event) { e.Watermark = 1767225599001 }),
		with(KindPostback, 1767225599004, func(e *Event) { e.MessageID, e.Title, e.Payload = "m_3", "Giá", "GIA" }),
		with(KindReaction, 1767225599005, func(e *Event) { e.MessageID, e.Action = "m_2", "unreact" }),
		with(KindReferral, 1767225600000, func(e *Event) { e.Ref, e.Source = "qr-1", "SHORTLINK" }),
		with(KindOptin, 1767225600000, func(e *Event) { e.Source = "notification_messages" }),
		with(KindEdit, 1767225600000, func(e *Event) { e.MessageID, e.Text = "m_1", "sửa" }),
		with(KindPolicy, 1767225600000, func(e *Event) { e.Person, e.Action, e.Reason = "", "block", "spam" }),
		with(KindOther, 1767225600000, func(*Event) {}),
		with(KindMessage, 1, func(e *Event) { e.MessageID, e.Text, e.Standby = "m_9", "x", true }),
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Event{}, "Raw")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	opens := []bool{true, false, false, false, true, false, true, false, false, false, false, true}
	for i := range got {
		if got[i].OpensWindow() != opens[i] {
			t.Errorf("%s opens the window: got %v, want %v", got[i].Kind, !opens[i], opens[i])
		}
	}
	for _, body := range []string{"", "null", "[]", `{"object":"instagram","entry":[]}`, "{"} {
		if _, err := ParseWebhook([]byte(body)); err == nil {
			t.Errorf("%q: got no error", body)
		}
	}
}

func FuzzParseWebhook(f *testing.F) {
	f.Add([]byte(webhook))
	f.Add([]byte(`{"object":"page","entry":[{"id":{},"messaging":[1,null,{"sender":[],"message":{"mid":5,"quick_reply":"x"}}]}]}`))
	f.Add([]byte(`{"object":"page","entry":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := ParseWebhook(body)
		if err != nil && len(events) > 0 {
			t.Fatal("events beside an error")
		}
		for _, e := range events {
			if e.Kind == "" || e.Person == e.Page && e.Person != "" && e.Kind == KindMessage && len(e.Raw) == 0 {
				t.Fatalf("got %+v, want a kind", e)
			}
		}
	})
}
