package main

import (
	"context"

	"github.com/loa-project/loa/internal/app"
)

// demoCmd is the product with sample data beside the simulator.
type demoCmd struct {
	Once          bool   `help:"Import, segment, broadcast ZNS → SMS → e-mail, wait for the receipts, print the status table and end; exit 0 only if the simulator's ledger and the ledger's own check agree."`
	Contacts      string `type:"existingfile" placeholder:"FILE" help:"Customer file to import; made-up people without it."`
	People        int    `default:"2000" help:"How many made-up people."`
	Seed          uint64 `default:"1" help:"Of all random choices of the simulator."`
	SimulatorHTTP string `placeholder:"HOST:PORT" help:"Address of the simulator's HTTP services; 127.0.0.1:8090, with --once a free port."`
	SimulatorMail string `placeholder:"HOST:PORT" help:"Address of the simulator's mail server; 127.0.0.1:8025, with --once a free port."`
}

// Run runs the demonstration.
func (c demoCmd) Run(ctx context.Context, p *program) error {
	if err := p.check(); err != nil {
		return err
	}
	if c.Once && c.SimulatorHTTP == "" {
		c.SimulatorHTTP = "127.0.0.1:0"
	}
	if c.Once && c.SimulatorMail == "" {
		c.SimulatorMail = "127.0.0.1:0"
	}
	return app.Demo(ctx, p.Config, app.DemoOptions{Contacts: c.Contacts, People: c.People, Once: c.Once, Seed: c.Seed, SimulatorHTTP: c.SimulatorHTTP, SimulatorSMTP: c.SimulatorMail, Out: p.out}, p.logger())
}
