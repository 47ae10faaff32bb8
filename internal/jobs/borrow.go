package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

var errBorrowed = errors.New("the transaction belongs to its caller, who commits or rolls it back")

// wire lets borrowed embed the connection and have a method Conn.
type wire = pgx.Conn

// borrowed shows a pgx connection, on which database/sql has begun a transaction, as that transaction. It cannot end it.
type borrowed struct{ *wire }

func (b borrowed) Begin(ctx context.Context) (pgx.Tx, error) { return openSavepoint(ctx, b, 1) }
func (b borrowed) Commit(context.Context) error              { return errBorrowed }
func (b borrowed) Rollback(context.Context) error            { return errBorrowed }
func (b borrowed) Conn() *pgx.Conn                           { return b.wire }
func (b borrowed) LargeObjects() pgx.LargeObjects            { return pgx.LargeObjects{} }

// savepoint is what River gets when it begins a transaction inside the borrowed one.
type savepoint struct {
	borrowed
	depth  int
	closed bool
}

func openSavepoint(ctx context.Context, b borrowed, depth int) (pgx.Tx, error) {
	s := &savepoint{borrowed: b, depth: depth}
	if _, err := b.Exec(ctx, "SAVEPOINT "+s.name()); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *savepoint) name() string { return fmt.Sprintf("loa_jobs_%d", s.depth) }

func (s *savepoint) Begin(ctx context.Context) (pgx.Tx, error) {
	if s.closed {
		return nil, pgx.ErrTxClosed
	}
	return openSavepoint(ctx, s.borrowed, s.depth+1)
}

func (s *savepoint) Commit(ctx context.Context) error { return s.end(ctx, "RELEASE SAVEPOINT ") }

func (s *savepoint) Rollback(ctx context.Context) error {
	return s.end(ctx, "ROLLBACK TO SAVEPOINT ")
}

func (s *savepoint) end(ctx context.Context, verb string) error {
	if s.closed {
		return pgx.ErrTxClosed
	}
	s.closed = true
	_, err := s.Exec(ctx, verb+s.name())
	return err
}
