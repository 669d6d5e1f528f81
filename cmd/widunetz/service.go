package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/exchange"
	"widunetz/internal/inbox"
	"widunetz/internal/kv/bolt"
	"widunetz/internal/lang"
	"widunetz/internal/letter"
	"widunetz/internal/store"
	"widunetz/notify"
	"widunetz/scheduler"
	"widunetz/web"
)

// version is set by the release build.
var version = "dev"

// service is the program over an open store: what serve runs and what data
// commands work with.
type service struct {
	config  config
	db      *bolt.DB
	store   *store.Store
	catalog *lang.Catalog
	letters *letter.Writer
	mailer  notify.Mailer
	inbox   *inbox.Box // nil: no mailbox
	log     *slog.Logger
}

// open opens the store of the configuration and wires what works on it. With
// create a missing store is made.
func open(ctx context.Context, c config, now func() time.Time, create bool, log *slog.Logger) (*service, error) {
	catalog, err := lang.Load(c.langs()...)
	if err != nil {
		return nil, fmt.Errorf("site.languages: %w", err)
	}
	letters, err := letter.NewWriter(catalog, letter.Site{Name: c.Site.Name, BaseURL: c.Site.BaseURL, Office: c.Site.Office, Organizer: c.organizer(), Mailbox: c.Mailbox.Open(), Sender: c.sender()}, c.loc)
	if err != nil {
		return nil, err
	}
	mailer, err := notify.New(c.mail())
	if err != nil {
		return nil, err
	}
	box, err := c.inbox(log)
	if err != nil {
		return nil, err
	}
	db, err := bolt.Open(c.path(c.Storage.Path), bolt.Options{Create: create})
	if err != nil {
		return nil, err
	}
	st, err := store.New(ctx, db, store.Config{Clock: c.clock(), Now: now, Office: c.Site.Office, Replies: c.Mailbox.On()})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s := &service{config: c, db: db, store: st, catalog: catalog, letters: letters, mailer: mailer, inbox: box, log: log}
	if err := s.makeCoordinators(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends connections and closes the store.
func (s *service) Close() error { return errors.Join(s.mailer.Close(), s.db.Close()) }

// mail is the table [mail] with its folder made absolute.
func (c config) mail() notify.Config {
	m := c.Mail
	m.SpoolDir = c.path(m.SpoolDir)
	if c.Mailbox.Envelope {
		m.Bounces = c.Mailbox.Open()
	}
	return m
}

// inbox is what reads the mailbox, nil if there is none.
func (c config) inbox(log *slog.Logger) (*inbox.Box, error) {
	if !c.Mailbox.On() {
		return nil, nil //nolint:nilnil // there is none
	}
	return inbox.New(c.Mailbox, c.Mail.From, log)
}

// organizer is the address that calendar files name: the office's, else the
// sender's.
func (c config) organizer() string {
	if c.Site.Office != "" {
		return c.Site.Office
	}
	return c.sender()
}

// sender is the address from which mails come.
func (c config) sender() string {
	a, err := mail.ParseAddress(c.Mail.From)
	if err != nil {
		return "" // unreachable: validated before
	}
	return a.Address
}

// makeCoordinators gives the role to the people of [auth]; who is not known yet
// is added under the address.
func (s *service) makeCoordinators(ctx context.Context) error {
	for _, address := range s.config.Auth.Coordinators {
		if _, err := makeCoordinator(ctx, s.store, "", address); err != nil {
			return fmt.Errorf("auth.coordinators: %q: %w", address, err)
		}
	}
	return nil
}

// makeCoordinator gives the role to whoever has the address.
func makeCoordinator(ctx context.Context, s *store.Store, name, address string) (agenda.Person, error) {
	email, ok := agenda.Email(address)
	if !ok {
		return agenda.Person{}, agenda.Problems{{Field: "email", Rule: "email", Want: "name@example.org"}}
	}
	p, err := s.PersonByEmail(ctx, email)
	if errors.Is(err, agenda.ErrNotFound) {
		p, err = agenda.Person{Email: email}, nil
	}
	if err != nil || p.Coordinator {
		return p, err
	}
	p.Coordinator = true
	if name = agenda.Line(name); p.Family == "" {
		if name == "" {
			name, _, _ = strings.Cut(email, "@")
		}
		cut := strings.LastIndexByte(name, ' ')
		p.Given, p.Family = name[:max(cut, 0)], name[cut+1:]
	}
	return s.SavePerson(ctx, agenda.Shell, p, time.Time{})
}

// scheduler returns what does the due things of a store: the service's own, or
// one with another clock.
func (s *service) scheduler(st *store.Store) *scheduler.Scheduler {
	o := scheduler.Options{
		Workers: s.config.Mail.Connections, Lease: notify.Lease, Retention: s.retention(), Backup: s.scheduledBackup, Log: s.log,
	}
	if s.inbox != nil {
		o.Mailbox = func(ctx context.Context) error {
			_, err := s.inbox.Read(ctx, st)
			return err
		}
	}
	return scheduler.New(st, s.letters, s.mailer, o)
}

func (s *service) retention() store.Retention {
	const day = 24 * time.Hour
	p := s.config.Privacy
	return store.Retention{Outbox: time.Duration(p.OutboxDays) * day, Submissions: time.Duration(p.SubmissionDays) * day}
}

// exports gives files out.
func (s *service) exports() exchange.Export {
	return exchange.Export{Store: s.store, German: s.catalog.Printer(agenda.German), BaseURL: s.config.Site.BaseURL}
}

// pages are the handler's options.
func (s *service) pages(demo *web.Demo) web.Options {
	c := s.config
	c.Web.LegalDir = c.path(c.Web.LegalDir)
	return web.Options{
		Config: c.Web, Site: web.Site{Name: c.Site.Name, BaseURL: c.Site.BaseURL, Office: c.Site.Office},
		Store: s.store, Catalog: s.catalog, Log: s.log, Demo: demo, Version: version, Mailbox: c.Mailbox.Open(),
	}
}

// loginLink makes a one-time link that logs the person in.
func (s *service) loginLink(ctx context.Context, email string) (string, error) {
	token, err := s.store.LoginLink(ctx, email)
	return s.loginURL(token), err
}

func (s *service) loginURL(token string) string { return s.config.Site.BaseURL + "/einloggen/" + token }
