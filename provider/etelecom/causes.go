package etelecom

import "github.com/loa-project/loa/provider"

// CodeRefused stands for status N without a number.
const CodeRefused = "N"

// Causes explains the codes of eTelecom itself (the words of the Twirp protocol). Numbers are Zalo's, see package zalo.
var Causes = map[string]provider.Cause{
	CodeRefused: {Class: provider.Unknown, VI: "eTelecom báo tin thất bại mà không nêu mã lỗi", EN: "eTelecom reports a failure without a code",
		AdviceVI: "Xem nội dung trả lời gốc hoặc tra tin này trên trang của eTelecom.", AdviceEN: "Read the raw answer or look the message up at eTelecom."},
	"invalid_argument": {Class: provider.Content, VI: "eTelecom không nhận dữ liệu gửi sang", EN: "eTelecom does not take the data",
		AdviceVI: "Kiểm tra OA, mẫu tin và các tham số của mẫu.", AdviceEN: "Check the OA, the template and its parameters."},
	"unauthenticated": {Class: provider.Auth, VI: "eTelecom không nhận khóa API", EN: "eTelecom refuses the API key",
		AdviceVI: "Nhập lại khóa API trong kết nối eTelecom.", AdviceEN: "Enter the API key again in the connection."},
	"permission_denied": {Class: provider.Auth, VI: "Khóa API không có quyền gửi ZNS", EN: "The API key may not send ZNS",
		AdviceVI: "Liên hệ eTelecom để mở quyền cho khóa này.", AdviceEN: "Ask eTelecom to allow it."},
	"bad_route": {Class: provider.Auth, VI: "Địa chỉ máy chủ eTelecom không đúng", EN: "The address of eTelecom is wrong",
		AdviceVI: "Kiểm tra địa chỉ máy chủ trong kết nối.", AdviceEN: "Check the base address in the connection."},
	"not_found": {Class: provider.Content, VI: "eTelecom không tìm thấy OA hoặc mẫu tin", EN: "eTelecom does not find the OA or the template",
		AdviceVI: "Kiểm tra mã OA và mã mẫu tin.", AdviceEN: "Check the ids of the OA and the template."},
	"failed_precondition": {Class: provider.Auth, VI: "Tài khoản eTelecom hoặc OA chưa sẵn sàng", EN: "The account or the OA is not ready at eTelecom",
		AdviceVI: "Kiểm tra kết nối OA và số dư ở eTelecom.", AdviceEN: "Check the OA's connection and the balance at eTelecom."},
	"resource_exhausted": {Class: provider.RateLimited, VI: "Gửi sang eTelecom quá nhanh", EN: "Too many requests for eTelecom",
		AdviceVI: "Hệ thống tự gửi chậm lại.", AdviceEN: "It slows down by itself."},
}

// Explain gives the cause of a code of eTelecom itself or of package provider.
func Explain(code string) provider.Cause {
	if c, ok := Causes[code]; ok {
		return c
	}
	return provider.Explain(code)
}
