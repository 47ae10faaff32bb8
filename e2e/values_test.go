package e2e

import (
	"fmt"
	"testing"
)

// TestValuesBeforeActivation has 60 people of whom the 51st lacks what the template needs, one behind every sample: the activation says so, by field and cause, and starts only when
// somebody confirms it. That person's message is then never sent, and nobody else's suffers.
func TestValuesBeforeActivation(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		w, connection, _ := znsWorld(t, url, "zalo", quick(), nil)
		var broken int64
		for i := range 60 {
			if id := w.znsPerson(fmt.Sprintf("09012%03d01", i)); i == 50 {
				broken = id
			}
		}
		template := w.znsTemplate(connection, "100003", "CUSTOMER_CARE", object{"params": object{"customer_name": "{{ contact.attrs.ten | default: contact.name | truncate: 30 }}"}})
		w.call("PATCH", fmt.Sprintf("/contacts/%d", broken), object{"name": ""}, nil)
		var made struct{ ID int64 }
		w.call("POST", "/campaigns", object{"name": "Cảm ơn", "purpose": "care", "audience": object{"everyone": true}, "legs": []object{{"channel": "zns", "connection_id": connection, "template_id": template}}}, &made)

		var forecast struct {
			People   int64
			WillSend int64 `json:"will_send"`
			Unsent   int64 `json:"values_unsent"`
			Exact    bool
			Ranks    []struct {
				Sends   int64
				Refused int64 `json:"values_refused"`
				Causes  []struct {
					Param, Code string
					People      int64
				}
			}
		}
		w.call("GET", fmt.Sprintf("/campaigns/%d/forecast", made.ID), nil, &forecast)
		if r := forecast.Ranks[0]; !forecast.Exact || forecast.People != 60 || forecast.WillSend != 59 || forecast.Unsent != 1 || r.Sends != 59 || r.Refused != 1 || len(r.Causes) != 1 ||
			r.Causes[0].Param != "customer_name" || r.Causes[0].Code != "-1122" || r.Causes[0].People != 1 {
			t.Errorf("forecast: got %+v, want 59 sent and one refused for customer_name", forecast)
		}
		var list struct{ Items []struct{ ID int64 } }
		w.call("GET", fmt.Sprintf("/campaigns/%d/forecast/people?rank=0&reason=values", made.ID), nil, &list)
		if len(list.Items) != 1 || list.Items[0].ID != broken {
			t.Errorf("people refused: got %v, want contact %d", list.Items, broken)
		}

		activate := fmt.Sprintf("/campaigns/%d/activate", made.ID)
		if status, code, fields := w.refused("POST", activate, nil); status != 422 || code != "campaign.values_refused" || fmt.Sprint(fields) != "[campaign.value.missing]" {
			t.Errorf("activation: got %d %s %v, want 422 campaign.values_refused for a missing value", status, code, fields)
		}
		if calls := w.sim.Ledger().Count("", ""); calls != 0 {
			t.Fatalf("calls before the confirmation: got %d, want 0", calls)
		}
		w.call("POST", activate, object{"confirm_values": true}, nil)
		got := w.settled(made.ID, 0)
		w.addUp(got)
		if c := got.Legs[0].Counts; got.People != 60 || c["sent"] != 59 || c["delivered"] != 59 {
			t.Errorf("got %d people and %v, want 59 of 60 sent and delivered", got.People, c)
		}
		if sum := w.sim.Ledger().Summary()["zalo"]; sum.Calls != 59 {
			t.Errorf("the simulator saw %d calls, want 59", sum.Calls)
		}
		w.verified()
	})
}
