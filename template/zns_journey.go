package template

import (
	"slices"
	"strings"

	"github.com/loa-project/loa/internal/errs"
)

// ZNSJourneys are the kinds of journey tokens: for deliveries (logistics) and coach trips, of 7 or 30 days. Source: developers.zalo.me, ZBS Template Message, "Journey token".
var ZNSJourneys = []string{"token_logistics_7", "token_logistics_30", "token_coach_bus_7", "token_coach_bus_30"}

// maxJourneyCode bounds the code of a journey, in bytes.
const maxJourneyCode = 200

func (c *Compiled) compileJourney() *errs.Error {
	z := c.ZNS
	if z.Journey == "" && z.JourneyCode == "" {
		return nil
	}
	if !slices.Contains(ZNSJourneys, z.Journey) {
		return errs.Invalid("template.zns_journey_unknown").With("field", "journey")
	}
	if strings.TrimSpace(z.JourneyCode) == "" {
		return nil
	}
	p, err := compile(z.JourneyCode, Text)
	if err != nil {
		return err.With("field", "journey_code")
	}
	c.trip = p
	c.read(p)
	return nil
}

// renderJourney fills the code in. One that is asked for and empty would mix up the deliveries of a person, so that the message must not be sent.
func (c *Compiled) renderJourney(r *run, out *Rendered) error {
	if c.trip == nil {
		return nil
	}
	code, err := r.render(c.trip)
	if err != nil {
		return err
	}
	switch out.JourneyCode = strings.TrimSpace(code); {
	case out.JourneyCode == "":
		out.Problems = append(out.Problems, ParamError{Param: "journey_code", Code: ZNSMissing})
	case len(out.JourneyCode) > maxJourneyCode:
		out.Problems = append(out.Problems, ParamError{Param: "journey_code", Code: ZNSTooLong, Limit: maxJourneyCode})
	}
	return nil
}
