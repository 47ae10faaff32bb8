package local

import "github.com/loa-project/loa/provider"

// Codes of failures that every act may have.
const (
	CodeStore       = "local.store"       // the transaction failed; asked again
	CodeUnsupported = "local.unsupported" // there is no such act
	CodeNoContact   = "contact.not_found" // the person was deleted meanwhile
)

// causes explains the codes of acts.
var causes = map[string]provider.Cause{
	CodeStore: {Class: provider.Unknown,
		VI: "Chưa ghi được vào cơ sở dữ liệu, chưa rõ đã thực hiện hay chưa", EN: "The database did not answer; it may or may not be done",
		AdviceVI: "Hệ thống sẽ tự thực hiện lại, không bị trùng. Nếu kéo dài, hãy kiểm tra cơ sở dữ liệu.", AdviceEN: "It is done again by itself, never twice. If it lasts, look at the database."},
	CodeUnsupported: {Class: provider.Content,
		VI: "Phiên bản này không có hành động đó", EN: "This version has no such act",
		AdviceVI: "Cập nhật phần mềm trên mọi máy chủ.", AdviceEN: "Update the program on every server."},
	CodeNoContact: {Class: provider.Recipient,
		VI: "Khách hàng này không còn trong danh bạ", EN: "This customer is no longer in the address book",
		AdviceVI: "Khách hàng đã bị xóa trong lúc chiến dịch chạy, không cần làm gì.", AdviceEN: "The customer was deleted while the campaign ran; there is nothing to do."},
	codeGone: {Class: provider.Content,
		VI: "Chiến dịch cần bắt đầu không còn", EN: "The campaign to start is gone",
		AdviceVI: "Chọn chiến dịch khác trong mẫu rồi tạo lại chiến dịch này.", AdviceEN: "Choose another campaign in the template and make this campaign anew."},
	codeNotEntry: {Class: provider.Content,
		VI: "Chiến dịch cần bắt đầu có danh sách người nhận riêng", EN: "The campaign to start has an audience of its own",
		AdviceVI: "Chỉ bắt đầu được chiến dịch loại “Khách hàng vào từng người”.", AdviceEN: "Only a campaign that people enter one by one can be started."},
	codeNotRunning: {Class: provider.Content,
		VI: "Chiến dịch cần bắt đầu không ở trạng thái Đang chạy", EN: "The campaign to start is not running",
		AdviceVI: "Kích hoạt hoặc cho chiến dịch đó chạy tiếp, rồi thêm những khách hàng này bằng nút “Thêm khách hàng”.", AdviceEN: "Activate or resume that campaign, then add these people to it."},
	codeEnded: {Class: provider.Content,
		VI: "Chiến dịch cần bắt đầu đã kết thúc nhận người", EN: "The campaign to start takes nobody any more",
		AdviceVI: "Nhân bản chiến dịch đó, kích hoạt bản mới và chọn nó trong mẫu.", AdviceEN: "Copy that campaign, activate the copy, and choose it in the template."},
	codeSame: {Class: provider.Content,
		VI: "Một chiến dịch không thể bắt đầu chính nó", EN: "A campaign cannot start itself",
		AdviceVI: "Chọn chiến dịch khác trong mẫu.", AdviceEN: "Choose another campaign in the template."},
}

// Explain gives the cause of a code of an act.
func Explain(code string) provider.Cause {
	if c, ok := causes[code]; ok {
		return c
	}
	if c, ok := actionCauses[code]; ok {
		return c
	}
	return provider.Explain(code)
}
