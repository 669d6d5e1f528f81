package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
)

// SMTP sends over connections that are kept open for a while.
type SMTP struct {
	client  *gomail.Client // holds the options and deadlines of a message, no connection
	host    string
	options []gomail.Option
	dialer  dialFunc
	from    string
	bounces string // address to which reports go; "": the sender's
	times   timeouts
	slots   chan struct{} // one per connection in use

	mu     sync.Mutex
	idle   []*connection // the last used at the end
	reaper *time.Timer
	closed bool
}

// dialFunc makes the connection of the transport below SMTP.
type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// connection is one that waits for its next message.
type connection struct {
	smtp *gosmtp.Client
	used time.Time
}

func newSMTP(c Config, times timeouts) (*SMTP, error) {
	sender, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail.from: %w", err)
	}
	_, domain, _ := strings.Cut(sender.Address, "@")
	secure := &tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12}
	// RSET stays on: the library renews its deadline only with it. SMTPUTF8 is
	// never asked for: no address needs it, and some relay later on may lack it.
	opts := []gomail.Option{
		gomail.WithPort(c.Port), gomail.WithHELO(domain), gomail.WithoutNoop(), gomail.WithoutSMTPUTF8(), gomail.WithTLSConfig(secure),
	}
	dialer := (&net.Dialer{}).DialContext
	switch c.TLS {
	case "tls":
		dialer = (&tls.Dialer{Config: secure}).DialContext
		// Nothing is left to the server: the dialer has shaken hands before.
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	case "starttls":
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if c.User != "" {
		opts = append(opts, gomail.WithSMTPAuth(authType(c)), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	client, err := gomail.NewClient(c.Host, append(slices.Clone(opts), gomail.WithTimeout(times.phase))...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return &SMTP{client: client, host: c.Host, options: opts, dialer: dialer, from: c.From, bounces: c.Bounces, times: times, slots: make(chan struct{}, c.Connections)}, nil
}

// authType lets the server choose, but for a clear connection on this machine,
// where the library refuses to say a password unless told so.
func authType(c Config) gomail.SMTPAuthType {
	if c.TLS == "none" {
		return gomail.SMTPAuthPlainNoEnc
	}
	return gomail.SMTPAuthAutoDiscover
}

// Send implements Mailer. A kept connection that the server has closed in the
// meantime is replaced, which is no failure: nothing was transferred.
func (s *SMTP) Send(ctx context.Context, l letter.Letter) agenda.Delivery {
	m, err := build(l, s.from)
	if err == nil && s.bounces != "" {
		err = m.EnvelopeFrom(agenda.BounceAddress(s.bounces, l.ID))
	}
	if err != nil {
		return refused(err)
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return agenda.Delivery{Outcome: agenda.TryAgain, Text: oneLine(ctx.Err())}
	}
	for fresh := false; ; fresh = true {
		c, kept, err := s.connection(ctx, fresh)
		if err != nil {
			return classifyDial(err)
		}
		err = s.client.SendWithSMTPClient(c.smtp, m)
		if err == nil {
			s.keep(c)
			return agenda.Delivery{Outcome: agenda.Delivered}
		}
		if stale := kept && !m.IsDelivered() && notBegun(err); !stale {
			d := classify(err, m.IsDelivered())
			// A refusal may leave the transaction open (RFC 5321, section 4.1.1.4).
			if d.Code != 0 && d.Code != 421 && s.client.ResetWithSMTPClient(c.smtp) == nil {
				s.keep(c)
			} else {
				c.smtp.Close() //nolint:errcheck // it is broken or about to be
			}
			return d
		}
		c.smtp.Close() //nolint:errcheck // the server did so before
	}
}

// notBegun reports whether the attempt ended before the server took a command.
func notBegun(err error) bool {
	var e *gomail.SendError
	return errors.As(err, &e) && (e.ErrorCode() == 0 || e.ErrorCode() == 421) && (e.Reason == gomail.ErrConnCheck || e.Reason == gomail.ErrSMTPMailFrom)
}

// connection returns a kept connection, unless a fresh one is wanted, or makes one.
func (s *SMTP) connection(ctx context.Context, fresh bool) (c *connection, kept bool, err error) {
	s.mu.Lock()
	for !fresh && len(s.idle) > 0 {
		c = s.idle[len(s.idle)-1]
		s.idle = s.idle[:len(s.idle)-1]
		if time.Since(c.used) < s.times.idle {
			s.mu.Unlock()
			return c, true, nil
		}
		c.smtp.Close() //nolint:errcheck // too old to be asked
	}
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return nil, false, errors.New("mail is closed")
	}
	client, err := s.dial(ctx)
	if err != nil {
		return nil, false, err
	}
	return &connection{smtp: client}, false, nil
}

// dial makes a connection that is ready for a message. It has a client of its
// own because the library knows one time-out only, and because it forgets the
// connection when the dialogue fails.
func (s *SMTP) dial(ctx context.Context) (*gosmtp.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, s.times.dial)
	defer cancel()
	var conn net.Conn
	remember := func(ctx context.Context, network, address string) (_ net.Conn, err error) {
		conn, err = s.dialer(ctx, network, address)
		return conn, err
	}
	opts := append(slices.Clone(s.options), gomail.WithTimeout(s.times.dial), gomail.WithDialContextFunc(remember))
	dialer, err := gomail.NewClient(s.host, opts...)
	if err != nil {
		return nil, err
	}
	client, err := dialer.DialToSMTPClientWithContext(ctx)
	if err != nil && conn != nil {
		conn.Close() //nolint:errcheck // it was of no use
	}
	return client, err
}

func (s *SMTP) keep(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		c.smtp.Close() //nolint:errcheck // no more use for it
		return
	}
	c.used = time.Now()
	s.idle = append(s.idle, c)
	if s.reaper == nil {
		s.reaper = time.AfterFunc(s.times.idle, s.reap)
	}
}

// reap says goodbye on connections that were not used for a while; nobody waits
// for the answer.
func (s *SMTP) reap() {
	var old sync.WaitGroup
	defer old.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	var fresh []*connection
	for _, c := range s.idle {
		if !s.closed && time.Since(c.used) < s.times.idle {
			fresh = append(fresh, c)
			continue
		}
		old.Go(func() { s.quit(c) })
	}
	s.idle, s.reaper = fresh, nil
	if len(fresh) > 0 {
		s.reaper = time.AfterFunc(s.times.idle, s.reap)
	}
}

// quit ends a connection whether or not the server answers: QUIT is a courtesy.
func (s *SMTP) quit(c *connection) {
	if c.smtp.UpdateDeadline(s.times.quit) == nil {
		s.client.CloseWithSMTPClient(c.smtp) //nolint:errcheck // closed below all the same
	}
	c.smtp.Close() //nolint:errcheck // closed by QUIT if that went well
}

// Close ends the kept connections; those in use end with their message.
func (s *SMTP) Close() error {
	s.mu.Lock()
	s.closed = true
	if s.reaper != nil {
		s.reaper.Stop()
	}
	s.mu.Unlock()
	s.reap()
	return nil
}
