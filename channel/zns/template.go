package zns

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/loa-project/loa/template"
)

// Template is a template that Zalo keeps for an OA, as it was read last. Times are UTC.
type Template struct {
	ID          string `json:"template_id"` // digits
	Name        string `json:"name"`
	Status      string `json:"status"`  // ENABLE, PENDING_REVIEW, REJECT, DISABLE, DELETE or a newer word of Zalo's
	Quality     string `json:"quality"` // HIGH, MEDIUM, LOW or UNDEFINED
	Tag         string `json:"tag"`     // TRANSACTION, CUSTOMER_CARE, PROMOTION, OTP or an older word
	PriceVND    int64  `json:"price_vnd"`
	PriceUIDVND int64  `json:"price_uid_vnd"` // to a Zalo user instead of a phone number
	// PriceBeforeVND is the price until PriceChangedAt; both are zero while it never changed.
	PriceBeforeVND int64     `json:"price_before_vnd"`
	PriceChangedAt time.Time `json:"price_changed_at,omitzero"`
	// Reason is Zalo's words on the last change of the status that it told by itself.
	Reason     string   `json:"reason"`
	TimeoutMS  int64    `json:"timeout_ms"`
	PreviewURL string   `json:"preview_url"` // a page of Zalo's, "" = none
	Params     []Param  `json:"params"`
	Buttons    []Button `json:"buttons"`
	// Wording is the text with <placeholders>, as somebody of the shop wrote it down for previews: Zalo does not tell it.
	Wording  string    `json:"wording"`
	MadeAt   time.Time `json:"made_at,omitzero"`   // at Zalo
	DetailAt time.Time `json:"detail_at,omitzero"` // when parameters and prices were read
	Gone     bool      `json:"gone"`               // Zalo does not list it any more
	Sendable bool      `json:"sendable"`           // approved, and its parameters are known
}

// Param is one parameter with a sample of its values.
type Param struct {
	template.ZNSParam
	Sample string `json:"sample"`
	// Guess is the type, "1" to "15", that the sample and the length speak for; Zalo itself says "STRING" for most. "" = plain text.
	Guess string `json:"guess"`
}

// Button is one button below a message.
type Button struct {
	Type    string `json:"type"` // "1" to "12"
	Title   string `json:"title"`
	Content string `json:"content"`
}

// The longest wording in bytes: Zalo's own limits are four paragraphs of 400 characters, a title and a table.
const maxWording = 16 << 10

const enabled = "ENABLE"

var (
	guessTime     = regexp.MustCompile(`^\d{1,2}(:\d{2}|/\d{4}|/\d{1,2}/\d{4})`)
	guessCurrency = regexp.MustCompile(`^[1-9]\d{3,11}$`)
	guessLink     = regexp.MustCompile(`^https?://`)
)

// known are the types that Zalo's documents number.
var known = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"}

// guess says which type a parameter probably has. Source: developers.zalo.me, ZBS Template Message, create template, table of parameter types and lengths.
func guess(p template.ZNSParam, sample string) string {
	sample = strings.TrimSpace(sample)
	switch {
	case slices.Contains(known, p.Type):
		return p.Type
	case guessLink.MatchString(sample):
		return "13"
	case p.MaxLength == 20 && guessTime.MatchString(sample):
		return "11"
	case p.MaxLength == 12 && guessCurrency.MatchString(sample):
		return "14"
	}
	return ""
}
