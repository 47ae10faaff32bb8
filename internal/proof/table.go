package proof

import (
	"slices"
	"testing"
)

// Row is one action of the status table.
type Row struct {
	Name  string // short name, as proofs say it
	Title string // as the table says it
	Cells []Cell
}

// Cell is one status of an action.
type Cell struct {
	Status string // our word
	Title  string // the table's word
	Source string // where the fact comes from
}

// Cells says that the test proves these statuses of a row. Row and statuses are written as literals, so that the list of proofs can be read from the sources.
func Cells(t testing.TB, row string, statuses ...string) {
	t.Helper()
	for _, s := range statuses {
		if !known(row, s) {
			t.Errorf("the status table has no cell %s %s", row, s)
		}
	}
}

func known(row, status string) bool {
	return slices.ContainsFunc(Table, func(r Row) bool {
		return r.Name == row && slices.ContainsFunc(r.Cells, func(c Cell) bool { return c.Status == status })
	})
}

// Table is the status table, whole.
var Table = []Row{
	{"email", "Gửi Email", []Cell{
		{"sent", "Đã gửi", "our attempt: committed before the call to the mail server, whatever it answers"},
		{"processing", "Đang xử lý", "the mail server's 250 after the body"},
		{"delivered", "Đã nhận", "the mail service's delivery webhook; with a plain server whatever shows that it arrived, such as an opening or a click"},
		{"failed", "Đã thất bại", "the mail server's refusal, or a returned mail"},
		{"opened", "Đã mở", "our pixel or the service's webhook, machines left out; a click opens, too"},
		{"clicked", "Đã click", "our redirect, machines left out"},
		{"unsubscribed", "Hủy đăng ký", "our page or one-click address (RFC 8058)"},
		{"complained", "Báo xấu", "the service's webhook or an abuse report (RFC 5965)"},
		{"bounced", "Bị trả về", "the service's webhook or a report (RFC 3464) to our return address"},
	}},
	{"zalo_oa", "Gửi tin Zalo quan tâm", []Cell{
		{"sent", "Đã gửi", "our attempt"},
		{"delivered", "Đã nhận", "webhook user_received_message"},
		{"opened", "Đã mở", "webhook user_seen_message"},
		{"failed", "Gửi thất bại", "the error in Zalo's answer"},
		{"processing", "Đang xử lý", "Zalo's answer with a message_id"},
		{"clicked", "Đã click", "our redirect, or the button's words that come back by webhook"},
	}},
	{"zns", "Gửi tin ZNS", []Cell{
		{"sent", "Đã gửi", "our attempt"},
		{"delivered", "Đã nhận", "webhook user_received_message, or the message's status when it is asked for"},
		{"processing", "Đang xử lý", "Zalo's answer with a msg_id"},
		{"failed", "Gửi thất bại", "the error in Zalo's answer, or a failure that it tells later"},
	}},
	{"messenger", "Gửi tin Messenger", []Cell{
		{"sent", "Đã gửi", "our attempt"},
		{"delivered", "Đã nhận", "webhook message_deliveries: its watermark covers all earlier messages"},
		{"opened", "Đã mở", "webhook message_reads: its watermark covers all earlier messages"},
		{"failed", "Gửi thất bại", "the error in Meta's answer"},
		{"clicked", "Đã click", "webhook messaging_postbacks, or our redirect"},
	}},
	{"sms", "Gửi tin SMS", []Cell{
		{"sent", "Đã gửi", "our attempt"},
		{"delivered", "Đã nhận", "the carrier's callback, or its status when it is asked for"},
		{"processing", "Đang xử lý", "the carrier's answer with its message number"},
		{"failed", "Gửi thất bại", "the code in the carrier's answer, or a callback that says so"},
		{"clicked", "Đã click", "our redirect"},
	}},
	{"ai_call", "AI call", []Cell{
		{"sent", "Đã gửi", "our attempt"},
		{"delivered", "Đã nhận", "the provider's answer with a call_id"},
		{"failed", "Gửi thất bại", "the code in the provider's answer"},
		{"answered", "Đã nghe", "the event of the call's end with an answer's duration"},
	}},
	{"http", "HTTP request", []Cell{
		{"delivered", "Gửi thành công", "the answer's status is 200; any 2xx where the author allows it"},
		{"failed", "Đã thất bại", "any other status; an answer that is lost is unknown, unless asking again does no harm"},
	}},
	{"wait", "Hẹn giờ", []Cell{
		{"sent", "Đã gửi", "the step is taken on; it waits in the ledger until its time is over"},
	}},
	{"voucher", "Phân phối voucher", []Cell{
		{"sent", "Đã gửi", "the list of people who are to get a code"},
		{"processing", "Đang xử lý", "a person on it who waits for a code"},
		{"failed", "Đã thất bại", "no code left, or the voucher is closed or over"},
		{"delivered", "Đã nhận", "the code and its person, in one transaction"},
	}},
	{"sync", "Đồng bộ với nền tảng khác (GetResponse, GetFly...)", []Cell{
		{"sent", "Đã gửi", "our attempt"},
		{"delivered", "Gửi thành công", "the other side's answer"},
		{"failed", "Đã thất bại", "the other side's answer, or none"},
	}},
	{"start_flow", "Bắt đầu flow khác", []Cell{
		{"sent", "Đã gửi", "our attempt: committed before the other campaign is asked"},
		{"delivered", "Gửi thành công", "the person's place in the other campaign, in one transaction"},
		{"failed", "Gửi thất bại", "the other campaign is gone, ended or not running, or the person is"},
	}},
	{"action", "Các hành động còn lại", []Cell{
		{"sent", "Đã gửi", "the attempt"},
		{"delivered", "Gửi thành công", "the action's commit"},
		{"failed", "Gửi thất bại", "the action's error"},
	}},
}
