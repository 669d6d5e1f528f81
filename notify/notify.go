// Package notify is where mail leaves the service: a finished letter becomes a
// message on the wire, or a file in a spool folder.
package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

// Config is the table [mail] of the configuration.
type Config struct {
	Transport   string `toml:"transport"`   // "smtp" or "spool"
	Host        string `toml:"host"`        // of the mail server
	Port        int    `toml:"port"`        // 587 with starttls, 465 with tls
	TLS         string `toml:"tls"`         // "starttls", "tls" or "none" (this machine only)
	User        string `toml:"user"`        // empty: no log-in
	Password    string `toml:"password"`    //
	From        string `toml:"from"`        // "Name <address>" or an address
	SpoolDir    string `toml:"spool_dir"`   // of the transport "spool"
	Connections int    `toml:"connections"` // kept open at most

	// Bounces is the address to which reports on undelivered mail go; the
	// message is added to it. Empty: they go to the sender.
	Bounces string `toml:"-"`
}

// Mailer sends letters. It is safe for concurrent use.
type Mailer interface {
	// Send makes one attempt and says how it ended.
	Send(ctx context.Context, l letter.Letter) agenda.Delivery
	// Close ends the connections.
	Close() error
}

// New returns the mailer of the configuration.
func New(c Config) (Mailer, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Transport == "spool" {
		return newSpool(c)
	}
	return newSMTP(c, defaultTimeouts)
}

// Validate says what is wrong with the configuration and what would be right.
func (c Config) Validate() error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("mail."+key+": "+format, args...))
	}
	if _, err := mail.ParseAddress(c.From); err != nil {
		bad("from", "%q is no address; want \"widunetz <termine@example.org>\"", c.From)
	}
	switch c.Transport {
	case "spool":
		if c.SpoolDir == "" {
			bad("spool_dir", "want the folder to which mails are written")
		}
		return errors.Join(errs...)
	case "smtp":
	default:
		bad("transport", "%q; want \"smtp\" or \"spool\"", c.Transport)
	}
	if c.Host == "" {
		bad("host", "want the name of the mail server")
	}
	if c.Port < 1 || c.Port > 65535 {
		bad("port", "%d; want 587 with starttls, 465 with tls, 25 with none", c.Port)
	}
	switch c.TLS {
	case "starttls", "tls":
	case "none":
		if !loopback(c.Host) {
			bad("tls", "\"none\" sends in clear and is for a server on this machine only; want \"starttls\" or \"tls\" for %s", c.Host)
		}
	default:
		bad("tls", "%q; want \"starttls\", \"tls\" or \"none\"", c.TLS)
	}
	if c.Connections < 1 || c.Connections > 50 {
		bad("connections", "%d; want 1 to 50", c.Connections)
	}
	return errors.Join(errs...)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// timeouts of the phases of a connection (RFC 5321, section 4.5.3.2, asks for
// ten minutes at the final dot; five are what the lease of a message allows).
type timeouts struct {
	dial, phase, idle, quit time.Duration
}

var defaultTimeouts = timeouts{dial: 30 * time.Second, phase: 5 * time.Minute, idle: 30 * time.Second, quit: 2 * time.Second}

// Lease is how long a message is claimed for one attempt: longer than an
// attempt can take (a kept connection that is silent, a new one, its RSET).
const Lease = 20 * time.Minute

// oneLine makes an error fit for the outbox.
func oneLine(err error) string {
	// The library adds reader and Message-ID, which the outbox shows anyway.
	s, _, _ := strings.Cut(agenda.Line(err.Error()), ", affected ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:299]) + "…"
	}
	return s
}
