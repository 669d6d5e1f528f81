package notify

import (
	"strings"
	"testing"
)

func TestConfigSaysWhatWouldBeRight(t *testing.T) {
	smtp := Config{Transport: "smtp", Host: "mail.example.org", Port: 587, TLS: "starttls", From: sender, Connections: 4}
	cases := map[string]struct {
		change func(c *Config)
		want   []string // all of it, one error a line; nothing: it is right
	}{
		"starttls":                {func(*Config) {}, nil},
		"tls":                     {func(c *Config) { c.TLS, c.Port = "tls", 465 }, nil},
		"plain address":           {func(c *Config) { c.From = "termine@example.org" }, nil},
		"clear to this machine":   {func(c *Config) { c.TLS, c.Host = "none", "localhost" }, nil},
		"clear to 127.0.0.1":      {func(c *Config) { c.TLS, c.Host = "none", "127.0.0.1" }, nil},
		"clear to ::1":            {func(c *Config) { c.TLS, c.Host = "none", "::1" }, nil},
		"one connection":          {func(c *Config) { c.Connections = 1 }, nil},
		"fifty connections":       {func(c *Config) { c.Connections = 50 }, nil},
		"spool":                   {func(c *Config) { *c = Config{Transport: "spool", From: sender, SpoolDir: "spool"} }, nil},
		"no sender":               {func(c *Config) { c.From = "" }, []string{`mail.from: "" is no address; want "widunetz <termine@example.org>"`}},
		"sender without address":  {func(c *Config) { c.From = "widunetz" }, []string{`mail.from: "widunetz" is no address; want "widunetz <termine@example.org>"`}},
		"two senders":             {func(c *Config) { c.From = "a@x.de, b@x.de" }, []string{`mail.from: "a@x.de, b@x.de" is no address; want "widunetz <termine@example.org>"`}},
		"unknown transport":       {func(c *Config) { c.Transport = "sendmail" }, []string{`mail.transport: "sendmail"; want "smtp" or "spool"`}},
		"no host":                 {func(c *Config) { c.Host = "" }, []string{`mail.host: want the name of the mail server`}},
		"no port":                 {func(c *Config) { c.Port = 0 }, []string{`mail.port: 0; want 587 with starttls, 465 with tls, 25 with none`}},
		"port that is none":       {func(c *Config) { c.Port = 65536 }, []string{`mail.port: 65536; want 587 with starttls, 465 with tls, 25 with none`}},
		"unknown tls":             {func(c *Config) { c.TLS = "ssl" }, []string{`mail.tls: "ssl"; want "starttls", "tls" or "none"`}},
		"M25_clear to elsewhere":  {func(c *Config) { c.TLS = "none" }, []string{`mail.tls: "none" sends in clear and is for a server on this machine only; want "starttls" or "tls" for mail.example.org`}},
		"M25_clear to the office": {func(c *Config) { c.TLS, c.Host = "none", "192.168.1.5" }, []string{`mail.tls: "none" sends in clear and is for a server on this machine only; want "starttls" or "tls" for 192.168.1.5`}},
		"M25_name like localhost": {func(c *Config) { c.TLS, c.Host = "none", "localhost.evil.example" }, []string{`mail.tls: "none" sends in clear and is for a server on this machine only; want "starttls" or "tls" for localhost.evil.example`}},
		"no connection":           {func(c *Config) { c.Connections = 0 }, []string{`mail.connections: 0; want 1 to 50`}},
		"too many connections":    {func(c *Config) { c.Connections = 51 }, []string{`mail.connections: 51; want 1 to 50`}},
		"spool without folder":    {func(c *Config) { *c = Config{Transport: "spool", From: sender} }, []string{`mail.spool_dir: want the folder to which mails are written`}},
		"everything at once": {func(c *Config) { *c = Config{Transport: "smtp"} }, []string{
			`mail.from: "" is no address; want "widunetz <termine@example.org>"`,
			`mail.host: want the name of the mail server`,
			`mail.port: 0; want 587 with starttls, 465 with tls, 25 with none`,
			`mail.tls: ""; want "starttls", "tls" or "none"`,
			`mail.connections: 0; want 1 to 50`,
		}},
	}
	for name, c := range cases {
		config := smtp
		c.change(&config)
		got, want := "", strings.Join(c.want, "\n")
		if err := config.Validate(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
		if want == "" {
			continue
		}
		if m, err := New(config); err == nil {
			t.Errorf("%s: New returned %T", name, m)
		}
	}
}

func TestNewChoosesTheTransport(t *testing.T) {
	s := serve(t, nil, at("", ""))
	for transport, c := range map[string]Config{
		"smtp":  config(s.Addr()),
		"spool": {Transport: "spool", From: sender, SpoolDir: t.TempDir()},
	} {
		m, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		_, isSMTP := m.(*SMTP)
		_, isSpool := m.(*Spool)
		if isSMTP != (transport == "smtp") || isSpool != (transport == "spool") {
			t.Errorf("%s: %T", transport, m)
		}
		if err := m.Close(); err != nil {
			t.Errorf("%s: %v", transport, err)
		}
	}
}
