// Package provider holds what all provider clients share: how a failure is classed and explained, and the one way to make an HTTP call of which we know afterwards whether
// any byte of it left us.
//
// The packages below it speak to one provider each, on the wire level only: zalo, esms, smtp. They know nothing of campaigns, contacts or ledgers and can be imported by other
// programs. A call goes through these steps:
//
//  1. The client writes the request body and hands it to Do.
//  2. Do makes exactly one call: no redirects, no proxies, no silent repetition once a byte has left us.
//  3. Classify turns what came back into a class, unless it is a 2xx with a body; the client reads the provider's own code from the body.
//  4. The caller decides by the class alone whether to retry, to fall back, or to hold the connection.
//
// It never decides about a second try of a send, and it never logs: addresses and secrets stay with the caller.
package provider
