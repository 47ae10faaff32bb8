package dbtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// lifeline is our end of the watcher's pipe. It is kept here so that the collector does not close it while tests run.
//
//lint:ignore U1000 it is only held
var lifeline io.WriteCloser

// server starts one PostgreSQL for this test process from the installed server binaries and returns its address. LOA_TEST_DATABASE_URL names a running one instead.
// The server runs as a user that is not root, listens on loopback, and ends with the test process: a small watcher process holds a pipe to us and stops it when the pipe closes.
var server = sync.OnceValues(func() (string, error) {
	if u := os.Getenv("LOA_TEST_DATABASE_URL"); u != "" {
		return u, nil
	}
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "loa-pg-")
	if err != nil {
		return "", err
	}
	cred, err := unprivileged(dir)
	if err != nil {
		return "", err
	}
	run := func(name string, args ...string) error {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr = dir, cred
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, out)
		}
		return nil
	}
	data := filepath.Join(dir, "data")
	if err := run("initdb", "-D", data, "-U", "loa", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"); err != nil {
		return "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	// The watcher: starts the server as its child and stops it when our end of the pipe is gone, also after kill -9.
	script := `"$1/postgres" -D "$2" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB -c logging_collector=off >"$4/log" 2>&1 & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid; rm -rf "$4"`
	watcher := exec.Command("/bin/sh", "-c", script, "sh", bin, data, strconv.Itoa(port), dir)
	cred2 := *cred
	cred2.Setpgid = true
	watcher.Dir, watcher.SysProcAttr = dir, &cred2
	if lifeline, err = watcher.StdinPipe(); err != nil {
		return "", err
	}
	if err := watcher.Start(); err != nil {
		return "", err
	}
	runtime.KeepAlive(lifeline)
	address := fmt.Sprintf("postgres://loa@127.0.0.1:%d/postgres?sslmode=disable", port)
	return address, wait(address, filepath.Join(dir, "log"))
})

func wait(address, log string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(log)
			return fmt.Errorf("postgres did not start: %w: %s", err, text)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

func binaries() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	sort.Slice(dirs, func(i, j int) bool {
		return len(dirs[i]) > len(dirs[j]) || (len(dirs[i]) == len(dirs[j]) && dirs[i] > dirs[j])
	})
	if p, err := exec.LookPath("initdb"); err == nil {
		dirs = append(dirs, filepath.Dir(p))
	}
	for _, d := range dirs {
		if _, err := os.Stat(filepath.Join(d, "initdb")); err == nil {
			return d, nil
		}
	}
	return "", errors.New("no PostgreSQL server is installed; `make test` installs it, or set LOA_TEST_DATABASE_URL")
}

// unprivileged gives dir to a user that is not root, because PostgreSQL refuses to run as root.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return nil, errors.New("running as root and there is no user postgres or nobody to run the test server as")
}
