package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// Facts returns what the letter of a message would be made of now.
func (s *Store) Facts(ctx context.Context, id agenda.MessageID) (agenda.Facts, error) {
	m, err := s.Message(ctx, id)
	if err != nil {
		return agenda.Facts{}, err
	}
	all, err := s.factsOf(ctx, []agenda.Message{m})
	if err != nil {
		return agenda.Facts{}, err
	}
	return all[0], nil
}

// factsOf reads what several letters are made of, in one snapshot. What many of
// them speak of is read once. A message whose reader or subject is gone keeps
// its facts empty.
func (s *Store) factsOf(ctx context.Context, messages []agenda.Message) ([]agenda.Facts, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Facts, error) {
		r := &reader{tx: tx, s: s, kept: map[string]any{}}
		out := make([]agenda.Facts, 0, len(messages))
		for _, m := range messages {
			f := agenda.Facts{Message: m, Now: s.Now(), Lang: agenda.German}
			if err := r.fill(&f); err != nil && !errors.Is(err, agenda.ErrNotFound) {
				return nil, fmt.Errorf("facts of message %s: %w", m.ID, err)
			}
			out = append(out, f)
		}
		return out, nil
	})
}

// reader reads records for several letters.
type reader struct {
	tx   kv.Tx
	s    *Store
	kept map[string]any
}

func load[T any](r *reader, key string) (T, error) {
	if v, ok := r.kept[key]; ok {
		return v.(T), nil
	}
	v, err := get[T](r.tx, key)
	if err == nil {
		r.kept[key] = v
	}
	return v, err
}

func (r *reader) fill(f *agenda.Facts) error {
	n, err := load[agenda.Notice](r, noticeKey(f.Message.Notice))
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	f.Notice = n
	if err := r.subject(f); err != nil {
		return err
	}
	if err := r.also(f); err != nil {
		return err
	}
	if err := r.reader(f); err != nil {
		return err
	}
	if err := r.questions(f); err != nil {
		return err
	}
	return r.words(f)
}

func (r *reader) reader(f *agenda.Facts) error {
	switch ref := f.Message.Reader; ref.Kind {
	case agenda.AboutPerson:
		p, err := get[agenda.Person](r.tx, personKey(agenda.PersonID(ref.ID)))
		if err != nil {
			return err
		}
		f.Name, f.Phone, f.Lang = p.Name(), p.Phone, p.Lang
		if p.Wants(f.Message.Kind) { // may have been switched off since the message was made
			f.Email = p.Email
		}
		f.Tokens.Mute = r.s.token(forMute, ref.ID+"-"+string(f.Message.Kind), 0)
		f.Tokens.Feed = r.s.PersonFeedToken(p)
		if err := r.calling(f, p.ID); err != nil {
			return err
		}
		switch f.Message.Subject.Kind {
		case agenda.AboutEdition:
			return r.called(f, p)
		case agenda.AboutPoll:
			return r.polled(f, p.ID)
		case agenda.AboutDeadline:
			return r.owes(f, p.ID)
		case aboutDigest, aboutOpen:
			return r.todoOf(f)
		case agenda.AboutMeeting:
			if ofMinutes(f.Message.Kind) {
				return r.minutesOfReader(f, p.ID)
			}
			r.agendaTokens(f, p.ID)
		}
	case agenda.AboutWatcher:
		w, err := get[agenda.Watcher](r.tx, watcherKey(agenda.WatcherID(ref.ID)))
		if err != nil {
			return err
		}
		f.Email, f.Lang, f.Until = w.Email, w.Lang, w.Asked.Add(agenda.ConfirmWithin)
		f.Tokens.Act = r.s.token(forWatch, ref.ID, w.Gen)
		f.Tokens.Mute = f.Tokens.Act
	case agenda.AboutSignUp:
		return r.signUp(f, agenda.SignUpID(ref.ID))
	case agenda.AboutSubscriber:
		return r.subscriber(f, agenda.SubscriberID(ref.ID))
	case agenda.AboutEditor:
		return r.editor(f)
	case agenda.AboutSubstitute:
		return r.substitute(f)
	case agenda.AboutOffice:
		f.Email = r.s.config.Office
	}
	return nil
}

func (r *reader) subject(f *agenda.Facts) (err error) {
	f.Groups = map[agenda.GroupID]agenda.Group{}
	id := f.Message.Subject.ID
	switch f.Message.Subject.Kind {
	case agenda.AboutMeeting:
		if f.Meeting, err = load[agenda.Meeting](r, meetingKey(agenda.MeetingID(id))); err != nil {
			return err
		}
		if f.Group, err = load[agenda.Group](r, groupKey(f.Meeting.Group)); err != nil {
			return err
		}
		switch kind := f.Message.Kind; {
		case kind == agenda.KindHeads:
			f.Attendance, f.People, err = attendance(r.tx, f.Meeting)
		case ofAgenda(kind):
			err = r.agendaFacts(f)
		case ofMinutes(kind):
			err = r.minutesFacts(f)
		}
	case agenda.AboutGroup:
		return r.invitation(f)
	case agenda.AboutEvent:
		if err := r.event(f, agenda.EventID(id)); err != nil || f.Message.Kind != agenda.KindHeads {
			return err
		}
		return r.heads(f)
	case agenda.AboutWatcher:
		w, err := load[agenda.Watcher](r, watcherKey(agenda.WatcherID(id)))
		if err != nil {
			return err
		}
		return r.event(f, w.Event)
	case agenda.AboutSignUp:
		u, err := load[agenda.SignUp](r, signUpKey(agenda.SignUpID(id)))
		if err != nil {
			return err
		}
		return r.event(f, u.Event)
	case agenda.AboutEdition:
		year, _ := strconv.Atoi(id) // what is no year has no edition
		f.Edition, err = load[agenda.Edition](r, editionKey(year))
	case agenda.AboutTopic:
		return r.topicFacts(f, id)
	case agenda.AboutPoll:
		return r.poll(f, agenda.PollID(id))
	case agenda.AboutDeadline:
		return r.deadline(f, agenda.DeadlineID(id))
	case agenda.AboutLogin:
		return r.login(f)
	case agenda.AboutSubscribers:
		return r.told(f)
	case aboutDigest:
		return r.digest(f)
	case aboutOpen:
		return nil
	case agenda.AboutOffice:
		if id == agenda.OfMailbox {
			f.Mailbox, err = mailbox(r.tx)
			return err
		}
		if f.Message.Kind == agenda.KindPlanning {
			f.Shortfalls, err = shortfalls(r.tx, agenda.LocalOf(f.Now, r.s.Loc()).Date)
			return err
		}
		return r.failures(f)
	}
	return err
}

func (r *reader) event(f *agenda.Facts, id agenda.EventID) (err error) {
	if f.Event, err = load[agenda.Event](r, eventKey(id)); err != nil {
		return err
	}
	f.Edition, err = load[agenda.Edition](r, editionKey(f.Event.Edition))
	return ignoreNotFound(err)
}

// signUp reads where somebody stands who signed up.
func (r *reader) signUp(f *agenda.Facts, id agenda.SignUpID) (err error) {
	if f.SignUp, err = get[agenda.SignUp](r.tx, signUpKey(id)); err != nil {
		return err
	}
	if f.House, err = get[agenda.House](r.tx, houseKey(f.SignUp.Event)); ignoreNotFound(err) != nil {
		return err
	}
	if f.Place, err = placeOf(r.tx, f.SignUp); err != nil {
		return err
	}
	f.SignUp = f.SignUp.Expire(f.Now)
	f.Name, f.Email, f.Phone, f.Lang, f.Until = f.SignUp.Name, f.SignUp.Email, f.SignUp.Phone, f.SignUp.Lang, f.SignUp.Until
	f.Tokens.Act = r.s.token(forSignUp, string(id), f.SignUp.Gen)
	f.Tokens.Mute = f.Tokens.Act
	return nil
}

// invitation keeps the dates on which the reader has a seat in the group, as
// they are now, without those that do not take place.
func (r *reader) invitation(f *agenda.Facts) (err error) {
	if f.Group, err = load[agenda.Group](r, groupKey(agenda.GroupID(f.Message.Subject.ID))); err != nil {
		return err
	}
	f.Groups[f.Group.ID] = f.Group
	seats, err := r.sits(agenda.PersonID(f.Message.Reader.ID), f.Group.ID)
	if err != nil {
		return err
	}
	for _, id := range f.Notice.Dates {
		m, err := load[agenda.Meeting](r, meetingKey(id))
		if err != nil {
			return err
		}
		if m.State == agenda.MeetingFixed && agenda.Sits(seats, agenda.PersonID(f.Message.Reader.ID), m.Start.Date) {
			f.Meetings = append(f.Meetings, m)
		}
	}
	sortMeetings(f.Meetings)
	return nil
}

// sits returns the seats that the person has, had or will have in a group.
func (r *reader) sits(p agenda.PersonID, g agenda.GroupID) ([]agenda.Seat, error) {
	return seatsIn(r.tx, p, g)
}

func seatsIn(tx kv.Tx, p agenda.PersonID, g agenda.GroupID) (out []agenda.Seat, err error) {
	for pair, err := range tx.Scan(kv.Prefix(kHeld, string(p), string(g))) {
		if err != nil {
			return nil, err
		}
		seat, err := get[agenda.Seat](tx, seatKey(g, agenda.SeatID(lastPart(pair.Key))))
		if err != nil {
			return nil, err
		}
		out = append(out, seat)
	}
	return out, nil
}

// digestDays is how far the monthly mail looks ahead.
const digestDays = 70

func (r *reader) digest(f *agenda.Facts) error {
	today := agenda.LocalOf(f.Now, r.s.Loc()).Date
	meetings, err := meetingsOf(r.tx, agenda.PersonID(f.Message.Reader.ID), today, today.AddDays(digestDays))
	if err != nil {
		return err
	}
	for _, m := range meetings {
		g, err := load[agenda.Group](r, groupKey(m.Group))
		if err != nil {
			return err
		}
		f.Groups[g.ID] = g
	}
	f.Meetings = meetings
	return r.trains(f)
}

// failures lists what did not arrive since the day before the alarm.
func (r *reader) failures(f *agenda.Facts) error {
	since := f.Message.Made.AddDate(0, 0, -1)
	for _, state := range []agenda.MessageState{agenda.MessageFailed, agenda.MessageUnknown} {
		for p, err := range r.tx.Scan(kv.Prefix(kTrouble, string(state))) {
			if err != nil {
				return err
			}
			m, err := get[agenda.Message](r.tx, messageKey(agenda.MessageID(lastPart(p.Key))))
			if err != nil {
				return err
			}
			if m.Settled.Before(since) || len(f.Failures) == 100 {
				break
			}
			f.Failures = append(f.Failures, m)
		}
	}
	return nil
}

func (r *reader) login(f *agenda.Facts) error {
	l, err := get[login](r.tx, kv.Key(kLogin, f.Message.Subject.ID))
	if err != nil {
		return err
	}
	f.Tokens.Act, f.Until = r.s.token(forLogin, l.ID, 0), l.Until
	f.Code = r.s.code(l)
	return nil
}

// code makes the six digits of a log-in mail; they are as good as the link for
// whoever asked for it, and limited in tries.
func (s *Store) code(l login) string {
	digits := strings.Map(func(c rune) rune { return '0' + c%10 }, s.mac("code", l.ID, 0))
	return digits[:6]
}

func sortMeetings(list []agenda.Meeting) {
	slices.SortFunc(list, func(a, b agenda.Meeting) int {
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
}
