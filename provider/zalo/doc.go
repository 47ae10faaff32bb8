// Package zalo speaks to Zalo for one Official Account: template messages to phone numbers ("ZNS", since 2026 "ZBS Template Message"), OAuth v4 and signed webhooks.
//
// The life of a template message: SendTemplate, whose success means "taken over by Zalo"; then the webhook user_received_message with our tracking_id, or silence, for Zalo never
// reports a failed delivery. Zalo does not promise to drop a repeated tracking_id, so a send of class unknown must not be repeated.
//
// The package keeps no token: it is given per call. It never refreshes on its own, because a refresh token works once and the new pair must be saved before it is used.
package zalo
