package main

import (
	"fmt"

	"github.com/loa-project/loa/internal/config"
)

// configCmd explains and checks the settings.
type configCmd struct {
	Doc   configDocCmd   `cmd:"" help:"Print every setting with its default and meaning."`
	Check configCheckCmd `cmd:"" help:"Check the settings of this environment; exit 1 with a list when something is wrong."`
}

type configDocCmd struct{}

// Run prints the settings.
func (configDocCmd) Run(p *program) error {
	_, err := fmt.Fprint(p.out, config.Doc())
	return err
}

type configCheckCmd struct{}

// Run checks the settings without opening anything.
func (configCheckCmd) Run(p *program) error {
	if err := p.check(); err != nil {
		return err
	}
	fmt.Fprintln(p.out, "ok")
	return nil
}
