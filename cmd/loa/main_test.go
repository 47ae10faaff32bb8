package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/loa-project/loa/internal/dbtest"
)

// loa runs one command with its own data folder and returns what it printed.
func loa(t *testing.T, in string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(in), &o, &e)
	return code, o.String(), e.String()
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args string
		code int
		want string // in either output
	}{
		{"", 0, "serve"},
		{"help", 0, "serve"},
		{"--help", 0, "verify"},
		{"serve --help", 0, "--listen"},
		{"config doc", 0, "LOA_DATA_DIR"},
		{"nonsense", 2, "nonsense"},
		{"config check --listen nowhere", 1, "LOA_LISTEN"},
		{"serve --listen nowhere --public-url ftp://x", 1, "LOA_PUBLIC_URL"},
		{"demo --contacts /does/not/exist.csv", 2, "exist"},
	} {
		code, out, errOut := loa(t, "", strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(out+errOut, c.want) {
			t.Errorf("loa %s = %d, want %d and %q in\n%s%s", c.args, code, c.code, c.want, out, errOut)
		}
	}
}

// TestConsole walks through what an operator does before anybody has signed in, on both engines.
func TestConsole(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			common := []string{"--data-dir", t.TempDir(), "--log-level", "error"}
			if engine == "postgres" {
				common = append(common, "--database-url", dbtest.PostgresURL(t))
			}
			say := func(want int, in string, args ...string) string {
				t.Helper()
				code, out, errOut := loa(t, in, append(args, common...)...)
				if code != want {
					t.Fatalf("loa %s = %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, errOut)
				}
				return out + errOut
			}
			contains := func(text, want string) {
				t.Helper()
				if !strings.Contains(text, want) {
					t.Errorf("got\n%s\nwant %q in it", text, want)
				}
			}
			contains(say(0, "", "migrate"), engine+": schema 0 → ")
			contains(say(0, "", "doctor"), "nobody has an account")
			contains(say(0, "", "user", "add", "chu@cuahang.vn", "--name", "Chị Hoa"), "/#/link?token=")
			contains(say(0, "", "user", "add", "tin@cuahang.vn", "--into", "1", "--role", "marketer"), "marketer of workspace 1")
			contains(say(0, "", "user", "list"), "tin@cuahang.vn")
			contains(say(1, "short\n", "user", "password", "chu@cuahang.vn"), "loa: ")
			contains(say(0, "a long and odd phrase 71\n", "user", "password", "chu@cuahang.vn"), "ok")
			contains(say(0, "", "user", "link", "chu@cuahang.vn"), "/#/link?token=")
			contains(say(1, "", "user", "link", "ai@cuahang.vn"), "loa: ")
			file := filepath.Join(t.TempDir(), "khach.csv")
			if err := os.WriteFile(file, []byte("name,phone\nAn,0901234567\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			contains(say(1, "", "import", file, "--consent", "messenger"), "--shown")
			contains(say(2, "", "import", file, "--consent", "fax", "--shown", "x", "--source", "y"), "fax")
			contains(say(0, "", "import", file, "--consent", "messenger,zalo_oa,ai_call,zns,sms,email", "--shown", "Tôi đồng ý", "--source", "Phiếu"), "1 created")
			contains(say(0, "", "verify"), "ok")
			contains(say(0, "", "doctor"), "ok    ledger")
			contains(say(1, "", "doctor", "--secret-key", "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="), "BAD   secret key")
		})
	}
}

func TestOpenAPIIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	code, first, errOut := loa(t, "", "openapi")
	if code != 0 || !json.Valid([]byte(first)) {
		t.Fatalf("openapi = %d %s", code, errOut)
	}
	if _, second, _ := loa(t, "", "openapi"); second != first {
		t.Error("two runs differ")
	}
}

func TestStoppedCommandIsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var o, e bytes.Buffer
	if code := run(ctx, []string{"simulate", "--http", "127.0.0.1:0", "--smtp", "127.0.0.1:0"}, strings.NewReader(""), &o, &e); code != 0 {
		t.Errorf("simulate = %d, want 0: %s", code, e.String())
	}
}
