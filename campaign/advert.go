package campaign

import (
	"slices"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// sameForAll are the variables that read the same, or nearly, for everybody.
var sameForAll = []string{"workspace.name", "campaign.id", "campaign.name", "contact.gender", "now"}

// adverts reports what a connection for advertising cannot send: anything else, and texts that differ from person to person.
func adverts(c *Campaign, p *prepared) []errs.Field {
	if !p.connection.Adverts {
		return nil
	}
	var out []errs.Field
	if c.Purpose != message.Marketing {
		out = append(out, errs.Field{Code: "campaign.adverts_only"})
	}
	personal := len(p.compiled.Links) > 0 || slices.ContainsFunc(p.compiled.Variables, func(v string) bool { return !slices.Contains(sameForAll, v) })
	if personal {
		out = append(out, errs.Field{Code: "campaign.advert_personal"})
	}
	return out
}
