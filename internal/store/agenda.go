package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func agendaKey(id agenda.MeetingID) string { return kv.Key(kAgenda, idPart(string(id))) }

func versionKey(id agenda.MeetingID, n int) string {
	return kv.Key(kAgendaSent, idPart(string(id)), fmt.Sprintf("%04d", n))
}

// AgendaOf returns the agenda of a meeting, the zero Agenda if there is none.
func (s *Store) AgendaOf(ctx context.Context, id agenda.MeetingID) (agenda.Agenda, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Agenda, error) { return agendaOf(tx, id) })
}

func agendaOf(tx kv.Tx, id agenda.MeetingID) (agenda.Agenda, error) {
	a, err := get[agenda.Agenda](tx, agendaKey(id))
	return a, ignoreNotFound(err)
}

// AgendasOut returns the agendas of the meetings that members see, by meeting.
func (s *Store) AgendasOut(ctx context.Context, list []agenda.Meeting) (map[agenda.MeetingID]agenda.Agenda, error) {
	return view(ctx, s, func(tx kv.Tx) (map[agenda.MeetingID]agenda.Agenda, error) {
		out := map[agenda.MeetingID]agenda.Agenda{}
		for _, m := range list {
			a, err := agendaOf(tx, m.ID)
			if err != nil {
				return nil, err
			}
			if !a.Shown.IsZero() {
				out[m.ID] = a
			}
		}
		return out, nil
	})
}

// AgendaVersions returns the agenda of a meeting as it was sent, the first time
// first.
func (s *Store) AgendaVersions(ctx context.Context, id agenda.MeetingID) ([]agenda.AgendaVersion, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.AgendaVersion, error) { return versionsOf(tx, id) })
}

func versionsOf(tx kv.Tx, id agenda.MeetingID) ([]agenda.AgendaVersion, error) {
	return all[agenda.AgendaVersion](tx, kAgendaSent, idPart(string(id)))
}

// UsualItems returns what a new agenda of the meeting is proposed to begin with:
// the chair's own items of the last agenda of the group before it.
func (s *Store) UsualItems(ctx context.Context, m agenda.Meeting) ([]agenda.AgendaItem, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.AgendaItem, error) {
		from := m.Start.Date.AddDays(-2 * 366)
		list, err := meetings(tx, from, m.Start.Date, func(g agenda.GroupID) bool { return g == m.Group })
		for _, old := range slices.Backward(list) {
			if old.ID == m.ID || !old.Start.Before(m.Start) {
				continue
			}
			a, err := agendaOf(tx, old.ID)
			if err != nil {
				return nil, err
			}
			if usual := a.Usual(); len(usual) > 0 {
				return usual, nil
			}
		}
		return nil, err
	})
}

// AgendaForm is what a form makes of an agenda.
type AgendaForm struct {
	Items        []agenda.AgendaItem
	Drop, PutOff []int
	Take         []agenda.TopicID
	Seen         time.Time // when the agenda changed last before the form was made; zero: there was none
	Once         string
}

// SaveAgenda gives a meeting another agenda: topics are taken onto it from the
// backlog, put off or put back. ErrConflict is returned when somebody else changed
// it after it was read.
func (s *Store) SaveAgenda(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, f AgendaForm) (a agenda.Agenda, err error) {
	err = s.turnAgenda(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, old agenda.Agenda) error {
		edit := agenda.AgendaEdit{Items: f.Items, Drop: f.Drop, PutOff: f.PutOff, Form: f.Once}
		taken, err := t.topicsToTake(m, old, f.Take)
		if err != nil {
			return err
		}
		for _, w := range taken {
			edit.Take = append(edit.Take, w.Topic)
		}
		turn, err := old.Edit(edit, m, f.Seen, t.now, t.clock.Loc)
		if a = turn.Agenda; err != nil || turn.Same {
			return err
		}
		put(t, agendaKey(id), a)
		for _, w := range taken {
			if err := t.take(w, m.ID); err != nil {
				return err
			}
		}
		if err := t.putBack(turn, m, g); err != nil {
			return err
		}
		t.record(agenda.Entry{Subject: aboutMeeting(m), Verb: "agenda_changed", Title: m.Name(g) + " " + m.Start.String(), Changes: turn.Changes})
		return t.shown(old, a, m)
	})
	return a, err
}

// shown raises the revision of the group's feed if its members see a difference.
func (t *tx) shown(old, a agenda.Agenda, m agenda.Meeting) error {
	if a.Shown.Equal(old.Shown) {
		return nil
	}
	return t.touch(GroupScope(m.Group), string(m.ID))
}

// topicsToTake reads the topics that are to be taken. One that is on the agenda
// already is left out; one that is on another is a conflict.
func (t *tx) topicsToTake(m agenda.Meeting, a agenda.Agenda, ids []agenda.TopicID) (out []WaitingTopic, err error) {
	for _, id := range ids {
		topic, err := get[agenda.Topic](t, topicKey(m.Group, id))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", agenda.ErrConflict, err) // taken back meanwhile
		}
		if topic.Meeting == m.ID {
			continue
		}
		w, err := waiting(t, topic)
		if err != nil {
			return nil, err
		}
		if !topic.Waits(w.On) {
			return nil, agenda.ErrConflict
		}
		out = append(out, w)
	}
	return out, nil
}

// take puts a topic onto the agenda of a meeting; it leaves that of a meeting
// that does not take place.
func (t *tx) take(w WaitingTopic, m agenda.MeetingID) error {
	if w.Meeting != "" {
		put(t, agendaKey(w.Meeting), w.Agenda.Follow(w.Topic, nil, t.now))
	}
	put(t, topicKey(w.Group, w.ID), w.Onto(m, t.now))
	return nil
}

// putBack returns the topics of what left the agenda to the backlog. An item of
// the chair's own that was put off becomes a topic.
func (t *tx) putBack(turn agenda.AgendaTurn, m agenda.Meeting, g agenda.Group) error {
	for i, it := range append(slices.Clone(turn.Back), turn.Off...) {
		off := i >= len(turn.Back)
		topic := agenda.Topic{ID: agenda.TopicID(t.id + fmt.Sprint(i)), Group: g.ID, Created: agenda.Rise(time.Time{}, t.now), Meeting: m.ID}
		if it.Topic != "" {
			var err error
			if topic, err = get[agenda.Topic](t, topicKey(g.ID, it.Topic)); ignoreNotFound(err) != nil {
				return err
			} else if err != nil {
				continue
			}
		} else if !off || agenda.IsApproval(it) { // that comes onto the next agenda by itself
			continue
		} else {
			topic.TopicDetails = it.Details()
		}
		topic = topic.Back(off, t.now)
		put(t, topicKey(g.ID, topic.ID), topic)
		if off {
			t.recordTopic(topic, g, agenda.Entry{Verb: "topic_putoff"})
		}
	}
	return nil
}

// ReleaseAgenda lets the agenda of a meeting go out: when its day has come, or at
// once if that has passed.
func (s *Store) ReleaseAgenda(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, seen time.Time) error {
	return s.turnAgenda(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, old agenda.Agenda) error {
		if m.State == agenda.MeetingCancelled {
			return agenda.ErrState
		}
		a, err := old.Release(seen, t.now)
		if err != nil || a.Released.Equal(old.Released) {
			return err
		}
		return t.keepAgenda(old, a, m, g, "agenda_released")
	})
}

// WithdrawAgenda makes a released agenda that has not gone out a draft again.
func (s *Store) WithdrawAgenda(ctx context.Context, actor agenda.Actor, id agenda.MeetingID) error {
	return s.turnAgenda(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, old agenda.Agenda) error {
		a, err := old.Withdraw(t.now)
		if err != nil || a.Released.Equal(old.Released) {
			return err
		}
		return t.keepAgenda(old, a, m, g, "agenda_withdrawn")
	})
}

// keepAgenda writes an agenda that was released or withdrawn, with what it causes.
func (t *tx) keepAgenda(old, a agenda.Agenda, m agenda.Meeting, g agenda.Group, verb string) error {
	put(t, agendaKey(m.ID), a)
	t.record(agenda.Entry{Subject: aboutMeeting(m), Verb: verb, Title: m.Name(g) + " " + m.Start.String()})
	if err := t.placeTopicNotices(m, g); err != nil {
		return err
	}
	return t.shown(old, a, m)
}

// SendAgendaChange sends an agenda that went out before as it is now. ErrState is
// returned when nothing has changed since.
func (s *Store) SendAgendaChange(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, sentence string, seen time.Time) error {
	return s.turnAgenda(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, a agenda.Agenda) error {
		if !seen.IsZero() && !seen.Equal(a.Changed) {
			return agenda.ErrConflict
		}
		last, err := get[agenda.AgendaVersion](t, versionKey(id, a.Version))
		if err := ignoreNotFound(err); err != nil {
			return err
		}
		n, err := t.clock.AgendaChange(m, g, a, last, agenda.Text(sentence), t.now)
		if err != nil {
			return err
		}
		t.sendVersion(a, m)
		t.record(agenda.Entry{Subject: aboutMeeting(m), Verb: "agenda_sent", Title: m.Name(g) + " " + m.Start.String(), Note: n.Sentence, Mail: true})
		return t.notify(n)
	})
}

// sendVersion keeps the agenda as it goes out.
func (t *tx) sendVersion(a agenda.Agenda, m agenda.Meeting) {
	a, v := a.Send(m, t.now)
	put(t, agendaKey(m.ID), a)
	put(t, versionKey(m.ID, v.Number), v)
}

// turnAgenda runs a use case about the agenda of a meeting.
func (s *Store) turnAgenda(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, fn func(*tx, agenda.Meeting, agenda.Group, agenda.Agenda) error) error {
	err := s.update(ctx, actor, func(t *tx) error {
		m, g, err := t.meeting(id)
		if err != nil {
			return err
		}
		a, err := agendaOf(t, id)
		if err != nil {
			return err
		}
		return fn(t, m, g, a)
	})
	if err != nil {
		err = fmt.Errorf("agenda of %s: %w", id, err)
	}
	return err
}
