package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/simulator"
)

// TestForecastIsTheBill activates ZNS → SMS → e-mail for people of several networks, with texts of one to three parts, shared addresses and missing values, on both databases. When no provider
// refuses anything, the forecast, the prices on the legs and the bill in the simulator's ledger are the same to the đồng.
func TestForecastIsTheBill(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); forecastIsTheBill(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); forecastIsTheBill(t, dbtest.PostgresURL(t)) })
}

func forecastIsTheBill(t *testing.T, url string) {
	w := newWorld(t, url, simulator.Options{})
	w.found()
	hooks, connections := w.connect()
	w.sim.SetZaloWebhook(simulator.DefaultAppID, hooks["zalo"])
	w.sim.SetBounceTarget(hooks["smtp"], "")
	if err := w.sim.AddBrandname(simulator.Brandname{Name: simulator.DefaultBrandname, Price: 850, Prices: map[int]int64{1: 780, 2: 790, 3: 820}}); err != nil {
		t.Fatal(err)
	}
	now := w.clk.Now()
	price := func(connection int64, since time.Time, network, template, per string, vnd int64) {
		w.call("POST", fmt.Sprintf("/connections/%d/prices", connection), object{"since": since, "network": network, "template": template, "per": per, "vnd": vnd}, nil)
	}
	long := now.AddDate(-1, 0, 0)
	price(connections[0], long, "", "", "message", 999)
	price(connections[0], long, "", "100003", "message", 999)
	price(connections[0], now.AddDate(0, 0, -1), "", "100003", "message", 200) // the newest that counts
	price(connections[0], now.AddDate(0, 0, 1), "", "100003", "message", 777)  // not yet
	price(connections[1], long, "viettel", "", "part", 780)
	price(connections[1], long, "mobifone", "", "part", 790)
	price(connections[1], long, "vinaphone", "", "part", 820) // the others by the connection's own price of 850
	price(connections[2], long, "", "", "thousand", 1500)     // a mail and a half for three đồng
	w.folk()
	var ids []int64
	for _, f := range []object{
		{"name": "ZNS", "channel": "zns", "content": object{"template_id": "100003", "connection_id": connections[0], "params": object{"customer_name": `{{ contact.name | truncate: 30 }}`},
			"schema": []object{{"name": "customer_name", "type": "STRING", "required": true, "max_length": 30}}, "price_vnd": 555, "timeout_ms": 7200000, "tag": "CUSTOMER_CARE"}},
		{"name": "SMS", "channel": "sms", "content": object{"text": "Cua hang cam on {{ contact.name | no_accents }} da mua hang. Moi anh chi ghe tham lai cua hang trong tuan nay. Chi tiet: https://shop.example/uu-dai"}},
		{"name": "Thư", "channel": "email", "content": object{"subject": "Cảm ơn", "html": `<p>Chào {{ contact.name }}</p><a href="{{ unsubscribe_url }}">Hủy</a>`, "purpose": "care"}},
	} {
		var made struct{ ID int64 }
		w.call("POST", "/templates", f, &made)
		ids = append(ids, made.ID)
	}
	var campaign struct{ ID int64 }
	w.call("POST", "/campaigns", object{"name": "Tri ân", "purpose": "care", "audience": object{"everyone": true}, "options": object{"track_clicks": true}, "legs": []object{
		{"channel": "zns", "connection_id": connections[0], "template_id": ids[0]}, {"channel": "sms", "connection_id": connections[1], "template_id": ids[1]},
		{"channel": "email", "connection_id": connections[2], "template_id": ids[2]}}}, &campaign)
	var forecast struct {
		Exact bool
		Cost  int64 `json:"cost_vnd"`
		Ranks []struct {
			Sends int64
			Cost  int64 `json:"cost_vnd"`
		}
	}
	w.call("GET", fmt.Sprintf("/campaigns/%d/forecast", campaign.ID), nil, &forecast)
	if !forecast.Exact || forecast.Cost == 0 || len(forecast.Ranks) != 3 {
		t.Fatalf("forecast: got %+v, want an exact one that costs something", forecast)
	}
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign.ID), object{"confirm_values": true}, nil) // some names are missing on purpose
	c := w.settled(campaign.ID, time.Second)
	w.addUp(c)
	var bill int64
	parts := map[int64]bool{}
	w.sim.Ledger().Each(func(r simulator.Record) bool {
		if r.Provider == "esms" {
			parts[r.Price] = true
		}
		return true
	})
	for _, part := range []int64{780, 2 * 780, 790, 820, 850} {
		if !parts[part] {
			t.Errorf("no SMS cost %d VND, the people of this test are too much alike: %v", part, parts)
		}
	}
	for i, provider := range []string{"zalo", "esms", "smtp"} {
		sum, leg := w.sim.Ledger().Summary()[provider], forecast.Ranks[i]
		bill += sum.BillVND
		var ours int64
		if err := w.app.DB.QueryRow(context.Background(), `SELECT COALESCE(SUM(price), 0) FROM leg WHERE rank = $1 AND accepted_at IS NOT NULL`, i).Scan(&ours); err != nil {
			t.Fatal(err)
		}
		if provider == "smtp" { // nobody bills single mails; what a thousand cost is shared out, a few đồng more or less
			fair := (3*sum.Accepted + 1) / 2
			if near := func(vnd int64) bool { return vnd >= fair-4 && vnd <= fair+4 }; !near(leg.Cost) || !near(ours) {
				t.Errorf("smtp: forecast %d VND, legs %d VND for %d mails, want about %d", leg.Cost, ours, sum.Accepted, fair)
			}
			bill += ours
			forecast.Cost += ours - leg.Cost
			sum.BillVND, leg.Cost = ours, ours
		}
		if leg.Sends != sum.Accepted || leg.Cost != sum.BillVND || ours != sum.BillVND {
			t.Errorf("%s: forecast %d messages for %d VND, legs %d VND; the simulator took %d and bills %d", provider, leg.Sends, leg.Cost, ours, sum.Accepted, sum.BillVND)
		}
		if sum.Accepted == 0 || len(sum.Refused) > 0 {
			t.Errorf("%s: accepted %d, refused %v; want some and none", provider, sum.Accepted, sum.Refused)
		}
	}
	if forecast.Cost != bill || c.Total["cost"] != bill {
		t.Errorf("forecast %d VND, counters %d VND, bill %d VND", forecast.Cost, c.Total["cost"], bill)
	}
	w.verified()
	w.reconciled(connections)
}

// reconciled imports the bills of the simulator: first as they are, which leaves nothing open, then eSMS's with one fault of each kind.
func (w *world) reconciled(connections []int64) {
	w.t.Helper()
	type invoice struct {
		ID      int64
		Summary struct {
			Lines    int64
			Charged  int64 `json:"charged_vnd"`
			Expected int64 `json:"expected_vnd"`
			Verdicts map[string]struct {
				Count             int64
				Charged, Expected int64
			}
		}
	}
	bring := func(connection int64, csv string) (inv invoice) {
		w.call("POST", fmt.Sprintf("/connections/%d/invoices?month=2026-11&name=bang-ke.csv", connection), []byte(csv), &inv)
		return inv
	}
	bills := map[string][]string{}
	w.sim.Ledger().Each(func(r simulator.Record) bool {
		if r.Charged && r.Price > 0 {
			key := ""
			if r.Provider == "zalo" { // with the key alone, or the id alone
				key, r.MessageID = r.Key, ""
			}
			bills[r.Provider] = append(bills[r.Provider], fmt.Sprintf("%s,%s,%s,%d.0000", r.MessageID, key, r.Recipient, r.Price))
		}
		return true
	})
	const names = "ReferenceId,Tracking ID,Phone,SellPrice\n"
	for i, provider := range []string{"zalo", "esms"} {
		inv := bring(connections[i], names+strings.Join(bills[provider], "\n"))
		if s := inv.Summary; s.Lines != int64(len(bills[provider])) || s.Verdicts["match"].Count != s.Lines || s.Charged != s.Expected || s.Charged != w.sim.Ledger().Summary()[provider].BillVND || len(s.Verdicts) != 1 {
			w.t.Errorf("%s: got %+v, want %d lines that all match", provider, s, len(bills[provider]))
		}
	}
	lines := bills["esms"]
	faulty := append([]string{"Bang ke thang 11", "ReferenceId,Tracking ID,Phone,SellPrice"}, lines[1:]...)          // sent, not charged
	faulty = append(faulty, lines[1], "khong-co,,84901234567,850", strings.Split(bills["zalo"][0], ",")[1]+",,,850") // twice; never sent
	cells := strings.Split(lines[2], ",")
	faulty[3] = strings.Join(cells[:3], ",") + ",99999"
	inv := bring(connections[1], strings.Join(faulty, "\n"))
	got := map[string]int64{}
	for verdict, tally := range inv.Summary.Verdicts {
		got[verdict] = tally.Count
	}
	want := map[string]int64{"match": int64(len(lines)) - 2, "price": 1, "twice": 1, "not_sent": 2, "not_charged": 1}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("faulty bill: got %v, want %v", got, want)
	}
	var page struct {
		Items []struct {
			Verdict    string
			ProviderID string `json:"provider_id"`
			Expected   int64  `json:"expected_vnd"`
		}
	}
	w.call("GET", fmt.Sprintf("/connections/%d/invoices/%d/lines?verdict=not_charged", connections[1], inv.ID), nil, &page)
	if first := strings.Split(lines[0], ","); len(page.Items) != 1 || page.Items[0].ProviderID != first[0] || fmt.Sprintf("%d.0000", page.Items[0].Expected) != first[3] {
		w.t.Errorf("not charged: got %+v, want %s", page.Items, lines[0])
	}
	if status, code, _ := w.refused("GET", fmt.Sprintf("/connections/%d/invoices/%d", connections[0], inv.ID), nil); status != 404 || code != "invoice.not_found" {
		w.t.Errorf("the bill of another connection: got %d %s, want 404 invoice.not_found", status, code)
	}
	var again invoice
	w.call("POST", fmt.Sprintf("/connections/%d/invoices/%d/check", connections[1], inv.ID), nil, &again)
	if fmt.Sprint(again.Summary) != fmt.Sprint(inv.Summary) {
		w.t.Errorf("checked again: got %+v, want %+v", again.Summary, inv.Summary)
	}
	w.call("DELETE", fmt.Sprintf("/connections/%d/invoices/%d", connections[1], inv.ID), nil, nil)
	w.longBill(connections[1], lines)
}

// longBill brings in a bill that is too long to be compared while the uploader waits, and follows the job.
func (w *world) longBill(connection int64, lines []string) {
	w.t.Helper()
	var file strings.Builder
	file.WriteString("ReferenceId,Tracking ID,Phone,SellPrice\n" + strings.Join(lines, "\n") + "\n")
	for i := range 2600 {
		fmt.Fprintf(&file, "khong-co-%d,,,1\n", i)
	}
	type invoice struct {
		ID       int64
		State    string
		Compared int64
		Summary  struct {
			Lines    int64
			Verdicts map[string]struct{ Count int64 }
		}
	}
	var inv invoice
	w.call("POST", fmt.Sprintf("/connections/%d/invoices?month=2026-11&name=dai.csv", connection), []byte(file.String()), &inv)
	total := int64(len(lines) + 2600)
	if inv.Summary.Lines != total {
		w.t.Errorf("long bill: got %d lines, want %d", inv.Summary.Lines, total)
	}
	path := fmt.Sprintf("/connections/%d/invoices/%d", connection, inv.ID)
	w.until("the long bill to be compared", 0, func() bool { w.call("GET", path, nil, &inv); return inv.State == "ready" })
	if got := inv.Summary.Verdicts; inv.Compared != total || got["match"].Count != int64(len(lines)) || got["not_sent"].Count != 2600 || len(got) != 2 {
		w.t.Errorf("long bill: got %+v", inv)
	}
	w.call("DELETE", path, nil, nil)
}

// folk are 240 people: of four networks, some without Zalo, some with a mail address only, some without a name, some who share a number.
func (w *world) folk() {
	w.t.Helper()
	ctx := context.Background()
	prefixes := []string{"+8498", "+8490", "+8491", "+8492"} // viettel, mobifone, vinaphone, vietnamobile
	err := w.app.DB.WithTx(ctx, func(tx *db.Tx) error {
		for i := range 240 {
			times := i % 14 // how long the name is: one, two or three parts; 0 = none
			phone, reach, shared := fmt.Sprintf("%s12%05d", prefixes[i/3%4], 25000+i), 7, 0
			switch i % 3 {
			case 1:
				reach = 3
			case 2:
				if i%6 == 2 {
					reach = 1
				}
			}
			if i%24 < 2 { // two neighbours with one number
				phone, shared, reach = fmt.Sprintf("+849812%05d", 35000+i/24), 6, 7
				times = 1 // whether somebody whose text cannot be filled in keeps the number depends on who is claimed with whom
			}
			name := strings.TrimSpace(strings.Repeat("Nguyễn Thị Bình ", times))
			_, err := tx.Exec(ctx, `INSERT INTO contact (workspace_id, name, phone, email, reach, shared, created_at, updated_at) VALUES (1, $1, $2, $3, $4, $5, $6, $6)`,
				name, phone, fmt.Sprintf("ok%d@example.com", i), reach, shared, clock.Millis(w.clk.Now()))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
