package message

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/policy"
)

// settings stores the workspace's own rules.
func (x *world) settings(text string) {
	x.t.Helper()
	if _, err := x.d.Exec(context.Background(), `UPDATE workspace SET settings = $1 WHERE id = $2`, text, x.ws); err != nil {
		x.t.Fatal(err)
	}
}

func TestCapAtItsEdges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		type past struct {
			channel channel.Channel
			state   State
			ago     int64 // ms before the claim; -1 = not asked yet
			care    bool
		}
		sent := func(ch channel.Channel, ago int64) past { return past{channel: ch, state: Accepted, ago: ago} }
		for i, c := range []struct {
			name    string
			caps    policy.Caps
			channel channel.Channel
			past    []past
			want    bool
		}{
			{"two of the law's three messages", policy.Caps{}, channel.SMS, []past{sent(channel.SMS, 1), sent(channel.SMS, 2)}, false},
			{"the law's three messages", policy.Caps{}, channel.SMS, []past{sent(channel.SMS, 1), sent(channel.SMS, 2), sent(channel.SMS, 3)}, true},
			{"own cap of one, one millisecond inside the day", policy.Caps{Messages: 1}, channel.SMS, []past{sent(channel.SMS, day-1)}, true},
			{"own cap of one, a day ago to the millisecond", policy.Caps{Messages: 1}, channel.SMS, []past{sent(channel.SMS, day)}, false},
			{"own cap of two, one sent", policy.Caps{Messages: 2}, channel.SMS, []past{sent(channel.SMS, 5)}, false},
			{"own cap of two, two sent", policy.Caps{Messages: 2}, channel.SMS, []past{sent(channel.SMS, 5), sent(channel.SMS, 6)}, true},
			{"Zalo and SMS are counted together", policy.Caps{Messages: 1}, channel.SMS, []past{sent(channel.ZNS, 5)}, true},
			{"e-mails are not messages", policy.Caps{Messages: 1}, channel.SMS, []past{sent(channel.Email, 5)}, false},
			{"a cap on messages leaves e-mails to the law", policy.Caps{Messages: 1}, channel.Email, []past{sent(channel.Email, 5), sent(channel.Email, 6)}, false},
			{"own cap on e-mails", policy.Caps{Emails: 2}, channel.Email, []past{sent(channel.Email, 5), sent(channel.Email, 6)}, true},
			{"one call a day is the law", policy.Caps{}, channel.AICall, []past{sent(channel.AICall, 5)}, true},
			{"one call, one millisecond inside the day", policy.Caps{}, channel.AICall, []past{sent(channel.AICall, day-1)}, true},
			{"one call, a day ago to the millisecond", policy.Caps{}, channel.AICall, []past{sent(channel.AICall, day)}, false},
			{"an SMS is no call", policy.Caps{}, channel.AICall, []past{sent(channel.SMS, 5)}, false},
			{"what certainly failed reached nobody", policy.Caps{Messages: 1}, channel.SMS, []past{{channel.SMS, Failed, 5, false}}, false},
			{"unknown may have arrived", policy.Caps{Messages: 1}, channel.SMS, []past{{channel.SMS, Unknown, 5, false}}, true},
			{"a call under way counts", policy.Caps{Messages: 1}, channel.SMS, []past{{channel.SMS, Sending, -1, false}}, true},
			{"queued does not count", policy.Caps{Messages: 1}, channel.SMS, []past{{channel.SMS, Queued, -1, false}}, false},
			{"care is no advert", policy.Caps{Messages: 1}, channel.SMS, []past{{channel.SMS, Accepted, 5, true}}, false},
			{"a cap above the law's changes nothing", policy.Caps{Messages: 9}, channel.SMS, []past{sent(channel.SMS, 1), sent(channel.SMS, 2), sent(channel.SMS, 3)}, true},
		} {
			t.Run(c.name, func(t *testing.T) {
				x := newWorld(t, d)
				ctx := context.Background()
				now, contact := x.s.now(), int64(1000+i)
				var over map[int64]bool
				err := d.WithTx(ctx, func(tx *db.Tx) error {
					for j, p := range c.past {
						purpose := Marketing
						if p.care {
							purpose = Care
						}
						var run int64
						if err := tx.QueryRow(ctx, `INSERT INTO run (workspace_id, kind, source_id, name, state, purpose, class, definition, started_at) VALUES ($1, 'campaign', $2, 'a', 'running', $3, 1, '{}', 1) RETURNING id`, x.ws, j+1, string(purpose)).Scan(&run); err != nil {
							return err
						}
						var at any
						if p.ago >= 0 {
							at = now - p.ago
						}
						if _, err := tx.Exec(ctx, `INSERT INTO leg (workspace_id, run_id, contact_id, rank, channel, connection_id, state, requested_at) VALUES ($1, $2, $3, 0, $4, 1, $5, $6)`, x.ws, run, contact, string(p.channel), int64(p.state), at); err != nil {
							return err
						}
					}
					own := candidate{leg: Leg{ID: 1 << 40, ContactID: contact, Channel: c.channel}}
					var err error
					over, err = x.s.overCap(ctx, tx, &plan{run: &Run{ID: 1 << 40, WorkspaceID: x.ws, Purpose: Marketing}}, c.caps, []candidate{own}, now)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if over[1<<40] != c.want {
					t.Errorf("got over = %v, want %v", over[1<<40], c.want)
				}
			})
		}
	})
}

func TestOwnCapsAndHoursHoldInTheClaim(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(5)
		x.settings(`{"caps":{"messages":1},"spend_cap":1}`)
		x.expect(x.deliver(settled, x.start(Marketing, smsPlan())), "total=5 sent=5")
		x.expect(x.deliver(settled, x.start(Marketing, smsPlan())), "total=5 sent=0 skipped=5")
		x.expect(x.deliver(settled, x.start(Transaction, smsPlan())), "total=5 sent=5 skipped=0")
		x.clock.Advance(24*time.Hour + time.Minute)
		x.expect(x.deliver(settled, x.start(Marketing, smsPlan())), "total=5 sent=5 skipped=0")
		x.settings(`{"hours":{"sms":{"from":"13:00","to":"15:00"}}}`) // it is ten in the morning
		x.expect(x.deliver(settled, x.start(Transaction, smsPlan())), "total=5 sent=5")
		waits := x.start(Care, smsPlan())
		seen := 0
		sum := x.deliver(func(sum map[string]int64) bool { seen++; return seen > 5 || x.postponed(waits) == 5 }, waits)
		x.expect(sum, "total=5 sent=0 queued=5")
		if got := x.postponed(waits); got != 5 {
			t.Errorf("got %d legs that wait for one in the afternoon, want 5", got)
		}
		x.settings(`{"hours":7}`)
		if _, err := d.Exec(context.Background(), `UPDATE leg SET due_at = 1 WHERE workspace_id = $1 AND run_id = $2`, x.ws, waits); err != nil {
			t.Fatal(err)
		}
		p, err := x.s.plan(context.Background(), d, x.ws, waits)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := x.s.claim(context.Background(), p, 1, 10, time.Minute); err == nil || len(got) > 0 {
			t.Errorf("claim under rules that cannot be read: got %d legs and %v, want an error", len(got), err)
		}
		x.verify()
	})
}

// TestTwoCampaignsAtOnceShareTheCap claims for two campaigns in the same moments: whoever one of them reaches, the other leaves out.
func TestTwoCampaignsAtOnceShareTheCap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		ctx := context.Background()
		x.people(300)
		x.settings(`{"caps":{"messages":1}}`)
		var plans []*plan
		for range 2 {
			p, err := x.s.plan(ctx, d, x.ws, x.start(Marketing, smsPlan()))
			if err != nil {
				t.Fatal(err)
			}
			plans = append(plans, p)
		}
		reached := make([][]int64, len(plans))
		var wg sync.WaitGroup
		for i, p := range plans {
			wg.Go(func() {
				for more := true; more; {
					var got []claimed
					var err error
					if got, more, err = x.s.claim(ctx, p, 1, 300, time.Minute); err != nil {
						t.Errorf("claim: %v", err)
						return
					}
					for _, c := range got {
						reached[i] = append(reached[i], c.leg.ContactID)
					}
				}
			})
		}
		wg.Wait()
		times := map[int64]int{}
		for _, list := range reached {
			for _, id := range list {
				times[id]++
			}
		}
		for id, n := range times {
			if n > 1 {
				t.Errorf("contact %d: claimed by %d campaigns, want 1", id, n)
			}
		}
		if len(times) != 300 {
			t.Errorf("got %d people in both campaigns together, want 300", len(times))
		}
	})
}

// postponed counts the legs of a run that wait for the opening at 13:00 in Vietnam.
func (x *world) postponed(run int64) (n int) {
	x.t.Helper()
	local := x.clock.Now().In(policy.Location(""))
	opening := time.Date(local.Year(), local.Month(), local.Day(), 13, 0, 0, 0, local.Location()).UnixMilli()
	if err := x.d.QueryRow(context.Background(), fmt.Sprintf(`SELECT COUNT(*) FROM leg WHERE workspace_id = $1 AND run_id = $2 AND state = 1 AND due_at = %d`, opening), x.ws, run).Scan(&n); err != nil {
		x.t.Fatal(err)
	}
	return n
}
