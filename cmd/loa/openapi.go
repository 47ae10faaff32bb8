package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"

	"github.com/loa-project/loa/internal/app"
	"github.com/loa-project/loa/internal/clock"
)

// openapiCmd prints the OpenAPI document that the routes make, for the types of the web app and for `make fresh`.
type openapiCmd struct{}

// Run builds the program on an empty store in a folder of its own and prints the document, the same on every machine.
func (openapiCmd) Run(ctx context.Context, p *program) error {
	dir, err := os.MkdirTemp("", "loa-openapi-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cfg := p.Config
	cfg.DataDir, cfg.DatabaseURL, cfg.SecretKey, cfg.KeyFile, cfg.LogLevel = dir, "", "", dir+"/loa.key", "error"
	app.Version = "1"
	a, err := app.Open(ctx, cfg, clock.System(), cfg.Logger(os.Stderr))
	if err != nil {
		return err
	}
	defer a.Close()
	raw, err := a.API.OpenAPI()
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := json.Indent(&text, raw, "", " "); err != nil {
		return err
	}
	text.WriteByte('\n')
	_, err = text.WriteTo(p.out)
	return err
}
