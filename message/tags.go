package message

import (
	"context"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/template"
)

// person is the contact whose data fills the template; 0 = nobody's.
func (c *candidate) person() int64 {
	if c.like != 0 {
		return c.like
	}
	return c.leg.ContactID
}

// tagsOf reads tags and vouchers of those people whose templates write them.
func tagsOf(ctx context.Context, q db.Querier, p *plan, found []candidate) error {
	var tagged, holders []int64
	for i := range found {
		c := &found[i]
		if c.person() == 0 {
			continue
		}
		if p.compiled[c.leg.Rank].ReadsTags() {
			tagged = append(tagged, c.person())
		}
		if p.compiled[c.leg.Rank].ReadsVouchers() {
			holders = append(holders, c.person())
		}
	}
	tags, err := template.Tags(ctx, q, p.run.WorkspaceID, tagged)
	if err != nil {
		return err
	}
	vouchers, err := template.Vouchers(ctx, q, p.run.WorkspaceID, holders)
	if err != nil {
		return err
	}
	for i := range found {
		c := &found[i]
		c.tags, c.vouchers = tags[c.person()], vouchers[c.person()]
	}
	return nil
}
