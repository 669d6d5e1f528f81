package inbox

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"widunetz/internal/agenda"
)

// Config is the table [mailbox] of the configuration. Without a host there is no
// mailbox.
type Config struct {
	Host     string `toml:"host"`     // of the IMAP server; empty: no mailbox
	Port     int    `toml:"port"`     // 993 with tls, 143 with starttls
	TLS      string `toml:"tls"`      // "tls", "starttls" or "none" (this machine only)
	User     string `toml:"user"`     //
	Password string `toml:"password"` //
	Address  string `toml:"address"`  // of the mailbox; mail to name+anything@… must come in too
	Folder   string `toml:"folder"`   // that is read
	Done     string `toml:"done"`     // folder to which what was dealt with is moved, or a flag ("$Erledigt", "\Seen") that it gets
	Envelope bool   `toml:"envelope"` // mails go out with this address in their envelope, so that reports come here
}

// On reports whether there is a mailbox.
func (c Config) On() bool { return c.Host != "" }

// Open returns the address of the mailbox, "" if there is none.
func (c Config) Open() string {
	if !c.On() {
		return ""
	}
	return strings.ToLower(c.Address)
}

// Validate says what is wrong with the configuration and what would be right.
func (c Config) Validate() error {
	if !c.On() {
		return nil
	}
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("mailbox."+key+": "+format, args...))
	}
	if c.Port < 1 || c.Port > 65535 {
		bad("port", "%d; want 993 with tls, 143 with starttls", c.Port)
	}
	switch c.TLS {
	case "tls", "starttls":
	case "none":
		if !loopback(c.Host) {
			bad("tls", "\"none\" reads in clear and is for a server on this machine only; want \"tls\" or \"starttls\" for %s", c.Host)
		}
	default:
		bad("tls", "%q; want \"tls\", \"starttls\" or \"none\"", c.TLS)
	}
	if c.User == "" {
		bad("user", "want the log-in of the mailbox")
	}
	local, _, _ := strings.Cut(c.Address, "@")
	if e, ok := agenda.Email(c.Address); !ok || e != strings.ToLower(c.Address) {
		bad("address", "%q is no mail address; want \"antwort@example.org\"", c.Address)
	} else if len(local) > mostLocal || strings.Contains(local, "+") {
		bad("address", "%q; want at most %d characters before the @, and no +: a signature is added to them", c.Address, mostLocal)
	}
	if c.Folder == "" {
		bad("folder", "want the folder that is read, such as \"INBOX\"")
	}
	if c.Done == "" || strings.EqualFold(c.Done, c.Folder) {
		bad("done", "%q; want a folder other than %q, such as \"Erledigt\", or a flag such as \"$Erledigt\"", c.Done, c.Folder)
	}
	return errors.Join(errs...)
}

// mostLocal leaves room for "+r" and a signature of 26 characters in the 64 that
// may stand before the @ (RFC 5321, section 4.5.3.1.1).
const mostLocal = 34

// flagged reports whether mails get a flag instead of being moved.
func (c Config) flagged() bool {
	return strings.HasPrefix(c.Done, "$") || strings.HasPrefix(c.Done, `\`)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
