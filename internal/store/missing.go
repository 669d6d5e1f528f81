package store

import (
	"context"
	"fmt"
	"slices"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// AskedOf returns when the submitter of an event was asked last for what it
// lacked; the zero time if never.
func (s *Store) AskedOf(ctx context.Context, id agenda.EventID) (agenda.Asked, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Asked, error) { return askedOf(tx, id) })
}

func askedOf(tx kv.Tx, id agenda.EventID) (agenda.Asked, error) {
	a, err := get[agenda.Asked](tx, askedKey(id))
	return a, ignoreNotFound(err)
}

// AskMissing mails whoever submitted the event which details its readers would
// miss. Within a day of the last such mail it sends none, and says so with
// sent. ErrState is returned when there is nothing or nobody to ask.
func (s *Store) AskMissing(ctx context.Context, actor agenda.Actor, id agenda.EventID) (a agenda.Asked, sent bool, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		sent = false
		e, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		if !e.MayAsk(t.now, t.clock.Loc) {
			return agenda.ErrState
		}
		a, sent, err = t.askMissing(e)
		return err
	})
	if err != nil {
		err = fmt.Errorf("ask for what event %s lacks: %w", id, err)
	}
	return a, sent, err
}

func (t *tx) askMissing(e agenda.Event) (a agenda.Asked, sent bool, err error) {
	if a, err = askedOf(t, e.ID); err != nil || a.Rests(t.now) {
		return a, false, err
	}
	a = agenda.Asked{Event: e.ID, At: t.now, Fields: e.Missing()}
	put(t, askedKey(e.ID), a)
	t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "asked", Title: e.Title, Mail: true})
	return a, true, t.tellEditors(agenda.KindMissing, e, "missing."+t.id, "")
}

// AskAllMissing asks the submitters of all events of an edition that are
// submitted, accepted or public for what their events lack.
func (s *Store) AskAllMissing(ctx context.Context, actor agenda.Actor, year int) (done Together, err error) {
	if _, err := s.Edition(ctx, year); err != nil {
		return done, err
	}
	events, err := s.Events(ctx, year)
	if err != nil {
		return done, err
	}
	events = slices.DeleteFunc(events, func(e agenda.Event) bool {
		return e.Edition != year || !e.AskedWithAll() || !e.Until().In(s.Loc()).After(s.Now()) || len(e.Missing()) == 0
	})
	for batch := range slices.Chunk(events, askTogether) {
		var n Together
		err := s.update(ctx, actor, func(t *tx) error {
			n = Together{}
			for _, e := range batch {
				if err := t.askOne(e.ID, &n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return done, fmt.Errorf("ask for what events of %d lack: %w", year, err)
		}
		done = Together{done.Done + n.Done, done.Skipped + n.Skipped, done.Rested + n.Rested, done.Unreachable + n.Unreachable}
	}
	return done, nil
}

func (t *tx) askOne(id agenda.EventID, n *Together) error {
	e, err := get[agenda.Event](t, eventKey(id))
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	switch {
	case e.ID != "" && e.Internal.Email == "":
		n.Unreachable++
		return nil
	case e.ID == "" || !e.AskedWithAll() || !e.MayAsk(t.now, t.clock.Loc):
		n.Skipped++
		return nil
	}
	_, sent, err := t.askMissing(e)
	if sent {
		n.Done++
	} else {
		n.Rested++
	}
	return err
}
