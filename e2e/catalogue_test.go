package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/loa-project/loa/simulator"
)

// TestCatalogueOfETelecom reads the templates of an OA at eTelecom, tells its quota, and refuses a campaign whose template Zalo has not approved.
func TestCatalogueOfETelecom(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		w, connection, _ := znsWorld(t, url, "etelecom", quick(), nil)
		for i := range 15 { // more than a page
			w.sim.AddZaloTemplate(simulator.ZaloTemplate{ID: fmt.Sprint(200001 + i), Name: fmt.Sprintf("Mẫu %d", i)})
		}
		var list struct {
			Failure string
			Items   []struct {
				TemplateID string `json:"template_id"`
				Sendable   bool
				PriceVND   int64 `json:"price_vnd"`
				Params     []struct{ Name string }
			}
		}
		w.call("POST", fmt.Sprintf("/connections/%d/zns-templates/sync", connection), nil, &list)
		at := slices.IndexFunc(list.Items, func(i struct {
			TemplateID string `json:"template_id"`
			Sendable   bool
			PriceVND   int64 `json:"price_vnd"`
			Params     []struct{ Name string }
		}) bool {
			return i.TemplateID == "100007"
		})
		if list.Failure != "" || len(list.Items) != 25 || at < 0 || !list.Items[at].Sendable || list.Items[at].PriceVND != 300 || len(list.Items[at].Params) != 5 {
			t.Fatalf("catalogue: got %q, %d templates %+v, want 25 with parameters and prices", list.Failure, len(list.Items), list.Items)
		}
		var quota struct {
			Known            bool
			Daily, Remaining int64
		}
		w.call("GET", fmt.Sprintf("/connections/%d/quota", connection), nil, &quota)
		if !quota.Known || quota.Daily != 2_000_000 || quota.Remaining != 2_000_000 {
			t.Errorf("quota: got %+v, want what eTelecom tells", quota)
		}
		w.znsPerson("0901230001")
		var campaign struct{ ID int64 }
		w.call("POST", "/campaigns", object{"name": "Chưa duyệt", "purpose": "care", "audience": object{"everyone": true},
			"legs": []object{{"channel": "zns", "connection_id": connection, "template_id": w.znsTemplate(connection, "100010", "PROMOTION", nil)}}}, &campaign)
		if _, code, fields := w.refused("POST", fmt.Sprintf("/campaigns/%d/activate", campaign.ID), nil); code != "campaign.not_ready" || !slices.Contains(fields, "campaign.zns_not_sendable") {
			t.Errorf("template that is not approved: got %s %v, want campaign.zns_not_sendable", code, fields)
		}
	})
}

// TestNewsOfAnOA takes what Zalo tells of an OA and its templates from signed webhooks only, and asks for the quota anew.
func TestNewsOfAnOA(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		b := quick()
		b.Forged = 1 // a lie before each event
		w, connection, hook := znsWorld(t, url, "zalo", b, nil)
		w.call("POST", fmt.Sprintf("/connections/%d/zns-templates/sync", connection), nil, nil)
		type quota struct {
			Daily       int64
			DailyBefore int64 `json:"daily_before"`
			Kinds       []string
		}
		var before, after quota
		w.call("GET", fmt.Sprintf("/connections/%d/quota", connection), nil, &before)
		if before.Daily != 2_000_000 || before.DailyBefore != -1 || len(before.Kinds) == 0 {
			t.Errorf("before: got %+v, want the usual quota and the kinds", before)
		}
		now := fmt.Sprint(w.clk.Now().UnixMilli())
		lie := object{"event_name": "change_oa_daily_quota", "app_id": simulator.DefaultAppID, "oaId": simulator.DefaultOAID, "quota": object{"prev_value": "1", "new_value": "2"}, "timestamp": now}
		if status, _ := w.send("POST", strings.TrimPrefix(hook, w.url), lie); status != http.StatusUnauthorized {
			t.Errorf("unsigned event: got %d, want 401", status)
		}
		w.sim.ChangeZaloOA(simulator.DefaultOAID, func(o *simulator.ZaloOA) { o.DailyQuota = 10_000 })
		for _, event := range []string{
			`{"event_name":"change_oa_daily_quota","oaId":"` + simulator.DefaultOAID + `","quota":{"prev_value":"2000000","new_value":"10000"},"timestamp":"` + now + `"}`,
			`{"event_name":"change_template_status","oa_id":"` + simulator.DefaultOAID + `","template_id":"100003","status":{"prev_status":"ENABLE","new_status":"REJECT"},"reason":"Logo không hợp lệ","timestamp":"` + now + `"}`,
		} {
			for range 2 { // twice
				res, err := direct.Post(w.sim.URL()+"/control/event", "application/json", strings.NewReader(event))
				if err != nil {
					t.Fatal(err)
				}
				_ = res.Body.Close()
			}
		}
		var list struct {
			Items []struct {
				TemplateID string `json:"template_id"`
				Sendable   bool
				Reason     string
			}
		}
		w.until("the news", 0, func() bool {
			w.call("GET", fmt.Sprintf("/connections/%d/quota", connection), nil, &after)
			w.call("GET", fmt.Sprintf("/connections/%d/zns-templates", connection), nil, &list)
			rejected := false
			for _, i := range list.Items {
				rejected = rejected || i.TemplateID == "100003" && !i.Sendable && i.Reason == "Logo không hợp lệ"
			}
			return rejected && after.Daily == 10_000 && after.DailyBefore == 2_000_000
		})
	})
}
