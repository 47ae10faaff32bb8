package etelecom

import (
	"encoding/json"
	"errors"

	"github.com/loa-project/loa/provider"
)

// Change is one message of a webhook with the OA that sent it.
type Change struct {
	Message
	OAID string
}

// ErrWebhook is a body that holds no message.
var ErrWebhook = errors.New("not a webhook of messages")

// mostChanges bounds what one body may bring.
const mostChanges = 1000

// ParseWebhook reads a webhook of the entity zl_oa_message. The methods are published (docs.etelecom.vn, "CreateWebhook"), the body is not: it is read as the platform's other webhooks are
// written, a list of changes with the latest state of each object, and also as one bare message. Whatever it brings, ListMessages is asked for what stays open.
func ParseWebhook(body []byte) ([]Change, error) {
	var in struct {
		Changes []struct {
			Entity provider.Text   `json:"entity"`
			Latest json.RawMessage `json:"latest"`
		} `json:"changes"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, errors.Join(ErrWebhook, err)
	}
	var out []Change
	add := func(raw []byte) {
		var w struct {
			wireMessage
			OAID provider.Text `json:"oa_id"`
		}
		if json.Unmarshal(raw, &w) == nil && (w.ID != "" || w.MsgID != "" || w.TrackingID != "") {
			out = append(out, Change{w.message(raw), string(w.OAID)})
		}
	}
	for i, c := range in.Changes {
		if (c.Entity == "zl_oa_message" || c.Entity == "") && i < mostChanges {
			add(c.Latest)
		}
	}
	if in.Changes == nil {
		add(body)
	}
	if len(out) == 0 {
		return nil, ErrWebhook
	}
	return out, nil
}
