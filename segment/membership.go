package segment

import (
	"strings"
	"time"

	"github.com/loa-project/loa/internal/db"
)

// members says how a sub-query is asked for its people. IN is made once and may lead the query. Below OR and NOT PostgreSQL would walk a long list again for every person, so there it
// looks each person up; SQLite keeps the list sorted and is faster with it everywhere.
func (w *writer) members(must bool, alias, table, which string) string {
	if must || w.rule.dialect == db.SQLite {
		return "c.id IN (SELECT " + alias + ".contact_id FROM " + table + " " + alias + " WHERE " + alias + ".workspace_id = " + w.ws() + which + ")"
	}
	return "EXISTS (SELECT 1 FROM " + table + " " + alias + " WHERE " + alias + ".workspace_id = " + w.ws() + " AND " + alias + ".contact_id = c.id" + which + ")"
}

func (w *writer) tag(t *test, must bool) string {
	w.ws() // bound first, so that the numbers rise in the text
	if t.op == "has_any" {
		return w.members(must, "ct", "contact_tag", "")
	}
	if t.op == "all_of" {
		parts := make([]string, len(t.tags))
		for i, id := range t.tags {
			parts[i] = w.members(must, "ct", "contact_tag", " AND ct.tag_id = "+w.bind(id))
		}
		return "(" + join(parts, " AND ") + ")"
	}
	list := make([]string, len(t.tags))
	for i, id := range t.tags {
		list[i] = w.bind(id)
	}
	return w.members(must, "ct", "contact_tag", " AND ct.tag_id IN ("+strings.Join(list, ", ")+")")
}

func (w *writer) lists(t *test, must bool) string {
	w.ws()
	ids := make([]string, len(t.segments))
	for i, s := range t.segments {
		ids[i] = w.bind(s.id)
	}
	return w.members(must, "lm", "list_member", " AND lm.segment_id IN ("+strings.Join(ids, ", ")+")")
}

// events says which legs show an event, and since when. Who clicked has opened; what a person answered to has arrived.
var events = map[string]struct{ is, at string }{
	"sent":         {"l.requested_at IS NOT NULL", "l.requested_at"},
	"delivered":    {"l.state = 4", "COALESCE(l.delivered_at, l.opened_at, l.clicked_at, l.answered_at, l.complained_at, l.unsubscribed_at)"},
	"opened":       {"(l.opened_at IS NOT NULL OR l.clicked_at IS NOT NULL)", "COALESCE(l.opened_at, l.clicked_at)"},
	"clicked":      {"l.clicked_at IS NOT NULL", "l.clicked_at"},
	"failed":       {"l.state = 5", "COALESCE(l.failed_at, l.requested_at)"},
	"bounced":      {"l.bounced_at IS NOT NULL", "l.bounced_at"},
	"complained":   {"l.complained_at IS NOT NULL", "l.complained_at"},
	"unsubscribed": {"l.unsubscribed_at IS NOT NULL", "l.unsubscribed_at"},
	"unknown":      {"l.state = 6", "l.requested_at"},
	"skipped":      {"l.state = 7", ""}, // has no time of its own: the run's start stands for it
}

func (w *writer) campaign(t *test, must bool) string {
	e := events[t.event]
	ws := w.ws()
	if t.campaign != 0 && len(t.runs) == 0 {
		return "1 = 0" // has not started
	}
	since := ""
	if t.within > 0 {
		since = w.bind(w.rule.now.Add(-time.Duration(t.within) * 24 * time.Hour).UnixMilli())
	}
	which := ""
	runs := "SELECT r.id FROM run r WHERE r.workspace_id = " + ws + " AND r.kind = 'campaign'"
	if since != "" && e.at == "" {
		runs += " AND r.started_at >= " + since
	}
	if t.campaign != 0 {
		for _, id := range t.runs {
			which += ", " + w.bind(id)
		}
		which = " AND l.run_id IN (" + which[2:] + ")"
	}
	if t.campaign == 0 || (since != "" && e.at == "") {
		which += " AND l.run_id IN (" + runs + ")"
	}
	which += " AND " + e.is
	if since != "" && e.at != "" {
		which += " AND " + e.at + " >= " + since
	}
	if t.channel != "" {
		which += " AND l.channel = " + w.bind(t.channel)
	}
	// The ledger's index begins with the run: one campaign can be looked up person by person, all campaigns can only be read through once.
	return w.members(must || t.campaign == 0, "l", "leg", which)
}
