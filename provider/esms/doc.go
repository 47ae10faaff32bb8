// Package esms speaks to the Vietnamese SMS gateway eSMS.vn: customer-care SMS under a brandname, their delivery reports, status look-ups, balance and brandnames.
//
// The life of an SMS: Send with our RequestId, whose code 100 means "accepted by eSMS"; then a GET to our CallbackUrl with the final state, or, without one, Status by the SMSID. The
// gateway keeps a RequestId for 24 hours and answers a repetition with code 124, so a send of class unknown may be asked again under the same RequestId within that time:
// Sent.Duplicate then says that the first one had arrived.
//
// The keys travel in the body, or in the query of reads; errors of this package never hold them.
package esms
