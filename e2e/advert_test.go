package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/simulator"
)

var advertForm = func(w *world) object {
	return object{"provider": "esms", "name": "eSMS quảng cáo", "concurrency": 4, "esms": object{"base_url": w.sim.ESMSURL(), "brandname": simulator.DefaultBrandname, "sms_type": "1", "price_per_part": 850},
		"secrets": object{"api_key": simulator.DefaultESMSKey, "secret_key": simulator.DefaultESMSSecret}}
}

const advertText = "[QC] LOASHOP giam 20% den 30/11. Tu choi: soan TC gui 1551"

// advertWorld has n people who agreed to adverts, with numbers that end in 0100 and up.
func advertWorld(t *testing.T, url string, b simulator.Behaviour, n int) (w *world, connection int64, hook string) {
	t.Helper()
	w = newWorld(t, url, simulator.Options{ESMS: b})
	w.found()
	var made struct {
		ID      int64
		HookURL string `json:"hook_url"`
	}
	w.call("POST", "/connections", advertForm(w), &made)
	if ok, code := w.tested(made.ID); !ok {
		t.Errorf("test of the connection: got %s, want ok", code)
	}
	for i := range n {
		w.allow(w.znsPerson(fmt.Sprintf("090123%04d", 1000+i)), "sms")
	}
	return w, made.ID, made.HookURL
}

func (w *world) smsTemplate(text string) int64 {
	w.t.Helper()
	return w.written("sms", "Quảng cáo", object{"text": text})
}

// TestAdverts sends adverts by SMS in batches: approved and told by polling alone, refused by the people who look at them, too few, and with an answer that is lost.
func TestAdverts(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		w, connection, _ := advertWorld(t, url, quick(), 33)
		w.allow(w.znsPerson("0901230002"), "sms") // fails at the carrier
		w.allow(w.znsPerson("0901230003"), "sms") // stays silent
		campaign := w.advert("sms", connection, w.smsTemplate(advertText))
		var got counts
		w.until("the batch to be told", 20*time.Second, func() bool {
			got = w.counts(campaign)
			return got.Dispatched && got.Waiting == 0 && got.Legs[0].Counts["delivered"] == 33 && got.Legs[0].Counts["failed"] == 1
		})
		if c := got.Legs[0].Counts; c["sent"] != 35 || c["processing"] != 1 || c["cost"] != 35*850 {
			t.Errorf("got %v, want 35 sent for 850 each, one of them silent", c)
		}
		if calls := batches(w); len(calls) != 1 || calls[0] != 35 {
			t.Errorf("batches: got %v, want one of 35", calls)
		}
		w.carrierWords(campaign)
		w.verified()

		// What such a connection cannot send is refused when the campaign is started.
		for text, want := range map[string]string{"[QC] Chao {{ contact.first_name }}, giam gia. Tu choi: TC gui 1551": "campaign.advert_personal"} {
			var out struct{ ID int64 }
			w.call("POST", "/campaigns", object{"name": "Riêng", "purpose": "marketing", "audience": object{"everyone": true}, "legs": []object{{"channel": "sms", "connection_id": connection, "template_id": w.smsTemplate(text)}}}, &out)
			if _, code, fields := w.refused("POST", fmt.Sprintf("/campaigns/%d/activate", out.ID), nil); code != "campaign.not_ready" || !slices.Contains(fields, want) {
				t.Errorf("%s: got %s %v, want %s", text, code, fields, want)
			}
		}
		var care struct{ ID int64 }
		w.call("POST", "/campaigns", object{"name": "Chăm sóc", "purpose": "care", "audience": object{"everyone": true}, "legs": []object{{"channel": "sms", "connection_id": connection, "template_id": w.smsTemplate("Cam on anh chi")}}}, &care)
		if _, _, fields := w.refused("POST", fmt.Sprintf("/campaigns/%d/activate", care.ID), nil); !slices.Contains(fields, "campaign.adverts_only") {
			t.Errorf("care over adverts: got %v, want campaign.adverts_only", fields)
		}
	})
}

// batches are the sizes of the batches that eSMS took, by their keys.
func batches(w *world) []int {
	sizes := map[string]int{}
	w.sim.Ledger().Each(func(r simulator.Record) bool {
		if r.Provider == "esms" && r.Outcome == "accepted" {
			key, _, _ := strings.Cut(r.Key, "#")
			sizes[key]++
		}
		return true
	})
	var out []int
	for _, n := range sizes {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// TestTooFewAdverts leaves people out whom no batch can be made of, after a wait for company.
func TestTooFewAdverts(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		w, connection, _ := advertWorld(t, url, quick(), 29)
		campaign := w.advert("sms", connection, w.smsTemplate(advertText))
		var got counts
		w.until("the wait for company to end", 20*time.Second, func() bool {
			got = w.counts(campaign)
			return got.Dispatched && got.Waiting == 0
		})
		if c := got.Legs[0].Counts; c["skipped"] != 29 || c["sent"] != 0 || len(batches(w)) != 0 {
			t.Errorf("got %v and batches %v, want all left out and none", c, batches(w))
		}
		w.verified()
	})
}

// TestLostAdverts finds a batch again whose answer was lost, by the gateway's list, and never sends it twice.
func TestLostAdverts(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		w, connection, _ := advertWorld(t, url, quick(), 31)
		w.allow(w.znsPerson("0901230004"), "sms") // the answer is dropped
		campaign := w.advert("sms", connection, w.smsTemplate(advertText))
		var got counts
		w.until("the lost batch to be found", 30*time.Second, func() bool {
			got = w.counts(campaign)
			return got.Dispatched && got.Waiting == 0 && got.Legs[0].Counts["delivered"] == 32
		})
		if c := got.Legs[0].Counts; c["unknown"] != 0 || c["sent"] != 32 || !slices.Equal(batches(w), []int{32}) {
			t.Errorf("got %v and batches %v, want one batch of 32", c, batches(w))
		}
		w.verified()
	})
}

// TestAdvertReports takes reports about numbers of a batch, twice and forged, and the refusal of a batch by those who look at it.
func TestAdvertReports(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		b := quick()
		b.CallbackCopies, b.Reorder, b.Forged = 1, true, 0.5
		w, connection, hook := advertWorld(t, url, b, 30)
		w.sim.SetAdverts(time.Second, true)
		campaign := w.advert("sms", connection, w.smsTemplate(advertText))
		began := w.clk.Now()
		w.until("the reports", 200*time.Millisecond, func() bool { return w.counts(campaign).Legs[0].Counts["delivered"] == 30 })
		if took := w.clk.Now().Sub(began); took > 10*time.Minute {
			t.Errorf("reports: it took %s, long enough to have asked", took)
		}
		lie := "?SMSID=f00&SendStatus=5&SendSuccess=0&SendFailed=1&TotalReceiver=1&TypeId=1&phonenumber=0901231000"
		if status, _ := w.send("GET", strings.TrimPrefix(hook, w.url)+"/ads"+lie, nil); status != http.StatusOK {
			t.Errorf("forged report: got %d", status)
		}
		if c := w.counts(campaign).Legs[0].Counts; c["delivered"] != 30 || c["failed"] != 0 {
			t.Errorf("after a forged report: got %v", c)
		}
		// Those who look at adverts refuse this one: nobody got it, nothing is paid for it.
		w.sim.SetAdverts(time.Minute, false)
		w.sim.RefuseAdverts("90%")
		refused := w.advert("sms", connection, w.smsTemplate("[QC] LOASHOP giam 90%. Tu choi: soan TC gui 1551"))
		w.until("the refusal", 20*time.Second, func() bool { return w.counts(refused).Legs[0].Counts["failed"] == 30 })
		w.carrierWords(refused)
		w.verified()
	})
}

// TestPortedNumber pays what the gateway charges for a number that was taken to another network, and reckons by the first digits for all others.
func TestPortedNumber(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		w := newWorld(t, url, simulator.Options{})
		w.found()
		if err := w.sim.AddBrandname(simulator.Brandname{Name: simulator.DefaultBrandname, Price: 850, Prices: map[int]int64{1: 700}}); err != nil {
			t.Fatal(err)
		}
		w.sim.PortNumber("84901230001", 1) // from MobiFone to Viettel
		w.znsPerson("0901230001")
		w.znsPerson("0901230101")
		connection, _ := w.carrier(&carrier{channel: "sms", provider: "esms", form: esmsForm})
		campaign := w.carried("sms", connection, w.smsTemplate("Cam on anh chi da mua hang."))
		got := w.settled(campaign, time.Second)
		if c := got.Legs[0].Counts; c["delivered"] != 2 || c["cost"] != 850+700 {
			t.Errorf("got %v, want two delivered for 850 and 700", c)
		}
		w.verified()
	})
}

// TestAdvertPrices reckons adverts by network and parts as the gateway bills them.
func TestAdvertPrices(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		w, connection, _ := advertWorld(t, url, quick(), 20) // MobiFone
		for i := range 15 {
			w.allow(w.znsPerson(fmt.Sprintf("097123%04d", 1000+i)), "sms") // Viettel
		}
		if err := w.sim.AddBrandname(simulator.Brandname{Name: simulator.DefaultBrandname, Adverts: true, Price: 820, Prices: map[int]int64{1: 690}}); err != nil {
			t.Fatal(err)
		}
		for network, vnd := range map[string]int{"": 820, "viettel": 690} {
			w.call("POST", fmt.Sprintf("/connections/%d/prices", connection), object{"network": network, "per": "part", "vnd": vnd}, nil)
		}
		text := "[QC] LOASHOP giam 20% cho tat ca san pham tu ngay 21/11 den het ngay 30/11 tai moi cua hang. Mang theo tin nhan nay de nhan them mot phan qua. Chi tiet goi 1900000000. Tu choi: soan TC gui 1551"
		campaign := w.advert("sms", connection, w.smsTemplate(text))
		var got counts
		w.until("the batch to be told", 20*time.Second, func() bool {
			got = w.counts(campaign)
			return got.Dispatched && got.Waiting == 0 && got.Legs[0].Counts["delivered"] == 35
		})
		want := int64(2 * (20*820 + 15*690)) // two parts each
		if c, bill := got.Legs[0].Counts["cost"], w.sim.Ledger().Summary()["esms"].BillVND; c != want || bill != want {
			t.Errorf("got %d reckoned and %d billed, want %d", c, bill, want)
		}
		w.verified()
	})
}
