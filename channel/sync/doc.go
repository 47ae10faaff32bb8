// Package sync writes contacts into other platforms, as a step of a campaign: into a list of GetResponse, or among the customers of Getfly.
//
//  1. The author chooses account, list and fields; what there is to choose is read from the account, see Offer.
//  2. For each person template fills the texts in. Empty ones are left out, so that nothing is erased at the other side.
//  3. Send puts the person there. Putting is safe to repeat: a list holds an address once, and Getfly is asked before a customer is made. An answer that is lost is therefore settled by looking, or
//     the call comes again; it never ends as unknown, and never makes a copy.
//  4. Any answer in the 200 range is a success. GetResponse answers 202: taken on, done within seconds to minutes.
//
// It never deletes anything at the other side, and never takes anybody off a list.
package sync
