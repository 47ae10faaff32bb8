package report

import (
	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/i18n"
	"github.com/loa-project/loa/message"
)

// Word is what people call a status of a channel: "Gửi thành công" for a call that a shop's system answered, "Đã nhận" for a message on a phone. Most channels share the words "status.<status>";
// "status.<channel>.<status>" stands where the status table has another. The web app has the same table in i18n/…/statuses.json, and a test of package proof compares both with the status table.
func Word(lang string, c channel.Channel, s message.Status) string {
	if code := "status." + string(c) + "." + string(s); i18n.Has(lang, code) {
		return i18n.Text(lang, code, nil)
	}
	return i18n.Text(lang, "status."+string(s), nil)
}
