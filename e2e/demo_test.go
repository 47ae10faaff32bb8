package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// loa runs the program to its end and returns its output and exit code.
func loa(t *testing.T, dir, url string, args ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary(t), args...)
	cmd.Env = append(os.Environ(), "LOA_DATA_DIR="+dir, "LOA_DATABASE_URL="+url, "LOA_LISTEN=127.0.0.1:0", "LOA_LOG_LEVEL=error")
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// TestDemo runs the main job with the real program on an ugly customer file and lets it judge itself; then it falsifies one row of the ledger, and the check must see it.
func TestDemo(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); demo(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); demo(t, dbtest.PostgresURL(t)) })
}

func demo(t *testing.T, url string) {
	dir := t.TempDir()
	out, code := loa(t, dir, url, "demo", "--once", "--contacts", "testdata/khach-hang.csv")
	if code != 0 {
		t.Fatalf("demo: exit %d\n%s", code, tail(out, 4000))
	}
	for _, want := range []string{"Đã nhập khách hàng: ", "Dự báo: ", "Đã gửi", "loa verify khớp nhau"} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	store := filepath.Join(dir, "demo")
	if out, code := loa(t, store, url, "verify"); code != 0 {
		t.Errorf("verify after the demonstration: exit %d: %s", code, out)
	}
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{URL: url, Dir: store})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Exec(ctx, `UPDATE leg SET state = 1 WHERE id = (SELECT MIN(id) FROM leg WHERE state = 4)`)
	if closeErr := d.Close(); err != nil || closeErr != nil {
		t.Fatal(err, closeErr)
	}
	if out, code := loa(t, store, url, "verify"); code == 0 {
		t.Errorf("verify after a state was falsified: exit 0: %s", out)
	}
}
