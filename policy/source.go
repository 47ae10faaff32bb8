package policy

import "strings"

// Source is the text of law or platform that a rule is drawn from, in the reader's language.
type Source struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

var (
	decreeMessages = Source{"Nghị định 91/2020/NĐ-CP, Điều 13 và 17", "Decree 91/2020/ND-CP, articles 13 and 17"}
	znsTags        = Source{"Zalo, ZBS Template Message: thẻ (tag) của mẫu tin", "Zalo, ZBS Template Message: tags of templates"}
	oaTemplates    = Source{"Zalo, ZBS Template Message: gửi mẫu tin theo UID", "Zalo, ZBS Template Message: sending by user id"}
	metaTypes      = Source{"Meta, Messenger Platform: Send Messages (cửa sổ 24 giờ, loại tin)", "Meta, Messenger Platform: Send Messages (24-hour window, messaging types)"}
	metaTags       = Source{"Meta, Messenger Platform: thông báo ngừng thẻ tin nhắn ngày 27/04/2026", "Meta, Messenger Platform: changelog of 2026-04-27 on message tags"}
)

// sources are where the rules come from, by their names.
var sources = map[string]Source{
	"decree91.messages":     decreeMessages,
	"decree91.calls":        decreeMessages,
	"decree91.caps":         decreeMessages,
	"decree91.label":        {"Nghị định 91/2020/NĐ-CP, Điều 15", "Decree 91/2020/ND-CP, article 15"},
	"decree91.opt_out":      {"Nghị định 91/2020/NĐ-CP, Điều 16", "Decree 91/2020/ND-CP, article 16"},
	MailOptOut:              {"Nghị định 91/2020/NĐ-CP, Điều 16", "Decree 91/2020/ND-CP, article 16"},
	"zns.night":             {"Zalo, ZNS: khung giờ gửi 06:00–22:00 (mã lỗi -133)", "Zalo, ZNS: sending hours 06:00–22:00 (error -133)"},
	"zns.otp":               znsTags,
	"zns.promotion":         znsTags,
	"zalo_oa.night":         {"Zalo Official Account API: không gửi tin truyền thông từ 22:00 đến 06:00 (mã lỗi -234)", "Zalo Official Account API: no promotion from 22:00 to 06:00 (error -234)"},
	"zalo_oa.window":        {"Zalo Official Account API: Tin Tư vấn (48 giờ, 7 ngày)", "Zalo Official Account API: consultation messages (48 hours, seven days)"},
	"zalo_oa.template":      oaTemplates,
	"zalo_oa.promotion":     oaTemplates,
	"zalo_oa.ended":         {"Zalo Official Account API: ngừng tin giao dịch và truyền thông tự do từ 01/03/2026", "Zalo Official Account API: end of free-form transaction and promotion messages on 2026-03-01"},
	"messenger.window":      metaTypes,
	"messenger.human_agent": {"Meta, Messenger Platform: thẻ HUMAN_AGENT (7 ngày)", "Meta, Messenger Platform: tag HUMAN_AGENT (seven days)"},
	"messenger.utility":     {"Meta, Messenger Platform: Utility Messages", "Meta, Messenger Platform: Utility Messages"},
	"messenger.tags":        metaTags,
	"messenger.tags_ended":  metaTags,
}

// SourceOf tells where a rule comes from; nil for a rule that the workspace or the campaign made itself, and for names that are none. A name may carry the prefix of an activation's problems.
func SourceOf(rule string) *Source {
	if rule == "campaign.mail_without_unsubscribe" {
		rule = MailOptOut
	}
	if s, ok := sources[strings.TrimPrefix(rule, "campaign.rule.")]; ok {
		return &s
	}
	return nil
}
