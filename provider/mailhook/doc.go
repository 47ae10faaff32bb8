// Package mailhook reads what mail services tell by webhook about mails that went out through them by SMTP: Amazon SES (over SNS), SendGrid, Mailgun and Postmark.
//
// Each service has a function that checks the request on its raw bytes and gives events in one shape. An event names the mail by our key, which travelled with the mail as custom data (see
// Headers), or by its Message-ID. Events of kind Other are told to nobody; they are kept for the timeline.
//
// Sources: docs.aws.amazon.com, "SES event publishing: contents of the event data" and "SNS: verifying the signatures of messages"; docs.sendgrid.com, "Event webhook security features" and
// "Event webhook reference"; documentation.mailgun.com, "Webhooks" and "Securing webhooks"; postmarkapp.com/developer/webhooks.
package mailhook
