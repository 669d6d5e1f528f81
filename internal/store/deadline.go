package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func deadlineKey(id agenda.DeadlineID) string { return kv.Key(kDeadline, idPart(string(id))) }

func deadlinesKey(d agenda.Deadline) string {
	return kv.Key(kDeadlines, idPart(string(d.Group)), string(d.ID))
}

func deadlineAnswerKey(id agenda.DeadlineID, i agenda.InstitutionID) string {
	return kv.Key(kDelivered, idPart(string(id)), idPart(string(i)))
}

// dueRoll is the kind of what is due when a deadline is over.
const dueRoll = "y"

func rollKey(d agenda.Deadline, loc *time.Location) string {
	return kv.Key(kDue, dueRoll, kv.Time(d.Rolls(loc)), string(d.ID))
}

func aboutDeadline(id agenda.DeadlineID) agenda.Ref {
	return agenda.Ref{Kind: agenda.AboutDeadline, ID: string(id)}
}

// SetDeadline makes a deadline for the institutions of a group. They are told on
// the days that it names. once, when not empty, names the form: sent twice it
// makes one.
func (s *Store) SetDeadline(ctx context.Context, actor agenda.Actor, g agenda.GroupID, details agenda.DeadlineDetails, once string) (d agenda.Deadline, err error) {
	err = s.update(ctx, actor, func(t *tx) error {
		if once != "" {
			t.id = formID(once)
		}
		if _, err := get[agenda.Group](t, groupKey(g)); err != nil {
			return err
		}
		if d, err = get[agenda.Deadline](t, deadlineKey(agenda.DeadlineID(t.id))); !errors.Is(err, agenda.ErrNotFound) {
			return err
		}
		if d, err = agenda.NewDeadline(agenda.DeadlineID(t.id), g, details, t.now, t.clock.Loc); err != nil {
			return err
		}
		return t.keepDeadline(nil, d, "deadline_set", nil)
	})
	if err != nil {
		err = fmt.Errorf("deadline of %s: %w", g, err)
	}
	return d, err
}

// keepDeadline writes a deadline, its reminders, when the next one is made, its
// history and the revision of the feeds that show it.
func (t *tx) keepDeadline(old *agenda.Deadline, d agenda.Deadline, verb string, changes []agenda.Change) error {
	g, err := get[agenda.Group](t, groupKey(d.Group))
	if err != nil {
		return err
	}
	put(t, deadlineKey(d.ID), d)
	if old == nil {
		t.Put(deadlinesKey(d), nil)
	} else {
		t.Delete(rollKey(*old, t.clock.Loc))
	}
	if d.Yearly && !d.Cancelled {
		t.Put(rollKey(d, t.clock.Loc), nil)
	}
	if err := t.remind(aboutDeadline(d.ID), t.clock.DeadlineReminders(d, t.now)); err != nil {
		return err
	}
	t.record(agenda.Entry{Subject: aboutDeadline(d.ID), Verb: verb, Title: d.Title + " (" + g.Name + ")", Changes: changes}, agenda.Ref{Kind: agenda.AboutGroup, ID: string(d.Group)})
	return t.touch(GroupScope(d.Group), string(d.ID))
}

// ChangeDeadline gives a deadline other details; its reminders follow.
func (s *Store) ChangeDeadline(ctx context.Context, actor agenda.Actor, id agenda.DeadlineID, to agenda.DeadlineDetails, seen time.Time) error {
	return s.turnDeadline(ctx, actor, id, func(t *tx, old agenda.Deadline) error {
		d, changes, err := old.Change(to, seen, t.now, t.clock.Loc)
		if err != nil || len(changes) == 0 {
			return err
		}
		return t.keepDeadline(&old, d, "changed", changes)
	})
}

// CancelDeadline gives a deadline up. Nobody is told; calendars show it as
// cancelled.
func (s *Store) CancelDeadline(ctx context.Context, actor agenda.Actor, id agenda.DeadlineID, seen time.Time) error {
	return s.turnDeadline(ctx, actor, id, func(t *tx, old agenda.Deadline) error {
		d, err := old.Cancel(seen, t.now)
		if err != nil || old.Cancelled {
			return err
		}
		return t.keepDeadline(&old, d, "cancelled", nil)
	})
}

// RemindOfDeadline reminds those whose institution has not answered, at most
// once a day: sent says whether it did.
func (s *Store) RemindOfDeadline(ctx context.Context, actor agenda.Actor, id agenda.DeadlineID) (sent bool, err error) {
	err = s.turnDeadline(ctx, actor, id, func(t *tx, d agenda.Deadline) error {
		sent = false
		n, err := t.clock.DeadlineReminder(d, t.now)
		if err != nil {
			return err
		}
		if _, err := get[agenda.Notice](t, noticeKey(n.ID)); !errors.Is(err, agenda.ErrNotFound) {
			return err
		}
		sent = true
		t.record(agenda.Entry{Subject: aboutDeadline(id), Verb: "deadline_reminded", Title: d.Title, Mail: true}, agenda.Ref{Kind: agenda.AboutGroup, ID: string(d.Group)})
		return t.notify(n)
	})
	return sent, err
}

func (s *Store) turnDeadline(ctx context.Context, actor agenda.Actor, id agenda.DeadlineID, fn func(*tx, agenda.Deadline) error) error {
	err := s.update(ctx, actor, func(t *tx) error {
		d, err := get[agenda.Deadline](t, deadlineKey(id))
		if err != nil {
			return err
		}
		return fn(t, d)
	})
	if err != nil {
		err = fmt.Errorf("deadline %s: %w", id, err)
	}
	return err
}

// AnswerDeadline notes that an institution has delivered, or, with done false,
// that it has not after all. who is the person who said so, "" for the office.
func (s *Store) AnswerDeadline(ctx context.Context, actor agenda.Actor, id agenda.DeadlineID, i agenda.InstitutionID, who agenda.PersonID, done bool, note string) error {
	return s.turnDeadline(ctx, actor, id, func(t *tx, d agenda.Deadline) error {
		replies, err := repliesTo(t, d)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(replies, func(r agenda.DeadlineReply) bool { return r.Institution == i })
		if at < 0 {
			return agenda.ErrNotFound
		}
		verb, key := "deadline_answered", deadlineAnswerKey(id, i)
		if done {
			a, err := d.Answer(replies[at], who, note, t.now, t.clock.Loc)
			if err != nil || a == replies[at].Answer {
				return err // also the second click
			}
			put(t, key, a)
		} else {
			if !replies[at].Given() {
				return nil
			}
			verb = "deadline_reopened"
			t.Delete(key)
		}
		t.record(agenda.Entry{Subject: aboutDeadline(id), Verb: verb, Title: d.Title + ": " + t.institutionName(i)}, agenda.Ref{Kind: agenda.AboutGroup, ID: string(d.Group)})
		return nil
	})
}

func repliesTo(tx kv.Tx, d agenda.Deadline) ([]agenda.DeadlineReply, error) {
	seats, err := seatsOfGroup(tx, d.Group)
	if err != nil {
		return nil, err
	}
	answers, err := all[agenda.DeadlineAnswer](tx, kDelivered, string(d.ID))
	return d.Replies(seats, answers), err
}

// DeadlineReplies returns a deadline and what is known of the institutions that
// are asked.
func (s *Store) DeadlineReplies(ctx context.Context, id agenda.DeadlineID) (d agenda.Deadline, replies []agenda.DeadlineReply, err error) {
	err = s.db.View(ctx, func(tx kv.Tx) error {
		if d, err = get[agenda.Deadline](tx, deadlineKey(id)); err != nil {
			return err
		}
		replies, err = repliesTo(tx, d)
		return err
	})
	return d, replies, err
}

// Deadline returns one deadline.
func (s *Store) Deadline(ctx context.Context, id agenda.DeadlineID) (agenda.Deadline, error) {
	return view(ctx, s, func(tx kv.Tx) (agenda.Deadline, error) { return get[agenda.Deadline](tx, deadlineKey(id)) })
}

// Deadlines returns the deadlines of a group by their day.
func (s *Store) Deadlines(ctx context.Context, g agenda.GroupID) ([]agenda.Deadline, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.Deadline, error) {
		var out []agenda.Deadline
		for pair, err := range tx.Scan(kv.Prefix(kDeadlines, idPart(string(g)))) {
			if err != nil {
				return nil, err
			}
			d, err := get[agenda.Deadline](tx, deadlineKey(agenda.DeadlineID(lastPart(pair.Key))))
			if err != nil {
				return nil, err
			}
			out = append(out, d)
		}
		slices.SortStableFunc(out, func(a, b agenda.Deadline) int { return a.Day.Compare(b.Day) })
		return out, nil
	})
}

// DeadlinesOf returns the deadlines that concern a person: of the groups in
// which she fills a seat on their day.
func (s *Store) DeadlinesOf(ctx context.Context, who agenda.PersonID) ([]agenda.Deadline, error) {
	seats, err := s.SeatsOf(ctx, who)
	if err != nil {
		return nil, err
	}
	var out []agenda.Deadline
	seen := map[agenda.GroupID]bool{}
	for _, seat := range seats {
		if seen[seat.Group] {
			continue
		}
		seen[seat.Group] = true
		all, err := s.Deadlines(ctx, seat.Group)
		if err != nil {
			return nil, err
		}
		for _, d := range all {
			if slices.ContainsFunc(seats, func(x agenda.Seat) bool { return x.Group == d.Group && x.Holder(d.Day) == who }) {
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// DeadlineToken returns the secret part of a person's link to a deadline.
func (s *Store) DeadlineToken(id agenda.DeadlineID, who agenda.PersonID) string {
	return s.token(forDeadline, string(id)+"-"+string(who), 0)
}

// DeadlineOfToken returns the deadline and the person that a link is about.
func (s *Store) DeadlineOfToken(ctx context.Context, token string) (agenda.DeadlineID, agenda.Person, error) {
	id, who, ok := strings.Cut(subjectOf(token), "-")
	if !ok || !s.genuine(token, forDeadline, 0) {
		return "", agenda.Person{}, agenda.ErrNotFound
	}
	p, err := s.Person(ctx, agenda.PersonID(who)) // not found if she was deleted
	return agenda.DeadlineID(id), p, err
}

// DueRolls returns up to limit deadlines that are over at now and come again.
func (s *Store) DueRolls(ctx context.Context, now time.Time, limit int) ([]agenda.DeadlineID, error) {
	return view(ctx, s, func(tx kv.Tx) ([]agenda.DeadlineID, error) {
		pairs, err := due(tx, dueRoll, now, limit)
		out := make([]agenda.DeadlineID, len(pairs))
		for i, p := range pairs {
			out[i] = agenda.DeadlineID(lastPart(p.Key))
		}
		return out, err
	})
}

// Roll makes the deadline of the next year, once: it is taken out of what is due
// in the same transaction.
func (s *Store) Roll(ctx context.Context, id agenda.DeadlineID) error {
	return ignoreNotFound(s.turnDeadline(ctx, agenda.Actor{}, id, func(t *tx, d agenda.Deadline) error {
		t.Delete(rollKey(d, t.clock.Loc))
		next, ok := d.Next(agenda.DeadlineID(formID(string(d.ID)+" next")), t.now, t.clock.WorkingDayBefore)
		if !ok {
			return nil
		}
		if _, err := get[agenda.Deadline](t, deadlineKey(next.ID)); !errors.Is(err, agenda.ErrNotFound) {
			return err // made before
		}
		return t.keepDeadline(nil, next, "deadline_again", nil)
	}))
}

// deadlineStands reports whether a notice of a deadline is of use.
func (t *tx) deadlineStands(n agenda.Notice) (bool, error) {
	d, err := get[agenda.Deadline](t, deadlineKey(agenda.DeadlineID(n.Subject.ID)))
	if err != nil {
		return false, ignoreNotFound(err)
	}
	others, err := noticesLike(t, "r."+n.Subject.Kind+"."+n.Subject.ID+".")
	return agenda.DeadlineStands(d, n, others, t.now), err
}

// deadlineReaders are the people of the institutions that have not answered by
// now.
func (t *tx) deadlineReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	d, err := get[agenda.Deadline](t, deadlineKey(agenda.DeadlineID(n.To.Of.ID)))
	if err != nil {
		return nil, false, err
	}
	replies, err := repliesTo(t, d)
	if err != nil {
		return nil, false, err
	}
	var ids []agenda.PersonID
	for _, r := range replies {
		if !r.Given() {
			ids = append(ids, r.People...)
		}
	}
	return t.personReaders(n, ids)
}

// deadline adds a deadline to the facts of a letter.
func (r *reader) deadline(f *agenda.Facts, id agenda.DeadlineID) (err error) {
	if f.DueBy, err = load[agenda.Deadline](r, deadlineKey(id)); err != nil {
		return err
	}
	f.Group, err = load[agenda.Group](r, groupKey(f.DueBy.Group))
	return err
}

// owes adds for which institution the reader of a deadline's letter sits.
func (r *reader) owes(f *agenda.Facts, who agenda.PersonID) error {
	replies, err := repliesTo(r.tx, f.DueBy)
	if err != nil {
		return err
	}
	f.Reply, _ = agenda.ReplyOf(replies, who)
	if f.Reply.Institution != "" {
		if f.Institution, err = load[agenda.Institution](r, institutionKey(f.Reply.Institution)); ignoreNotFound(err) != nil {
			return err
		}
	}
	f.Tokens.Act = r.s.DeadlineToken(f.DueBy.ID, who)
	return nil
}

// sweepDeadlines deletes deadlines that are long over, with their answers.
func (s *Store) sweepDeadlines(ctx context.Context) (n int, err error) {
	today := s.Today()
	deadlines, err := view(ctx, s, func(tx kv.Tx) ([]agenda.Deadline, error) { return all[agenda.Deadline](tx, kDeadline) })
	if err != nil {
		return 0, err
	}
	for _, d := range deadlines {
		if !d.Forget(today) {
			continue
		}
		err := s.deleteKeys(ctx, func(tx kv.Tx) (keys []string, err error) {
			for pair, err := range tx.Scan(kv.Prefix(kDelivered, string(d.ID))) {
				if err != nil {
					return nil, err
				}
				keys = append(keys, pair.Key)
			}
			return append(keys, deadlinesKey(d), rollKey(d, s.Loc()), deadlineKey(d.ID)), nil
		})
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// moveDeadlineAnswers gives one institution what another answered; what it
// answered itself stays.
func (t *tx) moveDeadlineAnswers(from, into agenda.InstitutionID) error {
	answers, err := all[agenda.DeadlineAnswer](t, kDelivered)
	for _, a := range answers {
		if a.Institution != from {
			continue
		}
		t.Delete(deadlineAnswerKey(a.Deadline, from))
		if _, err := t.Get(deadlineAnswerKey(a.Deadline, into)); errors.Is(err, kv.ErrNotFound) {
			a.Institution = into
			put(t, deadlineAnswerKey(a.Deadline, into), a)
		}
	}
	return err
}
