// Package provider holds what all provider clients share: how a failure is classed.
package provider

// Class says what a failure means for the sender.
type Class string

// The classes.
const (
	Temporary   Class = "temporary"    // certainly not sent, try later
	RateLimited Class = "rate_limited" // certainly not sent, slow down
	Recipient   Class = "recipient"    // certainly not sent, this person cannot be reached here
	Content     Class = "content"      // certainly not sent, the author must mend it
	Auth        Class = "auth"         // certainly not sent, our credentials or account are not in order
	Balance     Class = "balance"      // certainly not sent, no money or quota left on the account
	Unknown     Class = "unknown"      // may or may not have been sent
)
