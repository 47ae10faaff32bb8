package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/loa-project/loa/simulator"
)

// TestZaloOALookUp leaves messages of an OA without a receipt, to people who told the OA their phone number: the host of ZNS, which knows nothing of them, is never asked.
func TestZaloOALookUp(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		w := newWorld(t, url, simulator.Options{Zalo: quick(), NoMagic: true})
		w.found()
		oa, _ := w.oa()
		for i, id := range []string{silent, lost} {
			w.does(simulator.ZaloAct{ID: id, Do: "submit", Text: fmt.Sprintf("8490111222%d", i), Name: "Lan"})
		}
		w.until("both with their numbers", 0, func() bool { return w.number(`SELECT COUNT(*) FROM contact WHERE phone LIKE '+849011122%'`) == 2 })
		campaign := w.oaCampaign("Tư vấn", "care", oa, w.oaTemplate("Chào", object{"text": "Chào bạn"}))
		w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign), nil, nil)
		want := map[string]int64{"total": 2, "sent": 2, "processing": 1, "unknown": 1, "delivered": 0, "failed": 0}
		w.comes(campaign, want)
		for range 12 {
			w.clk.Advance(15 * time.Minute)
			<-time.After(100 * time.Millisecond)
		}
		w.comes(campaign, want)
		if n := w.sim.ZaloStatusCalls(); n != 0 {
			t.Errorf("the host of ZNS was asked %d times about messages of the OA, want never", n)
		}
	})
}
