package simulator

// Behaviour is the scenario of one provider. Shares are between 0 and 1; durations are whole milliseconds. The zero value of Options' behaviours means DefaultBehaviour.
type Behaviour struct {
	RefuseRecipient float64 `json:"refuse_recipient"`  // share of people the provider refuses for good (no account, opted out, unknown mailbox)
	Temporary       float64 `json:"temporary"`         // share of calls answered 503 (SMTP 451) before anything is accepted
	RateLimited     float64 `json:"rate_limited"`      // share of calls answered 429 with Retry-After: 1 (eSMS code 160, SMTP 450 4.7.28)
	DropAfterAccept float64 `json:"drop_after_accept"` // share of calls that are accepted and then lose their connection without an answer
	SlowAfterAccept float64 `json:"slow_after_accept"` // share of calls that are accepted and then answered only after SlowMS
	SlowMS          int64   `json:"slow_ms"`           // machine time

	LatencyMinMS int64 `json:"latency_min_ms"` // machine time before every answer
	LatencyMaxMS int64 `json:"latency_max_ms"`

	ReceiptsOff     bool    `json:"receipts_off"`      // accept only: nothing is delivered, nothing is called back; for benchmarks
	ReceiptMinMS    int64   `json:"receipt_min_ms"`    // time on the clock from acceptance to delivery
	ReceiptMaxMS    int64   `json:"receipt_max_ms"`    //
	NeverDelivered  float64 `json:"never_delivered"`   // share of people who are never reached and of whom nothing is heard
	FailedLater     float64 `json:"failed_later"`      // share accepted and then reported as failed (SMS report, bounce mail); Zalo has no such report
	Read            float64 `json:"read"`              // share of delivered mails whose pixel is fetched
	Clicked         float64 `json:"clicked"`           // share of delivered mails with a click on a link
	Unsubscribed    float64 `json:"unsubscribed"`      // share of delivered mails answered by a one-click unsubscribe
	Complained      float64 `json:"complained"`        // share of delivered mails answered by a complaint
	Feedback        float64 `json:"feedback"`          // share of delivered rating templates that are rated (Zalo user_feedback)
	CallbackCopies  int     `json:"callback_copies"`   // extra copies of each callback
	Reorder         bool    `json:"reorder"`           // send what should come later first (report before "sent, waiting", feedback before receipt)
	BeforeAnswer    float64 `json:"before_answer"`     // share of receipts that arrive before the answer to the send
	Forged          float64 `json:"forged"`            // share of receipts preceded by a forged one
	RetryDivisor    int64   `json:"retry_divisor"`     // the provider's waits between tries of a callback are divided by this; 0 means 1
	OddAnswer       string  `json:"odd_answer"`        // what a call in OddShare hears after it was accepted, see OddAnswers; HTTP only
	OddShare        float64 `json:"odd_share"`         //
	Outage          bool    `json:"outage"`            // every call loses its connection before anything is decided
	NoHint          bool    `json:"no_hint"`           // 429 without Retry-After
	FirstTryFailure float64 `json:"first_try_failure"` // share of calls answered as temporary the first time and accepted the second time, by recipient
}

// OddAnswers are the answers that leave a caller in doubt although the message was accepted: not JSON, five megabytes, zipped without being asked, nothing, success without an
// id, a redirect, a byte a second, and a 500.
var OddAnswers = []string{"garbage", "huge", "zipped", "empty", "no_id", "redirect", "trickle", "error500"}

// DefaultBehaviour is a friendly day: everybody is reached within 0.5 to 5 seconds and nothing breaks.
func DefaultBehaviour() Behaviour {
	return Behaviour{ReceiptMinMS: 500, ReceiptMaxMS: 5000, SlowMS: 10_000, RetryDivisor: 1}
}

func (b Behaviour) orDefault() Behaviour {
	if b == (Behaviour{}) {
		return DefaultBehaviour()
	}
	return b
}

// faulty reports whether any share that concerns the answer to a call is set, so that the fast path computes no hashes on a friendly day.
func (b *Behaviour) faulty() bool {
	return b.Temporary > 0 || b.RateLimited > 0 || b.DropAfterAccept > 0 || b.SlowAfterAccept > 0 || b.BeforeAnswer > 0 || b.OddShare > 0 || b.FirstTryFailure > 0
}

// OrdinaryDay is what a shop in Vietnam meets on most days: some people without Zalo, some who do not look, wrong numbers, dead mailboxes, and a few opens, clicks and opt-outs.
// The figures are ours, chosen so that a rehearsal of a thousand people shows every kind of outcome.
func OrdinaryDay() (zaloDay, esmsDay, smtpDay Behaviour) {
	zaloDay, esmsDay, smtpDay = DefaultBehaviour(), DefaultBehaviour(), DefaultBehaviour()
	zaloDay.RefuseRecipient, zaloDay.NeverDelivered, zaloDay.Feedback = 0.15, 0.03, 0.1
	esmsDay.RefuseRecipient, esmsDay.FailedLater, esmsDay.NeverDelivered = 0.03, 0.04, 0.01
	smtpDay.RefuseRecipient, smtpDay.FailedLater, smtpDay.FirstTryFailure = 0.03, 0.03, 0.02
	smtpDay.Read, smtpDay.Clicked, smtpDay.Unsubscribed, smtpDay.Complained = 0.35, 0.08, 0.01, 0.003
	return zaloDay, esmsDay, smtpDay
}
