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
}

// Explain gives the cause of a code of an act.
func Explain(code string) provider.Cause {
	if c, ok := causes[code]; ok {
		return c
	}
	return provider.Explain(code)
}
