package simulator

// Magic is one recipient ending (or mailbox name) that always behaves the same, whatever the settings are.
type Magic struct {
	Ending   string `json:"ending"`
	Provider string `json:"provider"` // zalo, esms, smtp; both for zalo and esms
	VI       string `json:"vi"`
	EN       string `json:"en"`
}

// MagicRecipients lists all of them, for the page and for documentation. The eSMS endings of two digits work only with Options.ESMSMagic.
var MagicRecipients = []Magic{
	{"0001", "both", "nhận thành công", "accepted and delivered"},
	{"0002", "both", "bị từ chối (ZNS -118, SMS 108)", "refused for good (ZNS -118, SMS 108)"},
	{"0003", "both", "nhà cung cấp nhận rồi im lặng", "accepted, then silence"},
	{"0004", "both", "nhận rồi ngắt kết nối, báo cáo đến sau", "accepted, connection dropped without an answer, receipt follows"},
	{"0005", "both", "báo cáo đến hai lần và đến trước câu trả lời", "receipt arrives twice and before the answer"},
	{"0006", "both", "lần đầu báo quá tải, lần sau nhận", "rate limited the first time (HTTP 429, eSMS 160), accepted the next"},
	{"0000", "zalo", "nhận nhưng không bao giờ tới máy", "accepted, never delivered"},
	{"0110", "zalo", "Zalo phiên bản không hỗ trợ (-110)", "Zalo version unsupported (-110)"},
	{"0118", "zalo", "không có tài khoản Zalo (-118)", "no Zalo account (-118)"},
	{"0119", "zalo", "tài khoản không nhận được tin (-119)", "account cannot receive (-119)"},
	{"0139", "zalo", "người dùng từ chối loại tin này (-139)", "person refused this kind (-139)"},
	{"0141", "zalo", "người dùng từ chối OA này (-141)", "person refused this OA (-141)"},
	{"0408", "zalo", "nhận rồi ngắt kết nối", "accepted, the answer is dropped"},
	{"01", "esms", "nhận thành công sau 2 giây", "delivered after 2 s"},
	{"02", "esms", "trạng thái 7 rồi thất bại", "status 7, then failed"},
	{"03", "esms", "hết tiền (103)", "balance too low (103)"},
	{"04", "esms", "brandname sai (104)", "brandname unknown (104)"},
	{"05", "esms", "sai mẫu (146)", "template mismatch (146)"},
	{"06", "esms", "không có báo cáo", "no report"},
	{"07", "esms", "nhận rồi không trả lời", "accepted, no answer"},
	{"08", "esms", "bị từ chối khi duyệt (SendStatus 4)", "refused (SendStatus 4)"},
	{"0486", "stringee", "máy bận (486)", "busy (486)"},
	{"0480", "stringee", "không nghe máy (480)", "does not answer (480)"},
	{"0603", "stringee", "từ chối cuộc gọi (603)", "rejects the call (603)"},
	{"0404", "stringee", "không gọi được (404)", "cannot be reached (404)"},
	{"0010", "stringee", "nghe máy, không bấm phím nào", "answers and presses nothing"},
	{"0011", "stringee", "nghe máy, bấm phím 1", "answers and presses 1"},
	{"0012", "stringee", "nghe máy, bấm phím 7 rồi phím 1", "answers, presses 7 and then 1"},
	{"0013", "stringee", "nghe máy, để hết giờ rồi bấm phím 1", "answers, lets the time run out, then presses 1"},
	{"0019", "stringee", "nghe máy, bấm phím 9", "answers and presses 9"},
	{"ok", "smtp", "nhận thành công", "accepted"},
	{"unknown", "smtp", "550 5.1.1", "550 5.1.1"},
	{"full", "smtp", "552 5.2.2 hộp thư đầy", "552 5.2.2 mailbox full"},
	{"grey", "smtp", "451 4.7.1 lần đầu, lần sau nhận", "451 4.7.1 the first time, then accepted"},
	{"policy", "smtp", "550 5.7.1", "550 5.7.1"},
	{"auth", "smtp", "550 5.7.26", "550 5.7.26"},
	{"slow", "smtp", "421 sau một số thư trên một kết nối", "421 after some messages on one connection"},
	{"drop", "smtp", "nhận rồi ngắt kết nối, không trả lời", "accepted, connection closed after the dot without an answer"},
	{"bounce", "smtp", "250, sau đó thư báo lỗi (DSN)", "250, then a bounce mail (DSN)"},
	{"soft", "smtp", "250, sau đó thư báo lỗi hộp thư đầy (DSN)", "250, then a bounce mail: mailbox full (DSN)"},
	{"delay", "smtp", "250, DSN báo chậm, rồi DSN đã giao", "250, DSN delayed, then DSN delivered"},
	{"complaint", "smtp", "250, sau đó báo xấu (ARF)", "250, then a complaint (ARF)"},
	{"open", "smtp", "250, sau đó mở thư", "250, then the pixel is fetched"},
	{"click", "smtp", "250, sau đó mở và bấm liên kết", "250, then opened and a link clicked"},
	{"unsub", "smtp", "250, sau đó hủy đăng ký một chạm", "250, then one-click unsubscribe"},
	{"mpp", "smtp", "250, máy chủ Apple tải ảnh ngay", "250, Apple-like pixel fetch at once"},
	{"scanner", "smtp", "250, máy quét mở mọi liên kết trong 1 giây", "250, a scanner opens all links within 1 s"},
	{"gateway", "smtp", "250, cổng bảo mật mở mọi liên kết dưới tên trình duyệt", "250, a gateway opens all links under a browser's name"},
}

// ending is the last n bytes of a recipient, or "" when it is shorter.
func ending(recipient string, n int) string {
	if len(recipient) < n {
		return ""
	}
	return recipient[len(recipient)-n:]
}

// magicEnding is the last four digits of a phone number. A hashed number has none: its last digits are chance.
func magicEnding(recipient string) string {
	if len(recipient) > 15 {
		return ""
	}
	return ending(recipient, 4)
}
