// Package voucher gives codes to people, each code to one person, once.
//
// The life of a code:
//
//  1. A voucher is a programme: a name, what it is worth, from when and until when it may be given and used.
//  2. Codes come in by import or are generated; within a programme no two are alike.
//  3. Give puts people on the list (waiting), takes free codes in the order of their arrival and hands one to each (given). Who has one keeps it: asking again gives the same code, so a
//     message that is sent again carries the same code, and a send whose outcome is unknown never frees it. Without a free code, before the time, after it or after the end of the programme
//     the person's place on the list is failed, with the reason; Retry tries those again.
//  4. Redeem marks a code as used, once; the same reference may ask again and gets the same answer.
//
// Givers of one programme queue behind its row, so that the last code is never promised twice, on any number of nodes.
package voucher
