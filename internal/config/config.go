// Package config holds all settings of the program in one struct. Each is a flag and an environment variable LOA_*; command lines are read by kong, which the command embeds
// Config in. Secrets can also be read from files: LOA_SECRET_KEY_FILE=/run/secrets/key sets LOA_SECRET_KEY.
package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Config is every setting of `loa serve`. The zero value is not usable: Load or kong fill in the defaults.
type Config struct {
	DataDir     string   `name:"data-dir" env:"LOA_DATA_DIR" default:"./data" placeholder:"DIR" help:"Folder for the embedded database, uploads and the key file."`
	DatabaseURL string   `name:"database-url" env:"LOA_DATABASE_URL" placeholder:"URL" secret:"" help:"PostgreSQL to use instead of the embedded database, for example postgres://loa:password@db:5432/loa."`
	Listen      string   `name:"listen" env:"LOA_LISTEN" default:":8080" placeholder:"HOST:PORT" help:"Where to listen. Use 127.0.0.1:8080 behind a proxy on the same machine."`
	PublicURL   string   `name:"public-url" env:"LOA_PUBLIC_URL" default:"http://localhost:8080" placeholder:"URL" help:"Where people and providers reach this server; tracked links, web-hooks and sign-in links begin with it."`
	Roles       []string `name:"roles" env:"LOA_ROLES" default:"api,worker" placeholder:"ROLE,..." help:"What this node does: api (web, API, web-hooks), worker (sending, imports)."`

	KeyFile   string `name:"key-file" env:"LOA_KEY_FILE" placeholder:"FILE" help:"File with the secret key that encrypts credentials; made on first start. Default: loa.key in the data folder. Keep a copy apart from database backups."`
	SecretKey string `name:"secret-key" env:"LOA_SECRET_KEY" placeholder:"KEY" secret:"" help:"The secret key itself (32 bytes in base64), instead of a key file. Several nodes need the same."`

	BounceListen string `name:"bounce-listen" env:"LOA_BOUNCE_LISTEN" placeholder:"HOST:PORT" help:"Where to take returned mails and complaints by SMTP, for example :25 on the host that the MX of the bounce domain names. Empty: not at all."`

	BounceTLSCert string `name:"bounce-tls-cert" env:"LOA_BOUNCE_TLS_CERT" placeholder:"FILE" help:"Certificate chain in PEM for STARTTLS at LOA_BOUNCE_LISTEN; read again when the file changes. Empty: no TLS is offered there."`
	BounceTLSKey  string `name:"bounce-tls-key" env:"LOA_BOUNCE_TLS_KEY" placeholder:"FILE" help:"Private key of LOA_BOUNCE_TLS_CERT in PEM."`

	TrustedProxies []string `name:"trusted-proxies" env:"LOA_TRUSTED_PROXIES" placeholder:"CIDR,..." help:"Networks of proxies whose X-Forwarded-For is believed. Empty: none."`

	InnerNetworks []string `name:"inner-networks" env:"LOA_INNER_NETWORKS" placeholder:"CIDR,..." help:"Networks that are not public but that connections may call, for example 127.0.0.0/8 for a mail server on this machine or 10.0.0.0/8. Empty: only public addresses. Simulation mode allows all."`
	Simulator     bool     `name:"simulator" env:"LOA_SIMULATOR" default:"false" help:"Run the simulator inside this server, on loopback ports 8090 and 8025, so that sample data can be sent to nobody. Real connections go on working."`

	Simulation    bool   `name:"simulation" env:"LOA_SIMULATION" default:"false" help:"Simulation mode: the clock can be set and the simulator's controls answer. Never for real sending."`
	Clock         string `name:"clock" env:"LOA_CLOCK" placeholder:"TIME" help:"Where the clock starts, RFC 3339, for example 2026-11-21T09:00:00+07:00; simulation mode only. Default: now."`
	SimulatorURL  string `name:"simulator-url" env:"LOA_SIMULATOR_URL" placeholder:"URL" help:"HTTP address of the simulator that sample connections use; simulation mode only."`
	SimulatorSMTP string `name:"simulator-smtp" env:"LOA_SIMULATOR_SMTP" placeholder:"HOST:PORT" help:"SMTP address of the simulator that sample connections use; simulation mode only."`

	MaxUpload     int64         `name:"max-upload" env:"LOA_MAX_UPLOAD" default:"536870912" placeholder:"BYTES" help:"Largest file that can be uploaded for an import."`
	ShutdownGrace time.Duration `name:"shutdown-grace" env:"LOA_SHUTDOWN_GRACE" default:"30s" placeholder:"DURATION" help:"How long running requests and provider calls may take to finish after SIGTERM."`

	LogLevel  string `name:"log-level" env:"LOA_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" placeholder:"LEVEL" help:"Least level that is logged: debug, info, warn, error."`
	LogFormat string `name:"log-format" env:"LOA_LOG_FORMAT" default:"text" enum:"text,json" placeholder:"FORMAT" help:"text or json."`
}

// AfterApply is called by kong when flags and variables are read: it takes secrets from their files.
func (c *Config) AfterApply() error {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		if _, secret := tag.Lookup("secret"); !secret {
			continue
		}
		name := tag.Get("env") + "_FILE"
		path := os.Getenv(name)
		if path == "" {
			continue
		}
		if v.Field(i).String() != "" {
			return fmt.Errorf("both %s and %s are set; keep one", tag.Get("env"), name)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		v.Field(i).SetString(strings.TrimSpace(string(raw)))
	}
	if c.KeyFile == "" && c.SecretKey == "" {
		c.KeyFile = filepath.Join(c.DataDir, "loa.key")
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	return nil
}

// Load reads the environment alone, with the defaults for what is not set.
func Load() (Config, error) {
	var c Config
	parser, err := kong.New(&c, kong.Name("loa"), kong.Exit(func(int) {}))
	if err != nil {
		return Config{}, fmt.Errorf("read settings: %w", err)
	}
	if _, err := parser.Parse(nil); err != nil {
		return Config{}, fmt.Errorf("read settings: %w", err)
	}
	return c, nil
}

// Has reports whether this node does role ("api" or "worker").
func (c *Config) Has(role string) bool { return slices.Contains(c.Roles, role) }

// Logger writes to w (the program gives standard error) at the chosen level and in the chosen format.
func (c *Config) Logger(w *os.File) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // Check refuses others; info is the zero level
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// Check returns everything that is wrong with the settings by themselves, in the order of Doc. It opens nothing and asks no server.
func (c *Config) Check() []error {
	var found []error
	bad := func(format string, args ...any) { found = append(found, fmt.Errorf(format, args...)) }
	if c.DataDir == "" {
		bad("LOA_DATA_DIR is empty")
	} else if info, err := os.Stat(c.DataDir); err == nil && !info.IsDir() {
		bad("LOA_DATA_DIR %s is a file, not a folder", c.DataDir)
	}
	if c.DatabaseURL != "" {
		if u, err := url.Parse(c.DatabaseURL); err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Host == "" && u.Query().Get("host") == "" {
			bad("LOA_DATABASE_URL does not look like postgres://user:password@host:5432/name") // without the value: it holds a password
		}
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		bad("LOA_LISTEN %q is not host:port, for example :8080", c.Listen)
	}
	if err := webAddress(c.PublicURL); err != nil {
		bad("LOA_PUBLIC_URL %q %w", c.PublicURL, err)
	}
	if len(c.Roles) == 0 {
		bad("LOA_ROLES is empty; use api,worker")
	}
	for _, r := range c.Roles {
		if r != "api" && r != "worker" {
			bad("LOA_ROLES has the unknown role %q; there are api and worker", r)
		}
	}
	if info, err := os.Stat(c.KeyFile); c.KeyFile != "" && c.SecretKey == "" && err == nil && info.Mode().Perm()&0o077 != 0 {
		bad("the key file %s can be read by others (mode %o); run chmod 600 on it", c.KeyFile, info.Mode().Perm())
	}
	switch {
	case (c.BounceTLSCert == "") != (c.BounceTLSKey == ""):
		bad("LOA_BOUNCE_TLS_CERT and LOA_BOUNCE_TLS_KEY go together; set both or none")
	case c.BounceTLSCert != "" && c.BounceListen == "":
		bad("LOA_BOUNCE_TLS_CERT is set, but LOA_BOUNCE_LISTEN is not: nothing would use it")
	case c.BounceTLSCert != "":
		if _, err := tls.LoadX509KeyPair(c.BounceTLSCert, c.BounceTLSKey); err != nil {
			bad("LOA_BOUNCE_TLS_CERT cannot be used: %w", err)
		}
	}
	for _, p := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			if _, err := netip.ParseAddr(p); err != nil {
				bad("LOA_TRUSTED_PROXIES has %q, which is neither an address nor a network like 10.0.0.0/8", p)
			}
		}
	}
	for _, p := range c.InnerNetworks {
		if _, err := netip.ParsePrefix(p); err != nil {
			bad("LOA_INNER_NETWORKS has %q, which is not a network like 10.0.0.0/8", p)
		}
	}
	found = append(found, c.checkSimulator()...)
	if c.MaxUpload < 1<<20 {
		bad("LOA_MAX_UPLOAD %d is less than 1 MiB", c.MaxUpload)
	}
	if c.ShutdownGrace < time.Second || c.ShutdownGrace > 10*time.Minute {
		bad("LOA_SHUTDOWN_GRACE %s is not between 1s and 10m", c.ShutdownGrace)
	}
	return found
}

func (c *Config) checkSimulator() []error {
	var found []error
	if c.Clock != "" {
		if _, err := time.Parse(time.RFC3339Nano, c.Clock); err != nil || !c.Simulation {
			found = append(found, errors.New("LOA_CLOCK must be a time such as 2026-11-21T09:00:00+07:00, and needs LOA_SIMULATION=true"))
		}
	}
	if !c.Simulation && (c.SimulatorURL != "" || c.SimulatorSMTP != "") {
		found = append(found, errors.New("LOA_SIMULATOR_URL and LOA_SIMULATOR_SMTP need LOA_SIMULATION=true"))
	}
	if c.SimulatorURL != "" {
		if err := webAddress(c.SimulatorURL); err != nil {
			found = append(found, fmt.Errorf("LOA_SIMULATOR_URL %q %w", c.SimulatorURL, err))
		}
	}
	if c.SimulatorSMTP != "" {
		if _, _, err := net.SplitHostPort(c.SimulatorSMTP); err != nil {
			found = append(found, fmt.Errorf("LOA_SIMULATOR_SMTP %q is not host:port", c.SimulatorSMTP))
		}
	}
	return found
}

func webAddress(text string) error {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return errors.New("is not an address like https://loa.example.vn")
	}
	if u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("must be only scheme, host and port: Loa is served at the root")
	}
	return nil
}

// Doc lists every setting for people: variable, default, meaning; one a paragraph.
func Doc() string {
	var b strings.Builder
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		fmt.Fprintf(&b, "%s  (flag --%s", tag.Get("env"), tag.Get("name"))
		if d := tag.Get("default"); d != "" {
			fmt.Fprintf(&b, ", default %s", d)
		}
		b.WriteString(")\n    " + tag.Get("help") + "\n")
		if _, secret := tag.Lookup("secret"); secret {
			fmt.Fprintf(&b, "    %s_FILE names a file that holds it instead.\n", tag.Get("env"))
		}
		b.WriteString("\n")
	}
	return b.String()
}
