package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// TestValuesOfTheWholeAudience finds people far behind any sample: the first of two pages' end and the next page. Those whom a channel does not reach are not its business.
func TestValuesOfTheWholeAudience(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		people := make([]person, walkPage+20)
		for i := range people {
			people[i] = person{reach: all3, consent: all3, hang: "vang"}
		}
		people[3] = person{reach: channel.Of(channel.Email), consent: all3, hang: "vang"} // not by ZNS
		people[4] = person{reach: all3, hang: "vang"}                                     // has not agreed
		people[5] = person{reach: all3, consent: all3, hang: "bac"}                       // not in the audience
		people[walkPage+7].reach = channel.Of(channel.ZNS)                                // nothing else reaches them
		x.people(people)
		name := func(value string, at ...int) {
			for _, i := range at {
				_, err := d.Exec(ctx, `UPDATE contact SET name = $2 WHERE workspace_id = $1 AND email = $3`, x.ws, value, fmt.Sprintf("k%d@example.com", i))
				x.must(err)
			}
		}
		name("", 3, 4, 5, 50, walkPage+7)
		name(strings.Repeat("ă", 31), walkPage+3)
		c := x.create(x.full())

		_, err := x.s.Activate(ctx, x.ws, c.ID, "user:1")
		e, ok := errs.As(err)
		if !ok || e.Code != "campaign.values_refused" || e.Status != 422 || e.Params["people"] != "3" {
			t.Fatalf("got %v, want campaign.values_refused of 3 people", err)
		}
		var got []string
		for _, f := range e.Fields {
			got = append(got, f.Path+" "+f.Code+" "+f.Params["people"])
		}
		if want := "legs[0].values.name campaign.value.missing 2, legs[0].values.name campaign.value.too_long 1"; strings.Join(got, ", ") != want {
			t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
		}

		f, err := x.s.Forecast(ctx, "vi", x.ws, c.ID)
		x.must(err)
		r := f.Ranks[0]
		// One has not agreed; one of the three is reached by ZNS alone, the two others get their SMS.
		if all := int64(len(people) - 1); f.People != all || f.WillSend != all-2 || f.ValuesUnsent != 1 || r.ValuesRefused != 3 || len(r.Causes) != 2 || r.Causes[0].People != 2 || r.Sends != all-5 || f.Ranks[1].Sends != 2 ||
			f.Ranks[1].ValuesRefused != 0 {
			t.Errorf("got %+v, want 3 refused by ZNS, one of them unsent", f)
		}

		for rank, want := range map[int]int{0: 3, -1: 3, 1: 0} {
			var all []Reader
			for after := int64(0); ; {
				page, err := x.s.ForecastPeople(ctx, x.ws, c.ID, Behind{Rank: rank, Reason: ReasonValues}, after, 2)
				x.must(err)
				all = append(all, page...)
				if len(page) < 2 {
					break
				}
				after = page[1].ID
			}
			if len(all) != want {
				t.Errorf("rank %d: got %v, want %d people", rank, all, want)
			}
		}

		srv := x.serve()
		path := fmt.Sprintf("/campaigns/%d/activate", c.ID)
		if status, v := x.call(srv, x.ws, httpx.Marketer, "POST", path, `{"confirm_values":false}`); status != 422 || v["code"] != "campaign.values_refused" {
			t.Errorf("got %d %v, want 422 campaign.values_refused", status, v)
		}
		if n := x.int(`SELECT COUNT(*) FROM run`); n != 0 {
			t.Fatalf("got %d runs, want none yet", n)
		}
		if status, v := x.call(srv, x.ws, httpx.Marketer, "POST", path, `{"confirm_values":true}`); status != 200 || v["state"] != "running" {
			t.Errorf("got %d %v, want 200 running", status, v)
		}
	})
}

// TestValuesThatAreNotChecked: nobody is in a campaign that people enter, and a scheduled start asks nobody.
func TestValuesThatAreNotChecked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		x.people([]person{{reach: all3, consent: all3, hang: "vang"}})
		f := x.full()
		f.ScheduleAt = x.clock.Now().Add(3600e9)
		planned := x.create(f)
		_, err := x.s.Activate(ctx, x.ws, planned.ID, "user:1")
		x.must(err)
		_, err = d.Exec(ctx, `UPDATE contact SET name = '' WHERE workspace_id = $1`, x.ws)
		x.must(err)
		entry := x.full()
		entry.Audience = Audience{Entry: true}
		_, err = x.s.Activate(ctx, x.ws, x.create(entry).ID, "user:1")
		x.must(err)
		x.clock.Advance(3600e9)
		x.must(x.s.Tick(ctx))
		got, err := x.s.Get(ctx, x.ws, planned.ID)
		x.must(err)
		if got.State != Running {
			t.Errorf("got %s, want the scheduled campaign running", got.State)
		}

		// Content without variables is the same for everybody, whoever they are.
		tpl, err := x.s.Templates.Create(ctx, x.ws, "user:1", "Quá dài", channel.ZNS, json.RawMessage(`{"template_id":"9","params":{"name":"`+strings.Repeat("ă", 31)+`"},"schema":[{"name":"name","type":"1","required":true,"max_length":30}]}`))
		x.must(err)
		f = x.full()
		f.Legs = f.Legs[:1]
		f.Legs[0].TemplateID = tpl.ID
		_, err = x.s.Activate(ctx, x.ws, x.create(f).ID, "user:1")
		x.wantCode(err, "campaign.values_refused")
	})
}
