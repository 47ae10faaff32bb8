package e2e

import (
	"fmt"
	"time"

	"github.com/loa-project/loa/simulator"
)

// messengerKinds sends one message of each other kind to everybody; pressing a card's button or a quick reply is a click.
func (w *world) messengerKinds(page int64) {
	w.t.Helper()
	for _, k := range []struct {
		name    string
		content object
		shown   string // what the person sees of it
		taps    bool
	}{
		{"băng chuyền", object{"track_links": true, "cards": []object{
			{"title": "Bộ sưu tập của {{ contact.name }}", "subtitle": "Giảm 10 %", "image": "https://files.example.com/1.jpg", "url": "https://shop.example/moi", "buttons": []object{{"type": "web_url", "title": "Xem", "url": "https://shop.example/moi"}}},
			{"title": "Chọn cỡ", "subtitle": "S, M, L", "buttons": []object{{"type": "postback", "title": "Cỡ M", "payload": "#m"}, {"type": "phone_number", "title": "Gọi", "payload": "+84901234567"}}}}}, "Bộ sưu tập của Nguyễn Thị Lan", true},
		{"ảnh", object{"image": "https://files.example.com/warranty.jpg"}, "", false},
		{"trả lời nhanh", object{"text": "Chị lấy cỡ nào ạ?", "quick_replies": []object{{"title": "Cỡ M", "payload": "#m"}, {"title": "Cỡ L", "payload": "#l"}}}, "Chị lấy cỡ nào ạ?", true},
	} {
		id := w.campaign(k.name, "care", page, w.template(k.name, k.content))
		w.call("POST", fmt.Sprintf("/campaigns/%d/activate", id), nil, nil)
		w.comes(id, map[string]int64{"total": 7, "sent": 6, "delivered": 4, "opened": 1, "clicked": 0, "failed": 1, "processing": 1, "unknown": 0, "skipped": 1})
		if seen := w.sees("sim_ok_1"); k.shown != "" && seen != k.shown {
			w.t.Errorf("%s: the person sees %q, want %q", k.name, seen, k.shown)
		}
		if taps := w.sim.MessengerDo(simulator.MessengerAct{PSID: "sim_ok_1", Do: "tap"}); taps != k.taps {
			w.t.Errorf("%s: there is a button to press: got %t, want %t", k.name, taps, k.taps)
		} else if taps {
			w.until("the press", 100*time.Millisecond, func() bool { return w.counts(id).Total["clicked"] == 1 })
		}
		w.addUp(w.counts(id))
	}
}

// sees is the newest message that a person got, in words.
func (w *world) sees(person string) string {
	w.t.Helper()
	text, at := "", int64(0)
	for _, item := range w.sim.Inbox() {
		if item.Recipient == person && item.At >= at {
			text, at = item.Text, item.At
		}
	}
	return text
}
