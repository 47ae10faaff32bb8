package message

import (
	"context"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/template"
)

// Outcomes beside the provider's failure classes.
const (
	// OutcomeAccepted: the provider took the message and, where it has one, gave its id.
	OutcomeAccepted provider.Class = "accepted"
	// OutcomeRefused: we refused it ourselves before any call, for instance because a required value is missing; Code is our rule.
	OutcomeRefused provider.Class = "refused"
)

// Reasons of our own, shown by "Vì sao?". The words for people are in the i18n catalogue under "why.<reason>".
const (
	ReasonCancelled    = "cancelled"
	ReasonNoAddress    = "no_address"
	ReasonSuppressed   = "suppressed"
	ReasonNoConsent    = "no_consent"
	ReasonDuplicate    = "duplicate_address"
	ReasonMissingValue = "missing_value"
	ReasonBadValue     = "bad_value"
	ReasonRender       = "render"
	ReasonWindow       = "window"
	ReasonCap          = "frequency_cap"
	ReasonNoReceipt    = "no_receipt"
	ReasonByPerson     = "by_person"
	// ReasonSandbox says that the provider only checked the message, as the connection told it to: nobody gets it, on this channel or on the next.
	ReasonSandbox = "sandbox"
	reasonSameKey = "same_key"
)

// HoldDomain is the reason of a hold for the set-up of the sending domain, which no further mail would get past.
const HoldDomain = "sender_domain"

// Outgoing is one message ready for its call.
type Outgoing struct {
	Key string // our key, see Keyer
	// Once is the same at every attempt of an act, for others who drop what comes twice; "" for messages.
	Once string
	// Workspace and Contact say whom an act is about, Run and Leg which act it is.
	Workspace, Contact int64
	Run, Leg           int64
	CampaignID         int64  // 0 when no campaign asked for it
	To                 string // the address in its normal form
	Name               string // the person's name, for channels that show it
	Rendered           template.Rendered
	Content            *template.Compiled // what it was rendered from: the ZNS template id, the brandname
	Purpose            Purpose
	// CallbackURL is where the provider may report to, when it takes such an address per call. It ends in our key.
	CallbackURL string
	// UnsubscribeURL is the person's own one-click address; empty for what is not advertising.
	UnsubscribeURL string
	// LastIn is when the person last spoke to the Page or OA, Unix ms; 0 = never, or on other channels.
	LastIn int64
	// Expires is when the call must be over. The context ends then, too.
	Expires time.Time
}

// Outcome is what became of one call.
type Outcome struct {
	Class      provider.Class // accepted, refused, or a failure class
	ProviderID string
	Code       string // the provider's code, or our rule
	Detail     string // the provider's text
	Raw        string // the raw answer, cut at 2 KiB
	Price      int64  // VND of an accepted message, as far as known
	OnAnswer   bool   // the price is owed when the person answers, also when our call's own answer was lost
	Free       bool   // the provider says that it charges nothing, whatever the price table says
	RetryAfter time.Duration
	Delivered  bool   // the answer itself says that it arrived
	Until      int64  // of a wait: when it is over, Unix ms
	Suppress   bool   // the provider says that this person refused us
	Hold       string // of an auth failure: why the connection is held, "" = its credentials
	Asked      bool   // at least one byte of the request left us
	Started    int64  // Unix ms
	Ended      int64  // Unix ms
}

// Sender carries the messages of one connection. Send is called from many goroutines. It must return before the context's deadline plus a moment, and must never send twice.
type Sender interface {
	Send(ctx context.Context, m *Outgoing) Outcome
	Close() error
}

// Looker is a Sender that can ask the provider what became of a message. found is false when the provider cannot say.
type Looker interface {
	Look(ctx context.Context, key, providerID, to string) (r Receipt, found bool, err error)
}

// Tracer is a Sender whose provider keeps a log of what it did, without our keys: a message is found by the provider's id, or by its address and the time at which it was asked for. The receipt
// names the provider's id, by which later receipts find the message.
type Tracer interface {
	Trace(ctx context.Context, providerID, to string, asked time.Time) (r Receipt, found bool, err error)
}

// Deduper is a Sender whose provider drops a repeated key, so that an unknown call may be asked again under the same key until the time after the first try is over.
type Deduper interface{ Deduplicates() time.Duration }

// Repeater is a Deduper that does not bear all that it sends twice: an unknown call is asked again only when Repeats says so of its content.
type Repeater interface {
	Repeats(content *template.Compiled) bool
}

// Silence is a Sender on whose channel no receipt within the time means "not delivered", for instance because the provider gives up then.
type Silence interface{ SilenceMeansFailed() time.Duration }

// Open makes the Sender of a connection. The engine opens it when the first message is due and again when the connection was changed.
type Open func(ctx context.Context, workspace, connection int64) (Sender, Limits, error)

// Limits are the settings of a connection that the engine keeps.
type Limits struct {
	Channel     channel.Channel
	Provider    string
	PerSecond   int64         // 0 = no limit
	Concurrency int           // calls at once on this node
	Timeout     time.Duration // of one call
	HookURL     string        // for receipts that are asked for per call, "" = none
	Version     int64         // changes when the connection is edited
}

// Receipt is what a provider or a person told us about a message, in our words.
type Receipt struct {
	Key        string // our key when the provider sent it back
	ProviderID string // else its id
	Fact       Fact
	At         time.Time
	Code       string // of failures
	Class      provider.Class
	Detail     string
	// Event is the provider's own word, kept for the timeline. A receipt with Ignore set is stored and changes nothing.
	Event  string
	Ignore bool
	// Loose is a receipt that may be about a message that is not ours: one that finds no message is not kept waiting for it.
	Loose bool
	// Names says that a receipt under our key names the provider's id of the message, too: what else comes under that id is about the same message.
	Names bool
	// Chat is set by channels whose callbacks name a person instead of a message, or as well.
	Chat *Chat
	// Price is what the provider really charges for the message, VND; 0 = as we reckoned.
	Price int64
	// Rating is set when the person gave stars.
	Rating *Rating
	Raw    string
}
