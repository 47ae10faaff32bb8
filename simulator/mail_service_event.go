package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// serviceEvent is the text of one event, as the service writes it. what is accepted, delivered, delayed, failed, soft or complaint.
func serviceEvent(a *mailAfter, what, id, messageID string, at time.Time) []byte {
	var out any
	switch a.service {
	case ServiceSES:
		out = sesEvent(a, what, messageID, at)
	case ServiceSendGrid:
		out = sendgridEvent(a, what, id, messageID, at)
	case ServiceMailgun:
		out = mailgunEvent(a, what, id, at)
	default:
		out = postmarkEvent(a, what, messageID, at)
	}
	raw, _ := json.Marshal(out) // texts and numbers always marshal
	return raw
}

// sesEvent is an event of SES (docs.aws.amazon.com, "SES event publishing: contents of the event data").
func sesEvent(a *mailAfter, what, messageID string, at time.Time) object {
	stamp := at.UTC().Format("2006-01-02T15:04:05.000Z")
	tags := object{"ses:configuration-set": []string{"loa"}}
	for name, value := range a.data {
		tags[name] = []string{value}
	}
	out := object{"mail": object{"timestamp": a.sent.UTC().Format("2006-01-02T15:04:05.000Z"), "messageId": messageID, "source": a.from, "destination": []string{a.to}, "headersTruncated": false,
		"headers": []object{{"name": "Message-ID", "value": headerValue(a.headers, "Message-ID")}}, "tags": tags}}
	switch what {
	case "delivered":
		out["eventType"], out["delivery"] = "Delivery", object{"timestamp": stamp, "processingTimeMillis": 812, "recipients": []string{a.to}, "smtpResponse": "250 2.0.0 OK", "reportingMTA": "a8-50.smtp-out.amazonses.com"}
	case "delayed":
		out["eventType"], out["deliveryDelay"] = "DeliveryDelay", object{"timestamp": stamp, "delayType": "TransientCommunicationFailure", "delayedRecipients": []object{{"emailAddress": a.to, "status": "4.4.1"}}}
	case "failed", "soft":
		kind, sub, status, diagnostic := "Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"
		if what == "soft" {
			kind, sub, status, diagnostic = "Transient", "MailboxFull", "5.2.2", "smtp; 552 5.2.2 mailbox full"
		}
		out["eventType"], out["bounce"] = "Bounce", object{"bounceType": kind, "bounceSubType": sub, "timestamp": stamp, "feedbackId": messageID + "-f",
			"bouncedRecipients": []object{{"emailAddress": a.to, "action": "failed", "status": status, "diagnosticCode": diagnostic}}, "reportingMTA": "dns; amazonses.com"}
	case "complaint":
		out["eventType"], out["complaint"] = "Complaint", object{"timestamp": stamp, "feedbackId": messageID + "-c", "complaintFeedbackType": "abuse", "userAgent": "Yahoo!-Mail-Feedback/2.0", "complainedRecipients": []object{{"emailAddress": a.to}}}
	default:
		out["eventType"], out["send"] = "Send", object{}
	}
	return out
}

// sendgridEvent is an event of SendGrid (docs.sendgrid.com, "Event webhook reference").
func sendgridEvent(a *mailAfter, what, id, messageID string, at time.Time) object {
	out := object{"email": a.to, "timestamp": at.Unix(), "smtp-id": headerValue(a.headers, "Message-ID"), "sg_event_id": id, "sg_message_id": messageID + ".filter0001"}
	for name, value := range a.data {
		out[name] = value
	}
	switch what {
	case "delivered":
		out["event"], out["response"] = "delivered", "250 OK"
	case "delayed":
		out["event"], out["response"], out["attempt"] = "deferred", "451 4.4.1 no answer from host", "1"
	case "failed":
		out["event"], out["type"], out["status"], out["reason"], out["bounce_classification"] = "bounce", "bounce", "5.1.1", "550 5.1.1 user unknown", "Invalid Address"
	case "soft":
		out["event"], out["type"], out["status"], out["reason"], out["bounce_classification"] = "bounce", "bounce", "5.2.2", "552 5.2.2 mailbox full", "Mailbox Unavailable"
	case "complaint":
		out["event"] = "spamreport"
	default:
		out["event"] = "processed"
	}
	return out
}

// mailgunEvent is the event-data of Mailgun (documentation.mailgun.com, "Events").
func mailgunEvent(a *mailAfter, what, id string, at time.Time) object {
	key := headerValue(a.headers, "Message-ID")
	if len(key) > 2 && key[0] == '<' {
		key = key[1 : len(key)-1]
	}
	out := object{"id": id, "timestamp": json.Number(strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', 3, 64)), "recipient": a.to, "message": object{"headers": object{"message-id": key}},
		"user-variables": a.data, "flags": object{"is-test-mode": false}, "tags": []string{}}
	failed := func(severity, reason string, code int, enhanced, text string) {
		out["event"], out["severity"], out["reason"] = "failed", severity, reason
		out["delivery-status"] = object{"code": code, "enhanced-code": enhanced, "message": text, "attempt-no": 1}
	}
	switch what {
	case "delivered":
		out["event"], out["delivery-status"] = "delivered", object{"code": 250, "message": "OK"}
	case "delayed":
		failed("temporary", "generic", 451, "4.4.1", "no answer from host")
	case "failed":
		failed("permanent", "bounce", 550, "5.1.1", "user unknown")
	case "soft":
		failed("permanent", "bounce", 552, "5.2.2", "mailbox full")
	case "complaint":
		out["event"] = "complained"
	default:
		out["event"] = "accepted"
	}
	return out
}

// postmarkEvent is a record of Postmark (postmarkapp.com/developer/webhooks).
func postmarkEvent(a *mailAfter, what, messageID string, at time.Time) object {
	stamp, number := at.UTC().Format(time.RFC3339), hash64(0, messageID, what)>>12
	data := object{}
	for name, value := range a.data {
		data[name] = value
	}
	out := object{"MessageID": messageID, "MessageStream": "broadcast", "ServerID": 23, "Tag": "", "Metadata": data}
	bounce := func(record, kind string, code int, text string) {
		out["RecordType"], out["ID"], out["Type"], out["TypeCode"], out["Email"], out["BouncedAt"], out["Details"], out["Inactive"], out["CanActivate"], out["Subject"] =
			record, number, kind, code, a.to, stamp, text, kind == "HardBounce", true, ""
	}
	switch what {
	case "delayed":
		bounce("Bounce", "Transient", 2, "smtp;451 4.4.1 no answer from host")
	case "failed":
		bounce("Bounce", "HardBounce", 1, "smtp;550 5.1.1 user unknown")
	case "soft":
		bounce("Bounce", "SoftBounce", 4096, "smtp;552 5.2.2 mailbox full")
	case "complaint":
		bounce("SpamComplaint", "SpamComplaint", 512, "")
	default:
		out["RecordType"], out["Recipient"], out["DeliveredAt"], out["Details"] = "Delivery", a.to, stamp, "250 OK"
	}
	return out
}

// servicePlan is what follows the acceptance of a mail by a service: events by webhook instead of reports by mail, and what people do. Opening and links are the sender's own: the service's
// tracking is off.
func (s *Server) servicePlan(b *Behaviour, rule string, f fate, a mailAfter, raw []byte) []event {
	delay := s.receiptDelay(b, a.to, string(a.headers))
	words, person := []string{"delivered"}, []string(nil)
	switch {
	case rule == "bounce" || rule == "" && f.failed:
		words = []string{"failed"}
	case rule == "soft":
		words = []string{"soft"}
	case rule == "delay":
		words = []string{"delayed", "delivered"}
	case rule == "complaint" || rule == "" && b.Complained > 0 && roll(s.opts.Seed, "complained", a.to) < b.Complained:
		words = []string{"delivered", "complaint"}
	case rule == "":
		person = s.mailReader(b, a.to)
	case rule == "open" || rule == "click" || rule == "unsub" || rule == "mpp" || rule == "scanner" || rule == "gateway":
		person = []string{rule}
	}
	if a.service != ServicePostmark {
		words = append([]string{"accepted"}, words...)
	}
	var out []event
	for i, word := range words {
		e := a
		e.what = word
		place := i
		if b.Reorder {
			place = len(words) - 1 - i
		}
		out = append(out, event{due: delay * int64(place), kind: mailTold, extra: &extra{mail: &e}})
	}
	if len(person) == 0 {
		return out
	}
	seen := look(raw)
	for i, what := range person {
		p := seen
		p.what, p.to = what, a.to
		at := delay*int64(len(words)) + 1 + int64(i)*max(delay, 1)
		out = append(out, event{due: at, kind: mailPerson, extra: &extra{mail: &p}})
	}
	return out
}

// tellService posts one event of a mail service, signed; a failed post is tried again.
func (s *Server) tellService(ev event) {
	l, a, b := s.Ledger(), ev.extra.mail, s.behave[mail].Load()
	e, _, _, ok := l.read(ev.seq)
	if !ok {
		return
	}
	if ev.try == 0 {
		switch a.what {
		case "failed", "soft":
			l.mark(ev.seq, isFailed, ev.due, true)
		case "delivered":
			l.mark(ev.seq, isDelivered, max(ev.due, e.at), true)
		case "complaint":
			l.mark(ev.seq, isComplained, ev.due, false)
		}
	}
	url := s.services.url(a.service)
	if url == "" {
		return
	}
	messageID := l.messageID(ev.seq, idDigits[mail])
	id := a.what + "-" + messageID
	text := serviceEvent(a, a.what, id, messageID, time.UnixMilli(ev.due))
	copies := 1
	if ev.try == 0 {
		copies += b.CallbackCopies
	}
	if a.service == ServiceSendGrid { // events come in batches, repeats and all
		batch := []json.RawMessage{}
		for range copies {
			batch = append(batch, text)
		}
		text, _ = json.Marshal(batch)
		copies = 1
	}
	post := s.signed(a.service, id, text)
	good := true
	for range copies {
		good = s.call(http.MethodPost, url, post.header, post.body) && good
	}
	// Nobody can repeat what never arrived.
	if good && ev.try == 0 && b.Forged > 0 && roll(s.opts.Seed, "forged", messageID, a.what) < b.Forged {
		s.forgeService(a.service, url, post, serviceEvent(a, "complaint", "forged", messageID, time.UnixMilli(ev.due)))
	}
	if !good {
		s.tellAgain(ev, mailWaits, b)
	}
}
