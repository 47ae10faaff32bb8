package smtp

import (
	"strings"

	"github.com/loa-project/loa/provider"
)

const (
	noAddressVI = "Kiểm tra lại địa chỉ email với khách hàng. Địa chỉ này sẽ không được gửi nữa cho tới khi được sửa."
	noAddressEN = "Check the address with the customer. Nothing more is sent to it until it is corrected."
	laterVI     = "Hệ thống sẽ tự thử lại."
	laterEN     = "It is tried again by itself."
	domainVI    = "Kiểm tra SPF, DKIM và DMARC của tên miền gửi, rồi cho kết nối chạy tiếp."
	domainEN    = "Check SPF, DKIM and DMARC of the sending domain, then resume the connection."
	reputeVI    = "Kiểm tra uy tín tên miền và địa chỉ IP gửi, giảm tần suất, chỉ gửi cho người đã đồng ý."
	reputeEN    = "Check the reputation of the sending domain and address, send less often, and only to people who agreed."
	accountVI   = "Nhập lại tên đăng nhập và mật khẩu của máy chủ gửi thư trong kết nối."
	accountEN   = "Enter the mail server's user name and password again in the connection."
	tlsVI       = "Chọn chế độ TLS cho kết nối."
	tlsEN       = "Choose a TLS mode for the connection."
	quotaVI     = "Chờ sang ngày mới, hoặc nâng hạn mức của tài khoản gửi thư, rồi cho kết nối chạy tiếp."
	quotaEN     = "Wait for the next day or raise the limit of the sending account, then resume the connection."
	fullVI      = "Dùng kênh khác hoặc gửi lại sau."
	fullEN      = "Use another channel or send later."
	mendVI      = "Sửa nội dung thư rồi gửi lại."
	mendEN      = "Mend the content and send again."
	tellVI      = "Báo cho người phát triển kèm nội dung trả lời gốc."
	tellEN      = "Tell the developers and give them the raw answer."
	sizeVI      = "Giảm dung lượng thư: bớt ảnh nhúng và nội dung."
	sizeEN      = "Make the mail smaller: fewer embedded pictures, less text."
)

func hardCause(vi, en string) provider.Cause {
	return provider.Cause{Class: provider.Recipient, Suppress: true, VI: vi, EN: en, AdviceVI: noAddressVI, AdviceEN: noAddressEN}
}

func cause(c provider.Class, vi, en, adviceVI, adviceEN string) provider.Cause {
	return provider.Cause{Class: c, VI: vi, EN: en, AdviceVI: adviceVI, AdviceEN: adviceEN}
}

// Causes explains enhanced codes, basic codes and the codes of this package. A single reply may mean something else than its code alone: its *provider.Error and Report say.
// Source: RFC 3463, RFC 5321 section 4.2, RFC 4954, the IANA registry of enhanced status codes (RFC 5248), and the published rules of Gmail and Outlook.
var Causes = map[string]provider.Cause{
	"5.1.1":  hardCause("Hộp thư không tồn tại", "The mailbox does not exist"),
	"5.1.2":  hardCause("Tên miền của địa chỉ không tồn tại", "The address's domain does not exist"),
	"5.1.3":  hardCause("Địa chỉ email sai cú pháp", "The address is malformed"),
	"5.1.4":  hardCause("Địa chỉ email không rõ ràng", "The address is ambiguous"),
	"5.1.6":  hardCause("Hộp thư đã chuyển đi, không có địa chỉ mới", "The mailbox has moved without a new address"),
	"5.1.7":  cause(provider.Auth, "Địa chỉ người gửi sai cú pháp", "The sender's address is malformed", "Sửa địa chỉ người gửi trong kết nối.", "Mend the sender's address in the connection."),
	"5.1.8":  cause(provider.Auth, "Tên miền của người gửi không được chấp nhận", "The sender's domain is not accepted", "Kiểm tra tên miền người gửi và bản ghi DNS của nó.", "Check the sender's domain and its DNS records."),
	"5.1.10": hardCause("Tên miền này không nhận email", "The domain takes no mail"),
	"5.2.0":  hardCause("Hộp thư không nhận được thư", "The mailbox cannot take mail"),
	"5.2.1":  hardCause("Hộp thư đã bị vô hiệu hóa", "The mailbox is disabled"),
	"4.2.1":  cause(provider.Temporary, "Hộp thư tạm thời không nhận thư", "The mailbox is disabled for now", laterVI, laterEN),
	"5.2.2":  cause(provider.Recipient, "Hộp thư đã đầy", "The mailbox is full", "Gửi lại sau, hoặc dùng kênh khác để báo cho khách.", "Send again later, or tell the customer on another channel."),
	"4.2.2":  cause(provider.Temporary, "Hộp thư đã đầy", "The mailbox is full", laterVI, laterEN),
	"5.2.3":  cause(provider.Content, "Thư lớn hơn mức hộp thư cho phép", "The mail is larger than the mailbox allows", sizeVI, sizeEN),
	"5.3.4":  cause(provider.Content, "Thư quá lớn so với mức máy chủ cho phép", "The mail is larger than the server allows", sizeVI, sizeEN),
	"4.3.0":  cause(provider.Temporary, "Máy chủ nhận thư đang gặp sự cố", "The receiving server has trouble", laterVI, laterEN),
	"4.3.1":  cause(provider.Temporary, "Máy chủ nhận thư hết dung lượng", "The receiving server is full", laterVI, laterEN),
	"4.3.2":  cause(provider.Temporary, "Máy chủ nhận thư tạm ngừng nhận", "The receiving server takes no mail for now", laterVI, laterEN),
	"4.4.1":  cause(provider.Temporary, "Máy chủ nhận thư không trả lời", "The receiving server does not answer", laterVI, laterEN),
	"4.4.2":  cause(provider.Temporary, "Kết nối tới máy chủ nhận thư bị ngắt", "The connection to the receiving server broke", laterVI, laterEN),
	"4.4.7":  cause(provider.Recipient, "Quá thời hạn giao thư", "The delivery time ran out", "Máy chủ nhận thư không phản hồi trong nhiều giờ. Dùng kênh khác hoặc gửi lại sau.", "The receiving server gave no answer for hours. Use another channel or send later."),
	"5.4.7":  cause(provider.Recipient, "Quá thời hạn giao thư", "The delivery time ran out", "Máy chủ nhận thư không phản hồi trong nhiều giờ. Dùng kênh khác hoặc gửi lại sau.", "The receiving server gave no answer for hours. Use another channel or send later."),
	"5.4.1":  cause(provider.Recipient, "Máy chủ nhận thư không trả lời hoặc không nhận địa chỉ này", "The receiving server does not answer or does not serve the address", "Kiểm tra lại tên miền của địa chỉ email.", "Check the address's domain."),
	"5.4.4":  hardCause("Không tìm được máy chủ nhận thư của tên miền này", "No mail server was found for the domain"),
	"5.4.5":  cause(provider.Balance, "Tài khoản gửi thư đã dùng hết hạn mức gửi trong ngày", "The sending account has used up its daily limit", quotaVI, quotaEN),
	"4.4.5":  cause(provider.RateLimited, "Máy chủ gửi thư đang quá tải", "The mail server is congested", laterVI, laterEN),
	"5.4.6":  hardCause("Thư bị chuyển vòng giữa các máy chủ", "The mail went round in a loop"),
	"5.5.0":  cause(provider.Content, "Máy chủ báo sai giao thức", "The server reports a protocol error", tellVI, tellEN),
	"5.5.1":  cause(provider.Content, "Lệnh không hợp lệ", "Invalid command", tellVI, tellEN),
	"5.5.2":  cause(provider.Content, "Lệnh sai cú pháp", "Syntax error in a command", tellVI, tellEN),
	"5.5.4":  cause(provider.Content, "Tham số của lệnh không hợp lệ", "Invalid parameter of a command", tellVI, tellEN),
	"5.6.0":  cause(provider.Content, "Nội dung thư không được chấp nhận", "The content is not accepted", "Sửa nội dung thư rồi gửi lại.", "Mend the content and send again."),
	"5.6.1":  cause(provider.Content, "Loại nội dung không được hỗ trợ", "The kind of content is not supported", "Sửa nội dung thư rồi gửi lại.", "Mend the content and send again."),
	"4.7.0":  cause(provider.Temporary, "Bị từ chối tạm thời theo chính sách", "Refused for now by policy", laterVI, laterEN),
	"4.7.1":  cause(provider.Temporary, "Bị hoãn tạm thời, thường do cơ chế danh sách xám", "Deferred, often greylisting", "Hệ thống sẽ tự thử lại sau vài phút.", "It is tried again by itself after some minutes."),
	"5.7.0":  cause(provider.Recipient, "Bị từ chối theo chính sách của máy chủ nhận", "Refused by the receiver's policy", reputeVI, reputeEN),
	"5.7.1":  cause(provider.Recipient, "Bị từ chối theo chính sách của máy chủ nhận, thường do uy tín hoặc nội dung", "Refused by the receiver's policy, often for reputation or content", reputeVI, reputeEN),
	"5.7.8":  cause(provider.Auth, "Tên đăng nhập hoặc mật khẩu máy chủ gửi thư không đúng", "The mail server's user name or password is wrong", accountVI, accountEN),
	"5.7.9":  cause(provider.Auth, "Cách đăng nhập quá yếu so với yêu cầu của máy chủ", "The way of authentication is too weak for the server", accountVI, accountEN),
	"5.7.10": cause(provider.Auth, "Máy chủ yêu cầu mã hóa kết nối", "The server wants an encrypted connection", tlsVI, tlsEN),
	"5.7.11": cause(provider.Auth, "Máy chủ yêu cầu mã hóa trước khi đăng nhập", "The server wants encryption before authentication", tlsVI, tlsEN),
	"5.7.13": cause(provider.Auth, "Tài khoản gửi thư đã bị khóa", "The sending account is disabled", "Liên hệ nhà cung cấp máy chủ gửi thư.", "Ask the provider of the mail server."),
	"5.7.14": cause(provider.Auth, "Máy chủ yêu cầu xác nhận lại tài khoản", "The server wants the account to be confirmed", "Đăng nhập tài khoản trên trang của nhà cung cấp để xác nhận.", "Log in at the provider's page and confirm."),
	"5.7.26": cause(provider.Auth, "Tên miền gửi không vượt qua kiểm tra SPF, DKIM hoặc DMARC", "The sending domain failed SPF, DKIM or DMARC", domainVI, domainEN),
	"5.7.27": cause(provider.Recipient, "Tên miền gửi công bố không nhận email", "The sending domain declares that it takes no mail", domainVI, domainEN),
	"5.7.28": cause(provider.RateLimited, "Máy chủ nhận thấy quá nhiều thư từ tên miền này", "The receiver sees a flood of mail from this domain", reputeVI, reputeEN),
	"4.7.28": cause(provider.RateLimited, "Máy chủ nhận thấy quá nhiều thư từ tên miền này", "The receiver sees a flood of mail from this domain", "Hệ thống tự gửi chậm lại; nếu lặp lại, giảm tốc độ của kết nối.", "It slows down by itself; if it repeats, lower the connection's rate."),
	"5.7.515": cause(provider.Auth, "Tên miền gửi chưa đạt yêu cầu xác thực của Outlook", "The sending domain does not meet Outlook's authentication rules",
		domainVI, domainEN),
	"421": cause(provider.RateLimited, "Máy chủ gửi thư tạm đóng kết nối hoặc yêu cầu chậm lại", "The server closes the connection or asks to slow down", laterVI, laterEN),
	"450": cause(provider.Temporary, "Hộp thư tạm thời không nhận được", "The mailbox is not available for now", laterVI, laterEN),
	"451": cause(provider.Temporary, "Máy chủ tạm thời gặp sự cố", "The server has a temporary error", laterVI, laterEN),
	"452": cause(provider.Temporary, "Máy chủ tạm thời thiếu dung lượng", "The server is short of storage for now", laterVI, laterEN),
	"454": cause(provider.RateLimited, "Máy chủ tạm thời không nhận đăng nhập hoặc yêu cầu chậm lại", "Authentication is off for now, or the server asks to slow down", laterVI, laterEN),
	"500": cause(provider.Content, "Máy chủ không hiểu lệnh", "The server does not understand a command", tellVI, tellEN),
	"501": cause(provider.Content, "Tham số của lệnh sai cú pháp", "Syntax error in a parameter", tellVI, tellEN),
	"502": cause(provider.Content, "Máy chủ không hỗ trợ lệnh", "The server does not know a command", tellVI, tellEN),
	"503": cause(provider.Content, "Thứ tự lệnh không đúng", "Commands in the wrong order", tellVI, tellEN),
	"504": cause(provider.Content, "Máy chủ không hỗ trợ tham số của lệnh", "The server does not know a parameter", tellVI, tellEN),
	"523": cause(provider.Auth, "Máy chủ yêu cầu mã hóa kết nối", "The server wants an encrypted connection", tlsVI, tlsEN),
	"524": cause(provider.Auth, "Máy chủ yêu cầu mã hóa trước khi đăng nhập", "The server wants encryption before authentication", tlsVI, tlsEN),
	"530": cause(provider.Auth, "Máy chủ yêu cầu đăng nhập", "The server wants authentication", accountVI, accountEN),
	"534": cause(provider.Auth, "Cách đăng nhập quá yếu so với yêu cầu của máy chủ", "The way of authentication is too weak", accountVI, accountEN),
	"535": cause(provider.Auth, "Tên đăng nhập hoặc mật khẩu máy chủ gửi thư không đúng", "The mail server's user name or password is wrong", accountVI, accountEN),
	"538": cause(provider.Auth, "Máy chủ yêu cầu mã hóa trước khi đăng nhập", "The server wants encryption before authentication", tlsVI, tlsEN),
	"550": hardCause("Máy chủ từ chối địa chỉ này", "The server refuses the address"),
	"551": hardCause("Người nhận không thuộc máy chủ này", "The recipient is not on this server"),
	"552": cause(provider.Recipient, "Hộp thư đã đầy hoặc thư quá lớn", "The mailbox is full or the mail too large", sizeVI, sizeEN),
	"553": hardCause("Tên hộp thư không được chấp nhận", "The mailbox name is not allowed"),
	"554": hardCause("Máy chủ từ chối thư", "The server refuses the mail"),
	"555": cause(provider.Content, "Máy chủ không nhận tham số của lệnh", "The server refuses a command's parameter", tellVI, tellEN),
	CodeCertificate: cause(provider.Auth, "Chứng chỉ của máy chủ gửi thư không đáng tin cậy", "The mail server's certificate is not trusted",
		"Kiểm tra tên máy chủ, ngày hết hạn của chứng chỉ, hoặc thêm chứng chỉ gốc vào kết nối.", "Check the server's name and the certificate's dates, or add its root certificate to the connection."),
	CodeNoStartTLS: cause(provider.Auth, "Máy chủ gửi thư không hỗ trợ STARTTLS", "The mail server offers no STARTTLS", "Chọn chế độ TLS khác, thường là cổng 465.", "Choose another TLS mode, usually port 465."),
	CodeNoAuth:     cause(provider.Auth, "Không có cách đăng nhập an toàn vào máy chủ gửi thư", "There is no safe way to log in to the mail server", "Bật TLS cho kết nối và kiểm tra cách đăng nhập của máy chủ.", "Switch TLS on and check which authentication the server offers."),
}

// byKind are the words for a verdict that the code alone does not tell; the code is put at their end.
var byKind = map[Kind]provider.Cause{
	Hard:    hardCause("Máy chủ từ chối địa chỉ này", "The server refuses the address"),
	Soft:    cause(provider.Recipient, "Máy chủ không giao được thư", "The server could not deliver the mail", fullVI, fullEN),
	later:   cause(provider.Temporary, "Máy chủ tạm thời từ chối", "Refused for now", laterVI, laterEN),
	slower:  cause(provider.RateLimited, "Máy chủ yêu cầu gửi chậm lại", "The server asks to slow down", laterVI, laterEN),
	Policy:  cause(provider.Recipient, "Bị từ chối theo chính sách của máy chủ nhận", "Refused by the receiver's policy", reputeVI, reputeEN),
	Setup:   cause(provider.Auth, "Tên miền gửi không vượt qua kiểm tra SPF, DKIM hoặc DMARC", "The sending domain failed SPF, DKIM or DMARC", domainVI, domainEN),
	TooBig:  cause(provider.Content, "Máy chủ không chấp nhận nội dung thư", "The server does not accept the content", mendVI, mendEN),
	Account: cause(provider.Auth, "Máy chủ không chấp nhận tài khoản hoặc địa chỉ người gửi", "The server does not accept the account or the sender's address", accountVI, accountEN),
	Quota:   cause(provider.Balance, "Tài khoản gửi thư đã dùng hết hạn mức", "The sending account has used up its limit", quotaVI, quotaEN),
}

// Explain gives the cause of a code of a *provider.Error or Report of this package. Enhanced codes that are not listed are explained by their subject, a code with a kind behind it
// ("550/policy") by the kind, other codes by that of the call itself.
func Explain(code string) provider.Cause {
	if c, ok := Causes[code]; ok {
		return c
	}
	if bare, kind, ok := strings.Cut(code, "/"); ok {
		if c, ok := byKind[Kind(kind)]; ok {
			return withCode(c, bare)
		}
	}
	if enh, rest := enhanced([]byte(code)); enh == "" || len(rest) > 0 || strings.HasPrefix(enh, "2") {
		return provider.Explain(code)
	}
	v := Judge(0, code, "")
	kind := v.Kind
	switch v.Class {
	case provider.Temporary:
		kind = later
	case provider.RateLimited:
		kind = slower
	}
	c := withCode(byKind[kind], code)
	c.Class, c.Suppress = v.Class, v.Suppress
	return c
}

func withCode(c provider.Cause, code string) provider.Cause {
	c.VI += " (mã " + code + ")"
	c.EN += " (code " + code + ")"
	return c
}
