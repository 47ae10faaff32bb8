package esms

import "github.com/loa-project/loa/provider"

// CodeWaits is our own about adverts: fewer than MinBatch people have the same text so far.
const (
	CodeWaits = "batch_waits"
)

// CodeInvalidRequest stands for the answer {"error":"Invalid request"}, which has no code.
const CodeInvalidRequest = "invalid_request"

const codeDuplicate = "124"

const (
	tellVI = "Báo cho người phát triển kèm nội dung trả lời gốc."
	tellEN = "Tell the developers and give them the raw answer."
)

// Causes explains the codes of eSMS. Code 124 on a send with our RequestId is a success, see Sent.Duplicate.
// Source: developers.esms.vn, "Bảng mã lỗi" and the tables of the single calls.
var Causes = map[string]provider.Cause{
	CodeWaits: {Class: provider.RateLimited, VI: "Chưa đủ 30 người nhận có cùng nội dung quảng cáo", EN: "Fewer than 30 people get the same advert so far",
		AdviceVI: "Tin chờ thêm người nhận, tối đa khoảng 10 phút.", AdviceEN: "It waits for more people, about ten minutes at most."},
	"99": {Class: provider.Recipient, VI: "Số điện thoại đang bị chặn trên hệ thống eSMS", EN: "The number is blocked at eSMS",
		AdviceVI: "Dùng kênh khác, hoặc hỏi eSMS vì sao số này bị chặn.", AdviceEN: "Use another channel, or ask eSMS why the number is blocked."},
	"101": {Class: provider.Auth, VI: "ApiKey hoặc SecretKey không đúng", EN: "The ApiKey or SecretKey is wrong",
		AdviceVI: "Nhập lại ApiKey và SecretKey trong kết nối eSMS.", AdviceEN: "Enter both keys again in the connection."},
	"102": {Class: provider.Auth, VI: "Tài khoản chưa có bảng giá", EN: "The account has no price list",
		AdviceVI: "Liên hệ eSMS để được thiết lập bảng giá.", AdviceEN: "Ask eSMS to set up a price list."},
	"103": {Class: provider.Balance, VI: "Số dư tài khoản eSMS không đủ", EN: "The eSMS balance is too low",
		AdviceVI: "Nạp tiền vào tài khoản eSMS rồi mở lại kết nối.", AdviceEN: "Top up the eSMS account, then resume the connection."},
	"104": {Class: provider.Auth, VI: "Brandname không tồn tại hoặc đã ngừng hoạt động", EN: "The brandname does not exist or is inactive",
		AdviceVI: "Kiểm tra tên brandname, kể cả chữ hoa và chữ thường, và hạn sử dụng.", AdviceEN: "Check the brandname, its upper and lower case, and its validity."},
	"105": {Class: provider.Temporary, VI: "Chưa tìm thấy mã tin này tại eSMS", EN: "The id is not known at eSMS yet",
		AdviceVI: "Hệ thống sẽ tự hỏi lại sau.", AdviceEN: "It is asked again later by itself."},
	"106": {Class: provider.Content, VI: "Không có tệp ghi âm của cuộc gọi thoại", EN: "The voice recording is missing",
		AdviceVI: "Tải tệp ghi âm lên eSMS rồi gửi lại.", AdviceEN: "Upload the recording to eSMS and send again."},
	"107": {Class: provider.Content, VI: "Tin quảng cáo phải gửi tới ít nhất 30 số khác nhau", EN: "Advertising needs at least 30 different numbers",
		AdviceVI: "Gộp thêm người nhận vào một lượt gửi.", AdviceEN: "Put more recipients into one request."},
	"108": {Class: provider.Recipient, VI: "Số điện thoại không hợp lệ", EN: "The phone number is not valid",
		AdviceVI: "Sửa số điện thoại của khách hàng.", AdviceEN: "Correct the customer's number."},
	"110": {Class: provider.Content, VI: "Dữ liệu gửi lên không đúng", EN: "The request's data is wrong", AdviceVI: tellVI, AdviceEN: tellEN},
	"115": {Class: provider.Recipient, VI: "Số điện thoại mã hóa không hợp lệ", EN: "The hashed number is not valid",
		AdviceVI: "Sửa số điện thoại của khách hàng.", AdviceEN: "Correct the customer's number."},
	"117": {Class: provider.Content, VI: "Mã OTP sai hoặc đã hết hạn", EN: "The one-time code is wrong or expired",
		AdviceVI: "Yêu cầu khách lấy mã mới.", AdviceEN: "Let the customer ask for a new code."},
	"118": {Class: provider.Auth, VI: "Tài khoản không hỗ trợ loại tin này", EN: "The kind of message is not supported",
		AdviceVI: "Kiểm tra loại tin (SmsType) trong kết nối hoặc hỏi eSMS.", AdviceEN: "Check the SmsType of the connection or ask eSMS."},
	"120": {Class: provider.Content, VI: "Quá nhiều số điện thoại trong một lượt gửi", EN: "Too many numbers in one request",
		AdviceVI: "Chia nhỏ danh sách người nhận.", AdviceEN: "Split the recipients."},
	codeDuplicate: {Class: provider.Unknown, VI: "Mã yêu cầu đã được dùng trong 24 giờ qua", EN: "The RequestId was used within the last 24 hours",
		AdviceVI: "eSMS đã nhận tin này trước đó; không gửi lại bằng mã khác.", AdviceEN: "eSMS has taken this message before; do not send it under another id."},
	"140": {Class: provider.Auth, VI: "Địa chỉ IP của máy chủ chưa được eSMS cho phép", EN: "The server's address is not on eSMS's allow list",
		AdviceVI: "Thêm địa chỉ IP của máy chủ vào danh sách cho phép tại eSMS.", AdviceEN: "Add the server's IP address to the allow list at eSMS."},
	"143": {Class: provider.Auth, VI: "Tài khoản eSMS chưa kích hoạt hoặc bị khóa", EN: "The eSMS account is not active or locked",
		AdviceVI: "Liên hệ eSMS để mở tài khoản.", AdviceEN: "Ask eSMS to open the account."},
	"146": {Class: provider.Content, VI: "Nội dung không khớp mẫu tin chăm sóc khách hàng đã đăng ký", EN: "The text does not fit a registered customer-care template",
		AdviceVI: "Sửa nội dung cho đúng mẫu đã đăng ký của brandname, hoặc đăng ký thêm mẫu.", AdviceEN: "Make the text fit the brandname's registered template, or register another one."},
	"160": {Class: provider.RateLimited, VI: "Vượt số yêu cầu cho phép trong một giây", EN: "Too many requests per second",
		AdviceVI: "Hệ thống tự gửi chậm lại; nếu lặp lại nhiều, giảm tốc độ của kết nối.", AdviceEN: "It slows down by itself; if it repeats, lower the connection's rate."},
	"161": {Class: provider.Content, VI: "Ngày tháng không hợp lệ", EN: "A date is wrong", AdviceVI: tellVI, AdviceEN: tellEN},
	"162": {Class: provider.Content, VI: "Thông số phân trang không hợp lệ", EN: "A paging value is wrong", AdviceVI: tellVI, AdviceEN: tellEN},
	"163": {Class: provider.Content, VI: "Loại tin này chỉ gửi được từng số một", EN: "This kind goes to one number at a time", AdviceVI: tellVI, AdviceEN: tellEN},
	"171": {Class: provider.Content, VI: "Mã đã dùng, đã hết hạn hoặc không thuộc số này", EN: "The code is used, expired or of another number",
		AdviceVI: "Yêu cầu khách lấy mã mới.", AdviceEN: "Let the customer ask for a new code."},
	"177": {Class: provider.Recipient, VI: "Brandname chưa được đăng ký với nhà mạng của số này", EN: "The brandname is not registered with this number's carrier",
		AdviceVI: "Đăng ký brandname với nhà mạng này, hoặc dùng kênh dự phòng.", AdviceEN: "Register the brandname with the carrier, or use a fallback channel."},
	"199": {Class: provider.Content, VI: "Yêu cầu đăng ký này đang được xử lý", EN: "The same registration is being processed",
		AdviceVI: "Chờ eSMS xử lý xong yêu cầu trước.", AdviceEN: "Wait until eSMS is done with the earlier one."},
	"201": {Class: provider.Content, VI: "Nội dung có từ khóa bị chặn", EN: "The text has a blocked word",
		AdviceVI: "Bỏ từ khóa bị chặn khỏi nội dung.", AdviceEN: "Take the blocked word out of the text."},
	"204": {Class: provider.Auth, VI: "Mã OA không tồn tại", EN: "The OA id is not known", AdviceVI: "Kiểm tra mã OA trong kết nối.", AdviceEN: "Check the OA id of the connection."},
	"210": {Class: provider.Content, VI: "Dữ liệu của tin không hợp lệ", EN: "The payload is not valid", AdviceVI: tellVI, AdviceEN: tellEN},
	"300": {Class: provider.Content, VI: "Thiếu loại tin", EN: "The message type is missing", AdviceVI: tellVI, AdviceEN: tellEN},
	"301": {Class: provider.Content, VI: "Loại dịch vụ không được hỗ trợ", EN: "The service type is not supported", AdviceVI: tellVI, AdviceEN: tellEN},
	"687": {Class: provider.Content, VI: "Quá 500 số trong một lượt gửi", EN: "More than 500 numbers in one request", AdviceVI: "Chia nhỏ danh sách người nhận.", AdviceEN: "Split the recipients."},
	"789": {Class: provider.Auth, VI: "Mẫu ZNS chưa được cấu hình cho OA", EN: "The ZNS template is not configured for the OA",
		AdviceVI: "Cấu hình mẫu ZNS tại eSMS.", AdviceEN: "Configure the template at eSMS."},
	"790":              {Class: provider.Content, VI: "Mẫu ZNS không đúng", EN: "The ZNS template is wrong", AdviceVI: "Chọn lại mẫu ZNS.", AdviceEN: "Choose another template."},
	"791":              {Class: provider.Auth, VI: "Thiếu mã OA hoặc mã mẫu", EN: "The OA id or template id is missing", AdviceVI: "Điền mã OA và mã mẫu.", AdviceEN: "Give both ids."},
	"799":              {Class: provider.Auth, VI: "OA chưa hoạt động", EN: "The OA is inactive", AdviceVI: "Kích hoạt OA tại eSMS.", AdviceEN: "Activate the OA at eSMS."},
	"801":              {Class: provider.Content, VI: "Chế độ vượt hạn mức không đi cùng lịch hẹn", EN: "Over-quota mode cannot be scheduled", AdviceVI: "Bỏ lịch hẹn hoặc dùng chế độ thường.", AdviceEN: "Drop the schedule or the mode."},
	"802":              {Class: provider.Auth, VI: "OA không được gửi vượt hạn mức", EN: "The OA may not send over its quota", AdviceVI: "Dùng chế độ gửi thông thường.", AdviceEN: "Use the usual mode."},
	"851":              {Class: provider.Content, VI: "Thiếu mã tin", EN: "The message id is missing", AdviceVI: tellVI, AdviceEN: tellEN},
	"852":              {Class: provider.Recipient, VI: "Mã người dùng Zalo không hợp lệ", EN: "The Zalo user id is not valid", AdviceVI: "Kiểm tra mã Zalo của khách hàng.", AdviceEN: "Check the customer's Zalo id."},
	"853":              {Class: provider.Recipient, VI: "Thiếu mã người dùng Zalo", EN: "The Zalo user id is missing", AdviceVI: "Kiểm tra mã Zalo của khách hàng.", AdviceEN: "Check the customer's Zalo id."},
	"854":              {Class: provider.Temporary, VI: "Không tìm thấy dữ liệu", EN: "Nothing was found", AdviceVI: "Hệ thống sẽ tự hỏi lại sau.", AdviceEN: "It is asked again later by itself."},
	CodeInvalidRequest: {Class: provider.Content, VI: "eSMS báo yêu cầu không đúng định dạng", EN: "eSMS says that the request is malformed", AdviceVI: tellVI, AdviceEN: tellEN},
	CodeRefused: {Class: provider.Content, VI: "eSMS hoặc nhà mạng từ chối duyệt tin", EN: "eSMS or the carrier refused to approve the message",
		AdviceVI: "Kiểm tra nội dung và mẫu đã đăng ký, rồi hỏi eSMS lý do từ chối.", AdviceEN: "Check the text and the registered template, then ask eSMS for the reason."},
	CodeNotDelivered: {Class: provider.Recipient, VI: "Nhà mạng báo không gửi được tới số này", EN: "The carrier reports that the number could not be reached",
		AdviceVI: "Dùng kênh dự phòng. Số có thể đã khóa, tắt máy lâu ngày hoặc chặn tin.", AdviceEN: "Use a fallback channel. The number may be locked, off for long, or blocking."},
}

// The codes of reports, which have none at eSMS: see Report.Failure.
const (
	CodeRefused      = "status.4"
	CodeNotDelivered = "status.5"
)

// Failure is the code in Causes of a report that says "not delivered", else "".
func (r Report) Failure() string {
	switch {
	case r.Status == StatusRefused:
		return CodeRefused
	case r.NotDelivered():
		return CodeNotDelivered
	}
	return ""
}

// Explain gives the cause of a code: eSMS's, else that of the call itself. An unlisted code is of class unknown.
func Explain(code string) provider.Cause {
	if c, ok := Causes[code]; ok {
		return c
	}
	return provider.Explain(code)
}
