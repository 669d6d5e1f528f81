package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"widunetz/internal/agenda"
	"widunetz/internal/kv"
)

func versionOfMinutesKey(m agenda.MeetingID, n int) string {
	return kv.Key(kMinutesWas, idPart(string(m)), itemPart(n))
}

// versionsOfMinutes returns the earlier versions of minutes without their items.
func versionsOfMinutes(tx kv.Tx, m agenda.MeetingID) (out []agenda.MinutesVersion, err error) {
	for p, err := range tx.Scan(kv.Prefix(kMinutesWas, idPart(string(m)))) {
		if err != nil {
			return nil, err
		}
		if strings.Count(p.Key, "\x00") != 2 {
			continue
		}
		var v agenda.MinutesVersion
		if err := decode(p.Key, p.Value, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// MinutesVersion returns an earlier version of the minutes of a meeting as they
// were then.
func (s *Store) MinutesVersion(ctx context.Context, id agenda.MeetingID, n int) (Protocol, agenda.MinutesVersion, error) {
	var p Protocol
	var v agenda.MinutesVersion
	err := s.db.View(ctx, func(tx kv.Tx) (err error) {
		if v, err = get[agenda.MinutesVersion](tx, versionOfMinutesKey(id, n)); err != nil {
			return err
		}
		if p.Meeting, err = get[agenda.Meeting](tx, meetingKey(id)); err != nil {
			return err
		}
		if p.Group, err = get[agenda.Group](tx, groupKey(p.Meeting.Group)); err != nil {
			return err
		}
		minutes, err := all[agenda.Minute](tx, kMinutesWas, idPart(string(id)), itemPart(n))
		p.Head, p.Agenda, p.Presence = v.Head, v.Agenda, v.Presence
		p.Items, p.Rows = agenda.MinuteItems(p.Meeting, v.Agenda, minutes), agenda.SeatRows(v.Presence, nil, true)
		p.Decisions, _, p.Recorded = agenda.CountMinutes(minutes, nil)
		return err
	})
	return p, v, err
}

// keepVersion keeps the minutes as they are.
func (t *tx) keepVersion(m agenda.Meeting, head *agenda.Minutes, minutes []agenda.Minute, p agenda.Presence) error {
	a, err := agendaOf(t, m.ID)
	if err != nil {
		return err
	}
	var v agenda.MinutesVersion
	p.Said = nil
	*head, v = head.Keep(p, a, t.actor, t.now)
	put(t, versionOfMinutesKey(m.ID, v.Number), v)
	for _, x := range minutes {
		x.Said = nil
		put(t, kv.Key(kMinutesWas, idPart(string(m.ID)), itemPart(v.Number), itemPart(x.Item)), x)
	}
	return nil
}

// NameMinuteTaker says who takes the minutes of a meeting ("": nobody named).
func (s *Store) NameMinuteTaker(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, who agenda.PersonID) error {
	return s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		var p agenda.Person
		var err error
		if who != "" {
			if p, err = get[agenda.Person](t, personKey(who)); err != nil {
				return err
			}
		}
		seats, err := seatsOfGroup(t, g.ID)
		if err != nil {
			return err
		}
		old := head.TakerName
		n, err := head.Name(m, p, seats, agenda.LocalOf(t.now, t.clock.Loc).Date, t.now)
		if err != nil || n == *head {
			return err
		}
		*head = n
		t.recordMinutes(m, g, agenda.Entry{Verb: "minute_taker", Changes: []agenda.Change{{Field: "minute_taker", Old: old, New: n.TakerName}}})
		return nil
	})
}

// DeclineMinutes says that there will be no minutes of a meeting, so that nobody
// is reminded of them, or takes that back.
func (s *Store) DeclineMinutes(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, none bool) error {
	return s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		n, err := head.Decline(m, none, t.now)
		if err != nil || n == *head {
			return err
		}
		*head = n
		verb := "minutes_wanted"
		if none {
			verb = "minutes_none"
		}
		t.recordMinutes(m, g, agenda.Entry{Verb: verb})
		return t.placeMinutes(m, g, n)
	})
}

// ReleaseMinutes shows the minutes to the members of the day, by mail with a link
// for comments. They become final when the days for those are over.
func (s *Store) ReleaseMinutes(ctx context.Context, actor agenda.Actor, id agenda.MeetingID) error {
	return s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		minutes, err := minutesOf(t, id)
		if err != nil {
			return err
		}
		_, _, said := agenda.CountMinutes(minutes, nil)
		p, rows, err := rowsOf(t, m, *head)
		if err != nil {
			return err
		}
		n, err := head.Release(m, g.Rules.Minutes, said, t.now, t.clock.Loc)
		if err != nil || n == *head {
			return err
		}
		p = p.Freeze(rows, t.now)
		put(t, presenceKey(id), p)
		if err := t.keepVersion(m, &n, minutes, p); err != nil {
			return err
		}
		*head = n
		t.recordMinutes(m, g, agenda.Entry{Verb: "minutes_released", Mail: true})
		if err := t.notify(agenda.MinutesMail(m, n, agenda.KindMinutes, fmt.Sprint(n.Versions), t.now)); err != nil {
			return err
		}
		return t.shownMinutes(m, g, n, minutes)
	})
}

// shownMinutes places everything that follows when minutes are shown, or final.
func (t *tx) shownMinutes(m agenda.Meeting, g agenda.Group, head agenda.Minutes, minutes []agenda.Minute) error {
	done, err := doneOf(t, m.ID)
	if err != nil {
		return err
	}
	if err := t.remindAssignments(m, head, minutes, done); err != nil {
		return err
	}
	put(t, minutesKey(m.Group, m.ID), head)
	if err := t.placeMinutes(m, g, head); err != nil {
		return err
	}
	return t.placeApprovals(m.Group)
}

// WithdrawMinutes makes released minutes a draft again. The links in the mails
// show nothing then.
func (s *Store) WithdrawMinutes(ctx context.Context, actor agenda.Actor, id agenda.MeetingID) error {
	return s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		n, err := head.Withdraw(t.now)
		if err != nil || n == *head {
			return err
		}
		*head = n
		t.recordMinutes(m, g, agenda.Entry{Verb: "minutes_withdrawn"})
		if err := t.replace(agenda.AssignmentsPrefix(id), nil); err != nil {
			return err
		}
		return t.placeMinutes(m, g, n)
	})
}

// placeMinutes puts the mails about overdue minutes, and the notice with which
// they become final, where they belong.
func (t *tx) placeMinutes(m agenda.Meeting, g agenda.Group, head agenda.Minutes) error {
	if err := t.replace(agenda.MinutesDuePrefix(m.ID), t.clock.MinutesNotices(m, g, head, t.now)); err != nil {
		return err
	}
	return t.replace(agenda.MinutesFinalPrefix(m.ID), t.clock.MinutesFinalNotice(head, t.now))
}

// accompanyMinutes is placeMinutes for a meeting that was planned, moved or turned.
func (t *tx) accompanyMinutes(m agenda.Meeting, g agenda.Group) error {
	head, err := headOf(t, m)
	if err != nil {
		return err
	}
	return t.placeMinutes(m, g, head)
}

// finishMinutes makes minutes final whose notice is due, if nothing stands against
// it.
func (t *tx) finishMinutes(n agenda.Notice) error {
	n.Done, n.Told = true, t.now
	t.Delete(noticeDueKey(n))
	put(t, noticeKey(n.ID), n)
	m, g, err := t.meeting(agenda.MeetingID(n.Subject.ID))
	if err != nil {
		return ignoreNotFound(err)
	}
	head, err := headOf(t, m)
	if err != nil || !head.Ripe(t.now, t.clock.Loc) {
		return err
	}
	put(t, minutesKey(m.Group, m.ID), head.Finish(t.now))
	t.recordMinutes(m, g, agenda.Entry{Verb: "minutes_final"})
	return t.placeApprovals(m.Group)
}

// approvalsAtOnce is how many approvals are put onto an agenda in one transaction.
const approvalsAtOnce = 2

// placeApprovals puts the approval of final minutes that wait for it onto the
// agenda of the next fixed meeting of their group, if there is one.
func (t *tx) placeApprovals(group agenda.GroupID) error {
	waiting, err := t.waitingMinutes(group)
	if err != nil || len(waiting) == 0 {
		return err
	}
	today := agenda.LocalOf(t.now, t.clock.Loc).Date
	ahead, err := meetings(t, today, today.AddDays(3*366), func(id agenda.GroupID) bool { return id == group })
	if err != nil {
		return err
	}
	g, err := get[agenda.Group](t, groupKey(group))
	if err != nil {
		return err
	}
	for _, w := range waiting[:min(len(waiting), approvalsAtOnce)] {
		next, ok := w.Head.NextForApproval(w.Of, ahead, t.now, t.clock.Loc)
		if !ok {
			return nil
		}
		if err := t.putApproval(w, next, g); err != nil {
			return err
		}
	}
	return nil
}

// waitingMinutes returns the final minutes of a group that wait for a meeting to
// approve them, the oldest first.
func (t *tx) waitingMinutes(group agenda.GroupID) (out []Approval, err error) {
	heads, err := headsOf(t, group)
	for _, h := range heads {
		if h.State != agenda.MinutesFinal {
			continue
		}
		w := Approval{Head: h}
		if w.Of, err = get[agenda.Meeting](t, meetingKey(h.Meeting)); err != nil {
			return nil, err
		}
		var on agenda.Meeting
		var after agenda.Minutes
		if h.On != "" {
			if on, err = get[agenda.Meeting](t, meetingKey(h.On)); ignoreNotFound(err) != nil {
				return nil, err
			}
			if after, err = headOf(t, on); err != nil {
				return nil, err
			}
		}
		if h.Waits(on, after, t.now, t.clock.Loc) {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b Approval) int { return a.Of.Start.Compare(b.Of.Start) })
	return out, err
}

func (t *tx) putApproval(w Approval, next agenda.Meeting, g agenda.Group) error {
	a, err := agendaOf(t, next.ID)
	if err != nil {
		return err
	}
	a, item := a.WithApproval(next, agenda.ApprovalItem(w.Of), t.now)
	put(t, agendaKey(next.ID), a)
	put(t, minutesKey(g.ID, w.Of.ID), w.Head.Put(next.ID, item, t.now))
	t.record(agenda.Entry{Subject: aboutMeeting(next), Verb: "approval_placed", Title: next.Name(g) + " " + next.Start.String(), Note: agenda.ApprovalItem(w.Of).Title}, aboutMeeting(w.Of))
	if a.Released.IsZero() {
		return nil
	}
	return t.touch(GroupScope(g.ID), string(next.ID))
}

// ApproveMinutes says that a meeting approved the minutes of an earlier one, in
// the item of its agenda that is about them. Comments on those are deleted.
func (s *Store) ApproveMinutes(ctx context.Context, actor agenda.Actor, at, of agenda.MeetingID, outcome string) error {
	err := s.editMinutes(ctx, actor, of, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		n, err := head.Approve(at, t.now)
		if err != nil || n == *head {
			return err
		}
		*head = n
		on, err := get[agenda.Meeting](t, meetingKey(at))
		if err != nil {
			return err
		}
		t.record(agenda.Entry{Subject: aboutMeeting(m), Verb: "minutes_approved", Title: m.Name(g) + " " + m.Start.String()}, aboutMeeting(on))
		return t.sayApproved(on, g, n.OnItem, outcome)
	})
	if err != nil {
		return err
	}
	return s.forgetComments(ctx, of)
}

// sayApproved notes the approval as the outcome of its item if nothing stands
// there yet.
func (t *tx) sayApproved(on agenda.Meeting, g agenda.Group, item int, outcome string) error {
	head, err := headOf(t, on)
	if err != nil || !head.Editable() || outcome == "" {
		return err
	}
	minutes, err := minutesOf(t, on.ID)
	if err != nil {
		return err
	}
	old, err := t.minuteToEdit(on, item, minutes)
	if err != nil || !old.Empty() {
		return ignoreNotFound(err)
	}
	now, changes, err := old.Edit(agenda.MinuteForm{Title: old.Title, Outcome: outcome, Seen: old.Changed}, nil, t.now)
	if err != nil || len(changes) == 0 {
		return err
	}
	if err := t.keepMinute(on, g, &head, old, now, minutes, changes); err != nil {
		return err
	}
	put(t, minutesKey(on.Group, on.ID), head)
	return nil
}

// CorrectMinutes opens minutes that are final for corrections; the version as it
// was is kept.
func (s *Store) CorrectMinutes(ctx context.Context, actor agenda.Actor, id agenda.MeetingID) error {
	return s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		n, err := head.Correct(t.now)
		if err != nil || n == *head {
			return err
		}
		minutes, err := minutesOf(t, id)
		if err != nil {
			return err
		}
		p, err := presenceOf(t, id)
		if err != nil {
			return err
		}
		if err := t.keepVersion(m, head, minutes, p); err != nil {
			return err
		}
		n.Versions = head.Versions
		*head = n
		t.recordMinutes(m, g, agenda.Entry{Verb: "minutes_correcting"})
		return nil
	})
}

// CloseMinutes ends a correction. With tell.Mail the members of the day are told.
func (s *Store) CloseMinutes(ctx context.Context, actor agenda.Actor, id agenda.MeetingID, tell agenda.Telling) error {
	return s.editMinutes(ctx, actor, id, func(t *tx, m agenda.Meeting, g agenda.Group, head *agenda.Minutes) error {
		n := head.Close(t.now)
		if n == *head {
			return nil
		}
		*head = n
		t.recordMinutes(m, g, agenda.Entry{Verb: "minutes_corrected", Note: tell.Sentence, Mail: tell.Mail})
		if !tell.Mail {
			return nil
		}
		mail := agenda.MinutesMail(m, n, agenda.KindMinutesFixed, fmt.Sprint("c", n.Versions), t.now)
		mail.Sentence = tell.Sentence
		return t.notify(mail)
	})
}
