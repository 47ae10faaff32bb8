package main

import (
	"context"
	"fmt"

	"github.com/loa-project/loa/internal/db"
)

// migrateCmd brings the schema up to date.
type migrateCmd struct{}

// Run migrates and prints the version of the schema.
func (migrateCmd) Run(ctx context.Context, p *program) error {
	if err := p.check(); err != nil {
		return err
	}
	d, err := db.Open(ctx, db.Options{URL: p.DatabaseURL, Dir: p.DataDir})
	if err != nil {
		return err
	}
	defer d.Close()
	before, err := d.Version(ctx)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	after, err := d.Version(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s: schema %d → %d\n", d.Dialect, before, after)
	return nil
}
