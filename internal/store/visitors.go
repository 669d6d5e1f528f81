package store

import (
	"context"

	"widunetz/internal/agenda"
)

// askVisitors places the mail that asks for an event's visitors anew, or takes
// it back.
func (t *tx) askVisitors(e agenda.Event) error {
	want, ask := t.clock.AskVisitors(e, t.now)
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
	case wanted && err == nil && have.Mark == want.Mark && have.Due.Equal(want.Due):
		return nil // unchanged
	case wanted:
		return t.notify(want)
	case waits && have.Due.After(t.now):
		return t.silence(id)
	}
	return nil
}

// FeedbackToken returns the secret part of the link with which an event's
// organiser reports its visitors.
func (s *Store) FeedbackToken(e agenda.Event) string {
	return s.token(forFeedback, string(e.ID), e.EditGen)
}

// Feedback returns the event whose visitors a link reports. ErrState is
// returned before its end and when it did not take place, ErrExpired when it is
// too late.
func (s *Store) Feedback(ctx context.Context, token string) (agenda.Event, error) {
	e, err := s.Event(ctx, agenda.EventID(subjectOf(token)))
	if err == nil && !s.genuine(token, forFeedback, e.EditGen) {
		return agenda.Event{}, agenda.ErrNotFound
	}
	if err == nil {
		err = e.MayReport(s.Now(), s.Loc())
	}
	return e, err
}

// SendFeedback keeps what an event's organiser reports; reporting again
// corrects it.
func (s *Store) SendFeedback(ctx context.Context, token string, visitors *int, note string) (agenda.Event, error) {
	e, err := s.Feedback(ctx, token)
	if err != nil {
		return e, err
	}
	actor := agenda.Actor{Who: agenda.Ref{Kind: agenda.AboutSubmitter, ID: string(e.ID)}}
	return s.report(ctx, actor, e.ID, visitors, note, func(t *tx, e agenda.Event) error { return e.MayReport(t.now, t.clock.Loc) })
}

// ReportVisitors keeps how many people came to an event on behalf of the
// coordinators, at any time after its end; no number takes it back.
func (s *Store) ReportVisitors(ctx context.Context, actor agenda.Actor, id agenda.EventID, visitors *int, note string) (agenda.Event, error) {
	return s.report(ctx, actor, id, visitors, note, func(t *tx, e agenda.Event) error {
		if !e.TookPlace(t.now, t.clock.Loc) {
			return agenda.ErrState
		}
		return nil
	})
}

// report writes the event without touching the programme: visitors are not
// public.
func (s *Store) report(ctx context.Context, actor agenda.Actor, id agenda.EventID, visitors *int, note string, may func(*tx, agenda.Event) error) (e agenda.Event, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		old, err := get[agenda.Event](t, eventKey(id))
		if err != nil {
			return err
		}
		if err := may(t, old); err != nil {
			return err
		}
		var changes []agenda.Change
		if e, changes, err = old.Report(visitors, note); err != nil || len(changes) == 0 {
			return err
		}
		put(t, eventKey(id), e)
		t.record(agenda.Entry{Subject: aboutEvent(e), Verb: "visitors", Title: e.Title, Changes: changes})
		return t.askVisitors(e)
	})
	return e, err
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
