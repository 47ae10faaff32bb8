package workspace

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/policy"
)

// DefaultZone is the time zone of a workspace that names none.
const DefaultZone = "Asia/Ho_Chi_Minh"

// Workspace is one brand's data.
type Workspace struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Timezone  string    `json:"timezone" doc:"IANA name; sending hours, days and birthdays follow it"`
	Settings  Settings  `json:"settings"`
	CreatedAt time.Time `json:"created_at"`
}

// Settings are the workspace's own choices. Zero values mean: only what the law and the platforms ask for.
type Settings struct {
	Window      *Window      `json:"window,omitempty" doc:"Hours that new campaigns start out with; absent = only the limits of law and platform"`
	Hours       policy.Hours `json:"hours,omitempty" doc:"Own sending hours by channel for marketing and care; they only ever narrow the law's and the platforms'"`
	Caps        Caps         `json:"caps,omitzero" doc:"Most marketing messages to one person in 24 hours over all campaigns"`
	SpendCap    int64        `json:"spend_cap,omitempty" minimum:"0" doc:"VND after which a new campaign pauses; 0 = none"`
	TrackOpens  bool         `json:"track_opens,omitempty" doc:"New campaigns start out with open tracking"`
	TrackClicks bool         `json:"track_clicks,omitempty" doc:"New campaigns start out with click tracking"`
}

// Window is a span of the day by the wall clock, half-open; From after To crosses midnight.
type Window = policy.Window

// Caps limit marketing to one address in 24 hours, see policy.Caps.
type Caps = policy.Caps

// Check reports what is wrong with settings at a moment as workspace.settings_invalid with their fields.
func (s Settings) Check(now time.Time) error {
	e := errs.Invalid("workspace.settings_invalid")
	if s.Window != nil {
		for path, text := range map[string]string{"settings.window.from": s.Window.From, "settings.window.to": s.Window.To} {
			if _, err := time.Parse("15:04", text); err != nil && text != "24:00" || len(text) != 5 {
				e.Field(path, "workspace.window_invalid")
			}
		}
	}
	switch ch, fault := s.Hours.Fault(); fault {
	case "":
	case "never":
		e.Field("settings.hours."+string(ch), "workspace.hours_never")
	default:
		e.Field("settings.hours."+string(ch), "workspace.window_invalid")
	}
	if s.SpendCap < 0 || !s.Caps.Valid(clock.Millis(now)) {
		e.Field("settings.caps", "workspace.caps_invalid")
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// Location is the workspace's zone; the default when its name is not known here.
func (w Workspace) Location() *time.Location {
	if zone, err := time.LoadLocation(w.Timezone); err == nil && w.Timezone != "" {
		return zone
	}
	zone, err := time.LoadLocation(DefaultZone)
	if err != nil {
		return time.FixedZone(DefaultZone, 7*3600)
	}
	return zone
}

func checkZone(name string) error {
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return errs.Invalid("workspace.timezone_unknown").With("timezone", name).Field("timezone", "workspace.timezone_unknown")
	}
	return nil
}

// cleanName is a name for people: one line, trimmed, composed, 1 to 100 characters.
func cleanName(path, name string) (string, error) {
	name = strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	for _, r := range name {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return "", errs.Invalid("workspace.name_invalid").Field(path, "workspace.name_invalid")
		}
	}
	if n := utf8.RuneCountInString(name); n == 0 || n > 100 {
		return "", errs.Invalid("workspace.name_invalid").Field(path, "workspace.name_invalid")
	}
	return name, nil
}
