package stringee

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/loa-project/loa/provider"
)

// Logged is a call as Stringee's log has it.
type Logged struct {
	CallID   string
	From, To string    // digits with country code
	Created  time.Time // when the call was asked for, exact to the second
	// AnswerSeconds is how long was spoken, 0 when nobody answered or the call is still going on; then Stopped is zero.
	AnswerSeconds int64
	Answered      time.Time // zero when nobody answered
	Stopped       time.Time
}

// Log reads the newest calls of the project, at most limit: GET /v1/call/log. Source: developer.stringee.com, "Call REST API: call log"; the parameters sort_by and sort_order and the names of the
// fields as public integrations use them. Errors are *provider.Error.
func (c *Client) Log(ctx context.Context, limit int) ([]Logged, error) {
	u, bad := c.address("/v1/call/log")
	if bad != nil {
		return nil, bad
	}
	u.RawQuery = url.Values{"version": {"2"}, "limit": {strconv.Itoa(limit)}, "sort_by": {"start_time"}, "sort_order": {"desc"}}.Encode()
	var out struct {
		Data struct {
			Calls []struct {
				ID      provider.Text `json:"id"`
				From    provider.Text `json:"from_number"`
				To      provider.Text `json:"to_number"`
				Created provider.Text `json:"created"` // seconds
				Start   provider.Text `json:"start_time"`
				Answer  provider.Text `json:"answer_time"`
				Stop    provider.Text `json:"stop_time"`
				Spoken  provider.Text `json:"answer_duration"`
			} `json:"calls"`
		} `json:"data"`
	}
	if _, err := c.do(ctx, provider.Get(u, c.head()), &out); err != nil {
		return nil, err
	}
	calls := make([]Logged, 0, len(out.Data.Calls))
	for _, in := range out.Data.Calls {
		l := Logged{CallID: string(in.ID), From: Digits(string(in.From)), To: Digits(string(in.To)), Created: moment(string(in.Created)), Answered: moment(string(in.Answer)), Stopped: moment(string(in.Stop))}
		if l.Created.IsZero() {
			l.Created = moment(string(in.Start))
		}
		if s, ok := whole(string(in.Spoken)); ok {
			l.AnswerSeconds = s
		}
		if l.CallID != "" {
			calls = append(calls, l)
		}
	}
	return calls, nil
}

// moment reads a time in seconds or in milliseconds: the log has both.
func moment(text string) time.Time {
	n, ok := whole(text)
	switch {
	case !ok || n == 0:
		return time.Time{}
	case n < 100_000_000_000:
		return time.Unix(n, 0).UTC()
	}
	return time.UnixMilli(n).UTC()
}
