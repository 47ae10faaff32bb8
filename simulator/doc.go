// Package simulator is a set of fake providers on one machine: Zalo (OAuth, template messages by phone, signed webhooks), eSMS (send, status, delivery callbacks) and a mail
// server (accepts, refuses, bounces, complains, opens, clicks). People rehearse on it and every test of Loa is judged by it: its own ledger says what was accepted, never
// Loa's database.
//
// The life of a message here:
//
//  1. a call arrives over the provider's own protocol and passes the provider's checks in the provider's order;
//  2. what was decided is written to the ledger, before any answer leaves, so that a lost answer is still on record;
//  3. the answer is sent, delayed, or lost, as the recipient's number (see Magic) or the settings (see Behaviour) say;
//  4. later, on the clock, the receipt is sent back by the provider's own way: signed POST, GET with parameters, or a bounce mail.
//
// The package imports nothing of Loa but the clock, so that it stays an independent reading of the providers' documentation. It listens on loopback and calls back to
// loopback only, unless Options.AllowRemote says otherwise. All random choices are a hash of the seed and the recipient or the caller's key: equal runs give equal results.
package simulator
