// Package getfly keeps customers up to date in Getfly CRM (API v6.1).
//
// Sources: developer.getfly.vn, "6.1 account: list, detail, update, sync", "6.0 customer: create, sources, customer_group, custom_field", "6.0 needed_info", "errors"; the answers to duplicates and
// deleted entries are read from public integrations, because the documentation shows none: they are read tolerantly.
package getfly
