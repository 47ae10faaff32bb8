// Package cost knows what messages cost and compares it with what providers charge.
//
//  1. A price belongs to a connection and counts from a moment on. It is for one message or one SMS part, and may be only for one network or one ZNS template. Of the prices that fit a
//     message the most particular counts (template before network before neither), and of several like it the newest.
//  2. Where no price fits, the channel's own knowledge stands: what Zalo says of a template, the price of a part in the settings of an SMS connection.
//  3. The ledger asks for the price of a message at the moment of its call and keeps the answer on the leg, so a later change of prices reaches no message that was sent. The forecast of a
//     campaign asks the same Book, so both agree to the đồng.
//  4. Once a month somebody imports the provider's bill. Check finds line by line what was charged and not sent, sent and not charged, charged twice, charged although it failed, or
//     charged at another price.
//
// Money is whole VND everywhere, times are Unix milliseconds in the store.
package cost
