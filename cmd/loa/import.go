package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/app"
)

// importCmd imports a customer file from the console.
type importCmd struct {
	File      string   `arg:"" type:"existingfile" help:"CSV or XLSX; encoding, delimiter and columns are found out."`
	Workspace int64    `placeholder:"ID" help:"Number of the workspace; not needed where there is only one."`
	Consent   []string `placeholder:"CHANNEL,..." enum:"zns,sms,email,zalo_oa,messenger,ai_call" help:"Channels on which these people agreed to advertising: zns, sms, email, zalo_oa, messenger, ai_call. Nobody agreed without it."`
	Shown     string   `placeholder:"TEXT" help:"The text that they agreed to; needed with --consent."`
	Source    string   `placeholder:"TEXT" help:"Where and how they agreed; needed with --consent."`
}

// Run imports the file and prints the counts. Importing it again adds nothing.
func (c importCmd) Run(ctx context.Context, p *program) error {
	var o contact.ImportOptions
	if len(c.Consent) > 0 {
		if c.Shown == "" || c.Source == "" {
			return errors.New("--consent needs --shown and --source: what they agreed to, and where")
		}
		o.Consent = &contact.BasisOfConsent{Shown: c.Shown, Source: c.Source}
		for _, name := range c.Consent {
			o.Consent.Channels = append(o.Consent.Channels, channel.Channel(name))
		}
	}
	return p.with(ctx, func(a *app.App) error {
		workspace, err := c.workspace(ctx, a)
		if err != nil {
			return err
		}
		imp, err := a.ImportFile(ctx, workspace, c.File, o)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "import %d: %d rows read, %d created, %d updated, %d unchanged, %d merged, %d rejected, %d with warnings\n",
			imp.ID, imp.RowsRead, imp.RowsCreated, imp.RowsUpdated, imp.RowsUnchanged, imp.RowsMerged, imp.RowsRejected, imp.RowsWarned)
		return err
	})
}

func (c importCmd) workspace(ctx context.Context, a *app.App) (int64, error) {
	if c.Workspace != 0 {
		return c.Workspace, nil
	}
	list, err := a.Workspaces.List(ctx)
	if err != nil {
		return 0, err
	}
	if len(list) != 1 {
		return 0, fmt.Errorf("there are %d workspaces: name one with --workspace (`loa user add` makes the first)", len(list))
	}
	return list[0].ID, nil
}
