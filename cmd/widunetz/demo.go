package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"widunetz/scheduler"
	"widunetz/web"
)

// demoCmd runs a full network to try, in a folder of its own that goes with it.
type demoCmd struct {
	Addr string `help:"${help_addr}" default:"127.0.0.1:8080"`
	Now  moment `help:"${help_now}" placeholder:"TIME"`
}

// Run implements command.
func (cmd *demoCmd) Run(ctx context.Context, c *cli) (err error) {
	dir, err := os.MkdirTemp("", "widunetz-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	listener, err := net.Listen("tcp", cmd.Addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	conf := demoConfig(dir, "http://"+listener.Addr().String())
	if err := conf.validate(""); err != nil {
		return errors.Join(err, listener.Close())
	}
	clock := &demoClock{}
	clock.set(cmd.Now.clock(conf.loc)())
	s, err := open(ctx, conf, clock.now, true, slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return errors.Join(s.demo(ctx, c, clock, listener), s.Close())
}

// demoConfig is a service whose data and mails stay in the folder.
func demoConfig(dir, url string) config {
	c := defaults()
	c.dir = dir
	c.Site.BaseURL, c.Site.Office = url, "buero@widunetz.example"
	c.Storage.Path, c.Mail.SpoolDir = filepath.Join(dir, "widunetz.db"), filepath.Join(dir, "mail")
	return c
}

// demo fills the network, prints where to go and serves until the context ends.
func (s *service) demo(ctx context.Context, c *cli, clock *demoClock, listener net.Listener) error {
	d := &demo{service: s, clock: clock, sched: s.scheduler(s.store)}
	if err := d.fill(ctx); err != nil {
		return errors.Join(fmt.Errorf("demo: %w", err), listener.Close())
	}
	handler, err := web.New(s.pages(&web.Demo{SpoolDir: s.config.path(s.config.Mail.SpoolDir), Advance: d.advance, NextDue: d.next}))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	var work sync.WaitGroup
	ctx, stop := context.WithCancel(ctx)
	work.Go(func() { d.run(ctx) })
	fmt.Fprintln(c.out, c.p.T("cli.demo", "url", s.config.Site.BaseURL))
	for _, r := range demoRoles {
		// The links outlive every button that moves the clock.
		token, lerr := s.store.LoginLinkUntil(ctx, r.email, clock.now().AddDate(10, 0, 0))
		fmt.Fprintf(c.out, "%s\t%s\n", r.role, s.loginURL(token))
		err = errors.Join(err, lerr)
	}
	err = errors.Join(err, serveHTTP(ctx, listener, handler))
	stop()
	work.Wait()
	return err
}

// demoClock runs, and can be set to another time.
type demoClock struct {
	mu    sync.Mutex
	at    time.Time // what it showed
	begun time.Time // when that was
}

func (d *demoClock) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.at.Add(time.Since(d.begun))
}

func (d *demoClock) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at, d.begun = t, time.Now()
}

// demo moves the clock and does what is due on the way.
type demo struct {
	*service
	clock *demoClock
	sched *scheduler.Scheduler
	mu    sync.Mutex // one at a time: the running demo or a button
}

// run does what becomes due, as the service would.
func (d *demo) run(ctx context.Context) {
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		case <-d.store.Wake():
		}
		if err := d.due(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("demo", "error", err)
		}
	}
}

func (d *demo) due(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tick(ctx)
}

func (d *demo) tick(ctx context.Context) error {
	if err := d.sched.CatchUp(ctx, d.config.Schedule); err != nil {
		return err
	}
	_, err := d.sched.Tick(ctx)
	return err
}

// advance moves the clock on.
func (d *demo) advance(ctx context.Context, by time.Duration) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.travel(ctx, d.clock.now().Add(by))
}

// travel moves the clock to a time and stops wherever something is due, so that
// every mail goes out at its own time.
func (d *demo) travel(ctx context.Context, end time.Time) error {
	for {
		at, ok, err := d.nextDue(ctx)
		if err != nil {
			return err
		}
		if !ok || at.After(end) {
			break
		}
		if err := d.tickAt(ctx, at); err != nil {
			return err
		}
	}
	return d.tickAt(ctx, end)
}

// next moves the clock to the next due thing.
func (d *demo) next(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, ok, err := d.nextDue(ctx)
	if err != nil || !ok {
		return err
	}
	return d.tickAt(ctx, at)
}

// tickAt sets the clock, never back, and does what is due.
func (d *demo) tickAt(ctx context.Context, at time.Time) error {
	if at.After(d.clock.now()) {
		d.clock.set(at)
	}
	return d.tick(ctx)
}

// nextDue is when the next notice or message or the monthly mail of dates is
// due.
func (d *demo) nextDue(ctx context.Context) (time.Time, bool, error) {
	at, ok, err := d.store.NextDue(ctx)
	if err != nil {
		return at, ok, err
	}
	digest, err := scheduler.ParseCron(d.config.Schedule.Digest)
	if err != nil {
		return at, ok, err
	}
	if monthly := digest.Next(d.clock.now().In(d.config.loc)); !ok || monthly.Before(at) {
		return monthly, true, nil
	}
	return at, ok, nil
}
