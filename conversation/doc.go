// Package conversation lets a person of the shop answer a customer by hand at a Facebook Page or a Zalo OA.
//
// An answer is an ordinary message of the ledger, in a run of kind "api" that is marked as typed by hand: it passes the gate (suppression, the connection's state, the platform's answer window), has
// attempts, receipts and a "Vì sao?". It is no campaign and no advert, so neither consent nor hours are asked for. Meta allows the tag HUMAN_AGENT, seven days after the customer's last word, only
// for what a person types, so API keys are refused here, whatever their role, and every answer is in the audit log with its author, without its text.
package conversation
