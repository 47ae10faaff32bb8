package e2e

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/loa-project/loa/simulator"
)

// told is what a carrier knows of one of our messages: our key and its own id. Who has both can write a report that looks like the carrier's.
type told struct{ key, id string }

// messageTo finds the message to the person whose number ends so.
func (w *world) messageTo(ending string) told {
	w.t.Helper()
	var workspace, leg int64
	var attempt int
	var id string
	err := w.app.DB.QueryRow(context.Background(), `SELECT l.workspace_id, l.id, l.attempt, COALESCE(a.provider_id, '') FROM leg l JOIN contact c ON c.workspace_id = l.workspace_id AND c.id = l.contact_id
		JOIN attempt a ON a.workspace_id = l.workspace_id AND a.leg_id = l.id AND a.no = l.attempt WHERE c.phone = $1 AND a.class = 'accepted'`, "+8490123"+ending).Scan(&workspace, &leg, &attempt, &id)
	if err != nil {
		w.t.Fatalf("message to %s: %v", ending, err)
	}
	return told{w.app.Messages.Keys.Key(workspace, leg, attempt), id}
}

// notOurs is a message that we never sent: a key with another last sign, an id that is longer.
func (m told) notOurs() told {
	last := "0"
	if strings.HasSuffix(m.key, last) {
		last = "1"
	}
	return told{m.key[:len(m.key)-1] + last, m.id + "7"}
}

// The reports of the carriers, as each of them writes that a message arrived or failed. path goes behind the callback address.
func zaloReport(m told, _ bool) (path, body string) { // Zalo reports arrivals only
	return "", `{"sender":{"id":"` + simulator.DefaultOAID + `"},"recipient":{"id":"84901230003"},"event_name":"user_received_message","message":{"delivery_time":"STAMP","msg_id":"` + m.id +
		`","tracking_id":"` + m.key + `"},"app_id":"` + simulator.DefaultAppID + `","timestamp":"STAMP"}`
}

func etelecomReport(m told, arrived bool) (path, body string) {
	state := `"status":"P","delivery_status":"received"`
	if !arrived {
		state = `"status":"N","error_code":-118,"delivery_status":"unknown"`
	}
	return "", `{"changes":[{"entity":"zl_oa_message","latest":{"id":"` + m.id + `","oa_id":"` + simulator.DefaultOAID + `","tracking_id":"` + m.key + `",` + state + `}}]}`
}

func esmsReport(m told, arrived bool) (path, body string) {
	counts := "&SendSuccess=1&SendFailed=0"
	if !arrived {
		counts = "&SendSuccess=0&SendFailed=1"
	}
	return "/" + m.key + "?SMSID=" + m.id + "&SendStatus=5&TotalReceiver=1&TotalSent=1&TypeId=2" + counts, ""
}

func speedReport(m told, arrived bool) (path, body string) {
	status := 0
	if !arrived {
		status = 64
	}
	return "", fmt.Sprintf(`{"type":"report","tranId":%q,"phone":"84901230003","status":%d}`, m.id, status)
}

// reported posts what a carrier would, signed with the secret where the carrier signs; "" leaves the signature out. It returns the answer's status.
func (w *world) reported(c *carrier, hook, secret string, m told, arrived bool) int {
	w.t.Helper()
	path, body := c.report(m, arrived)
	if secret != "" {
		return w.event(hook+path, secret, w.clk.Now(), body)
	}
	method := "POST"
	if body == "" {
		method = "GET"
	}
	r, err := http.NewRequest(method, hook+path, bytes.NewReader([]byte(strings.ReplaceAll(body, "STAMP", fmt.Sprint(w.clk.Now().UnixMilli())))))
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := direct.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// doubted tells lies that would change the counts if they were believed, each about a message that is really there or in the words in which the truth is told: the message that is silent
// arrived, the one that arrived failed. None is believed; the truth in the same words is.
func (w *world) doubted(c *carrier, hook string, campaign int64, want map[string]int64) {
	w.t.Helper()
	silent, arrived := w.messageTo("0003"), w.messageTo("0001")
	type lie struct {
		name, hook, secret string
		about              told
		arrived            bool
		status             int
	}
	lies := []lie{{"at a guessed address", hook + "x", c.secret, silent, true, http.StatusNotFound}, {"about a message that is not ours", hook, c.secret, silent.notOurs(), true, http.StatusOK}}
	if c.secret != "" {
		lies = append(lies, lie{"without a signature", hook, "", silent, true, http.StatusUnauthorized}, lie{"signed by somebody else", hook, "guessed", silent, true, http.StatusUnauthorized})
	} else {
		lies = append(lies, lie{"against what is proved", hook, "", arrived, false, http.StatusOK})
	}
	for _, l := range lies {
		if got := w.reported(c, l.hook, l.secret, l.about, l.arrived); got != l.status {
			w.t.Errorf("report %s: got %d, want %d", l.name, got, l.status)
		}
		if got := only(w.counts(campaign).Legs[0].Counts, want); !maps.Equal(got, want) {
			w.t.Errorf("after a report %s: got %v, want %v", l.name, got, want)
		}
	}
	if status, _ := w.send("POST", strings.TrimPrefix(hook, w.url), []byte("\x00{")); status >= 500 {
		w.t.Errorf("unreadable report: got %d", status)
	}
	if got := w.reported(c, hook, c.secret, silent, true); got != http.StatusOK {
		w.t.Errorf("a true report: got %d, want 200", got)
	}
	want["delivered"]++
	want["processing"]--
	w.until("the true report to be believed", 0, func() bool { return maps.Equal(only(w.counts(campaign).Legs[0].Counts, want), want) })
}

// hours later nothing that was settled has changed: a message without a report is still on its way and nobody's failure.
func (w *world) hours(n int, campaign int64, want map[string]int64) {
	w.t.Helper()
	end := w.clk.Now().Add(time.Duration(n) * time.Hour)
	w.until(fmt.Sprintf("%d hours", n), 10*time.Minute, func() bool { return w.clk.Now().After(end) })
	if got := only(w.counts(campaign).Legs[0].Counts, want); !maps.Equal(got, want) {
		w.t.Errorf("%d hours later: got %v, want %v", n, got, want)
	}
}
