package report

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/loa-project/loa/internal/i18n"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
)

// exportPage is how many lines are read at once; no transaction stays open between pages.
const exportPage = 2000

var exportColumns = []string{"contact_id", "external_id", "name", "phone", "email", "message_id", "rank", "channel", "status", "code", "cause", "advice", "price",
	"requested", "accepted", "delivered", "opened", "clicked", "failed", "bounced", "complained", "unsubscribed"}

var exportFacts = []message.Fact{message.FactRequested, message.FactAccepted, message.FactDelivered, message.FactOpened, message.FactClicked, message.FactFailed, message.FactBounced,
	message.FactComplained, message.FactUnsubscribed}

// Export writes the customer activity report as CSV in UTF-8 with a byte order mark, page by page, headings and words in the reader's language, times in the workspace's zone.
// Cells that a spreadsheet would calculate begin with an apostrophe. begin is called once before the first byte, when nothing can be wrong with the request any more.
func (s *Service) Export(ctx context.Context, lang string, workspace, id int64, f Filter, w io.Writer, begin func(name string)) error {
	c, run, err := s.started(ctx, workspace, id)
	if err != nil {
		return err
	}
	if _, _, err := f.where(1); err != nil {
		return err
	}
	if err := s.find(ctx, workspace, &f); err != nil {
		return err
	}
	zoneName, err := s.Zone(ctx, workspace)
	if err != nil {
		return err
	}
	zone := policy.Location(zoneName)
	begin("loa-campaign-" + strconv.FormatInt(c.ID, 10) + ".csv")
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	head := make([]string, len(exportColumns))
	for i, col := range exportColumns {
		head[i] = i18n.Text(lang, "report.column."+col, nil)
	}
	if err := out.Write(head); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	known := s.connections(workspace)
	f.Limit = exportPage
	for {
		page, next, err := s.activity(ctx, lang, workspace, run.ID, f, known)
		if err != nil {
			return err
		}
		for i := range page {
			if err := out.Write(exportRow(lang, zone, &page[i])); err != nil {
				return fmt.Errorf("write report: %w", err)
			}
		}
		out.Flush()
		if err := out.Error(); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
		if next == (Mark{}) {
			return nil
		}
		f.After = next
	}
}

func exportRow(lang string, zone *time.Location, a *Activity) []string {
	row := make([]string, 0, len(exportColumns))
	code, meaning, advice := "", "", ""
	if a.Cause != nil {
		code, meaning, advice = a.Cause.Code, a.Cause.Meaning, a.Cause.Advice
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	row = append(row, number(a.Contact.ID), inert(a.Contact.ExternalID), inert(a.Contact.Name), inert(a.Contact.Phone), inert(a.Contact.Email), number(a.MessageID), strconv.Itoa(a.Rank),
		i18n.Text(lang, "channel."+string(a.Channel), nil), Word(lang, a.Channel, a.Status), inert(code), inert(meaning), inert(advice), number(a.Price))
	for _, f := range exportFacts {
		text := ""
		if at := a.Facts[f.String()]; at != 0 {
			text = time.UnixMilli(at).In(zone).Format("2006-01-02 15:04:05")
		}
		row = append(row, text)
	}
	return row
}

// inert is text that no spreadsheet takes for a formula: a cell that begins with one of the calling characters gets an apostrophe in front.
func inert(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n', '|', '%':
		return "'" + s
	}
	return s
}
