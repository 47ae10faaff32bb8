package sms_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loa-project/loa/channel/sms"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/esms"
	"github.com/loa-project/loa/template"
)

// gateway answers by the end of the path, counts calls, and keeps the last body of each path.
type gateway struct {
	mu      sync.Mutex
	answers map[string]string
	calls   map[string]int
	bodies  map[string]string
}

func adverts(t *testing.T, now *time.Time, answers map[string]string) (*sms.ESMSAdverts, *gateway) {
	t.Helper()
	g := &gateway{answers: answers, calls: map[string]int{}, bodies: map[string]string{}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.Trim(r.URL.Path, "/")
		raw, _ := io.ReadAll(r.Body)
		g.mu.Lock()
		g.calls[path]++
		g.bodies[path] = string(raw)
		answer := g.answers[path]
		g.mu.Unlock()
		if answer == "" { // the answer is lost
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(srv.Close)
	h, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	return &sms.ESMSAdverts{Client: &esms.Client{BaseURL: srv.URL, APIKey: "k", SecretKey: "s", HTTP: h}, Brandname: "LOASHOP", PricePerPart: 850, HookURL: "https://loa.example/hooks/esms/x", Now: func() time.Time { return *now }}, g
}

// say sets the answer of a path, seen how often it was asked.
func (g *gateway) say(path, answer string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers[path] = answer
}

func (g *gateway) seen(path string) (calls int, body string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls[path], g.bodies[path]
}

func outgoing(n int) []*message.Outgoing {
	content := &template.Compiled{SMS: &template.SMSContent{Text: "[QC] x"}}
	var out []*message.Outgoing
	for i := range n {
		out = append(out, &message.Outgoing{Key: fmt.Sprintf("w1l%da1k00112233%02d", 100+i, i), Leg: int64(100 + i), To: fmt.Sprintf("+849012310%02d", i), Content: content, Rendered: template.Rendered{Text: "[QC] x"}})
	}
	return out
}

// TestAdvertBatch names a batch by its first message, and gives each of its people a reference without the number.
func TestAdvertBatch(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	now := time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)
	s, g := adverts(t, &now, map[string]string{"SendMultipleSMSBrandname_json": `{"CodeResult":"100","SMSID":"d5"}`, "GetSendStatus": `{"CodeResponse":"100","SMSID":"d5","SendStatus":7}`,
		"GetSmsReceiverStatus_get": `{"CodeResult":"100","ReceiverList":[{"Phone":"0901231000","IsSent":true,"SentResult":true},{"Phone":"0901231001","IsSent":true,"SentResult":false},{"Phone":"0901231002","IsSent":false}]}`})
	ms := outgoing(30)
	outs := s.SendBatch(ctx, ms)
	var in struct {
		RequestID string `json:"RequestId"`
		Campaign  string `json:"campaignid"`
		Callback  string `json:"CallbackUrl"`
		Phones    []string
	}
	_, body := g.seen("SendMultipleSMSBrandname_json")
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		t.Fatal(err)
	}
	if in.RequestID != ms[0].Key || in.Campaign != "loa "+ms[0].Key+" 100-129" || in.Callback != "https://loa.example/hooks/esms/x/ads" || len(in.Phones) != 30 {
		t.Errorf("request: got %+v", in)
	}
	seen := map[string]bool{}
	for i, o := range outs {
		if o.Class != message.OutcomeAccepted || !strings.HasPrefix(o.ProviderID, "d5/") || strings.Contains(o.ProviderID, "90123") || o.Price != 850 || seen[o.ProviderID] {
			t.Errorf("outcome %d: got %+v", i, o)
		}
		seen[o.ProviderID] = true
	}
	for i, want := range []struct {
		found bool
		fact  message.Fact
	}{{true, message.FactDelivered}, {true, message.FactFailed}, {false, 0}, {false, 0}} {
		r, found, err := s.Look(ctx, ms[i].Key, outs[i].ProviderID, ms[i].To)
		if err != nil || found != want.found || found && r.Fact != want.fact {
			t.Errorf("look at %d: got %v %+v %v, want %+v", i, found, r, err, want)
		}
	}
	for _, path := range []string{"GetSendStatus", "GetSmsReceiverStatus_get"} {
		if n, _ := g.seen(path); n != 1 {
			t.Errorf("%s: got %d calls, want one for everybody", path, n)
		}
	}
	now = now.Add(2 * time.Minute)
	g.say("GetSendStatus", `{"CodeResponse":"100","SMSID":"d5","SendStatus":4}`)
	if r, found, err := s.Look(ctx, ms[3].Key, outs[3].ProviderID, ms[3].To); err != nil || !found || r.Fact != message.FactFailed || r.Code == "" {
		t.Errorf("refused batch: got %v %+v %v, want a failure with a code", found, r, err)
	}
}

// TestAdvertLost finds the people of a batch whose answer was lost, also when nothing of the call was written down, and guesses nothing.
func TestAdvertLost(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	now := time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)
	s, g := adverts(t, &now, map[string]string{})
	ms := outgoing(30)
	outs := s.SendBatch(ctx, ms)
	if outs[7].Class != provider.Unknown || outs[7].ProviderID != "?"+ms[0].Key {
		t.Fatalf("lost answer: got %+v, want unknown under the batch's key", outs[7])
	}
	row := func(phone, label string, result int) string {
		return fmt.Sprintf(`{"ReferenceId":"d5","Phone":"%s","Campaign":"%s","SendResult":%d,"SendStatus":5,"SmsType":1}`, phone, label, result)
	}
	label := "loa " + ms[0].Key + " 100-129"
	g.say("GetSmsSentData_V2", `{"CodeResult":"100","CountTotal":6,"SentData":[`+strings.Join([]string{row("0901231007", label, 1), row("0901231008", label, 2), row("0901231009", "loa w1l900a1kff 900-950", 1),
		row("0901231010", "thang 7", 1), row("0901231011", label, 1), row("0901231011", "loa w1l90a1kff 90-140", 1)}, ",")+`]}`)
	for i, want := range map[int]struct {
		found bool
		fact  message.Fact
	}{7: {true, message.FactDelivered}, 8: {true, message.FactAccepted}, 9: {}, 10: {}, 11: {true, message.FactDelivered}} {
		r, found, err := s.Look(ctx, ms[i].Key, outs[i].ProviderID, ms[i].To)
		if err != nil || found != want.found || found && r.Fact != want.fact {
			t.Errorf("by the batch's key, %d: got %v %+v %v, want %+v", i, found, r, err, want)
		}
	}
	for i, want := range map[int]bool{7: true, 9: false, 10: false, 11: false} { // two that fit are none
		if _, found, err := s.Look(ctx, ms[i].Key, "", ms[i].To); err != nil || found != want {
			t.Errorf("by our key alone, %d: got %v %v, want %v", i, found, err, want)
		}
	}
	if _, found, err := s.Look(ctx, "w2l107a1kff", "", ms[7].To); err != nil || found {
		t.Errorf("another workspace: got %v %v, want nothing", found, err)
	}
	if n, _ := g.seen("GetSmsSentData_V2"); n != 1 {
		t.Errorf("the list was read %d times, want once", n)
	}
}
