package main

import (
	"context"
	"fmt"
)

// verifyCmd recounts the ledger and walks the audit chains.
type verifyCmd struct {
	Limit int `default:"100" help:"Most faults to list for each rule."`
}

// Run prints what is broken, one a line, and ends with 1 when there is anything.
func (c verifyCmd) Run(ctx context.Context, p *program) error {
	a, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	faults, err := a.Messages.Verify(ctx, max(c.Limit, 1))
	if err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintln(p.out, f)
	}
	n := len(faults)
	workspaces, err := a.Workspaces.List(ctx)
	if err != nil {
		return err
	}
	for _, w := range workspaces {
		audit, err := a.Workspaces.VerifyAudit(ctx, w.ID)
		if err != nil {
			return err
		}
		if !audit.OK {
			n++
			fmt.Fprintf(p.out, "audit.chain: the log of workspace %d is broken at entry %d\n", w.ID, audit.BrokenAt)
		}
	}
	if n > 0 {
		fmt.Fprintf(p.err, "loa: %d faults\n", n)
		return errSaid
	}
	fmt.Fprintln(p.out, "ok")
	return nil
}
