package main

import (
	"context"
	"fmt"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/simulator"
)

// simulateCmd is the simulator alone.
type simulateCmd struct {
	HTTP        string `name:"http" default:"127.0.0.1:8090" placeholder:"HOST:PORT" help:"Address of the HTTP services, the ledger and the controls."`
	SMTP        string `name:"smtp" default:"127.0.0.1:8025" placeholder:"HOST:PORT" help:"Address of the mail server; off for none."`
	Seed        uint64 `default:"1" help:"Of all random choices."`
	Friendly    bool   `help:"Everybody is reached within seconds and nothing breaks; without it an ordinary day with its failures."`
	AllowRemote bool   `help:"Serve and call back other machines. Never on a network that you do not trust: the controls need no password."`
	ZaloWebhook string `placeholder:"URL" help:"Where Zalo's events go, for example http://127.0.0.1:8080/hooks/zalo/TOKEN."`
	Workers     int    `default:"32" help:"Callbacks on their way at once."`
	Inspect     bool   `help:"Keep the last raw messages with a report of their faults."`
}

// Run simulates until the process is told to end. Its first two lines are settings that `loa serve` takes.
func (c simulateCmd) Run(ctx context.Context, p *program) error {
	o := simulator.Options{Clock: clock.NewSimulated(clock.System().Now(), 1), Seed: c.Seed, HTTPAddr: c.HTTP, SMTPAddr: c.SMTP, AllowRemote: c.AllowRemote, ZaloWebhookURL: c.ZaloWebhook, Inspect: c.Inspect, Workers: c.Workers, Log: p.logger()}
	if !c.Friendly {
		o.Zalo, o.ESMS, o.SMTP = simulator.OrdinaryDay()
	}
	s := simulator.New(o)
	if err := s.Start(ctx); err != nil {
		return fmt.Errorf("start the simulator: %w", err)
	}
	defer s.Close()
	fmt.Fprintf(p.out, "LOA_SIMULATOR_URL=%s\nLOA_SIMULATOR_SMTP=%s\n\nZalo %s, its OAuth %s, eSMS %s, mail %s\nLedger %s/ledger, controls %s/control\n",
		s.URL(), s.SMTPAddr(), s.ZaloURL(), s.ZaloOAuthURL(), s.ESMSURL(), s.SMTPAddr(), s.URL(), s.URL())
	<-ctx.Done()
	return nil
}
