package simulator

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// mailRules are the mailbox names that decide. A name counts exactly or before + or . ("bounce+a7@…", "bounce.an@…").
var mailRules = func() map[string]bool {
	out := map[string]bool{}
	for _, m := range MagicRecipients {
		if m.Provider == "smtp" {
			out[m.Ending] = true
		}
	}
	return out
}()

func mailRule(address string) string {
	local, _, ok := strings.Cut(strings.ToLower(address), "@")
	if !ok {
		return "syntax"
	}
	if i := strings.IndexAny(local, "+."); i >= 0 {
		local = local[:i]
	}
	if mailRules[local] {
		return local
	}
	return ""
}

func refusal(code, a, b, c int, text string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: text}
}

// Rcpt decides what a server decides from the address alone.
func (m *mailSession) Rcpt(to string, o *smtp.RcptOptions) error {
	s := m.s
	r := mailRcpt{address: to, notify: o.Notify, orcpt: o.OriginalRecipient}
	if s.tune.Load().Magic || !strings.Contains(to, "@") {
		r.rule = mailRule(to)
	}
	no := s.forced.mail(to)
	if no != nil {
		r.rule = "forced"
	}
	switch r.rule {
	case "syntax":
		no = refusal(553, 5, 1, 3, "Bad destination mailbox address syntax")
	case "unknown":
		no = refusal(550, 5, 1, 1, "No such user here")
	case "full":
		no = refusal(552, 5, 2, 2, "Mailbox full")
	case "grey":
		if s.once.first(mail, strings.ToLower(to)) {
			no = refusal(451, 4, 7, 1, "Greylisted, please try again later")
		}
	case "slow":
		if m.accepted >= s.tune.Load().SlowAfter {
			no = refusal(421, 4, 7, 0, "Too many messages on this connection, closing")
			if m.conn != nil {
				m.conn.hangUp()
			}
		}
	case "":
		no = s.mailLottery(m.envid, to)
	}
	if s.behave[mail].Load().Outage && m.conn != nil {
		m.conn.cut()
		return refusal(421, 4, 3, 2, "Out of service")
	}
	if no != nil {
		s.refuseMail(m.envid, to, no)
		return no
	}
	m.rcpts = append(m.rcpts, r)
	return nil
}

// mailLottery applies the shares to ordinary addresses.
func (s *Server) mailLottery(envid, to string) *smtp.SMTPError {
	b := s.behave[mail].Load()
	if b.RefuseRecipient > 0 && roll(s.opts.Seed, "mailbox", to) < b.RefuseRecipient {
		switch hash64(s.opts.Seed, "mail reason", to) % 5 {
		case 0:
			return refusal(552, 5, 2, 2, "Mailbox full")
		case 1:
			return refusal(550, 5, 7, 1, "Rejected by policy")
		}
		return refusal(550, 5, 1, 1, "No such user here")
	}
	switch s.transport(mail, b, envid, to) {
	case http.StatusServiceUnavailable:
		return refusal(451, 4, 3, 0, "Temporary local problem")
	case http.StatusTooManyRequests:
		return refusal(450, 4, 7, 28, "Too many messages, slow down")
	}
	return nil
}

// refuseMail puts a refusal on record under the envelope id or Message-ID.
func (s *Server) refuseMail(key, to string, no *smtp.SMTPError) {
	code := fmt.Sprintf("%d %d.%d.%d", no.Code, no.EnhancedCode[0], no.EnhancedCode[1], no.EnhancedCode[2])
	s.Ledger().add(entryIn{provider: mail, key: key, rcpt: to, at: s.clk.Now().UnixMilli(), code: code})
}

// Data takes the message, writes one record a recipient and answers with the queue id.
func (m *mailSession) Data(r io.Reader) error {
	s := m.s
	raw, err := m.body(r)
	if err != nil {
		return err
	}
	b := s.behave[mail].Load()
	id := headerValue(raw, "Message-ID")
	key := strings.Trim(id, "<> ")
	if key == "" {
		key = m.envid
	}
	if b.LatencyMaxMS > 0 {
		pause(s.ctx, time.Duration(between(b.LatencyMinMS, b.LatencyMaxMS, roll(s.opts.Seed, "latency", key)))*time.Millisecond)
	}
	for _, rc := range m.rcpts {
		var no *smtp.SMTPError
		switch rc.rule {
		case "policy":
			no = refusal(550, 5, 7, 1, "Message refused by policy")
		case "auth":
			no = refusal(550, 5, 7, 26, "Unauthenticated email is not accepted: SPF, DKIM or DMARC did not pass")
		}
		if no != nil {
			s.refuseMail(key, rc.address, no)
			return no
		}
	}
	s.stage(mail, "arrived", key)
	now := s.clk.Now().UnixMilli()
	drop, slow, queued := false, time.Duration(0), ""
	for _, rc := range m.rcpts {
		f := s.fateOf(mail, b, key, rc.address)
		if rc.rule != "" {
			f = fate{drop: rc.rule == "drop"}
		}
		drop, slow = drop || f.drop, max(slow, f.slow)
		e := entryIn{provider: mail, key: key, rcpt: rc.address, at: now}
		after := s.mailPlan(b, &rc, f, m, raw, id)
		if len(after) > 0 {
			e.flags |= isPending
		}
		if f.drop {
			e.flags |= isDropped
		}
		seq, _ := s.Ledger().add(e)
		if queued == "" {
			queued = s.Ledger().messageID(seq, idDigits[mail])
		}
		for _, ev := range after {
			ev.seq, ev.due = seq, ev.due+now
			if f.early && ev.kind == mailTold {
				ev.due = now
				s.tellService(ev)
				continue
			}
			s.queue.add(ev)
		}
		s.inbox.add(mail, rc.address, now, func() string { return headerValue(raw, "Subject") })
		if s.tune.Load().Inspect {
			s.inbox.keep(Inspected{rc.address, key, now, checkMail(raw), string(raw)})
		}
	}
	m.accepted++
	s.stage(mail, "accepted", key)
	if drop && m.conn != nil {
		m.conn.cut()
		return nil
	}
	pause(s.ctx, slow)
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "Ok: queued as " + queued}
}

// body is the message, taken by the connection or, for a client that did not wait for "354", read from go-smtp. It is valid until Data returns.
func (m *mailSession) body(r io.Reader) ([]byte, error) {
	m.buf.Reset()
	if _, err := m.buf.ReadFrom(r); err != nil {
		return nil, err
	}
	if m.conn == nil {
		return m.buf.Bytes(), nil
	}
	raw, toobig, ok := m.conn.takenBody()
	switch {
	case !ok:
		return m.buf.Bytes(), nil
	case toobig:
		return nil, smtp.ErrDataTooLarge
	}
	return raw, nil
}

// headerValue finds one header without parsing the mail; folded lines are joined.
func headerValue(raw []byte, name string) string {
	for len(raw) > 0 {
		end := bytes.IndexByte(raw, '\n')
		if end < 0 {
			end = len(raw) - 1
		}
		line := bytes.TrimRight(raw[:end+1], "\r\n")
		raw = raw[end+1:]
		if len(line) == 0 {
			return ""
		}
		if len(line) <= len(name) || line[len(name)] != ':' || !strings.EqualFold(string(line[:len(name)]), name) {
			continue
		}
		v := bytes.TrimSpace(line[len(name)+1:])
		for len(raw) > 0 && (raw[0] == ' ' || raw[0] == '\t') {
			end := bytes.IndexByte(raw, '\n')
			if end < 0 {
				end = len(raw) - 1
			}
			v = append(append(append([]byte{}, v...), ' '), bytes.TrimSpace(raw[:end+1])...)
			raw = raw[end+1:]
		}
		return string(v)
	}
	return ""
}

// checkMail is the check report: what a receiver or a law would find fault with.
func checkMail(raw []byte) []string {
	out := []string{}
	line, start, long, bare := 0, 0, 0, 0
	for i, c := range raw {
		if c != '\n' {
			continue
		}
		line++
		if i == 0 || raw[i-1] != '\r' {
			bare++
		}
		if i-start > 999 {
			long++
		}
		start = i + 1
	}
	if bare > 0 {
		out = append(out, strconv.Itoa(bare)+" lines end without CR")
	}
	if long > 0 {
		out = append(out, strconv.Itoa(long)+" lines are longer than 998 bytes")
	}
	for _, h := range []string{"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Unsubscribe", "List-Unsubscribe-Post"} {
		if headerValue(raw, h) == "" {
			out = append(out, "header "+h+" is missing")
		}
	}
	if d := headerValue(raw, "Date"); d != "" {
		if _, err := time.Parse(time.RFC1123Z, d); err != nil {
			out = append(out, "header Date is not RFC 5322")
		}
	}
	if p := headerValue(raw, "List-Unsubscribe-Post"); p != "" && p != "List-Unsubscribe=One-Click" {
		out = append(out, "header List-Unsubscribe-Post is not List-Unsubscribe=One-Click")
	}
	return out
}
