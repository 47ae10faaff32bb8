// Package phone turns what people type into a phone cell into E.164 numbers.
//
// Plain Vietnamese mobile numbers, which are nearly all of a shop's list, are decided by a table of four-digit blocks; everything else goes to libphonenumber. The 11-digit
// mobile prefixes that were replaced in 2018 (0168… → 038…) are converted by a table of our own, because the library calls them invalid. Nothing is guessed: a number that a
// spreadsheet has rounded (9.87654E+08) is refused with its own code, because its last digits are gone.
package phone
