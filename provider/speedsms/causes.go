package speedsms

import (
	"fmt"

	"github.com/loa-project/loa/provider"
)

const codePhone = "105"

// Undelivered begins the codes of messages that were taken on and not delivered: "dlr.64".
const Undelivered = "dlr."

// Causes explains the codes of SpeedSMS. Source: speedsms.vn/sms-api, "Error codes".
var Causes = map[string]provider.Cause{
	"007": {Class: provider.Auth, VI: "SpeedSMS khóa địa chỉ IP của máy chủ", EN: "SpeedSMS locks the server's address",
		AdviceVI: "Mở địa chỉ IP trong trang quản trị SpeedSMS.", AdviceEN: "Allow the address at SpeedSMS."},
	"008": {Class: provider.Auth, VI: "Tài khoản SpeedSMS bị khóa", EN: "The SpeedSMS account is blocked",
		AdviceVI: "Liên hệ SpeedSMS để mở tài khoản.", AdviceEN: "Ask SpeedSMS to open the account."},
	"009": {Class: provider.Auth, VI: "Tài khoản SpeedSMS chưa được phép gọi API", EN: "The SpeedSMS account may not call the API",
		AdviceVI: "Liên hệ SpeedSMS để mở quyền API.", AdviceEN: "Ask SpeedSMS to allow it."},
	"101": {Class: provider.Content, VI: "SpeedSMS báo thiếu hoặc sai tham số", EN: "SpeedSMS reports a missing or wrong parameter",
		AdviceVI: "Kiểm tra brandname và nội dung tin.", AdviceEN: "Check the brandname and the text."},
	codePhone: {Class: provider.Recipient, VI: "Số điện thoại không hợp lệ", EN: "The phone number is not valid",
		AdviceVI: "Sửa số điện thoại của khách hàng.", AdviceEN: "Correct the customer's number."},
	"110": {Class: provider.Content, VI: "SpeedSMS không gửi được kiểu chữ trong tin này", EN: "SpeedSMS cannot send the letters of this text",
		AdviceVI: "Bỏ dấu tiếng Việt hoặc ký tự đặc biệt rồi gửi lại.", AdviceEN: "Leave out marks and special characters."},
	"113": {Class: provider.Content, VI: "Nội dung tin quá dài", EN: "The text is too long",
		AdviceVI: "Rút ngắn nội dung.", AdviceEN: "Shorten the text."},
	"300": {Class: provider.Balance, VI: "Số dư tài khoản SpeedSMS không đủ", EN: "The SpeedSMS balance is too low",
		AdviceVI: "Nạp tiền vào tài khoản SpeedSMS rồi mở lại kết nối.", AdviceEN: "Top up the account, then resume the connection."},
	"401": {Class: provider.Auth, VI: "SpeedSMS không nhận token", EN: "SpeedSMS refuses the token",
		AdviceVI: "Nhập lại token trong kết nối.", AdviceEN: "Enter the token again in the connection."},
	"500": {Class: provider.Unknown, VI: "SpeedSMS gặp lỗi nội bộ, chưa rõ tin đã được gửi hay chưa", EN: "SpeedSMS had an internal error; the message may or may not have been sent",
		AdviceVI: "Không gửi lại ngay; chờ báo cáo hoặc tra trên trang SpeedSMS.", AdviceEN: "Do not send it again; wait for a report or look it up."},
}

// Explain gives the cause of a code of SpeedSMS or of package provider.
func Explain(code string) provider.Cause {
	if c, ok := Causes[code]; ok {
		return c
	}
	if len(code) > len(Undelivered) && code[:len(Undelivered)] == Undelivered {
		return provider.Cause{Class: provider.Recipient,
			VI: fmt.Sprintf("Nhà mạng không phát được tin (mã %s)", code[len(Undelivered):]), EN: fmt.Sprintf("The network did not deliver the message (%s)", code[len(Undelivered):]),
			AdviceVI: "Máy có thể tắt lâu, hết bộ nhớ hoặc số đã ngừng. Dùng kênh khác.", AdviceEN: "The phone may be off, full or out of service. Use another channel."}
	}
	return provider.Explain(code)
}
