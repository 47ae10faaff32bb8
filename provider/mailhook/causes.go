package mailhook

import "github.com/loa-project/loa/provider"

const (
	addressVI  = "Kiểm tra lại địa chỉ email với khách hàng. Địa chỉ này sẽ không được gửi nữa cho tới khi được sửa."
	addressEN  = "Check the address with the customer. Nothing more is sent to it until it is corrected."
	listVI     = "Nếu địa chỉ đã đúng, gỡ nó khỏi danh sách chặn ở trang quản trị của dịch vụ gửi thư."
	listEN     = "If the address is right, take it off the suppression list in the mail service's console."
	laterVI    = "Dùng kênh khác hoặc gửi lại sau."
	laterEN    = "Use another channel or send later."
	contentVI  = "Sửa nội dung thư, kiểm tra liên kết và uy tín tên miền, rồi gửi lại."
	contentEN  = "Mend the content, check its links and the reputation of the domain, and send again."
	smallerVI  = "Giảm dung lượng thư: bớt ảnh nhúng và nội dung."
	smallerEN  = "Make the mail smaller: fewer embedded pictures, less text."
	approvalVI = "Kiểm tra SPF, DKIM và DMARC của tên miền gửi."
	approvalEN = "Check SPF, DKIM and DMARC of the sending domain."
)

func dead(vi, en string) provider.Cause {
	return provider.Cause{Class: provider.Recipient, Suppress: true, VI: vi, EN: en, AdviceVI: addressVI, AdviceEN: addressEN}
}

func cause(c provider.Class, vi, en, adviceVI, adviceEN string) provider.Cause {
	return provider.Cause{Class: c, VI: vi, EN: en, AdviceVI: adviceVI, AdviceEN: adviceEN}
}

// Causes explains the services' own words for a failure; enhanced codes such as 5.1.1 are explained by the package smtp. Source: docs.aws.amazon.com, "SES: contents of the event data, bounce
// types"; docs.sendgrid.com, "Event webhook reference"; documentation.mailgun.com, "Events, failed"; postmarkapp.com/developer, "Bounce API, bounce types".
var Causes = map[string]provider.Cause{
	"General":                  cause(provider.Recipient, "Thư bị trả về, Amazon SES không nói rõ vì sao", "The mail came back; Amazon SES does not say why", laterVI, laterEN),
	"NoEmail":                  dead("Hộp thư không tồn tại", "The mailbox does not exist"),
	"Suppressed":               cause(provider.Recipient, "Địa chỉ nằm trong danh sách chặn chung của Amazon SES", "The address is on the global suppression list of Amazon SES", listVI, listEN),
	"OnAccountSuppressionList": cause(provider.Recipient, "Địa chỉ nằm trong danh sách chặn của tài khoản Amazon SES", "The address is on the suppression list of the Amazon SES account", listVI, listEN),
	"MailboxFull":              cause(provider.Recipient, "Hộp thư đã đầy", "The mailbox is full", laterVI, laterEN),
	"MessageTooLarge":          cause(provider.Content, "Thư quá lớn so với mức máy chủ nhận cho phép", "The mail is larger than the receiver allows", smallerVI, smallerEN),
	"ContentRejected":          cause(provider.Content, "Máy chủ nhận từ chối nội dung thư", "The receiver refused the content", contentVI, contentEN),
	"AttachmentRejected":       cause(provider.Content, "Máy chủ nhận từ chối tệp đính kèm", "The receiver refused an attachment", contentVI, contentEN),
	"Reject":                   cause(provider.Content, "Amazon SES từ chối gửi vì nghi thư có mã độc", "Amazon SES refused to send the mail, which it takes for malicious", contentVI, contentEN),
	"RenderingFailure":         cause(provider.Content, "Amazon SES không tạo được nội dung thư", "Amazon SES could not render the mail", contentVI, contentEN),

	"blocked": cause(provider.Content, "Máy chủ nhận chặn thư vì chính sách hoặc uy tín người gửi", "The receiver blocked the mail by policy or for the sender's reputation", contentVI, contentEN),
	"bounce":  dead("Máy chủ nhận từ chối địa chỉ này", "The receiver refuses the address"),
	"dropped": cause(provider.Recipient, "SendGrid không gửi vì địa chỉ nằm trong danh sách chặn của tài khoản", "SendGrid did not send: the address is on the account's suppression list", listVI, listEN),

	"suppress-bounce":      cause(provider.Recipient, "Mailgun không gửi vì địa chỉ này từng bị trả về", "Mailgun did not send: mail to the address came back before", listVI, listEN),
	"suppress-complaint":   cause(provider.Recipient, "Mailgun không gửi vì khách từng báo thư rác", "Mailgun did not send: the person called a mail spam before", listVI, listEN),
	"suppress-unsubscribe": cause(provider.Recipient, "Mailgun không gửi vì khách đã hủy nhận ở Mailgun", "Mailgun did not send: the person unsubscribed at Mailgun", listVI, listEN),
	"generic":              cause(provider.Recipient, "Mailgun không giao được thư", "Mailgun could not deliver the mail", laterVI, laterEN),
	"old":                  cause(provider.Recipient, "Mailgun đã thử nhiều giờ mà không giao được", "Mailgun tried for hours and could not deliver", laterVI, laterEN),

	"HardBounce":          dead("Địa chỉ không nhận được thư", "The address takes no mail"),
	"BadEmailAddress":     dead("Địa chỉ email không hợp lệ", "The address is not valid"),
	"ManuallyDeactivated": cause(provider.Recipient, "Địa chỉ đã bị khóa ở Postmark", "The address was deactivated at Postmark", listVI, listEN),
	"SoftBounce":          cause(provider.Recipient, "Hộp thư tạm thời không nhận được thư", "The mailbox could not take the mail for now", laterVI, laterEN),
	"DnsError":            cause(provider.Recipient, "Không tìm được máy chủ thư của địa chỉ", "The mail server of the address could not be found", laterVI, laterEN),
	"SpamNotification":    cause(provider.Content, "Máy chủ nhận coi thư là thư rác", "The receiver takes the mail for spam", contentVI, contentEN),
	"VirusNotification":   cause(provider.Content, "Máy chủ nhận coi thư là có mã độc", "The receiver takes the mail for malicious", contentVI, contentEN),
	"DMARCPolicy":         cause(provider.Content, "Thư không vượt qua kiểm tra DMARC", "The mail failed DMARC", approvalVI, approvalEN),
	"Blocked":             cause(provider.Content, "Máy chủ nhận chặn thư vì chính sách hoặc uy tín người gửi", "The receiver blocked the mail by policy or for the sender's reputation", contentVI, contentEN),
}
