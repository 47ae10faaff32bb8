package zns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/provider"
)

const (
	// syncTime bounds one reading. What was read is kept; the next one goes on with what is missing.
	syncTime = 50 * time.Second
	// detailAge is when parameters and prices of an unchanged template are read again.
	detailAge = 24 * time.Hour
	// syncEvery is how old a catalogue may get before the tick reads it.
	syncEvery = 6 * time.Hour
	// retryEvery is how long the tick waits after a reading that failed.
	retryEvery = time.Hour
	listPage   = 100 // Zalo's maximum
	longText   = 1000
)

// Sync reads the templates of an OA from Zalo: the list whole, and parameters, samples and prices of those that are new, changed or a day old. What Zalo thinks of the call is in the
// list's Failure, not in the error; the error is zns.sync_running while somebody else reads.
func (c *Catalogue) Sync(ctx context.Context, workspace, connection int64) (List, error) {
	if _, err := c.Open(ctx, workspace, connection); err != nil {
		return List{}, err
	}
	taken, err := c.take(ctx, workspace, connection, c.Now())
	if err != nil {
		return List{}, err
	}
	if !taken {
		return List{}, errs.Conflict("zns.sync_running")
	}
	failure := ""
	work, stop := context.WithTimeout(ctx, syncTime)
	defer stop()
	if err := c.read(work, workspace, connection); err != nil {
		failure = codeOf(err)
		c.Log.Warn("read ZNS templates", "workspace_id", workspace, "connection_id", connection, "error", err)
	}
	// The lease ends also when nobody waits for the answer any more.
	after, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	if err := c.finish(after, workspace, connection, failure); err != nil {
		return List{}, err
	}
	return c.list(ctx, workspace, connection)
}

// Tick reads every catalogue that is older than six hours. One OA that fails does not keep the others waiting.
func (c *Catalogue) Tick(ctx context.Context) error {
	refs, err := c.Due(ctx)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !c.due(ctx, r) {
			continue
		}
		if _, err := c.Sync(ctx, r.WorkspaceID, r.ConnectionID); err != nil && !errs.Is(err, "zns.sync_running") {
			c.Log.Warn("read ZNS templates", "workspace_id", r.WorkspaceID, "connection_id", r.ConnectionID, "error", err)
		}
	}
	return nil
}

// due reports whether a catalogue should be read now.
func (c *Catalogue) due(ctx context.Context, r Ref) bool {
	l, err := c.list(ctx, r.WorkspaceID, r.ConnectionID)
	now := c.Now()
	return err == nil && now.Sub(l.SyncedAt) >= syncEvery && now.Sub(l.TriedAt) >= retryEvery
}

// reader is one reading under way.
type reader struct {
	c                     *Catalogue
	workspace, connection int64
	source                Source
	renewed               bool
}

// ask makes one call and, once, another with a new token when Zalo refuses the old one.
func (r *reader) ask(ctx context.Context, call func(Source) error) error {
	err := call(r.source)
	z, ours := r.source.(*ZaloSource)
	if !ours || !said(err, "-124", "-216", "-220") || r.renewed || r.c.Refresh == nil {
		return err
	}
	r.renewed = true
	good, refreshErr := r.c.Refresh(ctx, r.workspace, r.connection, z.Token)
	if refreshErr != nil || !good {
		return err
	}
	if r.source, refreshErr = r.c.Open(ctx, r.workspace, r.connection); refreshErr != nil {
		return refreshErr
	}
	return call(r.source)
}

// noSuchTemplate are the refusals that concern one template only: its number, the app's right to it, its state. Source: developers.zalo.me, ZBS Template Message, table of error codes.
var noSuchTemplate = []string{"-109", "-117", "-131"}

// said reports whether the provider answered with one of the codes.
func said(err error, codes ...string) bool {
	var e *provider.Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code)
}

func (c *Catalogue) read(ctx context.Context, workspace, connection int64) error {
	r := &reader{c: c, workspace: workspace, connection: connection}
	var err error
	if r.source, err = c.Open(ctx, workspace, connection); err != nil {
		return err
	}
	var heads []Template
	if err := r.ask(ctx, func(s Source) (err error) { heads, err = s.heads(ctx); return err }); err != nil {
		return err
	}
	stored, err := c.list(ctx, workspace, connection)
	if err != nil {
		return err
	}
	old := map[string]Template{}
	for _, t := range stored.Items {
		old[t.ID] = t
	}
	out := make([]Template, 0, len(heads))
	var failed error
	for _, h := range heads {
		if !h.DetailAt.IsZero() { // it came whole
			h.DetailAt = c.Now()
			out = append(out, h)
			continue
		}
		t, had := old[h.ID]
		same := had && t.Name == h.Name && t.Status == h.Status && c.Now().Sub(t.DetailAt) < detailAge
		t.ID, t.Name, t.Status, t.Quality, t.MadeAt = h.ID, h.Name, h.Status, h.Quality, h.MadeAt
		if !same && failed == nil {
			failed = r.detail(ctx, &t)
		}
		out = append(out, t)
	}
	failed = errors.Join(failed, r.kinds(ctx))
	keep, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	return errors.Join(failed, c.put(keep, workspace, connection, out, true))
}

// kinds reads which kinds of templates the OA may send.
func (r *reader) kinds(ctx context.Context) error {
	var kinds []string
	if err := r.ask(ctx, func(s Source) (err error) { kinds, err = s.kinds(ctx); return err }); err != nil {
		return fmt.Errorf("read kinds of templates: %w", err)
	}
	if kinds == nil {
		return nil
	}
	return r.c.putKinds(ctx, r.workspace, r.connection, kinds)
}

func number(id string) bool { return id != "" && len(id) <= 20 && strings.Trim(id, "0123456789") == "" }

// detail reads parameters, samples, prices and buttons.
func (r *reader) detail(ctx context.Context, t *Template) error {
	err := r.ask(ctx, func(s Source) error { return s.detail(ctx, t) })
	if said(err, noSuchTemplate...) { // shown without its parameters
		t.DetailAt = time.Time{}
		return nil
	}
	if err != nil {
		return err
	}
	t.DetailAt = r.c.Now()
	return nil
}

// cut bounds a text from outside and makes it storable.
func cut(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	if r := []rune(s); len(r) > longText {
		return string(r[:longText])
	}
	return s
}
