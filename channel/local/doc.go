// Package local carries out the acts that happen in our own database: a code of a voucher, a tag, an attribute, a list, the start of another campaign.
//
// An act and what the ledger says of it never disagree, because every act may be done twice without harm: who has the code keeps it, who has the tag has it still. A call whose outcome was
// lost, with the process or with the store, is simply asked again (see message.Deduper) instead of staying unknown. The one act that leaves our database, a notice to the staff, is no
// such act and says so (message.Repeater).
//
// Acts that come together share a transaction, so that a hundred thousand tags are a hundred commits. When a transaction fails its acts are tried in halves, so that one that cannot be
// done does not hold up the others.
package local
