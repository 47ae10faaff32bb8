package getfly

import "github.com/loa-project/loa/provider"

// Causes explains the refusals of Getfly. Source: developer.getfly.vn, "errors".
var Causes = map[string]provider.Cause{
	"400": {Class: provider.Content, VI: "Getfly không nhận dữ liệu này", EN: "Getfly does not take this data",
		AdviceVI: "Xem nội dung trả lời gốc để biết trường nào sai, rồi sửa mẫu đồng bộ.", AdviceEN: "The raw answer names the field; mend the sync template."},
	"401": {Class: provider.Auth, VI: "Getfly không nhận khóa API", EN: "Getfly refuses the API key",
		AdviceVI: "Nhập lại khóa API trong kết nối.", AdviceEN: "Enter the API key again in the connection."},
	"404": {Class: provider.Content, VI: "Không tìm thấy mục này ở Getfly", EN: "Getfly does not find it",
		AdviceVI: "Kiểm tra tên loại, nguồn khách hàng trong mẫu đồng bộ.", AdviceEN: "Check the names of types and sources in the sync template."},
	CodeDuplicate: {Class: provider.Recipient, VI: "Số điện thoại hoặc email này đã thuộc một khách hàng khác ở Getfly", EN: "The telephone or mail belongs to another customer at Getfly",
		AdviceVI: "Tìm khách hàng đó ở Getfly và gộp lại.", AdviceEN: "Find that customer at Getfly and join the two."},
	CodeAmbiguous: {Class: provider.Recipient, VI: "Nhiều khách hàng ở Getfly có cùng số điện thoại hoặc email này", EN: "Several customers at Getfly have this telephone or mail",
		AdviceVI: "Gộp các khách hàng trùng ở Getfly rồi đồng bộ lại.", AdviceEN: "Join the copies at Getfly and sync again."},
}

// Explain gives the cause of a code of Getfly or of package provider.
func Explain(code string) provider.Cause {
	if c, ok := Causes[code]; ok {
		return c
	}
	return provider.Explain(code)
}
