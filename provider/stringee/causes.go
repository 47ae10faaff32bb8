package stringee

import (
	"fmt"
	"strings"

	"github.com/loa-project/loa/provider"
)

// How a call that was taken on may end. The words are our codes of the failure.
const (
	Answered    = "answered"
	Busy        = "busy"
	NoAnswer    = "no_answer"
	Rejected    = "rejected"
	Unreachable = "unreachable"
)

// ends reads the cause of a call that nobody answered, in this order. It is our reading of SIP (RFC 3261), shared by public integrations; Stringee publishes no table.
var ends = []struct {
	end   string
	words []string
}{
	{Busy, []string{"486", "600", "busy"}},
	{Rejected, []string{"603", "403", "decline", "reject"}},
	{NoAnswer, []string{"480", "408", "487", "user_end_call", "no answer", "timeout"}},
}

// End says how an ended call ended.
func (e *Event) End() string {
	if e.AnswerSeconds > 0 {
		return Answered
	}
	cause := strings.ToLower(e.Cause)
	for _, end := range ends {
		for _, w := range end.words {
			if strings.Contains(cause, w) {
				return end.end
			}
		}
	}
	return Unreachable
}

// Causes explains the ends of calls.
var Causes = map[string]provider.Cause{
	Busy: {Class: provider.Recipient, VI: "Máy bận, khách hàng chưa nghe được", EN: "The line was busy",
		AdviceVI: "Gọi lại vào lúc khác, hoặc dùng kênh dự phòng.", AdviceEN: "Call again at another time, or use a fallback channel."},
	NoAnswer: {Class: provider.Recipient, VI: "Khách hàng không nghe máy", EN: "Nobody answered",
		AdviceVI: "Gọi lại vào lúc khác, hoặc dùng kênh dự phòng.", AdviceEN: "Call again at another time, or use a fallback channel."},
	Rejected: {Class: provider.Recipient, VI: "Khách hàng từ chối cuộc gọi", EN: "The person rejected the call",
		AdviceVI: "Không gọi lại ngay; dùng kênh khác.", AdviceEN: "Do not call again at once; use another channel."},
	Unreachable: {Class: provider.Recipient, VI: "Không gọi được tới số này", EN: "The number cannot be reached",
		AdviceVI: "Kiểm tra số điện thoại của khách hàng; nếu nhiều số cùng lỗi, hỏi Stringee về đầu số gọi ra.", AdviceEN: "Check the customer's number; if many fail, ask Stringee about your calling number."},
	"http.401": {Class: provider.Auth, VI: "Stringee không nhận khóa API", EN: "Stringee refuses the API key",
		AdviceVI: "Nhập lại SID và secret của khóa API trong kết nối.", AdviceEN: "Enter the SID and the secret of the API key again."},
	"http.403": {Class: provider.Auth, VI: "Tài khoản Stringee không được phép gọi ra", EN: "The Stringee account may not call out",
		AdviceVI: "Kiểm tra số gọi ra và quyền của dự án tại Stringee.", AdviceEN: "Check the calling number and the project's rights at Stringee."},
}

// Explain gives the cause of a code: an end of a call, a value of r, or a code of package provider. The values of r are not published; every one but 0 is a refusal before the call.
func Explain(code string) provider.Cause {
	if c, ok := Causes[code]; ok {
		return c
	}
	if n, ok := whole(code); ok && n > 0 {
		return provider.Cause{Class: provider.Content,
			VI: fmt.Sprintf("Stringee từ chối cuộc gọi (r = %s)", code), EN: fmt.Sprintf("Stringee refused the call (r = %s)", code),
			AdviceVI: "Xem nội dung trả lời gốc: thường là số gọi ra, số dư hoặc kịch bản chưa đúng.", AdviceEN: "Read the raw answer: mostly the calling number, the balance or the script is wrong."}
	}
	return provider.Explain(code)
}
