package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/simulator"
)

// chromium finds the system's browser; LOA_TEST_CHROMIUM names another.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("LOA_TEST_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	t.Fatal("no Chromium on this machine: .ci/need browser installs it")
	return ""
}

var setupLink = regexp.MustCompile(`http://\S+/#/setup\?token=\S+`)

// TestBrowser runs the program as people get it beside the simulator and lets a marketer click through it in Chromium, once in each language. What is clicked and expected is told in
// web/e2e; pictures of every page land in e2e/screenshots.
func TestBrowser(t *testing.T) {
	for _, language := range []string{"vi", "en"} {
		t.Run(language, func(t *testing.T) {
			// A browser on a machine that is busy with other tests may miss a moment. One more try from the very start, on a fresh server; what fails twice is a fault.
			if first := browse(t, language); first != "" {
				t.Logf("first try: %s", first)
				if second := browse(t, language); second != "" {
					t.Fatal(second)
				}
			}
		})
	}
}

// browse tells the whole story once and returns what went wrong, "" = nothing.
func browse(t *testing.T, language string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	defer cancel()
	// A Saturday morning, so that no sending window is closed.
	clk := clock.NewSimulated(time.Date(2026, 11, 21, 9, 0, 0, 0, time.FixedZone("ICT", 7*3600)), 1)
	calm := simulator.Behaviour{LatencyMinMS: 1, LatencyMaxMS: 20, ReceiptMinMS: 50, ReceiptMaxMS: 800, SlowMS: 300, RetryDivisor: 1000}
	sim := simulator.New(simulator.Options{Clock: clk, Seed: 7, HTTPAddr: "127.0.0.1:0", SMTPAddr: "127.0.0.1:0", Zalo: calm, ESMS: calm, SMTP: calm})
	if err := sim.Start(ctx); err != nil {
		t.Fatal(err)
	}
	defer sim.Close()

	dir := t.TempDir()
	url := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	logName := filepath.Join(dir, "server.log")
	log, err := os.Create(logName)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	server := exec.CommandContext(ctx, binary(t), "serve")
	server.Env = append(os.Environ(), "LOA_DATA_DIR="+dir, "LOA_DATABASE_URL=", "LOA_LISTEN="+strings.TrimPrefix(url, "http://"), "LOA_PUBLIC_URL="+url, "LOA_SIMULATION=true",
		"LOA_CLOCK="+clk.Now().Format(time.RFC3339Nano), "LOA_SIMULATOR_URL="+sim.URL(), "LOA_LOG_LEVEL=warn")
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		if err := server.Wait(); err != nil {
			t.Errorf("quiet stop: %v", err)
		}
	}()
	link := ""
	for deadline := time.Now().Add(patience); link == ""; {
		raw, err := os.ReadFile(logName)
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("the server prints no set-up link: %v\n%s", err, raw)
		}
		link = setupLink.FindString(string(raw))
		<-time.After(20 * time.Millisecond)
	}

	pictures, err := filepath.Abs("screenshots")
	if err != nil {
		t.Fatal(err)
	}
	steps := exec.CommandContext(ctx, "npm", "--prefix", "../web", "--no-update-notifier", "run", "e2e")
	steps.Env = append(os.Environ(), "LOA_E2E_URL="+url, "LOA_E2E_SETUP="+link, "LOA_E2E_SIMULATOR="+sim.URL(), "LOA_E2E_SMTP="+sim.SMTPAddr(), "LOA_E2E_LANGUAGE="+language,
		"LOA_E2E_PICTURES="+pictures, "LOA_E2E_STATE="+filepath.Join(dir, "signed-in.json"), "LOA_E2E_CHROMIUM="+chromium(t))
	out, err := steps.CombinedOutput()
	if err != nil {
		raw, _ := os.ReadFile(logName)
		return fmt.Sprintf("%v\n%s\nserver:\n%s", err, tail(string(out), 12000), tail(string(raw), 3000))
	}
	if testing.Verbose() {
		t.Logf("%s", tail(string(out), 4000))
	}
	return ""
}
