package scheduler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"sync"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/letter"
	"widunetz/internal/store"
)

// pool sends letters side by side.
type pool struct {
	s        *Scheduler
	jobs     chan agenda.Facts
	bookings chan booking
	stopped  func() bool // no further letter is begun
	workers  sync.WaitGroup
	booker   sync.WaitGroup

	mu       sync.Mutex
	result   Result
	underWay map[agenda.MessageID]bool
}

func (s *Scheduler) newPool(ctx context.Context) *pool {
	p := &pool{s: s, stopped: func() bool { return ctx.Err() != nil }, jobs: make(chan agenda.Facts, batch), bookings: make(chan booking, s.options.Workers), underWay: map[agenda.MessageID]bool{}}
	// A letter that is under way is finished even when the service ends.
	finish := context.WithoutCancel(ctx)
	for range s.options.Workers {
		p.workers.Go(func() { p.work(finish) })
	}
	p.booker.Go(func() { p.bookAll(finish) })
	return p
}

// busy returns the messages that are under way. Their leases can have ended
// meanwhile, when they waited long for their turn or the clock was set on:
// whoever claims them again must not attempt them again.
func (p *pool) busy() map[agenda.MessageID]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.underWay)
}

func (p *pool) begin(id agenda.MessageID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.underWay[id] = true
}

func (p *pool) end(id agenda.MessageID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.underWay, id)
}

func (p *pool) wait() {
	close(p.jobs)
	p.workers.Wait()
	close(p.bookings)
	p.booker.Wait()
}

func (p *pool) waitAtMost(d time.Duration) {
	ended := make(chan struct{})
	go func() {
		p.wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(d):
		p.s.options.Log.Warn("letters under way are given up; they are tried again at the next start", "letters", len(p.busy()))
	}
}

// work sends one letter after the other. While one is booked the next is sent,
// but not the one after that: a kill can double two letters per worker at most.
func (p *pool) work(ctx context.Context) {
	booked := make(chan struct{}, 1)
	booked <- struct{}{}
	for f := range p.jobs {
		if p.stopped() {
			continue // it stays claimed, and is due again at the next start
		}
		b := p.attempt(ctx, f)
		<-booked
		p.bookings <- booking{b, f.Message.ID, booked}
	}
	<-booked
}

// booking is the result of an attempt on its way into the store, and who waits
// for it.
type booking struct {
	store.Booking
	id     agenda.MessageID
	booked chan<- struct{}
}

// gather is how long a booking waits for those of the other workers: one synced
// write for all of them.
const gather = 2 * time.Millisecond

// bookAll books results, those of several workers together.
func (p *pool) bookAll(ctx context.Context) {
	for first := range p.bookings {
		group := p.gather(first)
		bookings := make([]store.Booking, len(group))
		for i, b := range group {
			bookings[i] = b.Booking
		}
		if err := p.s.store.Book(ctx, bookings...); err != nil {
			p.bookEach(ctx, group)
		}
		for _, b := range group {
			p.end(b.id)
			b.booked <- struct{}{}
		}
	}
}

func (p *pool) gather(first booking) []booking {
	group := []booking{first}
	late := time.After(gather)
	// No more can come than are under way.
	for len(group) < min(p.s.options.Workers, store.BookMost, len(p.busy())) {
		select {
		case b, ok := <-p.bookings:
			if !ok {
				return group
			}
			group = append(group, b)
		case <-late:
			return group
		}
	}
	return group
}

// bookEach books results alone: one that cannot be booked hurts no other.
func (p *pool) bookEach(ctx context.Context, group []booking) {
	for _, b := range group {
		if err := p.s.store.Book(ctx, b.Booking); err != nil {
			p.s.options.Log.Error("attempt could not be booked", "message", b.id, "error", err)
		}
	}
}

// attempt makes one attempt at a message and returns what is to be booked of it.
func (p *pool) attempt(ctx context.Context, f agenda.Facts) store.Booking {
	l, err := p.compose(f)
	if errors.Is(err, letter.ErrNothing) {
		p.count(func(r *Result) { r.Dropped++ })
		return store.Ended(f.Message, agenda.MessageDropped, "")
	}
	d := agenda.Delivery{Outcome: agenda.RefusedForUs}
	if err != nil {
		d.Text = agenda.Line(err.Error())
		p.s.options.Log.Error("letter could not be written", "message", f.Message.ID, "error", err)
	} else {
		d = p.send(ctx, l)
	}
	p.count(func(r *Result) {
		switch d.Outcome {
		case agenda.Delivered:
			r.Sent++
		case agenda.TryAgain, agenda.Ambiguous:
			r.Later++
		default:
			r.Failed++
		}
	})
	return store.Settled(f.Message, f.Email, d).Carrying(f.Calling())
}

// compose turns a panic of a template into an error of one letter.
func (p *pool) compose(f agenda.Facts) (l letter.Letter, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("letter panicked: %v", r)
			p.s.options.Log.Error("letter panicked", "message", f.Message.ID, "stack", string(debug.Stack()))
		}
	}()
	return p.s.composer.Compose(f)
}

// send turns a panic on the way to the mail server into a failed attempt.
func (p *pool) send(ctx context.Context, l letter.Letter) (d agenda.Delivery) {
	defer func() {
		if r := recover(); r != nil {
			d = agenda.Delivery{Outcome: agenda.TryAgain, Text: agenda.Line(fmt.Sprintf("sending panicked: %v", r))}
			p.s.options.Log.Error("sending panicked", "message", l.ID, "stack", string(debug.Stack()))
		}
	}()
	return p.s.sender.Send(ctx, l)
}

func (p *pool) count(add func(*Result)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	add(&p.result)
}
