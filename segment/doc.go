// Package segment keeps groups of contacts that are told by a condition, and compiles conditions to bound SQL on both engines.
//
// # From a condition to people
//
//  1. Parse reads the tree: groups of "and" or "or", each with an optional "not", down to tests of one field. Size and depth are limited before anything is built.
//  2. Resolve checks every field against the workspace (an allow list and its attributes), every value against the field's kind, and writes out nested segments; a segment that
//     leads back to itself is refused.
//  3. Rule.Where writes a WHERE over the contact alias c for counting, listing and dispatching. Values are always arguments, numbered from any first number on.
//
// # What a condition means
//
//   - A test of a missing value is not met; its denial (ne, not_in, not_contains, is_empty, not_in_last_days, did_not, or a group with not) takes exactly all others, also those
//     without a value: "tỉnh khác Hà Nội" holds people whose province is not known.
//   - Text is compared in NFC and without regard to case. eq, ne, in and not_in regard marks: "Vàng" is not "vang". contains, starts and ends disregard marks when the typed text
//     has none ("vang" finds "Vàng") and regard them when it has some. External ids are compared exactly by eq and in; phones are brought into E.164; second phones and
//     e-mails count like the main ones.
//   - Days are those of the workspace's zone. in_last_days n on a date takes today and the n days before; on a moment (created_at, updated_at) and in campaign conditions it takes
//     n times 24 hours up to now. before_days_ago n is everything earlier than that.
//   - A birthday on 29 February falls on 28 February in other years. Birthdays of the next n days run over the end of the year.
//   - reach.<channel> means a usable address that is not blocked.
//   - campaign tests look at every message of a campaign, fallbacks included; who clicked has opened; "skipped" has no time of its own and takes that of the start.
//   - A group without items is allowed only as the whole tree, {"op":"and","items":[]}: everybody.
//
// # How text is compared without regard to case
//
// The engines have no common function for it, so the typed text becomes a pattern of character classes, which GLOB of SQLite and ~ of PostgreSQL read alike (see pattern.go). No
// folded copies are stored.
//
// # What it never does
//
// It stores no members of a rule: those are always computed anew. A started campaign therefore keeps the condition as it was (Expand) and the moment of its start. Only a list
// ("Danh sách") has members of its own, in list_member; its condition names nothing but the list, so that lists stand wherever segments do, and a campaign takes those who are on
// the list when its people are written down.
package segment
