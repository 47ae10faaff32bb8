// Package etelecom sends ZNS through eTelecom's Zalo Cloud API.
//
// Source: docs.etelecom.vn, "Tích hợp API", Zalo Cloud (SendZNS, GetMessage, ListMessages, ListTemplates, ListOA, CreateWebhook).
//
// Two kinds of failure are kept apart: a bad request is an HTTP error with a code; a message that Zalo refuses is HTTP 200 with status "N" and Zalo's own error number. Nothing promises that
// tracking_id removes duplicates, so a lost answer is unknown and is looked up by tracking_id, never sent again.
package etelecom
