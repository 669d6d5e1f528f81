package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/mail"
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
	client *gomail.Client
	from   string
	times  timeouts
	slots  chan struct{} // one per connection in use

	mu     sync.Mutex
	idle   []*connection // the last used at the end
	reaper *time.Timer
	closed bool
}

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
	// RSET stays on: the library renews its deadline only with it.
	opts := []gomail.Option{
		gomail.WithPort(c.Port), gomail.WithTimeout(times.phase), gomail.WithHELO(domain), gomail.WithoutNoop(),
		gomail.WithTLSConfig(&tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12}),
	}
	switch c.TLS {
	case "tls":
		opts = append(opts, gomail.WithSSL(), gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "starttls":
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if c.User != "" {
		opts = append(opts, gomail.WithSMTPAuth(authType(c)), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	client, err := gomail.NewClient(c.Host, opts...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return &SMTP{client: client, from: c.From, times: times, slots: make(chan struct{}, c.Connections)}, nil
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
	if err != nil {
		return refused(err)
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return agenda.Delivery{Outcome: agenda.TryAgain, Text: oneLine(ctx.Err())}
	}
	for {
		c, kept, err := s.connection(ctx)
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
			if d.Code != 0 && d.Code != 421 && !m.IsDelivered() {
				s.keep(c) // refused, but the connection is in order
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

// connection returns a kept connection or makes one.
func (s *SMTP) connection(ctx context.Context) (c *connection, kept bool, err error) {
	s.mu.Lock()
	for len(s.idle) > 0 {
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
	ctx, cancel := context.WithTimeout(ctx, s.times.dial)
	defer cancel()
	client, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, false, err
	}
	return &connection{smtp: client}, false, nil
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

// reap says goodbye on connections that were not used for a while.
func (s *SMTP) reap() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var fresh []*connection
	for _, c := range s.idle {
		if !s.closed && time.Since(c.used) < s.times.idle {
			fresh = append(fresh, c)
			continue
		}
		s.client.CloseWithSMTPClient(c.smtp) //nolint:errcheck // QUIT is a courtesy
	}
	s.idle, s.reaper = fresh, nil
	if len(fresh) > 0 {
		s.reaper = time.AfterFunc(s.times.idle, s.reap)
	}
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
