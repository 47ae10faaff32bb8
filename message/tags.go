package message

import (
	"context"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/template"
)

// tagsOf reads the tags of those people whose templates write them.
func tagsOf(ctx context.Context, q db.Querier, p *plan, found []candidate) error {
	person := func(c *candidate) int64 {
		if c.like != 0 {
			return c.like
		}
		return c.leg.ContactID
	}
	var ids []int64
	for i := range found {
		if c := &found[i]; person(c) != 0 && p.compiled[c.leg.Rank].ReadsTags() {
			ids = append(ids, person(c))
		}
	}
	tags, err := template.Tags(ctx, q, p.run.WorkspaceID, ids)
	if err != nil {
		return err
	}
	for i := range found {
		found[i].tags = tags[person(&found[i])]
	}
	return nil
}
