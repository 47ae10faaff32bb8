package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func TestDefaults(t *testing.T) {
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "LOA_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if c.DataDir == "" || c.Listen != ":8080" || c.PublicURL != "http://localhost:8080" || !c.Has("api") || !c.Has("worker") || c.Simulation || filepath.Base(c.KeyFile) != "loa.key" {
		t.Errorf("got %+v", c)
	}
	if found := c.Check(); len(found) > 0 {
		t.Errorf("the defaults are refused: %v", found)
	}
}

func TestEnvironment(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "url")
	if err := os.WriteFile(path, []byte("postgres://loa:hunter2@db/loa\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LOA_DATABASE_URL_FILE", path)
	t.Setenv("LOA_PUBLIC_URL", "https://loa.example.vn/")
	t.Setenv("LOA_ROLES", "worker")
	t.Setenv("LOA_SECRET_KEY", "x")
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL != "postgres://loa:hunter2@db/loa" || c.PublicURL != "https://loa.example.vn" || c.Has("api") || c.KeyFile != "" {
		t.Errorf("got %+v", c)
	}
	t.Setenv("LOA_DATABASE_URL", "postgres://other/loa")
	if _, err := Load(); err == nil || !strings.Contains(err.Error(), "LOA_DATABASE_URL_FILE") {
		t.Errorf("both set: got %v", err)
	}
	t.Setenv("LOA_DATABASE_URL", "")
	t.Setenv("LOA_DATABASE_URL_FILE", filepath.Join(dir, "none"))
	if _, err := Load(); err == nil {
		t.Error("a missing secret file is no error")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := filepath.Join(dir, "open.key")
	if err := os.WriteFile(open, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	good := Config{DataDir: dir, Listen: ":0", PublicURL: "https://a.example", Roles: []string{"api"}, LogLevel: "info", LogFormat: "text", MaxUpload: 1 << 20, ShutdownGrace: 1e9}
	if found := good.Check(); len(found) > 0 {
		t.Fatalf("good settings are refused: %v", found)
	}
	for _, c := range []struct {
		want   string
		change func(c *Config)
	}{
		{"LOA_DATA_DIR", func(c *Config) { c.DataDir = "" }},
		{"not a folder", func(c *Config) { c.DataDir = open }},
		{"LOA_DATABASE_URL", func(c *Config) { c.DatabaseURL = "mysql://hunter2@x/y" }},
		{"LOA_LISTEN", func(c *Config) { c.Listen = "8080" }},
		{"LOA_PUBLIC_URL", func(c *Config) { c.PublicURL = "loa.example.vn" }},
		{"LOA_PUBLIC_URL", func(c *Config) { c.PublicURL = "https://a.example/loa" }},
		{"LOA_ROLES", func(c *Config) { c.Roles = []string{"api", "sender"} }},
		{"chmod 600", func(c *Config) { c.KeyFile = open }},
		{"LOA_TRUSTED_PROXIES", func(c *Config) { c.TrustedProxies = []string{"everybody"} }},
		{"LOA_SIMULATION", func(c *Config) { c.SimulatorURL = "http://127.0.0.1:1" }},
		{"LOA_MAX_UPLOAD", func(c *Config) { c.MaxUpload = 1 }},
		{"LOA_SHUTDOWN_GRACE", func(c *Config) { c.ShutdownGrace = 0 }},
	} {
		changed := good
		c.change(&changed)
		found := changed.Check()
		if len(found) != 1 || !strings.Contains(found[0].Error(), c.want) {
			t.Errorf("%s: got %v", c.want, found)
		}
		for _, err := range found {
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("a password is shown: %v", err)
			}
		}
	}
}

func TestDoc(t *testing.T) {
	t.Parallel()
	doc, ct := Doc(), reflect.TypeFor[Config]()
	for i := range ct.NumField() {
		tag := ct.Field(i).Tag
		if tag.Get("env") == "" || tag.Get("help") == "" || !strings.Contains(doc, tag.Get("env")) {
			t.Errorf("%s is not described", ct.Field(i).Name)
		}
	}
	if !strings.Contains(doc, "LOA_SECRET_KEY_FILE") {
		t.Error("the file variant of a secret is not described")
	}
}

// TestEmbedded shows that a command which embeds the settings gets secrets from files and the default key file too.
func TestEmbedded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("geheim\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LOA_SECRET_KEY_FILE", path)
	var cli struct {
		Serve struct {
			Config `embed:""`
		} `cmd:""`
		Check struct {
			Settings Config `embed:""`
		} `cmd:""`
	}
	parser, err := kong.New(&cli, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"serve", "--listen", "127.0.0.1:0"}); err != nil {
		t.Fatal(err)
	}
	if cli.Serve.SecretKey != "geheim" || cli.Serve.Listen != "127.0.0.1:0" {
		t.Errorf("anonymous: got %+v", cli.Serve.Config)
	}
	if _, err := parser.Parse([]string{"check"}); err != nil {
		t.Fatal(err)
	}
	if cli.Check.Settings.SecretKey != "geheim" {
		t.Errorf("named: got %+v", cli.Check.Settings)
	}
}
