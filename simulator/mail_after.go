package simulator

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// mailAfter is what follows one accepted mail.
type mailAfter struct {
	what    string // failed, soft, delayed, delivered, complaint; open, click, unsub, mpp, scanner, gateway; accepted at services
	from    string // envelope sender: where reports go; "" = nobody asked for this one
	to      string
	orcpt   string
	envid   string
	headers []byte // the mail's own header block
	pixel   string
	links   []string
	unsub   string
	sent    time.Time
	service string            // whose webhook tells it, "" = a report by mail
	data    map[string]string // what the sender wants back with each event
}

// notifications are what a sender asks for to hear of each end of a mail. A complaint is nobody's to ask for.
var notifications = map[string]smtp.DSNNotify{"failed": smtp.DSNNotifyFailure, "soft": smtp.DSNNotifyFailure, "delayed": smtp.DSNNotifyDelayed, "delivered": smtp.DSNNotifySuccess}

// mailPlan lists what happens after acceptance; due times count from acceptance.
func (s *Server) mailPlan(b *Behaviour, rc *mailRcpt, f fate, m *mailSession, raw []byte, id string) []event {
	if b.ReceiptsOff || f.silent {
		return nil
	}
	if service, data := serviceOf(raw); service != "" && s.services.url(service) != "" {
		return s.servicePlan(b, rc.rule, f, mailAfter{from: m.from, to: rc.address, headers: headerBlock(raw), sent: s.clk.Now(), service: service, data: data}, raw)
	}
	delay := s.receiptDelay(b, rc.address, id)
	report := func(what string, at int64) event {
		a := &mailAfter{what: what, from: m.from, to: rc.address, orcpt: rc.orcpt, envid: m.envid, headers: headerBlock(raw), sent: s.clk.Now()}
		if notify, ok := notifications[what]; ok && !rc.wants(notify) {
			a.from = ""
		}
		return event{due: at, kind: mailReport, extra: &extra{mail: a}}
	}
	done := event{due: delay, kind: mailDone}
	if rc.wants(smtp.DSNNotifySuccess) {
		done = report("delivered", delay)
	}
	var person []string
	switch rc.rule {
	case "bounce":
		return []event{report("failed", delay)}
	case "soft":
		return []event{report("soft", delay)}
	case "delay":
		return []event{report("delayed", delay), report("delivered", 2*delay+1)}
	case "complaint":
		return []event{done, report("complaint", 2*delay+1)}
	case "open", "click", "unsub", "mpp", "scanner", "gateway":
		person = []string{rc.rule}
	case "":
		if f.failed {
			return []event{report("failed", delay)}
		}
		if b.Complained > 0 && roll(s.opts.Seed, "complained", rc.address) < b.Complained {
			return []event{done, report("complaint", 2*delay+1)}
		}
		person = s.mailReader(b, rc.address)
	}
	out := []event{done}
	if len(person) == 0 {
		return out
	}
	seen := look(raw)
	for i, what := range person {
		a := seen
		a.what, a.to = what, rc.address
		at := delay + 1 + int64(i+1)*max(delay, 1)
		if what == "mpp" || what == "scanner" {
			at = delay + 1
		}
		out = append(out, event{due: at, kind: mailPerson, extra: &extra{mail: &a}})
	}
	return out
}

// mailReader rolls what an ordinary person does with a mail.
func (s *Server) mailReader(b *Behaviour, address string) []string {
	switch {
	case b.Unsubscribed > 0 && roll(s.opts.Seed, "unsubscribed", address) < b.Unsubscribed:
		return []string{"unsub"}
	case b.Clicked > 0 && roll(s.opts.Seed, "clicked", address) < b.Clicked:
		return []string{"click"}
	case b.Read > 0 && roll(s.opts.Seed, "read", address) < b.Read:
		return []string{"open"}
	}
	return nil
}

func headerBlock(raw []byte) []byte {
	if i := bytes.Index(raw, []byte("\r\n\r\n")); i >= 0 {
		raw = raw[:i+2]
	}
	return bytes.Clone(raw[:min(len(raw), 16<<10)])
}

// mailAftermath carries one such event out.
func (s *Server) mailAftermath(ev event) {
	l := s.Ledger()
	e, _, _, ok := l.read(ev.seq)
	if !ok {
		return
	}
	if ev.kind == mailDone {
		l.mark(ev.seq, isDelivered, max(ev.due, e.at), true)
		return
	}
	a := ev.extra.mail
	if ev.kind == mailPerson {
		l.mark(ev.seq, s.mailPerson(a), ev.due, false)
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
	copies := 1
	if ev.try == 0 {
		copies += s.behave[mail].Load().CallbackCopies
	}
	good := true
	for range copies {
		good = s.sendReport(a, s.reportMail(a, l.messageID(ev.seq, idDigits[mail]))) && good
	}
	if !good {
		s.tellAgain(ev, zaloWaits, s.behave[mail].Load()) // servers try for days; six tries within two hours are plenty here
	}
}

// sendReport delivers a bounce mail or complaint by POST of the raw mail or by SMTP with the null sender. Nowhere set, or a null sender to answer to, counts as done.
func (s *Server) sendReport(a *mailAfter, raw []byte) bool {
	t := s.tune.Load()
	switch {
	case a.from == "": // a bounce is never bounced
		return true
	case t.BounceURL != "":
		return s.call(http.MethodPost, t.BounceURL, http.Header{"Content-Type": {"message/rfc822"}, "X-Envelope-To": {a.from}}, raw)
	case t.BounceSMTP != "":
		err := s.deliverReport(t.BounceSMTP, a.from, raw)
		if err != nil {
			s.calls.failed.Add(1)
			s.log.Debug("simulator bounce not taken", "error", err)
			return false
		}
		s.calls.ok.Add(1)
	}
	return true
}

func (s *Server) deliverReport(addr, to string, raw []byte) error {
	conn, err := dialer(s.opts.AllowRemote).DialContext(s.ctx, "tcp", addr)
	if err != nil {
		return err
	}
	c := smtp.NewClient(conn)
	c.CommandTimeout, c.SubmissionTimeout = 5*time.Second, 5*time.Second
	defer func() { _ = c.Close() }()
	if err := c.Hello("simulator.localhost"); err != nil {
		return err
	}
	if err := c.Mail("", nil); err != nil {
		return err
	}
	if err := c.Rcpt(to, nil); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

// Agents of those who fetch. A mail privacy proxy hides its name; a scanner does not.
const (
	browserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
	privacyAgent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
	scannerAgent = "Mozilla/5.0 (compatible; proofpoint-urldefense/2.0)"
)

// mailPerson does what a person, a proxy or a scanner does with a mail and returns the facts that came true.
func (s *Server) mailPerson(a *mailAfter) uint16 {
	facts := uint16(0)
	open := func(agent string) {
		if a.pixel != "" && s.fetch(http.MethodGet, a.pixel, agent, nil) {
			facts |= isRead
		}
	}
	switch a.what {
	case "open":
		open(browserAgent)
	case "mpp":
		open(privacyAgent)
		facts = 0 // nobody has read it
	case "click":
		open(browserAgent)
		if len(a.links) > 0 && s.fetch(http.MethodGet, a.links[0], browserAgent, nil) {
			facts |= isClicked | isRead
		}
	case "scanner":
		for _, link := range a.links {
			s.fetch(http.MethodHead, link, scannerAgent, nil)
			s.fetch(http.MethodGet, link, scannerAgent, nil)
		}
	case "gateway": // all at once, as gateways do
		var wg sync.WaitGroup
		for _, link := range a.links {
			wg.Go(func() { s.fetch(http.MethodGet, link, browserAgent, nil) })
		}
		wg.Wait()
	case "unsub":
		if a.unsub != "" && s.fetch(http.MethodPost, a.unsub, "", []byte("List-Unsubscribe=One-Click")) {
			facts |= isUnsubscribed
		}
	}
	return facts
}

// fetch asks for one address and reports whether it answered 2xx or 3xx. Redirects are not followed: they would leave the machine.
func (s *Server) fetch(method, url, agent string, form []byte) bool {
	req, err := http.NewRequestWithContext(s.ctx, method, url, bytes.NewReader(form))
	if err != nil {
		return false
	}
	req.Header.Set("User-Agent", agent)
	if strings.EqualFold(method, http.MethodPost) {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := *s.client
	client.Timeout = 5 * time.Second
	res, err := client.Do(req)
	if err != nil {
		s.calls.failed.Add(1)
		return false
	}
	_ = res.Body.Close()
	s.calls.ok.Add(1)
	return res.StatusCode < 400
}
