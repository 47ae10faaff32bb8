// Package db opens the store and runs transactions on it.
//
// One SQL text serves SQLite (default, a folder) and PostgreSQL (a URL); dialect.go holds every difference. SQLite has one writing connection and a pool of readers; PostgreSQL
// has one pgx pool that database/sql and the job engine share. Inside WithTx only the given Tx is used: on SQLite anything else would wait for itself.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver
)

// DB is an open store. Make it with Open, end it with Close.
type DB struct {
	Dialect Dialect
	write   *sql.DB
	read    *sql.DB
	pool    *pgxpool.Pool // nil on SQLite
	path    string        // file, on SQLite
	fault   func(operation string) error
}

// Options say where the store is. URL wins over Dir.
type Options struct {
	URL      string // postgres://…
	Dir      string // folder of the SQLite file loa.db; made when missing
	MaxConns int    // PostgreSQL connections, 0 = 12
}

// Querier is what Tx and DB have in common: reading.
type Querier interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
}

// Open opens the store without migrating it.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.URL != "" {
		return openPostgres(ctx, o)
	}
	return openSQLite(ctx, o)
}

func openSQLite(ctx context.Context, o Options) (*DB, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	path := filepath.Join(o.Dir, "loa.db")
	// The writer keeps what a broadcast touches; readers come and go, and each has a cache of its own.
	dsn := func(cacheKiB int, extra string) string {
		v := url.Values{}
		for _, p := range []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "temp_store(2)", fmt.Sprintf("cache_size(-%d)", cacheKiB), "journal_size_limit(67108864)", "wal_autocheckpoint(4000)"} {
			v.Add("_pragma", p)
		}
		return "file:" + path + "?" + v.Encode() + extra
	}
	write, err := sql.Open("sqlite", dsn(65536, "&_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	write.SetMaxOpenConns(1)
	write.SetMaxIdleConns(1)
	write.SetConnMaxLifetime(0)
	if err := write.PingContext(ctx); err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open sqlite %s: %w", path, err)
	}
	read, err := sql.Open("sqlite", dsn(8192, "&_pragma=query_only(1)"))
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	n := max(4, runtime.NumCPU())
	read.SetMaxOpenConns(n)
	read.SetMaxIdleConns(n)
	return &DB{Dialect: SQLite, write: write, read: read, path: path}, nil
}

func openPostgres(ctx context.Context, o Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, errors.New("LOA_DATABASE_URL cannot be read; it should look like postgres://user:password@host:5432/name") // the cause would print the password
	}
	cfg.MaxConns = int32(max(o.MaxConns, 12))
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if _, ok := cfg.ConnConfig.RuntimeParams["synchronous_commit"]; !ok {
		cfg.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	}
	// Batches have many shapes (1 to 1,000 rows); caching a plan for each on every connection would only cost memory.
	cfg.ConnConfig.StatementCacheCapacity = 256
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	std := stdlib.OpenDBFromPool(pool)
	return &DB{Dialect: Postgres, write: std, read: std, pool: pool}, nil
}

// Close ends all connections.
func (d *DB) Close() error {
	if d.pool != nil {
		err := d.write.Close()
		d.pool.Close()
		return err
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// SetFault names a function that is asked before every operation of a transaction ("begin", "commit", or the statement) and may make it fail. It is how tests show that any write can
// fail; call it before the store is used.
func (d *DB) SetFault(f func(operation string) error) { d.fault = f }

// Writer is the database/sql handle that writes: for the job engine and migrations. On SQLite it has exactly one connection.
func (d *DB) Writer() *sql.DB { return d.write }

// Pool is the pgx pool; nil on SQLite.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Path is the SQLite file; empty on PostgreSQL.
func (d *DB) Path() string { return d.path }

// Query reads outside any transaction, on SQLite from the reader pool.
func (d *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	query, args = d.Dialect.Rewrite(query, args)
	return d.read.QueryContext(ctx, query, args...)
}

// QueryRow reads one row outside any transaction.
func (d *DB) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	query, args = d.Dialect.Rewrite(query, args)
	return d.read.QueryRowContext(ctx, query, args...)
}

// Exec runs one writing statement in a transaction of its own.
func (d *DB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	var n int64
	err := d.WithTx(ctx, func(tx *Tx) (err error) { n, err = tx.Exec(ctx, query, args...); return })
	return n, err
}

// Tx is an open transaction.
type Tx struct {
	*sql.Tx
	Dialect Dialect
	conn    *sql.Conn // PostgreSQL: the connection under it, for the job engine
	after   []func()
	fault   func(operation string) error
}

// Query reads inside the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if t.fault != nil {
		if err := t.fault(query); err != nil {
			return nil, err
		}
	}
	query, args = t.Dialect.Rewrite(query, args)
	return t.Tx.QueryContext(ctx, query, args...)
}

// QueryRow reads one row inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	query, args = t.Dialect.Rewrite(query, args)
	return t.Tx.QueryRowContext(ctx, query, args...)
}

// Exec runs a writing statement and returns the number of rows it touched.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if t.fault != nil {
		if err := t.fault(query); err != nil {
			return 0, err
		}
	}
	query, args = t.Dialect.Rewrite(query, args)
	r, err := t.Tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// PreferIndexes makes PostgreSQL look rows up by index for the rest of the transaction. For batches over known ids: with statistics from when a table was small the planner would walk
// all of it, and keep that plan while the table grows (seen: a tenth of the speed). SQLite needs nothing.
func (t *Tx) PreferIndexes(ctx context.Context) error {
	if t.Dialect != Postgres {
		return nil
	}
	_, err := t.Exec(ctx, `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`)
	return err
}

// Conn is the PostgreSQL connection that carries the transaction; nil on SQLite.
func (t *Tx) Conn() *sql.Conn { return t.conn }

// AfterCommit runs f once the transaction is committed; never when it is rolled back.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

const txTries = 8

// WithTx runs f in one transaction and commits it, or rolls it back when f fails. It is run again from its start when the engine asks for it (serialization, deadlock, busy), so
// f must not keep results of a failed round.
func (d *DB) WithTx(ctx context.Context, f func(tx *Tx) error) error {
	var err error
	for try := range txTries {
		if err = d.once(ctx, f); err == nil || !retryable(err) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(1+try*try) * 5 * time.Millisecond):
		}
	}
	return err
}

func (d *DB) once(ctx context.Context, f func(tx *Tx) error) error {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("take connection: %w", err)
	}
	defer conn.Close()
	raw, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tx := &Tx{Tx: raw, Dialect: d.Dialect, fault: d.fault}
	if d.Dialect == Postgres {
		tx.conn = conn
	}
	if err := f(tx); err != nil {
		_ = raw.Rollback()
		return err
	}
	if d.fault != nil {
		if err := d.fault("commit"); err != nil {
			_ = raw.Rollback()
			return fmt.Errorf("commit: %w", err)
		}
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	for _, g := range tx.after {
		g()
	}
	return nil
}
