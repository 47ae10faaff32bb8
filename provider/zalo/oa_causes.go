package zalo

import "github.com/loa-project/loa/provider"

// OACauses explains the codes of the Official Account host. Source: developers.zalo.me, Official Account API, "Mã lỗi".
var OACauses = map[string]provider.Cause{
	"-32":  {Class: provider.RateLimited, VI: "Ứng dụng hoặc OA gọi Zalo quá nhanh", EN: "The app or the OA calls too often", AdviceVI: "Loa tự gửi lại sau; giảm tốc độ của kết nối nếu lặp lại", AdviceEN: "It is tried again; lower the rate of the connection if it repeats"},
	"-100": {Class: provider.Content, VI: "Tệp hoặc ảnh đã tải lên quá 7 ngày nên hết hạn", EN: "The upload is older than 7 days", AdviceVI: "Tải tệp lên lại", AdviceEN: "Upload it again"},
	"-200": {Class: provider.Unknown, VI: "Zalo báo gửi tin không thành công, chưa rõ tin đã đi hay chưa", EN: "Zalo reports that sending failed; the message may or may not have gone", AdviceVI: "Không gửi lại; chờ biên nhận", AdviceEN: "Do not send again; wait for the receipt"},
	"-201": {Class: provider.Recipient, VI: "Tham số không hợp lệ hoặc khách chưa từng tương tác với OA", EN: "A parameter is invalid, or the person never met the OA", AdviceVI: "Kiểm tra mã người dùng Zalo và nội dung tin", AdviceEN: "Check the user id and the content"},
	"-204": {Class: provider.Auth, VI: "OA đang bị vô hiệu hóa", EN: "The OA is disabled", AdviceVI: "Mở lại OA tại Zalo", AdviceEN: "Enable the OA at Zalo"},
	"-205": {Class: provider.Auth, VI: "OA không tồn tại", EN: "The OA does not exist", AdviceVI: "Kiểm tra mã OA trong kết nối", AdviceEN: "Check the OA id"},
	"-209": {Class: provider.Auth, VI: "Ứng dụng Zalo chưa được kích hoạt", EN: "The app is not activated", AdviceVI: "Kích hoạt ứng dụng tại trang nhà phát triển của Zalo", AdviceEN: "Activate the app on Zalo's developer page"},
	"-210": {Class: provider.Content, VI: "Nội dung vượt giới hạn của Zalo", EN: "The content is over Zalo's limit", AdviceVI: "Rút ngắn tin hoặc giảm dung lượng tệp", AdviceEN: "Shorten it or make the file smaller"},
	"-211": {Class: provider.Balance, VI: "OA đã dùng hết hạn mức của tính năng này", EN: "The quota of this feature is used up", AdviceVI: "Mua thêm hoặc chờ kỳ hạn mức mới", AdviceEN: "Buy more or wait for the next period"},
	"-212": {Class: provider.Auth, VI: "Ứng dụng chưa đăng ký API này", EN: "The app has not registered this API", AdviceVI: "Đăng ký API tại trang nhà phát triển", AdviceEN: "Register the API"},
	"-213": {Class: provider.Recipient, VI: "Khách chưa quan tâm OA", EN: "The person does not follow the OA", AdviceVI: "Dùng kênh dự phòng", AdviceEN: "Use a fallback channel"},
	"-214": {Class: provider.Temporary, VI: "Zalo đang xử lý nội dung", EN: "Zalo is still processing the content", AdviceVI: "Loa tự gửi lại", AdviceEN: "It is tried again"},
	"-216": {Class: provider.Auth, VI: "Access token không hợp lệ", EN: "The access token is invalid", AdviceVI: "Loa tự làm mới; nếu không được, cấp quyền lại", AdviceEN: "Loa refreshes it; otherwise authorise again"},
	"-217": {Class: provider.Recipient, VI: "Khách chặn lời mời của OA", EN: "The person blocks invitations of the OA", AdviceVI: "Dùng kênh dự phòng", AdviceEN: "Use a fallback channel"},
	"-218": {Class: provider.Recipient, VI: "Khách đã nhận đủ số tin cho phép", EN: "The person got as many messages as allowed", AdviceVI: "Gửi vào lúc khác hoặc dùng kênh khác", AdviceEN: "Send later or use another channel"},
	"-219": {Class: provider.Auth, VI: "Ứng dụng bị gỡ hoặc bị khóa", EN: "The app is removed or disabled", AdviceVI: "Kiểm tra ứng dụng tại Zalo", AdviceEN: "Check the app at Zalo"},
	"-220": {Class: provider.Auth, VI: "Access token đã hết hạn hoặc bị thu hồi", EN: "The access token is expired or removed", AdviceVI: "Loa tự làm mới; nếu không được, cấp quyền lại", AdviceEN: "Loa refreshes it; otherwise authorise again"},
	"-221": {Class: provider.Auth, VI: "OA chưa được xác thực", EN: "The OA is not verified", AdviceVI: "Xác thực OA", AdviceEN: "Verify the OA"},
	"-223": {Class: provider.Auth, VI: "OA chưa cấp quyền cho API này", EN: "The OA has not authorised this API", AdviceVI: "Cấp quyền lại cho ứng dụng", AdviceEN: "Authorise the app again"},
	"-224": {Class: provider.Auth, VI: "Gói OA không có tính năng này", EN: "The OA's tier lacks this feature", AdviceVI: "Nâng gói OA, hoặc bỏ nút và danh sách khỏi tin", AdviceEN: "Upgrade the OA, or send without buttons and lists"},
	"-227": {Class: provider.Recipient, VI: "Tài khoản của khách bị khóa hoặc không hoạt động hơn 45 ngày", EN: "The account is banned or inactive for over 45 days", AdviceVI: "Dùng kênh dự phòng", AdviceEN: "Use a fallback channel"},
	"-230": {Class: provider.Recipient, VI: "Khách không tương tác với OA trong 7 ngày qua", EN: "The person has not interacted with the OA in the past 7 days", AdviceVI: "Dùng mẫu ZBS đã duyệt hoặc kênh dự phòng", AdviceEN: "Use an approved ZBS template or a fallback channel"},
	"-231": {Class: provider.Recipient, VI: "Khách không tương tác trong khung tư vấn", EN: "No interaction inside the consultation window", AdviceVI: "Dùng mẫu ZBS đã duyệt hoặc kênh dự phòng", AdviceEN: "Use an approved ZBS template or a fallback channel"},
	"-232": {Class: provider.Recipient, VI: "Khách chưa tương tác với OA hoặc đã quá hạn", EN: "The person has not interacted, or the interaction expired", AdviceVI: "Dùng mẫu ZBS đã duyệt hoặc kênh dự phòng", AdviceEN: "Use an approved ZBS template or a fallback channel"},
	"-233": {Class: provider.Content, VI: "Zalo không còn nhận loại tin này", EN: "The message type is not supported", AdviceVI: "Dùng tin tư vấn hoặc mẫu ZBS", AdviceEN: "Use a consultation message or a ZBS template"},
	"-234": {Class: provider.RateLimited, VI: "Zalo không cho gửi loại tin này ban đêm (22:00–06:00)", EN: "This kind may not be sent at night (22:00–06:00)", AdviceVI: "Tin sẽ được gửi lại sau 06:00", AdviceEN: "It is tried again after 06:00"},
	"-235": {Class: provider.Auth, VI: "Loại OA này không dùng được API", EN: "The API does not support this type of OA", AdviceVI: "Dùng OA doanh nghiệp", AdviceEN: "Use a business OA"},
	"-240": {Class: provider.Content, VI: "API gửi tin cũ đã ngừng", EN: "The old message API has been shut down", AdviceVI: "Báo cho người phát triển", AdviceEN: "Tell the developers"},
	"-242": {Class: provider.Auth, VI: "appsecret_proof không đúng", EN: "appsecret_proof is wrong", AdviceVI: "Kiểm tra App Secret", AdviceEN: "Check the app secret"},
	"-244": {Class: provider.Recipient, VI: "Khách từ chối nhận loại tin này từ OA", EN: "The person restricts this kind of message", AdviceVI: "Không gửi loại tin này nữa", AdviceEN: "Do not send this kind again", Suppress: true},
	"-248": {Class: provider.Content, VI: "Nội dung vi phạm tiêu chuẩn của Zalo", EN: "The content violates Zalo's standards", AdviceVI: "Sửa nội dung", AdviceEN: "Change the content"},
	"-249": {Class: provider.Content, VI: "Mẫu này không gửi được theo mã người dùng", EN: "The template does not support sending by user id", AdviceVI: "Gửi mẫu theo số điện thoại (ZNS)", AdviceEN: "Send it by phone (ZNS)"},
	"-320": {Class: provider.Auth, VI: "Ứng dụng chưa liên kết tài khoản ZBS", EN: "The app needs a ZBS account", AdviceVI: "Liên kết tài khoản ZBS", AdviceEN: "Link the ZBS account"},
	"-321": {Class: provider.Balance, VI: "Tài khoản ZBS hết tiền hoặc không trừ được tiền", EN: "The ZBS account is out of money", AdviceVI: "Nạp tiền rồi mở lại kết nối", AdviceEN: "Top up, then resume the connection"},
}

// ExplainOA gives the meaning of a code of the Official Account host; codes that are not listed are explained as Explain does, or are of class unknown.
func ExplainOA(code string) provider.Cause {
	if c, ok := OACauses[code]; ok {
		return c
	}
	return provider.Explain(code)
}
