package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func topicKey(g agenda.GroupID, id agenda.TopicID) string {
	return kv.Key(kTopic, idPart(string(g)), idPart(string(id)))
}

func aboutTopic(t agenda.Topic) agenda.Ref { return agenda.TopicRef(t.Group, t.ID) }

// TopicForm is what was typed about a topic.
type TopicForm struct {
	agenda.TopicDetails
	Request *agenda.TrainingRequest // of a request for a training
	Seen    time.Time
}

// HandIn puts a topic into the backlog of a group on behalf of a person: a member
// of the group today or at its next date, or anybody in the network who asks for a
// training where the group takes such requests. once, when not empty, names the
// form: sent twice it makes one topic.
func (s *Store) HandIn(ctx context.Context, actor agenda.Actor, g agenda.GroupID, who agenda.PersonID, f TopicForm, once string) (topic agenda.Topic, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		if once != "" {
			t.id = formID(once)
		}
		group, person, err := t.handsIn(g, who, f.Request != nil)
		if err != nil {
			return err
		}
		if topic, err = get[agenda.Topic](t, topicKey(g, agenda.TopicID(t.id))); !errors.Is(err, agenda.ErrNotFound) {
			return err
		}
		if topic, err = agenda.NewTopic(agenda.TopicID(t.id), group, person, f.TopicDetails, f.Request, t.now, t.clock.Loc); err != nil {
			return err
		}
		return t.addTopic(topic, group)
	})
	if err != nil {
		err = fmt.Errorf("topic for %s: %w", g, err)
	}
	return topic, err
}

// handsIn returns the group and the person if she may hand in something for it.
func (t *tx) handsIn(g agenda.GroupID, who agenda.PersonID, request bool) (group agenda.Group, p agenda.Person, err error) {
	if group, err = get[agenda.Group](t, groupKey(g)); err != nil {
		return group, p, err
	}
	if p, err = get[agenda.Person](t, personKey(who)); err != nil {
		return group, p, err
	}
	if request || p.Coordinator {
		return group, p, nil
	}
	member, err := t.memberSoon(g, who)
	if err == nil && !member {
		err = agenda.ErrNotFound // the group does not exist for her
	}
	return group, p, err
}

// memberSoon reports whether the person has a seat in the group today or later.
func (t *tx) memberSoon(g agenda.GroupID, who agenda.PersonID) (bool, error) {
	seats, err := seatsOfGroup(t, g)
	today := agenda.LocalOf(t.now, t.clock.Loc).Date
	for _, seat := range seats {
		if seat.HoldsFrom(who, today) {
			return true, err
		}
	}
	return false, err
}

// addTopic writes a new topic; whoever chairs the group is told of a request.
func (t *tx) addTopic(topic agenda.Topic, g agenda.Group) error {
	list, err := topicsOf(t, g.ID)
	if err != nil {
		return err
	}
	open := 0
	for _, o := range list {
		if o.Open() && o.Meeting == "" {
			open++
		}
	}
	if open >= agenda.MaxTopics {
		return agenda.Problems{{Field: "topic_title", Rule: "too_many", Want: fmt.Sprint(agenda.MaxTopics)}}
	}
	if err := t.countADay("topic."+string(topic.Person), topicsADay); err != nil {
		return err
	}
	put(t, topicKey(g.ID, topic.ID), topic)
	t.recordTopic(topic, g, agenda.Entry{Verb: "topic_added", Mail: topic.Request != nil})
	if topic.Request == nil {
		return nil
	}
	return t.notify(agenda.Notice{
		ID: agenda.NoticeID("request." + t.id), Kind: agenda.KindRequest, Subject: aboutTopic(topic), Mark: "1", Made: t.now,
		To:  agenda.Audience{Of: agenda.Ref{Kind: agenda.AboutChairs, ID: string(g.ID)}, Days: []agenda.Date{agenda.LocalOf(t.now, t.clock.Loc).Date}},
		Due: t.now, Deadline: t.now.AddDate(0, 0, 14),
	})
}

// topicsADay is how many topics a person hands in on a day at most.
const topicsADay = 30

// recordTopic writes a line of the history, found under the topic and its group.
func (t *tx) recordTopic(topic agenda.Topic, g agenda.Group, e agenda.Entry) {
	e.Subject, e.Title = aboutTopic(topic), topic.Title+" ("+g.Name+")"
	also := []agenda.Ref{{Kind: agenda.AboutGroup, ID: string(g.ID)}}
	if topic.Person != "" {
		also = append(also, agenda.Ref{Kind: agenda.AboutPerson, ID: string(topic.Person)})
	}
	t.record(e, also...)
}

// Topics returns all topics of a group, those that wait longest first.
func (s *Store) Topics(ctx context.Context, g agenda.GroupID) ([]agenda.Topic, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Topic, error) { return topicsOf(tx, g) })
}

func topicsOf(tx kv.Tx, g agenda.GroupID) ([]agenda.Topic, error) {
	list, err := all[agenda.Topic](tx, kTopic, idPart(string(g)))
	agenda.SortTopics(list)
	return list, err
}

// WaitingTopic is a topic of the backlog, and what its page says of it.
type WaitingTopic struct {
	agenda.Topic
	On     agenda.Meeting   // on whose agenda it is; the zero Meeting: on none
	Agenda agenda.Agenda    // of that
	Off    []agenda.Meeting // from which it was put off, in that order
}

// Backlog returns the topics of a group that are open and wait for a meeting, or
// stand on the agenda of one that is not over.
func (s *Store) Backlog(ctx context.Context, g agenda.GroupID) ([]WaitingTopic, error) {
	return view(ctx, s, func(tx kv.Tx) ([]WaitingTopic, error) { return backlog(tx, g, s.Now(), s.Loc()) })
}

func backlog(tx kv.Tx, g agenda.GroupID, now time.Time, loc *time.Location) (out []WaitingTopic, err error) {
	list, err := topicsOf(tx, g)
	for _, topic := range list {
		if !topic.Open() {
			continue
		}
		w, err := waiting(tx, topic)
		if err != nil {
			return nil, err
		}
		if topic.Waits(w.On) || w.On.End.In(loc).After(now) {
			out = append(out, w)
		}
	}
	return out, err
}

func waiting(tx kv.Tx, topic agenda.Topic) (w WaitingTopic, err error) {
	w.Topic = topic
	if topic.Meeting != "" {
		if w.On, err = get[agenda.Meeting](tx, meetingKey(topic.Meeting)); err != nil {
			return w, err
		}
		if w.Agenda, err = agendaOf(tx, topic.Meeting); err != nil {
			return w, err
		}
	}
	for _, id := range topic.PutOff {
		m, err := get[agenda.Meeting](tx, meetingKey(id))
		if err != nil {
			return w, err
		}
		w.Off = append(w.Off, m)
	}
	return w, nil
}

// Topic returns one topic with what its page says of it.
func (s *Store) Topic(ctx context.Context, g agenda.GroupID, id agenda.TopicID) (WaitingTopic, error) {
	return view(ctx, s, func(tx kv.Tx) (WaitingTopic, error) {
		topic, err := get[agenda.Topic](tx, topicKey(g, id))
		if err != nil {
			return WaitingTopic{}, err
		}
		return waiting(tx, topic)
	})
}

// TopicToken returns the secret part of a person's link to hand in topics for a
// group.
func (s *Store) TopicToken(g agenda.GroupID, who agenda.PersonID) string {
	return s.token(forTopic, string(g)+"."+string(who), 0)
}

// TopicOfToken returns for which group a link hands in topics, and who does.
func (s *Store) TopicOfToken(ctx context.Context, token string) (agenda.GroupID, agenda.Person, error) {
	g, who, ok := strings.Cut(subjectOf(token), ".")
	if !ok || !s.genuine(token, forTopic, 0) {
		return "", agenda.Person{}, agenda.ErrNotFound
	}
	p, err := s.Person(ctx, agenda.PersonID(who)) // not found if she was deleted
	return agenda.GroupID(g), p, err
}

// ChangeTopic gives a topic other words. Whoever handed it in may until it is on
// a released agenda (ErrState); chair and coordinators, who is "" then, always. An
// agenda that it is on follows.
func (s *Store) ChangeTopic(ctx context.Context, actor agenda.Actor, g agenda.GroupID, id agenda.TopicID, who agenda.PersonID, f TopicForm) error {
	return s.turnTopic(ctx, actor, g, id, func(t *tx, old WaitingTopic, group agenda.Group) error {
		if err := mayChange(old, who); err != nil {
			return err
		}
		topic, err := old.Edit(f.TopicDetails, f.Request, f.Seen, t.now, t.clock.Loc)
		if err != nil || topic.Changed.Equal(old.Changed) {
			return err
		}
		put(t, topicKey(g, id), topic)
		t.recordTopic(topic, group, agenda.Entry{Verb: "topic_changed", Changes: old.Changes(topic)})
		return t.followTopic(old, &topic)
	})
}

// mayChange says whether who ("": chair or coordinators) may change a topic.
func mayChange(w WaitingTopic, who agenda.PersonID) error {
	switch {
	case who != "" && w.Person != who:
		return agenda.ErrNotFound
	case who != "" && !w.Editable(who, w.Agenda):
		return agenda.ErrState
	case !w.Open():
		return agenda.ErrState
	}
	return nil
}

// followTopic has the draft of an agenda follow a topic that was changed, or
// taken back (nil).
func (t *tx) followTopic(old WaitingTopic, now *agenda.Topic) error {
	if old.Meeting == "" || old.Agenda.Changed.IsZero() || old.Agenda.Out() {
		return nil
	}
	put(t, agendaKey(old.Meeting), old.Agenda.Follow(old.Topic, now, t.now))
	return nil
}

// TakeBackTopic deletes a topic on behalf of whoever handed it in, while she may
// change it.
func (s *Store) TakeBackTopic(ctx context.Context, actor agenda.Actor, g agenda.GroupID, id agenda.TopicID, who agenda.PersonID) error {
	return s.turnTopic(ctx, actor, g, id, func(t *tx, old WaitingTopic, group agenda.Group) error {
		if who == "" {
			return agenda.ErrNotFound // the chair closes it
		}
		if err := mayChange(old, who); err != nil {
			return err
		}
		t.Delete(topicKey(g, id))
		t.recordTopic(old.Topic, group, agenda.Entry{Verb: "topic_back"})
		return t.followTopic(old, nil)
	})
}

// CloseTopic says that a topic in the backlog is done without a meeting, or that
// it is open again.
func (s *Store) CloseTopic(ctx context.Context, actor agenda.Actor, g agenda.GroupID, id agenda.TopicID, done bool) error {
	return s.turnTopic(ctx, actor, g, id, func(t *tx, old WaitingTopic, group agenda.Group) error {
		topic := old.Close(done, t.now)
		if topic.Changed.Equal(old.Changed) {
			return nil
		}
		if !old.Waits(old.On) && done {
			return agenda.ErrState // it is on an agenda
		}
		put(t, topicKey(g, id), topic)
		verb := "topic_reopened"
		if done {
			verb = "topic_closed"
		}
		t.recordTopic(topic, group, agenda.Entry{Verb: verb})
		return nil
	})
}

// TrainingEvent makes an event with sign-up of a request for a training and tells
// whoever asked. once, when not empty, names the form: sent twice it makes one
// event.
func (s *Store) TrainingEvent(ctx context.Context, actor agenda.Actor, g agenda.GroupID, id agenda.TopicID, d agenda.EventDetails, review agenda.Review, once string) (e agenda.Event, err error) {
	err = s.turnTopic(ctx, actor, g, id, func(t *tx, old WaitingTopic, group agenda.Group) error {
		var known bool
		if e, known, err = t.added(once); err != nil || known {
			return err
		}
		topic, err := old.Agree(agenda.EventID(t.id), t.now)
		if err != nil {
			return err
		}
		if e, err = t.addEvent(0, d, review, false); err != nil {
			return err
		}
		put(t, topicKey(g, id), topic)
		t.recordTopic(topic, group, agenda.Entry{Verb: "topic_event", Mail: topic.Person != ""})
		if topic.Person == "" {
			return nil // she was deleted
		}
		return t.notify(agenda.Notice{
			ID: agenda.NoticeID("training." + string(id)), Kind: agenda.KindTraining, Subject: aboutTopic(topic), Mark: string(e.ID), Made: t.now,
			To: agenda.Audience{Of: agenda.Ref{Kind: agenda.AboutPerson, ID: string(topic.Person)}}, Due: t.now, Deadline: t.now.AddDate(0, 0, 14),
		})
	})
	return e, err
}

// turnTopic runs a use case about one topic.
func (s *Store) turnTopic(ctx context.Context, actor agenda.Actor, g agenda.GroupID, id agenda.TopicID, fn func(*tx, WaitingTopic, agenda.Group) error) error {
	err := s.update(ctx, actor, func(t *tx) error {
		topic, err := get[agenda.Topic](t, topicKey(g, id))
		if err != nil {
			return err
		}
		w, err := waiting(t, topic)
		if err != nil {
			return err
		}
		group, err := get[agenda.Group](t, groupKey(g))
		if err != nil {
			return err
		}
		return fn(t, w, group)
	})
	if err != nil {
		err = fmt.Errorf("topic %s of %s: %w", id, g, err)
	}
	return err
}
