package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func aboutEdition(year int) agenda.Ref {
	return agenda.Ref{Kind: agenda.AboutEdition, ID: strconv.Itoa(year)}
}

// OpenCall opens the call for events of an edition and tells the people of all
// institutions. Doing it again opens a call that was closed and tells nobody:
// sent says whether mails go out.
func (s *Store) OpenCall(ctx context.Context, actor agenda.Actor, year int) (sent bool, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		old, err := get[agenda.Edition](t, editionKey(year))
		if err != nil {
			return err
		}
		var e agenda.Edition
		if e, sent, err = old.Called(t.now, t.clock.Loc); err != nil {
			return err
		}
		if !sent && e.Open == old.Open {
			return nil
		}
		e.Changed = agenda.Rise(old.Changed, t.now)
		put(t, editionKey(year), e)
		t.record(agenda.Entry{Subject: aboutEdition(year), Verb: "called", Title: e.Title, Mail: sent})
		if sent {
			if err := t.notify(t.clock.Call(e, t.now)); err != nil {
				return err
			}
		}
		if err := t.remind(aboutEdition(year), t.clock.CallReminders(e, t.now)); err != nil {
			return err
		}
		return t.touch(Programme, "edition."+strconv.Itoa(year))
	})
	if err != nil {
		err = fmt.Errorf("open the call of %d: %w", year, err)
	}
	return sent, err
}

// RemindOfCall tells the institutions that have not answered of the call again,
// at most once a day: sent says whether it did. ErrState is returned when there
// is nothing to remind of.
func (s *Store) RemindOfCall(ctx context.Context, actor agenda.Actor, year int) (sent bool, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		sent = false
		e, err := get[agenda.Edition](t, editionKey(year))
		if err != nil {
			return err
		}
		n, err := t.clock.CallReminder(e, t.now)
		if err != nil {
			return err
		}
		if _, err := get[agenda.Notice](t, noticeKey(n.ID)); !errors.Is(err, agenda.ErrNotFound) {
			return err
		}
		sent = true
		t.record(agenda.Entry{Subject: aboutEdition(year), Verb: "call_reminded", Title: e.Title, Mail: true})
		return t.notify(n)
	})
	if err != nil {
		err = fmt.Errorf("remind of the call of %d: %w", year, err)
	}
	return sent, err
}

// CallAnswers says for every institution, by name, what became of the call of
// an edition.
func (s *Store) CallAnswers(ctx context.Context, year int) ([]agenda.CallAnswer, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.CallAnswer, error) { return callAnswers(tx, year) })
}

func callAnswers(tx kv.Tx, year int) ([]agenda.CallAnswer, error) {
	insts, err := institutions(tx)
	if err != nil {
		return nil, err
	}
	everybody, err := people(tx)
	if err != nil {
		return nil, err
	}
	lo, hi := kv.Prefix(kOn, yearPart(year))
	events, err := eventsIn(tx, lo, hi)
	if err != nil {
		return nil, err
	}
	refusals, err := all[agenda.Refusal](tx, kRefusal, yearPart(year))
	if err != nil {
		return nil, err
	}
	return agenda.CallAnswers(year, insts, everybody, events, refusals), nil
}

// calledReaders are the people of the institutions that a call goes to; a
// reminder goes to those only that have not answered by now.
func (t *tx) calledReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	year, err := strconv.Atoi(n.To.Of.ID)
	if err != nil {
		return nil, false, fmt.Errorf("call of %q: %w", n.To.Of.ID, err)
	}
	answers, err := callAnswers(t, year)
	if err != nil {
		return nil, false, err
	}
	var ids []agenda.PersonID
	for _, a := range answers {
		if n.Kind == agenda.KindCallReminder && a.Given() {
			continue
		}
		for _, p := range a.People {
			ids = append(ids, p.ID)
		}
	}
	return t.personReaders(n, ids)
}

// callStands reports whether a call or its reminder is of use: events can be
// submitted still, the last day is the one that the reminder was made for, and
// no other reminder says the same.
func (t *tx) callStands(n agenda.Notice) (bool, error) {
	year, _ := strconv.Atoi(n.Subject.ID) // what is no year has no edition
	e, err := get[agenda.Edition](t, editionKey(year))
	if err != nil {
		return false, ignoreNotFound(err)
	}
	if !e.Calling(agenda.LocalOf(t.now, t.clock.Loc).Date) || n.Lead > 0 && n.Mark != e.Submission.String() {
		return false, nil
	}
	for _, prefix := range []string{"r." + agenda.AboutEdition + "." + n.Subject.ID + ".", "cr." + n.Subject.ID + "."} {
		others, err := noticesLike(t, prefix)
		if err != nil {
			return false, err
		}
		for _, o := range others {
			if agenda.SpareCallReminder(n, o, t.now) {
				return false, nil
			}
		}
	}
	return true, nil
}

// CallToken returns the secret part of an institution's link to decline the
// call of an edition.
func (s *Store) CallToken(year int, id agenda.InstitutionID) string {
	return s.token(forCall, strconv.Itoa(year)+"-"+string(id), 0)
}

// CallOf returns the edition and the institution that a link to decline is
// about, and whether it has declined. ErrExpired is returned when the edition
// is over.
func (s *Store) CallOf(ctx context.Context, token string) (e agenda.Edition, i agenda.Institution, declined bool, err error) {
	head, id, _ := strings.Cut(subjectOf(token), "-")
	year, err := strconv.Atoi(head)
	if err != nil || !s.genuine(token, forCall, 0) {
		return e, i, false, agenda.ErrNotFound
	}
	err = s.db.View(ctx, func(tx kv.Tx) error {
		if e, err = get[agenda.Edition](tx, editionKey(year)); err != nil {
			return err
		}
		if i, err = get[agenda.Institution](tx, institutionKey(agenda.InstitutionID(id))); err != nil {
			return err
		}
		_, err := get[agenda.Refusal](tx, refusalKey(year, i.ID))
		declined = err == nil
		return ignoreNotFound(err)
	})
	if err == nil && s.Today().After(e.Ends) {
		err = agenda.ErrExpired
	}
	return e, i, declined, err
}

// AnswerCall is the click on an institution's link: it declines the call, or
// takes that back.
func (s *Store) AnswerCall(ctx context.Context, token string, declines bool) error {
	e, i, _, err := s.CallOf(ctx, token)
	if err != nil {
		return err
	}
	return s.Refuse(ctx, agenda.Actor{By: "call"}, e.Year, i.ID, declines)
}

// Refuse notes that an institution takes no part in an edition, or does after
// all. Noting it twice is noting it once.
func (s *Store) Refuse(ctx context.Context, actor agenda.Actor, year int, id agenda.InstitutionID, declines bool) error {
	return s.update(ctx, actor, func(t *tx) error {
		if _, err := get[agenda.Edition](t, editionKey(year)); err != nil {
			return err
		}
		i, err := get[agenda.Institution](t, institutionKey(id))
		if err != nil {
			return err
		}
		_, err = get[agenda.Refusal](t, refusalKey(year, id))
		if err := ignoreNotFound(err); err != nil {
			return err
		}
		if declined := err == nil; declined == declines {
			return nil
		}
		verb := "call_declined"
		if declines {
			put(t, refusalKey(year, id), agenda.Refusal{Year: year, Institution: id, At: t.now})
		} else {
			verb = "call_joined"
			t.Delete(refusalKey(year, id))
		}
		t.record(agenda.Entry{Subject: aboutEdition(year), Verb: verb, Title: i.Name}, agenda.Ref{Kind: agenda.AboutInstitution, ID: string(id)})
		return nil
	})
}

// moveRefusals makes what one institution declined what another one did: they
// are the same.
func (t *tx) moveRefusals(from, into agenda.InstitutionID) error {
	refusals, err := all[agenda.Refusal](t, kRefusal)
	for _, r := range refusals {
		if r.Institution == from {
			t.Delete(refusalKey(r.Year, from))
			r.Institution = into
			put(t, refusalKey(r.Year, into), r)
		}
	}
	return err
}

// called adds to the facts of a call for whom the reader would answer, and
// whether that was done.
func (r *reader) called(f *agenda.Facts, p agenda.Person) (err error) {
	if f.Institution, err = load[agenda.Institution](r, institutionKey(p.Institution)); err != nil {
		return err
	}
	f.Tokens.Act = r.s.CallToken(f.Edition.Year, p.Institution)
	if f.Message.Kind != agenda.KindCallReminder {
		return nil
	}
	answers, ok := r.kept["answers"].([]agenda.CallAnswer)
	if !ok || r.kept["answers of"] != f.Edition.Year {
		if answers, err = callAnswers(r.tx, f.Edition.Year); err != nil {
			return err
		}
		r.kept["answers"], r.kept["answers of"] = answers, f.Edition.Year
	}
	for _, a := range answers {
		f.Answered = f.Answered || a.Institution.ID == p.Institution && a.Given()
	}
	return nil
}
