package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/app"
	"github.com/loa-project/loa/internal/i18n"
	"github.com/loa-project/loa/internal/seal"
)

// doctorCmd looks at the installation.
type doctorCmd struct {
	Test bool `help:"Also test every connection at its provider."`
}

// patient collects what was found.
type patient struct {
	p   *program
	ill int
}

func (d *patient) good(format string, args ...any) {
	fmt.Fprintf(d.p.out, "ok    "+format+"\n", args...)
}
func (d *patient) note(format string, args ...any) {
	fmt.Fprintf(d.p.out, "note  "+format+"\n", args...)
}
func (d *patient) bad(format string, args ...any) {
	d.ill++
	fmt.Fprintf(d.p.out, "BAD   "+format+"\n", args...)
}

// Run says what is good, what is worth a look and what is wrong; exit 1 when anything is wrong.
func (c doctorCmd) Run(ctx context.Context, p *program) error {
	d := &patient{p: p}
	for _, err := range p.Check() {
		d.bad("settings: %v", err)
	}
	if d.ill == 0 {
		d.good("settings")
	}
	d.folder(p.DataDir)
	a, err := p.open(ctx)
	switch {
	case errors.Is(err, seal.ErrWrongKey):
		d.bad("secret key: %v", err)
	case err != nil:
		d.bad("database: %v", err)
	default:
		defer a.Close()
		version, err := a.DB.Version(ctx)
		if err != nil {
			return err
		}
		d.good("database: %s, schema %d", a.DB.Dialect, version)
		d.good("secret key fits")
		if err := d.people(ctx, a); err != nil {
			return err
		}
		if err := d.connections(ctx, a, c.Test); err != nil {
			return err
		}
		if err := d.ledger(ctx, a); err != nil {
			return err
		}
	}
	if d.ill > 0 {
		return errSaid
	}
	return nil
}

// minFree is the free space below which a store soon cannot write.
const minFree = 1 << 30

func (d *patient) folder(dir string) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.bad("data folder: %v", err)
		return
	}
	probe := filepath.Join(dir, ".doctor")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		d.bad("data folder cannot be written: %v", err)
		return
	}
	_ = os.Remove(probe)
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		d.note("free space of the data folder is not known: %v", err)
		return
	}
	free := int64(fs.Bavail) * int64(fs.Bsize)
	if free < minFree {
		d.bad("data folder: only %d MiB are free", free>>20)
		return
	}
	d.good("data folder %s, %d GiB free", dir, free>>30)
}

func (d *patient) people(ctx context.Context, a *app.App) error {
	needed, err := a.Workspaces.NeedsSetup(ctx)
	if err != nil {
		return err
	}
	if needed {
		d.note("nobody has an account: open the address that `loa serve` prints, or use `loa user add`")
	} else {
		d.good("accounts exist")
	}
	return nil
}

func (d *patient) connections(ctx context.Context, a *app.App, test bool) error {
	workspaces, err := a.Workspaces.List(ctx)
	if err != nil {
		return err
	}
	for _, w := range workspaces {
		list, err := a.Connections.List(ctx, w.ID, "")
		if err != nil {
			d.bad("connections of workspace %d: %v", w.ID, err)
			continue
		}
		for _, c := range list {
			d.connection(ctx, a, w.ID, c, test)
		}
	}
	return nil
}

func (d *patient) connection(ctx context.Context, a *app.App, workspace int64, c *connection.Connection, test bool) {
	name := fmt.Sprintf("connection %d of workspace %d (%s, %s)", c.ID, workspace, c.Provider, c.Name)
	switch {
	case c.State == connection.Held && c.HeldUntil.IsZero():
		d.bad("%s is held: %s", name, i18n.Text(language(), "connection.held."+c.Reason, nil))
	case c.State == connection.Held:
		d.note("%s is held until %s: %s", name, c.HeldUntil.Format(time.RFC3339), i18n.Text(language(), "connection.held."+c.Reason, nil))
	case c.State == connection.Disabled:
		d.note("%s is disabled", name)
	case !test:
		d.good("%s", name)
	}
	if !test || c.State == connection.Disabled {
		return
	}
	r, err := a.Connections.Test(ctx, workspace, c.ID)
	switch {
	case err != nil:
		d.note("%s was not tested: %s", name, explain(err))
	case r.OK:
		d.good("%s answers in %d ms", name, r.Duration)
	default:
		d.bad("%s: %s %s %s", name, r.Class, r.Code, r.Detail)
	}
}

func (d *patient) ledger(ctx context.Context, a *app.App) error {
	faults, err := a.Messages.Verify(ctx, 1)
	if err != nil {
		return err
	}
	for _, f := range faults {
		d.bad("ledger: %s (`loa verify` lists all)", f)
	}
	if len(faults) == 0 {
		d.good("ledger")
	}
	return nil
}
