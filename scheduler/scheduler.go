// Package scheduler is where time touches the service: what is due happens,
// once, late rather than never. Cron is only the heartbeat: when things are due
// is in the store, so a machine that slept, was restarted or changed its clocks
// catches up, and a commit that makes something due now wakes the scheduler at
// once.
package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// Config is the table [schedule] of the configuration: cron expressions of five
// fields at the network's place.
type Config struct {
	Tick      string `toml:"tick"`      // looks for what is due
	Digest    string `toml:"digest"`    // plans the monthly mail of dates
	Planning  string `toml:"planning"`  // tells the office which groups have fewer dates than was promised; empty: never
	Retention string `toml:"retention"` // deletes what is past its time
	Backup    string `toml:"backup"`    // writes a backup; empty: never
	Mailbox   string `toml:"mailbox"`   // reads the mailbox, if there is one; empty: only `tick` does
}

// Composer writes the letter of a message. letter.ErrNothing means that there
// is nothing to tell any more.
type Composer interface {
	Compose(agenda.Facts) (letter.Letter, error)
}

// Sender makes one attempt to send a letter.
type Sender interface {
	Send(context.Context, letter.Letter) agenda.Delivery
}

// Options of a scheduler.
type Options struct {
	Workers   int           // letters under way at once
	Lease     time.Duration // longer than one attempt can take
	Retention store.Retention
	Backup    func(context.Context) error // nil: none
	Mailbox   func(context.Context) error // reads the mailbox; nil: there is none
	Log       *slog.Logger
}

// Scheduler does what is due.
type Scheduler struct {
	store    *store.Store
	composer Composer
	sender   Sender
	options  Options
}

// New returns a scheduler over the store.
func New(s *store.Store, c Composer, m Sender, o Options) *Scheduler {
	if o.Workers < 1 {
		o.Workers = 1
	}
	return &Scheduler{store: s, composer: c, sender: m, options: o}
}

// ParseCron reads a cron expression of five fields. The error says what would
// be right; the library's parser panics on some words, which is an error too.
func ParseCron(spec string) (s cron.Schedule, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("cron expression %q: want five fields, such as \"0 3 * * *\"", spec)
		}
	}()
	if strings.Contains(spec, "TZ=") || strings.HasPrefix(spec, "@every -") {
		return nil, fmt.Errorf("cron expression %q: the time zone is that of [calendar]; want five fields, such as \"0 3 * * *\"", spec)
	}
	if s, err = cron.ParseStandard(spec); err != nil {
		return nil, fmt.Errorf("cron expression %q: %w; want five fields, such as \"0 3 * * *\"", spec, err)
	}
	if s.Next(time.Now()).IsZero() {
		return nil, fmt.Errorf("cron expression %q never comes; want a day that exists", spec)
	}
	return s, nil
}

// Validate says what is wrong with the expressions.
func (c Config) Validate() error {
	var errs []error
	for _, f := range []struct{ key, spec string }{{"tick", c.Tick}, {"digest", c.Digest}, {"planning", c.Planning}, {"retention", c.Retention}, {"backup", c.Backup}, {"mailbox", c.Mailbox}} {
		if f.spec == "" && (f.key == "backup" || f.key == "planning" || f.key == "mailbox") {
			continue
		}
		if _, err := ParseCron(f.spec); err != nil {
			errs = append(errs, fmt.Errorf("schedule.%s: %w", f.key, err))
		}
	}
	return errors.Join(errs...)
}

// patience is how long the service waits at its end for letters that are under
// way. What a silent mail server holds up longer stays claimed, and is tried
// again at the next start.
const patience = 8 * time.Second

// Run does what is due until the context ends, then finishes the letters that
// are under way, as far as that goes in a few seconds.
func (s *Scheduler) Run(ctx context.Context, c Config) error {
	beat := make(chan struct{}, 1)
	clock, err := s.heartbeat(ctx, c, beat)
	if err != nil {
		return err
	}
	if err := s.CatchUp(ctx, c); err != nil {
		return err
	}
	clock.Start()
	defer func() { <-clock.Stop().Done() }()
	var reading sync.WaitGroup
	defer reading.Wait()
	reading.Go(func() { s.readFirst(ctx, c) })
	p := s.newPool(ctx)
	defer p.waitAtMost(patience)
	for {
		if err := s.produce(ctx, p); err != nil && ctx.Err() == nil {
			s.options.Log.Error("what is due could not be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-beat:
		case <-s.store.Wake():
		}
	}
}

// lateDigest is how late the monthly mail of dates may go out when the service
// was down at its time.
const lateDigest = 14 * 24 * time.Hour

// CatchUp plans the monthly mails, of dates and of the planning, if their time
// has passed this month while nothing ran, and reminders of courses that a
// restore cut off. Planning them twice is planning them once.
func (s *Scheduler) CatchUp(ctx context.Context, c Config) error {
	if err := s.store.RemindCourses(ctx); err != nil {
		return err
	}
	if err := s.catchUp(ctx, c.Digest, s.store.PlanDigest); err != nil || c.Planning == "" {
		return err
	}
	return s.catchUp(ctx, c.Planning, s.store.CheckPlanning)
}

func (s *Scheduler) catchUp(ctx context.Context, spec string, plan func(context.Context) error) error {
	schedule, err := ParseCron(spec)
	if err != nil {
		return err
	}
	now := s.store.Now().In(s.store.Loc())
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	first := schedule.Next(month.Add(-time.Second))
	if first.After(now) || now.Sub(first) > lateDigest {
		return nil
	}
	return plan(ctx)
}

// heartbeat makes the cron that beats. A job that panics is logged and runs
// again; one that takes long is not run twice at once (in this order: the other
// way round a panic would stop the job for ever).
func (s *Scheduler) heartbeat(ctx context.Context, c Config, beat chan<- struct{}) (*cron.Cron, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	logger := cronLog{s.options.Log}
	clock := cron.New(cron.WithLocation(s.store.Loc()), cron.WithLogger(logger), cron.WithChain(cron.SkipIfStillRunning(logger), cron.Recover(logger)))
	jobs := []struct {
		spec string
		run  func() error
	}{
		{c.Tick, func() error {
			select {
			case beat <- struct{}{}:
			default: // one beat waits already
			}
			return nil
		}},
		{c.Digest, func() error { return s.store.PlanDigest(ctx) }},
		{c.Planning, func() error { return s.store.CheckPlanning(ctx) }},
		{c.Retention, func() error { _, err := s.store.Forget(ctx, s.options.Retention); return err }},
		{c.Backup, func() error { return s.backup(ctx) }},
		{c.Mailbox, func() error { return s.readMailbox(ctx) }},
	}
	for _, j := range jobs {
		if j.spec == "" {
			continue
		}
		job := func() {
			if err := j.run(); err != nil {
				s.options.Log.Error("scheduled job", "cron", j.spec, "error", err)
			}
		}
		if _, err := clock.AddFunc(j.spec, job); err != nil {
			return nil, fmt.Errorf("schedule: %w", err)
		}
	}
	return clock, nil
}

// readMailbox reads the mailbox beside all else: one that hangs holds up nothing.
func (s *Scheduler) readMailbox(ctx context.Context) (err error) {
	if s.options.Mailbox == nil {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading the mailbox panicked: %v", r)
		}
	}()
	return s.options.Mailbox(ctx)
}

// readFirst reads the mailbox at the start, unless it is never read.
func (s *Scheduler) readFirst(ctx context.Context, c Config) {
	if c.Mailbox == "" {
		return
	}
	if err := s.readMailbox(ctx); err != nil {
		s.options.Log.Error("mailbox", "error", err)
	}
}

func (s *Scheduler) backup(ctx context.Context) error {
	if s.options.Backup == nil {
		return nil
	}
	return s.options.Backup(ctx)
}

// Result counts what one tick did.
type Result struct {
	Sent, Later, Failed, Dropped int
}

// Tick does everything that is due now and waits for it. Mails that have to be
// tried again are counted, not an error.
func (s *Scheduler) Tick(ctx context.Context) (Result, error) {
	p := s.newPool(ctx)
	err := s.produce(ctx, p)
	p.wait()
	return p.result, err
}

// produce publishes the events whose time has come, expands the notices that are
// due and, beside that, hands out the messages that are: the store commits what
// both write together.
func (s *Scheduler) produce(ctx context.Context, p *pool) error {
	made, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		ended <- s.prepare(ctx, made)
		close(made)
	}()
	for more := true; ; {
		handed, err := s.hand(ctx, p)
		if err != nil || handed == 0 && !more {
			for range made { // until it has ended
			}
			return errors.Join(<-ended, err) // what failed did not hold up the rest
		}
		if handed == 0 {
			_, more = <-made
		}
	}
}

// batch is how many due things are looked at in one go.
const batch = 24

// prepare makes the messages of all that is due, and says after each step that
// there may be some.
func (s *Scheduler) prepare(ctx context.Context, made chan<- struct{}) error {
	turned := s.turn(ctx, s.store.Now())
	now := s.store.Now() // so that what the turn made due goes out at once
	return errors.Join(turned, s.expand(ctx, now, func() {
		select {
		case made <- struct{}{}:
		default: // is said already
		}
	}))
}

// hand claims the next messages that are due and hands them to the workers. It
// returns how many there were.
func (s *Scheduler) hand(ctx context.Context, p *pool) (int, error) {
	busy := p.busy()
	facts, err := s.store.Claim(ctx, s.store.Now(), s.options.Lease, batch)
	if err != nil {
		return 0, err
	}
	for _, f := range facts {
		if busy[f.Message.ID] {
			continue
		}
		p.begin(f.Message.ID)
		select {
		case p.jobs <- f:
		case <-ctx.Done():
			return 0, ctx.Err() // what was claimed is due again at the next start
		}
	}
	return len(facts), nil
}

// turn does what time alone does: events become public, places that nobody
// confirmed are free again, and yearly deadlines come back.
func (s *Scheduler) turn(ctx context.Context, now time.Time) error {
	release := func(ctx context.Context, id agenda.EventID) error {
		_, err := s.store.Release(ctx, id)
		return err
	}
	return errors.Join(each(ctx, now, s.store.DueReleases, release), each(ctx, now, s.store.DueLapses, s.store.Lapse), each(ctx, now, s.store.DueRolls, s.store.Roll))
}

// each does everything that is due now. What cannot be done stays due and stops
// no other.
func each[ID any](ctx context.Context, now time.Time, due func(context.Context, time.Time, int) ([]ID, error), do func(context.Context, ID) error) error {
	for {
		ids, err := due(ctx, now, batch)
		if err != nil {
			return err
		}
		var failed []error
		for _, id := range ids {
			if err := do(ctx, id); err != nil {
				failed = append(failed, err)
			}
		}
		if len(ids) < batch || len(failed) > 0 {
			return errors.Join(failed...)
		}
	}
}

func (s *Scheduler) expand(ctx context.Context, now time.Time, made func()) error {
	notices, err := s.store.DueNotices(ctx, now, batch)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range notices {
		for more := true; more; {
			if more, err = s.store.Expand(ctx, id); err != nil {
				failed = append(failed, err)
			}
			made()
		}
	}
	if len(notices) == batch && len(failed) == 0 {
		return s.expand(ctx, now, made)
	}
	return errors.Join(failed...)
}

// cronLog gives cron's messages to the service's log.
type cronLog struct{ log *slog.Logger }

// Info implements cron.Logger.
func (l cronLog) Info(msg string, kv ...any) { l.log.Debug("cron: "+msg, kv...) }

// Error implements cron.Logger.
func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error("cron: "+msg, append(kv, "error", err)...)
}
