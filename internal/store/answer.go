package store

import (
	"context"
	"fmt"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func answerKey(m agenda.MeetingID, who agenda.PersonID) string {
	return kv.Key(kAnswer, idPart(string(m)), idPart(string(who)))
}

// AnswersTo returns what members said to a meeting, also what does not stand any
// more.
func (s *Store) AnswersTo(ctx context.Context, id agenda.MeetingID) ([]agenda.Answer, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Answer, error) { return answersTo(tx, id) })
}

func answersTo(tx kv.Tx, id agenda.MeetingID) ([]agenda.Answer, error) {
	return all[agenda.Answer](tx, kAnswer, idPart(string(id)))
}

// AnswerMeeting notes whether a member comes to a meeting. She can change it
// until the meeting begins; after that, and for who is no member on its day,
// Problems say so. actor is herself or who writes down what she said, by is the
// way: "mail", "page", "office" or "imip".
func (s *Store) AnswerMeeting(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, who agenda.PersonID, d agenda.AnswerDetails, by string) error {
	err := s.update(ctx, actor, func(t *tx) error { return t.answerMeeting(id, who, d, by) })
	if err != nil {
		err = fmt.Errorf("answer meeting %s: %w", id, err)
	}
	return err
}

// answerMeeting is AnswerMeeting within a use case. Problems leave nothing written.
func (t *tx) answerMeeting(id agenda.MeetingID, who agenda.PersonID, d agenda.AnswerDetails, by string) error {
	m, g, err := t.meeting(id)
	if err != nil {
		return err
	}
	person, err := get[agenda.Person](t, personKey(who))
	if err != nil {
		return err
	}
	f, err := t.answerFacts(m, g, who, d)
	if err != nil {
		return err
	}
	turn, err := m.Answer(f, who, d, by, t.now, t.clock.Loc)
	if err != nil || !turn.Changed {
		return err
	}
	put(t, answerKey(id, who), turn.Answer)
	t.recordAnswer(m, g, person, f.Old, turn.Answer)
	return t.tellSubstitutes(m, turn)
}

// tellSubstitutes tells who is asked to come instead of the member, and who is
// not needed any more.
func (t *tx) tellSubstitutes(m agenda.Meeting, turn agenda.AnswerTurn) error {
	if s := turn.Off; s != nil {
		if err := t.notify(t.clock.SubstituteNotice(agenda.KindSubstituteOff, m, turn.Answer, *s, t.now)); err != nil {
			return err
		}
	}
	if s := turn.Asked; s != nil {
		return t.notify(t.clock.SubstituteNotice(agenda.KindSubstitute, m, turn.Answer, *s, t.now))
	}
	return nil
}

// answerFacts reads what decides about an answer.
func (t *tx) answerFacts(m agenda.Meeting, g agenda.Group, who agenda.PersonID, d agenda.AnswerDetails) (f agenda.AnswerFacts, err error) {
	f.Group = g
	if f.Seats, err = seatsIn(t, who, g.ID); err != nil {
		return f, err
	}
	if f.Old, err = get[agenda.Answer](t, answerKey(m.ID, who)); ignoreNotFound(err) != nil {
		return f, err
	}
	if d.Choice != agenda.AnswerSubstitute {
		return f, nil
	}
	seats, err := seatsOfGroup(t, g.ID)
	if err != nil {
		return f, err
	}
	for _, id := range agenda.Members(seats, m.Start.Date) {
		p, err := get[agenda.Person](t, personKey(id))
		if err != nil {
			return f, err
		}
		f.Members = append(f.Members, p)
	}
	return f, nil
}

// recordAnswer writes a line of the history. It names the choice only: who comes
// instead is deleted with the answer.
func (t *tx) recordAnswer(m agenda.Meeting, g agenda.Group, p agenda.Person, old, a agenda.Answer) {
	verb := "meeting_answered"
	if old.Choice != "" {
		verb = "meeting_answer_changed"
	}
	t.record(agenda.Entry{
		Subject: aboutMeeting(m), Verb: verb + "_" + string(a.Choice), Title: p.Name() + ", " + m.Name(g) + " " + m.Start.String(),
	}, agenda.Ref{Kind: agenda.AboutPerson, ID: string(p.ID)})
}

// forgetAnswers deletes what a person answered to polls and to meetings, with
// the substitutes whom she named.
func (s *Store) forgetAnswers(ctx context.Context, who agenda.PersonID) error {
	return s.deleteKeys(ctx, func(tx kv.Tx) (keys []string, err error) {
		for _, kind := range []string{kPollAnswer, kAnswer} {
			for p, err := range tx.Scan(kv.Prefix(kind)) {
				if err != nil {
					return nil, err
				}
				if lastPart(p.Key) == string(who) {
					keys = append(keys, p.Key)
				}
			}
		}
		return keys, nil
	})
}

// sweepAnswers deletes the answers to meetings that are long over.
func (s *Store) sweepAnswers(ctx context.Context) (n int, err error) {
	today := s.Today()
	err = s.deleteKeys(ctx, func(tx kv.Tx) (keys []string, err error) {
		over := map[string]bool{}
		for p, err := range tx.Scan(kv.Prefix(kAnswer)) {
			if err != nil {
				return nil, err
			}
			id := strings.Split(p.Key, "\x00")[1]
			if _, known := over[id]; !known {
				m, err := get[agenda.Meeting](tx, meetingKey(agenda.MeetingID(id)))
				if ignoreNotFound(err) != nil {
					return nil, err
				}
				over[id] = err != nil || m.ForgetAnswers(today)
			}
			if over[id] {
				keys = append(keys, p.Key)
			}
		}
		n = len(keys)
		return keys, nil
	})
	return n, err
}
