package getresponse

import (
	"fmt"
	"strconv"

	"github.com/loa-project/loa/provider"
)

const codeExists = "1008"

// codeUnlisted stands for a contact that exists by one answer and is not listed by another: it waits for its confirmation, or is only being made.
const codeUnlisted = "1008.unlisted"

// Causes explains the codes of GetResponse. Source: apidocs.getresponse.com/v3/errors. The official agent guide prints another short table that contradicts it and the clients in use; it is
// not followed.
var Causes = map[string]provider.Cause{
	"1": {Class: provider.Temporary, VI: "GetResponse gặp lỗi nội bộ", EN: "GetResponse had an internal error",
		AdviceVI: "Hệ thống sẽ tự thử lại.", AdviceEN: "It is tried again by itself."},
	"1000": {Class: provider.Content, VI: "Dữ liệu gửi sang GetResponse chưa hợp lệ", EN: "The data did not pass GetResponse's checks",
		AdviceVI: "Xem nội dung trả lời gốc để biết trường nào sai, rồi sửa thiết lập đồng bộ.", AdviceEN: "The raw answer names the field; mend the settings of the sync."},
	"1001": {Class: provider.Content, VI: "Danh sách hoặc trường tùy chỉnh không còn ở GetResponse", EN: "The list or custom field does not exist at GetResponse",
		AdviceVI: "Chọn lại danh sách và các trường trong thiết lập đồng bộ.", AdviceEN: "Choose list and fields again in the settings of the sync."},
	"1002": {Class: provider.Recipient, VI: "GetResponse không nhận địa chỉ này (đã hủy, bị trả về hoặc bị chặn trước đây)", EN: "GetResponse does not take this address (removed, bounced or blocked before)",
		AdviceVI: "Không cần thử lại. Nếu khách muốn nhận lại, hãy mời họ đăng ký ở GetResponse.", AdviceEN: "Do not try again. Who wants to return has to subscribe at GetResponse."},
	codeExists: {Class: provider.Temporary, VI: "Khách hàng đã có ở GetResponse", EN: "The person is at GetResponse already",
		AdviceVI: "Hệ thống sẽ tự cập nhật.", AdviceEN: "The entry is brought up to date by itself."},
	codeUnlisted: {Class: provider.Temporary, VI: "Khách hàng đã có trong danh sách nhưng GetResponse chưa cho cập nhật", EN: "The person is on the list already, and GetResponse does not let the entry be changed yet",
		AdviceVI: "Thường là khách chưa bấm xác nhận đăng ký trong email của GetResponse. Nhờ khách xác nhận, hoặc tắt xác nhận kép cho danh sách.",
		AdviceEN: "Mostly the person has not confirmed yet. Ask for it, or switch the double opt-in of the list off."},
	"1013": {Class: provider.Content, VI: "Không tìm thấy mục này ở GetResponse", EN: "GetResponse does not find it",
		AdviceVI: "Chọn lại danh sách và các trường trong thiết lập đồng bộ.", AdviceEN: "Choose list and fields again in the settings of the sync."},
	"1014": {Class: provider.Auth, VI: "GetResponse không nhận khóa API", EN: "GetResponse refuses the API key",
		AdviceVI: "Nhập lại khóa API trong kết nối.", AdviceEN: "Enter the API key again in the connection."},
	"1015": {Class: provider.RateLimited, VI: "Gửi sang GetResponse quá nhanh", EN: "Too many requests for GetResponse",
		AdviceVI: "Hệ thống tự gửi chậm lại.", AdviceEN: "It slows down by itself."},
	"1016": {Class: provider.Auth, VI: "Tài khoản GetResponse tạm bị khóa", EN: "The GetResponse account is blocked for a while",
		AdviceVI: "Liên hệ GetResponse.", AdviceEN: "Ask GetResponse."},
	"1017": {Class: provider.Auth, VI: "Tài khoản GetResponse bị khóa", EN: "The GetResponse account is blocked",
		AdviceVI: "Liên hệ GetResponse.", AdviceEN: "Ask GetResponse."},
	"1018": {Class: provider.Auth, VI: "GetResponse chặn địa chỉ IP của máy chủ", EN: "GetResponse blocks the server's address",
		AdviceVI: "Liên hệ GetResponse để mở địa chỉ IP.", AdviceEN: "Ask GetResponse to allow the address."},
	"1023": {Class: provider.Auth, VI: "Khóa API không có quyền này", EN: "The API key may not do this",
		AdviceVI: "Tạo khóa API có đủ quyền rồi nhập vào kết nối.", AdviceEN: "Make a key that may, and enter it in the connection."},
	"1010": {Class: provider.Temporary, VI: "GetResponse gặp lỗi bên ngoài", EN: "GetResponse had an external error",
		AdviceVI: "Hệ thống sẽ tự thử lại.", AdviceEN: "It is tried again by itself."},
}

func init() {
	for _, code := range []string{"1003", "1004", "1005", "1006", "1007", "1009", "1021"} {
		Causes[code] = Causes["1000"]
	}
}

// Explain gives the cause of a code of GetResponse or of package provider. A number that is not in the table is a refusal all the same.
func Explain(code string) provider.Cause {
	if c, ok := Causes[code]; ok {
		return c
	}
	if _, err := strconv.Atoi(code); err == nil {
		return provider.Cause{Class: provider.Content, VI: fmt.Sprintf("GetResponse từ chối với mã %s", code), EN: fmt.Sprintf("GetResponse refuses with the code %s", code),
			AdviceVI: "Xem nội dung trả lời gốc và tra mã này tại apidocs.getresponse.com/v3/errors.", AdviceEN: "Read the raw answer and look the code up at apidocs.getresponse.com/v3/errors."}
	}
	return provider.Explain(code)
}
