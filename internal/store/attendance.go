package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Attendance returns for each seat who fills it on the day of a meeting and what
// she answered, and who these people are.
func (s *Store) Attendance(ctx context.Context, m agenda.Meeting) (list []agenda.SeatAnswer, people map[agenda.PersonID]agenda.Person, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		list, people, err = attendance(tx, m)
		return err
	})
	return list, people, err
}

func attendance(tx kv.Tx, m agenda.Meeting) ([]agenda.SeatAnswer, map[agenda.PersonID]agenda.Person, error) {
	seats, err := seatsOfGroup(tx, m.Group)
	if err != nil {
		return nil, nil, err
	}
	answers, err := answersTo(tx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	list := agenda.Attendance(m, seats, answers)
	people := make(map[agenda.PersonID]agenda.Person, len(list))
	for _, at := range list {
		if at.Holder == "" {
			continue
		}
		p, err := get[agenda.Person](tx, personKey(at.Holder))
		if err != nil {
			return nil, nil, err
		}
		people[at.Holder] = p
	}
	return list, people, nil
}

// Answer returns what a person said to a meeting, zero if nothing.
func (s *Store) Answer(ctx context.Context, m agenda.MeetingID, who agenda.PersonID) (agenda.Answer, error) {
	a, err := view(ctx, s, func(tx kv.Tx) (agenda.Answer, error) { return get[agenda.Answer](tx, answerKey(m, who)) })
	return a, ignoreNotFound(err)
}

// askedAhead is how many days ahead a member is asked on her own page whether
// she comes: a year that was planned at once would bury what is near.
const askedAhead = 60

// Unanswered returns the next meetings of a person to which her answer is
// missing, by start.
func (s *Store) Unanswered(ctx context.Context, who agenda.PersonID) ([]agenda.Meeting, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Meeting, error) {
		today := s.Today()
		list, err := meetingsOf(tx, who, today, today.AddDays(askedAhead))
		if err != nil {
			return nil, err
		}
		var out []agenda.Meeting
		for _, m := range list {
			g, err := get[agenda.Group](tx, groupKey(m.Group))
			if err != nil {
				return nil, err
			}
			if m.NoAnswer(g, s.Now(), s.Loc()) != "" {
				continue
			}
			a, err := get[agenda.Answer](tx, answerKey(m.ID, who))
			if ignoreNotFound(err) != nil {
				return nil, err
			}
			if !a.Stands(m) {
				out = append(out, m)
			}
		}
		return out, nil
	})
}

// AnswerToken returns the secret part of a member's link to answer one meeting.
func (s *Store) AnswerToken(m agenda.MeetingID, who agenda.PersonID) string {
	return s.token(forAnswer, string(m)+"-"+string(who), 0)
}

// AnswerOfToken returns the meeting and the person that a link to answer is
// about.
func (s *Store) AnswerOfToken(ctx context.Context, token string) (m agenda.Meeting, g agenda.Group, p agenda.Person, err error) {
	id, who, ok := strings.Cut(subjectOf(token), "-")
	if !ok || !s.genuine(token, forAnswer, 0) {
		return m, g, p, agenda.ErrNotFound
	}
	err = s.db.View(ctx, func(tx kv.Tx) error {
		if m, g, err = meetingAndGroup(tx, agenda.MeetingID(id)); err != nil {
			return err
		}
		p, err = get[agenda.Person](tx, personKey(agenda.PersonID(who))) // not found if she was deleted
		return err
	})
	return m, g, p, err
}

func meetingAndGroup(tx kv.Tx, id agenda.MeetingID) (agenda.Meeting, agenda.Group, error) {
	m, err := get[agenda.Meeting](tx, meetingKey(id))
	if err != nil {
		return m, agenda.Group{}, err
	}
	g, err := get[agenda.Group](tx, groupKey(m.Group))
	return m, g, err
}

// RemindOfMeeting nudges those who have not answered, at most once a day: sent
// says whether it did. ErrState is returned when nobody can answer any more.
func (s *Store) RemindOfMeeting(ctx context.Context, actor agenda.Actor, id agenda.MeetingID) (sent bool, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		sent = false
		m, g, err := t.meeting(id)
		if err != nil {
			return err
		}
		n, err := t.clock.NudgeByHand(m, g, t.now)
		if err != nil {
			return err
		}
		if _, err := get[agenda.Notice](t, noticeKey(n.ID)); !errors.Is(err, agenda.ErrNotFound) {
			return err
		}
		sent = true
		t.record(agenda.Entry{Subject: aboutMeeting(m), Verb: "meeting_nudged", Title: m.Name(g) + " " + m.Start.String(), Mail: true})
		return t.notify(n)
	})
	if err != nil {
		err = fmt.Errorf("remind of meeting %s: %w", id, err)
	}
	return sent, err
}

// answersStand reports whether a nudge or a head count of a meeting is of use.
func (t *tx) answersStand(n agenda.Notice) (bool, error) {
	m, g, err := t.meeting(agenda.MeetingID(n.Subject.ID))
	if err != nil {
		return false, ignoreNotFound(err)
	}
	nudges, err := noticesLike(t, agenda.NudgesByHand(m.ID))
	if err != nil || !agenda.AnswersStand(n, m, g, nudges, t.now, t.clock.Loc) {
		return false, err
	}
	if n.Kind != agenda.KindNudge || slices.ContainsFunc(nudges, func(o agenda.Notice) bool { return o.ID == n.ID }) {
		return true, nil
	}
	told, err := t.toldSince(n.Subject, n.Due.Add(-agenda.AskingRest))
	return !told, err
}

// meetingReaders are those of the members who hear of a meeting by what they
// answered, then the substitutes who do: their identifiers have parts.
func (t *tx) meetingReaders(n agenda.Notice, ids []agenda.PersonID) ([]agenda.Ref, bool, error) {
	m, g, err := t.meeting(agenda.MeetingID(n.Subject.ID))
	if err != nil {
		return nil, false, err
	}
	var answers []agenda.Answer
	if g.Rules.Answers.On {
		if answers, err = answersTo(t, m.ID); err != nil {
			return nil, false, err
		}
	}
	var instead []agenda.Ref
	left := map[agenda.PersonID]bool{}
	for _, a := range answers {
		left[a.Person] = !a.Hears(n.Kind, m)
		if s := a.Expects(n, m); s != nil && slices.Contains(ids, a.Person) {
			instead = append(instead, agenda.SubstituteRef(a, *s))
		}
	}
	cursor := n.Cursor
	if !strings.Contains(cursor, "-") {
		ids = slices.DeleteFunc(ids, func(id agenda.PersonID) bool { return left[id] })
		if ids, err = t.requested(n, ids); err != nil {
			return nil, false, err
		}
		if ids, err = t.withoutTold(n, ids); err != nil {
			return nil, false, err
		}
		out, more, err := t.personReaders(n, ids)
		if err != nil || more || len(instead) == 0 {
			return out, more, err
		}
		if len(out) > 0 {
			return out, true, nil
		}
	}
	return nextRefs(instead, cursor)
}

// nextRefs returns the next of the references behind the cursor, in the order of
// their identifiers, and whether there are more of them.
func nextRefs(refs []agenda.Ref, cursor string) (out []agenda.Ref, more bool, err error) {
	slices.SortFunc(refs, func(a, b agenda.Ref) int { return strings.Compare(a.ID, b.ID) })
	for _, r := range refs {
		if !strings.Contains(cursor, "-") || r.ID > cursor {
			out = append(out, r)
		}
	}
	if len(out) > expandBatch {
		return out[:expandBatch], true, nil
	}
	return out, false, nil
}

// hostReaders are those who prepare a meeting, coordinators if nobody does.
func (t *tx) hostReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	m, err := get[agenda.Meeting](t, meetingKey(agenda.MeetingID(n.To.Of.ID)))
	if err != nil {
		return nil, false, err
	}
	seats, err := seatsOfGroup(t, m.Group)
	if err != nil {
		return nil, false, err
	}
	host, err := get[agenda.Hosting](t, hostKey(m.Group, m.ID))
	if ignoreNotFound(err) != nil {
		return nil, false, err
	}
	if ids := agenda.HostsOf(m, seats, host.Institution); len(ids) > 0 {
		return t.personReaders(n, ids)
	}
	return t.coordinatorReaders(n)
}

func (t *tx) coordinatorReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	everybody, err := all[agenda.Person](t, kPerson)
	if err != nil {
		return nil, false, err
	}
	var ids []agenda.PersonID
	for _, p := range everybody {
		if p.Coordinator {
			ids = append(ids, p.ID)
		}
	}
	return t.personReaders(n, ids)
}

// asks are the kinds of letters that ask a member whether she comes.
var asks = []agenda.Kind{
	agenda.KindInvitation, agenda.KindReminder, agenda.KindNudge, agenda.KindChange, agenda.KindRestored, agenda.KindSubstituteOut, agenda.KindAgenda, agenda.KindAgendaChange,
}

// questions adds to a letter of a member which of its meetings she is asked
// about.
func (r *reader) questions(f *agenda.Facts) error {
	if f.Message.Reader.Kind != agenda.AboutPerson || !slices.Contains(asks, f.Message.Kind) {
		return nil
	}
	who := agenda.PersonID(f.Message.Reader.ID)
	f.Questions = map[agenda.MeetingID]agenda.Question{}
	for _, m := range f.Meetings {
		if err := r.question(f, m, f.Group, who); err != nil {
			return err
		}
	}
	if f.Meeting.ID != "" {
		if err := r.question(f, f.Meeting, f.Group, who); err != nil {
			return err
		}
	}
	for _, a := range f.Also {
		if err := r.question(f, a.Meeting, a.Of, who); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) question(f *agenda.Facts, m agenda.Meeting, g agenda.Group, who agenda.PersonID) error {
	if m.NoAnswer(g, f.Now, r.s.Loc()) != "" {
		return nil
	}
	seats, err := r.sits(who, g.ID)
	if err != nil || !agenda.Sits(seats, who, m.Start.Date) {
		return err
	}
	a, err := get[agenda.Answer](r.tx, answerKey(m.ID, who))
	if ignoreNotFound(err) != nil {
		return err
	}
	f.Questions[m.ID] = agenda.Question{Answer: a, Token: r.s.AnswerToken(m.ID, who), By: m.AnswerBy(g, f.Now, r.s.Loc())}
	return nil
}
