package simulator_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/loa-project/loa/simulator"
)

func TestOddAnswers(t *testing.T) {
	t.Parallel()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(client.CloseIdleConnections)
	for i, how := range simulator.OddAnswers {
		if how == "trickle" {
			continue // takes its time by nature
		}
		b := simulator.DefaultBehaviour()
		b.OddAnswer, b.OddShare = how, 1
		s, _ := start(t, simulator.Options{Zalo: b, ESMS: b})
		key := fmt.Sprint("odd", i)
		for _, c := range [][2]string{
			{s.ZaloURL() + "/message/template", `{"phone":"84901234567","template_id":"100003","template_data":{"customer_name":"An"},"tracking_id":"` + key + `"}`},
			{s.ESMSURL() + "/SendMultipleMessage_V4_post_json/", `{"ApiKey":"sim-esms-key","SecretKey":"sim-esms-secret","Phone":"0901234567","Content":"a","Brandname":"LOASHOP","SmsType":"2","RequestId":"` + key + `"}`},
		} {
			req, _ := http.NewRequest(http.MethodPost, c[0], strings.NewReader(c[1]))
			req.Header.Set("access_token", simulator.DefaultAccessToken)
			res, err := client.Do(req)
			if err != nil {
				t.Fatalf("%s: %v", how, err)
			}
			raw, _ := io.ReadAll(res.Body)
			res.Body.Close()
			want := 200
			switch how {
			case "redirect":
				want = 307
			case "error500":
				want = 500
			}
			if res.StatusCode != want || strings.Contains(string(raw), "msg_id") || strings.Contains(string(raw), "SMSID") || how == "huge" && len(raw) < 5<<20 {
				t.Errorf("%s: got %d with %d bytes %.60q", how, res.StatusCode, len(raw), raw)
			}
		}
		for _, p := range []string{"zalo", "esms"} {
			if r := s.Ledger().ByKey(p, key); len(r) != 1 || r[0].Outcome != "accepted" {
				t.Errorf("%s: %s ledger has %+v, want one accepted", how, p, r)
			}
		}
	}
}

func TestOutageAndStages(t *testing.T) {
	t.Parallel()
	stages := make(chan string, 20)
	s, _ := start(t, simulator.Options{OnStage: func(p, stage, key string) { stages <- p + " " + stage + " " + key }})
	down := simulator.DefaultBehaviour()
	down.Outage = true
	for _, p := range []string{"zalo", "esms", "smtp"} {
		s.SetBehaviour(p, down)
	}
	if _, out := zns(t, s, "84901234567", "a"); out["lost"] == nil {
		t.Errorf("zalo: got %v, want a lost connection", out)
	}
	if out := sms(t, s, "0901234567", "a", ""); out["lost"] == nil {
		t.Errorf("esms: got %v, want a lost connection", out)
	}
	if err := sendMail(t, s, "an@x.example", "a", ""); err == nil {
		t.Error("smtp: got acceptance, want a lost connection")
	}
	if n := s.Ledger().Count("", ""); n != 0 {
		t.Errorf("got %d records, want none", n)
	}
	for _, p := range []string{"zalo", "esms", "smtp"} {
		s.SetBehaviour(p, simulator.DefaultBehaviour())
	}
	zns(t, s, "84901234567", "b")
	sms(t, s, "0901234567", "c", "")
	if err := sendMail(t, s, "an@x.example", "d", ""); err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 8 {
		got = append(got, <-stages)
	}
	want := "zalo arrived b, zalo accepted b, zalo answered b, esms arrived c, esms accepted c, esms answered c, smtp arrived d@loa.example, smtp accepted d@loa.example"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ", "), want)
	}
}
