package proof

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/i18n"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/report"
)

// TestWords holds what people read against the status table: the words of reports and exports, and those of the web app, are the table's for every action.
func TestWords(t *testing.T) {
	t.Parallel()
	var app struct{ Status map[string]string }
	var own struct {
		StatusOf map[string]map[string]string
	}
	for name, into := range map[string]any{"app": &app, "statuses": &own} {
		raw, err := os.ReadFile(root + "/web/src/i18n/vi/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range Table {
		c := channel.Channel(r.Name)
		if r.Name == "http" {
			c = channel.HTTPRequest
		}
		if c.Bit() == 0 {
			t.Fatalf("row %s: no such channel", r.Name)
		}
		for _, cell := range r.Cells {
			if got := report.Word(i18n.Vietnamese, c, message.Status(cell.Status)); got != cell.Title {
				t.Errorf("reports say %s of %s: got %q, want %q", cell.Status, c, got, cell.Title)
			}
			shown, ok := own.StatusOf[string(c)][cell.Status]
			if !ok {
				shown = app.Status[cell.Status]
			}
			if shown != cell.Title {
				t.Errorf("the web app says %s of %s: got %q, want %q", cell.Status, c, shown, cell.Title)
			}
		}
	}
}
