// Package contact keeps the people of a workspace: their addresses per channel, typed attributes, tags, consent and the suppression list, and it imports and exports them.
//
// # Who is the same person
//
// An import and every upsert match a row with the people who are there by this rule, in this order:
//
//  1. The same external id is the same person.
//  2. Else the same phone number (main or further) is the same person, unless both sides have an external id.
//  3. Else the same e-mail address, under the same condition.
//  4. Else the row is a new person.
//
// When several people fit, the oldest one is taken. People with different external ids who have an address in common stay separate and get the bits of its channels in
// Contact.Shared, so that a campaign can send one copy per address. A matched person takes the new values that are not empty; an empty cell never erases. A replaced main address
// stays as a further one. Importing a file again therefore adds nothing and ends in the same state.
//
// # The life of an import
//
//  1. The file is spooled into the data folder; format, encoding, delimiter and header are found out (OpenFile) and a mapping is guessed (GuessMapping).
//  2. A preview shows the first rows under the mapping, with their problems; a person corrects the mapping and states the basis of consent, if there is one.
//  3. RunImport reads the file as a stream and writes batches; each batch with its problems and counters is one transaction. A killed import is read again from its start: its people
//     are found again, so nothing is added twice.
//  4. Rejected rows and dropped values are kept with their reasons and can be downloaded.
//
// # What it never does
//
// It never sends, never grants consent that nobody stated, never lifts a suppression because of an import, and never keeps the address of an erased person: the suppression list holds
// keyed hashes only.
package contact
