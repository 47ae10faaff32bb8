package template

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

// Template is one version of a template; the newest where nothing else is said.
type Template struct {
	ID          int64           `json:"id"`
	WorkspaceID int64           `json:"-"`
	Name        string          `json:"name"`
	Channel     channel.Channel `json:"channel"` // zns, sms or email; never changes
	Version     int             `json:"version"` // from 1, grows with every change of the content
	Content     json.RawMessage `json:"content"` // ZNSContent, SMSContent, EmailContent or MessengerContent
	CreatedBy   string          `json:"created_by"`
	CreatedAt   time.Time       `json:"created_at"` // UTC
	UpdatedAt   time.Time       `json:"updated_at"` // UTC; when the name or the content was last changed
}

// maxName is the longest name in characters.
const maxName = 200

func cleanName(name string) (string, *errs.Error) {
	name = strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	switch {
	case name == "":
		return "", errs.Invalid("template.name_empty").Field("name", "template.name_empty")
	case !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxName:
		return "", errs.Invalid("template.name_too_long").With("max", "200").Field("name", "template.name_too_long")
	}
	return name, nil
}

// normalize checks content and gives the form that is stored: known keys only, in a fixed order.
func normalize(ch channel.Channel, raw json.RawMessage) (json.RawMessage, *Compiled, error) {
	c, err := CompileContent(ch, raw)
	if err != nil {
		return nil, nil, err
	}
	stored, err := canonical(ch, raw)
	return stored, c, err
}

// read decodes stored content into *ZNSContent, *SMSContent or *EmailContent.
func read(ch channel.Channel, raw json.RawMessage) (any, error) {
	var v any
	switch ch {
	case channel.ZNS:
		v = &ZNSContent{}
	case channel.SMS:
		v = &SMSContent{}
	case channel.Messenger:
		v = &MessengerContent{}
	case channel.ZaloOA:
		v = &ZaloOAContent{}
	case channel.HTTPRequest:
		v = &HTTPContent{}
	case channel.Sync:
		v = &SyncContent{}
	case channel.AICall:
		v = &AICallContent{}
	case channel.Voucher:
		v = &VoucherContent{}
	case channel.Action:
		v = &ActionContent{}
	case channel.StartFlow:
		v = &StartFlowContent{}
	case channel.Wait:
		v = &WaitContent{}
	default:
		v = &EmailContent{}
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, fmt.Errorf("decode template content: %w", err)
	}
	return v, nil
}

// canonical brings content into the one text that is compared and shown, because PostgreSQL keeps JSON with its keys in another order.
func canonical(ch channel.Channel, raw json.RawMessage) (json.RawMessage, error) {
	v, err := read(ch, raw)
	if err != nil {
		return nil, err
	}
	out, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode template content: %w", err)
	}
	return out, nil
}

// fold is the form in which names are compared in a search: lower case without accents.
func fold(s string) string { return strings.ToLower(StripAccents(s)) }
