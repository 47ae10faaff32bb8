// Package campaign holds campaigns ("Chiến dịch"): who gets what, on which channels, when. Their first kind is the broadcast.
//
// A campaign's life:
//
//  1. A marketer saves it. While something is missing it is a draft; once everything is filled in it is pending_activation ("Chờ kích hoạt"). Only in these two states can it be
//     edited.
//  2. The forecast tells beforehand how many people there are by first reachable channel, who is refused and why, and what it may cost.
//  3. A person activates it: a separate act in the audit log. Everything is checked again, everybody's values in every channel's content, too (values.go), and the versions
//     of the templates are frozen.
//  4. With a time in the future it is scheduled; the tick starts it. Else it is running at once: the run of the ledger and the job that enlists its recipients are written in one
//     transaction (start.go). A start that was missed by more than 15 minutes waits for a person: paused, reason late_start.
//  5. The dispatch job enlists the audience page by page (dispatch.go). The ledger sends. A person may pause, resume and cancel.
//  6. When nothing is left to send it is finished.
//
// From the start on the state is that of the run in the ledger, read anew each time, so that campaign and ledger cannot disagree. The package contains no delivery logic.
package campaign
