package app

import (
	"context"

	"github.com/loa-project/loa/contact"
)

// openContacts measures the list of customers over all people of the workspace: its first page with the rough count, and the slowest of some searches.
func openContacts(ctx context.Context, a *App, ws int64, e *EngineResult) (err error) {
	page := func(search string) func() error {
		return func() error {
			_, _, err := a.Contacts.List(ctx, ws, contact.Filter{Search: search}, contact.Window{Newest: true, Limit: 50})
			return err
		}
	}
	rough := func() error { _, err := a.Contacts.Count(ctx, ws, contact.Filter{}, false); return err }
	if e.ContactsPageMS, err = bestOf(3, page(""), rough); err != nil {
		return err
	}
	for _, search := range []string{"nguyễn", "van nguyen 9999", "văn 123456", "zzz", "091", "0910123456", "p999999@"} {
		ms, err := bestOf(3, page(search))
		if err != nil {
			return err
		}
		e.ContactsSearchMS = max(e.ContactsSearchMS, ms)
	}
	return nil
}
