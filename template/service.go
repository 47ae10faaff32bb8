package template

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Deps is what the service needs.
type Deps struct {
	DB  *db.DB
	Now func() time.Time
}

// Service keeps templates. It is safe for many goroutines.
type Service struct {
	deps     Deps
	compiled *otter.Cache[versionKey, *Compiled]
	checks   chan struct{} // places for checks of audiences
}

type versionKey struct {
	workspaceID, id int64
	version         int
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{deps: d, compiled: otter.Must(&otter.Options[versionKey, *Compiled]{MaximumSize: 200}), checks: make(chan struct{}, audienceAtOnce)}
}

// Create checks and stores the first version of a template. by names the actor ("user:12").
func (s *Service) Create(ctx context.Context, workspaceID int64, by, name string, ch channel.Channel, content json.RawMessage) (Template, error) {
	name, bad := cleanName(name)
	if bad != nil {
		return Template{}, bad
	}
	stored, _, err := normalize(ch, content)
	if err != nil {
		return Template{}, err
	}
	now := s.deps.Now()
	t := Template{WorkspaceID: workspaceID, Name: name, Channel: ch, Version: 1, Content: stored, CreatedBy: by, CreatedAt: now, UpdatedAt: now}
	err = s.deps.DB.WithTx(ctx, func(tx *db.Tx) error { return insert(ctx, tx, &t) })
	return t, err
}

// Get reads the newest version; template.not_found when it does not exist or was deleted.
func (s *Service) Get(ctx context.Context, workspaceID, id int64) (Template, error) {
	return get(ctx, s.deps.DB, workspaceID, id)
}

// Version reads one version, also of a deleted template.
func (s *Service) Version(ctx context.Context, workspaceID, id int64, version int) (Template, error) {
	return getVersion(ctx, s.deps.DB, workspaceID, id, version)
}

// Compiled gives one version ready for rendering. It is kept, because versions never change.
func (s *Service) Compiled(ctx context.Context, workspaceID, id int64, version int) (*Compiled, error) {
	key := versionKey{workspaceID, id, version}
	if c, ok := s.compiled.GetIfPresent(key); ok {
		return c, nil
	}
	t, err := s.Version(ctx, workspaceID, id, version)
	if err != nil {
		return nil, err
	}
	c, err := CompileContent(t.Channel, t.Content)
	if err != nil {
		return nil, err
	}
	s.compiled.Set(key, c)
	return c, nil
}

// List reads a page, newest first; next is the Before of the page after it, 0 at the end.
func (s *Service) List(ctx context.Context, workspaceID int64, f Filter) (page []Line, next int64, err error) {
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	size := f.Limit
	f.Limit++
	if page, err = list(ctx, s.deps.DB, workspaceID, f); err != nil {
		return nil, 0, err
	}
	if len(page) > size {
		page = page[:size]
		next = page[size-1].ID
	}
	return page, next, s.countUses(ctx, workspaceID, page)
}

// Change is what Update does; nil fields stay.
type Change struct {
	Name    *string
	Content json.RawMessage
	// Base is the version that the author saw; when it is not the newest any more the change is refused with template.changed. 0 does not check.
	Base int
}

// Update changes the name, or adds a version when the content differs from the newest one.
func (s *Service) Update(ctx context.Context, workspaceID int64, by string, id int64, c Change) (t Template, err error) {
	err = s.deps.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := lock(ctx, tx, workspaceID, id); err != nil {
			return err
		}
		if t, err = get(ctx, tx, workspaceID, id); err != nil {
			return err
		}
		if c.Base != 0 && c.Base != t.Version {
			return errs.Conflict("template.changed")
		}
		if c.Name != nil {
			name, bad := cleanName(*c.Name)
			if bad != nil {
				return bad
			}
			t.Name = name
		}
		t.UpdatedAt = s.deps.Now()
		if c.Content != nil {
			stored, _, err := normalize(t.Channel, c.Content)
			if err != nil {
				return err
			}
			if !bytes.Equal(stored, t.Content) {
				t.Content, t.Version = stored, t.Version+1
				if err := insertVersion(ctx, tx, &t, by); err != nil {
					return err
				}
			}
		}
		return update(ctx, tx, &t)
	})
	return t, err
}

// Delete hides a template. Campaigns that use one of its versions keep it.
func (s *Service) Delete(ctx context.Context, workspaceID, id int64) error {
	return s.deps.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := lock(ctx, tx, workspaceID, id); err != nil {
			return err
		}
		return markDeleted(ctx, tx, workspaceID, id, s.deps.Now())
	})
}

// Clone makes a new template of the newest version under another name.
func (s *Service) Clone(ctx context.Context, workspaceID int64, by string, id int64, name string) (Template, error) {
	t, err := s.Get(ctx, workspaceID, id)
	if err != nil {
		return Template{}, err
	}
	return s.Create(ctx, workspaceID, by, name, t.Channel, t.Content)
}
