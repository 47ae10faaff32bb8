package provider

import (
	"errors"
	"fmt"
	"time"
)

// Class says what a failure means for the sender. All but Unknown are certain: the message was not sent.
type Class string

// The classes.
const (
	Temporary   Class = "temporary"    // certainly not sent, try later
	RateLimited Class = "rate_limited" // certainly not sent, slow down
	Recipient   Class = "recipient"    // certainly not sent, this person cannot be reached here
	Content     Class = "content"      // certainly not sent, the author must mend it
	Auth        Class = "auth"         // certainly not sent, our credentials or account are not in order
	Balance     Class = "balance"      // certainly not sent, no money or quota left on the account
	Unknown     Class = "unknown"      // may or may not have been sent
)

// Certain reports whether a message that failed with this class was certainly not sent.
func (c Class) Certain() bool { return c != Unknown && c != "" }

// Error is the failure of one call.
type Error struct {
	Provider string // "zalo", "esms", "smtp"
	// Code is the provider's own code ("-118", "104", "5.1.1"), or one of the transport codes of this package ("net.lost", "http.503").
	Code    string
	Message string // the provider's text as it came, for people who know the provider
	Class   Class
	// RetryAfter is how long the provider asked us to wait; 0 when it said nothing.
	RetryAfter time.Duration
	// Suppress is true when the provider says that this person refused us, so that we must not try again here.
	Suppress bool
	// Unasked is true when certainly not one byte of the request left us.
	Unasked bool
	Raw     []byte // the answer as read, at most MaxBody; nil when there was none
	Err     error  // the cause on our side, such as a network error
}

// Error names provider, code, class and text.
func (e *Error) Error() string {
	s := e.Provider + " " + e.Code + " (" + string(e.Class) + ")"
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause on our side.
func (e *Error) Unwrap() error { return e.Err }

// ClassOf gives the class of the first *Error in err's chain, "" for nil, and Unknown for any other error.
func ClassOf(err error) Class {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return Unknown
}

// Again makes an unknown failure one that may be tried again, for calls that end up the same however often they are made.
func Again(err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Class != Unknown {
		return err
	}
	same := *e
	same.Class = Temporary
	return &same
}

// Cause explains a code to people: what happened and what to do about it, in both languages.
type Cause struct {
	Class              Class
	VI, EN             string
	AdviceVI, AdviceEN string
	Suppress           bool // this person refused us
}

// The codes of failures that have no code of the provider.
const (
	CodeNotSent    = "net.not_sent"   // no byte of the request left us
	CodeLost       = "net.lost"       // the request left us at least in part, and no whole answer came
	CodeUnreadable = "net.unreadable" // an answer came that we cannot read
	CodeNoID       = "net.no_id"      // the answer says success and lacks the message's id
	CodeBadRequest = "local.invalid"  // refused by us before any call
	CodeBadAddress = "local.address"  // the connection's base address is no address
	codeHTTP       = "http."          // followed by the status
)

// Causes explains the codes of this package.
var Causes = map[string]Cause{
	CodeNotSent: {Class: Temporary,
		VI: "Không kết nối được tới nhà cung cấp, tin chưa được gửi đi", EN: "The provider could not be reached; nothing was sent",
		AdviceVI: "Hệ thống sẽ tự thử lại. Nếu kéo dài, hãy kiểm tra đường mạng, địa chỉ máy chủ và tường lửa.", AdviceEN: "It is tried again by itself. If it lasts, check the network, the server's address and the firewall."},
	CodeLost: {Class: Unknown,
		VI: "Mất kết nối khi đang chờ trả lời, chưa rõ tin đã được gửi hay chưa", EN: "The answer was lost; the message may or may not have been sent",
		AdviceVI: "Không gửi lại ngay. Hệ thống sẽ chờ báo cáo hoặc hỏi lại nhà cung cấp.", AdviceEN: "Do not send it again. A report or a look-up at the provider will settle it."},
	CodeUnreadable: {Class: Unknown,
		VI: "Không đọc được trả lời của nhà cung cấp, chưa rõ tin đã được gửi hay chưa", EN: "The provider's answer cannot be read; the message may or may not have been sent",
		AdviceVI: "Xem nội dung trả lời gốc. Nếu là trang web hay trang báo lỗi, hãy kiểm tra lại địa chỉ máy chủ của kết nối.", AdviceEN: "Look at the raw answer. If it is a web page, check the base address of the connection."},
	CodeNoID: {Class: Unknown,
		VI: "Nhà cung cấp báo thành công nhưng không trả mã tin, chưa rõ tin đã được gửi hay chưa", EN: "The provider reports success without a message id; the message may or may not have been sent",
		AdviceVI: "Chờ báo cáo của nhà cung cấp hoặc tra cứu trên trang quản trị của họ.", AdviceEN: "Wait for the provider's report or look it up in its console."},
	CodeBadRequest: {Class: Content,
		VI: "Nội dung không hợp lệ nên không được gửi đi", EN: "The content is not valid and was not sent",
		AdviceVI: "Sửa lại nội dung hoặc địa chỉ người nhận rồi gửi lại.", AdviceEN: "Mend the content or the address and send again."},
	CodeBadAddress: {Class: Auth,
		VI: "Địa chỉ máy chủ của kết nối không hợp lệ", EN: "The base address of the connection is not an address",
		AdviceVI: "Sửa địa chỉ máy chủ trong phần cài đặt kết nối.", AdviceEN: "Mend the base address in the connection's settings."},
	"http.404": {Class: Auth,
		VI: "Địa chỉ máy chủ của kết nối không đúng (404)", EN: "The base address of the connection is wrong (404)",
		AdviceVI: "Kiểm tra địa chỉ máy chủ trong phần cài đặt kết nối.", AdviceEN: "Check the base address in the connection's settings."},
	"http.405": {Class: Auth,
		VI: "Địa chỉ máy chủ của kết nối không đúng (405)", EN: "The base address of the connection is wrong (405)",
		AdviceVI: "Kiểm tra địa chỉ máy chủ trong phần cài đặt kết nối.", AdviceEN: "Check the base address in the connection's settings."},
	"http.429": {Class: RateLimited,
		VI: "Gửi quá nhanh, nhà cung cấp yêu cầu chậm lại", EN: "Too many requests; the provider asks to slow down",
		AdviceVI: "Hệ thống sẽ tự thử lại. Nếu lặp lại nhiều, hãy giảm tốc độ gửi của kết nối.", AdviceEN: "It is tried again by itself. If it repeats, lower the connection's rate."},
}

// Explain gives the cause of one of this package's codes, and a general text of class Unknown for every other code. Unlisted HTTP statuses are explained as such.
func Explain(code string) Cause {
	if c, ok := Causes[code]; ok {
		return c
	}
	if len(code) > len(codeHTTP) && code[:len(codeHTTP)] == codeHTTP {
		status := code[len(codeHTTP):]
		return Cause{Class: Unknown,
			VI: fmt.Sprintf("Máy chủ của nhà cung cấp báo lỗi HTTP %s, chưa rõ tin đã được gửi hay chưa", status), EN: fmt.Sprintf("The provider's server answered HTTP %s; the message may or may not have been sent", status),
			AdviceVI: "Không gửi lại ngay. Chờ báo cáo của nhà cung cấp; nếu lỗi kéo dài, hãy liên hệ họ.", AdviceEN: "Do not send it again. Wait for the provider's report; if the error lasts, ask the provider."}
	}
	return Cause{Class: Unknown,
		VI: fmt.Sprintf("Nhà cung cấp trả mã %q chưa có trong bảng mã lỗi, chưa rõ tin đã được gửi hay chưa", code), EN: fmt.Sprintf("The provider answered with the unlisted code %q; the message may or may not have been sent", code),
		AdviceVI: "Xem nội dung trả lời gốc và tra cứu mã này trong tài liệu của nhà cung cấp.", AdviceEN: "Read the raw answer and look the code up in the provider's documentation."}
}
