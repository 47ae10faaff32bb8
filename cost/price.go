package cost

import (
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/errs"
)

// What a price is for.
const (
	PerMessage = "message"
	PerPart    = "part" // of an SMS
	// PerThousand is for what costs less than a đồng or a fraction of one, such as mails.
	PerThousand = "thousand"
)

// Networks are the names that a price may be for, as package phone tells them.
var Networks = []string{"viettel", "mobifone", "vinaphone", "vietnamobile", "gmobile", "itel", "wintel", "indochina"}

// Consultation stands in the place of a template's number for consultation messages of an OA that are charged: after the free 48 hours, and when the OA's package is used up.
const Consultation = "consultation"

// ConsultationVND is what one costs where the price table does not say. A single source tells the figure, as "about".
const ConsultationVND = 55

// maxVND bounds a price: more than any message costs, and far from overflowing.
const maxVND = 10_000_000

// Price is one line of a connection's price table.
type Price struct {
	ID        int64     `json:"id"`
	Since     time.Time `json:"since" doc:"Counts for messages that are sent from this moment on"`
	Network   string    `json:"network" doc:"viettel, mobifone …; empty = any"`
	Template  string    `json:"template" doc:"The provider's number of a ZNS template; empty = any"`
	Per       string    `json:"per" enum:"message,part,thousand" doc:"thousand: VND for 1,000 messages"`
	VND       int64     `json:"vnd"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
}

// PriceForm is what people say about a price.
type PriceForm struct {
	Since    *time.Time `json:"since,omitempty" doc:"From which moment on; absent = since ever"`
	Network  string     `json:"network,omitempty" maxLength:"40"`
	Template string     `json:"template,omitempty" maxLength:"64"`
	Per      string     `json:"per,omitempty" doc:"message (the default), part, or thousand: VND for 1,000 messages" maxLength:"20"`
	VND      int64      `json:"vnd" doc:"Whole đồng, 0 = free"`
}

func (f *PriceForm) clean() error {
	f.Network, f.Template = strings.ToLower(strings.TrimSpace(f.Network)), strings.TrimSpace(f.Template)
	if f.Per == "" {
		f.Per = PerMessage
	}
	known := f.Network == ""
	for _, n := range Networks {
		known = known || n == f.Network
	}
	switch {
	case !known:
		return errs.Invalid("price.network_unknown").Field("network", "price.network_unknown")
	case f.Per != PerMessage && f.Per != PerPart && f.Per != PerThousand:
		return errs.Invalid("price.per_unknown").Field("per", "price.per_unknown")
	case f.VND < 0 || f.VND > maxVND:
		return errs.Invalid("price.vnd_range").Field("vnd", "price.vnd_range")
	case f.Since != nil && f.Since.UnixMilli() < 0:
		return errs.Invalid("price.since_invalid").Field("since", "price.since_invalid")
	}
	return nil
}

// Unit is what a price is asked for: one message.
type Unit struct {
	Network  string // see phone.Carrier; "" = unknown
	Template string // of ZNS, or of a message by template to a user of an OA, or Consultation
	// Named lets only lines for just this template count: an OA's general price is that of its ZNS, not of its answers to users.
	Named  bool
	Parts  int64 // of an SMS; less than 1 counts as 1
	Serial int64 // number of the message, which at a price for 1,000 decides who bears the odd đồng
}

// Book is the price table of one connection. The nil Book knows no price. It never changes.
type Book struct {
	// Free says that the provider charges nothing, whatever the table says: a sandbox, a development mode.
	Free   bool
	prices []Price
}

// NewBook makes a table of prices in any order.
func NewBook(prices []Price, free bool) *Book { return &Book{Free: free, prices: prices} }

// Price is what one message costs in VND at a moment, Unix ms. ok is false when the table says nothing about it.
func (b *Book) Price(u Unit, at int64) (vnd int64, ok bool) {
	if b == nil {
		return 0, false
	}
	if b.Free {
		return 0, true
	}
	best, rank := -1, -1
	for i := range b.prices {
		p := &b.prices[i]
		if clock.Millis(p.Since) > at || (p.Network != "" && p.Network != u.Network) || (p.Template != "" && p.Template != u.Template) || (u.Named && p.Template == "") {
			continue
		}
		r := 0
		if p.Template != "" {
			r = 2
		}
		if p.Network != "" {
			r++
		}
		if r > rank || (r == rank && p.Since.After(b.prices[best].Since)) {
			best, rank = i, r
		}
	}
	if best < 0 {
		return 0, false
	}
	p := &b.prices[best]
	switch p.Per {
	case PerPart:
		return p.VND * max(u.Parts, 1), true
	case PerThousand:
		return share(p.VND, u.Serial), true
	}
	return p.VND, true
}

// share is what one message costs at a price for a thousand: whole đồng. Multiples of the golden section spread the odd đồng evenly over numbers that follow each other at any distance, so that
// the sum over many messages is right but for a few đồng, however many of them there are.
func share(vnd, serial int64) int64 {
	const golden, whole = 618_033_989, 1_000_000_000
	at := max(serial, 0) % whole * golden % whole
	if at < vnd%1000*(whole/1000) {
		return vnd/1000 + 1
	}
	return vnd / 1000
}

// Lines is how many prices the table holds.
func (b *Book) Lines() int {
	if b == nil {
		return 0
	}
	return len(b.prices)
}
