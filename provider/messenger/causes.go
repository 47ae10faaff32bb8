package messenger

import (
	"strings"

	"github.com/loa-project/loa/provider"
)

// Causes explains the codes of the Send API, "code/subcode" before "code". "window" refusals come when our own count of the 24 hours and Meta's differ.
// Source: developers.facebook.com, Messenger Platform, "Error Codes"; changelog of 2026-04-27 (message tags) and 2026-06-25 (1893063).
var Causes = map[string]provider.Cause{
	"1":           {Class: provider.Unknown, VI: "Facebook báo lỗi không xác định, chưa rõ tin đã được gửi hay chưa", EN: "Facebook reports an unknown error; the message may or may not have been sent", AdviceVI: "Không gửi lại ngay; chờ Facebook báo tin đã gửi", AdviceEN: "Do not send again; wait for the echo of the message"},
	"1/1357046":   {Class: provider.Auth, VI: "Ứng dụng thiếu quyền gửi tin của Trang", EN: "The app lacks the Page's permission to send", AdviceVI: "Cấp lại quyền pages_messaging cho ứng dụng", AdviceEN: "Grant pages_messaging to the app again"},
	"2":           {Class: provider.Temporary, VI: "Dịch vụ của Facebook tạm thời gián đoạn", EN: "Facebook's service is temporarily away", AdviceVI: "Hệ thống tự thử lại", AdviceEN: "It is tried again by itself"},
	"2/2018344":   {Class: provider.Temporary, VI: "Tạm thời không gửi được tới người này", EN: "This person cannot be reached for the moment", AdviceVI: "Hệ thống tự thử lại", AdviceEN: "It is tried again by itself"},
	"4":           {Class: provider.RateLimited, VI: "Vượt giới hạn gửi của ứng dụng", EN: "Over the app's limit of calls", AdviceVI: "Hệ thống tự gửi chậm lại; nếu lặp lại nhiều, giảm tốc độ của kết nối", AdviceEN: "It slows down by itself; if it repeats, lower the connection's rate"},
	"4/2018354":   {Class: provider.RateLimited, VI: "Gửi tin tiếp thị cho người này quá dày", EN: "Marketing messages to this person come too close together", AdviceVI: "Thử lại vào ngày hôm sau", AdviceEN: "Try again on the next day"},
	"9/2018352":   {Class: provider.RateLimited, VI: "Vượt giới hạn tin tiếp thị", EN: "Over the limit of marketing messages", AdviceVI: "Thử lại vào ngày hôm sau", AdviceEN: "Try again on the next day"},
	"10":          {Class: provider.Auth, VI: "Ứng dụng không có quyền thực hiện việc này", EN: "The app has no permission for this", AdviceVI: "Kiểm tra quyền của ứng dụng và của mã truy cập Trang", AdviceEN: "Check the permissions of the app and of the Page token"},
	"10/2018278":  {Class: provider.Recipient, VI: "Quá 24 giờ kể từ lần tương tác cuối của khách", EN: "More than 24 hours since the person's last act", AdviceVI: "Chờ khách nhắn lại, dùng tin tiện ích đã duyệt hoặc kênh dự phòng", AdviceEN: "Wait for the person to write, use an approved utility template or a fallback channel"},
	"10/2534022":  {Class: provider.Recipient, VI: "Quá 24 giờ kể từ lần tương tác cuối của khách", EN: "More than 24 hours since the person's last act", AdviceVI: "Chờ khách nhắn lại hoặc dùng kênh dự phòng", AdviceEN: "Wait for the person to write, or use a fallback channel"},
	"10/1893063":  {Class: provider.Auth, VI: "Trang đang bị Facebook hạn chế gửi tin", EN: "Facebook restricts the Page from sending for now", AdviceVI: "Xem mục Chất lượng Trang rồi tiếp tục kết nối khi hết hạn chế", AdviceEN: "See the Page's quality page; resume the connection when the restriction is over"},
	"99":          {Class: provider.Auth, VI: "Ứng dụng thiếu quyền gửi tin của Trang", EN: "The app lacks the Page's permission to send", AdviceVI: "Cấp lại quyền pages_messaging cho ứng dụng", AdviceEN: "Grant pages_messaging to the app again"},
	"100":         {Class: provider.Content, VI: "Nội dung tin không hợp lệ với Messenger", EN: "Messenger finds the message invalid", AdviceVI: "Đọc nội dung lỗi của Facebook và sửa mẫu tin", AdviceEN: "Read Facebook's text and mend the template"},
	"100/33":      {Class: provider.Auth, VI: "Không tìm thấy Trang hoặc mã truy cập không dùng được cho Trang này", EN: "The Page is missing or the token is not for it", AdviceVI: "Kiểm tra ID Trang và mã truy cập trong kết nối", AdviceEN: "Check the Page id and the token of the connection"},
	"100/1893061": {Class: provider.Content, VI: "Thẻ tin nhắn đã bị Facebook ngừng từ 27/04/2026", EN: "Facebook ended this message tag on 27 April 2026", AdviceVI: "Dùng tin tiện ích đã duyệt hoặc gửi trong 24 giờ", AdviceEN: "Use an approved utility template or send within 24 hours"},
	"100/2018001": {Class: provider.Recipient, VI: "Không tìm thấy người nhận trên Trang này", EN: "No such person on this Page", AdviceVI: "ID thuộc Trang khác hoặc tài khoản đã xóa; dùng kênh dự phòng", AdviceEN: "The id is another Page's or the account is gone; use a fallback channel"},
	"190":         {Class: provider.Auth, VI: "Mã truy cập Trang sai hoặc hết hạn", EN: "The Page's access token is wrong or expired", AdviceVI: "Tạo mã truy cập Trang mới và nhập lại trong kết nối", AdviceEN: "Make a new Page token and enter it in the connection"},
	"190/458":     {Class: provider.Auth, VI: "Ứng dụng đã bị gỡ khỏi Trang", EN: "The app was removed from the Page", AdviceVI: "Cài lại ứng dụng cho Trang và nhập mã truy cập mới", AdviceEN: "Install the app on the Page again and enter a new token"},
	"200":         {Class: provider.Auth, VI: "Facebook từ chối quyền gửi tin", EN: "Facebook refuses the permission to send", AdviceVI: "Kiểm tra quyền của ứng dụng và vai trò trên Trang", AdviceEN: "Check the app's permissions and the role on the Page"},
	"200/1545041": {Class: provider.Recipient, VI: "Khách hàng đã chặn Trang hoặc không nhận tin", EN: "The person blocked the Page or cannot get messages", AdviceVI: "Dùng kênh dự phòng", AdviceEN: "Use a fallback channel"},
	"230":         {Class: provider.Auth, VI: "Ứng dụng thiếu quyền pages_messaging", EN: "The app lacks pages_messaging", AdviceVI: "Xin quyền pages_messaging cho ứng dụng", AdviceEN: "Ask for pages_messaging for the app"},
	"368":         {Class: provider.Auth, VI: "Trang bị chặn gửi tin vì vi phạm chính sách", EN: "The Page is blocked for a breach of policy", AdviceVI: "Xem mục Chất lượng Trang và khiếu nại với Facebook", AdviceEN: "See the Page's quality page and appeal to Facebook"},
	"551":         {Class: provider.Recipient, VI: "Khách hàng đã chặn Trang hoặc không nhận tin", EN: "The person blocked the Page or cannot get messages", AdviceVI: "Dùng kênh dự phòng", AdviceEN: "Use a fallback channel"},
	"613":         {Class: provider.RateLimited, VI: "Vượt giới hạn gửi", EN: "Over the limit of messages", AdviceVI: "Hệ thống tự gửi chậm lại; nếu lặp lại nhiều, giảm tốc độ của kết nối", AdviceEN: "It slows down by itself; if it repeats, lower the connection's rate"},
	"1200":        {Class: provider.Temporary, VI: "Facebook tạm thời không gửi được tin", EN: "Facebook cannot send for the moment", AdviceVI: "Hệ thống tự thử lại", AdviceEN: "It is tried again by itself"},
	"2018108":     {Class: provider.Recipient, VI: "Khách hàng hiện không nhận được tin", EN: "The person cannot get messages now", AdviceVI: "Dùng kênh dự phòng", AdviceEN: "Use a fallback channel"},
	"2018109":     {Class: provider.Content, VI: "Tệp đính kèm quá lớn hoặc không hợp lệ", EN: "The attachment is too large or not valid", AdviceVI: "Dùng ảnh nhỏ hơn 25 MB", AdviceEN: "Use a picture under 25 MB"},
	"2534037":     {Class: provider.Recipient, VI: "Cuộc trò chuyện đang do ứng dụng khác phụ trách", EN: "Another app owns the conversation", AdviceVI: "Kiểm tra định tuyến hội thoại của Trang", AdviceEN: "Check the Page's conversation routing"},
}

// Explain gives the cause of "code/subcode": the pair's, else the code's, else that of the call itself. An unlisted code is of class unknown.
func Explain(code string) provider.Cause {
	if c, ok := Causes[code]; ok {
		return c
	}
	if head, _, found := strings.Cut(code, "/"); found {
		if c, ok := Causes[head]; ok {
			return c
		}
		return provider.Explain(head)
	}
	return provider.Explain(code)
}

// PageBlocked reports whether the code says that the whole Page may not send for now, which no new token mends.
func PageBlocked(code string) bool {
	head, _, _ := strings.Cut(code, "/")
	return code == "10/1893063" || head == "368"
}
