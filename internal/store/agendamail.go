package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
)

// placeTopicNotices puts what the agenda of a meeting causes where it belongs
// now.
func (t *tx) placeTopicNotices(m agenda.Meeting, g agenda.Group) error {
	a, err := agendaOf(t, m.ID)
	if err != nil {
		return err
	}
	want := t.clock.TopicNotices(m, g, a, t.now)
	for _, prefix := range agenda.AgendaNotices(m.ID) {
		var these []agenda.Notice
		for _, n := range want {
			if strings.HasPrefix(string(n.ID), prefix) {
				these = append(these, n)
			}
		}
		if err := t.replace(prefix, these); err != nil {
			return err
		}
	}
	return nil
}

// ofAgenda reports whether the notice is one that the agenda of a meeting causes.
func ofAgenda(k agenda.Kind) bool {
	return k == agenda.KindTopics || k == agenda.KindAgenda || k == agenda.KindAgendaDue || k == agenda.KindAgendaChange
}

// topicsStand reports whether a notice of a meeting's agenda is of use. When the
// agenda begins to go out, it is kept as it is then.
func (t *tx) topicsStand(n agenda.Notice) (bool, error) {
	m, g, err := t.meeting(agenda.MeetingID(n.Subject.ID))
	if err != nil {
		return false, ignoreNotFound(err)
	}
	a, err := agendaOf(t, m.ID)
	if err != nil {
		return false, err
	}
	stands := agenda.TopicsStand(n, m, g, a)
	if stands && n.Kind == agenda.KindAgenda && a.Version == 0 {
		t.sendVersion(a, m)
	}
	return stands, nil
}

// withAgenda reports whether the agenda of a meeting goes out at the time or has
// gone since: that mail says all that a reminder would.
func (t *tx) withAgenda(m agenda.Meeting, since time.Time) (bool, error) {
	a, err := agendaOf(t, m.ID)
	if err != nil || !a.Out() {
		return false, err
	}
	sent, err := noticesLike(t, strings.TrimSuffix(string(agenda.AgendaID(m.ID, 1)), "1"))
	return slices.ContainsFunc(sent, func(n agenda.Notice) bool { return !n.Due.Before(since) && !n.Due.After(t.now) }), err
}

// chairReaders are those who chair a group on the days of the notice,
// coordinators if nobody does.
func (t *tx) chairReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	seats, err := seatsOfGroup(t, agenda.GroupID(n.To.Of.ID))
	if err != nil {
		return nil, false, err
	}
	var chairs []agenda.Seat
	for _, seat := range seats {
		if seat.Chair {
			chairs = append(chairs, seat)
		}
	}
	var ids []agenda.PersonID
	for _, d := range n.To.Days {
		ids = append(ids, agenda.Members(chairs, d)...)
	}
	if len(ids) > 0 {
		return t.personReaders(n, ids)
	}
	return t.coordinatorReaders(n)
}

// AgendaMail is what goes out with the agenda of a meeting, and to whom.
type AgendaMail struct {
	Goes    time.Time // UTC; when the agenda goes out if it is released by then; past: at once
	Members []Addressee
}

// Addressee is a member whom a mail is meant for, and whether one goes to her.
type Addressee struct {
	agenda.Person
	Mail bool
}

// AgendaPreview returns who will get the agenda of a meeting.
func (s *Store) AgendaPreview(ctx context.Context, m agenda.Meeting, g agenda.Group) (AgendaMail, error) {
	members, err := s.Members(ctx, g.ID, m.Start.Date)
	out := AgendaMail{Goes: s.config.Clock.AgendaGoes(m, g)}
	for _, p := range members {
		out.Members = append(out.Members, Addressee{Person: p, Mail: p.Email != "" && p.Wants(agenda.KindAgenda)})
	}
	return out, err
}

// agendaFacts adds the agenda of a meeting and its papers to the facts of a letter.
func (r *reader) agendaFacts(f *agenda.Facts) (err error) {
	switch f.Message.Kind {
	case agenda.KindAgenda, agenda.KindAgendaChange:
		key := versionKey(f.Meeting.ID, parseCount([]byte(f.Message.Mark)))
		if f.Version, err = load[agenda.AgendaVersion](r, key); err != nil {
			return err
		}
		if f.Documents, err = documentsOf(r.tx, f.Meeting.ID); err != nil {
			return err
		}
		host, err := hostOf(r.tx, f.Meeting)
		if err != nil {
			return err
		}
		f.Host = host.Name
	case agenda.KindTopics:
		var list []WaitingTopic
		if list, err = backlog(r.tx, f.Group.ID, f.Now, r.s.Loc()); err != nil {
			return err
		}
		for _, w := range list {
			if w.Meeting == "" || w.Meeting == f.Meeting.ID {
				f.Topics = append(f.Topics, w.Topic)
			}
		}
	}
	if ofAgenda(f.Message.Kind) && f.Message.Kind != agenda.KindAgendaDue {
		f.Agenda, err = agendaOf(r.tx, f.Meeting.ID)
	}
	return err
}

// agendaTokens makes the links of a letter about the agenda of a meeting.
func (r *reader) agendaTokens(f *agenda.Facts, who agenda.PersonID) {
	switch f.Message.Kind {
	case agenda.KindTopics:
		f.Tokens.Act = r.s.TopicToken(f.Group.ID, who)
	case agenda.KindAgenda, agenda.KindAgendaChange:
		f.Tokens.Act = r.s.PapersToken(f.Meeting.ID, who)
	}
}

// trains adds a group that the reader can ask for a training, and her link to it.
func (r *reader) trains(f *agenda.Facts) error {
	groups, err := all[agenda.Group](r.tx, kGroup)
	for _, g := range groups {
		if g.Rules.Topics.On && g.Rules.Topics.Requests {
			f.Trains = g
			f.Tokens.Act = r.s.TopicToken(g.ID, agenda.PersonID(f.Message.Reader.ID))
		}
	}
	return err
}

// topicFacts adds a topic to the facts of a letter about a request for a training.
func (r *reader) topicFacts(f *agenda.Facts, id string) error {
	g, topic := agenda.TopicOfRef(id)
	var err error
	if f.Group, err = load[agenda.Group](r, groupKey(g)); err != nil {
		return err
	}
	one, err := load[agenda.Topic](r, topicKey(g, topic))
	if err != nil {
		return err
	}
	f.Topics = []agenda.Topic{one}
	if one.Institution != "" {
		if f.Institution, err = load[agenda.Institution](r, institutionKey(one.Institution)); ignoreNotFound(err) != nil {
			return err
		}
	}
	if one.Request != nil && one.Request.Event != "" {
		return r.event(f, one.Request.Event)
	}
	return nil
}

// PapersToken returns the secret part of a person's link to the agenda and the
// papers of one meeting.
func (s *Store) PapersToken(m agenda.MeetingID, who agenda.PersonID) string {
	return s.token(forPapers, string(m)+"."+string(who), 0)
}

// PapersOfToken returns the meeting that a link shows, and whose link it is.
// ErrNotFound is returned when she is no member of the group any more,
// ErrExpired when the meeting is long over.
func (s *Store) PapersOfToken(ctx context.Context, token string) (m agenda.Meeting, p agenda.Person, err error) {
	id, who, ok := strings.Cut(subjectOf(token), ".")
	if !ok || !s.genuine(token, forPapers, 0) {
		return m, p, agenda.ErrNotFound
	}
	if p, err = s.Person(ctx, agenda.PersonID(who)); err != nil {
		return m, p, err
	}
	if m, err = s.Meeting(ctx, agenda.MeetingID(id)); err != nil {
		return m, p, err
	}
	seats, err := s.Seats(ctx, m.Group)
	if err != nil {
		return m, p, err
	}
	if !agenda.Sits(seats, p.ID, m.Start.Date) && !agenda.Sits(seats, p.ID, s.Today()) || !m.Visible() {
		return m, p, agenda.ErrNotFound
	}
	if m.PapersOver(s.Today()) {
		return m, p, agenda.ErrExpired
	}
	return m, p, nil
}
