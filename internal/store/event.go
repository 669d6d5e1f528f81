package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func aboutEvent(e agenda.Event) agenda.Ref {
	return agenda.Ref{Kind: agenda.AboutEvent, ID: string(e.ID)}
}

// Event returns one event.
func (s *Store) Event(ctx context.Context, id agenda.EventID) (agenda.Event, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Event, error) { return get[agenda.Event](tx, eventKey(id)) })
}

// EventBySlug returns the event with that address.
func (s *Store) EventBySlug(ctx context.Context, year int, slug string) (agenda.Event, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Event, error) {
		id, err := tx.Get(kv.Key(kSlug, yearPart(year), idPart(slug)))
		if errors.Is(err, kv.ErrNotFound) {
			return agenda.Event{}, agenda.ErrNotFound
		}
		if err != nil {
			return agenda.Event{}, err
		}
		return get[agenda.Event](tx, eventKey(agenda.EventID(id)))
	})
}

// Events returns all events with an address in the year (0: of all years), in
// every state, by start.
func (s *Store) Events(ctx context.Context, year int) ([]agenda.Event, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Event, error) {
		lo, hi := kv.Prefix(kOn)
		if year != 0 {
			lo, hi = kv.Prefix(kOn, yearPart(year))
		}
		return eventsIn(tx, lo, hi)
	})
}

func eventsIn(tx kv.Tx, lo, hi string) ([]agenda.Event, error) {
	var out []agenda.Event
	for p, err := range tx.Scan(lo, hi) {
		if err != nil {
			return nil, err
		}
		e, err := get[agenda.Event](tx, eventKey(agenda.EventID(lastPart(p.Key))))
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// eventsOn returns the public events that overlap the span, as clashes: each of
// their dates that began less than a week before it.
func eventsOn(tx kv.Tx, start, end agenda.Local) ([]agenda.Clash, error) {
	events, err := eventsBetween(tx, start.Date.AddDays(-7), end.Date)
	if err != nil {
		return nil, err
	}
	var out []agenda.Clash
	for _, e := range events {
		if !e.Public() || e.Standing != agenda.Scheduled {
			continue
		}
		for _, d := range e.Dates() {
			if !d.Off && d.Start.DaysTo(start.Date) < 7 && agenda.Overlap(start, end, d.Start, d.End) {
				out = append(out, agenda.Clash{With: aboutEvent(e), Title: e.Title, Start: d.Start, End: d.End})
			}
		}
	}
	return out, nil
}

// AddEvent adds an event on behalf of the coordinators, submitted or published.
// once, when not empty, names the form: sent twice it makes one event.
func (s *Store) AddEvent(ctx context.Context, actor agenda.Actor, edition int, d agenda.EventDetails, review agenda.Review, once string) (e agenda.Event, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		var known bool
		if e, known, err = t.added(once); err != nil || known {
			return err
		}
		e, err = t.addEvent(edition, d, review, false)
		return err
	})
	return e, err
}

// added finds the event that a form made when it was sent before; if there is
// none, the next one gets the identifier that belongs to the form.
func (t *tx) added(once string) (e agenda.Event, known bool, err error) {
	if once == "" {
		return e, false, nil
	}
	t.id = formID(once)
	e, err = get[agenda.Event](t, eventKey(agenda.EventID(t.id)))
	if errors.Is(err, agenda.ErrNotFound) {
		return e, false, nil
	}
	return e, err == nil, err
}

func (t *tx) addEvent(edition int, d agenda.EventDetails, review agenda.Review, submitted bool) (agenda.Event, error) {
	d = d.Clean()
	check := func() error { return d.Check(submitted, t.clock.Loc) }
	if review == agenda.Reserved {
		check = func() error { return d.CheckReserved(t.clock.Loc) }
	}
	if err := check(); err != nil {
		return agenda.Event{}, err
	}
	now := agenda.Rise(time.Time{}, t.now)
	e := agenda.Event{
		ID: agenda.EventID(t.id), Edition: edition,
		Review: review, Standing: agenda.Scheduled, Created: now, Changed: now, Since: now,
	}
	e = e.With(d)
	if review == agenda.Published {
		e.Released = now
	}
	var err error
	if e.Slug, err = t.slug(e); err != nil {
		return e, err
	}
	return e, t.keepEvent(nil, e, "added", nil, agenda.Telling{})
}

// slug finds an address for the event that no other has.
func (t *tx) slug(e agenda.Event) (string, error) {
	base := agenda.Slug(e.Title)
	if base == "" || slices.Contains(agenda.ProgrammePages, base) {
		base = "veranstaltung"
	}
	for n := 1; ; n++ {
		slug := base
		if n > 1 {
			slug += "-" + strconv.Itoa(n)
		}
		if _, err := t.Get(kv.Key(kSlug, yearPart(e.Year()), slug)); errors.Is(err, kv.ErrNotFound) {
			return slug, nil
		} else if err != nil {
			return "", err
		}
	}
}

// keepEvent writes an event, its indexes, its reminders, its history and, if
// the public sees a difference, the revision of the programme.
func (t *tx) keepEvent(old *agenda.Event, e agenda.Event, verb string, changes []agenda.Change, tell agenda.Telling) error {
	if e.Review == agenda.Draft {
		ed, err := get[agenda.Edition](t, editionKey(e.Edition))
		if err := ignoreNotFound(err); err != nil {
			return err
		}
		return t.keepDraft(e, ed)
	}
	put(t, eventKey(e.ID), e)
	t.indexDates(old, e)
	t.Put(kv.Key(kSlug, yearPart(e.Year()), e.Slug), []byte(e.ID))
	if err := t.placeRelease(old, e); err != nil {
		return err
	}
	t.record(agenda.Entry{Subject: aboutEvent(e), Verb: verb, Title: e.Title, Changes: changes, Note: tell.Sentence, Mail: tell.Mail, Version: e.Version()})
	ed, err := get[agenda.Edition](t, editionKey(e.Edition))
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	h, err := get[agenda.House](t, houseKey(e.ID))
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	if err := t.remind(aboutEvent(e), t.eventReminders(e, ed, h)); err != nil {
		return err
	}
	if err := t.askVisitors(e); err != nil {
		return err
	}
	if err := errors.Join(t.thank(e), t.countHeads(e)); err != nil {
		return err
	}
	if err := t.placesOf(old, e, h); err != nil {
		return err
	}
	if err := t.announce(old, e); err != nil {
		return err
	}
	if e.Public() || old != nil && old.Public() {
		return t.touch(Programme, string(e.ID))
	}
	return nil
}

// EditSubmission gives an event new details on behalf of one of its editors. One
// that was sent back is submitted again; an accepted one as well if the
// coordinators have to look again (agenda.Event.Reopens); of a published one it is
// a proposal. A withdrawn one is left to the coordinators: ErrState. agreed is as in
// SubmitEvent, for those who have not agreed yet.
func (s *Store) EditSubmission(ctx context.Context, token string, d agenda.EventDetails, seen time.Time, agreed bool) (e agenda.Event, err error) {
	err = s.byEditor(ctx, token, forSubmission, func(t *tx, old agenda.Event) error {
		e = old
		if old.Public() {
			e, err = t.propose(old, d, seen)
			return err
		}
		if !old.Editable() || old.Review == agenda.Draft { // a draft is filled in and sent
			return agenda.ErrState
		}
		if seen.Equal(old.Version()) {
			seen = old.Changed // a proposal of when it was public makes no difference any more
		}
		after, changes, err := old.Change(d, true, seen, t.now, t.clock.Loc)
		if err != nil {
			return err
		}
		verb := "changed"
		if old.Review == agenda.Returned || old.Review == agenda.Reserved || old.Reopens(after.EventDetails) {
			if after, err = after.Decide(agenda.Submitted, "", t.now); err != nil {
				return err
			}
			verb = map[agenda.Review]string{agenda.Returned: "resubmitted", agenda.Reserved: "completed", agenda.Accepted: "reopened"}[old.Review]
		}
		ed, err := get[agenda.Edition](t, editionKey(after.Edition))
		if err != nil && (after.Edition != 0 || !errors.Is(err, agenda.ErrNotFound)) {
			return err
		}
		if after, err = ed.Agree(after, agreed, t.now); err != nil {
			return err
		}
		if len(changes) == 0 && verb == "changed" && after.AcceptedTerms.Equal(old.AcceptedTerms) {
			return nil
		}
		e = after
		return t.keepEvent(&old, after, verb, changes, agenda.Telling{})
	})
	return e, err
}

// ResendSubmission mails whoever submitted the event a new link and makes the
// old one worthless.
func (s *Store) ResendSubmission(ctx context.Context, actor agenda.Actor, id agenda.EventID) error {
	return s.update(ctx, actor, func(t *tx) error {
		e, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		e.EditGen++
		put(t, eventKey(id), e)
		t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "link_renewed", Title: e.Title, Mail: true})
		return t.tellEditor(agenda.KindReceived, e, e.First(), t.id, "")
	})
}

// DecideEvent publishes or accepts an event, returns it with a reason, or
// withdraws it. Its submitter is told of all but the last.
func (s *Store) DecideEvent(ctx context.Context, actor agenda.Actor, id agenda.EventID, to agenda.Review, reason string, seen time.Time) (agenda.Event, error) {
	e, err := s.decide(ctx, actor, id, seen, func(t *tx, e agenda.Event) (agenda.Event, error) { return e.Decide(to, reason, t.now) })
	if err != nil {
		err = fmt.Errorf("decide on event %s: %w", id, err)
	}
	return e, err
}

// ChangeEvent gives an event new details. With tell.Mail its watchers are told
// if it is public, after the quiet time or at once when the date is near.
func (s *Store) ChangeEvent(ctx context.Context, actor agenda.Actor, id agenda.EventID, d agenda.EventDetails, seen time.Time, tell agenda.Telling) (e agenda.Event, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		e, err = t.changeEvent(id, d, seen, tell)
		return err
	})
	if err != nil {
		err = fmt.Errorf("change event %s: %w", id, err)
	}
	return e, err
}

func (t *tx) changeEvent(id agenda.EventID, d agenda.EventDetails, seen time.Time, tell agenda.Telling) (agenda.Event, error) {
	old, err := get[agenda.Event](t, eventKey(id))
	if err != nil {
		return old, err
	}
	e, changes, err := old.Change(d, false, seen, t.now, t.clock.Loc)
	if err != nil || len(changes) == 0 {
		return old, err
	}
	if err := t.tellChange(old, e, &tell); err != nil {
		return e, err
	}
	verb := "changed"
	if old.Start != e.Start || slices.ContainsFunc(old.Differences(e.EventDetails), agenda.Difference.Moved) {
		verb = "moved"
	}
	return e, t.keepEvent(&old, e, verb, changes, tell)
}

func (t *tx) noticeOfEvent(kind agenda.Kind, e agenda.Event, tell agenda.Telling) agenda.Notice {
	return agenda.Notice{
		Kind: kind, Subject: aboutEvent(e), To: agenda.Audience{Of: aboutEvent(e)},
		Deadline: e.Until().In(t.clock.Loc), Sentence: tell.Sentence,
	}
}

// StandEvent says whether an event takes place (scheduled, postponed,
// cancelled) and whether it is fully booked.
func (s *Store) StandEvent(ctx context.Context, actor agenda.Actor, id agenda.EventID, to agenda.Standing, full bool, seen time.Time, tell agenda.Telling) (e agenda.Event, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		old, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		if !seen.IsZero() && !seen.Equal(old.Changed) {
			return agenda.ErrConflict
		}
		e = old.Stand(to, t.now)
		if e.FullyBooked != full {
			e.FullyBooked, e.Changed = full, agenda.Rise(e.Changed, t.now)
		}
		if e.Changed.Equal(old.Changed) {
			return nil
		}
		tell.Mail = tell.Mail && e.Public() && old.Standing != to && e.Until().In(t.clock.Loc).After(t.now)
		if err := t.tellStanding(old, e, tell); err != nil {
			return err
		}
		return t.keepEvent(&old, e, "standing_"+string(to), []agenda.Change{
			{Field: "standing", Old: string(old.Standing), New: string(to)},
			{Field: "full", Old: strconv.FormatBool(old.FullyBooked), New: strconv.FormatBool(full)},
		}, tell)
	})
	if err != nil {
		err = fmt.Errorf("standing of event %s: %w", id, err)
	}
	return e, err
}

func (t *tx) tellStanding(old, e agenda.Event, tell agenda.Telling) error {
	pending, err := t.pending(aboutEvent(e))
	if err != nil {
		return err
	}
	if old.Standing != e.Standing && undoes(e.Standing == agenda.Scheduled, pending) {
		return t.undo(*pending)
	}
	if !tell.Mail {
		return nil
	}
	kind := agenda.KindCancellation
	if e.Standing == agenda.Scheduled {
		kind = agenda.KindRestored
	}
	var starts []agenda.Local
	for _, d := range e.Dates() {
		starts = append(starts, d.Start)
	}
	return t.gather(t.noticeOfEvent(kind, e, tell), t.clock.Soon(t.now, starts...))
}
