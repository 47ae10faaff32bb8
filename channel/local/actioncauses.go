package local

import "github.com/loa-project/loa/provider"

// Codes of actions and vouchers that certainly were not done.
const (
	CodeNoAttribute = "attribute.not_found"
	CodeBadValue    = "action.value_type"
	CodeNoList      = "segment.not_found"
	CodeNotAList    = "segment.not_a_list"
	CodeNoVoucher   = "voucher.not_found"
	CodeNoNotice    = "action.notice_connection" // the connection of the notice is gone, of another kind or switched off
)

// actionCauses explains them. The reasons of vouchers are their own codes.
var actionCauses = map[string]provider.Cause{
	CodeNoAttribute: {Class: provider.Content,
		VI: "Thuộc tính cần gán không tồn tại", EN: "The attribute does not exist",
		AdviceVI: "Tạo thuộc tính này trong phần Khách hàng, hoặc chọn thuộc tính khác trong mẫu hành động.", AdviceEN: "Make the attribute under Customers, or choose another one in the action."},
	CodeBadValue: {Class: provider.Content,
		VI: "Giá trị không đúng kiểu của thuộc tính", EN: "The value does not fit the attribute's type",
		AdviceVI: "Kiểm tra giá trị trong mẫu hành động: số, số tiền, ngày hay đúng/sai phải viết theo kiểu của thuộc tính.", AdviceEN: "Check the value in the action: numbers, money, dates and yes/no must be written as the attribute's type wants them."},
	CodeNoList: {Class: provider.Content,
		VI: "Danh sách không còn tồn tại", EN: "The list does not exist any more",
		AdviceVI: "Chọn danh sách khác trong mẫu hành động.", AdviceEN: "Choose another list in the action."},
	CodeNotAList: {Class: provider.Content,
		VI: "Đây là nhóm khách hàng theo điều kiện, không phải danh sách", EN: "This is a segment with a condition, not a list",
		AdviceVI: "Chọn một danh sách: chỉ danh sách mới thêm, bớt được từng khách hàng.", AdviceEN: "Choose a list: people can be put on lists only."},
	CodeNoNotice: {Class: provider.Content,
		VI: "Kết nối dùng để báo nhân viên không còn hoặc không đúng loại", EN: "The connection for notices to the staff is gone or of another kind",
		AdviceVI: "Chọn lại máy chủ mail hoặc hệ thống nhận thông báo trong mẫu hành động.", AdviceEN: "Choose a mail server or a system for notices in the action."},
	CodeNoVoucher: {Class: provider.Content,
		VI: "Chương trình voucher không còn tồn tại", EN: "The voucher does not exist any more",
		AdviceVI: "Chọn chương trình voucher khác trong mẫu.", AdviceEN: "Choose another voucher in the template."},
	"voucher.empty": {Class: provider.Recipient,
		VI: "Đã hết mã voucher", EN: "No codes are left",
		AdviceVI: "Nhập hoặc tạo thêm mã, rồi bấm “Phát lại cho người chưa nhận được” ở trang voucher: trạng thái ở đây tự chuyển thành Đã nhận.", AdviceEN: "Add codes, then give again on the voucher's page: the status here follows by itself."},
	"voucher.not_yet": {Class: provider.Recipient,
		VI: "Chương trình voucher chưa bắt đầu", EN: "The voucher has not begun",
		AdviceVI: "Chạy chiến dịch sau ngày bắt đầu, hoặc bật “chờ đến khi có mã” trong mẫu.", AdviceEN: "Run the campaign after the first day, or switch on waiting in the template."},
	"voucher.over": {Class: provider.Recipient,
		VI: "Chương trình voucher đã hết hạn", EN: "The voucher is over",
		AdviceVI: "Kéo dài thời hạn của chương trình rồi phát lại.", AdviceEN: "Prolong the voucher and give again."},
	"voucher.closed": {Class: provider.Recipient,
		VI: "Chương trình voucher đã đóng", EN: "The voucher is closed",
		AdviceVI: "Mở lại chương trình rồi phát lại.", AdviceEN: "Open the voucher again and give again."},
}
