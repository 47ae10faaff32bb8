package report

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// Activity is one line of the customer activity report: one message on one channel.
type Activity struct {
	MessageID    int64            `json:"message_id"` // of the ledger; opens the message with its attempts
	RunID        int64            `json:"run_id"`
	Contact      ContactRef       `json:"contact"`
	Rank         int              `json:"rank"` // 0 main channel, 1 and up fallbacks
	Channel      channel.Channel  `json:"channel"`
	ConnectionID int64            `json:"connection_id"`
	Status       message.Status   `json:"status"`               // the furthest that is known
	Counted      []message.Status `json:"counted"`              // all words that the message counts under
	Superseded   bool             `json:"superseded,omitempty"` // another channel was tried after it
	Cause        *Cause           `json:"cause,omitempty"`      // why it failed, was skipped, waits or is unknown
	Price        int64            `json:"price"`                // VND
	DueAt        int64            `json:"due_at,omitempty"`     // when it is sent, or looked up, next
	Facts        map[string]int64 `json:"facts"`                // requested, accepted, delivered, opened ... to the first time
}

// ContactRef is the contact of a line. A contact that was erased has only its id.
type ContactRef struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	ExternalID string `json:"external_id,omitempty"`
	Phone      string `json:"phone,omitempty"`
	Email      string `json:"email,omitempty"`
}

// Filter narrows the activity report. Zero values do not restrict.
type Filter struct {
	Status  message.Status // a word of the status table: all messages that it counts
	Rank    *int
	Channel channel.Channel
	Code    string // the provider's code or our rule
	Class   string
	Search  string // beginnings of words of name, phone, e-mail or code of the person, as in the list of people
	Open    bool   // only the last message of each person, without those that another channel took over
	After   Mark
	Limit   int // 1 to 5,000, 0 = 50

	// people are all whom Search finds when they are few, found before the ledger is read; nil = many, or nobody looked.
	people []int64
}

// Mark is the place of a line in the report.
type Mark struct {
	Contact, Seq int64
	Rank         int
}

// start is before the first line.
var start = Mark{Rank: -1}

// Activity reads a page of a campaign's report in the order of people; next is the mark of the page after it, the zero Mark at the end.
func (s *Service) Activity(ctx context.Context, lang string, workspace, id int64, f Filter) (page []Activity, next Mark, err error) {
	_, run, err := s.started(ctx, workspace, id)
	if err != nil {
		return nil, next, err
	}
	return s.activity(ctx, lang, workspace, run.ID, f, s.connections(workspace))
}

func (s *Service) activity(ctx context.Context, lang string, workspace, run int64, f Filter, known *connections) (page []Activity, next Mark, err error) {
	if f.Limit <= 0 || f.Limit > 5000 {
		f.Limit = 50
	}
	if f.After == (Mark{}) {
		f.After = start
	}
	if err := s.find(ctx, workspace, &f); err != nil {
		return nil, next, err
	}
	where, args, err := f.where(7)
	if err != nil {
		return nil, next, err
	}
	text := strings.Replace(query("activity"), "--filter--", where, 1)
	rows, err := s.DB.Query(ctx, text, append([]any{workspace, run, f.After.Contact, f.After.Seq, f.After.Rank, f.Limit + 1}, args...)...)
	if err != nil {
		return nil, next, fmt.Errorf("read activity: %w", err)
	}
	type line struct {
		leg message.Leg
		who ContactRef
	}
	lines, err := collect(rows, func(r *sql.Rows) (l line, err error) {
		err = r.Scan(append(legFields(&l.leg), &l.who.Name, &l.who.ExternalID, &l.who.Phone, &l.who.Email)...)
		l.who.ID = l.leg.ContactID
		return l, err
	})
	if err != nil {
		return nil, next, fmt.Errorf("read activity: %w", err)
	}
	if len(lines) > f.Limit {
		lines = lines[:f.Limit]
		last := lines[f.Limit-1].leg
		next = Mark{last.ContactID, last.Seq, last.Rank}
	}
	page = make([]Activity, len(lines))
	for i := range lines {
		if page[i], err = s.line(ctx, lang, known, &lines[i].leg, lines[i].who); err != nil {
			return nil, next, err
		}
	}
	return page, next, nil
}

// where writes the conditions of the filter; its first parameter is number first.
func (f *Filter) where(first int) (string, []any, error) {
	var b strings.Builder
	var args []any
	eq := func(column string, value any) {
		args = append(args, value)
		b.WriteString(" AND " + column + " = $" + strconv.Itoa(first+len(args)-1))
	}
	if f.Status != "" {
		sql, err := condition(f.Status)
		if err != nil {
			return "", nil, err
		}
		b.WriteString(" AND " + sql)
	}
	if f.Rank != nil {
		eq("l.rank", *f.Rank)
	}
	if f.Channel != "" {
		if f.Channel.Bit() == 0 {
			return "", nil, errs.Invalid("report.channel_unknown").With("channel", string(f.Channel)).Field("query.channel", "report.channel_unknown")
		}
		eq("l.channel", string(f.Channel))
	}
	if f.Code != "" {
		eq("l.reason", f.Code)
	}
	if f.Class != "" {
		eq("l.class_of", f.Class)
	}
	if f.Open {
		b.WriteString(" AND l.superseded = 0")
	}
	switch {
	case f.Search == "":
	case f.people != nil:
		if len(f.people) == 0 {
			b.WriteString(" AND 1 = 0")
			break
		}
		b.WriteString(" AND l.contact_id IN (" + db.In(first+len(args), len(f.people)) + ")")
		for _, id := range f.people {
			args = append(args, id)
		}
	default:
		where, more := contact.SearchSQL(f.Search, first+len(args))
		b.WriteString(where)
		args = append(args, more...)
	}
	return b.String(), args, nil
}

// legFields are the targets of a leg's columns in the order of the statements in queries.
func legFields(l *message.Leg) []any {
	f := &l.Facts
	return []any{&l.ID, &l.WorkspaceID, &l.RunID, &l.ContactID, &l.Seq, &l.Rank, &l.Channel, &l.ConnectionID, &l.State, &l.Attempt, &l.Superseded, &l.Reason, &l.Class, &l.Price, &l.Due,
		&f[0], &f[1], &f[2], &f[3], &f[4], &f[5], &f[6], &f[7], &f[8], &f[9]}
}

func (s *Service) line(ctx context.Context, lang string, known *connections, l *message.Leg, who ContactRef) (Activity, error) {
	a := Activity{MessageID: l.ID, RunID: l.RunID, Contact: who, Rank: l.Rank, Channel: l.Channel, ConnectionID: l.ConnectionID, Status: l.Status(), Counted: l.Counts(),
		Superseded: l.Superseded, Price: l.Price, DueAt: l.Due, Facts: map[string]int64{}}
	for f, at := range l.Facts {
		if at != 0 {
			a.Facts[message.Fact(f).String()] = at
		}
	}
	var err error
	a.Cause, err = s.cause(ctx, lang, known, l)
	return a, err
}

// ContactActivity is one message of a contact with the run that it belongs to.
type ContactActivity struct {
	Activity
	Kind       string `json:"kind"`                  // campaign or api
	CampaignID int64  `json:"campaign_id,omitempty"` // when kind is campaign
	Run        string `json:"run"`                   // its name
	RunState   string `json:"run_state"`
}

// OfContact reads what one contact got, newest run first. before is the run below which to go on, 0 for the first page; next is 0 at the end. A page can be longer than limit,
// because it holds whole runs.
func (s *Service) OfContact(ctx context.Context, lang string, workspace, id, before int64, limit int) (page []ContactActivity, next int64, err error) {
	var who ContactRef
	err = s.DB.QueryRow(ctx, `SELECT id, name, COALESCE(external_id, ''), COALESCE(phone, ''), COALESCE(email, '') FROM contact WHERE workspace_id = $1 AND id = $2`, workspace, id).
		Scan(&who.ID, &who.Name, &who.ExternalID, &who.Phone, &who.Email)
	if noRows(err) {
		return nil, 0, errs.NotFound("contact")
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read contact: %w", err)
	}
	const most = 2000
	rows, err := s.DB.Query(ctx, query("contact"), workspace, id, before, most)
	if err != nil {
		return nil, 0, fmt.Errorf("read activity of contact: %w", err)
	}
	defer rows.Close()
	known, page := s.connections(workspace), []ContactActivity{}
	var legs []message.Leg
	for rows.Next() {
		var c ContactActivity
		var l message.Leg
		var run, source int64
		if err := rows.Scan(append([]any{&run, &c.Kind, &source, &c.Run, &c.RunState}, legFields(&l)...)...); err != nil {
			return nil, 0, fmt.Errorf("read activity of contact: %w", err)
		}
		if n := len(legs); n >= limit && legs[n-1].RunID != run {
			next = legs[n-1].RunID
			break
		}
		if c.Kind == message.KindCampaign {
			c.CampaignID = source
		}
		legs, page = append(legs, l), append(page, c)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("read activity of contact: %w", err)
	}
	_ = rows.Close()
	for i := range page {
		if page[i].Activity, err = s.line(ctx, lang, known, &legs[i], who); err != nil {
			return nil, 0, err
		}
	}
	return page, next, nil
}
