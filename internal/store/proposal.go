package store

import (
	"context"
	"fmt"
	"time"

	"widunetz/internal/agenda"
)

// propose takes what whoever submitted a public event wants to change. A slip of
// the pen is mended at once; everything else waits for a coordinator.
func (t *tx) propose(old agenda.Event, d agenda.EventDetails, seen time.Time) (agenda.Event, error) {
	e, changes, err := old.Propose(d, seen, t.now, t.clock.Loc)
	if err != nil {
		return old, err
	}
	if len(changes) > 0 && agenda.Slip(changes) {
		return t.changeEvent(old.ID, d, time.Time{}, agenda.Telling{})
	}
	if len(changes) == 0 && (old.Proposal == nil || e.Proposal != nil) {
		return old, nil
	}
	put(t, eventKey(e.ID), e)
	verb := "proposed"
	if e.Proposal == nil {
		verb = "proposal_withdrawn"
	}
	t.record(agenda.Entry{Subject: aboutEvent(e), Verb: verb, Title: e.Title, Changes: changes, Version: e.Version()})
	return e, nil
}

// TakeProposal makes a proposal the event's details; its watchers are told of
// another time or place. proposed is when the proposal was made that the
// coordinator saw: ErrConflict is returned for another one.
func (s *Store) TakeProposal(ctx context.Context, actor agenda.Actor, id agenda.EventID, proposed time.Time) (e agenda.Event, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		old, err := t.proposed(id, proposed)
		if err != nil {
			return err
		}
		d := old.Proposal.EventDetails
		old.Proposal = nil
		put(t, eventKey(id), old)
		if e, err = t.changeEvent(id, d, time.Time{}, agenda.Telling{Mail: old.Moves(d)}); err != nil {
			return err
		}
		return t.tellEditors(agenda.KindAccepted, e, t.id, "")
	})
	if err != nil {
		err = fmt.Errorf("take proposal for event %s: %w", id, err)
	}
	return e, err
}

// RefuseProposal drops a proposal and tells whoever made it why.
func (s *Store) RefuseProposal(ctx context.Context, actor agenda.Actor, id agenda.EventID, proposed time.Time, reason string) error {
	reason = agenda.Text(reason)
	if reason == "" {
		return agenda.Problems{{Field: "reason", Rule: "required"}}
	}
	err := s.update(ctx, actor, func(t *tx) error {
		e, err := t.proposed(id, proposed)
		if err != nil {
			return err
		}
		e.Proposal = nil
		put(t, eventKey(id), e)
		t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "proposal_refused", Title: e.Title, Note: reason, Mail: true})
		return t.tellEditors(agenda.KindReturned, e, t.id, reason)
	})
	if err != nil {
		err = fmt.Errorf("refuse proposal for event %s: %w", id, err)
	}
	return err
}

func (t *tx) proposed(id agenda.EventID, at time.Time) (agenda.Event, error) {
	e, err := get[agenda.Event](t, eventKey(id))
	switch {
	case err != nil:
		return e, err
	case e.Proposal == nil:
		return e, agenda.ErrState
	case !at.IsZero() && !at.Equal(e.Proposal.At):
		return e, agenda.ErrConflict
	}
	return e, nil
}
