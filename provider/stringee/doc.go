// Package stringee speaks Stringee's call API: a call out with a script (text-to-speech, key input), and the signed events about it.
//
// Sources: developer.stringee.com, "Make outbound call", "Call REST API: make outbound call", "Stringee Call Control Object (SCCO)", "Call events", "Answer URL and event URL",
// "Validating requests are coming from Stringee".
//
// What is not published is read tolerantly: the values of r other than 0 (all are certain refusals of unknown cause), and whether the answer names the call: events are matched by the
// number and by our key in the script's addresses, too.
package stringee
