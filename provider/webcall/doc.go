// Package webcall calls an address that a person typed in: the HTTP request of a flow, and notices to other systems.
//
// Everything about the address is hostile: the client must come from provider.HTTPClient with provider.Guard as its Control, so that no inner address is reached, whatever a name resolves to.
// Redirects are answers that failed. Calls carry our key as Idempotency-Key and, when there is a secret, the headers of the Standard Webhooks specification 1.0.0, "Signature scheme".
package webcall
