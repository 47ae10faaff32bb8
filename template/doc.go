// Package template holds message templates ("mẫu tin"): their text, the small language it is written in, and the rules of each channel.
//
// The life of a template:
//
//  1. An author saves content for one channel (ZNSContent, SMSContent or EmailContent). Saving checks it with CompileContent and stores it as a new version; versions never change.
//  2. A campaign is activated with one version of it and compiles that version once, with CompileContent.
//  3. Each message is filled in by Compiled.Render, which takes the contact's Data and gives a Rendered. Rendering touches no database, parses nothing, and is safe to call from
//     many goroutines.
//
// The language is Liquid cut down to variables, a fixed list of filters, and the tags if, unless, case, comment, raw and assign. There are no loops and no includes, the source is at
// most 64 KiB, the output at most 256 KiB, and each message has a budget of work, so no template can hold up a sending. The values of a contact are never read as template source and
// are always made safe for the place where they land: escaped in HTML, percent-encoded in addresses, without line breaks in mail headers, without control characters in SMS and ZNS.
//
// A variable without a value gives an empty text and its name is reported, so that a message that needs it can be refused before the provider is called.
package template
