package simulator

import (
	"bytes"
	"fmt"
	"time"
)

// reportMail writes the mail that tells the sender what became of another: a delivery status notification (RFC 3464 inside RFC 6522) or an abuse report (RFC 5965).
func (s *Server) reportMail(a *mailAfter, queued string) []byte {
	if a.what == "complaint" {
		return s.complaintMail(a, queued)
	}
	subject, action, status, diagnostic, human := "Undelivered Mail Returned to Sender", "failed", "5.1.1", "smtp; 550 5.1.1 No such user", "could not be delivered."
	switch a.what {
	case "soft":
		status, diagnostic = "5.2.2", "smtp; 552 5.2.2 Mailbox full"
	case "delayed":
		subject, action, status, diagnostic, human = "Delivery Status Notification (Delay)", "delayed", "4.4.1", "smtp; 451 4.4.1 No answer from host", "is delayed; we keep trying."
	case "delivered":
		subject, action, status, diagnostic, human = "Delivery Status Notification (Success)", "delivered", "2.0.0", "smtp; 250 2.0.0 Ok", "was delivered."
	}
	var b bytes.Buffer
	boundary := "sim-" + queued
	s.reportHead(&b, a, subject, "Mail Delivery System <MAILER-DAEMON@simulator.localhost>", "delivery-status", boundary, queued)
	part(&b, boundary, "text/plain; charset=utf-8")
	fmt.Fprintf(&b, "This is the mail system at simulator.localhost.\r\n\r\nYour message to %s %s\r\n\r\n", a.to, human)
	part(&b, boundary, "message/delivery-status")
	b.WriteString("Reporting-MTA: dns; simulator.localhost\r\n")
	if a.envid != "" {
		fmt.Fprintf(&b, "Original-Envelope-Id: %s\r\n", a.envid)
	}
	original := ""
	if a.orcpt != "" {
		original = "Original-Recipient: rfc822;" + a.orcpt + "\r\n"
	}
	fmt.Fprintf(&b, "Arrival-Date: %s\r\n\r\nFinal-Recipient: rfc822; %s\r\n%sAction: %s\r\nStatus: %s\r\nRemote-MTA: dns; mx.simulator.localhost\r\nDiagnostic-Code: %s\r\n",
		a.sent.Format(time.RFC1123Z), a.to, original, action, status, diagnostic)
	if a.what == "delayed" {
		fmt.Fprintf(&b, "Will-Retry-Until: %s\r\n", a.sent.Add(72*time.Hour).Format(time.RFC1123Z))
	}
	b.WriteString("\r\n")
	part(&b, boundary, "text/rfc822-headers")
	b.Write(a.headers)
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

func (s *Server) complaintMail(a *mailAfter, queued string) []byte {
	var b bytes.Buffer
	boundary := "sim-" + queued
	s.reportHead(&b, a, "Abuse report", "Feedback Loop <fbl@simulator.localhost>", "feedback-report", boundary, queued)
	part(&b, boundary, "text/plain; charset=utf-8")
	b.WriteString("This is an abuse report for a message received by simulator.localhost.\r\n\r\n")
	part(&b, boundary, "message/feedback-report")
	fmt.Fprintf(&b, "Feedback-Type: abuse\r\nUser-Agent: Loa-Simulator/1\r\nVersion: 1\r\nOriginal-Mail-From: <%s>\r\nOriginal-Rcpt-To: <%s>\r\nArrival-Date: %s\r\nSource-IP: 127.0.0.1\r\n\r\n",
		a.from, a.to, a.sent.Format(time.RFC1123Z))
	part(&b, boundary, "text/rfc822-headers")
	b.Write(a.headers)
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

func (s *Server) reportHead(b *bytes.Buffer, a *mailAfter, subject, from, kind, boundary, queued string) {
	fmt.Fprintf(b, "From: %s\r\nTo: <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s.%s@simulator.localhost>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/report; report-type=%s;\r\n boundary=%q\r\n\r\nThis is a MIME-encapsulated message.\r\n\r\n",
		from, a.from, subject, s.clk.Now().Format(time.RFC1123Z), a.what, queued, kind, boundary)
}

func part(b *bytes.Buffer, boundary, contentType string) {
	fmt.Fprintf(b, "--%s\r\nContent-Type: %s\r\n\r\n", boundary, contentType)
}
