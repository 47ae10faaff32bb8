// Package channel names the ways a customer can be reached and packs sets of them into one integer.
//
// The packages below it (zns, sms, email, ...) turn a rendered message into one provider call.
package channel

// Channel is what the customer sees: "Kênh gửi tin". It is not the provider that carries it.
type Channel string

// The channels that Loa knows. The last are acts: they do something about a person instead of telling the person something.
const (
	Email     Channel = "email"
	SMS       Channel = "sms"
	ZNS       Channel = "zns"
	ZaloOA    Channel = "zalo_oa"
	Messenger Channel = "messenger"
	AICall    Channel = "ai_call"

	HTTPRequest Channel = "http_request"
	Sync        Channel = "sync"
	Voucher     Channel = "voucher"
	Action      Channel = "action"
	StartFlow   Channel = "start_flow"
	Wait        Channel = "wait"
)

// All lists the channels that reach a person, in the order in which they are shown. Acts are not among them: nobody agrees to them or has an address for them.
var All = []Channel{ZNS, SMS, Email, ZaloOA, Messenger, AICall}

// Set is a set of channels as stored in contact.reach, consent, blocked and shared. The bits never change meaning.
type Set int64

// Bit is the set that holds only c; 0 for an unknown channel.
func (c Channel) Bit() Set {
	switch c {
	case Email:
		return 1
	case SMS:
		return 2
	case ZNS:
		return 4
	case ZaloOA:
		return 8
	case Messenger:
		return 16
	case AICall:
		return 32
	case HTTPRequest:
		return 64
	case Sync:
		return 128
	case Voucher:
		return 256
	case Action:
		return 512
	case StartFlow:
		return 1024
	case Wait:
		return 2048
	}
	return 0
}

// Act reports whether c is no message to the person: it needs no address and no consent, keeps no hours, and is held up by no suppression.
func (c Channel) Act() bool { return Acts.Has(c) }

// ByPhone are the channels that reach a person by the phone number; ByEmail those by the mail address; Every are all that reach a person. Acts are the others, which are for everybody.
const (
	ByPhone Set = 2 | 4 | 32
	ByEmail Set = 1
	Every   Set = 63
	Acts    Set = 64 | 128 | 256 | 512 | 1024 | 2048
)

// Of packs channels into a set.
func Of(cs ...Channel) Set {
	var s Set
	for _, c := range cs {
		s |= c.Bit()
	}
	return s
}

// Has reports whether c is in s.
func (s Set) Has(c Channel) bool { return s&c.Bit() != 0 }

// List unpacks a set in the order of All.
func (s Set) List() []Channel {
	var out []Channel
	for _, c := range All {
		if s.Has(c) {
			out = append(out, c)
		}
	}
	return out
}

// Valid reports whether c is a channel that reaches people.
func (c Channel) Valid() bool { return c.Bit()&Every != 0 }

// AddressKind is the kind of identity that the channel sends to: phone, email, zalo_user, messenger, or contact for acts.
func (c Channel) AddressKind() string {
	switch c {
	case Email:
		return "email"
	case ZaloOA:
		return "zalo_user"
	case Messenger:
		return "messenger"
	case HTTPRequest, Sync, Voucher, Action, StartFlow, Wait:
		return "contact"
	}
	return "phone"
}
