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
// Besides the providers' own paths (/zalo, /zalo-oauth, /esms, /facebook, /stringee …) the HTTP side has:
//
//	GET  /                          the page for people, with magic recipients, totals and the simulated inbox
//	GET  /ledger                    records; ?provider= &key= &phone= &recipient= &limit=
//	GET  /ledger/summary            totals by provider, callbacks, what is still to come
//	GET  /ledger.ndjson             every record, one a line
//	GET  /inbox, /inbox/raw         the newest messages; raw mails with check reports when inspection is on
//	GET  /control, POST /control    Settings; a POST may name any part of them
//	POST /control/reset             back to the start
//	POST /control/clock             {"now", "speed", "advance"}, on a simulated clock
//	POST /control/expire-token      {"oa_id"?}; /control/token {"oa_id"?} issues a fresh pair
//	POST /control/balance           {"oa_id" or "api_key", "balance"}
//	POST /control/quota             {"oa_id"?, "daily"?, "monthly_promotion"?, "used_today"?}; tells the webhook
//	POST /control/app, /oa, /template, /esms-account, /brandname   add or replace one (all under /control)
//	POST /control/template-status   {"id", "status"?, "quality"?, "reason"?}; tells the webhook
//	POST /control/force             Force: the next calls fail with a code of the provider's table
//	POST /control/event             any Zalo event, stamped, signed and posted
//	POST /control/webhook-test      the console's test event
//
// The package imports nothing of Loa but the clock, so that it stays an independent reading of the providers' documentation. It listens on loopback and calls back to
// loopback only, unless Options.AllowRemote says otherwise. All random choices are a hash of the seed and the recipient or the caller's key: equal runs give equal results.
package simulator
