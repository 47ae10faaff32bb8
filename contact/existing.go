package contact

import "slices"

// What an import does with the values of people who are known already.
const (
	ExistingUpdate = "update" // the file's values win; cells that are empty change nothing
	ExistingFill   = "fill"   // only what is not known yet is taken; another phone or e-mail becomes a second one
	ExistingKeep   = "keep"   // nothing is taken
)

// forKnown is what a record brings to a person who was known before the import.
func (r *Record) forKnown(p *person, existing string) *Record {
	switch existing {
	case ExistingKeep:
		return &Record{Row: r.Row}
	case ExistingFill:
	default:
		return r
	}
	g := *r
	for _, x := range []struct {
		have string
		give *string
	}{{p.external, &g.ExternalID}, {p.name, &g.Name}, {p.birthday, &g.Birthday}, {p.gender, &g.Gender}, {p.timezone, &g.Timezone}} {
		if x.have != "" {
			*x.give = ""
		}
	}
	if p.phone != "" && g.Phone != "" {
		g.Phones, g.Phone = append([]string{g.Phone}, g.Phones...), ""
	}
	if p.email != "" && g.Email != "" {
		g.Emails, g.Email = append([]string{g.Email}, g.Emails...), ""
	}
	g.Attrs = slices.DeleteFunc(slices.Clone(g.Attrs), func(v AttrValue) bool {
		return slices.ContainsFunc(p.attrs, func(have AttrValue) bool { return have.Key == v.Key })
	})
	return &g
}
