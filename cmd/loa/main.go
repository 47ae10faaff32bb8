// Command loa is the whole product in one binary: the server, the simulator, and the tools around them. `loa help` lists its commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the same answers in a bare container

	"github.com/alecthomas/kong"

	"github.com/loa-project/loa/internal/app"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/config"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/i18n"
)

// program is the command line: the settings, then one command.
type program struct {
	config.Config

	Serve    serveCmd    `cmd:"" help:"Run the server."`
	Demo     demoCmd     `cmd:"" help:"Run the server with sample data beside the simulator; with --once run the main job, print the table and end."`
	Simulate simulateCmd `cmd:"" help:"Run the simulator of Zalo, eSMS and a mail server alone."`
	Import   importCmd   `cmd:"" help:"Import a customer file (CSV or XLSX)."`
	Verify   verifyCmd   `cmd:"" help:"Recount every invariant of the ledger; exit 1 with a list when one is broken."`
	Doctor   doctorCmd   `cmd:"" help:"Look at this installation and say what is wrong."`
	Bench    benchCmd    `cmd:"" help:"Measure and print JSON."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database up to date and end. A start of the server does it by itself."`
	User     userCmd     `cmd:"" help:"Add, list and mend the accounts of people."`
	Settings configCmd   `cmd:"" name:"config" help:"Explain and check the settings."`
	OpenAPI  openapiCmd  `cmd:"" name:"openapi" hidden:"" help:"Print the OpenAPI document."`

	out io.Writer
	err io.Writer
	in  io.Reader
}

func main() {
	time.Local = time.UTC // the job engine and the drivers must never see the host's zone
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// errSaid ends the program with 1 after everything was said.
var errSaid = errors.New("")

// run does one command and returns the exit code: 0 good, 1 failed, 2 wrong command line.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	p := &program{in: in, out: out, err: errOut}
	exited := -1
	parser, err := kong.New(p, kong.Name("loa"), kong.Description("Loa reaches customers over ZNS, SMS and e-mail, and tells the truth about what became of every message."),
		kong.Writers(out, errOut), kong.Exit(func(code int) { exited = code }), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Vars{"version": app.Version})
	if err != nil {
		fmt.Fprintln(errOut, "loa:", err)
		return 2
	}
	if len(args) == 0 || args[0] == "help" {
		args = append([]string{"--help"}, args[min(1, len(args)):]...)
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintln(errOut, "loa:", err)
		return 2
	}
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(p); err != nil {
		if err != errSaid && !(errors.Is(err, context.Canceled) && ctx.Err() != nil) {
			fmt.Fprintln(errOut, "loa:", explain(err))
		}
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			return 0
		}
		return 1
	}
	return 0
}

// explain puts errors that have words into the words of the terminal's language.
func explain(err error) string {
	e, ok := errs.As(err)
	if !ok {
		return err.Error()
	}
	lang := language()
	text := i18n.Text(lang, e.Code, e.Params)
	for _, f := range e.Fields {
		if f.Code != e.Code {
			text += "\n  " + f.Path + ": " + i18n.Text(lang, f.Code, f.Params)
		}
	}
	return text
}

func language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "en") {
				return i18n.English
			}
			break
		}
	}
	return i18n.Vietnamese
}

// logger writes to standard error and becomes the default one.
func (p *program) logger() *slog.Logger {
	log := p.Config.Logger(os.Stderr)
	slog.SetDefault(log)
	return log
}

// check refuses settings that cannot work, all at once.
func (p *program) check() error {
	found := p.Check()
	for _, err := range found {
		fmt.Fprintln(p.err, "loa:", err)
	}
	if len(found) > 0 {
		return errSaid
	}
	return nil
}

// open builds the program on its store. The caller closes it.
func (p *program) open(ctx context.Context) (*app.App, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	clk := clock.System()
	if p.Simulation {
		start := clk.Now()
		if at, err := time.Parse(time.RFC3339Nano, p.Clock); err == nil {
			start = at
		}
		clk = clock.NewSimulated(start, 1)
	}
	return app.Open(ctx, p.Config, clk, p.logger())
}
