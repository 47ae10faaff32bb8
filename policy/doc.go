// Package policy holds the sending rules of the law and of the platforms as dated data, and answers one question: when may this be sent?
//
// A window holds, it never skips: what is due outside it waits for the next opening. Windows are half-open [from, to) in the contact's zone, else the workspace's, and may cross
// midnight. The rules are engineering rules drawn from Decree 91/2020/ND-CP (advertising messages 07:00-22:00, calls 08:00-17:00) and Zalo's ZBS Template Message pages (night
// block 22:00-06:00, code -133); they are not legal advice.
package policy
