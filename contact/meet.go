package contact

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/loa-project/loa/internal/db"
)

// Encounter is somebody who wrote to a Page or followed an OA: their address there and, where it is known, the name that they show.
type Encounter struct {
	Address
	Name string
}

// Met is who an encounter was with.
type Met struct {
	ContactID int64
	New       bool // the person was not known and is a contact from now on
}

// Meet finds the people behind encounters by their addresses and makes contacts of those who are not known. A name that a contact has already stays. Nobody gets a consent by it. The
// answer is in the order of es.
func (s *Service) Meet(ctx context.Context, tx *db.Tx, workspace int64, es []Encounter) ([]Met, error) {
	out := make([]Met, len(es))
	locked := false
	for i := range es {
		a, err := es[i].normal()
		if err != nil {
			return nil, err
		}
		id, err := owner(ctx, tx, workspace, a)
		if err != nil {
			return nil, err
		}
		if id == 0 && !locked { // somebody else may be adding the same person: look again when they are done
			if err := lockPeople(ctx, tx, workspace); err != nil {
				return nil, err
			}
			locked = true
			if id, err = owner(ctx, tx, workspace, a); err != nil {
				return nil, err
			}
		}
		if out[i].ContactID = id; id != 0 {
			continue
		}
		name, _ := cut(tidy(es[i].Name, false), maxName)
		p := &person{fresh: true, row: row{name: name}, extra: []Identity{Identity(a)}, more: []Identity{Identity(a)}}
		if err := s.save(ctx, tx, workspace, p); err != nil {
			return nil, fmt.Errorf("meet: %w", err)
		}
		out[i] = Met{p.id, true}
	}
	return out, nil
}

func owner(ctx context.Context, q db.Querier, workspace int64, a Address) (id int64, err error) {
	err = q.QueryRow(ctx, `SELECT contact_id FROM identity WHERE workspace_id = $1 AND kind = $2 AND scope = $3 AND value = $4 ORDER BY contact_id LIMIT 1`, workspace, a.Kind, a.Scope, a.Value).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find person by address: %w", err)
	}
	return id, nil
}

// Introduce gives the owner of an address the name that a platform tells, unless there is one already.
func (s *Service) Introduce(ctx context.Context, tx *db.Tx, workspace int64, a Address, name string) error {
	a, err := a.normal()
	if err != nil {
		return err
	}
	name, _ = cut(tidy(name, false), maxName)
	id, err := owner(ctx, tx, workspace, a)
	if err != nil || id == 0 || name == "" {
		return err
	}
	if err := lockPeople(ctx, tx, workspace); err != nil {
		return err
	}
	p, err := s.load(ctx, tx, workspace, id)
	if err != nil || p.name != "" {
		return err
	}
	p.name = name
	return s.save(ctx, tx, workspace, p)
}

// forget deletes what was last heard from the addresses of a person who is erased.
func forget(ctx context.Context, tx *db.Tx, workspace int64, list []Address) error {
	for _, a := range list {
		if !slices.Contains([]string{KindZaloUser, KindMessenger}, a.Kind) {
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM conversation WHERE workspace_id = $1 AND kind = $2 AND scope = $3 AND value = $4`, workspace, a.Kind, a.Scope, a.Value); err != nil {
			return fmt.Errorf("forget conversation: %w", err)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM chat_event WHERE workspace_id = $1 AND kind = $2 AND scope = $3 AND value = $4`, workspace, a.Kind, a.Scope, a.Value); err != nil {
			return fmt.Errorf("forget what a person did: %w", err)
		}
	}
	return nil
}
