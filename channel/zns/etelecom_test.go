package zns_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/etelecom"
	"github.com/loa-project/loa/template"
)

func TestETelecomWebhook(t *testing.T) {
	t.Parallel()
	read := zns.ReadETelecom("4330911", func() time.Time { return noon })
	for body, want := range map[string]message.Receipt{
		`{"id":"1","tracking_id":"k","status":"P","delivery_status":"seen"}`:                                            {Key: "k", Fact: message.FactDelivered},
		`{"id":"1","tracking_id":"k","status":"P","delivery_status":"received","delivery_time":"2999-01-01T00:00:00Z"}`: {Key: "k", Fact: message.FactDelivered},
		`{"id":"1","tracking_id":"k","status":"N","error_code":-118}`:                                                   {Key: "k", Fact: message.FactFailed, Code: "-118", Class: provider.Recipient},
		`{"id":"1","tracking_id":"k","status":"N"}`:                                                                     {Key: "k", Fact: message.FactFailed, Code: "N", Class: provider.Unknown},
		`{"id":"1","tracking_id":"k","status":"P"}`:                                                                     {Key: "k", Fact: message.FactAccepted},
		`{"id":"1","tracking_id":"k","status":"Z"}`:                                                                     {Key: "k", Ignore: true},
		`{"id":"1","tracking_id":"k","oa_id":"5","status":"N"}`:                                                         {Key: "k", Fact: message.FactFailed, Code: "N", Class: provider.Unknown, Ignore: true},
		`{"id":"1","status":"N"}`:                                                                                       {Fact: message.FactFailed, Code: "N", Class: provider.Unknown, Ignore: true},
	} {
		got, err := read(nil, "", []byte(body))
		if err != nil || len(got) != 1 {
			t.Errorf("%s: got %+v %v", body, got, err)
			continue
		}
		g := got[0]
		if g.Key != want.Key || g.Fact != want.Fact || g.Code != want.Code || g.Class != want.Class || g.Ignore != want.Ignore || g.ProviderID != "" || !g.At.Equal(noon) {
			t.Errorf("%s: got %+v, want %+v at noon", body, g, want)
		}
	}
}

// TestETelecomModes sends beyond the quota only what Zalo lets through, and keeps the phone out of the raw answer.
func TestETelecomModes(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"PROMOTION":     `{"oa_id":"4330911","phone":"84901888484","sending_mode":"tag3","template_data":{"name":"An"},"template_id":214021,"tracking_id":"k"}`,
		"CUSTOMER_CARE": `{"oa_id":"4330911","phone":"84901888484","template_data":{"name":"An"},"template_id":214021,"tracking_id":"k"}`,
	} {
		var sent string
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			sent = string(raw)
			_, _ = io.WriteString(w, `{"id":"99","msg_id":"z1","status":"P","phone":"84901888484","fee_main":320}`)
		}))
		t.Cleanup(srv.Close)
		client, err := provider.HTTPClient(provider.HTTPOptions{})
		if err != nil {
			t.Fatal(err)
		}
		e := &zns.ETelecom{Client: &etelecom.Client{BaseURL: srv.URL + "/v1/shop", APIKey: "1:k", HTTP: client}, OAID: "4330911", SendingMode: "tag3", Now: func() time.Time { return noon }}
		m := &message.Outgoing{Key: "k", To: "+84901888484", Content: &template.Compiled{ZNS: &template.ZNSContent{TemplateID: "214021", Tag: tag, PriceVND: 300}}, Rendered: template.Rendered{ZNSParams: map[string]string{"name": "An"}}}
		out := e.Send(context.Background(), m)
		if sent != want || out.Class != message.OutcomeAccepted || out.ProviderID != "z1" || out.Price != 320 || out.Raw != `{"fee_main":320,"id":"99","msg_id":"z1","status":"P"}` {
			t.Errorf("%s: got %s and %+v, want %s", tag, sent, out, want)
		}
		_ = e.Close()
	}
}
