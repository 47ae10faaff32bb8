// Package e2e holds one scenario per promised behaviour, run against the real program, real databases and the simulator.
package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// binary builds the program once for all tests that run it as a process; LOA_TEST_BINARY names one that is built already.
func binary(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var builtDir string

var built = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("LOA_TEST_BINARY"); path != "" {
		return filepath.Abs(path)
	}
	dir, err := os.MkdirTemp("", "loa-e2e-")
	if err != nil {
		return "", err
	}
	builtDir = dir
	path := filepath.Join(dir, "loa")
	cmd := exec.Command("go", "build", "-o", path, "../cmd/loa")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if builtDir != "" {
		_ = os.RemoveAll(builtDir)
	}
	os.Exit(code)
}
