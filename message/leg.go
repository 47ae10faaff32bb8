package message

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/loa-project/loa/channel"
)

// State is where a leg stands. Queued, Sending, Unknown and Skipped are set by our own work; Accepted, Delivered and Failed follow from the facts and from nothing else.
type State int

// The states. Their numbers are stored and never change meaning.
const (
	Queued    State = 1 // waits for its turn, its window or a free connection
	Sending   State = 2 // claimed: a call with our key may be under way
	Accepted  State = 3 // the provider took it ("Đang xử lý")
	Delivered State = 4 // at the person's phone or inbox
	Failed    State = 5 // refused or returned, for certain
	Unknown   State = 6 // asked, answer lost: being looked up
	Skipped   State = 7 // our own rules said no; nothing was asked
)

var stateNames = [...]string{"", "queued", "sending", "processing", "delivered", "failed", "unknown", "skipped"}

// String is the word of the API.
func (s State) String() string {
	if s < 1 || int(s) >= len(stateNames) {
		return "none"
	}
	return stateNames[s]
}

// Final reports whether our own work on the leg is over: nothing will be sent any more, though facts may still come.
func (s State) Final() bool { return s == Accepted || s == Delivered || s == Failed || s == Skipped }

// Fact is something that happened to a leg, told by a provider, a person or our own call.
type Fact int

// The facts, in the order of their columns.
const (
	FactRequested Fact = iota
	FactAccepted
	FactDelivered
	FactOpened
	FactClicked
	FactAnswered
	FactFailed
	FactBounced
	FactComplained
	FactUnsubscribed
	factCount
)

var factNames = [factCount]string{"requested", "accepted", "delivered", "opened", "clicked", "answered", "failed", "bounced", "complained", "unsubscribed"}

// String is the word of the API and the stem of the column.
func (f Fact) String() string { return factNames[f] }

// Facts holds the first time of each fact in Unix milliseconds, 0 = never.
type Facts [factCount]int64

// Add keeps the earliest time of the fact and reports whether anything changed.
func (f *Facts) Add(fact Fact, at int64) bool {
	if at <= 0 || (f[fact] != 0 && f[fact] <= at) {
		return false
	}
	f[fact] = at
	return true
}

// Leg is one message on one channel: one row of the ledger.
type Leg struct {
	ID           int64
	WorkspaceID  int64
	RunID        int64
	ContactID    int64
	Seq          int64 // tells apart repeated messages of one run to one contact
	Rank         int   // 0 main, 1 and up fallbacks
	Channel      channel.Channel
	ConnectionID int64
	State        State
	Attempt      int    // number of the newest attempt
	Superseded   bool   // a later leg took over
	Reason       string // failed: provider's code; skipped: our rule; queued: why it waits
	Class        string // failed: provider.Class
	Price        int64  // VND
	Quote        int64  // VND that a call costs when it is answered, 0 = nothing is open
	Due          int64  // when something is to be done, 0 = never
	Facts        Facts
}

// derive gives the state that the facts force, or 0 when there is none that does.
// An opening, a click, an answer, a complaint or an unsubscription happens to a delivered message. A returned e-mail was not delivered whatever else was said; on all other
// channels a delivery beats a failure report.
func (l *Leg) derive() State {
	f := &l.Facts
	arrived := f[FactDelivered]|f[FactOpened]|f[FactClicked]|f[FactAnswered]|f[FactComplained]|f[FactUnsubscribed] != 0
	switch {
	case f[FactBounced] != 0 && (l.Channel == channel.Email || !arrived):
		return Failed
	case arrived:
		return Delivered
	case f[FactFailed] != 0:
		return Failed
	case f[FactAccepted] != 0:
		return Accepted
	}
	return 0
}

// silent reports whether the leg was taken and did not reach the person so far: accepted and not delivered, or a call that nobody answered.
func (l *Leg) silent() bool {
	return l.State == Accepted || l.unanswered()
}

// unanswered reports whether the leg is a call that was placed and that nobody answered so far.
func (l *Leg) unanswered() bool {
	return l.Channel == channel.AICall && l.State == Delivered && l.Facts[FactAnswered] == 0
}

// end keeps how a call ended that nobody answered: the call was placed, so it stays delivered, and the end is its reason. A call that was answered has none.
func (l *Leg) end(e *event) {
	switch {
	case l.Channel != channel.AICall || l.State != Delivered:
	case l.Facts[FactAnswered] != 0:
		l.Reason, l.Class = "", ""
	case e.fact == FactDelivered && e.reason != "":
		l.Reason, l.Class = e.reason, string(e.class)
	}
}

// settle brings State in line with the facts and clears what was planned for the leg when they decide. What an answered call was to cost is its price from then on.
func (l *Leg) settle() {
	if l.Quote > 0 && l.Facts[FactAnswered] != 0 {
		if l.Price == 0 { // else the provider's own figure was faster
			l.Price = l.Quote
		}
		l.Quote = 0
	}
	if s := l.derive(); s != 0 {
		if s != l.State {
			l.State = s
			if s != Failed {
				l.Reason, l.Class = "", ""
			}
		}
		if !l.waiting() {
			l.Due = 0
		}
	}
}

// waiting reports whether the leg is a wait that is not over; Due is then when it will be.
func (l *Leg) waiting() bool {
	return l.Channel == channel.Wait && l.State == Accepted && !l.Superseded
}

// Keyer makes and reads our keys: the strings that go out with each call and come back in receipts. A key names workspace, leg and attempt and carries a MAC of the
// installation, so that a guessed or foreign key is refused without a look into the database. Letters and digits only, at most 48 characters.
type Keyer struct{ secret []byte }

// NewKeyer takes a secret of this installation.
func NewKeyer(secret []byte) Keyer { return Keyer{secret} }

// Key is the key of an attempt.
func (k Keyer) Key(workspace, leg int64, attempt int) string {
	b := make([]byte, 0, 48)
	b = append(b, 'w')
	b = strconv.AppendInt(b, workspace, 10)
	b = append(b, 'l')
	b = strconv.AppendInt(b, leg, 10)
	b = append(b, 'a')
	b = strconv.AppendInt(b, int64(attempt), 10)
	mac := k.mac(b)
	b = append(b, 'k')
	b = hex.AppendEncode(b, mac[:5])
	return string(b)
}

func (k Keyer) mac(b []byte) []byte {
	h := hmac.New(sha256.New, k.secret)
	h.Write(b)
	return h.Sum(nil)
}

// Parse reads a key; ok is false when it is not one of ours.
func (k Keyer) Parse(key string) (workspace, leg int64, attempt int, ok bool) {
	body, mac, found := strings.Cut(strings.ToLower(strings.TrimSpace(key)), "k")
	if !found || len(body) < 6 || len(body) > 48 || body[0] != 'w' {
		return 0, 0, 0, false
	}
	w, rest, ok1 := strings.Cut(body[1:], "l")
	l, a, ok2 := strings.Cut(rest, "a")
	if !ok1 || !ok2 {
		return 0, 0, 0, false
	}
	var err [3]error
	workspace, err[0] = strconv.ParseInt(w, 10, 64)
	leg, err[1] = strconv.ParseInt(l, 10, 64)
	attempt, err[2] = strconv.Atoi(a)
	want := hex.EncodeToString(k.mac([]byte(body))[:5])
	if err[0] != nil || err[1] != nil || err[2] != nil || !hmac.Equal([]byte(want), []byte(mac)) {
		return 0, 0, 0, false
	}
	return workspace, leg, attempt, true
}
