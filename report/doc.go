// Package report answers questions about what was sent. It only reads the ledger and never changes it.
//
//   - counts: per campaign, rank and channel, in the words of the status table. Of queued, sending, processing, waited, delivered, failed, unknown and skipped each message has exactly one,
//     so these always add up to the total; sent, opened, clicked, unsubscribed, complained and bounced are counted beside them (count.go).
//   - the customer activity report ("Báo cáo Hoạt động khách hàng"): one line per person and channel with status, times, cause and advice; every count opens its people (activity.go),
//     as a list, as a CSV file (export.go) and grouped by cause (failure.go).
//   - "Vì sao?": one person's outcome in one campaign, also of those who were left out (why.go).
//   - what one contact got over all campaigns, one message by its id or key, and the workspace's overview.
//
// All times are Unix milliseconds in UTC. Sentences are made from codes of the i18n catalogue, in the language of the reader.
package report
