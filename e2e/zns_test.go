package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/simulator"
)

// bothStores runs a story on SQLite and on PostgreSQL.
func bothStores(t *testing.T, story func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); story(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); story(t, dbtest.PostgresURL(t)) })
}

// znsWorld is a world with one OA, over Zalo or eTelecom; change adds settings to the connection's block.
func znsWorld(t *testing.T, url, provider string, b simulator.Behaviour, change object) (w *world, connection int64, hook string) {
	t.Helper()
	w = newWorld(t, url, simulator.Options{Zalo: b, ETelecom: b})
	w.found()
	form := zaloForm(w)
	if provider == "etelecom" {
		form = etelecomForm(w)
	}
	for k, v := range change {
		form[provider].(object)[k] = v
	}
	var made struct {
		ID      int64
		HookURL string `json:"hook_url"`
	}
	w.call("POST", "/connections", form, &made)
	if provider == "etelecom" {
		w.sim.SetETelecomWebhook(made.HookURL)
	} else {
		w.sim.SetZaloWebhook(simulator.DefaultAppID, made.HookURL)
	}
	return w, made.ID, made.HookURL
}

func (w *world) znsPerson(phone string) int64 {
	w.t.Helper()
	var c struct{ ID int64 }
	w.call("POST", "/contacts", object{"external_id": "KH" + phone, "name": "An " + phone[len(phone)-2:], "phone": phone, "attrs": object{}}, &c)
	return c.ID
}

// znsTemplate is template 100003 (care, 200 đ) or another one with the parameter customer_name.
func (w *world) znsTemplate(connection int64, id, tag string, more object) int64 {
	w.t.Helper()
	content := object{"template_id": id, "connection_id": connection, "params": object{"customer_name": "{{ contact.name | truncate: 30 }}"},
		"schema": []object{{"name": "customer_name", "type": "STRING", "required": true, "max_length": 30}}, "price_vnd": 200, "timeout_ms": 7200000, "tag": tag}
	for k, v := range more {
		content[k] = v
	}
	var out struct{ ID int64 }
	w.call("POST", "/templates", object{"name": "Mẫu " + id, "channel": "zns", "content": content}, &out)
	return out.ID
}

// TestRatings gives stars to a rating template through both carriers, with reports that come twice, in the wrong order and forged: one rating a message, in the counts and in "Vì sao?".
func TestRatings(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{"zalo", "etelecom"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			bothStores(t, func(t *testing.T, url string) { rate(t, url, provider) })
		})
	}
}

func rate(t *testing.T, url, provider string) {
	b := quick()
	b.Feedback, b.CallbackCopies, b.Reorder, b.Forged = 1, 2, true, 0.5
	w, connection, hook := znsWorld(t, url, provider, b, nil)
	people := []int64{w.znsPerson("0901230001"), w.znsPerson("0901230101"), w.znsPerson("0901230201")}
	campaign := w.carried("zns", connection, w.znsTemplate(connection, "100003", "CUSTOMER_CARE", nil))
	w.settled(campaign, 20*time.Second)
	type stars struct {
		Legs []struct {
			Counts  map[string]int64
			Ratings *struct {
				Count   int64
				Average float64
				Stars   []int64
			}
		}
	}
	var c stars
	w.until("everybody's stars", 20*time.Second, func() bool {
		w.call("GET", fmt.Sprintf("/campaigns/%d/counts", campaign), nil, &c)
		return c.Legs[0].Ratings != nil && c.Legs[0].Ratings.Count == 3
	})
	if c.Legs[0].Counts["delivered"] != 3 || c.Legs[0].Ratings.Average < 1 || c.Legs[0].Ratings.Average > 5 {
		t.Errorf("counts: got %+v %+v, want three delivered and an average of 1 to 5", c.Legs[0].Counts, c.Legs[0].Ratings)
	}
	var why struct {
		Sentences []struct{ Code, Text string }
		Legs      []struct {
			Rating *struct {
				Stars   int64
				Note    string
				Choices []string
			}
		}
	}
	w.call("GET", fmt.Sprintf("/campaigns/%d/contacts/%d/why", campaign, people[0]), nil, &why)
	if len(why.Legs) != 1 || why.Legs[0].Rating == nil || why.Legs[0].Rating.Note == "" || len(why.Legs[0].Rating.Choices) != 1 {
		t.Fatalf("why: got %+v, want a rating with words", why.Legs)
	}
	told := ""
	for _, s := range why.Sentences {
		if s.Code == "why.rated" {
			told = s.Text
		}
	}
	if !strings.Contains(told, fmt.Sprintf("%d/5 sao", why.Legs[0].Rating.Stars)) || !strings.Contains(told, why.Legs[0].Rating.Note) {
		t.Errorf("why.rated: got %q, want the stars and the words", told)
	}
	forged := object{"event_name": "user_feedback", "app_id": simulator.DefaultAppID, "oa_id": simulator.DefaultOAID, "timestamp": fmt.Sprint(w.clk.Now().UnixMilli()), "message": object{"rate": 1, "tracking_id": "w1l1a1kdeadbeef00"}}
	w.send("POST", strings.TrimPrefix(hook, w.url), forged)
	var after stars
	w.call("GET", fmt.Sprintf("/campaigns/%d/counts", campaign), nil, &after)
	if after.Legs[0].Ratings.Count != 3 || !slices.Equal(after.Legs[0].Ratings.Stars, c.Legs[0].Ratings.Stars) {
		t.Errorf("after a forged rating: got %+v, want %+v", after.Legs[0].Ratings, c.Legs[0].Ratings)
	}
	w.call("POST", fmt.Sprintf("/contacts/%d/erase", people[0]), object{}, nil)
	var erased struct {
		Legs []struct {
			Rating *struct {
				Stars int64
				Note  string
			}
		}
	}
	w.call("GET", fmt.Sprintf("/campaigns/%d/contacts/%d/why", campaign, people[0]), nil, &erased)
	if r := erased.Legs[0].Rating; r == nil || r.Note != "" || r.Stars != why.Legs[0].Rating.Stars {
		t.Errorf("after an erasure: got %+v, want the stars without words", r)
	}
	w.verified()
}

// TestHashedPhones sends by hash: no number reaches Zalo, and receipts, refusals and look-ups still find their message.
func TestHashedPhones(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		b := quick()
		b.CallbackCopies, b.Reorder = 1, true
		w, connection, _ := znsWorld(t, url, "zalo", b, object{"hash_phone": true})
		phones := []string{"0901230001", "0901230002", "0901230005", "0901230101"}
		for _, p := range phones {
			w.znsPerson(p)
			w.sim.KnowZaloPhones("84" + p[1:])
		}
		plain := w.znsTemplate(connection, "100003", "CUSTOMER_CARE", nil)
		campaign := w.carried("zns", connection, plain)
		c := w.settled(campaign, 20*time.Second)
		if got := c.Legs[0].Counts; got["sent"] != 4 || got["delivered"] != 3 || got["failed"] != 1 {
			t.Errorf("got %v, want four sent, three delivered, one refused", got)
		}
		calls := 0
		w.sim.Ledger().Each(func(r simulator.Record) bool {
			calls++
			if len(r.Recipient) != 64 {
				t.Errorf("Zalo was told %q, want a hash", r.Recipient)
			}
			return true
		})
		if calls != 4 {
			t.Errorf("got %d calls, want 4", calls)
		}
		// A journey is asked for by number, so that such a message is not sent at all.
		trip := w.carried("zns", connection, w.znsTemplate(connection, "100003", "CUSTOMER_CARE", object{"journey": "token_logistics_7"}))
		if got := w.settled(trip, 20*time.Second).Legs[0].Counts; got["skipped"] != 4 || got["sent"] != 0 {
			t.Errorf("journey by hash: got %v, want all left out", got)
		}
		w.verified()
	})
}

// TestDevelopmentMode reaches admins only and costs nothing, through both carriers.
func TestDevelopmentMode(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{"zalo", "etelecom"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			bothStores(t, func(t *testing.T, url string) {
				w, connection, _ := znsWorld(t, url, provider, quick(), object{"development": true})
				w.sim.ChangeZaloOA(simulator.DefaultOAID, func(o *simulator.ZaloOA) { o.Admins = []string{"84901230001"} })
				w.znsPerson("0901230001")
				w.znsPerson("0901230101")
				campaign := w.carried("zns", connection, w.znsTemplate(connection, "100003", "CUSTOMER_CARE", nil))
				got := w.settled(campaign, 20*time.Second).Legs[0].Counts
				if got["delivered"] != 1 || got["failed"] != 1 || got["cost"] != 0 {
					t.Errorf("got %v, want the admin reached, the other refused, nothing paid", got)
				}
				w.verified()
			})
		})
	}
}

// TestBeyondTheQuota goes on with promotion when the day's quota is used up, and holds what may not.
func TestBeyondTheQuota(t *testing.T) {
	t.Parallel()
	for provider, mode := range map[string]string{"zalo": "3", "etelecom": "tag3"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			bothStores(t, func(t *testing.T, url string) {
				w, connection, _ := znsWorld(t, url, provider, quick(), object{"sending_mode": mode})
				w.sim.ChangeZaloOA(simulator.DefaultOAID, func(o *simulator.ZaloOA) { o.Mode3, o.DailyQuota = true, 1 })
				w.sim.AddZaloTemplate(simulator.ZaloTemplate{ID: "100077", Name: "Khuyến mại", Tag: "PROMOTION", PriceSDT: 300, Params: []simulator.ZaloParam{{Name: "customer_name", Require: true, Kind: "1", MaxLength: 30}}})
				for _, p := range []string{"0901230001", "0901230101", "0901230201"} {
					id := w.znsPerson(p)
					w.allow(id, "zns")
				}
				promotion := w.advert("zns", connection, w.znsTemplate(connection, "100077", "PROMOTION", nil))
				if got := w.settled(promotion, 20*time.Second).Legs[0].Counts; got["delivered"] != 3 {
					t.Errorf("promotion: got %v, want all three delivered", got)
				}
				// Care goes out in the usual mode: one message is left of the quota, then the connection waits.
				care := w.carried("zns", connection, w.znsTemplate(connection, "100003", "CUSTOMER_CARE", nil))
				var held struct {
					State  string
					Reason string `json:"held_reason"`
				}
				w.until("the connection to be held", time.Second, func() bool {
					w.call("GET", fmt.Sprintf("/connections/%d", connection), nil, &held)
					return held.State == "held" && w.counts(care).Legs[0].Counts["sending"] == 0
				})
				if got := w.counts(care).Legs[0].Counts; held.Reason != "balance" || got["delivered"]+got["processing"] != 1 || got["failed"] != 0 || got["queued"] != 2 {
					t.Errorf("care: got held for %s and %v, want balance, one gone, two waiting, none failed", held.Reason, got)
				}
				w.verified()
			})
		})
	}
}

// allow notes that a person agreed to adverts on a channel.
func (w *world) allow(contact int64, channel string) {
	w.t.Helper()
	w.call("POST", fmt.Sprintf("/contacts/%d/consents", contact), object{"channels": []string{channel}, "shown": "Tôi đồng ý nhận tin", "source": "Phiếu tại quầy", "evidence": "Sổ 1"}, nil)
}

// advert is carried for a campaign that advertises.
func (w *world) advert(channel string, connection, template int64) int64 {
	w.t.Helper()
	var out struct{ ID int64 }
	w.call("POST", "/campaigns", object{"name": "Khuyến mại", "purpose": "marketing", "audience": object{"everyone": true}, "legs": []object{{"channel": channel, "connection_id": connection, "template_id": template}}}, &out)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", out.ID), nil, nil)
	return out.ID
}

// TestJourneys sends two messages of one delivery under one token, asks for another when Zalo has forgotten it, and fails people whom no token can be had for.
func TestJourneys(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{"zalo", "etelecom"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			bothStores(t, func(t *testing.T, url string) { travel(t, url, provider) })
		})
	}
}

func travel(t *testing.T, url, provider string) {
	w, connection, _ := znsWorld(t, url, provider, quick(), nil)
	w.sim.AddZaloTemplate(simulator.ZaloTemplate{ID: "100088", Name: "Đang giao", Tag: "TRANSACTION", PriceSDT: 200, Journey: "logistics", Params: []simulator.ZaloParam{{Name: "customer_name", Require: true, Kind: "1", MaxLength: 30}}})
	w.znsPerson("0901230001")
	w.znsPerson("0901230101")
	w.znsPerson("0901230118")
	if status, _, _ := w.refused("POST", "/templates", object{"name": "Sai", "channel": "zns", "content": object{"template_id": "100088", "params": object{}, "journey": "token_ship"}}); status != 422 && status != 400 {
		t.Errorf("unknown kind of journey: got %d, want a refusal", status)
	}
	template := w.znsTemplate(connection, "100088", "TRANSACTION", object{"journey": "token_logistics_7", "journey_code": "DH-{{ contact.external_id }}"})
	sent := func(want map[string]int64) {
		t.Helper()
		campaign := w.carried("zns", connection, template)
		got := w.settled(campaign, 20*time.Second).Legs[0].Counts
		for k, n := range want {
			if got[k] != n {
				t.Errorf("got %v, want %v", got, want)
				break
			}
		}
	}
	want := map[string]int64{"sent": 3, "delivered": 2, "failed": 1, "unknown": 0}
	sent(want)
	sent(want)
	if got := w.sim.ZaloJourneys(); got["84901230001"] != 1 || got["84901230101"] != 1 || len(got) != 2 {
		t.Errorf("tokens: got %v, want one for each of the two people", got)
	}
	w.sim.EndZaloJourneys()
	sent(want)
	if got := w.sim.ZaloJourneys(); got["84901230001"] != 1 || got["84901230101"] != 1 {
		t.Errorf("tokens after they were forgotten: got %v, want new ones", got)
	}
	// Without a token Zalo refuses the template.
	template = w.znsTemplate(connection, "100088", "TRANSACTION", nil)
	sent(map[string]int64{"sent": 3, "delivered": 0, "failed": 3})
	w.verified()
}
