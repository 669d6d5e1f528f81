package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

// notify writes a notice, or puts it at another time.
func (t *tx) notify(n agenda.Notice) error {
	if err := t.silence(n.ID); err != nil {
		return err
	}
	put(t, noticeKey(n.ID), n)
	t.Put(noticeDueKey(n), nil)
	t.dueNow = t.dueNow || !n.Due.After(t.now)
	return nil
}

// silence takes a notice back. One that was expanded already stays on record.
func (t *tx) silence(id agenda.NoticeID) error {
	n, err := get[agenda.Notice](t, noticeKey(id))
	if errors.Is(err, agenda.ErrNotFound) || err == nil && n.Done {
		return nil
	}
	if err != nil {
		return err
	}
	t.Delete(noticeDueKey(n))
	t.Delete(noticeKey(id))
	return nil
}

// noticesLike returns the notices whose identifier begins with prefix.
func noticesLike(tx kv.Tx, prefix string) ([]agenda.Notice, error) {
	lo := kv.Key(kNotice, prefix)
	return list[agenda.Notice](tx, lo, lo+"\xff")
}

// remind replaces the reminders of a date by those given.
func (t *tx) remind(about agenda.Ref, want []agenda.Notice) error {
	return t.replace("r."+about.Kind+"."+about.ID+".", want)
}

// accompany puts what a meeting causes where it belongs now: its reminders, and
// what the rules of its group add. invited says that an invitation goes out as
// well.
func (t *tx) accompany(m agenda.Meeting, g agenda.Group, invited bool) error {
	if err := t.remind(aboutMeeting(m), t.clock.MeetingReminders(m, g, invited, t.now)); err != nil {
		return err
	}
	if err := t.replace(agenda.AnswerNotices(m.ID), t.clock.Accompany(m, g, t.now)); err != nil {
		return err
	}
	if err := t.placeTopicNotices(m, g); err != nil {
		return err
	}
	return t.accompanyMinutes(m, g)
}

// replace replaces the notices whose identifiers begin with prefix by those
// given.
func (t *tx) replace(prefix string, want []agenda.Notice) error {
	have, err := noticesLike(t, prefix)
	if err != nil {
		return err
	}
	for _, n := range have {
		// What is due already stays: expanding it will tell whether it is of use.
		if n.Due.After(t.now) && !slices.ContainsFunc(want, func(w agenda.Notice) bool { return w.ID == n.ID && w.Mark == n.Mark && w.Due.Equal(n.Due) }) {
			if err := t.silence(n.ID); err != nil {
				return err
			}
		}
	}
	for _, n := range want {
		if i := slices.IndexFunc(have, func(h agenda.Notice) bool { return h.ID == n.ID }); i >= 0 {
			if have[i].Mark == n.Mark && have[i].Due.Equal(n.Due) {
				continue // unchanged, or sent already
			}
		}
		if err := t.notify(n); err != nil {
			return err
		}
	}
	return nil
}

// gather writes the notice of a change, or merges it with one about the same
// date that still waits: one mail then tells the difference to what was before
// the first of the changes.
func (t *tx) gather(n agenda.Notice, due time.Time) error {
	pending, err := t.pending(n.Subject)
	if err != nil {
		return err
	}
	if pending != nil {
		n.ID, n.Mark, n.Made = pending.ID, pending.Mark, pending.Made
		n.WasMeet, n.WasEvent = cmp.Or(pending.WasMeet, n.WasMeet), cmp.Or(pending.WasEvent, n.WasEvent)
		if n.Kind == agenda.KindChange && pending.Kind == agenda.KindRestored {
			n.Kind = agenda.KindRestored // its letter shows the date as it is now
		}
		n.Also = mergeAlso(pending.Also, n.Also)
		n.To.Days = append(n.To.Days, pending.To.Days...)
		slices.SortFunc(n.To.Days, agenda.Date.Compare)
		n.To.Days = slices.Compact(n.To.Days)
		n.Sentence = sentences(pending.Sentence, n.Sentence)
		if last := pending.Made.Add(4 * t.clock.Quiet); due.After(last) {
			due = last // a stream of edits does not put the mail off for ever
		}
	} else {
		n.ID = agenda.ChangeID(n.Subject) + "." + agenda.NoticeID(t.id)
		n.Mark, n.Made = t.id, t.now
	}
	n.Due = due
	return t.notify(n)
}

// mergeAlso joins what changed with a date; what was before the first change
// stays.
func mergeAlso(before, now []agenda.AlsoMoved) []agenda.AlsoMoved {
	for _, a := range now {
		if !slices.ContainsFunc(before, func(b agenda.AlsoMoved) bool { return b.Meeting == a.Meeting }) {
			before = append(before, a)
		}
	}
	return before
}

// sentences joins what was said of several changes, each sentence once.
func sentences(before, now string) string {
	if strings.Contains("\n"+before+"\n", "\n"+now+"\n") {
		return before
	}
	return strings.TrimSpace(before + "\n" + now)
}

// undo takes a cancellation or a restoration back that nobody was told of yet.
// What had changed besides is told as a change.
func (t *tx) undo(pending agenda.Notice) error {
	if pending.WasMeet == nil && pending.WasEvent == nil {
		if err := t.tellAlone(pending); err != nil {
			return err
		}
		return t.silence(pending.ID)
	}
	pending.Kind = agenda.KindChange
	return t.notify(pending)
}

// undoes reports whether a date that now takes place, or does not, is as people
// know it: the notice of the contrary still waits.
func undoes(takesPlace bool, pending *agenda.Notice) bool {
	if pending == nil {
		return false
	}
	return takesPlace && pending.Kind == agenda.KindCancellation || !takesPlace && pending.Kind == agenda.KindRestored
}

// pending returns the notice of a change, cancellation or restoration of the
// date that nobody was told of yet, nil if there is none.
func (t *tx) pending(about agenda.Ref) (*agenda.Notice, error) {
	have, err := noticesLike(t, string(agenda.ChangeID(about))+".")
	if err != nil {
		return nil, err
	}
	for _, n := range have {
		if !n.Done && n.Cursor == "" {
			return &n, nil
		}
	}
	return nil, nil
}

// expandBatch keeps an expansion within the limits of one transaction: four
// writes a message.
const expandBatch = 20

// Expand makes the messages of a notice for the next readers who have none
// yet, and reports whether readers remain. Expanding again makes nothing new.
func (s *Store) Expand(ctx context.Context, id agenda.NoticeID) (more bool, err error) {
	err = s.update(ctx, agenda.Actor{}, func(t *tx) error {
		more = false
		n, err := get[agenda.Notice](t, noticeKey(id))
		if errors.Is(err, agenda.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if n.Done {
			return nil
		}
		if n.Kind == agenda.KindMinutesFinal {
			return t.finishMinutes(n)
		}
		if n.Kind == agenda.KindMerge {
			more, err = t.moveRest(n)
			return err
		}
		var readers []agenda.Ref
		use, err := t.useful(n)
		if err != nil {
			return err
		}
		if use {
			if readers, more, err = t.readers(n); err != nil {
				return err
			}
		}
		for _, r := range readers {
			if err := t.enqueue(n.Message(r, t.now)); err != nil {
				return err
			}
			n.Cursor = r.ID
		}
		if n.Done = !more; n.Done {
			n.Told = t.now
			t.Delete(noticeDueKey(n))
		}
		put(t, noticeKey(n.ID), n)
		if n.Done {
			return t.remindOn(n)
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("expand notice %s: %w", id, err)
	}
	return more, nil
}

// useful reports whether there is still something to tell: nothing after the
// deadline, and of several overdue reminders of one date only the latest,
// none that was due before the invitation or before a change of the date was
// told.
func (t *tx) useful(n agenda.Notice) (bool, error) {
	if !n.Deadline.IsZero() && !t.now.Before(n.Deadline) {
		return false, nil
	}
	if n.Kind == agenda.KindCall || n.Kind == agenda.KindCallReminder {
		return t.callStands(n)
	}
	if n.Kind == agenda.KindTask {
		e, err := get[agenda.Event](t, eventKey(agenda.EventID(n.Subject.ID)))
		return err == nil && e.NeedsTasks(), ignoreNotFound(err)
	}
	switch n.Subject.Kind {
	case agenda.AboutPoll:
		return t.pollStands(n)
	case agenda.AboutDeadline:
		return t.deadlineStands(n)
	}
	if ofAgenda(n.Kind) {
		return t.topicsStand(n)
	}
	if n.Kind == agenda.KindNudge || n.Kind == agenda.KindHeads && n.Subject.Kind == agenda.AboutMeeting {
		return t.answersStand(n)
	}
	if ofMinutes(n.Kind) {
		return t.minutesStand(n)
	}
	if n.Kind != agenda.KindReminder {
		return true, nil
	}
	return t.reminderStands(n)
}

// reminderStands is useful for a reminder of a date.
func (t *tx) reminderStands(n agenda.Notice) (bool, error) {
	others, err := noticesLike(t, "r."+n.Subject.Kind+"."+n.Subject.ID+".")
	if err != nil {
		return false, err
	}
	for _, o := range others {
		if o.Lead < n.Lead && o.Mark == n.Mark && !o.Due.After(t.now) {
			return false, nil
		}
	}
	if course, use, err := t.ofCourse(n); err != nil || course {
		return use, err
	}
	if told, err := t.toldSince(n.Subject, n.Due); err != nil || told {
		return false, err
	}
	if n.Subject.Kind != agenda.AboutMeeting {
		return true, nil
	}
	m, err := get[agenda.Meeting](t, meetingKey(agenda.MeetingID(n.Subject.ID)))
	if err != nil {
		return false, ignoreNotFound(err)
	}
	folded := !m.Invited.IsZero() && !n.Due.After(m.Invited)
	if with, err := t.withAgenda(m, n.Due); err != nil || with {
		return false, err
	}
	return m.State == agenda.MeetingFixed && m.Start.String() == n.Mark && !folded, nil
}

// toldSince reports whether a change of the date was told at the time or later:
// that mail said all that a reminder would.
func (t *tx) toldSince(about agenda.Ref, since time.Time) (bool, error) {
	changes, err := noticesLike(t, string(agenda.ChangeID(about))+".")
	return slices.ContainsFunc(changes, func(c agenda.Notice) bool { return c.Done && !c.Told.Before(since) }), err
}

func ignoreNotFound(err error) error {
	if errors.Is(err, agenda.ErrNotFound) {
		return nil
	}
	return err
}

// readers returns the next readers of a notice, in the order of their
// identifiers, and whether there are more of them.
func (t *tx) readers(n agenda.Notice) ([]agenda.Ref, bool, error) {
	of := n.To.Of
	switch of.Kind {
	case agenda.AboutGroup:
		return t.groupReaders(n)
	case agenda.AboutEvent:
		return t.watchersOf(n)
	case aboutDigest:
		return t.digestReaders(n)
	case agenda.AboutCalled:
		return t.calledReaders(n)
	case agenda.AboutEditors, agenda.AboutTasks:
		return t.editorReaders(n)
	case agenda.AboutSubscribers:
		return t.subscribers(n)
	case agenda.AboutSubscriber:
		return t.askedSubscriber(n)
	case agenda.AboutPoll:
		return t.pollReaders(n)
	case agenda.AboutDeadline:
		return t.deadlineReaders(n)
	case agenda.AboutChairs:
		return t.chairReaders(n)
	case agenda.AboutHosts:
		return t.hostReaders(n)
	case agenda.AboutMinutes:
		return t.minutesReaders(n)
	case agenda.AboutAssigned:
		return t.assignedReaders(n)
	case aboutOpen:
		return t.openReaders(n)
	}
	return []agenda.Ref{of}, false, nil
}

// aboutDigest is the audience of all who want the monthly mail.
const aboutDigest = "digest"

func (t *tx) groupReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	seats, err := seatsOfGroup(t, agenda.GroupID(n.To.Of.ID))
	if err != nil {
		return nil, false, err
	}
	var ids []agenda.PersonID
	for _, d := range n.To.Days {
		ids = append(ids, agenda.Members(seats, d)...)
	}
	if n.Subject.Kind == agenda.AboutMeeting {
		return t.meetingReaders(n, ids)
	}
	if ids, err = t.withoutTold(n, ids); err != nil {
		return nil, false, err
	}
	return t.personReaders(n, ids)
}

func (t *tx) digestReaders(n agenda.Notice) ([]agenda.Ref, bool, error) {
	people, err := all[agenda.Person](t, kPerson)
	if err != nil {
		return nil, false, err
	}
	var ids []agenda.PersonID
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	return t.personReaders(n, ids)
}

// personReaders keeps those who have an address and want that kind of mail.
func (t *tx) personReaders(n agenda.Notice, ids []agenda.PersonID) ([]agenda.Ref, bool, error) {
	slices.Sort(ids)
	var out []agenda.Ref
	for _, id := range slices.Compact(ids) {
		if string(id) <= n.Cursor {
			continue
		}
		if len(out) == expandBatch {
			return out, true, nil
		}
		p, err := get[agenda.Person](t, personKey(id))
		if err := ignoreNotFound(err); err != nil {
			return nil, false, err
		}
		if p.Email != "" && p.Wants(n.Kind) {
			out = append(out, agenda.Ref{Kind: agenda.AboutPerson, ID: string(id)})
		}
	}
	return out, false, nil
}

// watchersOf returns whoever asked to be reminded of an event, then whoever
// signed up for it: identifiers of sign-ups come after all others.
func (t *tx) watchersOf(n agenda.Notice) (out []agenda.Ref, more bool, err error) {
	cursor := n.Cursor
	if !strings.HasPrefix(cursor, signUpPrefix) {
		if out, more, err = t.watchers(n, cursor); err != nil || more {
			return out, more, err
		}
		cursor = signUpPrefix
	}
	lo := kv.Key(kSigned, n.To.Of.ID, cursor) + "\x00"
	_, hi := kv.Prefix(kSigned, n.To.Of.ID)
	for p, err := range t.Scan(lo, hi) {
		if err != nil {
			return nil, false, err
		}
		if len(out) == expandBatch {
			return out, true, nil
		}
		u, err := get[agenda.SignUp](t, signUpKey(agenda.SignUpID(lastPart(p.Key))))
		if err != nil {
			return nil, false, err
		}
		if u.Hears(n.Kind) {
			out = append(out, aboutSignUp(u))
		}
	}
	return out, false, nil
}

// signUpPrefix begins the identifiers of sign-ups and of no watcher.
const signUpPrefix = "s-"

func (t *tx) watchers(n agenda.Notice, cursor string) ([]agenda.Ref, bool, error) {
	lo, hi := kv.Prefix(kWatching, n.To.Of.ID)
	if cursor != "" {
		lo = kv.Key(kWatching, n.To.Of.ID, cursor) + "\x00"
	}
	var out []agenda.Ref
	for p, err := range t.Scan(lo, hi) {
		if err != nil {
			return nil, false, err
		}
		if len(out) == expandBatch {
			return out, true, nil
		}
		id := lastPart(p.Key)
		w, err := get[agenda.Watcher](t, watcherKey(agenda.WatcherID(id)))
		if err != nil {
			return nil, false, err
		}
		if !w.Confirmed.IsZero() && n.Kind != agenda.KindThanks && n.Kind != agenda.KindWord {
			out = append(out, agenda.Ref{Kind: agenda.AboutWatcher, ID: id})
		}
	}
	return out, false, nil
}

// PlanDigest plans the monthly mails of the current month, once: of dates to
// members, of events to subscribers.
func (s *Store) PlanDigest(ctx context.Context) error {
	return s.update(ctx, agenda.Actor{}, func(t *tx) error {
		if err := t.planMonthly("digest.", agenda.KindDigest, agenda.Ref{Kind: aboutDigest}); err != nil {
			return err
		}
		if err := t.planMonthly("open.", agenda.KindOpen, agenda.Ref{Kind: aboutOpen}); err != nil {
			return err
		}
		return t.planMonthly("month.", agenda.KindMonth, subscribersOf(agenda.PaceMonth))
	})
}

// planMonthly writes the notice of a mail that its audience gets once a month.
func (t *tx) planMonthly(prefix string, kind agenda.Kind, to agenda.Ref) error {
	month := agenda.LocalOf(t.now, t.clock.Loc).String()[:len("2006-01")]
	id := agenda.NoticeID(prefix + month)
	if _, err := get[agenda.Notice](t, noticeKey(id)); !errors.Is(err, agenda.ErrNotFound) {
		return err
	}
	return t.notify(agenda.Notice{
		ID: id, Kind: kind, Subject: to, To: agenda.Audience{Of: to}, Due: t.now, Deadline: t.now.AddDate(0, 0, 14), Mark: month, Made: t.now,
	})
}
