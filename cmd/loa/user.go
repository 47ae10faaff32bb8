package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/loa-project/loa/internal/app"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/workspace"
)

// userCmd works on accounts from the console of the server: who can run it can read the database anyway.
type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Add an account; the first one also makes a workspace and becomes its owner."`
	List     userListCmd     `cmd:"" help:"List accounts with their workspaces and roles."`
	Link     userLinkCmd     `cmd:"" help:"Print a one-time sign-in link that lasts 15 minutes."`
	Password userPasswordCmd `cmd:"" help:"Set a password, read from the first line of standard input; ends the person's sessions."`
}

type userAddCmd struct {
	Email     string `arg:"" help:"E-mail address."`
	Name      string `help:"Name; the address without it."`
	Workspace string `help:"Name of a new workspace that the person will own. Needed for the first account unless the default suits." default:""`
	Into      int64  `help:"Number of an existing workspace to add the person to." placeholder:"ID"`
	Role      string `default:"owner" enum:"owner,marketer,care,viewer" help:"Role in that workspace: owner, marketer, care, viewer."`
	Owner     bool   `help:"Same as --role=owner."`
	Language  string `default:"vi" enum:"vi,en" help:"vi or en."`
}

// Run adds the account and prints a sign-in link: no password travels over the command line.
func (c userAddCmd) Run(ctx context.Context, p *program) error {
	return p.with(ctx, func(a *app.App) error {
		if c.Name == "" {
			c.Name, _, _ = strings.Cut(c.Email, "@")
		}
		if c.Owner {
			c.Role = "owner"
		}
		first, err := a.Workspaces.NeedsSetup(ctx)
		if err != nil {
			return err
		}
		if c.Into == 0 {
			if c.Workspace == "" && !first {
				return errors.New("name an existing workspace with --into, or a new one with --workspace (`loa user list` shows them)")
			}
			if c.Workspace == "" {
				c.Workspace = "Cửa hàng"
			}
			u, w, err := a.Workspaces.Found(ctx, workspace.Founding{Workspace: c.Workspace, Name: c.Name, Email: c.Email, Language: c.Language})
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "%s is owner of workspace %d (%s)\n", u.Email, w.ID, w.Name)
			return c.link(ctx, p, a, u)
		}
		m, _, err := a.Workspaces.AddMember(ctx, c.Into, httpx.Actor{}, c.Name, c.Email, "", c.Language, httpx.Role(c.Role))
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s is %s of workspace %d\n", c.Email, m.Role, c.Into)
		u, err := a.Workspaces.UserByEmail(ctx, c.Email)
		if err != nil {
			return err
		}
		return c.link(ctx, p, a, u)
	})
}

func (c userAddCmd) link(ctx context.Context, p *program, a *app.App, u workspace.User) error {
	if u.PasswordHash != "" {
		return nil
	}
	token, err := a.Workspaces.CreateLoginLink(ctx, u.ID, workspace.LinkTime)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "Sign in once within 15 minutes, then set a password:\n\n    %s\n", a.Workspaces.LinkURL(token))
	return err
}

type userListCmd struct{}

// Run lists all accounts.
func (userListCmd) Run(ctx context.Context, p *program) error {
	return p.with(ctx, func(a *app.App) error {
		users, err := a.Workspaces.Users(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tE-MAIL\tNAME\tSTATUS\tWORKSPACES")
		for _, u := range users {
			list, err := a.Workspaces.Memberships(ctx, u.ID)
			if err != nil {
				return err
			}
			var of []string
			for _, m := range list {
				of = append(of, fmt.Sprintf("%d %s", m.WorkspaceID, m.Role))
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", u.ID, u.Email, u.Name, u.Status, strings.Join(of, ", "))
		}
		return w.Flush()
	})
}

type userLinkCmd struct {
	Email string `arg:"" help:"E-mail address of the account."`
}

// Run prints a sign-in link.
func (c userLinkCmd) Run(ctx context.Context, p *program) error {
	return p.with(ctx, func(a *app.App) error {
		u, err := a.Workspaces.UserByEmail(ctx, c.Email)
		if err != nil {
			return err
		}
		token, err := a.Workspaces.CreateLoginLink(ctx, u.ID, workspace.LinkTime)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(p.out, a.Workspaces.LinkURL(token))
		return err
	})
}

type userPasswordCmd struct {
	Email string `arg:"" help:"E-mail address of the account."`
}

// Run reads the password from standard input, where neither the process list nor the shell's history see it.
func (c userPasswordCmd) Run(ctx context.Context, p *program) error {
	fmt.Fprintln(p.err, "New password, then Enter:")
	line, err := bufio.NewReader(p.in).ReadString('\n')
	if err != nil && line == "" {
		return errs.Invalid("user.password_short")
	}
	return p.with(ctx, func(a *app.App) error {
		u, err := a.Workspaces.UserByEmail(ctx, c.Email)
		if err != nil {
			return err
		}
		if err := a.Workspaces.ReplacePassword(ctx, u, strings.TrimRight(line, "\r\n"), "system"); err != nil {
			return err
		}
		_, err = fmt.Fprintln(p.out, "ok")
		return err
	})
}

// with runs f on the built program.
func (p *program) with(ctx context.Context, f func(a *app.App) error) error {
	a, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	return f(a)
}
