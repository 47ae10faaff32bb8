package aicall

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // as Stringee signs
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/stringee"
	"github.com/loa-project/loa/template"
)

var now = time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)

func content() *template.AICallContent {
	speed := 1
	return &template.AICallContent{Script: "Chào", Speed: &speed, Keys: &template.AICallKeys{Prompt: "Bấm 1", Again: 1, List: []template.AICallKey{
		{Digits: "1", Label: "Có", Reply: "Cảm ơn"}, {Digits: "9", Label: "Từ chối", OptOut: true}}}}
}

func TestScript(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rendered template.AICallRendered
		content  template.AICallContent
		want     string
	}{
		"words":     {template.AICallRendered{Script: "Chào", Times: 2}, template.AICallContent{}, `[{"action":"talk","text":"Chào","voice":"banmai","speed":-1,"loop":2}]`},
		"own voice": {template.AICallRendered{Script: "Chào", Times: 1}, template.AICallContent{Voice: "ngoclam", Speed: new(int)}, `[{"action":"talk","text":"Chào","voice":"ngoclam"}]`},
		"keys": {template.AICallRendered{Script: "Chào", Times: 1, Prompt: "Bấm 1"}, *content(),
			`[{"action":"talk","text":"Chào","voice":"banmai","speed":1,"bargeIn":true},{"action":"talk","text":"Bấm 1","voice":"banmai","speed":1,"bargeIn":true},` +
				`{"action":"input","eventUrl":"https://loa.example/h/k?n=0","submitOnHash":false,"timeout":10,"maxDigits":1}]`},
	} {
		got, err := json.Marshal(script(&c.rendered, &c.content, Voice{"banmai", -1}, "https://loa.example/h/k"))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, string(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// hook is a hook whose only message has the key "k".
func hook(secret string) *Hook {
	return &Hook{Secret: secret, From: "+842471000000", HookURL: "https://loa.example/h", Now: func() time.Time { return now },
		Content: func(_ context.Context, key string) (*template.AICallContent, error) {
			if key != "k" {
				return nil, nil
			}
			return content(), nil
		}}
}

func request(query, sign string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hooks/stringee/t?"+query, nil)
	if sign != "" {
		r.Header.Set("X-STRINGEE-SIGNATURE", sign)
	}
	return r
}

func TestEvents(t *testing.T) {
	t.Parallel()
	event := func(status, rest string) string {
		return `{"type":"stringee_call","call_status":"` + status + `","call_id":"call-1","timestamp_ms":1795226340000,"from":{"number":"842471000000"},"to":{"number":"84901888484"}` + rest + `}`
	}
	at := time.UnixMilli(1795226340000)
	for name, c := range map[string]struct {
		body string
		want message.Receipt
	}{
		"created":                    {event("created", ""), message.Receipt{Event: "created", Fact: message.FactDelivered, At: at}},
		"ringing":                    {event("ringing", ""), message.Receipt{Event: "ringing", Fact: message.FactDelivered, At: at}},
		"answered":                   {event("answered", ""), message.Receipt{Event: "answered", Fact: message.FactAnswered, At: at}},
		"ended, spoken":              {event("ended", `,"answerDuration":21,"endCallCause":"USER_END_CALL"`), message.Receipt{Event: "ended", Fact: message.FactAnswered, At: at.Add(-21 * time.Second)}},
		"busy":                       {event("ended", `,"answerDuration":0,"endCallCause":"486 Busy Here"`), message.Receipt{Event: "ended", Fact: message.FactDelivered, At: at, Code: "busy", Class: provider.Recipient}},
		"no answer":                  {event("ended", `,"answerDuration":0,"endCallCause":"480 Temporarily Unavailable"`), message.Receipt{Event: "ended", Fact: message.FactDelivered, At: at, Code: "no_answer", Class: provider.Recipient}},
		"unheard of":                 {event("agentEnded", ""), message.Receipt{Event: "agentEnded", Fact: message.FactDelivered, At: at, Ignore: true}},
		"another number of the shop": {strings.Replace(event("created", ""), "842471000000", "842471000001", 1), message.Receipt{Event: "created", Fact: message.FactDelivered, At: at, Loose: true}},
		"from the future":            {strings.Replace(event("created", ""), "1795226340000", "1895226340000", 1), message.Receipt{Event: "created", Fact: message.FactDelivered, At: now}},
	} {
		got, err := hook("").Read(request("", ""), "", []byte(c.body))
		if err != nil || len(got) != 1 {
			t.Errorf("%s: got %v %v, want one receipt", name, got, err)
			continue
		}
		if strings.Contains(got[0].Raw, "84901888484") {
			t.Errorf("%s: the person's number is kept: %s", name, got[0].Raw)
		}
		c.want.ProviderID, got[0].Raw, got[0].At, c.want.At = "call-1", "", got[0].At.UTC(), c.want.At.UTC()
		if d := cmp.Diff(c.want, got[0]); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	const body = `{"call_status":"ended"}`
	const sign = "2sqLDaGo4EzjP+Y9DmRJ1iXPBqg="
	for name, c := range map[string]struct {
		secret, sign, rest, body string
		forged                   bool
	}{
		"signed":              {"signing-secret", sign, "", body, false},
		"unsigned":            {"signing-secret", "", "", body, true},
		"guessed":             {"other", sign, "", body, true},
		"changed":             {"signing-secret", sign, "", body + " ", true},
		"no secret set":       {"", "", "", body, false},
		"key, unsigned":       {"signing-secret", "", "k", `{"dtmf":"1"}`, false},
		"key, wrongly signed": {"signing-secret", sign, "k", `{"dtmf":"1"}`, true},
		"key of nobody":       {"signing-secret", "", "x", `{"dtmf":"1"}`, true},
	} {
		_, err := hook(c.secret).Read(request("", c.sign), c.rest, []byte(c.body))
		if got := errors.Is(err, message.ErrForged); got != c.forged {
			t.Errorf("%s: got forged %v (%v), want %v", name, got, err, c.forged)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	again := `[{"action":"talk","text":"Bấm 1","speed":1,"bargeIn":true},{"action":"input","eventUrl":"https://loa.example/h/k?n=1","submitOnHash":false,"timeout":10,"maxDigits":1}]`
	for name, c := range map[string]struct {
		body, query, answer, codes string
	}{
		"a key":              {`{"dtmf":"1","call_id":"c"}`, "n=0", `[{"action":"talk","text":"Cảm ơn","speed":1}]`, "key answered 1 Có;"},
		"with a hash":        {`{"dtmf":"1#","call_id":"c"}`, "", `[{"action":"talk","text":"Cảm ơn","speed":1}]`, "key answered 1 Có;"},
		"refusal":            {`{"dtmf":"9","call_id":"c"}`, "", `[]`, "key answered 9 Từ chối;opt_out unsubscribed 9 Từ chối;"},
		"no meaning":         {`{"dtmf":"5","call_id":"c"}`, "n=0", again, "key answered 5 ;"},
		"no meaning, again":  {`{"dtmf":"5","call_id":"c"}`, "n=1", `[]`, "key answered 5 ;"},
		"nothing":            {`{"dtmf":"","call_id":"c","timeout":true}`, "n=0", again, "key_timeout answered  ;"},
		"nothing, and again": {`{"dtmf":"","call_id":"c","timeout":true}`, "n=1", `[]`, "key_timeout answered  ;"},
		"a count that lies":  {`{"dtmf":"","call_id":"c","timeout":true}`, "n=-9", again, "key_timeout answered  ;"},
	} {
		got, err := hook("").Read(request(c.query, ""), "k", []byte(c.body))
		answer, _ := errors.AsType[message.Answer](err)
		if string(answer) != c.answer {
			t.Errorf("%s: got answer %s (%v), want %s", name, answer, err, c.answer)
		}
		codes := ""
		for _, r := range got {
			var raw struct{ Label string }
			if err := json.Unmarshal([]byte(r.Raw), &raw); err != nil || r.Key != "k" || r.ProviderID != "c" || !r.Names {
				t.Errorf("%s: got %+v", name, r)
			}
			codes += r.Event + " " + r.Fact.String() + " " + r.Code + " " + raw.Label + ";"
		}
		if codes != c.codes {
			t.Errorf("%s: got %s, want %s", name, codes, c.codes)
		}
	}
}

// signed is the signature of a body as Stringee makes it.
func signed(secret string, body []byte) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// FuzzRead signs whatever comes, so that the reader sees it: an event that is not signed or wrongly signed is refused, a key press counts under our own key only, what is answered is a script,
// and no receipt lies in a time to come or keeps a number.
func FuzzRead(f *testing.F) {
	for _, s := range []string{`{"type":"stringee_call","call_status":"ended","call_id":"c","timestamp_ms":1538369461077,"answerDuration":"999999999999","endCallCause":"486"}`,
		`{"call_status":"answered","call_id":"c","from":{"number":"842471000000"},"to":{"number":"84901888484"},"timestamp_ms":99999999999999}`, `{"dtmf":"1","call_id":"c","timeout":false}`,
		`{"dtmf":"9#"}`, `{"timeout":true,"call_id":"c"}`, `{"dtmf":{"a":1}}`, `null`, ``} {
		f.Add("", "n=0", []byte(s))
		f.Add("k", "n=999999999999999999999", []byte(s))
		f.Add("x", "%zz", []byte(s))
	}
	f.Fuzz(func(t *testing.T, rest, query string, body []byte) {
		r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/hooks/stringee/t", RawQuery: query}, Header: http.Header{}}
		h := hook("signing-secret")
		for _, sign := range []string{"", signed("guessed", body), signed("", body), signed("signing-secret", append([]byte{' '}, body...))} {
			r.Header.Set(stringee.SignatureHeader, sign)
			if got, err := h.Read(r, rest, body); (rest != "k" || sign != "") && (!errors.Is(err, message.ErrForged) || got != nil) {
				t.Fatalf("%q at %q signed %q: got %v %v, want ErrForged", body, rest, sign, got, err)
			}
		}
		r.Header.Set(stringee.SignatureHeader, signed("signing-secret", body))
		got, err := h.Read(r, rest, body)
		answer, answers := errors.AsType[message.Answer](err)
		if answers && (rest != "k" || !json.Valid([]byte(answer))) {
			t.Errorf("answer %q at %q is no script", answer, rest)
		}
		if err != nil && !answers && len(got) > 0 {
			t.Error("receipts beside an error")
		}
		if rest != "" && rest != "k" && !errors.Is(err, message.ErrForged) {
			t.Errorf("a key press for %q: got %v %v, want ErrForged", rest, got, err)
		}
		for _, x := range got {
			if x.At.After(now) || x.At.Before(time.Unix(-longestCall, 0)) || x.Key != rest || x.Key == "" && x.ProviderID == "" && !x.Loose {
				t.Errorf("got %+v", x)
			}
			if x.Fact == message.FactUnsubscribed && x.Key != "k" {
				t.Errorf("%q: got %+v, want nobody taken off the list without a key press", body, x)
			}
		}
	})
}

func TestTrace(t *testing.T) {
	t.Parallel()
	line := func(id, to string, created int64, spoken int) string {
		return `{"id":"` + id + `","from_number":"842471000000","to_number":"` + to + `","created":` + strconv.FormatInt(created, 10) + `,"answer_duration":` + strconv.Itoa(spoken) + `}`
	}
	asked := now.Unix()
	for name, c := range map[string]struct {
		calls, id string
		found     string
		fact      message.Fact
	}{
		"none":                   {"", "", "", 0},
		"the one":                {line("a", "84901888484", asked+1, 0), "", "a", message.FactDelivered},
		"answered":               {line("a", "84901888484", asked+1, 9), "", "a", message.FactAnswered},
		"another person":         {line("a", "84901888485", asked+1, 0), "", "", 0},
		"too early":              {line("a", "84901888484", asked-60, 0), "", "", 0},
		"too late":               {line("a", "84901888484", asked+600, 0), "", "", 0},
		"two that fit":           {line("a", "84901888484", asked+1, 0) + "," + line("b", "84901888484", asked+2, 0), "", "", 0},
		"by id, whenever it was": {line("a", "84901888484", asked+1, 0) + "," + line("b", "84901888484", asked+900, 0), "b", "b", message.FactDelivered},
		"another number of ours": {strings.Replace(line("a", "84901888484", asked+1, 0), "842471000000", "842471000001", 1), "", "", 0},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"r":0,"data":{"calls":[` + c.calls + `]}}`))
		}))
		h, err := provider.HTTPClient(provider.HTTPOptions{})
		if err != nil {
			t.Fatal(err)
		}
		s := &Stringee{Client: &stringee.Client{BaseURL: srv.URL, KeySID: "SK", Secret: "x", HTTP: h, Now: func() time.Time { return now }}, From: "842471000000"}
		r, found, err := s.Trace(context.Background(), c.id, "+84901888484", now)
		_ = s.Close()
		srv.Close()
		if err != nil || found != (c.found != "") || found && (r.ProviderID != c.found || r.Fact != c.fact) {
			t.Errorf("%s: got %+v %v %v, want %q", name, r, found, err, c.found)
		}
	}
}
