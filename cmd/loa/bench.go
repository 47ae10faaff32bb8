package main

import (
	"context"

	"github.com/loa-project/loa/internal/app"
)

// benchCmd measures broadcasts, imports and segments on this machine.
type benchCmd struct {
	Messages  int      `default:"100000" help:"Messages of each broadcast."`
	Million   bool     `help:"Also the runs over 1,000,000 people; takes minutes."`
	Profile   string   `placeholder:"FILE" help:"Write a CPU profile of this process."`
	Databases []string `placeholder:"sqlite,URL" help:"What to measure: sqlite, addresses of empty PostgreSQL databases. Without it sqlite, and LOA_DATABASE_URL where it is set."`
}

// Run prints JSON on standard output and what it is doing on standard error.
func (c benchCmd) Run(ctx context.Context, p *program) error {
	if len(c.Databases) == 0 {
		c.Databases = []string{"sqlite"}
		if p.DatabaseURL != "" {
			c.Databases = append(c.Databases, p.DatabaseURL)
		}
	}
	return app.Bench(ctx, app.BenchOptions{Messages: c.Messages, Million: c.Million, Databases: c.Databases, Profile: c.Profile, Out: p.out, Progress: p.err})
}
