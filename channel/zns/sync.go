package zns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/template"
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
	if _, _, err := c.Open(ctx, workspace, connection); err != nil {
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
	client                *zalo.Client
	token                 string
	renewed               bool
}

// ask makes one call and, once, another with a new token when Zalo refuses the old one.
func (r *reader) ask(ctx context.Context, call func() error) error {
	err := call()
	if !said(err, "-124", "-216", "-220") || r.renewed || r.c.Refresh == nil {
		return err
	}
	r.renewed = true
	good, refreshErr := r.c.Refresh(ctx, r.workspace, r.connection, r.token)
	if refreshErr != nil || !good {
		return err
	}
	if r.client, r.token, refreshErr = r.c.Open(ctx, r.workspace, r.connection); refreshErr != nil {
		return refreshErr
	}
	return call()
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
	if r.client, r.token, err = c.Open(ctx, workspace, connection); err != nil {
		return err
	}
	heads, err := r.heads(ctx)
	if err != nil {
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
		t, had := old[string(h.ID)]
		same := had && t.Name == h.Name && t.Status == h.Status && c.Now().Sub(t.DetailAt) < detailAge
		t.ID, t.Name, t.Status, t.Quality, t.MadeAt = string(h.ID), cut(h.Name), cut(h.Status), cut(h.Quality), clock.FromMillis(h.Created.Int())
		if !same && failed == nil {
			if err := r.detail(ctx, &t); err != nil {
				failed = err
			}
		}
		out = append(out, t)
	}
	keep, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	return errors.Join(failed, c.put(keep, workspace, connection, out, true))
}

// heads reads the whole list.
func (r *reader) heads(ctx context.Context) ([]zalo.TemplateHead, error) {
	var out []zalo.TemplateHead
	seen := map[string]bool{}
	for offset := 0; offset < maxListed; offset += listPage {
		var page []zalo.TemplateHead
		if err := r.ask(ctx, func() (err error) {
			page, err = r.client.TemplateList(ctx, r.token, offset, listPage)
			return err
		}); err != nil {
			return nil, fmt.Errorf("list templates: %w", err)
		}
		for _, h := range page {
			if id := string(h.ID); number(id) && !seen[id] { // a template that is made meanwhile moves the others
				seen[id] = true
				out = append(out, h)
			}
		}
		if len(page) < listPage {
			break
		}
	}
	return out, nil
}

func number(id string) bool { return id != "" && len(id) <= 20 && strings.Trim(id, "0123456789") == "" }

// detail reads parameters, samples, prices and buttons.
func (r *reader) detail(ctx context.Context, t *Template) error {
	var d zalo.Template
	err := r.ask(ctx, func() (err error) { d, err = r.client.TemplateInfo(ctx, r.token, t.ID); return err })
	if said(err, noSuchTemplate...) { // shown without its parameters
		t.DetailAt = time.Time{}
		return nil
	}
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	samples, err := r.client.TemplateSampleData(ctx, r.token, t.ID)
	if err != nil && !said(err, noSuchTemplate...) { // without samples the template works all the same
		return fmt.Errorf("read sample data: %w", err)
	}
	t.Tag, t.PriceVND, t.PriceUIDVND, t.TimeoutMS, t.PreviewURL = cut(d.Tag), max(d.PriceSDT, 0), max(d.PriceUID, 0), max(d.Timeout, 0), ""
	if strings.HasPrefix(d.Preview, "https://") || strings.HasPrefix(d.Preview, "http://") {
		t.PreviewURL = cut(d.Preview)
	}
	t.Params = make([]Param, 0, len(d.Params))
	for _, p := range d.Params {
		known := template.ZNSParam{Name: cut(p.Name), Type: cut(p.Kind), Required: p.Required, MinLength: max(p.MinLength, 0), MaxLength: max(p.MaxLength, 0), AcceptNull: p.AcceptNull}
		sample := cut(samples[p.Name])
		t.Params = append(t.Params, Param{ZNSParam: known, Sample: sample, Guess: guess(known, sample)})
	}
	t.Buttons = make([]Button, 0, len(d.Buttons))
	for _, b := range d.Buttons {
		t.Buttons = append(t.Buttons, Button{Type: cut(string(b.Type)), Title: cut(b.Title), Content: cut(b.Content)})
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
