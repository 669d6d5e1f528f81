package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func pollKey(id agenda.PollID) string { return kv.Key(kPoll, idPart(string(id))) }

func pollsKey(p agenda.Poll) string { return kv.Key(kPolls, idPart(string(p.Group)), string(p.ID)) }

func pollAnswerKey(id agenda.PollID, who agenda.PersonID) string {
	return kv.Key(kPollAnswer, idPart(string(id)), idPart(string(who)))
}

func aboutPoll(id agenda.PollID) agenda.Ref {
	return agenda.Ref{Kind: agenda.AboutPoll, ID: string(id)}
}

// OpenPoll asks the members of a group which of the dates suit them: one mail to
// everybody who fills a seat on one of their days. Deciding the poll makes
// meetings of dates. once, when not empty, names the form: sent twice it opens
// one poll.
func (s *Store) OpenPoll(ctx context.Context, actor agenda.Actor, g agenda.GroupID, d agenda.PollDetails, once string) (p agenda.Poll, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		if once != "" {
			t.id = formID(once)
		}
		group, err := get[agenda.Group](t, groupKey(g))
		if err != nil {
			return err
		}
		if p, err = get[agenda.Poll](t, pollKey(agenda.PollID(t.id))); !errors.Is(err, agenda.ErrNotFound) {
			return err
		}
		if p, err = agenda.NewPoll(agenda.PollID(t.id), g, d, t.now, t.clock.Loc); err != nil {
			return err
		}
		put(t, pollKey(p.ID), p)
		t.Put(pollsKey(p), nil)
		t.recordPoll(p, group, agenda.Entry{Verb: "poll_opened", Mail: true})
		if err := t.notify(t.clock.PollRequest(p, t.now)); err != nil {
			return err
		}
		return t.remind(aboutPoll(p.ID), t.clock.PollReminders(p, t.now))
	})
	if err != nil {
		err = fmt.Errorf("open poll of %s: %w", g, err)
	}
	return p, err
}

// recordPoll writes a line of the history, found under the poll and its group.
func (t *tx) recordPoll(p agenda.Poll, g agenda.Group, e agenda.Entry) {
	e.Subject = aboutPoll(p.ID)
	if e.Title == "" {
		e.Title = p.Name(g)
	}
	t.record(e, agenda.Ref{Kind: agenda.AboutGroup, ID: string(g.ID)})
}

// Poll returns one poll.
func (s *Store) Poll(ctx context.Context, id agenda.PollID) (agenda.Poll, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Poll, error) { return get[agenda.Poll](tx, pollKey(id)) })
}

// Polls returns the polls of a group, the newest first.
func (s *Store) Polls(ctx context.Context, g agenda.GroupID) ([]agenda.Poll, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Poll, error) {
		var out []agenda.Poll
		for pair, err := range tx.Scan(kv.Prefix(kPolls, idPart(string(g)))) {
			if err != nil {
				return nil, err
			}
			p, err := get[agenda.Poll](tx, pollKey(agenda.PollID(lastPart(pair.Key))))
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
		slices.SortStableFunc(out, func(a, b agenda.Poll) int { return b.Created.Compare(a.Created) })
		return out, nil
	})
}

// PollVotes returns a poll, its group, and everybody who has a vote in it.
func (s *Store) PollVotes(ctx context.Context, id agenda.PollID) (p agenda.Poll, g agenda.Group, votes []agenda.PollVote, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		if p, g, err = pollOf(tx, id); err != nil {
			return err
		}
		votes, err = votesOf(tx, p)
		return err
	})
	return p, g, votes, err
}

func pollOf(tx kv.Tx, id agenda.PollID) (p agenda.Poll, g agenda.Group, err error) {
	if p, err = get[agenda.Poll](tx, pollKey(id)); err != nil {
		return p, g, err
	}
	g, err = get[agenda.Group](tx, groupKey(p.Group))
	return p, g, err
}

func votesOf(tx kv.Tx, p agenda.Poll) ([]agenda.PollVote, error) {
	seats, err := seatsOfGroup(tx, p.Group)
	if err != nil {
		return nil, err
	}
	answers, err := all[agenda.PollAnswer](tx, kPollAnswer, string(p.ID))
	return p.Votes(seats, answers), err
}

// PollUnreached returns, of those who have not answered, the members whom mail
// about the poll cannot reach, did not reach or has not reached yet: those to
// telephone.
func (s *Store) PollUnreached(ctx context.Context, id agenda.PollID, silent []agenda.Person) (map[agenda.PersonID]Unreached, error) {
	messages, _, err := s.Messages(ctx, OutboxFilter{About: aboutPoll(id)}, 5000)
	if err != nil {
		return nil, err
	}
	returned, err := s.Returned(ctx)
	out := map[agenda.PersonID]Unreached{}
	for _, p := range silent {
		u := Unreached{Person: p}
		switch {
		case p.Email == "":
			u.Why = "no_address"
		case !p.Wants(agenda.KindPoll):
			u.Why = "muted"
		default:
			u = u.after(trouble(messages, p.ID)).orReturned(returned)
		}
		if u.Why != "" {
			out[p.ID] = u
		}
	}
	return out, err
}

// PollToken returns the secret part of a member's link to answer a poll.
func (s *Store) PollToken(id agenda.PollID, who agenda.PersonID) string {
	return s.token(forPoll, string(id)+"-"+string(who), 0)
}

// PollOfToken returns the poll and the person that a link to answer is about.
func (s *Store) PollOfToken(ctx context.Context, token string) (agenda.PollID, agenda.Person, error) {
	id, who, ok := strings.Cut(subjectOf(token), "-")
	if !ok || !s.genuine(token, forPoll, 0) {
		return "", agenda.Person{}, agenda.ErrNotFound
	}
	p, err := s.Person(ctx, agenda.PersonID(who)) // not found if she was deleted
	return agenda.PollID(id), p, err
}

// AnswerPoll notes what a member says to the dates of a poll. She can change it
// until the last day is over; after that Problems say that it is too late.
// actor is herself, or who writes down what she said by telephone.
func (s *Store) AnswerPoll(ctx context.Context, actor agenda.Actor, id agenda.PollID, who agenda.PersonID, choices map[int]agenda.PollChoice, comment string) error {
	err := s.update(ctx, actor, func(t *tx) error {
		p, g, err := pollOf(t, id)
		if err != nil {
			return err
		}
		person, err := get[agenda.Person](t, personKey(who))
		if err != nil {
			return err
		}
		v, err := t.vote(p, who)
		if err != nil {
			return err
		}
		a, err := p.Answer(v, choices, comment, t.now, t.clock.Loc)
		if err != nil || a.At.Equal(v.Answer.At) && maps.Equal(a.Choices, v.Answer.Choices) && a.Comment == v.Answer.Comment {
			return err
		}
		put(t, pollAnswerKey(id, who), a)
		verb := "poll_answered"
		if !v.Answer.At.IsZero() {
			verb = "poll_answer_changed"
		}
		t.record(agenda.Entry{Subject: aboutPoll(id), Verb: verb, Title: person.Name() + ", " + p.Name(g)}, agenda.Ref{Kind: agenda.AboutPerson, ID: string(who)})
		return nil
	})
	if err != nil {
		err = fmt.Errorf("answer poll %s: %w", id, err)
	}
	return err
}

func (t *tx) vote(p agenda.Poll, who agenda.PersonID) (agenda.PollVote, error) {
	seats, err := seatsOfGroup(t, p.Group)
	if err != nil {
		return agenda.PollVote{}, err
	}
	a, err := get[agenda.PollAnswer](t, pollAnswerKey(p.ID, who))
	a.Person = who
	return p.Vote(seats, a, who), ignoreNotFound(err)
}

// ExtendPoll gives the members more time to answer; the reminder of those who
// have not follows.
func (s *Store) ExtendPoll(ctx context.Context, actor agenda.Actor, id agenda.PollID, deadline agenda.Date, seen time.Time) error {
	return s.turnPoll(ctx, actor, id, func(t *tx, old agenda.Poll, g agenda.Group) error {
		p, changes, err := old.Extend(deadline, seen, t.now, t.clock.Loc)
		if err != nil || len(changes) == 0 {
			return err
		}
		put(t, pollKey(id), p)
		t.recordPoll(p, g, agenda.Entry{Verb: "poll_extended", Changes: changes})
		return t.remind(aboutPoll(id), t.clock.PollReminders(p, t.now))
	})
}

// RemindOfPoll reminds those who have not answered, at most once a day: sent
// says whether it did. ErrState is returned when nobody can answer any more.
func (s *Store) RemindOfPoll(ctx context.Context, actor agenda.Actor, id agenda.PollID) (sent bool, err error) {
	err = s.turnPoll(ctx, actor, id, func(t *tx, p agenda.Poll, g agenda.Group) error {
		sent = false
		n, err := t.clock.PollReminder(p, t.now)
		if err != nil {
			return err
		}
		if _, err := get[agenda.Notice](t, noticeKey(n.ID)); !errors.Is(err, agenda.ErrNotFound) {
			return err
		}
		sent = true
		t.recordPoll(p, g, agenda.Entry{Verb: "poll_reminded", Mail: true})
		return t.notify(n)
	})
	return sent, err
}

// CancelPoll gives a poll up. Nobody is told; whoever opens its page reads it.
func (s *Store) CancelPoll(ctx context.Context, actor agenda.Actor, id agenda.PollID, seen time.Time) error {
	return s.turnPoll(ctx, actor, id, func(t *tx, old agenda.Poll, g agenda.Group) error {
		p, err := old.Cancel(seen, t.now)
		if err != nil || p.State == old.State {
			return err
		}
		put(t, pollKey(id), p)
		t.recordPoll(p, g, agenda.Entry{Verb: "poll_cancelled"})
		return nil // what still waits to be told is of no use: pollStands
	})
}

// DecidePoll makes fixed meetings of the chosen options and invites the members
// to them, with one mail for all. Options that stand in the calendar already as
// planned or as drafts are fixed.
func (s *Store) DecidePoll(ctx context.Context, actor agenda.Actor, id agenda.PollID, chosen []int, seen time.Time, sentence string) (p agenda.Poll, err error) {
	err = s.turnPoll(ctx, actor, id, func(t *tx, old agenda.Poll, g agenda.Group) error {
		var dates []agenda.MeetingDetails
		if p, dates, err = old.Decide(chosen, seen, t.now, t.clock.Loc); err != nil || len(dates) == 0 {
			return err
		}
		if most, err := t.decideMost(g); err != nil {
			return err
		} else if len(dates) > most {
			return agenda.Problems{{Field: "options", Rule: "too_many", Want: fmt.Sprint(most)}}
		}
		if p.Meetings, err = t.fixAll(p, g, dates, agenda.Text(sentence)); err != nil {
			return err
		}
		put(t, pollKey(id), p)
		t.recordPoll(p, g, agenda.Entry{Verb: "poll_decided", Note: agenda.Text(sentence), Mail: true})
		return nil // what still waits to be told is of no use: pollStands
	})
	return p, err
}

// decideMost keeps a decision within the limits of one transaction: eight writes
// a meeting and two for each of its reminders; somewhat more for what prepares
// it, because that is fixed with it.
func (t *tx) decideMost(g agenda.Group) (int, error) {
	reminders := func(g agenda.Group) int {
		if g.Leads != nil {
			return 2 * len(g.Leads)
		}
		return 2 * len(t.clock.MeetingLeads)
	}
	writes := 8 + reminders(g)
	along, err := preparers(t, g.ID)
	for _, p := range along {
		writes += 12 + reminders(p)
	}
	return max(1, 80/writes), err
}

// fixAll makes the dates fixed meetings and writes the invitation to them.
func (t *tx) fixAll(p agenda.Poll, g agenda.Group, dates []agenda.MeetingDetails, sentence string) (ids []agenda.MeetingID, err error) {
	var invited []agenda.Meeting
	for i, d := range dates {
		m, err := t.under(formID(fmt.Sprintf("%s %d", p.ID, p.Chosen[i])), func() (agenda.Meeting, error) { return t.fix(g.ID, d) })
		if err != nil {
			return nil, err
		}
		ids = append(ids, m.ID)
		if m.Invited.IsZero() {
			m.Invited = t.now
			put(t, meetingKey(m.ID), m)
			invited = append(invited, m)
		}
	}
	if len(invited) == 0 {
		return ids, nil
	}
	return ids, t.invite(g, invited, sentence)
}

// fix makes the date a fixed meeting, the one that the group has at that time
// already if it has one.
func (t *tx) fix(g agenda.GroupID, d agenda.MeetingDetails) (agenda.Meeting, error) {
	that, err := meetings(t, d.Start.Date, d.Start.Date, func(id agenda.GroupID) bool { return id == g })
	if err != nil {
		return agenda.Meeting{}, err
	}
	for _, m := range that {
		switch {
		case m.Start != d.Start || m.End != d.End || m.State == agenda.MeetingCancelled:
		case m.State == agenda.MeetingFixed:
			return m, nil
		default:
			return m, t.turnMeeting(&m, agenda.MeetingFixed, time.Time{}, agenda.Telling{})
		}
	}
	return t.plan(g, d, agenda.MeetingFixed, "", agenda.Telling{})
}

// turnPoll runs a use case about one poll.
func (s *Store) turnPoll(ctx context.Context, actor agenda.Actor, id agenda.PollID, fn func(*tx, agenda.Poll, agenda.Group) error) error {
	err := s.update(ctx, actor, func(t *tx) error {
		p, g, err := pollOf(t, id)
		if err != nil {
			return err
		}
		return fn(t, p, g)
	})
	if err != nil {
		err = fmt.Errorf("poll %s: %w", id, err)
	}
	return err
}

// pollStands reports whether a notice of a poll is of use.
func (t *tx) pollStands(n agenda.Notice) (bool, error) {
	p, err := get[agenda.Poll](t, pollKey(agenda.PollID(n.Subject.ID)))
	if err != nil {
		return false, ignoreNotFound(err)
	}
	reminders, err := noticesLike(t, string(agenda.PollRemindersID(p.ID)))
	return agenda.PollStands(p, n, reminders, t.now, t.clock.Loc), err
}

// pollReaders are the members who are asked; a reminder goes to those only who
// have not answered by now.
func (t *tx) pollReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	p, err := get[agenda.Poll](t, pollKey(agenda.PollID(n.To.Of.ID)))
	if err != nil {
		return nil, false, err
	}
	votes, err := votesOf(t, p)
	if err != nil {
		return nil, false, err
	}
	var ids []agenda.PersonID
	for _, v := range votes {
		if p.Silent(v) || n.Kind == agenda.KindPoll && len(p.Asked(v)) > 0 {
			ids = append(ids, v.Person)
		}
	}
	return t.personReaders(n, ids)
}

// poll adds a poll to the facts of a letter.
func (r *reader) poll(f *agenda.Facts, id agenda.PollID) (err error) {
	if f.Poll, err = load[agenda.Poll](r, pollKey(id)); err != nil {
		return err
	}
	f.Group, err = load[agenda.Group](r, groupKey(f.Poll.Group))
	return err
}

// polled adds what the reader of a poll's letter is asked, and has answered.
func (r *reader) polled(f *agenda.Facts, who agenda.PersonID) error {
	seats, err := r.sits(who, f.Poll.Group)
	if err != nil {
		return err
	}
	a, err := get[agenda.PollAnswer](r.tx, pollAnswerKey(f.Poll.ID, who))
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	a.Person = who
	f.Vote = f.Poll.Vote(seats, a, who)
	f.Tokens.Act = r.s.PollToken(f.Poll.ID, who)
	return nil
}

// sweepPolls deletes polls that are long over, their answers first.
func (s *Store) sweepPolls(ctx context.Context) (n int, err error) {
	today := s.Today()
	polls, err := view(ctx, s, func(tx kv.Tx) ([]agenda.Poll, error) { return all[agenda.Poll](tx, kPoll) })
	if err != nil {
		return 0, err
	}
	for _, p := range polls {
		if !p.Forget(today) {
			continue
		}
		err := s.deleteKeys(ctx, func(tx kv.Tx) (keys []string, err error) {
			for pair, err := range tx.Scan(kv.Prefix(kPollAnswer, string(p.ID))) {
				if err != nil {
					return nil, err
				}
				keys = append(keys, pair.Key)
			}
			return append(keys, pollsKey(p), pollKey(p.ID)), nil
		})
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// deleteKeys deletes the keys that are found, in batches.
func (s *Store) deleteKeys(ctx context.Context, find func(kv.Tx) ([]string, error)) error {
	keys, err := view(ctx, s, find)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(keys, 2*expandBatch) {
		err := s.update(ctx, agenda.Actor{}, func(t *tx) error {
			for _, key := range batch {
				t.Delete(key)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
