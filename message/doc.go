// Package message is the ledger and the delivery: what should go to whom, what was asked of which provider, and what became of it.
//
// A message is what one contact gets from one run (a campaign's activation, a stream of API sends). It is made of legs, one per channel that is tried: rank 0 is the main channel,
// 1 and up are fallbacks. A leg is one row. Its life:
//
//  1. Enlist (or an API send) writes the leg, queued, at the first rank whose channel may reach the person. Who cannot be reached at all gets a skipped leg with the reason.
//  2. A lane (deliver.go) claims due legs in chunks: one transaction reads the run's state, consent, suppression, address and window again and commits the attempts before any
//     byte leaves (claim.go).
//  3. The channel's Sender makes one call per leg, with our key in it.
//  4. The recorder writes the outcomes in batches through the one door (apply.go): accepted, failed for certain, queued again, or unknown.
//  5. Receipts (receipt.go) come in through the same door, in any order and number, also before the answer of our own call.
//  6. A leg that certainly failed hands over to the next rank, at most once.
//  7. The sweeper (sweep.go) turns claims past their lease into unknown, looks unknown legs up, matches parked receipts and finishes runs.
//
// What it never does: send the same attempt twice, send again after an unknown answer unless the provider removes duplicates by our key, count anything that the rows do not say.
package message
