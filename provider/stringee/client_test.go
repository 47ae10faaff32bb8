package stringee

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/internal/wiretest"
	"github.com/loa-project/loa/provider"
)

var at = time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)

// client is a client of the server at base.
func client(t *testing.T, base string) *Client {
	t.Helper()
	h, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	return &Client{BaseURL: base, KeySID: "SKx", Secret: "geheim", HTTP: h, Now: func() time.Time { return at }}
}

func script() *Call {
	no := false
	return &Call{From: "+842471000000", To: "+84901888484", Actions: []Action{
		{Action: "talk", Text: "Xin chào anh An", Voice: "hatieumai", Speed: -1, BargeIn: true, Loop: 2},
		{Action: "input", EventURL: "https://loa.example/hooks/stringee/t/k", SubmitOnHash: &no, TimeoutSecond: 15, MaxDigits: 1},
	}}
}

// TestGoldenRequests compares every call with its recorded bytes.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	w := wiretest.New(t, `{"r":0,"message":"Success","call_id":"call-vn-1-X"}`)
	c := client(t, w.URL)
	// Header and payload as documented; the MAC was computed with openssl. The file shows it masked, so it is right there when the file is.
	const token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImN0eSI6InN0cmluZ2VlLWFwaTt2PTEifQ.eyJqdGkiOiJTS3gtMTc5NTIyNjQwMCIsImlzcyI6IlNLeCIsImV4cCI6MTc5NTIzMDAwMCwicmVzdF9hcGkiOnRydWV9._H-D1nf2tpPHQ_2TrHntACcAYaQaukaGS_YDjl5HAT4"
	placed, err := c.Place(context.Background(), script())
	if err != nil || placed.CallID != "call-vn-1-X" {
		t.Fatalf("got %+v %v, want the call's id", placed, err)
	}
	w.Golden("callout", `developer.stringee.com, Make outbound call, with a script of Stringee Call Control Object (SCCO)`, token)
	w.Answer(`{"r":0,"data":{"calls":[{"id":"call-vn-1-X","from_number":"842471000000","to_number":"84901888484","created":1795226400,"start_time":1795226400123,"answer_time":1795226410000,"stop_time":1795226431000,"answer_duration":21,"amount":0},
		{"id":"call-vn-1-Y","from_number":842471000000,"to_number":"84901888485","start_time":"1795226400123","answer_time":0,"stop_time":0,"answer_duration":0},{"uuid":"x"}],"totalCalls":3}}`)
	got, err := c.Log(context.Background(), 50)
	if err != nil {
		t.Fatal(err)
	}
	w.Golden("log", "developer.stringee.com, Call REST API: call log", token)
	if d := cmp.Diff([]Logged{{CallID: "call-vn-1-X", From: "842471000000", To: "84901888484", Created: at, AnswerSeconds: 21, Answered: at.Add(10 * time.Second), Stopped: at.Add(31 * time.Second)},
		{CallID: "call-vn-1-Y", From: "842471000000", To: "84901888485", Created: at.Add(123 * time.Millisecond)}}, got); d != "" {
		t.Errorf("log (-want +got):\n%s", d)
	}
}

func TestAnswersAreClassified(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		class  provider.Class
	}{
		{200, `{"r":0,"call_id":"x"}`, ""},
		{200, `{"r":0}`, provider.Unknown},
		{200, `{"r":7,"message":"number is not allowed"}`, provider.Content},
		{200, `{}`, provider.Unknown},
		{200, `<html>`, provider.Unknown},
		{401, ``, provider.Auth},
		{429, ``, provider.RateLimited},
		{502, ``, provider.Unknown},
	} {
		w := wiretest.New(t, "")
		w.Script(strconv.Itoa(c.status) + " " + c.body)
		_, err := client(t, w.URL).Place(context.Background(), script())
		if got := provider.ClassOf(err); got != c.class {
			t.Errorf("%d %q: got class %q, want %q", c.status, c.body, got, c.class)
		}
	}
	_, err := (&Client{}).Place(context.Background(), &Call{})
	if e, ok := errors.AsType[*provider.Error](err); !ok || !e.Unasked {
		t.Errorf("an empty call: got %v, want a refusal of ours", err)
	}
}

// TestSignatures are vectors of "Validating requests are coming from Stringee", computed twice.
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
	f.Add([]byte(`{"time":"1530870073736","dtmf":"1","call_id":"call-vn-1-Y8JUX5TVSZ-1530721745779","customField":"","timeout":false}`))
	f.Add([]byte(`{"call_status":1e400,"timestamp_ms":"99999999999999999999"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if e, err := ParseEvent(body); err == nil && (e.Status == "" || e.At.Year() > 9999) {
			t.Errorf("got %+v", e)
		}
		if k, err := ParseKey(body); err == nil && k.CallID == "" && k.Digits == "" && !k.Timeout {
			t.Errorf("got %+v", k)
		}
	})
}

func FuzzLog(f *testing.F) {
	f.Add("1795226400")
	f.Add("99999999999999999999")
	f.Fuzz(func(t *testing.T, text string) {
		if got := moment(text); got.Year() > 9999 {
			t.Errorf("%q: got %s", text, got)
		}
	})
}

func TestCauses(t *testing.T) {
	t.Parallel()
	for code, c := range Causes {
		if c.Class == "" || c.VI == "" || c.EN == "" || c.AdviceVI == "" || c.AdviceEN == "" {
			t.Errorf("%s: got %+v, want every field", code, c)
		}
	}
	if c := Explain("7"); c.Class != provider.Content || c.VI == "" {
		t.Errorf("r 7: got %+v, want a refusal", c)
	}
}
