package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Editions returns all editions, the latest first.
func (s *Store) Editions(ctx context.Context) ([]agenda.Edition, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Edition, error) {
		out, err := all[agenda.Edition](tx, kEdition)
		slices.Reverse(out)
		return out, err
	})
}

// Edition returns the edition of a year.
func (s *Store) Edition(ctx context.Context, year int) (agenda.Edition, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Edition, error) { return get[agenda.Edition](tx, editionKey(year)) })
}

// SaveEdition adds or changes the edition of a year. New lead times hold for
// all its events to come.
func (s *Store) SaveEdition(ctx context.Context, actor agenda.Actor, e agenda.Edition) (agenda.Edition, error) {
	e.Title, e.Motto, e.Patron = agenda.Line(e.Title), agenda.Line(e.Motto), agenda.Line(e.Patron)
	e.Principles = agenda.Text(e.Principles)
	if err := e.Check(); err != nil {
		return e, err
	}
	leadsChanged := false
	err := s.update(ctx, actor, func(t *tx) error {
		leadsChanged = false
		old, err := get[agenda.Edition](t, editionKey(e.Year))
		if err := ignoreNotFound(err); err != nil {
			return err
		}
		e.CallSent = old.CallSent // no form knows it
		entry := agenda.Entry{Subject: agenda.Ref{Kind: agenda.AboutEdition, ID: strconv.Itoa(e.Year)}, Verb: "added", Title: e.Title}
		if err == nil {
			if entry.Changes = old.Changes(e); len(entry.Changes) == 0 {
				return nil
			}
			entry.Verb = "changed"
			leadsChanged = !slices.Equal(old.Leads, e.Leads)
		}
		e.Changed = agenda.Rise(old.Changed, t.now)
		put(t, editionKey(e.Year), e)
		t.record(entry)
		if err := t.remind(aboutEdition(e.Year), t.clock.CallReminders(e, t.now)); err != nil {
			return err
		}
		return t.touch(Programme, "edition."+strconv.Itoa(e.Year))
	})
	if err != nil || !leadsChanged {
		return e, err
	}
	return e, s.remindEventsAnew(ctx, e)
}

// remindEventsAnew places the reminders of an edition's events, one transaction
// an event.
func (s *Store) remindEventsAnew(ctx context.Context, ed agenda.Edition) error {
	events, err := s.Events(ctx, ed.Year)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Edition != ed.Year {
			continue
		}
		err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
			e, err := get[agenda.Event](t, eventKey(e.ID))
			if err != nil {
				return err
			}
			h, err := get[agenda.House](t, houseKey(e.ID))
			if err := ignoreNotFound(err); err != nil {
				return err
			}
			return t.remind(aboutEvent(e), t.eventReminders(e, ed, h))
		})
		if err != nil {
			return fmt.Errorf("place reminders of edition %d: %w", ed.Year, err)
		}
	}
	return nil
}
