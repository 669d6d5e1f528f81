package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// AcceptEvent accepts an event, to become public at the time given; without one
// (zero) it waits for a coordinator, and a time that has come is now. Of an
// accepted event it changes that time. Its submitter is told, after the quiet
// time: what is decided otherwise meanwhile is one mail.
func (s *Store) AcceptEvent(ctx context.Context, actor agenda.Actor, id agenda.EventID, at agenda.Local, seen time.Time) (agenda.Event, error) {
	e, err := s.decide(ctx, actor, id, seen, func(t *tx, e agenda.Event) (agenda.Event, error) { return e.Accept(at, t.now, t.clock.Loc) })
	if err != nil {
		err = fmt.Errorf("accept event %s: %w", id, err)
	}
	return e, err
}

func (s *Store) decide(ctx context.Context, actor agenda.Actor, id agenda.EventID, seen time.Time, rule func(*tx, agenda.Event) (agenda.Event, error)) (e agenda.Event, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		old, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		if !seen.IsZero() && !seen.Equal(old.Changed) {
			return agenda.ErrConflict
		}
		if e, err = rule(t, old); err != nil || e.Changed.Equal(old.Changed) {
			return err
		}
		return t.decided(old, e, true)
	})
	return e, err
}

// decided writes an event on which was decided, and tells its editors if tell.
func (t *tx) decided(old, e agenda.Event, tell bool) error {
	verb := string(e.Review)
	var changes []agenda.Change
	if old.Review == agenda.Accepted && e.Review == agenda.Accepted {
		verb = "rescheduled"
	}
	if e.Review == agenda.Accepted {
		changes = append(changes, agenda.Change{Field: "release", Old: old.Release.String(), New: e.Release.String()})
		if old.Release == e.Release {
			changes = nil
		}
	}
	if err := t.keepEvent(&old, e, verb, changes, agenda.Telling{Sentence: e.Reason}); err != nil || !tell {
		return err
	}
	switch e.Review {
	case agenda.Accepted:
		return t.tellApproved(e)
	case agenda.Published:
		return t.tellEditors(agenda.KindAccepted, e, t.id, "")
	case agenda.Returned:
		return t.tellEditors(agenda.KindReturned, e, t.id, e.Reason)
	}
	return nil
}

// tellApproved mails those who edit the event that it will be public. It
// waits for the quiet time, and is taken back when the event becomes public or
// is decided on otherwise before.
func (t *tx) tellApproved(e agenda.Event) error {
	if ok, err := t.reachable(e); err != nil || !ok {
		return err
	}
	return t.notify(agenda.Notice{
		ID: agenda.ApprovedID(e.ID), Kind: agenda.KindApproved, Subject: aboutEvent(e), To: agenda.Audience{Of: agenda.Ref{Kind: agenda.AboutEditors, ID: string(e.ID)}},
		Due: t.now.Add(t.clock.Quiet), Mark: t.id, Made: t.now,
	})
}

// releaseKey is where an event stands in the index of what becomes public.
func releaseKey(e agenda.Event, loc *time.Location) string {
	return kv.Key(kDue, "r", kv.Time(e.Release.In(loc)), string(e.ID))
}

// placeRelease keeps the index of what becomes public: an event stands in it as
// long as it is accepted and has a time.
func (t *tx) placeRelease(old *agenda.Event, e agenda.Event) error {
	if old != nil && !old.Release.IsZero() && old.Release != e.Release {
		t.Delete(releaseKey(*old, t.clock.Loc))
	}
	if !e.Release.IsZero() && (old == nil || old.Release != e.Release) {
		t.Put(releaseKey(e, t.clock.Loc), nil)
	}
	if old != nil && old.Review == agenda.Accepted && e.Review != agenda.Accepted {
		return t.silence(agenda.ApprovedID(e.ID))
	}
	return nil
}

// DueReleases returns up to limit events whose time of release has come at now,
// the oldest first. What it costs depends on what is due, not on how much is
// stored.
func (s *Store) DueReleases(ctx context.Context, now time.Time, limit int) ([]agenda.EventID, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.EventID, error) {
		pairs, err := due(tx, "r", now, limit)
		out := make([]agenda.EventID, len(pairs))
		for i, p := range pairs {
			out[i] = agenda.EventID(lastPart(p.Key))
		}
		return out, err
	})
}

// Release publishes an event whose time has come, and reports whether it did.
// The time is taken out of the index in the same transaction: whatever ticks,
// stops or starts anew, an event becomes public once. A damaged event stops no
// other; check reports it.
func (s *Store) Release(ctx context.Context, id agenda.EventID) (done bool, err error) {
	err = s.update(ctx, agenda.Actor{}, func(t *tx) error {
		done = false
		place, err := t.duePlace(id)
		if err != nil || place.Key == "" {
			return err // another tick was faster
		}
		t.Delete(place.Key)
		old, err := get[agenda.Event](t, eventKey(id))
		if errors.Is(err, agenda.ErrNotFound) || errors.Is(err, kv.ErrCorrupt) {
			return nil
		}
		if err != nil {
			return err
		}
		if !old.ReleaseDue(t.now, t.clock.Loc) {
			if old.Review == agenda.Accepted && !old.Release.IsZero() {
				t.Put(releaseKey(old, t.clock.Loc), nil) // the service was moved to another place in time
			}
			return nil
		}
		e, err := old.Decide(agenda.Published, "", t.now)
		if err != nil {
			return err
		}
		done = true
		if string(place.Value) == quiet {
			t.Put(freshKey(e.ID), []byte(quiet))
		}
		return t.decided(old, e, string(place.Value) != quiet)
	})
	if err != nil {
		err = fmt.Errorf("release event %s: %w", id, err)
	}
	return done, err
}

// duePlace finds the event in the index of what is to be public by now.
func (t *tx) duePlace(id agenda.EventID) (kv.Pair, error) {
	lo, _ := kv.Prefix(kDue, "r")
	for p, err := range t.Scan(lo, kv.Key(kDue, "r", kv.Time(t.now.Add(time.Millisecond)))) {
		if err != nil || lastPart(p.Key) == string(id) {
			return p, err
		}
	}
	return kv.Pair{}, nil
}

// nextRelease returns when the next event becomes public.
func nextRelease(tx kv.Tx, loc *time.Location) (at time.Time, ok bool, err error) {
	for p, err := range tx.Scan(kv.Prefix(kDue, "r")) {
		if err != nil {
			return at, false, err
		}
		e, err := get[agenda.Event](tx, eventKey(agenda.EventID(lastPart(p.Key))))
		return e.Release.In(loc), err == nil && !e.Release.IsZero(), err
	}
	return at, false, nil
}

// quiet marks what becomes public without a mail: it was public, and told,
// after the backup from which it was restored.
const quiet = "quiet"

// quietReleases marks the releases that were due before a restore.
func quietReleases(ctx context.Context, db kv.DB, soon string) error {
	lo, _ := kv.Prefix(kDue, "r")
	for lo != "" {
		next := ""
		err := db.Update(ctx, func(tx kv.RW) error {
			next = ""
			var keys []string
			for p, err := range tx.Scan(lo, kv.Key(kDue, "r", soon)) {
				if err != nil {
					return err
				}
				if len(keys) == expandBatch {
					next = p.Key
					break
				}
				keys = append(keys, p.Key)
			}
			for _, key := range keys {
				tx.Put(key, []byte(quiet))
			}
			return nil
		})
		if err != nil {
			return err
		}
		lo = next
	}
	return nil
}

// Together says what became of a use case for many events.
type Together struct {
	Done        int
	Skipped     int // were not in question any more, or the time is after their beginning
	Rested      int // were asked less than a day ago
	Unreachable int // name no address
}

// A transaction takes so many events: more than thirty writes each when they become
// public (with five reminders, and subscribers to tell), five when their submitters are asked.
const (
	releaseTogether = 2
	askTogether     = 15
)

// AcceptedOf returns the events of an edition that are accepted and not public
// yet, by start.
func (s *Store) AcceptedOf(ctx context.Context, year int) ([]agenda.Event, error) {
	events, err := s.Events(ctx, year)
	return slices.DeleteFunc(events, func(e agenda.Event) bool { return e.Edition != year || e.Review != agenda.Accepted }), err
}

// ReleaseEdition publishes all accepted events of an edition now.
func (s *Store) ReleaseEdition(ctx context.Context, actor agenda.Actor, year int) (Together, error) {
	return s.acceptedTogether(ctx, actor, year, func(t *tx, e agenda.Event) (agenda.Event, error) { return e.Decide(agenda.Published, "", t.now) })
}

// ScheduleEdition gives all accepted events of an edition one time of release;
// zero takes the times away, a time that has come publishes. Events that begin
// before it keep what they have.
func (s *Store) ScheduleEdition(ctx context.Context, actor agenda.Actor, year int, at agenda.Local) (Together, error) {
	return s.acceptedTogether(ctx, actor, year, func(t *tx, e agenda.Event) (agenda.Event, error) { return e.Accept(at, t.now, t.clock.Loc) })
}

// acceptedTogether decides on the accepted events of an edition, some in a
// transaction. One on which was decided meanwhile is left alone.
func (s *Store) acceptedTogether(ctx context.Context, actor agenda.Actor, year int, rule func(*tx, agenda.Event) (agenda.Event, error)) (done Together, err error) {
	if _, err := s.Edition(ctx, year); err != nil {
		return done, err
	}
	events, err := s.AcceptedOf(ctx, year)
	if err != nil {
		return done, err
	}
	for batch := range slices.Chunk(events, releaseTogether) {
		var n Together
		err := s.update(ctx, actor, func(t *tx) error {
			n = Together{}
			for _, e := range batch {
				if err := t.acceptedOne(e.ID, rule, &n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return done, fmt.Errorf("release edition %d: %w", year, err)
		}
		done.Done, done.Skipped = done.Done+n.Done, done.Skipped+n.Skipped
	}
	return done, nil
}

func (t *tx) acceptedOne(id agenda.EventID, rule func(*tx, agenda.Event) (agenda.Event, error), n *Together) error {
	old, err := get[agenda.Event](t, eventKey(id))
	if errors.Is(err, agenda.ErrNotFound) || err == nil && old.Review != agenda.Accepted {
		n.Skipped++
		return nil
	}
	if err != nil {
		return err
	}
	e, err := rule(t, old)
	var problems agenda.Problems
	if errors.As(err, &problems) {
		n.Skipped++
		return nil
	}
	if err != nil {
		return err
	}
	n.Done++
	if e.Changed.Equal(old.Changed) {
		return nil
	}
	return t.decided(old, e, true)
}
