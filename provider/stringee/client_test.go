package stringee

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

var at = time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)

// place makes a call against a server that answers with status and body, and returns the request as it came.
func place(t *testing.T, status int, body string) (Placed, error, *http.Request, string) {
	t.Helper()
	var got *http.Request
	var sent string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, sent = r, string(raw)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer srv.Close()
	client, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	no := false
	c := &Client{BaseURL: srv.URL, KeySID: "SKx", Secret: "geheim", HTTP: client, Now: func() time.Time { return at }}
	placed, err := c.Place(context.Background(), &Call{From: "+842471000000", To: "+84901888484", Actions: []Action{
		{Action: "talk", Text: "Xin chào anh An", Voice: "hatieumai", BargeIn: true},
		{Action: "input", EventURL: "https://loa.example/hooks/stringee/t/k", SubmitOnHash: &no, TimeoutSecond: 15},
	}})
	return placed, err, got, sent
}

// TestGoldenRequest is the request of developer.stringee.com, "Make outbound call", with a script.
func TestGoldenRequest(t *testing.T) {
	t.Parallel()
	placed, err, r, body := place(t, 200, `{"r":0,"message":"Success","call_id":"call-vn-1-X"}`)
	if err != nil || placed.CallID != "call-vn-1-X" {
		t.Fatalf("got %+v %v, want the call's id", placed, err)
	}
	want := `{"from":{"type":"external","number":"842471000000","alias":"842471000000"},"to":[{"type":"external","number":"84901888484","alias":"84901888484"}],` +
		`"actions":[{"action":"talk","text":"Xin chào anh An","voice":"hatieumai","bargeIn":true},{"action":"input","eventUrl":"https://loa.example/hooks/stringee/t/k","submitOnHash":false,"timeout":15}]}`
	if r.Method != "POST" || r.URL.Path != "/v1/call2/callout" || body != want {
		t.Errorf("got %s %s %s, want POST /v1/call2/callout %s", r.Method, r.URL.Path, body, want)
	}
	// Header and payload as documented; the MAC was computed with openssl.
	const token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImN0eSI6InN0cmluZ2VlLWFwaTt2PTEifQ.eyJqdGkiOiJTS3gtMTc5NTIyNjQwMCIsImlzcyI6IlNLeCIsImV4cCI6MTc5NTIzMDAwMCwicmVzdF9hcGkiOnRydWV9._H-D1nf2tpPHQ_2TrHntACcAYaQaukaGS_YDjl5HAT4"
	if got := r.Header.Get("X-STRINGEE-AUTH"); got != token {
		t.Errorf("token: got %s, want %s", got, token)
	}
}

func TestAnswersAreClassified(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		class  provider.Class
	}{
		{200, `{"r":0}`, ""},
		{200, `{"r":7,"message":"number is not allowed"}`, provider.Content},
		{200, `{}`, provider.Unknown},
		{200, `<html>`, provider.Unknown},
		{401, ``, provider.Auth},
		{429, ``, provider.RateLimited},
		{502, ``, provider.Unknown},
	} {
		_, err, _, _ := place(t, c.status, c.body)
		if got := provider.ClassOf(err); got != c.class {
			t.Errorf("%d %q: got class %q, want %q", c.status, c.body, got, c.class)
		}
	}
	_, err := (&Client{}).Place(context.Background(), &Call{})
	if e, ok := errors.AsType[*provider.Error](err); !ok || !e.Unasked {
		t.Errorf("an empty call: got %v, want a refusal of ours", err)
	}
}

// TestSignatures are the vectors of the fact sheet, computed twice.
func TestSignatures(t *testing.T) {
	t.Parallel()
	for data, sign := range map[string]string{
		`{"call_status":"ended"}`:                                   "2sqLDaGo4EzjP+Y9DmRJ1iXPBqg=",
		"/answer?from=84899199866&to=84909988668&fromInternal=true": "F4Ow+fFmOPyNirxySaIy4m6RcdA=",
	} {
		if !Signed("signing-secret", sign, []byte(data)) {
			t.Errorf("%s: the documented signature was refused", data)
		}
		if Signed("signing-secret", sign, []byte(data+" ")) || Signed("other", sign, []byte(data)) || Signed("", sign, []byte(data)) {
			t.Errorf("%s: a forgery was taken", data)
		}
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"type":"stringee_call","call_status":"ended","answerDuration":9,"endCallCause":"USER_END_CALL"}`:    Answered,
		`{"type":"stringee_call","call_status":"ended","answerDuration":0,"endCallCause":"486 Busy Here"}`:    Busy,
		`{"call_status":"ended","answerDuration":"0","endCallCause":"480 Temporarily Unavailable"}`:           NoAnswer,
		`{"call_status":"ended","answerDuration":0,"endCallCause":"603 Decline"}`:                             Rejected,
		`{"call_status":"ended","answerDuration":0,"endCallCause":"CAN_NOT_MAKE_CALL"}`:                       Unreachable,
		`{"call_status":"ended","endCallCause":"404 Not Found","to":{"number":"84909985668"},"call_id":null}`: Unreachable,
	} {
		e, err := ParseEvent([]byte(body))
		if err != nil || e.End() != want {
			t.Errorf("%s: got %q %v, want %q", body, e.End(), err, want)
		}
	}
	for _, body := range []string{``, `[]`, `{}`, `{"type":"stringee_message","call_status":"ended"}`} {
		if _, err := ParseEvent([]byte(body)); !errors.Is(err, ErrEvent) {
			t.Errorf("%s: got %v, want ErrEvent", body, err)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(`{"type":"stringee_call","call_status":"ended","timestamp_ms":1538369461077,"to":{"number":"84909985668"},"answerDuration":0}`))
	f.Add([]byte(`{"call_status":1e400,"timestamp_ms":"99999999999999999999"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if e, err := ParseEvent(body); err == nil && (e.Status == "" || e.At.Year() > 9999) {
			t.Errorf("got %+v", e)
		}
		_, _ = ParseKey(body)
	})
}
