package stringee_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/stringee"
	"github.com/loa-project/loa/simulator"
)

// told is one request that the simulator made to us.
type told struct {
	path   string
	signed bool
	body   []byte
}

// listen takes what the simulator posts. A key is answered with a farewell.
func listen(t *testing.T) (string, chan told) {
	t.Helper()
	heard := make(chan told, 64)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		heard <- told{r.URL.Path, stringee.Signed(simulator.DefaultStringeeSigning, r.Header.Get(stringee.SignatureHeader), body), body}
		if r.URL.Path == "/key" {
			_, _ = io.WriteString(w, `[{"action":"talk","text":"Tạm biệt"}]`)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL, heard
}

// TestSimulator lets the client and the simulator, which were written apart from the same pages, meet: tokens, refusals, events, keys and the log.
func TestSimulator(t *testing.T) {
	t.Parallel()
	hook, heard := listen(t)
	behave := simulator.DefaultBehaviour()
	behave.ReceiptMinMS, behave.ReceiptMaxMS = 4, 8
	clk := clock.NewSimulated(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), 200) // a call of half a minute takes a moment
	s := simulator.New(simulator.Options{Clock: clk, HTTPAddr: "127.0.0.1:0", SMTPAddr: "off", Stringee: behave})
	if err := s.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.SetStringeeWebhook(hook + "/event")
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	c := &stringee.Client{BaseURL: s.StringeeURL(), KeySID: simulator.DefaultStringeeSID, Secret: simulator.DefaultStringeeSecret, HTTP: h, Now: clk.Now}
	ctx := context.Background()
	call := func(to string) *stringee.Call {
		return &stringee.Call{From: simulator.DefaultStringeeNumber, To: to, Actions: []stringee.Action{{Action: "talk", Text: "Chào"}, {Action: "input", EventURL: hook + "/key", TimeoutSecond: 5}}}
	}
	placed, err := c.Place(ctx, call("+84901230011"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for len(seen) < 6 {
		x := <-heard
		if !x.signed {
			t.Errorf("%s: not signed: %s", x.path, x.body)
		}
		if x.path == "/key" {
			k, err := stringee.ParseKey(x.body)
			if err != nil || k.Digits != "1" || k.CallID != placed.CallID {
				t.Errorf("key: got %+v %v, want 1 of %s", k, err, placed.CallID)
			}
			seen["key"] = true
			continue
		}
		e, err := stringee.ParseEvent(x.body)
		if err != nil || e.CallID != placed.CallID || e.To != "84901230011" || e.From != simulator.DefaultStringeeNumber {
			t.Fatalf("event: got %+v %v", e, err)
		}
		if e.Status == "ended" && e.End() != stringee.Answered {
			t.Errorf("end: got %s, want answered", e.End())
		}
		seen[e.Status] = true
	}
	if heard := s.StringeeHeard("+84901230011"); len(heard) != 2 || heard[1] != "Tạm biệt" {
		t.Errorf("heard: got %q, want the reply to the key, too", heard)
	}
	refusals(ctx, t, s, c, call)
	log, err := c.Log(ctx, 10)
	if err != nil || len(log) != 1 || log[0].CallID != placed.CallID || log[0].AnswerSeconds < 5 || log[0].Stopped.IsZero() {
		t.Errorf("log: got %+v %v, want the one call", log, err)
	}
	if sum := s.Ledger().Summary()["stringee"]; sum.Accepted != 1 || sum.Delivered != 1 || sum.BillVND != 400 {
		t.Errorf("ledger: got %+v, want one answered call on the bill", sum)
	}
}

func refusals(ctx context.Context, t *testing.T, s *simulator.Server, c *stringee.Client, call func(string) *stringee.Call) {
	t.Helper()
	foreign := call("+84901230001")
	foreign.From = "842471009999"
	wrong, old := *c, *c
	wrong.Secret = "guessed"
	old.Now = func() time.Time { return c.Now().Add(-2 * time.Hour) }
	s.Force(simulator.Force{Provider: "stringee", Code: "12"})
	for _, x := range []struct {
		name   string
		client *stringee.Client
		call   *stringee.Call
		class  provider.Class
	}{
		{"forced", c, call("+84901230001"), provider.Content},
		{"another's number", c, foreign, provider.Content},
		{"no number", c, call("+8490"), provider.Content},
		{"refused person", c, call("+84901230002"), provider.Content},
		{"too fast", c, call("+84901230006"), provider.RateLimited},
		{"wrong secret", &wrong, call("+84901230001"), provider.Auth},
		{"old token", &old, call("+84901230001"), provider.Auth},
	} {
		if _, err := x.client.Place(ctx, x.call); provider.ClassOf(err) != x.class {
			t.Errorf("%s: got %v, want class %s", x.name, err, x.class)
		}
	}
}
