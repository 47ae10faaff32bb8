package zalo_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/simulator"
)

var noon = time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)

func simulated(t testing.TB, o simulator.Options) (*simulator.Server, *zalo.Client) {
	t.Helper()
	if o.Clock == nil {
		o.Clock = clock.NewSimulated(noon, 0)
	}
	o.HTTPAddr, o.SMTPAddr = "127.0.0.1:0", "off"
	s := simulator.New(o)
	if err := s.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return s, &zalo.Client{BaseURL: s.ZaloURL(), OAuthURL: s.ZaloOAuthURL(), HTTP: h}
}

func message(phone, key string) *zalo.Send {
	return &zalo.Send{Phone: phone, TemplateID: "100001", TrackingID: key, TemplateData: map[string]string{"customer_name": "Nguyễn Văn An", "order_code": "DH0001", "amount": "1250000"}}
}

// TestSimulator lets the client and the simulator, which were written apart from the same pages, meet.
func TestSimulator(t *testing.T) {
	t.Parallel()
	events := make(chan zalo.Event, 16)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !zalo.VerifySignature(simulator.DefaultAppID, simulator.DefaultWebhookSecret, body, r.Header.Get(zalo.SignatureHeader)) {
			t.Error("the simulator's signature was refused")
		}
		e, err := zalo.ParseEvent(body)
		if err != nil {
			t.Error(err)
		}
		events <- e
	}))
	t.Cleanup(hook.Close)
	s, c := simulated(t, simulator.Options{Clock: clock.System(), ZaloWebhookURL: hook.URL, Zalo: func() simulator.Behaviour {
		b := simulator.DefaultBehaviour()
		b.ReceiptMinMS, b.ReceiptMaxMS = 1, 2
		return b
	}()})
	ctx, token := context.Background(), simulator.DefaultAccessToken
	sent, err := c.SendTemplate(ctx, token, message("84900000001", "m-1"))
	if err != nil || sent.MessageID == "" || sent.Remaining < 0 || sent.DailyQuota <= sent.Remaining {
		t.Fatalf("got %+v, %v, want an id and the quota", sent, err)
	}
	if e := <-events; e.Name != "user_received_message" || e.TrackingID != "m-1" || e.MessageID != sent.MessageID || e.Recipient != "84900000001" || e.DeliveryTime == 0 {
		t.Errorf("got %+v, want the receipt of m-1", e)
	}
	if st, err := c.MessageStatus(ctx, token, sent.MessageID, "84900000001"); err != nil || st.Status != 1 || st.DeliveryTime == 0 {
		t.Errorf("got %+v, %v, want delivered", st, err)
	}
	if q, err := c.Quota(ctx, token); err != nil || q.Daily.Int() != sent.DailyQuota {
		t.Errorf("got %+v, %v, want %d a day", q, err, sent.DailyQuota)
	}
	if tags, err := c.Tags(ctx, token); err != nil || len(tags) == 0 {
		t.Errorf("got %v, %v, want tags", tags, err)
	}
	list, err := c.TemplateList(ctx, token, 0, 100)
	if err != nil || len(list) == 0 {
		t.Fatalf("got %v, %v, want templates", list, err)
	}
	info, err := c.TemplateInfo(ctx, token, "100001")
	if err != nil || len(info.Params) == 0 || info.PriceSDT == 0 || info.Timeout == 0 {
		t.Errorf("got %+v, %v, want parameters, price and time-out", info, err)
	}
	sampleData, err := c.TemplateSampleData(ctx, token, "100001")
	if err != nil || len(sampleData) != len(info.Params) {
		t.Errorf("got %v, %v, want a value for each of %d parameters", sampleData, err, len(info.Params))
	}
	for phone, want := range map[string]provider.Class{"84900000118": provider.Recipient, "84900000006": provider.RateLimited, "84900000408": provider.Unknown, "84900000141": provider.Recipient, "12": provider.Recipient} {
		_, err := c.SendTemplate(ctx, token, message(phone, "k"+phone))
		e, ok := errors.AsType[*provider.Error](err)
		if !ok || e.Class != want || e.Suppress != (phone == "84900000141") {
			t.Errorf("%s: got %+v, want %s", phone, err, want)
		}
	}
	if _, err := c.SendTemplate(ctx, "wrong", message("84900000001", "m-2")); provider.ClassOf(err) != provider.Auth {
		t.Errorf("wrong token: got %v, want auth", err)
	}
	if n := s.Ledger().Count("zalo", "accepted"); n != 2 {
		t.Errorf("got %d accepted, want 2: the good one and the one whose answer was dropped", n)
	}
	for _, odd := range simulator.OddAnswers {
		if odd == "trickle" {
			continue // takes a real second a byte
		}
		b := simulator.DefaultBehaviour()
		b.OddAnswer, b.OddShare = odd, 1
		s.SetBehaviour("zalo", b)
		if _, err := c.SendTemplate(ctx, token, message("84912345678", "odd-"+odd)); provider.ClassOf(err) != provider.Unknown {
			t.Errorf("%s: got %v, want unknown", odd, err)
		}
		if got := len(s.Ledger().ByKey("zalo", "odd-"+odd)); got != 1 {
			t.Errorf("%s: got %d copies, want 1", odd, got)
		}
	}
}

func TestSimulatorOAuth(t *testing.T) {
	t.Parallel()
	_, c := simulated(t, simulator.Options{})
	ctx := context.Background()
	tokens, err := c.Refresh(ctx, simulator.DefaultAppID, simulator.DefaultAppSecret, simulator.DefaultRefreshToken)
	if err != nil || tokens.Access == "" || tokens.Refresh == "" || tokens.ExpiresIn != 25*time.Hour {
		t.Fatalf("got %+v, %v, want a new pair for 25 h", tokens, err)
	}
	if _, err := c.Quota(ctx, simulator.DefaultAccessToken); provider.ClassOf(err) != provider.Auth {
		t.Errorf("old token: got %v, want auth", err)
	}
	if _, err := c.Quota(ctx, tokens.Access); err != nil {
		t.Errorf("new token: %v", err)
	}
	_, err = c.Refresh(ctx, simulator.DefaultAppID, simulator.DefaultAppSecret, simulator.DefaultRefreshToken)
	if e, ok := errors.AsType[*provider.Error](err); !ok || e.Class != provider.Auth || e.Code != "-14014" {
		t.Errorf("second use of a refresh token: got %v, want -14014", err)
	}
	if _, err := c.Refresh(ctx, simulator.DefaultAppID, "wrong", tokens.Refresh); provider.ClassOf(err) != provider.Auth {
		t.Errorf("wrong secret: got %v, want auth", err)
	}
}

// BenchmarkSimulator sends through the client to the simulator on the same cores.
func BenchmarkSimulator(b *testing.B) {
	behave := simulator.DefaultBehaviour()
	behave.ReceiptsOff = true
	_, c := simulated(b, simulator.Options{Clock: clock.System(), NoMagic: true, Zalo: behave})
	b.ReportAllocs()
	b.SetParallelism(32)
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		m := message("", "")
		for pb.Next() {
			i := n.Add(1)
			m.Phone, m.TrackingID = fmt.Sprintf("849%08d", i), fmt.Sprintf("m-%d", i)
			if _, err := c.SendTemplate(context.Background(), simulator.DefaultAccessToken, m); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}
