// Package messenger is a client for Facebook Messenger as it stands in 2026: the Send API of the Graph API for one Page, its webhooks, and what its error codes mean.
//
// Since April 2026 the message tags for updates are refused (error 100). What is left: RESPONSE and UPDATE inside 24 hours after the person's last act, UTILITY with a template that Meta
// has approved at any time, and the tag HUMAN_AGENT, for seven days, for what a person types.
//
// Meta drops no repeated request. A call whose answer was lost is of class unknown and must not be made again before the echo event, which carries our metadata, or a person has
// decided what became of it.
package messenger
