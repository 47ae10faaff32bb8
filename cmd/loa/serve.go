package main

import (
	"context"
	"fmt"
)

// serveCmd is the server.
type serveCmd struct{}

// Run serves until the process is told to end, and then stops quietly.
func (serveCmd) Run(ctx context.Context, p *program) error {
	a, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	listener, err := a.Listen()
	if err != nil {
		return err
	}
	if a.Config.Has("api") {
		token, err := a.Workspaces.SetupToken(ctx)
		if err != nil {
			return err
		}
		if token != "" {
			fmt.Fprintf(p.err, "\nNobody has an account yet. Open this address once to make the owner's (or use `loa user add`):\n\n    %s\n\n", a.Workspaces.SetupURL(token))
		}
	}
	a.Log.Info("listening", "address", listener.Addr().String(), "public_url", a.Config.PublicURL, "database", string(a.DB.Dialect), "roles", a.Config.Roles)
	return a.Run(ctx, listener)
}
