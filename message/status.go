package message

import "github.com/loa-project/loa/channel"

// Status is a word of the status table that people see. Sent is a count (every request, good or bad), not a place where a message stands.
type Status string

// The words. Not every channel has each of them, see StatusesOf.
const (
	StatusSent         Status = "sent"         // Đã gửi
	StatusProcessing   Status = "processing"   // Đang xử lý
	StatusDelivered    Status = "delivered"    // Đã nhận
	StatusOpened       Status = "opened"       // Đã mở
	StatusClicked      Status = "clicked"      // Đã click
	StatusAnswered     Status = "answered"     // Đã nghe
	StatusFailed       Status = "failed"       // Gửi thất bại
	StatusUnsubscribed Status = "unsubscribed" // Hủy đăng ký
	StatusComplained   Status = "complained"   // Báo xấu
	StatusBounced      Status = "bounced"      // Bị trả về
	StatusQueued       Status = "queued"       // Chờ gửi: ours
	StatusSending      Status = "sending"      // Đang gửi: ours
	StatusUnknown      Status = "unknown"      // Chưa rõ kết quả: ours
	StatusSkipped      Status = "skipped"      // Bỏ qua: ours
	StatusWaited       Status = "waited"       // Đã chờ xong: ours, of waits alone
)

// own are the words that every channel has beside the table's.
var own = []Status{StatusQueued, StatusSending, StatusUnknown, StatusSkipped}

// table says which action may have which status: the status table of an automation flow, row by row.
var table = map[channel.Channel][]Status{
	channel.Email:  {StatusSent, StatusProcessing, StatusDelivered, StatusFailed, StatusOpened, StatusClicked, StatusUnsubscribed, StatusComplained, StatusBounced},
	channel.ZNS:    {StatusSent, StatusDelivered, StatusProcessing, StatusFailed},
	channel.SMS:    {StatusSent, StatusDelivered, StatusProcessing, StatusFailed, StatusClicked},
	channel.ZaloOA: {StatusSent, StatusProcessing, StatusDelivered, StatusOpened, StatusClicked, StatusFailed},
	// The row has no word for what Meta took and no phone has shown yet; "processing" is ours here.
	channel.Messenger: {StatusSent, StatusDelivered, StatusOpened, StatusFailed, StatusClicked, StatusProcessing},
	// A call is delivered when the provider took it on; whether the person listened is answered.
	channel.AICall: {StatusSent, StatusDelivered, StatusFailed, StatusAnswered},
	// Acts end with the answer. What the table calls "Gửi thành công" is delivered here.
	channel.HTTPRequest: {StatusSent, StatusDelivered, StatusFailed},
	channel.Sync:        {StatusSent, StatusDelivered, StatusFailed},
	channel.Voucher:     {StatusSent, StatusProcessing, StatusFailed, StatusDelivered},
	channel.Action:      {StatusSent, StatusDelivered, StatusFailed},
	channel.StartFlow:   {StatusSent, StatusDelivered, StatusFailed},
	// The row has one word for both; "processing" is ours for a wait that is not over, "waited" for one that is.
	channel.Wait: {StatusSent, StatusProcessing, StatusWaited},
}

// StatusesOf lists the words of a channel, the table's first and then our own.
func StatusesOf(c channel.Channel) []Status {
	return append(append([]Status(nil), table[c]...), own...)
}

func has(c channel.Channel, s Status) bool {
	for _, w := range table[c] {
		if w == s {
			return true
		}
	}
	return false
}

// Counts reports the words that the leg counts under. Exactly one of queued, sending, processing, waited, delivered, failed, unknown and skipped is among them, so these always add up
// to the number of legs; sent, opened, clicked, answered, bounced, complained and unsubscribed are counted beside them.
func (l *Leg) Counts() []Status {
	out := make([]Status, 0, 6)
	switch l.State {
	case Queued:
		out = append(out, StatusQueued)
	case Sending:
		out = append(out, StatusSending)
	case Accepted:
		out = append(out, l.taken())
	case Delivered:
		out = append(out, StatusDelivered)
	case Failed:
		out = append(out, StatusFailed)
	case Unknown:
		out = append(out, StatusUnknown)
	case Skipped:
		out = append(out, StatusSkipped)
	}
	f := &l.Facts
	add := func(yes bool, s Status) {
		if yes && has(l.Channel, s) {
			out = append(out, s)
		}
	}
	add(f[FactRequested] != 0, StatusSent)
	// Who clicked has read, even where the mail program hides it by not loading images.
	add(f[FactOpened] != 0 || f[FactClicked] != 0, StatusOpened)
	add(f[FactClicked] != 0, StatusClicked)
	add(f[FactAnswered] != 0, StatusAnswered)
	add(f[FactBounced] != 0, StatusBounced)
	add(f[FactComplained] != 0, StatusComplained)
	add(f[FactUnsubscribed] != 0, StatusUnsubscribed)
	return out
}

// taken is the word for an accepted leg.
func (l *Leg) taken() Status {
	if l.Channel == channel.Wait && l.Superseded {
		return StatusWaited
	}
	return StatusProcessing
}

// Status is the one word for the leg: the furthest that is known of it.
func (l *Leg) Status() Status {
	f := &l.Facts
	switch l.State {
	case Queued:
		return StatusQueued
	case Sending:
		return StatusSending
	case Unknown:
		return StatusUnknown
	case Skipped:
		return StatusSkipped
	case Accepted:
		return l.taken()
	case Failed:
		if f[FactBounced] != 0 && has(l.Channel, StatusBounced) {
			return StatusBounced
		}
		return StatusFailed
	}
	for _, c := range []struct {
		fact Fact
		word Status
	}{{FactComplained, StatusComplained}, {FactUnsubscribed, StatusUnsubscribed}, {FactClicked, StatusClicked}, {FactAnswered, StatusAnswered}, {FactOpened, StatusOpened}} {
		if f[c.fact] != 0 && has(l.Channel, c.word) {
			return c.word
		}
	}
	return StatusDelivered
}
