package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/loa-project/loa/simulator"
)

// TestAppSecretProof connects an OA whose app demands the proof of its secret with each call: without the switch every call is refused, with it ZNS and messages of the OA arrive.
func TestAppSecretProof(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		w, connection, _ := znsWorld(t, url, "zalo", quick(), nil)
		w.sim.ChangeZaloApp(simulator.DefaultAppID, func(a *simulator.ZaloApp) { a.NeedProof = true })
		test := func() string {
			t.Helper()
			var out struct {
				OK   bool
				Code string
			}
			if w.call("POST", fmt.Sprintf("/connections/%d/test", connection), nil, &out); out.OK {
				return "ok"
			}
			return out.Code
		}
		if got := test(); got != "-1241" {
			t.Errorf("test without the proof: got %s, want -1241", got)
		}
		form := zaloForm(w)
		form["zalo"].(object)["app_secret_proof"] = true
		form["zalo"].(object)["oa_url"] = w.sim.ZaloURL()
		form["secrets"] = object{"app_secret": ""}
		if status, code, _ := w.refused("PUT", fmt.Sprintf("/connections/%d", connection), form); status != 422 || code != "connection.invalid" {
			t.Errorf("the switch without a secret: got %d %s, want 422 connection.invalid", status, code)
		}
		form["secrets"] = object{"app_secret": simulator.DefaultAppSecret}
		w.call("PUT", fmt.Sprintf("/connections/%d", connection), form, nil)
		if got := test(); got != "ok" {
			t.Errorf("test with the proof: got %s, want ok", got)
		}
		w.znsPerson("0901230001")
		campaign := w.carried("zns", connection, w.znsTemplate(connection, "100003", "CUSTOMER_CARE", nil))
		if got := w.settled(campaign, 20*time.Second).Legs[0].Counts; got["delivered"] != 1 || got["failed"] != 0 {
			t.Errorf("ZNS: got %v, want one delivered", got)
		}
		w.says(reader)
		w.until("the person to be known by name", 0, func() bool {
			return w.number(`SELECT COUNT(*) FROM contact WHERE name = 'Lan' AND reach = 8`) == 1
		})
		campaign = w.oaCampaign("Tư vấn", "care", connection, w.oaTemplate("Chào", object{"text": "Chào bạn"}))
		w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign), nil, nil)
		if got := w.settled(campaign, 50*time.Millisecond).Legs[0].Counts; got["delivered"] != 1 || got["failed"] != 0 {
			t.Errorf("OA: got %v, want one delivered", got)
		}
		w.verified()
	})
}
