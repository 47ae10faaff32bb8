// Package zalo speaks Zalo's open API: OAuth v4, ZBS Template Messages (ZNS) by phone number, and the signed webhooks.
//
// Sources: developers.zalo.me, "ZBS Template Message" (send, status, quota, template, table of error codes), "Official Account API" (OAuth v4, webhooks). Numbers come quoted or bare;
// both are read. A successful answer means that Zalo took the message over, not that it arrived.
package zalo
