// Package inbox is where mail comes back to the service: reports on mails that
// did not arrive and answers to calendar invitations are read from an IMAP
// mailbox. Each mail is dealt with once: its use case is booked in the store,
// which may be asked again, and only then is it moved out of the way. What is not
// understood stays in the mailbox as it is, and is listed for the coordinators.
package inbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"widunetz/internal/agenda"
)

// Progress remembers how far the mailbox was read.
type Progress interface {
	Mailbox(ctx context.Context) (agenda.Mailbox, error)
	OpenMailbox(ctx context.Context, validity uint32, there []uint32) (agenda.Mailbox, error)
	FailMailbox(ctx context.Context, text string) error
}

// Tray takes the mails one after the other, by number.
type Tray interface {
	PassMail(ctx context.Context, number uint32) error
	LeaveMail(ctx context.Context, l agenda.LeftMail) error
	LeftMails(ctx context.Context) ([]agenda.LeftMail, error)
}

// Office does what mails ask for. A reason means that it did nothing and a person
// has to look; asking again for the same changes nothing.
type Office interface {
	Bounce(ctx context.Context, b agenda.Bounce) (agenda.LeftWhy, error)
	ReplyMeeting(ctx context.Context, r agenda.CalendarReply) (agenda.LeftWhy, error)
	Now() time.Time
}

// Agenda is the store, as far as a mailbox needs it.
type Agenda interface {
	Progress
	Tray
	Office
}

// Limits of one run.
const (
	maxRun    = 200             // mails; the rest is for the next run
	runWithin = 5 * time.Minute // then the connection is cut
)

// Box reads a mailbox.
type Box struct {
	config  Config
	address address
	secure  *tls.Config
	log     *slog.Logger
	once    sync.Mutex // one run at a time

	crash func(step string) // of tests: the process ends here
}

// New returns what reads the mailbox of the configuration. from is the sender of
// the service's mails.
func New(c Config, from string, log *slog.Logger) (*Box, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("mail.from: %w", err)
	}
	_, domain, _ := strings.Cut(strings.ToLower(sender.Address), "@")
	return &Box{
		config: c, address: newAddress(strings.ToLower(c.Address), domain), log: log,
		secure: &tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12}, crash: func(string) {},
	}, nil
}

// Result counts what one run did.
type Result struct {
	Done, Left int
	Rested     bool // the mailbox is left alone for a while, since it could not be read
}

// ErrDown is returned when the mailbox could not be read. It is noted already.
var ErrDown = errors.New("mailbox cannot be read")

// Read deals with the mails that have come. A mailbox that cannot be read is
// noted and left alone for a while.
func (b *Box) Read(ctx context.Context, a Agenda) (r Result, err error) {
	if !b.once.TryLock() {
		return Result{Rested: true}, nil
	}
	defer b.once.Unlock()
	was, err := a.Mailbox(ctx)
	if err != nil {
		return r, err
	}
	if was.Rests(a.Now()) {
		return Result{Rested: true}, nil
	}
	err = b.run(ctx, a, was, &r)
	if err == nil || ctx.Err() != nil {
		return r, nil // the service ends: nobody's fault
	}
	return r, errors.Join(fmt.Errorf("%w: %w", ErrDown, err), a.FailMailbox(ctx, line(err)))
}

func line(err error) string { return clip(agenda.Line(err.Error()), 300) }

func (b *Box) run(ctx context.Context, a Agenda, was agenda.Mailbox, r *Result) error {
	ctx, cancel := context.WithTimeoutCause(ctx, runWithin, errors.New("took too long"))
	defer cancel()
	s, err := open(ctx, b.config, b.secure)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.prepare(); err != nil {
		return err
	}
	left, err := a.LeftMails(ctx)
	if err != nil {
		return err
	}
	known := make([]uint32, len(left))
	for i, l := range left {
		known[i] = l.Number
	}
	after := was.Last
	if was.Validity != s.validity {
		after, known = 0, nil
	}
	fresh, there, err := s.numbers(after, known)
	if err != nil {
		return err
	}
	if _, err := a.OpenMailbox(ctx, s.validity, there); err != nil {
		return err
	}
	for i, n := range fresh {
		if i == maxRun {
			break
		}
		if err := b.one(ctx, a, s, n, r); err != nil {
			return fmt.Errorf("mail %d: %w", n, err)
		}
	}
	return nil
}

// one deals with one mail: what it asks for is done first, then it is moved, then
// that is noted. Whatever ends the process between, it is looked at again.
func (b *Box) one(ctx context.Context, a Agenda, s *session, n uint32, r *Result) error {
	size, gone, err := s.size(n)
	if err != nil {
		return err
	}
	if gone {
		return a.PassMail(ctx, n) // somebody has moved it meanwhile
	}
	if size > maxMail {
		head, err := s.read(n, imap.PartSpecifierHeader, maxHead)
		if err != nil {
			return err
		}
		r.Left++
		return a.LeaveMail(ctx, left(n, head, agenda.LeftSize))
	}
	raw, err := s.read(n, imap.PartSpecifierNone, maxMail)
	if err != nil {
		return err
	}
	why, err := b.handle(ctx, a, raw)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		b.log.Error("mail from the mailbox could not be dealt with", "number", n, "error", err)
		why = agenda.LeftFailed
	}
	if why != "" {
		r.Left++
		return a.LeaveMail(ctx, left(n, raw, why))
	}
	b.crash("booked")
	if err := s.done(n); err != nil {
		return err
	}
	b.crash("moved")
	r.Done++
	return a.PassMail(ctx, n)
}

// handle does what a mail asks for. It returns why that is not clear.
func (b *Box) handle(ctx context.Context, a Office, raw []byte) (agenda.LeftWhy, error) {
	p, err := parse(raw)
	if err != nil {
		return agenda.LeftBroken, nil
	}
	if bounce, why, ok := b.address.report(p); ok {
		if why != "" {
			return why, nil
		}
		return a.Bounce(ctx, bounce)
	}
	if reply, why, ok := b.address.reply(p); ok {
		if why != "" {
			return why, nil
		}
		return a.ReplyMeeting(ctx, reply)
	}
	if p.automatic() {
		return "", nil // an answering machine wants nothing
	}
	return agenda.LeftOther, nil
}

// Check opens the mailbox and says how many mails are in its folder.
func (b *Box) Check(ctx context.Context) (mails int, err error) {
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	s, err := open(ctx, b.config, b.secure)
	if err != nil {
		return 0, err
	}
	defer s.close()
	return int(s.mails), s.prepare()
}
