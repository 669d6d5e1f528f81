package store

import (
	"context"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// askVisitors places the mail that asks for an event's visitors anew, or takes
// it back.
func (t *tx) askVisitors(e agenda.Event) error {
	reachable, err := t.reachable(e)
	if err != nil {
		return err
	}
	want, ask := t.clock.AskVisitors(e, reachable, t.now)
	return t.placeNotice(agenda.VisitorsID(e.ID), want, ask)
}

// placeNotice writes a notice that is wanted at another time than it has, or
// takes it back when it is not. What is due already stays: its letter will tell
// whether it is of use.
func (t *tx) placeNotice(id agenda.NoticeID, want agenda.Notice, wanted bool) error {
	have, err := get[agenda.Notice](t, noticeKey(id))
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	waits := err == nil && !have.Done
	switch {
	case wanted && err == nil && have.To.Of == want.To.Of && have.Mark == want.Mark && have.Due.Equal(want.Due):
		return nil // unchanged
	case wanted:
		return t.notify(want)
	case waits && have.Due.After(t.now):
		return t.silence(id)
	}
	return nil
}

// FeedbackToken returns the secret part of the link with which whoever submitted
// an event reports its visitors.
func (s *Store) FeedbackToken(e agenda.Event) string { return s.editorToken(forFeedback, e.First()) }

// Feedback returns the event whose visitors a link reports. ErrState is
// returned before its end and when it did not take place, ErrExpired when it is
// too late.
func (s *Store) Feedback(ctx context.Context, token string) (agenda.Event, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Event, error) {
		e, _, err := s.editor(tx, token, forFeedback)
		if err == nil {
			err = e.MayReport(s.Now(), s.Loc())
		}
		return e, err
	})
}

// SendFeedback keeps what one of an event's editors reports; reporting again
// corrects it.
func (s *Store) SendFeedback(ctx context.Context, token string, visitors *int, note string) (e agenda.Event, err error) {
	err = s.byEditor(ctx, token, forFeedback, func(t *tx, old agenda.Event) error {
		if err := old.MayReport(t.now, t.clock.Loc); err != nil {
			return err
		}
		e, err = t.report(old, visitors, note)
		return err
	})
	return e, err
}

// ReportVisitors keeps how many people came to an event on behalf of the
// coordinators, at any time after its end; no number takes it back.
func (s *Store) ReportVisitors(ctx context.Context, actor agenda.Actor, id agenda.EventID, visitors *int, note string) (e agenda.Event, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		old, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		if !old.TookPlace(t.now, t.clock.Loc) {
			return agenda.ErrState
		}
		e, err = t.report(old, visitors, note)
		return err
	})
	return e, err
}

// report writes the event without touching the programme: visitors are not
// public.
func (t *tx) report(old agenda.Event, visitors *int, note string) (agenda.Event, error) {
	e, changes, err := old.Report(visitors, note)
	if err != nil || len(changes) == 0 {
		return e, err
	}
	put(t, eventKey(e.ID), e)
	t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "visitors", Title: e.Title, Changes: changes})
	return e, t.askVisitors(e)
}

// EditionReport sums up an edition and returns the events of its year.
func (s *Store) EditionReport(ctx context.Context, year int) (agenda.Edition, agenda.EditionReport, []agenda.Event, error) {
	ed, err := s.Edition(ctx, year)
	if err != nil {
		return ed, agenda.EditionReport{}, nil, err
	}
	events, err := s.Events(ctx, year)
	return ed, agenda.ReportOf(year, events), events, err
}
