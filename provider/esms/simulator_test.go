package esms_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/esms"
	"github.com/loa-project/loa/simulator"
)

// TestSimulator lets the client and the simulator, which were written apart from the same pages, meet.
func TestSimulator(t *testing.T) {
	t.Parallel()
	reports := make(chan esms.Callback, 16)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c, err := esms.ParseCallback(r.URL.Query())
		if err != nil {
			t.Errorf("%v: %s", err, r.URL.RawQuery)
		}
		reports <- c
	}))
	t.Cleanup(hook.Close)
	behave := simulator.DefaultBehaviour()
	behave.ReceiptMinMS, behave.ReceiptMaxMS = 1, 2
	s := simulator.New(simulator.Options{Clock: clock.System(), HTTPAddr: "127.0.0.1:0", SMTPAddr: "off", ESMS: behave})
	if err := s.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	c := &esms.Client{BaseURL: s.ESMSURL(), APIKey: simulator.DefaultESMSKey, SecretKey: simulator.DefaultESMSSecret, HTTP: h}
	ctx, started := context.Background(), time.Now()
	sms := func(phone, key string) *esms.SMS {
		return &esms.SMS{Phone: phone, Content: "Ma cua ban la 1234", Brandname: simulator.DefaultBrandname, RequestID: key, CallbackURL: hook.URL + "/" + key}
	}
	sent, err := c.Send(ctx, sms("+84900000001", "m-1"))
	if err != nil || sent.SMSID == "" || sent.Duplicate {
		t.Fatalf("got %+v, %v, want an id", sent, err)
	}
	again, err := c.Send(ctx, sms("+84900000001", "m-1"))
	if err != nil || !again.Duplicate {
		t.Errorf("got %+v, %v, want a duplicate", again, err)
	}
	for {
		r := <-reports
		if r.SMSID != sent.SMSID {
			t.Errorf("got a report for %s, want %s", r.SMSID, sent.SMSID)
		}
		if r.Delivered() {
			break
		}
	}
	if st, err := c.Status(ctx, sent.SMSID); err != nil || !st.Delivered() || st.Price == 0 {
		t.Errorf("got %+v, %v, want delivered and a price", st, err)
	}
	if _, err := c.Status(ctx, "nothing"); provider.ClassOf(err) != provider.Temporary {
		t.Errorf("unknown id: got %v, want temporary", err)
	}
	rows, total, err := c.Listing(ctx, esms.CareSMS, started.Add(-time.Hour), started.Add(time.Hour), 1, 100)
	if err != nil || total != 1 || len(rows) != 1 || rows[0].SMSID != sent.SMSID || rows[0].SentTime.Sub(started).Abs() > time.Minute {
		t.Errorf("got %+v, %d, %v, want one row", rows, total, err)
	}
	if b, err := c.Balance(ctx); err != nil || b <= 0 {
		t.Errorf("got %v, %v, want money", b, err)
	}
	names, err := c.Brandnames(ctx)
	if err != nil || len(names) == 0 {
		t.Errorf("got %v, %v, want brandnames", names, err)
	}
	for phone, want := range map[string]provider.Class{"0900000002": provider.Recipient, "0900000006": provider.RateLimited, "0900000004": provider.Unknown} {
		_, err := c.Send(ctx, sms(phone, "k"+phone))
		if e, ok := errors.AsType[*provider.Error](err); !ok || e.Class != want {
			t.Errorf("%s: got %v, want %s", phone, err, want)
		}
	}
	if lost, err := c.Send(ctx, sms("0900000004", "k0900000004")); err != nil || !lost.Duplicate {
		t.Errorf("the same key after a lost answer: got %+v, %v, want a duplicate", lost, err)
	}
	for i, bad := range []*esms.Client{{BaseURL: c.BaseURL, APIKey: "wrong", HTTP: h}, {BaseURL: s.URL() + "/nowhere", HTTP: h}} {
		if _, err := bad.Send(ctx, sms("0900000001", fmt.Sprint("b", i))); provider.ClassOf(err) != provider.Auth {
			t.Errorf("wrong settings %d: got %v, want auth", i, err)
		}
	}
	wrong := sms("0900000001", "brand")
	wrong.Brandname = "NOBODY"
	if _, err := c.Send(ctx, wrong); provider.ClassOf(err) != provider.Auth {
		t.Errorf("wrong brandname: got %v, want auth", err)
	}
	for _, r := range s.Ledger().Duplicates() {
		t.Errorf("accepted twice: %+v", r)
	}
}
