package template

import (
	"github.com/loa-project/loa/policy"
)

// Draft is the content as the rules of law and platform look at it; purpose and time are the caller's to add.
func (c *Compiled) Draft() policy.Draft {
	d := policy.Draft{Channel: c.Channel, Kind: c.Kind}
	switch {
	case c.ZNS != nil:
		d.Kind = c.ZNS.Tag
	case c.SMS != nil:
		d.Text = c.SMS.Text
	case c.Email != nil:
		d.Text, d.OptOut = c.Email.Subject, c.OptOut
	}
	return d
}
