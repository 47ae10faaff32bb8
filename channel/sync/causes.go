package sync

import (
	"strings"

	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/getfly"
	"github.com/loa-project/loa/provider/getresponse"
)

// The codes of failures that are certain before any call.
const (
	codeNoEmail      = "sync.no_email"
	codeNoKey        = "sync.no_key"
	codeNoName       = "sync.no_name"
	codeOtherAccount = "sync.other_account"
)

// causes explains our own codes and those of the network. What they say of messages does not hold here: a sync may be repeated.
var causes = map[string]provider.Cause{
	codeNoEmail: {Class: provider.Recipient, VI: "Khách hàng không có địa chỉ email hợp lệ nên không vào được danh sách GetResponse", EN: "The contact has no usable mail address, so no list of GetResponse can hold it",
		AdviceVI: "Bổ sung email cho khách hàng, hoặc lọc những người có email trước bước này.", AdviceEN: "Add the address, or filter for people with one before this step."},
	codeNoKey: {Class: provider.Recipient, VI: "Mã khách hàng để tìm lại ở Getfly bị trống", EN: "The customer code for Getfly is empty",
		AdviceVI: "Bổ sung mã cho khách hàng, hoặc dùng mã của Loa ({{ contact.id }}) trong mẫu đồng bộ.", AdviceEN: "Add the code to the contact, or use Loa's own ({{ contact.id }}) in the template."},
	codeNoName: {Class: provider.Recipient, VI: "Khách hàng không có tên, số điện thoại hay email để ghi vào Getfly", EN: "The contact has no name, phone or mail to write into Getfly",
		AdviceVI: "Bổ sung thông tin cho khách hàng.", AdviceEN: "Add data to the contact."},
	codeOtherAccount: {Class: provider.Content, VI: "Mẫu đồng bộ được soạn cho một tài khoản khác", EN: "The template was written for another account",
		AdviceVI: "Mở mẫu, chọn lại tài khoản, danh sách và các trường.", AdviceEN: "Open the template and choose account, list and fields again."},
	provider.CodeNotSent: {Class: provider.Temporary, VI: "Không kết nối được tới nền tảng", EN: "The platform could not be reached",
		AdviceVI: "Hệ thống sẽ tự thử lại. Nếu kéo dài, hãy kiểm tra đường mạng và địa chỉ của kết nối.", AdviceEN: "It is tried again by itself. If it lasts, check the network and the connection's address."},
	provider.CodeLost: {Class: provider.Temporary, VI: "Mất kết nối khi đang chờ nền tảng trả lời", EN: "The answer was lost on its way",
		AdviceVI: "Hệ thống tự kiểm tra và ghi lại; ghi nhiều lần không tạo bản sao.", AdviceEN: "It is checked and written again by itself; writing twice makes no copy."},
	provider.CodeUnreadable: {Class: provider.Temporary, VI: "Không đọc được trả lời của nền tảng", EN: "The platform's answer cannot be read",
		AdviceVI: "Hệ thống sẽ tự thử lại. Nếu kéo dài, hãy kiểm tra địa chỉ máy chủ của kết nối.", AdviceEN: "It is tried again by itself. If it lasts, check the base address of the connection."},
}

func own(code string) (provider.Cause, bool) {
	if c, ok := causes[code]; ok {
		return c, true
	}
	if status, ok := strings.CutPrefix(code, "http."); ok && len(status) == 3 && (status[0] == '5' || status[0] == '3') {
		return provider.Cause{Class: provider.Temporary, VI: "Máy chủ của nền tảng báo lỗi HTTP " + status, EN: "The platform's server answered HTTP " + status,
			AdviceVI: "Hệ thống sẽ tự thử lại. Nếu kéo dài, hãy liên hệ nền tảng.", AdviceEN: "It is tried again by itself. If it lasts, ask the platform."}, true
	}
	return provider.Cause{}, false
}

// ExplainGetResponse gives the cause of a code of a sync to GetResponse.
func ExplainGetResponse(code string) provider.Cause {
	if c, ok := own(code); ok {
		return c
	}
	return getresponse.Explain(code)
}

// ExplainGetfly gives the cause of a code of a sync to Getfly.
func ExplainGetfly(code string) provider.Cause {
	if c, ok := own(code); ok {
		return c
	}
	return getfly.Explain(code)
}
