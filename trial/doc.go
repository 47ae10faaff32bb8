// Package trial sends a template once, for real, to an address that its author names ("Gửi thử").
//
// A trial is an ordinary message of the ledger with a run of its own of kind "test": it passes the gate (suppression, the connection's state), is sent before bulk, has attempts, receipts
// and a "Vì sao?" like any other, and is read as a message by its id. No campaign counts it, and it counts against nobody's cap. It is care for the author, not advertising: neither
// consent nor the hours of advertising are asked for, so who may make trials is limited by role and in number, and each is in the audit log without the address.
package trial
