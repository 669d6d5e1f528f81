package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// monthPart names a month in keys; later ones sort behind.
func monthPart(d agenda.Date) string { return d.String()[:len("2006-01")] }

// alsoKeys are the index entries of the further dates of an event: one for each
// month in which there is one. There are few of them however many dates there
// are, and a list of some days reads the courses of a month or two.
func alsoKeys(e agenda.Event) map[string]bool {
	keys := map[string]bool{}
	for _, d := range e.Further {
		keys[kv.Key(kAlso, monthPart(d.Start.Date), string(e.ID))] = true
	}
	return keys
}

// indexDates writes under which days an event is found, as far as that changed.
func (t *tx) indexDates(old *agenda.Event, e agenda.Event) {
	if old != nil && (old.Start != e.Start || old.Year() != e.Year()) {
		t.Delete(kv.Key(kOn, yearPart(old.Year()), old.Start.String(), string(e.ID)))
	}
	t.Put(kv.Key(kOn, yearPart(e.Year()), e.Start.String(), string(e.ID)), nil)
	now, before := alsoKeys(e), map[string]bool{}
	if old != nil {
		before = alsoKeys(*old)
	}
	for key := range before {
		if !now[key] {
			t.Delete(key)
		}
	}
	for key := range now {
		if !before[key] {
			t.Put(key, nil)
		}
	}
}

func (t *tx) unindexDates(e agenda.Event) {
	t.Delete(kv.Key(kOn, yearPart(e.Year()), e.Start.String(), string(e.ID)))
	for key := range alsoKeys(e) {
		t.Delete(key)
	}
}

// idsBetween returns the events of which a date may begin in the span of days,
// both included, each once. It looks at what has a date in its months, not at
// the whole programme.
func idsBetween(tx kv.Tx, from, until agenda.Date) (ids []agenda.EventID, err error) {
	look := func(lo, hi string) error {
		for p, err := range tx.Scan(lo, hi) {
			if err != nil {
				return err
			}
			if id := agenda.EventID(lastPart(p.Key)); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		return nil
	}
	// An edition's event can lie in another year than its address.
	for year := from.Year - 1; year <= until.Year+1; year++ {
		if err := look(kv.Key(kOn, yearPart(year), from.String()), kv.Key(kOn, yearPart(year), until.AddDays(1).String())); err != nil {
			return nil, err
		}
	}
	_, hi := kv.Prefix(kAlso, monthPart(until))
	return ids, look(kv.Key(kAlso, monthPart(from)), hi)
}

// eventsBetween returns those events.
func eventsBetween(tx kv.Tx, from, until agenda.Date) ([]agenda.Event, error) {
	ids, err := idsBetween(tx, from, until)
	if err != nil {
		return nil, err
	}
	out := make([]agenda.Event, len(ids))
	for i, id := range ids {
		if out[i], err = get[agenda.Event](tx, eventKey(id)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// appendNew appends the events that are not in the list yet.
func appendNew(list, more []agenda.Event) []agenda.Event {
	for _, e := range more {
		if !slices.ContainsFunc(list, func(o agenda.Event) bool { return o.ID == e.ID }) {
			list = append(list, e)
		}
	}
	return list
}

// EventsBetween returns the events in every state of which a date may begin in
// the span of days, both included. What it costs depends on the events of those
// days' months.
func (s *Store) EventsBetween(ctx context.Context, from, until agenda.Date) ([]agenda.Event, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Event, error) { return eventsBetween(tx, from, until) })
}

// TurnDate cancels one date of an event, or restores it; the others stay as they
// are. With tell.Mail its watchers are told.
func (s *Store) TurnDate(ctx context.Context, actor agenda.Actor, id agenda.EventID, no int, off bool, seen time.Time, tell agenda.Telling) (e agenda.Event, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		old, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		var changes []agenda.Change
		if e, changes, err = old.TurnDate(no, off, t.now); err != nil || len(changes) == 0 {
			return err
		}
		if !seen.IsZero() && !seen.Equal(old.Changed) {
			return agenda.ErrConflict
		}
		if err := t.tellChange(old, e, &tell); err != nil {
			return err
		}
		verb := "date_restored"
		if off {
			verb = "date_cancelled"
		}
		return t.keepEvent(&old, e, verb, changes, tell)
	})
	if err != nil {
		err = fmt.Errorf("date %d of event %s: %w", no, id, err)
	}
	return e, err
}

// tellChange plans the mail that tells of another time or place of an event or
// of one of its dates. tell.Mail says afterwards whether there will be one.
func (t *tx) tellChange(old, e agenda.Event, tell *agenda.Telling) error {
	last := old.Until() // of a date that was taken out, too
	if e.Until().After(last) {
		last = e.Until()
	}
	// Of what does not take place only that is told.
	tell.Mail = tell.Mail && e.Public() && e.Standing == agenda.Scheduled && last.In(t.clock.Loc).After(t.now)
	if !tell.Mail {
		return nil
	}
	starts := []agenda.Local{old.Start, e.Start}
	for _, d := range old.Differences(e.EventDetails) {
		for _, one := range []*agenda.EventDate{d.Was, d.Now} {
			if one != nil {
				starts = append(starts, one.Start)
			}
		}
	}
	n := t.noticeOfEvent(agenda.KindChange, e, *tell)
	n.WasEvent, n.Deadline = &old.EventDetails, last.In(t.clock.Loc)
	return t.gather(n, t.clock.Soon(t.now, starts...))
}

// remindOn places the reminders that follow one of a course that was expanded:
// only the next ones wait at a time. They are looked for from its due time on,
// so that none is passed over after the service was down.
func (t *tx) remindOn(n agenda.Notice) error {
	if n.Kind == agenda.KindAssignment {
		return t.remindAssignmentsOn(n)
	}
	if n.Kind != agenda.KindReminder {
		return nil
	}
	e, ed, err := t.course(n.Subject)
	if err != nil || !e.Course() {
		return err
	}
	return t.remind(n.Subject, t.clock.EventReminders(e, ed, n.Due))
}

// ofCourse reports whether a reminder is about one of several dates of an event,
// and whether it is of use: a mail about another of the dates has not said what
// it says, and of several overdue ones of one date only the latest goes out.
func (t *tx) ofCourse(n agenda.Notice) (course, use bool, err error) {
	e, ed, err := t.course(n.Subject)
	if err != nil || !e.Course() {
		return false, false, err
	}
	return true, !t.clock.Overtaken(n, e, ed, t.now), nil
}

// course returns the event that a notice is about, and its edition with the leads
// of its reminders; empty ones if it is about something else.
func (t *tx) course(about agenda.Ref) (e agenda.Event, ed agenda.Edition, err error) {
	if about.Kind != agenda.AboutEvent {
		return e, ed, nil
	}
	if e, err = get[agenda.Event](t, eventKey(agenda.EventID(about.ID))); err != nil {
		return e, ed, ignoreNotFound(err)
	}
	ed, err = get[agenda.Edition](t, editionKey(e.Edition))
	if err := ignoreNotFound(err); err != nil {
		return e, ed, err
	}
	h, err := get[agenda.House](t, houseKey(e.ID))
	if h.Leads != nil { // its organiser said when
		ed.Leads = h.Leads
	}
	return e, ed, ignoreNotFound(err)
}

// RemindCourses places reminders for courses of which none waits: a restore
// holds back what was due, and with it what would have placed the next ones. It
// looks at the courses with a date to come only.
func (s *Store) RemindCourses(ctx context.Context) error {
	today := s.Today()
	courses, err := view(ctx, s, func(tx kv.Tx) ([]agenda.Event, error) {
		_, hi := kv.Prefix(kAlso)
		events, err := eventsIn(tx, kv.Key(kAlso, monthPart(today)), hi)
		return appendNew(nil, events), err
	})
	if err != nil {
		return err
	}
	for _, e := range courses {
		waits, err := view(ctx, s, func(tx kv.Tx) (bool, error) {
			have, err := noticesLike(tx, "r."+agenda.AboutEvent+"."+string(e.ID)+".")
			return slices.ContainsFunc(have, func(n agenda.Notice) bool { return !n.Done }), err
		})
		if err != nil {
			return err
		}
		if waits {
			continue
		}
		err = s.update(ctx, agenda.Actor{}, func(t *tx) error {
			return t.remindOn(agenda.Notice{Kind: agenda.KindReminder, Subject: aboutEvent(e), Due: t.now})
		})
		if err != nil {
			return fmt.Errorf("place reminders of event %s: %w", e.ID, err)
		}
	}
	return nil
}
